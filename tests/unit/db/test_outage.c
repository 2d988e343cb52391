/* SPDX-License-Identifier: Apache-2.0 */
/* Full disks, lost connections, a server that restarts. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cases.h"

static const char make_t[] = "CREATE TABLE t (id ID, n INT, b BYTES)";
static const char add_big[] = "INSERT INTO t (b) VALUES (:b)";

static enum rc add(struct db *db, const char *data, size_t n)
{
    return db_run(db, add_big, BINDS(B_BYTES("b", data, n)), NULL);
}

static void a_full_database_is_busy_and_works_again_with_room(void **state)
{
    static char data[65536];
    struct db *db = opened(state);
    done(db, make_t);
    done(db, "INSERT INTO t (n) VALUES (1)");
    assert_rc(db_script(db, "PRAGMA max_page_count = 10"), RC_OK);
    assert_rc(db_begin(db), RC_OK);
    assert_rc(db_run(db, "INSERT INTO t (n) VALUES (2)", NO_BINDS, NULL), RC_OK);
    assert_rc(add(db, data, sizeof data), RC_BUSY);
    assert_non_null(strstr(db_err(db)->zh, "磁盘已满"));
    assert_non_null(strstr(db_err(db)->en, "disk full"));
    assert_rc(db_commit(db), RC_BUSY);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM t"), 1);
    assert_rc(db_script(db, "PRAGMA max_page_count = 1000"), RC_OK);
    assert_rc(add(db, data, sizeof data), RC_OK);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM t"), 2);
    db_close(db);
}

enum { NO_MOUNT = 77 };

/* 0 = as promised, NO_MOUNT = the machine does not let us mount, else the step that failed. */
static int fill_a_small_disk(const char *dir)
{
    static char data[40000];
    char filler[200];
    struct db *db = NULL;
    struct err e = {0};
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", dir, "tmpfs", 0, "size=1m") != 0) {
        return NO_MOUNT;
    }
    if (db_open(dir, NULL, DB_BUSINESS, DB_WRITE, &db, &e) != RC_OK ||
        db_script(db, "CREATE TABLE t (b BLOB) STRICT") != RC_OK) {
        return 1;
    }
    (void)snprintf(filler, sizeof filler, "%s/filler", dir);
    FILE *f = fopen(filler, "w");
    while (f && fwrite(data, 1, sizeof data, f) == sizeof data && fflush(f) == 0) {
    }
    if (!f) {
        return 2;
    }
    (void)fclose(f);
    int rows = 0;
    while (add(db, data, sizeof data) == RC_OK) {
        if (++rows > 100) {
            return 3;
        }
    }
    if (db_err(db)->rc != RC_BUSY || !strstr(db_err(db)->en, "disk full")) {
        (void)fprintf(stderr, "%s\n", db_err(db)->en);
        return 4;
    }
    int64_t n;
    if (db_int_of(db, "SELECT COUNT(*) FROM t", NO_BINDS, &n) != RC_OK || n != rows) {
        return 5;
    }
    if (unlink(filler) != 0 || add(db, data, sizeof data) != RC_OK) {
        return 6;
    }
    enum rc rc = db_int_of(db, "SELECT COUNT(*) FROM t", NO_BINDS, &n);
    db_close(db);
    return rc == RC_OK && n == rows + 1 ? 0 : 7;
}

