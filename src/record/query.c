/* SPDX-License-Identifier: Apache-2.0 */
/* Reading: the closed filter grammar as SQL over KIND_v, keyset cursors, scope. No text of the
 * caller ever becomes SQL: names come from the descriptors, values are bound. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "record/dict.h"
#include "record/record_int.h"

#define BINDS_MAX 160
#define IN_MAX 100 /* values of one "in" */
#define CACHE_ROWS 4096

struct sql {
    struct buf text;
    struct bind b[BINDS_MAX + 16]; /* the last 16: scope, search, cursor, limit and the end mark */
    int n;
    bool searched; /* SQLite: FROM has the search table */
};

const char *row_columns(struct cx *cx, const struct kind *k)
{
    struct buf b = {0};
    buf_text_add(&b, FIXED_COLUMNS);
    for (int i = 0; i < k->n_fields; i++)
        for (int c = 0; c < field_columns(&k->fields[i]); c++)
            buf_printf(&b, ", %s%s", k->fields[i].name, column_suffix(&k->fields[i], c));
    for (int i = 0; i < k->n_fields; i++)
        if (k->fields[i].type == F_REF)
            buf_printf(&b, ", %s__label", k->fields[i].name);
    const char *s = arena_strdup(cx->a, buf_text(&b));
    buf_free(&b);
    return s;
}

struct row *row_read(struct cx *cx, const struct kind *k, const struct db_rows *r)
{
    struct row *row = ARENA_NEW(cx->a, struct row, 1);
    *row = (struct row){.kind = k, .id = db_int(r, 0), .rev = db_int(r, 1),
                        .created_at = {db_int(r, 2)}, .created_by = db_int(r, 3),
                        .updated_at = {db_int(r, 4)}, .retired = !db_null(r, 5)};
    row->v = ARENA_NEW(cx->a, struct value, k->n_fields);
    row->label = ARENA_NEW(cx->a, const char *, k->n_fields);
    int col = N_FIXED;
    for (int i = 0; i < k->n_fields; i++) {
        value_read(cx, &k->fields[i], r, col, &row->v[i]);
        col += field_columns(&k->fields[i]);
    }
    for (int i = 0; i < k->n_fields; i++)
        if (k->fields[i].type == F_REF)
            row->label[i] = arena_strdup(cx->a, db_text(r, col++));
    return row;
}

static const struct field *find_field(const struct kind *k, const char *name)
{
    int i = field_index(k, name);
    if (i >= 0)
        return &k->fields[i];
    for (i = 0; i < N_FIXED; i++)
        if (!strcmp(fixed_fields[i].name, name))
            return &fixed_fields[i];
    return NULL;
}

enum rc query_add(struct cx *cx, struct query *q, const char *text)
{
    const char *dot = strchr(text, '.'), *dot2 = dot ? strchr(dot + 1, '.') : NULL;
    if (!dot2)
        return FAIL(cx, RC_INVALID, "f", "筛选“{f}”应写成 字段.比较.值",
                    "filter \"{f}\" must be field.op.value", "f", text);
    if (q->n_filters == (int)(sizeof q->filter / sizeof *q->filter))
        return FAIL(cx, RC_INVALID, "f", "筛选条件过多", "too many filters");
    q->filter[q->n_filters++] =
        (struct filter){arena_strndup(cx->a, text, (size_t)(dot - text)),
                        arena_strndup(cx->a, dot + 1, (size_t)(dot2 - dot - 1)), dot2 + 1};
    return RC_OK;
}

enum rc query_parse(struct cx *cx, const char *text, struct query *out)
{
    *out = (struct query){0};
    enum rc rc = RC_OK;
    for (const char *s = text; *s && !rc;) {
        size_t len = strcspn(s, "&");
        const char *part = arena_strndup(cx->a, s, len);
        if (!strncmp(part, "f=", 2))
            rc = query_add(cx, out, part + 2);
        else if (!strncmp(part, "sort=", 5))
            out->sort = part + 5;
        else if (!strncmp(part, "q=", 2))
            out->q = part + 2;
        else if (!strcmp(part, "exact=1"))
            out->exact = true;
        s += len + (s[len] == '&');
    }
    return rc;
}

