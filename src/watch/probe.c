/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/rand.h"
#include "watch/probe_int.h"

enum { MAX_JOBS = 1 << 20, EVENTS = 64, TCP_PARALLEL = 256, ICMP_RATE = 2000 };

int64_t boot_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t boot_ms(void)
{
    return boot_us() / 1000;
}

static int64_t real_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

const char *probe_word(enum probe_result r)
{
    static const char *const words[] = {"up", "refused", "timeout", "unreachable", "error"};
    return words[r];
}

bool probe_address_of(const char *text, uint16_t port, union probe_address *out)
{
    char host[128];
    size_t n = strlen(text);
    if (n == 0 || n >= sizeof host)
        return false;
    memcpy(host, text, n + 1);
    *out = (union probe_address){0};
    if (inet_pton(AF_INET, host, &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons(port);
        return true;
    }
    *out = (union probe_address){0};
    char *scope = strchr(host, '%');
    if (scope)
        *scope++ = 0;
    if (inet_pton(AF_INET6, host, &out->v6.sin6_addr) != 1)
        return false;
    out->v6.sin6_family = AF_INET6;
    out->v6.sin6_port = htons(port);
    out->v6.sin6_scope_id = scope ? if_nametoindex(scope) : 0;
    return !scope || out->v6.sin6_scope_id;
}

socklen_t probe_address_size(const union probe_address *a)
{
    return a->any.sa_family == AF_INET6 ? sizeof a->v6 : sizeof a->v4;
}

/* --- lists and slots --- */

static void unlink_job(struct job *j)
{
    struct job_list *l = j->list;
    if (!l)
        return;
    *(j->prev ? &j->prev->next : &l->first) = j->next;
    *(j->next ? &j->next->prev : &l->last) = j->prev;
    l->n--;
    j->prev = j->next = NULL;
    j->list = NULL;
}

static void link_after(struct job *j, struct job_list *l, struct job *before)
{
    j->list = l;
    j->prev = before;
    j->next = before ? before->next : l->first;
    *(before ? &before->next : &l->first) = j;
    *(j->next ? &j->next->prev : &l->last) = j;
    l->n++;
}

void job_move(struct job *j, struct job_list *to)
{
    unlink_job(j);
    link_after(j, to, to->last);
}

void job_sent(struct job *j, struct job_list *to)
{
    j->sent_us = boot_us();
    j->sent_real_us = real_us();
    j->deadline = j->sent_us / 1000 + j->timeout_ms;
    unlink_job(j);
    struct job *before = to->last;
    while (before && before->deadline > j->deadline)
        before = before->prev;
    link_after(j, to, before);
}

static void *grown(void *old, size_t n, size_t size)
{
    void *p = reallocarray(old, n, size);
    if (!p)
        die("out of memory");
    return p;
}

static uint32_t take_slot(struct prober *p)
{
    if (p->n_free)
        return p->free_slots[--p->n_free];
    if (p->n_slots == p->cap_slots) {
        p->cap_slots = p->cap_slots ? p->cap_slots * 2 : 256;
        p->slots = grown(p->slots, p->cap_slots, sizeof *p->slots);
        p->free_slots = grown(p->free_slots, p->cap_slots, sizeof *p->free_slots);
    }
    if (p->n_slots >= MAX_JOBS)
        die("more than %d probes at a time", MAX_JOBS);
    return p->n_slots++;
}

static void free_job(struct prober *p, struct job *j)
{
    uint32_t slot = (uint32_t)j->id;
    tcp_drop(j);
    unlink_job(j);
    p->slots[slot] = NULL;
    p->free_slots[p->n_free++] = slot;
    free(j);
}

struct job *job_find(struct prober *p, uint64_t id)
{
    uint32_t slot = (uint32_t)id;
    struct job *j = slot < p->n_slots ? p->slots[slot] : NULL;
    return j && j->id == id ? j : NULL;
}

uint64_t probe_start(struct prober *p, enum probe_kind kind, const union probe_address *to,
                     int timeout_ms, probe_done *done, void *arg)
{
    struct job *j = calloc(1, sizeof *j);
    if (!j)
        die("out of memory");
    uint32_t slot = take_slot(p);
    if (++p->generation == 0)
        p->generation = 1;
    j->id = (uint64_t)p->generation << 32 | slot;
    j->kind = kind;
    j->to = *to;
    j->timeout_ms = timeout_ms;
    j->give_up = boot_ms() + timeout_ms + 10000;
    j->done = done;
    j->arg = arg;
    j->fd = -1;
    p->slots[slot] = j;
    job_move(j, kind == PROBE_ICMP ? &p->icmp_waiting : &p->tcp_waiting);
    return j->id;
}

void probe_cancel(struct prober *p, uint64_t id)
{
    struct job *j = id ? job_find(p, id) : NULL;
    if (j)
        free_job(p, j);
}

void job_answer(struct prober *p, struct job *j, enum probe_result r, int64_t rtt_us, int error,
                const char *detail)
{
    struct probe_answer a = {.result = r, .error = error};
    a.rtt_us = rtt_us < 0 ? 0 : rtt_us > UINT32_MAX ? UINT32_MAX : (uint32_t)rtt_us;
    a.sent = j->sent_us ? j->sent_us / 1000 : boot_ms();
    snprintf(a.detail, sizeof a.detail, "%s", detail);
    probe_done *done = j->done;
    void *arg = j->arg;
    free_job(p, j); /* first: done() may start or cancel others */
    done(arg, &a);
}

bool errno_is_remote(int error)
{
    return error == EHOSTUNREACH || error == EHOSTDOWN || error == ETIMEDOUT;
}

void job_local_error(struct prober *p, struct job *j, int error, const char *what)
{
    char detail[96];
    snprintf(detail, sizeof detail, "%s: %s", what, strerror(error));
    if (errno_is_remote(error))
        job_answer(p, j, PROBE_UNREACHABLE, 0, 0, detail);
    else
        job_answer(p, j, PROBE_LOCAL, 0, error, detail);
}

/* --- the prober --- */

struct prober *prober_new(const struct prober_options *o)
{
    struct prober *p = calloc(1, sizeof *p);
    if (!p)
        die("out of memory");
    if (o)
        p->options = *o;
    if (p->options.tcp_parallel <= 0)
        p->options.tcp_parallel = TCP_PARALLEL;
    if (p->options.icmp_rate <= 0)
        p->options.icmp_rate = ICMP_RATE;
    p->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (p->epoll_fd < 0)
        die("epoll: %s", strerror(errno));
    p->cookie = rand_u64();
    p->ident = (uint16_t)rand_u64();
    icmp_open(p);
    return p;
}

void prober_free(struct prober *p)
{
    if (!p)
        return;
    for (uint32_t i = 0; i < p->n_slots; i++)
        if (p->slots[i])
            free_job(p, p->slots[i]);
    icmp_close(p);
    close(p->epoll_fd);
    free(p->slots);
    free(p->free_slots);
    free(p);
}

int prober_fd(const struct prober *p)
{
    return p->epoll_fd;
}

static void expire(struct prober *p, struct job_list *l, int64_t now)
{
    while (l->first && l->first->deadline <= now)
        job_answer(p, l->first, PROBE_TIMEOUT, 0, 0, "timeout");
}

static void take_events(struct prober *p)
{
    struct epoll_event events[EVENTS];
    for (int round = 0; round < 64; round++) {
        int n = epoll_wait(p->epoll_fd, events, EVENTS, 0);
        for (int i = 0; i < n; i++) {
            uint64_t id = events[i].data.u64;
            struct job *j;
            if (id < 2) /* job numbers start above: generation >= 1 */
                icmp_receive(p, &p->sockets[id]);
            else if ((j = job_find(p, id)))
                tcp_ready(p, j);
        }
        if (n < EVENTS)
            return;
    }
}

void prober_step(struct prober *p)
{
    take_events(p); /* before the deadlines: after a long pause answers may be lying there */
    int64_t now = boot_ms();
    expire(p, &p->icmp_sent, now);
    expire(p, &p->tcp_sent, now);
    icmp_send_waiting(p);
    tcp_send_waiting(p);
}

static int sooner(int wait, const struct job_list *l, int64_t now)
{
    if (!l->first)
        return wait;
    int64_t left = l->first->deadline - now;
    int ms = left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
    return wait < 0 || ms < wait ? ms : wait;
}

int prober_wait_ms(const struct prober *p)
{
    int64_t now = boot_ms();
    int wait = icmp_wait_ms(p);
    if (p->tcp_waiting.first && p->tcp_sent.n < p->options.tcp_parallel)
        wait = 0;
    wait = sooner(wait, &p->icmp_sent, now);
    return sooner(wait, &p->tcp_sent, now);
}
