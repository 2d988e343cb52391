/* SPDX-License-Identifier: Apache-2.0 */
/* Storing a row: columns, optimistic lock, audit diff and file links in one transaction. */
#include <stdio.h>
#include <string.h>

#include "journal/journal.h"
#include "record/person.h"
#include "record/record_int.h"

struct row *record_new(struct cx *cx, const struct kind *k)
{
    struct row *row = ARENA_NEW(cx->a, struct row, 1);
    row->kind = k;
    row->v = ARENA_NEW(cx->a, struct value, k->n_fields);
    row->label = ARENA_NEW(cx->a, const char *, k->n_fields);
    for (int i = 0; i < k->n_fields; i++) {
        row->v[i].null = true;
        if (k->fields[i].initial) {
            struct value v;
            if (!value_from_text(cx, &k->fields[i], k->fields[i].initial, &v))
                row->v[i] = v;
        }
    }
    return row;
}

struct row *record_copy(struct cx *cx, const struct row *row)
{
    struct row *copy = ARENA_NEW(cx->a, struct row, 1);
    *copy = *row;
    copy->v = ARENA_NEW(cx->a, struct value, row->kind->n_fields);
    copy->label = ARENA_NEW(cx->a, const char *, row->kind->n_fields);
    memcpy(copy->v, row->v, sizeof *row->v * (size_t)row->kind->n_fields);
    memcpy(copy->label, row->label, sizeof *row->label * (size_t)row->kind->n_fields);
    return copy;
}

void row_int(struct row *r, int field, int64_t v)
{
    r->v[field] = (struct value){.i = v};
}

void row_text(struct row *r, int field, const char *s)
{
    r->v[field] = (struct value){.s = s, .null = !s || !*s};
}

void row_null(struct row *r, int field)
{
    r->v[field] = (struct value){.null = true};
}

void row_geo(struct row *r, int field, double lng, double lat)
{
    r->v[field] = (struct value){.f = lng, .lat = lat};
}

/* Uploaded files that the row names become its evidence; those of another record or uploaded by
 * another person are refused: who names a file may read it afterwards. */
static enum rc claim_file(struct cx *cx, const struct row *row, const struct field *f, int64_t id)
{
    int64_t changed = 0;
    char text[24];
    enum rc rc = db_run(cx->db,
                        "UPDATE file SET kind = :kind, record_id = :record WHERE id = :id"
                        " AND (type LIKE 'image/%' OR :image = 0)"
                        " AND ((record_id IS NULL AND (created_by = :me OR :any = 1))"
                        " OR (kind = :kind AND record_id = :record))",
                        BINDS(B_INT("image", (f->flags & IMAGE) != 0), B_TEXT("kind", row->kind->name), B_INT("record", row->id),
                              B_INT("id", id), B_INT("me", cx->actor.user_id),
                              B_INT("any", cx->actor.type != ACTOR_USER)),
                        &changed);
    if (rc)
        return cx_db(cx, rc);
    if (changed)
        return RC_OK;
    snprintf(text, sizeof text, "%lld", (long long)id);
    return FAIL(cx, RC_INVALID, f->name, "文件 {id} 不能用作“{label}”：不存在、不是照片、已属于别的记录，或不是您上传的",
                "file {id} cannot be used for {name}: it does not exist, is no picture, belongs to"
                " another record or is not yours",
                "id", text, "label", f->label, "name", f->name);
}

enum rc claim_value(struct cx *cx, const struct row *row, const struct field *f,
                    const struct value *v)
{
    enum rc rc = RC_OK;
    json_t *ids = v->null ? NULL : json_loads(v->s, 0, NULL);
    for (size_t j = 0; j < json_array_size(ids) && !rc; j++)
        rc = claim_file(cx, row, f, json_integer_value(json_array_get(ids, j)));
    json_decref(ids);
    return rc;
}

static enum rc claim_files(struct cx *cx, const struct row *row)
{
    enum rc rc = RC_OK;
    for (int i = 0; i < row->kind->n_fields && !rc; i++)
        if (row->kind->fields[i].type == F_FILES)
            rc = claim_value(cx, row, &row->kind->fields[i], &row->v[i]);
    return rc;
}

bool side_json(struct cx *cx, struct jw *w, const struct row *row, const struct field *f, const struct value *v)
{
    struct buf text = {0};
    struct jw plain = jw_on(&text);
    if (v->null || !person_field(row->kind, f)) {
        value_json(w, f, v);
        return true;
    }
    value_json(&plain, f, v);
    enum rc rc = person_seal(cx, row, f, buf_text(&text), w);
    buf_free(&text);
    return rc == RC_OK;
}

