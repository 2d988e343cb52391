/* SPDX-License-Identifier: Apache-2.0 */
#include "db/tokens.h"

#include <stdint.h>
#include <string.h>

enum class { SEPARATOR, LETTER, DIGIT, SINGLE };

/* One code point of at most n > 0 bytes; bytes that are no UTF-8 count as separators. */
static size_t decode(const char *s, size_t n, uint32_t *cp)
{
    unsigned char c = (unsigned char)s[0];
    size_t len = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 0;
    *cp = 0;
    if (len == 0 || len > n) {
        return 1;
    }
    uint32_t v = len == 1 ? c : c & (0x7fU >> len);
    for (size_t i = 1; i < len; i++) {
        if (((unsigned char)s[i] & 0xc0) != 0x80) {
            return 1;
        }
        v = v << 6 | ((unsigned char)s[i] & 0x3f);
    }
    *cp = v >= 0xff01 && v <= 0xff5e ? v - 0xfee0 : v;
    return len;
}

static enum class class_of(uint32_t cp)
{
    if (cp < 0x80) {
        bool letter = (cp | 0x20) >= 'a' && (cp | 0x20) <= 'z';
        return letter ? LETTER : cp >= '0' && cp <= '9' ? DIGIT : SEPARATOR;
    }
    if (cp < 0xc0 || (cp >= 0x2000 && cp <= 0x206f) || (cp >= 0xfe00 && cp <= 0xfe6f) || cp == 0xfeff ||
        (cp >= 0xff5f && cp <= 0xff65) || cp == 0xfffd) {
        return SEPARATOR;
    }
    /* CJK punctuation, but not the iteration mark and the round zero */
    return cp >= 0x3000 && cp <= 0x303f && cp != 0x3005 && cp != 0x3007 ? SEPARATOR : SINGLE;
}

static void take_run(const char *s, size_t n, enum class run, struct token *out)
{
    while (out->to < n && out->n < TOKEN_MAX) {
        uint32_t cp;
        size_t len = decode(s + out->to, n - out->to, &cp);
        if (class_of(cp) != run) {
            return;
        }
        out->text[out->n++] = (char)(cp >= 'A' && cp <= 'Z' ? cp | 0x20 : cp);
        out->to += len;
    }
}

bool token_next(const char *s, size_t n, size_t *at, struct token *out)
{
    while (*at < n) {
        uint32_t cp;
        size_t len = decode(s + *at, n - *at, &cp);
        enum class c = class_of(cp);
        if (c == SEPARATOR) {
            *at += len;
            continue;
        }
        *out = (struct token){.from = *at, .to = *at, .ascii = c != SINGLE};
        if (c == SINGLE) {
            memcpy(out->text, s + *at, len);
            out->n = len;
            out->to += len;
        } else {
            take_run(s, n, c, out);
        }
        out->text[out->n] = '\0';
        *at = out->to;
        return true;
    }
    return false;
}
