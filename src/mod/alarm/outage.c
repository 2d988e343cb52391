/* SPDX-License-Identifier: Apache-2.0 */
/* Outages: the current dark set, grouped by common cause (src/rule/outage.h), laid over the outages
 * that stand open. Nothing is patched: what is dark now decides. */
#include <stdlib.h>
#include <string.h>

#include "mod/alarm/alarm.h"
#include "rule/outage.h"

struct asset_state {
    int64_t id, site_id, decided_at, dark_since;
    const char *name, *line, *check;
    int up, suspect; /* targets in that state */
    int64_t ok_at;   /* last answer of a target that is up */
    int64_t last_dark; /* first miss of the newest open alarm */
    bool alarms, dark;
    bool partial;    /* dark, but one of its checks has answered since */
    bool stale;      /* dark, and the check that is up was not asked since */
    bool returning;  /* partial because one of its checks has just come back */
};

struct open_outage {
    int64_t id;
    struct row *row;
    int64_t *assets; /* still dark in it */
    size_t n_assets;
    bool taken, settles, kept; /* kept: nothing of it moves in this round */
    bool returning;            /* a member is half back */
};

struct work {
    struct cx *cx;
    struct asset_state *asset; /* ascending by id */
    size_t n_assets;
    struct outage_edge *edge;
    size_t n_edges;
    struct open_outage *open;
    size_t n_open;
    int changed;
};

static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static struct asset_state *find(struct work *w, int64_t id)
{
    struct asset_state key = {.id = id};
    return bsearch(&key, w->asset, w->n_assets, sizeof *w->asset, by_id);
}

static enum rc count(struct cx *cx, const char *sql, size_t *out)
{
    int64_t n = 0;
    enum rc rc = cx_db(cx, db_int_of(cx->db, sql, NO_BINDS, &n));
    *out = (size_t)n;
    return rc;
}

static enum rc load_assets(struct work *w)
{
    struct cx *cx = w->cx;
    struct db_rows *r;
    size_t most;
    enum rc rc = count(cx, "SELECT COUNT(*) FROM asset", &most);
    if (!rc)
        rc = cx_db(cx, db_query(cx->db,
                                "SELECT a.id, a.site_id, a.name, a.line, c.raises_alarm FROM asset a"
                                " JOIN asset_class c ON c.id = a.class_id"
                                " WHERE a.state = 'in_use' AND a.retired_at IS NULL ORDER BY a.id",
                                NO_BINDS, &r));
    if (rc)
        return rc;
    w->asset = ARENA_NEW(cx->a, struct asset_state, most);
    while (w->n_assets < most && db_next(r))
        w->asset[w->n_assets++] =
            (struct asset_state){.id = db_int(r, 0), .site_id = db_int(r, 1),
                                 .name = arena_strdup(cx->a, db_text(r, 2)),
                                 .line = arena_strdup(cx->a, db_text(r, 3)),
                                 .alarms = db_int(r, 4) != 0};
    return cx_db(cx, db_end(r));
}

static enum rc load_targets(struct work *w, struct db *watch)
{
    struct db_rows *r;
    enum rc rc = db_query(watch, "SELECT asset_id, state, last_ok_at FROM target ORDER BY asset_id, id",
                          NO_BINDS, &r);
    if (rc)
        return rc;
    while (db_next(r)) {
        struct asset_state *a = find(w, db_int(r, 0));
        bool up = !strcmp(db_text(r, 1), "up");
        int64_t ok_at = db_null(r, 2) ? INT64_MAX : db_int(r, 2);
        if (!a)
            continue;
        a->up += up;
        a->suspect += !strcmp(db_text(r, 1), "suspect");
        if (up && ok_at > a->ok_at)
            a->ok_at = ok_at;
    }
    return db_end(r);
}

static enum rc load_dark(struct work *w)
{
    struct cx *cx = w->cx;
    struct db_rows *r;
    enum rc rc = cx_db(cx, db_query(cx->db,
                                    "SELECT asset_id, decided_at, dark_since, check_name FROM alarm"
                                    " WHERE state = 'open' ORDER BY id",
                                    NO_BINDS, &r));
    if (rc)
        return rc;
    while (db_next(r)) {
        struct asset_state *a = find(w, db_int(r, 0));
        if (!a)
            continue;
        int64_t decided = db_int(r, 1), since = db_null(r, 2) ? decided : db_int(r, 2);
        if (!a->dark || decided < a->decided_at)
            a->decided_at = decided;
        if (!a->dark || since < a->dark_since)
            a->dark_since = since;
        if (since > a->last_dark)
            a->last_dark = since;
        a->check = arena_strdup(cx->a, db_text(r, 3));
        a->dark = true;
        /* "up" from before the fault proves nothing */
        a->partial = a->up > 0 && a->ok_at > a->last_dark;
        a->stale = a->up > 0 && !a->partial;
    }
    return cx_db(cx, db_end(r));
}

