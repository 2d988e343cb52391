/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_IO_TEST_H
#define TESTS_UNIT_IO_TEST_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* cmocka's macro would hide fail() of base/rc.h. */
#undef fail

int child_tests(void);
int file_tests(void);
int lock_tests(void);
int poke_tests(void);
int sandbox_tests(void);
int supervisor_tests(void);

/* This program started again as a child that plays a part: see actor.c. argv for child_spec. */
const char *const *actor(const char *part, const char *argument);
int actor_main(const char *part, const char *argument);

/* A folder of its own for each test, removed with what is in it. */
int folder_setup(void **state); /* *state = its path */
int folder_teardown(void **state);
const char *in_folder(void **state, const char *name); /* static memory, two at a time */

/* Reads one line, without its end, from a descriptor; false at the end of the stream. */
int read_line(int fd, char *out, size_t size);

#endif
