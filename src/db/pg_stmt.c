/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL statements: prepared once for each list of parameter types, results buffered.
 *
 * Numbers and bytes travel binary (exact), results as text (any type). A NULL has no type of its
 * own: it takes the one that the parameter had before, else it stands in the text as the literal
 * NULL, which PostgreSQL accepts at every place. So one text gets few variants, however its NULLs
 * fall. */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "db/pg_int.h"

enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25 };
enum { OID_OID = 26, OID_FLOAT4 = 700, OID_FLOAT8 = 701, OID_NUMERIC = 1700 };

#define PG_BYTES_MAX ((size_t)512 * 1024 * 1024) /* the server takes less than 1 GB in a row */

/* The values of one execution; as large as the limit, so it lives on the heap. */
struct args {
    int n;
    Oid oids[PG_PARAM_MAX];
    const char *values[PG_PARAM_MAX];
    int lengths[PG_PARAM_MAX], formats[PG_PARAM_MAX];
    uint64_t numbers[PG_PARAM_MAX];
    bool null[PG_PARAM_MAX];      /* literal NULL in the text, by name */
    char types[PG_PARAM_MAX + 1]; /* by name */
};

/* --- the cache --- */

static void variants_free(struct pg_text *t)
{
    while (t->variants) {
        struct pg_variant *v = t->variants;
        t->variants = v->next;
        free(v->types);
        free(v);
    }
}

static void text_free(struct pg_text *t)
{
    variants_free(t);
    sql_names_free(&t->names);
    free(t->seen);
    free(t->sql);
    free(t);
}

void pg_forget_variants(struct pg *p)
{
    for (int i = 0; i < p->text_count; i++) {
        variants_free(p->texts[i]);
    }
}

void pg_texts_free(struct pg *p)
{
    for (int i = 0; i < p->text_count; i++) {
        text_free(p->texts[i]);
    }
    p->text_count = 0;
}

static void deallocate(struct pg *p, struct pg_text *t)
{
    for (struct pg_variant *v = t->variants; v; v = v->next) {
        char sql[40];
        (void)snprintf(sql, sizeof sql, "DEALLOCATE s%u", v->id);
        PQclear(PQexec(p->conn, sql));
    }
    variants_free(t);
}

static int text_place(struct pg *p)
{
    if (p->text_count < PG_TEXT_MAX) {
        return p->text_count++;
    }
    int oldest = 0;
    for (int i = 1; i < PG_TEXT_MAX; i++) {
        if (p->texts[i]->used_at < p->texts[oldest]->used_at) {
            oldest = i;
        }
    }
    deallocate(p, p->texts[oldest]);
    text_free(p->texts[oldest]);
    return oldest;
}

static struct pg_text *text_of(struct pg *p, const char *sql)
{
    uint64_t hash = sql_hash(sql);
    for (int i = 0; i < p->text_count; i++) {
        struct pg_text *t = p->texts[i];
        if (t->hash == hash && strcmp(t->sql, sql) == 0) {
            t->used_at = ++p->clock;
            return t;
        }
    }
    struct pg_text *t = db_alloc(sizeof *t);
    t->sql = db_copy(sql);
    t->hash = hash;
    t->used_at = ++p->clock;
    sql_parse(t->sql, &t->names);
    t->seen = db_alloc((size_t)t->names.name_count + 1);
    memset(t->seen, '-', (size_t)t->names.name_count);
    p->texts[text_place(p)] = t;
    return t;
}

/* NULL on failure, with the error in p->base.err. */
static struct pg_variant *prepare(struct pg *p, struct pg_text *t, const struct args *a)
{
    char name[20];
    struct buf sql = {0};
    unsigned id = ++p->last_id;
    (void)snprintf(name, sizeof name, "s%u", id);
    sql_render(&t->names, a->null, &sql);
    PGresult *res = PQprepare(p->conn, name, buf_text(&sql), a->n, a->oids);
    buf_free(&sql);
    if (PQresultStatus(res) != PGRES_COMMAND_OK) {
        (void)pg_fail(p, res, t->sql);
        PQclear(res);
        return NULL;
    }
    PQclear(res);
    struct pg_variant *v = db_alloc(sizeof *v);
    *v = (struct pg_variant){.types = db_copy(a->types), .id = id, .next = t->variants};
    t->variants = v;
    return v;
}

