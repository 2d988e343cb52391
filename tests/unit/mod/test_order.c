/* SPDX-License-Identifier: Apache-2.0 */
/* What can happen to an order beside the straight way: pauses, emergencies, repairs, duplicates,
 * reopening, steps sent later, things that happen by themselves. */
#include "base/civil.h"
#include "base/json.h"
#include "core/account.h"
#include "mod/alarm/alarm.h"
#include "mod/asset/asset.h"
#include "mod/report/report.h"
#include "mod/sla/sla.h"
#include "mod/work_order/work_order.h"
#include "orders.h"
#include "street.h"

static void people(struct house *h)
{
    static const char *const who[][2] = {
        {"clerk1", "a_clerk"},  {"disp", "b_dispatcher"}, {"pm", "b_pm"},
        {"field1", "b_field"},  {"field2", "b_field"},    {"super", "a_supervisor"},
        {"appr", "a_approver"}, {"desk", "a_section"},
    };
    for (size_t i = 0; i < sizeof who / sizeof *who; i++)
        person(h, who[i][0], who[i][1], NULL);
}

static int64_t accepted(struct house *h, const char *more)
{
    int64_t id = reported(h, more);
    OK(dispatch(h, id, "field1"));
    OK(step(h, "field1", id, "accept", "'plan':'马上来'"));
    return id;
}

static enum rc restore(struct house *h, int64_t id)
{
    return step(h, "field1", id, "restore",
                arena_printf(CX->a, "'result':'换了电源','after_photos':%s", photo(h, "field1")));
}

static const char *order_text(struct house *h, int64_t id, const char *column)
{
    return words(h, "SELECT %s FROM work_order WHERE id = %lld", column, (long long)id);
}

static const char *clock_text(struct house *h, int64_t id, const char *metric)
{
    return words(h,
                 "SELECT state FROM sla_clock WHERE work_order_id = %lld AND metric = '%s'"
                 " AND (void_reason IS NULL OR void_reason <> 'superseded') ORDER BY id",
                 (long long)id, metric);
}

static void at(struct house *h, const char *beijing)
{
    clock_at(h, beijing);
}

static int ticks(struct house *h)
{
    int changed = 0;
    be_system(h);
    OK(work_order_tick(CX, &changed));
    return changed;
}

/* --- pauses (3.3) --- */

static int64_t last_pause(struct house *h)
{
    return number(h, "SELECT MAX(id) FROM sla_pause");
}

static enum rc decide(struct house *h, const char *login, int64_t pause, const char *action,
                      const char *json)
{
    struct row *row;
    be(h, login);
    h->cx.err = (struct err){0};
    return act(h, &sla_pause_kind, pause, action, &row, "%s", json);
}

static void each_pause_has_its_setter_and_its_evidence(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, "");
    const char *evidence = arena_printf(CX->a, ",'evidence':%s", photo(h, "field1"));
    REFUSED(set_pause(h, "disp", id, "approval", ""), RC_DENIED, "code"); /* the system's alone */
    REFUSED(set_pause(h, "pm", id, "carrier", ",'reference_no':'10010-1'"), RC_DENIED, "code");
    REFUSED(set_pause(h, "field1", id, "carrier", ",'reference_no':'10010-1'"), RC_DENIED, "code");
    REFUSED(set_pause(h, "disp", id, "carrier", ""), RC_INVALID, "reference_no");
    OK(set_pause(h, "disp", id, "carrier", ",'reference_no':'10010-1'"));
    REFUSED(set_pause(h, "disp", id, "carrier", ",'reference_no':'10010-2'"), RC_CONFLICT, "code");
    REFUSED(set_pause(h, "disp", id, "vendor", ",'reference_no':'V1'"), RC_DENIED, "code");
    OK(set_pause(h, "pm", id, "vendor", ",'reference_no':'V1'"));
    REFUSED(set_pause(h, "disp", id, "customer", evidence), RC_DENIED, "code");
    REFUSED(set_pause(h, "field1", id, "customer", ""), RC_INVALID, "evidence");
    REFUSED(set_pause(h, "field1", id, "customer", evidence), RC_INVALID, "call_record");
    REFUSED(set_pause(h, "field1", id, "customer",
                  arena_printf(CX->a, "%s,'call_record':'两次未接'", evidence)),
            RC_INVALID, "contact_told");
    OK(set_pause(h, "field1", id, "customer",
             arena_printf(CX->a, "%s,'call_record':'两次未接','contact_told':true", evidence)));
    REFUSED(set_pause(h, "disp", id, "site_power", ""), RC_INVALID, "evidence");
    OK(set_pause(h, "disp", id, "site_power", ",'reference_no':'停电通知 3 号'"));
    REFUSED(set_pause(h, "field2", id, "safety", ",'reference_no':'雷电黄色'"), RC_NOT_FOUND,
            ""); /* not the own order */
    OK(set_pause(h, "field1", id, "safety", ",'reference_no':'雷电黄色'"));
    REFUSED(set_pause(h, "disp", id, "carrier", ",'reference_no':'x','metrics':'respond'"), RC_INVALID,
            "metrics");
    assert_string_equal(words(h, "SELECT code || ' ' || metrics FROM sla_pause ORDER BY id"),
                        "carrier restore,resolve,vendor resolve,customer "
                        "arrive,restore,resolve,site_power restore,resolve,"
                        "safety restore,resolve");
}

static void a_pause_cannot_be_put_down_later_than_thirty_minutes(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, "");
    int64_t now = CX->now.ms;
    REFUSED(set_pause(h, "disp", id, "carrier",
                  arena_printf(CX->a, ",'reference_no':'1','started_at':%lld",
                               (long long)(now - 31 * MINUTE_MS))),
            RC_INVALID, "started_at");
    REFUSED(set_pause(h, "disp", id, "carrier",
                  arena_printf(CX->a, ",'reference_no':'1','started_at':%lld",
                               (long long)(now + 2 * MINUTE_MS))),
            RC_INVALID, "started_at");
    OK(set_pause(h, "disp", id, "carrier",
             arena_printf(CX->a, ",'reference_no':'1','started_at':%lld",
                          (long long)(now - 30 * MINUTE_MS))));
}

static void force_majeure_comes_too_late_when_the_clock_has_run_out(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, "");
    const char *proof = arena_printf(CX->a, ",'evidence':%s", photo(h, "pm"));
    at(h, "2026-05-09T09:59");
    OK(set_pause(h, "pm", id, "fm", arena_printf(CX->a, "%s,'metrics':'restore'", proof)));
    assert_string_equal(clock_text(h, id, "restore"), "paused");
    int64_t other = accepted(h, "");
    at(h, "2026-05-09T14:00");
    REFUSED(set_pause(h, "pm", other, "fm", arena_printf(CX->a, ",'evidence':%s", photo(h, "pm"))),
            RC_CONFLICT, "code");
}

/* Pending stops the clock provisionally; accepted it stays so; rejected it is as if it never was.
 */
static void a_pause_moves_the_deadline_and_a_rejected_one_never_was(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id =
        accepted(h, ",'line':'community_video'"); /* restore S-09 24 h: until 05-09 17:00 */
    int64_t due = clock_int(h, id, "restore", "deadline_at");
    at(h, "2026-05-08T18:00");
    OK(set_pause(h, "disp", id, "carrier", ",'reference_no':'10010-1'"));
    int64_t p = last_pause(h);
    assert_string_equal(clock_text(h, id, "restore"), "paused");
    assert_int_equal(clock_int(h, id, "restore", "pending"), 1);
    at(h, "2026-05-08T20:00");
    OK(decide(h, "disp", p, "end", ""));
    assert_string_equal(clock_text(h, id, "restore"), "running");
    assert_int_equal(clock_int(h, id, "restore", "deadline_at"), due + 2 * HOUR_MS);
    assert_int_equal(order_int(h, id, "deadline_at"), due + 2 * HOUR_MS);
    at(h, "2026-05-09T18:30"); /* 25.5 h, of them 2 paused */
    OK(restore(h, id));
    assert_string_equal(clock_text(h, id, "restore"), "met");
    assert_int_equal(clock_int(h, id, "restore", "elapsed_ms"), 23 * HOUR_MS + 30 * MINUTE_MS);
    REFUSED(decide(h, "super", p, "reject", ""), RC_INVALID, "decision_note");
    OK(decide(h, "super", p, "reject", "'decision_note':'没有单号'"));
    assert_string_equal(clock_text(h, id, "restore"), "missed");
    assert_int_equal(clock_int(h, id, "restore", "elapsed_ms"), 25 * HOUR_MS + 30 * MINUTE_MS);
    assert_int_equal(clock_int(h, id, "restore", "deadline_at"), due);
    assert_int_equal(clock_int(h, id, "restore", "pending"), 0);
}

static void overlapping_pauses_stop_the_clock_once(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, ",'line':'community_video'");
    int64_t due = clock_int(h, id, "restore", "deadline_at");
    at(h, "2026-05-08T18:00");
    OK(set_pause(h, "disp", id, "carrier", ",'reference_no':'1'"));
    int64_t a = last_pause(h);
    at(h, "2026-05-08T19:00");
    OK(set_pause(h, "disp", id, "site_power", ",'reference_no':'2'"));
    int64_t b = last_pause(h);
    at(h, "2026-05-08T20:00");
    OK(decide(h, "disp", a, "end", ""));
    assert_string_equal(clock_text(h, id, "restore"), "paused");
    at(h, "2026-05-08T21:00");
    OK(decide(h, "disp", b, "end", ""));
    assert_int_equal(clock_int(h, id, "restore", "deadline_at"), due + 3 * HOUR_MS);
    OK(decide(h, "super", a, "reject", "'decision_note':'不认可'"));
    assert_int_equal(clock_int(h, id, "restore", "deadline_at"), due + 2 * HOUR_MS);
}

