/* SPDX-License-Identifier: Apache-2.0 */
/* What both databases have in common: checks before a statement, transactions, values of a row. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "db/db_int.h"

#define SPARE_ROWS 4

void *db_alloc(size_t n)
{
    void *p = calloc(1, n ? n : 1);
    if (!p) {
        die("out of memory");
    }
    return p;
}

void *db_grow(void *p, size_t n)
{
    void *grown = realloc(p, n);
    if (!grown) {
        die("out of memory");
    }
    return grown;
}

char *db_copy(const char *s)
{
    char *copy = strdup(s);
    if (!copy) {
        die("out of memory");
    }
    return copy;
}

#ifdef SW_FAULTS
static _Thread_local struct {
    enum rc rc;
    int left;
} fault;

void db_fault_next(enum rc rc, int after_statements)
{
    fault.rc = rc;
    fault.left = after_statements < 1 ? 1 : after_statements;
}

static enum rc injected(struct db *db)
{
    if (fault.rc == RC_OK || --fault.left > 0) {
        return RC_OK;
    }
    enum rc rc = fault.rc;
    fault.rc = RC_OK;
    return fail(&db->err, rc, NULL, "数据库故障（注入）", "injected database fault", NULL);
}
#else
static enum rc injected(struct db *db)
{
    (void)db;
    return RC_OK;
}
#endif

/* Keeps the first failure of a transaction: PostgreSQL refuses all further statements by itself,
 * and SQLite shall not commit half of a transaction that PostgreSQL would have refused. */
static enum rc note(struct db *db, enum rc rc)
{
    if (rc != RC_OK && db->in_tx && db->tx_rc == RC_OK) {
        db->tx_rc = rc;
    }
    return rc;
}

/* Before each statement. err still holds the text of the first failure. */
static enum rc enter(struct db *db)
{
    if (db->in_tx) {
        return db->tx_rc != RC_OK ? db->tx_rc : note(db, injected(db));
    }
    enum rc rc = injected(db);
    return rc != RC_OK ? rc : db->ops->ready(db);
}

enum rc db_open(const char *data_dir, const char *url, enum db_store store, enum db_mode mode,
                struct db **out, struct err *e)
{
    *out = NULL;
    if (!url || !*url) {
        return sqlite_open(data_dir, store, mode, out, e);
    }
    return postgres_open(url, store, mode, out, e);
}

static void rows_free(struct db_rows *r)
{
    arena_free(r->row);
    free(r->cells);
    free(r);
}

void db_close(struct db *db)
{
    if (!db) {
        return;
    }
    if (db->open) {
        log_error("db: closed with %d open queries", db->open_count);
    }
    while (db->open) {
        (void)db_end(db->open);
    }
    db_rollback(db);
    while (db->spare) {
        struct db_rows *r = db->spare;
        db->spare = r->next;
        rows_free(r);
    }
    db->ops->close(db);
}

enum db_kind db_kind(const struct db *db)
{
    return db->kind;
}

struct err *db_err(struct db *db)
{
    return &db->err;
}

enum rc db_run(struct db *db, const char *sql, const struct bind *binds, int64_t *changed)
{
    int64_t unused;
    enum rc rc = enter(db);
    if (rc != RC_OK) {
        return rc;
    }
    return note(db, db->ops->run(db, sql, binds, changed ? changed : &unused));
}

enum rc db_run_many(struct db *db, const char *sql, const struct bind *binds, int per, int rows,
                    int64_t *ids)
{
    if (!db->in_tx) {
        return broken(&db->err, "no transaction is open", sql);
    }
    enum rc rc = enter(db);
    if (rc != RC_OK || rows == 0) {
        return rc;
    }
    return note(db, db->ops->run_many(db, sql, binds, per, rows, ids));
}

enum rc db_script(struct db *db, const char *sql)
{
    enum rc rc = enter(db);
    if (rc != RC_OK) {
        return rc;
    }
    if (db->in_tx) {
        return note(db, db->ops->exec(db, sql));
    }
    if ((rc = db->ops->begin(db)) != RC_OK) {
        return rc;
    }
    rc = db->ops->exec(db, sql);
    if (rc == RC_OK && (rc = db->ops->commit(db)) == RC_OK) {
        return RC_OK;
    }
    db->ops->rollback(db);
    return rc;
}

/* --- queries --- */

