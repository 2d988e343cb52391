/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rc.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

enum { MAX_PAIRS = 12 };

struct pair {
    const char *name, *value;
};

struct out {
    char *text;
    size_t len, size;
};

/* Cuts at a character boundary, so that a long value never leaves half a Chinese character. */
static void put(struct out *o, const char *s, size_t n)
{
    size_t room = o->size - 1 - o->len;
    if (n > room) {
        n = room;
        while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80)
            n--;
        o->size = o->len + n + 1;
    }
    memcpy(o->text + o->len, s, n);
    o->len += n;
    o->text[o->len] = '\0';
}

static const char *lookup(const struct pair *pairs, int n, const char *name, size_t len)
{
    for (int i = 0; i < n; i++)
        if (strlen(pairs[i].name) == len && memcmp(pairs[i].name, name, len) == 0)
            return pairs[i].value;
    return NULL;
}

/* An unknown {name} stays as written: a visible fault beats a silent hole. */
static void expand(char *text, size_t size, const char *s, const struct pair *pairs, int n)
{
    struct out o = {text, 0, size};
    text[0] = '\0';
    while (s && *s) {
        size_t plain = strcspn(s, "{");
        put(&o, s, plain);
        s += plain;
        if (*s == '\0')
            break;
        size_t name = strcspn(s + 1, "{}");
        const char *value = s[1 + name] == '}' ? lookup(pairs, n, s + 1, name) : NULL;
        if (value) {
            put(&o, value, strlen(value));
            s += name + 2;
        } else {
            put(&o, s, 1);
            s++;
        }
    }
}

enum rc fail(struct err *e, enum rc rc, const char *field, const char *zh, const char *en, ...)
{
    if (!e)
        return rc;
    struct pair pairs[MAX_PAIRS];
    int n = 0;
    va_list ap;
    va_start(ap, en);
    const char *name;
    while (n < MAX_PAIRS && (name = va_arg(ap, const char *)) != NULL) {
        const char *value = va_arg(ap, const char *);
        pairs[n++] = (struct pair){name, value ? value : ""};
    }
    va_end(ap);

    /* A value may be a text of this very err (wrapping one fault in another). */
    struct err made = {.rc = rc};
    expand(made.field, sizeof made.field, field, NULL, 0);
    expand(made.zh, sizeof made.zh, zh, pairs, n);
    expand(made.en, sizeof made.en, en, pairs, n);
    *e = made;
    return rc;
}

static const struct {
    const char *word;
    int status;
} codes[] = {
    [RC_OK] = {"ok", 200},
    [RC_INVALID] = {"invalid", 400},
    [RC_UNAUTHORIZED] = {"unauthorized", 401},
    [RC_DENIED] = {"denied", 403},
    [RC_NOT_FOUND] = {"not_found", 404},
    [RC_CONFLICT] = {"conflict", 409},
    [RC_TOO_BIG] = {"too_big", 413},
    [RC_BUSY] = {"busy", 503},
    [RC_TIMEOUT] = {"timeout", 504},
    [RC_INTERNAL] = {"internal", 500},
};

static size_t index_of(enum rc rc)
{
    size_t i = (size_t)rc;
    return i < sizeof codes / sizeof codes[0] ? i : (size_t)RC_INTERNAL;
}

const char *rc_word(enum rc rc)
{
    return codes[index_of(rc)].word;
}

int rc_status(enum rc rc)
{
    return codes[index_of(rc)].status;
}