static struct pg_variant *variant_of(struct pg *p, struct pg_text *t, const struct args *a)
{
    for (struct pg_variant *v = t->variants; v; v = v->next) {
        if (strcmp(v->types, a->types) == 0) {
            return v;
        }
    }
    return prepare(p, t, a);
}

/* --- binds --- */

static char type_letter(const struct bind *b)
{
    switch (b->type) {
    case BIND_INT:
        return 'i';
    case BIND_FLOAT:
        return 'f';
    case BIND_TEXT:
        return 't';
    default:
        return 'b';
    }
}

static Oid type_oid(char letter)
{
    switch (letter) {
    case 'i':
        return OID_INT8;
    case 'f':
        return OID_FLOAT8;
    case 't':
        return OID_TEXT;
    default:
        return OID_BYTEA;
    }
}

static void add_value(struct args *a, const struct bind *b, char letter)
{
    int at = a->n++;
    a->oids[at] = type_oid(letter);
    a->formats[at] = letter != 't';
    a->values[at] = NULL;
    a->lengths[at] = 0;
    if (bind_is_null(b)) {
        return;
    }
    if (b->type == BIND_TEXT) {
        a->values[at] = b->p;
        return;
    }
    if (b->type == BIND_BYTES) {
        a->values[at] = b->p;
        a->lengths[at] = (int)b->n;
        return;
    }
    uint64_t bits = (uint64_t)b->i;
    if (b->type == BIND_FLOAT) {
        memcpy(&bits, &b->f, sizeof bits);
    }
    a->numbers[at] = htobe64(bits);
    a->values[at] = (const char *)&a->numbers[at];
    a->lengths[at] = 8;
}

static enum rc collect(struct pg *p, struct pg_text *t, const struct bind *binds, struct args *a)
{
    int count = t->names.name_count;
    if (count > PG_PARAM_MAX) {
        return broken(&p->base.err, "too many parameters", t->sql);
    }
    a->n = 0;
    for (int i = 0; i < count; i++) {
        const char *name = t->names.names[i];
        const struct bind *b = bind_find(binds, name, strlen(name));
        if (!b) {
            return unbound(&p->base, name, t->sql);
        }
        if (b->type == BIND_BYTES && b->n > PG_BYTES_MAX) {
            return fail(&p->base.err, RC_TOO_BIG, NULL, "数据过大", "the value is too big", NULL);
        }
        if (!bind_is_null(b)) {
            t->seen[i] = type_letter(b);
        }
        a->types[i] = t->seen[i];
        a->null[i] = t->seen[i] == '-';
        if (!a->null[i]) {
            add_value(a, b, t->seen[i]);
        }
    }
    a->types[count] = '\0';
    return RC_OK;
}

/* --- execution --- */

static bool stale_plan(const PGresult *res)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    if (!state) {
        return false;
    }
    return strcmp(state, "26000") == 0 ||
           (strcmp(state, "0A000") == 0 && text && strstr(text, "cached plan"));
}

static enum rc execute_once(struct pg *p, struct pg_text *t, const struct args *a, PGresult **out)
{
    const struct pg_variant *v = variant_of(p, t, a);
    if (!v) {
        return p->base.err.rc;
    }
    char name[20];
    (void)snprintf(name, sizeof name, "s%u", v->id);
    *out = PQexecPrepared(p->conn, name, a->n, a->values, a->lengths, a->formats, 0);
    return RC_OK;
}

/* A view that was rebuilt, or a connection pooler between us, makes a prepared statement useless.
 * Outside a transaction it is prepared again; inside, the caller repeats the transaction. */
