/* SPDX-License-Identifier: Apache-2.0 */
/* The clocks of work orders: which run, until when, and how they end. */
#include "mod/sla/sla.h"

#include "base/civil.h"
#include "base/json.h"
#include "mod/work_order/work_order.h"
#include "street.h"

static int64_t order(struct house *h, const char *more)
{
    return made(h, &work_order_kind, "{'title':'打不开了'%s}", more);
}

static int64_t order_of(struct house *h, int64_t asset)
{
    return order(h, arena_printf(CX->a, ",'asset_id':%lld", (long long)asset));
}

/* "metric rule calendar limit internal" of each clock, by metric */
static const char *clocks(struct house *h, int64_t id)
{
    return words(
        h,
        "SELECT metric || ' ' || rule_code || ' ' || calendar || ' ' || CAST(limit_minutes AS TEXT)"
        " || CASE internal WHEN 1 THEN ' internal' ELSE '' END"
        " FROM sla_clock WHERE work_order_id = %lld ORDER BY metric",
        (long long)id);
}

static int64_t clock_value(struct house *h, int64_t id, const char *metric, const char *column)
{
    return number(h, "SELECT %s FROM sla_clock WHERE work_order_id = %lld AND metric = '%s'",
                  column, (long long)id, metric);
}

static const char *clock_state(struct house *h, int64_t id, const char *metric)
{
    return words(h, "SELECT state FROM sla_clock WHERE work_order_id = %lld AND metric = '%s'",
                 (long long)id, metric);
}

static void an_order_gets_the_clocks_of_the_class_of_its_asset(void **state)
{
    struct house *h = *state;
    static const char device_clocks[] = "respond S-04 5x8 10 internal,restore S-01 5x8 120";
    static const char network_clocks[] = "respond S-04 5x8 10 internal,restore S-02 5x8 120";
    static const struct {
        const char *class, *clocks;
    } want[] = {
        {"computer", device_clocks},
        {"office_cctv", device_clocks},
        {"printer", device_clocks},
        {"conference", device_clocks},
        {"phone", device_clocks},
        {"server", device_clocks},
        {"access_control", device_clocks},
        {"gateway_access", network_clocks},
        {"switch", network_clocks},
        {"camera", "respond S-05 24x7 120,restore S-09 24x7 1440 internal"},
        {"camera_accessory", "respond S-05 24x7 120,restore S-09 24x7 1440 internal"},
        {"video_switch", "respond S-05 24x7 120,restore S-09 24x7 720 internal"},
        {"storage", "respond S-05 24x7 120,restore S-09 24x7 720 internal"},
        {"video_server", "respond S-05 24x7 120,restore S-09 24x7 480 internal"},
        {"display", "respond S-05 24x7 120,restore S-09 24x7 480 internal"},
    };
    int n = (int)(sizeof want / sizeof *want);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM asset_class"), n);
    for (int i = 0; i < n; i++)
        assert_string_equal(clocks(h, order_of(h, device(h, want[i].class, want[i].class, NULL))),
                            want[i].clocks);
}

static void without_an_asset_the_line_decides(void **state)
{
    struct house *h = *state;
    assert_string_equal(clocks(h, order(h, "")),
                        "respond S-04 5x8 10 internal,restore S-01 5x8 120");
    assert_string_equal(clocks(h, order(h, ",'line':'community_video'")),
                        "respond S-05 24x7 120,restore S-09 24x7 1440 internal");
}

static void an_emergency_brings_its_own_clocks_and_names_the_one_that_lost(void **state)
{
    struct house *h = *state;
    int64_t id = order(h, ",'emergency':true");
    assert_string_equal(clocks(h, id),
                        "arrive S-07 24x7 30,respond S-06 24x7 5 internal,restore S-01 5x8 120");
    assert_string_equal(words(h, "SELECT also FROM sla_clock WHERE metric = 'respond'"), "S-04");
    assert_int_equal(clock_value(h, id, "arrive", "deadline_at"), instant_of("2026-05-08T17:30"));
    clock_at(h, "2026-05-08T23:50"); /* scenario 5, outside office hours */
    id = order(h, ",'emergency':true,'line':'community_video'");
    assert_string_equal(clocks(h, id), "arrive S-07 24x7 30,respond S-06 24x7 5 internal,"
                                       "restore S-09 24x7 1440 internal");
    assert_int_equal(clock_value(h, id, "arrive", "deadline_at"), instant_of("2026-05-09T00:20"));
}

