/* SPDX-License-Identifier: Apache-2.0 */
/* Links that a sheet names beside its records (what feeds a device), made when all rows are stored, so
 * that they may stand in any order. One link of a type per record: another name replaces it. */
#include <stdio.h>
#include <string.h>

#include "record/import_int.h"

struct edge {
    int64_t from, to;
};
struct links { /* of one import_link */
    struct run *r;
    const struct import_link *l;
    const struct kind *k;
    const struct row *blank; /* a new link */
    int from, to, more, type;
    struct dict ids;  /* name -> id of the record, 0 = nobody, -1 = several */
    struct dict ups;  /* "from" -> index + 1 of its first edge */
    struct edge *edges;
    int *next; /* the next edge of the same record */
    int n, room;
    struct dict old; /* "from" -> index + 1 in rows: the stored link of this type */
    struct row **rows;
    int n_rows;
    struct row *fresh[CHUNK_ROWS];
    int n_fresh;
    int64_t new_from, new_to; /* ids of the inserted links, 0 = none */
};

/* The number in a short text of its own, by 64. */
static const char *id_key(struct run *r, int64_t id)
{
    char *key = arena_alloc(r->one.a, 12), *p = key;
    for (uint64_t v = (uint64_t)id; v; v >>= 6)
        *p++ = (char)('0' + (v & 63));
    return key;
}

static void edge_add(struct links *x, int64_t from, int64_t to)
{
    if (x->n == x->room) {
        int room = x->room ? x->room * 2 : 1024;
        struct edge *edges = ARENA_NEW(x->r->pass, struct edge, room);
        int *next = ARENA_NEW(x->r->pass, int, room);
        if (x->n) {
            memcpy(edges, x->edges, sizeof *edges * (size_t)x->n);
            memcpy(next, x->next, sizeof *next * (size_t)x->n);
        }
        x->edges = edges;
        x->next = next;
        x->room = room;
    }
    int64_t *first = dict_put(&x->ups, id_key(x->r, from), NULL);
    x->edges[x->n] = (struct edge){from, to};
    x->next[x->n] = (int)*first;
    *first = ++x->n;
}

static void edge_drop(struct links *x, int64_t from, int64_t to)
{
    const int64_t *first = dict_get(&x->ups, id_key(x->r, from));
    for (int i = first ? (int)*first : 0; i; i = x->next[i - 1])
        if (x->edges[i - 1].to == to)
            x->edges[i - 1].to = 0;
}

/* Does `from` lie somewhere above `to`? A chain may be long, so the way is kept in a list, not on the
 * stack of calls; each record is visited once. */
static bool is_loop(struct links *x, int64_t from, int64_t to)
{
    struct arena *a = x->r->one.a;
    struct dict visited = {.a = a};
    size_t n = 1, room = 16;
    int64_t *open = ARENA_NEW(a, int64_t, room);
    open[0] = to;
    while (n) {
        int64_t at = open[--n];
        bool fresh;
        if (at == from)
            return true;
        dict_put(&visited, id_key(x->r, at), &fresh);
        const int64_t *first = fresh ? dict_get(&x->ups, id_key(x->r, at)) : NULL;
        for (int i = first ? (int)*first : 0; i; i = x->next[i - 1]) {
            if (!x->edges[i - 1].to)
                continue;
            if (n == room) {
                int64_t *more = ARENA_NEW(a, int64_t, room * 2);
                memcpy(more, open, n * sizeof *open);
                open = more;
                room *= 2;
            }
            open[n++] = x->edges[i - 1].to;
        }
    }
    return false;
}

/* The links of the kind: the graph for loops, and the stored link of each record. */
static enum rc load_links(struct links *x)
{
    struct cx own = *x->r->cx;
    struct db_rows *rows;
    own.a = x->r->pass;
    const char *sql = arena_printf(own.a, "SELECT %s FROM %s_v WHERE retired_at IS NULL ORDER BY id",
                                   row_columns(&own, x->k), x->k->name);
    enum rc rc = cx_db(x->r->cx, db_query(own.db, sql, NO_BINDS, &rows));
    if (rc)
        return rc;
    int room = 0;
    while (db_next(rows)) {
        struct row *row = row_read(&own, x->k, rows);
        if (x->type < 0 || !x->l->among || (!row->v[x->type].null && word_in(x->l->among, row->v[x->type].s)))
            edge_add(x, row->v[x->from].i, row->v[x->to].i);
        if (x->type >= 0 && (row->v[x->type].null || strcmp(row->v[x->type].s, x->l->type)))
            continue;
        if (x->n_rows == room) {
            room = room ? room * 2 : 256;
            struct row **more = ARENA_NEW(own.a, struct row *, room);
            if (x->n_rows)
                memcpy(more, x->rows, sizeof *more * (size_t)x->n_rows);
            x->rows = more;
        }
        bool fresh;
        int64_t *at = dict_put(&x->old, id_key(x->r, row->v[x->from].i), &fresh);
        x->rows[x->n_rows++] = row;
        if (fresh)
            *at = x->n_rows;
    }
    arena_reset(x->r->one.a);
    return cx_db(x->r->cx, db_end(rows));
}

