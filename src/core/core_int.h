/* SPDX-License-Identifier: Apache-2.0 */
/* Inside src/core only. */
#ifndef CORE_CORE_INT_H
#define CORE_CORE_INT_H
#include "base/log.h"
#include "journal/cx.h"

MUST_USE enum rc password_allowed(struct cx *cx, const char *login, const char *password,
                                  bool admin);
/* Does the account hold a role of this class ("admin" ...)? */
MUST_USE enum rc account_in_class(struct cx *cx, int64_t account_id, const char *class,
                                  bool *out);

#endif
