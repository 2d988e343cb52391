/* SPDX-License-Identifier: Apache-2.0 */
#include "app/web_ledger.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/api.h"
#include "journal/journal.h"
#include "mod/asset/asset.h"
#include "mod/work_order/work_order.h"

#define GROUND_MAX (16 * 1024 * 1024)

static enum rc of_asset(struct api_call *c, enum rc (*f)(struct cx *, int64_t, struct jw *))
{
    int64_t id;
    enum rc rc = api_id(c, &id);
    return rc ? rc : f(c->cx, id, c->w);
}

static enum rc blast(struct api_call *c)
{
    return of_asset(c, asset_blast_json);
}

static enum rc history(struct api_call *c)
{
    return of_asset(c, asset_history_json);
}

static enum rc asset_file(struct api_call *c)
{
    return of_asset(c, asset_file_json);
}

/* The sub-district's own GeoJSON: DIR/map.geojson. Without it 204, and the page draws the neutral
 * ground that it carries. */
static enum rc ground(struct api_call *c)
{
    struct stat st;
    int fd = open(arena_printf(c->cx->a, "%s/map.geojson", c->api->data_dir), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        c->res->status = 204;
        return RC_OK;
    }
    if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > GROUND_MAX) {
        close(fd);
        return FAIL(c->cx, RC_TOO_BIG, NULL, "地图底图文件 map.geojson 不是普通文件或超过 16 MB",
                    "map.geojson is no plain file or larger than 16 MB");
    }
    c->res->file_fd = fd;
    c->res->type = "application/geo+json; charset=utf-8";
    return RC_OK;
}

static enum rc labels_of(struct api_call *c, const struct kind *k)
{
    struct query q;
    struct label_wish wish = {.size = http_query(c->req, "size")};
    const char *host = http_header(c->req, "Host");
    if (!cx_may(c->cx, arena_printf(c->cx->a, "%s.export", k->name)))
        return FAIL(c->cx, RC_DENIED, NULL, "您没有导出“{label}”的权限", "you may not export {name}", "label", k->label, "name",
                    k->label_en);
    wish.base = arena_printf(c->cx->a, "%s://%s", http_tls(c->req) ? "https" : "http", host ? host : "localhost");
    enum rc rc = api_query(c, &q);
    if (!rc)
        rc = label_sheet(c->cx, k, &q, &wish, &c->res->body);
    if (!rc)
        rc = journal_note(c->cx, k->name, 0, "labels", "{}", "ok");
    c->res->type = "application/pdf";
    http_set_header(c->req, c->res, "Content-Disposition", "inline; filename=\"labels.pdf\"");
    return rc;
}

static enum rc asset_labels(struct api_call *c)
{
    return labels_of(c, &asset_kind);
}

static enum rc site_labels(struct api_call *c)
{
    return labels_of(c, &site_kind);
}

#define ROUTE(name)                                                                                \
    static enum rc h_##name(struct http_req *req, struct http_res *res, struct err *e, void *ctx)  \
    {                                                                                              \
        return api_run(req, res, e, ctx, name, 0);                                                 \
    }
/* clang-format off */
ROUTE(blast)
ROUTE(history)
ROUTE(asset_file)
ROUTE(ground)
ROUTE(asset_labels)
ROUTE(site_labels)

const struct http_route ledger_routes[] = {
    {"GET", "/api/v1/asset/:id/blast",   h_blast},
    {"GET", "/api/v1/asset/:id/history", h_history},
    {"GET", "/api/v1/asset/:id/file",    h_asset_file},
    {"GET", "/api/v1/map/ground",        h_ground},
    {"GET", "/api/v1/asset/labels.pdf",  h_asset_labels},
    {"GET", "/api/v1/site/labels.pdf",   h_site_labels},
    {NULL},
};
/* clang-format on */
