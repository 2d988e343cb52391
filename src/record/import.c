/* SPDX-License-Identifier: Apache-2.0 */
/* Spreadsheets into records. The whole sheet is one transaction with a savepoint per row; a dry run
 * is the same work taken back, so it cannot promise what the run would not do. Two passes: fields
 * first, then what refers to other rows of the same sheet (import_after). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "proto/table.h"
#include "record/record_int.h"

#define COLUMNS_MAX (RECORD_FIELDS + 8)
#define ERRORS_MAX 2000 /* told one by one; the rest is only counted */
#define EXTRA_MAX 8

struct later { /* the second pass */
    struct later *next;
    int32_t row;
    int64_t id;
    const char *extra[EXTRA_MAX];
};

struct run {
    struct cx *cx;  /* arena of the whole run */
    struct cx one;  /* the same with an arena per row */
    const struct kind *k;
    const struct import_options *o;
    const struct field *column[COLUMNS_MAX];
    size_t n_columns, n_fields; /* the first n_fields are fields, the others extra */
    json_t *seen;               /* identity -> row */
    json_t *missing;            /* label of a missing site -> row */
    json_t *errors;
    json_t *left_out;           /* rows whose second pass failed: another run goes without them */
    bool again;
    struct later *later, **later_end;
    int rows, fresh, changed, unchanged, wrong;
    int32_t last_wrong;
};

static bool importable(const struct field *f)
{
    return !(f->flags & RO) && f->type != F_FILES;
}

static const char *const *synonyms_of(struct cx *cx, const struct field *f)
{
    const char **list = ARENA_NEW(cx->a, const char *, 24);
    int n = 0;
    for (const char *s = f->also; s && *s && n < 23;) {
        size_t len = strcspn(s, "|");
        list[n++] = arena_strndup(cx->a, s, len);
        s += len + (s[len] == '|');
    }
    return list;
}

static bool in_identity(const struct kind *k, const char *name)
{
    const char *s = strstr(k->identity, name);
    size_t n = strlen(name);
    return s && (s == k->identity || strchr("|+", s[-1])) && (!s[n] || strchr("|+", s[n]));
}

static struct table_column *columns_of(struct run *r)
{
    struct table_column *c = ARENA_NEW(r->cx->a, struct table_column, COLUMNS_MAX);
    for (int i = 0; i < r->k->n_fields; i++)
        if (importable(&r->k->fields[i]))
            r->column[r->n_columns++] = &r->k->fields[i];
    r->n_fields = r->n_columns;
    for (const struct field *f = r->k->import_extra; f && f->name; f++)
        r->column[r->n_columns++] = f;
    for (size_t i = 0; i < r->n_columns; i++)
        c[i] = (struct table_column){r->column[i]->name, r->column[i]->label,
                                     synonyms_of(r->cx, r->column[i]),
                                     in_identity(r->k, r->column[i]->name)};
    return c;
}

static void note_error(struct run *r, int32_t row, const struct field *f, const char *message)
{
    if (r->last_wrong != row)
        r->wrong++;
    r->last_wrong = row;
    if (json_array_size(r->errors) < ERRORS_MAX)
        json_array_append_new(r->errors, json_pack("{s:i,s:s,s:s}", "row", row, "column",
                                                   f ? f->label : "", "message", message));
}

/* A cell as the engine takes it: dates by their serial where the field is a date. */
static const char *cell_text(struct cx *cx, const struct field *f, const struct sheet_cell *c)
{
    struct date d;
    int32_t second;
    char text[DATE_TEXT];
    if (c->type == SHEET_EMPTY)
        return "";
    if (f->type == F_DATE && c->type == SHEET_NUMBER && c->number < 2958466 &&
        sheet_serial_date(c->number, c->is_1904, &d, &second))
        return arena_strdup(cx->a, date_text(d, text));
    if (f->type == F_DATE && c->type == SHEET_DATE && c->has_day)
        return arena_strdup(cx->a, date_text(c->date, text));
    return f->flags & LONG ? arena_strdup(cx->a, c->text) : utf8_tidy(cx->a, c->text);
}

