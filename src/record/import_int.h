/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the import only: one run over a sheet, in chunks of rows that are looked up and stored
 * together (a round trip for each row would be most of the time on PostgreSQL).
 *   import.c        the run: transactions, chunks, what is kept
 *   import_cell.c   cells to values, references by name
 *   import_store.c  which stored record a row is; new, changed, unchanged
 *   import_link.c   links between records of the sheet, after all rows
 *   import_batch.c  the run as a record that can be undone; remembered headings
 *   import_tell.c   the result as JSON, the wrong rows as a sheet */
#ifndef RECORD_IMPORT_INT_H
#define RECORD_IMPORT_INT_H
#include "proto/table.h"
#include "proto/xlsx_write.h"
#include "record/dict.h"
#include "record/record_int.h"

#define COLUMNS_MAX (RECORD_FIELDS + 16)
#define ERRORS_MAX 2000   /* told in the answer */
#define ERRORS_KEPT 20000 /* told in the sheet of wrong rows; of the rest only the rows are known */
#define PREVIEW_MAX 200 /* changed rows told with their changes */
#define CHUNK_ROWS 200
#define LINKS_MAX 4 /* kinds of link that a sheet may name */
#define SHEET_ROWS (1048576 + 1)

struct item { /* one row of the chunk */
    int32_t number;
    struct row *row, *old; /* old: as stored, NULL when new */
    bool revived;          /* old was taken out by the undo of an import */
    bool several;          /* more than one stored record is what the row names */
    bool given[RECORD_FIELDS];
    const char *key;       /* equal for equal identities */
    const char *link[LINKS_MAX][2]; /* the named record, the link's detail */
};

struct later { /* a link to make when all rows are stored */
    struct later *next;
    int32_t number;
    int which; /* index of the kind's import_links */
    int64_t id;
    bool fresh; /* the record is new in this run */
    const char *name, *more;
};

struct missing { /* a record that a cell names and nobody knows */
    const struct kind *kind;
    const char *name;
    int64_t id; /* 0 = not yet made */
};

struct wrong {
    int32_t number;
    const char *column, *message;
};

struct counts {
    int rows, fresh, changed, unchanged, wrong;
};

struct run {
    struct cx *cx; /* arena of the whole run */
    struct cx one; /* the same with an arena per chunk */
    const struct kind *k;
    const struct import_options *o;
    const struct field *column[COLUMNS_MAX];
    size_t n_columns, n_fields; /* the first n_fields are fields, then two for each link */
    const struct table_column *columns;
    const struct row *blank; /* a new record with its initial values */
    const char *path;
    struct table *table;
    struct arena *pass; /* of one pass over the sheet: what follows lives there */
    struct item items[CHUNK_ROWS];
    int n_items;
    const char *slot[CHUNK_ROWS]; /* names of binds "k0" …: always as many, so it is one prepared text */
    const char *slots;            /* ":k0,:k1,…" */
    unsigned scopes;              /* of the right to import */
    const struct kind *asked;     /* whether the actor may make one: may_make */
    bool may_make;
    struct dict seen;    /* identity -> row */
    struct dict refs;    /* "kind:name" -> id, 0 = unknown */
    struct dict folded;  /* "kind:folded name" -> id, -1 = two of them; "kind:" when loaded */
    struct dict missing; /* folded name of a missing record -> index + 1 in lacks */
    struct missing *lacks;
    int n_missing, room_missing;
    struct wrong *errors;
    int n_errors;
    uint8_t *is_wrong; /* a bit for each row number */
    struct later *later, **later_end;
    struct counts count;
    int64_t new_from, new_to; /* ids of the inserted records, 0 = none; search knows them at the end, at once */
    struct buf preview; /* JSON of the changed rows */
    int n_preview;
    int n_doubts;        /* cells read in one of two possible ways */
    int32_t first_doubt; /* row of the first */
    /* over all passes */
    struct arena *kept;
    struct wrong *late; /* found wrong after they were stored: another pass leaves them out */
    int n_late, room_late;
    uint8_t *is_late;
    bool again;
    const char *remembered; /* the map of an earlier file that was used, NULL = none */
    int64_t journal_from, batch_id;
};

bool bit_get(const uint8_t *bits, int32_t i);
void bit_set(uint8_t *bits, int32_t i);

/* The row is wrong for this reason; f may be NULL. */
void note_wrong(struct run *r, int32_t number, const char *column, const char *message);
/* From r->one.err, naming the column of its field, or f. */
void note_error(struct run *r, int32_t number, const struct field *f);
/* Wrong too late: everything is taken back, another pass goes without the row. */
void note_late(struct run *r, int32_t number, const char *column, const char *message);
/* A row with wrong cells will not be stored; what the kind's own rule says of its other cells is told at once
 * all the same. from: the index of the row's first error. */
MUST_USE enum rc import_check_others(struct run *r, struct item *it, int from);
/* A mistake of the sheet, not a failure of the run. */
bool is_callers(enum rc rc);

/* Opens r->table: the user's map, else the remembered one, else the known headings alone. */
MUST_USE enum rc import_open(struct run *r, struct sheet_file *file);

/* import_cell.c */
bool importable(struct cx *cx, const struct field *f);
struct table_column *import_columns(struct run *r);
/* All cells of a row into it; false when some are wrong (noted). */
MUST_USE enum rc import_cells(struct run *r, const struct table_row *t, struct item *it, bool *good);
/* Makes the missing records that the row names. */
MUST_USE enum rc import_missing(struct run *r, struct item *it);
const char *cell_said(struct cx *cx, const struct field *f, const struct sheet_cell *c);
bool says_nothing(const char *text); /* "-", "/", "无": the field is to be empty */
const char *fold_name(struct arena *a, const char *s); /* without blanks, width and case */

/* import_store.c */
MUST_USE enum rc import_store(struct run *r);
/* New records of one kind with their journal lines; search_added is the caller's. */
MUST_USE enum rc record_insert_many(struct cx *cx, struct row **rows, int n, const char *action);
/* A number or name whose record was retired is not given away again, unless an undone import made it. */
MUST_USE enum rc may_revive(struct run *r, const struct row *old);
void keep_links(struct run *r, const struct item *it, bool fresh);

/* import_link.c */
MUST_USE enum rc import_links(struct run *r);

/* import_batch.c */
MUST_USE enum rc import_remembered(struct run *r, const char *headings, const char **map);
MUST_USE enum rc import_maps(struct run *r, const char **maps, int most, int *n);
MUST_USE enum rc import_batch_add(struct run *r);
/* What tells one set of headings from another: a hash of them all. */
const char *headings_hash(struct cx *cx, const struct table *t);

/* export.c: how a spreadsheet holds the field, the same in exports and in templates. */
enum xlsx_type xlsx_type_of(const struct field *f);

/* import_tell.c */
void import_json(struct run *r, struct sheet_file *file, bool stored, struct jw *w);
MUST_USE enum rc import_errors_file(struct run *r, struct sheet_file *file);
#define REASON_HEADING "错误原因"

#endif