/* NULL, with the error in cx, when a value could not be sealed: then nothing is to be journalled.
 * {"field":[before,after]} of what differs; old = NULL: from nothing. *n = number of changes. */
const char *row_diff(struct cx *cx, const struct row *old, const struct row *row, int *n)
{
    struct buf b = {0};
    struct jw w = jw_on(&b);
    static const struct value none = {.null = true};
    bool good = true;
    *n = 0;
    jw_object(&w);
    for (int i = 0; i < row->kind->n_fields; i++) {
        const struct field *f = &row->kind->fields[i];
        const struct value *before = old ? &old->v[i] : &none;
        if (value_same(f, before, &row->v[i]))
            continue;
        if (f->type == F_ROWS) {
            good = good && rows_diff(cx, &w, row, f, before, &row->v[i], n);
            continue;
        }
        jw_key(&w, f->name);
        jw_array(&w);
        good = good && side_json(cx, &w, row, f, before) && side_json(cx, &w, row, f, &row->v[i]);
        jw_end_array(&w);
        ++*n;
    }
    jw_end_object(&w);
    const char *s = good ? arena_strdup(cx->a, buf_text(&b)) : NULL;
    buf_free(&b);
    return s;
}

enum rc own_transaction(struct cx *cx, bool *mine)
{
    *mine = !db_in_transaction(cx->db);
    return *mine ? cx_db(cx, db_begin(cx->db)) : RC_OK;
}

