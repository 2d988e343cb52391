/* SPDX-License-Identifier: Apache-2.0 */
/* The chain without a store: digests against published vectors, lines that are no rows. */
#include <stdio.h>
#include <string.h>

#include "kit.h"

static void digests_are_the_published_ones(void **state)
{
    char h[CHAIN_HASH];
    (void)state;
    chain_hash(CHAIN_SHA256, "abc", 3, h); /* FIPS 180-4, example 1 */
    assert_string_equal(h, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    chain_hash(CHAIN_SM3, "abc", 3, h); /* GB/T 32905-2016, example 1 */
    assert_string_equal(h, "sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
}

static void lines_that_are_no_rows_are_told(void **state)
{
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
    static const char *const bad[] = {
        "", "[", "  [1,\"", "x", "  [1,\"0\",1]", "zz  [1,\"\"]", "[[[[[[[[[[[[[[[[[[[[",
    };
    char line[512];
    struct chain_check c;
    (void)state;
    chain_begin(&c, NULL, true);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        chain_line(&c, (int64_t)i + 1, bad[i], strlen(bad[i]));
    assert_int_equal(c.n_faults, sizeof bad / sizeof *bad);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(c.fault[i].what, FAULT_UNREADABLE);
    /* every cut of a good line */
    snprintf(line, sizeof line, "%s  [1,\"%s\",1,2]", zeros, zeros);
    for (size_t n = 0; n < 134; n++) {
        chain_begin(&c, NULL, true);
        chain_line(&c, 1, line, n);
        assert_int_equal(c.n_faults, 1);
    }
}

static void anchors_are_read_and_rubbish_is_passed_over(void **state)
{
    struct anchors a = {0};
    (void)state;
    assert_true(anchors_add(&a, "7:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    assert_true(anchors_add(&a, "8:sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"));
    assert_false(anchors_add(&a, "9:ba78"));
    assert_false(anchors_add(&a, "-1:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    assert_false(anchors_add(&a, "99999999999999999999:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    assert_false(anchors_add(&a, ""));
    assert_int_equal(a.n, 2);
    assert_int_equal(a.item[1].feed, 8);
    anchors_free(&a);
}

int chain_cases(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_the_published_ones),
        cmocka_unit_test(lines_that_are_no_rows_are_told),
        cmocka_unit_test(anchors_are_read_and_rubbish_is_passed_over),
    };
    return cmocka_run_group_tests_name("the chain", tests, NULL, NULL);
}
