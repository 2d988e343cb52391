/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "base/utf8_int.h"

static int new_arena(void **state)
{
    *state = arena_new();
    return 0;
}

static int free_arena(void **state)
{
    arena_free(*state);
    return 0;
}

/* clang-format off */
static const struct {
    const char *bytes;
    bool valid;
    const char *why;
} forms[] = {
    {"\x7F", true, "the last of one byte"},
    {"\xC2\x80", true, "the first of two bytes"},
    {"\xDF\xBF", true, "the last of two bytes"},
    {"\xE0\xA0\x80", true, "the first of three bytes"},
    {"\xED\x9F\xBF", true, "U+D7FF"},
    {"\xEE\x80\x80", true, "U+E000"},
    {"\xEF\xBF\xBF", true, "U+FFFF, a noncharacter but well-formed"},
    {"\xF0\x90\x80\x80", true, "the first of four bytes"},
    {"\xF0\xA0\xAE\xB7", true, "U+20BB7"},
    {"\xF4\x8F\xBF\xBF", true, "U+10FFFF"},
    {"\x80", false, "a lone continuation"},
    {"\xBF", false, "a lone continuation"},
    {"\xC0\xAF", false, "overlong slash in two bytes"},
    {"\xC1\xBF", false, "overlong in two bytes"},
    {"\xE0\x80\xAF", false, "overlong slash in three bytes"},
    {"\xE0\x9F\xBF", false, "overlong in three bytes"},
    {"\xF0\x80\x80\xAF", false, "overlong slash in four bytes"},
    {"\xF0\x8F\xBF\xBF", false, "overlong in four bytes"},
    {"\xED\xA0\x80", false, "the first surrogate"},
    {"\xED\xBF\xBF", false, "the last surrogate"},
    {"\xED\xA0\xBD\xED\xB8\x80", false, "a surrogate pair in UTF-8 (CESU-8)"},
    {"\xF4\x90\x80\x80", false, "U+110000"},
    {"\xF5\x80\x80\x80", false, "a lead that never occurs"},
    {"\xF8\x88\x80\x80\x80", false, "five bytes"},
    {"\xFC\x84\x80\x80\x80\x80", false, "six bytes"},
    {"\xFE", false, "FE"},
    {"\xFF", false, "FF"},
    {"\xC3", false, "cut in two bytes"},
    {"\xE5\xAE", false, "cut in three bytes"},
    {"\xF0\xA0\xAE", false, "cut in four bytes"},
    {"\xE5\x41\x88", false, "a letter inside a character"},
    {"\xC3\xC3\xA4", false, "two leads"},
};
/* clang-format on */

static void utf8_is_judged_as_rfc_3629_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (utf8_valid(forms[i].bytes, strlen(forms[i].bytes)) != forms[i].valid)
            fail_msg("%s", forms[i].why);
        /* and the same in the middle of a text */
        char text[32];
        int n = snprintf(text, sizeof text, "守%s望", forms[i].bytes);
        assert_int_equal(utf8_valid(text, (size_t)n), forms[i].valid);
    }
    assert_true(utf8_valid("", 0));
    assert_true(utf8_valid("a\0b", 3));
}

static void every_code_point_survives_coding_and_decoding(void **state)
{
    (void)state;
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
        char text[5] = {0};
        size_t n = utf8_put(cp, text);
        const char *p = text;
        uint32_t back = utf8_next(&p);
        uint32_t want = cp >= 0xD800 && cp <= 0xDFFF ? 0xFFFD : cp;
        if (back != want || p != text + n || !utf8_valid(text, n))
            fail_msg("U+%04X came back as U+%04X", cp, back);
    }
    char text[4];
    assert_int_equal(utf8_put(0x110000, text), 3);
}

static void reading_any_two_or_three_bytes_never_passes_the_end(void **state)
{
    (void)state;
    for (unsigned v = 0; v < 1U << 24; v += 257 * 3 + 2) {
        char *heap = malloc(4); /* the sanitizer watches its end */
        heap[0] = (char)(v >> 16);
        heap[1] = (char)(v >> 8);
        heap[2] = (char)v;
        heap[3] = '\0';
        const char *p = heap;
        while (utf8_next(&p) != 0)
            assert_true(p <= heap + 3);
        free(heap);
    }
}

static void code_points_are_counted_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(utf8_count(""), 0);
    assert_int_equal(utf8_count("a守望"), 3);
    assert_int_equal(utf8_count("\xF0\xA0\xAE\xB7"), 1);
    const char *p = "";
    assert_int_equal(utf8_next(&p), 0);
}

static void a_cut_never_parts_a_character(void **state)
{
    (void)state;
    const char *s = "a守\xF0\xA0\xAE\xB7";
    static const size_t want[] = {0, 1, 1, 1, 4, 4, 4, 4, 8};
    for (size_t n = 0; n <= 8; n++)
        assert_int_equal(utf8_cut(s, n), want[n]);
    assert_int_equal(utf8_cut("\x80\x80\x80\x80\x80", 5), 5);
}

