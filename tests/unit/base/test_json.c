/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <float.h>
#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/rand.h"

static void nested_values_get_their_commas(void **state)
{
    (void)state;
    struct buf b = {0};
    struct jw w = jw_on(&b);
    jw_object(&w);
    jw_kt(&w, "a", "x");
    jw_ki(&w, "n", -5);
    jw_kb(&w, "yes", true);
    jw_kb(&w, "no", false);
    jw_kt(&w, "null", NULL);
    jw_key(&w, "list");
    jw_array(&w);
    jw_int(&w, 1);
    jw_array(&w);
    jw_end_array(&w);
    jw_object(&w);
    jw_end_object(&w);
    jw_raw(&w, "[1,2]");
    jw_null(&w);
    jw_end_array(&w);
    jw_key(&w, "after");
    jw_float(&w, 0.5);
    jw_end_object(&w);
    assert_string_equal(buf_text(&b),
                        "{\"a\":\"x\",\"n\":-5,\"yes\":true,\"no\":false,\"null\":null,"
                        "\"list\":[1,[],{},[1,2],null],\"after\":0.5}");
    assert_int_equal(w.depth, 0);
    buf_free(&b);
}

static void expect_json(const char *s, size_t n, const char *want)
{
    struct buf b = {0};
    struct jw w = jw_on(&b);
    jw_text_n(&w, s, n);
    assert_string_equal(buf_text(&b), want);
    buf_free(&b);
}

static void strings_are_escaped_and_repaired(void **state)
{
    (void)state;
    expect_json("", 0, "\"\"");
    expect_json("守望", 6, "\"守望\"");
    expect_json("a\"b\\c/", 6, "\"a\\\"b\\\\c/\"");
    expect_json("\n\r\t\b\x1F\x7F", 6, "\"\\n\\r\\t\\u0008\\u001f\\u007f\"");
    expect_json("a\0b", 3, "\"a\\u0000b\"");
    expect_json("a\xFF", 2, "\"a\uFFFD\"");
    expect_json("\xE5\xAE", 2, "\"\uFFFD\"");                 /* one for a cut character */
    expect_json("\xED\xA0\x80", 3, "\"\uFFFD\uFFFD\uFFFD\""); /* as the Unicode table says */
    expect_json("\xF0\x80\x80\x41", 4, "\"\uFFFD\uFFFD\uFFFDA\"");
    expect_json("\xE5\"", 2, "\"\uFFFD\\\"\"");
    expect_json("\xF0\xA0\xAE\xB7", 4, "\"\xF0\xA0\xAE\xB7\"");
}

static void any_bytes_become_json_that_a_strict_reader_takes(void **state)
{
    (void)state;
    for (int round = 0; round < 2000; round++) {
        unsigned char bytes[48];
        rand_bytes(bytes, sizeof bytes);
        struct buf b = {0};
        struct jw w = jw_on(&b);
        jw_array(&w);
        jw_text_n(&w, (const char *)bytes, sizeof bytes);
        jw_end_array(&w);
        json_t *read = json_loadb(b.data, b.len, JSON_ALLOW_NUL, NULL);
        assert_non_null(read);
        json_decref(read);
        buf_free(&b);
    }
}

static void expect_number(double v, const char *want)
{
    struct buf b = {0};
    struct jw w = jw_on(&b);
    jw_float(&w, v);
    assert_string_equal(buf_text(&b), want);
    buf_free(&b);
}

static void floats_take_their_shortest_form(void **state)
{
    (void)state;
    expect_number(0, "0");
    expect_number(-0.0, "-0");
    expect_number(0.1, "0.1");
    expect_number(0.1 + 0.2, "0.30000000000000004");
    expect_number(1.0 / 3, "0.3333333333333333");
    expect_number(99.95, "99.95");
    expect_number(116.397428, "116.397428");
    expect_number(1e21, "1e+21");
    expect_number(DBL_MAX, "1.7976931348623157e+308");
    expect_number(NAN, "null");
    expect_number(INFINITY, "null");
    expect_number(-INFINITY, "null");
}

