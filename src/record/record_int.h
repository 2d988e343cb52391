/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the record engine only. */
#ifndef RECORD_RECORD_INT_H
#define RECORD_RECORD_INT_H
#include "record/record.h"

/* A view KIND_v has these six columns, then the fields, then one label column per reference. */
#define FIXED_COLUMNS "id, rev, created_at, created_by, updated_at, retired_at"
#define N_FIXED 6

extern const struct field fixed_fields[N_FIXED]; /* so that filters and sorts may name them */
extern const bool fixed_not_null[N_FIXED];

const char *field_token(const struct field *f); /* "INT" "FLOAT" "TEXT" */
/* The columns of a field: none for ROWS, two for GEO, else one; each is called name + suffix. */
int field_columns(const struct field *f);
const char *column_suffix(const struct field *f, int column);
/* v = NULL or a null value binds NULL. column counts from 0. */
struct bind value_bind(const char *name, const struct field *f, const struct value *v, int column);
/* Reads field_columns(f) columns starting at col. */
void value_read(struct cx *cx, const struct field *f, const struct db_rows *r, int col,
                struct value *out);
bool value_same(const struct field *f, const struct value *a, const struct value *b);
/* The value as JSON (files as ids): for the journal. Not for ROWS. */
void value_json(struct jw *w, const struct field *f, const struct value *v);
/* The same as the actor may see it: masked, files with name and type, references with label, rows. */
void field_value_json(struct cx *cx, struct jw *w, const struct field *f, const struct value *v,
                      const char *label);
/* ROWS: *out holds the rows so far, which the input may name by id. */
MUST_USE enum rc value_from_json(struct cx *cx, const struct field *f, const json_t *in,
                                 struct value *out);
/* Bounds, enum membership, required: sets cx->err with the field's name. */
MUST_USE enum rc value_check(struct cx *cx, const struct field *f, const struct value *v);
const struct option *field_option(const struct field *f, const char *value);

/* SELECT column list and reading of a whole row from KIND_v. */
const char *row_columns(struct cx *cx, const struct kind *k);
struct row *row_read(struct cx *cx, const struct kind *k, const struct db_rows *r);

/* Appends " AND (...)" for the actor's scopes of a permission (cx_scopes); false = sees nothing at
 * all. Binds are added to b, *n. */
bool scope_sql(struct cx *cx, const struct kind *k, unsigned scopes, struct buf *sql,
               struct bind *b, int *n);
/* The ids of a whole list in its order; what is written out of it holds no read snapshot. */
MUST_USE enum rc query_ids(struct cx *cx, const struct kind *k, const struct query *q, int64_t **ids,
                           size_t *n);
#define PICK_ROWS 250
/* The field that tells records of one name apart (asset: its number), NULL = the name does. Views give it
 * for each reference as NAME__no beside NAME__label. */
const struct field *kind_number(const struct kind *k);
/* The records of up to PICK_ROWS ids in their order, NULL for one that is gone; only the wanted fields,
 * of references only the label and, in v.s, the number. */
MUST_USE enum rc query_pick(struct cx *cx, const struct kind *k, const bool *wanted, const int64_t *ids,
                            size_t n, struct row **out);
bool row_in_scope(struct cx *cx, const struct row *row, unsigned scopes);
bool word_in(const char *list, const char *word); /* '|' between */
/* What a CODE says: letters, digits and signs in half width. s itself when there is nothing to do. */
const char *code_narrow(struct cx *cx, const char *s);
const char *permission_of(struct cx *cx, const struct kind *k, const char *verb);
/* "can" of one row. */
bool may_do(struct cx *cx, const struct row *row, const char *verb);
bool may_step(struct cx *cx, const struct row *row, const struct flow_step *s);
bool may_see(struct cx *cx, const struct field *f);
/* May not see the value but a mask of it: personal data. Never to filter, sort or search by. */
bool sees_masked(struct cx *cx, const struct field *f);
const char *masked(struct cx *cx, const char *text);
bool may_edit(struct cx *cx, const struct field *f);
/* {"field":[before,after]} of what differs; old = NULL: from nothing. *n = number of changes. */
const char *row_diff(struct cx *cx, const struct row *old, const struct row *row, int *n);
/* The database's refusal of a write, naming the field when we can. */
enum rc row_explain(struct cx *cx, const struct row *row, enum rc rc);
/* From begin to end record_load() of this thread asks once for each record of other kinds than `not`
 * (a sheet of 7,000 devices names 15 classes); a write of such a record forgets them all. */
void record_cache_begin(const struct kind *not);
void record_cache_end(void);
void record_cache_forget(const struct kind *written);

/* --- child rows (rows.c) --- */
MUST_USE enum rc rows_from_json(struct cx *cx, const struct field *f, const json_t *in,
                                struct value *io);
MUST_USE enum rc rows_check(struct cx *cx, const struct field *f, const struct value *v);
bool rows_same(const struct field *f, const struct value *a, const struct value *b);
/* Writes what differs of all ROWS fields; old = NULL: of a new row. Ids are set. */
MUST_USE enum rc rows_store(struct cx *cx, const struct row *old, struct row *row);
/* One side of a change of the record `row`; values of persons are sealed with its key, and false is
 * the failure of that (write.c). */
MUST_USE bool side_json(struct cx *cx, struct jw *w, const struct row *row, const struct field *f, const struct value *v);
/* "FIELD.ID.CHILD":[before,after] pairs of the record `row` into an open object; adds how many. */
MUST_USE bool rows_diff(struct cx *cx, struct jw *w, const struct row *row, const struct field *f,
                        const struct value *before, const struct value *after, int *n);
void rows_json(struct cx *cx, struct jw *w, const struct field *f, const struct value *v);
const char *rows_text(struct cx *cx, const struct field *f, const struct value *v);
/* Evidence in a row or a child row becomes the parent's (write.c). */
MUST_USE enum rc claim_value(struct cx *cx, const struct row *row, const struct field *f,
                             const struct value *v);
MUST_USE enum rc check_ref(struct cx *cx, const struct field *f, const struct value *v,
                           const char **label);

/* --- transactions (write.c): one of our own unless the caller has one --- */
MUST_USE enum rc own_transaction(struct cx *cx, bool *mine);
enum rc end_transaction(struct cx *cx, bool mine, enum rc rc);
/* RC_CONFLICT when it is out of use. */
MUST_USE enum rc not_retired(struct cx *cx, const struct row *row);
/* The rev that the caller read must be the row's. */
MUST_USE enum rc take_rev(struct cx *cx, json_t *in, const struct row *row);

/* --- full-text search (search.c), in the transaction of the write --- */
bool kind_searched(const struct kind *k);
MUST_USE enum rc search_added(struct cx *cx, const struct kind *k, int64_t from, int64_t to);
MUST_USE enum rc search_changed(struct cx *cx, const struct row *old, const struct row *row);
/* FTS5 keeps the words of a row that was taken out until its parts are merged: merges those in which
 * records of k are found. */
MUST_USE enum rc search_forget(struct cx *cx, const struct kind *k);
/* Appends the condition; false: nothing can match. On SQLite "KIND_search s" must stand in FROM. */
bool search_sql(struct cx *cx, const struct kind *k, const char *text, struct buf *sql, struct bind *b,
                int *n, int most);

/* --- trees (tree.c): after the row is stored; old = NULL on insert --- */
MUST_USE enum rc tree_store(struct cx *cx, const struct row *old, const struct row *row);

const char *ref_label(struct cx *cx, const char *ref, int64_t id);

#endif