static const struct later *next_of(const struct links *x, const struct later *l)
{
    int which = (int)(x->l - x->r->k->import_links);
    while (l && l->which != which)
        l = l->next;
    return l;
}

/* As the field keeps it: a number in half width. */
static const char *kept_name(struct links *x, const struct field *f, const char *name)
{
    return f->flags & CODE ? code_narrow(&x->r->one, name) : name;
}

/* The record of this name or number; -1: several bear it; NULL: none. */
static const int64_t *id_of(struct links *x, const char *name)
{
    const int64_t *id = dict_get(&x->ids, name);
    return id ? id : dict_get(&x->ids, code_narrow(&x->r->one, name));
}

/* The records named by the next CHUNK_ROWS links whose names are not known yet, by one field. */
static enum rc find_names(struct links *x, const struct later *from, int by)
{
    struct cx *cx = &x->r->one;
    const struct field *f = &x->r->k->fields[by];
    struct bind b[CHUNK_ROWS + 1];
    struct buf sql = {0};
    struct db_rows *rows;
    int n = 0;
    buf_printf(&sql, "SELECT id, %s FROM %s WHERE retired_at IS NULL AND %s IN (", f->name,
               kind_table(x->r->k), f->name);
    buf_text_add(&sql, x->r->slots);
    for (int i = 0; i < CHUNK_ROWS; i++) {
        const char *name = x->r->slot[i];
        bool wanted = (from = next_of(x, from)) && !dict_get(&x->ids, from->name);
        b[i] = wanted ? B_TEXT(name, kept_name(x, f, from->name)) : B_NULL(name);
        n += wanted;
        from = from ? from->next : NULL;
    }
    b[CHUNK_ROWS] = B_END;
    buf_text_add(&sql, ") ORDER BY id");
    const char *text = arena_strdup(cx->a, buf_text(&sql));
    buf_free(&sql);
    enum rc rc = n ? cx_db(cx, db_query(cx->db, text, b, &rows)) : RC_OK;
    if (rc || !n)
        return rc;
    while (db_next(rows)) {
        bool fresh;
        int64_t *id = dict_put(&x->ids, db_text(rows, 1), &fresh);
        *id = fresh || *id == db_int(rows, 0) ? db_int(rows, 0) : -1;
    }
    return cx_db(cx, db_end(rows));
}

static enum rc names_of_chunk(struct links *x, const struct later *from)
{
    enum rc rc = RC_OK;
    for (int i = 0; i < 3 && x->l->by[i] && !rc; i++)
        rc = find_names(x, from, field_index(x->r->k, x->l->by[i]));
    return rc;
}

static enum rc flush(struct links *x)
{
    enum rc rc = record_insert_many(&x->r->one, x->fresh, x->n_fresh, "import_new");
    if (!rc && x->n_fresh) {
        x->new_from = x->new_from ? x->new_from : x->fresh[0]->id;
        x->new_to = x->fresh[x->n_fresh - 1]->id;
    }
    x->n_fresh = 0;
    return rc;
}

static void late(struct links *x, const struct later *l, const char *zh, const char *name)
{
    struct err e = {0};
    (void)fail(&e, RC_INVALID, NULL, zh, zh, "label", x->l->column.label, "name", name, (const char *)NULL);
    note_late(x->r, l->number, x->l->column.label, e.zh);
}

static bool same_link(const struct links *x, const struct row *a, const struct row *b)
{
    return value_same(&x->k->fields[x->to], &a->v[x->to], &b->v[x->to]) &&
           (x->more < 0 || value_same(&x->k->fields[x->more], &a->v[x->more], &b->v[x->more]));
}

static struct row *old_link(const struct links *x, int64_t id)
{
    const int64_t *at = dict_get(&x->old, id_key(x->r, id));
    return at ? x->rows[*at - 1] : NULL;
}

/* Of several feeds of one type, the one that the sheet names. */
static struct row *pair_link(const struct links *x, int64_t id, int64_t to)
{
    const int64_t *at = dict_get(&x->old, id_key(x->r, id));
    for (int i = at ? (int)*at - 1 : x->n_rows; i < x->n_rows; i++)
        if (x->rows[i]->v[x->from].i == id && x->rows[i]->v[x->to].i == to)
            return x->rows[i];
    return NULL;
}

