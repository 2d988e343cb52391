/* SPDX-License-Identifier: Apache-2.0 */
/* Child rows of a record (F_ROWS): read, checked, stored and compared with their parent. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "record/record_int.h"

static const char *path(struct cx *cx, const struct field *f, int row, const char *name)
{
    return arena_printf(cx->a, "%s.%d%s%s", f->name, row + 1, name && *name ? "." : "", name ? name : "");
}

/* Repeats the error of a child's field with the row that it stands in. */
static enum rc in_row(struct cx *cx, enum rc rc, const struct field *f, int row)
{
    char no[16];
    struct err e = cx->err;
    if (rc == RC_INTERNAL || rc == RC_BUSY || rc == RC_TIMEOUT)
        return rc;
    snprintf(no, sizeof no, "%d", row + 1);
    return FAIL(cx, rc, path(cx, f, row, e.field), "“{label}”第 {no} 行：{zh}", "{name}, row {no}: {en}", "label",
                f->label, "name", f->name, "no", no, "zh", e.zh, "en", e.en);
}

static struct child new_child(struct cx *cx, const struct child_kind *k)
{
    struct child c = {.v = ARENA_NEW(cx->a, struct value, k->n_fields),
                      .label = ARENA_NEW(cx->a, const char *, k->n_fields)};
    for (int i = 0; i < k->n_fields; i++) {
        c.v[i].null = true;
        if (k->fields[i].initial && value_from_text(cx, &k->fields[i], k->fields[i].initial, &c.v[i]))
            c.v[i].null = true;
    }
    return c;
}

static void set_rows(struct value *v, struct child *rows, int n)
{
    *v = (struct value){.null = n == 0, .i = n, .rows = rows};
}

struct child *row_child(struct cx *cx, struct row *r, int field)
{
    struct value *v = &r->v[field];
    int n = (int)v->i;
    struct child *rows = ARENA_NEW(cx->a, struct child, n + 1);
    if (n)
        memcpy(rows, v->rows, sizeof *rows * (size_t)n);
    rows[n] = new_child(cx, r->kind->fields[field].rows);
    set_rows(v, rows, n + 1);
    return &rows[n];
}

/* --- reading --- */

static const char *select_sql(struct cx *cx, const struct child_kind *k)
{
    struct buf b = {0}, join = {0};
    buf_text_add(&b, "SELECT t.id");
    for (int i = 0; i < k->n_fields; i++)
        for (int c = 0; c < field_columns(&k->fields[i]); c++)
            buf_printf(&b, ", t.%s%s", k->fields[i].name, column_suffix(&k->fields[i], c));
    for (int i = 0; i < k->n_fields; i++) {
        const struct kind *to = record_kind(k->fields[i].ref);
        if (k->fields[i].type != F_REF || !to)
            continue;
        buf_printf(&b, ", r%d.%s", i, to->fields[to->label_field].name);
        buf_printf(&join, " LEFT JOIN %s r%d ON r%d.id = t.%s", kind_table(to), i, i, k->fields[i].name);
    }
    buf_printf(&b, " FROM %s t%s WHERE t.parent_id = :parent ORDER BY t.pos, t.id", k->table, buf_text(&join));
    const char *s = arena_strdup(cx->a, buf_text(&b));
    buf_free(&b);
    buf_free(&join);
    return s;
}

static struct child read_child(struct cx *cx, const struct child_kind *k, const struct db_rows *r)
{
    struct child c = new_child(cx, k);
    int col = 1;
    c.id = db_int(r, 0);
    for (int i = 0; i < k->n_fields; i++) {
        value_read(cx, &k->fields[i], r, col, &c.v[i]);
        col += field_columns(&k->fields[i]);
    }
    for (int i = 0; i < k->n_fields; i++)
        if (k->fields[i].type == F_REF)
            c.label[i] = arena_strdup(cx->a, db_text(r, col++));
    return c;
}

static enum rc read_rows(struct cx *cx, const struct field *f, int64_t parent, struct value *out)
{
    struct db_rows *r;
    struct child *rows = ARENA_NEW(cx->a, struct child, CHILD_MAX);
    int n = 0;
    enum rc rc = cx_db(cx, db_query(cx->db, select_sql(cx, f->rows), BINDS(B_INT("parent", parent)), &r));
    if (rc)
        return rc;
    while (n < CHILD_MAX && db_next(r))
        rows[n++] = read_child(cx, f->rows, r);
    set_rows(out, rows, n);
    return cx_db(cx, db_end(r));
}

enum rc row_children(struct cx *cx, struct row *row)
{
    enum rc rc = RC_OK;
    for (int i = 0; i < row->kind->n_fields && !rc; i++)
        if (row->kind->fields[i].type == F_ROWS && !row->v[i].rows)
            rc = read_rows(cx, &row->kind->fields[i], row->id, &row->v[i]);
    return rc;
}

