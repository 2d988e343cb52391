/* SPDX-License-Identifier: Apache-2.0 */
/* The sender: one thread, one connection, one transfer at a time per webhook, all webhooks side by
 * side. What it remembers is in the store, so it may be killed at any moment: what was under way is
 * sent again. */
#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "core/setting.h"
#include "io/secret.h"
#include "core/outbound.h"
#include "mod/webhook/webhook.h"

#define AT_ONCE 64         /* webhooks */
#define LOOK_MS 1000       /* without being woken */
#define FIRST_PAUSE 1000   /* ms after the first failure; doubled each time */
#define LONGEST_PAUSE (5 * MINUTE_MS)
#define REPLY_MOST 65536   /* bytes of an answer */
#define SCAN 500           /* rows of the feed looked at together */

struct hook { /* a row of webhook */
    int64_t id, told, tries, next_at;
    const char *url, *shape, *kinds, *actions;
};

struct transfer {
    CURL *easy;
    struct curl_slist *headers;
    struct arena *a; /* owns all below */
    struct outbound_guard guard;
    int64_t webhook_id, letter_id; /* letter_id: a dead letter that is sent again; 0 = none */
    int64_t tries;
    const char *shape;
    struct news news;
    struct buf reply;
    char why[CURL_ERROR_SIZE];
};

struct webhook_sender {
    pthread_t thread;
    CURLM *multi;
    struct db *db;
    const char *data_dir;
    atomic_bool stop;
    struct transfer *running[AT_ONCE];
};

/* --- one transfer --- */

static size_t take_reply(char *data, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    size_t bytes = size * n;
    if (t->reply.len + bytes > REPLY_MOST)
        return 0; /* ends the transfer */
    buf_add(&t->reply, data, bytes);
    return bytes;
}

static void transfer_free(struct webhook_sender *s, struct transfer *t)
{
    if (t->easy) {
        curl_multi_remove_handle(s->multi, t->easy);
        curl_easy_cleanup(t->easy);
    }
    curl_slist_free_all(t->headers);
    buf_free(&t->reply);
    arena_free(t->a);
}

static void set_options(struct webhook_sender *s, struct transfer *t, const struct message *m)
{
    for (int i = 0; m->header[i]; i++)
        t->headers = curl_slist_append(t->headers, m->header[i]);
    t->headers = curl_slist_append(t->headers, "Expect:");
    curl_easy_setopt(t->easy, CURLOPT_URL, m->url);
    curl_easy_setopt(t->easy, CURLOPT_COPYPOSTFIELDS, m->body);
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
    curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "shouwang-webhook");
    curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(t->easy, CURLOPT_MAXFILESIZE, (long)REPLY_MOST);
    curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->why);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, take_reply);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    outbound_curl(t->easy, &t->guard, s->data_dir);
}

static enum rc load_secret(struct webhook_sender *s, struct cx *cx, int64_t id, const char **out)
{
    struct db_rows *r;
    const char *sealed = NULL;
    enum rc rc = cx_db(cx, db_query(cx->db, "SELECT sealed FROM webhook_secret WHERE webhook_id = :id",
                                    BINDS(B_INT("id", id)), &r));
    if (rc)
        return rc;
    if (db_next(r))
        sealed = arena_strdup(cx->a, db_text(r, 0));
    rc = cx_db(cx, db_end(r));
    *out = "";
    return rc || !sealed ? rc : secret_open(s->data_dir, cx->a, "webhook", sealed, out, &cx->err);
}

static enum rc prepare(struct webhook_sender *s, struct transfer *t, const struct hook *h, struct cx *cx)
{
    const char *secret;
    struct message m;
    enum rc rc = outbound_load(cx, &t->guard.allowed);
    if (!rc)
        rc = outbound_url(cx, &t->guard.allowed, h->url, &t->guard.plain);
    if (!rc)
        rc = load_secret(s, cx, h->id, &secret);
    if (rc)
        return rc;
    message_make(t->a, h->shape, h->url, secret, h->id, &t->news, message_text(t->a, &t->news), cx->now.ms / SECOND_MS, &m);
    t->easy = curl_easy_init();
    if (!t->easy)
        return FAIL(cx, RC_INTERNAL, NULL, "推送组件不可用", "curl does not start");
    set_options(s, t, &m);
    return RC_OK;
}