/* The stored link ends: "-" stands in its cell, or another device feeds this one now. */
static enum rc end_link(struct links *x, const struct row *old)
{
    edge_drop(x, old->v[x->from].i, old->v[x->to].i);
    return record_end(&x->r->one, old, "import");
}

static enum rc make_link(struct links *x, const struct later *l, int64_t to)
{
    struct cx *cx = &x->r->one;
    struct row *old = pair_link(x, l->id, to);
    old = old ? old : old_link(x, l->id);
    struct row *link = record_copy(cx, old ? old : x->blank);
    row_int(link, x->from, l->id);
    row_int(link, x->to, to);
    if (x->type >= 0)
        row_text(link, x->type, x->l->type);
    if (x->more >= 0 && *l->more)
        row_text(link, x->more, says_nothing(l->more) ? NULL : l->more);
    if (old && same_link(x, old, link))
        return RC_OK;
    if (old)
        edge_drop(x, l->id, old->v[x->to].i);
    if (is_loop(x, l->id, to)) {
        late(x, l, to == l->id ? "“{label}”不能是设备自己" : "“{label}”成环：{name} 正由这台设备供给", l->name);
        return RC_OK;
    }
    enum rc rc = x->more < 0 ? RC_OK : value_check(cx, &x->k->fields[x->more], &link->v[x->more]);
    if (rc && is_callers(rc)) {
        note_late(x->r, l->number, x->l->more.label, cx->err.zh);
        return RC_OK;
    }
    edge_add(x, l->id, to);
    if (!old) {
        x->fresh[x->n_fresh++] = link;
        return rc;
    }
    return record_update(cx, old, link, "import");
}

static enum rc one_link(struct links *x, const struct later *l)
{
    if (says_nothing(l->name)) {
        const struct row *old = old_link(x, l->id);
        return old ? end_link(x, old) : RC_OK;
    }
    const int64_t *to = id_of(x, l->name);
    if (to && *to > 0)
        return make_link(x, l, *to);
    late(x, l, to ? "“{label}”里的名称“{name}”有几台设备都叫，请改写资产编号" : "“{label}”找不到“{name}”，请写已登记的或本表里的资产编号",
         l->name);
    return RC_OK;
}

/* What hangs on a new row that is left out cannot be stored either. */
static void spread(struct links *x)
{
    struct run *r = x->r;
    struct dict gone = {.a = r->pass};
    for (bool more = r->again; more;) {
        more = false;
        for (const struct later *l = r->later; l; l = l->next)
            if (l->fresh && bit_get(r->is_late, l->number))
                *dict_put(&gone, id_key(r, l->id), NULL) = 1;
        for (const struct later *l = next_of(x, r->later); l; l = next_of(x, l->next)) {
            const int64_t *to = id_of(x, l->name);
            if (!to || bit_get(r->is_late, l->number) || !dict_get(&gone, id_key(r, *to)))
                continue;
            late(x, l, "“{label}”指的“{name}”那一行有错误，请先改正那一行", l->name);
            more = true;
        }
        arena_reset(r->one.a);
    }
}

static enum rc all_links(struct links *x)
{
    int n = 0;
    enum rc rc = load_links(x);
    for (const struct later *l = next_of(x, x->r->later); l && !rc; l = next_of(x, l->next)) {
        if (n++ % CHUNK_ROWS == 0) {
            rc = flush(x);
            arena_reset(x->r->one.a);
            if (!rc)
                rc = names_of_chunk(x, l);
        }
        if (!rc)
            rc = one_link(x, l);
    }
    if (!rc)
        rc = flush(x);
    if (!rc && x->new_to)
        rc = search_added(&x->r->one, x->k, x->new_from, x->new_to);
    if (!rc)
        spread(x);
    return rc;
}

enum rc import_links(struct run *r)
{
    enum rc rc = RC_OK;
    for (const struct import_link *l = r->k->import_links; l && l->kind && !rc; l++) {
        const struct kind *k = record_kind(l->kind);
        struct links x = {.r = r, .l = l, .k = k, .blank = record_new(r->cx, k), .from = field_index(k, l->from), .to = field_index(k, l->to),
                          .more = l->more_field ? field_index(k, l->more_field) : -1,
                          .type = l->type_field ? field_index(k, l->type_field) : -1,
                          .ids = {.a = r->pass}, .ups = {.a = r->pass}, .old = {.a = r->pass}};
        rc = next_of(&x, r->later) ? all_links(&x) : RC_OK;
        if (rc)
            r->cx->err = r->one.err;
    }
    return rc;
}
