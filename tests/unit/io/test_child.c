/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/child.h"

static pid_t spawn(const struct child_spec *spec)
{
    struct err e;
    pid_t pid = 0;
    if (child_spawn(spec, &pid, &e) != RC_OK) {
        print_error("%s\n", e.en);
        _fail(__FILE__, __LINE__);
    }
    assert_true(pid > 0);
    return pid;
}

/* Starts an actor and waits until it says "ready". */
static pid_t spawn_ready(const char *part, int *out_fd)
{
    int ends[2];
    char line[16];
    assert_int_equal(pipe(ends), 0);
    struct child_spec spec = {.argv = actor(part, NULL), .out = ends[1]};
    pid_t pid = spawn(&spec);
    close(ends[1]);
    assert_true(read_line(ends[0], line, sizeof line));
    assert_string_equal(line, "ready");
    *out_fd = ends[0];
    return pid;
}

static void expect_state(struct child_state s, enum child_how how, int code)
{
    assert_int_equal(s.how, how);
    assert_int_equal(s.code, code);
}

static void streams_and_status_belong_to_the_caller(void **state)
{
    (void)state;
    int in[2], out[2], err[2];
    assert_int_equal(pipe2(in, O_CLOEXEC) | pipe2(out, O_CLOEXEC) | pipe2(err, O_CLOEXEC), 0);
    struct child_spec spec = {
        .argv = actor("copy", NULL), .in = in[0], .out = out[1], .err = err[1]};
    pid_t pid = spawn(&spec);
    assert_int_equal(child_poll(pid).how, CHILD_RUNNING);
    assert_int_equal(child_wait(pid, 1).how, CHILD_RUNNING);
    assert_int_equal(write(in[1], "hello", 5), 5);
    close(in[1]);
    expect_state(child_wait(pid, -1), CHILD_EXITED, 3);
    char text[32] = "";
    assert_int_equal(read(out[0], text, sizeof text), 5);
    assert_string_equal(text, "hello");
    assert_int_equal(read(err[0], text, sizeof text), 9);
    expect_state(child_poll(pid), CHILD_EXITED, -1); /* reaped: no longer ours */
    close(in[0]);
    close(out[0]);
    close(out[1]);
    close(err[0]);
    close(err[1]);
}

static void inspect(const struct child_spec *base, const char *variable, char *line, size_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct child_spec spec = *base;
    spec.argv = actor("inspect", variable);
    spec.out = ends[1];
    pid_t pid = spawn(&spec);
    close(ends[1]);
    assert_true(read_line(ends[0], line, size));
    close(ends[0]);
    expect_state(child_wait(pid, -1), CHILD_EXITED, 0);
}

static void a_child_starts_clean_and_keeps_the_environment(void **state)
{
    (void)state;
    int leak = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
    assert_true(leak > 2);
    sigset_t blocked, before;
    sigfillset(&blocked);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    void (*old)(int) = signal(SIGPIPE, SIG_IGN);
    setenv("SHOUWANG_TEST", "守望", 1);
    char line[256];
    inspect(&(struct child_spec){0}, "SHOUWANG_TEST", line, sizeof line);
    unsetenv("SHOUWANG_TEST");
    signal(SIGPIPE, old);
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(leak);
    assert_ptr_equal(strstr(line, "term=0 pipe=1 open=0 env=守望 ns=net:"), line);
}

static void crossed_descriptors_end_up_where_they_should(void **state)
{
    (void)state;
    /* In the child: 1 becomes 2 and 2 becomes 1. */
    int out[2], err[2];
    assert_int_equal(pipe2(out, O_CLOEXEC) | pipe2(err, O_CLOEXEC), 0);
    int keep1 = dup(1), keep2 = dup(2);
    fflush(stdout);
    dup2(out[1], 1);
    dup2(err[1], 2);
    const char *argv[] = {"sh", "-c", "echo o; echo e >&2", NULL};
    struct child_spec spec = {.argv = argv, .out = 2, .err = 1};
    pid_t pid;
    enum rc rc = child_spawn(&spec, &pid, NULL);
    struct child_state end = child_wait(pid, -1);
    dup2(keep1, 1);
    dup2(keep2, 2);
    close(keep1);
    close(keep2);
    assert_int_equal(rc, RC_OK);
    expect_state(end, CHILD_EXITED, 0);
    char line[8];
    assert_true(read_line(out[0], line, sizeof line));
    assert_string_equal(line, "e");
    assert_true(read_line(err[0], line, sizeof line));
    assert_string_equal(line, "o");
    close(out[0]);
    close(out[1]);
    close(err[0]);
    close(err[1]);
}

static void a_program_that_cannot_start_is_reported_at_once(void **state)
{
    (void)state;
    struct err e;
    pid_t pid;
    const char *missing[] = {"/no/such/program", NULL};
    assert_int_equal(child_spawn(&(struct child_spec){.argv = missing}, &pid, &e), RC_NOT_FOUND);
    assert_non_null(strstr(e.en, "/no/such/program"));
    assert_non_null(strstr(e.zh, "不存在"));
    const char *folder[] = {"/tmp", NULL};
    assert_int_equal(child_spawn(&(struct child_spec){.argv = folder}, &pid, &e), RC_INTERNAL);
    const char *yes[] = {"true", NULL};
    assert_int_equal(child_spawn(&(struct child_spec){.argv = yes, .out = 9999}, &pid, &e),
                     RC_INTERNAL);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left to be reaped */
    assert_int_equal(errno, ECHILD);
}

static void a_willing_child_ends_within_the_grace(void **state)
{
    (void)state;
    int fd;
    pid_t pid = spawn_ready("graceful", &fd);
    expect_state(child_end(pid, 60000), CHILD_EXITED, 0);
    char line[16];
    assert_true(read_line(fd, line, sizeof line));
    assert_string_equal(line, "TERM");
    close(fd);
}

