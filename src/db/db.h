/* SPDX-License-Identifier: Apache-2.0 */
/* One interface over SQLite and PostgreSQL.
 *
 * A connection belongs to one thread at a time. SQL is one literal that both databases take, with
 * :name binds; results are read by column index. Statements are prepared once per connection.
 * Errors: RC_BUSY for locks, a full disk or a lost server (the caller may repeat the whole
 * transaction), RC_CONFLICT for a unique or foreign key, RC_INVALID for NOT NULL and CHECK,
 * RC_DENIED where the store is read-only for us, RC_TIMEOUT for a statement of more than a minute
 * on PostgreSQL, else RC_INTERNAL; the text is in db_err(), and its field is the column where the
 * database tells it. After any error inside a transaction the caller rolls back: until then every
 * statement and the commit answer with that first error, on both databases. */
#ifndef DB_DB_H
#define DB_DB_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

struct db;
struct db_rows;

enum db_kind { DB_SQLITE, DB_POSTGRES };
/* Which of the two stores: business records (written by web and the console commands) or what the
 * monitoring engine saw (written by watch only). SQLite: shouwang.db and watch.db in the data
 * folder. PostgreSQL: schemas "shouwang" and "watch" of one database, as the roles
 * DATABASE_web and DATABASE_watch when the login may create them. */
enum db_store { DB_BUSINESS, DB_WATCH };
enum db_mode { DB_READ, DB_WRITE };

/* url: NULL or "" = SQLite in data_dir; "postgresql://..." = PostgreSQL. DB_READ makes every write
 * fail in the database itself (read-only file handle; default_transaction_read_only) and answers
 * RC_NOT_FOUND while the store has no tables yet. */
MUST_USE enum rc db_open(const char *data_dir, const char *url, enum db_store store,
                         enum db_mode mode, struct db **out, struct err *e);
void db_close(struct db *db); /* NULL is allowed; an open transaction is rolled back */
enum db_kind db_kind(const struct db *db);
struct err *db_err(struct db *db);

/* --- binds: an array closed by B_END. Each :name of the text must be bound; NaN binds NULL --- */
enum bind_type { BIND_END, BIND_NULL, BIND_INT, BIND_FLOAT, BIND_TEXT, BIND_BYTES };
struct bind {
    const char *name; /* without the colon */
    enum bind_type type;
    int64_t i;
    double f;
    const void *p; /* TEXT or BYTES, borrowed until the call returns; NULL binds NULL */
    size_t n;      /* BYTES only */
};
/* clang-format off */
#define B_INT(name_, v)       ((struct bind){.name = (name_), .type = BIND_INT,   .i = (v)})
#define B_FLOAT(name_, v)     ((struct bind){.name = (name_), .type = BIND_FLOAT, .f = (v)})
#define B_TEXT(name_, v)      ((struct bind){.name = (name_), .type = BIND_TEXT,  .p = (v)})
#define B_BYTES(name_, v, n_) ((struct bind){.name = (name_), .type = BIND_BYTES, .p = (v), .n = (n_)})
#define B_NULL(name_)         ((struct bind){.name = (name_), .type = BIND_NULL})
#define B_END                 ((struct bind){.type = BIND_END})
#define BINDS(...)            ((const struct bind[]){__VA_ARGS__, B_END})
#define NO_BINDS              ((const struct bind[]){B_END})
/* clang-format on */

/* Runs a statement without rows. changed (may be NULL) = rows touched. */
MUST_USE enum rc db_run(struct db *db, const char *sql, const struct bind *binds, int64_t *changed);

/* The same "INSERT INTO t (…) VALUES (…) [RETURNING id]" for many rows: row i's binds are
 * binds[i * per] ... binds[i * per + per - 1], all rows with the same names in the same order. ids (may
 * be NULL) gets each row's id. Inside a transaction only; SQLite takes several rows in one statement,
 * PostgreSQL gets all of them before we wait for the first answer. After a failure nobody knows which
 * rows were written: the caller takes them back, by its savepoint or whole. */
MUST_USE enum rc db_run_many(struct db *db, const char *sql, const struct bind *binds, int per,
                             int rows, int64_t *ids);

/* First column of the first row as integer (COUNT, RETURNING id); RC_NOT_FOUND without a row,
 * NULL reads as 0. */
MUST_USE enum rc db_int_of(struct db *db, const char *sql, const struct bind *binds, int64_t *out);

