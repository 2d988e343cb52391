/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <string.h>

#define COUNT(x) (sizeof(x) / sizeof(x)[0])

/* Chapter 3.5: one named test per line of the table. */
static void check_vector(const char *from, const char *want, bool want_provisional)
{
    bool provisional;
    struct instant end = sla_deadline(office(), at(from), 120, NULL, 0, &provisional);
    assert_at(end, want);
    assert_int_equal(provisional, want_provisional);
    assert_int_equal(sla_elapsed_ms(office(), at(from), end, NULL, 0), 120 * MINUTE_MS);
}

#define VECTOR(name, from, want, provisional)                                                      \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        check_vector(from, want, provisional);                                                     \
    }

/* clang-format off */
VECTOR(a_deadline_jumps_over_qingming, "2026-04-03T17:30", "2026-04-07T10:30", false)
VECTOR(a_deadline_jumps_over_labour_day, "2026-04-30T16:30", "2026-05-06T09:30", false)
VECTOR(a_deadline_on_friday_evening_lands_on_the_make_up_saturday,
       "2026-05-08T17:00", "2026-05-09T10:00", false)
VECTOR(a_deadline_on_the_make_up_saturday_jumps_over_the_normal_sunday,
       "2026-05-09T17:30", "2026-05-11T10:30", false)
VECTOR(a_deadline_jumps_over_dragon_boat, "2026-06-18T16:01", "2026-06-22T09:01", false)
VECTOR(a_saturday_report_waits_for_the_make_up_sunday,
       "2026-09-19T10:00", "2026-09-20T11:00", false)
VECTOR(a_deadline_jumps_over_mid_autumn, "2026-09-24T17:45", "2026-09-28T10:45", false)
VECTOR(a_deadline_jumps_over_national_day, "2026-09-30T17:10", "2026-10-08T10:10", false)
VECTOR(a_deadline_lands_on_the_make_up_saturday_after_national_day,
       "2026-10-09T17:59", "2026-10-10T10:59", false)
VECTOR(a_report_before_opening_counts_from_opening, "2026-11-18T07:00", "2026-11-18T11:00", false)
VECTOR(lunch_does_not_count, "2026-11-18T11:30", "2026-11-18T14:30", false)
VECTOR(a_report_in_lunch_counts_from_its_end, "2026-11-18T12:20", "2026-11-18T15:00", false)
VECTOR(a_deadline_may_be_closing_time_itself, "2026-11-18T16:00", "2026-11-18T18:00", false)
VECTOR(one_minute_spills_over_to_the_next_morning, "2026-11-18T16:01", "2026-11-19T09:01", false)
VECTOR(new_year_2027_is_free_without_a_notice_and_the_deadline_provisional,
       "2026-12-31T17:00", "2027-01-04T10:00", true)
/* clang-format on */

static void the_24x7_clock_runs_through_midnight(void **state)
{
    (void)state;
    bool provisional = true;
    assert_at(sla_deadline(NULL, at("2026-11-18T23:30"), 120, NULL, 0, &provisional),
              "2026-11-19T01:30");
    assert_false(provisional);
    assert_at(sla_deadline(NULL, at("2026-12-31T23:30"), 120, NULL, 0, &provisional),
              "2027-01-01T01:30");
    assert_false(provisional); /* no notice can move it */
}