static const char *bind_name(struct cx *cx, const struct sql *q)
{
    return arena_printf(cx->a, "b%d", q->n);
}

static enum rc bad_value(struct cx *cx, const struct field *f, const char *text)
{
    return FAIL(cx, RC_INVALID, f->name, "筛选“{label}”的值“{text}”不对",
                "filter on {name}: bad value \"{text}\"", "label", f->label, "name", f->name,
                "text", text);
}

static enum rc too_many(struct cx *cx)
{
    return FAIL(cx, RC_INVALID, "f", "筛选条件过多", "too many filters");
}

static enum rc add_value(struct cx *cx, struct sql *q, const struct field *f, const char *text)
{
    if (q->n >= BINDS_MAX)
        return too_many(cx);
    struct value v = {0};
    const char *token = field_token(f);
    char *end;
    if (*token == 'T') {
        v.s = text;
        if (f->type == F_ENUM && !field_option(f, text))
            return bad_value(cx, f, text);
    } else if (*token == 'F') {
        v.f = strtod(text, &end);
        if (end == text || *end)
            return bad_value(cx, f, text);
    } else if (f->type == F_BOOL && (!strcmp(text, "true") || !strcmp(text, "false"))) {
        v.i = *text == 't';
    } else {
        struct instant t;
        v.i = strtoll(text, &end, 10);
        if ((end == text || *end) && (f->type != F_INSTANT || !instant_parse(text, &t)))
            return bad_value(cx, f, text);
        if (end == text || *end)
            v.i = t.ms;
    }
    const char *name = bind_name(cx, q);
    q->b[q->n++] = value_bind(name, f, &v, 0);
    buf_printf(&q->text, ":%s", name);
    return RC_OK;
}

static enum rc add_in(struct cx *cx, struct sql *q, const struct field *f, const char *text)
{
    enum rc rc = RC_OK;
    int count = 0;
    buf_printf(&q->text, " AND %s IN (", f->name);
    for (const char *s = text; !rc; count++) {
        size_t len = strcspn(s, ",");
        if (count == IN_MAX)
            return FAIL(cx, RC_INVALID, f->name, "筛选值过多", "too many values in a filter");
        if (count)
            buf_char(&q->text, ',');
        rc = add_value(cx, q, f, arena_strndup(cx->a, s, len));
        if (!s[len])
            break;
        s += len + 1;
    }
    buf_char(&q->text, ')');
    return rc;
}

/* A LIKE pattern that finds text anywhere, its own wildcards escaped by '!'. */
static const char *like_pattern(struct cx *cx, const char *text)
{
    struct buf b = {0};
    buf_char(&b, '%');
    for (const char *s = text; *s; s++) {
        if (strchr("%_!", *s))
            buf_char(&b, '!');
        buf_char(&b, *s);
    }
    buf_char(&b, '%');
    const char *p = arena_strdup(cx->a, buf_text(&b));
    buf_free(&b);
    return p;
}

static enum rc add_has(struct cx *cx, struct sql *q, const struct field *f, const char *text)
{
    if (f->type != F_TEXT)
        return FAIL(cx, RC_INVALID, f->name, "“{label}”不是文字，不能用 has",
                    "{name} is no text: has does not apply", "label", f->label, "name", f->name);
    if (q->n >= BINDS_MAX)
        return too_many(cx);
    const char *name = bind_name(cx, q);
    q->b[q->n++] = B_TEXT(name, like_pattern(cx, text));
    buf_printf(&q->text, " AND LOWER(%s) LIKE LOWER(:%s) ESCAPE '!'", f->name, name);
    return RC_OK;
}

static bool comparable(const struct field *f)
{
    return f->type != F_SECRET && f->type != F_ROWS && f->type != F_GEO;
}

