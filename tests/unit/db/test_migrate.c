/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"

static const struct embedded_file first[] = {
    {"0001_base.sql",
     "CREATE TABLE a (id ID, n INT);\nCREATE TABLE b (a_id INT REFERENCES a (id))"},
    {NULL, NULL},
};
static const struct embedded_file both[] = {
    {"0001_base.sql",
     "CREATE TABLE a (id ID, n INT);\nCREATE TABLE b (a_id INT REFERENCES a (id))"},
    {"0002_more.sql", "ALTER TABLE a ADD COLUMN t TEXT; INSERT INTO a (n, t) VALUES (1, '一')"},
    {NULL, NULL},
};

static struct db *at_first(void **state)
{
    return testdb_open(*state, DB_BUSINESS, DB_WRITE, first);
}

static void each_file_runs_once(void **state)
{
    struct db *db = at_first(state);
    struct err e = {0};
    for (int i = 0; i < 3; i++) {
        assert_rc(db_migrate(db, both, &e), RC_OK);
    }
    assert_int_equal(number(db, "SELECT COUNT(*) FROM a WHERE t = '一'"), 1);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM migration WHERE applied_at > 0"), 2);
    db_close(db);
}

static void a_file_changed_after_it_ran_is_refused_by_name(void **state)
{
    struct embedded_file files[] = {first[0], {NULL, NULL}};
    struct db *db = at_first(state);
    struct err e = {0};
    files[0].text = "CREATE TABLE a (id ID)";
    assert_rc(db_migrate(db, files, &e), RC_CONFLICT);
    assert_non_null(strstr(e.zh, "0001_base.sql"));
    assert_non_null(strstr(e.en, "0001_base.sql"));
    db_close(db);
}

static void a_database_newer_than_the_program_is_refused_by_name(void **state)
{
    struct db *db = testdb_open(*state, DB_BUSINESS, DB_WRITE, both);
    struct err e = {0};
    assert_rc(db_migrate(db, first, &e), RC_CONFLICT);
    assert_non_null(strstr(e.zh, "0002_more"));
    assert_non_null(strstr(e.en, "0002_more"));
    assert_rc(db_migrate(db, both, &e), RC_OK);
    db_close(db);
}

static void a_failing_migration_leaves_nothing(void **state)
{
    static const struct embedded_file files[] = {
        {"0001_good.sql", "CREATE TABLE good (id ID)"},
        {"0002_bad.sql", "CREATE TABLE half (id ID); INSERT INTO good (id) VALUES (1);\n"
                         "INSERT INTO nowhere (id) VALUES (1)"},
        {NULL, NULL},
    };
    struct db *db = opened(state);
    struct err e = {0};
    struct db_column cols[4];
    int n = 9;
    assert_rc(db_migrate(db, files, &e), RC_INTERNAL);
    assert_non_null(strstr(e.zh, "0002_bad.sql"));
    assert_non_null(strstr(e.en, "0002_bad.sql"));
    assert_false(db_in_transaction(db));
    assert_rc(db_columns(db, "half", cols, 4, &n), RC_OK);
    assert_int_equal(n, 0);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM good"), 0);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM migration"), 1);
    db_close(db);
}

static void a_dialect_file_replaces_its_twin_on_postgresql(void **state)
{
    static const struct embedded_file files[] = {
        {"0001_x.pg.sql", "CREATE TABLE x (only_pg INT)"},
        {"0001_x.sql", "CREATE TABLE x (only_lite INT)"},
        {"0002_y.pg.sql", "CREATE TABLE y (id ID)"},
        {NULL, NULL},
    };
    struct testdb *t = *state;
    struct db *db = testdb_open(t, DB_BUSINESS, DB_WRITE, files);
    struct db_column cols[4];
    int n;
    assert_rc(db_columns(db, "x", cols, 4, &n), RC_OK);
    assert_int_equal(n, 1);
    assert_string_equal(cols[0].name, t->kind == DB_SQLITE ? "only_lite" : "only_pg");
    assert_rc(db_columns(db, "y", cols, 4, &n), RC_OK);
    assert_int_equal(n, t->kind == DB_SQLITE ? 0 : 1);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM migration WHERE name = '0001_x'"), 1);
    db_close(db);
}