static struct db_rows *rows_new(struct db *db)
{
    struct db_rows *r = db->spare;
    if (r) {
        db->spare = r->next;
        db->spare_count--;
    } else {
        r = db_alloc(sizeof *r);
        r->row = arena_new();
    }
    r->db = db;
    r->rc = RC_OK;
    r->ahead = r->has_row = false;
    r->driver = r->queue = NULL;
    r->cols = r->at = 0;
    r->next = db->open;
    db->open = r;
    db->open_count++;
    return r;
}

void rows_cols(struct db_rows *r, int cols)
{
    if (cols > r->cells_cap) {
        free(r->cells);
        r->cells = db_alloc(sizeof *r->cells * (size_t)cols);
        r->cells_cap = cols;
    }
    r->cols = cols;
}

static void rows_done(struct db_rows *r)
{
    struct db *db = r->db;
    struct db_rows **at = &db->open;
    while (*at != r) {
        at = &(*at)->next;
    }
    *at = r->next;
    db->open_count--;
    arena_reset(r->row);
    if (db->spare_count >= SPARE_ROWS) {
        rows_free(r);
        return;
    }
    r->next = db->spare;
    db->spare = r;
    db->spare_count++;
}

enum rc db_query(struct db *db, const char *sql, const struct bind *binds, struct db_rows **out)
{
    *out = NULL;
    enum rc rc = enter(db);
    if (rc != RC_OK) {
        return rc;
    }
    struct db_rows *r = rows_new(db);
    rc = db->ops->query(db, sql, binds, r);
    if (rc != RC_OK) {
        rows_done(r);
        return note(db, rc);
    }
    r->ahead = true;
    *out = r;
    return RC_OK;
}

bool db_next(struct db_rows *r)
{
    if (r->ahead) {
        r->ahead = false;
        return r->has_row;
    }
    if (!r->has_row) {
        return false;
    }
    r->has_row = r->db->ops->fetch(r);
    (void)note(r->db, r->rc);
    return r->has_row;
}

enum rc db_end(struct db_rows *r)
{
    if (!r) {
        return RC_OK;
    }
    enum rc rc = r->rc;
    r->db->ops->end(r);
    rows_done(r);
    return rc;
}

enum rc db_int_of(struct db *db, const char *sql, const struct bind *binds, int64_t *out)
{
    struct db_rows *r;
    *out = 0;
    enum rc rc = db_query(db, sql, binds, &r);
    if (rc != RC_OK) {
        return rc;
    }
    bool found = db_next(r);
    if (found) {
        *out = db_int(r, 0);
    }
    rc = db_end(r);
    if (rc == RC_OK && !found) {
        return fail(&db->err, RC_NOT_FOUND, NULL, "没有找到记录", "no such record", NULL);
    }
    return rc;
}

/* --- values --- */

static const struct cell *cell_of(const struct db_rows *r, int col)
{
    static const struct cell none = {.type = BIND_NULL};
    if (col < 0 || col >= r->cols || !r->has_row) {
        log_error("db: column %d of %d read%s", col, r->cols, r->has_row ? "" : " without a row");
        return &none;
    }
    return &r->cells[col];
}

bool db_null(const struct db_rows *r, int col)
{
    return cell_of(r, col)->type == BIND_NULL;
}

static int64_t clamped(double f)
{
    if (isnan(f)) {
        return 0;
    }
    if (f >= 9223372036854775808.0) {
        return INT64_MAX;
    }
    return f <= -9223372036854775808.0 ? INT64_MIN : (int64_t)f;
}

int64_t db_int(const struct db_rows *r, int col)
{
    const struct cell *c = cell_of(r, col);
    switch (c->type) {
    case BIND_INT:
        return c->i;
    case BIND_FLOAT:
        return clamped(c->f);
    case BIND_TEXT:
        return strtoll(c->p, NULL, 10);
    default:
        return 0;
    }
}

double db_float(const struct db_rows *r, int col)
{
    const struct cell *c = cell_of(r, col);
    switch (c->type) {
    case BIND_INT:
        return (double)c->i;
    case BIND_FLOAT:
        return c->f;
    case BIND_TEXT:
        return strtod(c->p, NULL);
    default:
        return 0;
    }
}

/* The shortest decimal form that reads back as the same number. */
static const char *float_text(struct arena *a, double f)
{
    for (int digits = 15; digits < 17; digits++) {
        char *s = arena_printf(a, "%.*g", digits, f);
        if (strtod(s, NULL) == f) {
            return s;
        }
    }
    return arena_printf(a, "%.17g", f);
}

