/* SPDX-License-Identifier: Apache-2.0 */
/* The monitoring engine: reads what to watch from the business store, checks it, decides, writes
 * observations. One thread; the caller turns engine_step() in a loop and owns the databases' urls.
 * It only reads the business store and never waits for the network. */
#ifndef WATCH_ENGINE_H
#define WATCH_ENGINE_H
#include "db/migrate.h"
#include "watch/probe.h"
#include "watch/state.h"

struct engine_options {
    const char *data_dir, *url; /* where the business store is; borrowed */
    struct state_rules rules;   /* interval_ms 0 = state_default_rules() */
    int icmp_timeout_ms;        /* 0 = 1000 */
    int tcp_timeout_ms;         /* 0 = 3000 */
    int64_t reload_ms;          /* between looks at the business store, 0 = 5000 */
    struct prober_options prober;
    void (*wrote)(void *arg); /* observations were committed: poke the reader; may be NULL */
    void *wrote_arg;
};
struct engine;

/* db: the watch store, open for writing and migrated; borrowed. */
MUST_USE enum rc engine_new(const struct engine_options *o, struct db *db, struct engine **out,
                            struct err *e);
/* Writes what still waits (best effort) and ends all probes. */
void engine_free(struct engine *e);

/* Adds a descriptor to the loop, e.g. a signalfd or a poke socket: ready(arg) when readable. */
void engine_listen(struct engine *e, int fd, void (*ready)(void *arg), void *arg);

/* One turn: waits at most max_wait_ms for something to do. */
void engine_step(struct engine *e, int max_wait_ms);
void engine_reload_soon(struct engine *e); /* a poke: look at the business store in this turn */

/* --- for tests and figures --- */
const struct state *engine_state(const struct engine *e, int64_t asset_id, const char *check);
size_t engine_targets(const struct engine *e);
uint64_t engine_checks_done(const struct engine *e, int64_t asset_id, const char *check);
const char *engine_icmp_mode(const struct engine *e);
/* As if the loop had last turned so long ago. */
void engine_pretend_gap(struct engine *e, int64_t ms);

#endif