enum rc end_transaction(struct cx *cx, bool mine, enum rc rc)
{
    if (mine && !rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (mine && rc)
        db_rollback(cx->db);
    return rc;
}

/* The database's unique and foreign keys have the last word; say which field it was when we can. */
enum rc row_explain(struct cx *cx, const struct row *row, enum rc rc)
{
    if (rc != RC_CONFLICT && rc != RC_INVALID)
        return cx_db(cx, rc);
    for (int i = 0; i < row->kind->n_fields; i++) {
        const struct field *f = &row->kind->fields[i];
        if (rc == RC_CONFLICT && (f->flags & UNIQUE))
            return FAIL(cx, RC_CONFLICT, f->name, "“{label}”已经存在", "{name} is already taken",
                        "label", f->label, "name", f->name);
    }
    return cx_db(cx, rc);
}

static enum rc insert_row(struct cx *cx, struct row *row)
{
    const struct kind *k = row->kind;
    struct buf sql = {0}, values = {0};
    struct bind *b = ARENA_NEW(cx->a, struct bind, 2 * k->n_fields + 4);
    int n = 0;
    buf_printf(&sql, "INSERT INTO %s (rev, created_at, created_by, updated_at", kind_table(k));
    buf_text_add(&values, "1, :now, :by, :now");
    b[n++] = B_INT("now", cx->now.ms);
    b[n++] = cx->actor.user_id ? B_INT("by", cx->actor.user_id) : B_NULL("by");
    for (int i = 0; i < k->n_fields; i++)
        for (int c = 0; c < field_columns(&k->fields[i]); c++) {
            buf_printf(&sql, ", %s%s", k->fields[i].name, column_suffix(&k->fields[i], c));
            buf_printf(&values, ", :v%d_%d", i, c);
            b[n++] = value_bind(arena_printf(cx->a, "v%d_%d", i, c), &k->fields[i], &row->v[i], c);
        }
    b[n] = B_END;
    buf_printf(&sql, ") VALUES (%s) RETURNING id", buf_text(&values));
    enum rc rc = db_int_of(cx->db, arena_strdup(cx->a, buf_text(&sql)), b, &row->id);
    buf_free(&sql);
    buf_free(&values);
    row->rev = 1;
    row->created_at = row->updated_at = cx->now;
    row->created_by = cx->actor.user_id;
    return rc ? row_explain(cx, row, rc) : RC_OK;
}

enum rc record_insert(struct cx *cx, struct row *row, const char *action)
{
    bool mine;
    int n;
    enum rc rc = own_transaction(cx, &mine);
    if (!rc)
        rc = insert_row(cx, row);
    if (!rc)
        rc = rows_store(cx, NULL, row);
    if (!rc)
        rc = tree_store(cx, NULL, row);
    if (!rc)
        rc = search_added(cx, row->kind, row->id, row->id);
    if (!rc)
        rc = claim_files(cx, row);
    if (!rc)
        rc = journal_add(cx, row->kind->name, row->id, action, row_diff(cx, NULL, row, &n), "ok");
    return end_transaction(cx, mine, rc);
}

static enum rc stale(struct cx *cx)
{
    return FAIL(cx, RC_CONFLICT, "rev", "这条记录刚被别人改过，请刷新后再试",
                "somebody else changed this record; reload and try again");
}

/* Its changed fields; revive: it was taken out and stands again. */
static enum rc update_row(struct cx *cx, const struct row *old, struct row *row, bool revive)
{
    const struct kind *k = row->kind;
    record_cache_forget(k);
    struct buf sql = {0};
    struct bind *b = ARENA_NEW(cx->a, struct bind, 2 * k->n_fields + 4);
    int n = 0;
    int64_t changed = 0;
    buf_printf(&sql, "UPDATE %s SET rev = rev + 1, updated_at = :now%s", kind_table(k),
               revive ? ", retired_at = NULL" : "");
    b[n++] = B_INT("now", cx->now.ms);
    for (int i = 0; i < k->n_fields; i++) {
        if (value_same(&k->fields[i], &old->v[i], &row->v[i]))
            continue;
        for (int c = 0; c < field_columns(&k->fields[i]); c++) {
            buf_printf(&sql, ", %s%s = :v%d_%d", k->fields[i].name, column_suffix(&k->fields[i], c), i, c);
            b[n++] = value_bind(arena_printf(cx->a, "v%d_%d", i, c), &k->fields[i], &row->v[i], c);
        }
    }
    b[n++] = B_INT("id", row->id);
    b[n++] = B_INT("rev", old->rev);
    b[n] = B_END;
    buf_printf(&sql, " WHERE id = :id AND rev = :rev AND retired_at IS %s", revive ? "NOT NULL" : "NULL");
    enum rc rc = db_run(cx->db, arena_strdup(cx->a, buf_text(&sql)), b, &changed);
    buf_free(&sql);
    if (rc)
        return row_explain(cx, row, rc);
    if (!changed)
        return stale(cx);
    row->rev = old->rev + 1;
    row->updated_at = cx->now;
    row->retired = false;
    return RC_OK;
}

static enum rc write_back(struct cx *cx, const struct row *old, struct row *row, const char *action, bool revive)
{
    bool mine;
    int n;
    enum rc rc = own_transaction(cx, &mine);
    if (!rc)
        rc = update_row(cx, old, row, revive);
    if (!rc)
        rc = rows_store(cx, old, row);
    if (!rc)
        rc = tree_store(cx, old, row);
    if (!rc)
        rc = search_changed(cx, old, row);
    if (!rc)
        rc = claim_files(cx, row);
    if (!rc)
        rc = journal_add(cx, row->kind->name, row->id, action, row_diff(cx, revive ? NULL : old, row, &n), "ok");
    return end_transaction(cx, mine, rc);
}

enum rc record_update(struct cx *cx, const struct row *old, struct row *row, const char *action)
{
    return write_back(cx, old, row, action, false);
}

enum rc record_revive(struct cx *cx, const struct row *old, struct row *row, const char *action)
{
    return write_back(cx, old, row, action, true);
}

static enum rc end_row(struct cx *cx, const struct row *row, const char *action)
{
    int64_t changed = 0;
    const char *sql = arena_printf(cx->a,
                                   "UPDATE %s SET retired_at = :now, updated_at = :now, rev = rev + 1"
                                   " WHERE id = :id AND rev = :rev AND retired_at IS NULL",
                                   kind_table(row->kind));
    enum rc rc = cx_db(cx, db_run(cx->db, sql,
                                  BINDS(B_INT("now", cx->now.ms), B_INT("id", row->id), B_INT("rev", row->rev)),
                                  &changed));
    if (!rc && !changed)
        rc = stale(cx);
    return rc ? rc : journal_add(cx, row->kind->name, row->id, action, "{}", "ok");
}

enum rc record_end(struct cx *cx, const struct row *row, const char *action)
{
    bool mine;
    enum rc rc = own_transaction(cx, &mine);
    return rc ? rc : end_transaction(cx, mine, end_row(cx, row, action));
}

/* --- from outside --- */

enum rc not_retired(struct cx *cx, const struct row *row)
{
    return row->retired ? FAIL(cx, RC_CONFLICT, NULL, "这条记录已停用", "this record is retired") : RC_OK;
}

enum rc take_rev(struct cx *cx, json_t *in, const struct row *row)
{
    const json_t *rev = json_object_get(in, "rev");
    if (!json_is_integer(rev))
        return FAIL(cx, RC_INVALID, "rev", "缺少版次 rev，请刷新页面后再试",
                    "rev is missing: send the one you read");
    return json_integer_value(rev) == row->rev ? RC_OK : stale(cx);
}

static enum rc unknown_field(struct cx *cx, const struct kind *k, const char *name)
{
    int i = field_index(k, name);
    if (i < 0)
        return FAIL(cx, RC_INVALID, name, "没有“{field}”这个字段", "no field called {field}", "field",
                    name);
    if (k->fields[i].flags & RO)
        return FAIL(cx, RC_INVALID, name, "“{label}”由系统填写，不能修改",
                    "{field} is written by the system", "label", k->fields[i].label, "field", name);
    return FAIL(cx, RC_DENIED, name, "您没有修改“{label}”的权限", "you may not change {field}", "label",
                k->fields[i].label, "field", name);
}

enum rc check_ref(struct cx *cx, const struct field *f, const struct value *v, const char **label)
{
    struct row *to;
    if (v->null)
        return RC_OK;
    enum rc rc = record_load(cx, record_kind(f->ref), v->i, &to);
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (rc || to->retired)
        return FAIL(cx, RC_INVALID, f->name, "“{label}”指向的记录不存在或已停用",
                    "{name} refers to a record that does not exist or is retired", "label",
                    f->label, "name", f->name);
    *label = to->v[to->kind->label_field].s;
    return RC_OK;
}

/* What is tied to itself is no link; a pair that is tied already the unique index refuses. */
static enum rc check_link(struct cx *cx, const struct row *row)
{
    const struct kind *k = row->kind;
    if (!k->link[0])
        return RC_OK;
    int a = field_index(k, k->link[0]), b = field_index(k, k->link[1]);
    if (strcmp(k->fields[a].ref, k->fields[b].ref) || row->v[a].null || row->v[a].i != row->v[b].i)
        return RC_OK;
    return FAIL(cx, RC_INVALID, k->link[1], "“{a}”和“{b}”不能是同一条记录", "{an} and {bn} must differ", "a",
                k->fields[a].label, "b", k->fields[b].label, "an", k->fields[a].name, "bn", k->fields[b].name);
}

static enum rc check_unique(struct cx *cx, const struct row *row, int i)
{
    const struct field *f = &row->kind->fields[i];
    int64_t retired;
    if (!(f->flags & UNIQUE) || row->v[i].null)
        return RC_OK;
    const char *sql = arena_printf(cx->a,
                                   "SELECT CASE WHEN retired_at IS NULL THEN 0 ELSE 1 END FROM %s"
                                   " WHERE %s = :v AND id <> :id%s ORDER BY id LIMIT 1",
                                   kind_table(row->kind), f->name,
                                   f->flags & REUSE ? " AND retired_at IS NULL" : "");
    enum rc rc = db_int_of(cx->db, sql, BINDS(value_bind("v", f, &row->v[i], 0), B_INT("id", row->id)),
                           &retired);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc)
        return cx_db(cx, rc);
    const char *text = value_text(cx, f, &row->v[i], NULL);
    if (retired)
        return FAIL(cx, RC_CONFLICT, f->name, "“{label}”{text} 属于一条已停用的记录，请换一个",
                    "{name} {text} belongs to a retired record; choose another", "label", f->label,
                    "name", f->name, "text", text);
    return FAIL(cx, RC_CONFLICT, f->name, "“{label}”已经存在：{text}", "{name} is already taken: {text}",
                "label", f->label, "name", f->name, "text", text);
}

