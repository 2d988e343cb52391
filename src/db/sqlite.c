/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite driver: opening, transactions, error codes. A connection is used by one thread at a
 * time, so SQLite's own mutexes stay off. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/log.h"
#include "db/sqlite_int.h"

#define LITE_PATH 4096

/* "UNIQUE constraint failed: user.login" -> login; "" when the text names no column. */
static const char *column_named(const char *why, char out[64])
{
    const char *colon = strstr(why, "failed: ");
    const char *s = colon ? colon + strlen("failed: ") : "";
    size_t n = strcspn(s, ",");
    const char *dot = memchr(s, '.', n);
    if (!dot) {
        return NULL;
    }
    n -= (size_t)(dot + 1 - s);
    if (n >= 64) {
        return NULL;
    }
    memcpy(out, dot + 1, n);
    out[n] = '\0';
    return out;
}

static enum rc constraint_fail(struct err *e, int code, const char *why, const char *sql)
{
    char column[64];
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return conflict(e, column_named(why, column), false);
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return conflict(e, NULL, true);
    case SQLITE_CONSTRAINT_NOTNULL:
        return bad_value(e, column_named(why, column), why);
    case SQLITE_CONSTRAINT_CHECK:
    case SQLITE_CONSTRAINT_TRIGGER: /* a rule that stands in a trigger */
        return bad_value(e, NULL, why);
    default:
        return broken(e, why, sql);
    }
}

static enum rc code_fail(struct err *e, sqlite3 *conn, int code, const char *sql)
{
    const char *why = conn ? sqlite3_errmsg(conn) : sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_SCHEMA:
        return busy(e, why);
    case SQLITE_FULL:
        return disk_full(e, why);
    case SQLITE_IOERR:
        if (conn && sqlite3_system_errno(conn) == ENOSPC) {
            return disk_full(e, why);
        }
        log_error("db: input/output error %d: %s", code, why);
        return busy(e, why);
    case SQLITE_CONSTRAINT:
        return constraint_fail(e, code, why, sql);
    case SQLITE_READONLY:
        return read_only(e);
    case SQLITE_NOMEM:
        die("out of memory in SQLite");
    default:
        return broken(e, why, sql);
    }
}

enum rc lite_fail(struct lite *l, int code, const char *sql)
{
    return code_fail(&l->base.err, l->conn, code, sql);
}

enum rc lite_lock(struct lite *l)
{
    if (!l->queue) {
        return RC_OK; /* read-only: SQLite itself refuses */
    }
    if (l->held == 0 && !write_queue_enter(l->queue, l->wait_ms)) {
        return busy(&l->base.err, "too many writers");
    }
    l->held++;
    return RC_OK;
}

void lite_unlock(struct lite *l)
{
    if (l->queue && --l->held == 0) {
        write_queue_leave(l->queue);
    }
}

