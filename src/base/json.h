/* SPDX-License-Identifier: Apache-2.0 */
/* An append-only JSON writer into a buf: lists of 200,000 rows never become a tree. Commas and
 * escapes are its business; invalid UTF-8 is written as U+FFFD. Reading is jansson's. */
#ifndef BASE_JSON_H
#define BASE_JSON_H
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct jw {
    struct buf *out;
    uint64_t has_item; /* one bit per depth: a comma is due */
    int depth;         /* at most 60 */
    bool after_key;
};

struct jw jw_on(struct buf *out);
void jw_object(struct jw *w);
void jw_array(struct jw *w);
void jw_end_object(struct jw *w);
void jw_end_array(struct jw *w);
void jw_key(struct jw *w, const char *key);
void jw_text(struct jw *w, const char *s); /* NULL writes null */
void jw_text_n(struct jw *w, const char *s, size_t n);
void jw_int(struct jw *w, int64_t v);
void jw_float(struct jw *w, double v); /* shortest form that reads back; NaN/inf write null */
void jw_bool(struct jw *w, bool v);
void jw_null(struct jw *w);
void jw_raw(struct jw *w, const char *json); /* already valid JSON */

/* key + value in one call */
void jw_kt(struct jw *w, const char *key, const char *s);
void jw_ki(struct jw *w, const char *key, int64_t v);
void jw_kb(struct jw *w, const char *key, bool v);

#endif
