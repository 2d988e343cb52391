/* SPDX-License-Identifier: Apache-2.0 */
/* Writing and sealing. */
#include "journal/journal.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "journal/journal_int.h"

static const char *const actor_words[] = {"nobody", "user", "console", "system"};

/* A user is named by the account alone: the name is a personal value, and can be forgotten there
 * without touching the chain. */
static const char *actor_name(const struct cx *cx)
{
    if (cx->actor.type == ACTOR_USER || !cx->actor.name)
        return "";
    return cx->actor.name;
}

#define JOURNAL_BINDS 10
static const char insert_sql[] =
    "INSERT INTO journal (at, actor_type, actor_id, actor_name, address, kind, record_id,"
    " action, changes, result) VALUES (:at, :type, :actor, :name, :address, :kind, :id,"
    " :action, :changes, :result)";

static void line_binds(const struct cx *cx, const char *kind, const struct journal_line *l,
                       const char *result, struct bind *b)
{
    const struct actor *a = &cx->actor;
    *b++ = B_INT("at", cx->now.ms);
    *b++ = B_TEXT("type", actor_words[a->type]);
    *b++ = a->user_id ? B_INT("actor", a->user_id) : B_NULL("actor");
    *b++ = B_TEXT("name", actor_name(cx));
    *b++ = B_TEXT("address", a->address ? a->address : "");
    *b++ = B_TEXT("kind", kind);
    *b++ = B_INT("id", l->record_id);
    *b++ = B_TEXT("action", l->action);
    *b++ = B_TEXT("changes", l->changes);
    *b = B_TEXT("result", result);
}

enum rc journal_add(struct cx *cx, const char *kind, int64_t record_id, const char *action,
                    const char *changes, const char *result)
{
    struct bind b[JOURNAL_BINDS + 1];
    if (!changes) /* could not be sealed: cx->err says why */
        return cx->err.rc ? cx->err.rc : RC_INTERNAL;
    line_binds(cx, kind, &(struct journal_line){record_id, action, changes}, result, b);
    b[JOURNAL_BINDS] = B_END;
    return cx_db(cx, db_run(cx->db, insert_sql, b, NULL));
}

enum rc journal_add_many(struct cx *cx, const char *kind, const struct journal_line *lines, int n)
{
    struct bind *b = ARENA_NEW(cx->a, struct bind, (n + 1) * JOURNAL_BINDS);
    for (int i = 0; i < n; i++)
        line_binds(cx, kind, &lines[i], "ok", b + (ptrdiff_t)i * JOURNAL_BINDS);
    return cx_db(cx, db_run_many(cx->db, insert_sql, b, JOURNAL_BINDS, n, NULL));
}

enum rc journal_note(struct cx *cx, const char *kind, int64_t record_id, const char *action,
                     const char *changes, const char *result)
{
    bool mine = !db_in_transaction(cx->db);
    enum rc rc = mine ? cx_db(cx, db_begin(cx->db)) : RC_OK;
    if (!rc)
        rc = journal_add(cx, kind, record_id, action, changes, result);
    if (!rc && mine)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc && mine)
        db_rollback(cx->db);
    return rc;
}

/* --- the canonical text --- */

static void add_int(struct jw *w, const struct db_rows *r, int col)
{
    if (db_null(r, col))
        jw_null(w);
    else
        jw_int(w, db_int(r, col));
}

/* To its last byte: what stands behind a NUL is part of the row, too. */
static void add_text(struct jw *w, const struct db_rows *r, int col)
{
    size_t n;
    const char *s = db_bytes(r, col, &n);
    jw_text_n(w, s, n);
}

void journal_text(struct buf *out, const struct db_rows *r, int64_t feed, const char *prev)
{
    struct jw w = jw_on(out);
    buf_clear(out);
    jw_array(&w);
    jw_int(&w, feed);
    jw_text(&w, prev);
    for (int i = 0; i < JOURNAL_COLUMN_COUNT; i++) {
        if (i == 0 || i == 1 || i == 3 || i == 7)
            add_int(&w, r, i);
        else
            add_text(&w, r, i);
    }
    jw_end_array(&w);
}

