/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks of work orders: rules and calendar as records, one clock per metric (domain.md 3). */
#ifndef MOD_SLA_SLA_H
#define MOD_SLA_SLA_H
#include "record/record.h"
#include "rule/sla.h"

extern const struct kind sla_rule_kind, sla_clock_kind, calendar_day_kind;

enum {
    RULE_CODE, RULE_NAME, RULE_METRIC, RULE_LIMIT, RULE_CALENDAR, RULE_LINE, RULE_GROUP, RULE_GRADE,
    RULE_EMERGENCY, RULE_IN_DUTY, RULE_FROM, RULE_TO, RULE_INTERNAL, RULE_SOURCE, RULE_N
};
enum {
    CLOCK_ORDER, CLOCK_METRIC, CLOCK_CODE, CLOCK_RULE, CLOCK_ALSO, CLOCK_CALENDAR, CLOCK_LIMIT,
    CLOCK_LINE, CLOCK_STARTED, CLOCK_DEADLINE, CLOCK_MONTH, CLOCK_PROVISIONAL, CLOCK_INTERNAL,
    CLOCK_STATE, CLOCK_STOPPED, CLOCK_ELAPSED, CLOCK_N
};
enum { DAY_ON, DAY_TYPE, DAY_NAME, DAY_SOURCE, DAY_OVERRIDE, DAY_N };

/* The 5x8 calendar from the calendar_day records over the built-in statutory days. */
MUST_USE enum rc sla_calendar(struct cx *cx, const struct calendar **out);
/* Starts the clocks that hold at facts->t0, inside the caller's transaction. */
MUST_USE enum rc sla_start(struct cx *cx, int64_t work_order_id, const struct sla_facts *facts);
/* Stops one metric's clock: met when elapsed <= limit, else missed. No clock is no error. */
MUST_USE enum rc sla_stop(struct cx *cx, int64_t work_order_id, const char *metric,
                          struct instant at);
MUST_USE enum rc sla_cancel(struct cx *cx, int64_t work_order_id);
/* Earliest deadline still running, ms, or 0. */
MUST_USE enum rc sla_next_deadline(struct cx *cx, int64_t work_order_id, int64_t *out);
/* Job: running clocks past their deadline become overdue. */
MUST_USE enum rc sla_tick(struct cx *cx, int *changed);
/* The minute ledger of one clock as JSON. */
MUST_USE enum rc sla_ledger_json(struct cx *cx, int64_t clock_id, struct jw *w);

#endif