static enum rc load_returning(struct work *w)
{
    struct cx *cx = w->cx;
    struct db_rows *r;
    enum rc rc = cx_db(cx, db_query(cx->db,
                                    "SELECT DISTINCT asset_id FROM alarm WHERE ended_at > :since"
                                    " AND state = 'ended'",
                                    BINDS(B_INT("since", cx->now.ms - OUTAGE_SETTLE_MS)), &r));
    if (rc)
        return rc;
    while (db_next(r)) {
        struct asset_state *a = find(w, db_int(r, 0));
        if (a)
            a->returning = a->partial;
    }
    return cx_db(cx, db_end(r));
}

/* A device that still answers one of its checks passes traffic: it explains nobody else's silence,
 * and its own feed is alive. Its dark half stands alone; a second node, -id, is the half that
 * answers. */
static enum rc load_edges(struct work *w)
{
    struct cx *cx = w->cx;
    struct db_rows *r;
    size_t most;
    enum rc rc = count(cx, "SELECT COUNT(*) FROM uplink", &most);
    if (!rc)
        rc = cx_db(cx, db_query(cx->db, "SELECT asset_id, up_id FROM watch_uplink_v", NO_BINDS, &r));
    if (rc)
        return rc;
    w->edge = ARENA_NEW(cx->a, struct outage_edge, most);
    while (w->n_edges < most && db_next(r)) {
        struct asset_state *down = find(w, db_int(r, 0)), *up = find(w, db_int(r, 1));
        if (down && up && !up->partial)
            w->edge[w->n_edges++] = (struct outage_edge){down->partial ? -down->id : down->id, up->id};
    }
    return cx_db(cx, db_end(r));
}

/* Alarms of what is no longer watched (retired, suspended, address or check taken away) end. */
static enum rc end_unwatched(struct cx *cx, int *changed)
{
    struct db_rows *r;
    int64_t ids[500];
    int n = 0;
    enum rc rc = cx_db(cx, db_query(cx->db,
                                    "SELECT l.id FROM alarm l LEFT JOIN watch_target_v t"
                                    " ON t.asset_id = l.asset_id AND ',' || t.checks || ',' LIKE"
                                    " '%,' || l.check_name || ',%'"
                                    " WHERE l.state = 'open' AND t.asset_id IS NULL ORDER BY l.id",
                                    NO_BINDS, &r));
    if (rc)
        return rc;
    while (n < 500 && db_next(r))
        ids[n++] = db_int(r, 0);
    rc = cx_db(cx, db_end(r));
    for (int i = 0; i < n && !rc; i++) {
        struct row *old;
        rc = record_load(cx, &alarm_kind, ids[i], &old);
        if (rc)
            break;
        struct row *row = record_copy(cx, old);
        row_text(row, ALARM_STATE, "ended");
        row_int(row, ALARM_ENDED, cx->now.ms);
        row_text(row, ALARM_DETAIL, "no longer watched");
        rc = record_update(cx, old, row, "end");
        ++*changed;
    }
    return rc;
}

static enum rc load_members(struct work *w, struct open_outage *o)
{
    struct cx *cx = w->cx;
    struct db_rows *r;
    int64_t most = 0;
    struct bind id[] = {B_INT("id", o->id), B_END};
    enum rc rc = cx_db(cx, db_int_of(cx->db,
                                     "SELECT COUNT(*) FROM outage_asset WHERE outage_id = :id"
                                     " AND dark_until_at IS NULL",
                                     id, &most));
    if (!rc)
        rc = cx_db(cx, db_query(cx->db,
                                "SELECT asset_id FROM outage_asset WHERE outage_id = :id"
                                " AND dark_until_at IS NULL ORDER BY asset_id",
                                id, &r));
    if (rc)
        return rc;
    o->assets = ARENA_NEW(cx->a, int64_t, most);
    o->n_assets = 0;
    while (o->n_assets < (size_t)most && db_next(r))
        o->assets[o->n_assets++] = db_int(r, 0);
    return cx_db(cx, db_end(r));
}