/* --- sealing --- */

enum rc journal_head(struct cx *cx, struct anchor *out)
{
    struct db_rows *r;
    out->feed = 0;
    snprintf(out->hash, sizeof out->hash, "%s", chain_genesis);
    enum rc rc = db_query(cx->db,
                          "SELECT feed, hash FROM journal WHERE feed IS NOT NULL"
                          " ORDER BY feed DESC LIMIT 1",
                          NO_BINDS, &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r)) {
        out->feed = db_int(r, 0);
        snprintf(out->hash, sizeof out->hash, "%s", db_text(r, 1));
    }
    return cx_db(cx, db_end(r));
}

void journal_head_json(struct jw *w, const struct anchor *head)
{
    jw_object(w);
    jw_ki(w, "feed", head->feed);
    jw_kt(w, "hash", head->hash);
    jw_end_object(w);
}

static enum rc algorithm(struct cx *cx, enum chain_algorithm *out)
{
    struct db_rows *r;
    *out = CHAIN_SHA256;
    enum rc rc = db_query(cx->db, "SELECT value FROM parameter WHERE name = 'journal_sm3'", NO_BINDS, &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r) && !db_null(r, 0) && !strcmp(db_text(r, 0), "1"))
        *out = CHAIN_SM3;
    return cx_db(cx, db_end(r));
}

static enum rc seal_row(struct cx *cx, int64_t id, const char *prev, const struct anchor *head)
{
    return cx_db(cx, db_run(cx->db,
                            "UPDATE journal SET feed = :feed, prev = :prev, hash = :hash"
                            " WHERE id = :id AND feed IS NULL",
                            BINDS(B_INT("feed", head->feed), B_TEXT("prev", prev),
                                  B_TEXT("hash", head->hash), B_INT("id", id)),
                            NULL));
}

static enum rc seal_rows(struct cx *cx, int most, int *sealed)
{
    struct anchor head;
    enum chain_algorithm how;
    struct db_rows *r;
    enum rc rc = journal_head(cx, &head);
    if (!rc)
        rc = algorithm(cx, &how);
    if (!rc)
        rc = cx_db(cx, db_query(cx->db,
                                "SELECT " JOURNAL_COLUMNS " FROM journal j"
                                " LEFT JOIN journal_turn t ON t.tx = j.tx WHERE j.feed IS NULL"
                                " ORDER BY COALESCE(t.turn, 0), j.id LIMIT :most",
                                BINDS(B_INT("most", most)), &r));
    if (rc)
        return rc;
    struct buf text = {0};
    char prev[CHAIN_HASH];
    while (!rc && db_next(r)) {
        memcpy(prev, head.hash, CHAIN_HASH);
        head.feed++;
        journal_text(&text, r, head.feed, prev);
        chain_hash(how, text.data, text.len, head.hash);
        rc = seal_row(cx, db_int(r, 0), prev, &head);
        ++*sealed;
    }
    buf_free(&text);
    enum rc end = db_end(r);
    return rc ? rc : cx_db(cx, end);
}

/* Turns of transactions that are sealed as a whole are of no more use. One statement, so one
 * snapshot: a transaction that commits meanwhile is in it with its rows or not at all. */
static enum rc forget_turns(struct cx *cx)
{
    if (db_kind(cx->db) != DB_POSTGRES)
        return RC_OK;
    return cx_db(cx, db_run(cx->db,
                            "DELETE FROM journal_turn WHERE NOT EXISTS (SELECT 1 FROM journal j"
                            " WHERE j.feed IS NULL AND j.tx = journal_turn.tx)",
                            NO_BINDS, NULL));
}

enum rc journal_seal(struct cx *cx, int most, int *sealed)
{
    int64_t waiting = 0;
    *sealed = 0;
    enum rc rc = db_int_of(cx->db, "SELECT id FROM journal WHERE feed IS NULL ORDER BY id LIMIT 1",
                           NO_BINDS, &waiting);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (!rc)
        rc = db_begin(cx->db);
    if (rc)
        return cx_db(cx, rc);
    rc = seal_rows(cx, most, sealed);
    if (!rc)
        rc = forget_turns(cx);
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}
