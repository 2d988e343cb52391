/* SPDX-License-Identifier: Apache-2.0 */
/* What feeds an asset and what is lost when it dies, as JSON for its page. The graph is the whole
 * ledger's; only what the actor may read is named and counted. */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "mod/asset/asset.h"
#include "rule/blast.h"

#define ITEMS_MAX 1000 /* named in one answer; the counts are of all */
#define CHUNK 100      /* values of one "in" filter */

struct edge {
    struct feed feed;
    const char *type, *port;
};
struct edges {
    struct edge *e;
    size_t n;
};

static enum supply supply_of(const char *type)
{
    return !strcmp(type, "power") ? SUPPLY_POWER : !strcmp(type, "nvr_channel") ? SUPPLY_RECORDING : SUPPLY_SIGNAL;
}

static enum rc load_edges(struct cx *cx, struct edges *out)
{
    int64_t n = 0;
    struct db_rows *r;
    enum rc rc = db_int_of(cx->db, "SELECT COUNT(*) FROM uplink WHERE retired_at IS NULL", NO_BINDS, &n);
    if (!rc)
        rc = db_query(cx->db, "SELECT asset_id, up_id, type, COALESCE(port, '') FROM uplink WHERE retired_at IS NULL ORDER BY id",
                      NO_BINDS, &r);
    if (rc)
        return cx_db(cx, rc);
    *out = (struct edges){.e = ARENA_NEW(cx->a, struct edge, (size_t)n + 1)};
    while (db_next(r) && out->n < (size_t)n) {
        struct edge *e = &out->e[out->n++];
        e->feed = (struct feed){db_int(r, 0), db_int(r, 1), supply_of(db_text(r, 2))};
        e->type = arena_strdup(cx->a, db_text(r, 2));
        e->port = arena_strdup(cx->a, db_text(r, 3));
    }
    return cx_db(cx, db_end(r));
}

/* The assets of a list of ids that the actor may read, in the order of the ids; NULL for others. */
static enum rc load_assets(struct cx *cx, const int64_t *ids, size_t n, struct row **out)
{
    enum rc rc = RC_OK;
    for (size_t from = 0; from < n && !rc; from += CHUNK) {
        struct buf list = {0};
        struct page page;
        struct query q = {.limit = CHUNK, .no_total = true, .n_filters = 2};
        size_t to = from + CHUNK < n ? from + CHUNK : n;
        for (size_t i = from; i < to; i++)
            buf_printf(&list, "%s%" PRId64, i > from ? "," : "", ids[i]);
        q.filter[0] = (struct filter){"id", "in", arena_strdup(cx->a, buf_text(&list))};
        q.filter[1] = (struct filter){"state", "ne", "disposed"};
        buf_free(&list);
        rc = record_list(cx, &asset_kind, &q, &page);
        for (int p = 0; p < page.n && !rc; p++)
            for (size_t i = from; i < to; i++)
                if (ids[i] == page.rows[p]->id)
                    out[i] = page.rows[p];
    }
    return rc;
}

static void put_text(struct jw *w, const char *key, const struct value *v)
{
    jw_key(w, key);
    if (v->null)
        jw_null(w);
    else
        jw_text(w, v->s);
}

static void put_asset(struct jw *w, const struct row *r)
{
    jw_ki(w, "id", r->id);
    put_text(w, "name", &r->v[ASSET_NAME]);
    put_text(w, "asset_no", &r->v[ASSET_NO]);
    put_text(w, "state", &r->v[ASSET_STATE]);
    put_text(w, "health", &r->v[ASSET_HEALTH]);
    jw_kt(w, "class", r->label[ASSET_CLASS]);
    jw_kt(w, "site", r->label[ASSET_SITE] ? r->label[ASSET_SITE] : "");
}

static void put_bits(struct jw *w, const char *key, unsigned bits)
{
    static const char *const words[] = {[SUPPLY_POWER] = "power", [SUPPLY_SIGNAL] = "signal", [SUPPLY_RECORDING] = "recording"};
    jw_key(w, key);
    jw_array(w);
    for (int i = 0; i < SUPPLY_N; i++)
        if (bits & 1u << i)
            jw_text(w, words[i]);
    jw_end_array(w);
}

struct counts {
    int64_t dark, cameras_dark, power, signal, recording, thinner;
};

static void count(struct counts *c, const struct blast *b, bool camera)
{
    c->dark += b->dark;
    c->cameras_dark += b->dark && camera;
    c->power += (b->lost & 1u << SUPPLY_POWER) != 0;
    c->signal += (b->lost & 1u << SUPPLY_SIGNAL) != 0;
    c->recording += (b->lost & 1u << SUPPLY_RECORDING) != 0;
    c->thinner += !b->lost;
}

