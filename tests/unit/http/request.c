/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

static struct world world;

static int start(void **state)
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

static void assert_echo(const char *body, const char *want)
{
    struct answer a = ask(&world, "POST", "/api/v1/echo", "", body);
    assert_int_equal(a.status, 200);
    assert_string_equal(a.body, want);
    answer_free(&a);
}

static void assert_refused(const char *body)
{
    struct answer a = ask(&world, "POST", "/api/v1/echo", "", body);
    if (a.status != 400)
        fail_msg("%d for %.60s", a.status, body);
    assert_code(&a, 400, "invalid");
    answer_free(&a);
}

static void a_json_object_arrives_whole(void **state)
{
    (void)state;
    assert_echo("{\"a\":9007199254740993,\"名\":[1,null,\"\\u7f51\"]}",
                "{\"a\":9007199254740993,\"名\":[1,null,\"网\"]}");
}

static void an_empty_body_is_an_empty_object(void **state)
{
    (void)state;
    assert_echo("", "{}");
    struct answer a = ask(&world, "POST", "/api/v1/echo", "", NULL);
    assert_string_equal(a.body, "{}");
    answer_free(&a);
}

static void sloppy_json_is_refused(void **state)
{
    (void)state;
    assert_refused("{\"a\":1,\"a\":2}");
    assert_refused("{\"a\":{\"b\":1,\"b\":1}}");
    assert_refused("{\"a\":1} x");
    assert_refused("{\"a\":1}{}");
    assert_refused("{\"a\":\"\xff\"}");
    assert_refused("{\"a\":\"\xed\xa0\x80\"}");
    assert_refused("{\"a\":\"\\u0000\"}");
    assert_refused("{\"a\":\"\\ud800\"}");
    assert_refused("{'a':1}");
    assert_refused("{\"a\":1,}");
    assert_refused("{\"a\":NaN}");
    assert_refused("{\"a\":99999999999999999999}");
    assert_refused("[1]");
    assert_refused("\"text\"");
    assert_refused("null");
    assert_refused("   ");
}

static char *nested(int depth)
{
    struct buf b = {0};
    buf_text_add(&b, "{\"a\":");
    for (int i = 0; i < depth - 1; i++)
        buf_char(&b, '[');
    for (int i = 0; i < depth - 1; i++)
        buf_char(&b, ']');
    buf_char(&b, '}');
    return b.data;
}

static void depth_64_is_the_deepest(void **state)
{
    (void)state;
    char *ok = nested(64), *over = nested(65), *far = nested(10000);
    assert_echo(ok, ok);
    assert_refused(over);
    assert_refused(far);
    free(ok);
    free(over);
    free(far);
    /* brackets in a text do not count, whatever is escaped before them */
    assert_echo(
        "{\"a\":\"\\\\\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}",
        "{\"a\":\"\\\\\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
        "\"}");
}

static char *object_of(size_t size)
{
    char *s = malloc(size + 1);
    memset(s, ' ', size);
    s[0] = '{';
    s[size - 1] = '}';
    s[size] = '\0';
    return s;
}

static void a_body_of_one_mebibyte_passes_and_one_byte_more_is_413(void **state)
{
    (void)state;
    char *fits = object_of(1024 * 1024), *over = object_of(1024 * 1024 + 1);
    assert_echo(fits, "{}");
    struct answer a = ask(&world, "POST", "/api/v1/echo", "", over);
    assert_code(&a, 413, "too_big");
    answer_free(&a);
    free(fits);
    free(over);
}

static void a_chunked_body_is_counted_too(void **state)
{
    (void)state;
    struct wire c = wire_open(&world);
    char *block = object_of(65536);
    wire_send(&c, "POST /api/v1/echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 17; i++) {
        wire_send(&c, "10000\r\n");
        wire_send_n(&c, block, 65536);
        wire_send(&c, "\r\n");
    }
    wire_send(&c, "0\r\n\r\n");
    struct answer a = wire_answer(&c, false);
    assert_code(&a, 413, "too_big");
    answer_free(&a);
    free(block);
    wire_send(&c, "POST /api/v1/echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n");
    a = wire_answer(&c, false);
    assert_string_equal(a.body, "{\"a\":1}");
    answer_free(&a);
    wire_close(&c);
}

static void multipart_is_415(void **state)
{
    (void)state;
    struct answer a = ask(&world, "POST", "/api/v1/echo",
                          "Content-Type: Multipart/form-data; boundary=x\r\n", "--x--\r\n");
    assert_code(&a, 415, "invalid");
    answer_free(&a);
    a = ask(&world, "PUT", "/api/v1/file", "Content-Type: multipart/form-data; boundary=x\r\n",
            "--x--\r\n");
    assert_code(&a, 415, "invalid");
    answer_free(&a);
    assert_int_equal(spool_count(&world), 0);
}

