/* SPDX-License-Identifier: Apache-2.0 */
/* From observations to alarms. */
#include "base/civil.h"
#include "mod/alarm/alarm.h"
#include "mod/asset/asset.h"
#include "street.h"

static int64_t alarms(struct house *h, const char *state)
{
    return number(h, "SELECT COUNT(*) FROM alarm WHERE state = '%s'", state);
}

static void
an_alarm_tells_when_it_was_decided_since_when_it_was_dark_and_by_which_rule(void **state)
{
    struct house *h = *state;
    house_watch(h);
    int64_t c = device(h, "camera", "C-1", "10.9.8.1");
    int64_t t = CX->now.ms;
    dark(h, c);
    look_later(h);
    assert_int_equal(alarms(h, "open"), 1);
    assert_int_equal(number(h, "SELECT decided_at FROM alarm"), t);
    assert_int_equal(number(h, "SELECT dark_since FROM alarm"), t - 3000);
    assert_string_equal(words(h, "SELECT rule FROM alarm"), "3 misses in a row");
    assert_string_equal(words(h, "SELECT check_name FROM alarm"), "icmp");
    assert_int_equal(number(h, "SELECT outage_id FROM alarm"), open_outage_of_root(h, c));
}

static void looking_twice_at_the_same_observations_changes_nothing(void **state)
{
    struct house *h = *state;
    house_watch(h);
    int64_t c = device(h, "camera", "C-1", "10.9.8.1");
    dark(h, c);
    assert_true(look_later(h) > 0);
    int64_t lines = number(h, "SELECT COUNT(*) FROM journal");
    for (int i = 0; i < 3; i++)
        assert_int_equal(look(h), 0);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM journal"), lines);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM alarm"), 1);
}

static void only_an_answer_ends_an_alarm_not_our_own_blindness(void **state)
{
    struct house *h = *state;
    house_watch(h);
    int64_t c = device(h, "camera", "C-1", "10.9.8.1");
    dark(h, c);
    look_later(h);
    h->cx.now.ms += MINUTE_MS;
    decided(h, c, "icmp", "unknown");
    look(h);
    assert_int_equal(alarms(h, "open"), 1);
    assert_int_equal(open_outages(h), 1);
    h->cx.now.ms += MINUTE_MS;
    dark(h, c); /* seen again: still the same alarm */
    look(h);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM alarm"), 1);
    h->cx.now.ms += MINUTE_MS;
    back(h, c);
    look(h);
    assert_int_equal(alarms(h, "ended"), 1);
    assert_int_equal(number(h, "SELECT ended_at FROM alarm"), CX->now.ms);
    assert_int_equal(open_outages(h), 0);
}

static void an_answer_without_an_alarm_is_no_news(void **state)
{
    struct house *h = *state;
    house_watch(h);
    int64_t c = device(h, "camera", "C-1", "10.9.8.1");
    back(h, c);
    decided(h, c, "icmp", "unknown");
    assert_int_equal(look(h), 0);
}

static void an_observation_of_a_device_we_do_not_know_is_passed_over(void **state)
{
    struct house *h = *state;
    house_watch(h);
    int64_t c = device(h, "camera", "C-1", "10.9.8.1");
    dark(h, c + 1000);
    dark(h, c);
    look(h);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM alarm"), 1);
}

static void each_check_has_its_own_alarm(void **state)
{
    struct house *h = *state;
    house_watch(h);
    int64_t c = device(h, "camera", "C-1", "10.9.8.1");
    decided(h, c, "tcp:554", "down");
    h->cx.now.ms += 5000;
    look_later(h);
    dark(h, c);
    look(h);
    assert_int_equal(alarms(h, "open"), 2);
    assert_int_equal(open_outages(h), 1);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM alarm WHERE outage_id IS NULL"), 0);
    back(h, c);
    look(h);
    assert_int_equal(alarms(h, "open"), 1);
    assert_int_equal(open_outages(h), 1); /* the service is still gone */
    h->cx.now.ms += 5 * MINUTE_MS;
    look(h);
    assert_int_equal(open_outages(h), 1);
    assert_string_equal(words(h, "SELECT title FROM outage"), "C-1 服务异常（tcp:554 无应答）");
    decided(h, c, "tcp:554", "up");
    look(h);
    assert_int_equal(alarms(h, "open"), 0);
    assert_int_equal(open_outages(h), 0);
    assert_int_equal(number(h, "SELECT ended_at FROM outage"), CX->now.ms);
}

static void a_device_taken_out_of_use_ends_its_alarm_and_its_outage(void **state)
{
    struct house *h = *state;
    struct row *row;
    house_watch(h);
    int64_t a = device(h, "camera", "C-1", "10.9.8.1"), b = device(h, "camera", "C-2", "10.9.8.2");
    int64_t c = device(h, "camera", "C-3", "10.9.8.3");
    dark(h, a);
    dark(h, b);
    dark(h, c);
    look_later(h);
    assert_int_equal(open_outages(h), 3);
    h->cx.now.ms += MINUTE_MS;
    be_console(h);
    OK(retire(h, &asset_kind, a));
    OK(patch(h, &asset_kind, b, &row, "{'rev':1,'state':'repair'}"));
    OK(patch(h, &asset_kind, c, &row, "{'rev':1,'ip':null}"));
    look(h);
    assert_int_equal(alarms(h, "open"), 0);
    assert_int_equal(open_outages(h), 0);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM outage_asset WHERE dark_until_at = %lld",
                            (long long)CX->now.ms),
                     3);
    assert_string_equal(words(h, "SELECT health FROM asset ORDER BY id"),
                        "unknown,unknown,unknown");
}