static void who_set_a_pause_never_accepts_it(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, "");
    OK(set_pause(h, "disp", id, "carrier", ",'reference_no':'1'"));
    run_sql(h, "INSERT INTO account_role (account_id, role) VALUES (%lld, 'a_supervisor')",
            (long long)person_id(h, "disp"));
    assert_int_equal(decide(h, "disp", last_pause(h), "accept", ""), RC_DENIED);
    assert_int_equal(decide(h, "field1", last_pause(h), "accept", ""), RC_DENIED);
    OK(decide(h, "appr", last_pause(h), "accept", ""));
    assert_string_equal(words(h, "SELECT state FROM sla_pause"), "accepted");
    OK(set_pause(h, "field1", id, "safety", ",'reference_no':'雷电黄色'"));
    REFUSED(decide(h, "super", last_pause(h), "accept", ""), RC_CONFLICT, "confirmed_by_id");
    OK(decide(h, "pm", last_pause(h), "confirm", ""));
    OK(decide(h, "super", last_pause(h), "accept", ""));
}

static void a_pause_without_answer_is_listed_by_name_after_a_day(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, ",'line':'community_video'");
    OK(set_pause(h, "disp", id, "carrier", ",'reference_no':'1'"));
    (void)ticks(h);
    at(h, "2026-05-09T16:59");
    assert_int_equal(ticks(h), 0);
    at(h, "2026-05-09T17:00");
    assert_int_equal(ticks(h), 1);
    assert_int_equal(ticks(h), 0);
    be(h, "super");
    assert_int_equal(count(h, &sla_pause_kind, "f=state.eq.pending&f=long_pending.eq.1"), 1);
    assert_int_equal(count(h, &sla_clock_kind, "f=pending.eq.1&f=metric.eq.restore"), 1);
}

static json_t *ledger(struct house *h, int64_t id, const char *metric)
{
    struct buf b = {0};
    struct jw w = jw_on(&b);
    be_console(h);
    OK(sla_ledger_json(CX, clock_int(h, id, metric, "id"), &w));
    json_t *j = json_loads(buf_text(&b), 0, NULL);
    buf_free(&b);
    assert_non_null(j);
    return j;
}

static void the_ledger_shows_when_and_why_the_clock_stood(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, ",'line':'community_video'");
    at(h, "2026-05-08T18:00");
    OK(set_pause(h, "disp", id, "carrier", ",'reference_no':'1'"));
    at(h, "2026-05-08T18:45");
    OK(decide(h, "disp", last_pause(h), "end", ""));
    json_t *j = ledger(h, id, "restore"), *spans = json_object_get(j, "spans"),
           *p = json_array_get(spans, 1);
    assert_int_equal(json_array_size(spans), 3);
    assert_string_equal(json_string_value(json_object_get(p, "kind")), "paused");
    assert_string_equal(json_string_value(json_object_get(p, "note")), "等人（待甲方确认）");
    assert_int_equal(json_integer_value(json_object_get(p, "minutes")), 45);
    assert_int_equal(json_integer_value(json_object_get(j, "worked_minutes")), 1440);
    json_decref(j);
}

/* --- duty, versions (scenarios 2, 20, 26) --- */

static void inside_a_duty_shift_it_is_30_minutes_and_outside_the_office_clock(void **state)
{
    struct house *h = *state;
    people(h);
    made(h, &duty_shift_kind,
         "{'on_date':'2026-10-01','from_at':%lld,'to_at':%lld,'line':'office_it'}",
         (long long)instant_of("2026-10-01T08:00"), (long long)instant_of("2026-10-01T20:00"));
    at(h, "2026-10-01T10:00");
    int64_t in = reported(h, "");
    assert_int_equal(clock_int(h, in, "restore", "deadline_at"), instant_of("2026-10-01T10:30"));
    assert_string_equal(
        words(h, "SELECT rule_code || ' ' || also FROM sla_clock WHERE metric = 'restore'"),
        "S-03 S-01");
    int64_t request = reported(h, ",'type':'service_request'");
    assert_string_equal(
        words(h, "SELECT metric FROM sla_clock WHERE work_order_id = %lld", (long long)request),
        "respond");
    at(h, "2026-10-01T20:30");
    int64_t out = reported(h, "");
    assert_int_equal(clock_int(h, out, "restore", "deadline_at"), instant_of("2026-10-08T11:00"));
    assert_int_equal(order_int(h, out, "started_at"),
                     instant_of("2026-10-01T20:30")); /* the true t0 */
}

static enum rc duty(struct house *h, const char *day, const char *source)
{
    struct row *row;
    h->cx.err = (struct err){0};
    int64_t from = instant_of(arena_printf(CX->a, "%sT08:00", day));
    return create(h, &duty_shift_kind, &row, "{'on_date':'%s','from_at':%lld,'to_at':%lld,'source':'%s'}", day,
                  (long long)from, (long long)(from + 12 * HOUR_MS), source);
}

/* Scenario 25: of the 11 rest days the twelfth needs a change order; statutory and working days are
 * no rest days, and a second shift of a day is no second day. */
static void the_twelfth_rest_day_of_duty_needs_a_change_order(void **state)
{
    struct house *h = *state;
    struct row *row;
    static const char *const rest[] = {"2026-04-04", "2026-04-06", "2026-05-03", "2026-05-04", "2026-05-05",
                                       "2026-06-20", "2026-06-21", "2026-09-26", "2026-09-27", "2026-10-04", "2026-10-05"};
    people(h);
    be_console(h);
    OK(create(h, record_kind("contract"), &row, "{'no':'T-1','name':'测试合同','start_on':'2026-04-03','end_on':'2027-04-02','total_fen':100,'vat_percent':6}"));
    OK(create(h, record_kind("duty_quota"), &row, "{'name':'休息日值守','contract_id':%lld,'type':'rest','days':11}", (long long)row->id));
    be(h, "pm");
    OK(duty(h, "2026-10-01", "值守安排")); /* statutory: another budget */
    OK(duty(h, "2026-05-09", "值守安排")); /* a make-up workday: none */
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        OK(duty(h, rest[i], "值守安排"));
    OK(duty(h, rest[3], "夜班"));
    REFUSED(duty(h, "2026-10-06", "值守安排"), RC_CONFLICT, "source");
    OK(duty(h, "2026-10-06", "变更 BG-2026-01"));
    OK(duty(h, "2026-10-08", "值守安排"));
}

static void a_duty_shift_that_crosses_midnight_belongs_to_its_first_day(void **state)
{
    struct house *h = *state;
    struct row *row;
    people(h);
    be(h, "pm");
    REFUSED(create(h, &duty_shift_kind, &row,
                   "{'on_date':'2026-10-02','from_at':%lld,'to_at':%lld}",
                   (long long)instant_of("2026-10-01T20:00"),
                   (long long)instant_of("2026-10-02T08:00")),
            RC_INVALID, "on_date");
    OK(create(h, &duty_shift_kind, &row, "{'on_date':'2026-10-01','from_at':%lld,'to_at':%lld}",
              (long long)instant_of("2026-10-01T20:00"),
              (long long)instant_of("2026-10-02T08:00")));
    at(h, "2026-10-02T07:59");
    assert_int_equal(clock_int(h, reported(h, ""), "restore", "deadline_at"),
                     instant_of("2026-10-02T08:29"));
}

static void a_new_notice_moves_deadlines_ahead_and_leaves_the_past(void **state)
{
    struct house *h = *state;
    people(h);
    at(h, "2026-12-31T15:30");
    int64_t done = accepted(h, "");
    at(h, "2026-12-31T15:40");
    OK(restore(h, done));
    at(h, "2026-12-31T17:00");
    int64_t ahead = accepted(h, "");
    assert_int_equal(clock_int(h, ahead, "restore", "deadline_at"), instant_of("2027-01-04T10:00"));
    assert_int_equal(clock_int(h, ahead, "restore", "provisional"), 1);
    (void)ticks(h);
    int64_t before = clock_int(h, ahead, "restore", "calendar_version"),
            frozen = clock_int(h, done, "restore", "calendar_version");
    made(h, &calendar_day_kind, "{'on_date':'2027-01-03','type':'swap_work','name':'元旦调休'}");
    at(h, "2026-12-31T17:05");
    assert_true(ticks(h) > 0);
    assert_int_equal(clock_int(h, ahead, "restore", "deadline_at"), instant_of("2027-01-03T10:00"));
    assert_int_equal(clock_int(h, ahead, "restore", "provisional"), 0);
    assert_int_equal(order_int(h, ahead, "deadline_at"), instant_of("2027-01-03T10:00"));
    assert_true(clock_int(h, ahead, "restore", "calendar_version") > before);
    assert_int_equal(clock_int(h, done, "restore", "calendar_version"), frozen);
    assert_string_equal(clock_text(h, done, "restore"), "met");
    be(h, "super"); /* the diff report */
    assert_int_equal(count(h, &sla_move_kind, "f=cause.eq.calendar"), 1);
    assert_string_equal(words(h, "SELECT before_rule FROM sla_move WHERE cause = 'calendar'"),
                        "S-01");
    assert_int_equal(
        number(h, "SELECT before_at - after_at FROM sla_move WHERE cause = 'calendar'"), DAY_MS);
    assert_int_equal(number(h, "SELECT moved FROM calendar_version ORDER BY id DESC LIMIT 1"), 1);
    assert_int_equal(ticks(h), 0);
}