const char *db_text(const struct db_rows *r, int col)
{
    struct cell *c = (struct cell *)(uintptr_t)cell_of(r, col);
    switch (c->type) {
    case BIND_TEXT:
    case BIND_BYTES:
        return c->p;
    case BIND_INT:
        return c->text ? c->text : (c->text = arena_printf(r->row, "%lld", (long long)c->i));
    case BIND_FLOAT:
        return c->text ? c->text : (c->text = float_text(r->row, c->f));
    default:
        return NULL;
    }
}

const void *db_bytes(const struct db_rows *r, int col, size_t *n)
{
    const struct cell *c = cell_of(r, col);
    if (c->type == BIND_TEXT || c->type == BIND_BYTES) {
        *n = c->n;
        return c->p;
    }
    const char *s = db_text(r, col);
    *n = s ? strlen(s) : 0;
    return s;
}

int db_cols(const struct db_rows *r)
{
    return r->cols;
}

/* --- transactions --- */

enum rc db_begin(struct db *db)
{
    if (db->in_tx) {
        (void)note(db, RC_INTERNAL);
        return broken(&db->err, "a transaction is already open", "BEGIN");
    }
    enum rc rc = enter(db);
    if (rc != RC_OK || (rc = db->ops->begin(db)) != RC_OK) {
        return rc;
    }
    db->in_tx = true;
    db->tx_rc = RC_OK;
    db->savepoints = 0;
    return RC_OK;
}

/* A failed commit leaves no transaction behind. */
enum rc db_commit(struct db *db)
{
    if (!db->in_tx) {
        return broken(&db->err, "no transaction is open", "COMMIT");
    }
    enum rc rc = enter(db);
    if (rc == RC_OK) {
        rc = db->ops->commit(db);
    }
    if (rc != RC_OK) {
        db_rollback(db);
        return rc;
    }
    db->in_tx = false;
    return RC_OK;
}

void db_rollback(struct db *db)
{
    if (!db->in_tx) {
        return;
    }
    db->in_tx = false;
    db->savepoints = 0;
    db->ops->rollback(db);
}

bool db_in_transaction(const struct db *db)
{
    return db->in_tx;
}

void db_forget(struct db *db)
{
    struct err kept = db->err;
    if (db->kind == DB_SQLITE && !db->in_tx)
        (void)db->ops->exec(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    db->err = kept;
}

void db_patience(struct db *db, int ms)
{
    db->ops->patience(db, ms);
}

void db_large(struct db *db, bool large)
{
    struct err kept = db->err;
    if (db->kind == DB_SQLITE && !db->in_tx) {
        (void)db->ops->exec(db, large ? "PRAGMA cache_size = -24576; PRAGMA ignore_check_constraints = ON"
                                          : "PRAGMA cache_size = -2000; PRAGMA ignore_check_constraints = OFF");
    }
    db->err = kept;
}

/* One name for all: both databases take the innermost savepoint of that name. */
enum rc db_savepoint(struct db *db)
{
    if (!db->in_tx) {
        return broken(&db->err, "no transaction is open", "SAVEPOINT");
    }
    enum rc rc = enter(db);
    if (rc == RC_OK && (rc = note(db, db->ops->exec(db, "SAVEPOINT sw"))) == RC_OK) {
        db->savepoints++;
    }
    return rc;
}

enum rc db_savepoint_release(struct db *db)
{
    if (!db->in_tx || db->savepoints == 0) {
        (void)note(db, RC_INTERNAL);
        return broken(&db->err, "no savepoint is open", "RELEASE");
    }
    enum rc rc = enter(db);
    if (rc == RC_OK && (rc = note(db, db->ops->exec(db, "RELEASE SAVEPOINT sw"))) == RC_OK) {
        db->savepoints--;
    }
    return rc;
}

/* The text of the failure that led here stays in err. When the server has lost the transaction,
 * the savepoint is gone too and the transaction stays failed. */
void db_savepoint_rollback(struct db *db)
{
    if (!db->in_tx || db->savepoints == 0) {
        return;
    }
    struct err kept = db->err;
    db->savepoints--;
    enum rc rc = db->ops->exec(db, "ROLLBACK TO SAVEPOINT sw; RELEASE SAVEPOINT sw");
    db->err = kept;
    if (rc == RC_OK) {
        db->tx_rc = RC_OK;
    } else if (db->tx_rc == RC_OK) {
        db->tx_rc = rc;
    }
}