static void han_kana_and_marks_are_tokens_of_their_own(void **state)
{
    (void)state;
    static const uint32_t yes[] = {0x4E00, 0x9FFF, 0x3400, 0x20000, 0x20BB7, 0x31350,
                                   0xF900, 0x3042, 0x30AB, 0x3002,  0x3007,  0xFF71};
    static const uint32_t no[] = {'a',    '0',     0xE9,   0x3000,  0xAC00,
                                  0xFF11, 0x1F600, 0xE000, 0x10FFFF};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        assert_true(utf8_is_cjk(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        assert_false(utf8_is_cjk(no[i]));
}

static void blanks_of_all_kinds_are_tidied(void **state)
{
    struct arena *a = *state;
    assert_string_equal(utf8_tidy(a, ""), "");
    assert_string_equal(utf8_tidy(a, " \t\r\n"), "");
    assert_string_equal(utf8_tidy(a, "\u3000\u00A0张\u3000 \u2003三\uFEFF\u200B "), "张 三");
    assert_string_equal(utf8_tidy(a, "a\nb"), "a b");
    assert_string_equal(utf8_tidy(a, "DS-2CD\u200B3T"), "DS-2CD3T");
    assert_string_equal(utf8_tidy(a, "a \u200B b"), "a b");
    assert_string_equal(utf8_tidy(a, "\u202A甲\u202Egnp.exe\u2069"), "甲gnp.exe");
    assert_string_equal(utf8_tidy(a, "\xFF\xE5"), "\xFF\xE5");
}

static void full_width_text_is_narrowed(void **state)
{
    struct arena *a = *state;
    assert_string_equal(utf8_narrow(a, "２０１９－０３－０７"), "2019-03-07");
    assert_string_equal(utf8_narrow(a, "！ＡＺａｚ～\u3000ｘ"), "!AZaz~ x");
    assert_string_equal(utf8_narrow(a, "设备，编号（１）"), "设备,编号(1)");
    assert_string_equal(utf8_narrow(a, ""), "");
}

static void expect_text(struct arena *a, const char *data, size_t n, const char *which,
                        const char *want)
{
    char *out;
    size_t len;
    const char *found;
    struct err e;
    char *exact = malloc(n ? n : 1); /* the sanitizer watches its end */
    memcpy(exact, data, n);
    assert_int_equal(utf8_from_any(a, exact, n, &out, &len, &found, &e), RC_OK);
    free(exact);
    assert_string_equal(found, which);
    assert_string_equal(out, want);
    assert_int_equal(len, strlen(want));
}

static void expect_no_text(struct arena *a, const char *data, size_t n)
{
    char *out;
    size_t len;
    const char *found;
    struct err e;
    assert_int_equal(utf8_from_any(a, data, n, &out, &len, &found, &e), RC_INVALID);
    assert_true(strlen(e.zh) > 0 && strlen(e.en) > 0);
}

static void the_encoding_of_office_files_is_found(void **state)
{
    struct arena *a = *state;
    /* clang-format off */
    expect_text(a, "", 0, "utf-8", "");
    expect_text(a, "设备", 6, "utf-8", "设备");
    expect_text(a, "\xEF\xBB\xBF设备", 9, "utf-8", "设备");
    expect_text(a, "\xFF\xFE\xBE\x8B\x07\x59", 6, "utf-16le", "设备");
    expect_text(a, "\xFE\xFF\x8B\xBE\x59\x07", 6, "utf-16be", "设备");
    expect_text(a, "\xFF\xFE", 2, "utf-16le", "");
    expect_text(a, "a\0,\0\xBE\x8B", 6, "utf-16le", "a,设");
    expect_text(a, "\0a\0,\x8B\xBE", 6, "utf-16be", "a,设");
    expect_text(a, "a\0\x00\x4E\n\0", 6, "utf-16le", "a一\n"); /* U+4E00 has a NUL of its own */
    expect_text(a, "\xFF\xFE\x42\xD8\xB7\xDF", 6, "utf-16le", "\xF0\xA0\xAE\xB7");
    expect_text(a, "\xC9\xE8\xB1\xB8", 4, "gb18030", "设备");
    expect_text(a, "\xE9" "F", 2, "gb18030", "镕");                /* GBK, not in GB2312 */
    expect_text(a, "\x81\x30\x81\x30", 4, "gb18030", "\xC2\x80"); /* the first of four bytes */
    expect_text(a, "\x95\x32\x82\x36", 4, "gb18030", "\xF0\xA0\x80\x80"); /* U+20000 */
    expect_text(a, "\x84\x31\xA4\x39", 4, "gb18030", "\uFFFF");
    expect_text(a, "\xE3\x32\x9A\x35", 4, "gb18030", "\xF4\x8F\xBF\xBF"); /* U+10FFFF */
    /* clang-format on */
}

static void bytes_that_are_no_text_are_refused(void **state)
{
    struct arena *a = *state;
    expect_no_text(a, "\x89PNG\0\0\0\0\0\r", 10);
    expect_no_text(a, "PK\x03\x04\x14\0\0\0", 8);
    expect_no_text(a, "\0\0", 2);
    expect_no_text(a,
                   "\xFF\xFE"
                   "a",
                   3);
    expect_no_text(a, "\xFF\xFE\x42\xD8", 4); /* a lone high surrogate */
    expect_no_text(a,
                   "\xFF\xFE\xB7\xDF"
                   "a\0",
                   6); /* a lone low surrogate */
    expect_no_text(a,
                   "\xFF\xFE\x42\xD8"
                   "a\0",
                   6);
    expect_no_text(a, "\xC9\xE8\xB1", 3); /* half a character at the end */
    expect_no_text(a, "\xC9 ", 2);        /* 20 is no second byte */
    expect_no_text(a, "\xFF\xFF", 2);
    expect_no_text(a, "\xE3\x32\x9A\x36", 4); /* past U+10FFFF */
}

static void text_past_the_limit_is_too_big(void **state)
{
    struct arena *a = *state;
    char *out;
    size_t len;
    const char *which;
    struct err e;
    assert_int_equal(utf8_from_any(a, "x", (size_t)64 * 1024 * 1024 + 1, &out, &len, &which, &e),
                     RC_TOO_BIG);
}

static void every_code_point_can_be_written_as_gb18030(void **state)
{
    (void)state;
    /* six private-use code points share their two bytes with a real character */
    static const unsigned long shared[] = {0xE816, 0xE817, 0xE818, 0xE831, 0xE83B, 0xE855};
    unsigned differ = 0;
    for (uint32_t from = 1; from <= 0x10FFFF;) {
        struct arena *a = arena_new();
        char *utf8 = arena_alloc(a, 4 * 4096 + 1), *p = utf8, *gb, *back;
        uint32_t cp = from;
        for (; cp < from + 4096 && cp <= 0x10FFFF; cp++)
            if (cp < 0xD800 || cp > 0xDFFF)
                p += utf8_put(cp, p);
        from = cp;
        size_t gb_len, back_len;
        const char *which;
        assert_int_equal(utf8_to_gb18030(a, utf8, &gb, &gb_len, NULL), RC_OK);
        assert_int_equal(utf8_from_any(a, gb, gb_len, &back, &back_len, &which, NULL), RC_OK);
        const char *x = utf8, *y = back;
        while (*x) {
            uint32_t cx = utf8_next(&x), cy = utf8_next(&y);
            if (cx == cy)
                continue;
            assert_in_set(cx, shared, 6);
            assert_in_range(cy, 0x20000, 0x2FFFF);
            differ++;
        }
        assert_int_equal(*y, '\0');
        arena_free(a);
    }
    assert_int_equal(differ, 6);
}

static void rare_names_become_the_right_gb18030_bytes(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *utf8, *gb;
    } cases[] = {
        {"设备", "\xC9\xE8\xB1\xB8"},
        {"镕喆堃", "\xE9"
                   "F\x86\xB4\x88\xD2"},
        {"\xF0\xA0\xAE\xB7", "\x95\x34\xB2\x35"}, /* U+20BB7, four bytes */
        {"㐀", "\x81\x39\xEE\x39"},               /* extension A, four bytes */
        {"€", "\xA2\xE3"},
        {"\uE78D", "\x84\x31\x82\x36"}, /* GB18030-2022 table */
        {"\uFE10", "\xA6\xD9"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *out;
        size_t len;
        assert_int_equal(utf8_to_gb18030(a, cases[i].utf8, &out, &len, NULL), RC_OK);
        assert_int_equal(len, strlen(cases[i].gb));
        assert_memory_equal(out, cases[i].gb, len + 1);
    }
    char *out;
    size_t len;
    struct err e;
    assert_int_equal(utf8_to_gb18030(a, "\xED\xA0\x80", &out, &len, &e), RC_INVALID);
}

#define WITH_ARENA(f) cmocka_unit_test_setup_teardown(f, new_arena, free_arena)

int utf8_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_judged_as_rfc_3629_says),
        cmocka_unit_test(every_code_point_survives_coding_and_decoding),
        cmocka_unit_test(reading_any_two_or_three_bytes_never_passes_the_end),
        cmocka_unit_test(code_points_are_counted_not_bytes),
        cmocka_unit_test(a_cut_never_parts_a_character),
        cmocka_unit_test(han_kana_and_marks_are_tokens_of_their_own),
        WITH_ARENA(blanks_of_all_kinds_are_tidied),
        WITH_ARENA(full_width_text_is_narrowed),
        WITH_ARENA(the_encoding_of_office_files_is_found),
        WITH_ARENA(bytes_that_are_no_text_are_refused),
        WITH_ARENA(text_past_the_limit_is_too_big),
        cmocka_unit_test(every_code_point_can_be_written_as_gb18030),
        WITH_ARENA(rare_names_become_the_right_gb18030_bytes),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
