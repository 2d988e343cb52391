/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/child.h"
#include "io/file.h"
#include "io/poke.h"

static void a_poke_from_another_process_wakes_the_listener(void **state)
{
    const char *path = in_folder(state, "look");
    struct err e;
    int fd;
    assert_int_equal(poke_listen(path, &fd, &e), RC_OK);
    assert_int_equal(poke_drain(fd), 0);
    struct child_spec spec = {.argv = actor("poke", path)};
    pid_t pid;
    assert_int_equal(child_spawn(&spec, &pid, &e), RC_OK);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&p, 1, -1), 1);
    assert_int_equal(poke_drain(fd), 1);
    assert_int_equal(poke_drain(fd), 0);
    assert_int_equal(child_wait(pid, -1).code, 0);
    poke_close(fd, path);
    assert_false(file_exists(path));
}

static void a_poke_that_nobody_hears_is_no_fault(void **state)
{
    errno = 42;
    poke_send(in_folder(state, "none"));
    poke_send("");
    char path[200];
    memset(path, 'x', sizeof path);
    path[199] = '\0';
    poke_send(path);
    assert_int_equal(errno, 42);
    struct err e;
    int fd;
    const char *stale = in_folder(state, "stale");
    assert_int_equal(poke_listen(stale, &fd, &e), RC_OK);
    close(fd);
    poke_send(stale); /* the file is there, its owner is not */
    assert_int_equal(poke_listen(path, &fd, &e), RC_INTERNAL);
}

static void a_full_queue_does_not_block_the_sender(void **state)
{
    const char *path = in_folder(state, "look");
    struct err e;
    int fd;
    assert_int_equal(poke_listen(path, &fd, &e), RC_OK);
    for (int i = 0; i < 5000; i++)
        poke_send(path);
    int n = 0, more;
    while ((more = poke_drain(fd)) > 0) {
        assert_in_range(more, 1, 1024);
        n += more;
    }
    assert_in_range(n, 1, 5000);
    poke_send(path);
    assert_int_equal(poke_drain(fd), 1);
    poke_close(fd, path);
}

static void a_dead_listeners_socket_is_replaced_but_nothing_else(void **state)
{
    const char *path = in_folder(state, "look");
    struct err e;
    struct stat st;
    int dead, fd;
    mode_t before = umask(0);
    assert_int_equal(poke_listen(path, &dead, &e), RC_OK);
    umask(before);
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISSOCK(st.st_mode));
    assert_int_equal(st.st_mode & 0777, 0600);
    close(dead);
    assert_int_equal(poke_listen(path, &fd, &e), RC_OK);
    poke_send(path);
    assert_int_equal(poke_drain(fd), 1);
    poke_close(fd, path);
    assert_int_equal(file_write(path, "x", 1, 0600, &e), RC_OK);
    assert_int_equal(poke_listen(path, &fd, &e), RC_INTERNAL);
    assert_non_null(strstr(e.en, path));
    assert_true(file_exists(path));
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int poke_tests(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_poke_from_another_process_wakes_the_listener),
        IN_FOLDER(a_poke_that_nobody_hears_is_no_fault),
        IN_FOLDER(a_full_queue_does_not_block_the_sender),
        IN_FOLDER(a_dead_listeners_socket_is_replaced_but_nothing_else),
    };
    return cmocka_run_group_tests_name("poke", tests, NULL, NULL);
}
