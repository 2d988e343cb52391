/* SPDX-License-Identifier: Apache-2.0 */
/* The pages. Every component is opened below the folder without following symbolic links, so
 * neither
 * ".." nor a planted link leads out; names that begin with a dot are not served. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "http/http_int.h"

#define PAGE_POLICY                                                                                \
    "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "    \
    "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "         \
    "frame-ancestors 'none'; form-action 'self'"

struct found {
    int dir; /* where the file is, for its .gz neighbour */
    int fd;
    const char *name;
    bool immutable;
};

enum rc statics_open(struct statics *f, const char *dir, struct err *e)
{
    pthread_mutex_init(&f->mu, NULL);
    f->dir = -1;
    if (!dir)
        return RC_OK;
    f->dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (f->dir < 0)
        return fail(e, RC_INVALID, NULL, "网页目录打不开：{dir}：{why}",
                    "The folder of the pages cannot be opened: {dir}: {why}", "dir", dir, "why",
                    strerror(errno), NULL);
    return RC_OK;
}

void statics_close(struct statics *f)
{
    if (f->dir >= 0)
        close(f->dir);
    f->dir = -1;
    pthread_mutex_destroy(&f->mu);
}

static const char *media_type(const char *name)
{
    static const char *const types[][2] = {
        {"html", "text/html; charset=utf-8"},
        {"js", "text/javascript; charset=utf-8"},
        {"mjs", "text/javascript; charset=utf-8"},
        {"css", "text/css; charset=utf-8"},
        {"json", "application/json; charset=utf-8"},
        {"map", "application/json; charset=utf-8"},
        {"geojson", "application/geo+json; charset=utf-8"},
        {"webmanifest", "application/manifest+json; charset=utf-8"},
        {"txt", "text/plain; charset=utf-8"},
        {"xml", "application/xml; charset=utf-8"},
        {"svg", "image/svg+xml"},
        {"png", "image/png"},
        {"jpg", "image/jpeg"},
        {"jpeg", "image/jpeg"},
        {"gif", "image/gif"},
        {"webp", "image/webp"},
        {"ico", "image/x-icon"},
        {"woff", "font/woff"},
        {"woff2", "font/woff2"},
        {"ttf", "font/ttf"},
        {"wasm", "application/wasm"},
        {"pdf", "application/pdf"},
        {"mp3", "audio/mpeg"},
        {"mp4", "video/mp4"},
    };
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof types[0]; i++)
        if (strcasecmp(dot + 1, types[i][0]) == 0)
            return types[i][1];
    return "application/octet-stream";
}

static int open_folder(int root, const char **segment, int n)
{
    int dir = fcntl(root, F_DUPFD_CLOEXEC, 0);
    for (int i = 0; i < n && dir >= 0; i++) {
        int next = segment[i][0] == '.'
                       ? -1
                       : openat(dir, segment[i], O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        close(dir);
        dir = next;
    }
    return dir;
}

static int open_regular(int dir, const char *name)
{
    if (dir < 0 || name[0] == '.')
        return -1;
    /* O_NONBLOCK: a FIFO must not hold the worker before fstat has seen what it is. */
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static bool find_in(const struct statics *f, const char **segment, int n, const char *name,
                    struct found *out)
{
    out->dir = open_folder(f->dir, segment, n);
    out->fd = open_regular(out->dir, name);
    out->name = name;
    if (out->fd < 0 && out->dir >= 0)
        close(out->dir);
    return out->fd >= 0;
}

/* The file itself; else, for an address of the page's own router, the nearest index.html above. */
static bool find(const struct statics *f, const struct target *t, struct found *out)
{
    int n = t->n_segments;
    bool assets = n > 0 && strcmp(t->segment[0], "assets") == 0;
    out->immutable = assets;
    if (n > 0 && !t->directory && find_in(f, t->segment, n - 1, t->segment[n - 1], out))
        return true;
    if (n > 0 && (assets || strchr(t->segment[n - 1], '.')))
        return false;
    for (int i = n; i >= 0; i--)
        if (find_in(f, t->segment, i, "index.html", out))
            return true;
    return false;
}

static bool hash_file(int fd, char out[HASH_HEX])
{
    char block[16384];
    off_t at = 0;
    ssize_t n;
    struct hasher *h = hasher_new();
    while ((n = pread(fd, block, sizeof block, at)) > 0) {
        hasher_add(h, block, (size_t)n);
        at += n;
    }
    hasher_end(h, out);
    return n == 0;
}

/* The tag is of the content, so a redeployed but equal file stays cached everywhere. Remembered per
 * inode, size and time of change. */
static bool etag_of(struct statics *f, int fd, char out[40])
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return false;
    uint64_t mix = ((uint64_t)st.st_ino * 31 + (uint64_t)st.st_size) * UINT64_C(0x9E3779B97F4A7C15);
    struct etag *slot = &f->etag[(mix >> 40) % ETAGS];
    pthread_mutex_lock(&f->mu);
    bool known = slot->text[0] && slot->dev == st.st_dev && slot->ino == st.st_ino &&
                 slot->size == st.st_size && slot->mtime.tv_sec == st.st_mtim.tv_sec &&
                 slot->mtime.tv_nsec == st.st_mtim.tv_nsec;
    if (known)
        memcpy(out, slot->text, sizeof slot->text);
    pthread_mutex_unlock(&f->mu);
    if (known)
        return true;
    char hex[HASH_HEX];
    if (!hash_file(fd, hex))
        return false;
    snprintf(out, 40, "\"%.32s\"", hex);
    pthread_mutex_lock(&f->mu);
    *slot = (struct etag){st.st_dev, st.st_ino, st.st_size, st.st_mtim, ""};
    memcpy(slot->text, out, sizeof slot->text);
    pthread_mutex_unlock(&f->mu);
    return true;
}

static void prefer_gzip(struct http_req *req, struct http_res *res, struct found *f)
{
    int fd = open_regular(f->dir, arena_printf(req->arena, "%s.gz", f->name));
    if (fd < 0)
        return;
    http_set_header(req, res, "Vary", "Accept-Encoding");
    if (!coding_accepted(http_header(req, "Accept-Encoding"), "gzip")) {
        close(fd);
        return;
    }
    http_set_header(req, res, "Content-Encoding", "gzip");
    close(f->fd);
    f->fd = fd;
}

enum rc static_serve(struct http_req *req, struct http_res *res, struct err *e)
{
    struct statics *s = &req->server->statics;
    struct found f;
    if (!find(s, &req->target, &f))
        return fail(e, RC_NOT_FOUND, NULL, "没有这个网址", "There is no such address", NULL);
    prefer_gzip(req, res, &f);
    close(f.dir);
    res->file_fd = f.fd;
    res->type = media_type(f.name);
    char etag[40];
    if (!etag_of(s, f.fd, etag))
        return fail(e, RC_INTERNAL, NULL, "文件读取失败", "The file cannot be read", NULL);
    http_set_header(req, res, "ETag", etag);
    http_set_header(req, res, "Cache-Control",
                    f.immutable ? "public, max-age=31536000, immutable" : "no-cache");
    http_set_header(req, res, "Content-Security-Policy", PAGE_POLICY);
    if (etag_listed(http_header(req, "If-None-Match"), etag))
        res->status = 304;
    return RC_OK;
}
