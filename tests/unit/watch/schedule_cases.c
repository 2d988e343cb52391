/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "test_watch.h"
#include "watch/schedule.h"

static void places_spread_evenly_over_the_interval_for_any_number(void **state)
{
    (void)state;
    for (int n = 10; n <= 5000; n *= 5) {
        struct schedule s = {0};
        int seconds[30] = {0};
        for (int i = 0; i < n; i++) {
            int64_t place = schedule_place(&s, 30000);
            assert_in_range(place, 0, 29999);
            seconds[place / 1000]++;
        }
        for (int i = 0; i < 30; i++) {
            assert_true(seconds[i] <= n / 30 + 2);
            assert_true(seconds[i] >= n / 30 - 2);
        }
    }
}

static void the_first_due_comes_first_whatever_moves_and_goes(void **state)
{
    (void)state;
    enum { N = 500 };
    static struct due d[N];
    struct schedule s = {0};
    srand(7);
    for (int i = 0; i < N; i++)
        schedule_at(&s, &d[i], rand() % 1000);
    for (int i = 0; i < N; i += 3)
        schedule_at(&s, &d[i], rand() % 1000);
    for (int i = 0; i < N; i += 5)
        schedule_remove(&s, &d[i]);
    schedule_remove(&s, &d[0]); /* twice is harmless */
    int64_t last = -1;
    int seen = 0;
    for (struct due *x; (x = schedule_first(&s)); seen++) {
        assert_true(x->at >= last);
        last = x->at;
        schedule_remove(&s, x);
    }
    assert_int_equal(seen, N - N / 5);
    schedule_free(&s);
}

static void the_regular_place_is_kept_and_never_closer_than_half_an_interval(void **state)
{
    (void)state;
    struct due d = {.phase = 12345};
    for (int64_t now = 1000000; now < 1100000; now += 777) {
        int64_t t = schedule_regular(&d, now, 30000);
        assert_int_equal(t % 30000, 12345);
        assert_true(t - now >= 15000 && t - now < 45000);
    }
}

int run_schedule_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_spread_evenly_over_the_interval_for_any_number),
        cmocka_unit_test(the_first_due_comes_first_whatever_moves_and_goes),
        cmocka_unit_test(the_regular_place_is_kept_and_never_closer_than_half_an_interval),
    };
    return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
