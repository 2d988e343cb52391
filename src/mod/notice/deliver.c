/* SPDX-License-Identifier: Apache-2.0 */
/* The sender: one thread with a connection of its own, one message at a time. */
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "core/outbound.h"
#include "mod/notice/notice_int.h"
#include "mod/webhook/webhook.h"

#define TOGETHER 50  /* notices in one message */
#define TARGETS 20   /* messages a round */
#define TRIES 8
#define FIRST_PAUSE MINUTE_MS
#define LONGEST_PAUSE HOUR_MS
#define REPLY_MOST 65536

struct due { /* everything that one target gets now */
    const struct row *channel;
    const char *target, *to; /* to: the mail address */
    int64_t account, last;
    int64_t id[TOGETHER], tries[TOGETHER]; /* each its own: one may be new among old ones */
    int n;
    struct buf text;
    const char *first; /* title of the first */
};

/* What one message may hold, in bytes: a WeCom robot refuses a text above 2048, Feishu a body above
 * 20 K. What has no room goes with the next message. */
static size_t text_most(const char *type)
{
    return !strcmp(type, "wecom") ? 1900 : !strcmp(type, "smtp") ? 200000 : 15000;
}

static enum rc read_due(struct cx *cx, struct due *d)
{
    struct db_rows *r;
    char at[INSTANT_TEXT];
    size_t most = text_most(d->channel->v[NCHAN_TYPE].s);
    enum rc rc = cx_db(cx, db_query(cx->db,
                                    "SELECT d.id, d.tries, d.account_id, n.title, n.raised_at, s.email"
                                    " FROM notice_delivery d JOIN notice n ON n.id = d.notice_id"
                                    " LEFT JOIN notice_setting s ON s.account_id = d.account_id"
                                    " AND s.retired_at IS NULL WHERE d.channel_id = :channel"
                                    " AND d.target = :target AND d.state = 'waiting' AND d.next_at <= :now"
                                    " ORDER BY d.id LIMIT 50",
                                    BINDS(B_INT("channel", d->channel->id), B_TEXT("target", d->target),
                                          B_INT("now", cx->now.ms)), &r));
    if (rc)
        return rc;
    for (; d->n < TOGETHER && db_next(r); d->n++) {
        if (d->n && d->text.len + strlen(db_text(r, 3)) + INSTANT_TEXT > most)
            break;
        d->id[d->n] = d->last = db_int(r, 0);
        d->tries[d->n] = db_int(r, 1);
        d->account = db_int(r, 2);
        d->to = db_null(r, 5) ? NULL : arena_strdup(cx->a, db_text(r, 5));
        if (!d->n)
            d->first = arena_strdup(cx->a, db_text(r, 3));
        instant_minute_text((struct instant){db_int(r, 4)}, at);
        at[10] = ' ';
        buf_printf(&d->text, "%s  %s\n", at, db_text(r, 3));
    }
    return cx_db(cx, db_end(r));
}

/* --- the wire --- */

struct upload {
    const char *data;
    size_t left;
};

static size_t give(char *to, size_t size, size_t n, void *ctx)
{
    struct upload *u = ctx;
    size_t bytes = size * n < u->left ? size * n : u->left;
    memcpy(to, u->data, bytes);
    u->data += bytes;
    u->left -= bytes;
    return bytes;
}

static size_t take(char *data, size_t size, size_t n, void *ctx)
{
    struct buf *reply = ctx;
    if (reply->len + size * n > REPLY_MOST)
        return 0; /* ends the transfer */
    buf_add(reply, data, size * n);
    return size * n;
}

/* NULL = done, else why not. */
static const char *perform(struct cx *cx, CURL *easy, struct outbound_guard *g)
{
    char why[CURL_ERROR_SIZE] = "";
    outbound_curl(easy, g, cx->data_dir);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, why);
    CURLcode code = curl_easy_perform(easy);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
    if (g->refused)
        return "地址不在允许主动访问的范围内（outbound_addresses）";
    return code == CURLE_OK ? NULL : arena_printf(cx->a, "%.250s", *why ? why : curl_easy_strerror(code));
}