static void cookie_header_and_address_reach_the_handler(void **state)
{
    (void)state;
    struct answer a = ask(&world, "GET", "/api/v1/note",
                          "Cookie: a=1; sw_session=s3\r\nUser-Agent: probe\r\n", NULL);
    assert_string_equal(a.body, "{\"cookie\":\"s3\",\"agent\":\"probe\",\"absent\":null,"
                                "\"address\":\"127.0.0.1\",\"tls\":false}");
    answer_free(&a);
    a = ask(&world, "GET", "/api/v1/note", "Cookie: a=1\r\nCookie: sw_session=s4\r\n", NULL);
    assert_non_null(strstr(a.body, "\"cookie\":\"s4\""));
    answer_free(&a);
    a = ask(&world, "GET", "/api/v1/note", "", NULL);
    assert_non_null(strstr(a.body, "\"cookie\":null"));
    answer_free(&a);
}

static void a_header_is_sent_as_the_handler_set_it(void **state)
{
    (void)state;
    char text[512];
    struct answer a = ask(&world, "GET", "/api/v1/set?name=X-Mine&value=a%20b", "", NULL);
    assert_int_equal(a.status, 200);
    assert_string_equal(answer_header(&a, "X-Mine", text), "a b");
    answer_free(&a);
    a = ask(&world, "GET", "/api/v1/set?name=cache-control&value=max-age=5", "", NULL);
    assert_string_equal(answer_header(&a, "Cache-Control", text), "max-age=5");
    answer_free(&a);
}

static void a_header_cannot_be_injected(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "name=X-Mine&value=a%0d%0aSet-Cookie:%20x=1",
        "name=X-Mine&value=a%0aEvil:1",
        "name=X-Mine&value=%0d",
        "name=X%0d%0aEvil&value=1",
        "name=Evil:%20X&value=1",
        "name=Content-Length&value=0",
        "name=transfer-encoding&value=chunked",
        "name=&value=1",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char target[256];
        snprintf(target, sizeof target, "/api/v1/set?%s", bad[i]);
        struct answer a = ask(&world, "GET", target, "", NULL);
        assert_code(&a, 500, "internal");
        assert_null(strstr(a.head, "Evil"));
        assert_null(strstr(a.head, "Set-Cookie"));
        answer_free(&a);
    }
}

static void many_requests_share_a_connection(void **state)
{
    (void)state;
    struct wire c = wire_open(&world);
    for (int i = 0; i < 200; i++) {
        wire_send(&c,
                  "POST /api/v1/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
        struct answer a = wire_answer(&c, false);
        assert_int_equal(a.status, 200);
        answer_free(&a);
    }
    wire_close(&c);
}

static void a_slow_handler_does_not_hold_up_the_others(void **state)
{
    (void)state;
    struct wire slow[3];
    for (int i = 0; i < 3; i++) { /* of four workers */
        slow[i] = wire_open(&world);
        wire_send(&slow[i], "GET /api/v1/gate HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    gate_wait_for(&world, 3);
    for (int i = 0; i < 50; i++) { /* many connections, so that both I/O threads are met */
        struct answer a = ask(&world, "GET", "/api/v1/asset", "", NULL);
        assert_int_equal(a.status, 200);
        answer_free(&a);
    }
    gate_release(&world);
    for (int i = 0; i < 3; i++) {
        struct answer a = wire_answer(&slow[i], false);
        assert_int_equal(a.status, 200);
        answer_free(&a);
        wire_close(&slow[i]);
    }
}

int request_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_json_object_arrives_whole),
        cmocka_unit_test(an_empty_body_is_an_empty_object),
        cmocka_unit_test(sloppy_json_is_refused),
        cmocka_unit_test(depth_64_is_the_deepest),
        cmocka_unit_test(a_body_of_one_mebibyte_passes_and_one_byte_more_is_413),
        cmocka_unit_test(a_chunked_body_is_counted_too),
        cmocka_unit_test(multipart_is_415),
        cmocka_unit_test(cookie_header_and_address_reach_the_handler),
        cmocka_unit_test(a_header_is_sent_as_the_handler_set_it),
        cmocka_unit_test(a_header_cannot_be_injected),
        cmocka_unit_test(many_requests_share_a_connection),
        cmocka_unit_test(a_slow_handler_does_not_hold_up_the_others),
    };
    return cmocka_run_group_tests_name("http requests", tests, start, end);
}
