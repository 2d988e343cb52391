/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer with a hard limit. Past the limit nothing is appended and `full` stays
 * set, so a writer checks once at the end. Always NUL-terminated; owns its memory (malloc). */
#ifndef BASE_BUF_H
#define BASE_BUF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data; /* never NULL after the first append; use buf_text() to be sure */
    size_t len;
    size_t cap;
    size_t limit; /* 0 = BUF_LIMIT */
    bool full;
};

#define BUF_LIMIT ((size_t)64 * 1024 * 1024)

void buf_free(struct buf *b); /* leaves an empty, reusable buffer */
void buf_clear(struct buf *b);
void buf_add(struct buf *b, const void *data, size_t n);
void buf_text_add(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_int(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *buf_text(const struct buf *b); /* "" when empty */

#endif
