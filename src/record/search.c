/* SPDX-License-Identifier: Apache-2.0 */
/* Full-text search over the FIND fields of every kind, right for words of two Chinese characters.
 *
 * KIND_search stands beside the kind's table and is written in the same transaction. On SQLite it is
 * an FTS5 table with our tokenizer, one column for each FIND field (c0, c1, …; of a reference its
 * label), rowid = id; it keeps its own text, so that a row is taken out by its id alone and nothing
 * hangs on what the text was. On PostgreSQL it has an array of marks under a GIN index (single
 * characters, pairs, prefixes of words, each with the number of its column) that gives candidates, and
 * the tokens in order, which decide. A column that the actor may not see is not looked into.
 * Built anew when the FIND fields change or a migration ran. */
#include <stdio.h>
#include <string.h>

#include "db/tokens.h"
#include "record/record_int.h"

#define PREFIX_MAX 8 /* letters of a word that are marked; the tokens in order decide about longer ones */

static bool is_found(const struct field *f)
{
    return (f->flags & FIND) && (f->type == F_TEXT || f->type == F_REF);
}

bool kind_searched(const struct kind *k)
{
    for (int i = 0; i < k->n_fields && !k->derived; i++)
        if (is_found(&k->fields[i]))
            return true;
    return false;
}

static void columns(const struct kind *k, struct buf *b, bool names)
{
    int n = 0;
    for (int i = 0; i < k->n_fields; i++)
        if (is_found(&k->fields[i])) {
            if (names)
                buf_printf(b, ", %s%s", k->fields[i].name, k->fields[i].type == F_REF ? "__label" : "");
            else
                buf_printf(b, ", c%d", n);
            n++;
        }
}

/* --- writing --- */

static enum rc lite_fill(struct cx *cx, const struct kind *k, const char *where, const struct bind *binds,
                         bool fresh)
{
    struct buf to = {0}, from = {0};
    enum rc rc = RC_OK;
    columns(k, &to, false);
    columns(k, &from, true);
    const char *drop = arena_printf(cx->a, "DELETE FROM %s_search WHERE rowid IN (SELECT id FROM %s WHERE %s)",
                                    k->name, kind_table(k), where);
    const char *add = arena_printf(cx->a, "INSERT INTO %s_search (rowid%s) SELECT id%s FROM %s_v WHERE %s",
                                   k->name, buf_text(&to), buf_text(&from), k->name, where);
    buf_free(&to);
    buf_free(&from);
    if (!fresh)
        rc = db_run(cx->db, drop, binds, NULL);
    if (!rc)
        rc = db_run(cx->db, add, binds, NULL);
    return cx_db(cx, rc);
}

/* Marks of one token behind another, with the number of its column. */
static void add_marks(struct buf *words, int column, const struct token *before, const struct token *t)
{
    if (t->ascii)
        for (size_t n = 1; n <= t->n && n <= PREFIX_MAX; n++)
            buf_printf(words, "%d:%.*s ", column, (int)n, t->text);
    else
        buf_printf(words, "%d:%s ", column, t->text);
    if (!t->ascii && before->n && !before->ascii)
        buf_printf(words, "%d:%s%s ", column, before->text, t->text);
}

static void add_text(struct buf *words, struct buf *body, int column, const char *text)
{
    struct token t, before = {0};
    size_t at = 0, n = strlen(text);
    while (token_next(text, n, &at, &t)) {
        add_marks(words, column, &before, &t);
        buf_printf(body, "%d:%s ", column, t.text);
        before = t;
    }
}

