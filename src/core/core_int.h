/* SPDX-License-Identifier: Apache-2.0 */
/* Inside src/core only. */
#ifndef CORE_CORE_INT_H
#define CORE_CORE_INT_H
#include "base/log.h"
#include "core/setting.h"
#include "journal/cx.h"

MUST_USE enum rc password_allowed(struct cx *cx, const char *field, const char *login,
                                  const char *password, bool admin);
/* Does the account hold a role of this class ("admin" ...)? */
MUST_USE enum rc account_in_class(struct cx *cx, int64_t account_id, const char *class,
                                  bool *out);
/* SEC-03: counting failures and the lock that follows from them; action is what was tried. */
MUST_USE enum rc login_locked(struct cx *cx, const struct policy *p, const char *login, bool *locked);
MUST_USE enum rc login_failed(struct cx *cx, const char *login, int64_t account_id, const char *action);
/* Disables an active account, ends its sessions; the journal says why. */
MUST_USE enum rc account_disable(struct cx *cx, int64_t account_id, const char *action);

#endif
