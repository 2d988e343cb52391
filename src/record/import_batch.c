/* SPDX-License-Identifier: Apache-2.0 */
/* An import as a record: who, when, which file, what came of it, and its undo. What it wrote stands in
 * the journal between two of its rows; nothing is kept twice. And what people said about headings. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "record/import_int.h"

#define UNDO_PAGE 500
#define KEPT_LINES 40

/* clang-format off */
enum {
    BATCH_KIND, BATCH_FILE, BATCH_SHA, BATCH_WHO, BATCH_ROWS, BATCH_NEW, BATCH_CHANGED, BATCH_UNCHANGED, BATCH_WRONG,
    BATCH_STATE, BATCH_UNDONE_AT, BATCH_UNDONE_BY, BATCH_UNDONE, BATCH_KEPT, BATCH_KEPT_TEXT, BATCH_FROM, BATCH_TO, BATCH_N
};
static const struct option batch_states[] = {
    {"done",   "已导入", "Done",   "success"},
    {"undone", "已撤销", "Undone", "info"},
    {NULL}};
static const struct field batch_fields[] = {
    [BATCH_KIND]      = {"record_kind",     "记录类别", "Kind",      F_TEXT, REQ | RO | LIST, .says = "kind"},
    [BATCH_FILE]      = {"file_name",       "文件",     "File",      F_TEXT, REQ | RO | FIND | LIST},
    [BATCH_SHA]       = {"sha256",          "文件摘要", "SHA-256",   F_TEXT, REQ | RO},
    [BATCH_WHO]       = {"actor_id",        "导入人",   "By",        F_REF,  RO | LIST, .ref = "user", .help = "空：控制台"},
    [BATCH_ROWS]      = {"row_count",       "行数",     "Rows",      F_INT,  REQ | RO | LIST},
    [BATCH_NEW]       = {"new_count",       "新增",     "New",       F_INT,  REQ | RO | LIST},
    [BATCH_CHANGED]   = {"changed_count",   "修改",     "Changed",   F_INT,  REQ | RO | LIST},
    [BATCH_UNCHANGED] = {"unchanged_count", "不变",     "Unchanged", F_INT,  REQ | RO},
    [BATCH_WRONG]     = {"wrong_count",     "错误",     "Wrong",     F_INT,  REQ | RO | LIST},
    [BATCH_STATE]     = {"state",           "状态",     "State",     F_ENUM, REQ | RO | LIST, .opts = batch_states},
    [BATCH_UNDONE_AT] = {"undone_at",       "撤销时间", "Undone at", F_INSTANT, RO},
    [BATCH_UNDONE_BY] = {"undone_by_id",    "撤销人",   "Undone by", F_REF,  RO, .ref = "user"},
    [BATCH_UNDONE]    = {"undone_count",    "已恢复条数", "Restored", F_INT, RO},
    [BATCH_KEPT]      = {"kept_count",      "未恢复条数", "Left as is", F_INT, RO | LIST},
    [BATCH_KEPT_TEXT] = {"kept",            "未恢复的记录", "Left as is, by name", F_TEXT, RO | LONG, .help = "导入之后又被修改或使用的记录，撤销时不覆盖"},
    [BATCH_FROM]      = {"journal_from",    "日志起点", "Journal from", F_INT, REQ | RO},
    [BATCH_TO]        = {"journal_to",      "日志终点", "Journal to", F_INT, REQ | RO},
};
/* clang-format on */

struct undo {
    struct cx *cx;
    struct cx one;
    const struct row *batch;
    int restored, kept;
    struct buf told;
};

/* The journalled JSON scalar as a value of the field; its text lives in the arena. */
static struct value value_of(struct cx *cx, const struct field *f, const json_t *v)
{
    struct value out = {.null = !v || json_is_null(v)};
    if (json_is_string(v))
        out.s = arena_strdup(cx->a, json_string_value(v));
    else if (json_is_boolean(v))
        out.i = json_is_true(v);
    else if (f->type == F_FLOAT)
        out.f = json_number_value(v);
    else if (json_is_object(v) && f->type == F_GEO) {
        out.f = json_number_value(json_object_get(v, "lng"));
        out.lat = json_number_value(json_object_get(v, "lat"));
    } else if (*field_token(f) == 'T')
        out.s = ""; /* not in the journal: a secret, see undo_secret() */
    else
        out.i = json_integer_value(v);
    return out;
}

