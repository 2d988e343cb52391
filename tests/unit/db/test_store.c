/* SPDX-License-Identifier: Apache-2.0 */
/* The two stores: who may write what, opening, roles. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cases.h"

static const char make_t[] = "CREATE TABLE t (id ID, n INT NOT NULL)";
static const struct embedded_file no_files[] = {{NULL, NULL}};

static enum rc try_open(struct testdb *t, enum db_store store, enum db_mode mode)
{
    struct db *db;
    struct err e = {0};
    enum rc rc = db_open(t->dir, t->url, store, mode, &db, &e);
    assert_true(rc == RC_OK || (e.zh[0] && e.en[0]));
    db_close(db);
    return rc;
}

static void a_store_that_is_not_there_yet_is_not_found_by_its_reader(void **state)
{
    assert_rc(try_open(*state, DB_BUSINESS, DB_READ), RC_NOT_FOUND);
    struct db *db = opened(state);
    assert_rc(try_open(*state, DB_BUSINESS, DB_READ), RC_NOT_FOUND); /* no table yet */
    done(db, make_t);
    assert_rc(try_open(*state, DB_BUSINESS, DB_READ), RC_OK);
    assert_rc(try_open(*state, DB_WATCH, DB_READ), RC_NOT_FOUND);
    db_close(db);
}

static void a_reader_cannot_write_in_any_way(void **state)
{
    static const char *const writes[] = {
        "INSERT INTO t (n) VALUES (1)", "UPDATE t SET n = 1", "DELETE FROM t",
        "CREATE TABLE u (n INTEGER)",   "DROP TABLE t",
    };
    struct db *writer = opened(state);
    done(writer, make_t);
    done(writer, "INSERT INTO t (n) VALUES (7)");
    struct db *reader = testdb_open(*state, DB_BUSINESS, DB_READ, NULL);
    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
        assert_rc(db_run(reader, writes[i], NO_BINDS, NULL), RC_DENIED);
        assert_rc(db_script(reader, writes[i]), RC_DENIED);
        assert_rc(db_begin(reader), RC_OK);
        assert_rc(db_run(reader, writes[i], NO_BINDS, NULL), RC_DENIED);
        db_rollback(reader);
    }
    assert_int_equal(number(reader, "SELECT n FROM t"), 7);
    db_close(reader);
    db_close(writer);
}

static void a_reader_reads_while_the_writer_is_inside_a_transaction(void **state)
{
    struct db *writer = opened(state);
    done(writer, make_t);
    struct db *reader = testdb_open(*state, DB_BUSINESS, DB_READ, NULL);
    assert_rc(db_begin(writer), RC_OK);
    assert_rc(db_run(writer, "INSERT INTO t (n) VALUES (1)", NO_BINDS, NULL), RC_OK);
    assert_int_equal(number(reader, "SELECT COUNT(*) FROM t"), 0);
    assert_rc(db_commit(writer), RC_OK);
    assert_int_equal(number(reader, "SELECT COUNT(*) FROM t"), 1);
    db_close(reader);
    db_close(writer);
}

static void the_stores_are_apart(void **state)
{
    struct db *web = opened(state);
    struct db *watch = testdb_open(*state, DB_WATCH, DB_WRITE, NULL);
    done(web, make_t);
    done(watch, make_t);
    done(web, "INSERT INTO t (n) VALUES (1)");
    done(watch, "INSERT INTO t (n) VALUES (2)");
    struct db *web_reads = testdb_open(*state, DB_WATCH, DB_READ, NULL);
    struct db *watch_reads = testdb_open(*state, DB_BUSINESS, DB_READ, NULL);
    assert_int_equal(number(web_reads, "SELECT n FROM t"), 2);
    assert_int_equal(number(watch_reads, "SELECT n FROM t"), 1);
    assert_rc(db_run(watch_reads, "DELETE FROM t", NO_BINDS, NULL), RC_DENIED);
    assert_int_equal(number(web, "SELECT n FROM t"), 1);
    db_close(web_reads);
    db_close(watch_reads);
    db_close(watch);
    db_close(web);
}

