/* SPDX-License-Identifier: Apache-2.0 */
/* A change of a time limit (domain.md 9, C-036, C-048): party B proposes, party A agrees over the signed paper,
 * sec_admin puts it in force. It ends the old rule and makes a new one from a day ahead: the past stays. */
#ifndef MOD_SLA_CHANGE_SLA_CHANGE_H
#define MOD_SLA_CHANGE_SLA_CHANGE_H
#include "record/record.h"

extern const struct kind sla_change_kind;

#endif
