/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <string.h>

static enum day_kind kind_of(const char *date)
{
    return calendar_kind(office(), day(date), NULL);
}

static int work_days(const char *from, const char *to)
{
    int n = 0;
    for (struct date d = day(from), last = day(to); d.day <= last.day; d.day++)
        n += calendar_works(office(), d);
    return n;
}

struct year_2026 {
    const char *date, *name;
    enum day_kind kind;
};

static void the_2026_notice_is_loaded_day_by_day(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct year_2026 rows[] = {
        {"2026-01-01", "元旦", DAY_STATUTORY}, {"2026-01-02", "元旦", DAY_SWAP_OFF},
        {"2026-01-03", "元旦", DAY_SWAP_OFF}, {"2026-01-04", "元旦", DAY_SWAP_WORK},
        {"2026-02-14", "春节", DAY_SWAP_WORK}, {"2026-02-15", "春节", DAY_SWAP_OFF},
        {"2026-02-16", "春节", DAY_STATUTORY}, {"2026-02-17", "春节", DAY_STATUTORY},
        {"2026-02-18", "春节", DAY_STATUTORY}, {"2026-02-19", "春节", DAY_STATUTORY},
        {"2026-02-20", "春节", DAY_SWAP_OFF}, {"2026-02-21", "春节", DAY_SWAP_OFF},
        {"2026-02-22", "春节", DAY_SWAP_OFF}, {"2026-02-23", "春节", DAY_SWAP_OFF},
        {"2026-02-28", "春节", DAY_SWAP_WORK}, {"2026-04-04", "清明节", DAY_SWAP_OFF},
        {"2026-04-05", "清明节", DAY_STATUTORY}, {"2026-04-06", "清明节", DAY_SWAP_OFF},
        {"2026-05-01", "劳动节", DAY_STATUTORY}, {"2026-05-02", "劳动节", DAY_STATUTORY},
        {"2026-05-03", "劳动节", DAY_SWAP_OFF}, {"2026-05-04", "劳动节", DAY_SWAP_OFF},
        {"2026-05-05", "劳动节", DAY_SWAP_OFF}, {"2026-05-09", "劳动节", DAY_SWAP_WORK},
        {"2026-06-19", "端午节", DAY_STATUTORY}, {"2026-06-20", "端午节", DAY_SWAP_OFF},
        {"2026-06-21", "端午节", DAY_SWAP_OFF}, {"2026-09-20", "国庆节", DAY_SWAP_WORK},
        {"2026-09-25", "中秋节", DAY_STATUTORY}, {"2026-09-26", "中秋节", DAY_SWAP_OFF},
        {"2026-09-27", "中秋节", DAY_SWAP_OFF}, {"2026-10-01", "国庆节", DAY_STATUTORY},
        {"2026-10-02", "国庆节", DAY_STATUTORY}, {"2026-10-03", "国庆节", DAY_STATUTORY},
        {"2026-10-04", "国庆节", DAY_SWAP_OFF}, {"2026-10-05", "国庆节", DAY_SWAP_OFF},
        {"2026-10-06", "国庆节", DAY_SWAP_OFF}, {"2026-10-07", "国庆节", DAY_SWAP_OFF},
        {"2026-10-10", "国庆节", DAY_SWAP_WORK},
    };
    /* clang-format on */
    size_t next = 0;
    for (struct date d = day("2026-01-01"); d.day <= day("2026-12-31").day; d.day++) {
        const char *name;
        enum day_kind kind = calendar_kind(office(), d, &name);
        if (next < sizeof rows / sizeof rows[0] && d.day == day(rows[next].date).day) {
            assert_int_equal(kind, rows[next].kind);
            assert_string_equal(name, rows[next++].name);
        } else {
            assert_int_equal(kind, date_weekday(d) >= 6 ? DAY_REST : DAY_WORK);
            assert_null(name);
        }
    }
    assert_int_equal(next, sizeof rows / sizeof rows[0]);
}

