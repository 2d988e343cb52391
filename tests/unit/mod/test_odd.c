/* SPDX-License-Identifier: Apache-2.0 */
/* Orders in odd sequences: handed over while paused, finished while paused, merged with other
 * clocks, graded anew when late, sent late behind the steps of others. */
#include "base/civil.h"
#include "base/json.h"
#include "mod/alarm/alarm.h"
#include "mod/asset/asset.h"
#include "mod/sla/sla.h"
#include "mod/work_order/work_order.h"
#include "orders.h"
#include "street.h"

static void people(struct house *h)
{
    static const char *const who[][2] = {{"disp", "b_dispatcher"},
                                         {"pm", "b_pm"},
                                         {"field1", "b_field"},
                                         {"field2", "b_field"},
                                         {"super", "a_supervisor"}};
    for (size_t i = 0; i < sizeof who / sizeof *who; i++)
        person(h, who[i][0], who[i][1], NULL);
}

static enum rc with(struct house *h, const char *login, int64_t id, const char *action,
                    const char *field, int64_t value, const char *more)
{
    return step(h, login, id, action,
                arena_printf(CX->a, "'%s':%lld%s", field, (long long)value, more));
}

static int64_t accepted(struct house *h, const char *more)
{
    int64_t id = reported(h, more);
    OK(with(h, "disp", id, "dispatch", "engineer_id", person_id(h, "field1"), ""));
    OK(step(h, "field1", id, "accept", "'plan':'马上来'"));
    return id;
}

static const char *result(struct house *h, const char *login)
{
    return arena_printf(CX->a, "'result':'换了电源','after_photos':%s", photo(h, login));
}

static enum rc absent(struct house *h, int64_t id)
{
    return set_pause(h, "field1", id, "customer",
                 arena_printf(CX->a, ",'evidence':%s,'call_record':'三次未接','contact_told':true",
                              photo(h, "field1")));
}

static enum rc end_pause(struct house *h, const char *login)
{
    struct row *row;
    be(h, login);
    h->cx.err = (struct err){0};
    return act(h, &sla_pause_kind, number(h, "SELECT MAX(id) FROM sla_pause"), "end", &row,
               NO_INPUT);
}

static const char *clock_state(struct house *h, int64_t id, const char *metric)
{
    return words(h,
                 "SELECT state FROM sla_clock WHERE work_order_id = %lld AND metric = '%s'"
                 " AND (void_reason IS NULL OR void_reason <> 'superseded') ORDER BY id",
                 (long long)id, metric);
}

static void tick_levels(struct house *h)
{
    int told;
    be_system(h);
    OK(sla_tick(CX, &told));
}

static void who_takes_over_ends_the_pause_of_the_one_before(void **state)
{
    struct house *h = *state;
    people(h);
    clock_at(h, "2026-05-08T09:00");
    int64_t id = accepted(h, "");
    OK(absent(h, id));
    OK(with(h, "field1", id, "hand_over", "engineer_id", person_id(h, "field2"),
            ",'reason':'换班交接'"));
    clock_at(h, "2026-05-08T09:30");
    OK(step(h, "field2", id, "accept", ""));
    OK(end_pause(h, "field2"));
    assert_string_equal(clock_state(h, id, "restore"), "running");
    assert_int_equal(clock_int(h, id, "restore", "deadline_at"), instant_of("2026-05-08T11:30"));
    OK(absent(h, (id = accepted(h, ""))));
    OK(step(h, "field1", id, "send_back", "'reason':'不是本线设备'"));
    OK(step(h, "field2", id, "accept", "'plan':'我去看看'")); /* from the pool */
    OK(end_pause(h, "field2"));
}