static enum rc pg_row(struct cx *cx, const struct kind *k, const struct db_rows *r, int n)
{
    struct buf words = {0}, body = {0};
    buf_char(&body, ' ');
    for (int i = 0; i < n; i++)
        if (!db_null(r, i + 1))
            add_text(&words, &body, i, db_text(r, i + 1));
    const char *sql = arena_printf(cx->a,
                                   "INSERT INTO %s_search (id, words, body)"
                                   " VALUES (:id, string_to_array(RTRIM(:words), ' '), :body)"
                                   " ON CONFLICT (id) DO UPDATE SET words = excluded.words, body = excluded.body",
                                   k->name);
    enum rc rc = db_run(cx->db, sql, BINDS(B_INT("id", db_int(r, 0)), B_TEXT("words", buf_text(&words)),
                                           B_TEXT("body", buf_text(&body))), NULL);
    buf_free(&words);
    buf_free(&body);
    return cx_db(cx, rc);
}

static enum rc pg_fill(struct cx *cx, const struct kind *k, const char *where, const struct bind *binds)
{
    struct buf from = {0};
    struct db_rows *r;
    struct cx one = *cx; /* an arena of its own: a whole table passes through */
    columns(k, &from, true);
    const char *sql = arena_printf(cx->a, "SELECT id%s FROM %s_v WHERE %s", buf_text(&from), k->name, where);
    buf_free(&from);
    enum rc rc = cx_db(cx, db_query(cx->db, sql, binds, &r));
    if (rc)
        return rc;
    one.a = arena_new();
    while (!rc && db_next(r)) {
        rc = pg_row(&one, k, r, db_cols(r) - 1);
        arena_reset(one.a);
    }
    cx->err = rc ? one.err : cx->err;
    arena_free(one.a);
    enum rc end = db_end(r);
    return rc ? rc : cx_db(cx, end);
}

static enum rc fill(struct cx *cx, const struct kind *k, const char *where, const struct bind *binds,
                    bool fresh)
{
    if (!kind_searched(k))
        return RC_OK;
    return db_kind(cx->db) == DB_SQLITE ? lite_fill(cx, k, where, binds, fresh) : pg_fill(cx, k, where, binds);
}

enum rc search_added(struct cx *cx, const struct kind *k, int64_t from, int64_t to)
{
    return fill(cx, k, "id BETWEEN :from AND :to", BINDS(B_INT("from", from), B_INT("to", to)), true);
}

/* What is called by another name now is found by it wherever it is referred to. */
static enum rc renamed(struct cx *cx, const struct row *row)
{
    int n;
    const struct kind *const *kinds = record_kinds(&n);
    enum rc rc = RC_OK;
    for (int i = 0; i < n; i++)
        for (int f = 0; f < kinds[i]->n_fields && !rc && kind_searched(kinds[i]); f++) {
            const struct field *field = &kinds[i]->fields[f];
            if (field->type == F_REF && is_found(field) && !strcmp(field->ref, row->kind->name))
                rc = fill(cx, kinds[i], arena_printf(cx->a, "%s = :id", field->name),
                          BINDS(B_INT("id", row->id)), false);
        }
    return rc;
}

enum rc search_changed(struct cx *cx, const struct row *old, const struct row *row)
{
    const struct kind *k = row->kind;
    bool found = false;
    for (int i = 0; i < k->n_fields; i++)
        found = found || (is_found(&k->fields[i]) && !value_same(&k->fields[i], &old->v[i], &row->v[i]));
    enum rc rc = found ? fill(cx, k, "id = :id", BINDS(B_INT("id", row->id)), false) : RC_OK;
    int l = k->label_field;
    return rc || value_same(&k->fields[l], &old->v[l], &row->v[l]) ? rc : renamed(cx, row);
}

static bool finds(const struct kind *in, const struct kind *k)
{
    for (int i = 0; i < in->n_fields; i++)
        if (is_found(&in->fields[i]) && (in == k || (in->fields[i].type == F_REF && !strcmp(in->fields[i].ref, k->name))))
            return true;
    return false;
}

enum rc search_forget(struct cx *cx, const struct kind *k)
{
    int n;
    const struct kind *const *kinds = record_kinds(&n);
    enum rc rc = RC_OK;
    for (int i = 0; i < n && !rc && db_kind(cx->db) == DB_SQLITE; i++)
        if (kind_searched(kinds[i]) && finds(kinds[i], k))
            rc = cx_db(cx, db_run(cx->db, arena_printf(cx->a, "INSERT INTO %s_search (%s_search) VALUES ('optimize')",
                                                       kinds[i]->name, kinds[i]->name), NO_BINDS, NULL));
    return rc;
}