static void a_stubborn_child_is_killed_after_the_grace(void **state)
{
    (void)state;
    int fd;
    pid_t pid = spawn_ready("stubborn", &fd);
    struct child_state end = child_end(pid, 50);
    expect_state(end, CHILD_SIGNALLED, SIGKILL);
    close(fd);
    char text[CHILD_TEXT];
    assert_string_equal(child_state_text(end, text), "killed by signal 9 (Killed)");
    assert_string_equal(child_state_text((struct child_state){CHILD_EXITED, 3}, text),
                        "exited with status 3");
}

static void a_child_that_has_ended_before_keeps_its_own_status(void **state)
{
    (void)state;
    const char *argv[] = {"sh", "-c", "exit 7", NULL};
    pid_t pid = spawn(&(struct child_spec){.argv = argv});
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    expect_state(child_end(pid, 60000), CHILD_EXITED, 7);
}

static void a_child_dies_with_its_parent_when_asked_to(void **state)
{
    (void)state;
    int ends[2];
    char line[16];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t parent = fork();
    if (parent == 0) {
        struct child_spec spec = {
            .argv = actor("stubborn", NULL), .death_signal = SIGKILL, .out = ends[1]};
        pid_t pid;
        if (child_spawn(&spec, &pid, NULL) != RC_OK)
            _exit(1);
        for (;;)
            pause();
    }
    close(ends[1]);
    assert_true(read_line(ends[0], line, sizeof line));
    kill(parent, SIGKILL);
    expect_state(child_wait(parent, -1), CHILD_SIGNALLED, SIGKILL);
    assert_int_equal(read(ends[0], line, 1), 0); /* the grandchild held the other end */
    close(ends[0]);
}

/* A process that sits in a network name space of its own; skips where that is forbidden. */
static pid_t hold_netns(void)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char ok = unshare(CLONE_NEWNET) == 0 ? 'y' : 'n';
        if (write(ends[1], &ok, 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    char ok = 'n';
    close(ends[1]);
    assert_int_equal(read(ends[0], &ok, 1), 1);
    close(ends[0]);
    if (ok == 'y')
        return pid;
    child_end(pid, 0);
    skip();
    return 0;
}

static void a_child_is_put_into_a_network_name_space_by_path(void **state)
{
    (void)state;
    pid_t holder = hold_netns();
    char path[64], ns[64] = "", line[256];
    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)holder);
    assert_true(readlink(path, ns, sizeof ns - 1) > 0);
    inspect(&(struct child_spec){.netns = path}, NULL, line, sizeof line);
    assert_non_null(strstr(line, ns));
    inspect(&(struct child_spec){0}, NULL, line, sizeof line);
    assert_null(strstr(line, ns));
    child_end(holder, 0);
}

static int run_ip(const char *verb, const char *name)
{
    const char *argv[] = {"ip", "netns", verb, name, NULL};
    pid_t pid;
    if (child_spawn(&(struct child_spec){.argv = argv}, &pid, NULL) != RC_OK)
        return -1;
    return child_wait(pid, -1).code;
}

static void a_child_is_put_into_a_network_name_space_by_name(void **state)
{
    (void)state;
    child_end(hold_netns(), 0); /* skips where none can be made */
    char name[32], line[256], own[64] = "";
    snprintf(name, sizeof name, "io-test-%d", (int)getpid());
    if (run_ip("add", name) != 0)
        skip();
    inspect(&(struct child_spec){.netns = name}, NULL, line, sizeof line);
    assert_int_equal(run_ip("delete", name), 0);
    assert_true(readlink("/proc/self/ns/net", own, sizeof own - 1) > 0);
    assert_non_null(strstr(line, "ns=net:"));
    assert_null(strstr(line, own));
}

static void a_name_space_that_is_not_there_is_reported(void **state)
{
    (void)state;
    struct err e;
    pid_t pid;
    const char *argv[] = {"true", NULL};
    struct child_spec spec = {.argv = argv, .netns = "no-such-space"};
    assert_int_equal(child_spawn(&spec, &pid, &e), RC_NOT_FOUND);
    assert_non_null(strstr(e.en, "/run/netns/no-such-space"));
    spec.netns = "../escape";
    assert_int_equal(child_spawn(&spec, &pid, &e), RC_INVALID);
    spec.netns = "a/b";
    assert_int_equal(child_spawn(&spec, &pid, &e), RC_INVALID);
    spec.netns = "";
    assert_int_equal(child_spawn(&spec, &pid, &e), RC_INVALID);
    spec.netns = "/dev/null"; /* a file, but no name space */
    assert_int_equal(child_spawn(&spec, &pid, &e), RC_INTERNAL);
    assert_non_null(strstr(e.en, "cannot enter"));
}

int child_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_and_status_belong_to_the_caller),
        cmocka_unit_test(a_child_starts_clean_and_keeps_the_environment),
        cmocka_unit_test(crossed_descriptors_end_up_where_they_should),
        cmocka_unit_test(a_program_that_cannot_start_is_reported_at_once),
        cmocka_unit_test(a_willing_child_ends_within_the_grace),
        cmocka_unit_test(a_stubborn_child_is_killed_after_the_grace),
        cmocka_unit_test(a_child_that_has_ended_before_keeps_its_own_status),
        cmocka_unit_test(a_child_dies_with_its_parent_when_asked_to),
        cmocka_unit_test(a_child_is_put_into_a_network_name_space_by_path),
        cmocka_unit_test(a_child_is_put_into_a_network_name_space_by_name),
        cmocka_unit_test(a_name_space_that_is_not_there_is_reported),
    };
    return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
