/* SPDX-License-Identifier: Apache-2.0 */
/* Three passes over the graph, each visiting an edge a bounded number of times:
 *   up    what unwatched nodes must be, judged by what hangs on them (light is proof of life; two
 *         dark children or more and none alight make them dark),
 *   down  what reaches each node from above; unwatched nodes of which nothing is known let it pass,
 *   down  each root, smallest id first, claims the dark nodes that it explains.
 * All three compute least or first answers that do not depend on the order of the input. */
#include "rule/outage.h"

#include <stdbool.h>
#include <stdlib.h>

/* What a node hands down, as a lattice: a stronger word wins where several feeds meet. */
enum feed_state { FEED_BLANK, FEED_DARK, FEED_MAYBE, FEED_LIT };

#define NONE SIZE_MAX

struct link {
    size_t down, up;
};

struct graph {
    struct outage_node *nodes; /* sorted by id, one per id */
    size_t n;
    struct link *by_up, *by_down; /* the same links in both orders, without doubles */
    size_t n_links;
    size_t *first_child, *first_feed; /* n + 1 each: where a node's links begin */
    enum feed_state *own;             /* the node itself */
    enum feed_state *supply;          /* what reaches it */
    size_t *dark, *maybe;             /* evident children of an unwatched node */
    size_t *group;                    /* index of the root that claimed it, or NONE */
    size_t *queue;
    bool *queued;
    bool *passed; /* an unwatched node that lets a claim pass, seen in this or an earlier claim */
};

static int by_id(const void *pa, const void *pb)
{
    const struct outage_node *a = pa, *b = pb;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    return (a->health > b->health) - (a->health < b->health);
}

static int compare_pair(size_t a1, size_t a2, size_t b1, size_t b2)
{
    if (a1 != b1)
        return a1 < b1 ? -1 : 1;
    return (a2 > b2) - (a2 < b2);
}

static int link_by_up(const void *pa, const void *pb)
{
    const struct link *a = pa, *b = pb;
    return compare_pair(a->up, a->down, b->up, b->down);
}

static int link_by_down(const void *pa, const void *pb)
{
    const struct link *a = pa, *b = pb;
    return compare_pair(a->down, a->up, b->down, b->up);
}

static size_t find_node(const struct graph *g, int64_t id)
{
    size_t low = 0, high = g->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (g->nodes[mid].id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < g->n && g->nodes[low].id == id ? low : NONE;
}

static void take_nodes(struct arena *a, struct graph *g, const struct outage_node *nodes, size_t n)
{
    g->nodes = ARENA_NEW(a, struct outage_node, n);
    for (size_t i = 0; i < n; i++)
        g->nodes[i] = nodes[i];
    qsort(g->nodes, n, sizeof *g->nodes, by_id);
    for (size_t i = 0; i < n; i++)
        if (g->n == 0 || g->nodes[g->n - 1].id != g->nodes[i].id)
            g->nodes[g->n++] = g->nodes[i];
}

static size_t *first_links(struct arena *a, const struct graph *g, bool of_children)
{
    size_t *first = ARENA_NEW(a, size_t, g->n + 1);
    for (size_t i = 0; i < g->n_links; i++)
        first[(of_children ? g->by_up[i].up : g->by_down[i].down) + 1]++;
    for (size_t i = 0; i < g->n; i++)
        first[i + 1] += first[i];
    return first;
}

static void take_links(struct arena *a, struct graph *g, const struct outage_edge *edges, size_t n)
{
    g->by_up = ARENA_NEW(a, struct link, n);
    g->by_down = ARENA_NEW(a, struct link, n);
    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        struct link l = {find_node(g, edges[i].down), find_node(g, edges[i].up)};
        if (l.down != NONE && l.up != NONE && l.down != l.up)
            g->by_up[known++] = l;
    }
    qsort(g->by_up, known, sizeof *g->by_up, link_by_up);
    for (size_t i = 0; i < known; i++)
        if (g->n_links == 0 || link_by_up(&g->by_up[g->n_links - 1], &g->by_up[i]) != 0)
            g->by_up[g->n_links++] = g->by_up[i];
    for (size_t i = 0; i < g->n_links; i++)
        g->by_down[i] = g->by_up[i];
    qsort(g->by_down, g->n_links, sizeof *g->by_down, link_by_down);
    g->first_child = first_links(a, g, true);
    g->first_feed = first_links(a, g, false);
}

static void take_states(struct arena *a, struct graph *g)
{
    static const enum feed_state of_health[] = {
        [HEALTH_UP] = FEED_LIT,
        [HEALTH_SUSPECT] = FEED_MAYBE,
        [HEALTH_DOWN] = FEED_DARK,
        [HEALTH_UNKNOWN] = FEED_BLANK,
    };
    g->own = ARENA_NEW(a, enum feed_state, g->n);
    g->supply = ARENA_NEW(a, enum feed_state, g->n);
    g->dark = ARENA_NEW(a, size_t, g->n);
    g->maybe = ARENA_NEW(a, size_t, g->n);
    g->group = ARENA_NEW(a, size_t, g->n);
    g->queue = ARENA_NEW(a, size_t, g->n);
    g->queued = ARENA_NEW(a, bool, g->n);
    g->passed = ARENA_NEW(a, bool, g->n);
    for (size_t i = 0; i < g->n; i++) {
        g->own[i] = of_health[g->nodes[i].health];
        g->group[i] = NONE;
    }
}