/* clang-format off */
static const struct sla_rule rules[] = {
    {.code = "S-01", .metric = "restore", .limit_minutes = 120, .calendar = CAL_5X8,
     .line = "office_it", .asset_group = "device", .emergency = -1, .in_duty = -1},
    {.code = "S-02", .metric = "restore", .limit_minutes = 120, .calendar = CAL_5X8,
     .line = "office_it", .asset_group = "network", .grade = "general", .emergency = -1,
     .in_duty = -1},
    {.code = "S-03", .metric = "restore", .limit_minutes = 30, .calendar = CAL_24X7,
     .line = "office_it", .emergency = -1, .in_duty = 1},
    {.code = "S-04", .metric = "respond", .limit_minutes = 10, .calendar = CAL_5X8,
     .line = "office_it", .emergency = -1, .in_duty = -1, .internal = true},
    {.code = "S-05", .metric = "respond", .limit_minutes = 120, .calendar = CAL_24X7,
     .line = "community_video", .emergency = -1, .in_duty = -1},
    {.code = "S-06", .metric = "respond", .limit_minutes = 5, .calendar = CAL_24X7, .emergency = 1,
     .in_duty = -1, .internal = true},
    {.code = "S-07", .metric = "arrive", .limit_minutes = 30, .calendar = CAL_24X7, .emergency = 1,
     .in_duty = -1},
    {.code = "S-08", .metric = "report", .limit_minutes = 30, .calendar = CAL_24X7, .emergency = 1,
     .in_duty = -1, .internal = true},
    {.code = "S-09", .metric = "restore", .limit_minutes = 24 * 60, .calendar = CAL_24X7,
     .line = "community_video", .asset_group = "camera", .emergency = -1, .in_duty = -1,
     .internal = true},
    {.code = "S-09", .metric = "restore", .limit_minutes = 12 * 60, .calendar = CAL_24X7,
     .line = "community_video", .asset_group = "switch", .emergency = -1, .in_duty = -1,
     .internal = true},
};
/* clang-format on */

static const struct sla_clock *clock_of(const struct sla_clock *clocks, size_t n,
                                        const char *metric)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(clocks[i].rule->metric, metric) == 0)
            return &clocks[i];
    return NULL;
}

static const struct sla_clock *select_rules(struct arena *a, const struct sla_facts *f,
                                            const char *metric, size_t *n)
{
    const struct sla_clock *clocks;
    sla_select(a, office(), rules, COUNT(rules), f, &clocks, n);
    return clock_of(clocks, *n, metric);
}

static bool met(const struct calendar *c, const char *from, const char *to, int32_t limit)
{
    return sla_elapsed_ms(c, at(from), at(to), NULL, 0) <= limit * MINUTE_MS;
}

static void friday_1700_is_met_at_095959_and_100000_and_missed_at_100001(void **state)
{
    (void)state; /* golden scenario 1; 3.4.11 */
    assert_true(met(office(), "2026-05-08T17:00", "2026-05-09T09:59:59", 120));
    assert_true(met(office(), "2026-05-08T17:00", "2026-05-09T10:00:00", 120));
    assert_false(met(office(), "2026-05-08T17:00", "2026-05-09T10:00:01", 120));
}

static void
a_fault_inside_a_duty_shift_has_30_minutes_and_shows_the_2_hour_rule_as_loser(void **state)
{
    (void)state; /* golden scenario 2, C-102 */
    struct arena *a = arena_new();
    struct sla_facts f = {.t0 = at("2026-10-01T10:00"),
                          .line = "office_it",
                          .asset_group = "device",
                          .grade = "general",
                          .in_duty = true};
    size_t n;
    const struct sla_clock *c = select_rules(a, &f, "restore", &n);
    assert_string_equal(c->rule->code, "S-03");
    assert_at(c->deadline, "2026-10-01T10:30");
    assert_int_equal(c->n_losers, 1);
    assert_string_equal(c->losers[0]->code, "S-01");
    arena_free(a);
}

static void a_fault_outside_the_shift_waits_for_the_office_to_open(void **state)
{
    (void)state; /* golden scenario 2; 3.4.1 */
    struct arena *a = arena_new();
    struct sla_facts f = {.t0 = at("2026-10-01T20:30"),
                          .line = "office_it",
                          .asset_group = "device",
                          .grade = "general"};
    size_t n;
    const struct sla_clock *c = select_rules(a, &f, "restore", &n);
    assert_string_equal(c->rule->code, "S-01");
    assert_at(c->start, "2026-10-01T20:30");
    assert_at(c->deadline, "2026-10-08T11:00");
    assert_int_equal(c->n_losers, 0);
    arena_free(a);
}