/* Nobody was in the way of what is restored: else a reopened order would stand still for ever. */
static void restoring_ends_what_was_waited_for(void **state)
{
    struct house *h = *state;
    people(h);
    clock_at(h, "2026-05-08T09:00");
    int64_t id = accepted(h, "");
    clock_at(h, "2026-05-08T09:20");
    OK(absent(h, id));
    OK(set_pause(h, "disp", id, "carrier", ",'reference_no':'10010-7'"));
    clock_at(h, "2026-05-08T10:30");
    OK(step(h, "field1", id, "restore", result(h, "field1")));
    assert_int_equal(clock_int(h, id, "restore", "elapsed_ms"), 20 * MINUTE_MS);
    assert_int_equal(number(h, "SELECT ended_at FROM sla_pause WHERE code = 'customer'"),
                     instant_of("2026-05-08T10:30"));
    assert_int_equal(number(h, "SELECT COUNT(*) FROM sla_pause WHERE ended_at IS NULL"), 1);
    OK(step(h, "field1", id, "resolve", "'cause':'电源'"));
    assert_int_equal(number(h, "SELECT COUNT(*) FROM sla_pause WHERE ended_at IS NULL"), 0);
    clock_at(h, "2026-05-08T11:00");
    OK(step(h, "disp", id, "reopen", "'reason':'又坏了'"));
    assert_string_equal(clock_state(h, id, "restore"), "running");
    assert_int_equal(clock_int(h, id, "restore", "deadline_at"), instant_of("2026-05-08T13:40"));
}

static void what_does_not_run_is_not_paused(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t main = reported(h, ""), child = reported(h, ""), gone = reported(h, "");
    OK(with(h, "disp", child, "merge", "parent_id", main, ""));
    OK(step(h, "disp", gone, "cancel", "'result':'误报误报'"));
    REFUSED(set_pause(h, "disp", child, "site_power", ",'reference_no':'停电通知 7'"), RC_CONFLICT,
            "work_order_id");
    REFUSED(set_pause(h, "disp", gone, "site_power", ",'reference_no':'停电通知 7'"), RC_CONFLICT,
            "work_order_id");
    OK(set_pause(h, "disp", main, "site_power", ",'reference_no':'停电通知 7'"));
}

/* 3.4 rule 5: on the spot at 09:20 without a network; the desk wrote at 09:40; sent at 09:50. */
static void a_late_step_is_not_moved_behind_what_the_desk_wrote_meanwhile(void **state)
{
    struct house *h = *state;
    people(h);
    clock_at(h, "2026-05-08T09:00");
    int64_t id = accepted(h, ",'line':'community_video','emergency':true");
    clock_at(h, "2026-05-08T09:40");
    OK(with(h, "disp", id, "help", "helper_id", person_id(h, "field2"), ""));
    clock_at(h, "2026-05-08T09:50");
    OK(with(h, "field1", id, "arrive", "device_at", instant_of("2026-05-08T09:20"),
            ",'queued_ms':1800000,'presence':'标签损坏，无法扫码'"));
    assert_int_equal(order_int(h, id, "arrived_at"), instant_of("2026-05-08T09:20"));
    assert_string_equal(clock_state(h, id, "arrive"), "met");
}

static void the_first_on_the_spot_is_the_arrival(void **state)
{
    struct house *h = *state;
    people(h);
    clock_at(h, "2026-05-08T09:00");
    int64_t id = accepted(h, "");
    OK(step(h, "field1", id, "arrive", "'presence':'已到现场'"));
    OK(with(h, "field1", id, "hand_over", "engineer_id", person_id(h, "field2"),
            ",'reason':'换班交接'"));
    clock_at(h, "2026-05-08T10:00");
    OK(step(h, "field2", id, "accept", ""));
    OK(step(h, "field2", id, "arrive", "'presence':'已到现场'"));
    assert_int_equal(order_int(h, id, "arrived_at"), instant_of("2026-05-08T09:00"));
}

