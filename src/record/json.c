/* SPDX-License-Identifier: Apache-2.0 */
/* Records, metadata and timelines as JSON (docs/api.md), through the actor's field rights. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/person.h"
#include "record/record_int.h"

static const char *const type_words[] = {
    [F_TEXT] = "text",       [F_INT] = "int",   [F_FLOAT] = "float",       [F_FEN] = "fen",
    [F_BOOL] = "bool",       [F_ENUM] = "enum", [F_INSTANT] = "instant",   [F_DATE] = "date",
    [F_DURATION] = "duration", [F_REF] = "ref", [F_FILES] = "files",
    [F_GEO] = "geo",         [F_SECRET] = "secret", [F_ROWS] = "rows",
};

static void float_or_null(struct jw *w, const struct db_rows *r, int col)
{
    if (db_null(r, col))
        jw_null(w);
    else
        jw_float(w, db_float(r, col));
}

static void int_or_null(struct jw *w, const char *key, const struct db_rows *r, int col)
{
    jw_key(w, key);
    if (db_null(r, col))
        jw_null(w);
    else
        jw_int(w, db_int(r, col));
}

/* What only pictures have. */
static void picture_json(struct cx *cx, struct jw *w, const struct db_rows *r, int64_t id)
{
    const char *url = arena_printf(cx->a, "/api/v1/file/%lld", (long long)id);
    int_or_null(w, "width", r, 6);
    int_or_null(w, "height", r, 7);
    int_or_null(w, "taken_at", r, 8);
    jw_key(w, "place");
    if (db_null(r, 9)) {
        jw_null(w);
    } else {
        jw_object(w);
        jw_key(w, "latitude");
        float_or_null(w, r, 9);
        jw_key(w, "longitude");
        float_or_null(w, r, 10);
        jw_end_object(w);
    }
    jw_kt(w, "phash", db_text(r, 11));
    jw_kt(w, "thumb_url", arena_printf(cx->a, "%s/thumb?size=320", url));
    jw_kt(w, "marked_url", arena_printf(cx->a, "%s/marked", url));
}

enum rc record_file_json(struct cx *cx, struct jw *w, int64_t id)
{
    struct db_rows *r;
    enum rc rc = db_query(cx->db,
                          "SELECT f.name, f.type, f.size, f.sha256, f.created_at, a.name, f.width,"
                          " f.height, f.taken_at, f.latitude, f.longitude, f.phash FROM file f"
                          " LEFT JOIN account a ON a.id = f.created_by WHERE f.id = :id",
                          BINDS(B_INT("id", id)), &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r)) {
        jw_object(w);
        jw_ki(w, "id", id);
        jw_kt(w, "name", db_text(r, 0));
        jw_kt(w, "type", db_text(r, 1));
        jw_ki(w, "size", db_int(r, 2));
        jw_kt(w, "sha256", db_text(r, 3));
        jw_ki(w, "uploaded_at", db_int(r, 4));
        jw_kt(w, "by", db_text(r, 5));
        if (!strncmp(db_text(r, 1), "image/", 6))
            picture_json(cx, w, r, id);
        jw_end_object(w);
    }
    return cx_db(cx, db_end(r));
}

static void files_json(struct cx *cx, struct jw *w, const struct value *v)
{
    json_t *ids = v->null ? NULL : json_loads(v->s, 0, NULL);
    jw_array(w);
    for (size_t i = 0; i < json_array_size(ids); i++)
        if (record_file_json(cx, w, json_integer_value(json_array_get(ids, i))))
            break; /* the error stays in cx */
    jw_end_array(w);
    json_decref(ids);
}

static void can_json(struct cx *cx, struct jw *w, const struct row *row)
{
    const struct kind *k = row->kind;
    jw_key(w, "can");
    jw_array(w);
    if (may_do(cx, row, "update"))
        jw_text(w, "update");
    if (may_do(cx, row, "retire"))
        jw_text(w, "retire");
    for (int i = 0; i < k->n_flow; i++)
        if (may_step(cx, row, &k->flow[i]))
            jw_text(w, k->flow[i].action);
    jw_end_array(w);
}

void field_value_json(struct cx *cx, struct jw *w, const struct field *f, const struct value *v,
                      const char *label)
{
    bool mask = sees_masked(cx, f);
    if (!mask && !may_see(cx, f))
        return;
    jw_key(w, f->name);
    if (mask && !v->null)
        jw_text(w, masked(cx, v->s));
    else if (f->type == F_FILES)
        files_json(cx, w, v);
    else if (f->type == F_ROWS)
        rows_json(cx, w, f, v);
    else
        value_json(w, f, v);
    if (f->type == F_REF)
        jw_kt(w, arena_printf(cx->a, "%s_label", f->name), label);
}

