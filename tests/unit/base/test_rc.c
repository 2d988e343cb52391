/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <string.h>

#include "base/rc.h"
#include "base/utf8.h"

static void a_fault_fills_both_languages_and_the_field(void **state)
{
    (void)state;
    struct err e;
    enum rc rc = fail(&e, RC_INVALID, "ip", "{field}不是地址：{value}",
                      "{field} is no address: {value}", "field", "ip", "value", "300.1.1.1", NULL);
    assert_int_equal(rc, RC_INVALID);
    assert_int_equal(e.rc, RC_INVALID);
    assert_string_equal(e.field, "ip");
    assert_string_equal(e.zh, "ip不是地址：300.1.1.1");
    assert_string_equal(e.en, "ip is no address: 300.1.1.1");
}

static void a_value_is_never_read_as_a_template(void **state)
{
    (void)state;
    struct err e;
    fail(&e, RC_CONFLICT, NULL, "{a}", "{a}{b} %s %n", "a", "{b}", "b", "{a}", NULL);
    assert_string_equal(e.zh, "{b}");
    assert_string_equal(e.en, "{b}{a} %s %n");
    assert_string_equal(e.field, "");
}

static void an_unknown_or_open_name_stays_as_written(void **state)
{
    (void)state;
    struct err e;
    fail(&e, RC_INTERNAL, NULL, "{who} {", "{a {a} {}", "a", "1", NULL);
    assert_string_equal(e.zh, "{who} {");
    assert_string_equal(e.en, "{a 1 {}");
}

static void a_missing_value_is_empty_and_a_missing_err_is_allowed(void **state)
{
    (void)state;
    struct err e;
    fail(&e, RC_BUSY, "", "[{x}]", "[{x}]", "x", NULL, NULL);
    assert_string_equal(e.zh, "[]");
    assert_int_equal(fail(NULL, RC_TIMEOUT, "f", "甲", "a", NULL), RC_TIMEOUT);
}

static void a_long_chinese_value_is_cut_between_characters(void **state)
{
    (void)state;
    char value[1024];
    for (size_t i = 0; i + 3 < sizeof value; i += 3)
        memcpy(value + i, "警", 3);
    value[1023] = '\0';
    for (int lead = 0; lead < 4; lead++) {
        char zh[16] = "xxxx";
        strncpy(zh + lead, "{v}{v}!", sizeof zh - 5);
        struct err e;
        fail(&e, RC_INVALID, NULL, zh, "", "v", value, NULL);
        assert_true(utf8_valid(e.zh, strlen(e.zh)));
        assert_in_range(strlen(e.zh), sizeof e.zh - 4, sizeof e.zh - 1);
    }
}

static void a_fault_can_wrap_its_own_text(void **state)
{
    (void)state;
    struct err e;
    fail(&e, RC_INVALID, "row", "坏", "bad", NULL);
    fail(&e, RC_INVALID, e.field, "第3行：{why}", "row 3: {why}", "why", e.en, NULL);
    assert_string_equal(e.zh, "第3行：bad");
    assert_string_equal(e.field, "row");
}

static void every_code_has_a_word_and_a_status(void **state)
{
    (void)state;
    static const int status[] = {200, 400, 401, 403, 404, 409, 413, 503, 504, 500};
    for (int i = RC_OK; i <= RC_INTERNAL; i++) {
        assert_int_equal(rc_status((enum rc)i), status[i]);
        assert_true(strlen(rc_word((enum rc)i)) > 0);
    }
    assert_string_equal(rc_word(RC_NOT_FOUND), "not_found");
    assert_string_equal(rc_word((enum rc)77), "internal");
    assert_int_equal(rc_status((enum rc)77), 500);
}

int rc_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_fills_both_languages_and_the_field),
        cmocka_unit_test(a_value_is_never_read_as_a_template),
        cmocka_unit_test(an_unknown_or_open_name_stays_as_written),
        cmocka_unit_test(a_missing_value_is_empty_and_a_missing_err_is_allowed),
        cmocka_unit_test(a_long_chinese_value_is_cut_between_characters),
        cmocka_unit_test(a_fault_can_wrap_its_own_text),
        cmocka_unit_test(every_code_has_a_word_and_a_status),
    };
    return cmocka_run_group_tests_name("rc", tests, NULL, NULL);
}