static void a_regrade_does_not_undo_what_was_late(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t sw = device(h, "switch", "SW-1", NULL);
    clock_at(h, "2026-05-08T09:00");
    int64_t id = accepted(h, arena_printf(CX->a, ",'asset_id':%lld", (long long)sw));
    clock_at(h, "2026-05-08T11:01");
    tick_levels(h);
    OK(step(h, "disp", id, "regrade", "'grade':'serious','reason':'全楼断网'"));
    assert_string_equal(clock_state(h, id, "restore"), "overdue");
    OK(step(h, "field1", id, "restore", result(h, "field1")));
    assert_string_equal(clock_state(h, id, "restore"), "missed");
    /* what never was a fault was never late */
    clock_at(h, "2026-05-11T09:00");
    id = accepted(h, "");
    clock_at(h, "2026-05-11T11:01");
    tick_levels(h);
    OK(step(h, "disp", id, "to_request", "'reason':'其实是安装软件'"));
    assert_string_equal(clock_state(h, id, "restore"), "void");
}

static void merged_into_another_order_an_emergency_stays_one(void **state)
{
    struct house *h = *state;
    people(h);
    clock_at(h, "2026-05-08T09:00");
    int64_t main = reported(h, ",'line':'community_video'");
    clock_at(h, "2026-05-08T09:10");
    int64_t child = reported(h, ",'line':'community_video','emergency':true");
    clock_at(h, "2026-05-08T09:15");
    OK(with(h, "disp", child, "merge", "parent_id", main, ""));
    assert_int_equal(order_int(h, main, "emergency"), 1);
    assert_int_equal(clock_int(h, main, "arrive", "deadline_at"), instant_of("2026-05-08T09:40"));
    assert_int_equal(order_int(h, main, "progress_due_at"), instant_of("2026-05-08T09:40"));
    assert_int_equal(order_int(h, main, "deadline_at"), instant_of("2026-05-08T09:15"));
}

static void merged_with_one_of_the_duty_shift_the_order_is_due_in_30_minutes(void **state)
{
    struct house *h = *state;
    people(h);
    clock_at(h, "2026-09-30T17:00");
    made(h, &duty_shift_kind,
         "{'on_date':'2026-10-01','from_at':%lld,'to_at':%lld,'source':'值守通知'}",
         (long long)instant_of("2026-10-01T08:00"), (long long)instant_of("2026-10-01T20:00"));
    clock_at(h, "2026-10-01T19:55");
    int64_t inside = reported(h, "");
    clock_at(h, "2026-10-01T20:05");
    int64_t after = reported(h, "");
    assert_int_equal(clock_int(h, after, "restore", "deadline_at"), instant_of("2026-10-08T11:00"));
    OK(with(h, "disp", inside, "merge", "parent_id", after, ""));
    assert_int_equal(clock_int(h, after, "restore", "deadline_at"), instant_of("2026-10-01T20:25"));
}

/* Reports in the middle of a second are due as on the full one: the clocks count seconds. */
static void a_report_within_the_second_of_16_00_is_due_at_18_00(void **state)
{
    struct house *h = *state;
    people(h);
    clock_at(h, "2026-11-18T16:00");
    h->cx.now.ms += 700;
    int64_t id = accepted(h, "");
    assert_int_equal(clock_int(h, id, "restore", "deadline_at"), instant_of("2026-11-18T18:00"));
    OK(step(h, "disp", id, "declare_emergency", "'reason':'机房漏水'"));
    assert_int_equal(clock_int(h, id, "arrive", "deadline_at"), instant_of("2026-11-18T16:30"));
}

/* A paused clock lies ahead, whatever deadline it had when it stopped. */
static void a_new_day_moves_a_paused_clock_too(void **state)
{
    struct house *h = *state;
    int changed;
    people(h);
    clock_at(h, "2026-05-08T17:00");
    int64_t id = accepted(h, "");
    be_system(h);
    OK(work_order_tick(CX, &changed));
    OK(set_pause(h, "disp", id, "site_power", ",'reference_no':'停电通知 7'"));
    clock_at(h, "2026-05-09T12:30");
    made(h, &calendar_day_kind,
         "{'on_date':'2026-05-09','type':'rest','name':'市里通知','is_override':true}");
    be_system(h);
    OK(work_order_tick(CX, &changed));
    clock_at(h, "2026-05-09T13:00");
    OK(end_pause(h, "disp"));
    assert_int_equal(clock_int(h, id, "restore", "deadline_at"), instant_of("2026-05-11T11:00"));
}

