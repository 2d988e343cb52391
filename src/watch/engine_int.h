/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the engine: targets, interfaces, and what the parts call of each other. */
#ifndef WATCH_ENGINE_INT_H
#define WATCH_ENGINE_INT_H
#include "watch/engine.h"
#include "watch/schedule.h"
#include "watch/store.h"

enum { MAX_INTERFACES = 64, MAX_LISTENERS = 8, BLIND_LEAST = 8, WITNESSES = 3 };

struct interface { /* by which some targets' packets leave */
    int index;     /* the kernel's, 0 = no route */
    bool loopback;
    bool blind;
    int64_t heard; /* boot ms: last sign of life from any of its targets */
    int64_t local_sweep; /* boot ms: when a local send error last made all be probed */
};
struct target {
    struct due due; /* first: the schedule hands it back */
    struct engine *engine;
    struct target_spec spec;
    struct state state;
    struct sample sum; /* of the running five minutes; n = 0: none */
    int64_t row_id;
    uint64_t job;       /* probe in flight, 0 = none */
    bool again;         /* probe once more when it is done */
    bool listed;        /* the business store knows it */
    bool local_failure; /* its last check could not be sent */
    bool dirty;         /* the row differs from the database's */
    struct interface *by;
    int64_t done; /* boot ms of the last finished check */
    uint64_t checks;
};
struct listener {
    int fd;
    void (*ready)(void *arg);
    void *arg;
};
struct engine {
    struct engine_options o;
    struct store *store;
    struct db *db, *business;
    struct prober *prober;
    struct schedule schedule;
    struct target **all; /* sorted by (asset_id, check) */
    size_t n, cap;
    struct uplink *links;
    size_t n_links;
    struct interface interfaces[MAX_INTERFACES];
    int n_interfaces;
    struct listener listeners[MAX_LISTENERS];
    int n_listeners;
    int epoll_fd, route_fd;
    int64_t last_step; /* boot ms, 0 = not yet */
    int64_t reload_at, routes_at, flush_at, trim_at, business_until;
    int64_t busy_ms; /* wait after a failed flush */
    int64_t held_back_since; /* boot ms; 0 = checks go on */
    size_t witness; /* where the next witness is looked for */
    bool known, store_failed, local_failures;
    bool business_waits_said;
};

int64_t wall_ms(void);

/* engine.c */
void engine_check_now(struct engine *e, struct target *t);
void engine_verdict(struct engine *e, struct target *t, const struct verdict *v);
size_t engine_first_of(const struct engine *e, int64_t asset_id); /* index into all */

/* live.c: targets and interfaces as the business store and the kernel know them */
void live_reload(struct engine *e, int64_t now);
enum rc live_restore(struct engine *e);
void live_route(struct engine *e, struct target *t);
void live_routes(struct engine *e);
void live_free(struct engine *e);

/* blind.c: failures that are ours, and what is probed because of somebody else's failure */
enum blind_look { BLIND_NO, BLIND_HOLD, BLIND_YES };
enum blind_look blind_look(struct engine *e, struct target *t, int64_t sent);
void blind_gap(struct engine *e, int64_t gap_ms, int64_t now);
void blind_local_error(struct engine *e, struct target *t, const char *detail, int64_t sent_at);
void blind_heard(struct engine *e, struct target *t, int64_t now);
void blind_first_miss(struct engine *e, struct target *t, int64_t now);
void blind_back_again(struct engine *e, const struct target *t, int64_t now);

/* flush.c */
void flush_turn(struct engine *e, int64_t now);
void flush_soon(struct engine *e, int64_t now, int64_t delay);
void flush_last(struct engine *e);
void sample_add(struct engine *e, struct target *t, bool ok, uint32_t rtt_us);
void sample_close(struct engine *e, struct target *t);

#endif
