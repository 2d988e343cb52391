/* SPDX-License-Identifier: Apache-2.0 */
/* One thread, one epoll: a signalfd for SIGTERM and SIGINT, an eventfd for supervisor_stop() and a
 * pidfd per child; its timeout is the next restart or the end of the grace. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/log.h"
#include "io/child.h"
#include "io/io_int.h"

enum { EVENT_SIGNAL = SUPERVISED_MAX, EVENT_STOP };
#define NEVER INT64_MAX

struct slot {
    pid_t pid; /* 0 = not running */
    int pidfd;
    int64_t started_ms, restart_ms; /* monotonic; restart_ms while not running */
    int64_t pause_ms;               /* the next pause */
};

struct supervisor {
    struct supervisor_options o;
    struct slot slot[SUPERVISED_MAX];
    int epoll, stop_fd, signal_fd;
    bool stopping, killed;
    int64_t kill_ms; /* monotonic: the end of the grace, while stopping */
};

static int default_to(int v, int standard)
{
    return v > 0 ? v : standard;
}

static bool watch(struct supervisor *s, int fd, int event)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.u32 = (uint32_t)event};
    return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev) == 0;
}

enum rc supervisor_new(const struct supervisor_options *o, struct supervisor **out, struct err *e)
{
    if (o->n < 1 || o->n > SUPERVISED_MAX)
        return fail(e, RC_INVALID, NULL, "子进程数量无效", "no valid number of children", NULL);
    struct supervisor *s = calloc(1, sizeof *s);
    if (!s)
        die("out of memory: a supervisor");
    s->o = *o;
    s->o.backoff_ms = default_to(o->backoff_ms, 200);
    s->o.backoff_max_ms = default_to(o->backoff_max_ms, 10000);
    s->o.stable_ms = default_to(o->stable_ms, 30000);
    s->o.grace_ms = default_to(o->grace_ms, 15000);
    s->signal_fd = -1;
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    s->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->epoll < 0 || s->stop_fd < 0 || !watch(s, s->stop_fd, EVENT_STOP)) {
        int number = errno;
        supervisor_free(s);
        return io_fail(e, number, "无法监管进程", "cannot supervise", "(epoll)");
    }
    *out = s;
    return RC_OK;
}

void supervisor_free(struct supervisor *s)
{
    if (!s)
        return;
    if (s->epoll >= 0)
        close(s->epoll);
    if (s->stop_fd >= 0)
        close(s->stop_fd);
    free(s);
}

void supervisor_stop(struct supervisor *s)
{
    uint64_t one = 1;
    ssize_t done = write(s->stop_fd, &one, sizeof one); /* full means told already */
    (void)done;
}

static const char *name_of(const struct supervisor *s, int i)
{
    return s->o.children[i].name;
}

static void tell(const struct supervisor *s, int i, pid_t pid)
{
    if (s->o.on_change)
        s->o.on_change(s->o.ctx, name_of(s, i), pid);
}

static void plan_restart(struct supervisor *s, int i)
{
    struct slot *c = &s->slot[i];
    if (s->stopping) {
        c->restart_ms = NEVER;
        return;
    }
    c->restart_ms = monotonic_ms() + c->pause_ms;
    log_warn("%s: starts again in %d ms", name_of(s, i), (int)c->pause_ms);
    c->pause_ms = c->pause_ms * 2 < s->o.backoff_max_ms ? c->pause_ms * 2 : s->o.backoff_max_ms;
}

static void start(struct supervisor *s, int i)
{
    struct slot *c = &s->slot[i];
    struct err e;
    pid_t pid;
    if (child_spawn(&s->o.children[i].spec, &pid, &e) != RC_OK) {
        log_error("%s: %s", name_of(s, i), e.en);
        plan_restart(s, i);
        return;
    }
    c->pidfd = pidfd_open(pid, 0);
    if (c->pidfd < 0 || !watch(s, c->pidfd, i))
        die("%s: pidfd: %s", name_of(s, i), strerror(errno));
    c->pid = pid;
    c->started_ms = monotonic_ms();
    log_info("%s: started, pid %d", name_of(s, i), (int)pid);
    tell(s, i, pid);
}

