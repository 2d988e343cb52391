/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "proto/table.h"

static const char *const no_synonyms[] = {"固定资产编号", "设备编号", NULL};
static const char *const name_synonyms[] = {"名称", "设备名称", NULL};
static const char *const model_synonyms[] = {"规格型号", NULL};
static const char *const serial_synonyms[] = {"出厂编号", NULL};
static const char *const site_synonyms[] = {"使用地点", "存放地点", NULL};
static const char *const since_synonyms[] = {"投入使用时间", NULL};
enum { NO, NAME, MODEL, SERIAL, SITE, IP, SINCE, COLUMNS };
static const struct table_column columns[COLUMNS] = {
    [NO] = {"asset_no", "资产编号", no_synonyms, true},
    [NAME] = {"name", "资产名称", name_synonyms, false},
    [MODEL] = {"model", "型号", model_synonyms, false},
    [SERIAL] = {"serial", "序列号", serial_synonyms, true},
    [SITE] = {"site_id", "所属站点", site_synonyms, false},
    [IP] = {"ip", "IP地址", NULL, false},
    [SINCE] = {"in_use_on", "启用日期（年月日）", since_synonyms, false},
};

static struct table *open_table(struct sheet_file *f, const struct table_options *o)
{
    struct err e = {0};
    struct table *t;
    if (table_open(f, columns, COLUMNS, o, &t, &e) != RC_OK)
        fail_msg("%s", e.en);
    return t;
}

static const char *rows_text(struct table *t, struct buf *out)
{
    const struct table_row *row;
    struct err e = {0};
    for (;;) {
        if (table_next(t, &row, &e) != RC_OK)
            fail_msg("%s", e.en);
        if (!row)
            return buf_text(out);
        buf_printf(out, "%d", row->number);
        for (size_t i = 0; i < COLUMNS; i++)
            buf_printf(out, "|%s", row->cells[i].text);
        assert_int_equal(row->raw->number, row->number);
        buf_char(out, '\n');
    }
}

static void a_ledger_with_titles_merged_headings_and_totals_gives_its_rows(void **state)
{
    (void)state;
    struct sheet_file *f = open_good("ledger.xlsx");
    struct table *t = open_table(f, NULL);
    struct buf out = {.limit = 0};
    assert_string_equal(sheet_name(f, table_sheet(t)), "台账");
    assert_int_equal(table_heading_row(t), 5);
    assert_string_equal(rows_text(t, &out), "6|BG-0001|电脑|M-1|SN１|一楼|10.0.0.1|2019-03-07\n"
                                            "7|BG-0002|打印机|P \"2\", x||一楼|10.0.0.2|2019.3.7\n"
                                            "12|BG-0003|总计算机房主机||=1+1|二楼||43531\n"
                                            "13||没有编号的设备|||二楼||\n");
    buf_free(&out);
    table_close(t);
    sheet_close(f);
}

static void every_row_left_out_is_accounted_for(void **state)
{
    (void)state;
    struct sheet_file *f = open_good("ledger.xlsx");
    struct table *t = open_table(f, NULL);
    struct buf out = {.limit = 0};
    rows_text(t, &out);
    static const struct table_skipped want[] = {
        {9, TABLE_BLANK},  {10, TABLE_TOTAL}, {11, TABLE_REPEATED_HEADING},
        {14, TABLE_TOTAL}, {15, TABLE_NOTE},  {16, TABLE_NOTE}};
    size_t n;
    const struct table_skipped *skipped = table_skipped(t, &n);
    assert_int_equal(n, sizeof want / sizeof want[0]);
    for (size_t i = 0; i < n; i++)
        assert_true(skipped[i].row == want[i].row && skipped[i].why == want[i].why);
    assert_int_equal(table_skipped_count(t, TABLE_TOTAL), 2);
    buf_free(&out);
    table_close(t);
    sheet_close(f);
}

static void unmatched_headings_are_reported_with_their_group(void **state)
{
    (void)state;
    struct sheet_file *f = open_good("ledger.xlsx");
    struct table *t = open_table(f, NULL);
    size_t n;
    const struct table_heading *h = table_headings(t, &n);
    assert_int_equal(n, 8);
    assert_string_equal(h[0].text, "序号");
    assert_int_equal(h[0].column, -1);
    assert_string_equal(h[3].text, "设备信息 规格型号");
    assert_int_equal(h[3].column, MODEL);
    assert_int_equal(h[6].column, IP);
    assert_int_equal(table_col(t, IP), 6);
    table_close(t);
    sheet_close(f);
}