/* What the monitor joins into one order keeps the people who reported it. */
static void the_reporter_follows_the_order_of_the_switch(void **state)
{
    struct house *h = *state;
    int64_t cams[2];
    people(h);
    house_watch(h);
    int64_t sw = branch(h, "SW", "10.9.8.100", 2, cams);
    target(h, sw, "icmp", "up");
    dark(h, cams[0]);
    h->cx.now.ms += MINUTE_MS;
    int64_t call = reported(h, arena_printf(CX->a, ",'asset_id':%lld", (long long)cams[1]));
    dark(h, cams[1]);
    look_later(h);
    assert_int_equal(open_outages(h), 2);
    h->cx.now.ms += MINUTE_MS;
    dark(h, sw);
    look_later(h);
    int64_t main = number(h, "SELECT id FROM work_order WHERE outage_id = %lld",
                          (long long)open_outage_of_root(h, sw));
    assert_string_equal(words(h, "SELECT state FROM work_order WHERE id = %lld", (long long)call),
                        "merged");
    assert_int_equal(order_int(h, call, "parent_id"), main);
    assert_true(order_int(h, main, "reported_at") > 0);
    look(h);
}

/* 3.4 rule 4: who calls about a device that was mended yesterday is shown that order; who reports it
 * behind its label makes a new one that names it, until the desk decides. */
static void what_was_mended_within_72_hours_is_suggested_again(void **state)
{
    struct house *h = *state;
    struct buf b = {0};
    struct jw w = jw_on(&b);
    struct row *row;
    people(h);
    int64_t camera = device(h, "camera", "C-1", NULL);
    const char *on = arena_printf(CX->a, ",'asset_id':%lld", (long long)camera);
    clock_at(h, "2026-05-08T09:00");
    int64_t id = accepted(h, on);
    OK(step(h, "field1", id, "restore", result(h, "field1")));
    clock_at(h, "2026-05-11T09:00");
    be(h, "disp");
    struct suggest s = {.asset_id = camera};
    OK(suggest_order(CX, &s, &w));
    assert_non_null(strstr(buf_text(&b), "\"again\""));
    be_nobody(h);
    OK(work_order_report(CX, &(struct fault_report){.asset_id = camera, .title = "黑屏"}, &row));
    assert_int_equal(order_int(h, row->id, "repeat_of_id"), id);
    clock_at(h, "2026-05-11T09:01");
    buf_clear(&b);
    w = jw_on(&b);
    be(h, "disp");
    OK(suggest_order(CX, &s, &w));
    assert_null(strstr(buf_text(&b), "\"again\""));
    buf_free(&b);
}

/* In a cellar without a network: the pause counts from when it was set, and its end from then, too. */
static void a_pause_that_waited_in_the_phone_counts_from_when_it_was_set(void **state)
{
    struct house *h = *state;
    struct row *row;
    people(h);
    clock_at(h, "2026-05-08T09:00");
    int64_t id = accepted(h, "");
    clock_at(h, "2026-05-08T11:00");
    const char *proof = arena_printf(CX->a, ",'evidence':%s,'call_record':'三次未接','contact_told':true",
                                     photo(h, "field1"));
    REFUSED(set_pause(h, "field1", id, "customer",
                  arena_printf(CX->a, "%s,'started_at':%lld", proof,
                               (long long)instant_of("2026-05-08T09:20"))),
            RC_INVALID, "started_at");
    OK(set_pause(h, "field1", id, "customer",
             arena_printf(CX->a, "%s,'device_at':%lld,'queued_ms':%lld", proof,
                          (long long)instant_of("2026-05-08T09:20"), (long long)(100 * MINUTE_MS))));
    assert_int_equal(number(h, "SELECT started_at FROM sla_pause"), instant_of("2026-05-08T09:20"));
    assert_int_equal(number(h, "SELECT late_sync FROM work_order_step WHERE action = 'pause'"), 1);
    assert_string_equal(clock_state(h, id, "restore"), "paused");
    clock_at(h, "2026-05-08T11:30");
    be(h, "field1"); /* the phone's clock is a day ahead: its waiting counts */
    OK(act(h, &sla_pause_kind, number(h, "SELECT id FROM sla_pause"), "end", &row,
           "'device_at':%lld,'queued_ms':%lld", (long long)instant_of("2026-05-09T11:10"),
           (long long)(20 * MINUTE_MS)));
    assert_int_equal(row->v[PAUSE_ENDED].i, instant_of("2026-05-08T11:10"));
    assert_int_equal(clock_int(h, id, "restore", "deadline_at"), instant_of("2026-05-08T13:50"));
}

