/* SPDX-License-Identifier: Apache-2.0 */
#include "core/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/rand.h"
#include "core/account.h"
#include "core/core_int.h"
#include "journal/journal.h"

/* SEC-03: 5 failures in 10 minutes lock the account for 15 minutes from the last one. */
#define FAILURES 5
#define FAILURE_WINDOW (10 * MINUTE_MS)
#define LOCK_TIME (15 * MINUTE_MS)
/* SEC-04 */
#define IDLE_TIME (30 * MINUTE_MS)
#define IDLE_TIME_ADMIN (10 * MINUTE_MS)
#define ABSOLUTE_TIME (12 * HOUR_MS)
#define TOUCH_EVERY (20 * SECOND_MS) /* spares a write per request */

static enum rc same_answer(struct cx *cx)
{
    return FAIL(cx, RC_UNAUTHORIZED, "login",
                "登录名或密码不对，或账号已锁定（连续 5 次错误锁定 15 分钟）",
                "wrong login or password, or the account is locked (15 minutes after 5 failures)");
}

/* --- rights --- */

static enum rc load_grants(struct cx *cx)
{
    struct db_rows *r;
    int n = 0;
    int64_t count = 0;
    struct bind b[] = {B_INT("id", cx->actor.user_id), B_END};
    enum rc rc = db_int_of(cx->db,
                           "SELECT COUNT(*) FROM account_role a JOIN role_permission p"
                           " ON p.role = a.role WHERE a.account_id = :id",
                           b, &count);
    if (!rc)
        rc = db_query(cx->db,
                      "SELECT p.permission, p.scope FROM account_role a JOIN role_permission p"
                      " ON p.role = a.role WHERE a.account_id = :id ORDER BY p.permission, p.role",
                      b, &r);
    if (rc)
        return cx_db(cx, rc);
    struct grant *grants = ARENA_NEW(cx->a, struct grant, count);
    for (; n < (int)count && db_next(r); n++)
        grants[n] = (struct grant){arena_strdup(cx->a, db_text(r, 0)),
                                   arena_strdup(cx->a, db_text(r, 1))};
    cx->actor.grants = grants;
    cx->actor.n_grants = n;
    return cx_db(cx, db_end(r));
}

static enum rc load_units(struct cx *cx)
{
    struct db_rows *r;
    int n = 0;
    int64_t count = 0;
    struct bind b[] = {B_INT("id", cx->actor.org_unit_id), B_END};
    enum rc rc = db_int_of(cx->db, "SELECT COUNT(*) FROM org_unit_closure WHERE ancestor_id = :id",
                           b, &count);
    if (!rc)
        rc = db_query(cx->db,
                      "SELECT unit_id FROM org_unit_closure WHERE ancestor_id = :id"
                      " ORDER BY unit_id",
                      b, &r);
    if (rc)
        return cx_db(cx, rc);
    int64_t *units = ARENA_NEW(cx->a, int64_t, count);
    while (n < (int)count && db_next(r))
        units[n++] = db_int(r, 0);
    cx->actor.units = units;
    cx->actor.n_units = n;
    return cx_db(cx, db_end(r));
}

enum rc actor_load(struct cx *cx, int64_t account_id)
{
    struct db_rows *r;
    const char *address = cx->actor.address;
    cx->actor = (struct actor){.type = ACTOR_NOBODY, .address = address};
    enum rc rc = db_query(cx->db,
                          "SELECT name, org_unit_id, site_id, line FROM account"
                          " WHERE id = :id AND state = 'active' AND retired_at IS NULL",
                          BINDS(B_INT("id", account_id)), &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r))
        cx->actor = (struct actor){.type = ACTOR_USER, .user_id = account_id, .address = address,
                                   .name = arena_strdup(cx->a, db_text(r, 0)),
                                   .org_unit_id = db_int(r, 1), .site_id = db_int(r, 2),
                                   .line = arena_strdup(cx->a, db_text(r, 3))};
    rc = cx_db(cx, db_end(r));
    if (!rc && cx->actor.type == ACTOR_NOBODY)
        rc = FAIL(cx, RC_NOT_FOUND, "login", "账号不存在或已停用", "no such account, or disabled");
    if (!rc)
        rc = load_grants(cx);
    return rc ? rc : load_units(cx);
}

/* --- login --- */

static enum rc is_locked(struct cx *cx, const char *login, bool *locked)
{
    struct db_rows *r;
    int64_t last = 0, fifth = 0;
    int n = 0;
    *locked = false;
    enum rc rc = db_query(cx->db,
                          "SELECT at FROM login_failure WHERE login = :login AND at > :since"
                          " ORDER BY at DESC, id DESC LIMIT :n",
                          BINDS(B_TEXT("login", login),
                                B_INT("since", cx->now.ms - LOCK_TIME - FAILURE_WINDOW),
                                B_INT("n", FAILURES)),
                          &r);
    if (rc)
        return cx_db(cx, rc);
    for (; db_next(r); n++) {
        fifth = db_int(r, 0);
        last = n ? last : fifth;
    }
    *locked = n == FAILURES && last - fifth <= FAILURE_WINDOW && cx->now.ms - last < LOCK_TIME;
    return cx_db(cx, db_end(r));
}

