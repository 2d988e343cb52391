/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/json.h"

static const char *const actor_words[] = {"nobody", "user", "console", "system"};

enum rc journal_add(struct cx *cx, const char *kind, int64_t record_id, const char *action,
                    const char *changes, const char *result)
{
    enum rc rc =
        db_run(cx->db,
               "INSERT INTO journal (at, actor_type, actor_id, actor_name, address, kind, record_id,"
               " action, changes, result) VALUES (:at, :type, :actor, :name, :address, :kind, :id,"
               " :action, :changes, :result)",
               BINDS(B_INT("at", cx->now.ms), B_TEXT("type", actor_words[cx->actor.type]),
                     cx->actor.user_id ? B_INT("actor", cx->actor.user_id) : B_NULL("actor"),
                     B_TEXT("name", cx->actor.name ? cx->actor.name : ""),
                     B_TEXT("address", cx->actor.address ? cx->actor.address : ""),
                     B_TEXT("kind", kind), B_INT("id", record_id), B_TEXT("action", action),
                     B_TEXT("changes", changes), B_TEXT("result", result)),
               NULL);
    return cx_db(cx, rc);
}

#define JOURNAL_COLUMNS                                                                            \
    "id, at, actor_type, actor_id, actor_name, address, kind, record_id, action, changes, result"

/* The canonical text of a row: a JSON array of its columns in the order of JOURNAL_COLUMNS, so that
 * no two different rows have the same text. */
static void row_hash(const struct db_rows *r, int64_t feed, const char *prev, char out[HASH_HEX])
{
    struct buf text = {0};
    struct jw w = jw_on(&text);
    jw_array(&w);
    jw_int(&w, feed);
    jw_text(&w, prev);
    for (int i = 0; i < 11; i++) {
        if (i == 0 || i == 1 || i == 3 || i == 7) {
            if (db_null(r, i))
                jw_null(&w);
            else
                jw_int(&w, db_int(r, i));
        } else {
            jw_text(&w, db_text(r, i));
        }
    }
    jw_end_array(&w);
    hash_hex(text.data, text.len, out);
    buf_free(&text);
}

static const char genesis[] = "0000000000000000000000000000000000000000000000000000000000000000";

static enum rc last_sealed(struct cx *cx, int64_t *feed, char head[HASH_HEX])
{
    struct db_rows *r;
    *feed = 0;
    memcpy(head, genesis, HASH_HEX);
    enum rc rc = db_query(cx->db,
                          "SELECT feed, hash FROM journal WHERE feed IS NOT NULL"
                          " ORDER BY feed DESC LIMIT 1",
                          NO_BINDS, &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r)) {
        *feed = db_int(r, 0);
        snprintf(head, HASH_HEX, "%s", db_text(r, 1));
    }
    return cx_db(cx, db_end(r));
}

static enum rc seal_row(struct cx *cx, int64_t id, int64_t feed, const char *prev, const char *hash)
{
    return cx_db(cx, db_run(cx->db,
                            "UPDATE journal SET feed = :feed, prev = :prev, hash = :hash"
                            " WHERE id = :id AND feed IS NULL",
                            BINDS(B_INT("feed", feed), B_TEXT("prev", prev), B_TEXT("hash", hash),
                                  B_INT("id", id)),
                            NULL));
}

static enum rc seal_rows(struct cx *cx, int most, int *sealed)
{
    int64_t feed;
    char head[HASH_HEX], hash[HASH_HEX];
    enum rc rc = last_sealed(cx, &feed, head);
    if (rc)
        return rc;
    struct db_rows *r;
    rc = db_query(cx->db,
                  "SELECT " JOURNAL_COLUMNS " FROM journal WHERE feed IS NULL"
                  " ORDER BY id LIMIT :most",
                  BINDS(B_INT("most", most)), &r);
    if (rc)
        return cx_db(cx, rc);
    while (!rc && db_next(r)) {
        row_hash(r, ++feed, head, hash);
        rc = seal_row(cx, db_int(r, 0), feed, head, hash);
        memcpy(head, hash, HASH_HEX);
        ++*sealed;
    }
    enum rc end = db_end(r);
    return rc ? rc : cx_db(cx, end);
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
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

static enum rc broken(struct cx *cx, int64_t feed, const char *zh, const char *en)
{
    char no[24];
    snprintf(no, sizeof no, "%lld", (long long)feed);
    return FAIL(cx, RC_CONFLICT, "journal", zh, en, "feed", no);
}

enum rc journal_verify(struct cx *cx, char *head_out, int64_t *rows_out)
{
    struct db_rows *r;
    char hash[HASH_HEX];
    int64_t feed = 0;
    memcpy(head_out, genesis, HASH_HEX);
    enum rc rc = db_query(cx->db,
                          "SELECT " JOURNAL_COLUMNS ", feed, prev, hash FROM journal"
                          " WHERE feed IS NOT NULL ORDER BY feed",
                          NO_BINDS, &r);
    if (rc)
        return cx_db(cx, rc);
    while (!rc && db_next(r)) {
        if (db_int(r, 11) != ++feed) {
            rc = broken(cx, feed, "日志第 {feed} 行缺失", "journal row {feed} is missing");
            break;
        }
        row_hash(r, feed, head_out, hash);
        const char *prev = db_text(r, 12), *stored = db_text(r, 13);
        if (!prev || !stored || strcmp(prev, head_out) || strcmp(stored, hash))
            rc = broken(cx, feed, "日志第 {feed} 行被改动或调换", "journal row {feed} was changed or moved");
        memcpy(head_out, hash, HASH_HEX);
    }
    *rows_out = feed;
    enum rc end = db_end(r);
    return rc ? rc : cx_db(cx, end);
}
