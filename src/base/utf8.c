/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <string.h>

#include "base/utf8_int.h"

#define REPLACEMENT 0xFFFDU

struct lead {
    unsigned char more;      /* continuation bytes */
    unsigned char low, high; /* bounds of the first of them (RFC 3629 chapter 4) */
};

static struct lead lead_of(unsigned char c)
{
    if (c >= 0xC2 && c <= 0xDF)
        return (struct lead){1, 0x80, 0xBF};
    if (c == 0xE0)
        return (struct lead){2, 0xA0, 0xBF}; /* no overlong form */
    if (c == 0xED)
        return (struct lead){2, 0x80, 0x9F}; /* no surrogate */
    if (c >= 0xE1 && c <= 0xEF)
        return (struct lead){2, 0x80, 0xBF};
    if (c == 0xF0)
        return (struct lead){3, 0x90, 0xBF}; /* no overlong form */
    if (c >= 0xF1 && c <= 0xF3)
        return (struct lead){3, 0x80, 0xBF};
    if (c == 0xF4)
        return (struct lead){3, 0x80, 0x8F}; /* up to U+10FFFF */
    return (struct lead){0, 0, 0};
}

static bool broken(uint32_t *cp, size_t *len, size_t n)
{
    *cp = REPLACEMENT;
    *len = n;
    return false;
}

bool utf8_step(const char *s, size_t n, uint32_t *cp, size_t *len)
{
    unsigned char c = (unsigned char)s[0];
    if (c < 0x80) {
        *cp = c;
        *len = 1;
        return true;
    }
    struct lead lead = lead_of(c);
    if (lead.more == 0)
        return broken(cp, len, 1);
    uint32_t v = c & (0x3FU >> lead.more);
    for (size_t i = 1; i <= lead.more; i++) {
        unsigned char low = i == 1 ? lead.low : 0x80, high = i == 1 ? lead.high : 0xBF;
        unsigned char next = i < n ? (unsigned char)s[i] : 0;
        if (next < low || next > high)
            return broken(cp, len, i);
        v = v << 6 | (next & 0x3FU);
    }
    *cp = v;
    *len = (size_t)lead.more + 1;
    return true;
}

size_t utf8_cut(const char *s, size_t n)
{
    for (size_t back = 1; back <= 3 && back <= n; back++) {
        unsigned char c = (unsigned char)s[n - back];
        if ((c & 0xC0) == 0x80)
            continue;
        return lead_of(c).more >= back ? n - back : n;
    }
    return n;
}

bool utf8_valid(const char *s, size_t n)
{
    while (n > 0) {
        uint32_t cp;
        size_t len;
        if (!utf8_step(s, n, &cp, &len))
            return false;
        s += len;
        n -= len;
    }
    return true;
}

size_t utf8_count(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

uint32_t utf8_next(const char **s)
{
    if (**s == '\0')
        return 0;
    uint32_t cp;
    size_t len;
    utf8_step(*s, 4, &cp, &len); /* a NUL ends the step, so at most the NUL is looked at */
    *s += len;
    return cp;
}

size_t utf8_put(uint32_t cp, char out[4])
{
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        cp = REPLACEMENT;
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

struct range {
    uint32_t from, to;
};

static bool in_ranges(const struct range *r, size_t n, uint32_t cp)
{
    for (size_t i = 0; i < n; i++)
        if (cp >= r[i].from && cp <= r[i].to)
            return true;
    return false;
}

#define IN(table, cp) in_ranges(table, sizeof(table) / sizeof(table)[0], cp)

bool utf8_is_cjk(uint32_t cp)
{
    static const struct range cjk[] = {
        {0x4E00, 0x9FFF},   /* Han */
        {0x2E80, 0x2FFF},   /* radicals, description characters */
        {0x3001, 0x30FF},   /* marks, kana; the blank U+3000 is no token */
        {0x3100, 0x312F},   /* bopomofo */
        {0x31A0, 0x4DBF},   /* bopomofo, strokes, enclosed and squared forms, extension A */
        {0xF900, 0xFAFF},   /* compatibility Han */
        {0xFE30, 0xFE4F},   /* vertical marks */
        {0xFF66, 0xFF9D},   /* half-width kana */
        {0x1B000, 0x1B16F}, /* historic kana */
        {0x20000, 0x3FFFD}, /* extensions B and later, planes 2 and 3 */
    };
    return cp >= 0x2E80 && IN(cjk, cp);
}

static bool is_hidden(uint32_t cp)
{
    static const struct range hidden[] = {
        {0xAD, 0xAD}, /* soft hyphen */
        {0x200B, 0x200B}, {0x2060, 0x2060}, {0xFEFF, 0xFEFF}, /* no width; joiners of emoji stay */
        {0x200E, 0x200F}, {0x202A, 0x202E}, {0x2066, 0x2069}, /* turn the direction: a name could be forged */
    };
    return cp >= 0xAD && IN(hidden, cp);
}

static bool is_blank(uint32_t cp)
{
    static const struct range blank[] = {
        {0x09, 0x0D},     {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},     {0x1680, 0x1680},
        {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000},
    };
    return IN(blank, cp);
}

char *utf8_tidy(struct arena *a, const char *s)
{
    size_t n = strlen(s);
    char *out = arena_alloc(a, n + 1), *p = out;
    bool gap = false;
    while (n > 0) {
        uint32_t cp;
        size_t len = 0;
        while (s[len] > ' ' && s[len] < 0x7F) /* most cells are words of ASCII */
            len++;
        if (len)
            cp = 'a';
        else
            utf8_step(s, n, &cp, &len);
        if (is_blank(cp)) {
            gap = true;
        } else if (!is_hidden(cp)) {
            if (gap && p > out)
                *p++ = ' ';
            gap = false;
            memcpy(p, s, len);
            p += len;
        }
        s += len;
        n -= len;
    }
    *p = '\0';
    return out;
}

char *utf8_narrow(struct arena *a, const char *s)
{
    size_t n = strlen(s);
    char *out = arena_alloc(a, n + 1), *p = out;
    while (n > 0) {
        uint32_t cp;
        size_t len;
        utf8_step(s, n, &cp, &len);
        if (cp >= 0xFF01 && cp <= 0xFF5E) {
            *p++ = (char)(cp - 0xFEE0);
        } else if (cp == 0x3000) {
            *p++ = ' ';
        } else {
            memcpy(p, s, len);
            p += len;
        }
        s += len;
        n -= len;
    }
    *p = '\0';
    return out;
}
