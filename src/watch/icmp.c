/* SPDX-License-Identifier: Apache-2.0 */
/* icmp: echo requests over an unprivileged ping socket (net.ipv4.ping_group_range), else a raw one
 * (CAP_NET_RAW). Sent and received in batches; a token bucket keeps bursts off the network. */
#include <errno.h>
#include <time.h>
/* needs struct timespec */
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "watch/icmp_packet.h"
#include "watch/probe_int.h"

enum { BATCH = 64, PACKET = 1024, CONTROL = 256, REOPEN_MS = 10000, BUFFER = 1 << 20 };

/* --- opening --- */

static void set_filter(const struct icmp_socket *s)
{
    if (s->v6) {
        struct icmp6_filter f;
        ICMP6_FILTER_SETBLOCKALL(&f);
        ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &f);
        ICMP6_FILTER_SETPASS(ICMP6_DST_UNREACH, &f);
        (void)setsockopt(s->fd, IPPROTO_ICMPV6, ICMP6_FILTER, &f, sizeof f);
    } else {
        struct icmp_filter f = {.data = ~(1u << ICMP_ECHOREPLY | 1u << ICMP_DEST_UNREACH)};
        (void)setsockopt(s->fd, SOL_RAW, ICMP_FILTER, &f, sizeof f);
    }
}

