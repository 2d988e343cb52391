/* SPDX-License-Identifier: Apache-2.0 */
/* tcp:PORT: a connect and nothing else. An open connection is aborted by RST, so neither side
 * keeps a TIME_WAIT entry per check. */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "watch/probe_int.h"

void tcp_drop(struct job *j)
{
    if (j->fd >= 0)
        close(j->fd);
    j->fd = -1;
}

static void finish(struct prober *p, struct job *j, int error)
{
    int64_t rtt = boot_us() - j->sent_us;
    if (error == 0) {
        struct linger abort_close = {.l_onoff = 1, .l_linger = 0};
        (void)setsockopt(j->fd, SOL_SOCKET, SO_LINGER, &abort_close, sizeof abort_close);
        job_answer(p, j, PROBE_UP, rtt, 0, "");
    } else if (error == ECONNREFUSED || error == ECONNRESET) {
        job_answer(p, j, PROBE_REFUSED, rtt, 0, "refused: the host is alive, the service is not");
    } else if (error == ETIMEDOUT) {
        job_answer(p, j, PROBE_TIMEOUT, 0, 0, "timeout");
    } else { /* reported by a router, or by our kernel after it asked the network in vain */
        job_answer(p, j, PROBE_UNREACHABLE, 0, 0, strerror(error));
    }
}

static void start(struct prober *p, struct job *j)
{
    j->fd = socket(j->to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (j->fd < 0) {
        job_local_error(p, j, errno, "socket");
        return;
    }
    struct epoll_event ev = {.events = EPOLLOUT | EPOLLONESHOT, .data.u64 = j->id};
    job_sent(j, &p->tcp_sent);
    if (connect(j->fd, &j->to.any, probe_address_size(&j->to)) == 0)
        finish(p, j, 0);
    else if (errno == ECONNREFUSED)
        finish(p, j, errno);
    else if (errno != EINPROGRESS)
        job_local_error(p, j, errno, "connect");
    else if (epoll_ctl(p->epoll_fd, EPOLL_CTL_ADD, j->fd, &ev) < 0)
        job_local_error(p, j, errno, "epoll");
}

void tcp_send_waiting(struct prober *p)
{
    int most = p->tcp_waiting.n; /* done() may add new ones: those wait for the next step */
    while (most-- > 0 && p->tcp_waiting.first && p->tcp_sent.n < p->options.tcp_parallel)
        start(p, p->tcp_waiting.first);
}

void tcp_ready(struct prober *p, struct job *j)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (j->fd < 0)
        return;
    if (getsockopt(j->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        error = errno;
    finish(p, j, error);
}
