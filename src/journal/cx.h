/* SPDX-License-Identifier: Apache-2.0 */
/* The context of one request, job or console command: who acts, when, on which connection, in
 * which arena, and the error if it fails. Made at the edge, passed down as the first argument. */
#ifndef JOURNAL_CX_H
#define JOURNAL_CX_H
#include "base/arena.h"
#include "base/civil.h"
#include "base/rc.h"
#include "db/db.h"

enum actor_type { ACTOR_NOBODY, ACTOR_USER, ACTOR_CONSOLE, ACTOR_SYSTEM };

/* What one role of the actor allows: a permission and how far it reaches. */
struct grant {
    const char *permission; /* "asset.read", "work_order.dispatch" */
    const char *scope;      /* "all", "own", "unit", "site", "line" */
};

struct actor {
    enum actor_type type;
    int64_t user_id;      /* 0 unless ACTOR_USER */
    const char *name;     /* shown in timelines: display name, "console", "system" */
    int64_t org_unit_id;  /* 0 = none */
    int64_t site_id;      /* 0 = none */
    const char *line;     /* "office_it", "community_video" or NULL */
    const int64_t *units; /* org_unit_id and everything below it, ascending */
    int n_units;
    const int64_t *sites; /* site_id and everything below it, ascending */
    int n_sites;
    const char *address;  /* where from; "" for jobs */
    const struct grant *grants; /* ascending by permission: cx_grant */
    int n_grants;         /* ACTOR_CONSOLE and ACTOR_SYSTEM may everything and have none */
};

struct cx {
    struct arena *a;
    struct db *db;
    struct instant now; /* read once, so that tests set it */
    struct actor actor;
    const char *data_dir; /* evidence files and keys live here */
    struct err err;
};

/* Gives the actor these rights; sorts them, and they must live as long as the cx. */
void cx_grant(struct cx *cx, struct grant *grants, int n);

/* Widest scope word the actor holds for a permission, or NULL when it may not at all.
 * Console and system get "all". */
const char *cx_scope(const struct cx *cx, const char *permission);
/* All scope words of the actor's roles for a permission, merged: a record is in reach when one of
 * them reaches it. */
enum scope { SCOPE_ALL = 1, SCOPE_LINE = 2, SCOPE_UNIT = 4, SCOPE_SITE = 8, SCOPE_OWN = 16 };
unsigned cx_scopes(const struct cx *cx, const char *permission); /* 0 = none */
unsigned cx_scope_bit(const char *scope);                        /* of one word; 0 = NULL or unknown */
bool cx_may(const struct cx *cx, const char *permission);

/* fail() on cx->err */
#define FAIL(cx, rc, field, ...) fail(&(cx)->err, (rc), (field), __VA_ARGS__, (const char *)NULL)

/* Takes the database's error over into cx->err and returns rc: `return cx_db(cx, rc)`. */
enum rc cx_db(struct cx *cx, enum rc rc);

#endif
