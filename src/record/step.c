/* SPDX-License-Identifier: Apache-2.0 */
/* Actions: a step of the kind's table, with its form, in one transaction. */
#include <string.h>

#include "record/record_int.h"

static bool right_state(const struct row *row, const struct flow_step *s)
{
    const struct kind *k = row->kind;
    return !s->from || k->state_field < 0 || word_in(s->from, row->v[k->state_field].s);
}

/* Which step the action means here; the reason when none does. */
static const struct flow_step *find_step(struct cx *cx, const struct row *row, const char *action,
                                         enum rc *rc)
{
    const struct kind *k = row->kind;
    const struct flow_step *known = NULL, *here = NULL;
    for (int i = 0; i < k->n_flow; i++) {
        const struct flow_step *s = &k->flow[i];
        if (strcmp(s->action, action))
            continue;
        known = s;
        if (!right_state(row, s))
            continue;
        here = s;
        if (may_step(cx, row, s))
            return s;
    }
    if (!known)
        *rc = FAIL(cx, RC_NOT_FOUND, NULL, "没有“{action}”这个操作", "no action called {action}", "action", action);
    else if (here && here->when && !here->when(row))
        *rc = FAIL(cx, RC_CONFLICT, NULL, "这条{label}还不具备“{action}”的条件", "this {name} is not ready for {word}",
                   "label", k->label, "action", here->label, "name", k->label_en, "word", action);
    else if (here)
        *rc = FAIL(cx, RC_DENIED, NULL, "您不能对这条{label}执行“{action}”", "you may not {word} this {name}", "label",
                   k->label, "action", here->label, "word", action, "name", k->label_en);
    else {
        const char *state = row->v[k->state_field].s;
        const struct option *o = field_option(&k->fields[k->state_field], state);
        *rc = FAIL(cx, RC_CONFLICT, "state", "当前状态“{state}”不能执行该操作", "not possible in state {word}", "state",
                   o ? o->label : state, "word", state);
    }
    return NULL;
}

static int input_index(const struct flow_step *s, const char *name)
{
    for (int i = 0; i < s->n_input; i++)
        if (!strcmp(s->input[i].name, name))
            return i;
    return -1;
}

static enum rc read_input(struct cx *cx, const struct flow_step *s, json_t *in, const struct row *row,
                          struct value *input)
{
    const char *key;
    json_t *value;
    for (int i = 0; i < s->n_input; i++)
        input[i].null = true;
    json_object_foreach(in, key, value)
    {
        int i = input_index(s, key), to = field_index(row->kind, key);
        if (!strcmp(key, "rev"))
            continue;
        if (i < 0)
            return FAIL(cx, RC_INVALID, key, "“{action}”没有“{field}”这一项", "{word} has no field {field}", "action",
                        s->label, "word", s->action, "field", key);
        /* child rows so far may be named by their ids */
        struct value v = to >= 0 && s->input[i].type == F_ROWS ? row->v[to] : (struct value){.null = true};
        enum rc rc = value_from_json(cx, &s->input[i], value, &v);
        if (rc)
            return rc;
        input[i] = v;
    }
    return RC_OK;
}

/* Input fields named like fields of the kind are copied into the row. */
static enum rc take_input(struct cx *cx, const struct flow_step *s, json_t *in, struct row *row,
                          struct value *input)
{
    const char *label = NULL;
    enum rc rc = read_input(cx, s, in, row, input);
    for (int i = 0; i < s->n_input && !rc; i++) {
        const struct field *f = &s->input[i];
        int to = field_index(row->kind, f->name);
        rc = value_check(cx, f, &input[i]);
        if (!rc && f->type == F_REF)
            rc = check_ref(cx, f, &input[i], &label);
        if (rc || to < 0 || (input[i].null && !input[i].rows))
            continue;
        row->v[to] = input[i];
        if (f->type == F_REF)
            row->label[to] = label;
    }
    return rc;
}

static enum rc act(struct cx *cx, const struct kind *k, int64_t id, const char *action, json_t *in,
                   struct row **out)
{
    struct row *old;
    enum rc rc = record_get(cx, k, id, &old);
    if (!rc)
        rc = not_retired(cx, old);
    const struct flow_step *s = rc ? NULL : find_step(cx, old, action, &rc);
    if (!rc)
        rc = take_rev(cx, in, old);
    if (rc)
        return rc;
    struct row *row = record_copy(cx, old);
    struct value *input = ARENA_NEW(cx->a, struct value, s->n_input);
    rc = take_input(cx, s, in, row, input);
    if (!rc && s->to)
        row_text(row, k->state_field, s->to);
    if (!rc && s->effect)
        rc = s->effect(cx, row, input);
    if (!rc)
        rc = record_update(cx, old, row, action);
    if (!rc && s->after)
        rc = s->after(cx, row, input);
    return rc ? rc : record_load(cx, k, id, out);
}

enum rc record_act(struct cx *cx, const struct kind *k, int64_t id, const char *action, json_t *in,
                   struct row **out)
{
    bool mine;
    enum rc rc;
    if (!strcmp(action, "retire")) { /* the step that every kind has */
        rc = record_retire(cx, k, id, in);
        return rc ? rc : record_load(cx, k, id, out);
    }
    rc = own_transaction(cx, &mine);
    return rc ? rc : end_transaction(cx, mine, act(cx, k, id, action, in, out));
}

enum rc record_bulk(struct cx *cx, const struct kind *k, const char *action, json_t *in, bulk_each *f,
                    void *ctx)
{
    json_t *ids = json_object_get(in, "ids"), *form = json_copy(in);
    bool good = json_is_array(ids) && json_array_size(ids) <= BULK_MAX;
    json_object_del(form, "ids");
    for (size_t i = 0; good && i < json_array_size(ids); i++) {
        json_t *one = json_array_get(ids, i);
        struct row *row = NULL;
        int64_t id = json_integer_value(json_object_get(one, "id"));
        json_object_del(form, "rev"); /* that of the item before, or one meant for all: never for this one */
        json_object_set(form, "rev", json_object_get(one, "rev"));
        enum rc rc = record_act(cx, k, id, action, form, &row);
        f(ctx, id, rc, rc ? NULL : row);
    }
    json_decref(form);
    return good ? RC_OK
                : FAIL(cx, RC_INVALID, "ids", "ids 应为最多 500 项的数组", "ids: an array of at most 500");
}
