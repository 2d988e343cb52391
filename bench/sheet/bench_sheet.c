/* SPDX-License-Identifier: Apache-2.0 */
/* bench_sheet read FILE        reads every cell of the first table-like pass, prints a check sum
 * bench_sheet write FILE ROWS  writes ROWS rows of ten columns
 * Prints one JSON line: rows, cells, milliseconds, peak memory in KB. */
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

int main(int argc, char **argv)
{
    struct result r = {0};
    struct rusage use;
    int64_t start = monotonic_ms();
    int rc = 2;
    if (argc == 3 && strcmp(argv[1], "read") == 0)
        rc = read_all(argv[2], &r);
    else if (argc == 4 && strcmp(argv[1], "write") == 0)
        rc = write_all(argv[2], strtol(argv[3], NULL, 10), &r);
    if (rc != 0)
        return rc;
    getrusage(RUSAGE_SELF, &use);
    printf("{\"rows\":%" PRIu64 ",\"cells\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"ms\":%" PRId64
           ",\"peak_kb\":%ld}\n",
           r.rows, r.cells, r.bytes, monotonic_ms() - start, use.ru_maxrss);
    return 0;
}