static int open_one(struct icmp_socket *s, bool raw)
{
    int domain = s->v6 ? AF_INET6 : AF_INET;
    int protocol = s->v6 ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP;
    s->fd = socket(domain, (raw ? SOCK_RAW : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (s->fd < 0)
        return errno;
    int on = 1, size = BUFFER;
    (void)setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    (void)setsockopt(s->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    if (raw)
        set_filter(s);
    else if (s->v6) /* ping sockets deliver errors only through the error queue */
        (void)setsockopt(s->fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
    else
        (void)setsockopt(s->fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    s->raw = raw;
    return 0;
}

static void open_socket(struct prober *p, struct icmp_socket *s)
{
    s->error = p->options.icmp_raw ? EACCES : open_one(s, false);
    if (s->error)
        s->error = open_one(s, true);
    if (s->error) {
        s->fd = -1;
        s->retry_at = boot_ms() + REOPEN_MS;
        return;
    }
    struct epoll_event ev = {.events = EPOLLIN, .data.u64 = (uint64_t)(s - p->sockets)};
    if (epoll_ctl(p->epoll_fd, EPOLL_CTL_ADD, s->fd, &ev) < 0)
        die("epoll: %s", strerror(errno));
}

void icmp_open(struct prober *p)
{
    for (int i = 0; i < 2; i++)
        p->sockets[i] = (struct icmp_socket){.fd = -1, .v6 = i == 1};
}

void icmp_close(struct prober *p)
{
    for (int i = 0; i < 2; i++)
        if (p->sockets[i].fd >= 0)
            close(p->sockets[i].fd);
}

const char *prober_icmp_mode(const struct prober *p)
{
    const struct icmp_socket *s = &p->sockets[p->sockets[0].fd < 0];
    return s->fd < 0 ? "none" : s->raw ? "raw" : "dgram";
}

/* --- sending --- */

static int64_t token_cost_us(const struct prober *p)
{
    return 1000000 / p->options.icmp_rate > 0 ? 1000000 / p->options.icmp_rate : 1;
}

/* How many requests may leave now: the bucket holds one batch. */
static int tokens(struct prober *p, int64_t now_us)
{
    int64_t cost = token_cost_us(p);
    if (p->tokens_us < now_us - cost * BATCH)
        p->tokens_us = now_us - cost * BATCH;
    return (int)((now_us - p->tokens_us) / cost);
}

static struct icmp_socket *socket_for(struct prober *p, const struct job *j)
{
    struct icmp_socket *s = &p->sockets[j->to.any.sa_family == AF_INET6];
    if (s->fd < 0 && boot_ms() >= s->retry_at)
        open_socket(p, s);
    return s;
}

struct out_batch {
    struct mmsghdr head[BATCH];
    struct iovec iov[BATCH];
    uint8_t packet[BATCH][ICMP_ECHO_SIZE];
    union probe_address to[BATCH];
    uint64_t id[BATCH];
    int n;
};

static void add_request(struct prober *p, struct out_batch *b, struct job *j)
{
    int i = b->n++;
    struct icmp_key key = {.cookie = p->cookie, .job = j->id};
    icmp_build(b->packet[i], j->to.any.sa_family == AF_INET6, p->ident, p->sequence++, &key);
    b->to[i] = j->to;
    b->to[i].v4.sin_port = 0; /* same place in both families; ping sockets refuse a port */
    b->iov[i] = (struct iovec){.iov_base = b->packet[i], .iov_len = ICMP_ECHO_SIZE};
    b->head[i].msg_hdr = (struct msghdr){.msg_name = &b->to[i],
                                         .msg_namelen = probe_address_size(&j->to),
                                         .msg_iov = &b->iov[i],
                                         .msg_iovlen = 1};
    b->id[i] = j->id;
    job_sent(j, &p->icmp_sent);
}

static void send_failed(struct prober *p, uint64_t id, int error)
{
    struct job *j = job_find(p, id);
    if (!j)
        return;
    if ((error == EAGAIN || error == ENOBUFS) && boot_ms() < j->give_up)
        job_move(j, &p->icmp_waiting);
    else
        job_local_error(p, j, error, "send");
}

/* An error of a ping socket may belong to an earlier request, so it counts when it comes twice. */
static void send_batch(struct prober *p, const struct icmp_socket *s, struct out_batch *b)
{
    int done = 0, again = 0;
    while (done < b->n) {
        int r = sendmmsg(s->fd, b->head + done, (unsigned)(b->n - done), 0);
        if (r > 0) {
            done += r;
            again = 0;
        } else if (r < 0 && errno == EINTR) {
            continue;
        } else if (again++ >= 1) {
            int error = r < 0 ? errno : EIO;
            send_failed(p, b->id[done++], error);
            again = 0;
        }
    }
    b->n = 0;
}

static void answer_closed(struct prober *p, struct job *j, const struct icmp_socket *s)
{
    job_local_error(p, j, s->error == EACCES ? EPERM : s->error, "no ICMP socket");
}

void icmp_send_waiting(struct prober *p)
{
    struct out_batch b;
    b.n = 0;
    struct icmp_socket *of = NULL;
    int64_t now_us = boot_us();
    int most = tokens(p, now_us);
    for (int i = p->icmp_waiting.n; i > 0 && most > 0 && p->icmp_waiting.first; i--) {
        struct job *j = p->icmp_waiting.first;
        struct icmp_socket *s = socket_for(p, j);
        if (s->fd < 0) {
            answer_closed(p, j, s);
            continue;
        }
        if (b.n && (s != of || b.n == BATCH))
            send_batch(p, of, &b);
        of = s;
        add_request(p, &b, j);
        p->tokens_us += token_cost_us(p);
        most--;
    }
    if (b.n)
        send_batch(p, of, &b);
}

int icmp_wait_ms(const struct prober *p)
{
    if (!p->icmp_waiting.first)
        return -1;
    int64_t free_at = p->tokens_us + token_cost_us(p);
    int64_t left = free_at - boot_us();
    return left <= 0 ? 0 : (int)(left / 1000 + 1);
}

/* --- receiving --- */

static bool same_host(const union probe_address *a, const union probe_address *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET6)
        return memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof a->v6.sin6_addr) == 0;
    return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
}

static int64_t stamped_us(struct msghdr *m)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        struct timespec t;
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            memcpy(&t, CMSG_DATA(c), sizeof t);
            return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
        }
    }
    return 0;
}

/* By the kernel's stamps when they make sense (the real-time clock may have been set meanwhile). */
static int64_t round_trip(const struct job *j, struct msghdr *m)
{
    int64_t waited = boot_us() - j->sent_us, at = stamped_us(m);
    int64_t stamped = at - j->sent_real_us;
    return at && stamped > 0 && stamped < waited ? stamped : waited;
}

