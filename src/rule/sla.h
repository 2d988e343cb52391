/* SPDX-License-Identifier: Apache-2.0 */
/* The SLA engine of domain.md chapter 3 with design.md section 10, pure: rules as rows, one clock
 * per metric, the strictest wins and the losers stay visible, pauses are the only way to stop. */
#ifndef RULE_SLA_H
#define RULE_SLA_H
#include "rule/calendar.h"

enum sla_calendar { CAL_24X7, CAL_5X8 };

/* Conditions are matched as words; NULL or "" means "any". */
struct sla_rule {
    const char *code;   /* "S-05" */
    const char *metric; /* "respond", "arrive", "restore", "resolve", "report" ... any word */
    int32_t limit_minutes;
    enum sla_calendar calendar;
    const char *line;        /* "office_it" or "community_video" */
    const char *asset_group; /* e.g. "camera", "switch", "storage", "platform", "device" */
    const char *grade;       /* "general", "serious" */
    int emergency;           /* -1 any, 0 no, 1 yes */
    int in_duty;             /* -1 any, 0 no, 1 yes: a duty shift is on at t0 (S-03) */
    struct date valid_from, valid_to; /* inclusive; valid_to.day 0 = open */
    bool internal;           /* our target, not the contract's: shown as such */
    int source_rank; /* of two values of one rule the smaller rank wins (1 = law), then the newer */
};
struct sla_facts {
    struct instant t0;
    const char *line, *asset_group, *grade;
    bool emergency;
    struct instant emergency_at; /* when emergency: its clocks run from here */
    bool in_duty;
};
struct sla_pause { /* union of intervals; a rejected one must not be handed in */
    struct instant from, to; /* to.ms = INT64_MAX while open */
    const char *reason;
};
struct sla_clock {
    const struct sla_rule *rule;
    struct instant start, deadline;
    bool provisional; /* the deadline lies past the last loaded notice */
    const struct sla_rule *const *losers; /* other rules of the metric that hold as well */
    size_t n_losers;
};

/* One clock per metric for which a rule holds at t0, sorted by metric. */
void sla_select(struct arena *a, const struct calendar *cal_5x8, const struct sla_rule *rules,
                size_t n_rules, const struct sla_facts *facts, const struct sla_clock **out,
                size_t *n_out);

/* Deadline of one limit with pauses; *provisional may be NULL. INT64_MAX while an open pause stands
 * before it: close that pause at "now" to learn the deadline if work went on now. */
struct instant sla_deadline(const struct calendar *c, struct instant start, int32_t limit_minutes,
                            const struct sla_pause *pauses, size_t n_pauses, bool *provisional);
/* Elapsed clock time in ms between start and stop, pauses taken out. Met when <= limit x 60,000. */
int64_t sla_elapsed_ms(const struct calendar *c, struct instant start, struct instant stop,
                       const struct sla_pause *pauses, size_t n_pauses);
/* The minute ledger: spans of [start, stop) with pauses cut in, each with its reason. */
void sla_ledger(struct arena *a, const struct calendar *c, struct instant start,
                struct instant stop, const struct sla_pause *pauses, size_t n_pauses,
                const struct span **out, size_t *n_out);

#endif