static void a_serious_network_failure_has_no_limit_of_its_own(void **state)
{
    struct house *h = *state;
    int64_t sw = device(h, "switch", "SW-1", NULL);
    int64_t id = order(h, arena_printf(CX->a, ",'grade':'serious','asset_id':%lld", (long long)sw));
    assert_string_equal(clocks(h, id), "respond S-04 5x8 10 internal");
}

static void a_service_request_is_no_fault_and_has_the_respond_clock_only(void **state)
{
    struct house *h = *state;
    int64_t pc = device(h, "computer", "PC-1", NULL);
    int64_t id =
        order(h, arena_printf(CX->a, ",'type':'service_request','asset_id':%lld", (long long)pc));
    assert_string_equal(clocks(h, id), "respond S-04 5x8 10 internal");
    id = order(h, ",'type':'service_request','line':'community_video'");
    assert_string_equal(clocks(h, id), "respond S-05 24x7 120");
}

static void a_rule_holds_only_from_its_day_to_its_day(void **state)
{
    struct house *h = *state;
    made(h, &sla_rule_kind,
         "{'code':'S-01','name':'补充协议','metric':'restore','limit_minutes':90,'calendar':'5x8',"
         "'line':'office_it','sla_group':'device','valid_from_on':'2026-09-01','source':'补充协议'"
         "}");
    run_sql(h, "UPDATE sla_rule SET valid_to_on = '2026-11-30' WHERE limit_minutes = 90");
    clock_at(h, "2026-08-31T10:00");
    assert_int_equal(clock_value(h, order(h, ""), "restore", "limit_minutes"), 120);
    clock_at(h, "2026-09-01T10:00");
    assert_int_equal(clock_value(h, order(h, ""), "restore", "limit_minutes"), 90);
    clock_at(h, "2026-11-30T10:00");
    assert_int_equal(clock_value(h, order(h, ""), "restore", "limit_minutes"), 90);
    clock_at(h, "2026-12-01T10:00");
    assert_int_equal(clock_value(h, order(h, ""), "restore", "limit_minutes"), 120);
}

static void stop_restore(struct house *h, int64_t id, const char *at)
{
    struct instant t;
    int changed;
    assert_true(instant_parse(at, &t));
    h->cx.now = t;
    be_system(h);
    OK(sla_tick(CX, &changed));
    OK(sla_stop(CX, id, "restore", t));
}

/* Scenario 1 */
static void a_fault_on_friday_evening_is_due_on_the_make_up_saturday_to_the_second(void **state)
{
    struct house *h = *state;
    int64_t a = order(h, ""), b = order(h, ""), c = order(h, "");
    assert_int_equal(clock_value(h, a, "restore", "deadline_at"), instant_of("2026-05-09T10:00"));
    assert_int_equal(number(h, "SELECT deadline_at FROM work_order WHERE id = %lld", (long long)a),
                     instant_of("2026-05-08T17:10")); /* the respond clock comes first */
    stop_restore(h, a, "2026-05-09T09:59:59");
    stop_restore(h, b, "2026-05-09T10:00:00");
    assert_string_equal(clock_state(h, c, "restore"), "running");
    stop_restore(h, c, "2026-05-09T10:00:01");
    assert_string_equal(clock_state(h, a, "restore"), "met");
    assert_string_equal(clock_state(h, b, "restore"), "met");
    assert_string_equal(clock_state(h, c, "restore"), "missed");
    assert_int_equal(clock_value(h, a, "restore", "elapsed_ms"), 120 * MINUTE_MS - 1000);
    assert_int_equal(clock_value(h, b, "restore", "elapsed_ms"), 120 * MINUTE_MS);
    assert_int_equal(clock_value(h, c, "restore", "elapsed_ms"), 120 * MINUTE_MS + 1000);
    assert_int_equal(clock_value(h, c, "restore", "stopped_at"), CX->now.ms);
}

