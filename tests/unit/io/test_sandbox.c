/* SPDX-License-Identifier: Apache-2.0 */
/* The cage: each case is a process that enters it and tries one thing. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "io/sandbox.h"
#include "test.h"

static int ends[2]; /* a pipe that is open before */

static void try_open(void)
{
    (void)!open("/etc/hostname", O_RDONLY | O_CLOEXEC);
}

static void try_create(void)
{
    (void)!creat("/tmp/sandbox-test-never", 0600);
}

static void try_socket(void)
{
    (void)!socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void try_fork(void)
{
    (void)!fork();
}

static void try_exec(void)
{
    execl("/bin/true", "true", (char *)NULL);
}

static void try_code(void)
{
    (void)!mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void try_kill(void)
{
    kill(getppid(), 0);
}

static void try_trace(void)
{
    ptrace(PTRACE_ATTACH, 1, NULL, NULL);
}

static void try_stat(void)
{
    (void)!access("/etc/passwd", R_OK);
}

static void try_nothing(void)
{
}

static void try_work(void)
{
    char *p = malloc(4 << 20);
    struct timespec t;
    if (p)
        memset(p, 1, 4 << 20);
    clock_gettime(CLOCK_MONOTONIC, &t);
    if (!p || write(ends[1], p, 3) != 3 || read(ends[0], p, 3) != 3)
        _exit(1);
    free(p);
}

static int end_of(void (*attempt)(void), const struct sandbox *s)
{
    pid_t pid = fork();
    int status = -1;
    if (pid == 0) {
        struct err e;
        if (sandbox_enter(s, &e) != RC_OK)
            _exit(9);
        attempt();
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void reading_writing_and_memory_are_left(void **state)
{
    (void)state;
    static void (*const good[])(void) = {try_nothing, try_work};
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(end_of(good[i], &(struct sandbox){0}), 0);
    close(ends[0]);
    close(ends[1]);
}

static void everything_else_kills(void **state)
{
    (void)state;
    static void (*const bad[])(void) = {try_open, try_create, try_socket, try_fork, try_exec,
                                        try_code, try_kill,   try_trace,  try_stat};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int status = end_of(bad[i], &(struct sandbox){0});
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS) {
            print_error("attempt %zu ended with status %d\n", i, status);
            _fail(__FILE__, __LINE__);
        }
    }
}

static void try_loop(void)
{
    for (volatile unsigned i = 0;; i++)
        continue;
}

static void processor_time_ends(void **state)
{
    (void)state;
    int status = end_of(try_loop, &(struct sandbox){.cpu_seconds = 1});
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGXCPU);
}

int sandbox_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_writing_and_memory_are_left),
        cmocka_unit_test(everything_else_kills),
        cmocka_unit_test(processor_time_ends),
    };
    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
