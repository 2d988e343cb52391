/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the prober: jobs and the two checks. */
#ifndef WATCH_PROBE_INT_H
#define WATCH_PROBE_INT_H
#include <stddef.h>

#include "watch/probe.h"

struct job_list;
struct job {
    struct job *prev, *next; /* in `list` */
    struct job_list *list;
    uint64_t id; /* generation << 32 | slot */
    enum probe_kind kind;
    union probe_address to;
    int timeout_ms;
    probe_done *done;
    void *arg;
    int64_t sent_us, deadline; /* boot; of sent jobs */
    int64_t sent_real_us;      /* the kernel stamps replies with the real-time clock */
    int64_t give_up;           /* boot ms, of jobs that cannot be sent */
    int fd;                    /* tcp, else -1 */
};
struct job_list { /* sent lists are ordered by deadline */
    struct job *first, *last;
    int n;
};

struct icmp_socket {
    int fd;            /* -1 = not open */
    bool v6, raw;
    int error;         /* why it could not be opened */
    int64_t retry_at;  /* boot ms */
};
struct prober {
    int epoll_fd;
    struct prober_options options;
    struct job **slots;
    uint32_t n_slots, cap_slots;
    uint32_t *free_slots;
    uint32_t n_free;
    uint32_t generation;
    struct job_list icmp_waiting, icmp_sent, tcp_waiting, tcp_sent;
    struct icmp_socket sockets[2]; /* v4, v6 */
    uint64_t cookie;
    uint16_t ident, sequence;
    int64_t tokens_us; /* pacing: boot us when the bucket was last empty */
};

void job_move(struct job *j, struct job_list *to);        /* to the end */
void job_sent(struct job *j, struct job_list *to);        /* by deadline; sets the times */
struct job *job_find(struct prober *p, uint64_t id);      /* NULL when finished */
/* Hands the answer out and frees the job. */
void job_answer(struct prober *p, struct job *j, enum probe_result r, int64_t rtt_us, int error,
                const char *detail);
void job_local_error(struct prober *p, struct job *j, int error, const char *what);
bool errno_is_remote(int error); /* a send error that speaks of the far side */

void icmp_open(struct prober *p);
void icmp_close(struct prober *p);
void icmp_send_waiting(struct prober *p);
void icmp_receive(struct prober *p, struct icmp_socket *s);
int icmp_wait_ms(const struct prober *p);

void tcp_send_waiting(struct prober *p);
void tcp_ready(struct prober *p, struct job *j);
void tcp_drop(struct job *j);

#endif
