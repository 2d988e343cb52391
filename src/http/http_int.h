/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share. Threads:
 *   I/O threads  libmicrohttpd's epoll pool; parse, receive bodies, send. They never run a handler.
 *   workers      `threads` of ours; each runs one handler at a time and may block in it. While a
 *                handler runs its connection is suspended, so a slow one holds up nobody but the
 *                callers that find every worker busy.
 *   reaper       one; cuts connections past their deadline and beats the heart of streams.
 * A request is owned by its connection; while a worker has it, by both (refs). Its arena is used
 * by one side at a time: the I/O thread until the request is complete, the worker from then on.
 * Locks: conns.mu, jobs.mu and streams.mu are never held together; libmicrohttpd's own may be taken
 * under each of them and calls us back under none. */
#ifndef HTTP_HTTP_INT_H
#define HTTP_HTTP_INT_H
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "http/http.h"
#include "http/target.h"

enum {
    HEADER_LIMIT = 16 * 1024,
    BODY_LIMIT = 1024 * 1024,
    STREAM_LIMIT = 1024 * 1024,
    CONNECTION_MEMORY = 32 * 1024,
    CONNECTIONS = 8192, /* every user may keep a stream open, and asks beside it */
    CONNECTIONS_PER_ADDRESS = 1024, /* many offices may stand behind one address */
    QUEUE_LIMIT = 512,              /* complete requests that wait for a worker */
    UPLOADS_AT_ONCE = 64,
    BODY_MEMORY = 256 * 1024 * 1024, /* all JSON bodies together */
    STOP_SECONDS = 10,
    ETAGS = 512,
    ROUTE_SEGMENTS = 16,
};

/* --- connections and their deadlines (conn.c) --- */
enum conn_phase { CONN_READING, CONN_RUNNING, CONN_SENDING, CONN_STREAMING };

struct conn {
    struct conn *prev, *next;
    int fd;           /* libmicrohttpd closes it; we only shut it down */
    int64_t deadline; /* monotonic ms, 0 = none */
    enum conn_phase phase;
    struct stream *stream; /* guarded by streams.mu */
    char address[48];
};

struct conns {
    pthread_mutex_t mu;
    pthread_cond_t wake; /* the reaper's alarm clock */
    struct conn *head;
    bool closing;
    pthread_t reaper;
    bool has_reaper;
};

/* --- requests that are complete (work.c) --- */
struct jobs {
    pthread_mutex_t mu;
    pthread_cond_t wake; /* a job, or the end */
    pthread_cond_t idle; /* a worker has become free, or has gone */
    struct http_req *head, *tail;
    struct http_req *running;
    int waiting, n_running;
    bool closing;
    pthread_t *thread;
    bool *gone; /* per thread: it touches the server no more */
    int n_threads;
    int n_left;
    bool orphaned; /* http_stop gave up waiting: the last worker frees the server */
};

/* --- event streams (sse.c) --- */
struct streams {
    pthread_mutex_t mu;
    struct stream *head;
    bool closing;
    atomic_int count;
};

/* --- routes (route.c) --- */
struct route {
    const struct http_route *def;
    const char *segment[ROUTE_SEGMENTS];
    int n_segments;
    uint32_t literals; /* bit 31 = first segment is literal, bit 30 = second ... */
};

/* --- static files (static.c) --- */
struct etag {
    dev_t dev;
    ino_t ino;
    off_t size;
    struct timespec mtime;
    char text[40];
};
struct statics {
    int dir; /* -1: none */
    pthread_mutex_t mu;
    struct etag etag[ETAGS];
};

struct http_server {
    struct MHD_Daemon *daemon;
    int listen_fd;
    int port;
    bool tls;
    char *cert, *key; /* PEM text; key is wiped at the end */
    void *ctx;
    char *spool_dir;
    uint64_t upload_limit;
    const char *(*part_path)(struct http_req *req, void *ctx);
    int header_ms, body_ms, keepalive_ms;
    struct route *routes;
    char *route_text; /* backing of the segments */
    int n_routes;
    struct conns conns;
    struct jobs jobs;
    struct streams streams;
    struct statics statics;
    atomic_int active; /* requests between their first line and their last byte */
    atomic_int uploads;
    atomic_size_t body_memory;
    atomic_int log_budget; /* lines that libmicrohttpd may still write in this minute */
    _Atomic int64_t log_minute;
};

enum req_state {
    REQ_NEW,       /* the request line is known */
    REQ_RECEIVING, /* headers accepted, body coming */
    REQ_DRAINING,  /* refused; the body is read away so that the client reads our answer */
    REQ_HANDED,    /* suspended, with the workers */
    REQ_READY,     /* response set, resumed */
    REQ_ANSWERED,
};

struct http_req {
    struct http_req *next, *prev; /* in jobs, guarded by jobs.mu */
    struct http_server *server;
    struct MHD_Connection *connection; /* I/O thread only */
    struct conn *conn;
    struct arena *arena;
    char *raw;
    const char *method;
    const char *address; /* a copy: a late handler may outlive its connection */
    struct target target;
    struct http_param *header;
    int n_headers;
    bool english;
    enum req_state state;
    const struct route *route; /* NULL: a static file */
    int refs;                  /* guarded by jobs.mu */
    bool abandoned;            /* the worker's result comes too late; guarded by jobs.mu */
    int64_t handed_ms;         /* monotonic, for the log */