/* D-1: both parties agree on other hours from September on; August stays as it was. */
static void new_office_hours_hold_from_their_day_and_leave_the_past(void **state)
{
    struct house *h = *state;
    struct row *row;
    int changed;
    people(h);
    clock_at(h, "2026-08-28T16:00");
    int64_t done = accepted(h, "");
    OK(step(h, "field1", done, "restore", result(h, "field1")));
    clock_at(h, "2026-08-31T17:00");
    int64_t ahead = accepted(h, "");
    be_system(h);
    OK(work_order_tick(CX, &changed));
    assert_int_equal(clock_int(h, ahead, "restore", "deadline_at"), instant_of("2026-09-01T10:00"));
    int64_t frozen = clock_int(h, done, "restore", "calendar_version");
    static const char *const wrong[] = {"9:00-12:00", "09:00-12:00,13:00-18:00", "13:00-18:00 09:00-12:00",
                                        "09:00-09:00 13:00-18:00", "09:00-25:00", "上午九点到下午六点半"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        be(h, "super");
        h->cx.err = (struct err){0};
        assert_int_equal(create(h, &office_hours_kind, &row,
                                "{'valid_from_on':'2026-09-01','windows':'%s','source':'补充协议'}", wrong[i]),
                         RC_INVALID);
        assert_string_equal(h->cx.err.field, "windows");
    }
    OK(create(h, &office_hours_kind, &row,
              "{'valid_from_on':'2026-09-01','windows':'08:30-12:00 13:30-17:30','source':'补充协议'}"));
    be_system(h);
    OK(work_order_tick(CX, &changed));
    assert_int_equal(clock_int(h, ahead, "restore", "deadline_at"), instant_of("2026-09-01T09:30"));
    assert_int_equal(clock_int(h, done, "restore", "calendar_version"), frozen);
    be(h, "super"); /* lunch is agreed to count: one stretch from morning to evening */
    OK(create(h, &office_hours_kind, &row,
              "{'valid_from_on':'2026-11-18','windows':'09:00-12:00 13:00-18:00','lunch_counts':true,"
              "'source':'补充协议'}"));
    clock_at(h, "2026-11-18T11:30");
    int64_t noon = accepted(h, "");
    assert_int_equal(clock_int(h, noon, "restore", "deadline_at"), instant_of("2026-11-18T13:30"));
}

/* An emergency that was mended from afar: no clock runs on behind it, and it is looked at. */
static void an_emergency_mended_from_afar_leaves_no_clock_running(void **state)
{
    struct house *h = *state;
    people(h);
    clock_at(h, "2026-05-08T09:00");
    int64_t id = accepted(h, ",'line':'community_video','emergency':true");
    clock_at(h, "2026-05-08T09:20");
    OK(step(h, "field1", id, "restore", result(h, "field1")));
    assert_string_equal(clock_state(h, id, "arrive"), "met");
    assert_int_equal(order_int(h, id, "spot_check"), 1);
    int64_t late = accepted(h, ",'line':'community_video','emergency':true");
    clock_at(h, "2026-05-08T09:51");
    OK(step(h, "field1", late, "restore", result(h, "field1")));
    assert_string_equal(clock_state(h, late, "arrive"), "missed");
    assert_int_equal(number(h, "SELECT COUNT(*) FROM sla_clock WHERE stopped_at IS NULL"), 0);
}

