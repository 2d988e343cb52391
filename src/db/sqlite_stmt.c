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

/* --- many rows --- */

#define TOGETHER 40      /* rows of one statement */
#define MANY_PARAMS 250 /* parameters of one row */

/* The place of :name (n bytes) among a row's binds, -1 = none. */
static int place_of(const struct bind *binds, int per, const char *name, size_t n)
{
    for (int j = 0; j < per; j++) {
        if (strncmp(binds[j].name, name, n) == 0 && binds[j].name[n] == '\0') {
            return j;
        }
    }
    return -1;
}

/* RETURNING is a trigger in SQLite, for which each row gets a savepoint of its own: a fifth of the time
 * of an insert. The id is the rowid, so the connection knows it anyway. */
static char *without_returning(const char *sql)
{
    static const char tail[] = " RETURNING id";
    char *copy = db_copy(sql);
    size_t n = strlen(copy), m = sizeof tail - 1;
    if (n > m && strncmp(copy, "INSERT ", 7) == 0 && strcmp(copy + n - m, tail) == 0) {
        copy[n - m] = '\0';
    }
    return copy;
}

/* "INSERT ... VALUES (...)" with `groups` groups of ? in place of the names; places gets the bind of
 * each ? of one group. NULL for any other statement. */
static char *many_text(struct lite *l, const char *sql, const struct bind *binds, int per, int groups,
                       int *places, int *count)
{
    const char *values = strstr(sql, " VALUES (");
    size_t n = strlen(sql);
    struct buf group = {0}, all = {0};
    *count = 0;
    if (strncmp(sql, "INSERT ", 7) != 0 || !values || sql[n - 1] != ')' || strchr(values, '\'')) {
        (void)broken(&l->base.err, "no plain insert", sql);
        return NULL;
    }
    values += strlen(" VALUES ");
    for (const char *s = values; *s; s++) {
        size_t word = 0;
        while (*s == ':' && sql_word_char(s[1 + word])) {
            word++;
        }
        if (word == 0) {
            buf_char(&group, *s);
            continue;
        }
        if ((places[*count] = place_of(binds, per, s + 1, word)) < 0 || ++*count > MANY_PARAMS) {
            (void)unbound(&l->base, s, sql);
            buf_free(&group);
            return NULL;
        }
        buf_char(&group, '?');
        s += word;
    }
    buf_add(&all, sql, (size_t)(values - sql));
    for (int i = 0; i < groups; i++) {
        buf_printf(&all, "%s%s", i ? "," : "", buf_text(&group));
    }
    char *text = db_copy(buf_text(&all));
    buf_free(&group);
    buf_free(&all);
    return text;
}

static enum rc step_many(struct lite *l, struct stmt *t, const struct bind *binds, int per, int groups,
                         const int *places, int count, int64_t *ids)
{
    int at = 0;
    for (int g = 0; g < groups; g++) {
        const struct bind *row = binds + (size_t)g * (size_t)per;
        for (int i = 0; i < count; i++) {
            int code = bind_one(t->s, ++at, &row[places[i]], SQLITE_STATIC);
            if (code != SQLITE_OK) {
                return lite_fail(l, code, t->sql);
            }
        }
    }
    int code = sqlite3_step(t->s);
    if (code != SQLITE_DONE) {
        return lite_fail(l, code, t->sql);
    }
    /* one writer and ids that only grow: those of one statement follow each other */
    int64_t last = sqlite3_last_insert_rowid(l->conn);
    for (int g = 0; ids && g < groups; g++) {
        ids[g] = last - (groups - 1 - g);
    }
    sqlite3_reset(t->s);
    return RC_OK;
}

/* Rows [from, rows) in statements of `groups` rows each, as far as they go; *from moves along. */
static enum rc run_groups(struct lite *l, const char *sql, const struct bind *binds, int per, int rows,
                          int groups, int *from, int64_t *ids)
{
    int places[MANY_PARAMS + 1], count;
    char *text = rows - *from < groups ? NULL : many_text(l, sql, binds, per, groups, places, &count);
    struct stmt *t = text ? acquire(l, text) : NULL;
    enum rc rc = RC_OK;
    free(text);
    if (!t) {
        return rows - *from < groups ? RC_OK : l->base.err.rc;
    }
    for (; rows - *from >= groups && rc == RC_OK; *from += groups) {
        rc = step_many(l, t, binds + (size_t)*from * (size_t)per, per, groups, places, count,
                       ids ? ids + *from : NULL);
    }
    (void)release(t);
    return rc;
}

enum rc lite_run_many(struct db *db, const char *sql, const struct bind *binds, int per, int rows,
                      int64_t *ids)
{
    struct lite *l = (struct lite *)db;
    char *text = without_returning(sql);
    int from = 0;
    lite_read_ahead(l);
    enum rc rc = run_groups(l, text, binds, per, rows, TOGETHER, &from, ids);
    if (rc == RC_OK) {
        rc = run_groups(l, text, binds, per, rows, 1, &from, ids);
    }
    free(text);
    return rc;
}
