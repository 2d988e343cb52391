/* SPDX-License-Identifier: Apache-2.0 */
/* An arena owns all memory of one request, job or probe and frees it at once.
 * Not thread-safe: one arena, one thread. Out of memory aborts (the supervisor restarts us). */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);  /* NULL is allowed */
void arena_reset(struct arena *a); /* keeps the first block, forgets the rest */

/* Zeroed, aligned for any type. n = 0 gives a valid unique pointer. */
void *arena_alloc(struct arena *a, size_t n);
char *arena_strdup(struct arena *a, const char *s); /* NULL stays NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
size_t arena_used(const struct arena *a); /* bytes handed out, for tests and limits */

#define ARENA_NEW(a, type, count) ((type *)arena_alloc((a), sizeof(type) * (size_t)(count)))

#endif
