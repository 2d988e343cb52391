/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "http/http_int.h"

#define JSON_TYPE "application/json; charset=utf-8"
#define API_POLICY "default-src 'none'; frame-ancestors 'none'"

void res_discard(struct http_res *res)
{
    buf_free(&res->body);
    if (res->file_fd >= 0)
        close(res->file_fd);
    res->file_fd = -1;
}

static bool text_clean(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            return false;
    return true;
}

/* What the server itself decides; a handler that sets one of them is in error. */
static bool name_reserved(const char *name)
{
    static const char *const reserved[] = {"Content-Length", "Transfer-Encoding", "Connection",
                                           "Date",           "Content-Type",      "Upgrade",
                                           "Trailer"};
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (strcasecmp(name, reserved[i]) == 0)
            return true;
    return false;
}

static bool name_allowed(const char *name)
{
    for (const char *p = name; *p; p++)
        if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f ||
            strchr("()<>@,;:\\\"/[]?={}", *p))
            return false;
    return *name && !name_reserved(name);
}

static bool headers_allowed(const struct http_req *req, const struct http_res *res)
{
    if (req->bad_header || (res->type && !text_clean(res->type)))
        return false;
    for (int i = 0; i < res->n_headers; i++)
        if (!res->header[i].name || !res->header[i].value || !name_allowed(res->header[i].name) ||
            !text_clean(res->header[i].value))
            return false;
    return true;
}

static void add(struct MHD_Response *r, const char *name, const char *value)
{
    if (MHD_add_response_header(r, name, value) != MHD_YES)
        log_warn("http: the header %s could not be set", name);
}

static void add_default(struct MHD_Response *r, const char *name, const char *value)
{
    if (!MHD_get_response_header(r, name))
        add(r, name, value);
}

static void add_security(const struct http_server *s, struct MHD_Response *r)
{
    add_default(r, "X-Content-Type-Options", "nosniff");
    add_default(r, "X-Frame-Options", "DENY");
    add_default(r, "Referrer-Policy", "same-origin");
    add_default(r, "Cross-Origin-Opener-Policy", "same-origin");
    add_default(r, "Content-Security-Policy", API_POLICY);
    add_default(r, "Cache-Control", "no-store");
    if (s->tls)
        add_default(r, "Strict-Transport-Security", "max-age=31536000");
}

static struct MHD_Response *from_buf(struct buf *b)
{
    if (b->len == 0)
        return MHD_create_response_from_buffer(0, (char[]){""}, MHD_RESPMEM_MUST_COPY);
    struct MHD_Response *r =
        MHD_create_response_from_buffer(b->len, b->data, MHD_RESPMEM_MUST_FREE);
    if (r)
        *b = (struct buf){0};
    return r;
}

struct words {
    const char *zh, *en;
};

/* For a code without a text: never an empty message. */
static struct words words_of(enum rc rc)
{
    switch (rc) {
    case RC_OK:
    case RC_INVALID:
        return (struct words){"请求不合规", "The request is not valid"};
    case RC_UNAUTHORIZED:
        return (struct words){"请先登录", "Please log in"};
    case RC_DENIED:
        return (struct words){"没有权限", "Not allowed"};
    case RC_NOT_FOUND:
        return (struct words){"没有找到", "Not found"};
    case RC_CONFLICT:
        return (struct words){"与现状冲突，请刷新后再试", "Conflict; reload and try again"};
    case RC_TOO_BIG:
        return (struct words){"内容太大", "Too large"};
    case RC_BUSY:
        return (struct words){"服务器忙，请稍后再试", "The server is busy; try again later"};
    case RC_TIMEOUT:
        return (struct words){"处理超时，请稍后再试", "Timed out; try again later"};
    case RC_INTERNAL:
        break;
    }
    return (struct words){"服务器内部错误", "Internal error"};
}

