/* SPDX-License-Identifier: Apache-2.0 */
/* Inside mod/sla only. */
#ifndef MOD_SLA_SLA_INT_H
#define MOD_SLA_SLA_INT_H
#include "mod/sla/sla.h"

int sla_day_kind(const char *word); /* enum day_kind of a calendar_day type */

enum { HOURS_MOST = 8 };
/* "09:00-12:00 13:00-18:00" as windows, one from the first to the last when lunch counts; out has room
 * for HOURS_MOST. False: not of that form. */
bool sla_hours_read(const char *text, bool lunch_counts, struct calendar_hours *out, size_t *n);

/* Rules in use as clocks, each beside its record; without fault only those of the response. */
MUST_USE enum rc sla_load_rules(struct cx *cx, bool fault, struct sla_rule **out,
                                struct row ***records, size_t *n);
MUST_USE enum rc sla_load_facts(struct cx *cx, int64_t order, struct sla_facts *out, bool *fault);
/* Pauses that stop the metric, rejected ones left out; pending: one waits for its
 * counter-signature. */
MUST_USE enum rc sla_load_pauses(struct cx *cx, int64_t order, const char *metric,
                                 struct sla_pause **out, size_t *n, bool *pending);

/* The clocks of an order that were not cancelled or made void, by id. */
MUST_USE enum rc sla_load_clocks(struct cx *cx, int64_t order, struct row ***out, int *n);
/* Everything that follows from start, stop, limit and pauses; the row is not yet stored. */
MUST_USE enum rc sla_recompute(struct cx *cx, struct row *clock);
/* Chooses anew what holds; cause "facts" makes what no longer fits void for that reason, "calendar"
 * and "rule" leave what is past its deadline alone. moved (may be NULL) counts. */
MUST_USE enum rc sla_choose(struct cx *cx, int64_t order, const char *cause,
                            const char *void_reason, int *moved);

#endif
