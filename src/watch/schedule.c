/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/schedule.h"

#include <stdlib.h>

#include "base/log.h"

void schedule_free(struct schedule *s)
{
    free(s->heap);
    *s = (struct schedule){0};
}

int64_t schedule_place(struct schedule *s, int64_t interval_ms)
{
    /* 2^32 / golden ratio: consecutive multiples fall evenly into any interval */
    uint32_t turn = (uint32_t)(s->handed++ * UINT64_C(2654435769));
    return (int64_t)(((uint64_t)turn * (uint64_t)interval_ms) >> 32);
}

static void put(struct schedule *s, size_t i, struct due *d)
{
    s->heap[i] = d;
    d->heap = i + 1;
}

static void sift_up(struct schedule *s, size_t i, struct due *d)
{
    while (i > 0 && s->heap[(i - 1) / 2]->at > d->at) {
        put(s, i, s->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    put(s, i, d);
}

static void sift_down(struct schedule *s, size_t i, struct due *d)
{
    for (size_t child; (child = 2 * i + 1) < s->n; i = child) {
        if (child + 1 < s->n && s->heap[child + 1]->at < s->heap[child]->at)
            child++;
        if (s->heap[child]->at >= d->at)
            break;
        put(s, i, s->heap[child]);
    }
    put(s, i, d);
}

void schedule_remove(struct schedule *s, struct due *d)
{
    if (!d->heap)
        return;
    size_t i = d->heap - 1;
    struct due *last = s->heap[--s->n];
    d->heap = 0;
    if (last == d)
        return;
    if (i > 0 && s->heap[(i - 1) / 2]->at > last->at)
        sift_up(s, i, last);
    else
        sift_down(s, i, last);
}

void schedule_at(struct schedule *s, struct due *d, int64_t at)
{
    schedule_remove(s, d);
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 64;
        struct due **heap = realloc(s->heap, cap * sizeof *heap);
        if (!heap)
            die("out of memory");
        s->heap = heap;
        s->cap = cap;
    }
    d->at = at;
    sift_up(s, s->n++, d);
}

struct due *schedule_first(const struct schedule *s)
{
    return s->n ? s->heap[0] : NULL;
}

int64_t schedule_regular(const struct due *d, int64_t now, int64_t interval_ms)
{
    int64_t t = now - now % interval_ms + d->phase;
    while (t < now + interval_ms / 2)
        t += interval_ms;
    return t;
}
