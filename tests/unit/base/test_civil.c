/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/civil.h"

static struct date day(const char *s)
{
    struct date d;
    if (!date_parse(s, &d))
        fail_msg("%s", s);
    return d;
}

static struct instant at(const char *s)
{
    struct instant t;
    if (!instant_parse(s, &t))
        fail_msg("%s", s);
    return t;
}

static void expect_day(int y, int m, int d, int32_t number, int weekday)
{
    int py, pm, pd;
    struct date got = date_of(y, m, d);
    date_parts(got, &py, &pm, &pd);
    if (got.day != number || py != y || pm != m || pd != d || !date_valid(y, m, d) ||
        date_weekday(got) != weekday)
        fail_msg("%d-%d-%d", y, m, d);
}

static void each_day_of_ten_thousand_years_follows_the_last(void **state)
{
    (void)state;
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t number = -719162;
    int weekday = 1; /* 0001-01-01 was a Monday in the proleptic calendar */
    for (int i = 0; i < 9999 * 12; i++) {
        int y = i / 12 + 1, m = i % 12 + 1;
        bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
        int n = length[m - 1] + (m == 2 && leap);
        assert_false(date_valid(y, m, n + 1));
        for (int d = 1; d <= n; d++) {
            expect_day(y, m, d, number++, weekday);
            weekday = weekday % 7 + 1;
        }
    }
}

