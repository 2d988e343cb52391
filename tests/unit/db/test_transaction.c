/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions, savepoints, many writers, injected faults. */
#include <pthread.h>
#include <string.h>

#include "cases.h"

static const char item[] = "CREATE TABLE item (id ID, n INT NOT NULL UNIQUE)";
static const char add[] = "INSERT INTO item (n) VALUES (:n)";

static enum rc add_item(struct db *db, int64_t n)
{
    return db_run(db, add, BINDS(B_INT("n", n)), NULL);
}

static void commit_keeps_and_rollback_forgets(void **state)
{
    struct db *db = opened(state);
    done(db, item);
    assert_rc(db_begin(db), RC_OK);
    assert_true(db_in_transaction(db));
    assert_rc(add_item(db, 1), RC_OK);
    assert_rc(db_commit(db), RC_OK);
    assert_false(db_in_transaction(db));
    assert_rc(db_begin(db), RC_OK);
    assert_rc(add_item(db, 2), RC_OK);
    db_rollback(db);
    db_rollback(db);
    assert_int_equal(number(db, "SELECT SUM(n) FROM item"), 1);
    assert_rc(db_commit(db), RC_INTERNAL);
    db_close(db);
}

static void closing_rolls_back(void **state)
{
    struct db *db = opened(state);
    done(db, item);
    assert_rc(db_begin(db), RC_OK);
    assert_rc(add_item(db, 1), RC_OK);
    db_close(db);
    db_close(NULL);
    db = opened(state);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM item"), 0);
    db_close(db);
}

/* 1,000 rows with NULLs in between; each id is that of its own row. */
static void many_rows_go_in_at_once_and_each_gets_its_id(void **state)
{
    static struct bind binds[1000][3];
    static int64_t ids[1000];
    static const char sql[] = "INSERT INTO item2 (n, word, twice) VALUES (:n, :word, :n) RETURNING id";
    struct db *db = opened(state);
    done(db, "CREATE TABLE item2 (id ID, n INT NOT NULL UNIQUE, word TEXT, twice INT)");
    for (int i = 0; i < 1000; i++) {
        binds[i][0] = i % 3 ? B_TEXT("word", i % 2 ? "它's ?" : "b") : B_NULL("word");
        binds[i][1] = B_INT("n", i + 7);
        binds[i][2] = B_NULL("unused");
    }
    assert_rc(db_run_many(db, sql, binds[0], 3, 1000, ids), RC_INTERNAL); /* no transaction */
    assert_rc(db_begin(db), RC_OK);
    assert_rc(db_run_many(db, sql, binds[0], 3, 1000, ids), RC_OK);
    assert_rc(db_commit(db), RC_OK);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM item2 WHERE n = twice"), 1000);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM item2 WHERE word IS NULL"), 334);
    for (int i = 0; i < 1000; i += 37) {
        int64_t n;
        assert_rc(db_int_of(db, "SELECT n FROM item2 WHERE id = :id", BINDS(B_INT("id", ids[i])), &n), RC_OK);
        assert_int_equal(n, i + 7);
    }
    db_close(db);
}

static void one_bad_row_of_many_is_taken_back_by_the_savepoint(void **state)
{
    struct bind binds[40];
    struct db *db = opened(state);
    done(db, item);
    for (int i = 0; i < 40; i++)
        binds[i] = B_INT("n", i == 33 ? 5 : i);
    assert_rc(db_begin(db), RC_OK);
    assert_rc(add_item(db, 100), RC_OK);
    assert_rc(db_savepoint(db), RC_OK);
    assert_rc(db_run_many(db, add, binds, 1, 40, NULL), RC_CONFLICT);
    db_savepoint_rollback(db);
    assert_rc(db_run_many(db, add, binds, 1, 33, NULL), RC_OK);
    assert_rc(db_run_many(db, "INSERT INTO item (n) VALUES (:other)", binds, 1, 1, NULL), RC_INTERNAL);
    db_rollback(db);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM item"), 0);
    db_close(db);
}

static void a_begin_inside_a_transaction_is_an_error_that_spoils_it(void **state)
{
    struct db *db = opened(state);
    done(db, item);
    assert_rc(db_begin(db), RC_OK);
    assert_rc(add_item(db, 1), RC_OK);
    assert_rc(db_begin(db), RC_INTERNAL);
    assert_true(db_in_transaction(db));
    assert_rc(db_commit(db), RC_INTERNAL);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM item"), 0);
    db_close(db);
}

static void after_a_failure_nothing_of_the_transaction_is_kept(void **state)
{
    struct db *db = opened(state);
    int64_t n;
    done(db, item);
    assert_rc(db_begin(db), RC_OK);
    assert_rc(add_item(db, 1), RC_OK);
    assert_rc(add_item(db, 1), RC_CONFLICT);
    assert_rc(add_item(db, 2), RC_CONFLICT);
    assert_rc(db_int_of(db, "SELECT COUNT(*) FROM item", NO_BINDS, &n), RC_CONFLICT);
    assert_rc(db_commit(db), RC_CONFLICT);
    assert_false(db_in_transaction(db));
    assert_string_equal(db_err(db)->field, "n");
    assert_int_equal(number(db, "SELECT COUNT(*) FROM item"), 0);
    db_close(db);
}

