/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/buf.h"
#include "mod/notice/notice_int.h"

static int index_of(const struct kind *k, const char *name, size_t n)
{
    for (int i = 0; i < k->n_fields; i++)
        if (strlen(k->fields[i].name) == n && !strncmp(k->fields[i].name, name, n))
            return i;
    return -1;
}

const struct field *path_field(const struct kind *k, const char *path, size_t n, int *hop_out)
{
    const char *dot = memchr(path, '.', n);
    *hop_out = -1;
    if (dot) {
        *hop_out = index_of(k, path, (size_t)(dot - path));
        if (*hop_out < 0 || k->fields[*hop_out].type != F_REF)
            return NULL;
        k = record_kind(k->fields[*hop_out].ref);
        n -= (size_t)(dot + 1 - path);
        path = dot + 1;
    }
    int i = index_of(k, path, n);
    return i < 0 ? NULL : &k->fields[i];
}

/* The record that holds the last word of a path; NULL when the reference is empty. */
static enum rc path_row(struct cx *cx, const struct row *row, int hop, struct row **out)
{
    *out = NULL;
    if (row->v[hop].null)
        return RC_OK;
    return record_load(cx, record_kind(row->kind->fields[hop].ref), row->v[hop].i, out);
}

static enum rc path_value(struct cx *cx, const struct row *row, const char *path, size_t n,
                          const struct field **f, struct value *v, const char **label)
{
    int hop;
    struct row *far = NULL;
    *f = path_field(row->kind, path, n, &hop);
    *v = (struct value){.null = true};
    if (!*f)
        return RC_OK;
    enum rc rc = hop >= 0 ? path_row(cx, row, hop, &far) : RC_OK;
    const struct row *from = hop >= 0 ? far : row;
    if (rc || !from)
        return rc;
    int i = (int)(*f - from->kind->fields);
    *v = from->v[i];
    *label = from->label ? from->label[i] : NULL;
    return RC_OK;
}

/* Whoever reads a notice on the way plans by the weekday. */
static const char *said(struct cx *cx, const struct field *f, const struct value *v, const char *label)
{
    char text[INSTANT_TEXT];
    if (f->type == F_INSTANT)
        return arena_strdup(cx->a, instant_spoken((struct instant){v->i}, text));
    return value_text(cx, f, v, label);
}

enum rc template_fill(struct cx *cx, const struct row *row, const char *template, const char **out)
{
    struct buf b = {0};
    enum rc rc = RC_OK;
    for (const char *s = template; *s && !rc;) {
        size_t plain = strcspn(s, "{"), n;
        buf_add(&b, s, plain);
        s += plain;
        if (!*s)
            break;
        const struct field *f;
        struct value v;
        const char *label = NULL;
        n = strcspn(++s, "}");
        rc = path_value(cx, row, s, n, &f, &v, &label);
        if (!rc && f && !v.null)
            buf_text_add(&b, f->flags & PERSON ? "***" : said(cx, f, &v, label));
        s += n + (s[n] == '}');
    }
    *out = arena_strdup(cx->a, buf_text(&b));
    buf_free(&b);
    return rc;
}

enum rc path_person(struct cx *cx, const struct row *row, const char *path, int64_t *out)
{
    const struct field *f;
    struct value v;
    const char *label;
    enum rc rc = path_value(cx, row, path, strlen(path), &f, &v, &label);
    *out = rc || v.null ? 0 : v.i;
    return rc;
}

enum rc path_equals(struct cx *cx, const struct row *row, const char *condition, bool *out)
{
    const struct field *f;
    struct value v;
    const char *label, *eq = strchr(condition, '=');
    *out = false;
    if (!eq)
        return RC_OK;
    enum rc rc = path_value(cx, row, condition, (size_t)(eq - condition), &f, &v, &label);
    if (rc || !f || v.null)
        return rc;
    const char *have = v.s ? v.s : arena_printf(cx->a, "%lld", (long long)v.i);
    *out = !strcmp(have, eq + 1);
    return RC_OK;
}
