/* SPDX-License-Identifier: Apache-2.0 */
/* A store as the program makes it: every kind registered, migrated, views built, the preset loaded;
 * and people with roles. The clock stands at Friday 2026-05-08 17:00 Beijing until a test moves it.
 */
#ifndef TESTS_CORE_HOUSE_H
#define TESTS_CORE_HOUSE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
/* cmocka hides fail() of base/rc.h */
#undef fail
#undef fail_msg
#define fail_msg(...)                                                                              \
    do {                                                                                           \
        print_error("ERROR: " __VA_ARGS__);                                                        \
        print_error("\n");                                                                         \
        _fail(__FILE__, __LINE__);                                                                 \
    } while (0)

#include "record/record.h"
#include "testdb.h"

struct house {
    struct testdb *t;
    struct cx cx;
    struct db *saw;   /* DB_WATCH, written by the test in place of the engine; NULL until opened */
    struct db *watch; /* the same, read-only, as the jobs open it */
};
#define CX (&h->cx)

/* Fails with the error's text, so that a broken test tells why. */
#define OK(call) house_ok(h, (call), #call, __FILE__, __LINE__)
void house_ok(struct house *h, enum rc rc, const char *what, const char *file, int line);
#define REFUSED(call, code, name)                                                                  \
    do {                                                                                           \
        assert_int_equal(call, code);                                                              \
        assert_string_equal(h->cx.err.field, name);                                                \
        assert_true(h->cx.err.zh[0] && h->cx.err.en[0]);                                           \
    } while (0)

void house_watch(struct house *h);                   /* opens saw and watch */
void clock_at(struct house *h, const char *beijing); /* "2026-05-08T17:00" */
int64_t instant_of(const char *beijing);

void be_console(struct house *h);
void be_system(struct house *h);
void be_nobody(struct house *h);
void be(struct house *h, const char *login); /* with the rights of that account */
/* An account without password; unit may be NULL. The id. */
int64_t person(struct house *h, const char *login, const char *role, const char *unit);
int64_t person_id(struct house *h, const char *login);

json_t *json_of(struct house *h, const char *text); /* ' for " */
enum rc create(struct house *h, const struct kind *k, struct row **row, const char *json, ...)
    __attribute__((format(printf, 4, 5)));
enum rc patch(struct house *h, const struct kind *k, int64_t id, struct row **row, const char *json,
              ...) __attribute__((format(printf, 5, 6)));
/* With the rev that is stored now. json without it: "'plan':'...'" or NO_INPUT. */
#define NO_INPUT "%s", ""
enum rc act(struct house *h, const struct kind *k, int64_t id, const char *action, struct row **row,
            const char *json, ...) __attribute__((format(printf, 6, 7)));
enum rc retire(struct house *h, const struct kind *k, int64_t id);
/* As the console, must work; the id. */
int64_t made(struct house *h, const struct kind *k, const char *json, ...)
    __attribute__((format(printf, 3, 4)));

int64_t number(struct house *h, const char *sql, ...) __attribute__((format(printf, 2, 3)));
const char *words(struct house *h, const char *sql, ...) __attribute__((format(printf, 2, 3)));
void run_sql(struct house *h, const char *sql, ...) __attribute__((format(printf, 2, 3)));
/* record_count of a query as the actor */
int64_t count(struct house *h, const struct kind *k, const char *query);

#define CASES_MAX 400
struct cases {
    struct CMUnitTest tests[CASES_MAX];
    size_t n;
};
/* With SW_TEST_SQLITE in the environment cases of PostgreSQL are left out. */
void case_add(struct cases *c, const char *name, CMUnitTestFunction test, enum db_kind kind);
#define ON_BOTH(c, test)                                                                           \
    do {                                                                                           \
        case_add((c), #test " (sqlite)", (test), DB_SQLITE);                                       \
        case_add((c), #test " (postgresql)", (test), DB_POSTGRES);                                 \
    } while (0)

#endif
