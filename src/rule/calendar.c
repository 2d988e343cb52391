/* SPDX-License-Identifier: Apache-2.0 */
/* Business time by whole days: a day counts its opening time, only the first and the last day are
 * cut. No step is smaller than a day, so a deadline months away costs some hundred look-ups. */
#include <stdlib.h>
#include <string.h>

#include "rule/calendar_int.h"

#define DAY_SECONDS 86400
#define MAX_DAYS ((size_t)200000)
#define MAX_HOURS ((size_t)48)
#define MAX_OFFICES ((size_t)100)

/* 9999-12-31: walks end here, whatever they are asked. */
#define LAST_DAY 2932896

struct row {
    int32_t day;
    int rank; /* 1 for an override */
    size_t order;
    enum day_kind kind;
    const char *name;
};

struct office {
    int32_t from; /* day */
    const struct calendar_hours *hours;
    size_t n_hours;
    int64_t open_ms; /* working time of one working day */
};

struct calendar {
    const struct row *rows; /* one per date, ascending */
    size_t n_rows;
    const struct office *offices; /* ascending; the first holds before its day, too */
    size_t n_offices;
    struct date notice_until;
};

const struct calendar_hours calendar_hours_5x8[2] = {{9 * 3600, 12 * 3600}, {13 * 3600, 18 * 3600}};

static int by_strength(const void *pa, const void *pb)
{
    const struct row *a = pa, *b = pb;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank > b->rank ? -1 : 1;
    return a->order > b->order ? -1 : a->order < b->order;
}

static enum rc check_hours(const struct calendar_hours *h, size_t n, struct err *e)
{
    if (n == 0 || n > MAX_HOURS)
        return fail(e, RC_INVALID, "hours", "工作时段须为1至48段",
                    "1 to 48 working windows are needed", NULL);
    for (size_t i = 0; i < n; i++) {
        int32_t before = i ? h[i - 1].to : 0;
        if (h[i].from < before || h[i].to <= h[i].from || h[i].to > DAY_SECONDS)
            return fail(e, RC_INVALID, "hours", "工作时段须按时间先后排列、互不重叠且在一天之内",
                        "working windows must ascend, not overlap and lie within one day", NULL);
    }
    return RC_OK;
}

static enum rc check_days(const struct calendar_day *days, size_t n, struct err *e)
{
    if (n > MAX_DAYS)
        return fail(e, RC_TOO_BIG, "days", "日历行数过多", "too many calendar rows", NULL);
    for (size_t i = 0; i < n; i++) {
        char text[DATE_TEXT];
        if ((int)days[i].kind < DAY_WORK || (int)days[i].kind > DAY_SWAP_WORK)
            return fail(e, RC_INVALID, "kind", "{date} 的日期类型无效",
                        "invalid kind of day at {date}", "date", date_text(days[i].on, text), NULL);
    }
    return RC_OK;
}

/* The strongest row of each date stays. */
static void take_rows(struct arena *a, struct calendar *c, const struct calendar_day *days,
                      size_t n)
{
    struct row *rows = ARENA_NEW(a, struct row, n);
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct row){days[i].on.day, days[i].is_override, i, days[i].kind, days[i].name};
    qsort(rows, n, sizeof *rows, by_strength);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept && rows[kept - 1].day == rows[i].day)
            continue;
        rows[kept] = rows[i];
        rows[kept].name = arena_strdup(a, rows[kept].name);
        kept++;
    }
    c->rows = rows;
    c->n_rows = kept;
}

static enum rc check_offices(const struct calendar_office *o, size_t n, struct err *e)
{
    if (n == 0 || n > MAX_OFFICES)
        return fail(e, RC_INVALID, "hours", "办公时间须为1至100个版本",
                    "1 to 100 versions of the office hours are needed", NULL);
    for (size_t i = 0; i < n; i++) {
        enum rc rc = check_hours(o[i].hours, o[i].n_hours, e);
        if (rc != RC_OK)
            return rc;
        if (i && o[i].from.day <= o[i - 1].from.day)
            return fail(e, RC_INVALID, "from", "办公时间的版本须按生效日期先后排列",
                        "versions of the office hours must ascend by their day", NULL);
    }
    return RC_OK;
}

static void take_offices(struct arena *a, struct calendar *c, const struct calendar_office *offices,
                         size_t n)
{
    struct office *to = ARENA_NEW(a, struct office, n);
    for (size_t i = 0; i < n; i++) {
        struct calendar_hours *own = ARENA_NEW(a, struct calendar_hours, offices[i].n_hours);
        to[i] = (struct office){offices[i].from.day, own, offices[i].n_hours, 0};
        for (size_t k = 0; k < to[i].n_hours; k++) {
            own[k] = offices[i].hours[k];
            to[i].open_ms += (own[k].to - own[k].from) * SECOND_MS;
        }
    }
    c->offices = to;
    c->n_offices = n;
}

enum rc calendar_new_dated(struct arena *a, const struct calendar_day *days, size_t n_days,
                           const struct calendar_office *offices, size_t n_offices,
                           struct date notice_until, const struct calendar **out, struct err *e)
{
    enum rc rc = check_offices(offices, n_offices, e);
    if (rc == RC_OK)
        rc = check_days(days, n_days, e);
    if (rc != RC_OK)
        return rc;
    struct calendar *c = ARENA_NEW(a, struct calendar, 1);
    c->notice_until = notice_until;
    take_offices(a, c, offices, n_offices);
    take_rows(a, c, days, n_days);
    *out = c;
    return RC_OK;
}

