/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/xlsx_check.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum { CHUNK = 64 * 1024, KEEP = 32 }; /* KEEP: longer than any mark we look for */

static const char row_mark[] = "<row ", end_mark[] = "</worksheet>";

static uint64_t count(const char *data, size_t n, size_t from)
{
    uint64_t rows = 0;
    const char *p = data + from, *end = data + n;
    while ((p = memmem(p, (size_t)(end - p), row_mark, sizeof row_mark - 1)) != NULL) {
        rows++;
        p++;
    }
    return rows;
}

/* Text cells cannot fake a mark: their "<" is escaped. */
static bool read_part(zip_t *zip, zip_uint64_t index, uint64_t *rows, bool *ended)
{
    char room[CHUNK + KEEP];
    size_t kept = 0;
    zip_file_t *f = zip_fopen_index(zip, index, 0);
    if (!f)
        return false;
    zip_int64_t n;
    *rows = 0;
    while ((n = zip_fread(f, room + kept, CHUNK)) > 0) {
        size_t all = kept + (size_t)n;
        /* marks that lie wholly in the kept tail were counted before */
        size_t from = kept >= sizeof row_mark - 1 ? kept - (sizeof row_mark - 2) : 0;
        *rows += count(room, all, from);
        kept = all < KEEP ? all : KEEP;
        memmove(room, room + all - kept, kept);
    }
    zip_fclose(f);
    *ended = memmem(room, kept, end_mark, sizeof end_mark - 1) != NULL;
    return n == 0;
}

/* 3 of "xl/worksheets/sheet3.xml"; 0 for other parts. */
static unsigned long sheet_number(const char *name)
{
    static const char folder[] = "xl/worksheets/sheet";
    if (!name || strncmp(name, folder, sizeof folder - 1) != 0)
        return 0;
    char *end;
    unsigned long n = strtoul(name + sizeof folder - 1, &end, 10);
    return strcmp(end, ".xml") == 0 ? n : 0;
}

static bool check_zip(zip_t *zip, const uint64_t *rows, size_t n)
{
    zip_int64_t entries = zip_get_num_entries(zip, 0);
    size_t seen = 0;
    for (zip_int64_t i = 0; i < entries; i++) {
        uint64_t got;
        bool ended;
        if (!read_part(zip, (zip_uint64_t)i, &got, &ended))
            return false;
        unsigned long sheet = sheet_number(zip_get_name(zip, (zip_uint64_t)i, 0));
        if (sheet == 0)
            continue;
        if (sheet > n || !ended || got != rows[sheet - 1])
            return false;
        seen++;
    }
    return seen == n;
}

bool xlsx_check(const char *path, const uint64_t *rows, size_t n)
{
    int error;
    zip_t *zip = zip_open(path, ZIP_RDONLY, &error);
    if (!zip)
        return false;
    bool ok = check_zip(zip, rows, n);
    zip_discard(zip);
    return ok;
}
