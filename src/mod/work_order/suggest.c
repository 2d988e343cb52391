/* SPDX-License-Identifier: Apache-2.0 */
/* Suggestions while a report is typed: the device, orders that may be the same fault, who is free.
 * Everything goes through the asker's rights: an id found by SQL is read again with them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mod/asset/asset.h"
#include "mod/work_order/order_int.h"

#define MOST 20

struct hit {
    int64_t id;
    const char *why;
};

static bool known(const struct hit *hits, int n, int64_t id)
{
    for (int i = 0; i < n; i++)
        if (hits[i].id == id)
            return true;
    return false;
}

static enum rc add_hits(struct cx *cx, const char *sql, const struct bind *binds, struct hit *hits,
                        int *n)
{
    struct db_rows *r;
    enum rc rc = cx_db(cx, db_query(cx->db, sql, binds, &r));
    if (rc)
        return rc;
    while (*n < MOST && db_next(r))
        if (!known(hits, *n, db_int(r, 0)))
            hits[(*n)++] = (struct hit){db_int(r, 0), arena_strdup(cx->a, db_text(r, 1))};
    return cx_db(cx, db_end(r));
}

static enum rc hits_json(struct cx *cx, const struct kind *k, const struct hit *hits, int n,
                         struct jw *w)
{
    jw_key(w, "items");
    jw_array(w);
    for (int i = 0; i < n; i++) {
        struct row *row;
        int64_t open = 0;
        enum rc rc = record_get(cx, k, hits[i].id, &row);
        if (rc == RC_NOT_FOUND || rc == RC_DENIED)
            continue;
        if (!rc && k == &asset_kind)
            rc = work_order_open_of(cx, row->id, &open);
        if (rc)
            return rc;
        jw_object(w);
        jw_kt(w, "why", hits[i].why);
        if (k == &asset_kind) {
            jw_key(w, "open_order_id");
            if (open)
                jw_int(w, open);
            else
                jw_null(w);
        }
        jw_key(w, k == &asset_kind ? "asset" : "order");
        record_json(cx, w, row);
        jw_end_object(w);
    }
    jw_end_array(w);
    return RC_OK;
}

/* Who calls: what was said last time. Only for those who may see telephone numbers of all. */
static enum rc caller_json(struct cx *cx, const char *phone, struct jw *w)
{
    struct db_rows *r;
    enum rc rc =
        cx_db(cx, db_query(cx->db,
                           "SELECT w.reporter_name, w.site_id, s.name, w.no FROM work_order w"
                           " LEFT JOIN site s ON s.id = w.site_id WHERE w.reporter_phone = :phone"
                           " ORDER BY w.id DESC LIMIT 1",
                           BINDS(B_TEXT("phone", phone)), &r));
    if (rc)
        return rc;
    jw_key(w, "caller");
    if (db_next(r)) {
        jw_object(w);
        jw_kt(w, "name", db_text(r, 0));
        jw_key(w, "site_id");
        if (db_null(r, 1))
            jw_null(w);
        else
            jw_int(w, db_int(r, 1));
        jw_kt(w, "site_id_label", db_text(r, 2));
        jw_kt(w, "last_no", db_text(r, 3));
        jw_end_object(w);
    } else {
        jw_null(w);
    }
    return cx_db(cx, db_end(r));
}

static enum rc text_hits(struct cx *cx, const struct suggest *s, struct hit *hits, int *n)
{
    struct query q = {.q = s->q && *s->q ? s->q : NULL, .limit = MOST, .no_total = true};
    struct page page;
    if (s->site_id)
        q.filter[q.n_filters++] =
            (struct filter){"site_id", "eq", arena_printf(cx->a, "%lld", (long long)s->site_id)};
    if (!q.q && !s->site_id)
        return RC_OK;
    enum rc rc = record_list(cx, &asset_kind, &q, &page);
    for (int i = 0; !rc && i < page.n && *n < MOST; i++)
        if (!known(hits, *n, page.rows[i]->id))
            hits[(*n)++] = (struct hit){page.rows[i]->id, q.q ? "text" : "site"};
    return rc;
}