static void a_supplement_that_is_put_down_late_moves_only_what_is_still_ahead(void **state)
{
    struct house *h = *state;
    people(h);
    at(h, "2026-08-31T10:00");
    int64_t august = accepted(h, "");
    at(h, "2026-09-01T10:00");
    int64_t september = accepted(h, "");
    (void)ticks(h);
    at(h, "2026-09-01T10:30");
    made(h, &sla_rule_kind,
         "{'code':'S-01','name':'补充协议','metric':'restore','limit_minutes':90,'calendar':'5x8','"
         "line':'office_it',"
         "'sla_group':'device','valid_from_on':'2026-09-01','source':'补充协议','source_rank':2}");
    assert_true(ticks(h) > 0);
    assert_int_equal(clock_int(h, september, "restore", "deadline_at"),
                     instant_of("2026-09-01T11:30"));
    assert_int_equal(clock_int(h, september, "restore", "limit_minutes"), 90);
    assert_int_equal(clock_int(h, september, "restore", "valid_from_at"),
                     instant_of("2026-09-01T10:30"));
    assert_int_equal(clock_int(h, august, "restore", "limit_minutes"), 120);
    assert_string_equal(
        words(h, "SELECT before_rule || ' ' || after_rule FROM sla_move WHERE cause = 'rule'"),
        "S-01 S-01");
    assert_string_equal(words(h, "SELECT void_reason FROM sla_clock WHERE state = 'void'"),
                        "superseded");
}

/* --- emergencies (scenario 5), grades --- */

static void an_emergency_runs_30_minutes_from_its_declaration(void **state)
{
    struct house *h = *state;
    people(h);
    at(h, "2026-05-08T22:00");
    int64_t id = accepted(h, ",'line':'community_video'");
    at(h, "2026-05-08T23:50");
    assert_int_equal(step(h, "field1", id, "declare_emergency", "'reason':'立杆被撞'"), RC_DENIED);
    OK(step(h, "field1", id, "propose", "'proposal':'立杆被撞，建议应急'"));
    assert_string_equal(order_text(h, id, "proposal"), "立杆被撞，建议应急");
    OK(step(h, "super", id, "declare_emergency", "'reason':'立杆被撞'"));
    assert_int_equal(clock_int(h, id, "arrive", "deadline_at"), instant_of("2026-05-09T00:20"));
    assert_int_equal(clock_int(h, id, "arrive", "valid_from_at"), instant_of("2026-05-08T23:50"));
    assert_string_equal(clock_text(h, id, "respond"),
                        "met"); /* it was answered before: that stays */
    assert_int_equal(order_int(h, id, "deadline_at"), instant_of("2026-05-09T00:20"));
    REFUSED(step(h, "super", id, "declare_emergency", "'reason':'再次'"), RC_CONFLICT, "");
}

static void without_word_for_30_minutes_an_emergency_reminds_each_time_once(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, ",'line':'community_video','emergency':true");
    (void)ticks(h);
    at(h, "2026-05-08T17:29");
    assert_int_equal(ticks(h), 0);
    at(h, "2026-05-08T17:30");
    assert_int_equal(ticks(h), 1);
    assert_int_equal(ticks(h), 0);
    at(h, "2026-05-08T17:50");
    OK(step(h, "field1", id, "progress", "'note':'正在吊装立杆'"));
    at(h, "2026-05-08T18:19");
    assert_int_equal(ticks(h), 0);
    at(h, "2026-05-08T19:21"); /* two were due meanwhile: one is told */
    assert_int_equal(ticks(h), 1);
    assert_int_equal(order_int(h, id, "progress_due_at"), instant_of("2026-05-08T19:50"));
    OK(restore(h, id));
    at(h, "2026-05-08T21:00");
    assert_int_equal(ticks(h), 0);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM journal WHERE action = 'remind'"), 2);
}

static void how_often_an_emergency_reminds_is_the_rule_s_and_not_the_program_s(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t first = accepted(h, ",'line':'community_video','emergency':true");
    assert_int_equal(order_int(h, first, "progress_due_at"), instant_of("2026-05-08T17:30"));
    run_sql(h, "UPDATE sla_rule SET limit_minutes = 20 WHERE code = 'S-08'");
    at(h, "2026-05-08T17:30");
    (void)ticks(h);
    assert_int_equal(order_int(h, first, "progress_due_at"), instant_of("2026-05-08T17:50"));
    int64_t second = accepted(h, ",'line':'community_video'");
    OK(step(h, "disp", second, "declare_emergency", "'reason':'暴雨'"));
    assert_int_equal(order_int(h, second, "progress_due_at"), instant_of("2026-05-08T17:50"));
    run_sql(h, "UPDATE sla_rule SET retired_at = 1 WHERE code = 'S-08'");
    OK(step(h, "field1", second, "progress", "'note':'正在排水'"));
    assert_int_equal(order_int(h, second, "progress_due_at IS NULL"), 1);
}

/* 3.2: all fourteen are rows; those that this program does not run yet are listed, none counts. */
static void the_fourteen_rules_are_rows_with_the_limits_of_the_table(void **state)
{
    struct house *h = *state;
    static const char *const rows[] = {
        "S-01 restore 120 5x8 clock",   "S-02 restore 120 5x8 clock",  "S-03 restore 30 24x7 clock",
        "S-04 respond 10 5x8 clock",    "S-05 respond 120 24x7 clock", "S-06 respond 5 24x7 clock",
        "S-07 arrive 30 24x7 clock",    "S-08 report 30 24x7 reminder", "S-09 restore 1440 24x7 clock",
        "S-09 restore 720 24x7 clock",  "S-09 restore 480 24x7 clock", "S-10 decide 480 5x8 listed",
        "S-11 notify 10 24x7 listed",   "S-12 report 480 5x8 listed",  "S-13 respond 480 5x8 listed",
        "S-13 resolve 2400 5x8 listed", "S-14 deliver 120 24x7 listed"};
    const char *have = words(h, "SELECT code || ' ' || metric || ' ' || limit_minutes || ' ' || calendar"
                                " || ' ' || use FROM sla_rule WHERE retired_at IS NULL ORDER BY id");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strstr(have, rows[i]))
            fail_msg("no row %s in %s", rows[i], have);
}

/* Scenario 20: what was counted in August stays, to the hash of the page, when the supplement of
 * September is put down. */
static void august_prints_the_same_after_the_supplement_of_september(void **state)
{
    struct house *h = *state;
    people(h);
    at(h, "2026-08-31T10:00");
    int64_t august = accepted(h, "");
    at(h, "2026-08-31T11:45"); /* 105 minutes: met of 120, missed of 90 */
    OK(restore(h, august));
    assert_string_equal(clock_text(h, august, "restore"), "met");
    const char *path = arena_printf(CX->a, "%s/august.json", h->t->dir), *hash[2];
    for (int i = 0; i < 2; i++) {
        at(h, "2026-09-02T10:00");
        be(h, "super");
        OK(report_monthly(CX, "2026-08", REPORT_JSON, NULL, path));
        json_t *j = json_load_file(path, 0, NULL);
        assert_non_null(j);
        hash[i] = arena_strdup(CX->a, json_string_value(json_object_get(j, "hash")));
        json_decref(j);
        if (i)
            break;
        made(h, &sla_rule_kind,
             "{'code':'S-01','name':'补充协议','metric':'restore','limit_minutes':90,'calendar':'5x8',"
             "'line':'office_it','sla_group':'device','valid_from_on':'2026-09-01','source':'补充协议',"
             "'source_rank':2}");
        (void)ticks(h);
    }
    assert_string_equal(hash[0], hash[1]);
    int64_t september = accepted(h, "");
    assert_int_equal(clock_int(h, september, "restore", "limit_minutes"), 90);
}

static void a_regrade_ends_the_two_hour_clock_and_back_brings_it_again(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t sw = device(h, "switch", "SW-1", NULL);
    int64_t id = accepted(h, arena_printf(CX->a, ",'asset_id':%lld", (long long)sw));
    REFUSED(step(h, "disp", id, "regrade", "'grade':'general','reason':'x'"), RC_INVALID, "reason");
    REFUSED(step(h, "disp", id, "regrade", "'grade':'general','reason':'没变'"), RC_INVALID,
            "grade");
    OK(step(h, "disp", id, "regrade", "'grade':'serious','reason':'全楼断网'"));
    assert_string_equal(
        words(h, "SELECT state || void_reason FROM sla_clock WHERE metric = 'restore'"),
        "voidsuperseded");
    OK(step(h, "appr", id, "regrade", "'grade':'general','reason':'仅一层'"));
    assert_string_equal(clock_text(h, id, "restore"), "running");
    assert_int_equal(clock_int(h, id, "restore", "started_at"), instant_of("2026-05-08T17:00"));
    assert_int_equal(number(h, "SELECT COUNT(*) FROM sla_move WHERE cause = 'facts'"), 2);
}

/* --- presence --- */

static int64_t at_site(struct house *h, const char *more, int64_t *site, int64_t *camera)
{
    struct row *row;
    *site = made(h, &site_kind, "{'name':'立杆 7','type':'pole','lng':116.40,'lat':39.90}");
    *camera = device(h, "camera", "C-7", NULL);
    be_console(h);
    OK(patch(h, &asset_kind, *camera, &row, "{'rev':1,'site_id':%lld}", (long long)*site));
    return accepted(h, arena_printf(CX->a, ",'asset_id':%lld%s", (long long)*camera, more));
}

static void gps_in_the_fence_with_a_photo_proves_presence(void **state)
{
    struct house *h = *state;
    int64_t site, camera;
    people(h);
    int64_t id = at_site(h, "", &site, &camera);
    REFUSED(step(h, "field1", id, "arrive", "'lng':116.40,'lat':39.9017"), RC_INVALID,
            "before_photos");
    OK(step(
        h, "field1", id, "arrive",
        arena_printf(CX->a, "'lng':116.40,'lat':39.9017,'before_photos':%s", photo(h, "field1"))));
    assert_string_equal(words(h, "SELECT proof FROM work_order_step WHERE action = 'arrive'"),
                        "gps");
    int64_t m = number(h, "SELECT distance_m FROM work_order_step WHERE action = 'arrive'");
    assert_in_range(m, 188, 191);
    assert_int_equal(order_int(h, id, "spot_check"), 0);
}