static void every_float_reads_back_exactly(void **state)
{
    (void)state;
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = rand_u64();
        double v;
        memcpy(&v, &bits, sizeof v);
        if (!isfinite(v))
            continue;
        struct buf b = {0};
        struct jw w = jw_on(&b);
        jw_float(&w, v);
        double back = strtod(buf_text(&b), NULL);
        assert_memory_equal(&back, &v, sizeof v);
        buf_free(&b);
    }
}

/* Compiles a locale of our own, since few servers carry one with a decimal comma. */
static bool use_comma_locale(const char *folder)
{
    char path[64], command[256];
    snprintf(path, sizeof path, "%s/comma.src", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("LC_NUMERIC\ndecimal_point \"<U002C>\"\nthousands_sep \"\"\ngrouping -1\n"
          "END LC_NUMERIC\n",
          f);
    fclose(f);
    snprintf(command, sizeof command,
             "localedef --no-archive -c -i %s/comma.src %s/comma_TEST >%s/out 2>&1", folder, folder,
             folder);
    int status = system(command); /* warns, and exits 1, about the categories left out */
    (void)status;
    setenv("LOCPATH", folder, 1);
    return setlocale(LC_NUMERIC, "comma_TEST") != NULL;
}

static void the_locale_does_not_change_the_decimal_point(void **state)
{
    (void)state;
    char folder[] = "/tmp/base-test-XXXXXX", command[64], text[16];
    assert_non_null(mkdtemp(folder));
    bool set = use_comma_locale(folder);
    snprintf(text, sizeof text, "%g", 1.5);
    expect_number(1.5, "1.5");
    expect_number(-2.5e-9, "-2.5e-09");
    expect_number(1.0 / 3, "0.3333333333333333");
    setlocale(LC_NUMERIC, "C");
    unsetenv("LOCPATH");
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    if (!set)
        skip(); /* no localedef here */
    assert_string_equal(text, "1,5");
}

static void sixty_levels_are_written_and_the_next_marks_the_buffer_full(void **state)
{
    (void)state;
    struct buf b = {0};
    struct jw w = jw_on(&b);
    for (int i = 0; i < 60; i++)
        jw_array(&w);
    jw_int(&w, 1);
    jw_int(&w, 2);
    for (int i = 0; i < 60; i++)
        jw_end_array(&w);
    assert_false(b.full);
    assert_int_equal(b.len, 123);
    buf_clear(&b);
    for (int i = 0; i < 200; i++)
        jw_array(&w);
    for (int i = 0; i < 200; i++)
        jw_end_array(&w);
    assert_true(b.full);
    buf_clear(&b);
    w = jw_on(&b);
    jw_end_object(&w); /* one end too many */
    assert_true(b.full);
    buf_free(&b);
}

static void a_full_buffer_stops_the_writer(void **state)
{
    (void)state;
    struct buf b = {.limit = 12};
    struct jw w = jw_on(&b);
    jw_array(&w);
    for (int i = 0; i < 1000; i++)
        jw_text(&w, "守望");
    jw_end_array(&w);
    assert_true(b.full);
    assert_true(b.len <= 12);
    buf_free(&b);
}

int json_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nested_values_get_their_commas),
        cmocka_unit_test(strings_are_escaped_and_repaired),
        cmocka_unit_test(any_bytes_become_json_that_a_strict_reader_takes),
        cmocka_unit_test(floats_take_their_shortest_form),
        cmocka_unit_test(every_float_reads_back_exactly),
        cmocka_unit_test(the_locale_does_not_change_the_decimal_point),
        cmocka_unit_test(sixty_levels_are_written_and_the_next_marks_the_buffer_full),
        cmocka_unit_test(a_full_buffer_stops_the_writer),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
