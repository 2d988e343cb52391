/* SPDX-License-Identifier: Apache-2.0 */
/* Start, stop and the callbacks of libmicrohttpd: a request's way from its first line to its log
 * line. See http_int.h for the threads. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/log.h"
#include "http/http_int.h"

enum {
    LOG_LINES_PER_MINUTE = 20,
    SLOW_MS = 1000,
    SEND_BYTES_PER_MS = 16, /* a reader slower than 16 kB/s is cut in the end */
    FLUSH_MS = 2000,        /* at stop: for the last answers to reach the sockets */
};

/* Peers that come and go are no news to the log, but every such end is a line to the library. */
static bool is_news(const char *format)
{
    return strncmp(format, "Connection socket is closed", 27) != 0 &&
           strncmp(format, "Failed to send", 14) != 0;
}

/* A peer can make the library complain at will, so its lines are rationed. */
__attribute__((format(printf, 2, 0))) static void on_log(void *cls, const char *format, va_list ap)
{
    struct http_server *s = cls;
    if (!is_news(format))
        return;
    int64_t minute = monotonic_ms() / MINUTE_MS;
    if (atomic_exchange(&s->log_minute, minute) != minute)
        atomic_store(&s->log_budget, LOG_LINES_PER_MINUTE);
    if (atomic_fetch_sub(&s->log_budget, 1) <= 0)
        return;
    char text[512];
    vsnprintf(text, sizeof text, format, ap);
    text[strcspn(text, "\r\n")] = '\0';
    log_warn("microhttpd: %s", text);
}

/* The target is decoded by target_parse(), which can refuse; the library's own way cuts at %00. */
static size_t keep_escaped(void *cls, struct MHD_Connection *k, char *s)
{
    (void)cls;
    (void)k;
    return strlen(s);
}

static void *on_request_line(void *cls, const char *raw, struct MHD_Connection *k)
{
    struct http_server *s = cls;
    struct http_req *req = req_new(s, k, raw);
    atomic_fetch_add(&s->active, 1);
    conn_sooner(s, req->conn, s->header_ms);
    return req;
}

static void on_completed(void *cls, struct MHD_Connection *k, void **request,
                         enum MHD_RequestTerminationCode why)
{
    (void)k;
    (void)why;
    struct http_server *s = cls;
    struct http_req *req = *request;
    if (!req)
        return;
    *request = NULL;
    conn_phase(s, req->conn, CONN_READING, s->keepalive_ms);
    req_release(req);
    atomic_fetch_sub(&s->active, 1);
}

static void log_answer(const struct http_req *req, int status, uint64_t bytes, bool streaming)
{
    int64_t ms = req->handed_ms ? monotonic_ms() - req->handed_ms : 0;
    if (status >= 500 || (ms > SLOW_MS && !streaming))
        log_info("%s %s %d %lld ms %llu bytes", req->method, req->target.path, status,
                 (long long)ms, (unsigned long long)bytes);
}

/* An abandoned request still belongs to its worker, which may be writing status, bytes and stream
 * at this moment: they are not looked at. */
static enum MHD_Result answer(struct http_req *req)
{
    struct http_server *s = req->server;
    struct MHD_Response *r = req->response;
    bool ours = !req->abandoned;
    int status = ours ? req->status : 503;
    uint64_t bytes = ours ? req->bytes : 0;
    bool streaming = ours && req->streaming && req->sent_stream;
    req->response = NULL;
    req->state = REQ_ANSWERED;
    log_answer(req, status, bytes, streaming);
    if (streaming) {
        conn_phase(s, req->conn, CONN_STREAMING, 0);
        stream_attach(req);
    } else {
        conn_phase(s, req->conn, CONN_SENDING, s->body_ms + (int64_t)(bytes / SEND_BYTES_PER_MS));
    }
    enum MHD_Result ok = MHD_queue_response(req->connection, (unsigned)status, r);
    MHD_destroy_response(r);
    return ok;
}

/* Refuses. Where the framing cannot be trusted, or too much would follow, the answer goes out now
 * and the connection ends. Else the body is read away first: closing on unread bytes resets the
 * connection and the client would never see why. */
