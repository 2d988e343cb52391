/* SPDX-License-Identifier: Apache-2.0 */
/* Why workers of our own: in libmicrohttpd's pool each connection belongs to one thread for life,
 * so a handler that waits for the database would stall every other connection of that thread,
 * however many threads there are. Here the I/O threads never wait; a complete request is suspended,
 * queued and run by whichever worker is free. Slow handlers hold up others only when all workers
 * are in slow handlers, and then QUEUE_LIMIT turns the excess into 503. */
#include <stdlib.h>
#include <time.h>

#include "base/civil.h"
#include "base/log.h"
#include "http/http_int.h"

void jobs_init(struct jobs *j)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&j->mu, NULL);
    pthread_cond_init(&j->wake, NULL);
    pthread_cond_init(&j->idle, &attr);
    pthread_condattr_destroy(&attr);
}

void jobs_destroy(struct jobs *j)
{
    pthread_cond_destroy(&j->idle);
    pthread_cond_destroy(&j->wake);
    pthread_mutex_destroy(&j->mu);
    free(j->thread);
    free(j->gone);
}

bool jobs_hand(struct http_req *req)
{
    struct jobs *j = &req->server->jobs;
    pthread_mutex_lock(&j->mu);
    bool taken = !j->closing && j->waiting < QUEUE_LIMIT;
    if (taken) {
        req->state = REQ_HANDED;
        req->handed_ms = monotonic_ms();
        req->refs++;
        MHD_suspend_connection(req->connection);
        req->prev = j->tail;
        *(j->tail ? &j->tail->next : &j->head) = req;
        j->tail = req;
        j->waiting++;
        pthread_cond_signal(&j->wake);
    }
    pthread_mutex_unlock(&j->mu);
    return taken;
}

static struct http_req *next_job(struct jobs *j)
{
    pthread_mutex_lock(&j->mu);
    while (!j->head && !j->closing)
        pthread_cond_wait(&j->wake, &j->mu);
    struct http_req *req = j->closing ? NULL : j->head;
    if (req) {
        j->head = req->next;
        *(j->head ? &j->head->prev : &j->tail) = NULL;
        j->waiting--;
        req->next = j->running;
        req->prev = NULL;
        if (j->running)
            j->running->prev = req;
        j->running = req;
        j->n_running++;
    }
    pthread_mutex_unlock(&j->mu);
    return req;
}

/* Under jobs.mu. From here on the request belongs to the I/O thread again. */
static void give_back(struct http_req *req, struct MHD_Response *r)
{
    req->response = r;
    req->state = REQ_READY;
    MHD_resume_connection(req->connection);
}

static void finish_job(struct http_req *req, struct MHD_Response *r)
{
    struct jobs *j = &req->server->jobs;
    pthread_mutex_lock(&j->mu);
    *(req->prev ? &req->prev->next : &j->running) = req->next;
    if (req->next)
        req->next->prev = req->prev;
    j->n_running--;
    bool late = req->abandoned;
    if (!late)
        give_back(req, r);
    pthread_cond_broadcast(&j->idle);
    pthread_mutex_unlock(&j->mu);
    if (late)
        MHD_destroy_response(r);
    req_release(req);
}

static void run_job(struct http_req *req)
{
    struct http_res res = {.status = 200, .file_fd = -1};
    struct err e = {0};
    enum rc rc;
    if (req->route)
        rc = req->route->def->handler(req, &res, &e, req->server->ctx);
    else
        rc = static_serve(req, &res, &e);
    struct MHD_Response *r = response_of(req, rc, &res, &e);
    upload_free(req); /* before the answer: who has read it may rely on the spool being clean */
    finish_job(req, r);
}

struct start {
    struct http_server *s;
    int index;
};

static void *worker(void *arg)
{
    struct start start = *(struct start *)arg;
    free(arg);
    struct http_server *s = start.s;
    struct jobs *j = &s->jobs;
    for (struct http_req *req; (req = next_job(j));)
        run_job(req);
    pthread_mutex_lock(&j->mu);
    j->gone[start.index] = true;
    bool last = --j->n_left == 0 && j->orphaned;
    pthread_cond_broadcast(&j->idle);
    pthread_mutex_unlock(&j->mu);
    if (last)
        server_free(s);
    return NULL;
}

bool jobs_start(struct http_server *s, int threads)
{
    struct jobs *j = &s->jobs;
    j->thread = calloc((size_t)threads, sizeof *j->thread);
    j->gone = calloc((size_t)threads, sizeof *j->gone);
    if (!j->thread || !j->gone)
        die("out of memory");
    for (int i = 0; i < threads; i++) {
        struct start *start = malloc(sizeof *start);
        if (!start)
            die("out of memory");
        *start = (struct start){s, i};
        pthread_mutex_lock(&j->mu);
        bool ok = pthread_create(&j->thread[i], NULL, worker, start) == 0;
        j->n_threads += ok;
        j->n_left += ok;
        pthread_mutex_unlock(&j->mu);
        if (!ok) {
            free(start);
            return false;
        }
    }
    return true;
}

static void refuse_waiting(struct http_server *s)
{
    struct jobs *j = &s->jobs;
    struct http_req *next;
    for (struct http_req *req = j->head; req; req = next) {
        next = req->next;
        req->status = 503;
        req->refs--; /* the connection's reference stays */
        give_back(req, response_busy(s, req->english));
    }
    j->head = j->tail = NULL;
    j->waiting = 0;
}

static void abandon_running(struct http_server *s)
{
    for (struct http_req *req = s->jobs.running; req; req = req->next) {
        log_error("stop: a handler still runs after %d s: %s %s", STOP_SECONDS, req->method,
                  req->target.path);
        req->abandoned = true;
        give_back(req, response_busy(s, req->english));
    }
}

void jobs_close(struct http_server *s)
{
    struct jobs *j = &s->jobs;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += STOP_SECONDS;
    pthread_mutex_lock(&j->mu);
    j->closing = true;
    refuse_waiting(s);
    pthread_cond_broadcast(&j->wake);
    int late = 0;
    while (j->n_running > 0 && late == 0)
        late = pthread_cond_timedwait(&j->idle, &j->mu, &until);
    abandon_running(s);
    while (late == 0 && j->n_left > 0)
        late = pthread_cond_timedwait(&j->idle, &j->mu, &until);
    pthread_mutex_unlock(&j->mu);
}

bool jobs_join(struct http_server *s)
{
    struct jobs *j = &s->jobs;
    pthread_mutex_lock(&j->mu);
    bool all = j->n_left == 0;
    j->orphaned = !all;
    for (int i = 0; i < j->n_threads; i++) {
        if (j->gone[i]) /* it holds no lock and needs none: join cannot block for long */
            pthread_join(j->thread[i], NULL);
        else
            pthread_detach(j->thread[i]);
    }
    pthread_mutex_unlock(&j->mu);
    return all;
}