/* "box" of a place: west,south,east,north in degrees. */
static enum rc add_box(struct cx *cx, struct sql *q, const struct field *f, const char *text)
{
    static const char *const sides[][2] = {{"_lng", ">="}, {"_lat", ">="}, {"_lng", "<="}, {"_lat", "<="}};
    if (f->type != F_GEO)
        return FAIL(cx, RC_INVALID, f->name, "“{label}”不是位置，不能用 box",
                    "{name} is no place: box does not apply", "label", f->label, "name", f->name);
    for (int i = 0; i < 4; i++) {
        char *end;
        double side = strtod(text, &end);
        if (end == text || *end != (i < 3 ? ',' : '\0') || q->n >= BINDS_MAX)
            return bad_value(cx, f, text);
        const char *name = bind_name(cx, q);
        q->b[q->n++] = B_FLOAT(name, side);
        buf_printf(&q->text, " AND %s%s %s :%s", f->name, sides[i][0], sides[i][1], name);
        text = end + 1;
    }
    return RC_OK;
}

static enum rc add_filter(struct cx *cx, struct sql *q, const struct kind *k,
                          const struct filter *p)
{
    static const char *const ops[][2] = {{"eq", "="}, {"ne", "<>"}, {"lt", "<"},
                                         {"le", "<="}, {"gt", ">"},  {"ge", ">="}};
    const struct field *f = find_field(k, p->field);
    if (!f || !may_see(cx, f))
        return FAIL(cx, RC_INVALID, "f", "没有“{field}”这个字段", "no field called {field}", "field",
                    p->field);
    if (!strcmp(p->op, "null") && f->type != F_ROWS) {
        buf_printf(&q->text, " AND %s%s IS %sNULL", f->name, column_suffix(f, 0),
                   strcmp(p->value, "0") ? "" : "NOT ");
        return RC_OK;
    }
    if (!strcmp(p->op, "box"))
        return add_box(cx, q, f, p->value);
    if (!comparable(f))
        return FAIL(cx, RC_INVALID, f->name, "不能用 {op} 筛选“{label}”", "{name} cannot be filtered by {op}",
                    "op", p->op, "label", f->label, "name", f->name);
    if (!strcmp(p->op, "in"))
        return add_in(cx, q, f, p->value);
    if (!strcmp(p->op, "has"))
        return add_has(cx, q, f, p->value);
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (!strcmp(p->op, ops[i][0])) {
            buf_printf(&q->text, " AND %s %s ", f->name, ops[i][1]);
            return add_value(cx, q, f, p->value);
        }
    return FAIL(cx, RC_INVALID, "f", "没有“{op}”这种比较；可用 eq ne lt le gt ge in has null box",
                "no operator {op}; use eq ne lt le gt ge in has null box", "op", p->op);
}

/* A derived kind has no table of its own to search beside: it is read through. */
static void add_search(struct cx *cx, struct sql *q, const struct kind *k, const char *text)
{
    const char *tidy = utf8_tidy(cx->a, text);
    if (!*tidy)
        return;
    if (kind_searched(k)) {
        bool possible = search_sql(cx, k, tidy, &q->text, q->b, &q->n, BINDS_MAX);
        q->searched = possible && db_kind(cx->db) == DB_SQLITE;
        if (!possible)
            buf_text_add(&q->text, " AND 1 = 0");
        return;
    }
    buf_text_add(&q->text, " AND (1 = 0");
    for (int i = 0; i < k->n_fields; i++) {
        const struct field *f = &k->fields[i];
        if ((f->flags & FIND) && may_see(cx, f) && (f->type == F_TEXT || f->type == F_REF))
            buf_printf(&q->text, " OR LOWER(%s%s) LIKE LOWER(:q) ESCAPE '!'", f->name,
                       f->type == F_REF ? "__label" : "");
    }
    buf_char(&q->text, ')');
    q->b[q->n++] = B_TEXT("q", like_pattern(cx, tidy));
}

/* The search runs outside and by id, so that the first page by id ends early; CROSS JOIN keeps SQLite
 * from turning it round. */
static const char *from_sql(struct cx *cx, const struct sql *q, const struct kind *k)
{
    return q->searched ? arena_printf(cx->a, "%s_search s CROSS JOIN %s_v", k->name, k->name)
                       : arena_printf(cx->a, "%s_v", k->name);
}

