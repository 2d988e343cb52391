/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/log.h"
#include "watch/engine_int.h"
#include "watch/route.h"

enum { TICK_MS = 1000, EVENTS = 16, PROBER_TAG = 1000 };

int64_t wall_ms(void)
{
    return instant_now().ms;
}

/* --- one check --- */

static void schedule_regularly(struct engine *e, struct target *t, int64_t now)
{
    schedule_at(&e->schedule, &t->due,
                schedule_regular(&t->due, now, e->o.rules.interval_ms));
}

void engine_verdict(struct engine *e, struct target *t, const struct verdict *v)
{
    t->dirty = true;
    if (!v->decided)
        return;
    struct observation o = {.asset_id = t->spec.asset_id,
                            .from = v->from,
                            .to = v->to,
                            .at = v->at,
                            .dark_since = v->dark_since};
    memcpy(o.check, t->spec.check, sizeof o.check);
    snprintf(o.rule, sizeof o.rule, "%s", v->rule);
    memcpy(o.detail, t->state.detail, sizeof o.detail);
    store_observe(e->store, &o);
    flush_soon(e, boot_ms(), 100);
}

static void after_check(struct engine *e, struct target *t, const struct verdict *v, int64_t now)
{
    enum watch_state was = t->state.shown;
    engine_verdict(e, t, v);
    if (v->first_miss || was == WATCH_SUSPECT)
        flush_soon(e, now, 100);
    if (t->again) {
        t->again = false;
        schedule_at(&e->schedule, &t->due, now);
    } else if (v->next) {
        schedule_at(&e->schedule, &t->due, v->next);
    } else if (v->delay) {
        schedule_at(&e->schedule, &t->due, now + v->delay);
    } else {
        schedule_regularly(e, t, now);
    }
    if (v->first_miss)
        blind_first_miss(e, t, now);
    if (v->decided && v->from == WATCH_DOWN && v->to == WATCH_UP)
        blind_back_again(e, t, now);
}

static void check_done(void *arg, const struct probe_answer *a)
{
    struct target *t = arg;
    struct engine *e = t->engine;
    int64_t now = boot_ms(), at = wall_ms();
    struct verdict v;
    struct check c = {.ok = a->result == PROBE_UP,
                      .sent = a->sent,
                      .now = now,
                      .sent_at = at - (now - a->sent),
                      .at = at,
                      .rtt_us = a->rtt_us,
                      .detail = a->detail};
    t->job = 0;
    t->done = now;
    t->checks++;
    if (a->result == PROBE_LOCAL) {
        t->again = false;
        schedule_regularly(e, t, now);
        blind_local_error(e, t, a->detail, c.sent_at);
        return;
    }
    t->local_failure = false;
    if (a->result == PROBE_UP || a->result == PROBE_REFUSED)
        blind_heard(e, t, now);
    c.blind = t->by && t->by->blind;
    if (!c.blind)
        sample_add(e, t, c.ok, a->rtt_us);
    if (!c.ok && !c.blind && !t->state.flapping && state_near_down(&t->state, &e->o.rules)) {
        enum blind_look look = blind_look(e, t, a->sent);
        c.hold = look == BLIND_HOLD;
        c.blind = look == BLIND_YES;
    }
    state_answer(&t->state, &e->o.rules, &c, &v);
    after_check(e, t, &v, now);
}

static void start_check(struct engine *e, struct target *t)
{
    int timeout = t->spec.kind == PROBE_ICMP ? e->o.icmp_timeout_ms : e->o.tcp_timeout_ms;
    t->job = probe_start(e->prober, t->spec.kind, &t->spec.to, timeout, check_done, t);
}

void engine_check_now(struct engine *e, struct target *t)
{
    if (t->spec.fault || !t->listed)
        return;
    if (t->job)
        t->again = true;
    else
        schedule_at(&e->schedule, &t->due, boot_ms());
}

/* Too many observations wait for the database: stop making new ones rather than lose any. */
static bool held_back(struct engine *e, int64_t now)
{
    enum { MOST_WAITING = 500000 };
    if (store_waiting(e->store) < MOST_WAITING) {
        if (e->held_back_since)
            blind_gap(e, now - e->held_back_since, now);
        e->held_back_since = 0;
        return false;
    }
    if (!e->held_back_since) {
        e->held_back_since = now;
        log_error("checks stop: %zu observations wait for the database",
                  store_waiting(e->store));
    }
    return true;
}

static void run_due(struct engine *e, int64_t now)
{
    struct due *d;
    if (held_back(e, now))
        return;
    while ((d = schedule_first(&e->schedule)) && d->at <= now) {
        schedule_remove(&e->schedule, d);
        start_check(e, (struct target *)(void *)d);
    }
}

/* --- the loop --- */