/* --- from JSON --- */

/* The row so far that the input means by its id; NULL for a new one. */
static enum rc known_child(struct cx *cx, const struct field *f, const json_t *in, int row,
                           const struct value *old, const struct child **out)
{
    const json_t *id = json_object_get(in, "id");
    *out = NULL;
    if (!id || json_is_null(id))
        return RC_OK;
    for (int i = 0; i < (int)old->i; i++)
        if (json_is_integer(id) && old->rows[i].id == json_integer_value(id)) {
            *out = &old->rows[i];
            return RC_OK;
        }
    return FAIL(cx, RC_INVALID, path(cx, f, row, "id"), "“{label}”第 {no} 行的编号不是这条记录的；新行不要写 id",
                "{name}: that row is not of this record; leave id out for a new one", "label", f->label,
                "name", f->name, "no", arena_printf(cx->a, "%d", row + 1));
}

static enum rc child_field(struct cx *cx, const struct child_kind *k, const char *name, json_t *in,
                           struct child *c)
{
    for (int i = 0; i < k->n_fields; i++) {
        if (strcmp(k->fields[i].name, name))
            continue;
        if (!may_edit(cx, &k->fields[i]))
            return FAIL(cx, RC_INVALID, name, "“{label}”由系统填写，不能修改", "{name} is written by the system",
                        "label", k->fields[i].label, "name", name);
        return value_from_json(cx, &k->fields[i], in, &c->v[i]);
    }
    return FAIL(cx, RC_INVALID, name, "没有“{field}”这个字段", "no field called {field}", "field", name);
}

static enum rc child_from_json(struct cx *cx, const struct field *f, json_t *in, int row,
                               const struct value *old, struct child *out)
{
    const struct child *known;
    const char *key;
    json_t *value;
    *out = new_child(cx, f->rows);
    if (!json_is_object(in))
        return FAIL(cx, RC_INVALID, path(cx, f, row, NULL), "“{label}”的每一行应为对象", "{name}: each row is an object",
                    "label", f->label, "name", f->name);
    enum rc rc = known_child(cx, f, in, row, old, &known);
    if (rc)
        return rc;
    if (known) {
        size_t n = (size_t)f->rows->n_fields;
        out->id = known->id;
        memcpy(out->v, known->v, sizeof *out->v * n);
        memcpy(out->label, known->label, sizeof *out->label * n);
    }
    json_object_foreach(in, key, value)
        if (strcmp(key, "id") && (rc = child_field(cx, f->rows, key, value, out)))
            return in_row(cx, rc, f, row);
    return RC_OK;
}

static int64_t rows_max(const struct field *f)
{
    return f->max ? f->max : CHILD_MAX;
}

static enum rc wrong_count(struct cx *cx, const struct field *f)
{
    return FAIL(cx, RC_INVALID, f->name, "“{label}”应有 {min} 到 {max} 行", "{name} needs {min} to {max} rows", "label",
                f->label, "name", f->name, "min", arena_printf(cx->a, "%" PRId64, f->min), "max",
                arena_printf(cx->a, "%" PRId64, rows_max(f)));
}

/* The list is the whole new state: rows named by id stay (absent fields keep), others are new, those
 * not named go. */
enum rc rows_from_json(struct cx *cx, const struct field *f, const json_t *in, struct value *io)
{
    size_t n = json_is_null(in) ? 0 : json_array_size(in);
    if (in && !json_is_null(in) && !json_is_array(in))
        return FAIL(cx, RC_INVALID, f->name, "“{label}”应为行的数组", "{name} must be an array of rows", "label", f->label,
                    "name", f->name);
    if ((int64_t)n > rows_max(f))
        return wrong_count(cx, f);
    struct child *rows = ARENA_NEW(cx->a, struct child, n + 1);
    for (size_t i = 0; i < n; i++) {
        enum rc rc = child_from_json(cx, f, json_array_get(in, i), (int)i, io, &rows[i]);
        if (rc)
            return rc;
        for (size_t j = 0; j < i; j++)
            if (rows[i].id && rows[j].id == rows[i].id)
                return FAIL(cx, RC_INVALID, path(cx, f, (int)i, "id"), "“{label}”里同一行写了两次",
                            "{name}: the same row twice", "label", f->label, "name", f->name);
    }
    set_rows(io, rows, (int)n);
    return RC_OK;
}

