/* SPDX-License-Identifier: Apache-2.0 */
/* The shared house of the engine's tests: real stores in a folder of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/migrate.h"
#include "test_tools.h"
#include "test_watch.h"

extern const struct embedded_file sql_watch_test[];

static void ok(enum rc rc, const struct err *e)
{
    if (rc)
        print_message("%s: %s\n", rc_word(rc), e->en);
    assert_int_equal(rc, RC_OK);
}

static void poked(void *arg)
{
    ((struct house *)arg)->pokes++;
}

void house_new(struct house *h)
{
    struct err e = {0};
    *h = (struct house){.dir = "/tmp/watch-test-XXXXXX"};
    assert_non_null(mkdtemp(h->dir));
    ok(db_open(h->dir, NULL, DB_WATCH, DB_WRITE, &h->watch, &e), &e);
    ok(db_migrate(h->watch, sql_watch_test, &e), &e);
    h->o = (struct engine_options){.data_dir = h->dir,
                                   .rules = state_default_rules(),
                                   .reload_ms = 100,
                                   .wrote = poked,
                                   .wrote_arg = h};
    h->o.rules.interval_ms = 3000;
    h->o.rules.retry_ms = 30;
    h->o.icmp_timeout_ms = 200;
}

void house_business(struct house *h)
{
    struct err e = {0};
    ok(db_open(h->dir, NULL, DB_BUSINESS, DB_WRITE, &h->business, &e), &e);
    house_sql(h, "CREATE TABLE t (asset_id INTEGER PRIMARY KEY, address TEXT, checks TEXT)");
    house_sql(h, "CREATE TABLE u (asset_id INTEGER, up_id INTEGER)");
    house_sql(h, "CREATE VIEW watch_target_v AS SELECT asset_id, address, checks FROM t");
    house_sql(h, "CREATE TABLE p (ranges TEXT)");
    house_sql(h, "INSERT INTO p VALUES ('127.0.0.0/8 198.18.0.0/15')");
    house_sql(h, "CREATE VIEW watch_range_v AS SELECT ranges FROM p");
    house_sql(h, "CREATE VIEW watch_uplink_v AS SELECT asset_id, up_id FROM u");
}

void house_start(struct house *h)
{
    struct err e = {0};
    ok(engine_new(&h->o, h->watch, &h->engine, &e), &e);
}

void house_stop(struct house *h)
{
    engine_free(h->engine);
    h->engine = NULL;
}

void house_free(struct house *h)
{
    static const char *const files[] = {"shouwang.db", "shouwang.db-wal", "shouwang.db-shm",
                                        "watch.db", "watch.db-wal", "watch.db-shm"};
    house_stop(h);
    db_close(h->business);
    db_close(h->watch);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", h->dir, files[i]);
        unlink(path);
    }
    rmdir(h->dir);
}

void house_sql(struct house *h, const char *sql)
{
    ok(db_script(h->business, sql), db_err(h->business));
}

void house_target(struct house *h, int64_t asset, const char *address, const char *checks)
{
    ok(db_run(h->business, "INSERT INTO t (asset_id, address, checks) VALUES (:a, :b, :c)"
                           " ON CONFLICT (asset_id) DO UPDATE SET address = excluded.address,"
                           " checks = excluded.checks",
              BINDS(B_INT("a", asset), B_TEXT("b", address), B_TEXT("c", checks)), NULL),
       db_err(h->business));
}

int64_t house_count(struct house *h, const char *sql)
{
    int64_t n = 0;
    ok(db_int_of(h->watch, sql, NO_BINDS, &n), db_err(h->watch));
    return n;
}

void await_state(struct house *h, int64_t asset, const char *check, enum watch_state s)
{
    const struct state *now;
    while (!(now = engine_state(h->engine, asset, check)) || now->shown != s)
        engine_step(h->engine, 1000);
}

void await_count(struct house *h, const char *sql, int64_t count)
{
    while (house_count(h, sql) != count)
        engine_step(h->engine, 1000);
}
