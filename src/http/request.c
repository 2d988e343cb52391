/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/civil.h"
#include "base/log.h"
#include "http/http_int.h"

enum { JSON_DEPTH = 64 };

struct http_req *req_new(struct http_server *s, struct MHD_Connection *k, const char *raw)
{
    struct http_req *req = calloc(1, sizeof *req);
    if (!req)
        die("out of memory");
    req->server = s;
    req->connection = k;
    req->conn = MHD_get_connection_info(k, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    req->arena = arena_new();
    req->raw = arena_strdup(req->arena, raw);
    req->address = arena_strdup(req->arena, req->conn->address);
    req->refs = 1;
    req->spool_fd = -1;
    req->body.limit = BODY_LIMIT;
    return req;
}

static void req_free(struct http_req *req)
{
    if (req->response)
        MHD_destroy_response(req->response);
    stream_drop(req);
    upload_free(req);
    atomic_fetch_sub(&req->server->body_memory, req->counted_body);
    buf_free(&req->body);
    json_decref(req->json);
    arena_free(req->arena);
    free(req);
}

void req_release(struct http_req *req)
{
    struct jobs *j = &req->server->jobs;
    pthread_mutex_lock(&j->mu);
    bool last = --req->refs == 0;
    pthread_mutex_unlock(&j->mu);
    if (last)
        req_free(req);
}

static bool value_clean(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static enum MHD_Result copy_header(void *cls, enum MHD_ValueKind kind, const char *key,
                                   size_t key_n, const char *value, size_t value_n)
{
    (void)kind;
    struct http_req *req = cls;
    struct http_param *h = &req->header[req->n_headers++];
    h->name = arena_strndup(req->arena, key, key_n);
    bool clean = value_clean(value ? value : "", value_n) && strlen(h->name) == key_n;
    h->value = clean ? arena_strndup(req->arena, value ? value : "", value_n) : NULL;
    return MHD_YES;
}

void req_copy_headers(struct http_req *req)
{
    int n = MHD_get_connection_values_n(req->connection, MHD_HEADER_KIND, NULL, NULL);
    req->header = ARENA_NEW(req->arena, struct http_param, n > 0 ? n : 1);
    MHD_get_connection_values_n(req->connection, MHD_HEADER_KIND, copy_header, req);
    const char *language = http_header(req, "Accept-Language");
    req->english = language && strncasecmp(language, "en", 2) == 0;
}

static enum rc body_busy(struct err *e)
{
    return fail(e, RC_BUSY, NULL, "服务器忙，请稍后再试", "The server is busy; try again later",
                NULL);
}

enum rc body_take(struct http_req *req, const char *data, size_t n, struct err *e)
{
    if (req->spool_path)
        return upload_write(req, data, n, e);
    struct http_server *s = req->server;
    req->counted_body += n;
    if (atomic_fetch_add(&s->body_memory, n) + n > BODY_MEMORY)
        return body_busy(e);
    buf_add(&req->body, data, n);
    if (req->body.full)
        return fail(e, RC_TOO_BIG, NULL, "内容太大", "The body is too large", NULL);
    return RC_OK;
}

enum rc body_end(struct http_req *req, struct err *e)
{
    return req->spool_path ? upload_end(req, e) : RC_OK;
}

struct arena *http_arena(struct http_req *req)
{
    return req->arena;
}

const char *http_method(const struct http_req *req)
{
    return req->method;
}

const char *http_path(const struct http_req *req)
{
    return req->target.path;
}

const char *http_header(const struct http_req *req, const char *name)
{
    for (int i = 0; i < req->n_headers; i++)
        if (strcasecmp(req->header[i].name, name) == 0)
            return req->header[i].value;
    return NULL;
}

const char *http_cookie(const struct http_req *req, const char *name)
{
    for (int i = 0; i < req->n_headers; i++) {
        if (strcasecmp(req->header[i].name, "Cookie") != 0)
            continue;
        const char *value = cookie_find(req->arena, req->header[i].value, name);
        if (value)
            return value;
    }
    return NULL;
}

const char *http_segment(const struct http_req *req, const char *name)
{
    return route_segment(req, name);
}

const char *http_query(const struct http_req *req, const char *name)
{
    for (int i = 0; i < req->target.n_queries; i++)
        if (strcmp(req->target.query[i].name, name) == 0)
            return req->target.query[i].value;
    return NULL;
}

const struct http_param *http_queries(const struct http_req *req, int *n)
{
    *n = req->target.n_queries;
    return req->target.query;
}

bool http_english(const struct http_req *req)
{
    return req->english;
}

const char *http_address(const struct http_req *req)
{
    return req->address;
}

bool http_tls(const struct http_req *req)
{
    return req->server->tls;
}

const char *http_body(const struct http_req *req, size_t *n)
{
    *n = req->body.len;
    return buf_text(&req->body);
}

/* jansson recurses; its own bound is far above ours, so brackets outside strings are counted. */
static bool depth_fits(const char *s, size_t n)
{
    int depth = 0;
    bool text = false;
    for (size_t i = 0; i < n; i++) {
        if (text && s[i] == '\\')
            i++;
        else if (s[i] == '"')
            text = !text;
        else if (!text && (s[i] == '{' || s[i] == '['))
            depth++;
        else if (!text && (s[i] == '}' || s[i] == ']'))
            depth--;
        if (depth > JSON_DEPTH)
            return false;
    }
    return true;
}

static enum rc bad_json(struct http_req *req, const json_error_t *error, struct err *e)
{
    char *line = arena_printf(req->arena, "%d", error->line);
    char *column = arena_printf(req->arena, "%d", error->column);
    return fail(e, RC_INVALID, NULL, "请求内容不是合格的 JSON（第 {line} 行第 {column} 列）：{why}",
                "The body is not valid JSON (line {line}, column {column}): {why}", "line", line,
                "column", column, "why", error->text, NULL);
}

enum rc http_json(struct http_req *req, json_t **out, struct err *e)
{
    size_t n;
    const char *text = http_body(req, &n);
    if (!req->json && n == 0)
        req->json = json_object();
    if (!req->json && !depth_fits(text, n))
        return fail(e, RC_INVALID, NULL, "JSON 嵌套太深", "The JSON is nested too deeply", NULL);
    if (!req->json) {
        json_error_t error;
        req->json = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
        if (!req->json)
            return bad_json(req, &error, e);
    }
    if (!json_is_object(req->json))
        return fail(e, RC_INVALID, NULL, "请求内容须是 JSON 对象", "The body must be a JSON object",
                    NULL);
    *out = req->json;
    return RC_OK;
}

const char *http_upload(const struct http_req *req, uint64_t *size, const char **sha256)
{
    if (!req->spool_path)
        return NULL;
    *size = req->received;
    *sha256 = req->sha256;
    return req->spool_path;
}

void http_set_header(struct http_req *req, struct http_res *res, const char *name,
                     const char *value)
{
    int most = (int)(sizeof res->header / sizeof res->header[0]);
    if (res->n_headers >= most) {
        req->bad_header = true;
        return;
    }
    res->header[res->n_headers].name = arena_strdup(req->arena, name);
    res->header[res->n_headers].value = arena_strdup(req->arena, value);
    res->n_headers++;
}
