/* SPDX-License-Identifier: Apache-2.0 */
#include "record/dict.h"

#include <string.h>

static uint64_t hash_of(const char *s)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
    return h ^ h >> 32;
}

/* The entry of the key, or the free one where it belongs. */
static struct dict_entry *place(const struct dict *d, const char *key, uint64_t hash)
{
    for (size_t i = hash & (d->room - 1);; i = (i + 1) & (d->room - 1)) {
        struct dict_entry *e = &d->entries[i];
        if (!e->key || (e->hash == hash && !strcmp(e->key, key)))
            return e;
    }
}

int64_t *dict_get(const struct dict *d, const char *key)
{
    if (!d->room)
        return NULL;
    struct dict_entry *e = place(d, key, hash_of(key));
    return e->key ? &e->value : NULL;
}

static void grow(struct dict *d)
{
    struct dict old = *d;
    d->room = old.room ? old.room * 2 : 64;
    d->entries = ARENA_NEW(d->a, struct dict_entry, d->room);
    for (size_t i = 0; i < old.room; i++)
        if (old.entries[i].key)
            *place(d, old.entries[i].key, old.entries[i].hash) = old.entries[i];
}

int64_t *dict_put(struct dict *d, const char *key, bool *fresh)
{
    uint64_t hash = hash_of(key);
    if (d->n * 4 >= d->room * 3)
        grow(d);
    struct dict_entry *e = place(d, key, hash);
    if (fresh)
        *fresh = !e->key;
    if (!e->key) {
        *e = (struct dict_entry){arena_strdup(d->a, key), hash, 0};
        d->n++;
    }
    return &e->value;
}
