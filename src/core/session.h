/* SPDX-License-Identifier: Apache-2.0 */
/* Login, sessions and the rights of an actor (domain.md 6.3: SEC-01..04, 07, 09). */
#ifndef CORE_SESSION_H
#define CORE_SESSION_H
#include "base/json.h"
#include "journal/cx.h"

#define SESSION_TOKEN 65 /* hexadecimal, with NUL */

struct session {
    int64_t id, account_id;
    char token[SESSION_TOKEN]; /* only after session_login */
    const char *csrf;
    const char *login;
    bool must_change; /* may only change the password, look at itself and leave */
};

/* Checks login and password (argon2id, at most two at once), counts failures, opens a session and
 * fills cx->actor. One and the same RC_UNAUTHORIZED text and equal work for an unknown account, a
 * wrong password, a locked and a disabled account. */
MUST_USE enum rc session_login(struct cx *cx, const char *login, const char *password,
                               const char *agent, struct session *out);
/* The session of a token; fills cx->actor. touch: a person acts, so the idle time starts anew. */
MUST_USE enum rc session_resume(struct cx *cx, const char *token, bool touch, struct session *out);
/* Ids of all sessions that would be let in now, ascending, in cx->a: for whoever keeps something open
 * on behalf of one. */
MUST_USE enum rc session_live(struct cx *cx, const int64_t **ids, int *n);
/* Own ones; those of others with the permission session.end. */
MUST_USE enum rc session_end(struct cx *cx, int64_t id);
/* The own live ones, or everybody's (needs session.read). */
MUST_USE enum rc session_list(struct cx *cx, int64_t current, bool everybody, struct jw *w);
/* A job: disables accounts whose last day has come and those unused for too long (SEC-08), forgets old
 * sessions. */
MUST_USE enum rc accounts_tick(struct cx *cx, int *disabled);
/* {"id","login","name","roles",...} of docs/api.md for cx->actor */
MUST_USE enum rc session_user_json(struct cx *cx, const struct session *s, struct jw *w);

/* Rights of an account into cx->actor: grants, units. RC_NOT_FOUND when it is gone or disabled. */
MUST_USE enum rc actor_load(struct cx *cx, int64_t account_id);

#endif
