/* SPDX-License-Identifier: Apache-2.0 */
#include "kit.h"

#include <stdlib.h>
#include <string.h>

extern const struct embedded_file business_sql[];

static void make(struct testdb *t)
{
    db_close(testdb_open(t, DB_BUSINESS, DB_WRITE, business_sql));
}

static int start(void **state, enum db_kind kind)
{
    struct kit *k = calloc(1, sizeof *k);
    k->t = testdb_copy(kind, make);
    k->cx = (struct cx){.a = arena_new(), .now = {INT64_C(1778230800000)}, .data_dir = k->t->dir,
                        .actor = {.type = ACTOR_CONSOLE, .name = "console", .address = ""}};
    k->cx.db = testdb_open(k->t, DB_BUSINESS, DB_WRITE, NULL);
    k->other = testdb_open(k->t, DB_BUSINESS, DB_WRITE, NULL);
    *state = k;
    return 0;
}

int kit_sqlite(void **state)
{
    return start(state, DB_SQLITE);
}

int kit_postgres(void **state)
{
    return start(state, DB_POSTGRES);
}

int kit_end(void **state)
{
    struct kit *k = *state;
    db_close(k->other);
    db_close(k->cx.db);
    arena_free(k->cx.a);
    testdb_free(k->t);
    free(k);
    return 0;
}

void kit_add(struct kit *k, struct db *db, int64_t record)
{
    struct cx cx = k->cx;
    cx.db = db;
    if (journal_add(&cx, "thing", record, "create", "{\"name\":[null,\"东区 07\"]}", "ok"))
        fail_msg("journal_add: %s", cx.err.en);
}

int kit_seal(struct kit *k)
{
    int sealed, all = 0;
    do {
        if (journal_seal(&k->cx, 100, &sealed))
            fail_msg("journal_seal: %s", k->cx.err.en);
        all += sealed;
    } while (sealed == 100);
    return all;
}

void kit_rows(struct kit *k, int n)
{
    assert_int_equal(db_begin(k->cx.db), RC_OK);
    for (int i = 1; i <= n; i++)
        kit_add(k, k->cx.db, i);
    assert_int_equal(db_commit(k->cx.db), RC_OK);
    assert_int_equal(kit_seal(k), n);
}

const char *kit_feed(struct kit *k)
{
    struct db_rows *r;
    struct buf b = {0};
    assert_int_equal(db_query(k->cx.db, "SELECT record_id FROM journal WHERE feed IS NOT NULL ORDER BY feed",
                              NO_BINDS, &r),
                     RC_OK);
    while (db_next(r))
        buf_printf(&b, "%s%lld", b.len ? "," : "", (long long)db_int(r, 0));
    assert_int_equal(db_end(r), RC_OK);
    const char *s = arena_strdup(k->cx.a, buf_text(&b));
    buf_free(&b);
    return s;
}

void kit_force(struct kit *k, const char *sql)
{
    enum rc rc;
    if (k->t->kind == DB_POSTGRES) {
        testdb_admin(k->t, "ALTER TABLE shouwang.journal DISABLE TRIGGER USER");
        rc = db_script(k->cx.db, sql);
        testdb_admin(k->t, "ALTER TABLE shouwang.journal ENABLE TRIGGER USER");
    } else {
        rc = db_script(k->cx.db, "DROP TRIGGER IF EXISTS journal_no_delete; DROP TRIGGER IF EXISTS journal_no_update;"
                                 "DROP TRIGGER IF EXISTS journal_no_forged_seal");
        if (!rc)
            rc = db_script(k->cx.db, sql);
    }
    if (rc)
        fail_msg("%s: %s", sql, db_err(k->cx.db)->en);
}

static const char *words(struct kit *k, const struct chain_check *c)
{
    struct buf b = {0};
    for (int64_t i = 0; i < c->n_faults && i < CHAIN_FAULTS; i++) {
        const struct chain_fault *f = &c->fault[i];
        buf_printf(&b, "%s%s %lld", b.len ? "; " : "", chain_fault_word(f->what), (long long)f->from);
        if (f->to != f->from)
            buf_printf(&b, "-%lld", (long long)f->to);
    }
    const char *s = arena_strdup(k->cx.a, buf_text(&b));
    buf_free(&b);
    return s;
}

const char *kit_faults(struct kit *k, struct anchors *a)
{
    struct chain_check c;
    enum rc rc = journal_verify(&k->cx, a, &c, NULL);
    assert_true(rc == RC_OK || rc == RC_CONFLICT);
    assert_int_equal(rc == RC_OK, c.n_faults == 0);
    return words(k, &c);
}

const char *kit_file_faults(struct kit *k, char *const *paths, int n, struct anchors *a)
{
    struct chain_check c;
    struct err e = {0};
    enum rc rc = journal_verify_files(paths, n, a, &c, &e);
    if (rc && rc != RC_CONFLICT)
        fail_msg("verify: %s", e.en);
    return words(k, &c);
}

char *kit_path(struct kit *k, const char *name)
{
    return arena_printf(k->cx.a, "%s/%s", k->t->dir, name);
}