static void a_really_full_disk_is_busy_and_works_again_with_room(void **state)
{
    struct testdb *t = *state;
    int status = 0;
    (void)fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        _exit(fill_a_small_disk(t->dir));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == NO_MOUNT) {
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* --- PostgreSQL --- */

static void end_sessions(struct testdb *t)
{
    testdb_admin(t, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()");
}

static void a_lost_connection_is_busy_inside_a_transaction_and_comes_back(void **state)
{
    struct db *db = opened(state);
    int64_t n;
    done(db, make_t);
    assert_rc(db_begin(db), RC_OK);
    assert_rc(db_run(db, "INSERT INTO t (n) VALUES (1)", NO_BINDS, NULL), RC_OK);
    end_sessions(*state);
    assert_rc(db_int_of(db, "SELECT COUNT(*) FROM t", NO_BINDS, &n), RC_BUSY);
    assert_rc(db_int_of(db, "SELECT COUNT(*) FROM t", NO_BINDS, &n), RC_BUSY);
    assert_rc(db_commit(db), RC_BUSY);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM t"), 0);
    db_close(db);
}

static void a_savepoint_does_not_hide_a_lost_connection(void **state)
{
    struct db *db = opened(state);
    done(db, make_t);
    assert_rc(db_begin(db), RC_OK);
    assert_rc(db_run(db, "INSERT INTO t (n) VALUES (1)", NO_BINDS, NULL), RC_OK);
    assert_rc(db_savepoint(db), RC_OK);
    end_sessions(*state);
    assert_rc(db_run(db, "INSERT INTO t (n) VALUES (2)", NO_BINDS, NULL), RC_BUSY);
    db_savepoint_rollback(db);
    assert_rc(db_run(db, "INSERT INTO t (n) VALUES (3)", NO_BINDS, NULL), RC_BUSY);
    assert_rc(db_commit(db), RC_BUSY);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM t"), 0);
    db_close(db);
}

static void outside_a_transaction_every_call_reconnects_by_itself(void **state)
{
    struct testdb *t = *state;
    struct db *db = opened(state);
    struct db_pool *pool;
    struct err e;
    done(db, make_t);
    assert_rc(db_pool_new(t->dir, t->url, DB_BUSINESS, DB_WRITE, 2, &pool, &e), RC_OK);
    end_sessions(t);
    assert_rc(db_run(db, "INSERT INTO t (n) VALUES (1)", NO_BINDS, NULL), RC_OK);
    end_sessions(t);
    assert_rc(db_begin(db), RC_OK);
    assert_rc(db_run(db, "INSERT INTO t (n) VALUES (2)", NO_BINDS, NULL), RC_OK);
    assert_rc(db_commit(db), RC_OK);
    end_sessions(t);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM t"), 2);
    struct db *taken = db_take(pool);
    assert_int_equal(number(taken, "SELECT COUNT(*) FROM t"), 2);
    assert_int_equal(number(taken, "SELECT current_user LIKE '%\\_web'"), 1);
    db_give(pool, taken);
    db_pool_free(pool);
    db_close(db);
}

/* A server of its own: the others go on with theirs. */
static void after_a_restart_of_the_server_everything_goes_on(void **state)
{
    (void)state;
    char dir[] = "/tmp/shouwang-restart-XXXXXX", url[512];
    struct db *db, *idle;
    struct err e = {0};
    int64_t n;
    assert_non_null(mkdtemp(dir));
    testdb_cluster("start", dir, url, sizeof url);
    assert_rc(db_open(NULL, url, DB_BUSINESS, DB_WRITE, &db, &e), RC_OK);
    done(db, make_t);
    assert_rc(db_open(NULL, url, DB_BUSINESS, DB_READ, &idle, &e), RC_OK);
    assert_rc(db_begin(db), RC_OK);
    assert_rc(db_run(db, "INSERT INTO t (n) VALUES (1)", NO_BINDS, NULL), RC_OK);
    testdb_cluster("restart", dir, NULL, 0);
    assert_rc(db_int_of(db, "SELECT COUNT(*) FROM t", NO_BINDS, &n), RC_BUSY);
    db_rollback(db);
    assert_rc(db_begin(db), RC_OK);
    assert_rc(db_run(db, "INSERT INTO t (n) VALUES (2)", NO_BINDS, NULL), RC_OK);
    assert_rc(db_commit(db), RC_OK);
    assert_int_equal(number(idle, "SELECT SUM(n) FROM t"), 2);
    testdb_cluster("stop", dir, NULL, 0);
    assert_rc(db_begin(db), RC_BUSY);
    assert_false(db_in_transaction(db));
    assert_rc(db_int_of(idle, "SELECT SUM(n) FROM t", NO_BINDS, &n), RC_BUSY);
    assert_non_null(strstr(db_err(idle)->en, "cannot connect"));
    db_close(idle);
    db_close(db);
    assert_rc(db_open(NULL, url, DB_BUSINESS, DB_WRITE, &db, &e), RC_BUSY);
}

static void a_lock_held_too_long_by_another_is_busy(void **state)
{
    struct db *a = opened(state);
    struct db *b = opened(state);
    done(a, make_t);
    done(a, "INSERT INTO t (n) VALUES (1)");
    assert_rc(db_run(b, "SET lock_timeout = 20", NO_BINDS, NULL), RC_OK);
    assert_rc(db_begin(a), RC_OK);
    assert_rc(db_run(a, "UPDATE t SET n = 2", NO_BINDS, NULL), RC_OK);
    assert_rc(db_run(b, "UPDATE t SET n = 3", NO_BINDS, NULL), RC_BUSY);
    assert_rc(db_commit(a), RC_OK);
    assert_rc(db_run(b, "SET statement_timeout = 20", NO_BINDS, NULL), RC_OK);
    assert_rc(db_run(b, "SELECT pg_sleep(60)", NO_BINDS, NULL), RC_TIMEOUT);
    db_close(b);
    db_close(a);
}

void outage_cases(struct cases *c)
{
    ON_SQLITE(c, a_full_database_is_busy_and_works_again_with_room);
    ON_SQLITE(c, a_really_full_disk_is_busy_and_works_again_with_room);
    ON_POSTGRES(c, a_lost_connection_is_busy_inside_a_transaction_and_comes_back);
    ON_POSTGRES(c, a_savepoint_does_not_hide_a_lost_connection);
    ON_POSTGRES(c, outside_a_transaction_every_call_reconnects_by_itself);
    ON_NONE(c, after_a_restart_of_the_server_everything_goes_on);
    ON_POSTGRES(c, a_lock_held_too_long_by_another_is_busy);
}