static void a_clock_that_has_stopped_does_not_stop_again(void **state)
{
    struct house *h = *state;
    int64_t id = order(h, "");
    stop_restore(h, id, "2026-05-08T17:30");
    stop_restore(h, id, "2026-05-12T17:30");
    assert_string_equal(clock_state(h, id, "restore"), "met");
    assert_int_equal(clock_value(h, id, "restore", "stopped_at"), instant_of("2026-05-08T17:30"));
    OK(sla_stop(CX, id, "arrive", CX->now)); /* no such clock is no error */
}

static int ticked(struct house *h, const char *at)
{
    int changed = 0;
    clock_at(h, at);
    be_system(h);
    OK(sla_tick(CX, &changed));
    return changed;
}

static const char *told(struct house *h, int64_t id, const char *metric)
{
    return words(h,
                 "SELECT action FROM journal WHERE kind = 'sla_clock' AND record_id ="
                 " (SELECT id FROM sla_clock WHERE work_order_id = %lld AND metric = '%s') ORDER BY id",
                 (long long)id, metric);
}

/* C-130: limit - 20 %, limit, + 4 h, + 8 h of the clock's own calendar; each once. */
static void warn_breach_and_escalation_are_told_once_each(void **state)
{
    struct house *h = *state;
    int64_t id = order(h, ",'line':'community_video'"); /* respond until 19:00 */
    assert_int_equal(ticked(h, "2026-05-08T18:35:59"), 0);
    assert_int_equal(ticked(h, "2026-05-08T18:36"), 1);
    assert_int_equal(ticked(h, "2026-05-08T19:00"), 0); /* to the second: 19:00 is still met */
    assert_string_equal(clock_state(h, id, "respond"), "running");
    assert_int_equal(ticked(h, "2026-05-08T19:00:01"), 1);
    assert_string_equal(clock_state(h, id, "respond"), "overdue");
    assert_int_equal(ticked(h, "2026-05-08T19:00:02"), 0);
    assert_int_equal(ticked(h, "2026-05-08T23:00:01"), 1);
    assert_int_equal(ticked(h, "2026-05-09T03:00:01"), 1);
    assert_int_equal(ticked(h, "2026-05-09T08:00"), 0);
    assert_int_equal(clock_value(h, id, "respond", "level"), LEVEL_VENDOR);
    OK(sla_stop(CX, id, "respond", CX->now));
    assert_string_equal(clock_state(h, id, "respond"), "missed");
    assert_string_equal(told(h, id, "respond"), "start,warn,breach,escalate,vendor,stop");
}

/* Nobody needs a warning that comes with the breach; the levels above follow at once. */
static void after_a_night_without_the_program_the_breach_is_told_and_no_late_warning(void **state)
{
    struct house *h = *state;
    int64_t id = order(h, ",'line':'community_video'");
    assert_int_equal(ticked(h, "2026-05-08T23:30"), 2);
    assert_string_equal(told(h, id, "respond"), "start,breach,escalate");
}

static void cancelling_an_order_cancels_its_clocks(void **state)
{
    struct house *h = *state;
    struct row *row;
    int changed;
    int64_t id = order(h, "");
    clock_at(h, "2026-05-08T17:20");
    be_system(h);
    OK(sla_tick(CX, &changed));
    be_console(h);
    OK(act(h, &work_order_kind, id, "cancel", &row, "'result':'误报'"));
    assert_string_equal(clock_state(h, id, "respond"), "cancelled"); /* it was overdue */
    assert_string_equal(clock_state(h, id, "restore"), "cancelled");
    assert_true(row->v[WO_DEADLINE].null);
}

/* --- the calendar as records --- */