/* --- what came of it --- */

static enum rc place(struct cx *cx, const struct transfer *t, const char *result, int64_t told, int64_t tries, int64_t next_at)
{
    return cx_db(cx, db_run(cx->db,
                            "UPDATE webhook SET told_feed = CASE WHEN told_feed > :told THEN told_feed ELSE :told END,"
                            " tries = :tries, next_at = :next, last_at = :now, last_result = :result WHERE id = :id",
                            BINDS(B_INT("told", told), B_INT("tries", tries), next_at ? B_INT("next", next_at) : B_NULL("next"),
                                  B_INT("now", cx->now.ms), B_TEXT("result", result), B_INT("id", t->webhook_id)),
                            NULL));
}

static enum rc letter_state(struct cx *cx, const struct transfer *t, const char *state, const char *why)
{
    struct row *old, *row;
    enum rc rc = record_load(cx, &dead_letter_kind, t->letter_id, &old);
    if (rc)
        return rc;
    row = record_copy(cx, old);
    row_text(row, DL_STATE, state);
    row_int(row, DL_TRIES, old->v[DL_TRIES].i + 1);
    if (why)
        row_text(row, DL_REASON, why);
    return record_update(cx, old, row, strcmp(state, "sent") ? "fail" : "deliver");
}

static enum rc bury(struct cx *cx, const struct transfer *t, const char *why)
{
    struct row *row = record_new(cx, &dead_letter_kind);
    row_int(row, DL_WEBHOOK, t->webhook_id);
    row_int(row, DL_FEED, t->news.feed);
    row_text(row, DL_KIND, t->news.kind);
    row_int(row, DL_RECORD, t->news.record_id);
    row_text(row, DL_ACTION, t->news.action);
    row_int(row, DL_TRIES, t->tries + 1);
    row_text(row, DL_REASON, why);
    row_text(row, DL_STATE, "dead");
    return record_insert(cx, row, "create");
}

static enum rc failed(struct cx *cx, const struct transfer *t, const char *why)
{
    int64_t most = 8, pause = FIRST_PAUSE;
    if (t->letter_id)
        return letter_state(cx, t, "dead", why);
    enum rc rc = setting_int(cx, "webhook_tries", &most);
    if (rc)
        return rc;
    if (t->tries + 1 >= most) {
        rc = bury(cx, t, why);
        return rc ? rc : place(cx, t, why, t->news.feed, 0, 0);
    }
    for (int64_t i = 0; i < t->tries && pause < LONGEST_PAUSE; i++)
        pause *= 2;
    if (pause > LONGEST_PAUSE)
        pause = LONGEST_PAUSE;
    return place(cx, t, why, 0, t->tries + 1, cx->now.ms + pause);
}

/* why = NULL: delivered. */
static void settle(struct webhook_sender *s, struct transfer *t, const char *why)
{
    struct cx cx = {.a = t->a, .db = s->db, .now = instant_now(), .data_dir = s->data_dir,
                    .actor = {.type = ACTOR_SYSTEM, .name = "系统", .address = ""}};
    enum rc rc = cx_db(&cx, db_begin(s->db));
    if (!rc && why)
        rc = failed(&cx, t, why);
    else if (!rc && t->letter_id)
        rc = letter_state(&cx, t, "sent", NULL);
    else if (!rc)
        rc = place(&cx, t, "ok", t->news.feed, 0, 0);
    if (!rc)
        rc = cx_db(&cx, db_commit(s->db));
    if (rc) { /* it is sent once more: at least once */
        log_warn("webhook %lld: %s", (long long)t->webhook_id, cx.err.en);
        db_rollback(s->db);
    }
}

static const char *outcome(struct transfer *t, CURLcode code)
{
    long status = 0;
    if (t->guard.refused)
        return "地址不在允许主动访问的范围内（outbound_addresses）";
    if (code != CURLE_OK)
        return arena_printf(t->a, "%.250s", *t->why ? t->why : curl_easy_strerror(code));
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200 || status > 299)
        return arena_printf(t->a, "HTTP %ld", status);
    if (!message_taken(t->shape, buf_text(&t->reply)))
        return arena_printf(t->a, "对方未接受：%.60s", buf_text(&t->reply));
    return NULL;
}

