/* SPDX-License-Identifier: Apache-2.0 */
/* The money engine of domain.md chapter 5, pure: integers in fen, every result rounded half up once
 * and at the end. Intermediate products are 128 bits wide; a result past int64 saturates.
 * Rates are in ten-thousandths ("bp": 600 = 6 %, 5 = 0.05 %). */
#ifndef RULE_MONEY_H
#define RULE_MONEY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/civil.h"
#include "rule/calendar.h"

#define MONEY_BP 10000

/* fen x num / den, half up (towards plus infinity); den > 0. */
int64_t money_scale(int64_t fen, int64_t num, int64_t den);

/* total in parts by weights (50, 30, 20): each rounded half up, the last takes what is left, so the
 * parts always sum to total. Weights are >= 0 with a positive sum; n >= 1. */
void money_split(int64_t total_fen, const int32_t *weights, size_t n, int64_t *parts_out);
/* Twelve months of a yearly price, the remainder in the last one; no month below zero. */
void money_spread(int64_t total_fen, size_t months, int64_t *months_out);

/* Net of a gross price and the tax inside it: net + tax == gross. */
struct money_vat {
    int64_t net_fen, tax_fen;
};
struct money_vat money_vat(int64_t gross_fen, int32_t rate_bp);
/* Clause 4.5: net price plus the tax that the invoices let A deduct, never above the contract's
 * price. Invoices which are not special VAT invoices deduct nothing. */
struct money_invoice {
    int64_t net_fen;
    int32_t rate_bp;
    bool special;
};
int64_t money_settled_price(int64_t gross_fen, int32_t contract_rate_bp,
                            const struct money_invoice *invoices, size_t n);

/* Late payment by A (8.2): sum of overdue x rate x days, at most the cap over all instalments
 * together. A part payment is an entry of its own. days <= 0 adds nothing. */
struct money_overdue {
    int64_t fen;
    int32_t days;
};
int64_t money_late_payment(const struct money_overdue *parts, size_t n, int32_t rate_bp,
                           int64_t cap_fen);
/* Calendar days behind the due date up to and with the day of payment; 0 when in time. */
int32_t money_days_late(struct date due, struct date paid);

/* Late delivery by B (8.4), an estimate without cap: year price / 12 x missed units x rate x days.
 */
int64_t money_late_delivery(int64_t unit_year_fen, int32_t missed_units, int32_t rate_bp,
                            int32_t days);

/* Due dates. First day not counted; a month period that ends on a free day ends on the next working
 * day (Civil Code Art. 201-203). */
struct date money_due_work_days(const struct calendar *c, struct date event, int work_days);
struct date money_due_months(const struct calendar *c, struct date event, int months);
/* Clause 4.4: the invoice is due `work_days` before the payment; later delivery shifts the payment.
 * delivered NULL: not delivered, so as if it came on `today`. */
struct date money_invoice_due(const struct calendar *c, struct date due, int work_days);
struct date money_effective_due(const struct calendar *c, struct date due,
                                const struct date *delivered, struct date today, int work_days);

/* A line of the price table whose printed amount is not quantity x unit price: amount minus the
 * product. 0 = consistent. The printed amount always stands (D-9). */
int64_t money_line_gap(int64_t quantity, int64_t unit_fen, int64_t amount_fen);
/* part / whole in bp, half up: 5356 = 53.56 %. whole <= 0 gives -1: no figure. */
int32_t money_percent_bp(int64_t part_fen, int64_t whole_fen);
/* The day rates behind a duty sum (C-023): statutory x 3, rest x 2 of one ordinary day. */
struct money_duty {
    int64_t ordinary_fen, statutory_fen, rest_fen;
};
struct money_duty money_duty(int64_t total_fen, int32_t statutory_days, int32_t rest_days);

#define MONEY_TEXT 32
char *money_text(int64_t fen, char out[MONEY_TEXT]); /* 1,208,000.00 */

#endif
