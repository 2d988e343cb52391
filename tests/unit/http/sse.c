/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "world.h"

static struct world world;

static int start(void **state)
{
    (void)state;
    world_start(&world, (struct http_options){0});
    return 0;
}

static int start_short(void **state)
{
    (void)state;
    world_start(&world, (struct http_options){.body_seconds = 1, .keepalive_seconds = 1});
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_end(&world);
    return 0;
}

static struct wire listen_to(const char *target, const char *extra)
{
    struct wire c = wire_open(&world);
    struct buf b = {0};
    buf_printf(&b, "GET %s HTTP/1.1\r\nHost: h\r\n%s\r\n", target, extra);
    wire_send_n(&c, b.data, b.len);
    buf_free(&b);
    assert_true(wire_until(&c, "retry: "));
    return c;
}

static void states_freed(int n)
{
    pthread_mutex_lock(&world.mu);
    while (world.states_freed < n)
        pthread_cond_wait(&world.changed, &world.mu);
    pthread_mutex_unlock(&world.mu);
}

static void an_event_reaches_every_stream_in_order(void **state)
{
    (void)state;
    struct wire a = listen_to("/api/v1/events", ""), b = listen_to("/api/v1/events", "");
    assert_non_null(strstr(a.data, "Content-Type: text/event-stream"));
    assert_non_null(strstr(a.data, "Cache-Control: no-store"));
    assert_int_equal(http_sse_count(world.server), 2);
    http_sse_publish(world.server, 7, "change", "{\"kind\":\"alarm\"}");
    http_sse_publish(world.server, 8, NULL, "two\nlines");
    assert_true(wire_until(&a, "id: 7\nevent: change\ndata: {\"kind\":\"alarm\"}\n\n"));
    assert_true(wire_until(&a, "id: 8\ndata: two\ndata: lines\n\n"));
    assert_true(wire_until(&b, "id: 8\ndata: two\ndata: lines\n\n"));
    assert_true(strstr(b.data, "id: 7") < strstr(b.data, "id: 8"));
    wire_close(&a);
    wire_close(&b);
}

static void a_line_break_in_an_event_cannot_forge_another(void **state)
{
    (void)state;
    struct wire a = listen_to("/api/v1/events", "");
    http_sse_publish(world.server, 9, "x\ndata: forged", "a\r\rid: 666\r\nevent: b");
    assert_true(wire_until(&a, "id: 9\ndata: a\ndata: \ndata: id: 666\ndata: event: b\n\n"));
    wire_close(&a);
}

static void the_replay_comes_first(void **state)
{
    (void)state;
    struct wire a = listen_to("/api/v1/events?missed=1&publish=1", "Last-Event-ID: 4\r\n");
    assert_true(wire_until(&a, "published by its own handler"));
    const char *replayed = strstr(a.data, "id: 41\ndata: replayed\n\n");
    const char *missed = strstr(a.data, "data: missed\n\n");
    const char *live = strstr(a.data, "id: 5\n");
    assert_true(replayed && missed && live && replayed < missed && missed < live);
    wire_close(&a);
}

static void each_stream_has_its_own_filter(void **state)
{
    (void)state;
    struct wire a = listen_to("/api/v1/events?kind=alarm", "");
    struct wire b = listen_to("/api/v1/events?kind=asset", "");
    http_sse_publish(world.server, 1, "change", "alarm 1");
    http_sse_publish(world.server, 2, "change", "asset 2");
    http_sse_publish(world.server, 3, "change", "alarm and asset 3");
    assert_true(wire_until(&a, "and asset 3\n\n") && wire_until(&b, "and asset 3\n\n"));
    assert_true(strstr(a.data, "alarm 1") && !strstr(a.data, "asset 2"));
    assert_true(strstr(b.data, "asset 2") && !strstr(b.data, "alarm 1"));
    wire_close(&a);
    wire_close(&b);
}

static void a_stream_outlives_every_deadline(void **state)
{
    (void)state;
    struct wire a = listen_to("/api/v1/events", "");
    body_deadline_passes(&world);
    body_deadline_passes(&world);
    http_sse_publish(world.server, 1, "change", "still here");
    assert_true(wire_until(&a, "still here"));
    wire_close(&a);
}

static void a_client_that_vanished_is_noticed_and_its_state_given_back(void **state)
{
    (void)state;
    for (int i = 0; i < 30; i++) {
        struct wire a = listen_to("/api/v1/events", "");
        wire_close(&a);
    }
    struct wire keep = listen_to("/api/v1/events", "");
    uint64_t id = 0;
    while (http_sse_count(world.server) > 1) { /* a write finds a dead peer at the second attempt */
        http_sse_publish(world.server, ++id, "change", "anybody?");
        assert_true(wire_until(&keep, "anybody?"));
        keep.len = 0;
    }
    states_freed(30);
    wire_close(&keep);
}

static void a_reader_that_falls_behind_is_cut(void **state)
{
    (void)state;
    struct wire slow = listen_to("/api/v1/events", "");
    struct wire quick = listen_to("/api/v1/events", "");
    char *big = malloc(65537);
    memset(big, 'x', 65536);
    big[65536] = '\0';
    uint64_t id = 0;
    while (http_sse_count(world.server) == 2) {
        http_sse_publish(world.server, ++id, "change", big);
        http_sse_publish(world.server, ++id, "change", "mark\n");
        assert_true(wire_until(&quick, "mark"));
        quick.len = 0;
        /* 64 MiB: far above 1 MiB and what the two kernels' buffers hold. Without a limit of its
         * own the server would go on until the transport gives up. */
        assert_true(id < 2 * 1024);
    }
    wire_expect_close(&slow);
    http_sse_publish(world.server, ++id, "change", "the quick one stays");
    assert_true(wire_until(&quick, "the quick one stays"));
    free(big);
    wire_close(&slow);
    wire_close(&quick);
}

static void a_refused_stream_is_an_ordinary_error(void **state)
{
    (void)state;
    struct answer a = ask(&world, "GET", "/api/v1/events?fail=1", "", NULL);
    assert_code(&a, 403, "denied");
    assert_int_equal(http_sse_count(world.server), 0);
    assert_int_equal(world.states_freed, 1);
    answer_free(&a);
}

static void head_of_a_stream_ends_at_once(void **state)
{
    (void)state;
    struct answer a = ask(&world, "HEAD", "/api/v1/events", "", NULL);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    states_freed(1);
}

static void stopping_ends_open_streams_properly(void **state)
{
    (void)state;
    struct wire a = listen_to("/api/v1/events", "");
    http_stop(world.server);
    world.server = NULL;
    wire_expect_close(&a);
    assert_non_null(strstr(a.data, "\r\n0\r\n\r\n")); /* the closing chunk: an end, not a break */
    assert_int_equal(world.states_freed, 1);
    wire_close(&a);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, start, end)

int sse_tests(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_event_reaches_every_stream_in_order),
        CASE(a_line_break_in_an_event_cannot_forge_another),
        CASE(the_replay_comes_first),
        CASE(each_stream_has_its_own_filter),
        cmocka_unit_test_setup_teardown(a_stream_outlives_every_deadline, start_short, end),
        CASE(a_client_that_vanished_is_noticed_and_its_state_given_back),
        CASE(a_reader_that_falls_behind_is_cut),
        CASE(a_refused_stream_is_an_ordinary_error),
        CASE(head_of_a_stream_ends_at_once),
        CASE(stopping_ends_open_streams_properly),
    };
    return cmocka_run_group_tests_name("http event streams", tests, NULL, NULL);
}