static enum MHD_Result refuse(struct http_req *req, int status, const struct err *e, bool now)
{
    const char *expect = http_header(req, "Expect");
    uint64_t length = limits_content_length(req);
    bool huge = length != UINT64_MAX && length > 2 * req->server->upload_limit;
    if (!req->target.path)
        req->target.path = arena_strdup(req->arena, "?");
    if (now || huge || (expect && strcasecmp(expect, "100-continue") == 0)) {
        req->response = response_refusal(req, status, e, true);
        return answer(req);
    }
    req->refusal = *e;
    req->refusal_status = status;
    req->state = REQ_DRAINING;
    return MHD_YES;
}

static enum MHD_Result begin(struct http_req *req, const char *method, const char *version)
{
    struct http_server *s = req->server;
    struct err e = {0};
    int status = 400;
    req->method = arena_strdup(req->arena, method);
    req_copy_headers(req);
    conn_phase(s, req->conn, CONN_READING, s->body_ms);
    if (limits_check(req, version, &status, &e) != RC_OK)
        return refuse(req, status, &e, true);
    enum rc rc = target_parse(req->arena, req->raw, &req->target, &e);
    if (rc != RC_OK)
        return refuse(req, rc == RC_TOO_BIG ? 414 : 400, &e, false);
    rc = route_find(req, &status, &e);
    if (rc == RC_OK)
        rc = limits_body(req, &status, &e);
    if (rc != RC_OK)
        return refuse(req, status, &e, false);
    if (req->route && (req->route->def->flags & HTTP_UPLOAD)) {
        rc = upload_open(req, &e);
        if (rc != RC_OK)
            return refuse(req, rc_status(rc), &e, false);
    }
    req->state = REQ_RECEIVING;
    return MHD_YES;
}

static enum MHD_Result receive(struct http_req *req, const char *data, size_t *n)
{
    struct err e = {0};
    enum rc rc = body_take(req, data, *n, &e);
    *n = 0;
    return rc == RC_OK ? MHD_YES : refuse(req, rc_status(rc), &e, false);
}

static enum MHD_Result complete(struct http_req *req)
{
    struct err e = {0};
    enum rc rc = body_end(req, &e);
    if (rc != RC_OK) {
        upload_free(req);
        req->response = response_refusal(req, rc_status(rc), &e, false);
        return answer(req);
    }
    /* Before it is handed over: from then on the worker owns the request. */
    conn_phase(req->server, req->conn, CONN_RUNNING, 0);
    if (jobs_hand(req))
        return MHD_YES;
    upload_free(req);
    req->response = response_busy(req->server, req->english);
    req->status = 503;
    return answer(req);
}

static enum MHD_Result drain(struct http_req *req, size_t *n)
{
    upload_free(req); /* at once: the disk may be full */
    if (*n == 0) {
        req->response = response_refusal(req, req->refusal_status, &req->refusal, false);
        return answer(req);
    }
    req->received += *n;
    *n = 0;
    return req->received <= 2 * req->server->upload_limit + BODY_LIMIT ? MHD_YES : MHD_NO;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *k, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *n, void **request)
{
    (void)cls;
    (void)k;
    (void)url;
    struct http_req *req = *request;
    if (!req)
        return MHD_NO;
    switch (req->state) {
    case REQ_NEW:
        return begin(req, method, version);
    case REQ_RECEIVING:
        return *n > 0 ? receive(req, data, n) : complete(req);
    case REQ_DRAINING:
        return drain(req, n);
    case REQ_READY:
        return answer(req);
    case REQ_HANDED:
    case REQ_ANSWERED:
        break;
    }
    return MHD_YES;
}

static int seconds_ms(int seconds, int standard)
{
    return (seconds > 0 ? seconds : standard) * 1000;
}

static struct http_server *server_new(const struct http_options *o)
{
    struct http_server *s = calloc(1, sizeof *s);
    if (!s)
        die("out of memory");
    s->listen_fd = -1;
    s->statics.dir = -1;
    s->ctx = o->ctx;
    s->tls = o->tls_cert != NULL;
    s->part_path = o->part_path;
    s->upload_limit = o->upload_limit ? o->upload_limit : UINT64_C(32) * 1024 * 1024;
    s->header_ms = seconds_ms(o->header_seconds, 10);
    s->body_ms = seconds_ms(o->body_seconds, 120);
    s->keepalive_ms = seconds_ms(o->keepalive_seconds, 75);
    if (o->spool_dir) {
        s->spool_dir = strdup(o->spool_dir);
        if (!s->spool_dir)
            die("out of memory");
        upload_sweep(s->spool_dir);
    }
    conns_init(&s->conns);
    jobs_init(&s->jobs);
    streams_init(&s->streams);
    return s;
}

