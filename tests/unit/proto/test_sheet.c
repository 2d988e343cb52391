/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

static void a_cell_is_shown_as_people_see_it(void **state)
{
    (void)state;
    assert_dump("types.xlsx", 0, 0,
                "1|t:资产编号|n:12|n:12.5|n:-3|n:1234567890123|b:TRUE|b:FALSE\n"
                "2|d:2019-03-07|d:2019-03-07 17:30|d:08:05|e:#N/A|e:=1+1\n"
                "4|-|t:=1+1|t:110101199003071234|t:第一行\n第二行|t:  前后有空  \n"
                "6|n:000012|n:SN-0007|n:1,234,567.50|n:25.6%|d:2019-03-07|d:2019-03-07|d:36:00:00|"
                "n:010-2000-0300|n:(5.50)|d:2019-03-07 18:00|n:¥12,345.7|n:5台|d:12:00|"
                "d:2019-03-07\n");
}

static void a_date_cell_gives_its_civil_day_and_second(void **state)
{
    (void)state;
    struct err e;
    const struct sheet_row *row;
    struct sheet_file *f = open_good("types.xlsx");
    assert_int_equal(sheet_start(f, 0, 0, &e), RC_OK);
    assert_int_equal(sheet_next(f, &row, &e), RC_OK);
    assert_int_equal(sheet_next(f, &row, &e), RC_OK);
    const struct sheet_cell *c = row->cells;
    assert_true(c[0].has_day && !c[0].has_time && c[1].has_day && c[1].has_time);
    assert_int_equal(c[0].date.day, date_of(2019, 3, 7).day);
    assert_int_equal(c[1].date.day, date_of(2019, 3, 7).day);
    assert_int_equal(c[1].second, 17 * 3600 + 30 * 60);
    assert_true(!c[2].has_day && c[2].has_time && c[2].second == 8 * 3600 + 300);
    assert_true(c[4].is_formula);
    sheet_close(f);
}

static void every_built_in_date_format_is_a_date(void **state)
{
    (void)state;
    struct buf want = {.limit = 0};
    /* 14-17 days, 18-21 times, 22 both; 27-31 days, 32-35 times, 36; 45, 47; 50-54, 55-56, 57-58 */
    static const char kinds[] = "ddddttttbdddddttttdttdddddttdd";
    buf_text_add(&want, "1");
    for (const char *k = kinds; *k; k++)
        buf_text_add(&want, *k == 'd' ? "|d:2019-03-07" : "|d:2019-03-07 18:00");
    buf_char(&want, '\n');
    assert_dump("builtin.xlsx", 0, 0, buf_text(&want));
    buf_free(&want);
}

static void custom_formats_are_dates_by_their_letters_outside_quotes_and_brackets(void **state)
{
    (void)state;
    assert_dump("codes.xlsx", 0, 0,
                "1|n:1234.5|d:1903-05-18|n:d1235|n:1235d|d:1903-05-18|d:1903-05-18|"
                "d:1903-05-18 12:00|d:1903-05-18 12:00|n:1234.5|n:1235|n:1234.5|n:1234.5|n:1234.5|"
                "d:1903-05-18 12:00|n:1235|n:1235|n:1234.5|n:1|n:1234.5|d:1903-05-18 12:00|"
                "d:1903-05-18|d:29628:00:00\n");
}

static void the_1900_system_keeps_its_29th_of_february_from_moving_later_days(void **state)
{
    (void)state;
    assert_dump(
        "epoch.xlsx", 0, 0,
        "1|d:00:00|d:1900-01-01 00:00|d:1900-02-28 00:00|d:1900-02-28 00:00|"
        "d:1900-03-01 00:00|d:06:00|n:-1|d:9999-12-31 00:00|n:2958466|d:2019-03-08 00:00\n");
}

static void the_1904_system_counts_from_1904(void **state)
{
    (void)state;
    assert_dump("mac.xlsx", 0, 0, "1|d:2019-03-07|n:42069\n");
    struct date d;
    int32_t second;
    assert_true(sheet_serial_date(42069.5, true, &d, &second));
    assert_int_equal(d.day, date_of(2019, 3, 7).day);
    assert_int_equal(second, 43200);
    assert_false(sheet_serial_date(-1, false, &d, NULL));
    assert_false(sheet_serial_date(2958466, false, &d, NULL));
    assert_false(sheet_serial_date(0.0 / 0.0, false, &d, NULL));
}

static void runs_are_joined_phonetics_ignored_and_escapes_undone(void **state)
{
    (void)state;
    assert_dump("rich.xlsx", 0, 0,
                "2|t:东 区|-|t:一\n二_x000D_三|t: 留空 |t:去空|t:𠮷&😀|t:行内|t:结果|-|n:6|"
                "e:#DIV/0!|b:TRUE\n");
}

static void strict_files_with_other_prefixes_and_places_read_alike(void **state)
{
    (void)state;
    assert_dump("strict.xlsx", 0, 0, "3|-|d:2019-03-07|d:2019-03-07 17:30|t:文\n");
    struct sheet_file *f = open_good("strict.xlsx");
    assert_string_equal(sheet_name(f, 0), "严格");
    assert_string_equal(sheet_format(f), "xlsx");
    sheet_close(f);
}