static int open_both_stores(void *arg, int i)
{
    struct testdb *t = arg;
    struct err e = {0};
    struct db *db;
    for (int k = 0; k < 2; k++) {
        enum db_store store = (i + k) % 2 ? DB_WATCH : DB_BUSINESS;
        if (db_open(t->dir, t->url, store, DB_WRITE, &db, &e) != RC_OK) {
            (void)fprintf(stderr, "%s\n", e.en);
            return 1;
        }
        int64_t n;
        enum rc rc = db_int_of(db, "SELECT 1", NO_BINDS, &n);
        db_close(db);
        if (rc != RC_OK) {
            return 1;
        }
    }
    return 0;
}

static void many_processes_may_open_an_empty_database_at_once(void **state)
{
    in_processes(8, open_both_stores, *state);
}

/* --- SQLite --- */

static void a_missing_folder_or_a_foreign_file_is_told_apart(void **state)
{
    struct testdb *t = *state;
    struct db *db;
    struct err e = {0};
    char path[200];
    assert_rc(db_open("/nonexistent/shouwang", NULL, DB_BUSINESS, DB_WRITE, &db, &e), RC_NOT_FOUND);
    (void)snprintf(path, sizeof path, "%s/watch.db", t->dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fprintf(f, "%01024d", 0) > 0);
    assert_int_equal(fclose(f), 0);
    assert_rc(try_open(t, DB_WATCH, DB_WRITE), RC_INTERNAL);
    assert_rc(try_open(t, DB_WATCH, DB_READ), RC_INTERNAL);
}

/* The engine runs under a user of its own: 0 = it can read and not write. */
static int read_as_nobody(const char *dir)
{
    struct db *db;
    struct err e = {0};
    int64_t n = 0;
    if (setgid(65534) != 0 || setuid(65534) != 0 ||
        db_open(dir, NULL, DB_BUSINESS, DB_READ, &db, &e) != RC_OK) {
        (void)fprintf(stderr, "%s\n", e.en);
        return 1;
    }
    enum rc rc = db_int_of(db, "SELECT SUM(n) FROM t", NO_BINDS, &n);
    enum rc denied = db_run(db, "DELETE FROM t", NO_BINDS, NULL);
    db_close(db);
    return rc == RC_OK && n == 7 && denied == RC_DENIED ? 0 : 2;
}

static void another_user_reads_a_folder_that_it_cannot_write(void **state)
{
    struct testdb *t = *state;
    if (geteuid() != 0) {
        skip();
    }
    struct db *db = opened(state);
    done(db, make_t);
    done(db, "INSERT INTO t (n) VALUES (7)");
    assert_int_equal(chmod(t->dir, 0755), 0);
    for (int k = 0; k < 2; k++) { /* beside the writer, and when it is gone */
        int status = 0;
        (void)fflush(NULL);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            _exit(read_as_nobody(t->dir));
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        if (k == 0) {
            db_close(db);
        }
    }
}

static int64_t pragma(struct testdb *t, enum db_store store, const char *sql)
{
    struct db *db = testdb_open(t, store, DB_WRITE, NULL);
    int64_t n = number(db, sql);
    db_close(db);
    return n;
}

