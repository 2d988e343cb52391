/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdlib.h>

#include "rule/blast.h"

#define P SUPPLY_POWER
#define S SUPPLY_SIGNAL
#define R SUPPLY_RECORDING
#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct blast *hit_of(const struct blast *b, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (b[i].id == id)
            return &b[i];
    return NULL;
}

static void a_box_without_power_takes_its_switch_and_the_cameras_behind_it(void **state)
{
    (void)state; /* 1 box, 2 switch in it, 3 and 4 cameras, 5 recorder elsewhere */
    static const struct feed f[] = {{2, 1, P}, {3, 2, S}, {4, 2, S}, {3, 5, R}, {2, 9, S}};
    const struct blast *b;
    size_t n;
    struct arena *a = arena_new();
    blast_below(a, f, COUNT(f), 1, &b, &n);
    assert_int_equal(n, 3);
    assert_int_equal(hit_of(b, n, 2)->lost, 1u << P);
    assert_int_equal(hit_of(b, n, 2)->depth, 1);
    assert_int_equal(hit_of(b, n, 3)->depth, 2);
    assert_true(hit_of(b, n, 4)->dark);
    blast_below(a, f, COUNT(f), 5, &b, &n); /* the recorder dies: no camera goes dark */
    assert_int_equal(n, 1);
    assert_int_equal(b[0].id, 3);
    assert_false(b[0].dark);
    assert_int_equal(b[0].lost, 1u << R);
    arena_free(a);
}

static void a_second_feed_holds_until_it_dies_too(void **state)
{
    (void)state; /* 1 core feeds 2 and 3; 4 hangs on both; 5 on 2 alone */
    static const struct feed f[] = {{2, 1, S}, {3, 1, S}, {4, 2, S}, {4, 3, S}, {5, 2, S}};
    const struct blast *b;
    size_t n;
    struct arena *a = arena_new();
    blast_below(a, f, COUNT(f), 2, &b, &n);
    assert_int_equal(n, 2);
    assert_false(hit_of(b, n, 4)->dark);
    assert_int_equal(hit_of(b, n, 4)->thinner, 1u << S);
    assert_true(hit_of(b, n, 5)->dark);
    blast_below(a, f, COUNT(f), 1, &b, &n);
    assert_true(hit_of(b, n, 4)->dark);
    assert_int_equal(hit_of(b, n, 4)->thinner, 0);
    assert_int_equal(hit_of(b, n, 4)->depth, 2);
    arena_free(a);
}

static void a_loop_across_supplies_ends(void **state)
{
    (void)state; /* a power supply watched through the switch that hangs on it */
    static const struct feed f[] = {{2, 1, P}, {1, 2, S}, {3, 2, S}};
    const struct blast *b;
    size_t n;
    struct arena *a = arena_new();
    blast_below(a, f, COUNT(f), 1, &b, &n);
    assert_int_equal(n, 2);
    blast_below(a, f, COUNT(f), 2, &b, &n);
    assert_int_equal(n, 2);
    blast_below(a, f, 0, 2, &b, &n);
    assert_int_equal(n, 0);
    arena_free(a);
}

/* By sweeping over all feeds until nothing changes: slow, and shares nothing with the wave. */
static size_t swept(const struct feed *f, size_t n, int64_t root, bool dark[64])
{
    size_t dead = 0;
    for (bool again = true; again;) {
        again = false;
        for (int64_t id = 0; id < 64; id++)
            for (int s = 0; s < SUPPLY_RECORDING; s++) {
                int all = 0, gone = 0;
                for (size_t i = 0; i < n; i++)
                    if (f[i].down == id && (int)f[i].supply == s) {
                        all++;
                        gone += f[i].up == root || dark[f[i].up];
                    }
                if (all && all == gone && id != root && !dark[id]) {
                    dark[id] = again = true;
                    dead++;
                }
            }
    }
    return dead;
}

static void any_graph_gives_what_a_slow_sweep_gives(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    srand(20260508);
    for (int round = 0; round < 2000; round++) {
        struct feed f[80];
        bool dark[64] = {0};
        const struct blast *b;
        size_t n = (size_t)(rand() % 80), got, count = 0;
        for (size_t i = 0; i < n; i++)
            f[i] = (struct feed){rand() % 40, rand() % 40, (enum supply)(rand() % SUPPLY_N)};
        int64_t root = rand() % 40;
        size_t want = swept(f, n, root, dark);
        blast_below(a, f, n, root, &b, &got);
        for (size_t i = 0; i < got; i++) {
            assert_int_equal(b[i].dark, dark[b[i].id]);
            count += b[i].dark;
            assert_true(i == 0 || b[i - 1].depth <= b[i].depth);
        }
        assert_int_equal(count, want);
        arena_reset(a);
    }
    arena_free(a);
}

int blast_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_box_without_power_takes_its_switch_and_the_cameras_behind_it),
        cmocka_unit_test(a_second_feed_holds_until_it_dies_too),
        cmocka_unit_test(a_loop_across_supplies_ends),
        cmocka_unit_test(any_graph_gives_what_a_slow_sweep_gives),
    };
    return cmocka_run_group_tests_name("blast", tests, NULL, NULL);
}
