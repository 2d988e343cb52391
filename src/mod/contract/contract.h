/* SPDX-License-Identifier: Apache-2.0 */
/* The contract as data: what was agreed, in which numbers, and where its text is at odds with itself.
 * Amounts are the printed ones, integer fen, never recomputed (D-9). */
#ifndef MOD_CONTRACT_CONTRACT_H
#define MOD_CONTRACT_CONTRACT_H
#include "record/record.h"

extern const struct kind contract_kind, price_item_kind, baseline_qty_kind, key_period_kind,
    duty_quota_kind, contract_note_kind;
#endif
