/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "world.h"

static struct world world;

/* Only the deadline under test is short, so that a busy machine cuts nothing else. */
static int start_short_header(void **state)
{
    (void)state;
    world_start(&world, (struct http_options){.header_seconds = 1});
    return 0;
}

static int start_short_body(void **state)
{
    (void)state;
    world_start(&world, (struct http_options){.body_seconds = 1});
    return 0;
}

static int start_short_idle(void **state)
{
    (void)state;
    world_start(&world, (struct http_options){.keepalive_seconds = 1});
    return 0;
}

static int start_patient(void **state)
{
    (void)state;
    world_start(&world, (struct http_options){0});
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_end(&world);
    return 0;
}

/* The status of the first answer; the connection must end and nothing behind it be answered. */
static int only_status(const char *bytes)
{
    struct wire c = wire_open(&world);
    wire_send(&c, bytes);
    wire_expect_close(&c);
    assert_non_null(c.data);
    assert_int_equal(strncmp(c.data, "HTTP/1.1 ", 9), 0);
    int status = (int)strtol(c.data + 9, NULL, 10);
    assert_null(strstr(c.data + 9, "HTTP/1.1 2"));
    wire_close(&c);
    return status;
}

static void length_and_transfer_coding_together_are_400(void **state)
{
    (void)state;
    assert_int_equal(only_status("POST /api/v1/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n"
                                 "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                                 "GET /api/v1/smuggled HTTP/1.1\r\nHost: h\r\n\r\n"),
                     400);
    assert_int_equal(
        only_status("GET /api/v1/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
                    "Content-Length: 0\r\n\r\n0\r\n\r\n"),
        400);
}

static void a_repeated_length_is_400(void **state)
{
    (void)state;
    assert_int_equal(only_status("POST /api/v1/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
                                 "Content-Length: 2\r\n\r\n{}"),
                     400);
    assert_int_equal(only_status("POST /api/v1/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2, 2\r\n"
                                 "\r\n{}"),
                     400);
}

static void a_length_that_is_no_plain_number_is_400(void **state)
{
    (void)state;
    static const char *const bad[] = {"-1", "+2", "0x2", "2 2", "", "two"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[256];
        snprintf(text, sizeof text,
                 "POST /api/v1/echo HTTP/1.1\r\nHost: h\r\nContent-Length: %s\r\n\r\n{}", bad[i]);
        int status = only_status(text);
        if (status != 400)
            fail_msg("Content-Length \"%s\": %d", bad[i], status);
    }
}

static void an_unknown_or_doubled_transfer_coding_is_400(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "POST /api/v1/echo HTTP/1.1\r\nHost: h\r\n%s\r\n0\r\n\r\n",
                 bad[i]);
        assert_int_equal(only_status(text), 400);
    }
}

