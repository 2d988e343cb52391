/* SPDX-License-Identifier: Apache-2.0 */
/* What is lost when one device dies, pure: the feeds of every kind, followed downward. */
#ifndef RULE_BLAST_H
#define RULE_BLAST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum supply { SUPPLY_POWER, SUPPLY_SIGNAL, SUPPLY_RECORDING, SUPPLY_N };

struct feed {
    int64_t down, up; /* down is fed by up */
    enum supply supply;
};

/* One device that loses something. lost and thinner are bits 1 << supply: all feeds of that supply are
 * gone; some of several are. dark: it lost power or signal, and so everything below it does. */
struct blast {
    int64_t id;
    int depth; /* steps below the device that died, 1 = fed by it */
    unsigned lost, thinner;
    bool dark;
};

/* Sorted by depth, then id; root itself is not in it. Redundant feeds hold: a supply is lost when the
 * last feed of it is. Loops and doubles are tolerated. O(n log n); memory is the arena's. */
void blast_below(struct arena *a, const struct feed *feeds, size_t n, int64_t root,
                 const struct blast **out, size_t *n_out);

#endif