static void keep(struct undo *u, const struct row *row, const char *why)
{
    const struct kind *k = row->kind;
    const char *label = value_text(&u->one, &k->fields[k->label_field], &row->v[k->label_field], "");
    if (u->kept++ < KEPT_LINES)
        buf_printf(&u->told, "%s%s #%" PRId64 " %.120s：%s", u->told.len ? "\n" : "", k->label, row->id, label, why);
}

/* A kind whose living records name this one; NULL = none. One question for all kinds. */
static enum rc used_by(struct undo *u, const struct row *row, const struct kind **out)
{
    struct cx *cx = &u->one;
    struct buf sql = {0};
    int n, asked = 0;
    const struct kind *const *kinds = record_kinds(&n);
    int64_t which = 0;
    *out = NULL;
    buf_text_add(&sql, "SELECT CASE");
    for (int i = 0; i < n; i++)
        for (int f = 0; !kinds[i]->derived && f < kinds[i]->n_fields; f++)
            if (kinds[i]->fields[f].type == F_REF && !strcmp(kinds[i]->fields[f].ref, row->kind->name)) {
                buf_printf(&sql, " WHEN EXISTS (SELECT 1 FROM %s WHERE %s = :id AND retired_at IS NULL) THEN %d",
                           kind_table(kinds[i]), kinds[i]->fields[f].name, i + 1);
                asked++;
            }
    buf_text_add(&sql, " ELSE 0 END");
    const char *text = arena_strdup(cx->a, buf_text(&sql));
    buf_free(&sql);
    if (!asked)
        return RC_OK;
    enum rc rc = cx_db(cx, db_int_of(cx->db, text, BINDS(B_INT("id", row->id)), &which));
    if (!rc && which)
        *out = kinds[which - 1];
    return rc;
}

/* The journal says of a secret only whether it is set; what it was, nobody knows. */
static bool set_in(const json_t *pair, size_t which)
{
    return json_is_true(json_object_get(json_array_get(pair, which), "set"));
}

/* Somebody set this field after the import. */
static enum rc set_since(struct undo *u, const struct row *row, const struct field *f, bool *since)
{
    struct cx *cx = &u->one;
    int64_t n = 0;
    const char *like = arena_printf(cx->a, "%%\"%s\":%%", f->name);
    enum rc rc = db_int_of(cx->db, "SELECT COUNT(*) FROM journal WHERE kind = :kind AND record_id = :id AND id > :to AND changes LIKE :like",
                           BINDS(B_TEXT("kind", row->kind->name), B_INT("id", row->id), B_INT("to", u->batch->v[BATCH_TO].i), B_TEXT("like", like)), &n);
    *since = n > 0;
    return cx_db(cx, rc);
}

/* One secret of a changed record: taken away again when it was not set before, else told. */
static enum rc undo_secret(struct undo *u, const struct row *row, const struct field *f, const json_t *pair, struct value *back, int *n)
{
    bool since;
    enum rc rc = set_since(u, row, f, &since);
    if (rc)
        return rc;
    if (since || set_in(pair, 0)) {
        keep(u, row, arena_printf(u->one.a, since ? "“%s”之后又改过，未恢复" : "“%s”不留旧值，不能恢复，请重新填写", f->label));
        return RC_OK;
    }
    *back = (struct value){.null = true};
    ++*n;
    return RC_OK;
}

/* Taken out again, unless somebody has changed or used it since. */
static enum rc undo_new(struct undo *u, const struct row *row, const json_t *changes)
{
    struct cx *cx = &u->one;
    const struct kind *k = row->kind, *user;
    for (int i = 0; i < k->n_fields; i++) {
        const struct field *f = &k->fields[i];
        const json_t *pair = json_object_get(changes, f->name);
        struct value after = value_of(cx, f, json_array_get(pair, 1));
        bool changed = !(f->flags & RO) && !value_same(f, &after, &row->v[i]);
        enum rc rc = f->type == F_SECRET ? set_since(u, row, f, &changed) : RC_OK;
        if (rc)
            return rc;
        if (changed) {
            keep(u, row, arena_printf(cx->a, "“%s”已改过，未停用", f->label));
            return RC_OK;
        }
    }
    enum rc rc = used_by(u, row, &user);
    if (rc || user) {
        if (!rc)
            keep(u, row, arena_printf(cx->a, "已被“%s”使用，未停用", user->label));
        return rc;
    }
    u->restored++;
    return record_end(cx, row, "import_undo");
}

