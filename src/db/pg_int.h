/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the PostgreSQL driver: the connection, its prepared texts, schemas and roles. */
#ifndef DB_PG_INT_H
#define DB_PG_INT_H
#include <libpq-fe.h>

#include "db/db_int.h"

#define PG_TEXT_MAX 256   /* cached texts of one connection */
#define PG_ROLE_SIZE 64   /* a longer name is cut by the server */
#define PG_PARAM_MAX 1024 /* named parameters of one text */

/* A text prepared for one list of parameter types: 'i' 'f' 't' 'b', '-' for a literal NULL. */
struct pg_variant {
    char *types;
    unsigned id; /* the statement is called s<id> */
    struct pg_variant *next;
};

struct pg_text {
    char *sql;
    uint64_t hash;
    uint64_t used_at;
    struct sql_names names;
    char *seen; /* the last type that each parameter had with a value; '-' = none yet */
    struct pg_variant *variants;
};

struct pg {
    struct db base;
    PGconn *conn;
    char *url;
    char role[PG_ROLE_SIZE]; /* "" = the login itself */
    struct pg_text *texts[PG_TEXT_MAX];
    int text_count;
    uint64_t clock;
    unsigned last_id;
};

const char *pg_schema(enum db_store store);
bool pg_lost(const struct pg *p);
/* Maps a failed result (may be NULL); does not clear it. */
enum rc pg_fail(struct pg *p, const PGresult *res, const char *sql);
/* Runs plain statements and drops the result. */
enum rc pg_exec(struct pg *p, const char *sql);

/* Creates schemas and roles where they are missing (DB_WRITE) and chooses p->role; RC_NOT_FOUND
 * when a store to be read is not there yet (pg_setup.c). The text goes to p->base.err. */
enum rc pg_setup(struct pg *p);

/* pg_stmt.c */
enum rc pg_query(struct db *db, const char *sql, const struct bind *binds, struct db_rows *r);
bool pg_fetch(struct db_rows *r);
void pg_end(struct db_rows *r);
enum rc pg_run(struct db *db, const char *sql, const struct bind *binds, int64_t *changed);
/* All rows in one pipeline (libpq): one round trip for each PIPELINE_ROWS of them. */
enum rc pg_run_many(struct db *db, const char *sql, const struct bind *binds, int per, int rows,
                    int64_t *ids);
void pg_forget_variants(struct pg *p); /* after a reconnect: the server knows none of them */
void pg_texts_free(struct pg *p);

#endif
