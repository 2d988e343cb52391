/* SPDX-License-Identifier: Apache-2.0 */
/* The state machine with a clock of its own: one "boot" millisecond is one "UTC" millisecond plus
 * an offset. */
#include <string.h>

#include "test_watch.h"
#include "watch/state.h"

enum { EPOCH = 1000000000 };

struct bench {
    struct state s;
    struct state_rules r;
    struct verdict v;
    int64_t now;
    int observations;
    struct verdict last; /* the last that decided */
};

static void start(struct bench *b)
{
    *b = (struct bench){.r = state_default_rules(), .now = 5000};
    state_new(&b->s, EPOCH + b->now);
}

/* A check sent now that takes `ms`; moves the clock to its end. */
static void check(struct bench *b, bool ok, int64_t ms)
{
    struct check c = {.ok = ok,
                      .sent = b->now,
                      .sent_at = EPOCH + b->now,
                      .now = b->now + ms,
                      .at = EPOCH + b->now + ms,
                      .rtt_us = ok ? (uint32_t)ms * 1000 : 0,
                      .detail = ok ? "" : "timeout"};
    b->now += ms;
    state_answer(&b->s, &b->r, &c, &b->v);
    if (b->v.decided) {
        b->observations++;
        b->last = b->v;
    }
}

/* The next check when the verdict wants it. */
static void next(struct bench *b, bool ok, int64_t ms)
{
    if (b->v.next)
        b->now = b->v.next > b->now ? b->v.next : b->now;
    else
        b->now += b->v.delay ? b->v.delay : b->r.interval_ms;
    check(b, ok, ms);
}

static void bring_up(struct bench *b)
{
    start(b);
    check(b, true, 1);
    assert_int_equal(b->s.decided, WATCH_UP);
}

static void bring_down(struct bench *b)
{
    bring_up(b);
    next(b, false, 1000);
    next(b, false, 1000);
    next(b, false, 1000);
    assert_int_equal(b->s.decided, WATCH_DOWN);
}

static void the_first_answer_brings_a_new_target_up(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    assert_int_equal(b.s.shown, WATCH_UNKNOWN);
    check(&b, true, 3);
    assert_int_equal(b.s.shown, WATCH_UP);
    assert_true(b.v.decided);
    assert_int_equal(b.v.from, WATCH_UNKNOWN);
    assert_int_equal(b.v.at, EPOCH + 5003);
    assert_int_equal(b.v.dark_since, 0);
    assert_string_equal(b.v.rule, "first answer");
    assert_int_equal(b.s.rtt_us, 3000);
}

static void a_first_miss_makes_suspect_without_an_observation(void **state)
{
    (void)state;
    struct bench b;
    bring_up(&b);
    int64_t since = b.s.since_at;
    next(&b, false, 1000);
    assert_int_equal(b.s.shown, WATCH_SUSPECT);
    assert_int_equal(b.s.decided, WATCH_UP);
    assert_true(b.v.first_miss);
    assert_int_equal(b.observations, 1);
    assert_int_equal(b.s.since_at, since);
    assert_int_equal(b.s.first_miss_at, EPOCH + b.now - 1000);
}

static void three_misses_at_0_1_and_2_seconds_make_it_down(void **state)
{
    (void)state;
    struct bench b;
    bring_up(&b);
    next(&b, false, 1000);
    int64_t first = b.now - 1000;
    assert_int_equal(b.v.next, first + 1000);
    next(&b, false, 1000);
    assert_false(b.v.decided);
    assert_false(b.v.first_miss);
    next(&b, false, 1000);
    assert_true(b.v.decided);
    assert_int_equal(b.v.from, WATCH_UP);
    assert_int_equal(b.v.to, WATCH_DOWN);
    assert_int_equal(b.v.at, EPOCH + first + 3000);
    assert_int_equal(b.v.dark_since, EPOCH + first);
    assert_string_equal(b.v.rule, "3 misses (0 s, 1 s, 2 s)");
    assert_string_equal(b.s.detail, "timeout");
}

