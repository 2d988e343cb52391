/* SPDX-License-Identifier: Apache-2.0 */
/* Writers of one SQLite file stand in a line. Without it they would poll SQLite's lock and the
 * unlucky ones starve. Other processes are met by busy_timeout. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "db/sqlite_int.h"

struct waiter {
    pthread_cond_t turn;
    bool called;
    struct waiter *next;
};

struct write_queue {
    uint64_t dev, ino;
    int users;
    bool taken;
    struct waiter *first, *last;
    struct write_queue *next;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct write_queue *queues;

struct write_queue *write_queue_get(uint64_t dev, uint64_t ino)
{
    pthread_mutex_lock(&mutex);
    struct write_queue *q = queues;
    while (q && (q->dev != dev || q->ino != ino)) {
        q = q->next;
    }
    if (!q) {
        q = db_alloc(sizeof *q);
        q->dev = dev;
        q->ino = ino;
        q->next = queues;
        queues = q;
    }
    q->users++;
    pthread_mutex_unlock(&mutex);
    return q;
}

void write_queue_put(struct write_queue *q)
{
    if (!q) {
        return;
    }
    pthread_mutex_lock(&mutex);
    if (--q->users == 0) {
        struct write_queue **at = &queues;
        while (*at != q) {
            at = &(*at)->next;
        }
        *at = q->next;
        free(q);
    }
    pthread_mutex_unlock(&mutex);
}

static struct timespec deadline_in(int ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += (long)(ms % 1000) * 1000000L;
    if (t.tv_nsec >= 1000000000L) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000L;
    }
    return t;
}

static void unlink_waiter(struct write_queue *q, struct waiter *w)
{
    struct waiter **at = &q->first;
    struct waiter *before = NULL;
    while (*at != w) {
        before = *at;
        at = &(*at)->next;
    }
    *at = w->next;
    if (q->last == w) {
        q->last = before;
    }
}

static struct waiter *waiter_new(void)
{
    struct waiter *w = db_alloc(sizeof *w);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->turn, &attr);
    pthread_condattr_destroy(&attr);
    return w;
}

static bool wait_for_turn(struct write_queue *q, int wait_ms)
{
    struct waiter *w = waiter_new();
    *(q->last ? &q->last->next : &q->first) = w;
    q->last = w;
    struct timespec deadline = deadline_in(wait_ms);
    int rc = 0;
    while (!w->called && rc != ETIMEDOUT) {
        rc = pthread_cond_timedwait(&w->turn, &mutex, &deadline);
    }
    bool called = w->called;
    if (!called) {
        unlink_waiter(q, w);
    }
    pthread_cond_destroy(&w->turn);
    free(w);
    return called;
}

bool write_queue_enter(struct write_queue *q, int wait_ms)
{
    bool mine = true;
    pthread_mutex_lock(&mutex);
    if (q->taken) {
        mine = wait_for_turn(q, wait_ms);
    } else {
        q->taken = true;
    }
    pthread_mutex_unlock(&mutex);
    return mine;
}

/* Hands the turn over instead of freeing it, so nobody can overtake. */
void write_queue_leave(struct write_queue *q)
{
    pthread_mutex_lock(&mutex);
    struct waiter *w = q->first;
    if (w) {
        unlink_waiter(q, w);
        w->called = true;
        pthread_cond_signal(&w->turn);
    } else {
        q->taken = false;
    }
    pthread_mutex_unlock(&mutex);
}

int write_queue_length(struct write_queue *q)
{
    int n = 0;
    pthread_mutex_lock(&mutex);
    for (const struct waiter *w = q->first; w; w = w->next) {
        n++;
    }
    pthread_mutex_unlock(&mutex);
    return n;
}
