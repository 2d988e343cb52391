/* SPDX-License-Identifier: Apache-2.0 */
/* Rights: which permission a verb needs, how far it reaches, as SQL and on a row in hand. */
#include <stdio.h>
#include <string.h>

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
    buf_text_add(sql, " AND (");
    for (int i = 0; i < 4 && k->scope.own[i]; i++)
        buf_printf(sql, "%s%s = :me", i ? " OR " : "", k->scope.own[i]);
    if (sees_pool(cx, k))
        buf_printf(sql, " OR %s IS NULL", k->scope.pool);
    buf_char(sql, ')');
    b[(*n)++] = B_INT("me", cx->actor.user_id);
    return true;
}

/* "unit" of a kind without a unit of its own: the record is the actor's or that of somebody in the
 * actor's units. */
static void people_sql(struct cx *cx, const struct kind *k, struct buf *sql, struct bind *b, int *n)
{
    buf_text_add(sql, " AND (1 = 0");
    for (int i = 0; i < 4 && k->scope.own[i]; i++)
        buf_printf(sql,
                   " OR %s = :me OR %s IN (SELECT u.id FROM account u JOIN org_unit_closure c"
                   " ON c.unit_id = u.org_unit_id WHERE c.ancestor_id = :unit)",
                   k->scope.own[i], k->scope.own[i]);
    buf_char(sql, ')');
    b[(*n)++] = B_INT("me", cx->actor.user_id);
    b[(*n)++] = B_INT("unit", cx->actor.org_unit_id);
}

bool scope_sql(struct cx *cx, const struct kind *k, const char *scope, struct buf *sql,
               struct bind *b, int *n)
{
    if (!strcmp(scope, "all"))
        return true;
    if (!strcmp(scope, "own"))
        return own_sql(cx, k, sql, b, n);
    if (!strcmp(scope, "unit") && !k->scope.unit && k->scope.own[0]) {
        people_sql(cx, k, sql, b, n);
        return true;
    }
    if (!strcmp(scope, "unit") && k->scope.unit && cx->actor.org_unit_id) {
        buf_printf(sql, " AND %s IN (SELECT unit_id FROM org_unit_closure WHERE ancestor_id = :unit)",
                   k->scope.unit);
        b[(*n)++] = B_INT("unit", cx->actor.org_unit_id);
        return true;
    }
    if (!strcmp(scope, "site") && k->scope.site && cx->actor.site_id) {
        buf_printf(sql, " AND %s = :site", k->scope.site);
        b[(*n)++] = B_INT("site", cx->actor.site_id);
        return true;
    }
    if (!strcmp(scope, "line") && k->scope.line && cx->actor.line) {
        buf_printf(sql, " AND %s = :line", k->scope.line);
        b[(*n)++] = B_TEXT("line", cx->actor.line);
        return true;
    }
    return false;
}

static const struct value *value_of(const struct row *row, const char *field)
{
    static const struct value none = {.null = true};
    if (!field)
        return &none;
    if (!strcmp(field, "id")) {
        static _Thread_local struct value id;
        id = (struct value){.i = row->id};
        return &id;
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

static bool in_units(const struct cx *cx, const struct value *v)
{
    for (int i = 0; !v->null && i < cx->actor.n_units; i++)
        if (cx->actor.units[i] == v->i)
            return true;
    return false;
}

bool row_in_scope(const struct cx *cx, const struct row *row, const char *scope)
{
    const struct kind *k = row->kind;
    if (!strcmp(scope, "all"))
        return true;
    if (!strcmp(scope, "own"))
        return is_own(cx, row);
    if (!strcmp(scope, "unit"))
        return k->scope.unit ? in_units(cx, value_of(row, k->scope.unit)) : is_own(cx, row);
    if (!strcmp(scope, "site")) {
        const struct value *v = value_of(row, k->scope.site);
        return cx->actor.site_id && !v->null && v->i == cx->actor.site_id;
    }
    const struct value *v = value_of(row, k->scope.line);
    return !strcmp(scope, "line") && cx->actor.line && !v->null && !strcmp(v->s, cx->actor.line);
}

static enum rc owner_units(struct cx *cx, struct gate *g)
{
    const struct kind *k = g->row->kind;
    for (int i = 0; i < 3 && k->scope.own[i]; i++) {
        const struct value *v = value_of(g->row, k->scope.own[i]);
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

enum rc record_gate(struct cx *cx, const struct kind *k, int64_t id, struct gate *out)
{
    struct row *row = NULL;
    *out = (struct gate){0};
    enum rc rc = record_load(cx, k, id, &row);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc)
        return rc;
    out->row = row;
    return k->scope.unit ? RC_OK : owner_units(cx, out);
}

bool gate_open(const struct gate *g, const struct cx *reader, const char *scope)
{
    if (!g->row || !scope)
        return false;
    if (row_in_scope(reader, g->row, scope))
        return true;
    for (int i = 0; i < g->n_units && !strcmp(scope, "unit"); i++)
        if (in_units(reader, &(struct value){.i = g->units[i]}))
            return true;
    return false;
}

bool may_do(struct cx *cx, const struct row *row, const char *verb)
{
    const struct kind *k = row->kind;
    const char *scope = cx_scope(cx, permission_of(cx, k, verb));
    if (k->closed || row->retired || !scope || !row_in_scope(cx, row, scope))
        return false;
    return strcmp(verb, "update") || k->state_field < 0 ||
           !word_in(k->locked_in, row->v[k->state_field].s);
}

bool may_step(struct cx *cx, const struct row *row, const struct flow_step *s)
{
    const struct kind *k = row->kind;
    const char *scope = cx_scope(cx, s->permission);
    if (row->retired || !scope || !row_in_scope(cx, row, scope))
        return false;
    if (k->state_field >= 0 && !word_in(s->from, row->v[k->state_field].s))
        return false;
    const struct value *not_same = value_of(row, s->not_same), *only = value_of(row, s->only);
    if (s->not_same && cx->actor.user_id && !not_same->null && not_same->i == cx->actor.user_id)
        return false;
    return !s->only || !strcmp(scope, "all") || (!only->null && only->i == cx->actor.user_id);
}

bool may_see(struct cx *cx, const struct field *f)
{
    return !f->see || cx_may(cx, f->see);
}

bool may_edit(struct cx *cx, const struct field *f)
{
    return !(f->flags & RO) && may_see(cx, f) && (!f->edit || cx_may(cx, f->edit));
}