static void the_term_has_187_working_days_until_the_end_of_2026(void **state)
{
    (void)state;
    static const int of_month[] = {19, 19, 21, 23, 21, 22, 18, 21, 23};
    for (int month = 4; month <= 12; month++) {
        struct date first = date_of(2026, month, month == 4 ? 3 : 1);
        struct date next = date_add_months(date_of(2026, month, 1), 1);
        int n = 0;
        for (struct date d = first; d.day < next.day; d.day++)
            n += calendar_works(office(), d);
        assert_int_equal(n, of_month[month - 4]);
    }
    assert_int_equal(work_days("2026-04-03", "2026-12-31"), 187);
    /* About 248 in the whole term: until a notice says which days make up for the statutory
     * weekend days 2027-02-06 and 07, these two still count as worked. */
    assert_int_equal(work_days("2026-04-03", "2027-04-02"), 250);
}

static void the_term_has_exactly_thirteen_statutory_days(void **state)
{
    (void)state;
    static const char *const want[] = {
        "2026-04-05", "2026-05-01", "2026-05-02", "2026-06-19", "2026-09-25",
        "2026-10-01", "2026-10-02", "2026-10-03", "2027-01-01", "2027-02-05",
        "2027-02-06", "2027-02-07", "2027-02-08",
    };
    size_t n = 0;
    for (struct date d = day("2026-04-03"); d.day <= day("2027-04-02").day; d.day++)
        if (calendar_kind(office(), d, NULL) == DAY_STATUTORY)
            assert_day(d, want[n++]);
    assert_int_equal(n, 13);
}

static void each_year_since_2025_has_13_statutory_days_and_each_before_it_11(void **state)
{
    (void)state;
    for (int year = 2020; year <= 2035; year++) {
        int n = 0;
        struct date end = date_of(year, 12, 31);
        for (struct date d = date_of(year, 1, 1); d.day <= end.day; d.day++)
            n += calendar_kind(office(), d, NULL) == DAY_STATUTORY;
        /* Mid-Autumn then falls on 1 or 3 October: one day with two names */
        int shared = year == 2020 || year == 2028 || year == 2031;
        assert_int_equal(n, (year >= 2025 ? 13 : 11) - shared);
    }
}

static void spring_festival_2020_lasts_until_2_february_as_prolonged(void **state)
{
    (void)state;
    assert_int_equal(kind_of("2020-01-31"), DAY_SWAP_OFF);
    assert_int_equal(kind_of("2020-02-01"), DAY_SWAP_OFF);
    assert_int_equal(kind_of("2020-02-02"), DAY_SWAP_OFF);
    assert_int_equal(kind_of("2020-02-03"), DAY_WORK);
    assert_int_equal(kind_of("2020-01-19"), DAY_SWAP_WORK);
}

static void a_make_up_saturday_or_sunday_is_a_working_day(void **state)
{
    (void)state;
    assert_true(calendar_works(office(), day("2026-05-09")));
    assert_true(calendar_works(office(), day("2026-09-20")));
    assert_false(calendar_works(office(), day("2026-05-01")));
    assert_false(calendar_works(office(), day("2026-05-10")));
}

static void partial_holidays_do_not_stop_the_office(void **state)
{
    (void)state;
    assert_true(calendar_works(office(), day("2027-03-08")));
    assert_true(calendar_works(office(), day("2027-05-04")));
}

static void statutory_days_of_2027_hold_without_a_notice_and_are_provisional(void **state)
{
    (void)state;
    static const char *const off[] = {"2027-01-01", "2027-02-05", "2027-02-08", "2027-04-05",
                                      "2027-06-09", "2027-09-15", "2027-10-01"};
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++) {
        assert_false(calendar_works(office(), day(off[i])));
        assert_true(calendar_provisional(office(), day(off[i])));
    }
    assert_false(calendar_provisional(office(), day("2026-12-31")));
    const char *name;
    calendar_kind(office(), day("2027-02-05"), &name);
    assert_string_equal(name, "春节");
}

static void a_manual_override_beats_the_notice_whatever_their_order(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct date on = day("2026-05-08");
    const struct calendar_day rows[] = {
        {on, DAY_REST, "全市统一调休", true},
        {on, DAY_WORK, NULL, false},
        {day("2026-10-02"), DAY_SWAP_WORK, "保障任务", false},
        {day("2026-10-02"), DAY_STATUTORY, "国庆节", true},
    };
    const struct calendar *c = office_with(a, rows, 4, (struct date){0});
    const char *name;
    assert_int_equal(calendar_kind(c, on, &name), DAY_REST);
    assert_string_equal(name, "全市统一调休");
    assert_int_equal(calendar_kind(c, day("2026-10-02"), NULL), DAY_STATUTORY);
    assert_at(calendar_add(c, at("2026-05-07T17:00"), 120 * MINUTE_MS), "2026-05-09T10:00");
    arena_free(a);
}

