/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/child.h"
#include "io/lock.h"

static void a_second_writer_is_told_who_holds_the_store(void **state)
{
    struct lock first, second;
    struct err e;
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    assert_int_equal(lock_take(*state, "web", &first, &e), RC_OK);
    assert_int_equal(lock_take(*state, "web", &second, &e), RC_BUSY);
    assert_int_equal(second.fd, -1);
    assert_non_null(strstr(e.en, pid));
    assert_non_null(strstr(e.zh, pid));
    assert_non_null(strstr(e.en, "web"));
    assert_non_null(strstr(e.en, *state));
    lock_release(&second);
    lock_release(&first);
    lock_release(&first);
    assert_int_equal(lock_take(*state, "web", &second, &e), RC_OK);
    lock_release(&second);
}

static void roles_do_not_stand_in_each_others_way(void **state)
{
    struct lock web, watch;
    struct err e;
    assert_int_equal(lock_take(*state, "web", &web, &e), RC_OK);
    assert_int_equal(lock_take(*state, "watch", &watch, &e), RC_OK);
    struct stat st;
    assert_int_equal(stat(in_folder(state, "web.lock"), &st), 0);
    assert_int_equal(st.st_mode & 0077, 0);
    lock_release(&web);
    lock_release(&watch);
}

static void a_killed_holder_leaves_no_lock_behind(void **state)
{
    int ends[2];
    char line[16], pid_text[16];
    assert_int_equal(pipe(ends), 0);
    struct child_spec spec = {.argv = actor("hold_lock", *state), .out = ends[1]};
    pid_t pid;
    assert_int_equal(child_spawn(&spec, &pid, NULL), RC_OK);
    assert_true(read_line(ends[0], line, sizeof line));
    struct lock l;
    struct err e;
    assert_int_equal(lock_take(*state, "watch", &l, &e), RC_BUSY);
    snprintf(pid_text, sizeof pid_text, "%d", (int)pid);
    assert_non_null(strstr(e.en, pid_text));
    kill(pid, SIGKILL);
    child_wait(pid, -1);
    assert_int_equal(lock_take(*state, "watch", &l, &e), RC_OK);
    lock_release(&l);
    close(ends[0]);
    close(ends[1]);
}

static void a_child_does_not_inherit_the_lock(void **state)
{
    struct lock l;
    struct err e;
    assert_int_equal(lock_take(*state, "web", &l, &e), RC_OK);
    int ends[2];
    char line[16];
    assert_int_equal(pipe(ends), 0);
    struct child_spec spec = {.argv = actor("stubborn", NULL), .out = ends[1]};
    pid_t pid;
    assert_int_equal(child_spawn(&spec, &pid, NULL), RC_OK);
    assert_true(read_line(ends[0], line, sizeof line));
    lock_release(&l);
    assert_int_equal(lock_take(*state, "web", &l, &e), RC_OK);
    lock_release(&l);
    child_end(pid, 0);
    close(ends[0]);
    close(ends[1]);
}

static void bad_names_and_folders_are_refused(void **state)
{
    struct lock l;
    struct err e;
    static const char *const bad[] = {"",    "../web", "a/b",
                                      "Web", "a b",    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(lock_take(*state, bad[i], &l, &e), RC_INVALID);
    assert_int_equal(lock_take(in_folder(state, "none"), "web", &l, &e), RC_NOT_FOUND);
    assert_int_equal(symlink("/etc/passwd", in_folder(state, "link.lock")), 0);
    assert_int_equal(lock_take(*state, "link", &l, &e), RC_INTERNAL);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int lock_tests(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_second_writer_is_told_who_holds_the_store),
        IN_FOLDER(roles_do_not_stand_in_each_others_way),
        IN_FOLDER(a_killed_holder_leaves_no_lock_behind),
        IN_FOLDER(a_child_does_not_inherit_the_lock),
        IN_FOLDER(bad_names_and_folders_are_refused),
    };
    return cmocka_run_group_tests_name("lock", tests, NULL, NULL);
}
