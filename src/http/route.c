/* SPDX-License-Identifier: Apache-2.0 */
/* The first segment in which two fitting routes differ decides: the literal one wins. Among the
 * routes of a path only those of the method compete, so "GET /:kind/:id" may stand beside
 * "POST /:kind/import" without hiding a record whose id is a word. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "http/http_int.h"

static enum rc compile_one(struct route *r, const struct http_route *def, char **text,
                           struct err *e)
{
    r->def = def;
    const char *s = def->path;
    while (*s == '/' && s[1] != '\0') {
        size_t n = strcspn(s + 1, "/");
        if (n == 0 || r->n_segments == ROUTE_SEGMENTS)
            break;
        memcpy(*text, s + 1, n);
        (*text)[n] = '\0';
        if (**text != ':')
            r->literals |= UINT32_C(1) << (31 - r->n_segments);
        r->segment[r->n_segments++] = *text;
        *text += n + 1;
        s += n + 1;
    }
    if (strcmp(def->path, "/") != 0 && (*s != '\0' || r->n_segments == 0))
        return fail(e, RC_INTERNAL, NULL, "路由写法不对：{path}", "Malformed route: {path}", "path",
                    def->path, NULL);
    return RC_OK;
}

enum rc routes_compile(struct http_server *s, const struct http_route *routes, struct err *e)
{
    size_t n = 0, bytes = 1;
    for (; routes && routes[n].method; n++)
        bytes += strlen(routes[n].path) + 1;
    s->routes = calloc(n + 1, sizeof *s->routes);
    s->route_text = calloc(bytes, 1);
    if (!s->routes || !s->route_text)
        die("out of memory");
    char *text = s->route_text;
    for (size_t i = 0; i < n; i++) {
        enum rc rc = compile_one(&s->routes[i], &routes[i], &text, e);
        if (rc != RC_OK)
            return rc;
    }
    s->n_routes = (int)n;
    return RC_OK;
}

void routes_free(struct http_server *s)
{
    free(s->routes);
    free(s->route_text);
}

static bool path_fits(const struct route *r, const struct target *t)
{
    if (r->n_segments != t->n_segments || (t->directory && t->n_segments > 0))
        return false;
    for (int i = 0; i < r->n_segments; i++)
        if (r->segment[i][0] != ':' && strcmp(r->segment[i], t->segment[i]) != 0)
            return false;
    return true;
}

static bool method_fits(const char *of_route, const char *method)
{
    return strcmp(of_route, method) == 0 ||
           (strcmp(method, "HEAD") == 0 && strcmp(of_route, "GET") == 0);
}

static void allow_add(struct buf *b, const char *method)
{
    const char *at = b->len ? strstr(b->data, method) : NULL;
    size_t n = strlen(method);
    if (at && (at[n] == ',' || at[n] == '\0') && (at == b->data || at[-1] == ' '))
        return;
    if (b->len)
        buf_text_add(b, ", ");
    buf_text_add(b, method);
    if (strcmp(method, "GET") == 0)
        buf_text_add(b, ", HEAD");
}

static enum rc wrong_method(struct http_req *req, struct buf *allow, int *status, struct err *e)
{
    buf_text_add(allow, ", OPTIONS");
    req->allow = arena_strdup(req->arena, buf_text(allow));
    *status = strcmp(req->method, "OPTIONS") == 0 ? 204 : 405;
    return fail(e, RC_INVALID, NULL, "此网址不支持 {method}，可用：{allow}",
                "This address does not support {method}; allowed: {allow}", "method", req->method,
                "allow", req->allow, NULL);
}

static bool is_api(const struct target *t)
{
    return t->n_segments > 0 && strcmp(t->segment[0], "api") == 0;
}

enum rc route_find(struct http_req *req, int *status, struct err *e)
{
    struct http_server *s = req->server;
    struct buf allow = {0};
    const struct route *best = NULL;
    for (int i = 0; i < s->n_routes; i++) {
        const struct route *r = &s->routes[i];
        if (!path_fits(r, &req->target))
            continue;
        allow_add(&allow, r->def->method);
        if (method_fits(r->def->method, req->method) && (!best || r->literals > best->literals))
            best = r;
    }
    bool is_static = !best && !allow.len && s->statics.dir >= 0 && !is_api(&req->target);
    if (is_static)
        allow_add(&allow, "GET");
    req->route = best;
    enum rc rc = RC_OK;
    if (!best && !allow.len) {
        *status = 404;
        rc = fail(e, RC_NOT_FOUND, NULL, "没有这个网址", "There is no such address", NULL);
    } else if (!best && !(is_static && method_fits("GET", req->method))) {
        rc = wrong_method(req, &allow, status, e);
    }
    buf_free(&allow);
    return rc;
}

const char *route_segment(const struct http_req *req, const char *name)
{
    const struct route *r = req->route;
    for (int i = 0; r && i < r->n_segments; i++)
        if (r->segment[i][0] == ':' && strcmp(r->segment[i] + 1, name) == 0)
            return req->target.segment[i];
    return NULL;
}
