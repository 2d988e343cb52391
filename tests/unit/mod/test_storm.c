/* SPDX-License-Identifier: Apache-2.0 */
/* Scenario 6: a dead switch is one incident, whatever the order in which the alarms came and went.
 */
#include "base/civil.h"
#include "mod/alarm/alarm.h"
#include "street.h"

#define CAMERAS 20
#define DEVICES (CAMERAS + 1)

struct storm {
    int64_t device[DEVICES]; /* the switch first */
    uint32_t seed;
};

/* Numerical Recipes' generator: the same storms every time. */
static uint32_t roll(struct storm *s, uint32_t below)
{
    s->seed = s->seed * 1664525u + 1013904223u;
    return (s->seed >> 8) % below;
}

static void shuffle(struct storm *s, int *order, int from, int n)
{
    for (int i = from; i < n; i++)
        order[i] = i;
    for (int i = n - 1; i > from; i--) {
        int j = from + (int)roll(s, (uint32_t)(i - from + 1)), keep = order[i];
        order[i] = order[j];
        order[j] = keep;
    }
}

static struct storm start(struct house *h, const char *name, uint32_t seed)
{
    struct storm s = {.seed = seed};
    s.device[0] = branch(h, name, "10.9.8.100", CAMERAS, s.device + 1);
    for (int i = 0; i < DEVICES; i++)
        target(h, s.device[i], "icmp", "up");
    look(h);
    return s;
}

/* In batches of 1 to 6, with a look after each and up to `pause` ms between. */
static void play(struct house *h, struct storm *s, const int *order, int n, const char *to,
                 uint32_t pause)
{
    for (int i = 0; i < n;) {
        int batch = 1 + (int)roll(s, 6);
        for (; batch > 0 && i < n; batch--, i++) {
            h->cx.now.ms += 700;
            decided(h, s->device[order[i]], "icmp", to);
        }
        look(h);
        h->cx.now.ms += roll(s, pause);
        look(h);
    }
}

static int64_t one_outage_with_all(struct house *h, const struct storm *s)
{
    look_later(h);
    assert_int_equal(open_outages(h), 1);
    int64_t o = open_outage_of_root(h, s->device[0]);
    assert_int_equal(number(h, "SELECT affected_count FROM outage WHERE id = %lld", (long long)o),
                     DEVICES);
    assert_int_equal(
        number(h,
               "SELECT COUNT(*) FROM outage_asset WHERE outage_id = %lld AND dark_until_at IS NULL",
               (long long)o),
        DEVICES);
    assert_int_equal(number(h,
                            "SELECT COUNT(*) FROM alarm WHERE state = 'open' AND outage_id = %lld",
                            (long long)o),
                     DEVICES);
    assert_int_equal(
        number(h, "SELECT COUNT(*) FROM work_order WHERE " OPEN_ORDER " AND outage_id = %lld",
               (long long)o),
        1);
    assert_int_equal(number(h, "SELECT started_at FROM outage WHERE id = %lld", (long long)o),
                     number(h, "SELECT MIN(decided_at) FROM alarm WHERE state = 'open'"));
    return o;
}

/* All come back in any order: one outage ends, with the last of them, and no order is born. */
static void calm(struct house *h, struct storm *s, int64_t outage)
{
    int order[DEVICES];
    int64_t orders = number(h, "SELECT COUNT(*) FROM work_order");
    shuffle(s, order, 0, DEVICES);
    play(h, s, order, DEVICES, "up", 15000);
    assert_int_equal(open_outages(h), 0);
    assert_string_equal(words(h, "SELECT state FROM outage WHERE id = %lld", (long long)outage),
                        "ended");
    assert_int_equal(number(h, "SELECT ended_at FROM outage WHERE id = %lld", (long long)outage),
                     number(h, "SELECT MAX(ended_at) FROM alarm"));
    assert_int_equal(
        number(h, "SELECT affected_count FROM outage WHERE id = %lld", (long long)outage), DEVICES);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order"), orders);
    run_sql(h, "UPDATE work_order SET state = 'closed' WHERE " OPEN_ORDER);
}

