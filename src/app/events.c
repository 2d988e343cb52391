/* SPDX-License-Identifier: Apache-2.0 */
#include "app/events.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "journal/journal.h"

#define REPLAY_MOST 2000   /* rows of the feed; who missed more loads everything anew */
#define SESSIONS_EVERY 500 /* ms between two looks at who is still logged in */
#define BUCKETS 1024
#define KINDS_MOST 128

/* Acts that change nothing a page shows, and what was refused, are no news. */
#define NEWS                                                                                       \
    "SELECT feed, kind, record_id, action, at, changes FROM journal WHERE feed > :after AND feed <= :until" \
    " AND result = 'ok' AND record_id > 0 AND action NOT IN ('login', 'logout', 'export', 'view'," \
    " 'view_original') ORDER BY feed"

/* --- groups of readers with the same rights --- */

struct group {
    struct group *next;
    char *key;
    int readers;
    struct arena *a; /* owns actor and scopes */
    struct cx cx;    /* only its actor is used */
    int n;
    struct {
        const struct kind *kind;
        const char *scope;
    } may[KINDS_MOST];
    uint64_t asked; /* the last event, and what came of it: publisher's thread only */
    bool open;
};

struct reader { /* one stream */
    struct group *group;
    int64_t session_id, account_id;
};

static struct {
    pthread_mutex_t mu;
    struct group *bucket[BUCKETS];
    const struct gate *gate; /* of the event being published: publisher's thread only */
} hub = {.mu = PTHREAD_MUTEX_INITIALIZER};

static const char *scope_for(const struct group *g, const struct kind *k)
{
    for (int i = 0; i < g->n; i++)
        if (g->may[i].kind == k)
            return g->may[i].scope;
    return NULL;
}

/* Everything on which the answer of gate_open() depends. Who sees all of every kind that he sees at
 * all needs no more than the words. */
static char *key_of(struct cx *cx, const struct group *g)
{
    struct buf b = {0};
    bool own = false, unit = false, rest = false;
    for (int i = 0; i < g->n; i++) {
        const char *s = g->may[i].scope;
        buf_printf(&b, "%s:%s ", g->may[i].kind->name, s);
        own = own || !strcmp(s, "own") || (!strcmp(s, "unit") && !g->may[i].kind->scope.unit && !g->may[i].kind->scope.through);
        unit = unit || !strcmp(s, "unit");
        rest = rest || !strcmp(s, "site") || !strcmp(s, "line");
    }
    if (own)
        buf_printf(&b, "me %lld ", (long long)cx->actor.user_id);
    for (int i = 0; (unit || own) && i < cx->actor.n_units; i++)
        buf_printf(&b, "unit %lld ", (long long)cx->actor.units[i]);
    if (rest)
        buf_printf(&b, "site %lld line %s", (long long)cx->actor.site_id, cx->actor.line ? cx->actor.line : "");
    char *key = arena_strdup(cx->a, buf_text(&b));
    buf_free(&b);
    return key;
}

static void copy_actor(struct group *g, const struct actor *from)
{
    struct actor *to = &g->cx.actor;
    int64_t *units = ARENA_NEW(g->a, int64_t, from->n_units);
    struct grant *grants = ARENA_NEW(g->a, struct grant, from->n_grants);
    *to = *from;
    if (from->n_units)
        memcpy(units, from->units, (size_t)from->n_units * sizeof *units);
    for (int i = 0; i < from->n_grants; i++)
        grants[i] = (struct grant){arena_strdup(g->a, from->grants[i].permission), arena_strdup(g->a, from->grants[i].scope)};
    to->units = units;
    to->grants = grants;
    to->line = arena_strdup(g->a, from->line);
    to->name = to->address = "";
}

static struct group *group_new(struct cx *cx)
{
    struct group *g = calloc(1, sizeof *g);
    int n;
    const struct kind *const *kinds = record_kinds(&n);
    if (!g)
        die("out of memory: a group of readers");
    g->a = arena_new();
    copy_actor(g, &cx->actor);
    for (int i = 0; i < n && g->n < KINDS_MOST; i++) {
        const char *scope = cx_scope(cx, arena_printf(cx->a, "%s.read", kinds[i]->name));
        if (scope) {
            g->may[g->n].kind = kinds[i];
            g->may[g->n++].scope = arena_strdup(g->a, scope);
        }
    }
    g->key = arena_strdup(g->a, key_of(cx, g));
    return g;
}