static void a_refusal_at_once_is_asked_again_after_a_second_each(void **state)
{
    (void)state;
    struct bench b;
    bring_up(&b);
    next(&b, false, 0);
    int64_t first = b.now;
    assert_int_equal(b.v.next, first + 1000);
    next(&b, false, 0);
    assert_int_equal(b.v.next, first + 2000);
    next(&b, false, 0);
    assert_int_equal(b.last.to, WATCH_DOWN);
    assert_int_equal(b.last.at, EPOCH + first + 2000);
}

static void slow_timeouts_are_named_with_their_true_distance(void **state)
{
    (void)state;
    struct bench b;
    bring_up(&b);
    next(&b, false, 3000);
    next(&b, false, 3000);
    next(&b, false, 3000);
    assert_string_equal(b.last.rule, "3 misses (0 s, 3 s, 6 s)");
}

static void an_answer_to_a_recheck_ends_the_suspicion_silently(void **state)
{
    (void)state;
    struct bench b;
    bring_up(&b);
    int64_t since = b.s.since_at;
    next(&b, false, 1000);
    next(&b, false, 1000);
    next(&b, true, 2);
    assert_int_equal(b.s.shown, WATCH_UP);
    assert_int_equal(b.s.first_miss_at, 0);
    assert_int_equal(b.s.since_at, since);
    assert_int_equal(b.observations, 1);
    next(&b, false, 1000); /* and the count starts anew */
    next(&b, false, 1000);
    assert_int_equal(b.s.shown, WATCH_SUSPECT);
}

static void two_answers_a_second_apart_bring_a_dark_target_up(void **state)
{
    (void)state;
    struct bench b;
    bring_down(&b);
    int64_t dark = b.s.first_miss_at;
    next(&b, true, 1);
    assert_int_equal(b.s.shown, WATCH_DOWN);
    assert_int_equal(b.v.next, b.now + 1000);
    next(&b, true, 1);
    assert_int_equal(b.s.shown, WATCH_UP);
    assert_int_equal(b.last.from, WATCH_DOWN);
    assert_int_equal(b.last.dark_since, dark);
    assert_string_equal(b.last.rule, "2 answers, 1 s apart");
    assert_int_equal(b.s.first_miss_at, 0);
}

static void one_answer_followed_by_a_miss_leaves_it_down(void **state)
{
    (void)state;
    struct bench b;
    bring_down(&b);
    int seen = b.observations;
    next(&b, true, 1);
    next(&b, false, 1000);
    next(&b, true, 1);
    assert_int_equal(b.s.shown, WATCH_DOWN);
    assert_int_equal(b.observations, seen);
}

static void a_dark_target_keeps_the_interval_for_5_minutes_then_backs_off_to_90_s(void **state)
{
    (void)state;
    struct bench b;
    bring_down(&b);
    int64_t down_at = b.s.since_at;
    while (EPOCH + b.now - down_at < 300000 - 31000) {
        next(&b, false, 1000);
        assert_int_equal(b.v.delay, 0);
        assert_int_equal(b.v.next, 0);
    }
    int64_t longest = 0;
    for (int i = 0; i < 10; i++) {
        next(&b, false, 1000);
        assert_true(b.v.delay >= longest);
        assert_true(b.v.delay <= 90000);
        longest = b.v.delay;
    }
    assert_int_equal(longest, 90000);
    next(&b, true, 1);
    next(&b, false, 1000); /* it moved: look as often as before */
    assert_true(b.v.delay < 90000);
}

static void what_never_answered_stays_unknown_and_says_so_once(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    check(&b, false, 1000);
    for (int i = 0; i < 40; i++)
        next(&b, false, 1000);
    assert_int_equal(b.s.shown, WATCH_UNKNOWN);
    assert_int_equal(b.observations, 1);
    assert_int_equal(b.last.to, WATCH_UNKNOWN);
    assert_string_equal(b.last.rule, "never answered");
    assert_int_equal(b.v.delay, 90000);
    next(&b, true, 1);
    assert_int_equal(b.s.shown, WATCH_UP);
}