static enum rc add_where(struct cx *cx, struct sql *q, const struct kind *k, const struct query *in)
{
    unsigned scope = cx_scopes(cx, permission_of(cx, k, "read"));
    buf_text_add(&q->text, in->retired ? " WHERE 1 = 1" : " WHERE retired_at IS NULL");
    if (!scope)
        return FAIL(cx, RC_DENIED, NULL, "您没有查看“{label}”的权限", "you may not read {name}",
                    "label", k->label, "name", k->label_en);
    if (!scope_sql(cx, k, scope, &q->text, q->b, &q->n))
        buf_text_add(&q->text, " AND 1 = 0");
    enum rc rc = RC_OK;
    for (int i = 0; i < in->n_filters && !rc; i++)
        rc = add_filter(cx, q, k, &in->filter[i]);
    if (!rc && in->q)
        add_search(cx, q, k, in->q);
    return rc;
}

struct order {
    const struct field *f;
    bool down;
};

static enum rc parse_sort(struct cx *cx, const struct kind *k, const char *sort, struct order *out)
{
    if (!sort || !*sort)
        sort = k->sort ? k->sort : "-id";
    out->down = *sort == '-';
    out->f = find_field(k, sort + out->down);
    if (!out->f || !may_see(cx, out->f) || !comparable(out->f))
        return FAIL(cx, RC_INVALID, "sort", "不能按“{sort}”排序", "cannot sort by {sort}", "sort", sort);
    return RC_OK;
}

/* Cursor: "n,ID" when the sort value is null, else "v,ID,VALUE". */
static const char *cursor_of(struct cx *cx, const struct order *o, const struct row *row)
{
    const struct value *v = NULL;
    int i = field_index(row->kind, o->f->name);
    if (i >= 0)
        v = &row->v[i];
    int64_t fixed = !strcmp(o->f->name, "created_at")   ? row->created_at.ms
                    : !strcmp(o->f->name, "updated_at") ? row->updated_at.ms
                    : !strcmp(o->f->name, "rev")        ? row->rev
                    : !strcmp(o->f->name, "created_by") ? row->created_by
                                                        : row->id;
    if (!v)
        return arena_printf(cx->a, "v,%" PRId64 ",%" PRId64, row->id, fixed);
    if (v->null)
        return arena_printf(cx->a, "n,%" PRId64, row->id);
    const char *token = field_token(o->f);
    if (*token == 'T')
        return arena_printf(cx->a, "v,%" PRId64 ",%s", row->id, v->s);
    if (*token == 'F')
        return arena_printf(cx->a, "v,%" PRId64 ",%.17g", row->id, v->f);
    return arena_printf(cx->a, "v,%" PRId64 ",%" PRId64, row->id, v->i);
}

static enum rc add_after(struct cx *cx, struct sql *q, const struct order *o, const char *cursor)
{
    char *end;
    bool null = *cursor == 'n';
    if ((*cursor != 'n' && *cursor != 'v') || cursor[1] != ',')
        return FAIL(cx, RC_INVALID, "after", "翻页标记无效，请从第一页重来", "bad cursor");
    int64_t id = strtoll(cursor + 2, &end, 10);
    if (end == cursor + 2 || (null ? *end != 0 : *end != ','))
        return FAIL(cx, RC_INVALID, "after", "翻页标记无效，请从第一页重来", "bad cursor");
    const char *name = o->f->name, *cmp = o->down ? "<" : ">";
    q->b[q->n++] = B_INT("cursor_id", id);
    if (null) {
        buf_printf(&q->text, " AND %s IS NULL AND id %s :cursor_id", name, cmp);
        return RC_OK;
    }
    if (!strcmp(name, "id")) {
        buf_printf(&q->text, " AND id %s :cursor_id", cmp);
        return RC_OK;
    }
    buf_printf(&q->text, " AND (%s IS NULL OR %s %s ", name, name, cmp);
    enum rc rc = add_value(cx, q, o->f, end + 1);
    buf_printf(&q->text, " OR (%s = ", name);
    if (!rc)
        rc = add_value(cx, q, o->f, end + 1);
    buf_printf(&q->text, " AND id %s :cursor_id))", cmp);
    return rc;
}