static void group_free(struct group *g)
{
    arena_free(g->a);
    free(g);
}

static unsigned bucket_of(const char *key)
{
    unsigned h = 2166136261U;
    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * 16777619U;
    return h % BUCKETS;
}

static struct group *group_join(struct cx *cx)
{
    struct group *mine = group_new(cx);
    unsigned at = bucket_of(mine->key);
    pthread_mutex_lock(&hub.mu);
    struct group *g = hub.bucket[at];
    while (g && strcmp(g->key, mine->key) != 0)
        g = g->next;
    if (!g) {
        g = mine;
        g->next = hub.bucket[at];
        hub.bucket[at] = g;
    }
    g->readers++;
    pthread_mutex_unlock(&hub.mu);
    if (g != mine)
        group_free(mine);
    return g;
}

static void reader_free(void *state)
{
    struct reader *me = state;
    struct group *g = me->group;
    pthread_mutex_lock(&hub.mu);
    bool last = --g->readers == 0;
    if (last) {
        struct group **link = &hub.bucket[bucket_of(g->key)];
        while (*link != g)
            link = &(*link)->next;
        *link = g->next;
    }
    pthread_mutex_unlock(&hub.mu);
    if (last)
        group_free(g);
    free(me);
}

static bool group_sees(const struct group *g, const struct gate *gate)
{
    return gate->row && gate_open(gate, &g->cx, scope_for(g, gate->row->kind));
}

static bool reader_filter(void *state, uint64_t id, const char *data)
{
    struct group *g = ((struct reader *)state)->group;
    (void)data;
    if (g->asked != id) {
        g->asked = id;
        g->open = hub.gate && group_sees(g, hub.gate);
    }
    return g->open;
}

/* --- what happened --- */

static char *change_json(struct arena *a, const struct db_rows *r)
{
    struct buf b = {0};
    struct jw w = jw_on(&b);
    jw_object(&w);
    jw_kt(&w, "kind", db_text(r, 1));
    jw_ki(&w, "id", db_int(r, 2));
    jw_kt(&w, "action", db_text(r, 3));
    jw_ki(&w, "at", db_int(r, 4));
    jw_end_object(&w);
    char *s = arena_strdup(a, buf_text(&b));
    buf_free(&b);
    return s;
}

struct changed_rights {
    int64_t account_id; /* 0: everybody's */
};

static bool rights_changed(void *state, const void *ctx)
{
    const struct reader *me = state;
    const struct changed_rights *c = ctx;
    return !c->account_id || me->account_id == c->account_id;
}

static void end_changed(struct http_server *server, const char *kind, int64_t id)
{
    bool one = !strcmp(kind, "user");
    struct changed_rights c = {one ? id : 0};
    if (one || !strcmp(kind, "role_permission") || !strcmp(kind, "role") || !strcmp(kind, "org_unit"))
        http_sse_end(server, rights_changed, &c);
}

static enum rc tell_page(struct http_server *server, struct cx *cx, int64_t after, int64_t until)
{
    struct db_rows *r;
    struct gate gate;
    enum rc rc = cx_db(cx, db_query(cx->db, NEWS, BINDS(B_INT("after", after), B_INT("until", until)), &r));
    if (rc)
        return rc;
    while (!rc && db_next(r)) {
        const struct kind *k = record_kind(db_text(r, 1));
        if (!k)
            continue;
        rc = record_gate(cx, k, db_int(r, 2), db_text(r, 5), &gate);
        hub.gate = &gate;
        if (!rc && gate.row)
            http_sse_publish(server, (uint64_t)db_int(r, 0), "change", change_json(cx->a, r));
        hub.gate = NULL;
        end_changed(server, k->name, db_int(r, 2));
    }
    enum rc end = db_end(r);
    return rc ? rc : cx_db(cx, end);
}

