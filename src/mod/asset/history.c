/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an asset out of what other records say of it, newest first; and the parts of its file.
 * Other modules' kinds are asked by name and through the actor's rights. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "mod/asset/asset.h"

#define EACH_MAX 200 /* of one source */

struct item {
    int64_t at;
    const char *type, *title, *text, *actor;
    const char *kind; /* what it opens, NULL = nothing */
    int64_t id;
};
struct items {
    struct item i[8 * EACH_MAX];
    size_t n;
};

static void add(struct items *out, struct item i)
{
    if (out->n < sizeof out->i / sizeof *out->i)
        out->i[out->n++] = i;
}

static int newest_first(const void *pa, const void *pb)
{
    const struct item *a = pa, *b = pb;
    return (a->at < b->at) - (a->at > b->at);
}

static const char *change_text(struct cx *cx, const struct field *f, const json_t *j)
{
    struct value v = {.null = json_is_null(j), .i = json_integer_value(j), .s = json_string_value(j)};
    return v.null || (!v.s && !json_is_integer(j)) ? "—" : value_text(cx, f, &v, NULL);
}

/* Where it stands, whose it is, in which state, and which device it is: "站点 甲 → 乙；…". */
static const char *moves(struct cx *cx, const char *changes)
{
    static const int told[] = {ASSET_STATE, ASSET_SITE, ASSET_UNIT, ASSET_CLASS, ASSET_NO, ASSET_NAME, ASSET_MODEL, ASSET_SERIAL, ASSET_IP, ASSET_MAC};
    struct buf b = {0};
    json_t *root = json_loads(changes, 0, NULL);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        const struct field *f = &asset_kind.fields[told[i]];
        const json_t *pair = json_object_get(root, f->name);
        if (pair)
            buf_printf(&b, "%s%s：%s → %s", b.len ? "；" : "", f->label, change_text(cx, f, json_array_get(pair, 0)),
                       change_text(cx, f, json_array_get(pair, 1)));
    }
    json_decref(root);
    const char *s = b.len ? arena_strdup(cx->a, buf_text(&b)) : NULL;
    buf_free(&b);
    return s;
}

static enum rc from_journal(struct cx *cx, int64_t id, struct items *out)
{
    struct db_rows *r;
    enum rc rc = db_query(cx->db,
                          "SELECT j.at, COALESCE(a.name, CASE j.actor_type WHEN 'console' THEN '控制台' WHEN 'system' THEN '系统' ELSE j.actor_name END),"
                          " j.action, j.changes FROM journal j"
                          " LEFT JOIN account a ON a.id = j.actor_id WHERE j.kind = 'asset' AND j.record_id = :id"
                          " AND j.action IN ('create', 'update', 'import', 'change', 'retire', 'preset') AND j.result = 'ok'"
                          " ORDER BY j.id DESC LIMIT 200",
                          BINDS(B_INT("id", id)), &r);
    if (rc)
        return cx_db(cx, rc);
    while (db_next(r)) {
        bool born = !strcmp(db_text(r, 2), "create"), gone = !strcmp(db_text(r, 2), "retire");
        const char *text = moves(cx, arena_strdup(cx->a, db_text(r, 3)));
        if (text || born || gone)
            add(out, (struct item){.at = db_int(r, 0), .type = "ledger", .title = gone ? "停用" : born ? "登记" : "台账变动",
                                   .text = text, .actor = arena_strdup(cx->a, db_text(r, 1))});
    }
    return cx_db(cx, db_end(r));
}

/* A kind that refers to the asset: at which time, under which title. */
struct source {
    const char *type, *kind, *link; /* link: the field that names the asset */
    const char *at, *title, *text;  /* fields; title is a REF or a text, text an enum or text */
};

static const char *shown(struct cx *cx, const struct row *r, const char *field)
{
    int i = field ? field_index(r->kind, field) : -1;
    if (i < 0 || r->v[i].null)
        return NULL;
    return value_text(cx, &r->kind->fields[i], &r->v[i], r->label[i]);
}

static enum rc from_kind(struct cx *cx, int64_t id, const struct source *s, struct items *out)
{
    struct page page;
    const struct kind *k = record_kind(s->kind);
    if (!k || !cx_may(cx, arena_printf(cx->a, "%s.read", s->kind)))
        return RC_OK;
    struct query q = {.limit = EACH_MAX, .no_total = true, .retired = true, .sort = "-id"};
    q.filter[q.n_filters++] = (struct filter){s->link, "eq", arena_printf(cx->a, "%lld", (long long)id)};
    enum rc rc = record_list(cx, k, &q, &page);
    int at = field_index(k, s->at);
    for (int i = 0; i < page.n && !rc; i++) {
        const struct row *r = page.rows[i];
        bool dated = at >= 0 && !r->v[at].null;
        add(out, (struct item){.at = dated ? r->v[at].i : r->created_at.ms, .type = s->type, .title = shown(cx, r, s->title),
                               .text = shown(cx, r, s->text), .kind = s->kind, .id = r->id});
    }
    return rc;
}

