/* SPDX-License-Identifier: Apache-2.0 */
/* What to watch: read from the business store's views, never written. */
#ifndef WATCH_TARGETS_H
#define WATCH_TARGETS_H
#include <stddef.h>

#include "db/db.h"
#include "watch/probe.h"

enum { CHECK_NAME = 32, ADDRESS_TEXT = 64, CHECKS_PER_ASSET = 16, MAX_TARGETS = 200000 };

struct target_spec {
    int64_t asset_id;
    char check[CHECK_NAME]; /* "icmp", "tcp:554" */
    char address[ADDRESS_TEXT];
    const char *fault; /* why it cannot be checked, else NULL */
    enum probe_kind kind;
    union probe_address to;
};
struct uplink {
    int64_t asset_id, up_id;
};
struct target_list { /* specs sorted by (asset_id, check), links by (asset_id, up_id) */
    struct target_spec *specs;
    size_t n, cap;
    struct uplink *links;
    size_t n_links, cap_links;
};
void target_list_free(struct target_list *l);

MUST_USE enum rc targets_read(struct db *business, struct target_list *out);

/* "icmp,tcp:554" of one asset; returns how many. On 127.0.0.0/8 icmp is left out when there is
 * another check: the kernel answers for the whole net. */
int targets_of(int64_t asset_id, const char *address, const char *checks,
               struct target_spec out[CHECKS_PER_ASSET]);
int target_order(int64_t asset_a, const char *check_a, int64_t asset_b, const char *check_b);

#endif