static enum rc load_open(struct work *w)
{
    struct cx *cx = w->cx;
    struct db_rows *r;
    size_t most;
    enum rc rc = count(cx, "SELECT COUNT(*) FROM outage WHERE state = 'open'", &most);
    if (!rc)
        rc = cx_db(cx, db_query(cx->db, "SELECT id FROM outage WHERE state = 'open' ORDER BY id",
                                NO_BINDS, &r));
    if (rc)
        return rc;
    w->open = ARENA_NEW(cx->a, struct open_outage, most);
    while (w->n_open < most && db_next(r))
        w->open[w->n_open++].id = db_int(r, 0);
    rc = cx_db(cx, db_end(r));
    for (size_t i = 0; i < w->n_open && !rc; i++) {
        rc = record_load(cx, &outage_kind, w->open[i].id, &w->open[i].row);
        if (!rc)
            rc = load_members(w, &w->open[i]);
    }
    return rc;
}

static bool overlaps(const struct open_outage *o, const struct outage_group *g)
{
    if (o->row->v[OUTAGE_ROOT].i == g->root)
        return true;
    for (size_t i = 0; i < g->n_affected; i++)
        if (bsearch(&g->affected[i], o->assets, o->n_assets, sizeof *o->assets, by_id))
            return true;
    return false;
}

static void describe(struct work *w, const struct outage_group *g, struct row *row)
{
    struct cx *cx = w->cx;
    const struct asset_state *root = find(w, g->root);
    const char *what = g->inferred     ? "疑似断电或断网（下联设备全部无响应）"
                       : root->partial ? arena_printf(cx->a, "服务异常（%s 无应答）", root->check)
                                       : "无响应";
    int64_t started = INT64_MAX, dark = INT64_MAX;
    for (size_t i = 0; i < g->n_affected; i++) {
        const struct asset_state *a = find(w, g->affected[i]);
        if (a->dark && a->decided_at < started)
            started = a->decided_at;
        if (a->dark && a->dark_since < dark)
            dark = a->dark_since;
    }
    row_text(row, OUTAGE_TITLE, arena_printf(cx->a, "%s %s", root->name, what));
    row_int(row, OUTAGE_ROOT, g->root);
    row_text(row, OUTAGE_LINE, root->line);
    if (root->site_id)
        row_int(row, OUTAGE_SITE, root->site_id);
    else
        row_null(row, OUTAGE_SITE);
    /* the clock's start never moves later, whatever recovers in between */
    if (row->v[OUTAGE_STARTED].null || started < row->v[OUTAGE_STARTED].i)
        row_int(row, OUTAGE_STARTED, started);
    if (row->v[OUTAGE_DARK_SINCE].null || dark < row->v[OUTAGE_DARK_SINCE].i)
        row_int(row, OUTAGE_DARK_SINCE, dark);
}

/* A member that had left and is dark since the same instant comes back, else it is a new row. */
static enum rc rejoin(struct work *w, int64_t outage, int64_t asset, int64_t from, bool *back)
{
    int64_t n = 0;
    enum rc rc = db_run(w->cx->db,
                        "UPDATE outage_asset SET dark_until_at = NULL, rev = rev + 1"
                        " WHERE outage_id = :outage AND asset_id = :asset AND dark_from_at = :since",
                        BINDS(B_INT("outage", outage), B_INT("asset", asset), B_INT("since", from)),
                        &n);
    *back = n > 0;
    return cx_db(w->cx, rc);
}

static enum rc join(struct work *w, struct open_outage *o, int64_t asset_id)
{
    struct cx *cx = w->cx;
    const struct asset_state *a = find(w, asset_id);
    int64_t from = a->dark ? a->dark_since : cx->now.ms;
    bool back;
    enum rc rc = rejoin(w, o->id, asset_id, from, &back);
    if (!rc && !back) {
        struct row *row = record_new(cx, &outage_asset_kind);
        row_int(row, OA_OUTAGE, o->id);
        row_int(row, OA_ASSET, asset_id);
        row_int(row, OA_FROM, from);
        rc = record_insert(cx, row, "join");
    }
    return rc;
}

