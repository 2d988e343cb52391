/* SPDX-License-Identifier: Apache-2.0 */
#include "house.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "core/account.h"
#include "core/session.h"

extern const struct embedded_file watch_sql[];

void house_ok(struct house *h, enum rc rc, const char *what, const char *file, int line)
{
    if (!rc)
        return;
    print_error("%s: %s: field \"%s\": %s\n", what, rc_word(rc), h->cx.err.field, h->cx.err.en);
    _fail(file, line);
}

static int64_t instant_or_die(const char *beijing)
{
    struct instant t;
    if (!instant_parse(beijing, &t))
        fail_msg("no instant: %s", beijing);
    return t.ms;
}

int64_t instant_of(const char *beijing)
{
    return instant_or_die(beijing);
}

void clock_at(struct house *h, const char *beijing)
{
    h->cx.now.ms = instant_or_die(beijing);
}

/* --- setup --- */

static void furnish(struct testdb *t)
{
    int created = 0;
    struct house house = {.t = t, .cx = {.a = arena_new(), .data_dir = t->dir}}, *h = &house;
    CX->db = testdb_open(t, DB_BUSINESS, DB_WRITE, NULL);
    clock_at(h, "2026-05-08T17:00");
    be_console(h);
    OK(app_prepare(CX));
    OK(preset_load(CX, preset_json[0].text, &created));
    assert_true(created > 50);
    db_close(CX->db);
    db_close(testdb_open(t, DB_WATCH, DB_WRITE, watch_sql));
    arena_free(CX->a);
}

static int start(void **state, enum db_kind kind)
{
    app_register();
    struct house *h = calloc(1, sizeof *h);
    h->t = testdb_copy(kind, furnish);
    h->cx = (struct cx){.a = arena_new(), .data_dir = h->t->dir};
    h->cx.db = testdb_open(h->t, DB_BUSINESS, DB_WRITE, NULL);
    clock_at(h, "2026-05-08T17:00");
    be_console(h);
    *state = h;
    return 0;
}

static int start_sqlite(void **state)
{
    return start(state, DB_SQLITE);
}

static int start_postgres(void **state)
{
    return start(state, DB_POSTGRES);
}

static int end(void **state)
{
    struct house *h = *state;
    db_close(h->watch);
    db_close(h->saw);
    db_close(h->cx.db);
    arena_free(h->cx.a);
    testdb_free(h->t);
    free(h);
    return 0;
}

void house_watch(struct house *h)
{
    h->saw = testdb_open(h->t, DB_WATCH, DB_WRITE, NULL);
    h->watch = testdb_open(h->t, DB_WATCH, DB_READ, NULL);
}

void case_add(struct cases *c, const char *name, CMUnitTestFunction test, enum db_kind kind)
{
    if (kind == DB_POSTGRES && getenv("SW_TEST_SQLITE"))
        return;
    assert_true(c->n < CASES_MAX);
    c->tests[c->n++] = (struct CMUnitTest){
        name, test, kind == DB_SQLITE ? start_sqlite : start_postgres, end, NULL};
}

/* --- who acts --- */

void be_console(struct house *h)
{
    h->cx.actor = (struct actor){.type = ACTOR_CONSOLE, .name = "console", .address = ""};
}

void be_system(struct house *h)
{
    h->cx.actor = (struct actor){.type = ACTOR_SYSTEM, .name = "系统", .address = ""};
}

void be_nobody(struct house *h)
{
    h->cx.actor = (struct actor){.type = ACTOR_NOBODY, .name = "", .address = "127.0.0.1"};
}

int64_t person_id(struct house *h, const char *login)
{
    return number(h, "SELECT id FROM account WHERE login = '%s'", login);
}

void be(struct house *h, const char *login)
{
    be_nobody(h);
    OK(actor_load(CX, person_id(h, login)));
}

int64_t person(struct house *h, const char *login, const char *role, const char *unit)
{
    struct actor keep = h->cx.actor;
    be_console(h);
    struct row *row = record_new(CX, &user_kind);
    row_text(row, USER_LOGIN, login);
    row_text(row, USER_NAME, login);
    if (unit)
        row_int(row, USER_ORG_UNIT, number(h, "SELECT id FROM org_unit WHERE name = '%s'", unit));
    OK(record_insert(CX, row, "create"));
    run_sql(h, "INSERT INTO account_role (account_id, role) VALUES (%lld, '%s')",
            (long long)row->id, role);
    h->cx.actor = keep;
    return row->id;
}

/* --- records --- */

