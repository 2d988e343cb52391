/* SPDX-License-Identifier: Apache-2.0 */
#include "testdb.h"

#include <ftw.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char server_url[512], server_dir[128];
static pid_t server_owner;
static int made;

#define GIVE_UP(...)                                                                               \
    do {                                                                                           \
        (void)fprintf(stderr, "testdb: " __VA_ARGS__);                                             \
        (void)fputc('\n', stderr);                                                                 \
        exit(2);                                                                                   \
    } while (0)

static void new_folder(char out[128], const char *what)
{
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(out, 128, "%.90s/shouwang-%s-XXXXXX", tmp && *tmp ? tmp : "/tmp", what);
    if (!mkdtemp(out)) {
        GIVE_UP("cannot make the folder %s", out);
    }
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

void testdb_remove_folder(const char *dir)
{
    (void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void testdb_cluster(const char *verb, const char *dir, char *out, size_t size)
{
    char command[512], line[512] = "";
    (void)snprintf(command, sizeof command, "bash '%s/pg/cluster.sh' %s '%s' %s%ld", SW_TESTS_DIR,
                   verb, dir, strcmp(verb, "start") == 0 ? "" : "#", (long)getpid());
    FILE *f = popen(command, "r");
    while (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
    }
    if (!f || pclose(f) != 0) {
        GIVE_UP("%s failed", command);
    }
    if (out) {
        (void)snprintf(out, size, "%s", line);
    }
}

/* Forked children share the atexit list but not the server. */
static void stop_server(void)
{
    if (server_owner == getpid()) {
        testdb_cluster("stop", server_dir, NULL, 0);
    }
}

const char *testdb_server(void)
{
    if (server_url[0]) {
        return server_url;
    }
    const char *given = getenv("SW_TEST_PG_URL");
    if (given && *given) {
        (void)snprintf(server_url, sizeof server_url, "%s", given);
        return server_url;
    }
    new_folder(server_dir, "pg");
    testdb_cluster("start", server_dir, server_url, sizeof server_url);
    server_owner = getpid();
    (void)atexit(stop_server);
    return server_url;
}

void testdb_url(const char *url, const char *user, const char *database, char *out, size_t size)
{
    const char *authority = strstr(url, "://");
    if (!authority) {
        GIVE_UP("not an address: %s", url);
    }
    authority += 3;
    size_t host_n = strcspn(authority, "/?");
    const char *at = memchr(authority, '@', host_n);
    const char *host = user && at ? at + 1 : authority;
    const char *rest = authority + host_n;
    size_t old_n = *rest == '/' ? strcspn(rest, "?") : 0;
    (void)snprintf(out, size, "postgresql://%s%s%.*s/%.*s%s", user ? user : "", user ? "@" : "",
                   (int)(rest - host), host, database ? 200 : (int)(old_n ? old_n - 1 : 0),
                   database ? database : rest + 1, rest + old_n);
}

static void run_sql(const char *url, const char *sql)
{
    PGconn *conn = PQconnectdb(url);
    PGresult *res = PQexec(conn, "SET client_min_messages = error");
    PQclear(res);
    res = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(res);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        GIVE_UP("%s: %s", sql, PQerrorMessage(conn));
    }
    PQclear(res);
    PQfinish(conn);
}

void testdb_admin(struct testdb *t, const char *sql)
{
    run_sql(t->url, sql);
}

static void make_database(struct testdb *t, const char *template)
{
    char sql[200];
    (void)snprintf(t->name, sizeof t->name, "sw_test_%ld_%d", (long)getpid(), ++made);
    (void)snprintf(sql, sizeof sql,
                   "CREATE DATABASE %s TEMPLATE %s ENCODING 'UTF8' LOCALE 'C.UTF-8'", t->name,
                   template);
    run_sql(testdb_server(), sql);
    testdb_url(testdb_server(), NULL, t->name, t->url, sizeof t->url);
}

struct testdb *testdb_new(enum db_kind kind)
{
    struct testdb *t = calloc(1, sizeof *t);
    if (!t) {
        GIVE_UP("out of memory");
    }
    t->kind = kind;
    new_folder(t->dir, "test");
    if (kind == DB_POSTGRES) {
        make_database(t, "template0");
    }
    return t;
}

/* --- copies --- */

/* Making a database costs PostgreSQL a quarter of a second, so one copy serves test after test: its
 * rows are put back from the schema "original". Whatever else a test changed shows in the
 * fingerprint, and then the copy is made anew. */
static struct {
    struct testdb *original;
    char name[64], fingerprint[64]; /* the copy that is free, PostgreSQL only */
} stock[2];                         /* by kind */
static pid_t stock_owner;

static const char keep_rows[] =
    "CREATE SCHEMA original;"
    "DO $$ DECLARE t record; BEGIN FOR t IN SELECT schemaname AS s, tablename AS n FROM pg_tables"
    " WHERE schemaname IN ('shouwang', 'watch') LOOP"
    " EXECUTE format('CREATE TABLE original.%I AS TABLE %I.%I', t.s || '.' || t.n, t.s, t.n);"
    " END LOOP; END $$;"
    "CREATE TABLE original.sequences AS SELECT format('%I.%I', schemaname, sequencename) AS name,"
    " COALESCE(last_value, 1) AS value, last_value IS NOT NULL AS called FROM pg_sequences"
    " WHERE schemaname IN ('shouwang', 'watch')";

static const char put_rows_back[] =
    "BEGIN; SET LOCAL session_replication_role = replica;"
    "DO $$ DECLARE t record; BEGIN FOR t IN SELECT schemaname AS s, tablename AS n FROM pg_tables"
    " WHERE schemaname IN ('shouwang', 'watch') LOOP"
    " EXECUTE format('DELETE FROM %I.%I', t.s, t.n);"
    " EXECUTE format('INSERT INTO %I.%I OVERRIDING SYSTEM VALUE SELECT * FROM original.%I', t.s,"
    " t.n, t.s || '.' || t.n); END LOOP; END $$;"
    "SELECT setval(name::regclass, value, called) FROM original.sequences; COMMIT";

static const char fingerprint[] =
    "SELECT md5(string_agg(x, ',' ORDER BY x)) FROM ("
    " SELECT concat_ws(' ', c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.reloptions) AS x"
    "  FROM pg_class c WHERE c.relnamespace IN"
    "  ('shouwang'::regnamespace, 'watch'::regnamespace)"
    " UNION ALL SELECT concat_ws(' ', a.attrelid, a.attname, a.atttypid, a.attnotnull, a.attnum)"
    "  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace IN"
    "  ('shouwang'::regnamespace, 'watch'::regnamespace) AND a.attnum > 0"
    " UNION ALL SELECT concat_ws(' ', oid, conname, conrelid) FROM pg_constraint"
    " UNION ALL SELECT concat_ws(' ', oid, tgname, tgenabled) FROM pg_trigger"
    " UNION ALL SELECT concat_ws(' ', oid, ev_class) FROM pg_rewrite"
    " UNION ALL SELECT concat_ws(' ', oid, proname, md5(prosrc)) FROM pg_proc WHERE pronamespace"
    "  IN ('shouwang'::regnamespace, 'watch'::regnamespace)"
    " UNION ALL SELECT concat_ws(' ', oid, setconfig) FROM pg_db_role_setting, pg_database"
    "  WHERE oid = setdatabase AND datname = current_database()) s";

/* First column of the first row. */
static void ask(const char *url, const char *sql, char out[64])
{
    PGconn *conn = PQconnectdb(url);
    PGresult *res = PQexec(conn, sql);
    if (PQresultStatus(res) != PGRES_TUPLES_OK) {
        GIVE_UP("%s: %s", sql, PQerrorMessage(conn));
    }
    (void)snprintf(out, 64, "%.60s", PQntuples(res) ? PQgetvalue(res, 0, 0) : "");
    PQclear(res);
    PQfinish(conn);
}

static void drop_database(const char *name)
{
    char sql[200];
    (void)snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
    run_sql(testdb_server(), sql);
    (void)snprintf(sql, sizeof sql, "DROP ROLE IF EXISTS %s_web, %s_watch", name, name);
    run_sql(testdb_server(), sql);
}

static void clear_stock(void)
{
    for (int i = 0; stock_owner == getpid() && i < 2; i++) {
        if (stock[i].name[0]) {
            drop_database(stock[i].name);
        }
        testdb_free(stock[i].original);
        memset(&stock[i], 0, sizeof stock[i]);
    }
}

static void copy_folder(const char *from, const char *to)
{
    char command[400];
    (void)snprintf(command, sizeof command, "cp -a '%s/.' '%s/'", from, to);
    if (system(command) != 0) {
        GIVE_UP("%s failed", command);
    }
}

/* The copy's tables belong to the original's roles: back to the login, so that opening it makes and
 * endows the copy's own roles. */
static void copy_database(struct testdb *t, const char *original)
{
    static const char *const steps[][2] = {{"REASSIGN OWNED BY ", "_web, "},
                                           {"DROP OWNED BY ", "_web"},
                                           {"DROP OWNED BY ", "_watch"}};
    char sql[400];
    make_database(t, original);
    for (int i = 0; i < 3; i++) {
        (void)snprintf(sql, sizeof sql, "%s%s%s%s%s", steps[i][0], original, steps[i][1],
                       i ? "" : original, i ? "" : "_watch TO CURRENT_USER");
        run_sql(t->url, sql);
    }
    db_close(testdb_open(t, DB_BUSINESS, DB_WRITE, NULL));
    run_sql(t->url, keep_rows);
    ask(t->url, fingerprint, stock[1].fingerprint);
}

static void take_database(struct testdb *t)
{
    char now[64] = "";
    if (stock[1].name[0]) {
        (void)snprintf(t->name, sizeof t->name, "%s", stock[1].name);
        testdb_url(testdb_server(), NULL, t->name, t->url, sizeof t->url);
        stock[1].name[0] = '\0';
        ask(t->url, fingerprint, now);
        if (strcmp(now, stock[1].fingerprint) == 0) {
            run_sql(t->url, put_rows_back);
            return;
        }
        drop_database(t->name);
    }
    copy_database(t, stock[1].original->name);
}

struct testdb *testdb_copy(enum db_kind kind, void (*make)(struct testdb *t))
{
    int i = kind == DB_POSTGRES;
    if (!stock[i].original) {
        stock_owner = getpid();
        stock[i].original = testdb_new(kind);
        make(stock[i].original);
        (void)atexit(clear_stock); /* before the server stops: handlers run backwards */
    }
    struct testdb *t = calloc(1, sizeof *t);
    if (!t) {
        GIVE_UP("out of memory");
    }
    t->kind = kind;
    t->copy = true;
    new_folder(t->dir, "test");
    copy_folder(stock[i].original->dir, t->dir);
    if (i) {
        take_database(t);
    }
    return t;
}

void testdb_free(struct testdb *t)
{
    if (!t) {
        return;
    }
    if (t->kind == DB_POSTGRES && t->copy && !stock[1].name[0]) {
        (void)snprintf(stock[1].name, sizeof stock[1].name, "%s", t->name);
    } else if (t->kind == DB_POSTGRES) {
        drop_database(t->name);
    }
    testdb_remove_folder(t->dir);
    free(t);
}

struct db *testdb_open(struct testdb *t, enum db_store store, enum db_mode mode,
                       const struct embedded_file *files)
{
    struct db *db = NULL;
    struct err e = {0};
    enum rc rc = db_open(t->dir, t->url, store, mode, &db, &e);
    if (rc == RC_OK && files) {
        rc = db_migrate(db, files, &e);
    }
    if (rc != RC_OK) {
        GIVE_UP("cannot open the test's database: %s", e.en);
    }
    return db;
}
