/* SPDX-License-Identifier: Apache-2.0 */
/* When a failure is ours and not the target's: a gap of the scheduler, an error of the local send,
 * a whole interface falling silent at once (design.md 10). "No answer" is then unknown. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "watch/engine_int.h"
#include "watch/route.h"

static void make_unknown(struct engine *e, struct target *t, int64_t at, int64_t since_at,
                         const char *rule)
{
    struct verdict v;
    state_blind(&t->state, at, since_at, rule, &v);
    engine_verdict(e, t, &v);
}

/* --- a gap --- */

void blind_gap(struct engine *e, int64_t gap_ms, int64_t now)
{
    char rule[STATE_RULE];
    int64_t at = wall_ms();
    snprintf(rule, sizeof rule, "unknown for all: the scheduler stood still for %lld s",
             (long long)((gap_ms + 500) / 1000));
    log_warn("%s", rule);
    for (int i = 0; i < e->n_interfaces; i++) {
        e->interfaces[i].blind = false;
        e->interfaces[i].heard = 0;
    }
    for (size_t i = 0; i < e->n; i++) {
        struct target *t = e->all[i];
        probe_cancel(e->prober, t->job); /* what was asked before the gap says nothing now */
        t->job = 0;
        t->again = false;
        make_unknown(e, t, at, at - gap_ms, rule);
        if (t->listed && !t->spec.fault)
            schedule_at(&e->schedule, &t->due, now);
    }
}

/* --- a local error --- */

static void probe_neighbours(struct engine *e, const struct interface *by)
{
    for (size_t i = 0; i < e->n; i++)
        if (e->all[i]->by == by && !e->all[i]->job)
            engine_check_now(e, e->all[i]);
}

/* The others of the interface are asked at once: those that cannot be sent to either follow. */
void blind_local_error(struct engine *e, struct target *t, const char *detail, int64_t sent_at)
{
    char rule[STATE_RULE];
    int64_t at = wall_ms(), now = boot_ms();
    struct interface *was = t->by;
    snprintf(rule, sizeof rule, "cannot send: %s", detail);
    t->state.last_at = at;
    snprintf(t->state.detail, sizeof t->state.detail, "%s", rule);
    make_unknown(e, t, at, sent_at, rule);
    t->local_failure = true;
    e->local_failures = true;
    if (was && !was->loopback &&
        (!was->local_sweep || now - was->local_sweep >= e->o.rules.interval_ms)) {
        log_warn("target %lld %s: %s", (long long)t->spec.asset_id, t->spec.check, rule);
        was->local_sweep = now;
        probe_neighbours(e, was);
    }
    live_route(e, t);
}

/* --- signs of life --- */

static void see_again(struct engine *e, struct interface *by)
{
    char name[32];
    route_name(by->index, name);
    log_info("%s answers again", name);
    by->blind = false;
    for (size_t i = 0; i < e->n; i++) {
        if (e->all[i]->by != by)
            continue;
        state_forget_misses(&e->all[i]->state); /* decided anew */
        engine_check_now(e, e->all[i]);
    }
}

static void retry_local_failures(struct engine *e, const struct target *but)
{
    e->local_failures = false;
    for (size_t i = 0; i < e->n; i++)
        if (e->all[i]->local_failure && e->all[i] != but)
            engine_check_now(e, e->all[i]);
}

void blind_heard(struct engine *e, struct target *t, int64_t now)
{
    if (!t->by || t->by->index == 0)
        live_route(e, t); /* it had no route when last asked */
    if (!t->by)
        return;
    t->by->heard = now;
    if (t->by->blind)
        see_again(e, t->by);
    if (e->local_failures && !t->by->loopback)
        retry_local_failures(e, t);
}

/* --- a silent interface --- */

static int64_t first_miss_sent(const struct target *t, int64_t sent)
{
    return t->state.misses ? t->state.miss_sent[0] : sent;
}

/* It has answered before and nothing says yet that it is dark. */
static bool expected_alive(const struct target *t)
{
    return t->state.decided != WATCH_DOWN && t->state.last_ok_at;
}

/* Counts who should answer on this interface, and how many of them miss now. */
static void count_failing(const struct engine *e, const struct target *t, int *alive, int *failing)
{
    *alive = *failing = 1; /* t itself */
    for (size_t i = 0; i < e->n; i++) {
        const struct target *o = e->all[i];
        if (o == t || o->by != t->by || !expected_alive(o))
            continue;
        ++*alive;
        *failing += o->state.misses > 0;
    }
}