/* --- sessions that are over --- */

struct live {
    const int64_t *ids;
    int n;
    int64_t newest;
};

static bool session_over(void *state, const void *ctx)
{
    const struct reader *me = state;
    const struct live *l = ctx;
    int low = 0, high = l->n;
    if (me->session_id > l->newest) /* began after the look */
        return false;
    while (low < high) {
        int mid = (low + high) / 2;
        if (l->ids[mid] < me->session_id)
            low = mid + 1;
        else
            high = mid;
    }
    return low == l->n || l->ids[low] != me->session_id;
}

static enum rc end_sessions(struct http_server *server, struct cx *cx)
{
    static int64_t looked_ms;
    struct live l = {0};
    int64_t now = monotonic_ms();
    if (!http_sse_count(server) || (looked_ms && now - looked_ms < SESSIONS_EVERY))
        return RC_OK;
    looked_ms = now;
    enum rc rc = cx_db(cx, db_int_of(cx->db, "SELECT MAX(id) FROM session", NO_BINDS, &l.newest));
    if (!rc)
        rc = session_live(cx, &l.ids, &l.n);
    if (!rc)
        http_sse_end(server, session_over, &l);
    return rc;
}

void events_tell(struct http_server *server, struct cx *cx, int64_t *told)
{
    struct anchor head;
    enum rc rc = journal_head(cx, &head);
    while (!rc && *told < head.feed) {
        int64_t until = *told + 1000 < head.feed ? *told + 1000 : head.feed;
        rc = tell_page(server, cx, *told, until);
        if (!rc)
            *told = until;
    }
    if (!rc)
        rc = end_sessions(server, cx);
    if (rc)
        log_warn("events: %s: %s", rc_word(rc), cx->err.en);
}

/* --- opening --- */

static void reload(struct buf *out, int64_t feed)
{
    buf_printf(out, "id: %lld\nevent: reload\ndata: {}\n\n", (long long)feed);
}

static enum rc replay(struct cx *cx, const struct group *g, const char *last, struct buf *out)
{
    struct anchor head;
    struct db_rows *r;
    struct gate gate;
    char *end;
    long long after = strtoll(last, &end, 10);
    enum rc rc = journal_head(cx, &head);
    if (rc)
        return rc;
    if (end == last || *end || after < 0 || after > head.feed || head.feed - after > REPLAY_MOST) {
        reload(out, head.feed);
        return RC_OK;
    }
    rc = cx_db(cx, db_query(cx->db, NEWS, BINDS(B_INT("after", after), B_INT("until", head.feed)), &r));
    if (rc)
        return rc;
    while (!rc && db_next(r)) {
        const struct kind *k = record_kind(db_text(r, 1));
        if (!k || !scope_for(g, k))
            continue;
        rc = record_gate(cx, k, db_int(r, 2), db_text(r, 5), &gate);
        if (!rc && group_sees(g, &gate))
            buf_printf(out, "id: %lld\nevent: change\ndata: %s\n\n", (long long)db_int(r, 0), change_json(cx->a, r));
    }
    enum rc ended = db_end(r);
    return rc ? rc : cx_db(cx, ended);
}

enum rc events_open(struct api_call *c)
{
    const char *last = http_header(c->req, "Last-Event-ID");
    struct reader *me = calloc(1, sizeof *me);
    struct buf frames = {0};
    if (!me)
        die("out of memory: a stream");
    *me = (struct reader){group_join(c->cx), c->session.id, c->session.account_id};
    if (!last)
        last = http_query(c->req, "last");
    /* opened first, asked after: an event in between comes twice with one id rather than never */
    http_sse_open(c->req, c->res, (struct http_sse){.filter = reader_filter, .state = me, .free_state = reader_free});
    if (!last || !*last)
        return RC_OK;
    /* the stream may end meanwhile only with the request, so me->group stays */
    enum rc rc = replay(c->cx, me->group, last, &frames);
    if (!rc)
        http_sse_replay(c->req, frames.data, frames.len);
    buf_free(&frames);
    return rc;
}
