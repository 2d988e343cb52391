/* SPDX-License-Identifier: Apache-2.0 */
/* Outage correlation, pure: from what is dark now and what feeds what, which groups of dark nodes
 * have one common cause. Recomputed from the whole dark set each time, so the order in which the
 * alarms came cannot matter (design.md 1.4, section 10). */
#ifndef RULE_OUTAGE_H
#define RULE_OUTAGE_H
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rc.h"

enum outage_health {
    HEALTH_UP,      /* answers */
    HEALTH_SUSPECT, /* missed, not yet decided: groups that hang on it wait */
    HEALTH_DOWN,    /* decided dark */
    HEALTH_UNKNOWN, /* not watched, or we were blind */
};
struct outage_node {
    int64_t id;
    enum outage_health health;
};
struct outage_edge { /* down is fed by up */
    int64_t down, up;
};

/* One group: root is the highest dark node that explains the others; affected are all dark nodes of
 * the group, root included, sorted by id. wait: a suspect node stands above the root, decide later.
 * A node that is UNKNOWN (not watched) between dark nodes is looked through: when all of at least
 * two watched children of an unknown node are dark, the unknown node itself becomes the root
 * (`inferred`). Redundant feeds: a node is explained only when all its feeds are dark.
 * Of an unwatched node only children without a watched feed are evidence; one that answers and has
 * no other feed proves it alive, a suspect one makes the others wait. An unwatched feed of which
 * nothing is known neither explains nor excuses. A node below several roots belongs to the one of
 * the smallest id; unwatched nodes are affected only as roots; of a dark ring without any root
 * above the smallest id is root. */
struct outage_group {
    int64_t root;
    int inferred; /* 1: the root itself is not watched */
    int wait;
    const int64_t *affected;
    size_t n_affected;
};

/* Cycles and edges to unknown ids are tolerated. O((nodes + edges) log nodes). Groups come sorted by
 * root id; memory is the arena's. */
void outage_groups(struct arena *a, const struct outage_node *nodes, size_t n_nodes,
                   const struct outage_edge *edges, size_t n_edges,
                   const struct outage_group **out, size_t *n_out);

#endif