/* --- building --- */

static const char *signature(struct cx *cx, const struct kind *k, int64_t migrations)
{
    struct buf b = {0};
    columns(k, &b, true);
    for (int i = 0; i < k->n_fields; i++)
        if (k->fields[i].type == F_REF && is_found(&k->fields[i])) {
            const struct kind *to = record_kind(k->fields[i].ref);
            buf_printf(&b, " %s.%s", to->name, to->fields[to->label_field].name);
        }
    const char *s = arena_printf(cx->a, "1 %lld%s", (long long)migrations, buf_text(&b));
    buf_free(&b);
    return s;
}

static enum rc is_built(struct cx *cx, const struct kind *k, const char *wanted, bool *out)
{
    struct db_rows *r;
    *out = false;
    enum rc rc = db_query(cx->db, "SELECT value FROM setting WHERE name = :name",
                          BINDS(B_TEXT("name", arena_printf(cx->a, "search_%s", k->name))), &r);
    if (rc)
        return cx_db(cx, rc);
    *out = db_next(r) && !strcmp(db_text(r, 0), wanted);
    return cx_db(cx, db_end(r));
}

static const char *create_sql(struct cx *cx, const struct kind *k)
{
    struct buf b = {0};
    buf_printf(&b, "DROP TABLE IF EXISTS %s_search;\n", k->name);
    if (db_kind(cx->db) == DB_SQLITE) {
        struct buf c = {0};
        columns(k, &c, false);
        buf_printf(&b, "CREATE VIRTUAL TABLE %s_search USING fts5(%s, tokenize = 'shouwang', columnsize = 0);",
                   k->name, buf_text(&c) + 2);
        buf_free(&c);
    } else {
        buf_printf(&b, "CREATE TABLE %s_search (id BIGINT PRIMARY KEY, words TEXT[], body TEXT NOT NULL);\n"
                       "CREATE INDEX %s_search_words ON %s_search USING gin (words);",
                   k->name, k->name, k->name);
    }
    const char *s = arena_strdup(cx->a, buf_text(&b));
    buf_free(&b);
    return s;
}

static enum rc build(struct cx *cx, const struct kind *k, const char *wanted)
{
    bool mine;
    enum rc rc = own_transaction(cx, &mine);
    if (!rc)
        rc = cx_db(cx, db_script(cx->db, create_sql(cx, k)));
    if (!rc)
        rc = fill(cx, k, "1 = 1", NO_BINDS, true);
    if (!rc)
        rc = cx_db(cx, db_run(cx->db,
                              "INSERT INTO setting (name, value) VALUES (:name, :value)"
                              " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                              BINDS(B_TEXT("name", arena_printf(cx->a, "search_%s", k->name)),
                                    B_TEXT("value", wanted)), NULL));
    return end_transaction(cx, mine, rc);
}

enum rc record_search(struct cx *cx)
{
    int n;
    int64_t migrations = 0;
    const struct kind *const *kinds = record_kinds(&n);
    enum rc rc = cx_db(cx, db_int_of(cx->db, "SELECT COUNT(*) FROM migration", NO_BINDS, &migrations));
    for (int i = 0; i < n && !rc; i++) {
        bool built = true;
        const char *wanted = signature(cx, kinds[i], migrations);
        if (kind_searched(kinds[i]))
            rc = is_built(cx, kinds[i], wanted, &built);
        if (!rc && !built)
            rc = build(cx, kinds[i], wanted);
    }
    return rc;
}

/* --- reading --- */

/* "东 区 07" * of one term; false when it has no token. */
static bool lite_phrase(struct buf *b, const char *term, size_t n)
{
    struct token t;
    size_t at = 0;
    bool any = false;
    while (token_next(term, n, &at, &t)) {
        buf_printf(b, "%s%s", any ? " " : "\"", t.text);
        any = true;
    }
    if (any)
        buf_text_add(b, t.ascii ? "\" *" : "\"");
    return any;
}