static void the_duty_clock_runs_on_past_the_end_of_the_shift(void **state)
{
    (void)state; /* design 10: S-03 is chosen at t0 */
    struct arena *a = arena_new();
    struct sla_facts f = {.t0 = at("2026-10-01T19:50"),
                          .line = "office_it",
                          .asset_group = "device",
                          .in_duty = true};
    size_t n;
    assert_at(select_rules(a, &f, "restore", &n)->deadline, "2026-10-01T20:20");
    arena_free(a);
}

static void a_hand_off_meets_restore_while_the_approval_stops_only_resolve(void **state)
{
    (void)state; /* golden scenario 3, D-3 */
    struct instant t0 = at("2026-05-11T09:00");
    struct instant filed = at("2026-05-11T10:30"), decided = at("2026-05-14T10:30");
    assert_int_equal(sla_elapsed_ms(office(), t0, filed, NULL, 0), 90 * MINUTE_MS);
    const struct sla_pause approval = {filed, decided, "等待甲方审批"};
    struct instant returned = at("2026-05-14T11:30");
    assert_int_equal(sla_elapsed_ms(office(), t0, returned, &approval, 1), 150 * MINUTE_MS);
    assert_int_equal(calendar_worked_ms(office(), filed, decided), 3 * 8 * HOUR_MS);
}

static void a_camera_seen_dark_at_0210_must_be_answered_by_0410(void **state)
{
    (void)state; /* golden scenario 4: t0 is the earlier of alarm and call */
    struct arena *a = arena_new();
    struct sla_facts f = {
        .t0 = at("2026-05-09T02:10"), .line = "community_video", .asset_group = "camera"};
    size_t n;
    const struct sla_clock *c = select_rules(a, &f, "respond", &n);
    assert_string_equal(c->rule->code, "S-05");
    assert_at(c->deadline, "2026-05-09T04:10");
    c = select_rules(a, &f, "restore", &n);
    assert_at(c->deadline, "2026-05-10T02:10");
    assert_true(c->rule->internal);
    assert_int_equal(n, 2);
    arena_free(a);
}

static void a_pole_hit_at_2350_needs_somebody_there_by_0020(void **state)
{
    (void)state; /* golden scenario 5 */
    struct arena *a = arena_new();
    struct sla_facts f = {.t0 = at("2026-07-03T23:50"),
                          .line = "community_video",
                          .asset_group = "camera",
                          .emergency = true,
                          .emergency_at = at("2026-07-03T23:50")};
    size_t n;
    assert_at(select_rules(a, &f, "arrive", &n)->deadline, "2026-07-04T00:20");
    const struct sla_clock *c = select_rules(a, &f, "respond", &n);
    assert_string_equal(c->rule->code, "S-06");
    assert_int_equal(c->n_losers, 1);
    assert_string_equal(c->losers[0]->code, "S-05");
    arena_free(a);
}

static void an_upgrade_to_emergency_starts_its_clocks_at_the_upgrade(void **state)
{
    (void)state; /* 3.2 */
    struct arena *a = arena_new();
    struct sla_facts f = {.t0 = at("2026-07-03T20:00"),
                          .line = "community_video",
                          .asset_group = "camera",
                          .emergency = true,
                          .emergency_at = at("2026-07-03T23:50")};
    size_t n;
    const struct sla_clock *c = select_rules(a, &f, "arrive", &n);
    assert_at(c->start, "2026-07-03T23:50");
    assert_at(c->deadline, "2026-07-04T00:20");
    c = select_rules(a, &f, "respond", &n); /* 22:00 by S-05 is earlier than 23:55 by S-06 */
    assert_string_equal(c->rule->code, "S-05");
    assert_at(c->start, "2026-07-03T20:00");
    c = select_rules(a, &f, "restore", &n);
    assert_at(c->start, "2026-07-03T20:00");
    arena_free(a);
}

