/* SPDX-License-Identifier: Apache-2.0 */
/* The wave: a device that loses its last feed of power or signal dies in turn. Each feed is cut once,
 * so the order cannot matter but for the depth, and that is by breadth first. */
#include "rule/blast.h"

#include <stdlib.h>
#include <string.h>

struct node {
    struct blast b;
    int feeds[SUPPLY_N]; /* not yet cut */
    bool touched;
};

struct graph {
    struct feed *by_up;
    size_t n;
    struct node *nodes; /* sorted by id: every device that is fed */
    size_t n_nodes;
};

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int feed_by_up(const void *pa, const void *pb)
{
    const struct feed *a = pa, *b = pb;
    int c = compare(a->up, b->up);
    return c ? c : compare(a->down, b->down);
}

static int feed_by_down(const void *pa, const void *pb)
{
    const struct feed *a = pa, *b = pb;
    return compare(a->down, b->down);
}

static int node_by_id(const void *pa, const void *pb)
{
    const struct node *a = pa, *b = pb;
    return compare(a->b.id, b->b.id);
}

static int by_depth(const void *pa, const void *pb)
{
    const struct blast *a = pa, *b = pb;
    return a->depth != b->depth ? (a->depth > b->depth) - (a->depth < b->depth) : compare(a->id, b->id);
}

static void build(struct arena *a, const struct feed *feeds, size_t n, struct graph *g)
{
    *g = (struct graph){.by_up = ARENA_NEW(a, struct feed, n + 1), .n = n, .nodes = ARENA_NEW(a, struct node, n + 1)};
    if (n)
        memcpy(g->by_up, feeds, n * sizeof *feeds);
    qsort(g->by_up, n, sizeof *feeds, feed_by_down);
    for (size_t i = 0; i < n; i++) {
        const struct feed *f = &g->by_up[i];
        if (!i || f[-1].down != f->down)
            g->nodes[g->n_nodes++].b.id = f->down;
        g->nodes[g->n_nodes - 1].feeds[f->supply]++;
    }
    qsort(g->by_up, n, sizeof *feeds, feed_by_up);
}

/* The first feed that goes out of a device, or n. */
static size_t first_out(const struct graph *g, int64_t up)
{
    size_t lo = 0, hi = g->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (g->by_up[mid].up < up)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* One feed is gone; true when the device dies of it. */
static bool cut(struct graph *g, const struct feed *f, int depth)
{
    struct node key = {.b.id = f->down};
    struct node *d = bsearch(&key, g->nodes, g->n_nodes, sizeof *d, node_by_id);
    unsigned bit = 1u << f->supply;
    if (!d->touched)
        d->b.depth = depth;
    d->touched = true;
    if (--d->feeds[f->supply] > 0) {
        d->b.thinner |= bit;
        return false;
    }
    d->b.thinner &= ~bit;
    d->b.lost |= bit;
    bool dies = !d->b.dark && f->supply != SUPPLY_RECORDING;
    d->b.dark = d->b.dark || dies;
    if (dies)
        d->b.depth = depth;
    return dies;
}

void blast_below(struct arena *a, const struct feed *feeds, size_t n, int64_t root,
                 const struct blast **out, size_t *n_out)
{
    struct graph g;
    build(a, feeds, n, &g);
    int64_t *queue = ARENA_NEW(a, int64_t, g.n_nodes + 1);
    int *depth = ARENA_NEW(a, int, g.n_nodes + 1);
    size_t head = 0, tail = 0;
    queue[tail++] = root;
    while (head < tail) {
        int64_t up = queue[head];
        int below = depth[head++] + 1;
        for (size_t i = first_out(&g, up); i < g.n && g.by_up[i].up == up; i++)
            if (g.by_up[i].down != root && cut(&g, &g.by_up[i], below)) {
                depth[tail] = below;
                queue[tail++] = g.by_up[i].down;
            }
    }
    struct blast *hits = ARENA_NEW(a, struct blast, g.n_nodes + 1);
    *n_out = 0;
    for (size_t i = 0; i < g.n_nodes; i++)
        if (g.nodes[i].touched)
            hits[(*n_out)++] = g.nodes[i].b;
    qsort(hits, *n_out, sizeof *hits, by_depth);
    *out = hits;
}