static int migrate_here(void *arg, int i)
{
    struct testdb *t = arg;
    struct err e = {0};
    struct db *db;
    (void)i;
    enum rc rc = db_open(t->dir, t->url, DB_BUSINESS, DB_WRITE, &db, &e);
    if (rc == RC_OK) {
        rc = db_migrate(db, both, &e);
    }
    if (rc != RC_OK) {
        (void)fprintf(stderr, "%s\n", e.en);
    }
    db_close(db);
    return rc != RC_OK;
}

static void processes_that_start_together_migrate_once(void **state)
{
    in_processes(6, migrate_here, *state);
    struct db *db = opened(state);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM a"), 1);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM migration"), 2);
    db_close(db);
}

static void a_migration_may_rebuild_a_table_but_not_break_references(void **state)
{
    static const char rebuild[] = "CREATE TABLE a2 (id ID, n INT NOT NULL);"
                                  "INSERT INTO a2 (id, n) SELECT id, n FROM a;"
                                  "DROP TABLE a; ALTER TABLE a2 RENAME TO a";
    struct embedded_file files[] = {
        first[0], {"0002_rebuild.sql", rebuild}, {NULL, NULL}, {NULL, NULL}};
    struct err e = {0};
    struct db *db = at_first(state);
    done(db, "INSERT INTO a (id, n) VALUES (5, 1); INSERT INTO b (a_id) VALUES (5)");
    assert_rc(db_migrate(db, files, &e), RC_OK);
    assert_int_equal(number(db, "SELECT n FROM a WHERE id = 5"), 1);
    assert_rc(db_run(db, "DELETE FROM a", NO_BINDS, NULL), RC_CONFLICT);
    files[2] = (struct embedded_file){"0003_orphan.sql", "DELETE FROM a"};
    assert_rc(db_migrate(db, files, &e), RC_CONFLICT);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM a"), 1);
    assert_rc(db_run(db, "INSERT INTO b (a_id) VALUES (77)", NO_BINDS, NULL), RC_CONFLICT);
    db_close(db);
}

static void a_file_without_a_number_is_refused(void **state)
{
    static const struct embedded_file files[] = {{"views.sql", "SELECT 1"}, {NULL, NULL}};
    struct db *db = opened(state);
    struct err e = {0};
    assert_rc(db_migrate(db, files, &e), RC_INTERNAL);
    assert_non_null(strstr(e.en, "views.sql"));
    db_close(db);
}

extern const struct embedded_file embedded_cases[];

static void embedded_files_are_whole_and_sorted(void **state)
{
    (void)state;
    const struct embedded_file *f = embedded_cases;
    assert_string_equal(f[0].name, "0001_short.sql");
    assert_string_equal(f[1].name, "0002_long.sql");
    assert_null(f[2].name);
    assert_string_equal(f[0].text, "SELECT '守望 \"x\" \\ ''?' -- a\tb\n");
    FILE *file = fopen(SW_TESTS_DIR "/unit/db/0002_long.sql", "rb");
    assert_non_null(file);
    static char text[65536];
    size_t n = fread(text, 1, sizeof text, file);
    assert_int_equal(fclose(file), 0);
    assert_true(n > 4095 && n < sizeof text);
    assert_int_equal(strlen(f[1].text), n);
    assert_memory_equal(f[1].text, text, n);
}

void migrate_cases(struct cases *c)
{
    ON_BOTH(c, each_file_runs_once);
    ON_BOTH(c, a_file_changed_after_it_ran_is_refused_by_name);
    ON_BOTH(c, a_database_newer_than_the_program_is_refused_by_name);
    ON_BOTH(c, a_failing_migration_leaves_nothing);
    ON_BOTH(c, a_dialect_file_replaces_its_twin_on_postgresql);
    ON_BOTH(c, processes_that_start_together_migrate_once);
    ON_SQLITE(c, a_migration_may_rebuild_a_table_but_not_break_references);
    ON_BOTH(c, a_file_without_a_number_is_refused);
    ON_NONE(c, embedded_files_are_whole_and_sorted);
}
