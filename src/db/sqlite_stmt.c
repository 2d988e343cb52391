/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite statements: the cache, binds, rows. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "db/sqlite_int.h"

/* Rows read ahead of a write, in an arena of their own. */
struct ahead_row {
    struct cell *cells;
    struct ahead_row *next;
};
struct ahead {
    struct arena *arena;
    struct ahead_row *first, *last;
};

static void stmt_free(struct stmt *t)
{
    sqlite3_finalize(t->s);
    free(t->sql);
    free(t);
}

void lite_forget_statements(struct lite *l)
{
    for (int i = 0; i < l->stmt_count; i++) {
        stmt_free(l->stmts[i]);
    }
    l->stmt_count = 0;
}

/* A place in the cache: a new one, or that of the statement unused for longest. -1 = none. */
static int free_place(struct lite *l)
{
    if (l->stmt_count < STMT_MAX) {
        return l->stmt_count++;
    }
    int oldest = -1;
    for (int i = 0; i < STMT_MAX; i++) {
        if (!l->stmts[i]->in_use &&
            (oldest < 0 || l->stmts[i]->used_at < l->stmts[oldest]->used_at)) {
            oldest = i;
        }
    }
    if (oldest >= 0) {
        stmt_free(l->stmts[oldest]);
    }
    return oldest;
}

/* NULL on failure, with the error in l->base.err. */
static struct stmt *prepare(struct lite *l, const char *sql, uint64_t hash)
{
    sqlite3_stmt *s = NULL;
    const char *tail = "";
    int code = sqlite3_prepare_v3(l->conn, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, &tail);
    if (code != SQLITE_OK) {
        (void)lite_fail(l, code, sql);
        return NULL;
    }
    int place = -1;
    const char *why = !s                               ? "no statement"
                      : tail[strspn(tail, " \t\r\n;")] ? "two statements"
                                                       : NULL;
    if (!why && (place = free_place(l)) < 0) {
        why = "too many open queries";
    }
    if (why) {
        sqlite3_finalize(s);
        (void)broken(&l->base.err, why, sql);
        return NULL;
    }
    struct stmt *t = db_alloc(sizeof *t);
    *t = (struct stmt){.sql = db_copy(sql), .hash = hash, .s = s};
    l->stmts[place] = t;
    return t;
}

/* The same text may be open twice: a statement in use is passed over. */
static struct stmt *acquire(struct lite *l, const char *sql)
{
    uint64_t hash = sql_hash(sql);
    struct stmt *found = NULL;
    for (int i = 0; i < l->stmt_count && !found; i++) {
        struct stmt *t = l->stmts[i];
        if (t->hash == hash && !t->in_use && strcmp(t->sql, sql) == 0) {
            found = t;
        }
    }
    if (!found && !(found = prepare(l, sql, hash))) {
        return NULL;
    }
    found->in_use = true;
    found->used_at = ++l->clock;
    return found;
}

static int release(struct stmt *t)
{
    int code = sqlite3_reset(t->s);
    sqlite3_clear_bindings(t->s);
    t->in_use = false;
    return code;
}

static int bind_one(sqlite3_stmt *s, int at, const struct bind *b, sqlite3_destructor_type keep)
{
    if (bind_is_null(b)) {
        return sqlite3_bind_null(s, at);
    }
    switch (b->type) {
    case BIND_INT:
        return sqlite3_bind_int64(s, at, b->i);
    case BIND_FLOAT:
        return sqlite3_bind_double(s, at, b->f);
    case BIND_TEXT:
        return sqlite3_bind_text64(s, at, b->p, strlen(b->p), keep, SQLITE_UTF8);
    default:
        return sqlite3_bind_blob64(s, at, b->p, b->n, keep);
    }
}

static enum rc bind_all(struct lite *l, struct stmt *t, const struct bind *binds,
                        sqlite3_destructor_type keep)
{
    int count = sqlite3_bind_parameter_count(t->s);
    for (int i = 1; i <= count; i++) {
        const char *name = sqlite3_bind_parameter_name(t->s, i);
        const struct bind *b =
            name && name[0] == ':' ? bind_find(binds, name + 1, strlen(name + 1)) : NULL;
        if (!b) {
            return unbound(&l->base, name ? name : "?", t->sql);
        }
        int code = bind_one(t->s, i, b, keep);
        if (code != SQLITE_OK) {
            return lite_fail(l, code, t->sql);
        }
    }
    return RC_OK;
}

