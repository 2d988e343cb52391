/* SPDX-License-Identifier: Apache-2.0 */
/* Writes .xlsx row by row in constant memory: exports, import templates, error reports.
 *
 * Errors stick: after the first one every call does nothing, and xlsx_write_end() reports it. The
 * end also reads the file back (every row, every part), because a full disk would otherwise leave
 * a file that opens with rows missing. One thread per writer. */
#ifndef PROTO_XLSX_WRITE_H
#define PROTO_XLSX_WRITE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/civil.h"
#include "base/rc.h"

enum xlsx_type { XLSX_TEXT, XLSX_NUMBER, XLSX_DATE, XLSX_INSTANT, XLSX_MONEY, XLSX_REASON };

/* The strings are copied. */
struct xlsx_column {
    const char *heading;
    enum xlsx_type type;        /* how the column is formatted; REASON is red and wraps */
    double width;               /* in characters; 0 = from heading and type */
    bool required;              /* marked in the heading: "资产编号*" in red */
    const char *const *options; /* drop-down list, closed by NULL; may be NULL */
    const char *help;           /* shown when a cell of the column is chosen; may be NULL */
};

struct xlsx_writer;

/* spool: a folder on a file system with room for about five times the finished file; NULL = the
 * folder of `path`. The file appears at `path` complete or not at all. */
MUST_USE enum rc xlsx_write_new(const char *path, const char *spool, struct xlsx_writer **out,
                                struct err *e);
/* Begins a sheet with its frozen heading row; the sheet before is finished. A name that a
 * spreadsheet cannot have (31 characters, no []:*?/\) is made fit. blank_rows > 0: a template;
 * drop-downs and help reach from row 2 so many rows down. */
void xlsx_write_sheet(struct xlsx_writer *w, const char *name, const struct xlsx_column *columns,
                      size_t n, uint32_t blank_rows);

/* The cells of the current row, in any order; xlsx_write_row() ends it. Columns from 0. */
void xlsx_write_text(struct xlsx_writer *w, size_t col, const char *s); /* NULL, "": no cell */
void xlsx_write_number(struct xlsx_writer *w, size_t col, double v);
void xlsx_write_int(struct xlsx_writer *w, size_t col, int64_t v);   /* past 15 digits as text */
void xlsx_write_fen(struct xlsx_writer *w, size_t col, int64_t fen); /* shown in yuan */
void xlsx_write_date(struct xlsx_writer *w, size_t col, struct date d);
void xlsx_write_instant(struct xlsx_writer *w, size_t col, struct instant t); /* Beijing, minutes */
void xlsx_write_row(struct xlsx_writer *w);

/* Closes, checks and frees in every case. RC_TOO_BIG past 1,048,575 rows, RC_BUSY on a full disk
 * (text says so), RC_INTERNAL otherwise. */
MUST_USE enum rc xlsx_write_end(struct xlsx_writer *w, struct err *e);
void xlsx_write_abort(struct xlsx_writer *w); /* leaves no file; NULL is allowed */

#endif