static enum rc note_failure(struct cx *cx, const char *login, int64_t account_id)
{
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = cx_db(cx, db_run(cx->db,
                          "INSERT INTO login_failure (login, address, at)"
                          " VALUES (:login, :address, :at)",
                          BINDS(B_TEXT("login", login), B_TEXT("address", cx->actor.address),
                                B_INT("at", cx->now.ms)),
                          NULL));
    if (!rc)
        rc = cx_db(cx, db_run(cx->db, "DELETE FROM login_failure WHERE at < :old",
                              BINDS(B_INT("old", cx->now.ms - DAY_MS)), NULL));
    if (!rc)
        rc = journal_add(cx, "user", account_id, "login", "{}", "unauthorized");
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

struct candidate {
    int64_t id;
    bool active, must_change;
    const char *hash;
};

static enum rc find_candidate(struct cx *cx, const char *login, struct candidate *out)
{
    struct db_rows *r;
    *out = (struct candidate){0};
    enum rc rc = db_query(cx->db,
                          "SELECT a.id, a.state, s.must_change, s.hash FROM account a"
                          " JOIN account_secret s ON s.account_id = a.id"
                          " WHERE a.login = :login AND a.retired_at IS NULL",
                          BINDS(B_TEXT("login", login)), &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r))
        *out = (struct candidate){db_int(r, 0), !strcmp(db_text(r, 1), "active"),
                                  db_int(r, 2) != 0, arena_strdup(cx->a, db_text(r, 3))};
    return cx_db(cx, db_end(r));
}

static enum rc open_session(struct cx *cx, const struct candidate *who, const char *agent,
                            struct session *out)
{
    char hash[HASH_HEX], csrf[33];
    rand_hex(out->token, 32);
    rand_hex(csrf, 16);
    hash_hex(out->token, strlen(out->token), hash);
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = cx_db(cx, db_int_of(cx->db,
                             "INSERT INTO session (token_hash, csrf, account_id, address, agent,"
                             " created_at, seen_at) VALUES (:token, :csrf, :account, :address,"
                             " :agent, :now, :now) RETURNING id",
                             BINDS(B_TEXT("token", hash), B_TEXT("csrf", csrf),
                                   B_INT("account", who->id), B_TEXT("address", cx->actor.address),
                                   B_TEXT("agent", agent), B_INT("now", cx->now.ms)),
                             &out->id));
    if (!rc)
        rc = cx_db(cx, db_run(cx->db, "UPDATE account SET last_login_at = :now WHERE id = :id",
                              BINDS(B_INT("now", cx->now.ms), B_INT("id", who->id)), NULL));
    if (!rc)
        rc = journal_add(cx, "user", who->id, "login", "{}", "ok");
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    out->csrf = arena_strdup(cx->a, csrf);
    out->account_id = who->id;
    out->must_change = who->must_change;
    return rc;
}

enum rc session_login(struct cx *cx, const char *login, const char *password, const char *agent,
                      struct session *out)
{
    struct candidate who;
    bool locked;
    *out = (struct session){.login = arena_strdup(cx->a, login)};
    enum rc rc = find_candidate(cx, login, &who);
    if (!rc)
        rc = is_locked(cx, login, &locked);
    if (rc)
        return rc;
    /* the hash is computed in every case, so that the time tells nothing */
    bool right = password_matches(who.hash, password);
    if (!right || locked || !who.active) {
        /* a locked account is not counted on: else anybody could keep it locked for ever */
        rc = locked ? RC_OK : note_failure(cx, login, who.id);
        return rc ? rc : same_answer(cx);
    }
    rc = actor_load(cx, who.id);
    return rc ? rc : open_session(cx, &who, agent, out);
}

/* --- resume, end, list --- */

struct stored {
    int64_t created_at, seen_at;
};

static enum rc find_session(struct cx *cx, const char *token, struct session *out,
                            struct stored *times)
{
    char hash[HASH_HEX];
    struct db_rows *r;
    hash_hex(token, strlen(token), hash);
    enum rc rc = db_query(cx->db,
                          "SELECT s.id, s.account_id, s.csrf, s.created_at, s.seen_at, a.login,"
                          " p.must_change FROM session s JOIN account a ON a.id = s.account_id"
                          " JOIN account_secret p ON p.account_id = a.id"
                          " WHERE s.token_hash = :token AND s.ended_at IS NULL",
                          BINDS(B_TEXT("token", hash)), &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r)) {
        *out = (struct session){.id = db_int(r, 0), .account_id = db_int(r, 1),
                                .csrf = arena_strdup(cx->a, db_text(r, 2)),
                                .login = arena_strdup(cx->a, db_text(r, 5)),
                                .must_change = db_int(r, 6) != 0};
        *times = (struct stored){db_int(r, 3), db_int(r, 4)};
    }
    return cx_db(cx, db_end(r));
}

