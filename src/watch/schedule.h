/* SPDX-License-Identifier: Apache-2.0 */
/* When each target is due: a binary heap of boot milliseconds. Every target has its own place in
 * the interval, spread by the golden ratio, so that any number of targets makes an even load. */
#ifndef WATCH_SCHEDULE_H
#define WATCH_SCHEDULE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct due {        /* embedded in the target; the schedule only links it */
    int64_t at;     /* boot ms */
    int64_t phase;  /* place within the interval, ms */
    size_t heap;    /* position + 1 in the heap, 0 = not in it */
};
struct schedule {
    struct due **heap;
    size_t n, cap;
    uint64_t handed; /* places handed out so far */
};

void schedule_free(struct schedule *s);
int64_t schedule_place(struct schedule *s, int64_t interval_ms); /* the next place */
void schedule_at(struct schedule *s, struct due *d, int64_t at); /* adds or moves */
void schedule_remove(struct schedule *s, struct due *d);
struct due *schedule_first(const struct schedule *s); /* NULL when empty; stays in the heap */

/* The target's place after `now`, at least half an interval away from it. */
int64_t schedule_regular(const struct due *d, int64_t now, int64_t interval_ms);

#endif
