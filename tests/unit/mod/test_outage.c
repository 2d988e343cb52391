/* SPDX-License-Identifier: Apache-2.0 */
/* From the dark set to outages and their orders. */
#include "base/civil.h"
#include "mod/asset/asset.h"
#include "mod/work_order/work_order.h"
#include "street.h"

static void a_single_dark_camera_is_an_outage_of_its_own(void **state)
{
    struct house *h = *state;
    int64_t cams[3];
    house_watch(h);
    int64_t sw = branch(h, "SW", "10.9.8.100", 3, cams);
    target(h, sw, "icmp", "up");
    target(h, cams[0], "icmp", "up");
    dark(h, cams[1]);
    look_later(h);
    int64_t o = open_outage_of_root(h, cams[1]);
    assert_int_equal(open_outages(h), 1);
    assert_int_equal(number(h, "SELECT affected_count FROM outage"), 1);
    assert_string_equal(words(h, "SELECT title FROM outage"), "SW-C01 无响应");
    assert_string_equal(words(h, "SELECT line FROM outage"), "community_video");
    assert_int_equal(number(h, "SELECT outage_id FROM work_order"), o);
}

static void an_order_finished_too_early_is_followed_by_a_new_one_that_starts_then(void **state)
{
    struct house *h = *state;
    int changed = 9;
    house_watch(h);
    dark(h, device(h, "camera", "C-1", "10.9.8.1"));
    look_later(h);
    run_sql(h, "UPDATE work_order SET state = 'closed', updated_at = %lld", (long long)CX->now.ms);
    be_system(h);
    h->cx.now.ms += 9 * MINUTE_MS; /* the monitor may not have seen the repair yet */
    OK(work_order_from_outages(CX, &changed));
    assert_int_equal(changed, 0);
    h->cx.now.ms += 2 * MINUTE_MS;
    look(h);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order"), 2);
    assert_int_equal(number(h, "SELECT MAX(started_at) FROM work_order"), CX->now.ms);
}

static void recovery_ends_the_outage_at_the_instant_of_the_answer(void **state)
{
    struct house *h = *state;
    house_watch(h);
    int64_t c = device(h, "camera", "C-1", "10.9.8.1"), t = CX->now.ms;
    dark(h, c);
    look(h);
    assert_int_equal(open_outages(h),
                     0); /* its neighbours have time to show whether they are dark too */
    look_later(h);
    h->cx.now.ms = t + 7 * MINUTE_MS;
    back(h, c);
    h->cx.now.ms = t + 9 * MINUTE_MS; /* the job comes later */
    look(h);
    assert_string_equal(words(h, "SELECT state FROM outage"), "ended");
    assert_int_equal(number(h, "SELECT started_at FROM outage"), t);
    assert_int_equal(number(h, "SELECT dark_since FROM outage"), t - 3000);
    assert_int_equal(number(h, "SELECT ended_at FROM outage"), t + 7 * MINUTE_MS);
    assert_int_equal(number(h, "SELECT dark_from_at FROM outage_asset"), t - 3000);
    assert_int_equal(number(h, "SELECT dark_until_at FROM outage_asset"), t + 7 * MINUTE_MS);
    assert_int_equal(number(h, "SELECT affected_count FROM outage"), 1);
    assert_string_equal(words(h, "SELECT action FROM journal WHERE kind = 'outage' ORDER BY id"),
                        "open,end");
}

static void what_goes_dark_again_after_recovery_is_a_new_outage_with_a_new_order(void **state)
{
    struct house *h = *state;
    house_watch(h);
    int64_t c = device(h, "camera", "C-1", "10.9.8.1");
    for (int i = 0; i < 3; i++) {
        dark(h, c);
        look_later(h);
        h->cx.now.ms += MINUTE_MS;
        back(h, c);
        look(h);
        h->cx.now.ms += MINUTE_MS;
    }
    assert_string_equal(words(h, "SELECT state FROM outage ORDER BY id"), "ended,ended,ended");
    assert_int_equal(number(h, "SELECT COUNT(DISTINCT outage_id) FROM work_order"), 3);
    assert_int_equal(
        number(h, "SELECT COUNT(*) FROM outage_asset WHERE dark_until_at = dark_from_at + 73000"),
        3);
}

