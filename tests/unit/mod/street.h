/* SPDX-License-Identifier: Apache-2.0 */
/* A street of devices, and what the monitoring engine saw of them, written by the test's hand. */
#ifndef TESTS_MOD_STREET_H
#define TESTS_MOD_STREET_H
#include "cases.h"

#define OPEN_ORDER "state NOT IN ('confirmed', 'closed', 'cancelled')"

/* A picture that this person sent, as the JSON of a file field: "[7]". */
const char *photo(struct house *h, const char *login);
int64_t class_of(struct house *h, const char *code);
/* An asset in use, named like its number; ip = NULL: nobody watches it. */
int64_t device(struct house *h, const char *class, const char *no, const char *ip);
void feeds(struct house *h, int64_t up, int64_t asset);
/* A switch or box (ip may be NULL) with n cameras below, ids ascending from *first. */
int64_t branch(struct house *h, const char *name, const char *ip, int n, int64_t *cameras);

/* The live state of a check: up, suspect, down, unknown. */
void target(struct house *h, int64_t asset, const char *check, const char *state);
/* A decision at cx->now, with the live state that goes with it; dark since 3 s earlier. */
void decided(struct house *h, int64_t asset, const char *check, const char *to);
#define dark(h, asset) decided((h), (asset), "icmp", "down")
#define back(h, asset) decided((h), (asset), "icmp", "up")

/* One round of the jobs: alarms, outages, orders. Fails when what must always hold does not: one
 * open order per open outage and none elsewhere, nobody dark in two outages, no stretch of darkness
 * that ends before it began, and every count the length of its list. Returns what changed. */
int look(struct house *h);
/* ... when the time has passed that a new cause is held back. */
int look_later(struct house *h);
int64_t open_outages(struct house *h);
int64_t open_outage_of_root(struct house *h, int64_t root); /* its id; fails unless exactly one */

#endif
