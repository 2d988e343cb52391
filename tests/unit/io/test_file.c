/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/child.h"
#include "io/file.h"

static int entries(const char *folder)
{
    DIR *d = opendir(folder);
    assert_non_null(d);
    int n = 0;
    for (struct dirent *x; (x = readdir(d)) != NULL;)
        n += x->d_name[0] != '.';
    closedir(d);
    return n;
}

static void expect_content(const char *path, const char *want, size_t n)
{
    struct arena *a = arena_new();
    char *text;
    size_t got;
    struct err e;
    assert_int_equal(file_read(a, path, 1 << 20, &text, &got, &e), RC_OK);
    assert_int_equal(got, n);
    assert_memory_equal(text, want, n);
    assert_int_equal(text[n], '\0');
    arena_free(a);
}

static void what_is_written_is_read(void **state)
{
    struct err e;
    static char big[300000];
    memset(big, 'x', sizeof big);
    const char *path = in_folder(state, "a.txt");
    assert_int_equal(file_write(path, "", 0, 0600, &e), RC_OK);
    expect_content(path, "", 0);
    assert_int_equal(file_write(path, "a\0b", 3, 0600, &e), RC_OK);
    expect_content(path, "a\0b", 3);
    assert_int_equal(file_write(path, big, sizeof big, 0600, &e), RC_OK);
    expect_content(path, big, sizeof big);
    assert_int_equal(entries(*state), 1); /* no temporary file stays */
    assert_true(file_exists(path));
    assert_false(file_exists(in_folder(state, "b.txt")));
}

static void the_mode_is_exact_whatever_the_umask(void **state)
{
    struct err e;
    mode_t before = umask(0177);
    assert_int_equal(file_write(in_folder(state, "open"), "x", 1, 0644, &e), RC_OK);
    umask(0);
    assert_int_equal(file_write(in_folder(state, "closed"), "x", 1, 0600, &e), RC_OK);
    umask(before);
    struct stat st;
    assert_int_equal(stat(in_folder(state, "open"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
    assert_int_equal(stat(in_folder(state, "closed"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_file_of_exactly_the_limit_is_read_and_one_byte_more_is_not(void **state)
{
    struct arena *a = arena_new();
    char *text;
    size_t n;
    struct err e;
    const char *path = in_folder(state, "f");
    assert_int_equal(file_write(path, "12345", 5, 0600, &e), RC_OK);
    assert_int_equal(file_read(a, path, 5, &text, &n, &e), RC_OK);
    assert_int_equal(file_read(a, path, 4, &text, &n, &e), RC_TOO_BIG);
    assert_non_null(strstr(e.en, path));
    assert_non_null(strstr(e.zh, "4 字节"));
    /* a file whose size is not known beforehand */
    assert_int_equal(file_read(a, "/proc/self/status", 1 << 20, &text, &n, &e), RC_OK);
    assert_true(n > 100);
    assert_int_equal(file_read(a, "/proc/self/status", n / 2, &text, &n, &e), RC_TOO_BIG);
    arena_free(a);
}

static void only_regular_files_are_read(void **state)
{
    struct arena *a = arena_new();
    char *text;
    size_t n;
    struct err e;
    const char *path = in_folder(state, "fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(file_read(a, path, 10, &text, &n, &e), RC_INVALID);
    assert_int_equal(file_read(a, *state, 10, &text, &n, &e), RC_INVALID);
    assert_int_equal(file_read(a, "/dev/zero", 10, &text, &n, &e), RC_INVALID);
    assert_int_equal(file_read(a, in_folder(state, "none"), 10, &text, &n, &e), RC_NOT_FOUND);
    assert_non_null(strstr(e.zh, "不存在"));
    arena_free(a);
}

static void a_write_that_fails_leaves_the_old_content(void **state)
{
    struct err e;
    const char *path = in_folder(state, "f");
    assert_int_equal(file_write(path, "old", 3, 0600, &e), RC_OK);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit small = {10, 10};
        setrlimit(RLIMIT_FSIZE, &small);
        char big[100] = {0};
        enum rc rc = file_write(path, big, sizeof big, 0600, &e);
        _exit(rc == RC_INTERNAL && strstr(e.en, path) ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    expect_content(path, "old", 3);
    assert_int_equal(entries(*state), 1);
    assert_int_equal(file_write(in_folder(state, "none/f"), "x", 1, 0600, &e), RC_NOT_FOUND);
    assert_int_equal(file_write(*state, "x", 1, 0600, &e), RC_INTERNAL); /* a folder is there */
}

static void a_reader_sees_the_old_or_the_new_content_never_a_mixture(void **state)
{
    const char *path = in_folder(state, "f");
    int ends[2];
    char line[16];
    assert_int_equal(pipe(ends), 0);
    struct child_spec spec = {.argv = actor("rewrite", path), .out = ends[1]};
    pid_t pid;
    assert_int_equal(child_spawn(&spec, &pid, NULL), RC_OK);
    assert_true(read_line(ends[0], line, sizeof line));
    int seen[2] = {0, 0};
    struct arena *a = arena_new();
    for (int i = 0; i < 300 || seen[0] == 0 || seen[1] == 0; i++) {
        char *text;
        size_t n;
        struct err e;
        assert_int_equal(file_read(a, path, 1 << 20, &text, &n, &e), RC_OK);
        assert_true(n == 100 || n == 100000);
        bool big = n > 100;
        seen[big]++;
        for (size_t k = 0; k < n; k++)
            assert_int_equal(text[k], big ? 'b' : 's');
        arena_reset(a);
    }
    arena_free(a);
    child_end(pid, 0);
    close(ends[0]);
    close(ends[1]);
}

static void folders_are_made_with_their_parents(void **state)
{
    struct err e;
    struct stat st;
    const char *deep = in_folder(state, "a/b//c/");
    assert_int_equal(file_make_folders(deep, 0700, &e), RC_OK);
    assert_int_equal(stat(deep, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(file_make_folders(deep, 0755, &e), RC_OK); /* there already */
    assert_int_equal(stat(deep, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(file_make_folders("/", 0755, &e), RC_OK);
    assert_int_equal(file_sync_folder(deep, &e), RC_OK);
    assert_int_equal(file_sync_folder(in_folder(state, "none"), &e), RC_NOT_FOUND);
    assert_int_equal(file_write(in_folder(state, "file"), "x", 1, 0600, &e), RC_OK);
    assert_int_equal(file_make_folders(in_folder(state, "file/x"), 0700, &e), RC_INTERNAL);
    assert_non_null(strstr(e.zh, "不是文件夹"));
    assert_int_equal(file_make_folders("", 0700, &e), RC_NOT_FOUND);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int file_tests(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_is_written_is_read),
        IN_FOLDER(the_mode_is_exact_whatever_the_umask),
        IN_FOLDER(a_file_of_exactly_the_limit_is_read_and_one_byte_more_is_not),
        IN_FOLDER(only_regular_files_are_read),
        IN_FOLDER(a_write_that_fails_leaves_the_old_content),
        IN_FOLDER(a_reader_sees_the_old_or_the_new_content_never_a_mixture),
        IN_FOLDER(folders_are_made_with_their_parents),
    };
    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
