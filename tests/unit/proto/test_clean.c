/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "proto/clean.h"
#include "proto/table_int.h"

static struct sheet_cell text(const char *s)
{
    return (struct sheet_cell){.type = SHEET_TEXT, .text = s};
}

static struct sheet_cell number(double v, const char *shown)
{
    return (struct sheet_cell){.type = SHEET_NUMBER, .text = shown, .number = v};
}

static void numbers_are_read_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double want;
    } good[] = {{"12", 12},
                {" １，２３４.5 ", 1234.5},
                {"-3", -3},
                {"¥1,234,567", 1234567},
                {"￥9,956.00元", 9956},
                {"25.5%", 0.255},
                {"－７", -7},
                {"+0.50", 0.5},
                {"−1", -1},
                {".5", 0.5}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        double v;
        struct sheet_cell c = text(good[i].text);
        if (!clean_number(&c, &v) || v != good[i].want)
            fail_msg("%s", good[i].text);
    }
    static const char *const bad[] = {"",     "-",   "1,23", "1,2345", ",123",      "12台", "1.2.3",
                                      "0x10", "nan", "1e5",  "一",     "1,234.5,6", "%",    "元"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        double v;
        struct sheet_cell c = text(bad[i]);
        if (clean_number(&c, &v))
            fail_msg("accepted %s", bad[i]);
    }
}

static void money_is_exact_to_the_fen(void **state)
{
    (void)state;
    int64_t fen;
    struct sheet_cell c = number(9956.10, "9956.10");
    assert_true(clean_scaled(&c, 2, &fen) && fen == 995610);
    c = number(0.1 + 0.2, "0.3");
    assert_true(clean_scaled(&c, 2, &fen) && fen == 30);
    c = number(-1208000, "-1208000");
    assert_true(clean_scaled(&c, 2, &fen) && fen == -120800000);
    c = number(1.005, "1.005");
    assert_false(clean_scaled(&c, 2, &fen));
    c = text("1,208,000.00");
    assert_true(clean_scaled(&c, 2, &fen) && fen == 120800000);
    c = text("11 856.5");
    assert_true(clean_scaled(&c, 2, &fen) && fen == 1185650);
    c = text("0.001");
    assert_false(clean_scaled(&c, 2, &fen));
    c = text("99999999999999999999");
    assert_false(clean_scaled(&c, 2, &fen));
    c = text("12%");
    assert_true(clean_scaled(&c, 4, &fen) && fen == 1200);
}

static void dates_come_as_cells_serials_and_texts(void **state)
{
    (void)state;
    const int32_t day = date_of(2019, 3, 7).day;
    const struct sheet_cell good[] = {
        {.type = SHEET_DATE, .text = "2019-03-07", .has_day = true, .date = {day}},
        number(43531, "43531"),
        number(43531.75, "43531.75"),
        number(20190307, "20190307"),
        {.type = SHEET_NUMBER, .text = "42069", .number = 42069, .is_1904 = true},
        text("43531"),
        text("2019.3.7"),
        text("2019年3月7日"),
        text("２０１９／３／７"),
        text(" 2019-03-07 17:30 "),
        text("20190307"),
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct date d = {0};
        if (!clean_date(&good[i], &d) || d.day != day)
            fail_msg("%zu: %s", i, good[i].text);
    }
    const struct sheet_cell bad[] = {number(2019, "2019"),
                                     number(2019.3, "2019.3"),
                                     number(-1, "-1"),
                                     text("2019"),
                                     text("不详"),
                                     text("2019-02-30"),
                                     text(""),
                                     {.type = SHEET_DATE, .text = "08:05", .has_time = true},
                                     {.type = SHEET_BOOL, .text = "TRUE", .number = 1},
                                     {.type = SHEET_EMPTY, .text = ""}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct date d;
        if (clean_date(&bad[i], &d))
            fail_msg("accepted %s", bad[i].text);
    }
}