/* Open alarms belong to the outage that their device is dark in, also those of a second check. */
static enum rc claim_alarms(struct work *w, const struct open_outage *o)
{
    return cx_db(w->cx, db_run(w->cx->db,
                               "UPDATE alarm SET outage_id = :outage, rev = rev + 1 WHERE state = 'open'"
                               " AND (outage_id IS NULL OR outage_id <> :outage) AND asset_id IN"
                               " (SELECT asset_id FROM outage_asset WHERE outage_id = :outage"
                               " AND dark_until_at IS NULL)",
                               BINDS(B_INT("outage", o->id)), NULL));
}

static enum rc leave(struct work *w, const struct open_outage *o, int64_t asset_id, int64_t at)
{
    return cx_db(w->cx, db_run(w->cx->db,
                               "UPDATE outage_asset SET dark_until_at = :at, updated_at = :at,"
                               " rev = rev + 1 WHERE outage_id = :outage AND asset_id = :asset"
                               " AND dark_until_at IS NULL",
                               BINDS(B_INT("at", at), B_INT("outage", o->id),
                                     B_INT("asset", asset_id)),
                               NULL));
}

/* When the last alarm that an outage had of an asset ended; 0 = none has. asset_id = 0: of any. */
static enum rc recovered_at(struct work *w, int64_t outage_id, int64_t asset_id, int64_t *at)
{
    *at = 0;
    return cx_db(w->cx, db_int_of(w->cx->db,
                                  "SELECT MAX(ended_at) FROM alarm WHERE outage_id = :outage"
                                  " AND (asset_id = :asset OR :asset = 0) AND ended_at <= :now",
                                  BINDS(B_INT("outage", outage_id), B_INT("asset", asset_id),
                                        B_INT("now", w->cx->now.ms)),
                                  at));
}

/* Brings the members of an outage to those of its group; group = NULL: nobody is dark any more. */
static enum rc sync_members(struct work *w, struct open_outage *o, const struct outage_group *g)
{
    enum rc rc = RC_OK;
    size_t n = g ? g->n_affected : 0;
    for (size_t i = 0; i < n && !rc; i++)
        if (!bsearch(&g->affected[i], o->assets, o->n_assets, sizeof *o->assets, by_id))
            rc = join(w, o, g->affected[i]);
    for (size_t i = 0; i < o->n_assets && !rc; i++) {
        int64_t at = 0;
        if (n && bsearch(&o->assets[i], g->affected, n, sizeof *g->affected, by_id))
            continue;
        const struct asset_state *a = find(w, o->assets[i]);
        if (g && a && a->returning) /* half back: no fault of its own until it had time */
            continue;
        if (!a || !a->dark)
            rc = recovered_at(w, o->id, o->assets[i], &at);
        if (!rc)
            rc = leave(w, o, o->assets[i], at ? at : w->cx->now.ms);
    }
    return rc || !g ? rc : claim_alarms(w, o);
}

static enum rc affected_count(struct work *w, int64_t outage_id, struct row *row)
{
    int64_t n = 0;
    enum rc rc = cx_db(w->cx, db_int_of(w->cx->db,
                                        "SELECT COUNT(DISTINCT asset_id) FROM outage_asset"
                                        " WHERE outage_id = :id",
                                        BINDS(B_INT("id", outage_id)), &n));
    row_int(row, OUTAGE_AFFECTED, n);
    return rc;
}

static enum rc store(struct work *w, struct open_outage *o, struct row *row, const char *action)
{
    enum rc rc = affected_count(w, o->id, row);
    if (rc)
        return rc;
    for (int i = 0; i < OUTAGE_N; i++) {
        const struct value *a = &o->row->v[i], *b = &row->v[i];
        if (a->null == b->null && (a->null || (a->i == b->i && (!a->s || !strcmp(a->s, b->s)))))
            continue;
        w->changed++;
        return record_update(w->cx, o->row, row, action);
    }
    return RC_OK;
}

static enum rc begin_outage(struct work *w, const struct outage_group *g)
{
    struct cx *cx = w->cx;
    struct open_outage o = {.assets = ARENA_NEW(cx->a, int64_t, 0)};
    struct row *row = record_new(cx, &outage_kind);
    describe(w, g, row);
    row_text(row, OUTAGE_STATE, "open");
    row_int(row, OUTAGE_AFFECTED, (int64_t)g->n_affected);
    enum rc rc = record_insert(cx, row, "open");
    o.id = row->id;
    w->changed++;
    return rc ? rc : sync_members(w, &o, g);
}