/* Bounds, references and uniqueness of what changed; then the kind's own rule. */
static enum rc check_row(struct cx *cx, const struct row *old, struct row *row)
{
    const struct kind *k = row->kind;
    enum rc rc = RC_OK;
    for (int i = 0; i < k->n_fields && !rc; i++) {
        if (old && value_same(&k->fields[i], &old->v[i], &row->v[i]))
            continue;
        if (!(k->fields[i].flags & RO))
            rc = value_check(cx, &k->fields[i], &row->v[i]);
        if (!rc && k->fields[i].type == F_REF)
            rc = check_ref(cx, &k->fields[i], &row->v[i], &row->label[i]);
        if (!rc)
            rc = check_unique(cx, row, i);
    }
    if (!rc)
        rc = check_link(cx, row);
    return !rc && k->check ? k->check(cx, old, row) : rc;
}

static enum rc take_fields(struct cx *cx, struct row *row, json_t *in, bool create)
{
    const struct kind *k = row->kind;
    const char *key;
    json_t *value;
    json_object_foreach(in, key, value)
    {
        int i = field_index(k, key);
        if (!strcmp(key, "rev"))
            continue;
        if (i < 0 || !may_edit(cx, &k->fields[i]))
            return unknown_field(cx, k, key);
        if (!create && (k->fields[i].flags & ONCE))
            return FAIL(cx, RC_INVALID, key, "“{label}”建立后不能修改", "{field} is fixed after creation",
                        "label", k->fields[i].label, "field", key);
        enum rc rc = value_from_json(cx, &k->fields[i], value, &row->v[i]);
        if (rc)
            return rc;
    }
    return RC_OK;
}

