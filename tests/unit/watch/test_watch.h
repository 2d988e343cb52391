/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_WATCH_H
#define TEST_WATCH_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* base/rc.h has its own */

int run_state_tests(void);
int run_schedule_tests(void);
int run_packet_tests(void);
int run_probe_tests(void);
int run_engine_tests(void);
int run_net_tests(void);

#endif
