/* SPDX-License-Identifier: Apache-2.0 */
/* The minute ledger of the bare calendar: each day laid out as night, work, lunch, work, night or
 * as one free day, cut to the asked stretch; equal neighbours become one line. */
#include <string.h>

#include "rule/calendar_int.h"

struct span_list {
    struct arena *arena;
    struct span *at;
    size_t n, cap;
    struct instant from, to;
};

static bool same_note(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void append(struct span_list *l, struct span s)
{
    if (s.from.ms < l->from.ms)
        s.from = l->from;
    if (s.to.ms > l->to.ms)
        s.to = l->to;
    if (s.from.ms >= s.to.ms)
        return;
    struct span *last = l->n ? &l->at[l->n - 1] : NULL;
    if (last && last->kind == s.kind && last->makeup == s.makeup && same_note(last->note, s.note)) {
        last->to = s.to;
        return;
    }
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 16;
        struct span *more = ARENA_NEW(l->arena, struct span, cap);
        if (l->n)
            memcpy(more, l->at, l->n * sizeof *more);
        l->at = more;
        l->cap = cap;
    }
    l->at[l->n++] = s;
}

static void append_working_day(struct span_list *l, const struct calendar *c, struct date d,
                               bool makeup, const char *name)
{
    size_t n;
    const struct calendar_hours *h = calendar_windows(c, d, &n);
    struct instant at = instant_at(d, 0);
    for (size_t i = 0; i < n; i++) {
        struct instant open = instant_at(d, h[i].from), close = instant_at(d, h[i].to);
        append(l, (struct span){at, open, i ? SPAN_LUNCH : SPAN_NIGHT, false, NULL});
        append(l, (struct span){open, close, SPAN_WORKED, makeup, makeup ? name : NULL});
        at = close;
    }
    struct date next = {d.day + 1};
    append(l, (struct span){at, instant_at(next, 0), SPAN_NIGHT, false, NULL});
}

static void append_day(struct span_list *l, const struct calendar *c, struct date d)
{
    const char *name;
    enum day_kind kind = calendar_kind(c, d, &name);
    if (kind == DAY_WORK || kind == DAY_SWAP_WORK) {
        append_working_day(l, c, d, kind == DAY_SWAP_WORK, name);
        return;
    }
    bool weekend = kind == DAY_REST && date_weekday(d) >= 6;
    struct date next = {d.day + 1};
    append(l, (struct span){instant_at(d, 0), instant_at(next, 0),
                            weekend ? SPAN_WEEKEND : SPAN_HOLIDAY, false, name});
}

void calendar_spans(struct arena *a, const struct calendar *c, struct instant from,
                    struct instant to, const struct span **out, size_t *n_out)
{
    struct span_list l = {.arena = a, .from = from, .to = to};
    if (!c)
        append(&l, (struct span){from, to, SPAN_WORKED, false, NULL});
    else if (from.ms < to.ms)
        for (struct date d = civil_date(from), last = civil_date(to); d.day <= last.day; d.day++)
            append_day(&l, c, d);
    *out = l.at;
    *n_out = l.n;
}