static bool watched(const struct graph *g, size_t i)
{
    return g->nodes[i].health != HEALTH_UNKNOWN;
}

/* A node that answers proves its feed alive when it has no other one. */
static void spread_light(struct graph *g)
{
    size_t head = 0, tail = 0;
    for (size_t i = 0; i < g->n; i++)
        if (g->own[i] == FEED_LIT)
            g->queue[tail++] = i;
    while (head < tail) {
        size_t i = g->queue[head++];
        if (g->first_feed[i + 1] - g->first_feed[i] != 1)
            continue;
        size_t up = g->by_down[g->first_feed[i]].up;
        if (g->own[up] == FEED_BLANK) {
            g->own[up] = FEED_LIT;
            g->queue[tail++] = up;
        }
    }
}

/* A child with a watched feed is explained or contradicted by that one: it says nothing of the
 * others. */
static bool is_evidence(const struct graph *g, size_t i)
{
    for (size_t k = g->first_feed[i]; k < g->first_feed[i + 1]; k++)
        if (watched(g, g->by_down[k].up))
            return false;
    return true;
}

static void push(struct graph *g, size_t *n, size_t i)
{
    if (!g->queued[i]) {
        g->queued[i] = true;
        g->queue[(*n)++] = i;
    }
}

/* The stack holds each node at most once; a state rises at most from blank to dark to maybe. */
static void infer_unwatched(struct graph *g)
{
    size_t n = 0;
    enum feed_state *told = g->supply; /* borrowed: what the feeds were told of this node */
    for (size_t i = 0; i < g->n; i++)
        if ((g->own[i] == FEED_DARK || g->own[i] == FEED_MAYBE) && is_evidence(g, i))
            push(g, &n, i);
    while (n > 0) {
        size_t i = g->queue[--n];
        g->queued[i] = false;
        enum feed_state before = told[i], now = g->own[i];
        told[i] = now;
        if (before == now || !is_evidence(g, i))
            continue;
        for (size_t k = g->first_feed[i]; k < g->first_feed[i + 1]; k++) {
            size_t up = g->by_down[k].up;
            g->dark[up] += now == FEED_DARK;
            g->dark[up] -= before == FEED_DARK;
            g->maybe[up] += now == FEED_MAYBE;
            if (g->own[up] == FEED_LIT || g->dark[up] + g->maybe[up] < 2)
                continue;
            enum feed_state judged = g->maybe[up] ? FEED_MAYBE : FEED_DARK;
            if (judged > g->own[up]) {
                g->own[up] = judged;
                push(g, &n, up);
            }
        }
    }
    for (size_t i = 0; i < g->n; i++)
        told[i] = FEED_BLANK;
}

static enum feed_state hands_down(const struct graph *g, size_t i)
{
    return g->own[i] == FEED_BLANK ? g->supply[i] : g->own[i];
}

static void spread_supply(struct graph *g)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++)
        if (g->own[i] != FEED_BLANK)
            push(g, &n, i);
    while (n > 0) {
        size_t i = g->queue[--n];
        g->queued[i] = false;
        enum feed_state given = hands_down(g, i);
        for (size_t k = g->first_child[i]; k < g->first_child[i + 1]; k++) {
            size_t child = g->by_up[k].down;
            if (given <= g->supply[child])
                continue;
            g->supply[child] = given;
            if (g->own[child] == FEED_BLANK)
                push(g, &n, child);
        }
    }
}

static bool is_dark(const struct graph *g, size_t i)
{
    return g->own[i] == FEED_DARK;
}

/* May a claim go through or end in this node? */
static bool explained(const struct graph *g, size_t i)
{
    return (g->own[i] == FEED_DARK || g->own[i] == FEED_BLANK) && g->supply[i] == FEED_DARK;
}

static bool taken(const struct graph *g, size_t i)
{
    return is_dark(g, i) ? g->group[i] != NONE : g->passed[i];
}

static void take(struct graph *g, size_t i, size_t root)
{
    if (is_dark(g, i))
        g->group[i] = root;
    else
        g->passed[i] = true;
}

static void claim(struct graph *g, size_t root)
{
    size_t n = 0;
    take(g, root, root);
    g->queue[n++] = root;
    while (n > 0) {
        size_t i = g->queue[--n];
        for (size_t k = g->first_child[i]; k < g->first_child[i + 1]; k++) {
            size_t child = g->by_up[k].down;
            if (!explained(g, child) || taken(g, child))
                continue;
            take(g, child, root);
            g->queue[n++] = child;
        }
    }
}