/* A site that nobody knows yet is no error of the row: it is listed, and created when asked. */
static enum rc missing_ref(struct run *r, const struct field *f, const char *text, int32_t row,
                           struct value *out)
{
    const struct kind *to = record_kind(f->ref);
    if (!r->o->create_new) {
        json_object_set_new(r->missing, text, json_integer(row));
        out->null = true;
        return r->o->dry_run ? RC_OK : RC_NOT_FOUND;
    }
    struct row *made = record_new(&r->one, to);
    row_text(made, to->label_field, text);
    enum rc rc = record_insert(&r->one, made, "import");
    *out = (struct value){.i = made->id};
    if (!rc)
        json_object_set_new(r->missing, text, json_integer(row));
    return rc;
}

/* Blank keeps, "-" clears. *given tells whether the cell says anything. */
static enum rc take_cell(struct run *r, const struct field *f, const struct table_row *t,
                         const struct sheet_cell *c, struct value *out, bool *given)
{
    const char *text = cell_text(&r->one, f, c);
    *given = *text != 0;
    if (!*given)
        return RC_OK;
    if (!strcmp(text, "-")) {
        *out = (struct value){.null = true};
        return RC_OK;
    }
    enum rc rc = value_from_text(&r->one, f, text, out);
    if (rc == RC_NOT_FOUND && f->type == F_REF && record_kind(f->ref)->import_new)
        rc = missing_ref(r, f, text, t->number, out);
    if (!rc && !out->null && f->type != F_REF)
        rc = value_check(&r->one, f, out);
    return rc;
}

/* Finds the stored record of a row by the first identity whose parts are all given. key gets a text
 * that is equal for equal identities; NULL when the row has none. */
static enum rc identify(struct run *r, const struct row *row, const char **key, int64_t *id)
{
    struct cx *cx = &r->one;
    *key = NULL;
    *id = 0;
    for (const char *s = r->k->identity; *s;) {
        struct buf sql = {0}, text = {0};
        struct bind b[6];
        int n = 0;
        bool all = true;
        size_t len = strcspn(s, "|");
        buf_printf(&sql, "SELECT id FROM %s WHERE retired_at IS NULL", kind_table(r->k));
        for (size_t at = 0; at < len && n < 5;) {
            size_t part = strcspn(s + at, "|+");
            const char *name = arena_strndup(cx->a, s + at, part);
            int i = field_index(r->k, name);
            all = all && !row->v[i].null;
            buf_printf(&sql, " AND %s = :%s", name, name);
            b[n++] = value_bind(name, &r->k->fields[i], &row->v[i]);
            if (!row->v[i].null)
                buf_printf(&text, "%s=%s;", name, value_text(cx, &r->k->fields[i], &row->v[i], ""));
            at += part + (s[at + part] == '+');
        }
        b[n] = B_END;
        buf_text_add(&sql, " ORDER BY id LIMIT 1");
        const char *statement = arena_strdup(cx->a, buf_text(&sql));
        const char *identity = arena_strdup(cx->a, buf_text(&text));
        buf_free(&sql);
        buf_free(&text);
        if (all) {
            *key = identity;
            enum rc rc = db_int_of(cx->db, statement, b, id);
            return rc == RC_NOT_FOUND ? RC_OK : cx_db(cx, rc);
        }
        s += len + (s[len] == '|');
    }
    return RC_OK;
}

static enum rc check_refs_exist(struct run *r, const struct row *row)
{
    for (int i = 0; i < r->k->n_fields; i++)
        if (importable(&r->k->fields[i])) {
            enum rc rc = row->v[i].null ? value_check(&r->one, &r->k->fields[i], &row->v[i]) : RC_OK;
            if (rc)
                return rc;
        }
    return RC_OK;
}

static bool same_row(const struct row *a, const struct row *b)
{
    for (int i = 0; i < a->kind->n_fields; i++)
        if (!value_same(&a->kind->fields[i], &a->v[i], &b->v[i]))
            return false;
    return true;
}