static void party_a_moves_a_day_and_the_next_order_is_due_accordingly(void **state)
{
    struct house *h = *state;
    struct row *row;
    int64_t before = order(h, "");
    person(h, "super", "a_supervisor", NULL);
    person(h, "clerk", "a_clerk", NULL);
    static const char rest[] =
        "{'on_date':'2026-05-09','type':'rest','name':'全区停电','source':'甲方通知',"
        "'is_override':true}";
    be(h, "clerk");
    assert_int_equal(create(h, &calendar_day_kind, &row, "%s", rest), RC_DENIED);
    be(h, "super");
    OK(create(h, &calendar_day_kind, &row, "%s", rest));
    assert_int_equal(create(h, &calendar_day_kind, &row, "%s", rest), RC_CONFLICT);
    int64_t after = order(h, "");
    assert_int_equal(clock_value(h, before, "restore", "deadline_at"),
                     instant_of("2026-05-09T10:00"));
    assert_int_equal(clock_value(h, after, "restore", "deadline_at"),
                     instant_of("2026-05-11T10:00"));
    assert_int_equal(clock_value(h, after, "restore", "provisional"), 0);
}

static void what_lies_past_the_last_notice_is_provisional_until_it_is_loaded(void **state)
{
    struct house *h = *state;
    clock_at(h, "2026-12-31T17:00");
    int64_t id = order(h, "");
    assert_int_equal(clock_value(h, id, "restore", "deadline_at"), instant_of("2027-01-04T10:00"));
    assert_int_equal(clock_value(h, id, "restore", "provisional"), 1);
    assert_int_equal(clock_value(h, id, "respond", "provisional"), 0);
    assert_string_equal(words(h, "SELECT deadline_month FROM sla_clock WHERE metric = 'restore'"),
                        "2027-01");
    made(h, &calendar_day_kind, "{'on_date':'2027-01-03','type':'swap_work','name':'元旦调休'}");
    id = order(h, "");
    assert_int_equal(clock_value(h, id, "restore", "deadline_at"), instant_of("2027-01-03T10:00"));
    assert_int_equal(clock_value(h, id, "restore", "provisional"), 0);
}

static void a_clock_counts_in_the_beijing_month_of_its_deadline(void **state)
{
    struct house *h = *state;
    clock_at(h, "2026-05-31T22:00");
    int64_t a = order(h, ",'line':'community_video'");
    clock_at(h, "2026-05-31T21:59:59");
    int64_t b = order(h, ",'line':'community_video'");
    assert_int_equal(clock_value(h, a, "respond", "deadline_at"), instant_of("2026-06-01T00:00"));
    assert_string_equal(words(h,
                              "SELECT deadline_month FROM sla_clock WHERE metric = 'respond' AND "
                              "work_order_id = %lld",
                              (long long)a),
                        "2026-06");
    assert_string_equal(words(h,
                              "SELECT deadline_month FROM sla_clock WHERE metric = 'respond' AND "
                              "work_order_id = %lld",
                              (long long)b),
                        "2026-05");
}

/* --- the ledger --- */

static json_t *ledger(struct house *h, int64_t id, const char *metric)
{
    struct buf b = {0};
    struct jw w = jw_on(&b);
    OK(sla_ledger_json(CX, clock_value(h, id, metric, "id"), &w));
    json_t *j = json_loads(buf_text(&b), 0, NULL);
    buf_free(&b);
    assert_non_null(j);
    return j;
}

static int64_t member(const json_t *j, const char *key)
{
    return json_integer_value(json_object_get(j, key));
}

/* Spans without gaps from start to end; the worked ones sum up to worked_minutes. */
static void adds_up(json_t *j, int64_t from, int64_t to, int64_t worked)
{
    json_t *span;
    size_t i;
    int64_t at = from, sum = 0;
    json_array_foreach(json_object_get(j, "spans"), i, span)
    {
        assert_int_equal(member(span, "from"), at);
        at = member(span, "to");
        assert_int_equal(member(span, "minutes"), (at - member(span, "from")) / MINUTE_MS);
        if (!strcmp(json_string_value(json_object_get(span, "kind")), "worked"))
            sum += at - member(span, "from");
    }
    assert_int_equal(at, to);
    assert_int_equal(sum, worked * MINUTE_MS);
    assert_int_equal(member(j, "worked_minutes"), worked);
}