json_t *json_of(struct house *h, const char *text)
{
    char *s = arena_strdup(h->cx.a, text);
    json_error_t e;
    for (char *p = s; *p; p++)
        if (*p == '\'')
            *p = '"';
    json_t *j = json_loads(s, 0, &e);
    if (!j)
        fail_msg("test JSON: %s in %s", e.text, s);
    return j;
}

__attribute__((format(printf, 2, 0))) static json_t *json_list(struct house *h, const char *format,
                                                               va_list ap)
{
    char text[4096];
    int n = vsnprintf(text, sizeof text, format, ap);
    assert_true(n >= 0 && (size_t)n < sizeof text);
    return json_of(h, text);
}

enum rc create(struct house *h, const struct kind *k, struct row **row, const char *json, ...)
{
    va_list ap;
    va_start(ap, json);
    json_t *in = json_list(h, json, ap);
    va_end(ap);
    enum rc rc = record_create(CX, k, in, row);
    json_decref(in);
    return rc;
}

enum rc patch(struct house *h, const struct kind *k, int64_t id, struct row **row, const char *json,
              ...)
{
    va_list ap;
    va_start(ap, json);
    json_t *in = json_list(h, json, ap);
    va_end(ap);
    enum rc rc = record_patch(CX, k, id, in, row);
    json_decref(in);
    return rc;
}

static int64_t rev_of(struct house *h, const struct kind *k, int64_t id)
{
    return number(h, "SELECT rev FROM %s WHERE id = %lld", kind_table(k), (long long)id);
}

enum rc act(struct house *h, const struct kind *k, int64_t id, const char *action, struct row **row,
            const char *json, ...)
{
    va_list ap;
    char text[2048];
    va_start(ap, json);
    int n = vsnprintf(text, sizeof text, json, ap);
    va_end(ap);
    assert_true(n >= 0 && (size_t)n < sizeof text);
    json_t *in = json_of(h, arena_printf(h->cx.a, "{'rev':%lld%s%s}", (long long)rev_of(h, k, id),
                                         n ? "," : "", text));
    enum rc rc = record_act(CX, k, id, action, in, row);
    json_decref(in);
    return rc;
}

enum rc retire(struct house *h, const struct kind *k, int64_t id)
{
    json_t *in = json_of(h, arena_printf(h->cx.a, "{'rev':%lld}", (long long)rev_of(h, k, id)));
    enum rc rc = record_retire(CX, k, id, in);
    json_decref(in);
    return rc;
}

int64_t made(struct house *h, const struct kind *k, const char *json, ...)
{
    va_list ap;
    struct row *row;
    struct actor keep = h->cx.actor;
    va_start(ap, json);
    json_t *in = json_list(h, json, ap);
    va_end(ap);
    be_console(h);
    OK(record_create(CX, k, in, &row));
    json_decref(in);
    h->cx.actor = keep;
    return row->id;
}

/* --- looking --- */

__attribute__((format(printf, 2, 0))) static const char *sql_text(struct house *h,
                                                                  const char *format, va_list ap)
{
    char text[2048];
    int n = vsnprintf(text, sizeof text, format, ap);
    assert_true(n >= 0 && (size_t)n < sizeof text);
    return arena_strdup(h->cx.a, text);
}

int64_t number(struct house *h, const char *sql, ...)
{
    va_list ap;
    int64_t n = 0;
    va_start(ap, sql);
    OK(cx_db(CX, db_int_of(CX->db, sql_text(h, sql, ap), NO_BINDS, &n)));
    va_end(ap);
    return n;
}

const char *words(struct house *h, const char *sql, ...)
{
    va_list ap;
    struct db_rows *r;
    struct buf b = {0};
    va_start(ap, sql);
    OK(cx_db(CX, db_query(CX->db, sql_text(h, sql, ap), NO_BINDS, &r)));
    va_end(ap);
    while (db_next(r))
        buf_printf(&b, "%s%s", b.len ? "," : "", db_null(r, 0) ? "-" : db_text(r, 0));
    OK(cx_db(CX, db_end(r)));
    const char *s = arena_strdup(h->cx.a, buf_text(&b));
    buf_free(&b);
    return s;
}

void run_sql(struct house *h, const char *sql, ...)
{
    va_list ap;
    va_start(ap, sql);
    OK(cx_db(CX, db_run(CX->db, sql_text(h, sql, ap), NO_BINDS, NULL)));
    va_end(ap);
}

int64_t count(struct house *h, const struct kind *k, const char *query)
{
    struct query q;
    int64_t n = -1;
    OK(query_parse(CX, query, &q));
    OK(record_count(CX, k, &q, &n));
    return n;
}