/* Scenario 4 */
static void the_order_of_an_outage_runs_from_the_deciding_check(void **state)
{
    struct house *h = *state;
    house_watch(h);
    int64_t c = device(h, "camera", "C-1", "10.9.8.1");
    clock_at(h, "2026-05-09T02:10");
    dark(h, c);
    clock_at(h, "2026-05-09T02:12:30"); /* the job comes later */
    look(h);
    assert_int_equal(number(h, "SELECT started_at FROM work_order"),
                     instant_of("2026-05-09T02:10"));
    assert_int_equal(number(h, "SELECT detected_at FROM work_order"),
                     instant_of("2026-05-09T02:10"));
    assert_int_equal(number(h, "SELECT registered_at FROM work_order"), CX->now.ms);
    assert_string_equal(words(h, "SELECT channel FROM work_order"), "monitor");
    assert_string_equal(words(h, "SELECT state FROM work_order"), "registered");
    assert_string_equal(words(h, "SELECT no FROM work_order"), "YW-20260509-0001");
    assert_string_equal(words(h, "SELECT rule_code FROM sla_clock ORDER BY metric"), "S-05,S-09");
    assert_int_equal(number(h, "SELECT deadline_at FROM sla_clock WHERE metric = 'respond'"),
                     instant_of("2026-05-09T04:10"));
    assert_int_equal(number(h, "SELECT deadline_at FROM sla_clock WHERE metric = 'restore'"),
                     instant_of("2026-05-10T02:10"));
    assert_int_equal(number(h, "SELECT deadline_at FROM work_order"),
                     instant_of("2026-05-09T04:10"));
}

static void a_computer_that_is_switched_off_is_no_outage(void **state)
{
    struct house *h = *state;
    house_watch(h);
    int64_t pc = device(h, "computer", "PC-1", "10.9.8.1");
    dark(h, pc);
    look_later(h);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM outage"), 0);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order"), 0);
}

static void computers_going_home_do_not_condemn_the_unwatched_switch_above(void **state)
{
    struct house *h = *state;
    house_watch(h);
    int64_t sw = device(h, "switch", "SW-1", NULL);
    for (int i = 0; i < 3; i++) {
        int64_t pc = device(h, "computer", arena_printf(CX->a, "PC-%d", i),
                            arena_printf(CX->a, "10.9.8.%d", i + 1));
        feeds(h, sw, pc);
        dark(h, pc);
    }
    look_later(h);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM outage"), 0);
}

static void computers_below_a_dead_switch_are_counted_as_affected(void **state)
{
    struct house *h = *state;
    house_watch(h);
    int64_t sw = device(h, "switch", "SW-1", "10.9.8.100"),
            pc = device(h, "computer", "PC-1", "10.9.8.1");
    feeds(h, sw, pc);
    dark(h, pc);
    look_later(h);
    assert_int_equal(open_outages(h), 0);
    dark(h, sw);
    look_later(h);
    assert_int_equal(number(h, "SELECT affected_count FROM outage WHERE id = %lld",
                            (long long)open_outage_of_root(h, sw)),
                     2);
}

static void
a_service_that_is_gone_while_the_device_answers_is_an_outage_of_that_device_alone(void **state)
{
    struct house *h = *state;
    int64_t cams[3];
    house_watch(h);
    int64_t sw = branch(h, "SW", "10.9.8.100", 3, cams);
    target(h, sw, "icmp", "up");
    decided(h, sw, "tcp:22", "down");
    target(h, cams[1], "icmp", "up");
    target(h, cams[2], "icmp", "up");
    be_console(h);
    struct row *row;
    OK(patch(h, &asset_kind, sw, &row, "{'rev':1,'checks':'icmp,tcp:22'}"));
    look_later(h);
    int64_t o = open_outage_of_root(h, sw);
    assert_int_equal(number(h, "SELECT affected_count FROM outage"), 1);
    assert_string_equal(words(h, "SELECT title FROM outage"), "SW 服务异常（tcp:22 无应答）");
    dark(h, cams[0]); /* not the fault of the switch, which passes traffic */
    look_later(h);
    assert_int_equal(open_outages(h), 2);
    assert_int_equal(number(h, "SELECT affected_count FROM outage WHERE id = %lld", (long long)o),
                     1);
    (void)open_outage_of_root(h, cams[0]);
}

static void cameras_that_still_answer_do_not_condemn_the_box_that_feeds_them(void **state)
{
    struct house *h = *state;
    int64_t cams[2];
    house_watch(h);
    branch(h, "BOX", NULL, 2, cams);
    for (int i = 0; i < 2; i++) {
        target(h, cams[i], "icmp", "up");
        decided(h, cams[i], "tcp:554", "down");
    }
    look_later(h);
    assert_int_equal(open_outages(h), 2);
    (void)open_outage_of_root(h, cams[0]);
    (void)open_outage_of_root(h, cams[1]);
}