static void who_is_350_metres_away_has_not_arrived_but_the_label_of_the_pole_counts(void **state)
{
    struct house *h = *state;
    int64_t site, camera;
    const char *pole, *other;
    people(h);
    int64_t id = at_site(h, ",'emergency':true", &site, &camera);
    int64_t elsewhere = made(h, &site_kind, "{'name':'立杆 8','type':'pole'}");
    OK(qr_token(CX, "site", site, &pole));
    OK(qr_token(CX, "site", elsewhere, &other));
    const char *shot = photo(h, "field1"), *far = "'lng':116.40,'lat':39.90315,'presence':'到了'";
    at(h, "2026-05-08T17:20");
    REFUSED(
        step(h, "field1", id, "arrive", arena_printf(CX->a, "%s,'before_photos':%s", far, shot)),
        RC_INVALID, "qr");
    assert_non_null(strstr(CX->err.zh, "351 米"));
    REFUSED(step(h, "field1", id, "arrive",
                 arena_printf(CX->a, "'qr':'%s','before_photos':%s", other, shot)),
            RC_INVALID, "qr");
    OK(step(h, "field1", id, "arrive",
            arena_printf(
                CX->a,
                "'qr':'https://sw.example/q/%s','lng':116.40,'lat':39.90315,'before_photos':%s",
                pole, shot)));
    assert_string_equal(words(h, "SELECT proof FROM work_order_step WHERE action = 'arrive'"),
                        "qr");
    assert_string_equal(clock_text(h, id, "arrive"), "met");
}

static void a_reason_instead_of_proof_is_flagged_for_a_spot_check(void **state)
{
    struct house *h = *state;
    int64_t site, camera;
    people(h);
    int64_t id = at_site(h, "", &site, &camera);
    REFUSED(step(h, "field1", id, "arrive", ""), RC_INVALID, "presence");
    REFUSED(step(h, "field1", id, "arrive", "'lng':116.40,'lat':39.91"), RC_INVALID, "presence");
    OK(step(h, "field1", id, "arrive", "'presence':'手机没电，已与社区联系人见面'"));
    assert_int_equal(order_int(h, id, "spot_check"), 1);
    be(h, "super");
    assert_int_equal(count(h, &work_order_kind, "f=spot_check.eq.1"), 1);
}

/* 3.4 rule 5 */
static void a_step_sent_later_counts_from_when_it_was_done_and_says_so(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = reported(h, "");
    OK(dispatch(h, id, "field1"));
    at(h, "2026-05-08T17:30");
    int64_t done = instant_of("2026-05-08T17:08"), queued = 22 * MINUTE_MS;
    OK(step(h, "field1", id, "accept",
            arena_printf(CX->a, "'plan':'马上来','device_at':%lld,'queued_ms':%lld",
                         (long long)(done + 5000), (long long)queued)));
    assert_string_equal(clock_text(h, id, "respond"), "met");
    assert_int_equal(order_int(h, id, "accepted_at"),
                     done + 5000); /* the device's clock is right */
    assert_string_equal(words(h, "SELECT late_sync FROM work_order_step WHERE action = 'accept'"),
                        "1");
    assert_int_equal(number(h, "SELECT server_at FROM work_order_step WHERE action = 'accept'"),
                     CX->now.ms);
}

static void a_phone_that_is_a_day_ahead_is_set_right_by_its_monotonic_clock(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = reported(h, "");
    OK(dispatch(h, id, "field1"));
    at(h, "2026-05-08T23:05");
    int64_t queued = 6 * HOUR_MS;
    OK(step(h, "field1", id, "accept",
            arena_printf(CX->a, "'plan':'马上来','device_at':%lld,'queued_ms':%lld",
                         (long long)(CX->now.ms - queued + DAY_MS), (long long)queued)));
    assert_int_equal(order_int(h, id, "accepted_at"), instant_of("2026-05-08T17:05"));
    assert_int_equal(number(h, "SELECT offset_ms FROM work_order_step WHERE action = 'accept'"),
                     DAY_MS);
    assert_int_equal(number(h, "SELECT late_sync FROM work_order_step WHERE action = 'accept'"), 1);
    /* nothing is done before what was done before it */
    OK(step(h, "field1", id, "arrive",
            arena_printf(CX->a, "'presence':'到了','queued_ms':%lld", (long long)(7 * HOUR_MS))));
    assert_int_equal(order_int(h, id, "arrived_at"), instant_of("2026-05-08T17:05"));
}

/* --- scenario 3 --- */

static const char *verdict(struct house *h)
{
    return arena_printf(CX->a,
                        "'judgement':'主板损坏','conclusion':'repairable','data_handling':'disk_"
                        "removed','evidence':%s,'quote_fen':38000",
                        photo(h, "field1"));
}

static enum rc repair(struct house *h, const char *login, const char *action, const char *json)
{
    struct row *row;
    be(h, login);
    h->cx.err = (struct err){0};
    return act(h, &repair_request_kind, number(h, "SELECT MAX(id) FROM repair_request"), action,
               &row, "%s", json);
}

static void a_verdict_filed_in_time_meets_restore_and_the_approval_is_party_a_s_time(void **state)
{
    struct house *h = *state;
    people(h);
    at(h, "2026-05-11T09:00");
    int64_t id = accepted(h, "");
    at(h, "2026-05-11T10:30");
    OK(step(h, "field1", id, "verdict", verdict(h)));
    assert_string_equal(clock_text(h, id, "restore"), "met");
    assert_string_equal(order_text(h, id, "state || restore_proof"), "restoredhandoff");
    assert_string_equal(words(h, "SELECT code || metrics || state FROM sla_pause"),
                        "approvalresolveaccepted");
    REFUSED(step(h, "field1", id, "resolve", "'cause':'主板'"), RC_CONFLICT, "state");
    assert_int_equal(repair(h, "disp", "approve", ""), RC_DENIED);
    run_sql(h, "INSERT INTO account_role (account_id, role) VALUES (%lld, 'a_approver')",
            (long long)person_id(h, "field1"));
    assert_int_equal(repair(h, "field1", "approve", ""), RC_DENIED); /* applicant */
    at(h, "2026-05-14T10:30");
    OK(repair(h, "appr", "approve", "'opinion':'同意送修'"));
    assert_int_equal(number(h, "SELECT latency_ms FROM repair_request"),
                     24 * HOUR_MS); /* three days of 8 h */
    assert_int_equal(number(h, "SELECT ended_at FROM sla_pause"), CX->now.ms);
    OK(repair(h, "disp", "send", "'vendor':'甲方指定维修站'"));
    at(h, "2026-05-18T15:00");
    OK(repair(h, "disp", "return", "'outcome':'已更换主板'"));
    OK(step(h, "field1", id, "resolve", "'cause':'主板损坏'"));
    assert_string_equal(order_text(h, id, "state"), "resolved");
}

static void a_verdict_that_comes_late_leaves_the_restore_clock_running(void **state)
{
    struct house *h = *state;
    people(h);
    at(h, "2026-05-11T09:00");
    int64_t id = accepted(h, "");
    at(h, "2026-05-11T11:00:01");
    OK(step(h, "field1", id, "verdict", verdict(h)));
    assert_string_equal(order_text(h, id, "state"), "accepted");
    assert_string_equal(clock_text(h, id, "restore"), "running");
    assert_int_equal(number(h, "SELECT in_time FROM repair_request"), 0);
}

static void a_loaner_restores_and_must_come_back(void **state)
{
    struct house *h = *state;
    struct row *row;
    people(h);
    int64_t pc = device(h, "computer", "PC-1", NULL),
            spare = device(h, "computer", "PC-SPARE", NULL);
    int64_t id = accepted(h, arena_printf(CX->a, ",'asset_id':%lld", (long long)pc));
    REFUSED(step(h, "field1", id, "restore",
                 arena_printf(CX->a, "'result':'换上备机','after_photos':%s,'loan_asset_id':%lld",
                              photo(h, "field1"), (long long)pc)),
            RC_INVALID, "loan_asset_id");
    OK(step(h, "field1", id, "restore",
            arena_printf(CX->a, "'result':'换上备机','after_photos':%s,'loan_asset_id':%lld",
                         photo(h, "field1"), (long long)spare)));
    assert_string_equal(clock_text(h, id, "restore"), "met");
    assert_string_equal(order_text(h, id, "restore_proof"), "loaner");
    be(h, "field1");
    assert_int_equal(count(h, &loan_kind, "f=state.eq.out"), 1);
    OK(act(h, &loan_kind, number(h, "SELECT id FROM loan"), "return", &row, "'note':'完好'"));
    assert_string_equal(words(h, "SELECT state FROM loan"), "returned");
}

/* --- duplicates (3.4 rules 2, 3; scenario 4) --- */

static void a_call_about_a_camera_that_the_monitor_saw_joins_its_order(void **state)
{
    struct house *h = *state;
    people(h);
    house_watch(h);
    at(h, "2026-05-09T02:10");
    int64_t camera = device(h, "camera", "C-1", "10.9.8.1");
    dark(h, camera);
    look_later(h);
    int64_t id = number(h, "SELECT id FROM work_order");
    at(h, "2026-05-09T02:40");
    int64_t call = reported(h, arena_printf(CX->a, ",'asset_id':%lld,'parent_id':%lld",
                                            (long long)camera, (long long)id));
    assert_string_equal(order_text(h, call, "state"), "merged");
    assert_int_equal(order_int(h, id, "started_at"), instant_of("2026-05-09T02:10"));
    assert_int_equal(order_int(h, id, "reported_at"), instant_of("2026-05-09T02:40"));
    assert_int_equal(clock_int(h, id, "respond", "deadline_at"), instant_of("2026-05-09T04:10"));
    assert_int_equal(
        number(h, "SELECT COUNT(*) FROM sla_clock WHERE work_order_id = %lld", (long long)call), 0);
    be(h, "super");
    assert_int_equal(count(h, &work_order_kind, "f=parent_id.null.1"), 1);
    look(h);
}

