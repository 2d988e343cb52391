/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_TOOLS_H
#define TEST_TOOLS_H
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "watch/engine.h"
#include "watch/probe.h"

struct noted { /* what a probe's done() wrote */
    int n;
    struct probe_answer a;
};
void note(void *arg, const struct probe_answer *a);
void await_answers(struct prober *p, const struct noted *n, int count);
struct probe_answer one_probe(struct prober *p, enum probe_kind kind, const char *host,
                              uint16_t port, int timeout_ms);
int listen_on(const char *address, uint16_t *port); /* *port 0: the kernel chooses */
uint16_t dead_port(const char *address);

/* A data folder with both stores and an engine on it. */
struct house {
    char dir[64];
    struct db *business, *watch;
    struct engine *engine;
    struct engine_options o;
    int pokes;
};
void house_new(struct house *h);
void house_business(struct house *h); /* makes the business store's tables */
void house_start(struct house *h);
void house_stop(struct house *h); /* the engine only */
void house_free(struct house *h);
void house_target(struct house *h, int64_t asset, const char *address, const char *checks);
void house_sql(struct house *h, const char *sql);
int64_t house_count(struct house *h, const char *sql); /* of the watch store */
/* Turns the engine until the target shows this state. */
void await_state(struct house *h, int64_t asset, const char *check, enum watch_state s);
void await_count(struct house *h, const char *sql, int64_t count);

#endif
