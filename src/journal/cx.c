/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/cx.h"

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

const char *cx_scope(const struct cx *cx, const char *permission)
{
    if (cx->actor.type == ACTOR_CONSOLE || cx->actor.type == ACTOR_SYSTEM)
        return "all";
    const char *best = NULL;
    for (int i = 0; i < cx->actor.n_grants; i++) {
        const struct grant *g = &cx->actor.grants[i];
        if (!strcmp(g->permission, permission) && (!best || scope_rank(g->scope) < scope_rank(best)))
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
    for (int i = 0; i < cx->actor.n_grants; i++) {
        if (!strcmp(cx->actor.grants[i].permission, permission))
            scopes |= cx_scope_bit(cx->actor.grants[i].scope);
    }
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