/* Each field back to what it was, unless it has been changed since. */
static enum rc undo_changed(struct undo *u, const struct row *row, const json_t *changes)
{
    struct cx *cx = &u->one;
    const struct kind *k = row->kind;
    struct row *back = record_copy(cx, row);
    int n = 0;
    for (int i = 0; i < k->n_fields; i++) {
        const struct field *f = &k->fields[i];
        const json_t *pair = json_object_get(changes, f->name);
        struct value after = value_of(cx, f, json_array_get(pair, 1));
        enum rc rc = pair && f->type == F_SECRET ? undo_secret(u, row, f, pair, &back->v[i], &n) : RC_OK;
        if (rc)
            return rc;
        if (!pair || f->type == F_SECRET)
            continue;
        if (value_same(f, &after, &row->v[i])) {
            back->v[i] = value_of(cx, f, json_array_get(pair, 0));
            n++;
        } else {
            keep(u, row, arena_printf(cx->a, "“%s”之后又改过，未恢复", f->label));
        }
    }
    if (!n)
        return RC_OK;
    u->restored++;
    enum rc rc = record_update(cx, row, back, "import_undo");
    return !rc && k->after ? k->after(cx, row, back) : rc;
}

/* Living links of the same type that hang on the same record; of an imported type there is at most one. */
static enum rc links_since(struct undo *u, const struct row *row, int64_t *n)
{
    struct cx *cx = &u->one;
    const struct kind *k = row->kind;
    const struct import_link *l = record_kind(u->batch->v[BATCH_KIND].s)->import_links;
    while (l && l->kind && strcmp(l->kind, k->name) != 0)
        l++;
    *n = 0;
    if (!l || !l->kind || !l->type_field)
        return RC_OK;
    const char *sql = arena_printf(cx->a, "SELECT COUNT(*) FROM %s WHERE %s = :from AND %s = :type AND retired_at IS NULL",
                                   kind_table(k), l->from, l->type_field);
    return cx_db(cx, db_int_of(cx->db, sql,
                               BINDS(B_INT("from", row->v[field_index(k, l->from)].i),
                                     B_TEXT("type", row->v[field_index(k, l->type_field)].s)),
                               n));
}

static enum rc ends_live(struct cx *cx, const struct row *row, bool *live)
{
    enum rc rc = RC_OK;
    *live = true;
    for (int i = 0; i < 2 && !rc && *live; i++) {
        int f = field_index(row->kind, row->kind->link[i]);
        struct row *end;
        rc = record_load(cx, record_kind(row->kind->fields[f].ref), row->v[f].i, &end);
        *live = !rc && !end->retired;
    }
    return rc;
}

/* A link that the import ended stands again, unless another took its place or an end of it has gone since. */
static enum rc undo_ended(struct undo *u, const struct row *row)
{
    struct cx *cx = &u->one;
    struct row *back = record_copy(cx, row);
    int64_t n;
    bool live;
    enum rc rc = links_since(u, row, &n);
    if (!rc)
        rc = ends_live(cx, row, &live);
    if (rc || n || !live) {
        if (!rc)
            keep(u, row, n ? "之后另有登记，未恢复" : "所连的设备已停用，未恢复");
        return rc;
    }
    rc = row->kind->check ? row->kind->check(cx, NULL, back) : RC_OK;
    if (rc && is_callers(rc)) {
        keep(u, row, cx->err.zh);
        return RC_OK;
    }
    if (!rc)
        rc = record_revive(cx, row, back, "import_undo");
    u->restored += !rc;
    return rc;
}