static void take_packet(struct prober *p, const struct icmp_socket *s, struct mmsghdr *m)
{
    struct icmp_message got;
    icmp_parse(m->msg_hdr.msg_iov->iov_base, m->msg_len, s->v6, s->raw && !s->v6, &got);
    if (got.kind == ICMP_NOT_OURS || got.key.cookie != p->cookie)
        return;
    struct job *j = job_find(p, got.key.job);
    if (!j || j->kind != PROBE_ICMP || !j->sent_us)
        return;
    if (got.kind == ICMP_UNREACHABLE)
        job_answer(p, j, PROBE_UNREACHABLE, 0, 0, icmp_unreachable_text(s->v6, got.code));
    else if (same_host(m->msg_hdr.msg_name, &j->to))
        job_answer(p, j, PROBE_UP, round_trip(j, &m->msg_hdr), 0, "");
}

struct in_batch {
    struct mmsghdr head[BATCH];
    struct iovec iov[BATCH];
    uint8_t packet[BATCH][PACKET];
    _Alignas(struct cmsghdr) uint8_t control[BATCH][CONTROL];
    union probe_address from[BATCH];
};

static int receive_batch(const struct icmp_socket *s, struct in_batch *b)
{
    for (int i = 0; i < BATCH; i++) {
        b->iov[i] = (struct iovec){.iov_base = b->packet[i], .iov_len = PACKET};
        b->head[i].msg_hdr = (struct msghdr){.msg_name = &b->from[i],
                                             .msg_namelen = sizeof b->from[i],
                                             .msg_iov = &b->iov[i],
                                             .msg_iovlen = 1,
                                             .msg_control = b->control[i],
                                             .msg_controllen = CONTROL};
    }
    return recvmmsg(s->fd, b->head, BATCH, MSG_DONTWAIT, NULL);
}

static const struct sock_extended_err *queued_error(struct msghdr *m)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
        if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
            (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
            return (const void *)CMSG_DATA(c);
    return NULL;
}

/* Errors of ping sockets: the quoted request comes as the message's data. */
static bool take_error(struct prober *p, const struct icmp_socket *s)
{
    uint8_t data[PACKET];
    _Alignas(struct cmsghdr) uint8_t control[512];
    struct iovec iov = {.iov_base = data, .iov_len = sizeof data};
    struct msghdr m = {.msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = control,
                       .msg_controllen = sizeof control};
    ssize_t n = recvmsg(s->fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (n < 0)
        return false;
    const struct sock_extended_err *e = queued_error(&m);
    struct icmp_key key;
    if (!e || !icmp_parse_request(data, (size_t)n, s->v6, &key) || key.cookie != p->cookie)
        return true;
    struct job *j = job_find(p, key.job);
    if (j && j->kind == PROBE_ICMP && j->sent_us &&
        (e->ee_origin == SO_EE_ORIGIN_ICMP || e->ee_origin == SO_EE_ORIGIN_ICMP6) &&
        e->ee_type == (s->v6 ? ICMP6_DST_UNREACH : ICMP_DEST_UNREACH))
        job_answer(p, j, PROBE_UNREACHABLE, 0, 0, icmp_unreachable_text(s->v6, e->ee_code));
    return true;
}

void icmp_receive(struct prober *p, struct icmp_socket *s)
{
    static _Thread_local struct in_batch b; /* 90 KB, too much for a stack */
    for (int round = 0; round < 256; round++) {
        int n = receive_batch(s, &b);
        for (int i = 0; i < n; i++)
            take_packet(p, s, &b.head[i]);
        if (n < 0 && errno != EAGAIN)
            continue; /* the error of an earlier request: it also waits in the error queue */
        if (n < BATCH)
            break;
    }
    for (int round = 0; !s->raw && round < 1024; round++)
        if (!take_error(p, s))
            return;
}
