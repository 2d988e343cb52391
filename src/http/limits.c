/* SPDX-License-Identifier: Apache-2.0 */
/* Request smuggling and size checks that libmicrohttpd 0.9.75 leaves to us even when strict: it
 * takes Content-Length beside Transfer-Encoding, repeated Content-Length and any transfer coding.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/http_int.h"

static int header_count(const struct http_req *req, const char *name)
{
    int n = 0;
    for (int i = 0; i < req->n_headers; i++)
        n += strcasecmp(req->header[i].name, name) == 0;
    return n;
}

static bool all_digits(const char *s)
{
    return s[0] != '\0' && s[strspn(s, "0123456789")] == '\0' && strlen(s) <= 18;
}

static enum rc framing(struct err *e)
{
    return fail(e, RC_INVALID, NULL, "请求头自相矛盾，已拒绝",
                "The headers contradict each other; the request was refused", NULL);
}

static bool name_is_token(const char *s)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return s[0] != '\0' && s[strspn(s, token)] == '\0';
}

static bool headers_clean(const struct http_req *req)
{
    for (int i = 0; i < req->n_headers; i++) {
        if (!req->header[i].value || !name_is_token(req->header[i].name))
            return false; /* value NULL: it held a NUL or another control character */
    }
    return true;
}

enum rc limits_check(struct http_req *req, const char *version, int *status, struct err *e)
{
    size_t size = MHD_get_connection_info(req->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
                      ->header_size;
    if (size > HEADER_LIMIT) {
        *status = 431;
        return fail(e, RC_TOO_BIG, NULL, "请求头太大", "The header block is too large", NULL);
    }
    *status = 400;
    bool one_one = strcmp(version, "HTTP/1.1") == 0;
    if (!one_one && strcmp(version, "HTTP/1.0") != 0)
        return fail(e, RC_INVALID, NULL, "不支持的 HTTP 版本", "Unsupported HTTP version", NULL);
    if (!headers_clean(req))
        return fail(e, RC_INVALID, NULL, "请求头不合规", "A header is malformed", NULL);
    int hosts = header_count(req, "Host");
    int lengths = header_count(req, "Content-Length");
    int codings = header_count(req, "Transfer-Encoding");
    if (hosts > 1 || (one_one && hosts == 0) || lengths > 1 || codings > 1 ||
        (lengths && codings) || (codings && !one_one))
        return framing(e);
    if (codings && strcasecmp(http_header(req, "Transfer-Encoding"), "chunked") != 0)
        return framing(e);
    if (lengths && !all_digits(http_header(req, "Content-Length")))
        return framing(e);
    return RC_OK;
}

uint64_t limits_content_length(const struct http_req *req)
{
    const char *text = http_header(req, "Content-Length");
    if (text)
        return strtoull(text, NULL, 10);
    return http_header(req, "Transfer-Encoding") ? UINT64_MAX : 0;
}

enum rc limits_body(const struct http_req *req, int *status, struct err *e)
{
    uint64_t length = limits_content_length(req);
    const char *type = http_header(req, "Content-Type");
    if (length > 0 && type && strncasecmp(type, "multipart/", 10) == 0) {
        *status = 415;
        return fail(e, RC_INVALID, NULL, "不接受 multipart，请直接发送文件内容",
                    "Multipart is not accepted; send the raw bytes of the file", NULL);
    }
    bool upload = req->route && (req->route->def->flags & HTTP_UPLOAD);
    uint64_t limit = upload ? req->server->upload_limit : BODY_LIMIT;
    if (length != UINT64_MAX && length > limit) {
        *status = 413;
        return fail(e, RC_TOO_BIG, NULL, "内容太大", "The body is too large", NULL);
    }
    return RC_OK;
}
