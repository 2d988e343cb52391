/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/cx.h"

#include <stdlib.h>
#include <string.h>

/* Widest first: the order in which one of several roles' scopes wins. */
static const char *const scope_words[] = {"all", "line", "unit", "site", "own"};

static int scope_rank(const char *scope)
{
    for (int i = 0; i < (int)(sizeof scope_words / sizeof *scope_words); i++)
        if (!strcmp(scope, scope_words[i]))
            return i;
    return 99;
}

static int by_permission(const void *a, const void *b)
{
    const struct grant *x = a, *y = b;
    int order = strcmp(x->permission, y->permission);
    return order ? order : strcmp(x->scope, y->scope); /* equal rights stand in equal order */
}

void cx_grant(struct cx *cx, struct grant *grants, int n)
{
    if (n > 1)
        qsort(grants, (size_t)n, sizeof *grants, by_permission);
    cx->actor.grants = grants;
    cx->actor.n_grants = n;
}

/* The first grant of a permission; those of it stand together. A list asks this thousands of times. */
static int first_grant(const struct actor *a, const char *permission)
{
    int from = 0, to = a->n_grants;
    while (from < to) {
        int mid = from + (to - from) / 2;
        if (strcmp(a->grants[mid].permission, permission) < 0)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

const char *cx_scope(const struct cx *cx, const char *permission)
{
    if (cx->actor.type == ACTOR_CONSOLE || cx->actor.type == ACTOR_SYSTEM)
        return "all";
    const char *best = NULL;
    for (int i = first_grant(&cx->actor, permission); i < cx->actor.n_grants; i++) {
        const struct grant *g = &cx->actor.grants[i];
        if (strcmp(g->permission, permission))
            break;
        if (!best || scope_rank(g->scope) < scope_rank(best))
            best = g->scope;
    }
    return best;
}

unsigned cx_scope_bit(const char *scope)
{
    int rank = scope ? scope_rank(scope) : 99;
    return rank < 99 ? 1U << rank : 0;
}

unsigned cx_scopes(const struct cx *cx, const char *permission)
{
    if (cx->actor.type == ACTOR_CONSOLE || cx->actor.type == ACTOR_SYSTEM)
        return SCOPE_ALL;
    unsigned scopes = 0;
    for (int i = first_grant(&cx->actor, permission);
         i < cx->actor.n_grants && !strcmp(cx->actor.grants[i].permission, permission); i++)
        scopes |= cx_scope_bit(cx->actor.grants[i].scope);
    return scopes;
}

bool cx_may(const struct cx *cx, const char *permission)
{
    return cx_scope(cx, permission) != NULL;
}

enum rc cx_db(struct cx *cx, enum rc rc)
{
    if (rc && db_err(cx->db)->rc)
        cx->err = *db_err(cx->db);
    return rc;
}