static void a_missing_emergency_time_means_from_the_start(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct sla_facts f = {.t0 = at("2026-07-03T20:00"), .line = "office_it", .emergency = true};
    size_t n;
    assert_at(select_rules(a, &f, "arrive", &n)->start, "2026-07-03T20:00");
    arena_free(a);
}

static void a_serious_network_fault_leaves_the_two_hour_limit(void **state)
{
    (void)state; /* C-085 */
    struct arena *a = arena_new();
    struct sla_facts f = {.t0 = at("2026-07-03T10:00"),
                          .line = "office_it",
                          .asset_group = "network",
                          .grade = "general"};
    size_t n;
    assert_string_equal(select_rules(a, &f, "restore", &n)->rule->code, "S-02");
    f.grade = "serious";
    assert_null(select_rules(a, &f, "restore", &n));
    f.grade = NULL;
    assert_null(select_rules(a, &f, "restore", &n));
    arena_free(a);
}

static void two_calendars_run_in_one_ticket(void **state)
{
    (void)state; /* 4.3: respond 24x7, restore 5x8 */
    static const struct sla_rule two[] = {
        {.code = "B",
         .metric = "restore",
         .limit_minutes = 120,
         .calendar = CAL_5X8,
         .emergency = -1,
         .in_duty = -1},
        {.code = "A",
         .metric = "respond",
         .limit_minutes = 120,
         .calendar = CAL_24X7,
         .emergency = -1,
         .in_duty = -1},
    };
    struct arena *a = arena_new();
    struct sla_facts f = {.t0 = at("2026-05-08T17:00")};
    const struct sla_clock *c;
    size_t n;
    sla_select(a, office(), two, 2, &f, &c, &n);
    assert_int_equal(n, 2);
    assert_string_equal(c[0].rule->metric, "respond");
    assert_at(c[0].deadline, "2026-05-08T19:00");
    assert_at(c[1].deadline, "2026-05-09T10:00");
    arena_free(a);
}

static void a_supplement_from_september_leaves_august_as_it_was(void **state)
{
    (void)state; /* golden scenario 20, C-048 */
    const struct sla_rule versions[] = {
        {.code = "S-01",
         .metric = "restore",
         .limit_minutes = 120,
         .calendar = CAL_5X8,
         .emergency = -1,
         .in_duty = -1,
         .valid_from = day("2026-04-03"),
         .valid_to = day("2026-08-31")},
        {.code = "S-01",
         .metric = "restore",
         .limit_minutes = 90,
         .calendar = CAL_5X8,
         .emergency = -1,
         .in_duty = -1,
         .valid_from = day("2026-09-01")},
    };
    struct arena *a = arena_new();
    struct sla_facts f = {.t0 = at("2026-08-31T10:00")};
    const struct sla_clock *c;
    size_t n;
    sla_select(a, office(), versions, 2, &f, &c, &n);
    assert_int_equal(n, 1);
    assert_at(c->deadline, "2026-08-31T12:00");
    f.t0 = at("2026-09-01T10:00");
    sla_select(a, office(), versions, 2, &f, &c, &n);
    assert_at(c->deadline, "2026-09-01T11:30");
    assert_int_equal(c->n_losers, 0);
    f.t0 = at("2026-04-02T10:00");
    sla_select(a, office(), versions, 2, &f, &c, &n);
    assert_int_equal(n, 0);
    arena_free(a);
}