static const char *lite_match(struct cx *cx, const struct kind *k, const char *text)
{
    struct buf b = {0}, terms = {0};
    int column = 0, visible = 0, n = 0;
    buf_char(&b, '{');
    for (int i = 0; i < k->n_fields; i++)
        if (is_found(&k->fields[i])) {
            if (may_see(cx, &k->fields[i]) && ++visible)
                buf_printf(&b, "c%d ", column);
            column++;
        }
    buf_text_add(&b, "} : (");
    for (const char *s = text; *s;) {
        struct buf one = {0};
        size_t len = strcspn(s, " ");
        if (lite_phrase(&one, s, len))
            buf_printf(&terms, "%s%s", n++ ? " AND " : "", buf_text(&one));
        buf_free(&one);
        s += len + (s[len] == ' ');
    }
    buf_printf(&b, "%s)", buf_text(&terms));
    const char *match = n && visible ? arena_strdup(cx->a, buf_text(&b)) : NULL;
    buf_free(&b);
    buf_free(&terms);
    return match;
}

/* One term in one column: its marks must all be there, then its tokens in order. */
static bool pg_term(struct cx *cx, int column, const char *term, size_t n, struct buf *sql, struct bind *b,
                    int *binds)
{
    struct buf words = {0}, like = {0};
    struct token t, before = {0};
    size_t at = 0;
    buf_text_add(&like, "% ");
    while (token_next(term, n, &at, &t)) {
        if (before.n)
            buf_char(&like, ' ');
        if (t.ascii)
            buf_printf(&words, "%d:%.*s ", column, PREFIX_MAX, t.text);
        else
            add_marks(&words, column, &before, &t);
        buf_printf(&like, "%d:%s", column, t.text);
        before = t;
    }
    buf_text_add(&like, before.ascii ? "%" : " %");
    if (before.n) {
        const char *w = arena_printf(cx->a, "s%d", *binds), *l = arena_printf(cx->a, "s%d", *binds + 1);
        buf_printf(sql, " OR (words @> string_to_array(RTRIM(:%s), ' ') AND body LIKE :%s)", w, l);
        b[(*binds)++] = B_TEXT(w, arena_strdup(cx->a, buf_text(&words)));
        b[(*binds)++] = B_TEXT(l, arena_strdup(cx->a, buf_text(&like)));
    }
    buf_free(&words);
    buf_free(&like);
    return before.n > 0;
}

static bool pg_condition(struct cx *cx, const struct kind *k, const char *text, struct buf *sql,
                         struct bind *b, int *n, int most)
{
    bool any = false;
    for (const char *s = text; *s;) {
        size_t len = strcspn(s, " ");
        struct buf term = {0};
        bool has = false;
        for (int i = 0, column = 0; i < k->n_fields; i++)
            if (is_found(&k->fields[i])) {
                if (may_see(cx, &k->fields[i]) && *n + 2 <= most)
                    has = pg_term(cx, column, s, len, &term, b, n) || has;
                column++;
            }
        if (has)
            buf_printf(sql, " AND (1 = 0%s)", buf_text(&term));
        any = any || has;
        buf_free(&term);
        s += len + (s[len] == ' ');
    }
    return any;
}

bool search_sql(struct cx *cx, const struct kind *k, const char *text, struct buf *sql, struct bind *b,
                int *n, int most)
{
    if (db_kind(cx->db) == DB_SQLITE) {
        const char *match = lite_match(cx, k, text);
        if (match) {
            buf_printf(sql, " AND %s_search MATCH :q AND id = s.rowid", k->name);
            b[(*n)++] = B_TEXT("q", match);
        }
        return match != NULL;
    }
    buf_printf(sql, " AND id IN (SELECT id FROM %s_search WHERE 1 = 1", k->name);
    bool any = pg_condition(cx, k, text, sql, b, n, most);
    buf_char(sql, ')');
    return any;
}
