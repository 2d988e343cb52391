/* SPDX-License-Identifier: Apache-2.0 */
/* Rights: which permission a verb needs, how far it reaches, as SQL and on a row in hand. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "record/record_int.h"

bool word_in(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *s = list; s && *s;) {
        size_t len = strcspn(s, "|");
        if (len == n && !memcmp(s, word, n))
            return true;
        s += len + (s[len] == '|');
    }
    return false;
}

const char *permission_of(struct cx *cx, const struct kind *k, const char *verb)
{
    return arena_printf(cx->a, "%s.%s", k->name, verb);
}

/* What nobody has taken yet is for those who may take it. */
static bool sees_pool(const struct cx *cx, const struct kind *k)
{
    char permission[80];
    snprintf(permission, sizeof permission, "%s.claim", k->name);
    return k->scope.pool && cx_may(cx, permission);
}

static bool own_sql(struct cx *cx, const struct kind *k, struct buf *sql, struct bind *b, int *n)
{
    if (!k->scope.own[0])
        return false;
    for (int i = 0; i < 4 && k->scope.own[i]; i++)
        buf_printf(sql, " OR %s = :me", k->scope.own[i]);
    if (sees_pool(cx, k))
        buf_printf(sql, " OR %s IS NULL", k->scope.pool);
    b[(*n)++] = B_INT("me", cx->actor.user_id);
    return true;
}

/* "unit" of a kind without a unit of its own: the record is the actor's or that of somebody in the
 * actor's units. */
static void people_sql(struct cx *cx, const struct kind *k, struct buf *sql, struct bind *b, int *n)
{
    for (int i = 0; i < 4 && k->scope.own[i]; i++)
        buf_printf(sql,
                   " OR %s = :people_me OR %s IN (SELECT u.id FROM account u JOIN org_unit_closure c"
                   " ON c.unit_id = u.org_unit_id WHERE c.ancestor_id = :people_unit)",
                   k->scope.own[i], k->scope.own[i]);
    b[(*n)++] = B_INT("people_me", cx->actor.user_id);
    b[(*n)++] = B_INT("people_unit", cx->actor.org_unit_id);
}

static bool unit_sql(struct cx *cx, const struct kind *k, struct buf *sql, struct bind *b, int *n)
{
    if (!k->scope.unit) {
        if (k->scope.own[0])
            people_sql(cx, k, sql, b, n);
        return k->scope.own[0] != NULL;
    }
    if (!cx->actor.org_unit_id)
        return false;
    buf_printf(sql, " OR %s IN (SELECT unit_id FROM org_unit_closure WHERE ancestor_id = :scope_unit)",
               k->scope.unit);
    b[(*n)++] = B_INT("scope_unit", cx->actor.org_unit_id);
    return true;
}

static bool site_sql(struct cx *cx, const struct kind *k, struct buf *sql, struct bind *b, int *n)
{
    if (!k->scope.site || !cx->actor.site_id)
        return false;
    buf_printf(sql, " OR %s IN (SELECT site_id FROM site_closure WHERE ancestor_id = :scope_site)",
               k->scope.site);
    b[(*n)++] = B_INT("scope_site", cx->actor.site_id);
    return true;
}

static bool line_sql(struct cx *cx, const struct kind *k, struct buf *sql, struct bind *b, int *n)
{
    if (!k->scope.line || !cx->actor.line)
        return false;
    buf_printf(sql, " OR %s = :scope_line", k->scope.line);
    b[(*n)++] = B_TEXT("scope_line", cx->actor.line);
    return true;
}

/* A part is read by whoever may read what it is a part of, with the part's own permission and word. */
static bool through_sql(struct cx *cx, const struct kind *k, unsigned scopes, struct buf *sql, struct bind *b, int *n)
{
    const struct kind *up = record_kind(k->fields[field_index(k, k->scope.through)].ref);
    buf_printf(sql, " AND %s IN (SELECT id FROM %s_v WHERE 1 = 1", k->scope.through, up->name);
    bool any = scope_sql(cx, up, scopes, sql, b, n);
    buf_char(sql, ')');
    return any;
}

