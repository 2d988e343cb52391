/* SPDX-License-Identifier: Apache-2.0 */
/* The web server's edge: our request and response over libmicrohttpd, so that another library can
 * take its place. Knows nothing of sessions or records: those are handlers behind routes.
 *
 * Limits closed here (deps.md chapter 1): total deadlines for header, body and keep-alive (not only
 * inactivity); Content-Length together with Transfer-Encoding, and a repeated Content-Length, are
 * 400; header block 16 KiB -> 431; JSON body 1 MiB -> 413; multipart -> 415; no Host -> 400; path
 * with NUL, backslash, "..", or broken percent-encoding -> 400; connections per address limited.
 * Every handler runs in one of the pool's threads and may block on its own database connection. */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/rc.h"

struct http_server;
struct http_req; /* opaque */

struct http_param { /* path parameters and decoded query parameters, in order, repeats kept */
    const char *name;
    const char *value;
};

struct http_res {
    int status;               /* 200 unless set */
    const char *type;         /* "application/json; charset=utf-8" unless set */
    struct buf body;          /* owned by the server after the handler returns */
    int file_fd;              /* -1; else the body is this regular file, closed by the server */
    uint64_t file_from, file_length; /* status 206: only these bytes of it */
    struct {
        const char *name, *value; /* arena memory of the request */
    } header[12];
    int n_headers;
    bool sse; /* the body is an endless event stream: see http_sse_publish */
};

/* Fills res. On rc != RC_OK the server answers {"error":{code,field,message}} from e, in Chinese,
 * or English when Accept-Language starts with "en". */
typedef enum rc http_handler(struct http_req *req, struct http_res *res, struct err *e, void *ctx);

enum {
    HTTP_UPLOAD = 1, /* raw body spooled to a temporary file, see http_upload() */
    /* With HTTP_UPLOAD: the body goes on where an earlier connection was cut. It is appended to the
     * file that options.part_path names, which must be there and as long as Upload-Offset says; the
     * handler learns of the bytes by itself. */
    HTTP_RESUME = 2
};

struct http_route {
    const char *method; /* "GET" also answers HEAD */
    const char *path;   /* "/api/v1/:kind/:id"; literal segments win over parameters */
    http_handler *handler;
    unsigned flags;
};

struct http_options {
    const char *listen;               /* "127.0.0.1:8080", "[::1]:8080"; port 0 = any free */
    const char *tls_cert, *tls_key;   /* PEM files; plain HTTP is refused off loopback */
    int threads;                      /* >= 2 */
    const struct http_route *routes;  /* closed by method = NULL */
    void *ctx;                        /* handed to every handler */
    const char *static_dir;           /* served at /, index.html for unknown paths without a dot */
    const char *spool_dir;            /* temporary files of uploads */
    uint64_t upload_limit;            /* bytes, default 32 MiB */
    /* HTTP_RESUME routes: the file in arena memory, or NULL. In an I/O thread, before the body: no
     * database. The name is hard to guess, so that only who registered the upload finds it. */
    const char *(*part_path)(struct http_req *req, void *ctx);
    int header_seconds, body_seconds, keepalive_seconds; /* defaults 10, 120, 75 */
};

/* Starts listening. Refuses (RC_INVALID, zh+en text) a non-loopback address without TLS. */
MUST_USE enum rc http_start(const struct http_options *o, struct http_server **out, struct err *e);
int http_port(const struct http_server *s);
/* Ends streams, waits for running handlers (at most 10 s), closes. Safe with SSE clients open. */
void http_stop(struct http_server *s);

/* --- the request, all borrowed, valid until the handler returns --- */
struct arena *http_arena(struct http_req *req);
const char *http_method(const struct http_req *req);
const char *http_path(const struct http_req *req);                       /* decoded */
const char *http_header(const struct http_req *req, const char *name);   /* NULL when absent */
const char *http_cookie(const struct http_req *req, const char *name);   /* NULL when absent */
const char *http_segment(const struct http_req *req, const char *name);  /* ":kind" -> "kind" */
const char *http_query(const struct http_req *req, const char *name);    /* first, NULL if absent */
const struct http_param *http_queries(const struct http_req *req, int *n);
bool http_english(const struct http_req *req); /* by Accept-Language; else Chinese */
const char *http_address(const struct http_req *req); /* peer, without port */
bool http_tls(const struct http_req *req);
const char *http_body(const struct http_req *req, size_t *n);
/* The body as a JSON object: strict (duplicate keys, depth > 64, bad UTF-8, trailing data refused
 * with a message); an empty body is {}. Freed with the request. */
MUST_USE enum rc http_json(struct http_req *req, json_t **out, struct err *e);
/* HTTP_UPLOAD routes: path of the spooled file, its size and SHA-256 (computed while receiving). The
 * handler renames it away to keep it; otherwise it is deleted. */
const char *http_upload(const struct http_req *req, uint64_t *size, const char **sha256);

/* --- helpers for responses --- */
void http_set_header(struct http_req *req, struct http_res *res, const char *name,
                     const char *value);

/* --- server-sent events ---
 * A handler that sets res->sse opens a stream; it is given the events published from then on, after
 * those that `replay` adds (Last-Event-ID). filter (may be NULL) decides per stream and event. */
struct http_sse {
    /* In the publisher's thread under the lock of all streams: quick, no database, no publish. */
    bool (*filter)(void *state, uint64_t id, const char *data);
    void *state;                 /* per stream */
    void (*free_state)(void *);  /* called once at the end of the stream */
    struct buf replay;           /* already framed events, sent first */
};
void http_sse_open(struct http_req *req, struct http_res *res, struct http_sse stream);
/* For a replay without a gap: open the stream first (from then on events are kept for it), then read
 * the missed ones and add them here, framed; they are sent before those that came meanwhile. An event
 * published in between may come twice, with the same id. */
void http_sse_replay(struct http_req *req, const char *frames, size_t n);
/* One event to all streams, from any thread; a slow reader (1 MiB behind) is cut and reconnects. */
void http_sse_publish(struct http_server *s, uint64_t id, const char *event, const char *data);
/* Ends the streams for which `ended` says so: their browsers connect again and are let in or not. */
void http_sse_end(struct http_server *s, bool (*ended)(void *state, const void *ctx), const void *ctx);
int http_sse_count(const struct http_server *s);

#endif