static enum rc undo_line(struct undo *u, const char *kind, int64_t id, const char *action, const char *text)
{
    struct cx *cx = &u->one;
    const struct kind *k = record_kind(kind);
    struct row *row;
    if (!k)
        return RC_OK;
    enum rc rc = record_load(cx, k, id, &row);
    if (rc)
        return rc;
    bool ended = k->link[0] && !strcmp(action, "import") && !strcmp(text, "{}");
    if (row->retired) /* gone already, by the import itself or since */
        return ended && row->updated_at.ms == u->batch->created_at.ms ? undo_ended(u, row) : RC_OK;
    json_t *changes = json_loads(text, 0, NULL);
    rc = !strcmp(action, "import_new") ? undo_new(u, row, changes) : undo_changed(u, row, changes);
    json_decref(changes);
    return rc;
}

/* One page of the batch's journal, backwards; *last is where the next one ends. */
static enum rc undo_page(struct undo *u, int64_t *last, int *n)
{
    struct db_rows *r;
    const struct value *v = u->batch->v;
    enum rc rc = cx_db(u->cx, db_query(u->cx->db,
                                       "SELECT id, kind, record_id, action, changes FROM journal"
                                       " WHERE id > :from AND id < :last AND at = :at"
                                       " AND action IN ('import', 'import_new') ORDER BY id DESC LIMIT :most",
                                       BINDS(B_INT("from", v[BATCH_FROM].i), B_INT("last", *last),
                                             B_INT("at", u->batch->created_at.ms), B_INT("most", UNDO_PAGE)),
                                       &r));
    if (rc)
        return rc;
    for (*n = 0; !rc && db_next(r); ++*n) {
        *last = db_int(r, 0);
        rc = undo_line(u, db_text(r, 1), db_int(r, 2), db_text(r, 3), db_text(r, 4));
        arena_reset(u->one.a);
    }
    enum rc end = cx_db(u->cx, db_end(r));
    if (rc)
        u->cx->err = u->one.err;
    return rc ? rc : end;
}

static enum rc undo(struct cx *cx, struct row *row, const struct value *in)
{
    struct undo u = {.cx = cx, .one = *cx, .batch = row};
    int64_t last = row->v[BATCH_TO].i + 1;
    int n = 0;
    (void)in;
    const struct kind *k = record_kind(row->v[BATCH_KIND].s);
    if (!k || !cx_may(cx, permission_of(cx, k, "import")))
        return FAIL(cx, RC_DENIED, NULL, "您没有导入“{label}”的权限，不能撤销", "you may not import {label}", "label",
                    k ? k->label : row->v[BATCH_KIND].s);
    u.one.a = arena_new();
    enum rc rc;
    do
        rc = undo_page(&u, &last, &n);
    while (!rc && n == UNDO_PAGE);
    if (u.kept > KEPT_LINES)
        buf_printf(&u.told, "\n……共 %d 项", u.kept);
    row_int(row, BATCH_UNDONE_AT, cx->now.ms);
    if (cx->actor.user_id)
        row_int(row, BATCH_UNDONE_BY, cx->actor.user_id);
    row_int(row, BATCH_UNDONE, u.restored);
    row_int(row, BATCH_KEPT, u.kept);
    row_text(row, BATCH_KEPT_TEXT, arena_strdup(cx->a, buf_text(&u.told)));
    buf_free(&u.told);
    arena_free(u.one.a);
    return rc;
}

static const struct flow_step batch_flow[] = {
    {"undo", "撤销导入", "Undo", "done", "undone", "import_batch.undo", .tone = "danger", .effect = undo},
};
const struct kind import_batch_kind = {
    .name = "import_batch",
    .label = "导入批次",
    .label_en = "Import",
    .group = "ledger",
    .fields = batch_fields,
    .n_fields = BATCH_N,
    .label_field = BATCH_FILE,
    .state_field = BATCH_STATE,
    .flow = batch_flow,
    .n_flow = 1,
    .closed = true,
};

static const char *file_hash(struct run *r)
{
    char hex[HASH_HEX];
    unsigned char block[65536];
    if (r->o->sha256)
        return r->o->sha256;
    FILE *f = fopen(r->path, "rb");
    struct hasher *h = hasher_new();
    for (size_t n = 1; f && n > 0;) {
        n = fread(block, 1, sizeof block, f);
        hasher_add(h, block, n);
    }
    hasher_end(h, hex);
    if (f)
        fclose(f);
    return arena_strdup(r->pass, hex);
}

