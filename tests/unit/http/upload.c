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
    static const char *const names[] = {"upload-old", "upload-young", "other", "part-old"};
    char path[4][160];
    for (int i = 0; i < 4; i++) {
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
    assert_int_not_equal(access(path[3], F_OK), 0);
}

static const char *part_made(const char *name)
{
    static char path[160];
    snprintf(path, sizeof path, "%s/part-%s", world.spool, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fclose(f);
    return path;
}

static long long size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (long long)st.st_size : -1;
}

static void a_resumed_upload_goes_on_where_it_was_cut(void **state)
{
    (void)state;
    const char *path = part_made("one");
    struct wire c = wire_open(&world);
    wire_send(&c, "PUT /api/v1/file/upload/one HTTP/1.1\r\nHost: h\r\nUpload-Offset: 0\r\n"
                  "Content-Length: 10\r\n\r\nabcd");
    struct timespec tick = {0, 2000000};
    for (int i = 0; i < 5000 && size_of(path) != 4; i++)
        nanosleep(&tick, NULL);
    assert_int_equal(size_of(path), 4);
    struct answer a =
        ask(&world, "PUT", "/api/v1/file/upload/one", "Upload-Offset: 4\r\n", "efghij");
    assert_code(&a, 409, "conflict"); /* the first connection still writes */
    answer_free(&a);
    wire_close(&c);
    for (int i = 0; i < 5000; i++) {
        a = ask(&world, "PUT", "/api/v1/file/upload/one", "Upload-Offset: 4\r\n", "efghij");
        if (a.status == 200)
            break;
        answer_free(&a);
        nanosleep(&tick, NULL);
    }
    assert_string_equal(a.body, "{\"size\":10}");
    answer_free(&a);
    char text[16] = "";
    FILE *f = fopen(path, "r");
    assert_int_equal(fread(text, 1, sizeof text, f), 10);
    fclose(f);
    assert_string_equal(text, "abcdefghij");
    unlink(path);
}

static void a_resumed_upload_must_be_known_and_go_on_at_its_end(void **state)
{
    (void)state;
    struct answer a = ask(&world, "PUT", "/api/v1/file/upload/none", "Upload-Offset: 0\r\n", "abc");
    assert_code(&a, 404, "not_found");
    answer_free(&a);
    const char *path = part_made("two");
    static const char *const wrong[] = {"", "Upload-Offset: x\r\n", "Upload-Offset: -1\r\n",
                                        "Upload-Offset: 99999999999999999999\r\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        a = ask(&world, "PUT", "/api/v1/file/upload/two", wrong[i], "abc");
        assert_code(&a, 400, "invalid");
        answer_free(&a);
    }
    a = ask(&world, "PUT", "/api/v1/file/upload/two", "Upload-Offset: 7\r\n", "abc");
    assert_code(&a, 409, "conflict");
    answer_free(&a);
    assert_int_equal(size_of(path), 0);
    unlink(path);
}

static void the_parts_of_an_upload_share_one_limit(void **state)
{
    (void)state;
    const char *path = part_made("three");
    char *data = bytes_of(LIMIT - 10), offset[64];
    struct answer a = ask(&world, "PUT", "/api/v1/file/upload/three", "Upload-Offset: 0\r\n", data);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    snprintf(offset, sizeof offset, "Upload-Offset: %d\r\n", LIMIT - 10);
    a = ask(&world, "PUT", "/api/v1/file/upload/three", offset, "eleven more");
    assert_code(&a, 413, "too_big");
    assert_true(size_of(path) <= LIMIT);
    answer_free(&a);
    free(data);
    unlink(path);
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
        cmocka_unit_test(a_resumed_upload_goes_on_where_it_was_cut),
        cmocka_unit_test(a_resumed_upload_must_be_known_and_go_on_at_its_end),
        cmocka_unit_test(the_parts_of_an_upload_share_one_limit),
    };
    return cmocka_run_group_tests_name("http uploads", tests, start, end);
}
