/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence files over HTTP: uploads whole or in parts, and the faces of what is stored. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "core/file.h"
#include "http/api.h"

#define SHA_HEADER "X-Content-SHA256"

/* --- whole uploads --- */

/* SEC-18: what came is what was sent. */
static enum rc check_sha256(struct api_call *c, const char *sha256)
{
    const char *promised = http_header(c->req, SHA_HEADER);
    if (!promised || !strcasecmp(promised, sha256))
        return RC_OK;
    return FAIL(c->cx, RC_INVALID, SHA_HEADER, "收到的内容与校验值不符，请重传",
                "the bytes do not have the promised SHA-256: send them again");
}

static enum rc upload(struct api_call *c)
{
    struct file f;
    uint64_t size;
    const char *sha256, *path = http_upload(c->req, &size, &sha256);
    enum rc rc = path ? check_sha256(c, sha256)
                      : FAIL(c->cx, RC_INVALID, "file", "没有收到文件", "no file received");
    if (!rc)
        rc = file_store(c->cx, path, http_query(c->req, "name"), size, sha256, &f);
    c->res->status = 201;
    return rc ? rc : file_json(c->cx, f.id, c->w);
}

/* --- uploads that go on --- */

/* Hard to guess without the session's token, so the I/O thread needs no database to know whose it
 * is. */
static const char *part_name(struct http_req *req, const char *upload)
{
    bool bearer;
    char hash[HASH_HEX];
    const char *token = api_token(req, &bearer);
    if (!token || !*token || !upload)
        return NULL;
    const char *both = arena_printf(http_arena(req), "%s\n%s", token, upload);
    hash_hex(both, strlen(both), hash);
    return arena_strdup(http_arena(req), hash);
}

const char *file_part_path(struct http_req *req, void *ctx)
{
    const struct api *api = ctx;
    const char *name = part_name(req, http_segment(req, "upload"));
    return name ? arena_printf(http_arena(req), "%s/spool/" FILE_PART_PREFIX "%s", api->data_dir,
                               name)
                : NULL;
}

static enum rc part_json(struct api_call *c, const struct file_part *p)
{
    enum rc rc = RC_OK;
    http_set_header(c->req, c->res, "Upload-Offset",
                    arena_printf(c->cx->a, "%lld", (long long)p->offset));
    http_set_header(c->req, c->res, "Upload-Length",
                    arena_printf(c->cx->a, "%lld", (long long)p->size));
    jw_object(c->w);
    jw_kt(c->w, "id", p->upload);
    jw_ki(c->w, "size", p->size);
    jw_ki(c->w, "offset", p->offset);
    jw_key(c->w, "file");
    if (p->file_id)
        rc = file_json(c->cx, p->file_id, c->w);
    else
        jw_null(c->w);
    jw_end_object(c->w);
    return rc;
}

static enum rc begin_part(struct api_call *c)
{
    json_t *in;
    struct file_part p;
    enum rc rc = http_json(c->req, &in, &c->cx->err);
    if (rc)
        return rc;
    const char *id = json_string_value(json_object_get(in, "id")),
               *name = json_string_value(json_object_get(in, "name")),
               *sha256 = json_string_value(json_object_get(in, "sha256"));
    const json_t *size = json_object_get(in, "size");
    const char *missing = !id ? "id" : !json_is_integer(size) ? "size" : !sha256 ? "sha256" : NULL;
    if (missing)
        return FAIL(c->cx, RC_INVALID, missing, "登记上传需要 id、name、size、sha256",
                    "an upload is registered with id, name, size and sha256");
    rc = file_part_begin(c->cx, id, part_name(c->req, id), name ? name : "",
                         json_integer_value(size), sha256, &p);
    c->res->status = 201;
    return rc ? rc : part_json(c, &p);
}

static enum rc find_part(struct api_call *c)
{
    struct file_part p;
    enum rc rc = file_part_find(c->cx, http_segment(c->req, "upload"), &p);
    return rc ? rc : part_json(c, &p);
}

/* The body has been appended by now; with the last byte the file is stored. */
static enum rc go_on_part(struct api_call *c)
{
    struct file f;
    struct file_part p;
    const char *upload = http_segment(c->req, "upload");
    enum rc rc = file_part_end(c->cx, upload, &f);
    c->res->status = 201;
    if (!rc)
        return file_json(c->cx, f.id, c->w);
    if (rc != RC_CONFLICT || strcmp(c->cx->err.field, "Upload-Offset"))
        return rc;
    c->res->status = 202; /* more is to come */
    rc = file_part_find(c->cx, upload, &p);
    return rc ? rc : part_json(c, &p);
}

/* --- what is served --- */

/* RFC 6266 with RFC 8187: an ASCII name for old readers, the true one in UTF-8. */
static const char *disposition(struct api_call *c, const char *word, const char *name)
{
    struct buf b = {0};
    buf_printf(&b, "%s; filename=\"", word);
    for (const char *s = name; *s;) {
        uint32_t cp = utf8_next(&s);
        buf_char(&b,
                 cp >= 0x20 && cp < 0x7f && cp != '"' && cp != '\\' && cp != '%' ? (char)cp : '_');
    }
    buf_text_add(&b, "\"; filename*=UTF-8''");
    for (const unsigned char *s = (const unsigned char *)name; *s; s++)
        if (isalnum(*s) || strchr("!#$&+-.^_`|~", *s))
            buf_char(&b, (char)*s);
        else
            buf_printf(&b, "%%%02X", *s);
    const char *text = arena_strdup(c->cx->a, buf_text(&b));
    buf_free(&b);
    return text;
}