static void what_people_reported_first_is_the_order_of_the_outage(void **state)
{
    struct house *h = *state;
    people(h);
    house_watch(h);
    int64_t camera = device(h, "camera", "C-1", "10.9.8.1");
    int64_t id = reported(h, arena_printf(CX->a, ",'asset_id':%lld", (long long)camera));
    h->cx.now.ms += 5 * MINUTE_MS;
    dark(h, camera);
    look_later(h);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order"), 1);
    assert_true(order_int(h, id, "outage_id") > 0);
    assert_int_equal(order_int(h, id, "started_at"), instant_of("2026-05-08T17:00"));
}

static void a_merged_order_counts_nothing_and_a_split_one_again(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t first = reported(h, ",'line':'community_video'");
    h->cx.now.ms += 10 * MINUTE_MS;
    int64_t second = reported(h, ",'line':'community_video'"),
            third = reported(h, ",'line':'community_video'");
    REFUSED(step(h, "disp", second, "merge",
                 arena_printf(CX->a, "'parent_id':%lld", (long long)second)),
            RC_INVALID, "parent_id");
    OK(step(h, "disp", first, "merge", arena_printf(CX->a, "'parent_id':%lld", (long long)second)));
    assert_string_equal(clock_text(h, first, "respond"), "void");
    /* t0 is the earlier of both */
    assert_int_equal(order_int(h, second, "started_at"), instant_of("2026-05-08T17:00"));
    assert_int_equal(clock_int(h, second, "respond", "deadline_at"),
                     instant_of("2026-05-08T19:00"));
    assert_true(number(h, "SELECT COUNT(*) FROM work_order WHERE id = %lld AND deadline_at IS NULL",
                       (long long)first) == 1);
    OK(step(h, "disp", second, "merge", arena_printf(CX->a, "'parent_id':%lld", (long long)third)));
    assert_int_equal(order_int(h, first, "parent_id"), third); /* children go along */
    OK(step(h, "disp", first, "split", "'reason':'不是同一故障'"));
    assert_string_equal(order_text(h, first, "state"), "registered");
    assert_string_equal(clock_text(h, first, "respond"), "running");
    assert_int_equal(order_int(h, first, "deadline_at"), instant_of("2026-05-08T19:00"));
}

static void closing_the_main_order_closes_its_duplicates(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t main = accepted(h, ""), child = reported(h, "");
    OK(step(h, "disp", child, "merge", arena_printf(CX->a, "'parent_id':%lld", (long long)main)));
    OK(restore(h, main));
    OK(step(h, "super", main, "confirm", "'rating':5"));
    OK(step(h, "pm", main, "close", ""));
    assert_string_equal(order_text(h, child, "state"), "closed");
}

/* --- reopening (3.4 rule 4) --- */

static void
the_same_symptom_within_72_hours_is_the_same_order_and_the_time_between_does_not_count(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, ",'line':'community_video'"); /* 24 h */
    at(h, "2026-05-08T20:00");
    OK(restore(h, id));
    assert_int_equal(clock_int(h, id, "restore", "elapsed_ms"), 3 * HOUR_MS);
    at(h, "2026-05-10T08:00");
    OK(step(h, "super", id, "reopen", "'reason':'又黑了'"));
    assert_string_equal(order_text(h, id, "state"), "accepted");
    assert_int_equal(order_int(h, id, "reopen_count"), 1);
    assert_string_equal(clock_text(h, id, "restore"), "running");
    assert_int_equal(clock_int(h, id, "restore", "deadline_at"), instant_of("2026-05-11T05:00"));
    at(h, "2026-05-10T10:00");
    OK(restore(h, id));
    assert_string_equal(clock_text(h, id, "restore"), "met");
    assert_int_equal(clock_int(h, id, "restore", "elapsed_ms"), 5 * HOUR_MS);
    at(h, "2026-05-13T10:00:01");
    REFUSED(step(h, "super", id, "reopen", "'reason':'又黑了'"), RC_CONFLICT, "state");
    int64_t next = reported(
        h, arena_printf(CX->a, ",'line':'community_video','repeat_of_id':%lld", (long long)id));
    assert_int_equal(order_int(h, next, "repeat_of_id"), id);
}

/* --- out of the population --- */

static int64_t figure(struct house *h, const char *id)
{
    struct figure_value *v;
    int n;
    be(h, "super");
    OK(figure_values(CX, "monthly", "2026-05", &v, &n));
    for (int i = 0; i < n; i++)
        if (!strcmp(v[i].figure->id, id))
            return v[i].null ? -1 : (int64_t)v[i].value;
    fail_msg("no figure %s", id);
    return 0;
}

static void an_excluded_order_leaves_the_population_and_stays_in_the_report(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, "");
    assert_int_equal(figure(h, "clocks_running"), 1);
    REFUSED(step(h, "disp", id, "exclude", "'excluded_reason':'e','reason':'话机摔坏'"), RC_INVALID,
            "excluded_quote_fen");
    OK(step(h, "disp", id, "exclude",
            "'excluded_reason':'e','excluded_quote_fen':8000,'reason':'话机摔坏'"));
    assert_string_equal(clock_text(h, id, "restore"), "void");
    assert_int_equal(figure(h, "clocks_running"), 0);
    assert_int_equal(figure(h, "orders_month"), 1);
    assert_int_equal(figure(h, "orders_excluded"), 1);
    OK(step(h, "super", id, "include", "'reason':'属于维护范围'"));
    assert_string_equal(clock_text(h, id, "restore"), "running");
    assert_int_equal(figure(h, "orders_excluded"), 0);
}

/* Rule 7: what the carrier caused stands in a column of its own and is not dropped. */
static void an_order_of_the_carrier_is_shown_apart_and_still_counts(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, "");
    OK(step(h, "field1", id, "restore",
            arena_printf(CX->a, "'result':'运营商已修复','cause_party':'carrier','after_photos':%s",
                         photo(h, "field1"))));
    assert_int_equal(figure(h, "orders_carrier"), 1);
    assert_int_equal(figure(h, "orders_month"), 1);
    assert_int_equal(figure(h, "clocks_met"), 1);
}

/* Dark again within 72 h: a second outage and a second order, which names the first. */
static void the_monitor_s_next_order_of_a_device_names_the_one_before(void **state)
{
    struct house *h = *state;
    people(h);
    house_watch(h);
    int64_t camera = device(h, "camera", "C-1", "10.9.8.1");
    dark(h, camera);
    look_later(h);
    int64_t first = number(h, "SELECT id FROM work_order");
    OK(dispatch(h, first, "field1"));
    OK(step(h, "field1", first, "accept", ""));
    at(h, "2026-05-08T18:00");
    back(h, camera);
    OK(restore(h, first));
    look(h);
    h->cx.now.ms += OUTAGE_SETTLE_MS;
    look(h);
    at(h, "2026-05-09T12:00");
    dark(h, camera);
    look_later(h);
    assert_int_equal(number(h, "SELECT repeat_of_id FROM work_order ORDER BY id DESC LIMIT 1"),
                     first);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order"), 2);
}

/* A label of a device that the order names besides its own proves presence, too. */
static void the_label_of_a_linked_device_counts(void **state)
{
    struct house *h = *state;
    struct row *row;
    const char *token;
    people(h);
    int64_t box = device(h, "video_switch", "BOX-1", NULL), id = accepted(h, "");
    OK(qr_token(CX, "asset", box, &token));
    const char *scan =
        arena_printf(CX->a, "'qr':'%s','before_photos':%s", token, photo(h, "field1"));
    REFUSED(step(h, "field1", id, "arrive", scan), RC_INVALID, "qr");
    be(h, "field1");
    OK(create(h, &work_order_asset_kind, &row, "{'work_order_id':%lld,'asset_id':%lld}",
              (long long)id, (long long)box));
    assert_int_equal(create(h, &work_order_asset_kind, &row,
                            "{'work_order_id':%lld,'asset_id':%lld}", (long long)id,
                            (long long)box),
                     RC_CONFLICT);
    OK(step(h, "field1", id, "arrive", scan));
}

static void what_turns_out_to_be_a_request_keeps_the_response_only(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, "");
    OK(step(h, "disp", id, "to_request", "'reason':'装软件'"));
    assert_string_equal(clock_text(h, id, "respond"), "met");
    assert_string_equal(
        words(h, "SELECT state || void_reason FROM sla_clock WHERE metric = 'restore'"),
        "voidrequest");
}

static void no_fault_is_closed_with_its_finding(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, ",'emergency':true");
    OK(step(h, "field1", id, "no_fault", "'result':'现场检查一切正常，系误报'"));
    assert_string_equal(order_text(h, id, "state || verdict"), "resolvedno_fault");
    assert_string_equal(
        words(h,
              "SELECT metric || void_reason FROM sla_clock WHERE state = 'void' ORDER BY metric"),
        "arriveno_fault,restoreno_fault");
    OK(step(h, "super", id, "confirm", "'rating':5"));
}

static void a_false_alarm_that_was_a_fault_after_all_counts_again(void **state)
{
    struct house *h = *state;
    people(h);
    at(h, "2026-05-11T09:00");
    int64_t id = accepted(h, "");
    at(h, "2026-05-11T09:30");
    OK(step(h, "field1", id, "no_fault", "'result':'现场一切正常'"));
    assert_string_equal(clock_text(h, id, "restore"), "void");
    at(h, "2026-05-11T15:00");
    OK(step(h, "super", id, "reopen", "'reason':'又打不开了'"));
    assert_int_equal(order_int(h, id, "verdict IS NULL"), 1);
    assert_string_equal(clock_text(h, id, "restore"), "running");
    assert_int_equal(clock_int(h, id, "restore", "deadline_at"), instant_of("2026-05-11T16:30"));
    at(h, "2026-05-11T16:30:01");
    OK(restore(h, id));
    assert_string_equal(clock_text(h, id, "restore"), "missed");
}