static void the_last_row_of_a_date_wins_within_its_rank(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct date on = day("2026-07-01");
    const struct calendar_day rows[] = {
        {on, DAY_REST, "first", false},   {on, DAY_SWAP_OFF, "second", false},
        {on, DAY_REST, "override", true}, {on, DAY_WORK, "later override", true},
        {on, DAY_REST, "last", false},
    };
    const char *name;
    assert_int_equal(calendar_kind(office_with(a, rows, 2, (struct date){0}), on, &name),
                     DAY_SWAP_OFF);
    assert_string_equal(name, "second");
    assert_int_equal(calendar_kind(office_with(a, rows, 5, (struct date){0}), on, &name), DAY_WORK);
    assert_string_equal(name, "later override");
    arena_free(a);
}

static void a_calendar_keeps_no_pointer_into_the_rows_it_was_built_from(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    char text[] = "临时放假";
    struct calendar_day row = {day("2026-07-01"), DAY_SWAP_OFF, text, false};
    const struct calendar *c = office_with(a, &row, 1, (struct date){0});
    memset(text, 'x', sizeof text - 1);
    row.kind = DAY_WORK;
    const char *name;
    assert_int_equal(calendar_kind(c, day("2026-07-01"), &name), DAY_SWAP_OFF);
    assert_string_equal(name, "临时放假");
    arena_free(a);
}

static void a_new_notice_moves_future_deadlines_and_leaves_the_old_calendar_as_it_was(void **state)
{
    (void)state; /* golden scenario 26 */
    struct arena *a = arena_new();
    const struct calendar_day notice[] = {
        {day("2027-01-01"), DAY_STATUTORY, "元旦", false},
        {day("2027-01-02"), DAY_SWAP_OFF, "元旦", false},
        {day("2027-01-03"), DAY_SWAP_OFF, "元旦", false},
        {day("2027-01-04"), DAY_SWAP_OFF, "元旦", false},
        {day("2027-01-09"), DAY_SWAP_WORK, "元旦", false},
    };
    const struct calendar *loaded = office_with(a, notice, 5, day("2027-12-31"));
    bool provisional;
    struct instant from = at("2026-12-31T17:00");
    assert_at(sla_deadline(loaded, from, 120, NULL, 0, &provisional), "2027-01-05T10:00");
    assert_false(provisional);
    assert_at(sla_deadline(office(), from, 120, NULL, 0, &provisional), "2027-01-04T10:00");
    assert_true(provisional);
    struct instant past = at("2026-05-08T17:00");
    assert_int_equal(sla_deadline(loaded, past, 120, NULL, 0, NULL).ms,
                     sla_deadline(office(), past, 120, NULL, 0, NULL).ms);
    arena_free(a);
}

static void wrong_working_hours_are_refused_by_name(void **state)
{
    (void)state;
    static const struct calendar_hours overlap[] = {{9 * 3600, 13 * 3600}, {12 * 3600, 18 * 3600}};
    static const struct calendar_hours empty[] = {{9 * 3600, 9 * 3600}};
    static const struct calendar_hours late[] = {{9 * 3600, 86401}};
    static const struct calendar_hours early[] = {{-1, 3600}};
    struct arena *a = arena_new();
    const struct calendar *c = NULL;
    struct date until = day("2026-12-31");
    struct err e;
    assert_int_equal(calendar_new(a, NULL, 0, overlap, 2, until, &c, &e), RC_INVALID);
    assert_string_equal(e.field, "hours");
    assert_int_equal(calendar_new(a, NULL, 0, empty, 1, until, &c, &e), RC_INVALID);
    assert_int_equal(calendar_new(a, NULL, 0, late, 1, until, &c, &e), RC_INVALID);
    assert_int_equal(calendar_new(a, NULL, 0, early, 1, until, &c, &e), RC_INVALID);
    assert_int_equal(calendar_new(a, NULL, 0, NULL, 0, until, &c, &e), RC_INVALID);
    struct calendar_day row = {day("2026-07-01"), (enum day_kind)7, NULL, false};
    assert_int_equal(calendar_new(a, &row, 1, calendar_hours_5x8, 2, until, &c, &e), RC_INVALID);
    assert_string_equal(e.field, "kind");
    assert_non_null(strstr(e.en, "2026-07-01"));
    assert_null(c);
    arena_free(a);
}

