/* SPDX-License-Identifier: Apache-2.0 */
/* A million random clocks of 2020-2026 against the minute walk of oracle.c. RULE_SEED repeats a
 * run, RULE_CASES sets its length; a failure prints the case in full. */
#include "test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "oracle.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SLOW_BUILD
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
#define SLOW_BUILD
#endif
#ifdef SLOW_BUILD
#define CASES 30000
#else
#define CASES 1000000
#endif

#define MAX_PAUSES 4
#define START_MINUTES (2557 * 1440) /* 2020-01-01 .. 2026-12-31 */

struct clock_case {
    bool office;
    int64_t from, to; /* UTC ms */
    int32_t limit;    /* minutes */
    struct oracle_pause pauses[MAX_PAUSES];
    size_t n_pauses;
};

static uint64_t seed;

static uint64_t next_random(void)
{
    uint64_t z = (seed += UINT64_C(0x9E3779B97F4A7C15)); /* splitmix64 */
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static int64_t below(int64_t n)
{
    return (int64_t)(next_random() % (uint64_t)n);
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

/* Mostly the contract's own sizes; now and then a limit of weeks or an instant off the minute. */
static struct clock_case random_case(void)
{
    struct clock_case c = {.office = below(8) != 0};
    int64_t minute = below(START_MINUTES);
    if (below(4) == 0) /* the edges of the working windows */
        minute = minute / 1440 * 1440 + (int64_t[]){539, 540, 541, 720, 780, 1079, 1080}[below(7)];
    c.from = oracle_ms(minute) + (below(4) == 0 ? below(60000) : 0);
    c.limit = (int32_t)(below(128) == 0 ? below(15 * 480)
                        : below(8) == 0 ? below(600)
                                        : below(181));
    c.to = c.from + below(below(64) == 0 ? 20 * DAY_MS : below(8) == 0 ? 3 * DAY_MS : 10 * HOUR_MS);
    if (below(3) == 0)
        c.to -= c.to % MINUTE_MS;
    c.n_pauses = below(4) == 0 ? (size_t)below(MAX_PAUSES + 1) : 0;
    for (size_t i = 0; i < c.n_pauses; i++) {
        c.pauses[i].from = minute - 300 + below(3000);
        c.pauses[i].to = c.pauses[i].from - 10 + below(below(4) == 0 ? 8000 : 400);
    }
    return c;
}

static void describe(const struct clock_case *c, uint64_t case_seed)
{
    char from[INSTANT_TEXT], to[INSTANT_TEXT];
    print_error("RULE_SEED=%" PRIu64 " RULE_CASES=1: %s %d from %s (%" PRId64 " ms) to %s (%" PRId64
                " ms)\n",
                case_seed, c->office ? "5x8" : "24x7", (int)c->limit,
                instant_text((struct instant){c->from}, from), c->from,
                instant_text((struct instant){c->to}, to), c->to);
    for (size_t i = 0; i < c->n_pauses; i++)
        print_error("  pause %s to %s\n",
                    instant_text((struct instant){oracle_ms(c->pauses[i].from)}, from),
                    instant_text((struct instant){oracle_ms(c->pauses[i].to)}, to));
}

static const char *check_ledger(const struct clock_case *c, const struct sla_pause *pauses,
                                int64_t elapsed)
{
    struct arena *a = arena_new();
    const struct span *s;
    size_t n;
    int64_t sum = 0, reached = c->from;
    const char *fault = NULL;
    sla_ledger(a, c->office ? office() : NULL, (struct instant){c->from}, (struct instant){c->to},
               pauses, c->n_pauses, &s, &n);
    for (size_t i = 0; i < n && !fault; i++) {
        if (s[i].from.ms != reached || s[i].to.ms <= s[i].from.ms)
            fault = "a gap, an overlap or an empty span in the ledger";
        reached = s[i].to.ms;
        sum += s[i].kind == SPAN_WORKED ? s[i].to.ms - s[i].from.ms : 0;
    }
    if (!fault && c->to > c->from && reached != c->to)
        fault = "the ledger does not end at the stop";
    if (!fault && sum != elapsed)
        fault = "the worked spans do not sum to the elapsed time";
    arena_free(a);
    return fault;
}

static const char *check_case(const struct clock_case *c, bool with_ledger)
{
    struct sla_pause pauses[MAX_PAUSES];
    for (size_t i = 0; i < c->n_pauses; i++)
        pauses[i] =
            (struct sla_pause){{oracle_ms(c->pauses[i].from)}, {oracle_ms(c->pauses[i].to)}, "p"};
    const struct calendar *cal = c->office ? office() : NULL;
    struct instant from = {c->from}, to = {c->to};
    struct instant end = sla_deadline(cal, from, c->limit, pauses, c->n_pauses, NULL);
    int64_t limit_ms = c->limit * MINUTE_MS;
    if (c->limit > 0 &&
        end.ms != oracle_deadline(c->office, c->from, limit_ms, c->pauses, c->n_pauses))
        return "deadline";
    if (c->limit == 0 && end.ms != c->from)
        return "deadline of no time";
    if (sla_elapsed_ms(cal, from, end, pauses, c->n_pauses) != limit_ms)
        return "elapsed time at the deadline is not the limit";
    int64_t elapsed = sla_elapsed_ms(cal, from, to, pauses, c->n_pauses);
    if (elapsed != oracle_elapsed(c->office, c->from, c->to, c->pauses, c->n_pauses))
        return "elapsed";
    return with_ledger ? check_ledger(c, pauses, elapsed) : NULL;
}

static void random_clocks_agree_with_a_walk_over_every_minute(void **state)
{
    (void)state;
    seed = number_from("RULE_SEED", 20260403);
    uint64_t cases = number_from("RULE_CASES", CASES);
    oracle_open();
    for (uint64_t i = 0; i < cases; i++) {
        uint64_t case_seed = seed;
        struct clock_case c = random_case();
        const char *fault = check_case(&c, i % 16 == 0);
        if (fault) {
            describe(&c, case_seed);
            oracle_close();
            fail_msg("case %" PRIu64 ": %s", i, fault);
        }
    }
    oracle_close();
}

static void every_minute_of_eight_years_is_open_or_closed_as_the_notices_say(void **state)
{
    (void)state;
    oracle_open();
    for (int64_t m = 0; m < oracle_minutes(); m += 30) {
        struct instant from = {oracle_ms(m)}, to = {oracle_ms(m + 30)};
        int64_t want = oracle_elapsed(true, from.ms, to.ms, NULL, 0);
        if (calendar_worked_ms(office(), from, to) != want) {
            char text[INSTANT_TEXT];
            oracle_close();
            fail_msg("the half hour from %s", instant_text(from, text));
        }
    }
    oracle_close();
}

int property_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_minute_of_eight_years_is_open_or_closed_as_the_notices_say),
        cmocka_unit_test(random_clocks_agree_with_a_walk_over_every_minute),
    };
    return cmocka_run_group_tests_name("property", tests, NULL, NULL);
}
