/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks of domain.md 3.2-3.4. Pauses are walked in order of their start by searching the next one
 * each time: no copy, no memory, and a ticket has few of them. */
#include "rule/sla.h"

#include <stdlib.h>
#include <string.h>

/* The pause that stops the clock first behind `at`, or NULL: of all that end later the one that
 * begins first; of equals the longest. Empty and reversed pauses never count. */
static const struct sla_pause *next_pause(const struct sla_pause *p, size_t n, int64_t at)
{
    const struct sla_pause *best = NULL;
    for (size_t i = 0; i < n; i++) {
        if (p[i].to.ms <= at || p[i].to.ms <= p[i].from.ms)
            continue;
        if (!best || p[i].from.ms < best->from.ms ||
            (p[i].from.ms == best->from.ms && p[i].to.ms > best->to.ms))
            best = &p[i];
    }
    return best;
}

static bool past_notice(const struct calendar *c, struct instant t)
{
    return c && calendar_provisional(c, civil_date(t));
}

struct instant sla_deadline(const struct calendar *c, struct instant start, int32_t limit_minutes,
                            const struct sla_pause *pauses, size_t n_pauses, bool *provisional)
{
    int64_t left = limit_minutes * MINUTE_MS;
    struct instant at = start, end = {INT64_MAX};
    while (at.ms < INT64_MAX) {
        const struct sla_pause *p = next_pause(pauses, n_pauses, at.ms);
        int64_t run = p ? calendar_worked_ms(c, at, p->from) : INT64_MAX;
        if (left <= run) {
            end = calendar_add(c, at, left);
            break;
        }
        left -= run;
        at = p->to;
    }
    if (provisional)
        *provisional = past_notice(c, end);
    return end;
}

int64_t sla_elapsed_ms(const struct calendar *c, struct instant start, struct instant stop,
                       const struct sla_pause *pauses, size_t n_pauses)
{
    int64_t sum = 0;
    struct instant at = start;
    while (at.ms < stop.ms) {
        const struct sla_pause *p = next_pause(pauses, n_pauses, at.ms);
        if (!p || p->from.ms >= stop.ms)
            return sum + calendar_worked_ms(c, at, stop);
        sum += calendar_worked_ms(c, at, p->from);
        at = p->to;
    }
    return sum;
}

struct ledger {
    struct arena *arena;
    struct span *at;
    size_t n, cap;
};

static void ledger_add(struct ledger *l, const struct span *s, size_t n)
{
    if (n > l->cap - l->n) {
        size_t cap = (l->n + n) * 2 + 16;
        struct span *more = ARENA_NEW(l->arena, struct span, cap);
        if (l->n)
            memcpy(more, l->at, l->n * sizeof *more);
        l->at = more;
        l->cap = cap;
    }
    if (n)
        memcpy(l->at + l->n, s, n * sizeof *s);
    l->n += n;
}

static void ledger_run(struct ledger *l, const struct calendar *c, struct instant from,
                       struct instant to)
{
    const struct span *s = NULL;
    size_t n = 0;
    if (from.ms < to.ms)
        calendar_spans(l->arena, c, from, to, &s, &n);
    ledger_add(l, s, n);
}

void sla_ledger(struct arena *a, const struct calendar *c, struct instant start,
                struct instant stop, const struct sla_pause *pauses, size_t n_pauses,
                const struct span **out, size_t *n_out)
{
    struct ledger l = {.arena = a};
    struct instant at = start;
    while (at.ms < stop.ms) {
        const struct sla_pause *p = next_pause(pauses, n_pauses, at.ms);
        if (!p || p->from.ms >= stop.ms) {
            ledger_run(&l, c, at, stop);
            break;
        }
        ledger_run(&l, c, at, p->from);
        struct instant from = p->from.ms > at.ms ? p->from : at;
        struct span cut = {from, p->to.ms < stop.ms ? p->to : stop, SPAN_PAUSED, false, p->reason};
        ledger_add(&l, &cut, 1);
        at = cut.to;
    }
    *out = l.at;
    *n_out = l.n;
}

static bool word_fits(const char *wanted, const char *have)
{
    return !wanted || !*wanted || (have && strcmp(wanted, have) == 0);
}

