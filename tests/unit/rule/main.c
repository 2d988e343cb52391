/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <string.h>

static struct arena *arena;
static const struct calendar *built_in;

const struct calendar *office_with(struct arena *a, const struct calendar_day *more, size_t n,
                                   struct date notice_until)
{
    size_t n_built_in;
    struct date until;
    const struct calendar_day *days = calendar_builtin(&n_built_in, &until);
    struct calendar_day *all = ARENA_NEW(a, struct calendar_day, n_built_in + n);
    memcpy(all, days, n_built_in * sizeof *all);
    if (n)
        memcpy(all + n_built_in, more, n * sizeof *all);
    const struct calendar *c;
    struct err e;
    if (notice_until.day == 0)
        notice_until = until;
    assert_int_equal(
        calendar_new(a, all, n_built_in + n, calendar_hours_5x8, 2, notice_until, &c, &e), RC_OK);
    return c;
}

const struct calendar *office(void)
{
    if (!built_in)
        built_in = office_with(arena, NULL, 0, (struct date){0});
    return built_in;
}

struct instant at(const char *text)
{
    struct instant t = {0};
    if (!instant_parse(text, &t))
        fail_msg("no instant: %s", text);
    return t;
}

struct date day(const char *text)
{
    struct date d = {0};
    if (!date_parse(text, &d))
        fail_msg("no date: %s", text);
    return d;
}

void assert_at(struct instant have, const char *want)
{
    char text[INSTANT_TEXT];
    if (have.ms != at(want).ms)
        fail_msg("%s, wanted %s", instant_text(have, text), want);
}

void assert_day(struct date have, const char *want)
{
    char text[DATE_TEXT];
    assert_string_equal(date_text(have, text), want);
}

int main(void)
{
    arena = arena_new();
    int failed = 0;
    failed += calendar_tests();
    failed += sla_tests();
    failed += outage_tests();
    failed += money_tests();
    failed += blast_tests();
    failed += cmd_sla_tests();
    failed += property_tests();
    arena_free(arena);
    return failed != 0;
}
