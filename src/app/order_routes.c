/* SPDX-License-Identifier: Apache-2.0 */
/* Routes of work orders beyond records: suggestions, the story of one order, the printed event
 * record, and what people without an account may do behind a label. */
#include "app/order_routes.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/file.h"
#include "http/api.h"
#include "mod/work_order/work_order.h"
#include "proto/photo.h"

static enum rc id_in(struct api_call *c, const char *name, int64_t *out)
{
    const char *text = http_query(c->req, name);
    char *end;
    *out = 0;
    if (!text || !*text)
        return RC_OK;
    *out = strtoll(text, &end, 10);
    if (!*end && *out > 0)
        return RC_OK;
    return FAIL(c->cx, RC_INVALID, name, "{name} 应为记录编号", "{name} must be an id", "name",
                name);
}

static enum rc suggest(struct api_call *c)
{
    const char *what = http_segment(c->req, "what");
    struct suggest s = {.q = http_query(c->req, "q"),
                        .caller = http_query(c->req, "caller"),
                        .line = http_query(c->req, "line")};
    enum rc rc = id_in(c, "site_id", &s.site_id);
    if (!rc)
        rc = id_in(c, "asset_id", &s.asset_id);
    if (!rc)
        rc = id_in(c, "work_order_id", &s.work_order_id);
    if (rc)
        return rc;
    if (!strcmp(what, "asset"))
        return suggest_asset(c->cx, &s, c->w);
    if (!strcmp(what, "order"))
        return suggest_order(c->cx, &s, c->w);
    if (!strcmp(what, "engineer"))
        return suggest_engineer(c->cx, &s, c->w);
    return FAIL(c->cx, RC_NOT_FOUND, NULL, "没有这种建议", "no such suggestion");
}

static enum rc story(struct api_call *c)
{
    int64_t id;
    enum rc rc = api_id(c, &id);
    return rc ? rc : work_order_story(c->cx, id, c->w);
}

static enum rc event_record(struct api_call *c)
{
    int64_t id;
    enum rc rc = api_id(c, &id);
    if (rc)
        return rc;
    char *path = arena_printf(c->cx->a, "%s/run/event-XXXXXX", c->api->data_dir);
    int fd = mkstemp(path);
    if (fd < 0)
        return FAIL(c->cx, RC_BUSY, NULL, "不能写临时文件，磁盘可能已满",
                    "cannot write a temporary file");
    close(fd);
    rc = event_record_pdf(c->cx, id, path);
    c->res->file_fd = rc ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    unlink(path);
    c->res->type = "application/pdf";
    http_set_header(c->req, c->res, "Content-Disposition", "inline; filename=\"event-record.pdf\"");
    return rc;
}

/* The key of the reporter's progress page, and the token of a label. */
static enum rc progress_key(struct api_call *c)
{
    int64_t id;
    const char *token;
    enum rc rc = api_id(c, &id);
    if (!rc)
        rc = order_token(c->cx, id, &token);
    if (rc)
        return rc;
    jw_object(c->w);
    jw_kt(c->w, "token", token);
    jw_end_object(c->w);
    return RC_OK;
}

static enum rc label(struct api_call *c)
{
    int64_t id;
    struct row *row;
    const char *token, *kind = http_segment(c->req, "kind");
    const struct kind *k = strcmp(kind, "asset") && strcmp(kind, "site") ? NULL : record_kind(kind);
    enum rc rc = api_id(c, &id);
    if (!rc && !k)
        rc = FAIL(c->cx, RC_NOT_FOUND, NULL, "只有设备和站点有标签",
                  "only assets and sites have labels");
    if (!rc)
        rc = record_get(c->cx, k, id, &row);
    if (!rc)
        rc = qr_token(c->cx, kind, id, &token);
    if (rc)
        return rc;
    jw_object(c->w);
    jw_kt(c->w, "token", token);
    jw_kt(c->w, "path", arena_printf(c->cx->a, "/q/%s", token));
    jw_end_object(c->w);
    return RC_OK;
}