void server_free(struct http_server *s)
{
    if (s->listen_fd >= 0)
        close(s->listen_fd);
    if (s->key)
        OPENSSL_cleanse(s->key, strlen(s->key));
    free(s->key);
    free(s->cert);
    free(s->spool_dir);
    routes_free(s);
    statics_close(&s->statics);
    streams_destroy(&s->streams);
    jobs_destroy(&s->jobs);
    conns_destroy(&s->conns);
    free(s);
}

/* They only parse, copy and encrypt, so more than the cores is of no use; MHD ignores 1. */
static unsigned io_threads(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 2 ? 2 : cores > 8 ? 8 : (unsigned)cores;
}

static enum rc daemon_start(struct http_server *s, struct err *e)
{
    unsigned flags = MHD_USE_ERROR_LOG | MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                     (s->tls ? (unsigned)MHD_USE_TLS : 0U);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, s->cert},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, s->key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (char[]){"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"}},
        {MHD_OPTION_END, 0, NULL},
    };
    if (!s->tls)
        tls[0] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, s,
        MHD_OPTION_LISTEN_SOCKET, s->listen_fd, MHD_OPTION_THREAD_POOL_SIZE, io_threads(),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_PER_ADDRESS, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escaped, NULL, MHD_OPTION_URI_LOG_CALLBACK,
        on_request_line, s, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
        MHD_OPTION_NOTIFY_CONNECTION, conn_notify, s, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
    if (s->daemon)
        return RC_OK;
    return fail(e, RC_INVALID, s->tls ? "tls" : NULL, "网页服务无法启动，请检查 TLS 证书和私钥",
                "The web server cannot start; check the TLS certificate and key", NULL);
}

static enum rc prepare(struct http_server *s, const struct http_options *o, struct err *e)
{
    enum rc rc = statics_open(&s->statics, o->static_dir, e);
    if (rc == RC_OK)
        rc = routes_compile(s, o->routes, e);
    if (rc == RC_OK)
        rc = pem_load(o->tls_cert, &s->cert, e);
    if (rc == RC_OK)
        rc = pem_load(o->tls_key, &s->key, e);
    if (rc == RC_OK)
        rc = listen_open(o, &s->listen_fd, &s->port, e);
    if (rc != RC_OK)
        return rc;
    if (!jobs_start(s, o->threads < 2 ? 2 : o->threads) || !reaper_start(s))
        return fail(e, RC_INTERNAL, NULL, "无法创建线程", "Cannot create threads", NULL);
    return daemon_start(s, e);
}

enum rc http_start(const struct http_options *o, struct http_server **out, struct err *e)
{
    json_object_seed(0);
    struct http_server *s = server_new(o);
    enum rc rc = prepare(s, o, e);
    if (rc == RC_OK)
        *out = s;
    else
        http_stop(s);
    return rc;
}

int http_port(const struct http_server *s)
{
    return s->port;
}

static void flush_answers(struct http_server *s)
{
    int64_t until = monotonic_ms() + FLUSH_MS;
    while (atomic_load(&s->active) > 0 && monotonic_ms() < until) {
        struct timespec tick = {0, 5000000L};
        nanosleep(&tick, NULL);
    }
}

void http_stop(struct http_server *s)
{
    if (!s)
        return;
    if (s->daemon) {
        (void)MHD_quiesce_daemon(s->daemon);
        /* Who is connected but not yet accepted must not wait for handlers to end. Not close(): an
         * I/O thread may be just about to accept, and the number could already mean another file.
         */
        (void)shutdown(s->listen_fd, SHUT_RDWR);
    }
    conns_close(s);
    streams_close(s);
    jobs_close(s);
    if (s->daemon) {
        flush_answers(s);
        MHD_stop_daemon(s->daemon);
        s->daemon = NULL;
        close(s->listen_fd);
        s->listen_fd = -1;
    }
    if (jobs_join(s))
        server_free(s);
}
