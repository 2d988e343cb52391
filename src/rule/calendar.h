/* SPDX-License-Identifier: Apache-2.0 */
/* The working calendar of domain.md chapter 4, pure: data rows in, business time out. Look-up
 * order: manual override > loaded notice > fixed statutory rules > weekday rule. */
#ifndef RULE_CALENDAR_H
#define RULE_CALENDAR_H
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/rc.h"

enum day_kind { DAY_WORK, DAY_REST, DAY_STATUTORY, DAY_SWAP_OFF, DAY_SWAP_WORK };

struct calendar_day { /* one data row */
    struct date on;
    enum day_kind kind;
    const char *name; /* "国庆节", may be NULL */
    bool is_override; /* set by Party A by hand */
};
struct calendar_hours { /* one working window of a working day, seconds of the Beijing day */
    int32_t from, to;
};

struct calendar_office { /* the windows of working days from that day on */
    struct date from;
    const struct calendar_hours *hours;
    size_t n_hours;
};

struct calendar; /* immutable once built, may be shared by threads */

/* days in any order (the last row of a date wins within its rank); hours ascending, not
 * overlapping. notice_until = last date covered by a loaded notice: past it is provisional. */
MUST_USE enum rc calendar_new(struct arena *a, const struct calendar_day *days, size_t n_days,
                              const struct calendar_hours *hours, size_t n_hours,
                              struct date notice_until, const struct calendar **out, struct err *e);
/* The same with office hours that changed (D-1): ascending by day, at most 100; before the first
 * day the first holds as well. */
MUST_USE enum rc calendar_new_dated(struct arena *a, const struct calendar_day *days, size_t n_days,
                                    const struct calendar_office *offices, size_t n_offices,
                                    struct date notice_until, const struct calendar **out,
                                    struct err *e);
enum day_kind calendar_kind(const struct calendar *c, struct date d, const char **name_out);
bool calendar_works(const struct calendar *c, struct date d);
bool calendar_provisional(const struct calendar *c, struct date d);
/* n working days after (n > 0) or before (n < 0) d, d itself not counted. */
struct date calendar_add_work_days(const struct calendar *c, struct date d, int n);
/* d, or the next working day when d does not work (Civil Code Art. 203). */
struct date calendar_roll(const struct calendar *c, struct date d);

/* One stretch of time in a minute ledger. */
enum span_kind { SPAN_WORKED, SPAN_LUNCH, SPAN_NIGHT, SPAN_WEEKEND, SPAN_HOLIDAY, SPAN_PAUSED };
struct span {
    struct instant from, to;
    enum span_kind kind;
    bool makeup;      /* WORKED on a make-up workday */
    const char *note; /* holiday name, pause reason; may be NULL */
};

/* c = NULL means 24x7: every millisecond counts. */
int64_t calendar_worked_ms(const struct calendar *c, struct instant from, struct instant to);
/* The instant at which `ms` of working time have passed since `from`; reaching the end exactly at
 * closing answers closing time, not the next opening. */
struct instant calendar_add(const struct calendar *c, struct instant from, int64_t ms);
/* All spans of [from, to) in order, without gaps. */
void calendar_spans(struct arena *a, const struct calendar *c, struct instant from,
                    struct instant to, const struct span **out, size_t *n_out);

/* The 5x8 default of D-1: 09:00-12:00, 13:00-18:00 */
extern const struct calendar_hours calendar_hours_5x8[2];
/* The State Council's 2026 notice (and what is certain of 2020-2026 and 2027), domain.md 4.1, 4.2
 */
const struct calendar_day *calendar_builtin(size_t *n, struct date *notice_until);

#endif
