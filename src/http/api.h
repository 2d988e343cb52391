/* SPDX-License-Identifier: Apache-2.0 */
/* The generic part of /api/v1: sessions, metadata, records, files. Modules' own routes are added by
 * the app beside these (api_handler makes a plain function over cx a route). */
#ifndef HTTP_API_H
#define HTTP_API_H
#include "core/session.h"
#include "http/http.h"
#include "record/record.h"

struct api {
    struct db_pool *pool;
    const char *data_dir;
    bool secure;                 /* cookies carry Secure */
    void (*changed)(void *ctx);  /* after a successful write: "look now" */
    void *changed_ctx;
    const char *version;
};

/* What a handler over records gets. */
struct api_call {
    struct cx *cx;
    struct http_req *req;
    struct http_res *res;
    struct jw *w; /* writes into res->body */
    struct session session;
    struct api *api;
};
typedef enum rc api_function(struct api_call *c);

enum {
    API_WRITE = 1,   /* needs the CSRF token (or Bearer); pokes the jobs */
    API_PUBLIC = 2,  /* works without a session */
    API_PASSIVE = 4, /* no person behind it: does not keep the session alive */
    API_ANY_STATE = 8 /* also for sessions that must change their password */
};
/* Makes cx, resumes the session, checks CSRF, runs f; all routes of the app go through it. */
enum rc api_run(struct http_req *req, struct http_res *res, struct err *e, void *ctx,
                api_function *f, unsigned flags);

/* The routes of sessions, meta, records, files; closed by method = NULL. */
extern const struct http_route api_routes[];
/* Evidence files (api_file.c), to be served beside api_routes. */
extern const struct http_route file_routes[];
/* part_path of http_options for a server whose ctx is the struct api. */
const char *file_part_path(struct http_req *req, void *ctx);

/* The session token that the request shows, NULL when it has none. */
const char *api_token(const struct http_req *req, bool *bearer);
/* ":kind" of the path; RC_NOT_FOUND text for an unknown one. */
enum rc api_kind(struct api_call *c, const struct kind **out);
enum rc api_id(struct api_call *c, int64_t *out);
enum rc api_query(struct api_call *c, struct query *q); /* f=, q=, sort=, after=, limit=, page= */

#endif
