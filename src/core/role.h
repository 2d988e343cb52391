/* SPDX-License-Identifier: Apache-2.0 */
/* Roles, what they may, and who holds them (domain.md chapter 9): the record kinds `role` and
 * `role_permission`, granting and revoking. The three administrators exclude each other and every other
 * role, their rights are fixed, and each keeps a holder (SEC-09). */
#ifndef CORE_ROLE_H
#define CORE_ROLE_H
#include "record/record.h"

extern const struct kind role_kind, role_permission_kind;
enum { ROLE_NAME, ROLE_LABEL, ROLE_LABEL_EN, ROLE_CLASS, ROLE_SORT, ROLE_N };

/* By name; RC_INVALID naming `role` for one that does not exist. */
MUST_USE enum rc role_find(struct cx *cx, const char *name, struct row **out);
/* Inside the caller's transaction; refuses what separation forbids (RC_CONFLICT). */
MUST_USE enum rc role_give(struct cx *cx, int64_t account_id, const struct row *role);
MUST_USE enum rc role_take(struct cx *cx, int64_t account_id, const struct row *role);
/* The account's roles in the order of their names, ',' between; NULL for none. */
MUST_USE enum rc role_words(struct cx *cx, int64_t account_id, const char **out);
/* An array of {value,label,label_en}, in the roles' order: what their names are called. */
MUST_USE enum rc role_codes(struct cx *cx, struct jw *w);

#endif
