/* SPDX-License-Identifier: Apache-2.0 */
/* Child processes: start one, look after one, and a supervisor that keeps a few of them running.
 * The caller owns every pid that child_spawn() gives and ends it with child_end(), or sees its end
 * with child_poll() or child_wait(); the process must not ignore SIGCHLD. Linux 5.9 or later
 * (pidfd, close_range). child_* may be called from any thread. */
#ifndef IO_CHILD_H
#define IO_CHILD_H
#include <stdbool.h>
#include <sys/types.h>

#include "base/rc.h"

struct child_spec {
    const char *const *argv; /* closed by NULL; argv[0] without a slash is looked up in PATH */
    const char *netns;       /* NULL = ours; "name" = /run/netns/name; or an absolute path */
    int death_signal;        /* sent when the *thread* that spawned it ends; 0 = none */
    int in, out, err;        /* become descriptors 0, 1, 2; 0 = inherited. Stay the caller's */
};

/* The environment is kept, signals are back at their defaults, descriptors above 2 are closed.
 * A program that cannot be executed is reported here, not by an early exit: RC_NOT_FOUND for a
 * missing program or name space, else RC_INTERNAL. */
MUST_USE enum rc child_spawn(const struct child_spec *spec, pid_t *out, struct err *e);

enum child_how { CHILD_RUNNING, CHILD_EXITED, CHILD_SIGNALLED };
struct child_state {
    enum child_how how;
    int code; /* exit status, or the signal's number */
};

/* Once the answer is not CHILD_RUNNING the pid is reaped and no longer the caller's. A pid that is
 * no child of ours answers CHILD_EXITED with -1. */
struct child_state child_poll(pid_t pid);                 /* never blocks */
struct child_state child_wait(pid_t pid, int timeout_ms); /* -1 = as long as it takes */

/* SIGTERM, up to grace_ms, then SIGKILL; returns when it is reaped. */
struct child_state child_end(pid_t pid, int grace_ms);

/* "exited with status 3", "killed by signal 9 (Killed)" */
#define CHILD_TEXT 80
const char *child_state_text(struct child_state s, char out[CHILD_TEXT]);

/* --- supervisor --- */

struct supervised {
    const char *name; /* for the log */
    struct child_spec spec;
};

enum { SUPERVISED_MAX = 16 };

struct supervisor_options {
    const struct supervised *children; /* borrowed until supervisor_free() */
    int n;                             /* 1..SUPERVISED_MAX */
    int backoff_ms, backoff_max_ms;    /* first and longest pause before a restart: 200, 10000 */
    int stable_ms;                     /* alive this long = the next pause is the first: 30000 */
    int grace_ms;                      /* from stop to SIGKILL: 15000 */
    /* Told of each start (pid > 0) and end (pid < 0: the one that went); may be NULL. Runs in
     * supervisor_run(). */
    void (*on_change)(void *ctx, const char *name, pid_t pid);
    void *ctx;
}; /* zeroes mean the defaults */

struct supervisor;

MUST_USE enum rc supervisor_new(const struct supervisor_options *o, struct supervisor **out,
                                struct err *e);
/* Starts all and keeps them running. Returns after SIGTERM, SIGINT (both are passed on to the
 * children) or supervisor_stop(), when all are gone. Blocks the two signals in this thread while it
 * runs; other threads must block them too, so start it in the main thread before any other. */
void supervisor_run(struct supervisor *s);
void supervisor_stop(struct supervisor *s); /* from any thread or signal handler */
void supervisor_free(struct supervisor *s); /* not while it runs; NULL is allowed */

#endif