enum rc rows_check(struct cx *cx, const struct field *f, const struct value *v)
{
    int64_t min = f->flags & REQ && f->min < 1 ? 1 : f->min;
    if (v->rows || v->null)
        if (v->i < min || v->i > rows_max(f))
            return v->i || !(f->flags & REQ) ? wrong_count(cx, f)
                                             : FAIL(cx, RC_INVALID, f->name, "请填写“{label}”（至少一行）",
                                                    "{name} needs at least one row", "label", f->label,
                                                    "name", f->name);
    for (int r = 0; r < (int)v->i; r++)
        for (int i = 0; i < f->rows->n_fields; i++) {
            const struct field *cf = &f->rows->fields[i];
            enum rc rc = value_check(cx, cf, &v->rows[r].v[i]);
            if (!rc && cf->type == F_REF)
                rc = check_ref(cx, cf, &v->rows[r].v[i], &v->rows[r].label[i]);
            if (rc)
                return in_row(cx, rc, f, r);
        }
    return RC_OK;
}

/* --- comparing --- */

static bool child_same(const struct child_kind *k, const struct child *a, const struct child *b)
{
    for (int i = 0; i < k->n_fields; i++)
        if (!value_same(&k->fields[i], &a->v[i], &b->v[i]))
            return false;
    return a->id == b->id;
}

/* b is the newer side: rows that were not read are not changed. */
bool rows_same(const struct field *f, const struct value *a, const struct value *b)
{
    if (!b->rows || a->rows == b->rows)
        return true;
    if (a->i != b->i)
        return false;
    for (int i = 0; i < (int)a->i; i++)
        if (!child_same(f->rows, &a->rows[i], &b->rows[i]))
            return false;
    return true;
}

static const struct child *child_by_id(const struct value *v, int64_t id, int *pos)
{
    for (*pos = 0; *pos < (int)v->i; ++*pos)
        if (v->rows[*pos].id == id)
            return &v->rows[*pos];
    return NULL;
}

static bool diff_child(struct cx *cx, struct jw *w, const struct row *row, const struct field *f,
                       const struct child *before, const struct child *after, int *n)
{
    static const struct value none = {.null = true};
    bool good = true;
    for (int i = 0; i < f->rows->n_fields; i++) {
        const struct field *cf = &f->rows->fields[i];
        const struct value *a = before ? &before->v[i] : &none, *b = after ? &after->v[i] : &none;
        if (value_same(cf, a, b))
            continue;
        jw_key(w, arena_printf(cx->a, "%s.%" PRId64 ".%s", f->name, after ? after->id : before->id, cf->name));
        jw_array(w);
        good = good && side_json(cx, w, row, cf, a) && side_json(cx, w, row, cf, b);
        jw_end_array(w);
        ++*n;
    }
    return good;
}

static void diff_pos(struct cx *cx, struct jw *w, const struct field *f, int64_t id, int before, int after)
{
    jw_key(w, arena_printf(cx->a, "%s.%" PRId64 ".pos", f->name, id));
    jw_array(w);
    for (int i = 0; i < 2; i++) {
        int pos = i ? after : before;
        if (pos < 0)
            jw_null(w);
        else
            jw_int(w, pos + 1);
    }
    jw_end_array(w);
}

bool rows_diff(struct cx *cx, struct jw *w, const struct row *row, const struct field *f, const struct value *before,
               const struct value *after, int *n)
{
    bool good = true;
    int pos;
    for (int i = 0; i < (int)before->i; i++)
        if (!child_by_id(after, before->rows[i].id, &pos)) {
            diff_pos(cx, w, f, before->rows[i].id, i, -1);
            ++*n;
            good = diff_child(cx, w, row, f, &before->rows[i], NULL, n) && good;
        }
    for (int i = 0; i < (int)after->i; i++) {
        const struct child *old = child_by_id(before, after->rows[i].id, &pos);
        if (!old || pos != i) {
            diff_pos(cx, w, f, after->rows[i].id, old ? pos : -1, i);
            ++*n;
        }
        good = diff_child(cx, w, row, f, old, &after->rows[i], n) && good;
    }
    return good;
}

/* --- storing --- */

static enum rc remove_gone(struct cx *cx, const struct field *f, const struct value *old,
                           const struct value *now)
{
    int pos;
    const char *sql = arena_printf(cx->a, "DELETE FROM %s WHERE id = :id", f->rows->table);
    enum rc rc = RC_OK;
    for (int i = 0; i < (int)old->i && !rc; i++)
        if (!child_by_id(now, old->rows[i].id, &pos))
            rc = cx_db(cx, db_run(cx->db, sql, BINDS(B_INT("id", old->rows[i].id)), NULL));
    return rc;
}

