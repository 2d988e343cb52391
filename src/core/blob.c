/* SPDX-License-Identifier: Apache-2.0 */
/* The store of bytes: DATA/files/ab/cdef…, named by their SHA-256. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "core/file_int.h"
#include "io/file.h"

const char *blob_path(struct cx *cx, const char *sha256)
{
    return arena_printf(cx->a, "%s/files/%.2s/%s", cx->data_dir, sha256, sha256 + 2);
}

static const char *folder_path(struct cx *cx, const char *sha256)
{
    return arena_printf(cx->a, "%s/files/%.2s", cx->data_dir, sha256);
}

static enum rc not_stored(struct cx *cx, int number)
{
    if (number == ENOSPC || number == EDQUOT || number == EFBIG)
        return FAIL(cx, RC_BUSY, "file", "磁盘已满，文件未保存",
                    "disk full, the file was not stored");
    return FAIL(cx, RC_INTERNAL, "file", "文件保存失败", "cannot store the file");
}

int blob_lock(struct cx *cx, bool exclusive)
{
    const char *dir = arena_printf(cx->a, "%s/files", cx->data_dir);
    (void)mkdir(dir, 0700); /* there already, mostly */
    int fd = open(arena_printf(cx->a, "%s/.lock", dir), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    while (fd >= 0 && flock(fd, exclusive ? LOCK_EX : LOCK_SH) != 0)
        if (errno != EINTR) {
            close(fd);
            fd = -1;
        }
    if (fd < 0)
        (void)not_stored(cx, errno);
    return fd;
}

/* A new folder must be on the disk before what is in it counts as stored. */
static enum rc make_folder(struct cx *cx, const char *sha256)
{
    const char *dir = folder_path(cx, sha256);
    if (mkdir(dir, 0700) != 0)
        return errno == EEXIST ? RC_OK : not_stored(cx, errno);
    return file_sync_folder(arena_printf(cx->a, "%s/files", cx->data_dir), &cx->err);
}

static int sync_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int number = fd >= 0 && fsync(fd) == 0 ? 0 : errno;
    if (fd >= 0)
        close(fd);
    return number;
}

enum rc blob_move(struct cx *cx, const char *path, const char *sha256)
{
    enum rc rc = make_folder(cx, sha256);
    if (rc)
        return rc;
    int number = sync_file(path);
    if (!number && rename(path, blob_path(cx, sha256)) != 0)
        number = errno;
    return number ? not_stored(cx, number) : file_sync_folder(folder_path(cx, sha256), &cx->err);
}

enum rc blob_write(struct cx *cx, const void *data, size_t n, char sha256[65])
{
    hash_hex(data, n, sha256);
    enum rc rc = make_folder(cx, sha256);
    errno = 0;
    if (!rc && file_write(blob_path(cx, sha256), data, n, 0600, NULL))
        rc = not_stored(cx, errno);
    return rc;
}
