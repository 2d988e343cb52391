/* SPDX-License-Identifier: Apache-2.0 */
/* Total deadlines. libmicrohttpd's own timeout is one of inactivity: a client that drips a byte per
 * second lives for ever. Here each phase has an end that no byte moves. The descriptor is only
 * shut down, never closed, since libmicrohttpd owns it; under conns.mu it is certainly still open,
 * because the notification of its end, which takes the lock too, comes before the close. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/civil.h"
#include "base/log.h"
#include "http/http_int.h"

enum { TICK_MS = 200, BEAT_MS = 15000, PEER_GONE_MS = 30000 };

void conns_init(struct conns *c)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&c->mu, NULL);
    pthread_cond_init(&c->wake, &attr);
    pthread_condattr_destroy(&attr);
}

void conns_destroy(struct conns *c)
{
    pthread_cond_destroy(&c->wake);
    pthread_mutex_destroy(&c->mu);
}

static void address_text(const struct sockaddr *sa, char out[48])
{
    const char *text = NULL;
    if (sa && sa->sa_family == AF_INET)
        text =
            inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, out, 48);
    else if (sa && sa->sa_family == AF_INET6)
        text = inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, out,
                         48);
    if (!text)
        out[0] = '\0';
    if (strncmp(out, "::ffff:", 7) == 0 && strchr(out, '.'))
        memmove(out, out + 7, strlen(out + 7) + 1);
}

static struct conn *conn_new(struct http_server *s, struct MHD_Connection *k)
{
    struct conn *c = calloc(1, sizeof *c);
    if (!c)
        die("out of memory");
    c->fd = MHD_get_connection_info(k, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    address_text(MHD_get_connection_info(k, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr,
                 c->address);
    /* A peer that lost power answers nothing: give up on unacknowledged bytes after this. */
    unsigned gone = PEER_GONE_MS;
    (void)setsockopt(c->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &gone, sizeof gone);
    c->deadline = monotonic_ms() + s->header_ms;
    return c;
}

void conn_notify(void *server, struct MHD_Connection *k, void **socket_context,
                 enum MHD_ConnectionNotificationCode what)
{
    struct http_server *s = server;
    struct conns *t = &s->conns;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        struct conn *c = conn_new(s, k);
        pthread_mutex_lock(&t->mu);
        c->next = t->head;
        if (t->head)
            t->head->prev = c;
        t->head = c;
        pthread_mutex_unlock(&t->mu);
        *socket_context = c;
        return;
    }
    struct conn *c = *socket_context;
    if (!c)
        return;
    stream_forget_conn(s, c);
    pthread_mutex_lock(&t->mu);
    *(c->prev ? &c->prev->next : &t->head) = c->next;
    if (c->next)
        c->next->prev = c->prev;
    pthread_mutex_unlock(&t->mu);
    free(c);
    *socket_context = NULL;
}

void conn_phase(struct http_server *s, struct conn *c, enum conn_phase phase, int64_t ms)
{
    pthread_mutex_lock(&s->conns.mu);
    c->phase = phase;
    c->deadline = ms > 0 ? monotonic_ms() + ms : 0;
    if (s->conns.closing && phase == CONN_READING)
        shutdown(c->fd, SHUT_RDWR);
    pthread_mutex_unlock(&s->conns.mu);
}

void conn_sooner(struct http_server *s, struct conn *c, int64_t ms)
{
    int64_t deadline = monotonic_ms() + ms;
    pthread_mutex_lock(&s->conns.mu);
    if (c->deadline == 0 || deadline < c->deadline)
        c->deadline = deadline;
    pthread_mutex_unlock(&s->conns.mu);
}

static void reap(struct conns *t)
{
    int64_t now = monotonic_ms();
    for (struct conn *c = t->head; c; c = c->next) {
        if (c->deadline == 0 || now < c->deadline)
            continue;
        shutdown(c->fd, SHUT_RDWR);
        c->deadline = 0;
    }
}

static void *reaper(void *arg)
{
    struct http_server *s = arg;
    struct conns *t = &s->conns;
    int64_t beat = monotonic_ms() + BEAT_MS;
    pthread_mutex_lock(&t->mu);
    while (!t->closing) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += TICK_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&t->wake, &t->mu, &until);
        reap(t);
        if (monotonic_ms() < beat)
            continue;
        beat = monotonic_ms() + BEAT_MS;
        pthread_mutex_unlock(&t->mu);
        streams_beat(s);
        pthread_mutex_lock(&t->mu);
    }
    pthread_mutex_unlock(&t->mu);
    return NULL;
}

bool reaper_start(struct http_server *s)
{
    s->conns.has_reaper = pthread_create(&s->conns.reaper, NULL, reaper, s) == 0;
    return s->conns.has_reaper;
}

void conns_close(struct http_server *s)
{
    struct conns *t = &s->conns;
    pthread_mutex_lock(&t->mu);
    t->closing = true;
    for (struct conn *c = t->head; c; c = c->next)
        if (c->phase == CONN_READING)
            shutdown(c->fd, SHUT_RDWR);
    pthread_cond_signal(&t->wake);
    pthread_mutex_unlock(&t->mu);
    if (t->has_reaper)
        pthread_join(t->reaper, NULL);
    t->has_reaper = false;
}