static int bind_child(struct cx *cx, const struct child_kind *k, const struct child *c, struct bind *b)
{
    int n = 0;
    for (int i = 0; i < k->n_fields; i++)
        for (int col = 0; col < field_columns(&k->fields[i]); col++)
            b[n++] = value_bind(arena_printf(cx->a, "v%d_%d", i, col), &k->fields[i], &c->v[i], col);
    return n;
}

static const char *write_sql(struct cx *cx, const struct child_kind *k, bool insert)
{
    struct buf names = {0}, values = {0};
    for (int i = 0; i < k->n_fields; i++)
        for (int c = 0; c < field_columns(&k->fields[i]); c++) {
            buf_printf(&names, ", %s%s", k->fields[i].name, column_suffix(&k->fields[i], c));
            buf_printf(&values, ", :v%d_%d", i, c);
            if (!insert)
                buf_printf(&names, " = :v%d_%d", i, c);
        }
    const char *s =
        insert ? arena_printf(cx->a, "INSERT INTO %s (parent_id, pos%s) VALUES (:parent, :pos%s) RETURNING id",
                              k->table, buf_text(&names), buf_text(&values))
               : arena_printf(cx->a, "UPDATE %s SET pos = :pos%s WHERE id = :id AND parent_id = :parent",
                              k->table, buf_text(&names));
    buf_free(&names);
    buf_free(&values);
    return s;
}

static enum rc store_child(struct cx *cx, const struct child_kind *k, int64_t parent, int pos,
                           struct child *c)
{
    struct bind *b = ARENA_NEW(cx->a, struct bind, 2 * k->n_fields + 4);
    int n = bind_child(cx, k, c, b);
    b[n++] = B_INT("parent", parent);
    b[n++] = B_INT("pos", pos);
    if (c->id)
        b[n++] = B_INT("id", c->id);
    b[n] = B_END;
    const char *sql = write_sql(cx, k, !c->id);
    return cx_db(cx, c->id ? db_run(cx->db, sql, b, NULL) : db_int_of(cx->db, sql, b, &c->id));
}

static enum rc store_rows(struct cx *cx, const struct field *f, const struct value *old,
                          const struct row *row, struct value *now)
{
    const struct child_kind *k = f->rows;
    enum rc rc = remove_gone(cx, f, old, now);
    /* out of the way of the unique (parent_id, pos) while they change places */
    if (!rc && old->i)
        rc = cx_db(cx, db_run(cx->db, arena_printf(cx->a, "UPDATE %s SET pos = -pos WHERE parent_id = :parent", k->table),
                              BINDS(B_INT("parent", row->id)), NULL));
    for (int i = 0; i < (int)now->i && !rc; i++) {
        rc = store_child(cx, k, row->id, i + 1, &now->rows[i]);
        for (int j = 0; j < k->n_fields && !rc; j++)
            if (k->fields[j].type == F_FILES)
                rc = claim_value(cx, row, &k->fields[j], &now->rows[i].v[j]);
    }
    return rc;
}

enum rc rows_store(struct cx *cx, const struct row *old, struct row *row)
{
    static const struct value none = {.null = true};
    enum rc rc = RC_OK;
    for (int i = 0; i < row->kind->n_fields && !rc; i++) {
        const struct field *f = &row->kind->fields[i];
        const struct value *before = old ? &old->v[i] : &none;
        if (f->type == F_ROWS && !rows_same(f, before, &row->v[i]))
            rc = store_rows(cx, f, before, row, &row->v[i]);
    }
    return rc;
}

/* --- out --- */

void rows_json(struct cx *cx, struct jw *w, const struct field *f, const struct value *v)
{
    jw_array(w);
    for (int r = 0; r < (int)v->i; r++) {
        const struct child *c = &v->rows[r];
        jw_object(w);
        jw_ki(w, "id", c->id);
        for (int i = 0; i < f->rows->n_fields; i++)
            field_value_json(cx, w, &f->rows->fields[i], &c->v[i], c->label[i]);
        jw_end_object(w);
    }
    jw_end_array(w);
}

/* For a spreadsheet cell: one line per row, its values with blanks between. */
const char *rows_text(struct cx *cx, const struct field *f, const struct value *v)
{
    struct buf b = {0};
    for (int r = 0; r < (int)v->i; r++) {
        buf_printf(&b, "%s%d.", r ? "\n" : "", r + 1);
        for (int i = 0; i < f->rows->n_fields; i++) {
            const struct field *cf = &f->rows->fields[i];
            if (cf->type != F_FILES && may_see(cx, cf) && !v->rows[r].v[i].null)
                buf_printf(&b, " %s", value_text(cx, cf, &v->rows[r].v[i], v->rows[r].label[i]));
        }
    }
    const char *s = arena_strdup(cx->a, buf_text(&b));
    buf_free(&b);
    return s;
}
