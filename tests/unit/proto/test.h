/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_PROTO_TEST_H
#define TESTS_UNIT_PROTO_TEST_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

#include "base/arena.h"
#include "base/buf.h"
#include "proto/sheet.h"

/* The folder of the files that make_files.py makes; gone with the program. */
const char *work_path(const char *name); /* static storage, one of 8 */

struct sheet_file *open_good(const char *name);
/* Every row of a sheet: "3|t:text|n:12|d:2019-03-07|-\n"; a repeated cell has a ^ behind its type.
 */
const char *dump(struct sheet_file *f, size_t sheet, unsigned flags, struct buf *out);
#define assert_dump(name, sheet, flags, text)                                                      \
    do {                                                                                           \
        struct sheet_file *file_ = open_good(name);                                                \
        struct buf out_ = {.limit = 0};                                                            \
        assert_string_equal(dump(file_, sheet, flags, &out_), text);                               \
        buf_free(&out_);                                                                           \
        sheet_close(file_);                                                                        \
    } while (0)

/* Runs /usr/bin/python3 -c SCRIPT ARGUMENT and gives what it prints (without the last newline). */
const char *python(const char *script, const char *argument, struct buf *out);

int sheet_tests(void);
int csv_tests(void);
int refusal_tests(void);
int table_tests(void);
int clean_tests(void);
int write_tests(void);
int pdf_tests(void);
int photo_tests(void);

#endif
