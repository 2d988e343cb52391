/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the table inside a sheet that people made: title rows above, one to three heading rows with
 * merged cells, empty rows, totals and notes in between and below. The caller says which columns
 * it knows; the table says which heading is which, and gives the data rows by column. */
#ifndef PROTO_TABLE_H
#define PROTO_TABLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rc.h"
#include "proto/clean.h"
#include "proto/sheet.h"

/* A column the caller knows. Its headings are compared without blanks, case, width, stars and
 * colons, and at second choice without brackets: "ＩＰ 地址（必填）*" is "IP地址". */
struct table_column {
    const char *id;              /* "asset_no" */
    const char *label;           /* "资产编号"; may be NULL */
    const char *const *synonyms; /* closed by NULL; may be NULL */
    bool identity;               /* a row without any identity may be a total or a note */
};

/* The user's word: this heading is that column; id NULL or "" leaves it out. */
struct table_force {
    const char *heading;
    const char *id;
    bool optional; /* remembered from an earlier file: no error when the heading is not there */
};

struct table_options {
    const char *sheet; /* by name; NULL: the first visible one with a known heading row */
    const struct table_force *force;
    size_t n_force;
    size_t least; /* known headings a heading row needs; 0 = 2, or 1 for a table of one column */
};

struct table_heading {
    int32_t col;      /* of the sheet, from 0 */
    const char *text; /* as written, group and heading joined by a blank: "设备 型号" */
    int column;       /* index of the caller's column, -1 when unmatched */
    int duplicate_of; /* a column that another heading already has; else -1 */
};

enum table_skip {
    TABLE_TOTAL,            /* 合计, 总计, 小计 ... without identity */
    TABLE_NOTE,             /* 备注：..., 制表人：... without identity */
    TABLE_REPEATED_HEADING, /* of the next printed page */
    TABLE_BLANK,            /* nothing of its own in any known column, e.g. only a running number */
    TABLE_SKIPS
};
struct table_skipped {
    int32_t row;
    enum table_skip why;
};

struct table_row {
    int32_t number;                 /* of the sheet */
    const struct sheet_cell *cells; /* by the caller's column index; EMPTY when not in the sheet */
    const struct sheet_row *raw;    /* the row as it stands, for the error report */
};

struct table;

/* The columns, options and the file stay the caller's and must outlive the table; the file must
 * not be used otherwise meanwhile. RC_INVALID with a text that lists what was looked for when no
 * heading row is found. A forced heading that is not there, or a forced id that no column has, is
 * RC_INVALID too. */
MUST_USE enum rc table_open(struct sheet_file *f, const struct table_column *columns, size_t n,
                            const struct table_options *options, struct table **out, struct err *e);
void table_close(struct table *t); /* NULL is allowed */

size_t table_sheet(const struct table *t);        /* index of the sheet */
int32_t table_heading_row(const struct table *t); /* the last row of the heading */
/* All headings from left to right: matched, unmatched and duplicates. */
const struct table_heading *table_headings(const struct table *t, size_t *n);
/* The sheet column of a caller's column, -1 when the sheet lacks it. */
int32_t table_col(const struct table *t, size_t column);

/* *row is NULL at the end; it lives until the next call. A value merged over several rows is in
 * each of them, one merged over several columns only in its first. */
MUST_USE enum rc table_next(struct table *t, const struct table_row **row, struct err *e);

/* So that every row is accounted for: rows left out so far, and the first of them (at most 1000).
 * Rows without any text are not counted. */
size_t table_skipped_count(const struct table *t, enum table_skip why);
const struct table_skipped *table_skipped(const struct table *t, size_t *n);

/* The comparison form of a heading (bare = brackets dropped), for callers that remember mappings.
 */
char *table_fold(struct arena *a, const char *heading, bool bare);

#endif
