/* SPDX-License-Identifier: Apache-2.0 */
/* What is set without a new program: the record kind `setting` (rows of the table parameter, made by
 * migrations with their bounds) and reading it. Security lines are changed by who holds
 * setting.security, the others by setting.service. */
#ifndef CORE_SETTING_H
#define CORE_SETTING_H
#include "record/record.h"

extern const struct kind setting_kind;

/* RC_INTERNAL for a name that no migration made. */
MUST_USE enum rc setting_int(struct cx *cx, const char *name, int64_t *out);

/* NULL when it is empty or unknown. */
MUST_USE enum rc setting_text(struct cx *cx, const char *name, const char **out);

/* The lines of area security in one read; times in ms. */
struct policy {
    int64_t password_age; /* 0: for ever */
    int64_t failures, failure_window, lock_time;
    int64_t idle, idle_admin, longest;
    int64_t sessions;
    int64_t stale;
    const char *admin_addresses; /* "10.1.0.0/16 192.168.7.9", NULL: any */
};
MUST_USE enum rc policy_load(struct cx *cx, struct policy *out);

#endif
