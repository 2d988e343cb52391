/* SPDX-License-Identifier: Apache-2.0 */
/* Raw bodies go to a file of their own while their SHA-256 is computed, so a photo never sits in
 * memory. Written by the I/O thread: into the page cache, a few hundred MB/s at worst. Durability
 * (fsync) belongs to the handler that keeps the file. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/rand.h"
#include "http/http_int.h"

#define SPOOL_PREFIX "upload-"
#define PART_PREFIX "part-" /* of core/file.h: bytes of a resumed upload */

static enum rc no_room(struct err *e)
{
    return fail(e, RC_BUSY, NULL, "服务器存储空间不足，文件未保存，请联系管理员",
                "The server is out of storage; the file was not saved, tell the administrator",
                NULL);
}

static enum rc spool_error(const char *what, struct err *e)
{
    int error = errno;
    log_error("spool: %s: %s", what, strerror(error));
    if (error == ENOSPC || error == EDQUOT || error == EFBIG)
        return no_room(e);
    return fail(e, RC_INTERNAL, NULL, "文件无法暂存", "The file could not be spooled", NULL);
}

static enum rc no_part(struct err *e)
{
    return fail(e, RC_NOT_FOUND, NULL, "没有登记这个上传，或它已经传完",
                "No such upload is registered, or it is complete", NULL);
}

static enum rc wrong_offset(struct http_req *req, off_t here, struct err *e)
{
    char *n = arena_printf(req->arena, "%lld", (long long)here);
    return fail(e, RC_CONFLICT, "Upload-Offset", "已收到 {n} 字节，请从第 {n} 字节续传",
                "{n} bytes are here: go on from byte {n}", "n", n, NULL);
}

/* One writer at a time, and only into the file that still has that name: after the last byte it is
 * moved into the store under the same lock (core/file_part.c). */
static bool part_is_ours(int fd, const char *path, struct stat *st)
{
    struct stat named;
    return flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, st) == 0 && S_ISREG(st->st_mode) &&
           stat(path, &named) == 0 && named.st_ino == st->st_ino && named.st_dev == st->st_dev;
}

static enum rc part_open(struct http_req *req, struct err *e)
{
    struct http_server *s = req->server;
    const char *path = s->part_path ? s->part_path(req, s->ctx) : NULL;
    const char *offset = http_header(req, "Upload-Offset");
    struct stat st;
    if (!path)
        return no_part(e);
    if (!offset || !*offset || strlen(offset) > 15 || offset[strspn(offset, "0123456789")])
        return fail(e, RC_INVALID, "Upload-Offset", "续传需要 Upload-Offset：从第几个字节开始",
                    "Upload-Offset is needed: the byte to go on from", NULL);
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? no_part(e) : spool_error("open", e);
    enum rc rc = RC_OK;
    if (!part_is_ours(fd, path, &st))
        rc = fail(e, RC_CONFLICT, NULL, "这个文件正在另一个连接上传，请先查询已收到的字节数",
                  "Another connection still sends this file; ask for its offset first", NULL);
    else if (strtoll(offset, NULL, 10) != (long long)st.st_size)
        rc = wrong_offset(req, st.st_size, e);
    if (rc) {
        close(fd);
        return rc;
    }
    req->spool_fd = fd;
    req->spool_path = arena_strdup(req->arena, path);
    req->is_part = true;
    req->part_offset = (uint64_t)st.st_size;
    return RC_OK;
}

static enum rc spool_open(struct http_req *req, struct err *e)
{
    char name[33];
    rand_hex(name, 16);
    char *path = arena_printf(req->arena, "%s/" SPOOL_PREFIX "%s", req->server->spool_dir, name);
    req->spool_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (req->spool_fd < 0)
        return spool_error("open", e);
    req->spool_path = path;
    req->hasher = hasher_new();
    return RC_OK;
}

enum rc upload_open(struct http_req *req, struct err *e)
{
    struct http_server *s = req->server;
    if (!s->spool_dir)
        return fail(e, RC_INTERNAL, NULL, "未设置上传目录", "No spool folder is configured", NULL);
    req->counted_upload = true;
    if (atomic_fetch_add(&s->uploads, 1) >= UPLOADS_AT_ONCE)
        return fail(e, RC_BUSY, NULL, "同时上传的人太多，请稍后再试",
                    "Too many uploads at once; try again later", NULL);
    return req->route->def->flags & HTTP_RESUME ? part_open(req, e) : spool_open(req, e);
}

enum rc upload_write(struct http_req *req, const char *data, size_t n, struct err *e)
{
    if (req->part_offset + req->received + n > req->server->upload_limit)
        return fail(e, RC_TOO_BIG, NULL, "文件太大", "The file is too large", NULL);
    if (req->hasher)
        hasher_add(req->hasher, data, n);
    req->received += n;
    while (n > 0) {
        ssize_t w = write(req->spool_fd, data, n);
        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0)
            return spool_error("write", e);
        data += w;
        n -= (size_t)w;
    }
    return RC_OK;
}

enum rc upload_end(struct http_req *req, struct err *e)
{
    if (req->hasher)
        hasher_end(req->hasher, req->sha256);
    req->hasher = NULL;
    int fd = req->spool_fd;
    req->spool_fd = -1;
    return close(fd) == 0 ? RC_OK : spool_error("close", e);
}

void upload_free(struct http_req *req)
{
    char unused[HASH_HEX];
    if (req->hasher)
        hasher_end(req->hasher, unused);
    req->hasher = NULL;
    if (req->spool_fd >= 0)
        close(req->spool_fd);
    req->spool_fd = -1;
    if (req->spool_path && !req->is_part && unlink(req->spool_path) != 0 && errno != ENOENT)
        log_warn("spool: cannot delete a temporary file: %s", strerror(errno));
    req->spool_path = NULL;
    if (req->counted_upload)
        atomic_fetch_sub(&req->server->uploads, 1);
    req->counted_upload = false;
}

void upload_sweep(const char *dir)
{
    DIR *d = opendir(dir);
    if (!d)
        return;
    time_t yesterday = time(NULL) - 86400;
    for (struct dirent *f; (f = readdir(d));) {
        struct stat st;
        if (strncmp(f->d_name, SPOOL_PREFIX, strlen(SPOOL_PREFIX)) != 0 &&
            strncmp(f->d_name, PART_PREFIX, strlen(PART_PREFIX)) != 0)
            continue;
        if (fstatat(dirfd(d), f->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
            st.st_mtime < yesterday)
            (void)unlinkat(dirfd(d), f->d_name, 0);
    }
    closedir(d);
}