/* The stretches of darkness and the alarms go over too: each counts once. What the other outage has
 * already stays behind and ends. */
static enum rc move_members(struct work *w, struct open_outage *from, struct open_outage *into)
{
    struct cx *cx = w->cx;
    struct bind ids[] = {B_INT("from", from->id), B_INT("into", into->id), B_END};
    enum rc rc = cx_db(cx, db_run(cx->db,
                                  "UPDATE outage_asset SET outage_id = :into, rev = rev + 1"
                                  " WHERE outage_id = :from AND NOT EXISTS (SELECT 1 FROM outage_asset t"
                                  " WHERE t.outage_id = :into AND t.asset_id = outage_asset.asset_id"
                                  " AND (t.dark_from_at = outage_asset.dark_from_at"
                                  " OR (t.dark_until_at IS NULL AND outage_asset.dark_until_at IS NULL)))",
                                  ids, NULL));
    if (!rc)
        rc = cx_db(cx, db_run(cx->db, "UPDATE alarm SET outage_id = :into, rev = rev + 1 WHERE outage_id = :from",
                              ids, NULL));
    if (!rc)
        rc = load_members(w, from);
    return rc ? rc : load_members(w, into);
}

static enum rc merge(struct work *w, struct open_outage *from, struct open_outage *into)
{
    struct row *row = record_copy(w->cx, from->row);
    row_text(row, OUTAGE_STATE, "merged");
    row_int(row, OUTAGE_ENDED, w->cx->now.ms);
    row_int(row, OUTAGE_MERGED_INTO, into->id);
    from->taken = true;
    w->changed++;
    enum rc rc = move_members(w, from, into);
    if (!rc)
        rc = sync_members(w, from, NULL);
    if (!rc)
        rc = affected_count(w, from->id, row);
    return rc ? rc : record_update(w->cx, from->row, row, "merge");
}

static bool worth_it(struct work *w, const struct outage_group *g)
{
    for (size_t i = 0; i < g->n_affected; i++)
        if (find(w, g->affected[i])->dark && find(w, g->affected[i])->alarms)
            return true;
    return false;
}

/* A new cause is not named before its neighbours had time to show whether they are dark too: watch
 * probes the whole uplink chain at a first miss and decides within three seconds. */
static bool held(struct work *w, const struct outage_group *g)
{
    int64_t oldest = INT64_MAX, newest = 0, now = w->cx->now.ms;
    bool stale = false;
    for (size_t i = 0; i < g->n_affected; i++) {
        const struct asset_state *a = find(w, g->affected[i]);
        if (a->dark && a->decided_at < oldest)
            oldest = a->decided_at;
        if (a->dark && a->decided_at > newest)
            newest = a->decided_at;
        stale = stale || a->stale;
    }
    return (now - newest < OUTAGE_HOLD_MS && now - oldest < 3 * OUTAGE_HOLD_MS) ||
           (stale && now - oldest < 4 * OUTAGE_HOLD_MS);
}

/* The outage whose root has just come back and whose members are still being asked: what is dark of
 * it is not a new fault until they had time to answer. A root that is not watched comes back with
 * its members. */
static enum rc settling(struct work *w, const struct open_outage *o, bool *out)
{
    int64_t root = o->row->v[OUTAGE_ROOT].i, at = 0;
    const struct asset_state *a = find(w, root);
    *out = false;
    if (!a || (a->dark && !a->partial)) /* one check that answers again is the beginning */
        return RC_OK;
    enum rc rc = recovered_at(w, o->id, a->dark || a->up ? root : 0, &at);
    *out = at && w->cx->now.ms - at < OUTAGE_SETTLE_MS;
    return rc;
}

/* The still dark members of a settling outage, kept as they are; the recovered ones leave. */
static enum rc settle(struct work *w, struct open_outage *o)
{
    int64_t *dark = ARENA_NEW(w->cx->a, int64_t, o->n_assets);
    size_t n = 0;
    for (size_t i = 0; i < o->n_assets; i++) {
        const struct asset_state *a = find(w, o->assets[i]);
        if (a && a->dark)
            dark[n++] = o->assets[i];
    }
    struct outage_group rest = {.root = o->row->v[OUTAGE_ROOT].i, .affected = dark, .n_affected = n};
    return sync_members(w, o, &rest);
}