static void the_reporter_s_pictures_stay_beside_those_of_the_spot(void **state)
{
    struct house *h = *state;
    struct row *row;
    people(h);
    const char *mine = photo(h, "clerk1"), *other = photo(h, "field2");
    be(h, "clerk1");
    h->cx.err = (struct err){0};
    REFUSED(create(h, &work_order_kind, &row, "{'title':'打不开了','before_photos':%s}", other),
            RC_INVALID, "before_photos"); /* not the reporter's own */
    OK(create(h, &work_order_kind, &row, "{'title':'打不开了','before_photos':%s}", mine));
    int64_t id = row->id;
    assert_string_equal(order_text(h, id, "before_photos"), mine);
    OK(step(h, "disp", id, "register", ""));
    OK(dispatch(h, id, "field1"));
    OK(step(h, "field1", id, "accept", "'plan':'马上来'"));
    const char *spot = photo(h, "field1");
    OK(step(h, "field1", id, "arrive",
            arena_printf(CX->a, "'presence':'二层','before_photos':%s", spot)));
    assert_string_equal(order_text(h, id, "before_photos"),
                        arena_printf(CX->a, "%.*s,%s", (int)strlen(mine) - 1, mine, spot + 1));
}

/* domain.md chapter 9: the reporter reads the own, the head of a section the section's. */
static void who_reported_sees_the_repair_and_so_does_the_head_of_the_section(void **state)
{
    struct house *h = *state;
    struct row *row;
    people(h);
    be_console(h);
    OK(create(h, record_kind("org_unit"), &row, "{'name':'甲科','type':'section'}"));
    OK(create(h, record_kind("org_unit"), &row, "{'name':'乙科','type':'section'}"));
    person(h, "mate", "a_clerk", "甲科");
    person(h, "head", "a_section", "甲科");
    person(h, "stranger", "a_section", "乙科");
    be(h, "mate");
    OK(create(h, &work_order_kind, &row, "{'title':'打印机坏了'}"));
    int64_t id = row->id;
    OK(step(h, "disp", id, "register", ""));
    OK(dispatch(h, id, "field1"));
    OK(step(h, "field1", id, "accept", "'plan':'马上来'"));
    OK(step(h, "field1", id, "verdict", verdict(h)));
    static const struct {
        const char *login;
        int sees;
    } who[] = {{"mate", 1}, {"clerk1", 0}, {"head", 1}, {"stranger", 0}, {"field2", 0}, {"field1", 1}};
    for (size_t i = 0; i < sizeof who / sizeof *who; i++) {
        be(h, who[i].login);
        assert_int_equal(count(h, &repair_request_kind, ""), who[i].sees);
    }
    assert_int_equal(repair(h, "mate", "approve", ""), RC_DENIED);
}

/* C-130: by hand too, by who works on it and by the desk. */
static void who_cannot_mend_it_on_the_spot_says_so(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, "");
    REFUSED(step(h, "field1", id, "escalate", ""), RC_INVALID, "reason");
    assert_int_equal(step(h, "clerk1", id, "escalate", "'reason':'太慢了'"), RC_NOT_FOUND);
    OK(step(h, "field1", id, "escalate", "'reason':'需要高空车'"));
    OK(step(h, "disp", id, "escalate", "'reason':'现场无法处理'"));
    assert_string_equal(words(h, "SELECT note FROM work_order_step WHERE action = 'escalate'"),
                        "需要高空车,现场无法处理");
}

/* Rules 8 to 10: a clock counts in the month of its deadline, later ones carry it over; a pause
 * that waits makes it pending; nothing at all is no percentage. */
static void a_late_clock_counts_once_and_is_carried_over(void **state)
{
    struct house *h = *state;
    int changed;
    people(h);
    at(h, "2026-04-30T10:00");
    int64_t id = reported(h, ",'line':'community_video'");
    assert_true(id > 0);
    assert_int_equal(figure(h, "clock_rate"), -1);
    at(h, "2026-05-06T10:00");
    be_system(h);
    OK(sla_tick(CX, &changed));
    assert_int_equal(figure(h, "clocks_missed"), 0); /* April's */
    assert_int_equal(figure(h, "clocks_carried"), 1);
    int64_t other = accepted(h, "");
    OK(set_pause(h, "disp", other, "carrier", ",'reference_no':'1'"));
    assert_int_equal(figure(h, "clocks_pending"), 1);
    OK(restore(h, other));
    assert_int_equal(figure(h, "clocks_met"), 0);
    OK(decide(h, "super", last_pause(h), "accept", ""));
    assert_int_equal(figure(h, "clocks_met"), 1);
    assert_int_equal(figure(h, "clock_rate"), 100);
}

/* One row of the sheet's XML a clock: how often an order is named on it. */
static int named(struct house *h, const char *path, const char *word)
{
    char *text = NULL;
    size_t cap = 0;
    int n = 0;
    FILE *f = popen(arena_printf(CX->a,
                                 "python3 -c 'import sys, zipfile; sys.stdout.buffer.write("
                                 "zipfile.ZipFile(sys.argv[1]).read(\"xl/worksheets/sheet2.xml\"))' '%s'",
                                 path),
                    "r");
    assert_non_null(f);
    ssize_t len = getdelim(&text, &cap, 0, f);
    assert_true(len > 0);
    for (const char *s = text; (s = strstr(s, word)); s++)
        n++;
    free(text);
    assert_int_equal(pclose(f), 0);
    return n;
}

/* Rules 8 and 10: each figure's clocks stand in the report by name, as many as it counts. */
static void the_report_names_what_was_late_carried_over_and_not_answered(void **state)
{
    struct house *h = *state;
    int changed;
    people(h);
    at(h, "2026-04-30T10:00");
    int64_t april = reported(h, ",'line':'community_video'");
    at(h, "2026-05-06T10:00");
    int64_t late = accepted(h, ""), waits = accepted(h, "");
    OK(set_pause(h, "disp", waits, "carrier", ",'reference_no':'1'"));
    at(h, "2026-05-07T10:00");
    be_system(h);
    OK(sla_tick(CX, &changed));
    OK(restore(h, late));
    OK(step(h, "field1", late, "resolve", "'cause':'电源','late_reason':'备件晚到'"));
    be(h, "super");
    const char *path = arena_printf(CX->a, "%s/may.xlsx", h->t->dir);
    OK(report_monthly(CX, "2026-05", REPORT_XLSX, NULL, path));
    const char *of[] = {"未达标时限", "以前月份转入未停", "暂停待甲方确认"};
    const char *id[] = {"clocks_missed", "clocks_carried", "clocks_pending"};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(figure(h, id[i]), 1);
        assert_int_equal(named(h, path, of[i]), 1);
    }
    assert_int_equal(named(h, path, order_text(h, late, "no")), 1);
    assert_int_equal(named(h, path, order_text(h, april, "no")), 1);
    assert_int_equal(named(h, path, order_text(h, waits, "no")), 1);
    assert_int_equal(named(h, path, "备件晚到"), 1);
    OK(report_monthly(CX, "2026-05", REPORT_PDF, NULL, path));
}

/* --- hands --- */

static void an_order_is_handed_over_sent_back_and_helped_with(void **state)
{
    struct house *h = *state;
    struct row *row;
    people(h);
    int64_t id = accepted(h, "");
    OK(step(h, "field1", id, "help",
            arena_printf(CX->a, "'helper_id':%lld", (long long)person_id(h, "field2"))));
    be(h, "field2");
    OK(record_get(CX, &work_order_kind, id, &row)); /* who helps sees it */
    REFUSED(step(h, "field1", id, "hand_over",
                 arena_printf(CX->a, "'engineer_id':%lld,'reason':'下班'",
                              (long long)person_id(h, "clerk1"))),
            RC_INVALID, "engineer_id");
    OK(step(h, "field1", id, "hand_over",
            arena_printf(CX->a, "'engineer_id':%lld,'reason':'下班交接'",
                         (long long)person_id(h, "field2"))));
    assert_string_equal(order_text(h, id, "state"), "dispatched");
    int64_t answered = order_int(h, id, "accepted_at");
    h->cx.now.ms += MINUTE_MS;
    OK(step(h, "field2", id, "accept", "")); /* the plan was told before */
    assert_int_equal(order_int(h, id, "accepted_at"), answered);
    OK(step(h, "field2", id, "send_back", "'reason':'不是本线设备'"));
    assert_string_equal(order_text(h, id, "state"), "registered");
    assert_true(number(h, "SELECT COUNT(*) FROM work_order WHERE engineer_id IS NULL") == 1);
}

static void who_is_late_says_why(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, "");
    at(h, "2026-05-11T12:00");
    OK(restore(h, id));
    REFUSED(step(h, "field1", id, "resolve", "'cause':'电源'"), RC_INVALID, "late_reason");
    OK(step(h, "field1", id, "resolve", "'cause':'电源','late_reason':'配件缺货'"));
}

/* --- by themselves --- */

static void three_days_without_a_word_close_a_resolved_order(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = accepted(h, ",'line':'community_video'");
    OK(restore(h, id));
    OK(step(h, "field1", id, "resolve", "'cause':'电源'"));
    (void)ticks(h);
    at(h, "2026-05-11T16:59:59");
    assert_int_equal(ticks(h), 0);
    at(h, "2026-05-11T17:00");
    assert_int_equal(ticks(h), 1);
    assert_string_equal(order_text(h, id, "state"), "closed");
    assert_int_equal(order_int(h, id, "auto_closed"), 1);
}