static void add_order(struct sql *q, const struct order *o)
{
    const char *way = o->down ? "DESC" : "ASC";
    if (!strcmp(o->f->name, "id"))
        buf_printf(&q->text, " ORDER BY %s %s", q->searched ? "s.rowid" : "id", way);
    else
        buf_printf(&q->text, " ORDER BY %s %s NULLS LAST, id %s", o->f->name, way, way);
}

/* most = 0: all of them. */
static enum rc count_where(struct cx *cx, struct sql *q, const struct kind *k, int most,
                           int64_t *out)
{
    const char *sql =
        most ? arena_printf(cx->a, "SELECT COUNT(*) FROM (SELECT 1 FROM %s%s LIMIT %d) c", from_sql(cx, q, k),
                            buf_text(&q->text), most)
             : arena_printf(cx->a, "SELECT COUNT(*) FROM %s%s", from_sql(cx, q, k), buf_text(&q->text));
    q->b[q->n] = B_END;
    return cx_db(cx, db_int_of(cx->db, sql, q->b, out));
}

/* "10000+": counting on would cost more than the page itself (design.md 4.5). */
static enum rc total_of(struct cx *cx, struct sql *q, const struct kind *k, const struct query *in,
                        struct page *out)
{
    enum rc rc = count_where(cx, q, k, in->exact ? 0 : TOTAL_MAX + 1, &out->total);
    out->more = !in->exact && out->total > TOTAL_MAX;
    if (out->more)
        out->total = TOTAL_MAX;
    return rc;
}

enum rc record_count(struct cx *cx, const struct kind *k, const struct query *in, int64_t *out)
{
    struct sql q = {0};
    enum rc rc = add_where(cx, &q, k, in);
    if (!rc)
        rc = count_where(cx, &q, k, 0, out);
    buf_free(&q.text);
    return rc;
}

static enum rc run_list(struct cx *cx, const struct kind *k, struct sql *q, int limit,
                        struct page *out)
{
    struct db_rows *r;
    const char *sql = arena_printf(cx->a, "SELECT %s FROM %s%s LIMIT :limit OFFSET :offset",
                                   row_columns(cx, k), from_sql(cx, q, k), buf_text(&q->text));
    q->b[q->n] = B_END;
    enum rc rc = cx_db(cx, db_query(cx->db, sql, q->b, &r));
    if (rc)
        return rc;
    out->rows = ARENA_NEW(cx->a, struct row *, limit + 1);
    out->n = 0;
    while (db_next(r) && out->n <= limit)
        out->rows[out->n++] = row_read(cx, k, r);
    return cx_db(cx, db_end(r));
}

static enum rc read_children(struct cx *cx, const struct query *in, struct page *out)
{
    enum rc rc = RC_OK;
    for (int i = 0; in->rows && i < out->n && !rc; i++)
        rc = row_children(cx, out->rows[i]);
    return rc;
}

enum rc record_list(struct cx *cx, const struct kind *k, const struct query *in, struct page *out)
{
    struct sql q = {0};
    struct order order = {0};
    int limit = in->limit ? in->limit : 50;
    *out = (struct page){0};
    if (limit < 1 || limit > 500 || in->page < 0 || in->page > 1000000)
        return FAIL(cx, RC_INVALID, "limit", "每页条数应为 1 到 500", "limit must be 1 to 500");
    enum rc rc = add_where(cx, &q, k, in);
    if (!rc && !in->no_total)
        rc = total_of(cx, &q, k, in, out);
    if (!rc)
        rc = parse_sort(cx, k, in->sort, &order);
    if (!rc && in->after && *in->after)
        rc = add_after(cx, &q, &order, in->after);
    if (!rc) {
        add_order(&q, &order);
        q.b[q.n++] = B_INT("limit", limit + 1);
        q.b[q.n++] = B_INT("offset", in->page > 1 ? (int64_t)(in->page - 1) * limit : 0);
        rc = run_list(cx, k, &q, limit, out);
    }
    if (!rc && out->n > limit) {
        out->n = limit;
        out->next = cursor_of(cx, &order, out->rows[limit - 1]);
    }
    buf_free(&q.text);
    return rc ? rc : read_children(cx, in, out);
}