static void cameras_first_while_the_switch_is_suspect(void **state)
{
    struct house *h = *state;
    int order[DEVICES] = {0};
    house_watch(h);
    for (uint32_t seed = 1; seed <= 3; seed++) {
        struct storm s = start(h, arena_printf(CX->a, "S%u", seed), seed);
        target(h, s.device[0], "icmp", "suspect");
        shuffle(&s, order, 1, DEVICES);
        play(h, &s, order + 1, CAMERAS, "down", 15000);
        assert_int_equal(open_outages(h), 0);
        play(h, &s, (int[]){0}, 1, "down", 1);
        int64_t o = one_outage_with_all(h, &s);
        assert_int_equal(
            number(h, "SELECT COUNT(*) FROM work_order WHERE outage_id = %lld", (long long)o), 1);
        calm(h, &s, o);
    }
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order"), 3);
}

static void the_switch_first(void **state)
{
    struct house *h = *state;
    int order[DEVICES] = {0};
    house_watch(h);
    for (uint32_t seed = 11; seed <= 13; seed++) {
        struct storm s = start(h, arena_printf(CX->a, "S%u", seed), seed);
        shuffle(&s, order, 1, DEVICES);
        play(h, &s, order, DEVICES, "down", 15000);
        calm(h, &s, one_outage_with_all(h, &s));
    }
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order"), 3);
}

/* The worst: nobody suspects the switch, so that of a slow storm cameras have outages and orders
 * before it is decided. */
static void the_switch_somewhere_among_its_cameras(void **state)
{
    struct house *h = *state;
    int order[DEVICES];
    house_watch(h);
    for (uint32_t seed = 21; seed <= 24; seed++) {
        struct storm s = start(h, arena_printf(CX->a, "S%u", seed), seed);
        shuffle(&s, order, 0, DEVICES);
        play(h, &s, order, DEVICES, "down", seed % 2 ? 15000 : 1000);
        calm(h, &s, one_outage_with_all(h, &s));
    }
}

static void everything_in_one_batch(void **state)
{
    struct house *h = *state;
    house_watch(h);
    struct storm s = start(h, "S", 31);
    for (int i = DEVICES - 1; i >= 0; i--)
        dark(h, s.device[i]);
    look(h);
    calm(h, &s, one_outage_with_all(h, &s));
    assert_int_equal(number(h, "SELECT COUNT(*) FROM outage"), 1);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order"), 1);
}

/* What was counted once for the month is counted once, however the outages were merged. */
static void each_camera_stands_once_in_the_list_of_what_was_affected(void **state)
{
    struct house *h = *state;
    int order[DEVICES];
    house_watch(h);
    struct storm s = start(h, "S", 41);
    for (int i = 0; i < DEVICES; i++)
        order[i] = DEVICES - 1 - i; /* the switch last */
    play(h, &s, order, DEVICES, "down", 25000);
    int64_t o = one_outage_with_all(h, &s);
    assert_true(number(h, "SELECT COUNT(*) FROM outage WHERE state = 'merged'") > 5);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM outage_asset"), DEVICES);
    calm(h, &s, o);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM outage_asset"), DEVICES);
}

/* Cameras need a while to answer again when their switch is back; then they are faults of their
 * own. */