static enum rc remember(struct run *r)
{
    if (!r->o->map)
        return RC_OK;
    if (!*r->o->map)
        return cx_db(r->cx, db_run(r->cx->db, "DELETE FROM import_map WHERE record_kind = :kind AND headings = :headings",
                                   BINDS(B_TEXT("kind", r->k->name), B_TEXT("headings", headings_hash(r->cx, r->table))), NULL));
    return cx_db(r->cx, db_run(r->cx->db,
                               "INSERT INTO import_map (record_kind, headings, map, updated_at) VALUES (:kind, :headings, :map, :now)"
                               " ON CONFLICT (record_kind, headings) DO UPDATE SET map = excluded.map, updated_at = excluded.updated_at",
                               BINDS(B_TEXT("kind", r->k->name), B_TEXT("headings", headings_hash(r->cx, r->table)),
                                     B_TEXT("map", r->o->map), B_INT("now", r->cx->now.ms)),
                               NULL));
}

enum rc import_batch_add(struct run *r)
{
    struct cx *cx = r->cx;
    struct row *row = record_new(cx, &import_batch_kind);
    const char *slash = strrchr(r->path, '/'), *name = r->o->file_name ? r->o->file_name : slash ? slash + 1 : r->path;
    int64_t to = 0;
    enum rc rc = cx_db(cx, db_int_of(cx->db, "SELECT COALESCE(MAX(id), 0) FROM journal", NO_BINDS, &to));
    row_text(row, BATCH_KIND, r->k->name);
    row_text(row, BATCH_FILE, *name ? name : "-");
    row_text(row, BATCH_SHA, file_hash(r));
    if (cx->actor.user_id)
        row_int(row, BATCH_WHO, cx->actor.user_id);
    row_int(row, BATCH_ROWS, r->count.rows);
    row_int(row, BATCH_NEW, r->count.fresh);
    row_int(row, BATCH_CHANGED, r->count.changed);
    row_int(row, BATCH_UNCHANGED, r->count.unchanged);
    row_int(row, BATCH_WRONG, r->count.wrong);
    row_text(row, BATCH_STATE, "done");
    row_int(row, BATCH_FROM, r->journal_from);
    row_int(row, BATCH_TO, to);
    if (!rc)
        rc = record_insert(cx, row, "create");
    r->batch_id = row->id;
    return rc ? rc : remember(r);
}

/* --- what people said about headings --- */

const char *headings_hash(struct cx *cx, const struct table *t)
{
    struct buf b = {0};
    char hex[HASH_HEX];
    size_t n;
    const struct table_heading *h = table_headings(t, &n);
    for (size_t i = 0; i < n; i++) {
        const char *fold = table_fold(cx->a, h[i].text, false);
        if (strcmp(fold, REASON_HEADING))
            buf_printf(&b, "%s\x1f", fold);
    }
    hash_hex(b.data, b.len, hex);
    buf_free(&b);
    return arena_strdup(cx->a, hex);
}

enum rc import_remembered(struct run *r, const char *headings, const char **map)
{
    struct db_rows *rows;
    *map = NULL;
    enum rc rc = cx_db(r->cx, db_query(r->cx->db,
                                       "SELECT map FROM import_map WHERE record_kind = :kind AND headings = :headings",
                                       BINDS(B_TEXT("kind", r->k->name), B_TEXT("headings", headings)), &rows));
    if (rc)
        return rc;
    if (db_next(rows))
        *map = arena_strdup(r->kept, db_text(rows, 0));
    return cx_db(r->cx, db_end(rows));
}

enum rc import_maps(struct run *r, const char **maps, int most, int *n)
{
    struct db_rows *rows;
    *n = 0;
    enum rc rc = cx_db(r->cx, db_query(r->cx->db,
                                       "SELECT map FROM import_map WHERE record_kind = :kind ORDER BY updated_at DESC, headings"
                                       " LIMIT :most",
                                       BINDS(B_TEXT("kind", r->k->name), B_INT("most", most)), &rows));
    if (rc)
        return rc;
    while (db_next(rows))
        maps[(*n)++] = arena_strdup(r->kept, db_text(rows, 0));
    return cx_db(r->cx, db_end(rows));
}