void engine_listen(struct engine *e, int fd, void (*ready)(void *arg), void *arg)
{
    if (e->n_listeners == MAX_LISTENERS)
        die("too many descriptors in the loop");
    struct epoll_event ev = {.events = EPOLLIN, .data.u64 = (uint64_t)e->n_listeners};
    if (epoll_ctl(e->epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0)
        die("epoll: %s", strerror(errno));
    e->listeners[e->n_listeners++] = (struct listener){fd, ready, arg};
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int wait_ms(const struct engine *e, int64_t now, int most)
{
    int64_t wait = sooner(most, TICK_MS);
    int probing = prober_wait_ms(e->prober);
    const struct due *d = schedule_first(&e->schedule);
    if (probing >= 0)
        wait = sooner(wait, probing);
    if (d && !e->held_back_since)
        wait = sooner(wait, d->at - now);
    wait = sooner(wait, e->reload_at - now);
    if (e->flush_at)
        wait = sooner(wait, e->flush_at - now);
    return wait < 0 ? 0 : (int)wait;
}

static void look_for_gap(struct engine *e, int64_t now)
{
    int64_t gap = e->last_step ? now - e->last_step : 0;
    e->last_step = now;
    if (gap > 2 * e->o.rules.interval_ms)
        blind_gap(e, gap, now);
}

void engine_step(struct engine *e, int max_wait_ms)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(e->epoll_fd, events, EVENTS, wait_ms(e, boot_ms(), max_wait_ms));
    look_for_gap(e, boot_ms());
    for (int i = 0; i < n; i++) {
        if (events[i].data.u64 == PROBER_TAG)
            continue; /* stepped below in any case */
        struct listener *l = &e->listeners[events[i].data.u64];
        l->ready(l->arg);
    }
    prober_step(e->prober);
    int64_t now = boot_ms();
    if (now >= e->reload_at)
        live_reload(e, now);
    if (now >= e->routes_at)
        live_routes(e);
    run_due(e, now);
    prober_step(e->prober); /* what became due leaves in the same turn */
    flush_turn(e, boot_ms());
}

void engine_reload_soon(struct engine *e)
{
    e->reload_at = 0;
}

/* --- life --- */

static void fill_defaults(struct engine_options *o)
{
    if (!o->rules.interval_ms)
        o->rules = state_default_rules();
    if (!o->icmp_timeout_ms)
        o->icmp_timeout_ms = 1000;
    if (!o->tcp_timeout_ms)
        o->tcp_timeout_ms = 3000;
    if (!o->reload_ms)
        o->reload_ms = 5000;
}

enum rc engine_new(const struct engine_options *o, struct db *db, struct engine **out,
                   struct err *err)
{
    struct engine *e = calloc(1, sizeof *e);
    if (!e)
        die("out of memory");
    e->o = *o;
    fill_defaults(&e->o);
    e->db = db;
    e->store = store_new(db);
    e->prober = prober_new(&e->o.prober);
    e->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    e->route_fd = route_open();
    struct epoll_event ev = {.events = EPOLLIN, .data.u64 = PROBER_TAG};
    if (e->epoll_fd < 0 || e->route_fd < 0 ||
        epoll_ctl(e->epoll_fd, EPOLL_CTL_ADD, prober_fd(e->prober), &ev) < 0)
        die("cannot watch: %s", strerror(errno));
    enum rc rc = live_restore(e);
    if (rc) {
        if (err)
            *err = *db_err(db);
        engine_free(e);
        return rc;
    }
    *out = e;
    return RC_OK;
}

void engine_free(struct engine *e)
{
    if (!e)
        return;
    flush_last(e);
    prober_free(e->prober);
    live_free(e);
    schedule_free(&e->schedule);
    store_free(e->store);
    db_close(e->business);
    close(e->epoll_fd);
    close(e->route_fd);
    free(e);
}

/* --- looking in --- */

size_t engine_first_of(const struct engine *e, int64_t asset_id)
{
    size_t low = 0, high = e->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (e->all[mid]->spec.asset_id < asset_id)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static const struct target *find(const struct engine *e, int64_t asset_id, const char *check)
{
    for (size_t i = engine_first_of(e, asset_id);
         i < e->n && e->all[i]->spec.asset_id == asset_id; i++)
        if (strcmp(e->all[i]->spec.check, check) == 0)
            return e->all[i];
    return NULL;
}

const struct state *engine_state(const struct engine *e, int64_t asset_id, const char *check)
{
    const struct target *t = find(e, asset_id, check);
    return t ? &t->state : NULL;
}

uint64_t engine_checks_done(const struct engine *e, int64_t asset_id, const char *check)
{
    const struct target *t = find(e, asset_id, check);
    return t ? t->checks : 0;
}

size_t engine_targets(const struct engine *e)
{
    return e->n;
}

const char *engine_icmp_mode(const struct engine *e)
{
    return prober_icmp_mode(e->prober);
}

void engine_pretend_gap(struct engine *e, int64_t ms)
{
    e->last_step = boot_ms() - ms;
}
