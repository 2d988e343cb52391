/* SPDX-License-Identifier: Apache-2.0 */
/* A fresh database for one test, on SQLite (a folder of its own) or PostgreSQL (a database of its
 * own). The server is started by the first test that asks for it and ends with the program;
 * SW_TEST_PG_URL names one that is already there (its login must be a superuser). Any failure here
 * ends the program with a message: it is never the test's subject. */
#ifndef TESTS_TESTDB_H
#define TESTS_TESTDB_H
#include "db/migrate.h"

struct testdb {
    enum db_kind kind;
    char dir[128]; /* an empty folder, on both kinds */
    char url[512]; /* "" on SQLite */
    char name[64]; /* PostgreSQL: the database */
    bool copy;     /* by testdb_copy */
};

struct testdb *testdb_new(enum db_kind kind);
void testdb_free(struct testdb *t); /* every connection must be closed */

/* A fresh copy of what `make` made in an empty database: it runs once per kind and program, copies
 * are cheap. make closes its connections; one program uses one make. */
struct testdb *testdb_copy(enum db_kind kind, void (*make)(struct testdb *t));

/* Opens; with files (may be NULL) migrates before. */
struct db *testdb_open(struct testdb *t, enum db_store store, enum db_mode mode,
                       const struct embedded_file *files);

/* PostgreSQL: runs SQL as the superuser in the test's database. */
void testdb_admin(struct testdb *t, const char *sql);

/* Address of the server, started when needed. */
const char *testdb_server(void);

/* cluster.sh VERB DIR ...; the last line printed goes to out (may be NULL). */
void testdb_cluster(const char *verb, const char *dir, char *out, size_t size);

/* url with another login and database (NULL keeps). */
void testdb_url(const char *url, const char *user, const char *database, char *out, size_t size);

void testdb_remove_folder(const char *dir);

#endif