void record_json(struct cx *cx, struct jw *w, const struct row *row)
{
    const struct kind *k = row->kind;
    jw_object(w);
    jw_ki(w, "id", row->id);
    jw_ki(w, "rev", row->rev);
    jw_ki(w, "created_at", row->created_at.ms);
    jw_ki(w, "updated_at", row->updated_at.ms);
    jw_kb(w, "retired", row->retired);
    for (int i = 0; i < k->n_fields; i++) {
        const struct field *f = &k->fields[i];
        if (f->type != F_ROWS || row->v[i].rows)
            field_value_json(cx, w, f, &row->v[i], row->label[i]);
    }
    can_json(cx, w, row);
    jw_end_object(w);
}

static void options_json(struct jw *w, const struct option *o)
{
    jw_key(w, "options");
    jw_array(w);
    for (; o && o->value; o++) {
        jw_object(w);
        jw_kt(w, "value", o->value);
        jw_kt(w, "label", o->label);
        jw_kt(w, "label_en", o->label_en ? o->label_en : o->value);
        jw_kt(w, "tone", o->tone ? o->tone : "info");
        jw_end_object(w);
    }
    jw_end_array(w);
}

static void fields_json(struct cx *cx, struct jw *w, const struct field *fields, int n);

static void field_json(struct cx *cx, struct jw *w, const struct field *f)
{
    jw_object(w);
    jw_kt(w, "name", f->name);
    jw_kt(w, "label", f->label);
    jw_kt(w, "label_en", f->label_en ? f->label_en : f->name);
    jw_kt(w, "type", type_words[f->type]);
    jw_kb(w, "required", (f->flags & REQ) != 0);
    jw_kb(w, "find", (f->flags & FIND) && may_see(cx, f));
    jw_kb(w, "list", (f->flags & LIST) != 0);
    jw_kb(w, "readonly", !may_edit(cx, f));
    jw_kb(w, "create_only", (f->flags & ONCE) != 0);
    jw_kb(w, "long", (f->flags & LONG) != 0);
    jw_kb(w, "unique", (f->flags & UNIQUE) != 0);
    jw_kb(w, "auto", (f->flags & AUTO) != 0);
    jw_ki(w, "min", f->min);
    jw_ki(w, "max", f->max);
    if (f->opts)
        options_json(w, f->opts);
    jw_kt(w, "ref", f->ref);
    jw_kt(w, "initial", f->initial);
    jw_kt(w, "help", f->help);
    jw_kt(w, "says", f->says);
    jw_kb(w, "masked", sees_masked(cx, f));
    jw_kb(w, "person", (f->flags & PERSON) != 0);
    jw_kb(w, "image", (f->flags & IMAGE) != 0);
    jw_kb(w, "sortable", f->type != F_ROWS && f->type != F_SECRET && f->type != F_GEO && may_see(cx, f));
    if (f->rows)
        fields_json(cx, w, f->rows->fields, f->rows->n_fields);
    jw_end_object(w);
}

static void fields_json(struct cx *cx, struct jw *w, const struct field *fields, int n)
{
    jw_key(w, "fields");
    jw_array(w);
    for (int i = 0; i < n; i++)
        if (may_see(cx, &fields[i]) || sees_masked(cx, &fields[i]))
            field_json(cx, w, &fields[i]);
    jw_end_array(w);
}

static void words_json(struct jw *w, const char *list)
{
    jw_array(w);
    for (const char *s = list; s && *s;) {
        size_t n = strcspn(s, "|");
        jw_text_n(w, s, n);
        s += n + (s[n] == '|');
    }
    jw_end_array(w);
}

static void step_json(struct cx *cx, struct jw *w, const struct flow_step *s)
{
    jw_object(w);
    jw_kt(w, "action", s->action);
    jw_kt(w, "label", s->label);
    jw_kt(w, "label_en", s->label_en);
    jw_kt(w, "tone", s->tone ? s->tone : "primary");
    jw_key(w, "from");
    words_json(w, s->from);
    jw_kt(w, "to", s->to);
    jw_kb(w, "confirm", s->n_input == 0);
    fields_json(cx, w, s->input, s->n_input);
    jw_end_object(w);
}

