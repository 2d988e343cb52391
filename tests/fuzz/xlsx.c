/* SPDX-License-Identifier: Apache-2.0 */
/* link: proto base */
/* The .xlsx reader. The first byte says what the rest is: a whole archive as it stands, or one XML
 * part of an otherwise sound workbook (random archives seldom get past their checksums). */
#include <stdint.h>
#include <string.h>
#include <zip.h>

#include "base/buf.h"
#include "proto/sheet.h"

#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

struct piece {
    const char *name, *text;
};

static const struct piece pieces[] = {
    {"xl/worksheets/sheet1.xml",
     "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c "
     "s=\"1\"><v>43531</v></c>"
     "<c s=\"2\"><v>1.5</v></c></row></sheetData><mergeCells><mergeCell "
     "ref=\"A1:B2\"/></mergeCells>"
     "</worksheet>"},
    {"xl/sharedStrings.xml", "<sst><si><t>a</t></si><si><r><t>b</t></r></si></sst>"},
    {"xl/styles.xml",
     "<styleSheet><numFmts><numFmt numFmtId=\"200\" formatCode=\"#,##0.00\"/></numFmts><cellXfs>"
     "<xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"200\"/></cellXfs></styleSheet>"},
    {"xl/workbook.xml", "<workbook><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets>"
                        "</workbook>"},
    {"xl/_rels/workbook.xml.rels",
     "<Relationships><Relationship Id=\"r1\" Type=\"" REL "/worksheet\" Target=\"worksheets/"
     "sheet1.xml\"/><Relationship Id=\"r2\" Type=\"" REL "/sharedStrings\" Target=\"sharedStrings"
     ".xml\"/><Relationship Id=\"r3\" Type=\"" REL "/styles\" Target=\"styles.xml\"/>"
     "</Relationships>"},
};
enum { PIECES = sizeof pieces / sizeof pieces[0] };

static void read_all(const void *data, size_t n)
{
    static const struct sheet_limits limits = {.inflated_bytes = 4 << 20, .string_bytes = 4 << 20};
    struct sheet_file *f;
    struct err e;
    const struct sheet_row *row;
    if (sheet_open_bytes(data, n, &limits, &f, &e) != RC_OK)
        return;
    for (size_t i = 0; i < sheet_count(f) && i < 4; i++) {
        if (sheet_start(f, i, SHEET_REPEAT_MERGED, &e) != RC_OK)
            continue;
        int rows = 0;
        while (sheet_next(f, &row, &e) == RC_OK && row && rows++ < 1000)
            for (size_t c = 0; c < row->n; c++)
                if (strlen(row->cells[c].text) > 4 << 20)
                    __builtin_trap();
    }
    sheet_close(f);
}

/* Packs the pieces, one of them replaced, into memory. */
static void with_archive(size_t changed, const uint8_t *data, size_t n)
{
    zip_error_t error;
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    zip_source_keep(source);
    for (size_t i = 0; i < PIECES; i++) {
        const void *text = i == changed ? (const void *)data : pieces[i].text;
        zip_source_t *s =
            zip_source_buffer(zip, text, i == changed ? n : strlen(pieces[i].text), 0);
        zip_int64_t at = zip_file_add(zip, pieces[i].name, s, 0);
        zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0);
    }
    zip_close(zip);
    zip_stat_t st;
    zip_source_stat(source, &st);
    struct buf archive = {.limit = 0};
    zip_source_open(source);
    char chunk[4096];
    zip_int64_t got;
    while ((got = zip_source_read(source, chunk, sizeof chunk)) > 0)
        buf_add(&archive, chunk, (size_t)got);
    zip_source_close(source);
    zip_source_free(source);
    read_all(archive.data, archive.len);
    buf_free(&archive);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 2 || n > 1 << 20)
        return 0;
    size_t which = data[0] % (PIECES + 1);
    if (which == PIECES)
        read_all(data + 1, n - 1);
    else
        with_archive(which, data + 1, n - 1);
    return 0;
}
