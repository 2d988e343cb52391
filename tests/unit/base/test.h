/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_BASE_TEST_H
#define TESTS_UNIT_BASE_TEST_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* cmocka's macro would hide fail() of base/rc.h, and fail_msg() is built on it. */
#undef fail
#undef fail_msg
#define fail_msg(...)                                                                              \
    do {                                                                                           \
        print_error("ERROR: " __VA_ARGS__);                                                        \
        print_error("\n");                                                                         \
        _fail(__FILE__, __LINE__);                                                                 \
    } while (0)

int civil_tests(void);
int json_tests(void);
int log_tests(void);
int memory_tests(void);
int rc_tests(void);
int utf8_tests(void);

#endif