static void lunch_counts_when_the_hours_say_so(void **state)
{
    (void)state;
    static const struct calendar_hours through[] = {{9 * 3600, 18 * 3600}};
    struct arena *a = arena_new();
    const struct calendar *c;
    struct err e;
    assert_int_equal(calendar_new(a, NULL, 0, through, 1, day("2026-12-31"), &c, &e), RC_OK);
    assert_at(calendar_add(c, at("2026-11-18T11:30"), 120 * MINUTE_MS), "2026-11-18T13:30");
    arena_free(a);
}

/* D-1: the windows are versioned by date; each day has those of its own. */
static void each_day_has_the_office_hours_that_hold_on_it(void **state)
{
    (void)state;
    static const struct calendar_hours summer[] = {{8 * 3600 + 1800, 12 * 3600},
                                                   {13 * 3600 + 1800, 17 * 3600 + 1800}},
                                       through[] = {{9 * 3600, 18 * 3600}};
    const struct calendar_office offices[] = {{day("2026-01-01"), calendar_hours_5x8, 2},
                                              {day("2026-09-01"), summer, 2},
                                              {day("2026-10-12"), through, 1}};
    struct arena *a = arena_new();
    const struct calendar *c;
    struct err e;
    assert_int_equal(calendar_new_dated(a, NULL, 0, offices, 3, day("2026-12-31"), &c, &e), RC_OK);
    assert_at(calendar_add(c, at("2025-11-18T11:30"), 120 * MINUTE_MS), "2025-11-18T14:30");
    assert_at(calendar_add(c, at("2026-08-31T17:00"), 120 * MINUTE_MS), "2026-09-01T09:30");
    assert_at(calendar_add(c, at("2026-09-01T17:00"), 60 * MINUTE_MS), "2026-09-02T09:00");
    assert_at(calendar_add(c, at("2026-10-12T11:30"), 120 * MINUTE_MS), "2026-10-12T13:30");
    assert_true(calendar_worked_ms(c, at("2026-08-31T00:00"), at("2026-09-02T00:00")) ==
                (480 + 450) * MINUTE_MS);
    for (struct instant t = at("2026-08-28T07:00"); t.ms < at("2026-10-14T00:00").ms; t.ms += 97 * MINUTE_MS) {
        struct instant end = calendar_add(c, t, 500 * MINUTE_MS);
        const struct span *s;
        size_t n;
        int64_t worked = 0;
        calendar_spans(a, c, t, end, &s, &n);
        for (size_t i = 0; i < n; i++)
            worked += s[i].kind == SPAN_WORKED ? s[i].to.ms - s[i].from.ms : 0;
        assert_true(worked == 500 * MINUTE_MS && calendar_worked_ms(c, t, end) == worked);
    }
    const struct calendar_office wrong[] = {offices[1], offices[0]};
    assert_int_equal(calendar_new_dated(a, NULL, 0, wrong, 2, day("2026-12-31"), &c, &e), RC_INVALID);
    assert_string_equal(e.field, "from");
    arena_free(a);
}

static void work_days_are_counted_forwards_and_backwards_without_the_day_itself(void **state)
{
    (void)state;
    assert_day(calendar_add_work_days(office(), day("2026-04-03"), 15), "2026-04-27");
    assert_day(calendar_add_work_days(office(), day("2026-04-27"), -15), "2026-04-03");
    assert_day(calendar_add_work_days(office(), day("2026-05-08"), 1), "2026-05-09");
    assert_day(calendar_add_work_days(office(), day("2026-05-01"), 0), "2026-05-01");
    assert_day(calendar_add_work_days(office(), day("2026-05-03"), -1), "2026-04-30");
}

static void a_free_day_rolls_to_the_next_working_day(void **state)
{
    (void)state;
    assert_day(calendar_roll(office(), day("2026-06-27")), "2026-06-29");
    assert_day(calendar_roll(office(), day("2026-10-01")), "2026-10-08");
    assert_day(calendar_roll(office(), day("2026-05-09")), "2026-05-09");
}

