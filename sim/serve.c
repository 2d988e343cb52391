/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "street.h"

enum { CLIENTS = 2000, IDLE_S = 60 };
/* Tags of the loop: the upper half says what, the lower which. 0 is the control socket's. */
#define TAG_TCP (UINT64_C(1) << 32)
#define TAG_UDP (UINT64_C(2) << 32)
#define TAG_CLIENT (UINT64_C(3) << 32)

struct client {
    int fd; /* -1 = free */
    struct service *service;
    char in[REQUEST];
    size_t n;
    struct buf out;
    size_t sent;
    bool closing;
    time_t seen;
};
static struct client *clients;

static time_t now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

static int wire_port(const struct street *s, const struct service *v)
{
    return s->loopback ? (v->port + PORT_SHIFT) % 65536 : v->port;
}

static void drop(struct client *c)
{
    close(c->fd);
    buf_free(&c->out);
    *c = (struct client){.fd = -1};
}

/* --- listeners --- */

static uint64_t service_tag(const struct street *s, const struct service *v)
{
    size_t device = (size_t)(v->device - s->devices);
    return (uint64_t)(device * MAX_SERVICES + (size_t)(v - v->device->services));
}

static int open_port(struct street *s, struct service *v, int type, uint64_t tag)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)wire_port(s, v)),
                            .sin_addr = v->device->address};
    struct epoll_event ev = {.events = EPOLLIN, .data.u64 = tag | service_tag(s, v)};
    int on = 1, fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) == 0 &&
        (type != SOCK_STREAM || listen(fd, 64) == 0) &&
        epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &ev) == 0)
        return fd;
    fprintf(stderr, "street: %s port %d: %s\n", v->device->no, wire_port(s, v), strerror(errno));
    close(fd);
    return -1;
}

static void close_port(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_service(struct service *v)
{
    close_port(&v->tcp);
    close_port(&v->udp);
    for (int i = 0; i < CLIENTS; i++)
        if (clients[i].fd >= 0 && clients[i].service == v)
            drop(&clients[i]);
}

static bool open_service(struct street *s, struct service *v)
{
    if (v->tcp < 0)
        v->tcp = open_port(s, v, SOCK_STREAM, TAG_TCP);
    if (v->talk == TALK_SIP && v->udp < 0)
        v->udp = open_port(s, v, SOCK_DGRAM, TAG_UDP);
    return v->tcp >= 0 && (v->talk != TALK_SIP || v->udp >= 0);
}

/* In a namespace the route makes silence and the ports stay; on loopback closing is all we have. */
void serve_apply(struct street *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct device *d = &s->devices[i];
        for (int k = 0; k < d->n_services; k++) {
            struct service *v = &d->services[k];
            if (v->off || (s->loopback && d->silent))
                close_service(v);
            else if (s->loopback || !d->silent) /* a blackholed address cannot be bound */
                (void)open_service(s, v);
        }
    }
}

bool serve_open(struct street *s)
{
    bool good = true;
    clients = calloc(CLIENTS, sizeof *clients);
    if (!clients)
        return false;
    for (int i = 0; i < CLIENTS; i++)
        clients[i].fd = -1;
    for (size_t i = 0; i < s->n; i++)
        for (int k = 0; k < s->devices[i].n_services; k++)
            good = open_service(s, &s->devices[i].services[k]) && good;
    return good;
}

/* --- clients --- */

static void want(struct street *s, struct client *c, uint32_t events, int how)
{
    struct epoll_event ev = {.events = events, .data.u64 = TAG_CLIENT | (uint64_t)(c - clients)};
    if (epoll_ctl(s->epoll_fd, how, c->fd, &ev) < 0)
        drop(c);
}

static void write_out(struct street *s, struct client *c)
{
    while (c->sent < c->out.len) {
        ssize_t n = send(c->fd, c->out.data + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            want(s, c, EPOLLOUT, EPOLL_CTL_MOD);
            return;
        }
        if (n <= 0) {
            drop(c);
            return;
        }
        c->sent += (size_t)n;
    }
    buf_clear(&c->out);
    c->sent = 0;
    if (c->closing)
        drop(c);
    else
        want(s, c, EPOLLIN, EPOLL_CTL_MOD);
}

static void answer_all(struct street *s, struct client *c)
{
    int used = 1;
    while (c->n && !c->closing && used > 0) {
        used = talk_answer(c->service->talk, c->service->device, wire_port(s, c->service), c->in,
                           c->n, false, &c->out, &c->closing);
        if (used < 0)
            c->closing = true;
        if (used > 0) {
            memmove(c->in, c->in + used, c->n - (size_t)used);
            c->n -= (size_t)used;
        }
    }
    write_out(s, c);
}

static void read_in(struct street *s, struct client *c)
{
    ssize_t n = recv(c->fd, c->in + c->n, sizeof c->in - c->n, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        drop(c);
        return;
    }
    c->n += (size_t)n;
    c->seen = now_s();
    answer_all(s, c);
}

static void accept_one(struct street *s, struct service *v)
{
    int fd = accept4(v->tcp, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct client *c = NULL;
    if (fd < 0)
        return;
    for (int i = 0; i < CLIENTS && !c; i++)
        if (clients[i].fd < 0)
            c = &clients[i];
    if (!c) {
        close(fd);
        return;
    }
    *c = (struct client){.fd = fd, .service = v, .seen = now_s(), .out = {.limit = 65536}};
    if (talk_greeting(v->talk))
        buf_text_add(&c->out, talk_greeting(v->talk));
    want(s, c, EPOLLIN, EPOLL_CTL_ADD);
    if (c->fd >= 0 && c->out.len)
        write_out(s, c);
}

static void answer_datagram(struct street *s, struct service *v)
{
    char in[REQUEST];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    struct buf out = {.limit = 65536};
    bool closing;
    ssize_t n = recvfrom(v->udp, in, sizeof in, 0, (struct sockaddr *)&from, &size);
    if (n > 0 && talk_answer(v->talk, v->device, wire_port(s, v), in, (size_t)n, true, &out,
                             &closing) > 0 &&
        out.len)
        (void)sendto(v->udp, out.data, out.len, 0, (struct sockaddr *)&from, size);
    buf_free(&out);
}

void serve_event(struct street *s, uint64_t tag, uint32_t events)
{
    uint32_t which = (uint32_t)tag;
    if (tag >= TAG_CLIENT) {
        struct client *c = &clients[which];
        if (c->fd < 0)
            return; /* dropped earlier in this turn */
        if (events & EPOLLOUT)
            write_out(s, c);
        else
            read_in(s, c);
        return;
    }
    struct service *v = &s->devices[which / MAX_SERVICES].services[which % MAX_SERVICES];
    if (tag >= TAG_UDP && v->udp >= 0)
        answer_datagram(s, v);
    else if (tag < TAG_UDP && v->tcp >= 0)
        accept_one(s, v);
}

void serve_tick(struct street *s)
{
    time_t now = now_s();
    (void)s;
    for (int i = 0; i < CLIENTS; i++)
        if (clients[i].fd >= 0 && now - clients[i].seen > IDLE_S)
            drop(&clients[i]);
}
