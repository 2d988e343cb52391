/* SPDX-License-Identifier: Apache-2.0 */
/* The heading finder, apart from the table that uses it. Private to src/proto. */
#ifndef PROTO_TABLE_INT_H
#define PROTO_TABLE_INT_H
#include "proto/table.h"

enum { HEADING_ROWS = 3, SCAN_ROWS = 60, MAX_SKIPPED = 1000 };

struct heading_key { /* one way to write a known column */
    const char *fold;
    int column, rank; /* rank: 0 identifier or label, 1 synonym; +2 with the brackets dropped */
    int order;        /* place among the synonyms, 0 to 39 */
};
struct heading_keys {
    struct heading_key *items; /* by fold, rank, column */
    size_t n;
    const struct table_column *columns;
    size_t n_columns;
    struct {
        const char *fold;
        int column; /* -1: left out */
    } * force;
    size_t n_force;
};

/* A heading row (or up to three) over the sheet's columns. */
struct heading_match {
    size_t first, rows;             /* index of the first kept row, and how many */
    size_t known;                   /* distinct known columns */
    bool forced;                    /* some heading was forced */
    size_t n;                       /* sheet columns */
    struct table_heading *headings; /* those with a text */
    size_t n_headings;
};

enum rc heading_keys_build(struct arena *a, const struct table_column *columns, size_t n,
                           const struct table_options *o, struct heading_keys *out, struct err *e);
/* The best heading among the kept rows; known = 0 when there is none at all. */
struct heading_match heading_find(struct arena *a, struct arena *scratch,
                                  const struct heading_keys *keys, const struct sheet_row *rows,
                                  size_t n);

/* The known column that this text is a heading of, -1 = none. */
int heading_column(struct arena *a, const struct heading_keys *keys, const char *text);

bool text_is_blank(const char *s);
bool text_is_total(const char *s); /* 合计, 本页小计, 总计： 12 台 */
bool text_is_note(const char *s);  /* 备注：..., 制表人：... */
bool text_is_section(const char *s); /* 一、办公设备, （二）, 以下空白, ----: only alone in its row */
bool text_is_signature(const char *s); /* 制表人：  with the name in the next cell */

#endif