static void the_minute_ledger_adds_up_to_the_limit(void **state)
{
    struct house *h = *state;
    be_console(h);
    int64_t id = order(h, "");
    json_t *j = ledger(h, id, "restore");
    adds_up(j, CX->now.ms, instant_of("2026-05-09T10:00"), 120);
    json_t *spans = json_object_get(j, "spans"),
           *last = json_array_get(spans, json_array_size(spans) - 1);
    assert_true(json_is_true(json_object_get(last, "makeup")));
    assert_string_equal(json_string_value(json_object_get(last, "label")), "计时（调休上班日）");
    assert_int_equal(member(json_object_get(j, "clock"), "limit_minutes"), 120);
    json_decref(j);
}

static void the_ledger_of_a_stopped_clock_shows_what_was_used(void **state)
{
    struct house *h = *state;
    int64_t id = order(h, "");
    stop_restore(h, id, "2026-05-09T14:30");
    be_console(h);
    json_t *j = ledger(h, id, "restore");
    /* 60 on Friday, 180 before and 90 after lunch on Saturday */
    adds_up(j, instant_of("2026-05-08T17:00"), instant_of("2026-05-09T14:30"), 330);
    json_decref(j);
    assert_int_equal(clock_value(h, id, "restore", "elapsed_ms"), 330 * MINUTE_MS);
}

static void the_ledger_of_an_overdue_clock_goes_on_to_now(void **state)
{
    struct house *h = *state;
    int64_t id = order(h, ",'line':'community_video'");
    clock_at(h, "2026-05-08T21:00");
    be_console(h);
    json_t *j = ledger(h, id, "respond");
    adds_up(j, instant_of("2026-05-08T17:00"), CX->now.ms, 240);
    json_decref(j);
}

static void the_ledger_of_another_line_is_not_shown(void **state)
{
    struct house *h = *state;
    struct buf b = {0};
    struct jw w = jw_on(&b);
    int64_t id = order(h, "");
    person(h, "field1", "b_field", NULL);
    run_sql(h, "UPDATE account SET line = 'community_video'");
    be(h, "field1");
    assert_int_equal(sla_ledger_json(CX, clock_value(h, id, "restore", "id"), &w), RC_NOT_FOUND);
    buf_free(&b);
}

void sla_cases(struct cases *c)
{
    ON_BOTH(c, an_order_gets_the_clocks_of_the_class_of_its_asset);
    ON_BOTH(c, without_an_asset_the_line_decides);
    ON_BOTH(c, an_emergency_brings_its_own_clocks_and_names_the_one_that_lost);
    ON_BOTH(c, a_serious_network_failure_has_no_limit_of_its_own);
    ON_BOTH(c, a_service_request_is_no_fault_and_has_the_respond_clock_only);
    ON_BOTH(c, a_rule_holds_only_from_its_day_to_its_day);
    ON_BOTH(c, a_fault_on_friday_evening_is_due_on_the_make_up_saturday_to_the_second);
    ON_BOTH(c, a_clock_that_has_stopped_does_not_stop_again);
    ON_BOTH(c, warn_breach_and_escalation_are_told_once_each);
    ON_BOTH(c, after_a_night_without_the_program_the_breach_is_told_and_no_late_warning);
    ON_BOTH(c, cancelling_an_order_cancels_its_clocks);
    ON_BOTH(c, party_a_moves_a_day_and_the_next_order_is_due_accordingly);
    ON_BOTH(c, what_lies_past_the_last_notice_is_provisional_until_it_is_loaded);
    ON_BOTH(c, a_clock_counts_in_the_beijing_month_of_its_deadline);
    ON_BOTH(c, the_minute_ledger_adds_up_to_the_limit);
    ON_BOTH(c, the_ledger_of_a_stopped_clock_shows_what_was_used);
    ON_BOTH(c, the_ledger_of_an_overdue_clock_goes_on_to_now);
    ON_BOTH(c, the_ledger_of_another_line_is_not_shown);
}
