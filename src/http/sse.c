/* SPDX-License-Identifier: Apache-2.0 */
/* Server-sent events by suspend and resume: a stream with nothing to say costs no thread and no
 * polling. A stream is in the list from http_sse_open() on, so nothing that is published while its
 * handler still runs is lost. libmicrohttpd aborts the process when it stops with a suspended
 * connection: hence `closing`, after which none suspends again. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "http/http_int.h"

struct stream {
    struct stream *prev, *next;
    struct http_server *server;
    struct MHD_Connection *connection; /* NULL until the response is queued */
    struct conn *conn;                 /* NULL once the connection is gone */
    struct http_sse user;
    size_t replayed;  /* bytes of user.replay already sent */
    struct buf queue; /* framed events */
    size_t taken;     /* bytes of queue already sent */
    bool suspended;
    bool dead;  /* too slow */
    bool ended; /* by http_sse_end: nothing more comes, what waits is still sent */
};

void streams_init(struct streams *t)
{
    pthread_mutex_init(&t->mu, NULL);
}

void streams_destroy(struct streams *t)
{
    pthread_mutex_destroy(&t->mu);
}

/* Under streams.mu. */
static void wake(struct stream *st)
{
    if (!st->suspended)
        return;
    st->suspended = false;
    MHD_resume_connection(st->connection);
}

static void cut(struct stream *st)
{
    st->dead = true;
    if (st->conn)
        shutdown(st->conn->fd, SHUT_RDWR);
    wake(st);
}

static void push(struct stream *st, const char *frame, size_t n)
{
    size_t left = st->queue.len - st->taken;
    if (st->taken > 0 && st->taken >= left) {
        memmove(st->queue.data, st->queue.data + st->taken, left);
        st->queue.len = left;
        st->taken = 0;
    }
    if (left + n > STREAM_LIMIT) {
        cut(st);
        return;
    }
    buf_add(&st->queue, frame, n);
    wake(st);
}

static void unlink_stream(struct stream *st)
{
    struct streams *t = &st->server->streams;
    pthread_mutex_lock(&t->mu);
    *(st->prev ? &st->prev->next : &t->head) = st->next;
    if (st->next)
        st->next->prev = st->prev;
    if (st->conn)
        st->conn->stream = NULL;
    atomic_fetch_sub(&t->count, 1);
    pthread_mutex_unlock(&t->mu);
}

static void stream_free(void *cls)
{
    struct stream *st = cls;
    unlink_stream(st);
    if (st->user.free_state)
        st->user.free_state(st->user.state);
    buf_free(&st->user.replay);
    buf_free(&st->queue);
    free(st);
}

static size_t take(const struct buf *b, size_t *done, char *out, size_t most)
{
    size_t n = b->len - *done;
    if (n > most)
        n = most;
    if (n > 0)
        memcpy(out, b->data + *done, n);
    *done += n;
    return n;
}

/* In the I/O thread. */
static ssize_t pull(void *cls, uint64_t pos, char *out, size_t most)
{
    (void)pos;
    struct stream *st = cls;
    struct streams *t = &st->server->streams;
    ssize_t n = 0;
    pthread_mutex_lock(&t->mu);
    if (st->dead) {
        n = MHD_CONTENT_READER_END_WITH_ERROR;
    } else if (t->closing) {
        n = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        n = (ssize_t)take(&st->user.replay, &st->replayed, out, most);
        if (n == 0)
            n = (ssize_t)take(&st->queue, &st->taken, out, most);
        if (n == 0 && st->ended)
            n = MHD_CONTENT_READER_END_OF_STREAM;
        if (n == 0) {
            buf_clear(&st->queue);
            st->taken = 0;
            st->suspended = true;
            MHD_suspend_connection(st->connection);
        }
    }
    pthread_mutex_unlock(&t->mu);
    return n;
}

