/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts, their roles and passwords; the record kinds `user` and `org_unit`. */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H
#include "record/record.h"

extern const struct kind user_kind, org_unit_kind;
enum {
    USER_LOGIN, USER_NAME, USER_ORG_UNIT, USER_SITE, USER_LINE, USER_STATE, USER_ROLES, USER_LEAVES,
    USER_LAST_LOGIN, USER_ENABLED, USER_N
};
enum { UNIT_NAME, UNIT_TYPE, UNIT_PARENT, UNIT_VIDEO, UNIT_N };

/* New account with one role (the console's `user add`, first start). unit may be NULL. The password
 * must satisfy SEC-02; must_change forces a new one at the first login. */
MUST_USE enum rc account_add(struct cx *cx, const char *login, const char *name, const char *role,
                             const char *unit, const char *password, bool must_change);
MUST_USE enum rc account_set_state(struct cx *cx, const char *login, const char *state);
/* old = NULL: set by the console, without asking. Ends the account's other sessions; keep = the
 * session that stays, 0 = none. */
MUST_USE enum rc account_set_password(struct cx *cx, int64_t account_id, const char *old,
                                      const char *password, bool must_change, int64_t keep);
MUST_USE enum rc account_by_login(struct cx *cx, const char *login, int64_t *id);

/* argon2id (libsodium, interactive limits), at most two at once in the process; of further callers a few
 * wait, the others get RC_BUSY at once. */
#define PASSWORD_HASH 128
MUST_USE enum rc password_hash(struct cx *cx, const char *password, char out[PASSWORD_HASH]);
/* hash = NULL: the same work, then false */
MUST_USE enum rc password_matches(struct cx *cx, const char *hash, const char *password, bool *out);
int password_waiting(void); /* callers that wait for their turn now */

#endif
