/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the record engine only. */
#ifndef RECORD_RECORD_INT_H
#define RECORD_RECORD_INT_H
#include "record/record.h"

/* A view KIND_v has these six columns, then the fields, then one label column per reference. */
#define FIXED_COLUMNS "id, rev, created_at, created_by, updated_at, retired_at"
#define N_FIXED 6

extern const struct field fixed_fields[N_FIXED]; /* so that filters and sorts may name them */

const char *field_token(const struct field *f); /* "INT" "FLOAT" "TEXT" */
struct bind value_bind(const char *name, const struct field *f, const struct value *v);
void value_read(struct cx *cx, const struct field *f, const struct db_rows *r, int col,
                struct value *out);
bool value_same(const struct field *f, const struct value *a, const struct value *b);
/* The value as JSON (files as ids): for the journal. */
void value_json(struct jw *w, const struct field *f, const struct value *v);
MUST_USE enum rc value_from_json(struct cx *cx, const struct field *f, const json_t *in,
                                 struct value *out);
/* Bounds, enum membership, required: sets cx->err with the field's name. */
MUST_USE enum rc value_check(struct cx *cx, const struct field *f, const struct value *v);
const struct option *field_option(const struct field *f, const char *value);

/* SELECT column list and reading of a whole row from KIND_v. */
const char *row_columns(struct cx *cx, const struct kind *k);
struct row *row_read(struct cx *cx, const struct kind *k, const struct db_rows *r);

/* Appends " AND (...)" for the actor's scope of a permission; false = sees nothing at all. Binds
 * are added to b, *n. */
bool scope_sql(struct cx *cx, const struct kind *k, const char *scope, struct buf *sql,
               struct bind *b, int *n);
/* The ids of a whole list in its order; what is written out of it holds no read snapshot. */
MUST_USE enum rc query_ids(struct cx *cx, const struct kind *k, const struct query *q, int64_t **ids,
                           size_t *n);
#define PICK_ROWS 250
/* The records of up to PICK_ROWS ids in their order, NULL for one that is gone; only the wanted fields,
 * of references only the label. */
MUST_USE enum rc query_pick(struct cx *cx, const struct kind *k, const bool *wanted, const int64_t *ids,
                            size_t n, struct row **out);
bool row_in_scope(const struct cx *cx, const struct row *row, const char *scope);
bool word_in(const char *list, const char *word); /* '|' between */
const char *permission_of(struct cx *cx, const struct kind *k, const char *verb);
/* "can" of one row. */
bool may_do(struct cx *cx, const struct row *row, const char *verb);
bool may_step(struct cx *cx, const struct row *row, const struct flow_step *s);
bool may_see(struct cx *cx, const struct field *f);
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
const char *ref_label(struct cx *cx, const char *ref, int64_t id);

#endif
