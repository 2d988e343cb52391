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

struct testdb *testdb_new(enum db_kind kind)
{
    struct testdb *t = calloc(1, sizeof *t);
    if (!t) {
        GIVE_UP("out of memory");
    }
    t->kind = kind;
    new_folder(t->dir, "test");
    if (kind == DB_SQLITE) {
        return t;
    }
    char sql[200];
    (void)snprintf(t->name, sizeof t->name, "sw_test_%ld_%d", (long)getpid(), ++made);
    (void)snprintf(sql, sizeof sql,
                   "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'",
                   t->name);
    run_sql(testdb_server(), sql);
    testdb_url(testdb_server(), NULL, t->name, t->url, sizeof t->url);
    return t;
}

void testdb_free(struct testdb *t)
{
    if (!t) {
        return;
    }
    if (t->kind == DB_POSTGRES) {
        char sql[200];
        (void)snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", t->name);
        run_sql(testdb_server(), sql);
        (void)snprintf(sql, sizeof sql, "DROP ROLE IF EXISTS %s_web, %s_watch", t->name, t->name);
        run_sql(testdb_server(), sql);
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