static struct MHD_Response *error_body(bool english, enum rc rc, const struct err *e,
                                       uint64_t *bytes)
{
    struct words spare = words_of(rc);
    const char *text = english ? e->en : e->zh;
    if (!text[0])
        text = english ? spare.en : spare.zh;
    struct buf b = {0};
    struct jw w = jw_on(&b);
    jw_object(&w);
    jw_key(&w, "error");
    jw_object(&w);
    jw_kt(&w, "code", rc_word(rc));
    jw_kt(&w, "field", e->field[0] ? e->field : NULL);
    jw_kt(&w, "message", text);
    jw_end_object(&w);
    jw_end_object(&w);
    *bytes = b.len;
    struct MHD_Response *r = from_buf(&b);
    if (!r)
        die("out of memory");
    add(r, "Content-Type", JSON_TYPE);
    if (rc == RC_BUSY)
        add(r, "Retry-After", "2");
    return r;
}

struct MHD_Response *response_busy(struct http_server *s, bool english)
{
    uint64_t bytes;
    struct MHD_Response *r = error_body(english, RC_BUSY, &(struct err){0}, &bytes);
    add(r, "Connection", "close");
    add_security(s, r);
    return r;
}

struct MHD_Response *response_refusal(struct http_req *req, int status, const struct err *e,
                                      bool close_after)
{
    struct MHD_Response *r;
    if (status == 204)
        r = from_buf(&(struct buf){0});
    else
        r = error_body(req->english, e->rc, e, &req->bytes);
    if (!r)
        die("out of memory");
    if (req->allow)
        add(r, "Allow", req->allow);
    if (close_after)
        add(r, "Connection", "close");
    add_security(req->server, r);
    req->status = status;
    return r;
}

static struct MHD_Response *from_file(struct http_req *req, struct http_res *res)
{
    struct stat st;
    if (fstat(res->file_fd, &st) != 0 || !S_ISREG(st.st_mode))
        return NULL;
    bool part = res->status == 206;
    uint64_t from = part ? res->file_from : 0;
    uint64_t length = part ? res->file_length : (uint64_t)st.st_size;
    if (from > (uint64_t)st.st_size || length > (uint64_t)st.st_size - from)
        return NULL;
    struct MHD_Response *r =
        MHD_create_response_from_fd_at_offset64(length, res->file_fd, from);
    if (!r)
        return NULL;
    res->file_fd = -1; /* closed with the response */
    req->bytes = length;
    return r;
}

static bool bodiless(int status)
{
    return status == 204 || status == 304;
}

static struct MHD_Response *from_res(struct http_req *req, struct http_res *res)
{
    req->status = res->status;
    if (res->sse) {
        req->streaming = true;
        return stream_response(req);
    }
    if (bodiless(res->status))
        buf_free(&res->body);
    if (res->file_fd >= 0 && !bodiless(res->status))
        return from_file(req, res);
    if (res->body.full)
        return NULL;
    req->bytes = res->body.len;
    return from_buf(&res->body);
}

static const char *type_of(const struct http_res *res)
{
    if (res->sse)
        return "text/event-stream; charset=utf-8";
    return res->type ? res->type : JSON_TYPE;
}

static void add_own(struct MHD_Response *r, const struct http_res *res)
{
    for (int i = 0; i < res->n_headers; i++)
        add(r, res->header[i].name, res->header[i].value);
}

static struct MHD_Response *broken(struct http_req *req, const char *why)
{
    log_error("%s %s: %s", req->method, req->target.path, why);
    req->status = 500;
    req->streaming = false;
    return error_body(req->english, RC_INTERNAL, &(struct err){0}, &req->bytes);
}

/* Runs in the worker. Takes what res owns. */
struct MHD_Response *response_of(struct http_req *req, enum rc rc, struct http_res *res,
                                 const struct err *e)
{
    struct MHD_Response *r;
    if (!headers_allowed(req, res)) {
        r = broken(req, "the handler set a header that is not allowed");
    } else if (rc != RC_OK) {
        if (rc == RC_INTERNAL)
            log_error("%s %s: %s", req->method, req->target.path, e->en);
        req->status = rc_status(rc);
        r = error_body(req->english, rc, e, &req->bytes);
        add_own(r, res);
    } else if (res->status < 200 || res->status > 599 || !(r = from_res(req, res))) {
        r = broken(req, "the handler's answer cannot be sent");
    } else {
        if (req->status != 204 && req->status != 304)
            add(r, "Content-Type", type_of(res));
        if (res->sse)
            add(r, "X-Accel-Buffering", "no"); /* a proxy in front must not hold events back */
        add_own(r, res);
    }
    res_discard(res);
    stream_drop(req);
    add_security(req->server, r);
    return r;
}
