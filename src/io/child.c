/* SPDX-License-Identifier: Apache-2.0 */
#include "io/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/log.h"
#include "io/io_int.h"

/* What the new process reports through the pipe when it cannot become the program. */
enum stage { STAGE_SETUP, STAGE_NETNS, STAGE_EXEC };
struct report {
    enum stage stage;
    int number; /* errno */
};

static enum rc open_netns(const char *netns, int *fd, struct err *e)
{
    char path[PATH_MAX];
    bool absolute = netns[0] == '/';
    int n = snprintf(path, sizeof path, "%s%s", absolute ? "" : "/run/netns/", netns);
    if (n < 0 || (size_t)n >= sizeof path || netns[0] == '\0' ||
        (!absolute && (strchr(netns, '/') || netns[0] == '.')))
        return fail(e, RC_INVALID, NULL, "网络命名空间名称无效：{name}",
                    "no valid network name space: {name}", "name", netns, NULL);
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0)
        return io_fail(e, errno, "无法打开网络命名空间", "cannot open network name space", path);
    return RC_OK;
}

static void reset_signals(void)
{
    /* numbers of the two real-time signals that glibc keeps simply fail */
    for (int sig = 1; sig < NSIG; sig++)
        if (sig != SIGKILL && sig != SIGSTOP)
            signal(sig, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The wanted descriptors may sit on each other's numbers (in = 1, out = 0 ...), so all are first
 * lifted above 2. */
static int place_descriptors(const struct child_spec *spec)
{
    const int wanted[3] = {spec->in, spec->out, spec->err};
    int lifted[3];
    for (int i = 0; i < 3; i++) {
        lifted[i] = wanted[i] == 0 ? -1 : fcntl(wanted[i], F_DUPFD_CLOEXEC, 3);
        if (wanted[i] != 0 && lifted[i] < 0)
            return errno;
    }
    for (int i = 0; i < 3; i++)
        if (lifted[i] >= 0 && dup2(lifted[i], i) < 0)
            return errno;
    /* Closed by exec, not now: the report pipe is needed until then. */
    return close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0 ? 0 : errno;
}

/* Between fork and exec: only async-signal-safe calls, the parent may have threads. */
_Noreturn static void become(const struct child_spec *spec, int netns_fd, int pipe_fd, pid_t parent)
{
    struct report r = {STAGE_SETUP, 0};
    reset_signals();
    if (spec->death_signal != 0 && prctl(PR_SET_PDEATHSIG, spec->death_signal) != 0)
        r.number = errno;
    if (spec->death_signal != 0 && getppid() != parent)
        _exit(127); /* it went before the request was made */
    if (r.number == 0)
        r.number = place_descriptors(spec);
    if (r.number == 0 && netns_fd >= 0 && setns(netns_fd, CLONE_NEWNET) != 0)
        r = (struct report){STAGE_NETNS, errno};
    if (r.number == 0) {
        execvp(spec->argv[0], (char *const *)(uintptr_t)spec->argv);
        r = (struct report){STAGE_EXEC, errno};
    }
    (void)io_write_all(pipe_fd, &r, sizeof r);
    _exit(127);
}

static enum rc failed(struct err *e, struct report r, const struct child_spec *spec)
{
    if (r.stage == STAGE_NETNS)
        return io_fail(e, r.number, "无法进入网络命名空间", "cannot enter network name space",
                       spec->netns);
    return io_fail(e, r.number, "无法启动", "cannot start", spec->argv[0]);
}

/* Waits until the child has become the program (the pipe closes) or reports why not. */
static enum rc await_exec(int fd, pid_t pid, const struct child_spec *spec, struct err *e)
{
    struct report r;
    ssize_t got;
    do
        got = read(fd, &r, sizeof r);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof r)
        return RC_OK;
    child_wait(pid, -1);
    return failed(e, r, spec);
}

enum rc child_spawn(const struct child_spec *spec, pid_t *out, struct err *e)
{
    int netns_fd = -1, ends[2];
    if (spec->netns) {
        enum rc rc = open_netns(spec->netns, &netns_fd, e);
        if (rc != RC_OK)
            return rc;
    }
    if (pipe2(ends, O_CLOEXEC) != 0) {
        int number = errno;
        if (netns_fd >= 0)
            close(netns_fd);
        return io_fail(e, number, "无法启动", "cannot start", spec->argv[0]);
    }
    pid_t parent = getpid(), pid = fork();
    int number = errno;
    if (pid == 0)
        become(spec, netns_fd, ends[1], parent);
    close(ends[1]);
    if (netns_fd >= 0)
        close(netns_fd);
    enum rc rc = pid < 0 ? io_fail(e, number, "无法启动", "cannot start", spec->argv[0])
                         : await_exec(ends[0], pid, spec, e);
    close(ends[0]);
    if (rc == RC_OK)
        *out = pid;
    return rc;
}

static struct child_state state_of(pid_t pid, int flags)
{
    int status;
    pid_t got;
    do
        got = waitpid(pid, &status, flags);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        return (struct child_state){CHILD_RUNNING, 0};
    if (got < 0)
        return (struct child_state){CHILD_EXITED, -1};
    if (WIFSIGNALED(status))
        return (struct child_state){CHILD_SIGNALLED, WTERMSIG(status)};
    return (struct child_state){CHILD_EXITED, WEXITSTATUS(status)};
}

struct child_state child_poll(pid_t pid)
{
    return state_of(pid, WNOHANG);
}

struct child_state child_wait(pid_t pid, int timeout_ms)
{
    if (timeout_ms < 0)
        return state_of(pid, 0);
    struct child_state s = child_poll(pid);
    if (s.how != CHILD_RUNNING || timeout_ms == 0)
        return s;
    struct pollfd p = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    if (p.fd < 0) {
        log_error("pidfd_open: %s", strerror(errno));
        return s;
    }
    int64_t end = monotonic_ms() + timeout_ms, left = timeout_ms;
    while (left > 0 && poll(&p, 1, (int)left) <= 0)
        left = end - monotonic_ms(); /* interrupted, or over */
    close(p.fd);
    return child_poll(pid);
}

struct child_state child_end(pid_t pid, int grace_ms)
{
    struct child_state s = child_poll(pid);
    if (s.how != CHILD_RUNNING)
        return s;
    kill(pid, SIGTERM);
    s = child_wait(pid, grace_ms > 0 ? grace_ms : 0);
    if (s.how != CHILD_RUNNING)
        return s;
    kill(pid, SIGKILL);
    return child_wait(pid, -1);
}

const char *child_state_text(struct child_state s, char out[CHILD_TEXT])
{
    if (s.how == CHILD_RUNNING)
        snprintf(out, CHILD_TEXT, "running");
    else if (s.how == CHILD_EXITED)
        snprintf(out, CHILD_TEXT, "exited with status %d", s.code);
    else
        snprintf(out, CHILD_TEXT, "killed by signal %d (%s)", s.code, strsignal(s.code));
    return out;
}
