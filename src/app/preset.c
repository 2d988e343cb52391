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

/* How many rows hold all the given values: the preset may be loaded again and again. */
static enum rc exists(struct cx *cx, const struct kind *k, const struct row *row, json_t *in,
                      bool *out)
{
    struct query q = {0};
    int64_t n = 0;
    const char *key;
    json_t *v;
    bool unique = false;
    for (int pass = 0; pass < 2 && !q.n_filters; pass++)
        json_object_foreach(in, key, v)
        {
            int i = field_index(k, key);
            const struct field *f = &k->fields[i];
            if ((pass == 0 && !(f->flags & UNIQUE)) || unique || f->type == F_FLOAT)
                continue;
            unique = pass == 0;
            const struct value *x = &row->v[i];
            const char *text = x->s ? x->s : arena_printf(cx->a, "%lld", (long long)x->i);
            if (q.n_filters < 20)
                q.filter[q.n_filters++] = (struct filter){f->name, "eq", text};
        }
    q.retired = true;
    enum rc rc = record_count(cx, k, &q, &n);
    *out = n > 0;
    return rc;
}

static enum rc load_row(struct cx *cx, const struct kind *k, json_t *in, int *created)
{
    bool there;
    struct row *row = record_new(cx, k);
    enum rc rc = fill_row(cx, k, in, row);
    if (!rc)
        rc = exists(cx, k, row, in, &there);
    if (rc || there)
        return rc;
    if (k->check)
        rc = k->check(cx, NULL, row);
    if (!rc)
        rc = record_insert(cx, row, "preset");
    if (!rc && k->after)
        rc = k->after(cx, NULL, row);
    ++*created;
    return rc;
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
                return rc;
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