static void known_days_have_their_numbers(void **state)
{
    (void)state;
    assert_int_equal(date_of(1970, 1, 1).day, 0);
    assert_int_equal(date_of(1969, 12, 31).day, -1);
    assert_int_equal(date_of(2000, 3, 1).day, 11017);
    assert_int_equal(date_of(2026, 5, 8).day, 20581);
    assert_int_equal(date_weekday(day("2026-05-08")), 5);
    assert_int_equal(date_weekday(day("1969-12-31")), 3);
    date_parts(day("2026-05-08"), NULL, NULL, NULL);
    static const int bad[][3] = {{2026, 2, 29}, {1900, 2, 29}, {2026, 0, 1}, {2026, 13, 1},
                                 {2026, 4, 31}, {2026, 1, 0},  {0, 1, 1},    {10000, 1, 1},
                                 {2026, 1, -1}, {2026, -1, 1}, {-2026, 1, 1}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(date_valid(bad[i][0], bad[i][1], bad[i][2]));
    assert_true(date_valid(2000, 2, 29));
    assert_true(date_valid(2028, 2, 29));
}

static void months_end_on_their_last_day_when_too_short(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int months;
        const char *to;
    } cases[] = {
        {"2026-01-31", 1, "2026-02-28"},   {"2028-01-31", 1, "2028-02-29"},
        {"2026-04-27", 2, "2026-06-27"},   {"2026-12-15", 1, "2027-01-15"},
        {"2026-01-15", -1, "2025-12-15"},  {"2028-02-29", 12, "2029-02-28"},
        {"2028-02-29", -48, "2024-02-29"}, {"2026-05-31", 0, "2026-05-31"},
        {"2026-03-31", -13, "2025-02-28"}, {"2026-03-31", 1200, "2126-03-31"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[DATE_TEXT];
        struct date d = date_add_months(day(cases[i].from), cases[i].months);
        assert_string_equal(date_text(d, text), cases[i].to);
    }
}

static void beijing_is_eight_hours_ahead_whatever_the_machine_thinks(void **state)
{
    (void)state;
    static const char *zones[] = {"America/New_York", "Asia/Shanghai", "UTC", "EST5EDT"};
    for (size_t i = 0; i < 4; i++) {
        setenv("TZ", zones[i], 1);
        tzset();
        struct civil c = civil_of((struct instant){INT64_C(1778230800000)});
        assert_int_equal(c.year, 2026);
        assert_int_equal(c.month, 5);
        assert_int_equal(c.day, 8);
        assert_int_equal(c.hour, 17);
        assert_int_equal(c.minute, 0);
        assert_int_equal(c.weekday, 5);
        /* Shanghai had summer time in 1988; we do not */
        char text[INSTANT_TEXT];
        struct instant summer = at("1988-07-01T12:00");
        assert_string_equal(instant_text(summer, text), "1988-07-01T12:00:00+08:00");
    }
    unsetenv("TZ");
    tzset();
}

static void midnight_belongs_to_the_day_that_begins(void **state)
{
    (void)state;
    struct instant midnight = at("2026-05-08T00:00");
    assert_int_equal(civil_date(midnight).day, date_of(2026, 5, 8).day);
    midnight.ms--;
    assert_int_equal(civil_date(midnight).day, date_of(2026, 5, 7).day);
    struct civil c = civil_of(midnight);
    assert_int_equal(c.hour, 23);
    assert_int_equal(c.second, 59);
    assert_int_equal(c.ms, 999);
    struct civil old = civil_of((struct instant){-8 * HOUR_MS - 1}); /* before 1970 in Beijing */
    assert_int_equal(old.year, 1969);
    assert_int_equal(old.ms, 999);
    assert_int_equal(instant_at(date_of(1970, 1, 1), 8 * 3600).ms, 0);
}

static void absurd_instants_stay_within_the_calendar(void **state)
{
    (void)state;
    char text[INSTANT_TEXT];
    assert_string_equal(instant_text((struct instant){INT64_MAX}, text),
                        "9999-12-31T23:59:59+08:00");
    assert_string_equal(instant_minute_text((struct instant){INT64_MIN}, text), "0001-01-01T00:00");
    assert_int_equal(civil_of((struct instant){INT64_MAX}).ms, 999);
    assert_string_equal(date_text((struct date){INT32_MAX}, text), "9999-12-31");
    assert_string_equal(date_text((struct date){INT32_MIN}, text), "0001-01-01");
}

static void instants_are_read_with_and_without_a_zone(void **state)
{
    (void)state;
    const int64_t base = INT64_C(1778230800000); /* 2026-05-08T09:00:00Z */
    static const struct {
        const char *text;
        int64_t after;
    } cases[] = {
        {"2026-05-08T17:00", 0},          {"2026-05-08 17:00", 0},
        {"2026-05-08T17:00:00", 0},       {"2026-05-08T17:00:01.5", 1500},
        {"2026-05-08T17:00:00.007", 7},   {"2026-05-08T17:00:00.123456789", 123},
        {"2026-05-08T09:00Z", 0},         {"2026-05-08T09:00:00Z", 0},
        {"2026-05-08T17:00+08:00", 0},    {"2026-05-08T17:00:00.000+08:00", 0},
        {"2026-05-08T04:00:00-05:00", 0}, {"2026-05-08T14:30+05:30", 0},
        {"2026-05-08T23:00+14:00", 0},    {"2026-05-09T00:00", 7 * HOUR_MS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (at(cases[i].text).ms != base + cases[i].after)
            fail_msg("%s", cases[i].text);
}

static void instants_are_refused_unless_the_whole_string_is_one(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "2026-05-08",
        "2026-05-08T",
        "2026-05-08T17",
        "2026-05-08T17:0",
        "2026-05-08T7:00",
        "2026-05-08T24:00",
        "2026-05-08T17:60",
        "2026-05-08T17:00:60",
        "2026-05-08T17:00:",
        "2026-05-08T17:00.5",
        "2026-05-08T17:00:00.",
        "2026-05-08T17:00:00.1234567890",
        "2026-02-30T17:00",
        "2026-13-01T17:00",
        "0000-01-01T00:00",
        "2026-05-08T17:00z",
        "2026-05-08t17:00",
        "2026-05-08T17:00+0800",
        "2026-05-08T17:00+8:00",
        "2026-05-08T17:00+15:00",
        "2026-05-08T17:00+08:60",
        "2026-05-08T17:00+08:00x",
        "2026-05-08T17:00 ",
        " 2026-05-08T17:00",
        "2026-05-08  17:00",
        "-026-05-08T17:00",
        "+2026-05-08T17:00",
        "0001-01-01T00:00+09:00",
        "9999-12-31T23:00-05:00",
        "２０２６-05-08T17:00",
    };
    struct instant t = {42};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (instant_parse(bad[i], &t) || t.ms != 42)
            fail_msg("accepted: %s", bad[i]);
    assert_false(instant_parse(NULL, &t));
}

static void instants_print_what_was_read(void **state)
{
    (void)state;
    char text[INSTANT_TEXT];
    assert_string_equal(instant_text(at("2026-05-08T09:30:05.999Z"), text),
                        "2026-05-08T17:30:05+08:00");
    assert_string_equal(instant_minute_text(at("2026-05-08T17:30:59"), text), "2026-05-08T17:30");
    assert_string_equal(instant_spoken(at("2026-11-26T09:58:30"), text), "11月26日(周四) 09:58");
    assert_string_equal(instant_spoken(at("2026-05-10T23:05"), text), "5月10日(周日) 23:05");
    assert_string_equal(instant_text(at("0001-01-01T00:00"), text), "0001-01-01T00:00:00+08:00");
    for (int64_t ms = -4000000000000; ms < 8000000000000; ms += INT64_C(86399) * 7919) {
        struct instant t = {ms / 1000 * 1000};
        assert_int_equal(at(instant_text(t, text)).ms, t.ms);
    }
}

static void a_strict_date_has_one_form(void **state)
{
    (void)state;
    char text[DATE_TEXT];
    assert_string_equal(date_text(day("2026-05-08"), text), "2026-05-08");
    assert_string_equal(date_text(day("2024-02-29"), text), "2024-02-29");
    static const char *const bad[] = {"2026-5-8",    "2026/05/08",  "20260508",   "2026-02-30",
                                      "2026-05-08 ", " 2026-05-08", "2026-05-0x", "",
                                      "02026-05-08", "2026-05",     "2026-05-008"};
    struct date d = {7};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (date_parse(bad[i], &d) || d.day != 7)
            fail_msg("accepted: %s", bad[i]);
    assert_false(date_parse(NULL, &d));
}

static void dates_are_read_as_people_write_them(void **state)
{
    (void)state;
    static const char *const same[] = {
        "2019-03-07",
        "2019-3-7",
        "2019/3/7",
        "2019/03/07",
        "2019.3.7",
        "2019.03.07",
        "2019年3月7日",
        "2019年03月07日",
        "2019年3月7号",
        "2019年3月7",
        "2019 年 3 月 7 日",
        "20190307",
        "２０１９－０３－０７",
        "２０１９／３／７",
        "２０１９．３．７",
        "２０１９年３月７日",
        "2019–03–07",
        " 2019-03-07\u3000",
        "\uFEFF2019-03-07\r\n",
        "2019-03-07 00:00:00",
        "2019-03-07 0:00",
        "2019-03-07T23:59:59.999+08:00",
        "2019-03-07T23:59Z",
        "2019/3/7 9:05",
        "2019/3/7 上午9:05",
        "2019/3/7 下午 09:05:10",
        "2019年3月7日 17时30分",
        "2019年3月7日17时30分10秒",
        "2019年3月7日 17点",
        "2019年3月7日 下午3点20",
        "20190307 17:00",
        "20190307T17:00",
        "２０１９年３月７日　１７：３０",
        "二〇一九年三月七日",
        "二O一九年三月七日",
        "二○一九年三月七日 17:30",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        struct date d = {0};
        if (!date_parse_loose(same[i], &d) || d.day != date_of(2019, 3, 7).day)
            fail_msg("not read: %s", same[i]);
    }
    struct date d;
    assert_true(date_parse_loose("2026-05-08 00:00:00", &d));
    assert_int_equal(d.day, date_of(2026, 5, 8).day);
}

static void what_is_no_date_is_not_guessed_at(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "   ",
        "2026-02-30",
        "2026年2月30日",
        "20260230",
        "2026-13-01",
        "2026-00-01",
        "2026/4/31",
        "0000-01-01",
        "26-5-8",
        "2026-5",
        "2026年5月",
        "2026年",
        "2026",
        "5/8/2026",
        "08.05.2026",
        "2026-5/8",
        "2026.5-8",
        "2026 5 8",
        "2026,5,8",
        "2026-005-08",
        "2026-05-088",
        "2026050",
        "202605081",
        "2026-05-08 25:00",
        "2026-05-08 17:60",
        "2026-05-08 17:00:61",
        "2026-05-08 17",
        "2026-05-0817:00",
        "2026-05-08 以后",
        "2026-05-08 or later",
        "2026-05-08x",
        "2026-05-08T",
        "-2026-05-08",
        "２０２６年",
        "二〇二六年五月八十日",
        "二〇二六年五月",
        "二〇二六年十三月八日",
        "十年五月八日",
        "2026Y5M8D",
        "2026\0015\0028\003",
        "46150",
        "\xFF\xFE",
    };
    struct date d = {7};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (date_parse_loose(bad[i], &d) || d.day != 7)
            fail_msg("accepted: %s", bad[i]);
    assert_false(date_parse_loose(NULL, &d));
    char padded[200];
    memset(padded, ' ', sizeof padded);
    memcpy(padded, "2026-05-08", 10);
    padded[199] = '\0';
    assert_false(date_parse_loose(padded, &d));
}

static void months_are_read_as_their_first_day(void **state)
{
    (void)state;
    static const char *const same[] = {"2019-12",           "2019.12",          "2019/12",
                                       "2019年12月",        "二〇一九年十二月", "201912",
                                       " ２０１９年１２月 "};
    static const char *const bad[] = {"2019",     "2019年",     "2019-13", "2019-0",
                                      "1979-12",  "2019.123",   "200307",  "20191",
                                      "2019年12", "2019-12-07", "",        "十二月"};
    struct date d = {0};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (!month_parse_loose(same[i], &d) || d.day != date_of(2019, 12, 1).day)
            fail_msg("not read: %s", same[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (month_parse_loose(bad[i], &d))
            fail_msg("accepted: %s", bad[i]);
    assert_true(date_parse_loose("二〇二六年十一月三十日", &d));
    assert_int_equal(d.day, date_of(2026, 11, 30).day);
}

static void clocks_move_forward(void **state)
{
    (void)state;
    int64_t a = monotonic_ms();
    assert_true(monotonic_ms() >= a);
    assert_true(instant_now().ms > at("2024-01-01T00:00").ms);
}

int civil_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_day_of_ten_thousand_years_follows_the_last),
        cmocka_unit_test(known_days_have_their_numbers),
        cmocka_unit_test(months_end_on_their_last_day_when_too_short),
        cmocka_unit_test(beijing_is_eight_hours_ahead_whatever_the_machine_thinks),
        cmocka_unit_test(midnight_belongs_to_the_day_that_begins),
        cmocka_unit_test(absurd_instants_stay_within_the_calendar),
        cmocka_unit_test(instants_are_read_with_and_without_a_zone),
        cmocka_unit_test(instants_are_refused_unless_the_whole_string_is_one),
        cmocka_unit_test(instants_print_what_was_read),
        cmocka_unit_test(a_strict_date_has_one_form),
        cmocka_unit_test(dates_are_read_as_people_write_them),
        cmocka_unit_test(what_is_no_date_is_not_guessed_at),
        cmocka_unit_test(months_are_read_as_their_first_day),
        cmocka_unit_test(clocks_move_forward),
    };
    return cmocka_run_group_tests_name("civil", tests, NULL, NULL);
}
