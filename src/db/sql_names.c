/* SPDX-License-Identifier: Apache-2.0 */
/* Just enough reading of SQL to find names outside of quotes and comments. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "db/db_int.h"

bool sql_word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static const char *skip_string(const char *s, bool backslash)
{
    char quote = *s++;
    while (*s) {
        if (backslash && *s == '\\' && s[1]) {
            s += 2;
        } else if (*s != quote) {
            s++;
        } else if (s[1] == quote) {
            s += 2;
        } else {
            return s + 1;
        }
    }
    return s;
}

/* PostgreSQL nests them, SQLite does not; ours are never nested on SQLite. */
static const char *skip_comment(const char *s)
{
    int depth = 0;
    while (*s) {
        if (s[0] == '/' && s[1] == '*') {
            depth++;
            s += 2;
        } else if (s[0] == '*' && s[1] == '/') {
            s += 2;
            if (--depth == 0) {
                return s;
            }
        } else {
            s++;
        }
    }
    return s;
}

static const char *skip_dollar(const char *s)
{
    const char *tag_end = s + 1;
    if (isdigit((unsigned char)*tag_end)) {
        return s;
    }
    while (sql_word_char(*tag_end)) {
        tag_end++;
    }
    if (*tag_end != '$') {
        return s;
    }
    size_t n = (size_t)(tag_end + 1 - s);
    for (const char *p = tag_end + 1; *p; p++) {
        if (*p == '$' && strncmp(p, s, n) == 0) {
            return p + n;
        }
    }
    return s + strlen(s);
}

const char *sql_skip(const char *start, const char *s)
{
    switch (*s) {
    case '\'': {
        bool e = s > start && (s[-1] == 'E' || s[-1] == 'e') &&
                 (s - 1 == start || !sql_word_char(s[-2]));
        return skip_string(s, e);
    }
    case '"':
    case '`':
        return skip_string(s, false);
    case '-':
        return s[1] == '-' ? s + strcspn(s, "\n") : s;
    case '/':
        return s[1] == '*' ? skip_comment(s) : s;
    case '$':
        return s > start && sql_word_char(s[-1]) ? s : skip_dollar(s);
    default:
        return s;
    }
}

static int name_index(struct sql_names *out, const char *name, size_t n)
{
    for (int i = 0; i < out->name_count; i++) {
        if (strlen(out->names[i]) == n && memcmp(out->names[i], name, n) == 0) {
            return i;
        }
    }
    char *copy = db_alloc(n + 1);
    memcpy(copy, name, n);
    out->names = db_grow(out->names, sizeof *out->names * (size_t)(out->name_count + 1));
    out->names[out->name_count] = copy;
    return out->name_count++;
}

static void add_piece(struct sql_names *out, const char *text, size_t n, int param)
{
    size_t count = (size_t)out->piece_count + 1;
    out->pieces = db_grow(out->pieces, sizeof *out->pieces * count);
    out->pieces[out->piece_count++] = (struct sql_piece){.text = text, .n = n, .param = param};
}

void sql_parse(const char *sql, struct sql_names *out)
{
    *out = (struct sql_names){0};
    const char *from = sql, *s = sql;
    while (*s) {
        const char *behind = sql_skip(sql, s);
        if (behind != s) {
            s = behind;
        } else if (s[0] == ':' && s[1] == ':') {
            s += 2;
        } else if (s[0] == ':' && (isalpha((unsigned char)s[1]) || s[1] == '_')) {
            const char *end = s + 1;
            while (sql_word_char(*end)) {
                end++;
            }
            int param = name_index(out, s + 1, (size_t)(end - s - 1));
            add_piece(out, from, (size_t)(s - from), param);
            from = s = end;
        } else {
            s++;
        }
    }
    add_piece(out, from, (size_t)(s - from), -1);
}

void sql_names_free(struct sql_names *s)
{
    for (int i = 0; i < s->name_count; i++) {
        free(s->names[i]);
    }
    free(s->names);
    free(s->pieces);
    *s = (struct sql_names){0};
}

static int rank_among_present(const bool *null, int param)
{
    int rank = 1;
    for (int i = 0; i < param; i++) {
        rank += !null[i];
    }
    return rank;
}

void sql_render(const struct sql_names *s, const bool *null, struct buf *out)
{
    for (int i = 0; i < s->piece_count; i++) {
        const struct sql_piece *p = &s->pieces[i];
        buf_add(out, p->text, p->n);
        if (p->param < 0) {
            continue;
        }
        if (null[p->param]) {
            buf_text_add(out, "NULL");
        } else {
            buf_printf(out, "$%d", rank_among_present(null, p->param));
        }
    }
}