enum rc query_ids(struct cx *cx, const struct kind *k, const struct query *in, int64_t **ids, size_t *n)
{
    struct sql q = {0};
    struct order order = {0};
    struct db_rows *r = NULL;
    size_t room = 0;
    *n = 0;
    *ids = NULL;
    enum rc rc = add_where(cx, &q, k, in);
    if (!rc)
        rc = parse_sort(cx, k, in->sort, &order);
    if (!rc) {
        add_order(&q, &order);
        const char *sql = arena_printf(cx->a, "SELECT id FROM %s%s", from_sql(cx, &q, k), buf_text(&q.text));
        q.b[q.n] = B_END;
        rc = cx_db(cx, db_query(cx->db, sql, q.b, &r));
    }
    buf_free(&q.text);
    if (rc)
        return rc;
    while (db_next(r)) {
        if (*n == room) {
            room = room ? room * 2 : 1024;
            int64_t *more = ARENA_NEW(cx->a, int64_t, room);
            if (*n)
                memcpy(more, *ids, *n * sizeof **ids);
            *ids = more;
        }
        (*ids)[(*n)++] = db_int(r, 0);
    }
    return cx_db(cx, db_end(r));
}

static int by_id(const void *x, const void *y)
{
    const struct row *const *a = x, *const *b = y;
    return ((*a)->id > (*b)->id) - ((*a)->id < (*b)->id);
}

static bool ref_number(const struct field *f)
{
    return f->type == F_REF && kind_number(record_kind(f->ref));
}

enum rc query_pick(struct cx *cx, const struct kind *k, const bool *wanted, const int64_t *ids, size_t n,
                   struct row **out)
{
    struct buf sql = {0};
    struct bind b[PICK_ROWS + 1];
    struct db_rows *r;
    struct row **rows = ARENA_NEW(cx->a, struct row *, PICK_ROWS);
    size_t found = 0;
    buf_text_add(&sql, "SELECT id");
    for (int i = 0; i < k->n_fields; i++) {
        for (int c = 0; wanted[i] && c < field_columns(&k->fields[i]); c++)
            buf_printf(&sql, ", %s%s", k->fields[i].name,
                       k->fields[i].type == F_REF ? "__label" : column_suffix(&k->fields[i], c));
        if (wanted[i] && ref_number(&k->fields[i]))
            buf_printf(&sql, ", %s__no", k->fields[i].name);
    }
    buf_printf(&sql, " FROM %s_v WHERE id IN (", k->name);
    for (size_t i = 0; i < PICK_ROWS; i++) { /* always as many: one prepared text */
        const char *name = arena_printf(cx->a, "k%zu", i);
        buf_printf(&sql, "%s:%s", i ? "," : "", name);
        b[i] = i < n ? B_INT(name, ids[i]) : B_NULL(name);
    }
    b[PICK_ROWS] = B_END;
    buf_char(&sql, ')');
    enum rc rc = cx_db(cx, db_query(cx->db, buf_text(&sql), b, &r));
    buf_free(&sql);
    if (rc)
        return rc;
    while (db_next(r) && found < PICK_ROWS) {
        struct row *row = rows[found++] = ARENA_NEW(cx->a, struct row, 1);
        int col = 1;
        *row = (struct row){.kind = k, .id = db_int(r, 0), .v = ARENA_NEW(cx->a, struct value, k->n_fields),
                            .label = ARENA_NEW(cx->a, const char *, k->n_fields)};
        for (int i = 0; i < k->n_fields; i++) {
            if (!wanted[i])
                continue;
            if (k->fields[i].type != F_REF)
                value_read(cx, &k->fields[i], r, col, &row->v[i]);
            else if (!(row->v[i].null = db_null(r, col)))
                row->label[i] = arena_strdup(cx->a, db_text(r, col));
            col += field_columns(&k->fields[i]);
            if (ref_number(&k->fields[i]) && !db_null(r, col++))
                row->v[i].s = arena_strdup(cx->a, db_text(r, col - 1));
        }
    }
    rc = cx_db(cx, db_end(r));
    for (size_t i = 0; i < found && !rc; i++)
        rc = row_children(cx, rows[i]);
    qsort(rows, found, sizeof *rows, by_id);
    for (size_t i = 0; i < n; i++) {
        struct row key = {.id = ids[i]}, *at = &key;
        struct row **hit = bsearch(&at, rows, found, sizeof *rows, by_id);
        out[i] = hit ? *hit : NULL;
    }
    return rc;
}