static void a_check_that_is_no_longer_made_ends_its_alarm(void **state)
{
    struct house *h = *state;
    struct row *row;
    house_watch(h);
    int64_t c = device(h, "camera", "C-1", "10.9.8.1");
    target(h, c, "icmp", "up");
    decided(h, c, "tcp:554", "down");
    look_later(h);
    assert_int_equal(open_outages(h), 1);
    be_console(h);
    OK(patch(h, &asset_kind, c, &row, "{'rev':1,'checks':'icmp,tcp:5540'}"));
    assert_int_equal(
        db_run(h->saw, "DELETE FROM target WHERE check_name = 'tcp:554'", NO_BINDS, NULL), RC_OK);
    look(h);
    assert_int_equal(alarms(h, "open"), 0);
    assert_int_equal(open_outages(h), 0);
}

static const char *health(struct house *h, int64_t asset)
{
    return words(h, "SELECT health FROM asset WHERE id = %lld", (long long)asset);
}

static void the_health_of_a_device_follows_its_checks(void **state)
{
    struct house *h = *state;
    house_watch(h);
    int64_t c = device(h, "camera", "C-1", "10.9.8.1");
    look(h);
    assert_string_equal(health(h, c), "unknown");
    target(h, c, "icmp", "up");
    target(h, c, "tcp:554", "unknown");
    look(h);
    assert_string_equal(health(h, c), "up");
    assert_int_equal(number(h, "SELECT health_at FROM asset"), CX->now.ms);
    decided(h, c, "tcp:554", "down");
    look(h);
    assert_string_equal(health(h, c), "partial");
    target(h, c, "icmp", "suspect");
    look(h);
    assert_string_equal(health(h, c), "partial");
    dark(h, c);
    look(h);
    assert_string_equal(health(h, c), "down");
    decided(h, c, "icmp", "unknown");
    decided(h, c, "tcp:554", "unknown");
    look(h);
    assert_string_equal(health(h, c),
                        "unknown"); /* no answer is not healthy, and not down either */
    assert_int_equal(number(h, "SELECT rev FROM asset"), 1);
}

static void a_thousand_observations_are_taken_over_in_order_without_loss(void **state)
{
    struct house *h = *state;
    house_watch(h);
    int64_t c = device(h, "camera", "C-1", "10.9.8.1");
    assert_int_equal(db_begin(h->saw), RC_OK);
    for (int i = 0; i < 1251; i++) {
        h->cx.now.ms += 1000;
        decided(h, c, "icmp", i % 2 ? "up" : "down");
    }
    assert_int_equal(db_commit(h->saw), RC_OK);
    look(h);
    look(h);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM alarm"), 626);
    assert_int_equal(alarms(h, "open"), 1);
    assert_int_equal(
        number(
            h,
            "SELECT COUNT(*) FROM alarm WHERE state = 'ended' AND ended_at <> decided_at + 1000"),
        0);
    assert_int_equal(look(h), 0);
}

#ifdef SW_FAULTS
static void a_fault_in_the_middle_takes_nothing_over_and_loses_nothing(void **state)
{
    struct house *h = *state;
    enum rc rc = RC_BUSY;
    int n = 0, changed;
    house_watch(h);
    int64_t c = device(h, "camera", "C-1", "10.9.8.1");
    dark(h, c);
    be_system(h);
    while (rc == RC_BUSY && n < 40) {
        assert_int_equal(number(h, "SELECT COUNT(*) FROM alarm"), 0);
        db_fault_next(RC_BUSY, ++n);
        rc = alarm_ingest(CX, h->watch, &changed);
        db_fault_next(RC_OK, 0);
        assert_false(db_in_transaction(CX->db));
    }
    OK(rc);
    assert_true(n > 5);
    look(h);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM alarm"), 1);
}
#endif

void alarm_cases(struct cases *c)
{
    ON_BOTH(c, an_alarm_tells_when_it_was_decided_since_when_it_was_dark_and_by_which_rule);
    ON_BOTH(c, looking_twice_at_the_same_observations_changes_nothing);
    ON_BOTH(c, only_an_answer_ends_an_alarm_not_our_own_blindness);
    ON_BOTH(c, an_answer_without_an_alarm_is_no_news);
    ON_BOTH(c, an_observation_of_a_device_we_do_not_know_is_passed_over);
    ON_BOTH(c, each_check_has_its_own_alarm);
    ON_BOTH(c, a_device_taken_out_of_use_ends_its_alarm_and_its_outage);
    ON_BOTH(c, a_check_that_is_no_longer_made_ends_its_alarm);
    ON_BOTH(c, the_health_of_a_device_follows_its_checks);
    ON_BOTH(c, a_thousand_observations_are_taken_over_in_order_without_loss);
#ifdef SW_FAULTS
    ON_BOTH(c, a_fault_in_the_middle_takes_nothing_over_and_loses_nothing);
#endif
}