    struct buf body;
    int spool_fd; /* -1 */
    char *spool_path;
    struct hasher *hasher;
    char sha256[HASH_HEX];
    uint64_t received;
    uint64_t part_offset; /* of a resumed upload: bytes that were there */
    bool is_part;         /* the spool file outlives the request */
    bool counted_upload;
    size_t counted_body;

    json_t *json;
    struct stream *stream;      /* opened, not yet handed to a response */
    struct stream *sent_stream; /* owned by the response */
    bool bad_header;

    struct err refusal; /* REQ_DRAINING */
    int refusal_status;
    const char *allow; /* 405 and OPTIONS */

    struct MHD_Response *response;
    int status;
    uint64_t bytes;
    bool streaming;
};

/* conn.c */
void conns_init(struct conns *c);
void conns_destroy(struct conns *c);
MUST_USE bool reaper_start(struct http_server *s);
void conns_close(struct http_server *s); /* cuts all that only read; joins the reaper */
void conn_notify(void *server, struct MHD_Connection *k, void **socket_context,
                 enum MHD_ConnectionNotificationCode what);
void conn_phase(struct http_server *s, struct conn *c, enum conn_phase phase, int64_t ms);
void conn_sooner(struct http_server *s, struct conn *c, int64_t ms); /* never later than before */

/* limits.c: what a well-behaved library still lets through */
MUST_USE enum rc limits_check(struct http_req *req, const char *version, int *status,
                              struct err *e);
MUST_USE enum rc limits_body(const struct http_req *req, int *status, struct err *e);
uint64_t limits_content_length(const struct http_req *req); /* UINT64_MAX: unknown (chunked) */

/* request.c */
struct http_req *req_new(struct http_server *s, struct MHD_Connection *k, const char *raw);
void req_release(struct http_req *req); /* one reference; takes jobs.mu */
void req_copy_headers(struct http_req *req);
MUST_USE enum rc body_take(struct http_req *req, const char *data, size_t n, struct err *e);
MUST_USE enum rc body_end(struct http_req *req, struct err *e);

/* upload.c */
MUST_USE enum rc upload_open(struct http_req *req, struct err *e);
MUST_USE enum rc upload_write(struct http_req *req, const char *data, size_t n, struct err *e);
MUST_USE enum rc upload_end(struct http_req *req, struct err *e);
void upload_free(struct http_req *req); /* deletes the file unless the handler moved it */
void upload_sweep(const char *dir);     /* leftovers of a crash, older than a day */

/* route.c */
MUST_USE enum rc routes_compile(struct http_server *s, const struct http_route *routes,
                                struct err *e);
void routes_free(struct http_server *s);
/* Sets req->route. RC_NOT_FOUND; RC_INVALID with *status 405 and req->allow; *status 204 for
 * OPTIONS. A static file is RC_OK with route NULL. */
MUST_USE enum rc route_find(struct http_req *req, int *status, struct err *e);
const char *route_segment(const struct http_req *req, const char *name);

/* response.c */
struct MHD_Response *response_of(struct http_req *req, enum rc rc, struct http_res *res,
                                 const struct err *e);
struct MHD_Response *response_refusal(struct http_req *req, int status, const struct err *e,
                                      bool close);
struct MHD_Response *response_busy(struct http_server *s, bool english); /* touches no request */
void res_discard(struct http_res *res);

/* work.c */
void jobs_init(struct jobs *j);
void jobs_destroy(struct jobs *j);
MUST_USE bool jobs_start(struct http_server *s, int threads);
/* Suspends the connection and queues the request; false when full or closing. */
MUST_USE bool jobs_hand(struct http_req *req);
void jobs_close(struct http_server *s); /* waits for handlers; on return nothing is suspended */
/* Joins the workers; false when one still runs and will free the server by server_free(). */
MUST_USE bool jobs_join(struct http_server *s);

/* sse.c */
void streams_init(struct streams *t);
void streams_destroy(struct streams *t);
void streams_close(struct http_server *s);
void streams_beat(struct http_server *s); /* a comment line, so that dead peers are noticed */
void stream_forget_conn(struct http_server *s, struct conn *c);
struct MHD_Response *stream_response(struct http_req *req); /* takes req->stream */
void stream_attach(struct http_req *req); /* I/O thread, just before the response is queued */
void stream_drop(struct http_req *req);   /* an opened stream that is not used */

/* static.c */
MUST_USE enum rc statics_open(struct statics *f, const char *dir, struct err *e);
void statics_close(struct statics *f);
enum rc static_serve(struct http_req *req, struct http_res *res, struct err *e);

/* listen.c */
MUST_USE enum rc listen_open(const struct http_options *o, int *fd, int *port, struct err *e);
MUST_USE enum rc pem_load(const char *path, char **out, struct err *e);

/* server.c */
void server_free(struct http_server *s);

#endif