/* One row of KIND_v by a condition over :id or :text, with the read scope unless `any`. */
static enum rc read_one(struct cx *cx, const struct kind *k, const char *where, struct bind value,
                        bool any, struct row **out)
{
    struct sql q = {0};
    struct db_rows *r;
    unsigned scope = any ? SCOPE_ALL : cx_scopes(cx, permission_of(cx, k, "read"));
    *out = NULL;
    q.b[q.n++] = value;
    bool visible = scope && scope_sql(cx, k, scope, &q.text, q.b, &q.n);
    const char *sql = arena_printf(cx->a, "SELECT %s FROM %s_v WHERE %s%s ORDER BY id LIMIT 1",
                                   row_columns(cx, k), k->name, where, buf_text(&q.text));
    q.b[q.n] = B_END;
    buf_free(&q.text);
    if (visible) {
        enum rc rc = cx_db(cx, db_query(cx->db, sql, q.b, &r));
        if (rc)
            return rc;
        if (db_next(r))
            *out = row_read(cx, k, r);
        if ((rc = cx_db(cx, db_end(r))))
            return rc;
    }
    if (*out)
        return row_children(cx, *out);
    return FAIL(cx, RC_NOT_FOUND, NULL, "没有这条{label}，或您无权查看", "no such {name}, or not visible to you",
                "label", k->label, "name", k->label_en);
}

enum rc record_get(struct cx *cx, const struct kind *k, int64_t id, struct row **out)
{
    return read_one(cx, k, "id = :id", B_INT("id", id), false, out);
}

static _Thread_local struct {
    struct arena *a; /* NULL: not in use */
    const struct kind *not;
    struct dict rows; /* "kind:id" -> index + 1 of row */
    struct row *row[CACHE_ROWS];
    int n;
} cache;

void record_cache_begin(const struct kind *not)
{
    cache.a = arena_new();
    cache.not= not;
    cache.rows = (struct dict){.a = cache.a};
    cache.n = 0;
}

void record_cache_end(void)
{
    arena_free(cache.a);
    cache.a = NULL;
}

void record_cache_forget(const struct kind *written)
{
    if (!cache.a || written == cache.not)
        return;
    cache.rows = (struct dict){.a = cache.a}; /* rows handed out stay valid: the arena is not reset */
    cache.n = 0;
}

static enum rc load_cached(struct cx *cx, const struct kind *k, int64_t id, struct row **out)
{
    char key[96];
    struct cx own = *cx;
    snprintf(key, sizeof key, "%.60s:%" PRId64, k->name, id);
    const int64_t *at = dict_get(&cache.rows, key);
    if (at) {
        *out = record_copy(cx, cache.row[*at - 1]);
        return RC_OK;
    }
    own.a = cache.a;
    enum rc rc = read_one(&own, k, "id = :id", B_INT("id", id), true, out);
    cx->err = own.err;
    if (rc || cache.n == CACHE_ROWS)
        return rc;
    cache.row[cache.n++] = *out;
    *dict_put(&cache.rows, key, NULL) = cache.n;
    *out = record_copy(cx, *out);
    return RC_OK;
}

enum rc record_load(struct cx *cx, const struct kind *k, int64_t id, struct row **out)
{
    if (cache.a && k != cache.not)
        return load_cached(cx, k, id, out);
    return read_one(cx, k, "id = :id", B_INT("id", id), true, out);
}

enum rc record_find(struct cx *cx, const struct kind *k, int field, const char *text,
                    struct row **out)
{
    const char *where = arena_printf(cx->a, "retired_at IS NULL AND %s = :text", k->fields[field].name);
    return read_one(cx, k, where, B_TEXT("text", text), false, out);
}
