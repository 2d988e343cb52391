/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#include "base/hash.h"
#include "world.h"

enum { LIMIT = 3 * 1024 * 1024 };

static struct world world;

static int start(void **state)
{
    (void)state;
    world_start(&world, (struct http_options){.upload_limit = LIMIT});
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_end(&world);
    return 0;
}

static char *bytes_of(size_t n)
{
    char *s = malloc(n + 1);
    for (size_t i = 0; i < n; i++)
        s[i] = (char)('A' + (i * 7 + i / 1000) % 57);
    s[n] = '\0';
    return s;
}

static void an_upload_is_spooled_and_hashed(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 65536, LIMIT};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *data = bytes_of(sizes[i]);
        char hex[HASH_HEX], want[256];
        hash_hex(data, sizes[i], hex);
        snprintf(want, sizeof want, "{\"size\":%zu,\"sha256\":\"%s\"}", sizes[i], hex);
        struct answer a = ask(&world, "PUT", "/api/v1/file?name=a.jpg", "", data);
        assert_int_equal(a.status, 201);
        assert_string_equal(a.body, want);
        answer_free(&a);
        free(data);
    }
}

static void a_file_that_nobody_keeps_is_gone_before_the_answer(void **state)
{
    (void)state;
    struct answer a = ask(&world, "PUT", "/api/v1/file", "", "abc");
    assert_int_equal(a.status, 201);
    assert_int_equal(spool_count(&world), 0);
    answer_free(&a);
}

static void a_kept_file_is_downloaded_by_descriptor_with_its_length(void **state)
{
    (void)state;
    char text[512];
    char *data = bytes_of(2000000);
    struct answer a = ask(&world, "PUT", "/api/v1/file?keep=1", "", data);
    assert_int_equal(a.status, 201);
    answer_free(&a);
    struct stat st;
    assert_int_equal(stat(world.kept, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    a = ask(&world, "GET", "/api/v1/download", "", NULL);
    assert_int_equal(a.status, 200);
    assert_int_equal(a.len, 2000000);
    assert_memory_equal(a.body, data, 2000000);
    assert_string_equal(answer_header(&a, "Content-Type", text), "image/jpeg");
    assert_string_equal(answer_header(&a, "Cache-Control", text), "private, max-age=60");
    answer_free(&a);
    a = ask(&world, "HEAD", "/api/v1/download", "", NULL);
    assert_string_equal(answer_header(&a, "Content-Length", text), "2000000");
    answer_free(&a);
    free(data);
}

static void an_upload_over_the_limit_is_413_and_leaves_nothing(void **state)
{
    (void)state;
    char *data = bytes_of(LIMIT + 1);
    struct answer a = ask(&world, "PUT", "/api/v1/file", "", data);
    assert_code(&a, 413, "too_big");
    answer_free(&a);
    struct wire c = wire_open(&world); /* the same without saying so first */
    wire_send(
        &c, "PUT /api/v1/file HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n300001\r\n");
    wire_send_n(&c, data, LIMIT + 1);
    wire_send(&c, "\r\n0\r\n\r\n");
    a = wire_answer(&c, false);
    assert_code(&a, 413, "too_big");
    assert_int_equal(spool_count(&world), 0);
    answer_free(&a);
    wire_close(&c);
    free(data);
}

static void a_client_that_vanishes_half_way_leaves_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct wire c = wire_open(&world);
        wire_send(&c, "PUT /api/v1/file HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nhalf");
        wire_close(&c);
    }
    http_stop(world.server);
    world.server = NULL;
    assert_int_equal(spool_count(&world), 0);
    world_start(&world, (struct http_options){.upload_limit = LIMIT});
}

static void a_full_disk_is_503_with_a_clear_text(void **state)
{
    (void)state;
    struct rlimit old, narrow;
    getrlimit(RLIMIT_FSIZE, &old);
    narrow = old;
    narrow.rlim_cur = 100000; /* the kernel's "no room" without filling a disk */
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &narrow);
    char *data = bytes_of(500000);
    struct answer a = ask(&world, "PUT", "/api/v1/file", "", data);
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, handler);
    assert_code(&a, 503, "busy");
    assert_non_null(strstr(a.body, "存储空间不足"));
    assert_int_equal(spool_count(&world), 0);
    answer_free(&a);
    a = ask(&world, "PUT", "/api/v1/file", "", data);
    assert_int_equal(a.status, 201);
    answer_free(&a);
    free(data);
}

static void leftovers_of_a_crash_are_swept_after_a_day(void **state)
{
    (void)state;
    static const char *const names[] = {"upload-old", "upload-young", "other"};
    char path[3][160];
    for (int i = 0; i < 3; i++) {
        snprintf(path[i], sizeof path[i], "%s/%s", world.spool, names[i]);
        FILE *f = fopen(path[i], "w");
        fclose(f);
        struct utimbuf t = {0, 0};
        t.actime = t.modtime = time(NULL) - (i == 1 ? 3600 : 90000);
        assert_int_equal(utime(path[i], &t), 0);
    }
    http_stop(world.server);
    world_start(&world, (struct http_options){.upload_limit = LIMIT});
    assert_int_not_equal(access(path[0], F_OK), 0);
    assert_int_equal(access(path[1], F_OK), 0);
    assert_int_equal(access(path[2], F_OK), 0);
}

int upload_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upload_is_spooled_and_hashed),
        cmocka_unit_test(a_file_that_nobody_keeps_is_gone_before_the_answer),
        cmocka_unit_test(a_kept_file_is_downloaded_by_descriptor_with_its_length),
        cmocka_unit_test(an_upload_over_the_limit_is_413_and_leaves_nothing),
        cmocka_unit_test(a_client_that_vanishes_half_way_leaves_nothing),
        cmocka_unit_test(a_full_disk_is_503_with_a_clear_text),
        cmocka_unit_test(leftovers_of_a_crash_are_swept_after_a_day),
    };
    return cmocka_run_group_tests_name("http uploads", tests, start, end);
}
