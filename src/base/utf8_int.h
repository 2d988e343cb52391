/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding that survives any bytes, for the files of this folder. */
#ifndef BASE_UTF8_INT_H
#define BASE_UTF8_INT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One step over n > 0 bytes. True: *cp is a code point of *len bytes. False: *cp is U+FFFD and
 * *len the maximal subpart (1..3 bytes) that one replacement stands for (Unicode 3.9, U+FFFD). */
bool utf8_step(const char *s, size_t n, uint32_t *cp, size_t *len);

/* The largest length <= n that does not cut a character of s in two. */
size_t utf8_cut(const char *s, size_t n);

#endif
