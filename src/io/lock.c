/* SPDX-License-Identifier: Apache-2.0 */
#include "io/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "io/io_int.h"

enum { ROLE_MAX = 32, PID_TEXT = 16 };

static bool role_valid(const char *role)
{
    size_t n = strspn(role, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    return n > 0 && n <= ROLE_MAX && role[n] == '\0';
}

static enum rc busy(struct err *e, int fd, const char *folder, const char *role)
{
    char pid[PID_TEXT];
    ssize_t n = pread(fd, pid, sizeof pid - 1, 0);
    size_t digits = 0;
    while (n > 0 && digits < (size_t)n && pid[digits] >= '0' && pid[digits] <= '9')
        digits++;
    pid[digits] = '\0'; /* empty while the holder has not yet written it */
    return fail(e, RC_BUSY, NULL, "数据目录 {folder} 已被另一个 {role} 进程使用（进程号 {pid}）",
                "data folder {folder} is in use by another {role} process (pid {pid})", "folder",
                folder, "role", role, "pid", digits ? pid : "?", NULL);
}

/* The pid only serves the error text, so a full disk does not stop us. */
static void write_pid(int fd)
{
    char pid[PID_TEXT];
    int n = snprintf(pid, sizeof pid, "%d\n", (int)getpid());
    if (ftruncate(fd, 0) == 0)
        (void)io_write_all(fd, pid, (size_t)n);
}

enum rc lock_take(const char *folder, const char *role, struct lock *out, struct err *e)
{
    out->fd = -1;
    char path[PATH_MAX];
    if (!role_valid(role))
        return fail(e, RC_INVALID, NULL, "锁名无效：{role}", "no valid lock name: {role}", "role",
                    role, NULL);
    int n = snprintf(path, sizeof path, "%s/%s.lock", folder, role);
    if (n < 0 || (size_t)n >= sizeof path)
        return io_fail(e, ENAMETOOLONG, "无法锁定", "cannot lock", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return io_fail(e, errno, "无法锁定", "cannot lock", path);
    int done;
    do
        done = flock(fd, LOCK_EX | LOCK_NB);
    while (done != 0 && errno == EINTR);
    if (done != 0) {
        enum rc rc = errno == EWOULDBLOCK ? busy(e, fd, folder, role)
                                          : io_fail(e, errno, "无法锁定", "cannot lock", path);
        close(fd);
        return rc;
    }
    write_pid(fd);
    out->fd = fd;
    return RC_OK;
}

void lock_release(struct lock *l)
{
    if (l->fd >= 0) {
        flock(l->fd, LOCK_UN); /* a fork on its way to exec may hold a copy for a moment */
        close(l->fd);
    }
    l->fd = -1;
}