void http_sse_open(struct http_req *req, struct http_res *res, struct http_sse sse)
{
    struct streams *t = &req->server->streams;
    stream_drop(req); /* a second call replaces the first */
    struct stream *st = calloc(1, sizeof *st);
    if (!st)
        die("out of memory");
    st->server = req->server;
    st->user = sse;
    st->user.replay = (struct buf){0};
    /* At once some bytes, so that the browser sees the stream open; and its reconnect delay. */
    buf_text_add(&st->user.replay, "retry: 3000\n\n");
    if (sse.replay.len > 0)
        buf_add(&st->user.replay, sse.replay.data, sse.replay.len);
    buf_free(&sse.replay);
    pthread_mutex_lock(&t->mu);
    st->next = t->head;
    if (t->head)
        t->head->prev = st;
    t->head = st;
    atomic_fetch_add(&t->count, 1);
    pthread_mutex_unlock(&t->mu);
    req->stream = st;
    res->sse = true;
}

void http_sse_replay(struct http_req *req, const char *frames, size_t n)
{
    if (!req->stream)
        return;
    struct streams *t = &req->server->streams;
    pthread_mutex_lock(&t->mu);
    buf_add(&req->stream->user.replay, frames, n);
    pthread_mutex_unlock(&t->mu);
}

void stream_drop(struct http_req *req)
{
    if (req->stream)
        stream_free(req->stream);
    req->stream = NULL;
}

struct MHD_Response *stream_response(struct http_req *req)
{
    struct stream *st = req->stream;
    if (!st)
        return NULL;
    struct MHD_Response *r =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, pull, st, stream_free);
    if (!r)
        return NULL;
    req->stream = NULL;
    req->sent_stream = st;
    return r;
}

void stream_attach(struct http_req *req)
{
    struct stream *st = req->sent_stream;
    struct streams *t = &req->server->streams;
    pthread_mutex_lock(&t->mu);
    st->connection = req->connection;
    st->conn = req->conn;
    st->conn->stream = st;
    if (st->dead) /* too much came while its handler ran */
        shutdown(st->conn->fd, SHUT_RDWR);
    pthread_mutex_unlock(&t->mu);
}

void stream_forget_conn(struct http_server *s, struct conn *c)
{
    pthread_mutex_lock(&s->streams.mu);
    if (c->stream)
        c->stream->conn = NULL;
    c->stream = NULL;
    pthread_mutex_unlock(&s->streams.mu);
}

/* One "data:" line per line; a CR would end a line too (HTML, 9.2.5), so it is one. */
static void frame(struct buf *b, uint64_t id, const char *event, const char *data)
{
    buf_printf(b, "id: %llu\n", (unsigned long long)id);
    if (event && !strpbrk(event, "\r\n"))
        buf_printf(b, "event: %s\n", event);
    for (const char *s = data ? data : "";;) {
        size_t n = strcspn(s, "\r\n");
        buf_text_add(b, "data: ");
        buf_add(b, s, n);
        buf_char(b, '\n');
        if (s[n] == '\0')
            break;
        s += n + (s[n] == '\r' && s[n + 1] == '\n' ? 2 : 1);
    }
    buf_char(b, '\n');
}

void http_sse_publish(struct http_server *s, uint64_t id, const char *event, const char *data)
{
    struct buf b = {0};
    frame(&b, id, event, data);
    pthread_mutex_lock(&s->streams.mu);
    for (struct stream *st = s->streams.head; st; st = st->next)
        if (!st->dead && !st->ended && (!st->user.filter || st->user.filter(st->user.state, id, data)))
            push(st, b.data, b.len);
    pthread_mutex_unlock(&s->streams.mu);
    buf_free(&b);
}

void http_sse_end(struct http_server *s, bool (*ended)(void *state, const void *ctx), const void *ctx)
{
    pthread_mutex_lock(&s->streams.mu);
    for (struct stream *st = s->streams.head; st; st = st->next)
        if (!st->ended && ended(st->user.state, ctx)) {
            st->ended = true;
            wake(st);
        }
    pthread_mutex_unlock(&s->streams.mu);
}

void streams_beat(struct http_server *s)
{
    pthread_mutex_lock(&s->streams.mu);
    for (struct stream *st = s->streams.head; st; st = st->next)
        if (st->suspended)
            push(st, ":\n\n", 3);
    pthread_mutex_unlock(&s->streams.mu);
}

void streams_close(struct http_server *s)
{
    pthread_mutex_lock(&s->streams.mu);
    s->streams.closing = true;
    for (struct stream *st = s->streams.head; st; st = st->next)
        wake(st);
    pthread_mutex_unlock(&s->streams.mu);
}

int http_sse_count(const struct http_server *s)
{
    return atomic_load(&s->streams.count);
}