static void no_host_or_two_hosts_are_400(void **state)
{
    (void)state;
    assert_int_equal(only_status("GET /healthz HTTP/1.1\r\n\r\n"), 400);
    assert_int_equal(only_status("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
    assert_int_equal(only_status("GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n"), 400);
}

static void tricky_paths_are_400_on_the_wire_too(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "/%2e%2e/etc/passwd", "/../etc/passwd",  "/a%00.html",     "/a\\b",
        "/a%5c..%5cb",        "//etc/passwd",    "/%zz",           "/%",
        "/a%2f..%2fb",        "/api/v1/a?q=%zz", "/%c0%ae%c0%ae/x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct answer a = ask(&world, "GET", bad[i], "", NULL);
        if (a.status != 400)
            fail_msg("%s: %d", bad[i], a.status);
        assert_code(&a, 400, "invalid");
        answer_free(&a);
    }
}

static int status_with_header_of(size_t size)
{
    char *value = malloc(size + 1);
    memset(value, 'x', size);
    value[size] = '\0';
    struct buf b = {0};
    buf_printf(&b, "X-Long: %s\r\nConnection: close\r\n", value);
    struct wire c = wire_open(&world);
    wire_send(&c, "GET /api/v1/asset HTTP/1.1\r\nHost: h\r\n");
    wire_send_n(&c, b.data, b.len);
    wire_send(&c, "\r\n");
    struct answer a = wire_answer(&c, false);
    int status = a.status;
    answer_free(&a);
    wire_close(&c);
    buf_free(&b);
    free(value);
    return status;
}

static void a_header_block_over_16_kib_is_431(void **state)
{
    (void)state;
    assert_int_equal(status_with_header_of(15 * 1024), 200);
    assert_int_equal(status_with_header_of(16 * 1024), 431);
    assert_int_equal(status_with_header_of(40 * 1024), 431);
}

static void a_long_address_is_414(void **state)
{
    (void)state;
    char target[9000];
    memset(target, 'a', sizeof target);
    target[0] = '/';
    target[sizeof target - 1] = '\0';
    struct answer a = ask(&world, "GET", target, "", NULL);
    assert_code(&a, 414, "too_big");
    answer_free(&a);
}

static void a_control_character_in_a_header_is_400(void **state)
{
    (void)state;
    struct answer a = ask(&world, "GET", "/api/v1/note", "Cookie: sw_session=a\x01z\r\n", NULL);
    assert_code(&a, 400, "invalid");
    answer_free(&a);
}

static void a_refused_length_is_answered_before_the_body_when_the_client_waits(void **state)
{
    (void)state;
    struct wire c = wire_open(&world);
    wire_send(&c, "POST /api/v1/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9000000\r\n"
                  "Expect: 100-continue\r\n\r\n");
    struct answer a = wire_answer(&c, false);
    assert_code(&a, 413, "too_big");
    answer_free(&a);
    wire_expect_close(&c);
    wire_close(&c);
}

static void a_body_far_over_every_limit_is_refused_at_once(void **state)
{
    (void)state;
    assert_int_equal(only_status("POST /api/v1/echo HTTP/1.1\r\nHost: h\r\n"
                                 "Content-Length: 99999999999\r\n\r\n"),
                     413);
}

static void silence_after_connecting_is_cut(void **state)
{
    (void)state;
    struct wire c = wire_open(&world);
    wire_expect_close(&c);
    wire_close(&c);
}

static void a_dripped_header_is_cut_by_the_total_deadline(void **state)
{
    (void)state;
    struct wire c = wire_open(&world);
    wire_send(&c, "GET /healthz HTTP/1.1\r\nX-Slow: ");
    wire_drip_until_closed(&c, 'x');
    wire_close(&c);
}

static void a_dripped_body_is_cut_by_the_total_deadline(void **state)
{
    (void)state;
    struct wire c = wire_open(&world);
    wire_send(&c, "POST /api/v1/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n{");
    wire_drip_until_closed(&c, ' ');
    assert_int_equal(c.len, 0);
    wire_close(&c);
}

static void a_dripped_upload_is_cut_and_leaves_nothing(void **state)
{
    (void)state;
    struct wire c = wire_open(&world);
    wire_send(&c, "PUT /api/v1/file HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
    wire_drip_until_closed(&c, 'x');
    wire_close(&c);
    http_stop(world.server); /* returns when every request is gone */
    world.server = NULL;
    assert_int_equal(spool_count(&world), 0);
}

static void an_idle_connection_is_closed_after_its_time(void **state)
{
    (void)state;
    struct wire c = wire_open(&world);
    wire_send(&c, "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
    struct answer a = wire_answer(&c, false);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    wire_expect_close(&c);
    wire_close(&c);
}

static void a_running_handler_is_not_cut_by_the_deadlines_of_reading(void **state)
{
    (void)state;
    struct wire c = wire_open(&world);
    wire_send(&c, "GET /api/v1/gate HTTP/1.1\r\nHost: h\r\n\r\n");
    gate_wait_for(&world, 1);
    body_deadline_passes(&world);
    gate_release(&world);
    struct answer a = wire_answer(&c, false);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    wire_close(&c);
}

enum { PER_ADDRESS = 1024, TRIED = PER_ADDRESS + 8 };

static void one_address_has_at_most_1024_connections(void **state)
{
    (void)state;
    struct rlimit old, wide;
    getrlimit(RLIMIT_NOFILE, &old);
    wide = old;
    wide.rlim_cur = wide.rlim_max < 4096 ? wide.rlim_max : 4096;
    setrlimit(RLIMIT_NOFILE, &wide);
    if (wide.rlim_cur < 2 * TRIED + 200)
        skip();
    static struct wire c[TRIED];
    int served = 0;
    for (int i = 0; i < TRIED; i++) {
        c[i] = wire_open(&world);
        wire_send(&c[i], "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
        served += wire_until(&c[i], "\r\n\r\n");
    }
    for (int i = 0; i < TRIED; i++)
        wire_close(&c[i]);
    assert_int_equal(served, PER_ADDRESS);
    setrlimit(RLIMIT_NOFILE, &old);
}

#define SHORT(f, what) cmocka_unit_test_setup_teardown(f, start_short_##what, end)
#define PATIENT(f) cmocka_unit_test_setup_teardown(f, start_patient, end)

int limit_tests(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT(length_and_transfer_coding_together_are_400),
        PATIENT(a_repeated_length_is_400),
        PATIENT(a_length_that_is_no_plain_number_is_400),
        PATIENT(an_unknown_or_doubled_transfer_coding_is_400),
        PATIENT(no_host_or_two_hosts_are_400),
        PATIENT(tricky_paths_are_400_on_the_wire_too),
        PATIENT(a_header_block_over_16_kib_is_431),
        PATIENT(a_long_address_is_414),
        PATIENT(a_control_character_in_a_header_is_400),
        PATIENT(a_refused_length_is_answered_before_the_body_when_the_client_waits),
        PATIENT(a_body_far_over_every_limit_is_refused_at_once),
        PATIENT(one_address_has_at_most_1024_connections),
        SHORT(silence_after_connecting_is_cut, header),
        SHORT(a_dripped_header_is_cut_by_the_total_deadline, header),
        SHORT(a_dripped_body_is_cut_by_the_total_deadline, body),
        SHORT(a_dripped_upload_is_cut_and_leaves_nothing, body),
        SHORT(an_idle_connection_is_closed_after_its_time, idle),
        SHORT(a_running_handler_is_not_cut_by_the_deadlines_of_reading, body),
    };
    return cmocka_run_group_tests_name("http limits", tests, NULL, NULL);
}