static enum rc execute(struct pg *p, const char *sql, const struct bind *binds, PGresult **out)
{
    struct args *a = db_alloc(sizeof *a);
    struct pg_text *t = text_of(p, sql);
    PGresult *res = NULL;
    enum rc rc = collect(p, t, binds, a);
    if (rc == RC_OK) {
        rc = execute_once(p, t, a, &res);
    }
    if (rc == RC_OK && stale_plan(res)) {
        if (p->base.in_tx) {
            variants_free(t);
            rc = busy(&p->base.err, "a view was rebuilt");
        } else {
            deallocate(p, t);
            PQclear(res);
            res = NULL;
            rc = execute_once(p, t, a, &res);
        }
    }
    free(a);
    ExecStatusType status = PQresultStatus(res);
    if (rc == RC_OK && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        rc = pg_fail(p, res, sql);
    }
    if (rc != RC_OK) {
        PQclear(res);
        return rc;
    }
    *out = res;
    return RC_OK;
}

enum rc pg_run(struct db *db, const char *sql, const struct bind *binds, int64_t *changed)
{
    PGresult *res;
    *changed = 0;
    enum rc rc = execute((struct pg *)db, sql, binds, &res);
    if (rc == RC_OK) {
        if (strncmp(PQcmdStatus(res), "SELECT", 6) != 0) {
            *changed = strtoll(PQcmdTuples(res), NULL, 10);
        }
        PQclear(res);
    }
    return rc;
}

enum rc pg_query(struct db *db, const char *sql, const struct bind *binds, struct db_rows *r)
{
    PGresult *res;
    enum rc rc = execute((struct pg *)db, sql, binds, &res);
    if (rc != RC_OK) {
        return rc;
    }
    r->driver = res;
    rows_cols(r, PQnfields(res));
    r->has_row = pg_fetch(r);
    return RC_OK;
}

/* --- many rows --- */

/* So few that the answers fit into the socket's buffers while we still send. */
#define PIPELINE_ROWS 200

static enum rc send_row(struct pg *p, struct pg_text *t, const struct pg_variant *v,
                        const struct bind *row, struct args *a)
{
    char name[20];
    enum rc rc = collect(p, t, row, a);
    if (rc != RC_OK) {
        return rc;
    }
    (void)snprintf(name, sizeof name, "s%u", v->id);
    if (!PQsendQueryPrepared(p->conn, name, a->n, a->values, a->lengths, a->formats, 0)) {
        return pg_fail(p, NULL, t->sql);
    }
    return RC_OK;
}

/* Reads one answer with the NULL behind it; keeps the first failure in *rc. */
static void take_answer(struct pg *p, const struct pg_text *t, int64_t *id, enum rc *rc)
{
    PGresult *res = PQgetResult(p->conn);
    ExecStatusType status = PQresultStatus(res);
    if (id && status == PGRES_TUPLES_OK && PQntuples(res) > 0) {
        *id = strtoll(PQgetvalue(res, 0, 0), NULL, 10);
    }
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && *rc == RC_OK) {
        *rc = stale_plan(res) ? busy(&p->base.err, "a view was rebuilt") : pg_fail(p, res, t->sql);
    }
    PQclear(res);
    PQclear(PQgetResult(p->conn));
}

static enum rc pipeline(struct pg *p, struct pg_text *t, const struct pg_variant *v,
                        const struct bind *binds, int per, int rows, int64_t *ids, struct args *a)
{
    enum rc rc = RC_OK;
    int sent = 0;
    if (!PQenterPipelineMode(p->conn)) {
        return pg_fail(p, NULL, t->sql);
    }
    while (sent < rows && rc == RC_OK) {
        rc = send_row(p, t, v, binds + (size_t)sent * (size_t)per, a);
        sent += rc == RC_OK;
    }
    if (!PQpipelineSync(p->conn) && rc == RC_OK) {
        rc = pg_fail(p, NULL, t->sql);
    }
    for (int i = 0; i < sent; i++) {
        take_answer(p, t, ids ? &ids[i] : NULL, &rc);
    }
    PQclear(PQgetResult(p->conn)); /* the sync */
    if (!PQexitPipelineMode(p->conn) && rc == RC_OK) {
        rc = pg_fail(p, NULL, t->sql);
    }
    return rc;
}