static enum rc lite_exec(struct db *db, const char *sql)
{
    struct lite *l = (struct lite *)db;
    lite_read_ahead(l);
    int code = sqlite3_exec(l->conn, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? RC_OK : lite_fail(l, code, sql);
}

/* Readers get one snapshot for the whole transaction; writers the write lock at once. */
static enum rc lite_begin(struct db *db)
{
    struct lite *l = (struct lite *)db;
    enum rc rc = lite_lock(l);
    if (rc != RC_OK) {
        return rc;
    }
    rc = lite_exec(db, db->mode == DB_WRITE ? "BEGIN IMMEDIATE" : "BEGIN");
    if (rc != RC_OK) {
        lite_unlock(l);
    }
    return rc;
}

static enum rc lite_commit(struct db *db)
{
    enum rc rc = lite_exec(db, "COMMIT");
    if (rc == RC_OK) {
        lite_unlock((struct lite *)db);
    }
    return rc;
}

/* A full disk makes SQLite roll back by itself; the turn is given up in any case. */
static void lite_rollback(struct db *db)
{
    struct lite *l = (struct lite *)db;
    lite_read_ahead(l);
    if (!sqlite3_get_autocommit(l->conn)) {
        int code = sqlite3_exec(l->conn, "ROLLBACK", NULL, NULL, NULL);
        if (code != SQLITE_OK) {
            log_error("db: rollback failed: %s", sqlite3_errmsg(l->conn));
        }
    }
    lite_unlock(l);
}

static enum rc lite_ready(struct db *db)
{
    (void)db;
    return RC_OK;
}

static void lite_patience(struct db *db, int ms)
{
    struct lite *l = (struct lite *)db;
    l->wait_ms = ms ? ms : TURN_MS;
    sqlite3_busy_timeout(l->conn, ms ? ms : BUSY_MS);
}

static void lite_close(struct db *db)
{
    struct lite *l = (struct lite *)db;
    lite_forget_statements(l);
    int code = sqlite3_close(l->conn);
    if (code != SQLITE_OK) {
        log_error("db: close failed: %s", sqlite3_errstr(code));
    }
    write_queue_put(l->queue);
    free(l);
}

static const struct db_ops lite_ops = {
    .query = lite_query,
    .fetch = lite_fetch,
    .end = lite_end,
    .run = lite_run,
    .run_many = lite_run_many,
    .exec = lite_exec,
    .begin = lite_begin,
    .commit = lite_commit,
    .rollback = lite_rollback,
    .ready = lite_ready,
    .patience = lite_patience,
    .close = lite_close,
};

static enum rc missing(struct err *e, const char *path)
{
    return fail(e, RC_NOT_FOUND, NULL, "数据库 {path} 还不存在，请先运行 init",
                "the database {path} does not exist yet: run init first", "path", path, NULL);
}

/* An empty file is a store that its writer is just creating. */
static enum rc check_path(const char *data_dir, const char *path, enum db_mode mode, struct err *e)
{
    struct stat st;
    if (mode == DB_WRITE) {
        if (!data_dir || stat(data_dir, &st) != 0 || !S_ISDIR(st.st_mode)) {
            return fail(e, RC_NOT_FOUND, NULL, "数据目录 {path} 不存在",
                        "the data folder {path} does not exist", "path", data_dir ? data_dir : "",
                        NULL);
        }
        return RC_OK;
    }
    return stat(path, &st) != 0 || st.st_size == 0 ? missing(e, path) : RC_OK;
}

/* Business records survive a power cut to the last commit; of observations the last few may go. */
static const char *settings(enum db_store store, enum db_mode mode)
{
    if (mode == DB_READ) {
        return "PRAGMA foreign_keys = ON; PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;";
    }
    if (store == DB_BUSINESS) {
        return "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
               "PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864;"
               "PRAGMA secure_delete = ON;";
    }
    return "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;"
           "PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864;";
}

static int configure(struct lite *l)
{
    sqlite3_busy_timeout(l->conn, BUSY_MS);
    sqlite3_db_config(l->conn, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(l->conn, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    /* "x" is a name as on PostgreSQL, never a string */
    sqlite3_db_config(l->conn, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(l->conn, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    if (l->base.mode == DB_WRITE) {
        /* the -wal and -shm files stay: a reader of another user could not make them */
        int keep = 1;
        sqlite3_file_control(l->conn, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
    }
    /* The change to WAL asks for an exclusive lock without calling the busy handler. */
    int code = SQLITE_BUSY;
    for (int waited = 0; waited <= BUSY_MS && (code & 0xff) == SQLITE_BUSY; waited += 10) {
        if (waited > 0) {
            nanosleep(&(struct timespec){.tv_nsec = 10000000L}, NULL);
        }
        code = sqlite3_exec(l->conn, settings(l->base.store, l->base.mode), NULL, NULL, NULL);
    }
    if (code == SQLITE_OK) { /* reads the header: a file of another kind shows here */
        code = sqlite3_exec(l->conn, "SELECT COUNT(*) FROM sqlite_schema", NULL, NULL, NULL);
    }
    return code;
}

/* A writer has made the file but no table yet. */
static bool has_tables(struct lite *l)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(
        l->conn, "SELECT 1 FROM sqlite_schema WHERE type = 'table' LIMIT 1", -1, &s, NULL);
    bool found = code == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW;
    sqlite3_finalize(s);
    return found;
}

static enum rc attach_queue(struct lite *l, const char *path, struct err *e)
{
    struct stat st;
    if (l->base.mode == DB_READ) {
        return RC_OK;
    }
    if (stat(path, &st) != 0) {
        return broken(e, "the file vanished", path);
    }
    l->queue = write_queue_get((uint64_t)st.st_dev, (uint64_t)st.st_ino);
    return RC_OK;
}

/* Nobody asks SQLite how much memory it uses; counting it costs a lock at each allocation. */
static void set_up_library(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum rc sqlite_open(const char *data_dir, enum db_store store, enum db_mode mode, struct db **out,
                    struct err *e)
{
    char path[LITE_PATH];
    int n = snprintf(path, sizeof path, "%s/%s", data_dir ? data_dir : ".",
                     store == DB_BUSINESS ? "shouwang.db" : "watch.db");
    if (n < 0 || (size_t)n >= sizeof path) {
        return fail(e, RC_INVALID, NULL, "数据目录路径过长", "the data folder's path is too long",
                    NULL);
    }
    enum rc rc = check_path(data_dir, path, mode, e);
    if (rc != RC_OK) {
        return rc;
    }
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, set_up_library);
    struct lite *l = db_alloc(sizeof *l);
    l->base = (struct db){.ops = &lite_ops, .kind = DB_SQLITE, .store = store, .mode = mode};
    l->wait_ms = TURN_MS;
    int flags = mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    int code =
        sqlite3_open_v2(path, &l->conn, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (code == SQLITE_OK) {
        code = configure(l);
    }
    if (code == SQLITE_OK) {
        code = lite_search_register(l->conn);
    }
    rc = code == SQLITE_OK ? attach_queue(l, path, e) : code_fail(e, l->conn, code, path);
    if (rc == RC_OK && mode == DB_READ && !has_tables(l)) {
        rc = missing(e, path);
    }
    if (rc != RC_OK) {
        lite_close(&l->base);
        return rc;
    }
    *out = &l->base;
    return RC_OK;
}