static bool rule_holds(const struct sla_rule *r, const struct sla_facts *f)
{
    struct date on = civil_date(f->t0);
    return on.day >= r->valid_from.day && (r->valid_to.day == 0 || on.day <= r->valid_to.day) &&
           word_fits(r->line, f->line) && word_fits(r->asset_group, f->asset_group) &&
           word_fits(r->grade, f->grade) && (r->emergency < 0 || r->emergency == f->emergency) &&
           (r->in_duty < 0 || r->in_duty == f->in_duty);
}

static int word_order(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static bool same_rule(const struct sla_rule *a, const struct sla_rule *b)
{
    return word_order(a->code, b->code) == 0 && word_order(a->metric, b->metric) == 0 &&
           word_order(a->line, b->line) == 0 && word_order(a->asset_group, b->asset_group) == 0 &&
           word_order(a->grade, b->grade) == 0 && a->emergency == b->emergency &&
           a->in_duty == b->in_duty;
}

/* Two values of one rule: the stronger source wins (C-050), then the newer version. */
static bool overrules(const struct sla_rule *a, const struct sla_rule *b)
{
    if (a == b || !same_rule(a, b))
        return false;
    if (a->source_rank != b->source_rank)
        return a->source_rank < b->source_rank;
    return a->valid_from.day > b->valid_from.day;
}

/* Those which hold and are not overruled, each with its clock. */
static size_t running_clocks(const struct calendar *cal_5x8, const struct sla_rule *rules, size_t n,
                             const struct sla_facts *f, const struct sla_rule **held,
                             struct sla_clock *clocks)
{
    size_t n_held = 0, n_clocks = 0;
    for (size_t i = 0; i < n; i++)
        if (rule_holds(&rules[i], f))
            held[n_held++] = &rules[i];
    for (size_t i = 0; i < n_held; i++) {
        bool beaten = false;
        for (size_t k = 0; k < n_held && !beaten; k++)
            beaten = overrules(held[k], held[i]);
        if (beaten)
            continue;
        const struct sla_rule *r = held[i];
        struct sla_clock *clock = &clocks[n_clocks++];
        bool upgraded = r->emergency == 1 && f->emergency_at.ms > f->t0.ms;
        const struct calendar *c = r->calendar == CAL_5X8 ? cal_5x8 : NULL;
        clock->rule = r;
        clock->start = upgraded ? f->emergency_at : f->t0;
        clock->deadline =
            sla_deadline(c, clock->start, r->limit_minutes, NULL, 0, &clock->provisional);
    }
    return n_clocks;
}

/* By metric, then the strictest first; of equal deadlines the contract's before our own target,
 * then the stronger source, then the code: a total order, so the rows' order never shows. */
static int by_strictness(const void *pa, const void *pb)
{
    const struct sla_clock *a = pa, *b = pb;
    int order = word_order(a->rule->metric, b->rule->metric);
    if (order != 0)
        return order;
    if (a->deadline.ms != b->deadline.ms)
        return a->deadline.ms < b->deadline.ms ? -1 : 1;
    if (a->rule->internal != b->rule->internal)
        return a->rule->internal ? 1 : -1;
    if (a->rule->source_rank != b->rule->source_rank)
        return a->rule->source_rank < b->rule->source_rank ? -1 : 1;
    order = word_order(a->rule->code, b->rule->code);
    return order != 0 ? order : (a->rule > b->rule) - (a->rule < b->rule);
}

void sla_select(struct arena *a, const struct calendar *cal_5x8, const struct sla_rule *rules,
                size_t n_rules, const struct sla_facts *facts, const struct sla_clock **out,
                size_t *n_out)
{
    const struct sla_rule **held = ARENA_NEW(a, const struct sla_rule *, n_rules);
    struct sla_clock *clocks = ARENA_NEW(a, struct sla_clock, n_rules);
    size_t n = running_clocks(cal_5x8, rules, n_rules, facts, held, clocks);
    qsort(clocks, n, sizeof *clocks, by_strictness);
    const struct sla_rule **losers = ARENA_NEW(a, const struct sla_rule *, n_rules);
    size_t n_winners = 0;
    for (size_t i = 0; i < n; i++) {
        losers[i] = clocks[i].rule;
        struct sla_clock *winner = n_winners ? &clocks[n_winners - 1] : NULL;
        if (winner && word_order(winner->rule->metric, clocks[i].rule->metric) == 0) {
            winner->n_losers++;
        } else {
            clocks[n_winners] = clocks[i];
            clocks[n_winners].losers = &losers[i + 1];
            clocks[n_winners].n_losers = 0;
            n_winners++;
        }
    }
    *out = clocks;
    *n_out = n_winners;
}
