/* SPDX-License-Identifier: Apache-2.0 */
/* The PostgreSQL driver: connection, session settings, transactions, error codes. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "db/pg_int.h"

const char *pg_schema(enum db_store store)
{
    return store == DB_BUSINESS ? "shouwang" : "watch";
}

bool pg_lost(const struct pg *p)
{
    return PQstatus(p->conn) != CONNECTION_OK;
}

/* --- failures --- */

/* "Key (login)=(x) already exists." -> login: the same field that SQLite names. The detail itself
 * holds values and goes nowhere. */
static const char *key_column(const char *detail, char out[64])
{
    const char *open = detail ? strchr(detail, '(') : NULL;
    size_t n = open ? strcspn(open + 1, ",()=") : 0;
    if (n == 0 || n >= 64 || open[1 + n] == '(') {
        return NULL;
    }
    memcpy(out, open + 1, n);
    out[n] = '\0';
    return out;
}

static bool is_class(const char *state, const char *class)
{
    return strncmp(state, class, strlen(class)) == 0;
}

static bool passes_by_itself(const char *state)
{
    static const char *const states[] = {"40001", "40P01", "55P03", "53", "57P01",
                                         "57P02", "57P03", "57P05", "08"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (is_class(state, states[i])) {
            return true;
        }
    }
    return false;
}

static enum rc state_fail(struct err *e, const PGresult *res, const char *state, const char *why,
                          const char *sql)
{
    char column[64];
    if (is_class(state, "53100")) {
        return disk_full(e, why);
    }
    if (passes_by_itself(state)) {
        return busy(e, why);
    }
    if (is_class(state, "23505") || is_class(state, "23503") || is_class(state, "23P01")) {
        const char *detail = PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL);
        bool reference = is_class(state, "23503");
        return conflict(e, reference ? NULL : key_column(detail, column), reference);
    }
    if (is_class(state, "23502")) {
        return bad_value(e, PQresultErrorField(res, PG_DIAG_COLUMN_NAME), why);
    }
    if (is_class(state, "23514")) {
        return bad_value(e, NULL, why);
    }
    if (is_class(state, "25006") || is_class(state, "42501")) {
        return read_only(e);
    }
    if (is_class(state, "57014")) {
        log_error("db: %s in: %.300s", why, sql);
        return fail(e, RC_TIMEOUT, NULL, "查询超时", "the statement took too long", NULL);
    }
    return broken(e, why, sql);
}

enum rc pg_fail(struct pg *p, const PGresult *res, const char *sql)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *why = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    if (pg_lost(p)) {
        log_warn("db: connection lost: %s", why ? why : PQerrorMessage(p->conn));
        return busy(&p->base.err, "the connection was lost");
    }
    if (!state || !why) {
        return broken(&p->base.err, PQerrorMessage(p->conn), sql);
    }
    return state_fail(&p->base.err, res, state, why, sql);
}

enum rc pg_exec(struct pg *p, const char *sql)
{
    PGresult *res = PQexec(p->conn, sql);
    ExecStatusType status = PQresultStatus(res);
    enum rc rc = RC_OK;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
        rc = pg_fail(p, res, sql);
    }
    PQclear(res);
    return rc;
}

/* --- connection --- */

static void on_notice(void *arg, const PGresult *res)
{
    (void)arg;
    const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    if (text) {
        log_info("db: server says: %s", text);
    }
}

/* Defaults stand before dbname, so that the address may override them; a dead server is noticed
 * within a minute. */
static enum rc connect_server(struct pg *p)
{
    const char *keys[] = {"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                          "keepalives_count", "tcp_user_timeout", "fallback_application_name",
                          "dbname",           "client_encoding",  NULL};
    const char *values[] = {"10", "30", "10", "3", "60000", "shouwang", p->url, "UTF8", NULL};
    p->conn = PQconnectdbParams(keys, values, 1);
    if (!p->conn) {
        die("out of memory");
    }
    if (pg_lost(p)) {
        log_warn("db: cannot connect: %s", PQerrorMessage(p->conn));
        return fail(&p->base.err, RC_BUSY, NULL, "无法连接数据库服务器",
                    "cannot connect to the database server", NULL);
    }
    PQsetNoticeReceiver(p->conn, on_notice, NULL);
    if (strcmp(PQparameterStatus(p->conn, "server_encoding"), "UTF8") != 0) {
        return fail(&p->base.err, RC_INVALID, NULL, "数据库编码必须是 UTF8",
                    "the database's encoding must be UTF8", NULL);
    }
    return RC_OK;
}

static enum rc settle_session(struct pg *p)
{
    struct buf sql = {0};
    buf_printf(&sql,
               "SET standard_conforming_strings = on; SET bytea_output = 'hex';"
               "SET extra_float_digits = 1; SET DateStyle = 'ISO'; SET TimeZone = 'UTC';"
               "SET statement_timeout = 60000; SET lock_timeout = 10000; SET search_path = \"%s\";",
               pg_schema(p->base.store));
    if (p->base.mode == DB_READ) {
        buf_text_add(&sql, "SET default_transaction_read_only = on;");
    }
    enum rc rc = pg_exec(p, buf_text(&sql));
    buf_free(&sql);
    return rc;
}

