/* SPDX-License-Identifier: Apache-2.0 */
/* The application behind the server under test. */
#include "handlers.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/json.h"
#include "world.h"

#undef fail /* cmocka's; here it is ours */

static enum rc say(struct http_req *req, struct http_res *res, const char *route)
{
    static const char *const names[] = {"kind", "id", "action"};
    struct jw w = jw_on(&res->body);
    jw_object(&w);
    jw_kt(&w, "route", route);
    jw_kt(&w, "method", http_method(req));
    jw_kt(&w, "path", http_path(req));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (http_segment(req, names[i]))
            jw_kt(&w, names[i], http_segment(req, names[i]));
    int n;
    const struct http_param *q = http_queries(req, &n);
    jw_key(&w, "query");
    jw_array(&w);
    for (int i = 0; i < n; i++) {
        jw_text(&w, q[i].name);
        jw_text(&w, q[i].value);
    }
    jw_end_array(&w);
    jw_end_object(&w);
    return RC_OK;
}

#define SAYER(name)                                                                                \
    static enum rc name(struct http_req *req, struct http_res *res, struct err *e, void *ctx)      \
    {                                                                                              \
        (void)e;                                                                                   \
        (void)ctx;                                                                                 \
        return say(req, res, #name);                                                               \
    }

SAYER(list)
SAYER(record)
SAYER(create)
SAYER(bulk)
SAYER(session_list)
SAYER(import_kind)
SAYER(deep)

static enum rc echo(struct http_req *req, struct http_res *res, struct err *e, void *ctx)
{
    (void)ctx;
    json_t *in;
    enum rc rc = http_json(req, &in, e);
    if (rc != RC_OK)
        return rc;
    char *text = json_dumps(in, JSON_COMPACT);
    buf_text_add(&res->body, text);
    free(text);
    return RC_OK;
}

static enum rc note_request(struct http_req *req, struct http_res *res, struct err *e, void *ctx)
{
    (void)e;
    (void)ctx;
    struct jw w = jw_on(&res->body);
    jw_object(&w);
    jw_kt(&w, "cookie", http_cookie(req, "sw_session"));
    jw_kt(&w, "agent", http_header(req, "user-AGENT"));
    jw_kt(&w, "absent", http_header(req, "X-Absent"));
    jw_kt(&w, "address", http_address(req));
    jw_kb(&w, "tls", http_tls(req));
    jw_end_object(&w);
    return RC_OK;
}

static enum rc deny(struct http_req *req, struct http_res *res, struct err *e, void *ctx)
{
    (void)ctx;
    buf_text_add(&res->body, "must not be seen");
    http_set_header(req, res, "Set-Cookie", "sw_session=; Max-Age=0");
    return fail(e, RC_DENIED, "password", "不许", "Not allowed here", NULL);
}

static enum rc nothing(struct http_req *req, struct http_res *res, struct err *e, void *ctx)
{
    (void)req;
    (void)e;
    (void)ctx;
    res->status = 204;
    return RC_OK;
}

static enum rc set_header(struct http_req *req, struct http_res *res, struct err *e, void *ctx)
{
    (void)e;
    (void)ctx;
    http_set_header(req, res, http_query(req, "name"), http_query(req, "value"));
    buf_text_add(&res->body, "{}");
    return RC_OK;
}

static enum rc gate(struct http_req *req, struct http_res *res, struct err *e, void *ctx)
{
    (void)e;
    struct world *w = ctx;
    pthread_mutex_lock(&w->mu);
    w->in_gate++;
    pthread_cond_broadcast(&w->changed);
    while (!w->gate_open)
        pthread_cond_wait(&w->changed, &w->mu);
    w->left_gate++;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->mu);
    return say(req, res, http_address(req));
}

static enum rc keep(struct http_req *req, struct http_res *res, struct err *e, void *ctx)
{
    struct world *w = ctx;
    uint64_t size = 0;
    const char *sha256 = "";
    const char *path = http_upload(req, &size, &sha256);
    if (!path)
        return fail(e, RC_INTERNAL, NULL, "没有文件", "No file", NULL);
    if (http_query(req, "keep") && rename(path, w->kept) != 0)
        return fail(e, RC_INTERNAL, NULL, "改名失败", "rename failed", NULL);
    struct jw j = jw_on(&res->body);
    jw_object(&j);
    jw_ki(&j, "size", (int64_t)size);
    jw_kt(&j, "sha256", sha256);
    jw_end_object(&j);
    res->status = 201;
    return RC_OK;
}