static void ten_minutes_normal_prove_the_restore_and_date_it(void **state)
{
    struct house *h = *state;
    people(h);
    house_watch(h);
    int64_t camera = device(h, "camera", "C-1", "10.9.8.1");
    dark(h, camera);
    look_later(h);
    int64_t id = number(h, "SELECT id FROM work_order");
    OK(dispatch(h, id, "field1"));
    OK(step(h, "field1", id, "accept", ""));
    at(h, "2026-05-08T18:00");
    back(h, camera);
    look(h);
    h->cx.now.ms += OUTAGE_SETTLE_MS;
    look(h);
    assert_string_equal(words(h, "SELECT state FROM outage"), "ended");
    int64_t end = number(h, "SELECT ended_at FROM outage");
    h->cx.now.ms = end + 10 * MINUTE_MS - 1;
    (void)ticks(h);
    assert_string_equal(clock_text(h, id, "restore"), "running");
    h->cx.now.ms += 1;
    assert_int_equal(ticks(h), 1);
    assert_string_equal(clock_text(h, id, "restore"), "met");
    assert_int_equal(order_int(h, id, "restored_at"), end);
    at(h, "2026-05-08T19:30");
    OK(restore(h, id)); /* what was seen stays */
    assert_int_equal(order_int(h, id, "restored_at"), end);
    assert_string_equal(order_text(h, id, "restore_proof"), "monitor");
}

/* --- without login --- */

static json_t *answer(struct house *h, struct buf *b)
{
    json_t *j = json_loads(buf_text(b), 0, NULL);
    buf_free(b);
    assert_non_null(j);
    (void)h;
    return j;
}

static enum rc report_at(struct house *h, const char *token, const char *json, json_t **out)
{
    struct buf b = {0};
    struct jw w = jw_on(&b);
    json_t *in = json_of(h, json);
    be_nobody(h);
    h->cx.err = (struct err){0};
    enum rc rc = public_report(CX, token, in, &w);
    json_decref(in);
    *out = rc ? NULL : answer(h, &b);
    buf_free(&b);
    return rc;
}

static void a_label_shows_its_device_and_nothing_personal(void **state)
{
    struct house *h = *state;
    struct buf b = {0};
    struct jw w = jw_on(&b);
    const char *token, *again;
    people(h);
    int64_t pc = device(h, "computer", "PC-1", "10.9.8.7");
    OK(qr_token(CX, "asset", pc, &token));
    OK(qr_token(CX, "asset", pc, &again));
    assert_string_equal(token, again);
    assert_int_equal(strlen(token), 32);
    (void)accepted(
        h, arena_printf(CX->a,
                        ",'asset_id':%lld,'reporter_name':'某科','reporter_phone':'010-00000000'",
                        (long long)pc));
    be_nobody(h);
    OK(public_device(CX, token, &w));
    assert_null(strstr(buf_text(&b), "10.9.8.7"));
    assert_null(strstr(buf_text(&b), "某科"));
    assert_null(strstr(buf_text(&b), "field1"));
    json_t *j = answer(h, &b);
    assert_string_equal(json_string_value(json_object_get(j, "asset_no")), "PC-1");
    assert_string_equal(json_string_value(json_object_get(json_object_get(j, "open"), "state")),
                        "accepted");
    assert_true(json_array_size(json_object_get(j, "phrases")) >= 5);
    json_decref(j);
    assert_int_equal(public_device(CX, "00112233445566778899aabbccddeeff", &w), RC_NOT_FOUND);
    buf_free(&b);
}

static void a_report_behind_a_label_is_followed_by_number_and_key(void **state)
{
    struct house *h = *state;
    const char *token;
    struct buf b = {0};
    struct jw w = jw_on(&b);
    json_t *first, *second, *j;
    people(h);
    int64_t pc = device(h, "computer", "PC-1", NULL);
    OK(qr_token(CX, "asset", pc, &token));
    int64_t phrase = number(h, "SELECT id FROM stock_phrase WHERE text = '无法开机'");
    OK(report_at(
        h, token,
        arena_printf(CX->a, "{'phrase_id':%lld,'phone':'010-00000000'}", (long long)phrase),
        &first));
    OK(report_at(h, token, "{'title':'开不了机'}", &second));
    assert_true(json_is_false(json_object_get(first, "joined")));
    assert_true(json_is_true(json_object_get(second, "joined")));
    assert_string_equal(words(h, "SELECT state FROM work_order ORDER BY id"), "reported,merged");
    assert_string_equal(words(h, "SELECT channel FROM work_order ORDER BY id"), "qr,qr");
    const char *no = json_string_value(json_object_get(first, "no")),
               *key = json_string_value(json_object_get(first, "token"));
    be_nobody(h);
    assert_int_equal(public_order(CX, no, json_string_value(json_object_get(second, "token")), &w),
                     RC_NOT_FOUND);
    int64_t id = number(h, "SELECT MIN(id) FROM work_order");
    OK(step(h, "disp", id, "register", ""));
    OK(dispatch(h, id, "field1"));
    OK(step(h, "field1", id, "accept", "'plan':'马上来'"));
    OK(restore(h, id));
    be_nobody(h);
    OK(public_order(CX, no, key, &w));
    assert_null(strstr(buf_text(&b), "field1"));
    assert_null(strstr(buf_text(&b), "010-00000000"));
    j = answer(h, &b);
    assert_string_equal(json_string_value(json_object_get(j, "state")), "restored");
    assert_int_equal(json_array_size(json_object_get(j, "steps")), 4);
    assert_true(json_is_true(json_object_get(j, "can_confirm")));
    json_decref(j);
    w = jw_on(&b);
    json_t *in = json_of(h, arena_printf(CX->a, "{'token':'%s','rating':5}", key));
    OK(public_confirm(CX, no, in, &w));
    json_decref(in);
    assert_string_equal(order_text(h, id, "state || restore_proof"), "confirmeduser");
    buf_free(&b);
    json_decref(first);
    json_decref(second);
}

static void reports_behind_labels_are_limited(void **state)
{
    struct house *h = *state;
    const char *token, *other;
    json_t *j;
    int64_t a = device(h, "computer", "PC-1", NULL), b = device(h, "computer", "PC-2", NULL);
    OK(qr_token(CX, "asset", a, &token));
    OK(qr_token(CX, "asset", b, &other));
    for (int i = 0; i < 6; i++) {
        OK(report_at(h, token, "{'title':'开不了机'}", &j));
        json_decref(j);
    }
    assert_int_equal(report_at(h, token, "{'title':'开不了机'}", &j), RC_BUSY);
    OK(report_at(h, other, "{'title':'开不了机'}", &j)); /* another label, the same address */
    json_decref(j);
    REFUSED(report_at(h, other, "{'title':'开不了机','phone':'<script>'}", &j), RC_INVALID,
            "phone");
    REFUSED(report_at(h, other, "{'title':'开不了机','photos':[{'id':1,'sha256':'00'}]}", &j),
            RC_INVALID, "photos");
    REFUSED(report_at(h, other, "{}", &j), RC_INVALID, "phrase_id");
    static const char *const bad[] = {"{'title':'坏'}", "{'title':'   '}", "{'title':'坏\\u0007了'}",
                                      "{'title':'坏\\n了'}", "{'title':7}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        REFUSED(report_at(h, other, bad[i], &j), RC_INVALID, "title");
    REFUSED(report_at(h, other, "{'title':'开不了机','note':7}", &j), RC_INVALID, "note");
    REFUSED(report_at(h, other, "{'title':'开不了机','photos':'x'}", &j), RC_INVALID, "photos");
    run_sql(h, "UPDATE public_act SET token = 'x'"); /* from many labels, one address */
    run_sql(h, "INSERT INTO public_act (at, type, address_hash, token) SELECT at, type, "
               "address_hash, token FROM public_act");
    run_sql(h, "INSERT INTO public_act (at, type, address_hash, token) SELECT at, type, "
               "address_hash, token FROM public_act");
    assert_int_equal(report_at(h, other, "{'title':'开不了机'}", &j), RC_BUSY);
    h->cx.now.ms += HOUR_MS + 1;
    OK(report_at(h, other, "{'title':'开不了机'}", &j));
    json_decref(j);
}

/* --- suggestions and paper --- */

static void
suggestions_name_the_device_of_the_caller_the_order_of_the_switch_and_who_is_free(void **state)
{
    struct house *h = *state;
    struct buf b = {0};
    struct jw w = jw_on(&b);
    int64_t cams[2];
    people(h);
    int64_t sw = branch(h, "SW", NULL, 2, cams);
    (void)reported(
        h, arena_printf(CX->a,
                        ",'asset_id':%lld,'reporter_name':'东区值班','reporter_phone':'010-1234'",
                        (long long)cams[0]));
    int64_t at_switch = reported(h, arena_printf(CX->a, ",'asset_id':%lld", (long long)sw));
    be(h, "disp");
    OK(suggest_asset(CX, &(struct suggest){.caller = "010-1234"}, &w));
    json_t *j = answer(h, &b), *item = json_array_get(json_object_get(j, "items"), 0);
    assert_string_equal(json_string_value(json_object_get(item, "why")), "caller");
    assert_true(json_is_integer(json_object_get(item, "open_order_id")));
    assert_string_equal(json_string_value(json_object_get(json_object_get(j, "caller"), "name")),
                        "东区值班");
    json_decref(j);
    w = jw_on(&b);
    OK(suggest_order(CX, &(struct suggest){.asset_id = cams[1]}, &w));
    j = answer(h, &b);
    item = json_array_get(json_object_get(j, "items"), 0);
    assert_string_equal(json_string_value(json_object_get(item, "why")), "uplink");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(item, "order"), "id")),
                     at_switch);
    json_decref(j);
    w = jw_on(&b);
    OK(suggest_order(CX, &(struct suggest){.q = "打不开"}, &w));
    j = answer(h, &b);
    assert_int_equal(json_array_size(json_object_get(j, "items")), 2);
    json_decref(j);
    OK(dispatch(h, at_switch, "field1"));
    w = jw_on(&b);
    be(h, "disp");
    OK(suggest_engineer(CX, &(struct suggest){.work_order_id = at_switch}, &w));
    j = answer(h, &b);
    item = json_array_get(json_object_get(j, "items"), 0);
    assert_string_equal(json_string_value(json_object_get(item, "name")),
                        "field2"); /* nothing to do */
    assert_int_equal(json_array_size(json_object_get(j, "items")), 2);
    json_decref(j);
    be(h, "clerk1");
    w = jw_on(&b);
    assert_int_equal(suggest_engineer(CX, &(struct suggest){0}, &w), RC_DENIED);
    buf_free(&b);
}