static enum rc take_role(struct pg *p)
{
    if (!p->role[0]) {
        return RC_OK;
    }
    struct buf sql = {0};
    char *name = PQescapeIdentifier(p->conn, p->role, strlen(p->role));
    buf_printf(&sql, "SET ROLE %s", name ? name : "");
    PQfreemem(name);
    enum rc rc = pg_exec(p, buf_text(&sql));
    buf_free(&sql);
    return rc;
}

static enum rc reconnect(struct pg *p)
{
    PQfinish(p->conn);
    pg_forget_variants(p);
    enum rc rc = connect_server(p);
    if (rc == RC_OK && (rc = settle_session(p)) == RC_OK && (rc = take_role(p)) == RC_OK) {
        log_info("db: connected again");
        return RC_OK;
    }
    if (!pg_lost(p)) { /* half a session is no session: the next use tries again */
        PQfinish(p->conn);
        p->conn = NULL;
    }
    return rc;
}

/* A server that went away has closed the socket: that shows without a round trip. */
static void notice_closed(struct pg *p)
{
    for (int i = 0; i < 16 && !pg_lost(p); i++) {
        struct pollfd fd = {.fd = PQsocket(p->conn), .events = POLLIN};
        if (poll(&fd, 1, 0) <= 0 || !PQconsumeInput(p->conn)) {
            return;
        }
    }
}

static enum rc pg_ready(struct db *db)
{
    struct pg *p = (struct pg *)db;
    notice_closed(p);
    return pg_lost(p) ? reconnect(p) : RC_OK;
}

/* --- transactions --- */

/* Readers get one snapshot for the whole transaction, as on SQLite. */
static enum rc pg_begin(struct db *db)
{
    struct pg *p = (struct pg *)db;
    const char *sql =
        db->mode == DB_WRITE ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    enum rc rc = pg_exec(p, sql);
    if (rc != RC_OK && pg_lost(p)) { /* nothing was done yet, so a second try is safe */
        rc = reconnect(p);
        if (rc == RC_OK) {
            rc = pg_exec(p, sql);
        }
    }
    return rc;
}

/* The server answers a COMMIT of an aborted transaction with ROLLBACK and no error. */
static enum rc pg_commit(struct db *db)
{
    struct pg *p = (struct pg *)db;
    PGresult *res = PQexec(p->conn, "COMMIT");
    enum rc rc = RC_OK;
    if (PQresultStatus(res) != PGRES_COMMAND_OK) {
        rc = pg_fail(p, res, "COMMIT");
    } else if (strcmp(PQcmdStatus(res), "COMMIT") != 0) {
        rc = broken(&db->err, "the transaction had failed before its commit", "COMMIT");
    }
    PQclear(res);
    return rc;
}

static void pg_rollback(struct db *db)
{
    struct pg *p = (struct pg *)db;
    if (!pg_lost(p) && PQtransactionStatus(p->conn) != PQTRANS_IDLE) {
        PGresult *res = PQexec(p->conn, "ROLLBACK");
        if (PQresultStatus(res) != PGRES_COMMAND_OK) {
            log_warn("db: rollback failed: %s", PQerrorMessage(p->conn));
        }
        PQclear(res);
    }
}

static enum rc pg_plain(struct db *db, const char *sql)
{
    return pg_exec((struct pg *)db, sql);
}

/* A migration sets its timeouts inside its transaction. */
static void pg_patience(struct db *db, int ms)
{
    (void)db;
    (void)ms;
}

static void pg_close(struct db *db)
{
    struct pg *p = (struct pg *)db;
    PQfinish(p->conn);
    pg_texts_free(p);
    if (p->url) {
        explicit_bzero(p->url, strlen(p->url)); /* may hold a password */
    }
    free(p->url);
    free(p);
}

static const struct db_ops pg_ops = {
    .query = pg_query,
    .fetch = pg_fetch,
    .end = pg_end,
    .run = pg_run,
    .run_many = pg_run_many,
    .exec = pg_plain,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .ready = pg_ready,
    .patience = pg_patience,
    .close = pg_close,
};

/* The parser's own message may repeat a part of the address, and with it the password. */
static enum rc check_url(const char *url, struct err *e)
{
    PQconninfoOption *options = NULL;
    if (strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0) {
        options = PQconninfoParse(url, NULL);
    }
    if (!options) {
        return fail(e, RC_INVALID, "db", "数据库地址应为 postgresql://用户@主机/数据库",
                    "the database's address must be postgresql://USER@HOST/DATABASE", NULL);
    }
    PQconninfoFree(options);
    return RC_OK;
}

enum rc postgres_open(const char *url, enum db_store store, enum db_mode mode, struct db **out,
                      struct err *e)
{
    enum rc rc = check_url(url, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct pg *p = db_alloc(sizeof *p);
    p->base = (struct db){.ops = &pg_ops, .kind = DB_POSTGRES, .store = store, .mode = mode};
    p->url = db_copy(url);
    rc = connect_server(p);
    if (rc == RC_OK && (rc = pg_setup(p)) == RC_OK && (rc = settle_session(p)) == RC_OK) {
        rc = take_role(p);
    }
    if (rc != RC_OK) {
        if (e) {
            *e = p->base.err;
        }
        pg_close(&p->base);
        return rc;
    }
    *out = &p->base;
    return RC_OK;
}