static void a_group_makes_two_headings_different_and_never_decides_alone(void **state)
{
    (void)state;
    static const char *const ip[] = {"主用IP", NULL};
    static const struct table_column own[] = {{"no", "设备编号", NULL, true},
                                              {"ip", "IP地址", ip, false},
                                              {"site", "位置", NULL, false},
                                              {"name", "资产名称", name_synonyms, false}};
    struct sheet_file *f = open_good("groups.xlsx");
    struct err e = {0};
    struct table *t;
    assert_int_equal(table_open(f, own, 4, NULL, &t, &e), RC_OK);
    assert_int_equal(table_heading_row(t), 2);
    assert_int_equal(table_col(t, 0), 0);
    assert_int_equal(table_col(t, 1), 1);  /* not column 3, 备用 IP */
    assert_int_equal(table_col(t, 2), -1); /* 位置 is a group over 楼层 and 房间 */
    assert_int_equal(table_col(t, 3), 7);  /* the label wins over a synonym further left */
    size_t n;
    const struct table_heading *h = table_headings(t, &n);
    assert_int_equal(h[6].column, -1);
    assert_int_equal(h[6].duplicate_of, 3);
    table_close(t);
    sheet_close(f);
}

static void the_user_may_name_sheet_and_headings(void **state)
{
    (void)state;
    struct sheet_file *f = open_good("ledger.xlsx");
    static const struct table_force force[] = {
        {"序号", "serial", false}, {"出厂编号", "", false}, {"没有的列", "name", true}};
    const struct table_options o = {.sheet = "台账", .force = force, .n_force = 3};
    struct table *t = open_table(f, &o);
    assert_int_equal(table_col(t, SERIAL), 0);
    assert_int_equal(table_col(t, NAME), 2);
    table_close(t);
    const struct table_options hidden = {.sheet = "旧台账"};
    t = open_table(f, &hidden);
    assert_int_equal(table_heading_row(t), 1);
    table_close(t);
    sheet_close(f);
}

static void assert_no_table(const char *name, const struct table_options *o, const char *zh)
{
    struct sheet_file *f = open_good(name);
    struct table *t;
    struct err e = {0};
    assert_int_equal(table_open(f, columns, COLUMNS, o, &t, &e), RC_INVALID);
    assert_null(t);
    if (!strstr(e.zh, zh))
        fail_msg("%s: %s", name, e.zh);
    sheet_close(f);
}

static void what_cannot_be_found_is_named(void **state)
{
    (void)state;
    const struct table_options sheet = {.sheet = "别的"};
    static const struct table_force column[] = {{"序号", "nowhere", false}};
    static const struct table_force heading[] = {{"没有的列", "name", false}};
    const struct table_options bad_id = {.force = column, .n_force = 1};
    const struct table_options bad_heading = {.force = heading, .n_force = 1};
    assert_no_table("types.xlsx", NULL, "资产编号、资产名称");
    assert_no_table("ledger.xlsx", &sheet, "旧台账、填写说明、台账");
    assert_no_table("ledger.xlsx", &bad_id, "nowhere");
    assert_no_table("ledger.xlsx", &bad_heading, "没有的列");
}

static void a_csv_is_a_table_too(void **state)
{
    (void)state;
    struct sheet_file *f = open_good("gb18030.csv");
    const struct table_options o = {.sheet = "Sheet1"};
    struct table *t = open_table(f, &o);
    struct buf out = {.limit = 0};
    assert_string_equal(rows_text(t, &out),
                        "2|A-1|摄像机|||||\n3|A-2|引\"号|||||\n4|A-3|𠮷㐂|||||\n");
    buf_free(&out);
    table_close(t);
    sheet_close(f);
}

static void headings_fold_blanks_width_case_stars_and_brackets(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    assert_string_equal(table_fold(a, " ＩＰ 地　址（必填）*：", false), "ip地址(必填)");
    assert_string_equal(table_fold(a, "ＩＰ 地址（必填）*", true), "ip地址");
    assert_string_equal(table_fold(a, "单价【元】", true), "单价");
    assert_string_equal(table_fold(a, "(备注)", true), "(备注)");
    assert_string_equal(table_fold(a, "Asset_No.", false), "assetno.");
    arena_free(a);
}

int table_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ledger_with_titles_merged_headings_and_totals_gives_its_rows),
        cmocka_unit_test(every_row_left_out_is_accounted_for),
        cmocka_unit_test(unmatched_headings_are_reported_with_their_group),
        cmocka_unit_test(a_group_makes_two_headings_different_and_never_decides_alone),
        cmocka_unit_test(the_user_may_name_sheet_and_headings),
        cmocka_unit_test(what_cannot_be_found_is_named),
        cmocka_unit_test(a_csv_is_a_table_too),
        cmocka_unit_test(headings_fold_blanks_width_case_stars_and_brackets),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
