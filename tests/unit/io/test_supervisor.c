/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/civil.h"
#include "io/child.h"
#include "io/file.h"

/* What a test does as children come and go; it runs inside supervisor_run(). */
struct play {
    struct supervisor *s;
    void (*on_start)(struct play *p, const char *name, pid_t pid);
    int starts, ends;
    int64_t started_at[16];
    pid_t pid[16];
    int out; /* the children's standard output, to await "ready" */
    char said[64];
    char *log; /* what the run wrote to standard error */
};

static void on_change(void *ctx, const char *name, pid_t pid)
{
    struct play *p = ctx;
    if (pid < 0) {
        p->ends++;
        return;
    }
    assert_in_range(p->starts, 0, 15);
    p->started_at[p->starts] = monotonic_ms();
    p->pid[p->starts] = pid;
    p->starts++;
    p->on_start(p, name, pid);
}

/* Runs the supervisor with its log in a file, and reads that. */
static void run(struct play *p, struct supervisor_options *o, void **state, struct arena *a)
{
    struct err e;
    size_t n;
    const char *path = in_folder(state, "log");
    o->on_change = on_change;
    o->ctx = p;
    assert_int_equal(supervisor_new(o, &p->s, &e), RC_OK);
    int keep = dup(STDERR_FILENO);
    FILE *log = fopen(path, "w");
    assert_non_null(log);
    dup2(fileno(log), STDERR_FILENO);
    supervisor_run(p->s);
    dup2(keep, STDERR_FILENO);
    close(keep);
    fclose(log);
    supervisor_free(p->s);
    assert_int_equal(file_read(a, path, 1 << 20, &p->log, &n, &e), RC_OK);
    assert_int_equal(p->ends, p->starts);
}

static int count(const char *text, const char *what)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, what)) != NULL; p += strlen(what))
        n++;
    return n;
}

static void kill_the_first_and_stop_at_the_third(struct play *p, const char *name, pid_t pid)
{
    (void)name;
    if (p->starts < 3)
        kill(pid, SIGKILL);
    else
        supervisor_stop(p->s);
}

static void a_killed_child_is_started_again(void **state)
{
    const char *argv[] = {"sleep", "1000", NULL};
    const struct supervised children[] = {{"web", {.argv = argv}}};
    struct supervisor_options o = {.children = children, .n = 1, .backoff_ms = 1};
    struct play p = {.on_start = kill_the_first_and_stop_at_the_third};
    struct arena *a = arena_new();
    run(&p, &o, state, a);
    assert_int_equal(p.starts, 3);
    assert_int_not_equal(p.pid[0], p.pid[1]);
    char line[80];
    snprintf(line, sizeof line, "error: web: pid %d killed by signal 9 (Killed)", (int)p.pid[0]);
    assert_int_equal(count(p.log, line), 1);
    assert_int_equal(count(p.log, "killed by signal 9"), 2);
    assert_int_equal(count(p.log, "killed by signal 15"), 1); /* sleep obeys the stop */
    arena_free(a);
}

static void stop_at_the_seventh(struct play *p, const char *name, pid_t pid)
{
    (void)name;
    (void)pid;
    if (p->starts == 7)
        supervisor_stop(p->s);
}

static void a_child_that_keeps_failing_is_started_less_and_less_often(void **state)
{
    const char *argv[] = {"sh", "-c", "exit 3", NULL};
    const struct supervised children[] = {{"watch", {.argv = argv}}};
    struct supervisor_options o = {
        .children = children, .n = 1, .backoff_ms = 10, .backoff_max_ms = 60};
    struct play p = {.on_start = stop_at_the_seventh};
    struct arena *a = arena_new();
    run(&p, &o, state, a);
    static const int pause[] = {10, 20, 40, 60, 60, 60};
    const char *at = p.log;
    for (int i = 0; i < 6; i++) {
        char line[64];
        snprintf(line, sizeof line, "watch: starts again in %d ms", pause[i]);
        at = strstr(at, line);
        assert_non_null(at);
        at++;
        assert_true(p.started_at[i + 1] - p.started_at[i] >= pause[i]);
    }
    assert_true(count(p.log, "exited with status 3") >= 6);
    arena_free(a);
}

static void stop_at_the_fourth(struct play *p, const char *name, pid_t pid)
{
    (void)name;
    (void)pid;
    if (p->starts == 4)
        supervisor_stop(p->s);
}

static void a_long_life_forgives_earlier_deaths(void **state)
{
    const char *argv[] = {"sleep", "0.02", NULL};
    const struct supervised children[] = {{"web", {.argv = argv}}};
    struct supervisor_options o = {.children = children, .n = 1, .backoff_ms = 5, .stable_ms = 10};
    struct play p = {.on_start = stop_at_the_fourth};
    struct arena *a = arena_new();
    run(&p, &o, state, a);
    assert_int_equal(count(p.log, "starts again in 5 ms"), 3);
    assert_int_equal(count(p.log, "starts again in"), 3);
    arena_free(a);
}

static void await_ready(struct play *p)
{
    char line[16];
    assert_true(read_line(p->out, line, sizeof line));
    assert_string_equal(line, "ready");
}

static void terminate_us(struct play *p, const char *name, pid_t pid)
{
    (void)name;
    (void)pid;
    await_ready(p);
    if (p->starts == 2)
        kill(getpid(), SIGTERM);
}