static void a_row_not_found_spoils_nothing(void **state)
{
    struct db *db = opened(state);
    int64_t n;
    done(db, item);
    assert_rc(db_begin(db), RC_OK);
    assert_rc(db_int_of(db, "SELECT n FROM item WHERE n = 77", NO_BINDS, &n), RC_NOT_FOUND);
    assert_rc(add_item(db, 1), RC_OK);
    assert_rc(db_commit(db), RC_OK);
    db_close(db);
}

static void a_savepoint_saves_the_batch_from_one_bad_row(void **state)
{
    static const int64_t rows[] = {1, 2, 1, 3, 2, 4};
    struct db *db = opened(state);
    int bad = 0;
    done(db, item);
    assert_rc(db_begin(db), RC_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_rc(db_savepoint(db), RC_OK);
        if (add_item(db, rows[i]) == RC_OK) {
            assert_rc(db_savepoint_release(db), RC_OK);
        } else {
            db_savepoint_rollback(db);
            bad++;
        }
    }
    assert_rc(db_commit(db), RC_OK);
    assert_int_equal(bad, 2);
    assert_int_equal(number(db, "SELECT SUM(n) FROM item"), 10);
    assert_rc(db_savepoint(db), RC_INTERNAL);
    db_savepoint_rollback(db);
    db_close(db);
}

static void savepoints_nest(void **state)
{
    struct db *db = opened(state);
    done(db, item);
    assert_rc(db_begin(db), RC_OK);
    assert_rc(db_savepoint(db), RC_OK);
    assert_rc(add_item(db, 1), RC_OK);
    assert_rc(db_savepoint(db), RC_OK);
    assert_rc(add_item(db, 2), RC_OK);
    db_savepoint_rollback(db);
    assert_rc(add_item(db, 4), RC_OK);
    assert_rc(db_savepoint(db), RC_OK);
    assert_rc(add_item(db, 8), RC_OK);
    assert_rc(db_savepoint_release(db), RC_OK);
    assert_rc(db_savepoint_release(db), RC_OK);
    assert_rc(db_commit(db), RC_OK);
    assert_int_equal(number(db, "SELECT SUM(n) FROM item"), 13);
    db_close(db);
}

static void a_script_is_all_or_nothing(void **state)
{
    struct db *db = opened(state);
    done(db, item);
    assert_rc(db_script(db, "INSERT INTO item (n) VALUES (1); INSERT INTO item (n) VALUES (1)"),
              RC_CONFLICT);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM item"), 0);
    assert_rc(db_script(db, "INSERT INTO item (n) VALUES (1); INSERT INTO item (n) VALUES (2)"),
              RC_OK);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM item"), 2);
    db_close(db);
}

static void a_reader_sees_one_moment_while_others_write(void **state)
{
    struct db *writer = opened(state);
    done(writer, item);
    struct db *reader = testdb_open(*state, DB_BUSINESS, DB_READ, NULL);
    assert_rc(db_begin(reader), RC_OK);
    assert_int_equal(number(reader, "SELECT COUNT(*) FROM item"), 0);
    assert_rc(add_item(writer, 1), RC_OK);
    assert_int_equal(number(reader, "SELECT COUNT(*) FROM item"), 0);
    assert_rc(db_commit(reader), RC_OK);
    assert_int_equal(number(reader, "SELECT COUNT(*) FROM item"), 1);
    db_close(reader);
    db_close(writer);
}

/* --- many writers --- */

enum { THREADS = 8, ROUNDS = 200 };
struct writer {
    struct db_pool *pool;
    int number, failures;
    pthread_t thread;
};

static enum rc one_round(struct db *db, int64_t n)
{
    enum rc rc = db_begin(db);
    if (rc == RC_OK && (rc = add_item(db, n)) == RC_OK &&
        (rc = db_run(db, "UPDATE total SET n = n + 1", NO_BINDS, NULL)) == RC_OK) {
        rc = db_commit(db);
    }
    db_rollback(db);
    return rc;
}

static void *write_rounds(void *arg)
{
    struct writer *w = arg;
    for (int i = 0; i < ROUNDS; i++) {
        struct db *db = db_take(w->pool);
        w->failures += one_round(db, w->number * ROUNDS + i) != RC_OK;
        db_give(w->pool, db);
    }
    return NULL;
}

static void eight_threads_write_and_none_is_refused(void **state)
{
    struct testdb *t = *state;
    struct writer w[THREADS];
    struct err e;
    struct db *db = opened(state);
    struct db_pool *pool;
    done(db, item);
    done(db, "CREATE TABLE total (n INT NOT NULL); INSERT INTO total (n) VALUES (0)");
    assert_rc(db_pool_new(t->dir, t->url, DB_BUSINESS, DB_WRITE, THREADS, &pool, &e), RC_OK);
    for (int i = 0; i < THREADS; i++) {
        w[i] = (struct writer){.pool = pool, .number = i};
        assert_int_equal(pthread_create(&w[i].thread, NULL, write_rounds, &w[i]), 0);
    }
    int failures = 0;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(w[i].thread, NULL);
        failures += w[i].failures;
    }
    assert_int_equal(failures, 0);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM item"), THREADS * ROUNDS);
    assert_int_equal(number(db, "SELECT n FROM total"), THREADS * ROUNDS);
    db_pool_free(pool);
    db_close(db);
}

