/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the engine's targets equal to the business store's list while it runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/log.h"
#include "watch/engine_int.h"
#include "watch/route.h"

enum { ROUTES_MS = 60000, START_GAP_MS = 2, BUSINESS_MS = 60000 };

/* --- interfaces --- */

static struct interface *interface_of(struct engine *e, int index)
{
    for (int i = 0; i < e->n_interfaces; i++)
        if (e->interfaces[i].index == index)
            return &e->interfaces[i];
    if (e->n_interfaces == MAX_INTERFACES)
        return NULL; /* such a target is simply never judged blind */
    struct interface *by = &e->interfaces[e->n_interfaces++];
    *by = (struct interface){.index = index, .loopback = route_is_loopback(index)};
    return by;
}

void live_route(struct engine *e, struct target *t)
{
    if (!t->spec.fault && t->listed)
        t->by = interface_of(e, route_egress(e->route_fd, &t->spec.to));
}

void live_routes(struct engine *e)
{
    e->routes_at = boot_ms() + ROUTES_MS;
    for (size_t i = 0; i < e->n; i++)
        live_route(e, e->all[i]);
}

/* --- targets come and go --- */

static struct target *new_target(struct engine *e)
{
    struct target *t = calloc(1, sizeof *t);
    if (!t)
        die("out of memory");
    t->engine = e;
    t->due.phase = schedule_place(&e->schedule, e->o.rules.interval_ms);
    return t;
}

static void drop_target(struct engine *e, struct target *t)
{
    probe_cancel(e->prober, t->job);
    schedule_remove(&e->schedule, &t->due);
    free(t);
}

static void begin(struct engine *e, struct target *t, int64_t when)
{
    t->listed = true;
    if (t->spec.fault) {
        snprintf(t->state.detail, sizeof t->state.detail, "%s", t->spec.fault);
        schedule_remove(&e->schedule, &t->due);
        return;
    }
    live_route(e, t);
    schedule_at(&e->schedule, &t->due, when);
}

static void say_unknown(struct engine *e, struct target *t, const char *rule)
{
    struct verdict v;
    int64_t at = wall_ms();
    state_blind(&t->state, at, 0, rule, &v);
    engine_verdict(e, t, &v);
}

static struct target *added(struct engine *e, const struct target_spec *spec, int64_t when)
{
    struct target *t = new_target(e);
    t->spec = *spec;
    state_new(&t->state, wall_ms());
    t->dirty = true;
    begin(e, t, when);
    flush_soon(e, boot_ms(), 100);
    return t;
}

/* Another address is another thing to watch, one that may not be looked at any more is none: what was
 * known before does not count. */
static void changed(struct engine *e, struct target *t, const struct target_spec *spec,
                    int64_t when)
{
    probe_cancel(e->prober, t->job);
    t->job = 0;
    t->again = false;
    sample_close(e, t);
    say_unknown(e, t, "address changed");
    t->spec = *spec;
    state_new(&t->state, wall_ms());
    t->dirty = true;
    begin(e, t, when);
    flush_soon(e, boot_ms(), 100);
}

static void removed(struct engine *e, struct target *t)
{
    sample_close(e, t);
    say_unknown(e, t, "no longer watched");
    store_forget(e->store, t->spec.asset_id, t->spec.check);
    flush_soon(e, boot_ms(), 100);
    drop_target(e, t);
}

static void kept(struct engine *e, struct target *t, const struct target_spec *spec, int64_t when)
{
    /* What is known from before a restart has no fault: it was watched or is unknown. */
    bool same = strcmp(t->spec.address, spec->address) == 0 && !t->spec.fault == !spec->fault;
    if (!same) {
        changed(e, t, spec, when);
    } else if (!t->listed) { /* known from before the restart */
        t->spec = *spec;
        begin(e, t, when);
    }
}

static void append(struct target **list, size_t *n, struct target *t)
{
    list[(*n)++] = t;
}

/* Both lists are sorted by the same key: one merge tells new, kept and gone. */
static void apply(struct engine *e, const struct target_list *l, int64_t now)
{
    size_t i = 0, k = 0, n = 0, fresh = 0;
    struct target **next = calloc(e->n + l->n + 1, sizeof(struct target *));
    if (!next)
        die("out of memory");
    while (i < e->n || k < l->n) {
        struct target *t = i < e->n ? e->all[i] : NULL;
        const struct target_spec *s = k < l->n ? &l->specs[k] : NULL;
        int order = !t ? 1 : !s ? -1
                               : target_order(t->spec.asset_id, t->spec.check, s->asset_id,
                                              s->check);
        int64_t when = now + (int64_t)fresh * START_GAP_MS;
        if (order < 0) {
            removed(e, t);
        } else if (order > 0) {
            append(next, &n, added(e, s, when));
            fresh++;
        } else {
            fresh += !t->listed;
            kept(e, t, s, when);
            append(next, &n, t);
        }
        i += order <= 0;
        k += order >= 0;
    }
    free(e->all);
    e->all = next;
    e->n = n;
}