enum rc suggest_asset(struct cx *cx, const struct suggest *s, struct jw *w)
{
    struct hit hits[MOST];
    int n = 0;
    const char *scope = cx_scope(cx, "work_order.phone");
    bool caller = s->caller && *s->caller && scope && !strcmp(scope, "all");
    enum rc rc = RC_OK;
    if (caller)
        rc = add_hits(cx,
                      "SELECT asset_id, 'caller' FROM work_order WHERE reporter_phone = :phone AND "
                      "asset_id IS NOT NULL"
                      " GROUP BY asset_id ORDER BY MAX(id) DESC LIMIT 10",
                      BINDS(B_TEXT("phone", s->caller)), hits, &n);
    if (!rc)
        rc = text_hits(cx, s, hits, &n);
    if (rc)
        return rc;
    jw_object(w);
    if (caller)
        rc = caller_json(cx, s->caller, w);
    if (!rc)
        rc = hits_json(cx, &asset_kind, hits, n, w);
    jw_end_object(w);
    return rc;
}

/* The same device, what feeds it (a dead switch explains it), what it feeds, the same place. */
enum rc suggest_order(struct cx *cx, const struct suggest *s, struct jw *w)
{
    struct hit hits[MOST];
    int n = 0;
    enum rc rc = RC_OK;
    if (s->asset_id)
        rc = add_hits(cx,
                      "SELECT id, 'asset' FROM work_order WHERE state IN " SQL_OPEN
                      " AND asset_id = :asset ORDER BY started_at, id LIMIT 20",
                      BINDS(B_INT("asset", s->asset_id)), hits, &n);
    if (!rc && s->asset_id) /* mended within 72 hours: the same order again (3.4 rule 4) */
        rc = add_hits(cx,
                      "SELECT id, 'again' FROM work_order WHERE asset_id = :asset AND parent_id IS"
                      " NULL AND state IN ('restored', 'resolved', 'confirmed', 'closed')"
                      " AND restored_at >= :since ORDER BY restored_at DESC, id DESC LIMIT 3",
                      BINDS(B_INT("asset", s->asset_id), B_INT("since", cx->now.ms - REOPEN_MS)),
                      hits, &n);
    if (!rc && s->asset_id)
        rc = add_hits(
            cx,
            "WITH RECURSIVE above(id) AS (SELECT up_id FROM uplink WHERE asset_id = :asset AND "
            "retired_at IS NULL"
            " UNION SELECT u.up_id FROM uplink u JOIN above a ON u.asset_id = a.id WHERE "
            "u.retired_at IS NULL)"
            " SELECT w.id, 'uplink' FROM work_order w WHERE w.state IN " SQL_OPEN
            " AND (w.asset_id IN (SELECT id FROM above) OR EXISTS (SELECT 1 FROM outage_asset o"
            " WHERE o.outage_id = w.outage_id AND o.asset_id = :asset AND o.dark_until_at IS NULL))"
            " ORDER BY w.started_at, w.id LIMIT 20",
            BINDS(B_INT("asset", s->asset_id)), hits, &n);
    if (!rc && s->q && *s->q)
        rc = add_hits(
            cx,
            "SELECT id, 'symptom' FROM work_order WHERE state IN " SQL_OPEN
            " AND (title LIKE '%' || :q || '%' OR :q LIKE '%' || title || '%')"
            " AND (:site = 0 OR site_id = :site) ORDER BY started_at DESC, id DESC LIMIT 20",
            BINDS(B_TEXT("q", s->q), B_INT("site", s->site_id)), hits, &n);
    if (!rc && s->site_id)
        rc = add_hits(cx,
                      "SELECT id, 'site' FROM work_order WHERE state IN " SQL_OPEN
                      " AND site_id = :site ORDER BY started_at DESC, id DESC LIMIT 10",
                      BINDS(B_INT("site", s->site_id)), hits, &n);
    if (rc)
        return rc;
    jw_object(w);
    rc = hits_json(cx, &work_order_kind, hits, n, w);
    jw_end_object(w);
    return rc;
}

/* --- who is free --- */

struct engineer {
    int64_t id, load, site;
    const char *name, *line;
    bool same_line, same_site, has_km;
    double km;
};

