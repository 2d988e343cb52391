/* SPDX-License-Identifier: Apache-2.0 */
/* Presets: the contract and its rules as data, {"kind":[{"field":value}]}, kinds in order. References
 * are given by label. A row whose unique field (or whose every given field) is there already stays. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "record/record.h"

static enum rc scalar(struct cx *cx, const struct field *f, const json_t *v, struct value *out)
{
    if (json_is_string(v))
        return value_from_text(cx, f, json_string_value(v), out);
    if (json_is_boolean(v) && f->type == F_BOOL) {
        *out = (struct value){.i = json_is_true(v)};
        return RC_OK;
    }
    if (json_is_number(v)) {
        *out = (struct value){.i = json_integer_value(v), .f = json_number_value(v)};
        return RC_OK;
    }
    return FAIL(cx, RC_INVALID, f->name, "预置数据的“{label}”类型不对", "preset: bad type of {name}",
                "label", f->label, "name", f->name);
}

static enum rc fill_row(struct cx *cx, const struct kind *k, json_t *in, struct row *row)
{
    const char *key;
    json_t *v;
    json_object_foreach(in, key, v)
    {
        int i = field_index(k, key);
        if (i < 0)
            return FAIL(cx, RC_INVALID, key, "预置数据：{kind} 没有字段 {field}",
                        "preset: {kind} has no field {field}", "kind", k->name, "field", key);
        enum rc rc = scalar(cx, &k->fields[i], v, &row->v[i]);
        if (rc)
            return rc;
    }
    return RC_OK;
}

/* The fields that make a row the same one: the kind's identity when all of it is given, else its
 * unique field, else every given field. The preset may be loaded again and again, also after people
 * changed its rows: theirs stay. */
static bool names_it(const struct kind *k, const char *field, json_t *in)
{
    const char *s = k->identity, *end = s ? s + strcspn(s, "|") : NULL;
    bool unique = false, mine = false;
    while (s && s < end) {
        size_t len = strcspn(s, "+|");
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)len, s);
        mine = mine || !strcmp(name, field);
        if (!json_object_get(in, name))
            s = NULL; /* not all of it is given */
        else
            s += len + (s[len] == '+');
    }
    if (s)
        return mine;
    for (int i = 0; i < k->n_fields; i++)
        unique = unique || ((k->fields[i].flags & UNIQUE) && json_object_get(in, k->fields[i].name));
    return !unique || (k->fields[field_index(k, field)].flags & UNIQUE);
}

static enum rc exists(struct cx *cx, const struct kind *k, const struct row *row, json_t *in,
                      bool *out)
{
    struct query q = {0};
    int64_t n = 0;
    const char *key;
    json_t *v;
    json_object_foreach(in, key, v)
    {
        int i = field_index(k, key);
        const struct field *f = &k->fields[i];
        const struct value *x = &row->v[i];
        if (f->type == F_FLOAT || x->null || q.n_filters == 20 || !names_it(k, key, in))
            continue;
        const char *text = x->s ? x->s : arena_printf(cx->a, "%lld", (long long)x->i);
        q.filter[q.n_filters++] = (struct filter){f->name, "eq", text};
    }
    q.retired = true;
    enum rc rc = record_count(cx, k, &q, &n);
    *out = n > 0;
    return rc;
}

/* References by number instead of by label: what record_create() understands. */
static void number_refs(const struct row *row, json_t *in)
{
    const struct kind *k = row->kind;
    for (int i = 0; i < k->n_fields; i++)
        if (k->fields[i].type == F_REF && json_is_string(json_object_get(in, k->fields[i].name)))
            json_object_set_new(in, k->fields[i].name, json_integer(row->v[i].i));
}

static enum rc load_row(struct cx *cx, const struct kind *k, json_t *in, int *created)
{
    bool there;
    struct row *row = record_new(cx, k);
    enum rc rc = json_is_object(in) ? fill_row(cx, k, in, row)
                                    : FAIL(cx, RC_INVALID, k->name, "应为 {} 对象", "must be an object");
    if (!rc)
        rc = exists(cx, k, row, in, &there);
    if (rc || there)
        return rc;
    number_refs(row, in);
    rc = record_create(cx, k, in, &row);
    ++*created;
    return rc;
}

/* Which row of the file it was. */
static enum rc at_row(struct cx *cx, const struct kind *k, size_t i, enum rc rc)
{
    char number[24];
    struct err e = cx->err;
    snprintf(number, sizeof number, "%zu", i + 1);
    return FAIL(cx, rc, arena_strdup(cx->a, e.field), "预置数据 {kind} 第 {row} 条：{zh}", "preset, {kind} row {row}: {en}",
                "kind", k->name, "row", number, "zh", arena_strdup(cx->a, e.zh), "en", arena_strdup(cx->a, e.en));
}

static enum rc load_kinds(struct cx *cx, json_t *root, int *created)
{
    const char *name;
    json_t *rows, *row;
    size_t i;
    json_object_foreach(root, name, rows)
    {
        const struct kind *k = record_kind(name);
        if (!k || !json_is_array(rows))
            return FAIL(cx, RC_INVALID, name, "预置数据里的“{kind}”不是一类记录", "preset: no kind {kind}",
                        "kind", name);
        json_array_foreach(rows, i, row)
        {
            enum rc rc = load_row(cx, k, row, created);
            if (rc)
                return at_row(cx, k, i, rc);
        }
    }
    return RC_OK;
}

enum rc preset_load(struct cx *cx, const char *json_text, int *created)
{
    json_error_t e;
    json_t *root = json_loads(json_text, JSON_REJECT_DUPLICATES, &e);
    *created = 0;
    if (!json_is_object(root)) {
        json_decref(root);
        char line[16];
        snprintf(line, sizeof line, "%d", e.line);
        return FAIL(cx, RC_INVALID, "preset", "预置文件不是有效的 JSON（第 {line} 行：{why}）",
                    "the preset is no valid JSON (line {line}: {why})", "line", line, "why", e.text);
    }
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (!rc)
        rc = load_kinds(cx, root, created);
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    json_decref(root);
    return rc;
}