static enum rc put_blast(struct cx *cx, const struct edges *g, int64_t id, struct jw *w)
{
    const struct blast *hit;
    size_t n, named = 0;
    int64_t camera = 0;
    struct feed *feeds = ARENA_NEW(cx->a, struct feed, g->n + 1);
    struct counts c = {0};
    for (size_t i = 0; i < g->n; i++)
        feeds[i] = g->e[i].feed;
    blast_below(cx->a, feeds, g->n, id, &hit, &n);
    int64_t *ids = ARENA_NEW(cx->a, int64_t, n + 1);
    struct row **rows = ARENA_NEW(cx->a, struct row *, n + 1);
    for (size_t i = 0; i < n; i++)
        ids[i] = hit[i].id;
    enum rc rc = load_assets(cx, ids, n, rows);
    if (!rc)
        rc = db_int_of(cx->db, "SELECT COALESCE(MAX(id), 0) FROM asset_class WHERE code = 'camera'", NO_BINDS, &camera);
    if (rc)
        return cx_db(cx, rc);
    jw_key(w, "blast");
    jw_array(w);
    for (size_t i = 0; i < n; i++) {
        if (!rows[i])
            continue;
        count(&c, &hit[i], rows[i]->v[ASSET_CLASS].i == camera);
        if (named++ >= ITEMS_MAX)
            continue;
        jw_object(w);
        put_asset(w, rows[i]);
        jw_ki(w, "depth", hit[i].depth);
        jw_kb(w, "dark", hit[i].dark);
        jw_kb(w, "camera", rows[i]->v[ASSET_CLASS].i == camera);
        put_bits(w, "lost", hit[i].lost);
        put_bits(w, "thinner", hit[i].thinner);
        jw_end_object(w);
    }
    jw_end_array(w);
    jw_key(w, "counts");
    jw_object(w);
    jw_ki(w, "all", (int64_t)named);
    jw_ki(w, "dark", c.dark);
    jw_ki(w, "cameras_dark", c.cameras_dark);
    jw_ki(w, "power", c.power);
    jw_ki(w, "signal", c.signal);
    jw_ki(w, "recording", c.recording);
    jw_ki(w, "thinner", c.thinner);
    jw_end_object(w);
    return RC_OK;
}

/* The uplinks above, breadth first, each once. */
static size_t walk_up(struct cx *cx, const struct edges *g, int64_t id, size_t *picked, int *depth)
{
    bool *taken = ARENA_NEW(cx->a, bool, g->n + 1);
    size_t n = 0;
    for (size_t done = 0, first = 1; first || done < n; done += !first, first = 0) {
        int64_t down = first ? id : g->e[picked[done]].feed.up;
        int below = first ? 0 : depth[done];
        for (size_t i = 0; i < g->n; i++)
            if (!taken[i] && g->e[i].feed.down == down && g->e[i].feed.up != id) {
                taken[i] = true;
                depth[n] = below + 1;
                picked[n++] = i;
            }
    }
    return n;
}

static enum rc put_feeds(struct cx *cx, const struct edges *g, int64_t id, struct jw *w)
{
    size_t *picked = ARENA_NEW(cx->a, size_t, g->n + 1);
    int *depth = ARENA_NEW(cx->a, int, g->n + 1);
    size_t n = walk_up(cx, g, id, picked, depth);
    int64_t *ids = ARENA_NEW(cx->a, int64_t, n + 1);
    struct row **rows = ARENA_NEW(cx->a, struct row *, n + 1);
    for (size_t i = 0; i < n; i++)
        ids[i] = g->e[picked[i]].feed.up;
    enum rc rc = load_assets(cx, ids, n, rows);
    jw_key(w, "feeds");
    jw_array(w);
    for (size_t i = 0; i < n && !rc; i++) {
        const struct edge *e = &g->e[picked[i]];
        if (!rows[i])
            continue;
        jw_object(w);
        put_asset(w, rows[i]);
        jw_ki(w, "of", e->feed.down);
        jw_ki(w, "depth", depth[i]);
        jw_kt(w, "type", e->type);
        jw_kt(w, "port", e->port);
        jw_end_object(w);
    }
    jw_end_array(w);
    return rc;
}

enum rc asset_blast_json(struct cx *cx, int64_t id, struct jw *w)
{
    struct row *row;
    struct edges g = {0};
    enum rc rc = record_get(cx, &asset_kind, id, &row);
    if (!rc)
        rc = load_edges(cx, &g);
    if (rc)
        return rc;
    jw_object(w);
    jw_ki(w, "id", id);
    rc = put_feeds(cx, &g, id, w);
    if (!rc)
        rc = put_blast(cx, &g, id, w);
    jw_end_object(w);
    return rc;
}