static void of_two_values_of_one_rule_the_stronger_source_wins_even_when_milder(void **state)
{
    (void)state; /* C-050, 3.2 */
    const struct sla_rule values[] = {
        {.code = "S-01",
         .metric = "restore",
         .limit_minutes = 60,
         .calendar = CAL_24X7,
         .emergency = -1,
         .in_duty = -1,
         .source_rank = 4},
        {.code = "S-01",
         .metric = "restore",
         .limit_minutes = 120,
         .calendar = CAL_24X7,
         .emergency = -1,
         .in_duty = -1,
         .source_rank = 3},
        {.code = "S-99",
         .metric = "restore",
         .limit_minutes = 240,
         .calendar = CAL_24X7,
         .emergency = -1,
         .in_duty = -1,
         .source_rank = 1},
    };
    struct arena *a = arena_new();
    struct sla_facts f = {.t0 = at("2026-08-31T10:00")};
    const struct sla_clock *c;
    size_t n;
    sla_select(a, office(), values, 3, &f, &c, &n);
    assert_int_equal(n, 1);
    assert_int_equal(c->rule->limit_minutes, 120);
    assert_int_equal(c->n_losers, 1); /* rank decides nothing between different rules */
    assert_string_equal(c->losers[0]->code, "S-99");
    arena_free(a);
}

static void of_equal_deadlines_the_contracts_rule_is_shown_before_our_target(void **state)
{
    (void)state;
    static const struct sla_rule equal[] = {
        {.code = "A-1",
         .metric = "restore",
         .limit_minutes = 60,
         .emergency = -1,
         .in_duty = -1,
         .internal = true},
        {.code = "S-1", .metric = "restore", .limit_minutes = 60, .emergency = -1, .in_duty = -1},
    };
    struct arena *a = arena_new();
    struct sla_facts f = {.t0 = at("2026-08-31T10:00")};
    const struct sla_clock *c;
    size_t n;
    sla_select(a, office(), equal, 2, &f, &c, &n);
    assert_string_equal(c->rule->code, "S-1");
    assert_string_equal(c->losers[0]->code, "A-1");
    arena_free(a);
}

static void no_rule_gives_no_clock(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct sla_facts f = {.t0 = at("2026-08-31T10:00"), .line = "other"};
    const struct sla_clock *c;
    size_t n;
    sla_select(a, office(), rules, COUNT(rules), &f, &c, &n);
    assert_int_equal(n, 0);
    sla_select(a, office(), NULL, 0, &f, &c, &n);
    assert_int_equal(n, 0);
    arena_free(a);
}

static void a_pause_moves_the_deadline_by_its_working_time_only(void **state)
{
    (void)state; /* 3.3 */
    struct instant from = at("2026-05-08T16:00");
    const struct sla_pause over_night = {at("2026-05-08T17:00"), at("2026-05-09T10:00"), "carrier"};
    assert_at(sla_deadline(office(), from, 120, &over_night, 1, NULL), "2026-05-09T11:00");
    const struct sla_pause in_the_night = {at("2026-05-08T19:00"), at("2026-05-09T08:00"), "x"};
    assert_at(sla_deadline(office(), from, 180, &in_the_night, 1, NULL), "2026-05-09T10:00");
}

static void overlapping_pauses_count_once_in_any_order(void **state)
{
    (void)state; /* 3.3: union of intervals */
    struct instant from = at("2026-05-11T09:00"), stop = at("2026-05-11T12:00");
    const struct sla_pause p[] = {
        {at("2026-05-11T10:30"), at("2026-05-11T11:00"), "c"},
        {at("2026-05-11T09:30"), at("2026-05-11T10:30"), "a"},
        {at("2026-05-11T10:00"), at("2026-05-11T10:40"), "b"},
        {at("2026-05-11T09:40"), at("2026-05-11T09:50"), "inside a"},
        {at("2026-05-11T11:30"), at("2026-05-11T11:20"), "reversed"},
        {at("2026-05-11T08:00"), at("2026-05-11T08:30"), "before the start"},
    };
    assert_int_equal(sla_elapsed_ms(office(), from, stop, p, 6), 90 * MINUTE_MS);
    assert_at(sla_deadline(office(), from, 90, p, 6, NULL), "2026-05-11T12:00");
    assert_at(sla_deadline(office(), from, 30, p, 6, NULL), "2026-05-11T09:30");
    assert_at(sla_deadline(office(), from, 31, p, 6, NULL), "2026-05-11T11:01");
}