static enum rc download(struct http_req *req, struct http_res *res, struct err *e, void *ctx)
{
    (void)e;
    struct world *w = ctx;
    res->file_fd = open(w->kept, O_RDONLY | O_CLOEXEC);
    res->type = "image/jpeg";
    http_set_header(req, res, "Cache-Control", "private, max-age=60");
    return RC_OK;
}

/* A resumed upload: the handler sees how many bytes are there by now. */
static enum rc resume(struct http_req *req, struct http_res *res, struct err *e, void *ctx)
{
    struct stat st;
    if (stat(world_part(req, ctx), &st) != 0)
        return fail(e, RC_INTERNAL, NULL, "没有文件", "No file", NULL);
    buf_printf(&res->body, "{\"size\":%lld}", (long long)st.st_size);
    return RC_OK;
}

const char *world_part(struct http_req *req, void *ctx)
{
    const struct world *w = ctx;
    return arena_printf(http_arena(req), "%s/part-%s", w->spool, http_segment(req, "upload"));
}

struct stream_state {
    struct world *world;
    char kind[32];
};

static bool of_kind(void *state, uint64_t id, const char *data)
{
    (void)id;
    const struct stream_state *s = state;
    return strstr(data, s->kind) != NULL;
}

static void free_stream_state(void *state)
{
    struct stream_state *s = state;
    pthread_mutex_lock(&s->world->mu);
    s->world->states_freed++;
    pthread_cond_broadcast(&s->world->changed);
    pthread_mutex_unlock(&s->world->mu);
    free(s);
}

static enum rc events(struct http_req *req, struct http_res *res, struct err *e, void *ctx)
{
    struct http_sse sse = {0};
    struct stream_state *s = calloc(1, sizeof *s);
    s->world = ctx;
    snprintf(s->kind, sizeof s->kind, "%s", http_query(req, "kind") ? http_query(req, "kind") : "");
    sse.filter = of_kind;
    sse.state = s;
    sse.free_state = free_stream_state;
    const char *last = http_header(req, "Last-Event-ID");
    if (last)
        buf_printf(&sse.replay, "id: %s1\ndata: replayed\n\n", last);
    http_sse_open(req, res, sse);
    if (http_query(req, "missed"))
        http_sse_replay(req, "data: missed\n\n", strlen("data: missed\n\n"));
    if (http_query(req, "publish"))
        http_sse_publish(((struct world *)ctx)->server, 5, "change",
                         "published by its own handler");
    if (http_query(req, "fail"))
        return fail(e, RC_DENIED, NULL, "不许看", "You may not look", NULL);
    return RC_OK;
}

const struct http_route world_routes[] = {
    {"GET", "/healthz", list, 0},
    {"GET", "/api/v1/:kind", list, 0},
    {"POST", "/api/v1/:kind", create, 0},
    {"GET", "/api/v1/:kind/:id", record, 0},
    {"PATCH", "/api/v1/:kind/:id", record, 0},
    {"POST", "/api/v1/:kind/:action", bulk, 0},
    {"POST", "/api/v1/:kind/import", import_kind, 0},
    {"GET", "/api/v1/session/list", session_list, 0},
    {"DELETE", "/api/v1/session", nothing, 0},
    {"GET", "/api/v1/a/:id/c/:action", deep, 0},
    {"POST", "/api/v1/echo", echo, 0},
    {"GET", "/api/v1/note", note_request, 0},
    {"GET", "/api/v1/denied", deny, 0},
    {"GET", "/api/v1/set", set_header, 0},
    {"GET", "/api/v1/gate", gate, 0},
    {"PUT", "/api/v1/file", keep, HTTP_UPLOAD},
    {"PUT", "/api/v1/file/upload/:upload", resume, HTTP_UPLOAD | HTTP_RESUME},
    {"GET", "/api/v1/download", download, 0},
    {"GET", "/api/v1/events", events, 0},
    {NULL, NULL, NULL, 0},
};