static bool offered(struct house *h, const char *login, const struct kind *k, int64_t id,
                    const char *action)
{
    struct buf b = {0};
    struct jw w = jw_on(&b);
    struct row *row;
    be(h, login);
    OK(record_get(CX, k, id, &row));
    record_json(CX, &w, row);
    bool yes = strstr(buf_text(&b), arena_printf(CX->a, "\"%s\"", action)) != NULL;
    buf_free(&b);
    return yes;
}

/* Allowed actions only: no way back from an exclusion that was none, no second declaration, no end of
 * what has ended. */
static void what_makes_no_sense_is_not_offered(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, "");
    assert_false(offered(h, "super", &work_order_kind, id, "include"));
    assert_true(offered(h, "super", &work_order_kind, id, "declare_emergency"));
    assert_true(offered(h, "disp", &work_order_kind, id, "to_request"));
    OK(step(h, "super", id, "declare_emergency", "'reason':'机房漏水'"));
    assert_false(offered(h, "super", &work_order_kind, id, "declare_emergency"));
    OK(step(h, "pm", id, "exclude", "'excluded_reason':'b','excluded_quote_fen':100,'reason':'人为损坏'"));
    assert_false(offered(h, "pm", &work_order_kind, id, "exclude"));
    assert_true(offered(h, "super", &work_order_kind, id, "include"));
    REFUSED(step(h, "pm", id, "exclude", "'excluded_reason':'b','excluded_quote_fen':100,'reason':'再次'"),
            RC_CONFLICT, "");
    OK(step(h, "disp", id, "to_request", "'reason':'其实是安装'"));
    assert_false(offered(h, "disp", &work_order_kind, id, "to_request"));
    OK(absent(h, (id = accepted(h, ""))));
    int64_t pause = number(h, "SELECT MAX(id) FROM sla_pause");
    assert_true(offered(h, "field1", &sla_pause_kind, pause, "end"));
    assert_false(offered(h, "pm", &sla_pause_kind, pause, "confirm")); /* of the weather only */
    OK(end_pause(h, "field1"));
    assert_false(offered(h, "field1", &sla_pause_kind, pause, "end"));
}

void odd_cases(struct cases *c)
{
    ON_BOTH(c, an_emergency_mended_from_afar_leaves_no_clock_running);
    ON_BOTH(c, what_makes_no_sense_is_not_offered);
    ON_BOTH(c, new_office_hours_hold_from_their_day_and_leave_the_past);
    ON_BOTH(c, a_pause_that_waited_in_the_phone_counts_from_when_it_was_set);
    ON_BOTH(c, what_was_mended_within_72_hours_is_suggested_again);
    ON_BOTH(c, who_takes_over_ends_the_pause_of_the_one_before);
    ON_BOTH(c, restoring_ends_what_was_waited_for);
    ON_BOTH(c, what_does_not_run_is_not_paused);
    ON_BOTH(c, a_late_step_is_not_moved_behind_what_the_desk_wrote_meanwhile);
    ON_BOTH(c, the_first_on_the_spot_is_the_arrival);
    ON_BOTH(c, a_regrade_does_not_undo_what_was_late);
    ON_BOTH(c, merged_into_another_order_an_emergency_stays_one);
    ON_BOTH(c, merged_with_one_of_the_duty_shift_the_order_is_due_in_30_minutes);
    ON_BOTH(c, a_report_within_the_second_of_16_00_is_due_at_18_00);
    ON_BOTH(c, a_new_day_moves_a_paused_clock_too);
    ON_BOTH(c, the_reporter_follows_the_order_of_the_switch);
}