enum rc calendar_new(struct arena *a, const struct calendar_day *days, size_t n_days,
                     const struct calendar_hours *hours, size_t n_hours, struct date notice_until,
                     const struct calendar **out, struct err *e)
{
    struct calendar_office always = {.hours = hours, .n_hours = n_hours};
    return calendar_new_dated(a, days, n_days, &always, 1, notice_until, out, e);
}

static const struct office *office_of(const struct calendar *c, struct date d)
{
    size_t i = c->n_offices - 1;
    while (i > 0 && c->offices[i].from > d.day)
        i--;
    return &c->offices[i];
}

const struct calendar_hours *calendar_windows(const struct calendar *c, struct date d,
                                              size_t *n_out)
{
    const struct office *o = office_of(c, d);
    *n_out = o->n_hours;
    return o->hours;
}

static const struct row *row_of(const struct calendar *c, int32_t day)
{
    size_t low = 0, high = c->n_rows;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (c->rows[mid].day < day)
            low = mid + 1;
        else
            high = mid;
    }
    return low < c->n_rows && c->rows[low].day == day ? &c->rows[low] : NULL;
}

enum day_kind calendar_kind(const struct calendar *c, struct date d, const char **name_out)
{
    const struct row *r = row_of(c, d.day);
    if (name_out)
        *name_out = r ? r->name : NULL;
    if (r)
        return r->kind;
    if (statutory_day(d, name_out))
        return DAY_STATUTORY;
    return date_weekday(d) >= 6 ? DAY_REST : DAY_WORK;
}

static bool kind_works(enum day_kind kind)
{
    return kind == DAY_WORK || kind == DAY_SWAP_WORK;
}

bool calendar_works(const struct calendar *c, struct date d)
{
    return kind_works(calendar_kind(c, d, NULL));
}

bool calendar_provisional(const struct calendar *c, struct date d)
{
    return d.day > c->notice_until.day;
}

struct date calendar_add_work_days(const struct calendar *c, struct date d, int n)
{
    int step = n < 0 ? -1 : 1;
    while (n != 0 && d.day < LAST_DAY && d.day > -LAST_DAY) {
        d.day += step;
        if (calendar_works(c, d))
            n -= step;
    }
    return d;
}

struct date calendar_roll(const struct calendar *c, struct date d)
{
    while (!calendar_works(c, d) && d.day < LAST_DAY)
        d.day++;
    return d;
}

/* The Beijing day of t and the milliseconds passed of it. */
static struct date split(struct instant t, int64_t *ms_of_day)
{
    struct date d = civil_date(t);
    int64_t start = instant_at(d, 0).ms;
    *ms_of_day = t.ms < start ? 0 : t.ms - start > DAY_MS ? DAY_MS : t.ms - start;
    return d;
}

/* Opening time of a working day before `ms_of_day`. */
static int64_t open_before(const struct office *o, int64_t ms_of_day)
{
    int64_t sum = 0;
    for (size_t i = 0; i < o->n_hours; i++) {
        int64_t from = o->hours[i].from * SECOND_MS, to = o->hours[i].to * SECOND_MS;
        if (ms_of_day > from)
            sum += (ms_of_day < to ? ms_of_day : to) - from;
    }
    return sum;
}

/* The moment of a working day at which `ms` (> 0, <= open_ms) of its opening time have passed. */
static int64_t moment_of(const struct office *o, int64_t ms)
{
    for (size_t i = 0; i < o->n_hours; i++) {
        int64_t window = (o->hours[i].to - o->hours[i].from) * SECOND_MS;
        if (ms <= window)
            return o->hours[i].from * SECOND_MS + ms;
        ms -= window;
    }
    return o->hours[o->n_hours - 1].to * SECOND_MS;
}

int64_t calendar_worked_ms(const struct calendar *c, struct instant from, struct instant to)
{
    if (to.ms <= from.ms)
        return 0;
    int64_t plain;
    if (!c)
        return __builtin_sub_overflow(to.ms, from.ms, &plain) ? INT64_MAX : plain;
    int64_t ms;
    struct date last = split(to, &ms);
    int64_t sum = calendar_works(c, last) ? open_before(office_of(c, last), ms) : 0;
    struct date d = split(from, &ms);
    if (calendar_works(c, d))
        sum -= open_before(office_of(c, d), ms);
    for (; d.day < last.day; d.day++)
        if (calendar_works(c, d))
            sum += office_of(c, d)->open_ms;
    return sum;
}

struct instant calendar_add(const struct calendar *c, struct instant from, int64_t ms)
{
    if (ms <= 0)
        return from;
    int64_t plain;
    if (!c)
        return (struct instant){__builtin_add_overflow(from.ms, ms, &plain) ? INT64_MAX : plain};
    int64_t passed;
    struct date d = split(from, &passed);
    if (calendar_works(c, d)) {
        const struct office *o = office_of(c, d);
        int64_t before = open_before(o, passed);
        if (ms <= o->open_ms - before)
            return (struct instant){instant_at(d, 0).ms + moment_of(o, before + ms)};
        ms -= o->open_ms - before;
    }
    for (d.day++; d.day < LAST_DAY; d.day++) {
        if (!calendar_works(c, d))
            continue;
        if (ms <= office_of(c, d)->open_ms)
            break;
        ms -= office_of(c, d)->open_ms;
    }
    return (struct instant){instant_at(d, 0).ms + moment_of(office_of(c, d), ms)};
}
