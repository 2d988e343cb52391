/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define PLAIN "1|t:资产编号|t:名称|t:备注\n2|t:A-1|t:摄像机|t:含,逗号\n3|t:A-2|t:引\"号|t:两\n行\n"
#define RARE PLAIN "4|t:A-3|t:𠮷㐂|t:龘\n"

static void assert_encoding(const char *name, const char *encoding)
{
    struct sheet_file *f = open_good(name);
    assert_string_equal(sheet_encoding(f), encoding);
    assert_string_equal(sheet_format(f), "csv");
    assert_int_equal(sheet_count(f), 1);
    sheet_close(f);
}

static void every_encoding_of_the_office_reads_alike(void **state)
{
    (void)state;
    assert_dump("utf8.csv", 0, 0, RARE);
    assert_dump("utf8bom.csv", 0, 0, RARE);
    assert_dump("gbk.csv", 0, 0, PLAIN);
    assert_dump("gb18030.csv", 0, 0, RARE);
    assert_dump("utf16.csv", 0, 0, RARE);
    assert_dump("utf16be.csv", 0, 0, RARE);
    assert_encoding("gbk.csv", "gb18030");
    assert_encoding("utf8bom.csv", "utf-8");
    assert_encoding("utf16.csv", "utf-16le");
}

static void all_three_line_ends_and_blank_lines_count_as_a_spreadsheet_counts(void **state)
{
    (void)state;
    assert_dump("crlf.csv", 0, 0, "1|t:a|t:b\n3|t:1|t:x\ny\n");
    assert_dump("cr.csv", 0, 0, "1|t:a|t:b\n2|t:1|t:2\n");
    assert_dump("noend.csv", 0, 0, "1|t:a|t:b\n2|t:1|t:2\n");
    assert_dump("dos.csv", 0, 0, "1|t:a|t:b\n2|t:1|t:2\n");
}

static void the_delimiter_is_the_one_that_makes_columns(void **state)
{
    (void)state;
    assert_dump("tab.txt", 0, 0, "1|t:a|t:b,c\n2|t:1|t:2,3\n");
    assert_dump("semi.csv", 0, 0, "1|t:a|t:b\n2|t:1,5|t:2\n3|t:2,5|t:3\n");
    assert_dump("sep.csv", 0, 0, "1|t:a|t:b\n2|t:1,2|t:3\n");
    assert_dump("one.csv", 0, 0, "1|t:a\n2|t:b\n4|t: c \n");
}

static void stray_quotes_are_kept_and_noted(void **state)
{
    (void)state;
    struct sheet_file *f = open_good("stray.csv");
    struct buf out = {.limit = 0};
    assert_string_equal(dump(f, 0, 0, &out),
                        "1|t:a|t:b\n2|t:5\" disk|t:xy\n3|t:\"open|t:2\n4|t:\"13 inch|t:3\n"
                        "5|t:ok|t:4\n");
    size_t n;
    const struct sheet_note *notes = sheet_notes(f, &n);
    assert_int_equal(n, 4);
    assert_true(notes[1].row == 2 && notes[1].col == 1);
    assert_true(notes[3].row == 4 && notes[3].col == 0);
    buf_free(&out);
    sheet_close(f);
}

static void formula_looking_text_stays_text_and_guarded_zeros_stay(void **state)
{
    (void)state;
    assert_dump("wrapped.csv", 0, 0, "1|t:no|t:name\n2|t:0012|t:0034\n3|t:=1+1|t:=1+1\n");
}

int csv_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_encoding_of_the_office_reads_alike),
        cmocka_unit_test(all_three_line_ends_and_blank_lines_count_as_a_spreadsheet_counts),
        cmocka_unit_test(the_delimiter_is_the_one_that_makes_columns),
        cmocka_unit_test(stray_quotes_are_kept_and_noted),
        cmocka_unit_test(formula_looking_text_stays_text_and_guarded_zeros_stay),
    };
    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