/* A query with rows. Other statements may run on the same connection while it is open; it does not
 * see what they write.
 *   struct db_rows *r;
 *   if ((rc = db_query(db, sql, binds, &r))) return rc;
 *   while (db_next(r)) { ... db_int(r, 0) ... }
 *   return db_end(r);                                   -- reports an error of the loop, frees r */
MUST_USE enum rc db_query(struct db *db, const char *sql, const struct bind *binds,
                          struct db_rows **out);
bool db_next(struct db_rows *r);
enum rc db_end(struct db_rows *r);

bool db_null(const struct db_rows *r, int col);
int64_t db_int(const struct db_rows *r, int col);      /* 0 when NULL; also reads booleans */
double db_float(const struct db_rows *r, int col);     /* 0 when NULL */
const char *db_text(const struct db_rows *r, int col); /* NULL when NULL; until the next db_next */
const void *db_bytes(const struct db_rows *r, int col, size_t *n);
int db_cols(const struct db_rows *r);

/* Transactions. Writers on SQLite use BEGIN IMMEDIATE and queue fairly inside the process. Nested
 * begins are an error. On PostgreSQL a writer's isolation is READ COMMITTED: what was read may have
 * changed, so writes name what they rely on (WHERE rev = :rev, unique keys, SELECT ... FOR UPDATE
 * is PostgreSQL only). A reader's transaction is one snapshot on both. A failed commit has rolled
 * back. */
MUST_USE enum rc db_begin(struct db *db);
MUST_USE enum rc db_commit(struct db *db);
void db_rollback(struct db *db); /* harmless without a transaction */
bool db_in_transaction(const struct db *db);

/* How long the connection waits for SQLite's lock from now on; 0 = the usual. Nothing on PostgreSQL. */
void db_patience(struct db *db, int ms);

/* Before and after a transaction of thousands of rows: SQLite keeps its changed pages in up to 24 MB
 * instead of writing each of them again and again, and leaves out the CHECK constraints: each of them is
 * the list of words of an enum (record_check_schema compares it with the descriptor), which the writer has
 * held against the descriptor; SQLite would build that list anew for each row. Nothing on PostgreSQL. */
void db_large(struct db *db, bool large);

/* After a transaction whose purpose was that something is gone: SQLite's write-ahead log is written back
 * and cut, for it holds the pages of before (freed pages are zeroed anyway). When somebody reads at the
 * moment the log goes with the next write-back. Nothing on PostgreSQL, whose vacuum does it. */
void db_forget(struct db *db);

/* A savepoint inside a transaction: keeps a batch alive when one row fails. They nest. */
MUST_USE enum rc db_savepoint(struct db *db);
MUST_USE enum rc db_savepoint_release(struct db *db);
void db_savepoint_rollback(struct db *db);

/* Runs a script of several statements (migrations, views), all or nothing: not for input. */
MUST_USE enum rc db_script(struct db *db, const char *sql);

/* --- the live schema, for the start-up check --- */
struct db_column {
    char name[64];
    char type[32]; /* the token: INT FLOAT TEXT BYTES */
    bool not_null;
};
/* Columns of a base table in order; *n = 0 when there is no such table. cols has room for max. */
MUST_USE enum rc db_columns(struct db *db, const char *table, struct db_column *cols, int max,
                            int *n);

/* What else the database holds a table to. Unused parts are "". */
enum db_fact_type { DB_CHECK, DB_INDEX, DB_UNIQUE, DB_REFERENCE };
struct db_fact {
    enum db_fact_type type;
    char columns[256];  /* CHECK, REFERENCE: one column; else "a,b" in the order of the index */
    char target[64];    /* REFERENCE: the table referred to */
    char literals[512]; /* CHECK: its text literals, '|' between */
};
MUST_USE enum rc db_facts(struct db *db, const char *table, struct db_fact *facts, int max, int *n);

/* --- a small pool: one writer-capable connection per HTTP thread --- */
struct db_pool;
MUST_USE enum rc db_pool_new(const char *data_dir, const char *url, enum db_store store,
                             enum db_mode mode, int size, struct db_pool **out, struct err *e);
struct db *db_take(struct db_pool *p); /* waits for a free one; reconnects a lost one; never NULL */
void db_give(struct db_pool *p, struct db *db);
void db_pool_free(struct db_pool *p);

/* --- fault hooks: built in only with -Dfaults=true, for tests --- */
#ifdef SW_FAULTS
/* This thread's n-th statement from now fails (0 and 1: the next one), once; begin, commit and
 * savepoints count too. RC_OK disarms. */
void db_fault_next(enum rc rc, int after_statements);
#endif

#endif