static void
what_stays_dark_behind_a_switch_that_is_back_is_no_new_outage_for_three_minutes(void **state)
{
    struct house *h = *state;
    house_watch(h);
    struct storm s = start(h, "S", 51);
    for (int i = 0; i < DEVICES; i++)
        dark(h, s.device[i]);
    int64_t o = one_outage_with_all(h, &s);
    h->cx.now.ms += MINUTE_MS;
    int64_t t = CX->now.ms;
    for (int i = 0; i < DEVICES - 3; i++)
        back(h, s.device[i]);
    look(h);
    h->cx.now.ms = t + OUTAGE_SETTLE_MS - 1;
    look(h);
    assert_int_equal(open_outages(h), 1);
    assert_int_equal(
        number(h,
               "SELECT COUNT(*) FROM outage_asset WHERE outage_id = %lld AND dark_until_at IS NULL",
               (long long)o),
        3);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order"), 1);
    h->cx.now.ms = t + OUTAGE_SETTLE_MS;
    look(h);
    assert_int_equal(open_outages(h), 3);
    for (int i = DEVICES - 3; i < DEVICES; i++)
        (void)open_outage_of_root(h, s.device[i]);
    for (int i = DEVICES - 3; i < DEVICES; i++)
        back(h, s.device[i]);
    look(h);
    assert_int_equal(open_outages(h), 0);
}

/* A box that nobody watches is back when its first camera is: the others have the same three
 * minutes. */
static void cameras_that_come_back_one_by_one_behind_an_unwatched_box_are_one_outage(void **state)
{
    struct house *h = *state;
    int64_t cams[6];
    house_watch(h);
    int64_t box = branch(h, "BOX", NULL, 6, cams);
    for (int i = 0; i < 6; i++)
        dark(h, cams[i]);
    look_later(h);
    int64_t o = open_outage_of_root(h, box);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(open_outages(h), 1);
        h->cx.now.ms += MINUTE_MS;
        back(h, cams[i]);
        look(h);
    }
    assert_int_equal(open_outages(h), 0);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM outage"), 1);
    assert_int_equal(number(h, "SELECT ended_at FROM outage WHERE id = %lld", (long long)o),
                     CX->now.ms);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order"), 1);
}

/* Whatever happens on two floors of switches, what look() asserts holds after every round, and when
 * all is bright again nothing is open. */
static void a_long_random_night_breaks_no_rule(void **state)
{
    struct house *h = *state;
    int64_t device_of[1 + 3 * 5];
    bool off[1 + 3 * 5] = {0};
    struct storm s = {.seed = 61};
    house_watch(h);
    device_of[0] = device(h, "video_switch", "CORE", "10.9.8.200");
    for (int i = 0; i < 3; i++) {
        const char *ip = i == 2 ? NULL : "10.9.8.100"; /* nobody watches the third */
        device_of[1 + 5 * i] =
            branch(h, arena_printf(CX->a, "B%d", i), ip, 4, device_of + 2 + 5 * i);
        feeds(h, device_of[0], device_of[1 + 5 * i]);
    }
    for (int round = 0; round < 120; round++) {
        for (int n = (int)roll(&s, 5); n > 0; n--) {
            int i = (int)roll(&s, 16);
            if (i == 11)
                continue;
            off[i] = !off[i];
            decided(h, device_of[i], "icmp", off[i] ? "down" : "up");
        }
        h->cx.now.ms += roll(&s, 30000);
        look(h);
    }
    for (int i = 0; i < 16; i++)
        if (off[i])
            back(h, device_of[i]);
    look(h);
    assert_int_equal(open_outages(h), 0);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM outage_asset WHERE dark_until_at IS NULL"), 0);
    assert_true(number(h, "SELECT COUNT(*) FROM outage WHERE state = 'merged'") > 3);
}

void storm_cases(struct cases *c)
{
    ON_BOTH(c, cameras_first_while_the_switch_is_suspect);
    ON_BOTH(c, the_switch_first);
    ON_BOTH(c, the_switch_somewhere_among_its_cameras);
    ON_BOTH(c, everything_in_one_batch);
    ON_BOTH(c, each_camera_stands_once_in_the_list_of_what_was_affected);
    ON_BOTH(c, what_stays_dark_behind_a_switch_that_is_back_is_no_new_outage_for_three_minutes);
    ON_BOTH(c, cameras_that_come_back_one_by_one_behind_an_unwatched_box_are_one_outage);
    ON_BOTH(c, a_long_random_night_breaks_no_rule);
}
