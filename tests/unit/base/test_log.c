/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/utf8.h"

enum { ROOM = 16384 };

/* Runs act() in a child with standard error in a pipe; returns its wait status. */
static int logged(void (*act)(void), char text[ROOM])
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        act();
        _exit(0);
    }
    assert_true(pid > 0);
    close(ends[1]);
    size_t n = 0;
    ssize_t got;
    while ((got = read(ends[0], text + n, ROOM - 1 - n)) > 0)
        n += (size_t)got;
    close(ends[0]);
    text[n] = '\0';
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static int lines(const char *s)
{
    int n = 0;
    for (; *s; s++)
        n += *s == '\n';
    return n;
}

static void forge(void)
{
    log_name("web");
    log_warn("login %s",
             "x\n2026-01-01T00:00:00+08:00 web[1] error: forged\r\x1B[2J\x7F\xC2\x9B\xE5");
}

static void one_event_cannot_forge_another(void **state)
{
    (void)state;
    char text[ROOM];
    assert_int_equal(logged(forge, text), 0);
    assert_int_equal(lines(text), 1);
    assert_non_null(strstr(text, " web["));
    assert_non_null(strstr(text, "] warn: login x\\x0a2026"));
    assert_non_null(strstr(text, "forged\\x0d\\x1b[2J\\x7f\\xc2\\x9b\\xe5\n"));
    assert_true(utf8_valid(text, strlen(text)));
}

static void long_text(void)
{
    char long_one[9000];
    for (size_t i = 0; i + 3 < sizeof long_one; i += 3)
        memcpy(long_one + i, "守", 3);
    long_one[8997] = '\0';
    log_info("%s", long_one);
    log_error("a%s", long_one);
    memset(long_one, '\n', 8990);
    log_error("%s", long_one);
}

static void a_long_event_is_one_valid_line(void **state)
{
    (void)state;
    char text[ROOM];
    assert_int_equal(logged(long_text, text), 0);
    assert_int_equal(lines(text), 3);
    assert_true(utf8_valid(text, strlen(text)));
    assert_non_null(strstr(text, "守...\n"));
    assert_true(strlen(text) < (size_t)3 * 4096);
}

static void keep_errno(void)
{
    errno = EAGAIN;
    close(STDERR_FILENO);
    log_error("nobody reads this");
    if (errno != EAGAIN)
        _exit(1);
}

static void logging_leaves_errno_alone(void **state)
{
    (void)state;
    char text[ROOM];
    assert_int_equal(logged(keep_errno, text), 0);
}

static void give_up(void)
{
    die("cannot go on: %d", 7);
}

static void dying_says_why_and_aborts(void **state)
{
    (void)state;
    char text[ROOM];
    int status = logged(give_up, text);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_non_null(strstr(text, "fatal: cannot go on: 7\n"));
}

int log_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_event_cannot_forge_another),
        cmocka_unit_test(a_long_event_is_one_valid_line),
        cmocka_unit_test(logging_leaves_errno_alone),
        cmocka_unit_test(dying_says_why_and_aborts),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