/* Only pictures are shown in place; a copy in another format has the name for it. */
static const char *served_name(struct api_call *c, const struct file *f, enum file_face face)
{
    const char *dot = strrchr(f->name, '.');
    int n = dot ? (int)(dot - f->name) : (int)strlen(f->name);
    if (face == FILE_ORIGINAL || face == FILE_CLEAN)
        return f->name;
    return arena_printf(c->cx->a, "%.*s-%s.jpg", n, f->name,
                        face == FILE_MARKED ? "marked" : "thumb");
}

/* "bytes=a-b" of a file of n bytes: one range, the rest is answered whole as RFC 9110 allows. */
static bool one_range(const char *text, uint64_t n, uint64_t *from, uint64_t *length)
{
    char *end;
    if (!text || strncmp(text, "bytes=", 6) || strchr(text, ',') || n == 0)
        return false;
    text += 6;
    if (*text == '-') {
        uint64_t last = isdigit((unsigned char)text[1]) ? strtoull(text + 1, &end, 10) : 0;
        if (!last || *end)
            return false;
        *from = last < n ? n - last : 0;
        *length = n - *from;
        return true;
    }
    if (!isdigit((unsigned char)*text))
        return false;
    *from = strtoull(text, &end, 10);
    if (*end != '-' || *from >= n)
        return false;
    uint64_t to = isdigit((unsigned char)end[1]) ? strtoull(end + 1, &end, 10) : (end++, n - 1);
    if (*end || to < *from)
        return false;
    *length = (to < n ? to + 1 : n) - *from;
    return true;
}

static void serve_range(struct api_call *c)
{
    struct stat st;
    uint64_t from, length;
    http_set_header(c->req, c->res, "Accept-Ranges", "bytes");
    if (fstat(c->res->file_fd, &st) != 0 ||
        !one_range(http_header(c->req, "Range"), (uint64_t)st.st_size, &from, &length))
        return;
    c->res->status = 206;
    c->res->file_from = from;
    c->res->file_length = length;
    http_set_header(c->req, c->res, "Content-Range",
                    arena_printf(c->cx->a, "bytes %llu-%llu/%lld", (unsigned long long)from,
                                 (unsigned long long)(from + length - 1), (long long)st.st_size));
}

static enum rc serve(struct api_call *c, enum file_face face)
{
    struct file f;
    int64_t id;
    const char *range = http_header(c->req, "Range");
    bool goes_on = range && strncmp(range, "bytes=0-", 8) != 0; /* a view that has been noted */
    enum rc rc = api_id(c, &id);
    if (!rc)
        rc = file_open(c->cx, id, face, goes_on, &f, &c->res->file_fd);
    if (rc)
        return rc;
    bool shown = !strncmp(f.type, "image/", 6);
    c->res->type = strcmp(f.type, "text/plain") ? f.type : "text/plain; charset=utf-8";
    http_set_header(c->req, c->res, "Content-Disposition",
                    disposition(c, shown ? "inline" : "attachment", served_name(c, &f, face)));
    http_set_header(c->req, c->res, "Content-Security-Policy", "sandbox; default-src 'none'");
    http_set_header(c->req, c->res, "Cross-Origin-Resource-Policy", "same-origin");
    http_set_header(c->req, c->res, "Cache-Control",
                    face == FILE_ORIGINAL || face == FILE_MARKED ? "no-store"
                                                                 : "private, max-age=3600");
    serve_range(c);
    return RC_OK;
}

static enum rc clean(struct api_call *c)
{
    return serve(c, FILE_CLEAN);
}

static enum rc original(struct api_call *c)
{
    return serve(c, FILE_ORIGINAL);
}

static enum rc marked(struct api_call *c)
{
    return serve(c, FILE_MARKED);
}

static enum rc thumb(struct api_call *c)
{
    const char *size = http_query(c->req, "size");
    if (!size || !strcmp(size, "320"))
        return serve(c, FILE_SMALL);
    if (!strcmp(size, "1280"))
        return serve(c, FILE_LARGE);
    return FAIL(c->cx, RC_INVALID, "size", "size 应为 320 或 1280", "size is 320 or 1280");
}

static enum rc about(struct api_call *c)
{
    int64_t id;
    enum rc rc = api_id(c, &id);
    return rc ? rc : file_json(c->cx, id, c->w);
}

#define ROUTE(name, flags)                                                                         \
    static enum rc h_##name(struct http_req *req, struct http_res *res, struct err *e, void *ctx)  \
    {                                                                                              \
        return api_run(req, res, e, ctx, name, flags);                                             \
    }
/* clang-format off */
ROUTE(upload, API_WRITE)
ROUTE(begin_part, API_WRITE)
ROUTE(find_part, 0)
ROUTE(go_on_part, API_WRITE)
ROUTE(clean, 0)
ROUTE(original, 0)
ROUTE(marked, 0)
ROUTE(thumb, 0)
ROUTE(about, 0)

const struct http_route file_routes[] = {
    {"PUT",  "/api/v1/file",                h_upload, HTTP_UPLOAD},
    {"POST", "/api/v1/file/upload",         h_begin_part},
    {"GET",  "/api/v1/file/upload/:upload", h_find_part},
    {"PUT",  "/api/v1/file/upload/:upload", h_go_on_part, HTTP_UPLOAD | HTTP_RESUME},
    {"GET",  "/api/v1/file/:id",            h_clean},
    {"GET",  "/api/v1/file/:id/original",   h_original},
    {"GET",  "/api/v1/file/:id/marked",     h_marked},
    {"GET",  "/api/v1/file/:id/thumb",      h_thumb},
    {"GET",  "/api/v1/file/:id/about",      h_about},
    {NULL, NULL, NULL, 0}};
/* clang-format on */