static void more_than_five_changes_in_ten_minutes_hold_it_down(void **state)
{
    (void)state;
    struct bench b;
    bring_up(&b);
    for (int change = 1; change <= 6; change++) {
        bool ok = change % 2 == 0;
        for (int i = 0; i < (ok ? 2 : 3); i++)
            next(&b, ok, 1);
        if (change < 6)
            assert_int_equal(b.s.decided, ok ? WATCH_UP : WATCH_DOWN);
    }
    assert_int_equal(b.s.decided, WATCH_DOWN);
    assert_string_equal(b.last.rule, "flapping");
    assert_int_equal(b.last.to, WATCH_DOWN);
    assert_true(b.s.flapping);
    int seen = b.observations;
    int64_t held = b.now;
    while (b.now < held + 300000 - 31000) {
        next(&b, true, 1);
        assert_int_equal(b.s.decided, WATCH_DOWN);
    }
    next(&b, true, 1);
    next(&b, true, 1);
    assert_int_equal(b.s.decided, WATCH_UP);
    assert_string_equal(b.last.rule, "calm again after flapping");
    assert_int_equal(b.observations, seen + 1);
}

static void five_changes_in_ten_minutes_are_not_yet_flapping(void **state)
{
    (void)state;
    struct bench b;
    bring_up(&b);
    for (int change = 1; change <= 5; change++)
        for (int i = 0; i < (change % 2 == 0 ? 2 : 3); i++)
            next(&b, change % 2 == 0, 1);
    assert_false(b.s.flapping);
    b.now += 600000; /* the old changes are forgotten */
    check(&b, true, 1);
    next(&b, true, 1);
    assert_int_equal(b.s.decided, WATCH_UP);
    assert_false(b.s.flapping);
}

static void a_change_while_flapping_starts_the_calm_anew(void **state)
{
    (void)state;
    struct bench b;
    bring_up(&b);
    for (int change = 1; change <= 6; change++)
        for (int i = 0; i < (change % 2 == 0 ? 2 : 3); i++)
            next(&b, change % 2 == 0, 1);
    b.now += 290000;
    check(&b, false, 1);
    int64_t changed = b.now;
    while (b.now < changed + 270000) {
        next(&b, true, 1);
        assert_int_equal(b.s.decided, WATCH_DOWN);
    }
    for (int i = 0; i < 4; i++)
        next(&b, true, 1);
    assert_int_equal(b.s.decided, WATCH_UP);
}

static void calm_silence_after_flapping_leaves_it_down_without_a_word(void **state)
{
    (void)state;
    struct bench b;
    bring_up(&b);
    for (int change = 1; change <= 6; change++)
        for (int i = 0; i < (change % 2 == 0 ? 2 : 3); i++)
            next(&b, change % 2 == 0, 1);
    int seen = b.observations;
    for (int i = 0; i < 15; i++)
        next(&b, false, 1000);
    assert_false(b.s.flapping);
    assert_int_equal(b.s.decided, WATCH_DOWN);
    assert_int_equal(b.observations, seen);
    next(&b, true, 1);
    next(&b, true, 1);
    assert_int_equal(b.s.decided, WATCH_UP);
}

static void blindness_makes_unknown_with_its_rule_and_decides_anew(void **state)
{
    (void)state;
    struct bench b;
    bring_up(&b);
    next(&b, false, 1000); /* a failure that began before the gap */
    next(&b, false, 1000);
    int64_t at = EPOCH + b.now;
    state_blind(&b.s, at + 90000, at, "unknown for all: test", &b.v);
    assert_true(b.v.decided);
    assert_int_equal(b.v.from, WATCH_UP);
    assert_int_equal(b.v.to, WATCH_UNKNOWN);
    assert_int_equal(b.v.dark_since, at);
    assert_string_equal(b.v.rule, "unknown for all: test");
    b.now += 90000;
    check(&b, false, 1000);
    assert_int_equal(b.s.shown, WATCH_SUSPECT);
    next(&b, false, 1000);
    assert_false(b.v.decided);
    next(&b, false, 1000);
    assert_int_equal(b.last.from, WATCH_UNKNOWN);
    assert_int_equal(b.last.to, WATCH_DOWN);
    assert_true(b.last.dark_since > at);
}