/* A long-lived reader would keep looking into a file that a restore has replaced. */
static enum rc open_business(struct engine *e, int64_t now)
{
    if (e->business && now < e->business_until)
        return RC_OK;
    db_close(e->business);
    e->business = NULL;
    e->business_until = now + BUSINESS_MS;
    struct err err = {0};
    enum rc rc = db_open(e->o.data_dir, e->o.url, DB_BUSINESS, DB_READ, &e->business, &err);
    if (rc) {
        e->business = NULL;
        if (!e->business_waits_said)
            log_info("waiting for the business store: %s", err.en);
        e->business_waits_said = true;
    }
    return rc;
}

void live_reload(struct engine *e, int64_t now)
{
    struct target_list l;
    e->reload_at = now + e->o.reload_ms;
    if (open_business(e, now))
        return;
    if (targets_read(e->business, &l)) { /* not migrated yet, or the server went away */
        if (!e->business_waits_said)
            log_warn("cannot read what to watch: %s", db_err(e->business)->en);
        e->business_waits_said = true;
        db_close(e->business);
        e->business = NULL;
        return;
    }
    size_t before = e->n;
    bool first = !e->known;
    e->known = true;
    e->business_waits_said = false;
    apply(e, &l, now);
    free(e->links);
    e->links = l.links;
    e->n_links = l.n_links;
    l.links = NULL;
    target_list_free(&l);
    if (first || before != e->n)
        log_info("watching %zu targets", e->n);
}

/* --- restart --- */

static void restore_one(void *arg, const struct stored_target *stored)
{
    struct engine *e = arg;
    if (e->n == e->cap) {
        e->cap = e->cap ? e->cap * 2 : 256;
        e->all = reallocarray(e->all, e->cap, sizeof(struct target *));
        if (!e->all)
            die("out of memory");
    }
    struct target *t = new_target(e);
    t->spec.asset_id = stored->asset_id;
    snprintf(t->spec.check, sizeof t->spec.check, "%s", stored->check);
    snprintf(t->spec.address, sizeof t->spec.address, "%s", stored->address);
    t->row_id = stored->id;
    t->state = stored->state;
    t->state.calm_since = boot_ms();
    t->state.flap_ok = false;
    /* A failure that began before a long stop is decided anew. */
    if (t->state.shown == WATCH_SUSPECT &&
        wall_ms() - t->state.last_at > 2 * e->o.rules.interval_ms)
        state_forget_misses(&t->state);
    e->all[e->n++] = t;
}

static int by_key(const void *a, const void *b)
{
    const struct target *x = *(struct target *const *)a, *y = *(struct target *const *)b;
    return target_order(x->spec.asset_id, x->spec.check, y->spec.asset_id, y->spec.check);
}

static void restore_flip(void *arg, int64_t asset_id, const char *check, int64_t at,
                         const char *rule)
{
    struct engine *e = arg;
    int64_t boot_at = boot_ms() - (wall_ms() - at);
    for (size_t i = engine_first_of(e, asset_id);
         i < e->n && e->all[i]->spec.asset_id == asset_id; i++) {
        struct state *s = &e->all[i]->state;
        if (strcmp(e->all[i]->spec.check, check) != 0)
            continue;
        if (strncmp(rule, "calm", 4) == 0)
            s->n_flips = 0;
        else if (s->n_flips < STATE_FLIPS)
            s->flips[s->n_flips++] = boot_at;
    }
}

enum rc live_restore(struct engine *e)
{
    enum rc rc = store_load(e->store, restore_one, e);
    if (rc)
        return rc;
    if (e->n)
        qsort(e->all, e->n, sizeof(struct target *), by_key);
    return store_load_flips(e->store, wall_ms() - e->o.rules.flip_ms, restore_flip, e);
}

void live_free(struct engine *e)
{
    for (size_t i = 0; i < e->n; i++)
        free(e->all[i]);
    free(e->all);
    free(e->links);
}
