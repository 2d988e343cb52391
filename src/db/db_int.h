/* SPDX-License-Identifier: Apache-2.0 */
/* Inside src/db only: what db.c (checks, transactions, cells) and the two drivers share. */
#ifndef DB_DB_INT_H
#define DB_DB_INT_H
#include "base/arena.h"
#include "base/buf.h"
#include "db/db.h"

/* One value of the current row. p and text live in the row's arena. */
struct cell {
    enum bind_type type; /* BIND_NULL .. BIND_BYTES */
    int64_t i;
    double f;
    const char *p; /* TEXT, BYTES: always followed by a NUL */
    size_t n;
    const char *text; /* INT, FLOAT: written form, made on demand */
};

/* An open query. The driver copies each row into cells, so a value stays valid until db_next()
 * whatever else runs on the connection. */
struct db_rows {
    struct db *db;
    struct db_rows *next; /* in db->open or db->spare */
    struct arena *row;    /* memory of the current row */
    struct cell *cells;
    int cols, cells_cap;
    enum rc rc;
    bool ahead;   /* the first row was fetched by db_query() and is not yet handed out */
    bool has_row; /* cells hold a row */
    void *driver; /* statement (SQLite) or result (PostgreSQL) */
    void *queue;  /* SQLite: rows read ahead of a write */
    int at;       /* PostgreSQL: next row of the result */
};

struct db_ops {
    /* All of them set db->err on failure. query() fills r and fetches the first row. */
    enum rc (*query)(struct db *db, const char *sql, const struct bind *binds, struct db_rows *r);
    bool (*fetch)(struct db_rows *r); /* false at the end or on an error (r->rc) */
    void (*end)(struct db_rows *r);
    enum rc (*run)(struct db *db, const char *sql, const struct bind *binds, int64_t *changed);
    enum rc (*run_many)(struct db *db, const char *sql, const struct bind *binds, int per, int rows,
                        int64_t *ids);
    enum rc (*exec)(struct db *db, const char *sql); /* plain text without binds, may be several */
    enum rc (*begin)(struct db *db);
    enum rc (*commit)(struct db *db);
    void (*rollback)(struct db *db);
    enum rc (*ready)(struct db *db);         /* outside a transaction: reconnects a lost server */
    void (*patience)(struct db *db, int ms); /* how long to wait for a lock; 0 = the usual */
    void (*close)(struct db *db);
};

struct db {
    const struct db_ops *ops;
    enum db_kind kind;
    enum db_store store;
    enum db_mode mode;
    struct err err;
    bool in_tx;
    enum rc tx_rc; /* the first failure inside the transaction: nothing but a rollback follows */
    int savepoints;
    struct db_rows *open, *spare;
    int open_count, spare_count;
};

/* PostgreSQL's advisory lock of whoever changes tables or grants: a migration, the making of roles.
 * The number only has to differ from those of other programs. */
#define MAINTENANCE_LOCK "7364920193"

enum rc sqlite_open(const char *data_dir, enum db_store store, enum db_mode mode, struct db **out,
                    struct err *e);
enum rc postgres_open(const char *url, enum db_store store, enum db_mode mode, struct db **out,
                      struct err *e);

/* Shared by the drivers. */
void *db_alloc(size_t n);                    /* zeroed; aborts when out of memory */
void *db_grow(void *p, size_t n);            /* realloc that aborts */
char *db_copy(const char *s);                /* aborts when out of memory */
void rows_cols(struct db_rows *r, int cols); /* makes room for cells */
uint64_t sql_hash(const char *sql);
const struct bind *bind_find(const struct bind *binds, const char *name, size_t n);
bool bind_is_null(const struct bind *b); /* NULL, NULL pointers and NaN */
enum rc unbound(struct db *db, const char *name, const char *sql);
/* The usual texts, so that both databases speak alike. why goes into the English text and log. */
enum rc busy(struct err *e, const char *why);
enum rc disk_full(struct err *e, const char *why);
enum rc conflict(struct err *e, const char *field, bool reference);
enum rc bad_value(struct err *e, const char *field, const char *why);
enum rc read_only(struct err *e);
enum rc broken(struct err *e, const char *why, const char *sql);

/* --- reading SQL text (sql_names.c) --- */
/* Behind the string, quoted name, dollar quote or comment that starts at s; s when none does.
 * start is the beginning of the text (to look back for E'...'). */
const char *sql_skip(const char *start, const char *s);
bool sql_word_char(char c);

struct sql_piece {
    const char *text; /* points into the text given to sql_parse */
    size_t n;
    int param; /* follows text; -1 = none */
};
struct sql_names {
    struct sql_piece *pieces;
    int piece_count;
    char **names;
    int name_count;
};
void sql_parse(const char *sql, struct sql_names *out); /* sql must outlive out */
void sql_names_free(struct sql_names *s);
/* The text for PostgreSQL: $1, $2 ... in the order of names; where null[i] is set the literal NULL
 * stands instead and is not counted. */
void sql_render(const struct sql_names *s, const bool *null, struct buf *out);

#endif