static void link_json(struct jw *w, const struct kind *link, int side)
{
    jw_object(w);
    jw_kt(w, "kind", link->name);
    jw_kt(w, "label", link->label);
    jw_kt(w, "label_en", link->label_en);
    jw_kt(w, "via", link->link[side]);
    jw_kt(w, "other", link->link[1 - side]);
    jw_kt(w, "side", link->fields[field_index(link, link->link[side])].label);
    jw_end_object(w);
}

/* The kinds that tie this one to others: its page lists them by f=VIA.eq.ID. */
static void links_json(struct cx *cx, struct jw *w, const struct kind *k)
{
    int n;
    const struct kind *const *kinds = record_kinds(&n);
    jw_key(w, "links");
    jw_array(w);
    for (int i = 0; i < n; i++)
        for (int side = 0; side < 2 && kinds[i]->link[0]; side++) {
            int f = field_index(kinds[i], kinds[i]->link[side]);
            if (!strcmp(kinds[i]->fields[f].ref, k->name) && cx_may(cx, permission_of(cx, kinds[i], "read")))
                link_json(w, kinds[i], side);
        }
    jw_end_array(w);
}

static void kind_json(struct cx *cx, struct jw *w, const struct kind *k)
{
    static const char *const verbs[] = {"create", "update", "retire", "import", "export"};
    jw_object(w);
    jw_kt(w, "name", k->name);
    jw_kt(w, "label", k->label);
    jw_kt(w, "label_en", k->label_en);
    jw_kt(w, "group", k->group);
    jw_kb(w, "export_reason", k->export_reason);
    jw_kt(w, "label_field", k->fields[k->label_field].name);
    jw_kt(w, "state_field", k->state_field < 0 ? NULL : k->fields[k->state_field].name);
    jw_key(w, "can");
    jw_array(w);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if ((!k->closed || i == 4) && cx_may(cx, permission_of(cx, k, verbs[i])))
            jw_text(w, verbs[i]);
    jw_end_array(w);
    if (k->link[0]) {
        jw_key(w, "link");
        jw_array(w);
        jw_text(w, k->link[0]);
        jw_text(w, k->link[1]);
        jw_end_array(w);
    }
    jw_kt(w, "tree", k->tree.parent);
    fields_json(cx, w, k->fields, k->n_fields);
    links_json(cx, w, k);
    jw_key(w, "actions");
    jw_array(w);
    for (int i = 0; i < k->n_flow; i++)
        step_json(cx, w, &k->flow[i]);
    jw_end_array(w);
    jw_end_object(w);
}

void record_meta(struct cx *cx, struct jw *w)
{
    int n;
    const struct kind *const *kinds = record_kinds(&n);
    jw_object(w);
    for (int i = 0; i < n; i++)
        if (cx_may(cx, permission_of(cx, kinds[i], "read"))) {
            jw_key(w, kinds[i]->name);
            kind_json(cx, w, kinds[i]);
        }
    jw_end_object(w);
}

static void word_json(struct jw *w, const char *permission, const char *label, const char *label_en)
{
    jw_object(w);
    jw_kt(w, "permission", permission);
    jw_kt(w, "label", label);
    jw_kt(w, "label_en", label_en);
    jw_end_object(w);
}

/* What every permission of the kinds is called, for those who give them: other kinds than their own
 * are not in their metadata. */
void record_words(struct cx *cx, struct jw *w)
{
    static const char *const verbs[][3] = {{"read", "查看", "Read"},     {"create", "新增", "Create"},
                                           {"update", "修改", "Change"}, {"retire", "停用", "Retire"},
                                           {"import", "导入", "Import"}, {"export", "导出", "Export"}};
    int n;
    const struct kind *const *kinds = record_kinds(&n);
    jw_array(w);
    for (int i = 0; i < n; i++) {
        const struct kind *k = kinds[i];
        jw_object(w);
        jw_kt(w, "kind", k->name);
        jw_kt(w, "label", k->label);
        jw_kt(w, "label_en", k->label_en);
        jw_key(w, "permissions");
        jw_array(w);
        for (size_t v = 0; v < sizeof verbs / sizeof *verbs; v++)
            word_json(w, permission_of(cx, k, verbs[v][0]), verbs[v][1], verbs[v][2]);
        for (int s = 0; s < k->n_flow; s++)
            if (k->flow[s].permission)
                word_json(w, k->flow[s].permission, k->flow[s].label, k->flow[s].label_en);
        jw_end_array(w);
        jw_end_object(w);
    }
    jw_end_array(w);
}

/* --- timeline --- */