static void an_unwatched_box_whose_cameras_are_all_dark_is_the_root(void **state)
{
    struct house *h = *state;
    int64_t cams[4];
    house_watch(h);
    int64_t box = branch(h, "BOX", NULL, 4, cams);
    for (int i = 0; i < 4; i++)
        dark(h, cams[i]);
    look_later(h);
    (void)open_outage_of_root(h, box);
    assert_int_equal(open_outages(h), 1);
    assert_int_equal(number(h, "SELECT affected_count FROM outage"), 5);
    assert_string_equal(words(h, "SELECT title FROM outage"),
                        "BOX 疑似断电或断网（下联设备全部无响应）");
    assert_int_equal(number(h, "SELECT asset_id FROM work_order"), box);
    assert_int_equal(number(h, "SELECT limit_minutes FROM sla_clock WHERE metric = 'restore'"),
                     720);
    h->cx.now.ms += MINUTE_MS;
    for (int i = 0; i < 4; i++)
        back(h, cams[i]);
    look(h);
    assert_int_equal(open_outages(h), 0);
}

static void an_unwatched_box_with_one_camera_that_answers_is_not(void **state)
{
    struct house *h = *state;
    int64_t cams[3];
    house_watch(h);
    branch(h, "BOX", NULL, 3, cams);
    target(h, cams[2], "icmp", "up");
    dark(h, cams[0]);
    dark(h, cams[1]);
    look_later(h);
    assert_int_equal(open_outages(h), 2);
}

static void while_the_switch_is_suspect_its_cameras_wait(void **state)
{
    struct house *h = *state;
    int64_t cams[3];
    house_watch(h);
    int64_t sw = branch(h, "SW", "10.9.8.100", 3, cams);
    target(h, sw, "icmp", "suspect");
    dark(h, cams[0]);
    look_later(h);
    dark(h, cams[2]);
    look_later(h);
    assert_int_equal(open_outages(h), 0);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order"), 0);
    target(h, sw, "icmp", "up"); /* it was not the switch */
    look_later(h);
    assert_int_equal(open_outages(h), 2);
}

static void a_merged_order_is_cancelled_with_its_clocks_and_says_why(void **state)
{
    struct house *h = *state;
    int64_t cams[2];
    house_watch(h);
    int64_t sw = branch(h, "SW", "10.9.8.100", 2, cams), t = CX->now.ms;
    target(h, sw, "icmp", "up");
    dark(h, cams[0]);
    h->cx.now.ms += MINUTE_MS;
    dark(h, cams[1]);
    look_later(h);
    assert_int_equal(open_outages(h), 2);
    h->cx.now.ms += MINUTE_MS;
    dark(h, sw);
    look_later(h);
    int64_t o = open_outage_of_root(h, sw);
    assert_int_equal(number(h, "SELECT started_at FROM outage WHERE id = %lld", (long long)o), t);
    assert_string_equal(words(h, "SELECT state FROM work_order ORDER BY id"),
                        "registered,cancelled");
    assert_string_equal(words(h, "SELECT result FROM work_order WHERE state = 'cancelled'"),
                        "同一原因，已并入另一张工单");
    assert_string_equal(words(h, "SELECT state FROM sla_clock WHERE work_order_id ="
                                 " (SELECT id FROM work_order WHERE state = 'cancelled')"),
                        "cancelled,cancelled");
    assert_int_equal(number(h, "SELECT merged_into_id FROM outage WHERE state = 'merged'"), o);
    assert_int_equal(number(h,
                            "SELECT COUNT(*) FROM alarm WHERE state = 'open' AND outage_id = %lld",
                            (long long)o),
                     3);
}

static void an_order_follows_its_outage_to_the_root_that_was_found(void **state)
{
    struct house *h = *state;
    int64_t cams[2];
    house_watch(h);
    int64_t sw = branch(h, "SW", "10.9.8.100", 2, cams), t = CX->now.ms;
    dark(h, cams[0]);
    look_later(h);
    assert_string_equal(words(h, "SELECT title FROM work_order"), "SW-C00 无响应");
    h->cx.now.ms += MINUTE_MS;
    dark(h, sw);
    look_later(h);
    assert_string_equal(words(h, "SELECT title FROM work_order"), "SW 无响应");
    assert_int_equal(number(h, "SELECT asset_id FROM work_order"), sw);
    assert_int_equal(number(h, "SELECT started_at FROM work_order"), t);
    assert_string_equal(
        words(h, "SELECT action FROM journal WHERE kind = 'work_order' ORDER BY id"),
        "create,clock,follow");
}