static const char *subject_of(struct cx *cx, const struct due *d)
{
    return d->n == 1 ? arena_printf(cx->a, "【守望】%s", d->first)
                     : arena_printf(cx->a, "【守望】%d 条通知：%s 等", d->n, d->first);
}

static const char *send_mail(struct cx *cx, CURL *easy, const struct due *d, const char *secret)
{
    struct outbound_guard g = {0};
    struct buf mail = {0};
    const struct value *v = d->channel->v;
    bool plain;
    if (!d->to)
        return "此人没有填邮箱";
    if (outbound_load(cx, &g.allowed) || outbound_mail(cx, &g.allowed, v[NCHAN_URL].s, &plain))
        return cx->err.zh;
    /* without TLS only to a listed address; a name is encrypted or not at all */
    g.plain = plain && outbound_listed(&g.allowed, v[NCHAN_URL].s);
    const char *domain = strchr(v[NCHAN_SENDER].s, '@');
    mail_text(&mail, v[NCHAN_SENDER].s, d->to, subject_of(cx, d), buf_text(&d->text),
              arena_printf(cx->a, "notice-%lld-%lld%s", (long long)d->id[0], (long long)d->last, domain),
              cx->now);
    struct upload u = {mail.data, mail.len};
    struct curl_slist *to = curl_slist_append(NULL, d->to);
    curl_easy_setopt(easy, CURLOPT_URL, v[NCHAN_URL].s);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)(g.plain ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, v[NCHAN_SENDER].s);
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, to);
    if (!v[NCHAN_LOGIN].null) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, v[NCHAN_LOGIN].s);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, secret ? secret : "");
    }
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(easy, CURLOPT_READDATA, &u);
    const char *why = perform(cx, easy, &g);
    curl_slist_free_all(to);
    buf_free(&mail);
    return why;
}

static const char *send_group(struct cx *cx, CURL *easy, const struct due *d, const char *secret)
{
    struct outbound_guard g = {0};
    struct message m;
    struct buf reply = {0};
    long status = 0;
    const struct value *v = d->channel->v;
    if (outbound_load(cx, &g.allowed) || outbound_url(cx, &g.allowed, v[NCHAN_URL].s, &g.plain))
        return cx->err.zh;
    message_make(cx->a, v[NCHAN_TYPE].s, v[NCHAN_URL].s, secret, d->channel->id, NULL,
                 arena_printf(cx->a, "【守望】\n%s", buf_text(&d->text)), cx->now.ms / SECOND_MS, &m);
    struct curl_slist *headers = curl_slist_append(NULL, m.header[0]);
    curl_easy_setopt(easy, CURLOPT_URL, m.url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, m.body);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &reply);
    const char *why = perform(cx, easy, &g);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (!why && (status < 200 || status > 299))
        why = arena_printf(cx->a, "HTTP %ld", status);
    if (!why && !message_taken(v[NCHAN_TYPE].s, buf_text(&reply)))
        why = arena_printf(cx->a, "对方未接受：%.60s", buf_text(&reply));
    curl_slist_free_all(headers);
    buf_free(&reply);
    return why;
}

/* --- what came of it --- */

static int64_t pause_after(int64_t tries)
{
    int64_t pause = FIRST_PAUSE;
    while (tries-- > 0 && pause < LONGEST_PAUSE)
        pause *= 2;
    return pause;
}

