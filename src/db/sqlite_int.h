/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the SQLite driver: the connection, its statements, and the queue of writers. */
#ifndef DB_SQLITE_INT_H
#define DB_SQLITE_INT_H
#include <sqlite3.h>

#include "db/db_int.h"

#define STMT_MAX 256 /* cached texts of one connection, and open queries at a time */

struct stmt {
    char *sql;
    uint64_t hash;
    sqlite3_stmt *s;
    bool in_use;
    uint64_t used_at; /* by count, for eviction */
};

struct write_queue;

struct lite {
    struct db base;
    sqlite3 *conn;
    struct stmt *stmts[STMT_MAX];
    int stmt_count;
    uint64_t clock;
    struct write_queue *queue; /* NULL when read-only */
    int held;                  /* the queue's turn is ours, that many times */
    int wait_ms;
};

#define BUSY_MS 5000
#define TURN_MS 30000 /* a writer that waits longer gets RC_BUSY */

/* --- one queue for each file of this process (sqlite_queue.c); dev and ino name the file --- */
struct write_queue *write_queue_get(uint64_t dev, uint64_t ino);
void write_queue_put(struct write_queue *q);
bool write_queue_enter(struct write_queue *q, int wait_ms); /* first come, first served */
void write_queue_leave(struct write_queue *q);
int write_queue_length(struct write_queue *q); /* how many wait, for tests */

enum rc lite_fail(struct lite *l, int code, const char *sql);
enum rc lite_lock(struct lite *l); /* the turn to write, nestable */
void lite_unlock(struct lite *l);

int lite_search_register(sqlite3 *conn); /* the tokenizer of full-text search (sqlite_search.c) */

/* --- statements (sqlite_stmt.c) --- */
enum rc lite_query(struct db *db, const char *sql, const struct bind *binds, struct db_rows *r);
bool lite_fetch(struct db_rows *r);
void lite_end(struct db_rows *r);
enum rc lite_run(struct db *db, const char *sql, const struct bind *binds, int64_t *changed);
enum rc lite_run_many(struct db *db, const char *sql, const struct bind *binds, int per, int rows,
                      int64_t *ids);
/* Reads all open queries to their end into memory: what is written next does not change them. */
void lite_read_ahead(struct lite *l);
void lite_forget_statements(struct lite *l);

#endif
