/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the spreadsheets that people really have: .xlsx (transitional and strict) and .csv/.txt in
 * UTF-8, UTF-16 or GBK/GB18030, told apart by their content and not by their name.
 *
 * Rows are streamed: xlsx needs one row, the shared strings and 64 KB at a time; a csv is held as
 * decoded text. Every input bound is in struct sheet_limits; what is refused (bombs, DTDs,
 * passwords, old formats ...) is refused with a text that names the reason and the way out.
 * A file and what it hands out belong to one thread. */
#ifndef PROTO_SHEET_H
#define PROTO_SHEET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/civil.h"
#include "base/rc.h"

enum sheet_type { SHEET_EMPTY, SHEET_TEXT, SHEET_NUMBER, SHEET_DATE, SHEET_BOOL, SHEET_ERROR };

struct sheet_cell {
    enum sheet_type type;
    bool has_day, has_time; /* DATE: what its number format shows */
    bool is_1904;           /* serials of this file count from 1904-01-01 */
    bool is_formula;        /* text is the stored result; without one: ERROR and "=..." */
    bool is_rounded;  /* NUMBER of more than 15 digits: the spreadsheet program has dropped the rest
                       */
    const char *text; /* as shown to people, UTF-8, never NULL; dates in ISO form */
    double number;    /* NUMBER; DATE: the serial; BOOL: 0 or 1 */
    struct date date; /* valid with has_day */
    int32_t second;   /* DATE: second of the day; of [h]:mm formats all seconds */
    int32_t from_row; /* repeated from a merged area's first cell: its row, else 0 */
    int32_t from_col;
};

/* A row with at least one filled cell of its own. Columns without a cell are SHEET_EMPTY. */
struct sheet_row {
    int32_t number; /* as the spreadsheet program shows it: from 1; csv: the record's number */
    size_t n;       /* last filled column + 1 */
    const struct sheet_cell *cells; /* index = column, from 0 */
};

/* 0 = the default behind it. */
struct sheet_limits {
    uint64_t file_bytes;     /* 64 MB */
    uint64_t inflated_bytes; /* 1 GB per part of the archive, four times that in all */
    uint64_t string_bytes;   /* 64 MB of shared strings */
    uint32_t ratio;          /* 200: inflated / packed of a part past 8 MB */
    uint32_t entries;        /* 2000 parts in the archive */
    uint32_t rows;           /* 1,048,576 */
    uint32_t columns;        /* 500 */
    uint32_t sheets;         /* 200 */
    uint32_t cell_bytes;     /* 131,072: 32,767 characters */
    uint32_t row_bytes;      /* 4 MB */
};

/* Something tolerated that the user should look at, for example a stray quotation mark. */
struct sheet_note {
    int32_t row;
    int32_t col; /* from 0 */
    const char *zh, *en;
};
#define SHEET_NOTES 100 /* later ones are dropped */

#define SHEET_REPEAT_MERGED                                                                        \
    1u /* costs a second look at the sheet: merges stand behind the rows                           \
        */

struct sheet_file;

/* limits may be NULL. *out is NULL after a failure. */
MUST_USE enum rc sheet_open(const char *path, const struct sheet_limits *limits,
                            struct sheet_file **out, struct err *e);
/* The bytes stay the caller's and must outlive the file. */
MUST_USE enum rc sheet_open_bytes(const void *data, size_t n, const struct sheet_limits *limits,
                                  struct sheet_file **out, struct err *e);
void sheet_close(struct sheet_file *f); /* NULL is allowed */

const char *sheet_format(const struct sheet_file *f);   /* "xlsx" or "csv" */
const char *sheet_encoding(const struct sheet_file *f); /* "utf-8", "gb18030", "utf-16le" ... */
size_t sheet_count(const struct sheet_file *f);         /* a csv has one sheet with the name "" */
const char *sheet_name(const struct sheet_file *f, size_t i);
bool sheet_hidden(const struct sheet_file *f, size_t i);

/* One pass over a sheet; a file has one pass at a time, a new one ends the last. */
MUST_USE enum rc sheet_start(struct sheet_file *f, size_t i, unsigned flags, struct err *e);
/* *row is NULL behind the last row; it lives until the next call on this file. */
MUST_USE enum rc sheet_next(struct sheet_file *f, const struct sheet_row **row, struct err *e);
/* The notes of the running pass. */
const struct sheet_note *sheet_notes(const struct sheet_file *f, size_t *n);

/* Excel's day number to a date; false outside 1900-01-01 .. 9999-12-31. The 1900 system knows a
 * 1900-02-29 that never was: it becomes 1900-02-28. */
MUST_USE bool sheet_serial_date(double serial, bool is_1904, struct date *out, int32_t *second);

#endif