/* --- without login: nobody acts, also when the browser has a session's cookie --- */

static void as_nobody(struct api_call *c)
{
    c->cx->actor =
        (struct actor){.type = ACTOR_NOBODY, .name = "", .address = http_address(c->req)};
}

static enum rc device(struct api_call *c)
{
    as_nobody(c);
    return public_device(c->cx, http_segment(c->req, "token"), c->w);
}

static enum rc report(struct api_call *c)
{
    as_nobody(c);
    json_t *in;
    enum rc rc = http_json(c->req, &in, &c->cx->err);
    if (!rc)
        rc = public_report(c->cx, http_segment(c->req, "token"), in, c->w);
    c->res->status = 201;
    return rc;
}

/* Nobody stores anything but pictures here. */
static bool is_picture(const char *path)
{
    uint8_t head[12];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, head, sizeof head);
    if (fd >= 0)
        close(fd);
    return n > 0 && photo_type(head, (size_t)n) != PHOTO_NONE;
}

static enum rc photo(struct api_call *c)
{
    as_nobody(c);
    struct file f;
    uint64_t size;
    const char *sha256, *path = http_upload(c->req, &size, &sha256);
    if (!path)
        return FAIL(c->cx, RC_INVALID, "file", "没有收到文件", "no file received");
    if (!is_picture(path))
        return FAIL(c->cx, RC_INVALID, "file", "这不是图片，请拍照或选一张照片", "this is no picture");
    enum rc rc = public_upload(c->cx, http_segment(c->req, "token"));
    if (!rc)
        rc = file_store(c->cx, path, "photo.jpg", size, sha256, &f);
    if (rc)
        return rc;
    jw_object(c->w);
    jw_ki(c->w, "id", f.id);
    jw_kt(c->w, "sha256", f.sha256);
    jw_end_object(c->w);
    c->res->status = 201;
    return RC_OK;
}

static enum rc progress(struct api_call *c)
{
    as_nobody(c);
    return public_order(c->cx, http_segment(c->req, "no"), http_query(c->req, "token"), c->w);
}

static enum rc confirm(struct api_call *c)
{
    as_nobody(c);
    json_t *in;
    enum rc rc = http_json(c->req, &in, &c->cx->err);
    return rc ? rc : public_confirm(c->cx, http_segment(c->req, "no"), in, c->w);
}

#define ROUTE(name, flags)                                                                         \
    static enum rc h_##name(struct http_req *req, struct http_res *res, struct err *e, void *ctx)  \
    {                                                                                              \
        return api_run(req, res, e, ctx, name, flags);                                             \
    }
ROUTE(suggest, 0)
ROUTE(story, 0)
ROUTE(event_record, 0)
ROUTE(progress_key, 0)
ROUTE(label, 0)
ROUTE(device, API_PUBLIC | API_PASSIVE)
ROUTE(report, API_PUBLIC | API_WRITE | API_PASSIVE)
ROUTE(photo, API_PUBLIC | API_WRITE | API_PASSIVE)
ROUTE(progress, API_PUBLIC | API_PASSIVE)
ROUTE(confirm, API_PUBLIC | API_WRITE | API_PASSIVE)

/* clang-format off */
const struct http_route order_routes[] = {
    {"GET",  "/api/v1/suggest/:what",                 h_suggest},
    {"GET",  "/api/v1/work_order/:id/story",          h_story},
    {"GET",  "/api/v1/work_order/:id/event_record.pdf", h_event_record},
    {"GET",  "/api/v1/work_order/:id/progress_key",   h_progress_key},
    {"GET",  "/api/v1/:kind/:id/label",               h_label},
    {"GET",  "/api/v1/public/device/:token",          h_device},
    {"POST", "/api/v1/public/report/:token",          h_report},
    {"PUT",  "/api/v1/public/photo/:token",           h_photo, HTTP_UPLOAD},
    {"GET",  "/api/v1/public/order/:no",              h_progress},
    {"POST", "/api/v1/public/order/:no/confirm",      h_confirm},
    {NULL, NULL, NULL, 0}};
/* clang-format on */
