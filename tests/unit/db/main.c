/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cases.h"

int sqlite_setup(void **state)
{
    *state = testdb_new(DB_SQLITE);
    return 0;
}

int postgres_setup(void **state)
{
    *state = testdb_new(DB_POSTGRES);
    return 0;
}

int database_teardown(void **state)
{
    testdb_free(*state);
    return 0;
}

void case_add(struct cases *c, const char *name, CMUnitTestFunction test, int (*setup)(void **),
              int (*teardown)(void **))
{
    assert_true(c->n < CASES_MAX);
    c->tests[c->n++] = (struct CMUnitTest){name, test, setup, teardown, NULL};
}

struct db *opened(void **state)
{
    return testdb_open(*state, DB_BUSINESS, DB_WRITE, NULL);
}

void done(struct db *db, const char *sql)
{
    struct arena *a = arena_new();
    enum rc rc = db_script(db, db_expand(a, sql, db_kind(db)));
    arena_free(a);
    if (rc != RC_OK) {
        print_error("%s\n", db_err(db)->en);
    }
    assert_rc(rc, RC_OK);
}

int64_t number(struct db *db, const char *sql)
{
    int64_t n = 0;
    enum rc rc = db_int_of(db, sql, NO_BINDS, &n);
    if (rc != RC_OK) {
        print_error("%s\n", db_err(db)->en);
    }
    assert_rc(rc, RC_OK);
    return n;
}

void in_processes(int n, int (*work)(void *arg, int i), void *arg)
{
    int gate[2];
    pid_t pids[32];
    assert_true(n <= 32);
    assert_int_equal(pipe(gate), 0);
    (void)fflush(NULL);
    for (int i = 0; i < n; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0) {
            char c;
            (void)close(gate[1]);
            (void)!read(gate[0], &c, 1); /* all start when the parent closes its end */
            _exit(work(arg, i));
        }
    }
    (void)close(gate[0]);
    (void)close(gate[1]);
    int bad = 0;
    for (int i = 0; i < n; i++) {
        int status = 0;
        bad += waitpid(pids[i], &status, 0) != pids[i] || status != 0;
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    static struct cases c;
    text_cases(&c);
    value_cases(&c);
    transaction_cases(&c);
    store_cases(&c);
    migrate_cases(&c);
    outage_cases(&c);
    return _cmocka_run_group_tests("db", c.tests, c.n, NULL, NULL);
}