static void a_rejected_pause_is_as_if_it_never_was(void **state)
{
    (void)state; /* 3.3: the caller hands only pending and accepted ones in */
    struct instant from = at("2026-05-11T09:00");
    const struct sla_pause p = {at("2026-05-11T09:30"), at("2026-05-11T10:30"), "a"};
    assert_at(sla_deadline(office(), from, 120, &p, 1, NULL), "2026-05-11T12:00");
    assert_at(sla_deadline(office(), from, 120, &p, 0, NULL), "2026-05-11T11:00");
}

static void an_open_pause_has_no_deadline_behind_it(void **state)
{
    (void)state;
    struct instant from = at("2026-05-11T09:00");
    const struct sla_pause open = {at("2026-05-11T09:30"), {INT64_MAX}, "a"};
    assert_true(sla_deadline(office(), from, 120, &open, 1, NULL).ms == INT64_MAX);
    assert_true(sla_deadline(NULL, from, 120, &open, 1, NULL).ms == INT64_MAX);
    assert_at(sla_deadline(office(), from, 30, &open, 1, NULL), "2026-05-11T09:30");
    assert_int_equal(sla_elapsed_ms(office(), from, at("2026-05-12T09:00"), &open, 1),
                     30 * MINUTE_MS);
}

static void minutes_between_restore_and_reopen_do_not_count(void **state)
{
    (void)state; /* 3.4.4, design 10 */
    const struct sla_pause restored = {at("2026-05-11T09:45"), at("2026-05-12T14:00"), "已恢复"};
    assert_int_equal(
        sla_elapsed_ms(office(), at("2026-05-11T09:00"), at("2026-05-12T14:20"), &restored, 1),
        65 * MINUTE_MS);
}

static void elapsed_time_is_exact_to_the_millisecond(void **state)
{
    (void)state;
    struct instant from = at("2026-05-08T17:59:59.250"), stop = at("2026-05-09T09:00:00.500");
    assert_int_equal(sla_elapsed_ms(office(), from, stop, NULL, 0), 750 + 500);
    assert_int_equal(sla_elapsed_ms(NULL, from, stop, NULL, 0), stop.ms - from.ms);
    assert_int_equal(sla_elapsed_ms(NULL, stop, from, NULL, 0), 0);
}

static void the_ledger_cuts_pauses_in_with_their_reasons(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const struct sla_pause p[] = {
        {at("2026-05-08T17:30"), at("2026-05-09T09:30"), "等待运营商"},
        {at("2026-05-09T09:20"), {INT64_MAX}, "等待原厂"},
    };
    const struct span *s;
    size_t n;
    sla_ledger(a, office(), at("2026-05-08T11:00"), at("2026-05-09T11:00"), p, 2, &s, &n);
    assert_int_equal(n, 5);
    assert_int_equal(s[0].kind, SPAN_WORKED);
    assert_int_equal(s[1].kind, SPAN_LUNCH);
    assert_int_equal(s[2].kind, SPAN_WORKED);
    assert_at(s[2].to, "2026-05-08T17:30");
    assert_int_equal(s[3].kind, SPAN_PAUSED);
    assert_string_equal(s[3].note, "等待运营商");
    assert_at(s[3].to, "2026-05-09T09:30");
    assert_int_equal(s[4].kind, SPAN_PAUSED);
    assert_string_equal(s[4].note, "等待原厂");
    assert_at(s[4].to, "2026-05-09T11:00");
    sla_ledger(a, office(), at("2026-05-09T11:00"), at("2026-05-08T11:00"), p, 2, &s, &n);
    assert_int_equal(n, 0);
    arena_free(a);
}