/* Finds the open outages that a group continues: the oldest is primary, others are merged into it.
 * *keep: one of them settles or the group waits, so all stay as they are. */
static enum rc continue_open(struct work *w, const struct outage_group *g,
                             struct open_outage **primary, bool *keep)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < w->n_open && !rc; i++) {
        struct open_outage *o = &w->open[i];
        if (!overlaps(o, g))
            continue;
        if (!o->taken)
            rc = settling(w, o, &o->settles);
        *keep |= o->settles || o->kept;
    }
    for (size_t i = 0; i < w->n_open && !rc; i++) {
        struct open_outage *o = &w->open[i];
        if (o->taken || !overlaps(o, g))
            continue;
        o->taken = true;
        o->kept = *keep;
        if (o->settles)
            rc = settle(w, o);
        else if (!*keep && *primary)
            rc = merge(w, o, *primary);
        else if (!*keep)
            *primary = o;
    }
    return rc;
}

/* A device that is half back stays in the outage it was in. */
static bool stays(struct work *w, const struct outage_group *g)
{
    if (!find(w, g->root)->returning)
        return false;
    for (size_t i = 0; i < w->n_open; i++)
        w->open[i].returning |= overlaps(&w->open[i], g);
    return true;
}

static enum rc apply_group(struct work *w, const struct outage_group *g)
{
    struct open_outage *primary = NULL;
    bool keep = g->wait;
    enum rc rc = continue_open(w, g, &primary, &keep);
    if (rc || keep)
        return rc;
    if (!primary)
        return held(w, g) || !worth_it(w, g) ? RC_OK : begin_outage(w, g);
    struct row *row = record_copy(w->cx, primary->row);
    describe(w, g, row);
    rc = sync_members(w, primary, g);
    return rc ? rc : store(w, primary, row, "widen");
}

static enum rc end_outage(struct work *w, struct open_outage *o)
{
    struct row *row = record_copy(w->cx, o->row);
    int64_t last = 0;
    enum rc rc = sync_members(w, o, NULL);
    if (!rc)
        rc = cx_db(w->cx, db_int_of(w->cx->db,
                                    "SELECT MAX(dark_until_at) FROM outage_asset WHERE outage_id = :id",
                                    BINDS(B_INT("id", o->id)), &last));
    row_text(row, OUTAGE_STATE, "ended");
    row_int(row, OUTAGE_ENDED, last ? last : w->cx->now.ms);
    return rc ? rc : store(w, o, row, "end");
}

static enum rc apply(struct work *w)
{
    const struct outage_group *groups;
    size_t n;
    size_t n_nodes = 0;
    struct outage_node *nodes = ARENA_NEW(w->cx->a, struct outage_node, 2 * w->n_assets);
    for (size_t i = 0; i < w->n_assets; i++) {
        const struct asset_state *a = &w->asset[i];
        nodes[n_nodes++] = (struct outage_node){a->id, a->dark      ? HEALTH_DOWN
                                                       : a->suspect ? HEALTH_SUSPECT
                                                       : a->up      ? HEALTH_UP
                                                                    : HEALTH_UNKNOWN};
        if (a->partial)
            nodes[n_nodes++] = (struct outage_node){-a->id, HEALTH_UP};
    }
    outage_groups(w->cx->a, nodes, n_nodes, w->edge, w->n_edges, &groups, &n);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < n && !rc; i++)
        if (!stays(w, &groups[i]))
            rc = apply_group(w, &groups[i]);
    for (size_t i = 0; i < w->n_open && !rc; i++)
        if (!w->open[i].taken)
            rc = w->open[i].returning ? settle(w, &w->open[i]) : end_outage(w, &w->open[i]);
    return rc;
}

enum rc outage_recompute(struct cx *cx, struct db *watch, int *changed)
{
    struct work w = {.cx = cx};
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = end_unwatched(cx, &w.changed);
    if (!rc)
        rc = load_assets(&w);
    if (!rc)
        rc = load_open(&w);
    if (!rc)
        rc = load_targets(&w, watch);
    if (!rc)
        rc = load_dark(&w);
    if (!rc)
        rc = load_returning(&w);
    if (!rc)
        rc = load_edges(&w);
    if (!rc)
        rc = apply(&w);
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    *changed = w.changed;
    return rc;
}