enum rc session_resume(struct cx *cx, const char *token, bool touch, struct session *out)
{
    struct stored t = {0};
    bool admin = false;
    *out = (struct session){0};
    enum rc rc = find_session(cx, token, out, &t);
    if (!rc && out->id)
        rc = account_in_class(cx, out->account_id, "admin", &admin);
    if (rc)
        return rc;
    int64_t idle = admin ? IDLE_TIME_ADMIN : IDLE_TIME;
    if (!out->id || cx->now.ms - t.seen_at > idle || cx->now.ms - t.created_at > ABSOLUTE_TIME)
        return FAIL(cx, RC_UNAUTHORIZED, NULL, "登录已过期，请重新登录", "please log in again");
    rc = actor_load(cx, out->account_id);
    if (rc == RC_NOT_FOUND)
        return FAIL(cx, RC_UNAUTHORIZED, NULL, "账号已停用", "the account is disabled");
    if (!rc && touch && cx->now.ms - t.seen_at > TOUCH_EVERY)
        rc = cx_db(cx, db_run(cx->db, "UPDATE session SET seen_at = :now WHERE id = :id",
                              BINDS(B_INT("now", cx->now.ms), B_INT("id", out->id)), NULL));
    return rc;
}

enum rc session_end(struct cx *cx, int64_t id)
{
    int64_t changed = 0;
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = cx_db(cx, db_run(cx->db,
                          "UPDATE session SET ended_at = :now WHERE id = :id AND ended_at IS NULL"
                          " AND (account_id = :me OR :job = 1)",
                          BINDS(B_INT("now", cx->now.ms), B_INT("id", id),
                                B_INT("me", cx->actor.user_id),
                                B_INT("job", cx->actor.type == ACTOR_SYSTEM)),
                          &changed));
    if (!rc && !changed)
        rc = FAIL(cx, RC_NOT_FOUND, NULL, "没有这个会话", "no such session");
    if (!rc)
        rc = journal_add(cx, "user", cx->actor.user_id, "logout", "{}", "ok");
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

enum rc session_list(struct cx *cx, int64_t current, struct jw *w)
{
    struct db_rows *r;
    enum rc rc = db_query(cx->db,
                          "SELECT id, address, agent, created_at, seen_at FROM session"
                          " WHERE account_id = :me AND ended_at IS NULL AND created_at > :since"
                          " ORDER BY id DESC",
                          BINDS(B_INT("me", cx->actor.user_id),
                                B_INT("since", cx->now.ms - ABSOLUTE_TIME)),
                          &r);
    if (rc)
        return cx_db(cx, rc);
    jw_object(w);
    jw_key(w, "items");
    jw_array(w);
    while (db_next(r)) {
        jw_object(w);
        jw_ki(w, "id", db_int(r, 0));
        jw_kt(w, "address", db_text(r, 1));
        jw_kt(w, "agent", db_text(r, 2));
        jw_ki(w, "created_at", db_int(r, 3));
        jw_ki(w, "seen_at", db_int(r, 4));
        jw_kb(w, "current", db_int(r, 0) == current);
        jw_end_object(w);
    }
    jw_end_array(w);
    jw_end_object(w);
    return cx_db(cx, db_end(r));
}

enum rc session_user_json(struct cx *cx, const struct session *s, struct jw *w)
{
    struct db_rows *r;
    struct buf labels = {0};
    struct jw l = jw_on(&labels);
    jw_object(w);
    jw_ki(w, "id", cx->actor.user_id);
    jw_kt(w, "login", s->login);
    jw_kt(w, "name", cx->actor.name);
    jw_kb(w, "must_change", s->must_change);
    enum rc rc = db_query(cx->db,
                          "SELECT r.name, r.label FROM account_role a JOIN role r ON r.name = a.role"
                          " WHERE a.account_id = :id ORDER BY r.sort",
                          BINDS(B_INT("id", cx->actor.user_id)), &r);
    if (rc)
        return cx_db(cx, rc);
    jw_key(w, "roles");
    jw_array(w);
    jw_array(&l);
    while (db_next(r)) {
        jw_text(w, db_text(r, 0));
        jw_text(&l, db_text(r, 1));
    }
    jw_end_array(w);
    jw_end_array(&l);
    jw_key(w, "role_labels");
    jw_raw(w, buf_text(&labels));
    buf_free(&labels);
    jw_key(w, "permissions");
    jw_array(w);
    for (int i = 0; i < cx->actor.n_grants; i++)
        if (!i || strcmp(cx->actor.grants[i].permission, cx->actor.grants[i - 1].permission))
            jw_text(w, cx->actor.grants[i].permission);
    jw_end_array(w);
    jw_end_object(w);
    return cx_db(cx, db_end(r));
}