static void addresses_get_one_form(void **state)
{
    (void)state;
    char mac[CLEAN_MAC], ip[CLEAN_IP];
    static const char *const macs[] = {"AA-BB-CC-0D-EE-1F",
                                       "aabb.cc0d.ee1f",
                                       "AABBCC0DEE1F",
                                       "aa:bb:cc:0d:ee:1f",
                                       "ＡＡ：ＢＢ：ＣＣ：０Ｄ：ＥＥ：１Ｆ",
                                       " aa bb cc 0d ee 1f "};
    for (size_t i = 0; i < sizeof macs / sizeof macs[0]; i++) {
        assert_true(clean_mac(macs[i], mac));
        assert_string_equal(mac, "aa:bb:cc:0d:ee:1f");
    }
    static const char *const bad_macs[] = {"",
                                           "aa:bb:cc:0d:ee",
                                           "aa:bb:cc:0d:ee:1f:22",
                                           "无",
                                           "a:abb:cc:0d:ee:1f",
                                           "aa::bb:cc:0d:ee1f",
                                           "aabbcc0dee1f-"};
    for (size_t i = 0; i < sizeof bad_macs / sizeof bad_macs[0]; i++)
        if (clean_mac(bad_macs[i], mac))
            fail_msg("accepted %s", bad_macs[i]);
    static const char *const ips[][2] = {{"192.168.1.10", "192.168.1.10"},
                                         {"192.168.001.010", "192.168.1.10"},
                                         {" １９２。168．1。10 ", "192.168.1.10"},
                                         {"2001:DB8:0:0::1", "2001:db8::1"},
                                         {"::ffff:1.2.3.4", "::ffff:1.2.3.4"}};
    for (size_t i = 0; i < sizeof ips / sizeof ips[0]; i++) {
        if (!clean_ip(ips[i][0], ip))
            fail_msg("refused %s", ips[i][0]);
        assert_string_equal(ip, ips[i][1]);
    }
    static const char *const bad_ips[] = {"",          "256.1.1.1",      "1.2.3",
                                          "1.2.3.4.5", "1.2.3.4/24",     "a.b.c.d",
                                          "1..2.3",    "2001:db8::1::2", "10.0.0.1、10.0.0.2"};
    for (size_t i = 0; i < sizeof bad_ips / sizeof bad_ips[0]; i++)
        if (clean_ip(bad_ips[i], ip))
            fail_msg("accepted %s", bad_ips[i]);
}

static void text_is_tidied_and_lines_kept_on_request(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct sheet_cell c = text("　 东区\n\n 07 号 \n");
    assert_string_equal(clean_text(a, &c, false), "东区 07 号");
    assert_string_equal(clean_text(a, &c, true), "东区\n\n07 号");
    c.type = SHEET_EMPTY;
    assert_string_equal(clean_text(a, &c, false), "");
    arena_free(a);
}

static void totals_and_notes_are_told_from_names(void **state)
{
    (void)state;
    static const char *const totals[] = {"合计",       " 合　计：", "总计(台)",
                                         "合计 12 台", "本页小计",  "东区小计：",
                                         "Total",      "小计=3",    "合计金额（元）"};
    static const char *const names[] = {"总计算机房", "合计科", "设备", "", "totally", "统计员"};
    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++)
        if (!text_is_total(totals[i]))
            fail_msg("%s", totals[i]);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (text_is_total(names[i]))
            fail_msg("%s", names[i]);
    assert_true(text_is_note("备注：以上为准") && text_is_note("单位负责人（签字）：某某"));
    assert_false(text_is_note("备注栏显示器") || text_is_note("注册服务器"));
}

int clean_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_as_people_write_them),
        cmocka_unit_test(money_is_exact_to_the_fen),
        cmocka_unit_test(dates_come_as_cells_serials_and_texts),
        cmocka_unit_test(addresses_get_one_form),
        cmocka_unit_test(text_is_tidied_and_lines_kept_on_request),
        cmocka_unit_test(totals_and_notes_are_told_from_names),
    };
    return cmocka_run_group_tests_name("clean", tests, NULL, NULL);
}