static enum rc denied(struct cx *cx, const struct kind *k, const char *zh, const char *en)
{
    return FAIL(cx, RC_DENIED, NULL, "您没有{zh}“{label}”的权限", "you may not {en} {name}", "zh", zh,
                "label", k->label, "en", en, "name", k->label_en);
}

enum rc record_create(struct cx *cx, const struct kind *k, json_t *in, struct row **out)
{
    bool mine;
    unsigned scope = cx_scopes(cx, permission_of(cx, k, "create"));
    if (k->closed || !scope)
        return denied(cx, k, "新增", "create");
    struct row *row = record_new(cx, k);
    enum rc rc = take_fields(cx, row, in, true);
    if (!rc)
        rc = own_transaction(cx, &mine);
    if (rc)
        return rc;
    rc = check_row(cx, NULL, row);
    if (!rc && !row_in_scope(cx, row, scope))
        rc = denied(cx, k, "在此范围新增", "create outside your scope");
    if (!rc)
        rc = record_insert(cx, row, "create");
    if (!rc && k->after)
        rc = k->after(cx, NULL, row);
    if (!rc)
        rc = record_load(cx, k, row->id, out);
    return end_transaction(cx, mine, rc);
}

static enum rc patch(struct cx *cx, const struct kind *k, int64_t id, json_t *in, struct row **out)
{
    struct row *old;
    enum rc rc = record_get(cx, k, id, &old);
    if (!rc)
        rc = not_retired(cx, old);
    if (!rc && !may_do(cx, old, "update"))
        rc = denied(cx, k, "修改（或当前状态不允许修改）", "change, or not in this state,");
    if (!rc)
        rc = take_rev(cx, in, old);
    if (rc)
        return rc;
    struct row *row = record_copy(cx, old);
    rc = take_fields(cx, row, in, false);
    if (!rc)
        rc = check_row(cx, old, row);
    unsigned scope = cx_scopes(cx, permission_of(cx, k, "update"));
    if (!rc && !row_in_scope(cx, row, scope))
        rc = denied(cx, k, "改到此范围的", "move outside your scope");
    if (!rc)
        rc = record_update(cx, old, row, "update");
    if (!rc && k->after)
        rc = k->after(cx, old, row);
    return rc ? rc : record_load(cx, k, id, out);
}

enum rc record_patch(struct cx *cx, const struct kind *k, int64_t id, json_t *in, struct row **out)
{
    bool mine;
    enum rc rc = own_transaction(cx, &mine);
    return rc ? rc : end_transaction(cx, mine, patch(cx, k, id, in, out));
}

static enum rc retire(struct cx *cx, const struct kind *k, int64_t id, json_t *in)
{
    struct row *row;
    enum rc rc = record_get(cx, k, id, &row);
    if (!rc)
        rc = not_retired(cx, row);
    if (!rc && !may_do(cx, row, "retire"))
        rc = denied(cx, k, "停用", "retire");
    if (!rc)
        rc = take_rev(cx, in, row);
    if (!rc && k->retiring)
        rc = k->retiring(cx, row);
    return rc ? rc : end_row(cx, row, "retire");
}

enum rc record_retire(struct cx *cx, const struct kind *k, int64_t id, json_t *in)
{
    bool mine;
    enum rc rc = own_transaction(cx, &mine);
    return rc ? rc : end_transaction(cx, mine, retire(cx, k, id, in));
}