static enum rc from_uplinks(struct cx *cx, int64_t id, struct items *out)
{
    struct page page;
    if (!cx_may(cx, "uplink.read"))
        return RC_OK;
    struct query q = {.limit = EACH_MAX, .no_total = true, .retired = true, .sort = "-id"};
    q.filter[q.n_filters++] = (struct filter){"asset_id", "eq", arena_printf(cx->a, "%lld", (long long)id)};
    enum rc rc = record_list(cx, &uplink_kind, &q, &page);
    for (int i = 0; i < page.n && !rc; i++) {
        const struct row *r = page.rows[i];
        const char *port = shown(cx, r, "port");
        const char *text = arena_printf(cx->a, "%s%s%s", shown(cx, r, "type"), port ? "，" : "", port ? port : "");
        add(out, (struct item){.at = r->created_at.ms, .type = "uplink", .title = arena_printf(cx->a, "接到 %s", r->label[UPLINK_UP]),
                               .text = text, .kind = "asset", .id = r->v[UPLINK_UP].i});
        if (r->retired)
            add(out, (struct item){.at = r->updated_at.ms, .type = "uplink", .title = arena_printf(cx->a, "断开 %s", r->label[UPLINK_UP]),
                                   .text = text, .kind = "asset", .id = r->v[UPLINK_UP].i});
    }
    return rc;
}

static void put_items(struct items *all, struct jw *w)
{
    qsort(all->i, all->n, sizeof *all->i, newest_first);
    jw_object(w);
    jw_key(w, "items");
    jw_array(w);
    for (size_t i = 0; i < all->n; i++) {
        const struct item *x = &all->i[i];
        jw_object(w);
        jw_ki(w, "at", x->at);
        jw_kt(w, "type", x->type);
        jw_kt(w, "title", x->title ? x->title : "");
        jw_kt(w, "text", x->text);
        jw_kt(w, "actor", x->actor);
        jw_kt(w, "kind", x->kind);
        if (x->kind)
            jw_ki(w, "id", x->id);
        jw_end_object(w);
    }
    jw_end_array(w);
    jw_end_object(w);
}

enum rc asset_history_json(struct cx *cx, int64_t id, struct jw *w)
{
    static const struct source sources[] = {
        {"fault", "outage_asset", "asset_id", "dark_from_at", "outage_id", "dark_until_at"},
        {"order", "work_order", "asset_id", "started_at", "title", "state"},
        {"part", "replaced_part", "asset_id", "created_at", "name", "state"},
        {"change", "asset_change", "asset_id", "done_at", "title", "state"},
    };
    struct row *row;
    struct items *all = ARENA_NEW(cx->a, struct items, 1);
    enum rc rc = record_get(cx, &asset_kind, id, &row);
    if (!rc)
        rc = from_journal(cx, id, all);
    for (size_t i = 0; i < sizeof sources / sizeof *sources && !rc; i++)
        rc = from_kind(cx, id, &sources[i], all);
    if (!rc)
        rc = from_uplinks(cx, id, all);
    if (!rc)
        put_items(all, w);
    return rc;
}

/* --- the file --- */

static enum rc put_part(struct cx *cx, const struct kind *k, const char *sql, int64_t asset, struct jw *w)
{
    int64_t id = 0;
    struct row *row = NULL;
    enum rc rc = db_int_of(cx->db, sql, BINDS(B_INT("asset", asset)), &id);
    if (rc && rc != RC_NOT_FOUND)
        return cx_db(cx, rc);
    if (!rc && (rc = record_load(cx, k, id, &row)))
        return rc;
    jw_object(w);
    jw_kt(w, "kind", k->name);
    jw_key(w, "record");
    if (row)
        record_json(cx, w, row);
    else
        jw_null(w);
    jw_end_object(w);
    return RC_OK;
}

static enum rc put_missing(struct cx *cx, int64_t asset, struct jw *w)
{
    struct row *file;
    int64_t found = 0;
    jw_key(w, "missing");
    enum rc rc = db_int_of(cx->db, "SELECT COUNT(*) FROM camera_file_v WHERE id = :id", BINDS(B_INT("id", asset)), &found);
    if (!rc && found)
        rc = record_load(cx, &camera_file_kind, asset, &file);
    if (rc)
        return cx_db(cx, rc);
    int missing = field_index(&camera_file_kind, "missing");
    jw_text(w, !found ? NULL : file->v[missing].null ? "" : file->v[missing].s);
    return RC_OK;
}

enum rc asset_file_json(struct cx *cx, int64_t id, struct jw *w)
{
    static const struct {
        const struct kind *kind;
        const char *permission, *sql;
    } parts[] = {
        {&camera_kind, "camera.read", "SELECT id FROM camera WHERE asset_id = :asset AND retired_at IS NULL"},
        {&asset_place_kind, "asset_place.read", "SELECT id FROM asset_place WHERE asset_id = :asset AND retired_at IS NULL"},
        {&asset_network_kind, "asset_network.read", "SELECT id FROM asset_network WHERE asset_id = :asset AND retired_at IS NULL"},
        {&asset_power_kind, "asset_power.read", "SELECT id FROM asset_power WHERE asset_id = :asset AND retired_at IS NULL"},
    };
    struct row *row;
    int64_t camera = 0;
    enum rc rc = record_get(cx, &asset_kind, id, &row);
    if (!rc)
        rc = cx_db(cx, db_int_of(cx->db, "SELECT COUNT(*) FROM asset_class WHERE id = :id AND code IN ('camera', 'office_cctv')",
                                 BINDS(B_INT("id", row->v[ASSET_CLASS].i)), &camera));
    if (rc)
        return rc;
    jw_object(w);
    jw_key(w, "groups");
    jw_array(w);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !rc; i++)
        if (cx_may(cx, parts[i].permission) && (camera || parts[i].kind != &camera_kind))
            rc = put_part(cx, parts[i].kind, parts[i].sql, id, w);
    jw_end_array(w);
    if (!rc)
        rc = put_missing(cx, id, w);
    jw_end_object(w);
    return rc;
}