static void collect(struct webhook_sender *s)
{
    int left;
    CURLMsg *msg;
    while ((msg = curl_multi_info_read(s->multi, &left))) {
        struct transfer *t = NULL;
        if (msg->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
        settle(s, t, outcome(t, msg->data.result));
        for (int i = 0; i < AT_ONCE; i++)
            if (s->running[i] == t)
                s->running[i] = NULL;
        transfer_free(s, t);
        free(t);
    }
}

/* --- what is to be sent --- */

/* "a,b c": is the word in it? An empty list takes all. */
static bool listed(const char *list, const char *word)
{
    size_t len = strlen(word);
    const char *s = list ? list + strspn(list, ", ") : "";
    if (!*s)
        return true;
    while (*s) {
        size_t n = strcspn(s, ", ");
        if (n == len && !memcmp(s, word, n))
            return true;
        s += n;
        s += strspn(s, ", ");
    }
    return false;
}

static void news_read(struct arena *a, const struct db_rows *r, struct news *n)
{
    *n = (struct news){.feed = db_int(r, 0), .kind = arena_strdup(a, db_text(r, 1)), .record_id = db_int(r, 2),
                       .action = arena_strdup(a, db_text(r, 3)), .at = db_int(r, 4), .hash = arena_strdup(a, db_text(r, 5))};
}

/* The next row behind h->told that the filter takes; what it does not take is passed over for good. */
static enum rc next_news(struct cx *cx, struct hook *h, struct news *out, bool *found)
{
    struct db_rows *r;
    int64_t last = h->told;
    int n = 0;
    *found = false;
    enum rc rc = cx_db(cx, db_query(cx->db,
                                    "SELECT feed, kind, record_id, action, at, hash, result FROM journal WHERE feed > :told"
                                    " ORDER BY feed LIMIT :most",
                                    BINDS(B_INT("told", h->told), B_INT("most", SCAN)), &r));
    if (rc)
        return rc;
    for (; !*found && db_next(r); n++) {
        const char *kind = db_text(r, 1), *action = db_text(r, 3);
        bool ours = record_kind(kind) && strcmp(kind, "webhook") != 0 && strcmp(kind, "dead_letter") != 0;
        *found = ours && db_int(r, 2) > 0 && !strcmp(db_text(r, 6), "ok") && listed(h->kinds, kind) &&
                 (h->actions && *h->actions ? listed(h->actions, action) : !listed("login,logout,view,view_original,export", action));
        if (*found)
            news_read(cx->a, r, out);
        else
            last = db_int(r, 0);
    }
    rc = cx_db(cx, db_end(r));
    if (!rc && last > h->told)
        rc = cx_db(cx, db_run(cx->db, "UPDATE webhook SET told_feed = :feed WHERE id = :id AND told_feed < :feed",
                              BINDS(B_INT("feed", last), B_INT("id", h->id)), NULL));
    h->told = last;
    return rc;
}

static enum rc next_letter(struct cx *cx, const struct hook *h, struct news *out, int64_t *letter)
{
    struct db_rows *r;
    *letter = 0;
    enum rc rc = cx_db(cx, db_query(cx->db,
                                    "SELECT j.feed, j.kind, j.record_id, j.action, j.at, j.hash, d.id FROM dead_letter d"
                                    " JOIN journal j ON j.feed = d.feed WHERE d.webhook_id = :id AND d.state = 'waiting'"
                                    " ORDER BY d.id LIMIT 1",
                                    BINDS(B_INT("id", h->id)), &r));
    if (rc)
        return rc;
    if (db_next(r)) {
        news_read(cx->a, r, out);
        *letter = db_int(r, 6);
    }
    return cx_db(cx, db_end(r));
}

static void begin(struct webhook_sender *s, int slot, struct hook *h)
{
    struct transfer *t = calloc(1, sizeof *t);
    bool found = false;
    if (!t)
        die("out of memory: a webhook");
    *t = (struct transfer){.a = arena_new(), .webhook_id = h->id, .tries = h->tries};
    struct cx cx = {.a = t->a, .db = s->db, .now = instant_now(), .data_dir = s->data_dir,
                    .actor = {.type = ACTOR_SYSTEM, .name = "系统", .address = ""}};
    enum rc rc = next_letter(&cx, h, &t->news, &t->letter_id);
    if (!rc && !t->letter_id && h->next_at <= cx.now.ms)
        rc = next_news(&cx, h, &t->news, &found);
    t->shape = arena_strdup(t->a, h->shape);
    if (!rc && (found || t->letter_id)) {
        rc = prepare(s, t, h, &cx);
        if (!rc && !curl_multi_add_handle(s->multi, t->easy)) {
            s->running[slot] = t;
            return;
        }
        settle(s, t, rc ? cx.err.zh : "推送组件不可用");
    } else if (rc) {
        log_warn("webhook %lld: %s", (long long)h->id, cx.err.en);
    }
    transfer_free(s, t);
    free(t);
}

static int slot_for(const struct webhook_sender *s, int64_t id)
{
    int slot = -1;
    for (int i = 0; i < AT_ONCE; i++) {
        if (s->running[i] && s->running[i]->webhook_id == id)
            return -1;
        if (!s->running[i])
            slot = i;
    }
    return slot;
}

static void begin_all(struct webhook_sender *s)
{
    struct arena *a = arena_new();
    struct hook h[AT_ONCE];
    struct db_rows *r;
    int n = 0;
    if (!db_query(s->db,
                  "SELECT id, told_feed, tries, next_at, url, shape, kinds, actions FROM webhook WHERE state = 'active'"
                  " AND retired_at IS NULL ORDER BY id LIMIT 64",
                  NO_BINDS, &r)) {
        for (; n < AT_ONCE && db_next(r); n++)
            h[n] = (struct hook){db_int(r, 0), db_int(r, 1), db_int(r, 2), db_int(r, 3), arena_strdup(a, db_text(r, 4)),
                                 arena_strdup(a, db_text(r, 5)), arena_strdup(a, db_text(r, 6)), arena_strdup(a, db_text(r, 7))};
        if (db_end(r))
            n = 0;
    }
    for (int i = 0; i < n; i++) {
        int slot = slot_for(s, h[i].id);
        if (slot >= 0)
            begin(s, slot, &h[i]);
    }
    arena_free(a);
}

/* --- the thread --- */

static void *work(void *ctx)
{
    struct webhook_sender *s = ctx;
    int running, before = 0;
    while (!atomic_load(&s->stop)) {
        begin_all(s);
        curl_multi_perform(s->multi, &running);
        collect(s);
        /* one has ended: the next of its webhook may go at once */
        if (running >= before)
            curl_multi_poll(s->multi, NULL, 0, LOOK_MS, NULL);
        before = running;
    }
    for (int i = 0; i < AT_ONCE; i++)
        if (s->running[i]) {
            transfer_free(s, s->running[i]);
            free(s->running[i]);
        }
    return NULL;
}

enum rc webhook_start(const char *data_dir, const char *db_url, struct webhook_sender **out, struct err *e)
{
    struct webhook_sender *s = calloc(1, sizeof *s);
    if (!s || curl_global_init(CURL_GLOBAL_DEFAULT))
        die("curl does not start");
    s->data_dir = data_dir;
    s->multi = curl_multi_init();
    enum rc rc = db_open(data_dir, db_url, DB_BUSINESS, DB_WRITE, &s->db, e);
    if (!rc && (!s->multi || pthread_create(&s->thread, NULL, work, s)))
        rc = fail(e, RC_INTERNAL, NULL, "推送线程无法启动", "the sender of webhooks does not start", (const char *)NULL);
    if (!rc) {
        *out = s;
        return RC_OK;
    }
    db_close(s->db);
    curl_multi_cleanup(s->multi);
    free(s);
    return rc;
}

void webhook_wake(struct webhook_sender *s)
{
    if (s)
        curl_multi_wakeup(s->multi);
}

void webhook_stop(struct webhook_sender *s)
{
    if (!s)
        return;
    atomic_store(&s->stop, true);
    curl_multi_wakeup(s->multi);
    pthread_join(s->thread, NULL);
    curl_multi_cleanup(s->multi);
    db_close(s->db);
    free(s);
}