static enum rc twice(struct run *r, const char *key, int32_t row)
{
    char first[16];
    const json_t *seen = json_object_get(r->seen, key);
    if (!seen) {
        json_object_set_new(r->seen, key, json_integer(row));
        return RC_OK;
    }
    snprintf(first, sizeof first, "%d", (int)json_integer_value(seen));
    return FAIL(&r->one, RC_CONFLICT, NULL, "与第 {first} 行重复（编号相同），请删去其中一行",
                "the same identity as row {first}", "first", first);
}

static enum rc store(struct run *r, struct row *old, struct row *row)
{
    struct cx *cx = &r->one;
    enum rc rc = check_refs_exist(r, row);
    if (!rc && r->k->check)
        rc = r->k->check(cx, old, row);
    if (rc)
        return rc;
    if (old && same_row(old, row)) {
        r->unchanged++;
        return RC_OK;
    }
    rc = old ? record_update(cx, old, row, "import") : record_insert(cx, row, "import");
    if (!rc && r->k->after)
        rc = r->k->after(cx, old, row);
    if (!rc && old)
        r->changed++;
    if (!rc && !old)
        r->fresh++;
    return rc;
}

static void keep_extra(struct run *r, const struct table_row *t, int64_t id)
{
    bool any = false;
    struct later *l = ARENA_NEW(r->cx->a, struct later, 1);
    for (size_t i = r->n_fields; i < r->n_columns && i - r->n_fields < EXTRA_MAX; i++) {
        l->extra[i - r->n_fields] = arena_strdup(r->cx->a, cell_text(&r->one, r->column[i], &t->cells[i]));
        any = any || *l->extra[i - r->n_fields];
    }
    if (!any)
        return;
    l->row = t->number;
    l->id = id;
    *r->later_end = l;
    r->later_end = &l->next;
}

/* Reads the cells into `given` values first: identity decides whether they change an old row. */
static enum rc read_cells(struct run *r, const struct table_row *t, struct row *row, bool *given,
                          const struct field **at)
{
    for (size_t i = 0; i < r->n_fields; i++) {
        int f = (int)(r->column[i] - r->k->fields);
        struct value v = row->v[f];
        enum rc rc = take_cell(r, r->column[i], t, &t->cells[i], &v, &given[f]);
        *at = r->column[i];
        if (rc)
            return rc;
        if (given[f])
            row->v[f] = v;
    }
    *at = NULL;
    return RC_OK;
}

static enum rc take_row(struct run *r, const struct table_row *t, const struct field **at)
{
    struct cx *cx = &r->one;
    bool given[RECORD_FIELDS] = {false};
    const char *key;
    int64_t id;
    struct row *row = record_new(cx, r->k), *old = NULL;
    enum rc rc = read_cells(r, t, row, given, at);
    if (!rc)
        rc = identify(r, row, &key, &id);
    if (rc)
        return rc;
    if (!key)
        return FAIL(cx, RC_INVALID, NULL, "没有可识别的编号（资产编号，或类别加序列号）",
                    "no identity: asset number, or class and serial number");
    rc = twice(r, key, t->number);
    if (!rc && id)
        rc = record_load(cx, r->k, id, &old);
    if (rc)
        return rc;
    if (old) {
        struct row *merged = record_copy(cx, old);
        for (int i = 0; i < r->k->n_fields; i++)
            if (given[i])
                merged->v[i] = row->v[i];
        row = merged;
    }
    rc = store(r, old, row);
    if (!rc)
        keep_extra(r, t, row->id);
    return rc;
}

static const struct field *field_of_error(const struct run *r, const char *name)
{
    for (size_t i = 0; i < r->n_columns; i++)
        if (!strcmp(r->column[i]->name, name))
            return r->column[i];
    return NULL;
}

