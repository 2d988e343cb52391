/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "handlers.h"
#include "http/http_int.h" /* how many wait is not to be seen from outside */
#include "world.h"

enum { CLIENTS = 200 };

static struct world world;

static int start(void **state)
{
    (void)state;
    world_start(&world, (struct http_options){.threads = 4});
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_end(&world);
    return 0;
}

static void *stopper(void *unused)
{
    (void)unused;
    http_stop(world.server);
    return NULL;
}

static struct wire at_gate(void)
{
    struct wire c = wire_open(&world);
    wire_send(&c, "GET /api/v1/gate HTTP/1.1\r\nHost: h\r\n\r\n");
    return c;
}

static void stop_ends_200_streams_and_waits_for_the_running_handlers(void **state)
{
    (void)state;
    static struct wire stream[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        stream[i] = wire_open(&world);
        wire_send(&stream[i], "GET /api/v1/events HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_true(wire_until(&stream[i], "retry: "));
    }
    assert_int_equal(http_sse_count(world.server), CLIENTS);
    struct wire running[3], idle = wire_open(&world);
    for (int i = 0; i < 3; i++)
        running[i] = at_gate();
    gate_wait_for(&world, 3);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stopper, NULL), 0);
    for (int i = 0; i < CLIENTS; i++) { /* stop has begun: the streams end */
        wire_expect_close(&stream[i]);
        wire_close(&stream[i]);
    }
    wire_expect_close(&idle);
    wire_close(&idle);
    gate_release(&world);
    for (int i = 0; i < 3; i++) {
        struct answer a = wire_answer(&running[i], false);
        assert_int_equal(a.status, 200);
        answer_free(&a);
        wire_close(&running[i]);
    }
    pthread_join(thread, NULL);
    world.server = NULL;
    assert_int_equal(world.states_freed, CLIENTS);
}

static void queue_wait_for(int n)
{
    struct jobs *j = &world.server->jobs;
    for (bool there = false; !there; sched_yield()) {
        pthread_mutex_lock(&j->mu);
        there = j->waiting == n;
        pthread_mutex_unlock(&j->mu);
    }
}

static void waiting_requests_are_told_503_at_stop(void **state)
{
    (void)state;
    struct wire running[4], waiting[8];
    for (int i = 0; i < 4; i++)
        running[i] = at_gate();
    gate_wait_for(&world, 4);
    for (int i = 0; i < 8; i++)
        waiting[i] = at_gate();
    queue_wait_for(8);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stopper, NULL), 0);
    for (int i = 0; i < 8; i++) {
        struct answer a = wire_answer(&waiting[i], false);
        assert_code(&a, 503, "busy");
        answer_free(&a);
        wire_close(&waiting[i]);
    }
    gate_release(&world);
    for (int i = 0; i < 4; i++) {
        struct answer a = wire_answer(&running[i], false);
        assert_int_equal(a.status, 200);
        answer_free(&a);
        wire_close(&running[i]);
    }
    pthread_join(thread, NULL);
    world.server = NULL;
}

static void nobody_can_connect_any_more_while_handlers_still_end(void **state)
{
    (void)state;
    struct wire running = at_gate();
    gate_wait_for(&world, 1);
    pthread_t thread;
    struct wire idle = wire_open(&world);
    assert_int_equal(pthread_create(&thread, NULL, stopper, NULL), 0);
    wire_expect_close(&idle);
    wire_close(&idle);
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)http_port(world.server)),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_not_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    close(fd);
    gate_release(&world);
    wire_expect_close(&running);
    wire_close(&running);
    pthread_join(thread, NULL);
    world.server = NULL;
}

static void a_handler_that_never_ends_does_not_keep_stop_for_ever(void **state)
{
    (void)state;
    struct wire c = at_gate();
    gate_wait_for(&world, 1);
    http_stop(world.server);
    struct answer a = wire_answer(&c, false);
    assert_code(&a, 503, "busy");
    answer_free(&a);
    wire_close(&c);
    world.server = NULL;
    gate_release(&world); /* it ends into nothing, and frees what it held */
    pthread_mutex_lock(&world.mu);
    while (world.left_gate < 1)
        pthread_cond_wait(&world.changed, &world.mu);
    pthread_mutex_unlock(&world.mu);
}

static void clients_that_vanish_while_their_handler_runs_leak_nothing(void **state)
{
    (void)state;
    struct wire c[4];
    for (int i = 0; i < 4; i++)
        c[i] = at_gate();
    gate_wait_for(&world, 4);
    for (int i = 0; i < 4; i++)
        wire_close(&c[i]);
    gate_release(&world);
    struct answer a = ask(&world, "GET", "/healthz", "", NULL);
    assert_int_equal(a.status, 200);
    answer_free(&a);
}

static void broken_and_half_requests_leak_nothing(void **state)
{
    (void)state;
#define CHUNKED "POST /api/v1/echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    static const char *const bytes[] = {
        "",
        "\r\n",
        "GET",
        "GET /x",
        "GET /x HTTP/1.1",
        "GET /x HTTP/1.1\r\nHost",
        "GET /x HTTP/1.1\r\nHost: h\r\n",
        "GET /x HTTP/1.1\r\nHost: h\r\n\r",
        "GET /x HTTP/9.9\r\nHost: h\r\n\r\n",
        "GET /x y HTTP/1.1\r\nHost: h\r\n\r\n",
        "\x16\x03\x01\x02",
        "POST /api/v1/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{",
        CHUNKED "zz\r\n",
        CHUNKED "ffffffffffffffff\r\n",
        "PUT /api/v1/file HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc",
    };
    for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
        struct wire c = wire_open(&world);
        wire_send(&c, bytes[i]);
        wire_close(&c);
    }
    struct answer a = ask(&world, "GET", "/healthz", "", NULL);
    assert_int_equal(a.status, 200);
    answer_free(&a);
}

static void a_server_can_be_started_and_stopped_again_and_again(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct http_server *s = NULL;
        struct http_options o = {
            .listen = i % 2 ? "[::1]:0" : "localhost:0", .threads = 2, .routes = world_routes};
        struct err e = {0};
        if (http_start(&o, &s, &e) != RC_OK)
            fail_msg("%s", e.en);
        http_stop(s);
    }
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, start, end)

int stop_tests(void)
{
    const struct CMUnitTest tests[] = {
        CASE(stop_ends_200_streams_and_waits_for_the_running_handlers),
        CASE(waiting_requests_are_told_503_at_stop),
        CASE(nobody_can_connect_any_more_while_handlers_still_end),
        CASE(a_handler_that_never_ends_does_not_keep_stop_for_ever),
        CASE(clients_that_vanish_while_their_handler_runs_leak_nothing),
        CASE(broken_and_half_requests_leak_nothing),
        CASE(a_server_can_be_started_and_stopped_again_and_again),
    };
    return cmocka_run_group_tests_name("http stop", tests, NULL, NULL);
}