static void the_settings_are_those_of_the_design(void **state)
{
    assert_int_equal(pragma(*state, DB_BUSINESS, "PRAGMA synchronous"), 2);
    assert_int_equal(pragma(*state, DB_WATCH, "PRAGMA synchronous"), 1);
    assert_int_equal(pragma(*state, DB_BUSINESS, "PRAGMA foreign_keys"), 1);
    assert_int_equal(pragma(*state, DB_BUSINESS, "PRAGMA trusted_schema"), 0);
    assert_int_equal(pragma(*state, DB_BUSINESS, "PRAGMA busy_timeout"), 5000);
    assert_int_equal(
        pragma(*state, DB_WATCH, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
    struct db *db = opened(state);
    done(db, make_t);
    assert_rc(db_run(db, "INSERT INTO t (n) VALUES ('x')", NO_BINDS, NULL), RC_INTERNAL);
    db_close(db);
}

/* --- PostgreSQL --- */

static void the_watch_role_cannot_write_business_records_nor_web_observations(void **state)
{
    static const char *const attempts[] = {
        "INSERT INTO %s.t (n) VALUES (1)",
        "UPDATE %s.t SET n = 1",
        "DELETE FROM %s.t",
        "TRUNCATE %s.t",
        "DROP TABLE %s.t",
        "CREATE TABLE %s.u (n INTEGER)",
    };
    struct db *web = opened(state);
    struct db *watch = testdb_open(*state, DB_WATCH, DB_WRITE, NULL);
    done(web, make_t);
    done(watch, make_t);
    done(web, "INSERT INTO t (n) VALUES (1)");
    done(watch, "INSERT INTO t (n) VALUES (2)");
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        struct buf sql[2] = {{0}, {0}};
        for (int k = 0; k < 2; k++) {
            const char *at = strstr(attempts[i], "%s");
            buf_add(&sql[k], attempts[i], (size_t)(at - attempts[i]));
            buf_text_add(&sql[k], k == 0 ? "watch" : "shouwang");
            buf_text_add(&sql[k], at + 2);
        }
        assert_rc(db_run(web, buf_text(&sql[0]), NO_BINDS, NULL), RC_DENIED);
        assert_rc(db_run(watch, buf_text(&sql[1]), NO_BINDS, NULL), RC_DENIED);
        buf_free(&sql[0]);
        buf_free(&sql[1]);
    }
    assert_int_equal(number(web, "SELECT n FROM watch.t"), 2);
    assert_int_equal(number(watch, "SELECT n FROM shouwang.t"), 1);
    db_close(watch);
    db_close(web);
}

static void a_reader_that_lifts_its_own_ban_still_may_not_write(void **state)
{
    struct db *web = opened(state);
    done(web, make_t);
    struct db *reader = testdb_open(*state, DB_BUSINESS, DB_READ, NULL);
    assert_rc(db_run(reader, "SET default_transaction_read_only = off", NO_BINDS, NULL), RC_OK);
    assert_rc(db_run(reader, "DELETE FROM t", NO_BINDS, NULL), RC_DENIED);
    db_close(reader);
    db_close(web);
}

static struct testdb as_login(struct testdb *t, const char *login, const char *attributes)
{
    struct testdb other = *t;
    char sql[400];
    (void)snprintf(sql, sizeof sql,
                   "CREATE ROLE %s_%s LOGIN %s; GRANT CREATE ON DATABASE %s TO %s_%s", t->name,
                   login, attributes, t->name, t->name, login);
    testdb_admin(t, sql);
    (void)snprintf(sql, sizeof sql, "%s_%s", t->name, login);
    testdb_url(t->url, sql, NULL, other.url, sizeof other.url);
    return other;
}

static void drop_login(struct testdb *t, const char *login)
{
    char sql[400];
    (void)snprintf(sql, sizeof sql, "DROP OWNED BY %s_%s CASCADE; DROP ROLE %s_%s", t->name, login,
                   t->name, login);
    testdb_admin(t, sql);
}

static int64_t role_is(struct db *db, const char *ending)
{
    int64_t n = 0;
    assert_rc(db_int_of(db, "SELECT current_user = current_database() || :ending",
                        BINDS(B_TEXT("ending", ending)), &n),
              RC_OK);
    return n;
}

static void a_login_without_the_right_to_make_roles_goes_on_as_itself(void **state)
{
    struct testdb *t = *state;
    struct testdb plain = as_login(t, "plain", "NOCREATEROLE");
    struct db *web = testdb_open(&plain, DB_BUSINESS, DB_WRITE, no_files);
    assert_int_equal(role_is(web, "_plain"), 1);
    struct db *reader = testdb_open(&plain, DB_BUSINESS, DB_READ, NULL);
    assert_rc(db_run(reader, "DELETE FROM migration", NO_BINDS, NULL), RC_DENIED);
    db_close(reader);
    db_close(web);
    drop_login(t, "plain");
}

static void roles_that_come_later_take_over_the_tables(void **state)
{
    struct testdb *t = *state;
    struct testdb late = as_login(t, "late", "NOCREATEROLE");
    char sql[200];
    struct db *web = testdb_open(&late, DB_BUSINESS, DB_WRITE, no_files);
    db_close(web);
    (void)snprintf(sql, sizeof sql, "ALTER ROLE %s_late CREATEROLE", t->name);
    testdb_admin(t, sql);
    web = testdb_open(&late, DB_BUSINESS, DB_WRITE, no_files);
    assert_int_equal(role_is(web, "_web"), 1);
    done(web, "ALTER TABLE migration ADD COLUMN note TEXT");
    struct db *watch = testdb_open(&late, DB_WATCH, DB_WRITE, no_files);
    assert_int_equal(role_is(watch, "_watch"), 1);
    assert_int_equal(number(watch, "SELECT COUNT(*) FROM shouwang.migration"), 0);
    assert_rc(db_run(watch, "DELETE FROM shouwang.migration", NO_BINDS, NULL), RC_DENIED);
    db_close(watch);
    db_close(web);
    drop_login(t, "late");
}

static void a_view_rebuilt_with_other_columns_is_read_rightly(void **state)
{
    struct db *db = opened(state);
    struct db *other = opened(state);
    done(db, make_t);
    done(db, "INSERT INTO t (n) VALUES (5); CREATE VIEW t_v AS SELECT id FROM t");
    assert_int_equal(number(db, "SELECT * FROM t_v"), 1);
    done(other, "DROP VIEW t_v; CREATE VIEW t_v AS SELECT n::text || '5' AS n FROM t");
    assert_int_equal(number(db, "SELECT * FROM t_v"), 55);
    done(other, "DROP VIEW t_v; CREATE VIEW t_v AS SELECT n FROM t");
    assert_rc(db_begin(db), RC_OK);
    int64_t n;
    assert_rc(db_int_of(db, "SELECT * FROM t_v", NO_BINDS, &n), RC_BUSY);
    db_rollback(db);
    assert_rc(db_begin(db), RC_OK);
    assert_int_equal(number(db, "SELECT * FROM t_v"), 5);
    assert_rc(db_commit(db), RC_OK);
    db_close(other);
    db_close(db);
}

static void an_address_that_is_none_is_refused_without_repeating_it(void **state)
{
    static const char *const urls[] = {"mysql://u:hunter2@h/d", "postgresql://u:%ZZhunter2@h/d"};
    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct db *db;
        struct err e = {0};
        assert_rc(db_open(NULL, urls[i], DB_BUSINESS, DB_WRITE, &db, &e), RC_INVALID);
        assert_null(strstr(e.en, "hunter2"));
        assert_null(strstr(e.zh, "hunter2"));
    }
}

void store_cases(struct cases *c)
{
    ON_BOTH(c, a_store_that_is_not_there_yet_is_not_found_by_its_reader);
    ON_BOTH(c, a_reader_cannot_write_in_any_way);
    ON_BOTH(c, a_reader_reads_while_the_writer_is_inside_a_transaction);
    ON_BOTH(c, the_stores_are_apart);
    ON_BOTH(c, many_processes_may_open_an_empty_database_at_once);
    ON_SQLITE(c, a_missing_folder_or_a_foreign_file_is_told_apart);
    ON_SQLITE(c, another_user_reads_a_folder_that_it_cannot_write);
    ON_SQLITE(c, the_settings_are_those_of_the_design);
    ON_POSTGRES(c, the_watch_role_cannot_write_business_records_nor_web_observations);
    ON_POSTGRES(c, a_reader_that_lifts_its_own_ban_still_may_not_write);
    ON_POSTGRES(c, a_login_without_the_right_to_make_roles_goes_on_as_itself);
    ON_POSTGRES(c, roles_that_come_later_take_over_the_tables);
    ON_POSTGRES(c, a_view_rebuilt_with_other_columns_is_read_rightly);
    ON_NONE(c, an_address_that_is_none_is_refused_without_repeating_it);
}