/* --- rows --- */

static void copy_cell(sqlite3_stmt *s, int col, struct arena *a, struct cell *out)
{
    *out = (struct cell){.type = BIND_NULL};
    switch (sqlite3_column_type(s, col)) {
    case SQLITE_INTEGER:
        out->type = BIND_INT;
        out->i = sqlite3_column_int64(s, col);
        break;
    case SQLITE_FLOAT:
        out->type = BIND_FLOAT;
        out->f = sqlite3_column_double(s, col);
        break;
    case SQLITE_TEXT:
        out->type = BIND_TEXT;
        out->p = (const char *)sqlite3_column_text(s, col);
        break;
    case SQLITE_BLOB:
        out->type = BIND_BYTES;
        out->p = sqlite3_column_blob(s, col);
        break;
    default:
        break;
    }
    if (out->type == BIND_TEXT || out->type == BIND_BYTES) {
        out->n = (size_t)sqlite3_column_bytes(s, col);
        char *copy = arena_alloc(a, out->n + 1);
        if (out->n > 0) {
            memcpy(copy, out->p, out->n);
        }
        out->p = copy;
    }
}

/* One step; the row goes to cells, copied into a. */
static bool step(struct db_rows *r, struct arena *a, struct cell **cells)
{
    struct stmt *t = r->driver;
    struct lite *l = (struct lite *)r->db;
    int code = sqlite3_step(t->s);
    if (code != SQLITE_ROW) {
        if (code != SQLITE_DONE) {
            r->rc = lite_fail(l, code, t->sql);
        }
        return false;
    }
    if (!*cells) {
        *cells = ARENA_NEW(a, struct cell, r->cols);
    }
    for (int i = 0; i < r->cols; i++) {
        copy_cell(t->s, i, a, &(*cells)[i]);
    }
    return true;
}

static void statement_end(struct db_rows *r)
{
    struct stmt *t = r->driver;
    if (t) {
        int code = release(t);
        if (code != SQLITE_OK && r->rc == RC_OK) {
            r->rc = lite_fail((struct lite *)r->db, code, t->sql);
        }
        r->driver = NULL;
    }
}

static void read_ahead(struct db_rows *r)
{
    if (!r->driver) {
        return;
    }
    struct ahead *q = db_alloc(sizeof *q);
    q->arena = arena_new();
    r->queue = q;
    for (;;) {
        struct cell *cells = NULL;
        if (!step(r, q->arena, &cells)) {
            break;
        }
        struct ahead_row *row = ARENA_NEW(q->arena, struct ahead_row, 1);
        row->cells = cells;
        *(q->last ? &q->last->next : &q->first) = row;
        q->last = row;
    }
    statement_end(r);
}

void lite_read_ahead(struct lite *l)
{
    for (struct db_rows *r = l->base.open; r; r = r->next) {
        read_ahead(r);
    }
}

bool lite_fetch(struct db_rows *r)
{
    arena_reset(r->row);
    struct ahead *q = r->queue;
    if (q && q->first) {
        memcpy(r->cells, q->first->cells, sizeof *r->cells * (size_t)r->cols);
        q->first = q->first->next;
        return true;
    }
    if (r->driver && step(r, r->row, &r->cells)) {
        return true;
    }
    statement_end(r);
    return false;
}

void lite_end(struct db_rows *r)
{
    statement_end(r);
    struct ahead *q = r->queue;
    if (q) {
        arena_free(q->arena);
        free(q);
        r->queue = NULL;
    }
}

static enum rc open_rows(struct lite *l, struct stmt *t, const struct bind *binds,
                         struct db_rows *r)
{
    enum rc rc = bind_all(l, t, binds, SQLITE_TRANSIENT);
    if (rc != RC_OK) {
        (void)release(t);
        return rc;
    }
    r->driver = t;
    rows_cols(r, sqlite3_column_count(t->s));
    if (!sqlite3_stmt_readonly(t->s)) {
        read_ahead(r); /* RETURNING: the write is complete only when all rows were read */
    }
    if (r->rc == RC_OK) {
        r->has_row = lite_fetch(r);
    }
    if (r->rc != RC_OK) {
        lite_end(r);
    }
    return r->rc;
}

