/* SPDX-License-Identifier: Apache-2.0 */
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

static void assert_says(const char *method, const char *target, const char *part)
{
    struct answer a = ask(&world, method, target, "", strcmp(method, "POST") == 0 ? "{}" : NULL);
    assert_int_equal(a.status, 200);
    if (!strstr(a.body, part))
        fail_msg("%s %s: no %s in %s", method, target, part, a.body);
    answer_free(&a);
}

static void a_literal_segment_wins_over_a_parameter(void **state)
{
    (void)state;
    assert_says("GET", "/api/v1/asset/12", "\"route\":\"record\"");
    assert_says("GET", "/api/v1/session/list", "\"route\":\"session_list\"");
    assert_says("POST", "/api/v1/asset/import", "\"route\":\"import_kind\"");
    assert_says("POST", "/api/v1/asset/dispatch", "\"route\":\"bulk\"");
    assert_says("POST", "/api/v1/asset", "\"route\":\"create\"");
}

static void a_literal_of_another_method_does_not_hide_a_parameter(void **state)
{
    (void)state;
    assert_says("GET", "/api/v1/asset/import", "\"id\":\"import\"");
    assert_says("GET", "/api/v1/session", "\"kind\":\"session\"");
}

static void parameters_and_queries_arrive_decoded(void **state)
{
    (void)state;
    assert_says("GET", "/api/v1/a/%E5%8F%B7%2B1/c/x%20y?q=%E7%A1%AC+%E7%9B%98&q=2",
                "\"id\":\"号+1\",\"action\":\"x y\",\"query\":[\"q\",\"硬 盘\",\"q\",\"2\"]");
}

static void an_unknown_address_of_the_interface_is_404_in_json(void **state)
{
    (void)state;
    struct answer a = ask(&world, "GET", "/api/v2/none", "", NULL);
    assert_code(&a, 404, "not_found");
    assert_non_null(strstr(a.body, "没有这个网址"));
    answer_free(&a);
    a = ask(&world, "GET", "/api/v1/asset/", "", NULL);
    assert_code(&a, 404, "not_found");
    answer_free(&a);
}

static void a_known_address_with_the_wrong_method_is_405_with_allow(void **state)
{
    (void)state;
    char text[512];
    struct answer a = ask(&world, "DELETE", "/api/v1/asset/12", "", NULL);
    assert_code(&a, 405, "invalid");
    assert_string_equal(answer_header(&a, "Allow", text), "GET, HEAD, PATCH, POST, OPTIONS");
    answer_free(&a);
    a = ask(&world, "BREW", "/api/v1/asset", "", NULL);
    assert_code(&a, 405, "invalid");
    answer_free(&a);
    a = ask(&world, "POST", "/some/page", "", "{}");
    assert_code(&a, 405, "invalid");
    assert_string_equal(answer_header(&a, "Allow", text), "GET, HEAD, OPTIONS");
    answer_free(&a);
}

static void options_lists_the_methods(void **state)
{
    (void)state;
    char text[512];
    struct answer a = ask(&world, "OPTIONS", "/healthz", "", NULL);
    assert_int_equal(a.status, 204);
    assert_string_equal(answer_header(&a, "Allow", text), "GET, HEAD, OPTIONS");
    assert_null(answer_header(&a, "Access-Control-Allow-Origin", text));
    answer_free(&a);
}

static void head_has_the_length_of_get_and_no_body(void **state)
{
    (void)state;
    char one[512], two[512];
    struct wire c = wire_open(&world);
    /* "HEAD" is a byte longer than "GET" in the answer of this handler. */
    wire_send(&c,
              "HEAD /healthz HTTP/1.1\r\nHost: h\r\n\r\nGET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
    struct answer head = wire_answer(&c, true);
    struct answer get = wire_answer(&c, false);
    assert_int_equal(head.status, 200);
    assert_int_equal(strtol(answer_header(&head, "Content-Length", one), NULL, 10),
                     strtol(answer_header(&get, "Content-Length", two), NULL, 10) + 1);
    answer_free(&head);
    answer_free(&get);
    wire_close(&c);
}

static void an_error_speaks_english_when_asked(void **state)
{
    (void)state;
    struct answer a = ask(&world, "GET", "/api/v1/denied", "Accept-Language: en-GB,zh\r\n", NULL);
    assert_code(&a, 403, "denied");
    assert_non_null(strstr(a.body, "\"field\":\"password\",\"message\":\"Not allowed here\""));
    answer_free(&a);
    a = ask(&world, "GET", "/api/v1/denied", "Accept-Language: zh-CN,en\r\n", NULL);
    assert_non_null(strstr(a.body, "不许"));
    assert_null(strstr(a.body, "must not be seen"));
    char text[512];
    assert_string_equal(answer_header(&a, "Set-Cookie", text), "sw_session=; Max-Age=0");
    answer_free(&a);
}

static void every_answer_carries_the_security_headers(void **state)
{
    (void)state;
    static const char *const targets[] = {"/healthz", "/api/v1/asset", "/api/v2/none", "/%2e%2e"};
    char text[512];
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct answer a = ask(&world, "GET", targets[i], "", NULL);
        assert_string_equal(answer_header(&a, "X-Content-Type-Options", text), "nosniff");
        assert_string_equal(answer_header(&a, "X-Frame-Options", text), "DENY");
        assert_string_equal(answer_header(&a, "Referrer-Policy", text), "same-origin");
        assert_string_equal(answer_header(&a, "Cross-Origin-Opener-Policy", text), "same-origin");
        assert_string_equal(answer_header(&a, "Cache-Control", text), "no-store");
        assert_null(answer_header(&a, "Strict-Transport-Security", text));
        answer_free(&a);
    }
}

static void a_204_has_neither_body_nor_type(void **state)
{
    (void)state;
    char text[512];
    struct answer a = ask(&world, "DELETE", "/api/v1/session", "", NULL);
    assert_int_equal(a.status, 204);
    assert_null(answer_header(&a, "Content-Type", text));
    answer_free(&a);
}

int route_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_literal_segment_wins_over_a_parameter),
        cmocka_unit_test(a_literal_of_another_method_does_not_hide_a_parameter),
        cmocka_unit_test(parameters_and_queries_arrive_decoded),
        cmocka_unit_test(an_unknown_address_of_the_interface_is_404_in_json),
        cmocka_unit_test(a_known_address_with_the_wrong_method_is_405_with_allow),
        cmocka_unit_test(options_lists_the_methods),
        cmocka_unit_test(head_has_the_length_of_get_and_no_body),
        cmocka_unit_test(an_error_speaks_english_when_asked),
        cmocka_unit_test(every_answer_carries_the_security_headers),
        cmocka_unit_test(a_204_has_neither_body_nor_type),
    };
    return cmocka_run_group_tests_name("http routes", tests, start, end);
}
