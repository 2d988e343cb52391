/* SPDX-License-Identifier: Apache-2.0 */
#include "http/target.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"

static enum rc bad_path(struct err *e)
{
    return fail(e, RC_INVALID, "path", "网址的路径不合规", "The path of the address is malformed",
                NULL);
}

static enum rc bad_query(struct err *e)
{
    return fail(e, RC_INVALID, "query", "网址的查询部分不合规",
                "The query of the address is malformed", NULL);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Strict percent-decoding; NULL when broken, when a NUL appears or when the bytes are not UTF-8. */
static char *decode(struct arena *a, const char *s, size_t n, bool plus_is_blank)
{
    char *out = arena_alloc(a, n + 1);
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (c == '%') {
            int high = i + 2 < n ? hex_value(s[i + 1]) : -1;
            int low = high >= 0 ? hex_value(s[i + 2]) : -1;
            if (low < 0)
                return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        if (c == '\0')
            return NULL;
        out[len++] = c;
    }
    out[len] = '\0';
    return utf8_valid(out, len) ? out : NULL;
}

static bool segment_safe(const char *s)
{
    if (s[0] == '\0' || strcmp(s, ".") == 0 || strcmp(s, "..") == 0)
        return false;
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < 0x20 || c == 0x7f || c == '\\' || c == '/')
            return false;
    }
    return true;
}

static enum rc parse_path(struct arena *a, const char *s, size_t n, struct target *t, struct err *e)
{
    const char *end = s + n;
    t->segment = ARENA_NEW(a, const char *, TARGET_SEGMENTS);
    t->path = arena_alloc(a, n + 2);
    char *out = t->path;
    while (s < end) { /* s stands on a '/' */
        const char *begin = s + 1;
        const char *slash = memchr(begin, '/', (size_t)(end - begin));
        const char *stop = slash ? slash : end;
        *out++ = '/';
        if (stop == begin && stop == end) {
            t->directory = true;
            break;
        }
        char *text = decode(a, begin, (size_t)(stop - begin), false);
        if (!text || !segment_safe(text) || t->n_segments == TARGET_SEGMENTS)
            return bad_path(e);
        t->segment[t->n_segments++] = text;
        size_t len = strlen(text);
        memcpy(out, text, len);
        out += len;
        s = stop;
    }
    *out = '\0';
    return RC_OK;
}

static enum rc parse_pair(struct arena *a, const char *s, size_t n, struct target *t, struct err *e)
{
    if (n == 0)
        return RC_OK;
    if (t->n_queries == TARGET_PARAMS)
        return fail(e, RC_INVALID, "query", "查询条件太多", "Too many query parameters", NULL);
    const char *equals = memchr(s, '=', n);
    size_t name_len = equals ? (size_t)(equals - s) : n;
    struct http_param *p = &t->query[t->n_queries];
    p->name = decode(a, s, name_len, true);
    p->value = equals ? decode(a, equals + 1, n - name_len - 1, true) : arena_strdup(a, "");
    if (!p->name || !p->value)
        return bad_query(e);
    t->n_queries++;
    return RC_OK;
}

static enum rc parse_query(struct arena *a, const char *s, struct target *t, struct err *e)
{
    size_t pairs = 1;
    for (const char *p = s; *p; p++)
        pairs += *p == '&';
    t->query = ARENA_NEW(a, struct http_param, pairs < TARGET_PARAMS ? pairs : TARGET_PARAMS);
    for (;;) {
        size_t n = strcspn(s, "&");
        enum rc rc = parse_pair(a, s, n, t, e);
        if (rc != RC_OK || s[n] == '\0')
            return rc;
        s += n + 1;
    }
}

static const char *origin_form(const char *raw)
{
    static const char *const scheme[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof scheme / sizeof scheme[0]; i++) {
        size_t n = strlen(scheme[i]);
        if (strncasecmp(raw, scheme[i], n) != 0)
            continue;
        size_t authority = strcspn(raw + n, "/?");
        return authority == 0 ? NULL : raw[n + authority] == '/' ? raw + n + authority : "/";
    }
    return raw[0] == '/' ? raw : NULL;
}

enum rc target_parse(struct arena *a, const char *raw, struct target *out, struct err *e)
{
    *out = (struct target){0};
    if (strlen(raw) > TARGET_MAX)
        return fail(e, RC_TOO_BIG, "path", "网址太长", "The address is too long", NULL);
    for (const char *p = raw; *p; p++)
        if ((unsigned char)*p <= 0x20 || *p == 0x7f || *p == '#')
            return bad_path(e);
    raw = origin_form(raw);
    if (!raw)
        return bad_path(e);
    size_t n = strcspn(raw, "?");
    enum rc rc = parse_path(a, raw, n, out, e);
    if (rc == RC_OK && raw[n] == '?')
        rc = parse_query(a, raw + n + 1, out, e);
    return rc;
}

static const char *skip_blanks(const char *s)
{
    return s + strspn(s, " \t");
}

const char *cookie_find(struct arena *a, const char *header, const char *name)
{
    size_t want = strlen(name);
    const char *s = header;
    while (*s) {
        s = skip_blanks(s);
        size_t n = strcspn(s, ";");
        if (n > want && strncmp(s, name, want) == 0 && s[want] == '=') {
            const char *value = s + want + 1;
            size_t len = n - want - 1;
            while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
                len--;
            if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
                value++;
                len -= 2;
            }
            return arena_strndup(a, value, len);
        }
        s += n + (s[n] == ';');
    }
    return NULL;
}

/* "q=0", "q=0.000" and nothing else means "not acceptable". */
static bool weight_is_zero(const char *s, size_t n)
{
    const char *end = s + n;
    while (s < end && (*s == ' ' || *s == '\t' || *s == ';'))
        s++;
    if (end - s < 3 || (s[0] != 'q' && s[0] != 'Q') || s[1] != '=')
        return false;
    for (s += 2; s < end && *s != ' ' && *s != '\t'; s++)
        if (*s != '0' && *s != '.')
            return false;
    return true;
}

bool coding_accepted(const char *accept, const char *coding)
{
    size_t want = strlen(coding);
    bool any = false;
    const char *s = accept ? accept : "";
    while (*s) {
        s = skip_blanks(s);
        size_t n = strcspn(s, ",");
        size_t token = strcspn(s, ",; \t");
        bool good = !weight_is_zero(s + token, n - token);
        if (token == want && strncasecmp(s, coding, want) == 0)
            return good;
        if (token == 1 && s[0] == '*')
            any = good;
        s += n + (s[n] == ',');
    }
    return any;
}

bool etag_listed(const char *if_none_match, const char *etag)
{
    size_t want = strlen(etag);
    const char *s = if_none_match ? if_none_match : "";
    while (*s) {
        s += strspn(s, " \t,");
        if (s[0] == '*')
            return true;
        if (s[0] == 'W' && s[1] == '/')
            s += 2;
        if (strncmp(s, etag, want) == 0)
            return true;
        if (s[0] == '"')
            s += 1 + strcspn(s + 1, "\"");
        s += strcspn(s, ",");
    }
    return false;
}