/* clang-format off */
static const char *const action_words[][2] = {
    {"create", "新建"},     {"update", "修改"},     {"retire", "停用"},    {"import", "导入"},
    {"import_new", "导入"}, {"import_undo", "撤销导入"}, {"labels", "打印标签"},
    {"preset", "预置"},     {"open", "开始"},       {"end", "恢复"},       {"widen", "范围变化"},
    {"merge", "合并"},      {"join", "加入"},       {"leave", "离开"},     {"follow", "随根源变更"},
    {"start", "开始计时"},  {"stop", "停止计时"},   {"overdue", "超时"},   {"cancel", "取消"},
    {"clock", "更新截止"},  {"warn", "将超时预警"},  {"breach", "超时"},   {"escalate", "升级"},
    {"vendor", "联系原厂"},
    {"void", "不再计入"},   {"resume", "恢复计时"}, {"pause", "暂停计时"}, {"remind", "提醒"},
    {"proved", "监控确认恢复"}, {"auto_close", "自动关闭"}, {"two_addresses", "两处同时使用"},
    {"lock", "停用账号"},   {"unlock", "启用账号"}, {"login", "登录"},
    {"logout", "退出"},     {"password", "改密码"}, {"grant_role", "授予角色"}, {"export", "导出"},
    {"view", "查看"},       {"read", "读取"},       {"delete", "删除"},    {"verify", "校验"},
    {"erase", "销毁个人信息"}, {"resend", "重发"}, {"deliver", "送达"}, {"fail", "未送达"},
    {"print", "打印"},      {"hand_over", "转交"},  {"two_addresses", "两处同时使用"}};
/* clang-format on */
#define N_ACTION_WORDS (sizeof action_words / sizeof *action_words)

const char *record_action_label(const struct kind *k, const char *action)
{
    for (int i = 0; k && i < k->n_flow; i++)
        if (!strcmp(k->flow[i].action, action))
            return k->flow[i].label;
    for (size_t i = 0; i < N_ACTION_WORDS; i++)
        if (!strcmp(action_words[i][0], action))
            return action_words[i][1];
    return action;
}

static void code_json(struct jw *w, const char *value, const char *label, const char *label_en)
{
    jw_object(w);
    jw_kt(w, "value", value);
    jw_kt(w, "label", label);
    jw_kt(w, "label_en", label_en);
    jw_end_object(w);
}

void record_codes(struct jw *w)
{
    int n;
    const struct kind *const *kinds = record_kinds(&n);
    jw_key(w, "kind");
    jw_array(w);
    for (int i = 0; i < n; i++)
        code_json(w, kinds[i]->name, kinds[i]->label, kinds[i]->label_en);
    jw_end_array(w);
    jw_key(w, "action");
    jw_array(w);
    for (size_t i = 0; i < N_ACTION_WORDS; i++)
        code_json(w, action_words[i][0], action_words[i][1], NULL);
    for (int i = 0; i < n; i++)
        for (int s = 0; s < kinds[i]->n_flow; s++)
            code_json(w, kinds[i]->flow[s].action, kinds[i]->flow[s].label, kinds[i]->flow[s].label_en);
    jw_end_array(w);
}

/* A journalled JSON scalar as people read it. */
static void change_side(struct cx *cx, struct jw *w, const char *key, const struct field *f,
                        json_t *v)
{
    struct value value = {.null = !v || json_is_null(v)};
    jw_key(w, key);
    if (f->type == F_SECRET) {
        jw_text(w, json_is_true(json_object_get(v, "set")) ? "已设置" : "");
        return;
    }
    if (f->type == F_FILES) {
        char *text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
        value.s = text;
        files_json(cx, w, &value);
        free(text);
        return;
    }
    if (json_is_string(v))
        value.s = arena_strdup(cx->a, json_string_value(v));
    else if (json_is_boolean(v))
        value.i = json_is_true(v);
    else if (json_is_real(v))
        value.f = json_real_value(v);
    else
        value.i = json_integer_value(v);
    if (f->type == F_FLOAT && json_is_integer(v))
        value.f = (double)value.i;
    if (f->type == F_GEO) {
        value.f = json_number_value(json_object_get(v, "lng"));
        value.lat = json_number_value(json_object_get(v, "lat"));
    }
    const char *text = value_text(cx, f, &value, NULL);
    jw_text(w, sees_masked(cx, f) ? masked(cx, text) : text);
}

static void opened_side(struct cx *cx, struct jw *w, const char *key, const struct field *f, json_t *side)
{
    json_t *v = person_side(cx, side);
    change_side(cx, w, key, f, v);
    json_decref(v);
}