static void on_exit_of(struct supervisor *s, int i)
{
    struct slot *c = &s->slot[i];
    struct child_state state = child_poll(c->pid);
    if (state.how == CHILD_RUNNING)
        return;
    char text[CHILD_TEXT];
    bool good = s->stopping && state.how == CHILD_EXITED && state.code == 0;
    (good ? log_info : log_error)("%s: pid %d %s", name_of(s, i), (int)c->pid,
                                  child_state_text(state, text));
    close(c->pidfd); /* also leaves the epoll */
    pid_t gone = c->pid;
    c->pid = 0;
    if (monotonic_ms() - c->started_ms >= s->o.stable_ms)
        c->pause_ms = s->o.backoff_ms;
    plan_restart(s, i);
    tell(s, i, -gone);
}

static void signal_all(const struct supervisor *s, int sig)
{
    for (int i = 0; i < s->o.n; i++)
        if (s->slot[i].pid > 0)
            kill(s->slot[i].pid, sig);
}

static void begin_stop(struct supervisor *s, int sig)
{
    if (!s->stopping) {
        s->stopping = true;
        s->kill_ms = monotonic_ms() + s->o.grace_ms;
        for (int i = 0; i < s->o.n; i++)
            s->slot[i].restart_ms = NEVER;
    }
    signal_all(s, sig);
}

static void on_signal(struct supervisor *s)
{
    struct signalfd_siginfo info;
    while (read(s->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        log_info("signal %u (%s): stopping", info.ssi_signo, strsignal((int)info.ssi_signo));
        begin_stop(s, (int)info.ssi_signo);
    }
}

static void on_stop(struct supervisor *s)
{
    uint64_t told;
    if (read(s->stop_fd, &told, sizeof told) == (ssize_t)sizeof told)
        begin_stop(s, SIGTERM);
}

static bool any_alive(const struct supervisor *s)
{
    for (int i = 0; i < s->o.n; i++)
        if (s->slot[i].pid > 0)
            return true;
    return false;
}

/* Does what is due and answers how long epoll may sleep. */
static int do_due(struct supervisor *s)
{
    int64_t now = monotonic_ms(), next = NEVER;
    for (int i = 0; i < s->o.n && !s->stopping; i++) {
        struct slot *c = &s->slot[i];
        if (c->pid == 0 && c->restart_ms <= now)
            start(s, i);
        if (c->pid == 0 && c->restart_ms < next)
            next = c->restart_ms;
    }
    if (s->stopping && !s->killed) {
        next = s->kill_ms;
        if (now >= s->kill_ms) {
            log_warn("the grace of %d ms is over: SIGKILL", s->o.grace_ms);
            signal_all(s, SIGKILL);
            s->killed = true;
            next = NEVER;
        }
    }
    if (next == NEVER)
        return -1;
    now = monotonic_ms();
    return next <= now ? 0 : (int)(next - now);
}

static void wait_and_serve(struct supervisor *s, int timeout_ms)
{
    struct epoll_event ev[SUPERVISED_MAX + 2];
    int n = epoll_wait(s->epoll, ev, SUPERVISED_MAX + 2, timeout_ms);
    if (n < 0 && errno != EINTR)
        die("epoll_wait: %s", strerror(errno));
    for (int k = 0; k < n; k++) {
        if (ev[k].data.u32 == EVENT_SIGNAL)
            on_signal(s);
        else if (ev[k].data.u32 == EVENT_STOP)
            on_stop(s);
        else
            on_exit_of(s, (int)ev[k].data.u32);
    }
}

void supervisor_run(struct supervisor *s)
{
    sigset_t ours, before;
    sigemptyset(&ours);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ours, &before);
    s->signal_fd = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
    if (s->signal_fd < 0 || !watch(s, s->signal_fd, EVENT_SIGNAL))
        die("signalfd: %s", strerror(errno));
    s->stopping = s->killed = false;
    for (int i = 0; i < s->o.n; i++)
        s->slot[i] = (struct slot){.restart_ms = 0, .pause_ms = s->o.backoff_ms};
    while (!s->stopping || any_alive(s)) {
        int timeout = do_due(s);
        wait_and_serve(s, timeout);
    }
    close(s->signal_fd);
    s->signal_fd = -1;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}