/* What a reader takes out of a PDF, in the order of the page. */
static const char *pdf_words(struct house *h, const char *path)
{
    char *text = NULL;
    size_t cap = 0;
    FILE *f = popen(arena_printf(CX->a, "pdftotext -layout '%s' -", path), "r");
    assert_non_null(f);
    assert_true(getdelim(&text, &cap, 0, f) > 0);
    assert_int_equal(pclose(f), 0);
    const char *kept = arena_strdup(CX->a, text);
    free(text);
    return kept;
}

static int64_t rich_order(struct house *h)
{
    struct row *row;
    be_console(h);
    OK(create(h, record_kind("org_unit"), &row, "{'name':'社会办','type':'section'}"));
    OK(create(h, &asset_kind, &row,
              "{'asset_no':'T-1','name':'前台电脑','class_id':%lld,'org_unit_id':%lld}",
              (long long)class_of(h, "computer"), (long long)row->id));
    int64_t id = accepted(h, arena_printf(CX->a,
                                          ",'reporter_name':'三科','reporter_phone':'10000001234',"
                                          "'symptom':'按电源没有反应','asset_id':%lld,'impact':'person','urgency':'high'",
                                          (long long)row->id));
    be(h, "disp");
    OK(create(h, record_kind("replaced_part"), &row,
              "{'name':'电源','model':'P-300','serial_no':'SN-9','asset_id':%lld,'work_order_id':%lld,'taken_on':'2026-05-08'}",
              (long long)order_int(h, id, "asset_id"), (long long)id));
    OK(set_pause(h, "disp", id, "carrier", ",'reference_no':'10010-7'"));
    at(h, "2026-05-09T09:30");
    OK(step(h, "field1", id, "arrive", "'presence':'到了'"));
    OK(restore(h, id));
    OK(step(h, "field1", id, "resolve", "'cause':'电源损坏','cause_party':'ours'"));
    OK(step(h, "super", id, "confirm", "'rating':4,'confirm_note':'处理及时'"));
    OK(step(h, "pm", id, "close", ""));
    return id;
}

/* Each field of the paper F-01 and what stands behind it. */
static void the_event_record_prints_like_the_paper(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = rich_order(h);
    const char *path = arena_printf(CX->a, "%s/f01.pdf", h->t->dir);
    be(h, "field2");
    assert_int_equal(event_record_pdf(CX, id, path), RC_NOT_FOUND);
    be(h, "super");
    OK(event_record_pdf(CX, id, path));
    const char *text = pdf_words(h, path), *keep = getenv("KEEP_PDF");
    if (keep)
        assert_int_equal(rename(path, keep), 0);
    static const char *const words[] = {
        "运维事件记录单", "F-01", "状态：已关闭", "事件编号", "YW-20260508-0001", "服务类别", "来源", "电话",
        "报修人", "三科", "报修部门/社区", "社会办", "联系电话", "100****1234", "报修时间", "2026-05-08 17:00",
        "发现时间", "地点", "设备", "T-1", "故障现象", "打不开了", "按电源没有反应", "故障分类", "影响范围", "个人",
        "紧急程度", "级别", "适用时限", "S-01", "S-04", "受理人/时间", "disp 2026-05-08 17:00", "派单人/时间",
        "处理人", "field1", "响应时间", "到场时间", "2026-05-09 09:30", "处理过程", "暂停计时", "故障原因", "电源损坏",
        "解决方法", "换了电源", "更换备件", "电源 P-300 SN-9", "外送维修", "恢复时间", "处置用时", "是否超时", "处理前照片",
        "处理后照片", "满意度", "4", "处理及时", "关闭人/时间", "pm 2026-05-09 09:30", "用户确认", "审核", "SHA-256"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strstr(text, words[i]))
            fail_msg("the paper lacks %s:\n%s", words[i], text);
    assert_null(strstr(text, "10000001234"));
}

static void the_story_of_an_order_is_one_answer_within_the_reader_s_rights(void **state)
{
    struct house *h = *state;
    struct buf b = {0};
    struct jw w = jw_on(&b);
    people(h);
    int64_t id = accepted(h, "");
    OK(set_pause(h, "disp", id, "carrier", ",'reference_no':'1'"));
    be(h, "super");
    OK(work_order_story(CX, id, &w));
    json_t *j = answer(h, &b);
    assert_int_equal(json_array_size(json_object_get(j, "clocks")), 2);
    assert_int_equal(json_array_size(json_object_get(j, "steps")), 3);
    assert_int_equal(json_array_size(json_object_get(j, "pauses")), 1);
    json_decref(j);
    be(h, "field2");
    w = jw_on(&b);
    assert_int_equal(work_order_story(CX, id, &w), RC_NOT_FOUND);
    buf_free(&b);
}

void order_cases(struct cases *c)
{
    ON_BOTH(c, each_pause_has_its_setter_and_its_evidence);
    ON_BOTH(c, a_pause_cannot_be_put_down_later_than_thirty_minutes);
    ON_BOTH(c, force_majeure_comes_too_late_when_the_clock_has_run_out);
    ON_BOTH(c, a_pause_moves_the_deadline_and_a_rejected_one_never_was);
    ON_BOTH(c, overlapping_pauses_stop_the_clock_once);
    ON_BOTH(c, who_set_a_pause_never_accepts_it);
    ON_BOTH(c, a_pause_without_answer_is_listed_by_name_after_a_day);
    ON_BOTH(c, the_ledger_shows_when_and_why_the_clock_stood);
    ON_BOTH(c, inside_a_duty_shift_it_is_30_minutes_and_outside_the_office_clock);
    ON_BOTH(c, the_twelfth_rest_day_of_duty_needs_a_change_order);
    ON_BOTH(c, a_duty_shift_that_crosses_midnight_belongs_to_its_first_day);
    ON_BOTH(c, a_new_notice_moves_deadlines_ahead_and_leaves_the_past);
    ON_BOTH(c, a_supplement_that_is_put_down_late_moves_only_what_is_still_ahead);
    ON_BOTH(c, an_emergency_runs_30_minutes_from_its_declaration);
    ON_BOTH(c, how_often_an_emergency_reminds_is_the_rule_s_and_not_the_program_s);
    ON_BOTH(c, the_fourteen_rules_are_rows_with_the_limits_of_the_table);
    ON_BOTH(c, august_prints_the_same_after_the_supplement_of_september);
    ON_BOTH(c, without_word_for_30_minutes_an_emergency_reminds_each_time_once);
    ON_BOTH(c, a_regrade_ends_the_two_hour_clock_and_back_brings_it_again);
    ON_BOTH(c, gps_in_the_fence_with_a_photo_proves_presence);
    ON_BOTH(c, who_is_350_metres_away_has_not_arrived_but_the_label_of_the_pole_counts);
    ON_BOTH(c, a_reason_instead_of_proof_is_flagged_for_a_spot_check);
    ON_BOTH(c, a_step_sent_later_counts_from_when_it_was_done_and_says_so);
    ON_BOTH(c, a_phone_that_is_a_day_ahead_is_set_right_by_its_monotonic_clock);
    ON_BOTH(c, a_verdict_filed_in_time_meets_restore_and_the_approval_is_party_a_s_time);
    ON_BOTH(c, a_verdict_that_comes_late_leaves_the_restore_clock_running);
    ON_BOTH(c, a_loaner_restores_and_must_come_back);
    ON_BOTH(c, a_call_about_a_camera_that_the_monitor_saw_joins_its_order);
    ON_BOTH(c, what_people_reported_first_is_the_order_of_the_outage);
    ON_BOTH(c, a_merged_order_counts_nothing_and_a_split_one_again);
    ON_BOTH(c, closing_the_main_order_closes_its_duplicates);
    ON_BOTH(c,
            the_same_symptom_within_72_hours_is_the_same_order_and_the_time_between_does_not_count);
    ON_BOTH(c, an_excluded_order_leaves_the_population_and_stays_in_the_report);
    ON_BOTH(c, an_order_of_the_carrier_is_shown_apart_and_still_counts);
    ON_BOTH(c, the_monitor_s_next_order_of_a_device_names_the_one_before);
    ON_BOTH(c, the_label_of_a_linked_device_counts);
    ON_BOTH(c, what_turns_out_to_be_a_request_keeps_the_response_only);
    ON_BOTH(c, no_fault_is_closed_with_its_finding);
    ON_BOTH(c, a_false_alarm_that_was_a_fault_after_all_counts_again);
    ON_BOTH(c, the_reporter_s_pictures_stay_beside_those_of_the_spot);
    ON_BOTH(c, who_reported_sees_the_repair_and_so_does_the_head_of_the_section);
    ON_BOTH(c, who_cannot_mend_it_on_the_spot_says_so);
    ON_BOTH(c, a_late_clock_counts_once_and_is_carried_over);
    ON_BOTH(c, the_report_names_what_was_late_carried_over_and_not_answered);
    ON_BOTH(c, an_order_is_handed_over_sent_back_and_helped_with);
    ON_BOTH(c, who_is_late_says_why);
    ON_BOTH(c, three_days_without_a_word_close_a_resolved_order);
    ON_BOTH(c, ten_minutes_normal_prove_the_restore_and_date_it);
    ON_BOTH(c, a_label_shows_its_device_and_nothing_personal);
    ON_BOTH(c, a_report_behind_a_label_is_followed_by_number_and_key);
    ON_BOTH(c, reports_behind_labels_are_limited);
    ON_BOTH(c, suggestions_name_the_device_of_the_caller_the_order_of_the_switch_and_who_is_free);
    ON_BOTH(c, the_event_record_prints_like_the_paper);
    ON_BOTH(c, the_story_of_an_order_is_one_answer_within_the_reader_s_rights);
}