/* A row that an earlier run found wrong in its second pass. */
static bool is_left_out(struct run *r, int32_t row)
{
    char text[16];
    snprintf(text, sizeof text, "%d", (int)row);
    const json_t *e = json_object_get(r->left_out, text);
    if (!e)
        return false;
    r->rows++;
    r->wrong++;
    r->last_wrong = row;
    if (json_array_size(r->errors) < ERRORS_MAX)
        json_array_append_new(r->errors, json_pack("{s:i,s:O,s:O}", "row", row, "column",
                                                   json_object_get(e, "column"), "message",
                                                   json_object_get(e, "message")));
    return true;
}

/* One row under its savepoint. Only the caller's mistakes are its errors; a database that is busy or
 * full ends the run. */
static enum rc one_row(struct run *r, const struct table_row *t)
{
    const struct field *at = NULL;
    if (is_left_out(r, t->number))
        return RC_OK;
    arena_reset(r->one.a);
    r->one.err = (struct err){0};
    r->rows++;
    enum rc rc = cx_db(r->cx, db_savepoint(r->cx->db));
    if (rc)
        return rc;
    rc = take_row(r, t, &at);
    if (!rc)
        return cx_db(r->cx, db_savepoint_release(r->cx->db));
    db_savepoint_rollback(r->cx->db);
    if (rc == RC_BUSY || rc == RC_INTERNAL || rc == RC_TIMEOUT) {
        r->cx->err = r->one.err;
        return rc;
    }
    const struct field *named = field_of_error(r, r->one.err.field);
    note_error(r, t->number, named ? named : at,
               rc == RC_NOT_FOUND && !r->one.err.zh[0] ? "新站点，需先确认建立" : r->one.err.zh);
    return RC_OK;
}

static enum rc second_pass(struct run *r)
{
    for (struct later *l = r->later; l && r->k->import_after; l = l->next) {
        struct row *row;
        arena_reset(r->one.a);
        r->one.err = (struct err){0};
        enum rc rc = cx_db(r->cx, db_savepoint(r->cx->db));
        if (rc)
            return rc;
        rc = record_load(&r->one, r->k, l->id, &row);
        if (!rc)
            rc = r->k->import_after(&r->one, row, l->extra);
        if (!rc) {
            if ((rc = cx_db(r->cx, db_savepoint_release(r->cx->db))))
                return rc;
            continue;
        }
        db_savepoint_rollback(r->cx->db);
        if (rc == RC_BUSY || rc == RC_INTERNAL) {
            r->cx->err = r->one.err;
            return rc;
        }
        const struct field *f = field_of_error(r, r->one.err.field);
        char row_text[16];
        snprintf(row_text, sizeof row_text, "%d", (int)l->row);
        json_object_set_new(r->left_out, row_text,
                            json_pack("{s:s,s:s}", "column", f ? f->label : "", "message", r->one.err.zh));
        r->again = true;
    }
    return RC_OK;
}

static enum rc all_rows(struct run *r, struct table *t)
{
    for (;;) {
        const struct table_row *row;
        enum rc rc = table_next(t, &row, &r->cx->err);
        if (rc || !row)
            return rc ? rc : second_pass(r);
        if ((rc = one_row(r, row)))
            return rc;
    }
}

static void result_json(struct run *r, struct table *t, bool stored, struct jw *w)
{
    size_t n;
    const struct table_heading *h = table_headings(t, &n);
    const char *name;
    json_t *row;
    jw_object(w);
    jw_ki(w, "rows", r->rows);
    jw_ki(w, "good", r->rows - r->wrong);
    jw_ki(w, "new", r->fresh);
    jw_ki(w, "changed", r->changed);
    jw_ki(w, "unchanged", r->unchanged);
    jw_ki(w, "wrong", r->wrong);
    jw_kb(w, "dry_run", r->o->dry_run);
    jw_kb(w, "stored", stored);
    jw_key(w, "errors");
    char *errors = json_dumps(r->errors, JSON_COMPACT);
    jw_raw(w, errors ? errors : "[]");
    free(errors);
    jw_key(w, "unmatched");
    jw_array(w);
    for (size_t i = 0; i < n; i++)
        if (h[i].column < 0 && h[i].duplicate_of < 0)
            jw_text(w, h[i].text);
    jw_end_array(w);
    jw_key(w, "new_sites");
    jw_array(w);
    json_object_foreach(r->missing, name, row) jw_text(w, name);
    jw_end_array(w);
    jw_ki(w, "skipped_totals", (int64_t)table_skipped_count(t, TABLE_TOTAL));
    jw_end_object(w);
}