static void change_json(struct cx *cx, struct jw *w, const struct field *f, const char *name,
                        const char *label, json_t *pair)
{
    jw_object(w);
    jw_kt(w, "field", name);
    jw_kt(w, "label", label);
    jw_kt(w, "type", type_words[f->type]);
    opened_side(cx, w, "before", f, json_array_get(pair, 0));
    opened_side(cx, w, "after", f, json_array_get(pair, 1));
    jw_end_object(w);
}

/* "needs.12.content": the child row by its number, under the label of its field. */
static void row_changes_json(struct cx *cx, struct jw *w, const struct field *f, json_t *changes)
{
    static const struct field pos = {"pos", "次序", "Position", F_INT};
    size_t n = strlen(f->name);
    const char *key;
    json_t *pair;
    json_object_foreach(changes, key, pair)
    {
        const char *last = strrchr(key, '.');
        const struct field *cf = &pos;
        if (strncmp(key, f->name, n) || key[n] != '.' || !last || last == key + n)
            continue;
        for (int i = 0; i < f->rows->n_fields; i++)
            if (!strcmp(f->rows->fields[i].name, last + 1))
                cf = &f->rows->fields[i];
        if (may_see(cx, cf) || sees_masked(cx, cf))
            change_json(cx, w, cf, arena_strdup(cx->a, key),
                        arena_printf(cx->a, "%s #%.*s %s", f->label, (int)(last - key - (ptrdiff_t)n - 1), key + n + 1,
                                     cf->label),
                        pair);
    }
}

static void changes_json(struct cx *cx, struct jw *w, const struct kind *k, const char *text)
{
    json_t *changes = json_loads(text, 0, NULL);
    jw_key(w, "changes");
    jw_array(w);
    for (int i = 0; i < k->n_fields; i++) {
        const struct field *f = &k->fields[i];
        json_t *pair = json_object_get(changes, f->name);
        if (!may_see(cx, f) && !sees_masked(cx, f))
            continue;
        if (f->type == F_ROWS)
            row_changes_json(cx, w, f, changes);
        else if (pair)
            change_json(cx, w, f, f->name, f->label, pair);
    }
    jw_end_array(w);
    json_decref(changes);
}

/* One more than asked: the oldest then says that there are older ones. */
#define STEPS                                                                                                  \
    "SELECT s.id, s.at, s.actor_type, s.actor, s.action, s.changes, COUNT(*) OVER () FROM"                     \
    " (SELECT j.id, j.at, j.actor_type, COALESCE(a.name, CASE j.actor_type WHEN 'console' THEN '控制台'"     \
    " WHEN 'system' THEN '系统' ELSE j.actor_name END) AS actor, j.action, j.changes"                        \
    " FROM journal j LEFT JOIN account a ON a.id = j.actor_id WHERE j.kind = :kind AND j.record_id = :id"      \
    " AND j.result = 'ok' AND j.id < :before ORDER BY j.id DESC LIMIT :most) s ORDER BY s.id"

static void happened_json(struct cx *cx, struct jw *w, const struct kind *k, const struct db_rows *r)
{
    jw_object(w);
    jw_ki(w, "id", db_int(r, 0));
    jw_ki(w, "at", db_int(r, 1));
    jw_kt(w, "actor_type", db_text(r, 2));
    jw_kt(w, "actor", db_text(r, 3));
    jw_kt(w, "action", db_text(r, 4));
    jw_kt(w, "label", record_action_label(k, db_text(r, 4)));
    changes_json(cx, w, k, db_text(r, 5));
    jw_end_object(w);
}

enum rc record_journal(struct cx *cx, const struct kind *k, int64_t id, int64_t before, int most, struct jw *w)
{
    struct row *row;
    struct db_rows *r;
    int64_t next = 0, n = 0;
    enum rc rc = record_get(cx, k, id, &row);
    if (!rc)
        rc = cx_db(cx, db_query(cx->db, STEPS,
                                BINDS(B_TEXT("kind", k->name), B_INT("id", id), B_INT("before", before ? before : INT64_MAX),
                                      B_INT("most", most + 1)),
                                &r));
    if (rc)
        return rc;
    jw_object(w);
    jw_key(w, "items");
    jw_array(w);
    while (db_next(r)) {
        bool over = db_int(r, 6) > most;
        if (over && n == 1)
            next = db_int(r, 0);
        if (!over || n)
            happened_json(cx, w, k, r);
        n++;
    }
    jw_end_array(w);
    jw_key(w, "next");
    if (next)
        jw_int(w, next);
    else
        jw_null(w);
    jw_end_object(w);
    return cx_db(cx, db_end(r));
}