static int by_use(const void *pa, const void *pb)
{
    const struct engineer *a = pa, *b = pb;
    if (a->same_line != b->same_line)
        return a->same_line ? -1 : 1;
    if (a->same_site != b->same_site)
        return a->same_site ? -1 : 1;
    if (a->load != b->load)
        return a->load < b->load ? -1 : 1;
    if (a->has_km && b->has_km && (a->km < b->km || a->km > b->km))
        return a->km < b->km ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* Flat enough within a sub-district. */
static double km_between(double lng1, double lat1, double lng2, double lat2)
{
    double x = (lng2 - lng1) * cos((lat1 + lat2) / 2 * 3.14159265358979323846 / 180) * 111.32;
    double y = (lat2 - lat1) * 111.32;
    return sqrt(x * x + y * y);
}

/* Where an engineer is: the site of the order arrived at last, else the own one. */
static enum rc load_engineers(struct cx *cx, int64_t site, const char *line, struct engineer *out,
                              int most, int *n)
{
    struct db_rows *r;
    *n = 0;
    enum rc rc = cx_db(
        cx,
        db_query(cx->db,
                 "SELECT e.id, e.name, e.line, e.n, e.site, p.lng, p.lat, t.lng, t.lat FROM"
                 " (SELECT u.id AS id, u.name AS name, u.line AS line,"
                 " (SELECT COUNT(*) FROM work_order w WHERE w.engineer_id = u.id"
                 " AND w.state IN ('dispatched', 'accepted', 'arrived')) AS n,"
                 " COALESCE((SELECT w.site_id FROM work_order w WHERE w.engineer_id = u.id"
                 " AND w.state = 'arrived' ORDER BY w.arrived_at DESC LIMIT 1), u.site_id) AS site"
                 " FROM account u WHERE u.state = 'active' AND u.retired_at IS NULL AND EXISTS"
                 " (SELECT 1 FROM account_role a JOIN role_permission p ON p.role = a.role"
                 " WHERE a.account_id = u.id AND p.permission = 'work_order.work' AND p.scope <> "
                 "'none')) e"
                 " LEFT JOIN site p ON p.id = e.site LEFT JOIN site t ON t.id = :site ORDER BY "
                 "e.id LIMIT 200",
                 BINDS(B_INT("site", site)), &r));
    if (rc)
        return rc;
    while (*n < most && db_next(r)) {
        struct engineer *e = &out[(*n)++];
        *e = (struct engineer){.id = db_int(r, 0), .load = db_int(r, 3), .site = db_int(r, 4)};
        e->name = arena_strdup(cx->a, db_text(r, 1));
        e->line = db_null(r, 2) ? NULL : arena_strdup(cx->a, db_text(r, 2));
        e->same_line = !e->line || !line || !strcmp(e->line, line);
        e->same_site = site && e->site == site;
        e->has_km = !db_null(r, 5) && !db_null(r, 6) && !db_null(r, 7) && !db_null(r, 8);
        if (e->has_km)
            e->km = km_between(db_float(r, 5), db_float(r, 6), db_float(r, 7), db_float(r, 8));
    }
    return cx_db(cx, db_end(r));
}

static void engineer_json(struct jw *w, const struct engineer *e)
{
    jw_object(w);
    jw_ki(w, "id", e->id);
    jw_kt(w, "name", e->name);
    jw_kt(w, "line", e->line);
    jw_ki(w, "open_orders", e->load);
    jw_kb(w, "same_line", e->same_line);
    jw_kb(w, "at_site", e->same_site);
    jw_key(w, "km");
    if (e->has_km)
        jw_float(w, round(e->km * 100) / 100);
    else
        jw_null(w);
    jw_end_object(w);
}

enum rc suggest_engineer(struct cx *cx, const struct suggest *s, struct jw *w)
{
    struct engineer found[200];
    struct row *order = NULL;
    int64_t site = s->site_id;
    const char *line = s->line;
    int n;
    enum rc rc = RC_OK;
    if (!cx_may(cx, "work_order.dispatch") && !cx_may(cx, "work_order.hand_over"))
        return FAIL(cx, RC_DENIED, NULL, "您没有派单的权限", "you may not dispatch");
    if (s->work_order_id)
        rc = record_get(cx, &work_order_kind, s->work_order_id, &order);
    if (rc)
        return rc;
    if (order) {
        line = order->v[WO_LINE].s;
        site = order->v[WO_SITE].null ? 0 : order->v[WO_SITE].i;
    }
    rc = load_engineers(cx, site, line, found, 200, &n);
    if (rc)
        return rc;
    qsort(found, (size_t)n, sizeof *found, by_use);
    jw_object(w);
    jw_key(w, "items");
    jw_array(w);
    for (int i = 0; i < n && i < MOST; i++)
        engineer_json(w, &found[i]);
    jw_end_array(w);
    jw_end_object(w);
    return RC_OK;
}