static void probe_silent(struct engine *e, const struct target *t)
{
    for (size_t i = 0; i < e->n; i++) {
        struct target *o = e->all[i];
        if (o != t && o->by == t->by && expected_alive(o) && !o->state.misses && !o->job)
            engine_check_now(e, o);
    }
}

static void go_blind(struct engine *e, struct target *t, int failing)
{
    char name[32], rule[STATE_RULE];
    struct interface *by = t->by;
    int64_t at = wall_ms(), since = at;
    route_name(by->index, name);
    snprintf(rule, sizeof rule, "unknown for all: all %d targets of %s failed together", failing,
             name);
    log_warn("%s", rule);
    by->blind = true;
    for (size_t i = 0; i < e->n; i++) {
        const struct state *s = &e->all[i]->state;
        if (e->all[i]->by == by && expected_alive(e->all[i]) && s->first_miss_at &&
            s->first_miss_at < since)
            since = s->first_miss_at;
    }
    for (size_t i = 0; i < e->n; i++)
        if (e->all[i]->by == by)
            make_unknown(e, e->all[i], at, since, rule);
}

enum blind_look blind_look(struct engine *e, struct target *t, int64_t sent)
{
    int alive, failing;
    struct interface *by = t->by;
    if (!by || by->loopback || by->index == 0 || !expected_alive(t))
        return BLIND_NO;
    if (by->heard >= first_miss_sent(t, sent))
        return BLIND_NO;
    count_failing(e, t, &alive, &failing);
    if (alive < BLIND_LEAST)
        return BLIND_NO;
    if (failing < alive) {
        probe_silent(e, t);
        return BLIND_HOLD;
    }
    go_blind(e, t, failing);
    return BLIND_YES;
}

/* --- the first miss --- */

static void probe_asset(struct engine *e, int64_t asset_id, int64_t now)
{
    for (size_t i = engine_first_of(e, asset_id);
         i < e->n && e->all[i]->spec.asset_id == asset_id; i++) {
        struct target *t = e->all[i];
        bool fresh = t->done && now - t->done < e->o.rules.retry_ms / 2;
        if (!t->job && !fresh)
            engine_check_now(e, t);
    }
}

static size_t first_link(const struct engine *e, int64_t asset_id)
{
    size_t low = 0, high = e->n_links;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (e->links[mid].asset_id < asset_id)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Everything above the asset, nearest first; cycles are walked once. */
static void probe_uplinks(struct engine *e, int64_t asset_id, int64_t now)
{
    int64_t seen[32];
    int n = 0, most = (int)(sizeof seen / sizeof *seen);
    seen[n++] = asset_id;
    for (int at = 0; at < n; at++) {
        for (size_t i = first_link(e, seen[at]);
             i < e->n_links && e->links[i].asset_id == seen[at]; i++) {
            bool known = n == most;
            for (int k = 0; k < n && !known; k++)
                known = seen[k] == e->links[i].up_id;
            if (known)
                continue;
            seen[n++] = e->links[i].up_id;
            probe_asset(e, e->links[i].up_id, now);
        }
    }
}

/* What it feeds is likely back too: not worth waiting for its turn. */
void blind_back_again(struct engine *e, const struct target *t, int64_t now)
{
    for (size_t i = 0; i < e->n_links; i++)
        if (e->links[i].up_id == t->spec.asset_id)
            probe_asset(e, e->links[i].asset_id, now);
}

/* A few others of the interface tell whether it still works by the time we must decide. */
static void probe_witnesses(struct engine *e, const struct target *t)
{
    int asked = 0;
    for (size_t looked = 0; looked < e->n && looked < 1000 && asked < WITNESSES; looked++) {
        struct target *o = e->all[e->witness++ % e->n];
        if (o == t || o->by != t->by || o->state.shown != WATCH_UP || o->job)
            continue;
        engine_check_now(e, o);
        asked++;
    }
}

void blind_first_miss(struct engine *e, struct target *t, int64_t now)
{
    probe_uplinks(e, t->spec.asset_id, now);
    if (t->by && !t->by->loopback && t->by->index && t->state.decided == WATCH_UP)
        probe_witnesses(e, t);
}