bool scope_sql(struct cx *cx, const struct kind *k, unsigned scopes, struct buf *sql,
               struct bind *b, int *n)
{
    static bool (*const part[])(struct cx *, const struct kind *, struct buf *, struct bind *, int *) = {
        line_sql, unit_sql, site_sql, own_sql};
    bool any = false;
    if (scopes & SCOPE_ALL)
        return true;
    if (k->scope.through)
        return through_sql(cx, k, scopes, sql, b, n);
    buf_text_add(sql, " AND (1 = 0");
    for (unsigned i = 0; i < 4; i++)
        if (scopes & (unsigned)SCOPE_LINE << i)
            any = part[i](cx, k, sql, b, n) || any;
    buf_char(sql, ')');
    return any;
}

static const struct value *value_of(const struct row *row, const char *field)
{
    static const struct value none = {.null = true};
    if (!field)
        return &none;
    static _Thread_local struct value fixed;
    if (!strcmp(field, "id") || !strcmp(field, "created_by")) {
        int64_t id = *field == 'i' ? row->id : row->created_by;
        fixed = (struct value){.i = id, .null = !id};
        return &fixed;
    }
    int i = field_index(row->kind, field);
    return i < 0 ? &none : &row->v[i];
}

static bool is_own(const struct cx *cx, const struct row *row)
{
    const struct kind *k = row->kind;
    for (int i = 0; i < 4 && k->scope.own[i]; i++) {
        const struct value *v = value_of(row, k->scope.own[i]);
        if (!v->null && v->i == cx->actor.user_id)
            return true;
    }
    return sees_pool(cx, k) && value_of(row, k->scope.pool)->null;
}

static bool in_ids(const int64_t *ids, int n, const struct value *v)
{
    for (int i = 0; !v->null && i < n; i++)
        if (ids[i] == v->i)
            return true;
    return false;
}

static bool fits(const struct cx *cx, const struct row *row, unsigned scopes)
{
    const struct kind *k = row->kind;
    const struct value *line = value_of(row, k->scope.line);
    if (scopes & SCOPE_ALL)
        return true;
    if ((scopes & SCOPE_OWN) && is_own(cx, row))
        return true;
    if ((scopes & SCOPE_LINE) && cx->actor.line && !line->null && !strcmp(line->s, cx->actor.line))
        return true;
    if ((scopes & SCOPE_UNIT) && !k->scope.unit && is_own(cx, row))
        return true;
    if ((scopes & SCOPE_UNIT) && in_ids(cx->actor.units, cx->actor.n_units, value_of(row, k->scope.unit)))
        return true;
    return (scopes & SCOPE_SITE) &&
           in_ids(cx->actor.sites, cx->actor.n_sites, value_of(row, k->scope.site));
}

/* *out = NULL: the record itself decides. */
static enum rc load_over(struct cx *cx, const struct row *row, struct row **out)
{
    const struct kind *k = row->kind;
    *out = NULL;
    if (!k->scope.through)
        return RC_OK;
    int i = field_index(k, k->scope.through);
    return record_load(cx, record_kind(k->fields[i].ref), row->v[i].i, out);
}

bool row_in_scope(struct cx *cx, const struct row *row, unsigned scopes)
{
    struct row *over = NULL;
    if (scopes & SCOPE_ALL)
        return true;
    return scopes && !load_over(cx, row, &over) && fits(cx, over ? over : row, scopes);
}

static bool decides_scope(const struct kind *k, const char *name)
{
    const char *const fields[] = {k->scope.own[0], k->scope.own[1], k->scope.own[2], k->scope.own[3],
                                  k->scope.pool,   k->scope.unit,   k->scope.site,   k->scope.line};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i] && !strcmp(fields[i], name))
            return true;
    return false;
}

/* The record before a journalled change, as far as scopes look at it; NULL when they did not change
 * or the record began with it. */
static const struct row *row_before(struct cx *cx, const struct row *now, const char *text)
{
    json_t *changes = json_loads(text, 0, NULL);
    struct row *was = record_copy(cx, now);
    bool changed = false, began = false;
    for (int i = 0; i < now->kind->n_fields; i++) {
        const struct field *f = &now->kind->fields[i];
        json_t *before = json_array_get(json_object_get(changes, f->name), 0);
        if (!before)
            continue;
        began = began || ((f->flags & REQ) && json_is_null(before));
        if (decides_scope(now->kind, f->name) && !value_from_json(cx, f, before, &was->v[i]))
            changed = true;
    }
    json_decref(changes);
    return changed && !began ? was : NULL;
}