/* The first row's binds with their end mark, as bind_find() wants them; types of all rows are seen
 * before the first is sent, so one prepared statement serves them all. */
enum rc pg_run_many(struct db *db, const char *sql, const struct bind *binds, int per, int rows,
                    int64_t *ids)
{
    struct pg *p = (struct pg *)db;
    struct args *a = db_alloc(sizeof *a);
    struct pg_text *t = text_of(p, sql);
    struct bind *ended = db_alloc(sizeof *ended * ((size_t)per + 1) * (size_t)rows);
    enum rc rc = RC_OK;
    for (int i = 0; i < rows && rc == RC_OK; i++) {
        struct bind *row = ended + (size_t)i * ((size_t)per + 1);
        memcpy(row, binds + (size_t)i * (size_t)per, sizeof *row * (size_t)per);
        row[per] = B_END;
        rc = collect(p, t, row, a);
    }
    const struct pg_variant *v = NULL;
    if (rc == RC_OK) {
        rc = collect(p, t, ended, a);
    }
    if (rc == RC_OK && !(v = variant_of(p, t, a))) {
        rc = p->base.err.rc;
    }
    for (int i = 0; i < rows && rc == RC_OK; i += PIPELINE_ROWS) {
        int n = rows - i < PIPELINE_ROWS ? rows - i : PIPELINE_ROWS;
        rc = pipeline(p, t, v, ended + (size_t)i * ((size_t)per + 1), per + 1, n,
                      ids ? ids + i : NULL, a);
    }
    free(ended);
    free(a);
    return rc;
}

/* --- rows --- */

static int nibble(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

static void bytes_cell(struct arena *a, const char *s, struct cell *c)
{
    size_t n = strlen(s) / 2 - 1; /* behind \x */
    char *out = arena_alloc(a, n + 1);
    for (size_t i = 0; i < n; i++) {
        out[i] = (char)(nibble(s[2 + 2 * i]) << 4 | nibble(s[3 + 2 * i]));
    }
    c->type = BIND_BYTES;
    c->p = out;
    c->n = n;
}

/* A sum of integers is NUMERIC on PostgreSQL and an integer on SQLite. */
static void numeric_cell(const char *s, struct cell *c)
{
    char *end;
    errno = 0;
    c->i = strtoll(s, &end, 10);
    c->type = BIND_INT;
    if (errno != 0 || *end) {
        c->type = BIND_FLOAT;
        c->f = strtod(s, NULL);
    }
}

static void read_cell(struct db_rows *r, int col, struct cell *c)
{
    const PGresult *res = r->driver;
    *c = (struct cell){.type = BIND_NULL};
    if (PQgetisnull(res, r->at, col)) {
        return;
    }
    const char *s = PQgetvalue(res, r->at, col);
    switch (PQftype(res, col)) {
    case OID_BOOL:
        c->type = BIND_INT;
        c->i = s[0] == 't';
        break;
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
    case OID_OID:
        c->type = BIND_INT;
        c->i = strtoll(s, NULL, 10);
        break;
    case OID_FLOAT4:
    case OID_FLOAT8:
        c->type = BIND_FLOAT;
        c->f = strtod(s, NULL);
        break;
    case OID_NUMERIC:
        numeric_cell(s, c);
        break;
    case OID_BYTEA:
        bytes_cell(r->row, s, c);
        break;
    default:
        c->type = BIND_TEXT;
        c->p = s;
        c->n = (size_t)PQgetlength(res, r->at, col);
        break;
    }
}

bool pg_fetch(struct db_rows *r)
{
    arena_reset(r->row);
    if (r->at >= PQntuples(r->driver)) {
        return false;
    }
    for (int i = 0; i < r->cols; i++) {
        read_cell(r, i, &r->cells[i]);
    }
    r->at++;
    return true;
}

void pg_end(struct db_rows *r)
{
    PQclear(r->driver);
    r->driver = NULL;
}