static void a_limit_of_working_days_is_eight_hours_each(void **state)
{
    (void)state; /* S-10, S-12, S-13: 1 wd, 5 wd as minutes of CAL_5x8 */
    assert_at(sla_deadline(office(), at("2026-04-30T10:00"), 480, NULL, 0, NULL),
              "2026-05-06T10:00");
    assert_at(sla_deadline(office(), at("2026-05-06T10:00"), 5 * 480, NULL, 0, NULL),
              "2026-05-12T10:00");
}

int sla_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deadline_jumps_over_qingming),
        cmocka_unit_test(a_deadline_jumps_over_labour_day),
        cmocka_unit_test(a_deadline_on_friday_evening_lands_on_the_make_up_saturday),
        cmocka_unit_test(a_deadline_on_the_make_up_saturday_jumps_over_the_normal_sunday),
        cmocka_unit_test(a_deadline_jumps_over_dragon_boat),
        cmocka_unit_test(a_saturday_report_waits_for_the_make_up_sunday),
        cmocka_unit_test(a_deadline_jumps_over_mid_autumn),
        cmocka_unit_test(a_deadline_jumps_over_national_day),
        cmocka_unit_test(a_deadline_lands_on_the_make_up_saturday_after_national_day),
        cmocka_unit_test(a_report_before_opening_counts_from_opening),
        cmocka_unit_test(lunch_does_not_count),
        cmocka_unit_test(a_report_in_lunch_counts_from_its_end),
        cmocka_unit_test(a_deadline_may_be_closing_time_itself),
        cmocka_unit_test(one_minute_spills_over_to_the_next_morning),
        cmocka_unit_test(new_year_2027_is_free_without_a_notice_and_the_deadline_provisional),
        cmocka_unit_test(the_24x7_clock_runs_through_midnight),
        cmocka_unit_test(friday_1700_is_met_at_095959_and_100000_and_missed_at_100001),
        cmocka_unit_test(
            a_fault_inside_a_duty_shift_has_30_minutes_and_shows_the_2_hour_rule_as_loser),
        cmocka_unit_test(a_fault_outside_the_shift_waits_for_the_office_to_open),
        cmocka_unit_test(the_duty_clock_runs_on_past_the_end_of_the_shift),
        cmocka_unit_test(a_hand_off_meets_restore_while_the_approval_stops_only_resolve),
        cmocka_unit_test(a_camera_seen_dark_at_0210_must_be_answered_by_0410),
        cmocka_unit_test(a_pole_hit_at_2350_needs_somebody_there_by_0020),
        cmocka_unit_test(an_upgrade_to_emergency_starts_its_clocks_at_the_upgrade),
        cmocka_unit_test(a_missing_emergency_time_means_from_the_start),
        cmocka_unit_test(a_serious_network_fault_leaves_the_two_hour_limit),
        cmocka_unit_test(two_calendars_run_in_one_ticket),
        cmocka_unit_test(a_supplement_from_september_leaves_august_as_it_was),
        cmocka_unit_test(of_two_values_of_one_rule_the_stronger_source_wins_even_when_milder),
        cmocka_unit_test(of_equal_deadlines_the_contracts_rule_is_shown_before_our_target),
        cmocka_unit_test(no_rule_gives_no_clock),
        cmocka_unit_test(a_pause_moves_the_deadline_by_its_working_time_only),
        cmocka_unit_test(overlapping_pauses_count_once_in_any_order),
        cmocka_unit_test(a_rejected_pause_is_as_if_it_never_was),
        cmocka_unit_test(an_open_pause_has_no_deadline_behind_it),
        cmocka_unit_test(minutes_between_restore_and_reopen_do_not_count),
        cmocka_unit_test(elapsed_time_is_exact_to_the_millisecond),
        cmocka_unit_test(the_ledger_cuts_pauses_in_with_their_reasons),
        cmocka_unit_test(a_limit_of_working_days_is_eight_hours_each),
    };
    return cmocka_run_group_tests_name("sla", tests, NULL, NULL);
}
