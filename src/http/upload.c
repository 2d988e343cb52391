/* SPDX-License-Identifier: Apache-2.0 */
/* Raw bodies go to a file of their own while their SHA-256 is computed, so a photo never sits in
 * memory. Written by the I/O thread: into the page cache, a few hundred MB/s at worst. Durability
 * (fsync) belongs to the handler that keeps the file. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/rand.h"
#include "http/http_int.h"

#define SPOOL_PREFIX "upload-"

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

enum rc upload_open(struct http_req *req, struct err *e)
{
    struct http_server *s = req->server;
    if (!s->spool_dir)
        return fail(e, RC_INTERNAL, NULL, "未设置上传目录", "No spool folder is configured", NULL);
    req->counted_upload = true;
    if (atomic_fetch_add(&s->uploads, 1) >= UPLOADS_AT_ONCE)
        return fail(e, RC_BUSY, NULL, "同时上传的人太多，请稍后再试",
                    "Too many uploads at once; try again later", NULL);
    char name[33];
    rand_hex(name, 16);
    char *path = arena_printf(req->arena, "%s/" SPOOL_PREFIX "%s", s->spool_dir, name);
    req->spool_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (req->spool_fd < 0)
        return spool_error("open", e);
    req->spool_path = path;
    req->hasher = hasher_new();
    return RC_OK;
}

enum rc upload_write(struct http_req *req, const char *data, size_t n, struct err *e)
{
    if (req->received + n > req->server->upload_limit)
        return fail(e, RC_TOO_BIG, NULL, "文件太大", "The file is too large", NULL);
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
    if (req->spool_path && unlink(req->spool_path) != 0 && errno != ENOENT)
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
        if (strncmp(f->d_name, SPOOL_PREFIX, strlen(SPOOL_PREFIX)) != 0)
            continue;
        if (fstatat(dirfd(d), f->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
            st.st_mtime < yesterday)
            (void)unlinkat(dirfd(d), f->d_name, 0);
    }
    closedir(d);
}
