/* SPDX-License-Identifier: Apache-2.0 */
/* How text is cut for search, the same on both databases: every CJK (or other non-ASCII) letter is a
 * token, so a two-character word is a phrase of two; ASCII letters and digits are runs, lower case,
 * split where letters meet digits; the rest separates. Full-width ASCII counts as ASCII. */
#ifndef DB_TOKENS_H
#define DB_TOKENS_H
#include <stdbool.h>
#include <stddef.h>

#define TOKEN_MAX 64 /* longer runs are cut into several */

struct token {
    char text[TOKEN_MAX + 8];
    size_t n;
    size_t from, to; /* bytes in the text */
    bool ascii;
};

/* The next token of s[*at .. n); false at the end. */
bool token_next(const char *s, size_t n, size_t *at, struct token *out);

#endif
