/* SPDX-License-Identifier: Apache-2.0 */
/* link: proto base */
/* Table detection and the cleaning of cells, over sheets given as csv. */
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "proto/table.h"

static const char *const no_words[] = {"编号", "a", NULL};
static const char *const name_words[] = {"名称", "b（元）", NULL};
static const struct table_column columns[] = {
    {"no", "资产编号", no_words, true}, {"name", "资产名称（必填）", name_words, false},
    {"ip", "IP地址", NULL, false},      {"mac", "MAC", NULL, true},
    {"c", "日期", NULL, false},         {"d", NULL, NULL, false}};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static void clean_all(struct arena *a, const struct sheet_cell *c)
{
    double number;
    int64_t scaled;
    struct date day;
    char mac[CLEAN_MAC], ip[CLEAN_IP];
    const char *text = clean_text(a, c, true);
    if (!utf8_valid(text, strlen(text)))
        __builtin_trap();
    if (clean_number(c, &number) && number != number)
        __builtin_trap();
    if (clean_date(c, &day) && (day.day < -800000 || day.day > 3000000))
        __builtin_trap();
    if (clean_mac(c->text, mac) && strlen(mac) != 17)
        __builtin_trap();
    if (clean_ip(c->text, ip) && strlen(ip) < 2)
        __builtin_trap();
    if (clean_scaled(c, 2, &scaled) && !clean_number(c, &number))
        __builtin_trap();
}

static void read_table(struct sheet_file *f)
{
    static const struct table_force force[] = {{"x", "d", true}, {"y", NULL, true}};
    const struct table_options options = {.force = force, .n_force = 2, .least = 1};
    struct table *t;
    struct err e;
    const struct table_row *row;
    if (table_open(f, columns, COLUMNS, &options, &t, &e) != RC_OK)
        return;
    struct arena *a = arena_new();
    int32_t last = table_heading_row(t);
    while (table_next(t, &row, &e) == RC_OK && row) {
        if (row->number <= last)
            __builtin_trap();
        last = row->number;
        for (size_t i = 0; i < COLUMNS; i++)
            clean_all(a, &row->cells[i]);
        arena_reset(a);
    }
    arena_free(a);
    table_close(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct sheet_file *f;
    struct err e;
    if (n > 1 << 16)
        return 0;
    if (sheet_open_bytes(data, n, NULL, &f, &e) != RC_OK)
        return 0;
    read_table(f);
    sheet_close(f);
    return 0;
}