static void forget(struct run *r)
{
    json_object_clear(r->seen);
    json_object_clear(r->missing);
    json_array_clear(r->errors);
    r->later = NULL;
    r->later_end = &r->later;
    r->rows = r->fresh = r->changed = r->unchanged = r->wrong = 0;
    r->last_wrong = 0;
    r->again = false;
}

/* One pass over the sheet in one transaction, kept when that is wanted and possible. *again: rows
 * were found wrong too late to leave them out; everything is taken back. */
static enum rc run_once(struct run *r, struct sheet_file *file, const struct table_column *columns,
                        const struct table_options *to, struct jw *w)
{
    struct table *t;
    forget(r);
    enum rc rc = table_open(file, columns, r->n_columns, to, &t, &r->cx->err);
    if (rc)
        return rc;
    rc = cx_db(r->cx, db_begin(r->cx->db));
    if (!rc)
        rc = all_rows(r, t);
    bool keep = !rc && !r->again && !r->o->dry_run && (!r->wrong || r->o->good_rows);
    if (keep)
        rc = cx_db(r->cx, db_commit(r->cx->db));
    db_rollback(r->cx->db);
    if (!rc && !r->again)
        result_json(r, t, keep, w);
    table_close(t);
    return rc;
}

#define RUNS_MAX 20 /* each run leaves out at least one more row: a chain of uplinks this deep */

static enum rc run_all(struct run *r, struct sheet_file *file, const struct table_column *columns,
                       const struct table_options *to, struct jw *w)
{
    for (int i = 0; i < RUNS_MAX; i++) {
        enum rc rc = run_once(r, file, columns, to, w);
        if (rc || !r->again)
            return rc;
    }
    return FAIL(r->cx, RC_INVALID, "uplink_no", "上联关系的错误层层相连，请先改正已列出的行",
                "errors of uplinks hang on each other; correct them first");
}

/* "heading=field;…" */
static size_t parse_map(struct cx *cx, const char *map, struct table_force *out, size_t most)
{
    size_t n = 0;
    for (const char *s = map; s && *s && n < most;) {
        size_t len = strcspn(s, ";"), eq = strcspn(s, "=;");
        if (eq < len)
            out[n++] = (struct table_force){arena_strndup(cx->a, s, eq),
                                            arena_strndup(cx->a, s + eq + 1, len - eq - 1)};
        s += len + (s[len] == ';');
    }
    return n;
}

enum rc record_import(struct cx *cx, const struct kind *k, const char *path,
                      const struct import_options *o, struct jw *w, int *wrong)
{
    struct run r = {.cx = cx, .one = *cx, .k = k, .o = o};
    struct sheet_file *file;
    struct table_force force[COLUMNS_MAX];
    *wrong = 0;
    if (!k->identity || !cx_may(cx, permission_of(cx, k, "import")))
        return FAIL(cx, RC_DENIED, NULL, "您没有导入“{label}”的权限，或这类记录不能导入",
                    "{name} cannot be imported, or not by you", "label", k->label, "name", k->label_en);
    enum rc rc = sheet_open(path, NULL, &file, &cx->err);
    if (rc)
        return rc;
    struct table_options to = {.sheet = o->sheet, .force = force,
                               .n_force = parse_map(cx, o->map, force, COLUMNS_MAX)};
    const struct table_column *columns = columns_of(&r);
    r.one.a = arena_new();
    r.seen = json_object();
    r.missing = json_object();
    r.errors = json_array();
    r.left_out = json_object();
    rc = run_all(&r, file, columns, &to, w);
    *wrong = r.wrong;
    arena_free(r.one.a);
    json_decref(r.seen);
    json_decref(r.missing);
    json_decref(r.errors);
    json_decref(r.left_out);
    sheet_close(file);
    return rc;
}