static void blindness_is_said_once_and_a_miss_meanwhile_says_nothing(void **state)
{
    (void)state;
    struct bench b;
    bring_up(&b);
    state_blind(&b.s, EPOCH, EPOCH, "rule", &b.v);
    state_blind(&b.s, EPOCH, EPOCH, "rule", &b.v);
    assert_false(b.v.decided);
    struct check c = {.blind = true, .sent = 1, .now = 2, .sent_at = 1, .at = 2, .detail = "timeout"};
    for (int i = 0; i < 5; i++)
        state_answer(&b.s, &b.r, &c, &b.v);
    assert_false(b.v.decided);
    assert_int_equal(b.s.shown, WATCH_UNKNOWN);
    check(&b, true, 1);
    assert_int_equal(b.s.shown, WATCH_UP);
    assert_string_equal(b.last.rule, "answers again");
}

static void a_held_decision_stays_suspect_and_is_asked_again_in_a_second(void **state)
{
    (void)state;
    struct bench b;
    bring_up(&b);
    next(&b, false, 1000);
    next(&b, false, 1000);
    assert_true(state_near_down(&b.s, &b.r));
    struct check c = {.hold = true, .sent = b.v.next, .now = b.v.next + 1000,
                      .sent_at = EPOCH + b.v.next, .at = EPOCH + b.v.next + 1000, .detail = "timeout"};
    b.now = c.now;
    state_answer(&b.s, &b.r, &c, &b.v);
    assert_false(b.v.decided);
    assert_int_equal(b.s.shown, WATCH_SUSPECT);
    next(&b, false, 1000);
    assert_string_equal(b.last.rule, "4 misses (0 s, 1 s, 2 s, 3 s)");
}

static void state_words_read_back(void **state)
{
    (void)state;
    for (int i = WATCH_UNKNOWN; i <= WATCH_DOWN; i++)
        assert_int_equal(watch_state_of(watch_state_word((enum watch_state)i)), i);
    assert_int_equal(watch_state_of("nonsense"), WATCH_UNKNOWN);
    assert_int_equal(watch_state_of(NULL), WATCH_UNKNOWN);
}

int run_state_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_answer_brings_a_new_target_up),
        cmocka_unit_test(a_first_miss_makes_suspect_without_an_observation),
        cmocka_unit_test(three_misses_at_0_1_and_2_seconds_make_it_down),
        cmocka_unit_test(a_refusal_at_once_is_asked_again_after_a_second_each),
        cmocka_unit_test(slow_timeouts_are_named_with_their_true_distance),
        cmocka_unit_test(an_answer_to_a_recheck_ends_the_suspicion_silently),
        cmocka_unit_test(two_answers_a_second_apart_bring_a_dark_target_up),
        cmocka_unit_test(one_answer_followed_by_a_miss_leaves_it_down),
        cmocka_unit_test(a_dark_target_keeps_the_interval_for_5_minutes_then_backs_off_to_90_s),
        cmocka_unit_test(what_never_answered_stays_unknown_and_says_so_once),
        cmocka_unit_test(more_than_five_changes_in_ten_minutes_hold_it_down),
        cmocka_unit_test(five_changes_in_ten_minutes_are_not_yet_flapping),
        cmocka_unit_test(a_change_while_flapping_starts_the_calm_anew),
        cmocka_unit_test(calm_silence_after_flapping_leaves_it_down_without_a_word),
        cmocka_unit_test(blindness_makes_unknown_with_its_rule_and_decides_anew),
        cmocka_unit_test(blindness_is_said_once_and_a_miss_meanwhile_says_nothing),
        cmocka_unit_test(a_held_decision_stays_suspect_and_is_asked_again_in_a_second),
        cmocka_unit_test(state_words_read_back),
    };
    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