static void a_pool_waits_for_a_free_connection_and_cleans_it(void **state)
{
    struct testdb *t = *state;
    struct err e;
    struct db_pool *pool;
    assert_rc(db_pool_new(t->dir, t->url, DB_BUSINESS, DB_WRITE, 0, &pool, &e), RC_INVALID);
    assert_rc(db_pool_new(t->dir, t->url, DB_BUSINESS, DB_WRITE, 1, &pool, &e), RC_OK);
    struct db *db = db_take(pool);
    done(db, item);
    assert_rc(db_begin(db), RC_OK);
    assert_rc(add_item(db, 1), RC_OK);
    db_give(pool, db);
    struct writer w = {.pool = pool};
    db = db_take(pool);
    assert_false(db_in_transaction(db));
    assert_int_equal(number(db, "SELECT COUNT(*) FROM item"), 0);
    done(db, "CREATE TABLE total (n INT NOT NULL); INSERT INTO total (n) VALUES (0)");
    assert_int_equal(pthread_create(&w.thread, NULL, write_rounds, &w), 0);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM item"), 0); /* the thread has no connection */
    db_give(pool, db);
    pthread_join(w.thread, NULL);
    db = db_take(pool);
    assert_int_equal(number(db, "SELECT n FROM total"), ROUNDS);
    db_give(pool, db);
    db_pool_free(pool);
}

/* --- faults --- */

#ifdef SW_FAULTS
static void wherever_a_fault_hits_the_transaction_is_whole_or_absent(void **state)
{
    struct db *db = opened(state);
    done(db, item);
    done(db, "CREATE TABLE total (n INT NOT NULL); INSERT INTO total (n) VALUES (0)");
    int at = 1;
    for (;; at++) {
        db_fault_next(RC_BUSY, at);
        enum rc rc = one_round(db, 1);
        db_fault_next(RC_OK, 0);
        if (rc == RC_OK) {
            break;
        }
        assert_rc(rc, RC_BUSY);
        assert_non_null(strstr(db_err(db)->en, "injected"));
        assert_int_equal(number(db, "SELECT COUNT(*) FROM item"), 0);
        assert_int_equal(number(db, "SELECT n FROM total"), 0);
    }
    assert_int_equal(at, 5); /* begin, insert, update, commit */
    assert_int_equal(number(db, "SELECT n FROM total"), 1);
    db_close(db);
}

static void *count_items(void *arg)
{
    int64_t n = 0;
    return db_int_of(arg, "SELECT COUNT(*) FROM item", NO_BINDS, &n) == RC_OK ? arg : NULL;
}

static void a_fault_is_for_this_thread_only_and_once(void **state)
{
    struct db *db = opened(state);
    pthread_t thread;
    void *result = NULL;
    int64_t n;
    done(db, item);
    db_fault_next(RC_INTERNAL, 0);
    assert_int_equal(pthread_create(&thread, NULL, count_items, db), 0);
    pthread_join(thread, &result);
    assert_ptr_equal(result, db);
    assert_rc(db_int_of(db, "SELECT COUNT(*) FROM item", NO_BINDS, &n), RC_INTERNAL);
    assert_rc(db_int_of(db, "SELECT COUNT(*) FROM item", NO_BINDS, &n), RC_OK);
    db_close(db);
}
#endif

void transaction_cases(struct cases *c)
{
    ON_BOTH(c, commit_keeps_and_rollback_forgets);
    ON_BOTH(c, closing_rolls_back);
    ON_BOTH(c, many_rows_go_in_at_once_and_each_gets_its_id);
    ON_BOTH(c, one_bad_row_of_many_is_taken_back_by_the_savepoint);
    ON_BOTH(c, a_begin_inside_a_transaction_is_an_error_that_spoils_it);
    ON_BOTH(c, after_a_failure_nothing_of_the_transaction_is_kept);
    ON_BOTH(c, a_row_not_found_spoils_nothing);
    ON_BOTH(c, a_savepoint_saves_the_batch_from_one_bad_row);
    ON_BOTH(c, savepoints_nest);
    ON_BOTH(c, a_script_is_all_or_nothing);
    ON_BOTH(c, a_reader_sees_one_moment_while_others_write);
    ON_BOTH(c, eight_threads_write_and_none_is_refused);
    ON_BOTH(c, a_pool_waits_for_a_free_connection_and_cleans_it);
#ifdef SW_FAULTS
    ON_BOTH(c, wherever_a_fault_hits_the_transaction_is_whole_or_absent);
    ON_BOTH(c, a_fault_is_for_this_thread_only_and_once);
#endif
}
