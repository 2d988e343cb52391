/* SPDX-License-Identifier: Apache-2.0 */
/* Cases of src/db: each runs on both databases unless it is about one of them. */
#ifndef TESTS_DB_CASES_H
#define TESTS_DB_CASES_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "testdb.h"
/* last: it defines a macro fail() */
#include <cmocka.h>

#define CASES_MAX 200
struct cases {
    struct CMUnitTest tests[CASES_MAX];
    size_t n;
};

int sqlite_setup(void **state);
int postgres_setup(void **state);
int database_teardown(void **state);

void case_add(struct cases *c, const char *name, CMUnitTestFunction test, int (*setup)(void **),
              int (*teardown)(void **));
#define ON_NONE(c, test) case_add((c), #test, (test), NULL, NULL)
#define ON_SQLITE(c, test) case_add((c), #test " [sqlite]", (test), sqlite_setup, database_teardown)
#define ON_POSTGRES(c, test)                                                                       \
    case_add((c), #test " [postgres]", (test), postgres_setup, database_teardown)
#define ON_BOTH(c, test)                                                                           \
    do {                                                                                           \
        ON_SQLITE(c, test);                                                                        \
        ON_POSTGRES(c, test);                                                                      \
    } while (0)

void text_cases(struct cases *c);
void value_cases(struct cases *c);
void transaction_cases(struct cases *c);
void store_cases(struct cases *c);
void migrate_cases(struct cases *c);
void outage_cases(struct cases *c);

/* Shortcuts; each asserts that it worked. */
struct db *opened(void **state);           /* DB_BUSINESS, DB_WRITE */
void done(struct db *db, const char *sql); /* db_script with the type tokens expanded */
int64_t number(struct db *db, const char *sql);
#define assert_rc(got, want) assert_int_equal((int)(got), (int)(want))

/* Runs work(i) in n processes that start together; asserts that all return 0. */
void in_processes(int n, int (*work)(void *arg, int i), void *arg);

#endif