static enum rc owner_units(struct cx *cx, struct gate *g, const struct row *row)
{
    const struct kind *k = row->kind;
    for (int i = 0; i < 4 && k->scope.own[i]; i++) {
        const struct value *v = value_of(row, k->scope.own[i]);
        int64_t unit = 0;
        if (v->null)
            continue;
        enum rc rc = db_int_of(cx->db, "SELECT org_unit_id FROM account WHERE id = :id", BINDS(B_INT("id", v->i)), &unit);
        if (rc && rc != RC_NOT_FOUND)
            return cx_db(cx, rc);
        if (!rc && unit)
            g->units[g->n_units++] = unit;
    }
    return RC_OK;
}

enum rc record_gate(struct cx *cx, const struct kind *k, int64_t id, const char *changes, struct gate *out)
{
    struct row *row = NULL, *over = NULL;
    *out = (struct gate){0};
    enum rc rc = record_load(cx, k, id, &row);
    if (!rc)
        rc = load_over(cx, row, &over);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc)
        return rc;
    out->row = row;
    out->over = over;
    out->was = row_before(cx, row, changes);
    if (!k->scope.unit)
        rc = owner_units(cx, out, row);
    return rc || k->scope.unit || !out->was ? rc : owner_units(cx, out, out->was);
}

bool gate_open(const struct gate *g, const struct cx *reader, const char *scope)
{
    unsigned scopes = cx_scope_bit(scope);
    if (!g->row || !scopes)
        return false;
    if (fits(reader, g->over ? g->over : g->row, scopes) || (g->was && fits(reader, g->was, scopes)))
        return true;
    for (int i = 0; i < g->n_units && (scopes & SCOPE_UNIT); i++)
        if (in_ids(reader->actor.units, reader->actor.n_units, &(struct value){.i = g->units[i]}))
            return true;
    return false;
}

bool may_do(struct cx *cx, const struct row *row, const char *verb)
{
    const struct kind *k = row->kind;
    unsigned scopes = cx_scopes(cx, permission_of(cx, k, verb));
    if (k->closed || row->retired || !row_in_scope(cx, row, scopes))
        return false;
    return strcmp(verb, "update") || k->state_field < 0 ||
           !word_in(k->locked_in, row->v[k->state_field].s);
}

/* Whether one of the fields of the list ('|' between) is the actor. */
static bool names_actor(const struct cx *cx, const struct row *row, const char *fields)
{
    char name[64];
    for (const char *s = fields; s && *s;) {
        size_t n = strcspn(s, "|");
        snprintf(name, sizeof name, "%.*s", (int)n, s);
        const struct value *v = value_of(row, name);
        if (cx->actor.user_id && !v->null && v->i == cx->actor.user_id)
            return true;
        s += n + (s[n] == '|');
    }
    return false;
}

bool may_step(struct cx *cx, const struct row *row, const struct flow_step *s)
{
    const struct kind *k = row->kind;
    /* the state first: it rules out most, and rights are looked up in a list */
    if (row->retired || (s->from && k->state_field >= 0 && !word_in(s->from, row->v[k->state_field].s)))
        return false;
    unsigned scopes = cx_scopes(cx, s->permission);
    if (!row_in_scope(cx, row, scopes))
        return false;
    if ((s->not_same && names_actor(cx, row, s->not_same)) || (s->when && !s->when(row)))
        return false;
    return !s->only || (scopes & SCOPE_ALL) || names_actor(cx, row, s->only);
}

bool may_see(struct cx *cx, const struct field *f)
{
    return !f->see || cx_may(cx, f->see);
}

bool may_edit(struct cx *cx, const struct field *f)
{
    return !(f->flags & RO) && may_see(cx, f) && (!f->edit || cx_may(cx, f->edit));
}

bool sees_masked(struct cx *cx, const struct field *f)
{
    return (f->flags & PERSON) && f->type == F_TEXT && !may_see(cx, f);
}

/* 张* · 138****5678 · 王**: enough to tell two apart that one already knows. */
const char *masked(struct cx *cx, const char *text)
{
    struct buf b = {0};
    char put[4];
    size_t n = utf8_count(text), head = n >= 11 ? 3 : 1, tail = n >= 11 ? 4 : n >= 5 ? 1 : 0;
    if (n == 1)
        head = 0;
    for (size_t i = 0; *text; i++) {
        uint32_t cp = utf8_next(&text);
        buf_add(&b, put, utf8_put(i < head || i + tail >= n ? cp : '*', put));
    }
    const char *s = arena_strdup(cx->a, buf_text(&b));
    buf_free(&b);
    return s;
}
