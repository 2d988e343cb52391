/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_RULE_TEST_H
#define TESTS_UNIT_RULE_TEST_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* base/rc.h has a function of that name, and fail_msg() is built upon the macro. */
#undef fail
#undef fail_msg
#define fail_msg(...)                                                                              \
    do {                                                                                           \
        print_error(__VA_ARGS__);                                                                  \
        print_error("\n");                                                                         \
        _fail(__FILE__, __LINE__);                                                                 \
    } while (0)

#include "rule/sla.h"

int calendar_tests(void);
int sla_tests(void);
int outage_tests(void);
int money_tests(void);
int blast_tests(void);
int property_tests(void);
int cmd_sla_tests(void);

/* The built-in calendar with the hours of D-1, in an arena that lives as long as the program. */
const struct calendar *office(void);
/* The same with more rows behind the built-in ones, notices loaded until the given date. */
const struct calendar *office_with(struct arena *a, const struct calendar_day *more, size_t n,
                                   struct date notice_until);
struct instant at(const char *text);
struct date day(const char *text);
void assert_at(struct instant have, const char *want);
void assert_day(struct date have, const char *want);

#endif
