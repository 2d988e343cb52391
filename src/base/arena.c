/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { ALIGN = alignof(max_align_t), FIRST_BLOCK = 4096, MAX_BLOCK = 256 * 1024 };

struct block {
    struct block *older;
    size_t used, size; /* of data; data behind `used` is zero */
    alignas(max_align_t) unsigned char data[];
};

struct arena {
    struct block *top; /* never NULL; the last of the chain is the first block */
    size_t handed_out;
};

static struct block *block_new(size_t size)
{
    struct block *b = calloc(1, sizeof *b + size);
    if (!b)
        die("out of memory: %zu bytes for an arena", size);
    b->size = size;
    return b;
}

struct arena *arena_new(void)
{
    struct arena *a = calloc(1, sizeof *a);
    if (!a)
        die("out of memory: an arena");
    a->top = block_new(FIRST_BLOCK);
    return a;
}

static void drop_all_but_first(struct arena *a)
{
    while (a->top->older) {
        struct block *b = a->top;
        a->top = b->older;
        free(b);
    }
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    drop_all_but_first(a);
    free(a->top);
    free(a);
}

void arena_reset(struct arena *a)
{
    drop_all_but_first(a);
    memset(a->top->data, 0, a->top->used);
    a->top->used = 0;
    a->handed_out = 0;
}

/* Blocks double, so a big request costs few calls of malloc; a request larger than a block gets
 * one of its own size. */
static struct block *grow(struct arena *a, size_t n)
{
    size_t size = a->top->size < MAX_BLOCK ? a->top->size * 2 : MAX_BLOCK;
    struct block *b = block_new(n > size ? n : size);
    b->older = a->top;
    a->top = b;
    return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
    if (n > SIZE_MAX / 4)
        die("arena: a request of %zu bytes is not sane", n);
    n = n == 0 ? ALIGN : (n + ALIGN - 1) / ALIGN * ALIGN;
    struct block *b = a->top;
    if (b->size - b->used < n)
        b = grow(a, n);
    void *p = b->data + b->used;
    b->used += n;
    a->handed_out += n;
    return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    if (!s)
        return NULL;
    n = strnlen(s, n);
    char *copy = arena_alloc(a, n + 1);
    memcpy(copy, s, n);
    return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list ap, again;
    va_start(ap, format);
    va_copy(again, ap);
    char none[1];
    int n = vsnprintf(none, sizeof none, format, ap);
    va_end(ap);
    if (n < 0)
        die("arena_printf: the format cannot be printed");
    char *text = arena_alloc(a, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}

size_t arena_used(const struct arena *a)
{
    return a->handed_out;
}
