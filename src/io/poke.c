/* SPDX-License-Identifier: Apache-2.0 */
#include "io/poke.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/io_int.h"

enum { DRAIN_MAX = 1024 };

static bool address_of(const char *path, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof out->sun_path)
        return false;
    memcpy(out->sun_path, path, n);
    return true;
}

static int socket_new(void)
{
    return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static enum rc cannot_listen(struct err *e, int number, const char *path)
{
    return io_fail(e, number, "无法监听", "cannot listen at", path);
}

enum rc poke_listen(const char *path, int *fd_out, struct err *e)
{
    struct sockaddr_un address;
    if (!address_of(path, &address))
        return cannot_listen(e, ENAMETOOLONG, path);
    struct stat st;
    if (lstat(path, &st) == 0) {
        if (!S_ISSOCK(st.st_mode))
            return cannot_listen(e, EEXIST, path);
        unlink(path);
    }
    int fd = socket_new();
    if (fd < 0)
        return cannot_listen(e, errno, path);
    /* On Linux the mode of the unbound socket becomes that of its file: no moment with a wider
     * one, and the umask of the whole process stays untouched. */
    if (fchmod(fd, 0600) != 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        int number = errno;
        close(fd);
        return cannot_listen(e, number, path);
    }
    *fd_out = fd;
    return RC_OK;
}

void poke_close(int fd, const char *path)
{
    unlink(path);
    close(fd);
}

void poke_send(const char *path)
{
    struct sockaddr_un address;
    if (!address_of(path, &address))
        return;
    int keep = errno, fd = socket_new();
    if (fd >= 0) {
        (void)sendto(fd, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&address,
                     sizeof address);
        close(fd);
    }
    errno = keep;
}

int poke_drain(int fd)
{
    char byte;
    int n = 0;
    while (n < DRAIN_MAX) {
        ssize_t got = recv(fd, &byte, sizeof byte, MSG_DONTWAIT);
        if (got >= 0)
            n++;
        else if (errno != EINTR)
            break;
    }
    return n;
}