static void iso_date_cells_that_are_none_stay_text(void **state)
{
    (void)state;
    assert_dump("iso.xlsx", 0, 0,
                "1|d:2019-03-07 17:30:05|d:08:05|d:08:05:09|t:2019-02-30|t:2019-03-07T25:00|"
                "t:8:05|d:2019-03-07\n");
}

static void rows_and_cells_without_numbers_follow_each_other(void **state)
{
    (void)state;
    assert_dump("sparse.xlsx", 0, 0, "1|n:1|-|n:3\n3|-|-|-|n:4|n:5\n1000|n:6\n");
    assert_dump("empty.xlsx", 0, SHEET_REPEAT_MERGED, "");
}

static void merged_values_repeat_on_request_only(void **state)
{
    (void)state;
    assert_dump("merged.xlsx", 0, 0, "1|t:甲\n2|n:1|n:2|n:3\n3|-|n:5|n:6\n4|n:7\n");
    assert_dump("merged.xlsx", 0, SHEET_REPEAT_MERGED,
                "1|t:甲|t^:甲|t^:甲\n2|n:1|n:2|n:3\n3|n^:1|n:5|n:6\n4|n:7|n^:7|n^:7\n");
}

static void overlapping_merges_cost_a_note_and_no_time(void **state)
{
    (void)state;
    struct buf out = {.limit = 0};
    struct sheet_file *f = open_good("overlap.xlsx");
    dump(f, 0, SHEET_REPEAT_MERGED, &out);
    size_t n;
    sheet_notes(f, &n);
    assert_int_equal(n, 1);
    buf_free(&out);
    sheet_close(f);
}

static void hidden_sheets_are_flagged_and_passes_may_be_repeated(void **state)
{
    (void)state;
    struct sheet_file *f = open_good("types.xlsx");
    struct buf a = {.limit = 0}, b = {.limit = 0};
    struct err e;
    const struct sheet_row *row;
    assert_int_equal(sheet_count(f), 3);
    assert_true(!sheet_hidden(f, 0) && sheet_hidden(f, 1) && !sheet_hidden(f, 2));
    assert_string_equal(dump(f, 2, 0, &a), "1|t:x\n");
    buf_clear(&a);
    assert_int_equal(sheet_start(f, 0, 0, &e), RC_OK); /* left half-way */
    assert_int_equal(sheet_next(f, &row, &e), RC_OK);
    assert_string_equal(dump(f, 0, 0, &a), dump(f, 0, SHEET_REPEAT_MERGED, &b));
    assert_int_equal(sheet_next(f, &row, &e), RC_OK);
    assert_null(row);
    assert_int_equal(sheet_start(f, 3, 0, &e), RC_NOT_FOUND);
    buf_free(&a);
    buf_free(&b);
    sheet_close(f);
}

static void bytes_read_like_the_file_they_come_from(void **state)
{
    (void)state;
    static const char *const names[] = {"rich.xlsx", "gb18030.csv"};
    for (size_t i = 0; i < 2; i++) {
        FILE *in = fopen(work_path(names[i]), "rb");
        assert_non_null(in);
        static char data[1 << 20];
        size_t n = fread(data, 1, sizeof data, in);
        fclose(in);
        struct err e = {0};
        struct sheet_file *f, *same = open_good(names[i]);
        struct buf a = {.limit = 0}, b = {.limit = 0};
        assert_int_equal(sheet_open_bytes(data, n, NULL, &f, &e), RC_OK);
        assert_string_equal(dump(f, 0, 0, &a), dump(same, 0, 0, &b));
        buf_free(&a);
        buf_free(&b);
        sheet_close(f);
        sheet_close(same);
    }
}

int sheet_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_shown_as_people_see_it),
        cmocka_unit_test(a_date_cell_gives_its_civil_day_and_second),
        cmocka_unit_test(every_built_in_date_format_is_a_date),
        cmocka_unit_test(custom_formats_are_dates_by_their_letters_outside_quotes_and_brackets),
        cmocka_unit_test(the_1900_system_keeps_its_29th_of_february_from_moving_later_days),
        cmocka_unit_test(the_1904_system_counts_from_1904),
        cmocka_unit_test(runs_are_joined_phonetics_ignored_and_escapes_undone),
        cmocka_unit_test(strict_files_with_other_prefixes_and_places_read_alike),
        cmocka_unit_test(iso_date_cells_that_are_none_stay_text),
        cmocka_unit_test(rows_and_cells_without_numbers_follow_each_other),
        cmocka_unit_test(merged_values_repeat_on_request_only),
        cmocka_unit_test(overlapping_merges_cost_a_note_and_no_time),
        cmocka_unit_test(hidden_sheets_are_flagged_and_passes_may_be_repeated),
        cmocka_unit_test(bytes_read_like_the_file_they_come_from),
    };
    return cmocka_run_group_tests_name("sheet", tests, NULL, NULL);
}
