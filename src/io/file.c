/* SPDX-License-Identifier: Apache-2.0 */
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rand.h"
#include "io/io_int.h"

enum { FIRST_READ = 4096, PATH_SIZE = PATH_MAX };

static enum rc cannot_read(struct err *e, int number, const char *path)
{
    return io_fail(e, number, "无法读取", "cannot read", path);
}

static enum rc cannot_write(struct err *e, int number, const char *path)
{
    return io_fail(e, number, "无法写入", "cannot write", path);
}

static enum rc too_big(struct err *e, const char *path, size_t limit)
{
    char bytes[24];
    snprintf(bytes, sizeof bytes, "%zu", limit);
    return fail(e, RC_TOO_BIG, NULL, "{path} 太大，最多 {limit} 字节",
                "{path} is larger than {limit} bytes", "path", path, "limit", bytes, NULL);
}

/* Files of /proc say they are empty and others grow while they are read, so the size is only a
 * first guess. One byte more than the limit is read to know that there is more. */
static enum rc read_to_end(struct arena *a, int fd, const char *path, size_t guess, size_t limit,
                           char **out, size_t *n, struct err *e)
{
    size_t cap = guess + 1 > FIRST_READ ? guess + 1 : FIRST_READ, len = 0;
    char *text = arena_alloc(a, cap + 1);
    for (;;) {
        ssize_t got = read(fd, text + len, cap - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return cannot_read(e, errno, path);
        if (got == 0)
            break;
        len += (size_t)got;
        if (len > limit)
            return too_big(e, path, limit);
        if (len == cap) {
            char *more = arena_alloc(a, 2 * cap + 1);
            memcpy(more, text, len);
            text = more;
            cap *= 2;
        }
    }
    text[len] = '\0';
    *out = text;
    *n = len;
    return RC_OK;
}

enum rc file_read(struct arena *a, const char *path, size_t limit, char **out, size_t *n,
                  struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return cannot_read(e, errno, path);
    struct stat st;
    enum rc rc;
    if (fstat(fd, &st) != 0)
        rc = cannot_read(e, errno, path);
    else if (!S_ISREG(st.st_mode))
        rc = fail(e, RC_INVALID, NULL, "{path} 不是普通文件", "{path} is not a regular file",
                  "path", path, NULL);
    else if (st.st_size > 0 && (size_t)st.st_size > limit)
        rc = too_big(e, path, limit);
    else
        rc = read_to_end(a, fd, path, (size_t)st.st_size, limit, out, n, e);
    close(fd);
    return rc;
}

/* The folder of a path: "." when it has no slash. False when it does not fit. */
static bool folder_of(const char *path, char out[PATH_SIZE])
{
    const char *slash = strrchr(path, '/');
    size_t n = !slash ? 0 : slash == path ? 1 : (size_t)(slash - path);
    if (n >= PATH_SIZE)
        return false;
    memcpy(out, n ? path : ".", n ? n : 1);
    out[n ? n : 1] = '\0';
    return true;
}

enum rc file_sync_folder(const char *path, struct err *e)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return cannot_write(e, errno, path);
    int number = fsync(fd) == 0 ? 0 : errno;
    close(fd);
    return number == 0 ? RC_OK : cannot_write(e, number, path);
}

/* 0 or the errno; closes fd in any case. */
static int fill(int fd, const void *data, size_t n, mode_t mode)
{
    int number = fchmod(fd, mode) == 0 ? 0 : errno;
    if (number == 0)
        number = io_write_all(fd, data, n);
    if (number == 0 && fsync(fd) != 0)
        number = errno;
    if (close(fd) != 0 && number == 0)
        number = errno;
    return number;
}

enum rc file_write(const char *path, const void *data, size_t n, mode_t mode, struct err *e)
{
    char folder[PATH_SIZE], temp[PATH_SIZE], unique[17];
    rand_hex(unique, 8);
    int len = snprintf(temp, sizeof temp, "%s.%s.tmp", path, unique);
    if (len < 0 || (size_t)len >= sizeof temp || !folder_of(path, folder))
        return cannot_write(e, ENAMETOOLONG, path);
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return cannot_write(e, errno, path);
    int number = fill(fd, data, n, mode);
    if (number == 0 && rename(temp, path) != 0)
        number = errno;
    if (number != 0) {
        unlink(temp);
        return cannot_write(e, number, path);
    }
    return file_sync_folder(folder, e);
}

static int make_one(const char *path, mode_t mode)
{
    if (mkdir(path, mode) == 0)
        return 0;
    int number = errno;
    struct stat st;
    if (stat(path, &st) == 0)
        return S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
    return number;
}

enum rc file_make_folders(const char *path, mode_t mode, struct err *e)
{
    char part[PATH_SIZE];
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof part)
        return io_fail(e, n ? ENAMETOOLONG : ENOENT, "无法建立文件夹", "cannot make folder", path);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        int number = make_one(part, mode);
        if (number != 0)
            return io_fail(e, number, "无法建立文件夹", "cannot make folder", part);
    }
    return RC_OK;
}

bool file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}