static enum rc settle(struct cx *cx, const struct due *d, const char *why)
{
    enum rc rc = cx_db(cx, db_begin(cx->db));
    for (int i = 0; i < d->n && !rc; i++) {
        bool dead = why && d->tries[i] + 1 >= TRIES;
        rc = cx_db(cx, db_run(cx->db,
                              "UPDATE notice_delivery SET rev = rev + 1, updated_at = :now, state = :state,"
                              " tries = tries + 1, next_at = :next, sent_at = :sent, error = :error"
                              " WHERE id = :id",
                              BINDS(B_INT("now", cx->now.ms), B_TEXT("state", !why ? "sent" : dead ? "dead" : "waiting"),
                                    B_INT("next", cx->now.ms + (why ? pause_after(d->tries[i]) : 0)),
                                    why ? B_NULL("sent") : B_INT("sent", cx->now.ms),
                                    B_TEXT("error", why), B_INT("id", d->id[i])),
                              NULL));
    }
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

static enum rc deliver(struct cx *cx, int64_t channel, const char *target, int *sent)
{
    struct row *row;
    struct due d = {.target = target};
    const char *secret = NULL, *why = NULL;
    enum rc rc = record_load(cx, &notice_channel_kind, channel, &row);
    d.channel = row;
    if (!rc)
        rc = read_due(cx, &d);
    if (!rc)
        rc = row_secret(cx, row, NCHAN_SECRET, &secret);
    if (!rc && d.n) {
        CURL *easy = curl_easy_init();
        if (!easy)
            die("curl does not start");
        why = strcmp(row->v[NCHAN_TYPE].s, "smtp") ? send_group(cx, easy, &d, secret)
                                                   : send_mail(cx, easy, &d, secret);
        curl_easy_cleanup(easy);
        *sent += !why;
        rc = settle(cx, &d, why);
    }
    buf_free(&d.text);
    return rc;
}

enum rc notice_deliver(struct cx *cx, int *sent)
{
    struct db_rows *r;
    int64_t channel[TARGETS];
    const char *target[TARGETS];
    int n = 0;
    *sent = 0;
    enum rc rc = cx_db(cx, db_query(cx->db,
                                    "SELECT d.channel_id, d.target FROM notice_delivery d"
                                    " JOIN notice_channel c ON c.id = d.channel_id"
                                    " WHERE d.state = 'waiting' AND d.next_at <= :now"
                                    " AND c.state = 'active' AND c.retired_at IS NULL"
                                    " GROUP BY d.channel_id, d.target ORDER BY MIN(d.id) LIMIT 20",
                                    BINDS(B_INT("now", cx->now.ms)), &r));
    if (rc)
        return rc;
    for (; n < TARGETS && db_next(r); n++) {
        channel[n] = db_int(r, 0);
        target[n] = arena_strdup(cx->a, db_text(r, 1));
    }
    rc = cx_db(cx, db_end(r));
    for (int i = 0; i < n && !rc; i++)
        rc = deliver(cx, channel[i], target[i], sent);
    return rc;
}

/* --- the thread --- */

#define LOOK_MS 1000

struct notice_sender {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
    struct db *db;
    const char *data_dir;
};

static bool wait_or_stop(struct notice_sender *s)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += LOOK_MS / 1000;
    pthread_mutex_lock(&s->lock);
    if (!s->stop)
        pthread_cond_timedwait(&s->wake, &s->lock, &t);
    bool stop = s->stop;
    pthread_mutex_unlock(&s->lock);
    return stop;
}

static void *work(void *ctx)
{
    struct notice_sender *s = ctx;
    do {
        int sent = 0;
        struct arena *a = arena_new();
        struct cx cx = {.a = a, .db = s->db, .now = instant_now(), .data_dir = s->data_dir,
                        .actor = {.type = ACTOR_SYSTEM, .name = "系统", .address = ""}};
        enum rc rc = notice_deliver(&cx, &sent);
        if (rc)
            log_warn("notices: %s: %s", rc_word(rc), cx.err.en);
        db_rollback(s->db);
        arena_free(a);
    } while (!wait_or_stop(s));
    return NULL;
}

enum rc notice_start(const char *data_dir, const char *db_url, struct notice_sender **out, struct err *e)
{
    struct notice_sender *s = calloc(1, sizeof *s);
    if (!s)
        die("out of memory");
    s->data_dir = data_dir;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    enum rc rc = db_open(data_dir, db_url, DB_BUSINESS, DB_WRITE, &s->db, e);
    if (!rc && pthread_create(&s->thread, NULL, work, s))
        rc = fail(e, RC_INTERNAL, NULL, "通知线程无法启动", "the sender of notices does not start", (const char *)NULL);
    if (!rc) {
        *out = s;
        return RC_OK;
    }
    db_close(s->db);
    free(s);
    return rc;
}

void notice_stop(struct notice_sender *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    db_close(s->db);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->wake);
    free(s);
}
