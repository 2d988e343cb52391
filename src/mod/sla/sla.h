/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks of work orders: rules and calendar as records, one clock per metric (domain.md 3). What an
 * order is (line, class, grade, emergency, t0) is read from its stored row, so a caller changes the
 * order first and then asks for its clocks. All inside the caller's transaction unless it says job.
 */
#ifndef MOD_SLA_SLA_H
#define MOD_SLA_SLA_H
#include "record/record.h"
#include "rule/sla.h"

extern const struct kind sla_rule_kind, sla_clock_kind, calendar_day_kind, duty_shift_kind,
    calendar_version_kind, sla_move_kind, office_hours_kind;

/* clang-format off */
enum {
    RULE_CODE, RULE_NAME, RULE_METRIC, RULE_LIMIT, RULE_CALENDAR, RULE_LINE, RULE_GROUP, RULE_GRADE,
    RULE_EMERGENCY, RULE_IN_DUTY, RULE_FROM, RULE_TO, RULE_INTERNAL, RULE_SOURCE, RULE_USE, RULE_RANK,
    RULE_N
};
enum {
    CLOCK_ORDER, CLOCK_METRIC, CLOCK_CODE, CLOCK_RULE, CLOCK_ALSO, CLOCK_CALENDAR, CLOCK_LIMIT,
    CLOCK_LINE, CLOCK_STARTED, CLOCK_DEADLINE, CLOCK_MONTH, CLOCK_PROVISIONAL, CLOCK_INTERNAL,
    CLOCK_STATE, CLOCK_STOPPED, CLOCK_ELAPSED, CLOCK_VALID_FROM, CLOCK_RULE_REV, CLOCK_VERSION,
    CLOCK_LEVEL, CLOCK_NEXT_LEVEL, CLOCK_PENDING, CLOCK_PAUSED, CLOCK_VOID, CLOCK_N
};
enum { DAY_ON, DAY_TYPE, DAY_NAME, DAY_SOURCE, DAY_OVERRIDE, DAY_N };
enum { SHIFT_ON, SHIFT_FROM, SHIFT_TO, SHIFT_LINE, SHIFT_SOURCE, SHIFT_N };
enum { HOURS_FROM, HOURS_WINDOWS, HOURS_LUNCH, HOURS_SOURCE, HOURS_N };
enum { VERSION_MADE, VERSION_HASH, VERSION_N, VERSION_DAYS, VERSION_MOVED, VERSION_N_FIELDS };
enum {
    MOVE_CAUSE, MOVE_VERSION, MOVE_ORDER, MOVE_CLOCK, MOVE_METRIC, MOVE_LINE, MOVE_AT, MOVE_BEFORE,
    MOVE_AFTER, MOVE_BEFORE_RULE, MOVE_AFTER_RULE, MOVE_N
};
/* clang-format on */

/* Levels told of a clock (C-130): journal actions warn, breach, escalate, vendor on sla_clock, each
 * once.
 */
enum { LEVEL_NONE, LEVEL_WARN, LEVEL_BREACH, LEVEL_RESOURCES, LEVEL_VENDOR };

/* The 5x8 calendar from the calendar_day records over the built-in statutory days. */
MUST_USE enum rc sla_calendar(struct cx *cx, const struct calendar **out);
/* The calendar as it was in a version (0: as it is now). */
MUST_USE enum rc sla_calendar_of(struct cx *cx, int64_t version, const struct calendar **out);
/* The number of the calendar as it is now; a new one when the days differ from the last version. */
MUST_USE enum rc sla_version(struct cx *cx, int64_t *out);
/* Is a duty shift on at that time (S-03)? */
MUST_USE enum rc sla_in_duty(struct cx *cx, const char *line, struct instant at, bool *out);

/* The interval of the rule of use "reminder" for that metric that holds today (S-08), ms; 0 = none.
 */
MUST_USE enum rc sla_reminder_ms(struct cx *cx, const char *metric, int64_t *out);

/* Starts the clocks of a new order. */
MUST_USE enum rc sla_start(struct cx *cx, int64_t work_order_id);
/* Facts changed (grade, emergency, type, t0): clocks that still run and no longer fit become void
 * for that reason, and what holds now starts, valid from cx->now. Stopped clocks stay, and of
 * reason "superseded" those that were late already. */
MUST_USE enum rc sla_reevaluate(struct cx *cx, int64_t work_order_id, const char *void_reason);
/* Stops one metric's clock: met when elapsed <= limit, else missed. No clock is no error. */
MUST_USE enum rc sla_stop(struct cx *cx, int64_t work_order_id, const char *metric,
                          struct instant at);
/* A stopped clock goes on (reopen); the caller has put the time in between down as a pause. */
MUST_USE enum rc sla_resume(struct cx *cx, int64_t work_order_id, const char *metric);
MUST_USE enum rc sla_cancel(struct cx *cx, int64_t work_order_id);
/* All clocks of the order leave (or, for that reason, come back into) the population. */
MUST_USE enum rc sla_void(struct cx *cx, int64_t work_order_id, const char *reason);
MUST_USE enum rc sla_unvoid(struct cx *cx, int64_t work_order_id, const char *reason);
/* The order's t0 is earlier than was known: its clocks with it, stopped ones too. */
MUST_USE enum rc sla_move_start(struct cx *cx, int64_t work_order_id, struct instant from,
                                struct instant to);
/* Pauses of the order changed: every clock anew, with the calendar that it was computed with. */
MUST_USE enum rc sla_pauses_changed(struct cx *cx, int64_t work_order_id);
/* Has the order a clock that is late (of the metrics that still count)? */
MUST_USE enum rc sla_is_late(struct cx *cx, int64_t work_order_id, bool *out);
/* All clocks of an order that were not superseded, void ones too, by id: to be shown. */
MUST_USE enum rc sla_load_all(struct cx *cx, int64_t work_order_id, struct row ***out, int *n);
/* Would this metric be met if it stopped then? True also without such a clock; false when it has
 * stopped before. */
MUST_USE enum rc sla_in_time(struct cx *cx, int64_t work_order_id, const char *metric,
                             struct instant at, bool *out);
/* Earliest deadline still running, ms, or 0. */
MUST_USE enum rc sla_next_deadline(struct cx *cx, int64_t work_order_id, int64_t *out);

/* Job: tells warn, breach and escalation of clocks that reached them. changed = levels told. */
MUST_USE enum rc sla_tick(struct cx *cx, int *changed);
/* Did days or rules change since sla_follow looked? Cheap, without a transaction. */
MUST_USE enum rc sla_changed(struct cx *cx, bool *out);
/* Job: when days or rules changed, deadlines in the future are computed anew and what moved is put
 * down (sla_move); the past stays. moved = clocks. orders[] gets the orders touched. */
MUST_USE enum rc sla_follow(struct cx *cx, int64_t *orders, int most, int *moved);
/* The minute ledger of one clock as JSON. */
MUST_USE enum rc sla_ledger_json(struct cx *cx, int64_t clock_id, struct jw *w);

#endif
