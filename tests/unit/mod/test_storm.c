/* SPDX-License-Identifier: Apache-2.0 */
/* Scenario 6: a dead switch is one incident, whatever the order in which the alarms came and went. */
#include "base/civil.h"
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

/* In batches of 1 to 6, with a look after each. */
static void play(struct house *h, struct storm *s, const int *order, int n, const char *to)
{
    for (int i = 0; i < n;) {
        int batch = 1 + (int)roll(s, 6);
        for (; batch > 0 && i < n; batch--, i++) {
            h->cx.now.ms += 700;
            decided(h, s->device[order[i]], "icmp", to);
        }
        look(h);
    }
}

static int64_t one_outage_with_all(struct house *h, const struct storm *s)
{
    assert_int_equal(open_outages(h), 1);
    int64_t o = open_outage_of_root(h, s->device[0]);
    assert_int_equal(number(h, "SELECT affected_count FROM outage WHERE id = %lld", (long long)o), DEVICES);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM outage_asset WHERE outage_id = %lld AND dark_until_at IS NULL",
                            (long long)o), DEVICES);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM alarm WHERE state = 'open' AND outage_id = %lld", (long long)o),
                     DEVICES);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order WHERE " OPEN_ORDER " AND outage_id = %lld",
                            (long long)o), 1);
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
    play(h, s, order, DEVICES, "up");
    assert_int_equal(open_outages(h), 0);
    assert_string_equal(words(h, "SELECT state FROM outage WHERE id = %lld", (long long)outage), "ended");
    assert_int_equal(number(h, "SELECT ended_at FROM outage WHERE id = %lld", (long long)outage), CX->now.ms);
    assert_int_equal(number(h, "SELECT affected_count FROM outage WHERE id = %lld", (long long)outage), DEVICES);
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
        play(h, &s, order + 1, CAMERAS, "down");
        assert_int_equal(open_outages(h), 0);
        play(h, &s, (int[]){0}, 1, "down");
        int64_t o = one_outage_with_all(h, &s);
        assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order WHERE outage_id = %lld", (long long)o), 1);
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
        play(h, &s, order, DEVICES, "down");
        calm(h, &s, one_outage_with_all(h, &s));
    }
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order"), 3);
}

/* The worst: nobody suspects the switch, so cameras have outages and orders before it is decided. */
static void the_switch_somewhere_among_its_cameras(void **state)
{
    struct house *h = *state;
    int order[DEVICES];
    house_watch(h);
    for (uint32_t seed = 21; seed <= 24; seed++) {
        struct storm s = start(h, arena_printf(CX->a, "S%u", seed), seed);
        shuffle(&s, order, 0, DEVICES);
        play(h, &s, order, DEVICES, "down");
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
    play(h, &s, order, DEVICES, "down");
    int64_t o = one_outage_with_all(h, &s);
    assert_true(number(h, "SELECT COUNT(*) FROM outage WHERE state = 'merged'") > 5);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM outage_asset"), DEVICES);
    calm(h, &s, o);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM outage_asset"), DEVICES);
}

static void some_cameras_that_stay_dark_stay_in_the_outage_of_their_switch(void **state)
{
    struct house *h = *state;
    house_watch(h);
    struct storm s = start(h, "S", 51);
    for (int i = 0; i < DEVICES; i++)
        dark(h, s.device[i]);
    look(h);
    int64_t o = one_outage_with_all(h, &s);
    h->cx.now.ms += MINUTE_MS;
    for (int i = 0; i < DEVICES - 3; i++)
        back(h, s.device[i]);
    look(h);
    assert_int_equal(open_outages(h), 1);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM outage_asset WHERE outage_id = %lld AND dark_until_at IS NULL",
                            (long long)o), 3);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order"), 1);
    dark(h, s.device[1]); /* a new fault of one that was back is its own */
    look(h);
    assert_int_equal(open_outages(h), 2);
    (void)open_outage_of_root(h, s.device[1]);
}

void storm_cases(struct cases *c)
{
    ON_BOTH(c, cameras_first_while_the_switch_is_suspect);
    ON_BOTH(c, the_switch_first);
    ON_BOTH(c, the_switch_somewhere_among_its_cameras);
    ON_BOTH(c, everything_in_one_batch);
    ON_BOTH(c, each_camera_stands_once_in_the_list_of_what_was_affected);
    ON_BOTH(c, some_cameras_that_stay_dark_stay_in_the_outage_of_their_switch);
}
