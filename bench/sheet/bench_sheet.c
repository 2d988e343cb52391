/* SPDX-License-Identifier: Apache-2.0 */
/* bench_sheet read FILE        reads every cell of the first table-like pass, prints a check sum
 * bench_sheet write FILE ROWS  writes ROWS rows of ten columns
 * Prints one JSON line: rows, cells, milliseconds of processor and wall time, peak memory in KB. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/civil.h"
#include "proto/sheet.h"
#include "proto/xlsx_write.h"

struct result {
    uint64_t rows, cells, bytes;
};

static int complain(const struct err *e)
{
    fprintf(stderr, "%s\n", e->en);
    return 1;
}

static int read_all(const char *path, struct result *r)
{
    struct err e = {0};
    struct sheet_file *f;
    const struct sheet_row *row = NULL;
    if (sheet_open(path, NULL, &f, &e) != RC_OK)
        return complain(&e);
    enum rc rc = sheet_start(f, 0, SHEET_REPEAT_MERGED, &e);
    while (rc == RC_OK && (rc = sheet_next(f, &row, &e)) == RC_OK && row) {
        r->rows++;
        for (size_t i = 0; i < row->n; i++) {
            r->cells += row->cells[i].type != SHEET_EMPTY;
            r->bytes += strlen(row->cells[i].text);
        }
    }
    sheet_close(f);
    return rc == RC_OK ? 0 : complain(&e);
}

static int write_all(const char *path, long rows, struct result *r)
{
    static const struct xlsx_column columns[10] = {{.heading = "编号"},
                                                   {.heading = "名称"},
                                                   {.heading = "型号"},
                                                   {.heading = "序列号"},
                                                   {.heading = "地点"},
                                                   {.heading = "IP地址"},
                                                   {.heading = "状态"},
                                                   {.heading = "数量", .type = XLSX_NUMBER},
                                                   {.heading = "金额", .type = XLSX_MONEY},
                                                   {.heading = "日期", .type = XLSX_DATE}};
    struct err e = {0};
    struct xlsx_writer *w;
    if (xlsx_write_new(path, NULL, &w, &e) != RC_OK)
        return complain(&e);
    xlsx_write_sheet(w, "数据", columns, 10, 0);
    for (long i = 0; i < rows; i++) {
        char text[32];
        for (size_t c = 0; c < 7; c++) {
            snprintf(text, sizeof text, c % 2 ? "设备名称 %ld" : "BG-%06ld", i * 7 + (long)c);
            xlsx_write_text(w, c, text);
        }
        xlsx_write_int(w, 7, i);
        xlsx_write_fen(w, 8, i * 100);
        xlsx_write_date(w, 9, (struct date){17000 + (int32_t)(i % 3000)});
        xlsx_write_row(w);
        r->rows++;
        r->cells += 10;
    }
    return xlsx_write_end(w, &e) == RC_OK ? 0 : complain(&e);
}

/* Not ru_maxrss: that starts with what the parent had when it forked. */
static long peak_kb(void)
{
    char line[200];
    long kb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kb = strtol(line + 6, NULL, 10);
    if (f)
        fclose(f);
    return kb;
}

static double cpu_ms(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e3 +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e3;
}

int main(int argc, char **argv)
{
    struct result r = {0};
    int64_t start = monotonic_ms();
    double cpu = cpu_ms();
    int rc = 2;
    if (argc == 3 && strcmp(argv[1], "read") == 0)
        rc = read_all(argv[2], &r);
    else if (argc == 4 && strcmp(argv[1], "write") == 0)
        rc = write_all(argv[2], strtol(argv[3], NULL, 10), &r);
    if (rc != 0)
        return rc;
    printf("{\"rows\":%" PRIu64 ",\"cells\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"ms\":%.1f"
           ",\"wall_ms\":%" PRId64 ",\"peak_kb\":%ld}\n",
           r.rows, r.cells, r.bytes, cpu_ms() - cpu, monotonic_ms() - start, peak_kb());
    return 0;
}
