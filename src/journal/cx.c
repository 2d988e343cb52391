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
