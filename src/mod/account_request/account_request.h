/* SPDX-License-Identifier: Apache-2.0 */
/* Who needs an account asks for one (domain.md 9, line Accounts): both parties request, sys_admin carries
 * it out, sec_admin grants the role. */
#ifndef MOD_ACCOUNT_REQUEST_H
#define MOD_ACCOUNT_REQUEST_H
#include "record/record.h"

extern const struct kind account_request_kind;

#endif