static void the_ledger_names_lunch_night_weekend_holiday_and_make_up_day(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const struct span *s;
    size_t n;
    calendar_spans(a, office(), at("2026-05-08T11:30"), at("2026-05-11T09:30"), &s, &n);
    static const enum span_kind kinds[] = {SPAN_WORKED,  SPAN_LUNCH, SPAN_WORKED, SPAN_NIGHT,
                                           SPAN_WORKED,  SPAN_LUNCH, SPAN_WORKED, SPAN_NIGHT,
                                           SPAN_WEEKEND, SPAN_NIGHT, SPAN_WORKED};
    assert_int_equal(n, sizeof kinds / sizeof kinds[0]);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(s[i].kind, kinds[i]);
    assert_at(s[3].from, "2026-05-08T18:00");
    assert_at(s[3].to, "2026-05-09T09:00");
    assert_true(s[4].makeup);
    assert_string_equal(s[4].note, "劳动节");
    assert_false(s[0].makeup);
    calendar_spans(a, office(), at("2026-04-30T18:00"), at("2026-05-06T09:00"), &s, &n);
    assert_int_equal(n, 3);
    assert_int_equal(s[1].kind, SPAN_HOLIDAY);
    assert_string_equal(s[1].note, "劳动节");
    assert_at(s[1].from, "2026-05-01T00:00");
    assert_at(s[1].to, "2026-05-06T00:00");
    arena_free(a);
}

static void an_empty_or_reversed_stretch_has_no_time_and_no_spans(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const struct span *s;
    size_t n;
    struct instant early = at("2026-05-08T10:00"), late = at("2026-05-08T11:00");
    calendar_spans(a, office(), late, early, &s, &n);
    assert_int_equal(n, 0);
    calendar_spans(a, NULL, late, late, &s, &n);
    assert_int_equal(n, 0);
    assert_int_equal(calendar_worked_ms(office(), late, early), 0);
    assert_int_equal(calendar_worked_ms(NULL, late, early), 0);
    assert_at(calendar_add(office(), late, 0), "2026-05-08T11:00");
    arena_free(a);
}

static void extreme_instants_neither_overflow_nor_hang(void **state)
{
    (void)state;
    struct instant first = {INT64_MIN}, last = {INT64_MAX};
    assert_true(calendar_worked_ms(NULL, first, last) == INT64_MAX);
    assert_true(calendar_worked_ms(office(), first, last) > 0);
    assert_true(calendar_add(NULL, last, 1).ms == INT64_MAX);
    assert_true(calendar_add(office(), at("2026-05-08T17:00"), INT64_MAX).ms >
                at("9999-12-30T00:00").ms);
    calendar_add_work_days(office(), day("2026-05-08"), INT32_MAX);
    calendar_add_work_days(office(), day("2026-05-08"), INT32_MIN);
}

int calendar_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_2026_notice_is_loaded_day_by_day),
        cmocka_unit_test(the_term_has_187_working_days_until_the_end_of_2026),
        cmocka_unit_test(the_term_has_exactly_thirteen_statutory_days),
        cmocka_unit_test(each_year_since_2025_has_13_statutory_days_and_each_before_it_11),
        cmocka_unit_test(spring_festival_2020_lasts_until_2_february_as_prolonged),
        cmocka_unit_test(a_make_up_saturday_or_sunday_is_a_working_day),
        cmocka_unit_test(partial_holidays_do_not_stop_the_office),
        cmocka_unit_test(statutory_days_of_2027_hold_without_a_notice_and_are_provisional),
        cmocka_unit_test(a_manual_override_beats_the_notice_whatever_their_order),
        cmocka_unit_test(the_last_row_of_a_date_wins_within_its_rank),
        cmocka_unit_test(a_calendar_keeps_no_pointer_into_the_rows_it_was_built_from),
        cmocka_unit_test(a_new_notice_moves_future_deadlines_and_leaves_the_old_calendar_as_it_was),
        cmocka_unit_test(wrong_working_hours_are_refused_by_name),
        cmocka_unit_test(lunch_counts_when_the_hours_say_so),
        cmocka_unit_test(each_day_has_the_office_hours_that_hold_on_it),
        cmocka_unit_test(work_days_are_counted_forwards_and_backwards_without_the_day_itself),
        cmocka_unit_test(a_free_day_rolls_to_the_next_working_day),
        cmocka_unit_test(the_ledger_names_lunch_night_weekend_holiday_and_make_up_day),
        cmocka_unit_test(an_empty_or_reversed_stretch_has_no_time_and_no_spans),
        cmocka_unit_test(extreme_instants_neither_overflow_nor_hang),
    };
    return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
