/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8_int.h"

enum { MAX_DEPTH = 60 };

struct jw jw_on(struct buf *out)
{
    return (struct jw){.out = out};
}

/* Too deep is treated as too long: nothing more is written and the buffer's `full` tells. */
static bool usable(struct jw *w)
{
    if (w->depth < 0 || w->depth > MAX_DEPTH)
        w->out->full = true;
    return !w->out->full;
}

static void separate(struct jw *w)
{
    if (!usable(w))
        return;
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    uint64_t bit = UINT64_C(1) << w->depth;
    if (w->has_item & bit)
        buf_char(w->out, ',');
    w->has_item |= bit;
}

static void open_with(struct jw *w, char c)
{
    separate(w);
    buf_char(w->out, c);
    w->depth++;
    if (usable(w))
        w->has_item &= ~(UINT64_C(1) << w->depth);
}

static void close_with(struct jw *w, char c)
{
    w->depth--;
    w->after_key = false;
    if (usable(w))
        buf_char(w->out, c);
}

void jw_object(struct jw *w)
{
    open_with(w, '{');
}

void jw_array(struct jw *w)
{
    open_with(w, '[');
}

void jw_end_object(struct jw *w)
{
    close_with(w, '}');
}

void jw_end_array(struct jw *w)
{
    close_with(w, ']');
}

static bool plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

static void escape_ascii(struct buf *out, unsigned char c)
{
    switch (c) {
    case '"':
        buf_add(out, "\\\"", 2);
        return;
    case '\\':
        buf_add(out, "\\\\", 2);
        return;
    case '\n':
        buf_add(out, "\\n", 2);
        return;
    case '\r':
        buf_add(out, "\\r", 2);
        return;
    case '\t':
        buf_add(out, "\\t", 2);
        return;
    default:
        buf_printf(out, "\\u%04x", c);
    }
}

static void quoted(struct buf *out, const char *s, size_t n)
{
    buf_char(out, '"');
    size_t run = 0; /* bytes of s that go out unchanged, not yet written */
    while (run < n) {
        unsigned char c = (unsigned char)s[run];
        uint32_t cp = c;
        size_t len = 1;
        bool valid = plain(c) || utf8_step(s + run, n - run, &cp, &len);
        if (valid && (plain(c) || c >= 0x80)) {
            run += len;
            continue;
        }
        buf_add(out, s, run);
        if (valid)
            escape_ascii(out, c);
        else
            buf_add(out, "\xEF\xBF\xBD", 3);
        s += run + len;
        n -= run + len;
        run = 0;
    }
    buf_add(out, s, n);
    buf_char(out, '"');
}

void jw_key(struct jw *w, const char *key)
{
    w->after_key = false;
    separate(w);
    quoted(w->out, key, strlen(key));
    buf_char(w->out, ':');
    w->after_key = true;
}

void jw_text(struct jw *w, const char *s)
{
    jw_text_n(w, s, s ? strlen(s) : 0);
}

void jw_text_n(struct jw *w, const char *s, size_t n)
{
    if (!s) {
        jw_null(w);
        return;
    }
    separate(w);
    quoted(w->out, s, n);
}

void jw_int(struct jw *w, int64_t v)
{
    separate(w);
    buf_int(w->out, v);
}

/* The locale may print another (even multi-byte) decimal mark; everything else is ASCII. */
static void with_point(struct buf *out, const char *number)
{
    static const char ascii[] = "0123456789+-e";
    size_t whole = strspn(number, ascii);
    buf_add(out, number, whole);
    number += whole;
    if (*number == '\0')
        return;
    buf_char(out, '.');
    buf_text_add(out, number + strcspn(number, ascii));
}

void jw_float(struct jw *w, double v)
{
    if (!isfinite(v)) {
        jw_null(w);
        return;
    }
    char number[48];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(number, sizeof number, "%.*g", digits, v);
        if (strtod(number, NULL) == v)
            break;
    }
    separate(w);
    with_point(w->out, number);
}

void jw_bool(struct jw *w, bool v)
{
    jw_raw(w, v ? "true" : "false");
}

void jw_null(struct jw *w)
{
    jw_raw(w, "null");
}

void jw_raw(struct jw *w, const char *json)
{
    separate(w);
    buf_text_add(w->out, json);
}

void jw_kt(struct jw *w, const char *key, const char *s)
{
    jw_key(w, key);
    jw_text(w, s);
}

void jw_ki(struct jw *w, const char *key, int64_t v)
{
    jw_key(w, key);
    jw_int(w, v);
}

void jw_kb(struct jw *w, const char *key, bool v)
{
    jw_key(w, key);
    jw_bool(w, v);
}
