/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "world.h"

static struct arena *arena;

static int new_arena(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int free_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void a_path_is_cut_first_and_decoded_then(void **state)
{
    (void)state;
    struct target t;
    assert_int_equal(target_parse(arena, "/api/%E7%A1%AC%E7%9B%98/a%20b", &t, NULL), RC_OK);
    assert_int_equal(t.n_segments, 3);
    assert_string_equal(t.segment[1], "硬盘");
    assert_string_equal(t.segment[2], "a b");
    assert_string_equal(t.path, "/api/硬盘/a b");
    assert_false(t.directory);
}

static void a_closing_slash_makes_a_directory_and_the_root_is_one(void **state)
{
    (void)state;
    struct target t;
    assert_int_equal(target_parse(arena, "/field/", &t, NULL), RC_OK);
    assert_true(t.directory && t.n_segments == 1);
    assert_string_equal(t.path, "/field/");
    assert_int_equal(target_parse(arena, "/", &t, NULL), RC_OK);
    assert_true(t.directory && t.n_segments == 0);
    assert_string_equal(t.path, "/");
}

static void a_tricky_path_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",           "x",         "*",         "//",      "//etc/passwd", "/a//b",
        "/..",        "/a/../b",   "/%2e%2e/x", "/.%2E/x", "/./x",         "/%2e",
        "/a%00b",     "/a\\b",     "/a%5cb",    "/a%2Fb",  "/%zz",         "/%4",
        "/%",         "/a%0d%0ab", "/a#b",      "/a b",    "/%ff",         "/%c0%ae",
        "/%ed%a0%80", "http://",   "ftp://x/",  "/a%7f",   "/a/%2e%2e",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct target t;
        struct err e = {0};
        if (target_parse(arena, bad[i], &t, &e) != RC_INVALID)
            fail_msg("accepted: %s", bad[i]);
        assert_true(e.zh[0] && e.en[0]);
    }
}

static void three_dots_and_hidden_names_are_ordinary_text_of_a_path(void **state)
{
    (void)state;
    struct target t;
    assert_int_equal(target_parse(arena, "/.../.well-known/a..b", &t, NULL), RC_OK);
    assert_int_equal(t.n_segments, 3);
}

static void the_absolute_form_is_the_same_as_its_path(void **state)
{
    (void)state;
    struct target t;
    assert_int_equal(target_parse(arena, "http://host:8080/a?b=c", &t, NULL), RC_OK);
    assert_string_equal(t.path, "/a");
    assert_string_equal(t.query[0].value, "c");
    assert_int_equal(target_parse(arena, "HTTPS://host", &t, NULL), RC_OK);
    assert_string_equal(t.path, "/");
}

static void query_pairs_keep_order_and_repeats(void **state)
{
    (void)state;
    struct target t;
    assert_int_equal(
        target_parse(arena, "/l?f=a.eq.1&f=b.has.x+y%2Bz&&q&e=&u=%E7%BD%91=1", &t, NULL), RC_OK);
    assert_int_equal(t.n_queries, 5);
    assert_string_equal(t.query[0].value, "a.eq.1");
    assert_string_equal(t.query[1].value, "b.has.x y+z");
    assert_string_equal(t.query[2].name, "q");
    assert_string_equal(t.query[2].value, "");
    assert_string_equal(t.query[4].value, "网=1");
}

static void a_broken_query_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"/?a=%", "/?a=%4", "/?%zz=1", "/?a=%00", "/?a=%ff"};
    struct target t;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(target_parse(arena, bad[i], &t, NULL), RC_INVALID);
}

static void path_and_query_are_bounded(void **state)
{
    (void)state;
    struct target t;
    struct buf b = {0};
    for (int i = 0; i < TARGET_SEGMENTS; i++)
        buf_text_add(&b, "/a");
    assert_int_equal(target_parse(arena, b.data, &t, NULL), RC_OK);
    buf_text_add(&b, "/a");
    assert_int_equal(target_parse(arena, b.data, &t, NULL), RC_INVALID);
    buf_clear(&b);
    buf_text_add(&b, "/?");
    for (int i = 0; i < TARGET_PARAMS; i++)
        buf_text_add(&b, "a&");
    assert_int_equal(target_parse(arena, b.data, &t, NULL), RC_OK);
    buf_text_add(&b, "a");
    assert_int_equal(target_parse(arena, b.data, &t, NULL), RC_INVALID);
    while (b.len <= TARGET_MAX)
        buf_char(&b, 'a');
    assert_int_equal(target_parse(arena, b.data, &t, NULL), RC_TOO_BIG);
    buf_free(&b);
}

static void a_cookie_is_found_by_its_whole_name(void **state)
{
    (void)state;
    const char *h = "xsw_session=no; sw_session=abc=1; sw_session=later;q=\"in quotes\" ;e=";
    assert_string_equal(cookie_find(arena, h, "sw_session"), "abc=1");
    assert_string_equal(cookie_find(arena, h, "q"), "in quotes");
    assert_string_equal(cookie_find(arena, h, "e"), "");
    assert_null(cookie_find(arena, h, "session"));
    assert_null(cookie_find(arena, "", "a"));
    assert_null(cookie_find(arena, ";;; ;a", "a"));
}

static void a_coding_of_weight_zero_is_not_accepted(void **state)
{
    (void)state;
    assert_true(coding_accepted("gzip, deflate, br", "gzip"));
    assert_true(coding_accepted("br;q=1, GZIP;q=0.2", "gzip"));
    assert_true(coding_accepted("*", "gzip"));
    assert_false(coding_accepted("gzip;q=0", "gzip"));
    assert_false(coding_accepted("gzip; q=0.000, *", "gzip"));
    assert_false(coding_accepted("xgzip, br", "gzip"));
    assert_false(coding_accepted(NULL, "gzip"));
}

static void a_tag_is_compared_weakly_within_a_list(void **state)
{
    (void)state;
    assert_true(etag_listed("\"a\", W/\"b\"", "\"b\""));
    assert_true(etag_listed("*", "\"b\""));
    assert_false(etag_listed("\"a\"", "\"b\""));
    assert_false(etag_listed("\"ab", "\"b\""));
    assert_false(etag_listed(NULL, "\"b\""));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, new_arena, free_arena)

int target_tests(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_path_is_cut_first_and_decoded_then),
        CASE(a_closing_slash_makes_a_directory_and_the_root_is_one),
        CASE(a_tricky_path_is_refused),
        CASE(three_dots_and_hidden_names_are_ordinary_text_of_a_path),
        CASE(the_absolute_form_is_the_same_as_its_path),
        CASE(query_pairs_keep_order_and_repeats),
        CASE(a_broken_query_is_refused),
        CASE(path_and_query_are_bounded),
        CASE(a_cookie_is_found_by_its_whole_name),
        CASE(a_coding_of_weight_zero_is_not_accepted),
        CASE(a_tag_is_compared_weakly_within_a_list),
    };
    return cmocka_run_group_tests_name("http target", tests, NULL, NULL);
}