enum rc lite_query(struct db *db, const char *sql, const struct bind *binds, struct db_rows *r)
{
    struct lite *l = (struct lite *)db;
    struct stmt *t = acquire(l, sql);
    enum rc rc;
    if (!t) {
        return db->err.rc;
    }
    if (sqlite3_stmt_readonly(t->s)) {
        return open_rows(l, t, binds, r);
    }
    lite_read_ahead(l);
    if ((rc = lite_lock(l)) != RC_OK) {
        (void)release(t);
        return rc;
    }
    rc = open_rows(l, t, binds, r);
    lite_unlock(l);
    return rc;
}

static enum rc run_bound(struct lite *l, struct stmt *t, const struct bind *binds)
{
    enum rc rc = bind_all(l, t, binds, SQLITE_STATIC);
    if (rc == RC_OK) {
        int code;
        do {
            code = sqlite3_step(t->s);
        } while (code == SQLITE_ROW);
        if (code != SQLITE_DONE) {
            rc = lite_fail(l, code, t->sql);
        }
    }
    (void)release(t);
    return rc;
}

enum rc lite_run(struct db *db, const char *sql, const struct bind *binds, int64_t *changed)
{
    struct lite *l = (struct lite *)db;
    struct stmt *t = acquire(l, sql);
    enum rc rc;
    if (!t) {
        return db->err.rc;
    }
    bool writes = !sqlite3_stmt_readonly(t->s);
    if (writes) {
        lite_read_ahead(l);
        if ((rc = lite_lock(l)) != RC_OK) {
            (void)release(t);
            return rc;
        }
    }
    int64_t before = sqlite3_total_changes64(l->conn);
    rc = run_bound(l, t, binds);
    /* changes64 keeps the last number when nothing was counted (CREATE TABLE) */
    *changed = sqlite3_total_changes64(l->conn) != before ? sqlite3_changes64(l->conn) : 0;
    if (writes) {
        lite_unlock(l);
    }
    return rc;
}

/* Where each parameter stands among a row's binds, found once for all rows. */
static enum rc places_of(struct lite *l, struct stmt *t, const struct bind *binds, int per,
                         int *places, int count)
{
    for (int i = 0; i < count; i++) {
        const char *name = sqlite3_bind_parameter_name(t->s, i + 1);
        places[i] = -1;
        for (int j = 0; name && j < per && places[i] < 0; j++) {
            if (strcmp(binds[j].name, name + 1) == 0) {
                places[i] = j;
            }
        }
        if (places[i] < 0) {
            return unbound(&l->base, name ? name : "?", t->sql);
        }
    }
    return RC_OK;
}

static enum rc one_of_many(struct lite *l, struct stmt *t, const struct bind *binds,
                           const int *places, int count, int64_t *id)
{
    for (int i = 0; i < count; i++) {
        int code = bind_one(t->s, i + 1, &binds[places[i]], SQLITE_STATIC);
        if (code != SQLITE_OK) {
            return lite_fail(l, code, t->sql);
        }
    }
    int code = sqlite3_step(t->s);
    if (id) {
        *id = code == SQLITE_ROW ? sqlite3_column_int64(t->s, 0) : 0;
    }
    while (code == SQLITE_ROW) {
        code = sqlite3_step(t->s);
    }
    if (code != SQLITE_DONE) {
        return lite_fail(l, code, t->sql);
    }
    sqlite3_reset(t->s);
    return RC_OK;
}

enum rc lite_run_many(struct db *db, const char *sql, const struct bind *binds, int per, int rows,
                      int64_t *ids)
{
    struct lite *l = (struct lite *)db;
    struct stmt *t = acquire(l, sql);
    if (!t) {
        return db->err.rc;
    }
    int count = sqlite3_bind_parameter_count(t->s);
    int *places = db_alloc(sizeof *places * (size_t)(count + 1));
    lite_read_ahead(l);
    enum rc rc = places_of(l, t, binds, per, places, count);
    for (int i = 0; i < rows && rc == RC_OK; i++) {
        rc = one_of_many(l, t, binds + (size_t)i * (size_t)per, places, count,
                         ids ? &ids[i] : NULL);
    }
    free(places);
    (void)release(t);
    return rc;
}