/* Rings: nodes which all explain each other, with no root above. What is left unclaimed is ordered
 * by depth-first finish; walked from its end and upwards, the first nodes are a source component,
 * whose smallest dark id becomes root (Kosaraju, only as far as sources are concerned). */
static size_t finish_order(struct arena *a, struct graph *g, size_t *order)
{
    size_t *next = ARENA_NEW(a, size_t, g->n);
    bool *seen = ARENA_NEW(a, bool, g->n);
    size_t n_order = 0;
    for (size_t start = 0; start < g->n; start++) {
        if (seen[start] || !explained(g, start) || taken(g, start))
            continue;
        size_t n = 0;
        seen[start] = true;
        next[start] = g->first_child[start];
        g->queue[n++] = start;
        while (n > 0) {
            size_t i = g->queue[n - 1];
            if (next[i] == g->first_child[i + 1]) {
                order[n_order++] = i;
                n--;
                continue;
            }
            size_t child = g->by_up[next[i]++].down;
            if (seen[child] || !explained(g, child) || taken(g, child))
                continue;
            seen[child] = true;
            next[child] = g->first_child[child];
            g->queue[n++] = child;
        }
    }
    return n_order;
}

/* The component of `start` by its feeds; NONE when something outside of it feeds it. */
static size_t source_root(struct graph *g, size_t start, size_t mark, size_t *component)
{
    size_t n = 0, root = NONE;
    bool fed = false;
    component[start] = mark;
    g->queue[n++] = start;
    while (n > 0) {
        size_t i = g->queue[--n];
        if (is_dark(g, i) && (root == NONE || i < root))
            root = i;
        for (size_t k = g->first_feed[i]; k < g->first_feed[i + 1]; k++) {
            size_t up = g->by_down[k].up;
            if (hands_down(g, up) != FEED_DARK || component[up] == mark)
                continue;
            if (component[up] != 0) {
                fed = true;
                continue;
            }
            component[up] = mark;
            g->queue[n++] = up;
        }
    }
    return fed ? NONE : root;
}

static void claim_rings(struct arena *a, struct graph *g)
{
    size_t *order = ARENA_NEW(a, size_t, g->n);
    size_t n = finish_order(a, g, order);
    if (n == 0)
        return;
    size_t *component = ARENA_NEW(a, size_t, g->n);
    bool *is_root = ARENA_NEW(a, bool, g->n);
    for (size_t k = n; k-- > 0;) {
        if (component[order[k]] != 0)
            continue;
        size_t root = source_root(g, order[k], k + 1, component);
        if (root != NONE)
            is_root[root] = true;
    }
    for (size_t i = 0; i < g->n; i++)
        if (is_root[i])
            claim(g, i);
}

/* Fills one group per root; an inferred root that explains nothing is dropped: its children were
 * claimed by another feed. */
static void write_groups(struct arena *a, const struct graph *g, const struct outage_group **out,
                         size_t *n_out)
{
    size_t *size = ARENA_NEW(a, size_t, g->n + 1);
    size_t *slot = ARENA_NEW(a, size_t, g->n);
    int64_t **ids = ARENA_NEW(a, int64_t *, g->n);
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++)
        if (g->group[i] != NONE && (watched(g, i) || g->group[i] == i))
            size[g->group[i]]++;
    struct outage_group *groups = ARENA_NEW(a, struct outage_group, g->n);
    for (size_t i = 0; i < g->n; i++) {
        if (g->group[i] != i || (!watched(g, i) && size[i] < 2))
            continue;
        slot[i] = n;
        ids[n] = ARENA_NEW(a, int64_t, size[i]);
        groups[n++] = (struct outage_group){
            .root = g->nodes[i].id, .inferred = !watched(g, i), .wait = g->supply[i] == FEED_MAYBE};
    }
    for (size_t i = 0; i < g->n; i++) {
        size_t root = g->group[i];
        if (root == NONE || (!watched(g, i) && root != i) || (!watched(g, root) && size[root] < 2))
            continue;
        struct outage_group *group = &groups[slot[root]];
        ids[slot[root]][group->n_affected++] = g->nodes[i].id;
    }
    for (size_t i = 0; i < n; i++)
        groups[i].affected = ids[i];
    *out = groups;
    *n_out = n;
}

void outage_groups(struct arena *a, const struct outage_node *nodes, size_t n_nodes,
                   const struct outage_edge *edges, size_t n_edges, const struct outage_group **out,
                   size_t *n_out)
{
    struct graph g = {0};
    take_nodes(a, &g, nodes, n_nodes);
    take_links(a, &g, edges, n_edges);
    take_states(a, &g);
    spread_light(&g);
    infer_unwatched(&g);
    spread_supply(&g);
    for (size_t i = 0; i < g.n; i++)
        if (is_dark(&g, i) && g.supply[i] != FEED_DARK)
            claim(&g, i);
    claim_rings(a, &g);
    write_groups(a, &g, out, n_out);
}