static void a_camera_with_two_feeds_is_explained_only_when_both_are_dark(void **state)
{
    struct house *h = *state;
    house_watch(h);
    int64_t a = device(h, "video_switch", "SW-A", "10.9.8.100"),
            b = device(h, "video_switch", "SW-B", "10.9.8.101");
    int64_t c = device(h, "camera", "C-1", "10.9.8.1");
    feeds(h, a, c);
    feeds(h, b, c);
    target(h, b, "icmp", "up");
    dark(h, a);
    dark(h, c);
    look_later(h);
    assert_int_equal(open_outages(h), 2);
    dark(h, b);
    look_later(h);
    assert_int_equal(
        number(h,
               "SELECT COUNT(*) FROM outage_asset WHERE asset_id = %lld AND dark_until_at IS NULL",
               (long long)c),
        1);
    assert_int_equal(open_outages(h), 2); /* the two switches */
}

/* An earlier fault of the same camera must not lend its end to a later one. */
static void each_stretch_of_darkness_ends_with_its_own_alarm(void **state)
{
    struct house *h = *state;
    int64_t cams[2];
    house_watch(h);
    int64_t sw = branch(h, "SW", "10.9.8.100", 2, cams);
    target(h, sw, "icmp", "up");
    dark(h, cams[0]);
    dark(h, cams[1]);
    look_later(h);
    h->cx.now.ms += MINUTE_MS;
    back(h, cams[0]);
    back(h, cams[1]);
    look(h);
    h->cx.now.ms += HOUR_MS;
    dark(h, cams[0]);
    dark(h, cams[1]);
    look_later(h);
    assert_int_equal(open_outages(h), 2);
    h->cx.now.ms += MINUTE_MS;
    dark(h, sw);
    look(h); /* asserts that no stretch ends before it began */
    h->cx.now.ms += MINUTE_MS;
    back(h, sw);
    back(h, cams[0]);
    back(h, cams[1]);
    look(h);
    assert_int_equal(
        number(h,
               "SELECT COUNT(*) FROM outage_asset WHERE asset_id = %lld AND dark_until_at = %lld",
               (long long)cams[1], (long long)CX->now.ms),
        1);
}

static void a_closed_order_does_not_come_back_while_its_outage_lasts(void **state)
{
    struct house *h = *state;
    struct row *row;
    house_watch(h);
    int64_t c = device(h, "camera", "C-1", "10.9.8.1");
    dark(h, c);
    look_later(h);
    be_console(h);
    OK(act(h, &work_order_kind, number(h, "SELECT id FROM work_order"), "cancel", &row,
           "'result':'甲方拆除中'"));
    int orders;
    be_system(h);
    OK(work_order_from_outages(CX, &orders));
    assert_int_equal(orders, 0);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order"), 1);
}

void outage_cases(struct cases *c)
{
    ON_BOTH(c, a_single_dark_camera_is_an_outage_of_its_own);
    ON_BOTH(c, an_order_finished_too_early_is_followed_by_a_new_one_that_starts_then);
    ON_BOTH(c, recovery_ends_the_outage_at_the_instant_of_the_answer);
    ON_BOTH(c, what_goes_dark_again_after_recovery_is_a_new_outage_with_a_new_order);
    ON_BOTH(c, the_order_of_an_outage_runs_from_the_deciding_check);
    ON_BOTH(c, a_computer_that_is_switched_off_is_no_outage);
    ON_BOTH(c, computers_going_home_do_not_condemn_the_unwatched_switch_above);
    ON_BOTH(c, computers_below_a_dead_switch_are_counted_as_affected);
    ON_BOTH(c, a_service_that_is_gone_while_the_device_answers_is_an_outage_of_that_device_alone);
    ON_BOTH(c, cameras_that_still_answer_do_not_condemn_the_box_that_feeds_them);
    ON_BOTH(c, an_unwatched_box_whose_cameras_are_all_dark_is_the_root);
    ON_BOTH(c, an_unwatched_box_with_one_camera_that_answers_is_not);
    ON_BOTH(c, while_the_switch_is_suspect_its_cameras_wait);
    ON_BOTH(c, a_merged_order_is_cancelled_with_its_clocks_and_says_why);
    ON_BOTH(c, an_order_follows_its_outage_to_the_root_that_was_found);
    ON_BOTH(c, a_camera_with_two_feeds_is_explained_only_when_both_are_dark);
    ON_BOTH(c, each_stretch_of_darkness_ends_with_its_own_alarm);
    ON_BOTH(c, a_closed_order_does_not_come_back_while_its_outage_lasts);
}
