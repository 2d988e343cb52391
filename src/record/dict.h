/* SPDX-License-Identifier: Apache-2.0 */
/* Texts to numbers, all memory in one arena: what an import has to look up for each of its rows. */
#ifndef RECORD_DICT_H
#define RECORD_DICT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct dict_entry {
    const char *key; /* NULL: free */
    uint64_t hash;
    int64_t value;
};
struct dict {
    struct arena *a;
    struct dict_entry *entries;
    size_t n, room; /* room: a power of two, 0 at first */
};

/* The value of a key, NULL when it is not there. Valid until the next dict_put(). */
int64_t *dict_get(const struct dict *d, const char *key);
/* The value's place, made (and the key copied) when it is new; *fresh may be NULL. */
int64_t *dict_put(struct dict *d, const char *key, bool *fresh);

#endif