static void interrupt_us(struct play *p, const char *name, pid_t pid)
{
    (void)name;
    (void)pid;
    await_ready(p);
    if (p->starts == 2)
        kill(getpid(), SIGINT);
}

static void expect_passed_on(void **state, void (*on_start)(struct play *, const char *, pid_t),
                             const char *word)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const char *const argv[] = {"/proc/self/exe", "--actor", "graceful", NULL};
    const struct supervised children[] = {{"web", {.argv = argv, .out = ends[1]}},
                                          {"watch", {.argv = argv, .out = ends[1]}}};
    struct supervisor_options o = {.children = children, .n = 2};
    struct play p = {.on_start = on_start, .out = ends[0]};
    struct arena *a = arena_new();
    run(&p, &o, state, a);
    close(ends[1]);
    char line[16];
    for (int i = 0; i < 2; i++) {
        assert_true(read_line(ends[0], line, sizeof line));
        assert_string_equal(line, word);
    }
    assert_false(read_line(ends[0], line, sizeof line));
    close(ends[0]);
    assert_int_equal(p.starts, 2);
    assert_int_equal(count(p.log, "exited with status 0"), 2);
    assert_int_equal(count(p.log, "starts again"), 0);
    assert_int_equal(count(p.log, "error:"), 0);
    arena_free(a);
}

static void signals_are_passed_on_and_all_children_awaited(void **state)
{
    expect_passed_on(state, terminate_us, "TERM");
    expect_passed_on(state, interrupt_us, "INT");
}

static void stop_when_ready(struct play *p, const char *name, pid_t pid)
{
    (void)name;
    (void)pid;
    await_ready(p);
    supervisor_stop(p->s);
}

static void who_does_not_stop_is_killed_after_the_grace(void **state)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const struct supervised children[] = {
        {"web", {.argv = actor("stubborn", NULL), .out = ends[1]}}};
    struct supervisor_options o = {.children = children, .n = 1, .grace_ms = 30};
    struct play p = {.on_start = stop_when_ready, .out = ends[0]};
    struct arena *a = arena_new();
    int64_t from = monotonic_ms();
    run(&p, &o, state, a);
    assert_true(monotonic_ms() - from >= 30);
    assert_int_equal(count(p.log, "killed by signal 9"), 1);
    assert_int_equal(count(p.log, "the grace of 30 ms is over"), 1);
    close(ends[0]);
    close(ends[1]);
    arena_free(a);
}

static void stop_at_the_third(struct play *p, const char *name, pid_t pid)
{
    (void)pid;
    assert_string_equal(name, "good");
    if (p->starts == 3)
        supervisor_stop(p->s);
}

static void a_missing_program_is_tried_again_beside_the_others(void **state)
{
    const char *good[] = {"true", NULL}, *bad[] = {"/no/such/program", NULL};
    const struct supervised children[] = {{"bad", {.argv = bad}}, {"good", {.argv = good}}};
    struct supervisor_options o = {.children = children, .n = 2, .backoff_ms = 5};
    struct play p = {.on_start = stop_at_the_third};
    struct arena *a = arena_new();
    run(&p, &o, state, a);
    assert_true(count(p.log, "bad: cannot start /no/such/program: No such file") >= 2);
    assert_non_null(strstr(p.log, "bad: starts again in 10 ms"));
    arena_free(a);
}

static void stop_at_the_second(struct play *p, const char *name, pid_t pid)
{
    (void)name;
    (void)pid;
    if (p->starts == 2)
        supervisor_stop(p->s);
}

static int64_t cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void waiting_costs_no_processor_time(void **state)
{
    const char *argv[] = {"sleep", "0.4", NULL};
    const struct supervised children[] = {{"web", {.argv = argv}}};
    struct supervisor_options o = {.children = children, .n = 1, .backoff_ms = 400};
    struct play p = {.on_start = stop_at_the_second};
    struct arena *a = arena_new();
    int64_t before = cpu_ms();
    run(&p, &o, state, a);
    assert_in_range(cpu_ms() - before, 0, 300); /* of at least 800 ms: half of it waits twice */
    assert_true(p.started_at[1] - p.started_at[0] >= 800);
    arena_free(a);
}

static void a_wrong_number_of_children_is_refused(void **state)
{
    (void)state;
    struct supervisor *s;
    struct err e;
    struct supervisor_options o = {.n = 0};
    assert_int_equal(supervisor_new(&o, &s, &e), RC_INVALID);
    o.n = SUPERVISED_MAX + 1;
    assert_int_equal(supervisor_new(&o, &s, &e), RC_INVALID);
    supervisor_free(NULL);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int supervisor_tests(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_killed_child_is_started_again),
        IN_FOLDER(a_child_that_keeps_failing_is_started_less_and_less_often),
        IN_FOLDER(a_long_life_forgives_earlier_deaths),
        IN_FOLDER(signals_are_passed_on_and_all_children_awaited),
        IN_FOLDER(who_does_not_stop_is_killed_after_the_grace),
        IN_FOLDER(a_missing_program_is_tried_again_beside_the_others),
        IN_FOLDER(waiting_costs_no_processor_time),
        cmocka_unit_test(a_wrong_number_of_children_is_refused),
    };
    return cmocka_run_group_tests_name("supervisor", tests, NULL, NULL);
}
