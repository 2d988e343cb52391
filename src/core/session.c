/* SPDX-License-Identifier: Apache-2.0 */
#include "core/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/hash.h"
#include "base/rand.h"
#include "core/account.h"
#include "core/core_int.h"
#include "core/setting.h"
#include "journal/journal.h"

#define TOUCH_EVERY (20 * SECOND_MS) /* spares a write per request */
#define TOUCH_PATIENCE_MS 200

static enum rc same_answer(struct cx *cx)
{
    return FAIL(cx, RC_UNAUTHORIZED, "login",
                "登录名或密码不对，或账号已锁定（连续多次错误会锁定一段时间）",
                "wrong login or password, or the account is locked for a while after several failures");
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
                           " ON p.role = a.role AND p.scope <> 'none' WHERE a.account_id = :id",
                           b, &count);
    if (!rc)
        rc = db_query(cx->db,
                      "SELECT p.permission, p.scope FROM account_role a JOIN role_permission p"
                      " ON p.role = a.role AND p.scope <> 'none' WHERE a.account_id = :id",
                      b, &r);
    if (rc)
        return cx_db(cx, rc);
    struct grant *grants = ARENA_NEW(cx->a, struct grant, count);
    for (; n < (int)count && db_next(r); n++)
        grants[n] = (struct grant){arena_strdup(cx->a, db_text(r, 0)),
                                   arena_strdup(cx->a, db_text(r, 1))};
    cx_grant(cx, grants, n);
    return cx_db(cx, db_end(r));
}

/* Everything at and below a node of a tree, ascending. */
static enum rc load_below(struct cx *cx, const char *count_sql, const char *sql, int64_t top,
                          const int64_t **ids, int *n)
{
    struct db_rows *r;
    int64_t count = 0;
    struct bind b[] = {B_INT("id", top), B_END};
    *n = 0;
    if (!top)
        return RC_OK;
    enum rc rc = db_int_of(cx->db, count_sql, b, &count);
    if (!rc)
        rc = db_query(cx->db, sql, b, &r);
    if (rc)
        return cx_db(cx, rc);
    int64_t *below = ARENA_NEW(cx->a, int64_t, count);
    while (*n < (int)count && db_next(r))
        below[(*n)++] = db_int(r, 0);
    *ids = below;
    return cx_db(cx, db_end(r));
}

static enum rc load_trees(struct cx *cx)
{
    enum rc rc = load_below(cx, "SELECT COUNT(*) FROM org_unit_closure WHERE ancestor_id = :id",
                            "SELECT unit_id FROM org_unit_closure WHERE ancestor_id = :id ORDER BY unit_id",
                            cx->actor.org_unit_id, &cx->actor.units, &cx->actor.n_units);
    return rc ? rc
              : load_below(cx, "SELECT COUNT(*) FROM site_closure WHERE ancestor_id = :id",
                           "SELECT site_id FROM site_closure WHERE ancestor_id = :id ORDER BY site_id",
                           cx->actor.site_id, &cx->actor.sites, &cx->actor.n_sites);
}

enum rc actor_load(struct cx *cx, int64_t account_id)
{
    struct db_rows *r;
    const char *address = cx->actor.address;
    char today[DATE_TEXT];
    date_text(civil_date(cx->now), today);
    cx->actor = (struct actor){.type = ACTOR_NOBODY, .address = address};
    enum rc rc = db_query(cx->db,
                          "SELECT name, org_unit_id, site_id, line FROM account"
                          " WHERE id = :id AND state = 'active' AND retired_at IS NULL"
                          " AND (leaves_on IS NULL OR leaves_on > :today)",
                          BINDS(B_INT("id", account_id), B_TEXT("today", today)), &r);
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
    return rc ? rc : load_trees(cx);
}

/* --- login --- */

/* SEC-03, counted by the account's name from wherever: so one address is never locked as a whole, and 40
 * offices may stand behind it. */
enum rc login_locked(struct cx *cx, const struct policy *p, const char *login, bool *locked)
{
    struct db_rows *r;
    int64_t last = 0, first = 0, n = 0;
    *locked = false;
    enum rc rc = db_query(cx->db,
                          "SELECT at FROM login_failure WHERE login = :login AND at > :since"
                          " ORDER BY at DESC, id DESC LIMIT :n",
                          BINDS(B_TEXT("login", login),
                                B_INT("since", cx->now.ms - p->lock_time - p->failure_window),
                                B_INT("n", p->failures)),
                          &r);
    if (rc)
        return cx_db(cx, rc);
    for (; db_next(r); n++) {
        first = db_int(r, 0);
        last = n ? last : first;
    }
    *locked = n && n == p->failures && last - first <= p->failure_window && cx->now.ms - last < p->lock_time;
    return cx_db(cx, db_end(r));
}

enum rc login_failed(struct cx *cx, const char *login, int64_t account_id, const char *action)
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
                              BINDS(B_INT("old", cx->now.ms - 2 * DAY_MS)), NULL));
    if (!rc)
        rc = journal_add(cx, "user", account_id, action, "{}", "unauthorized");
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

struct candidate {
    int64_t id;
    bool active, must_change, admin;
    const char *hash;
};

/* As written, but one that was not used for too long, that left, or an administrator's from a wrong place
 * counts as not active (SEC-08, SEC-14). */
static bool usable(struct cx *cx, const struct policy *p, const struct db_rows *r, bool admin)
{
    char today[DATE_TEXT];
    int64_t used = db_int(r, 4) > db_int(r, 5) ? db_int(r, 4) : db_int(r, 5);
    const char *leaves = db_text(r, 6);
    date_text(civil_date(cx->now), today);
    return !strcmp(db_text(r, 1), "active") && (!leaves || strcmp(leaves, today) > 0) &&
           cx->now.ms - used <= p->stale &&
           (!admin || !p->admin_addresses || address_in(p->admin_addresses, cx->actor.address));
}

static bool expired(const struct cx *cx, const struct policy *p, int64_t changed_at)
{
    return p->password_age && cx->now.ms - changed_at > p->password_age;
}

static enum rc find_candidate(struct cx *cx, const struct policy *p, const char *login, struct candidate *out)
{
    struct db_rows *r;
    *out = (struct candidate){0};
    enum rc rc = db_query(cx->db,
                          "SELECT a.id, a.state, s.must_change, s.hash, a.last_login_at, a.enabled_at,"
                          " a.leaves_on, s.changed_at, (SELECT COUNT(*) FROM account_role h"
                          " JOIN role r ON r.name = h.role WHERE h.account_id = a.id AND r.class = 'admin')"
                          " FROM account a JOIN account_secret s ON s.account_id = a.id"
                          " WHERE a.login = :login AND a.retired_at IS NULL",
                          BINDS(B_TEXT("login", login)), &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r)) {
        bool admin = db_int(r, 8) > 0;
        *out = (struct candidate){db_int(r, 0), usable(cx, p, r, admin),
                                  db_int(r, 2) != 0 || expired(cx, p, db_int(r, 7)), admin,
                                  arena_strdup(cx->a, db_text(r, 3))};
    }
    return cx_db(cx, db_end(r));
}

/* One person at two places: a shared account, or a stolen one (SEC-08). */
static enum rc note_second_address(struct cx *cx, const struct policy *p, int64_t account_id)
{
    struct db_rows *r;
    const char *other = NULL;
    enum rc rc = db_query(cx->db,
                          "SELECT address FROM session WHERE account_id = :id AND ended_at IS NULL"
                          " AND seen_at > :since AND address <> :here ORDER BY seen_at DESC, id DESC LIMIT 1",
                          BINDS(B_INT("id", account_id), B_INT("since", cx->now.ms - p->idle),
                                B_TEXT("here", cx->actor.address)),
                          &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r))
        other = arena_strdup(cx->a, db_text(r, 0));
    rc = cx_db(cx, db_end(r));
    if (rc || !other)
        return rc;
    log_warn("account %lld is used from %s and %s at the same time", (long long)account_id, other,
             cx->actor.address);
    return journal_add(cx, "user", account_id, "two_addresses",
                       arena_printf(cx->a, "{\"address\":[\"%s\",\"%s\"]}", other, cx->actor.address),
                       "alert");
}

/* The longest unused sessions of the account beyond the limit end. */
static enum rc end_surplus(struct cx *cx, const struct policy *p, int64_t account_id)
{
    return cx_db(cx, db_run(cx->db,
                            "UPDATE session SET ended_at = :now WHERE account_id = :id AND ended_at IS NULL"
                            " AND id NOT IN (SELECT id FROM session WHERE account_id = :id"
                            " AND ended_at IS NULL ORDER BY seen_at DESC, id DESC LIMIT :n)",
                            BINDS(B_INT("now", cx->now.ms), B_INT("id", account_id), B_INT("n", p->sessions)),
                            NULL));
}

static enum rc open_session(struct cx *cx, const struct policy *p, const struct candidate *who,
                            const char *agent, struct session *out)
{
    char hash[HASH_HEX], csrf[33];
    rand_hex(out->token, 32);
    rand_hex(csrf, 16);
    hash_hex(out->token, strlen(out->token), hash);
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = note_second_address(cx, p, who->id);
    if (!rc)
        rc = cx_db(cx, db_int_of(cx->db,
                             "INSERT INTO session (token_hash, csrf, account_id, address, agent,"
                             " created_at, seen_at) VALUES (:token, :csrf, :account, :address,"
                             " :agent, :now, :now) RETURNING id",
                             BINDS(B_TEXT("token", hash), B_TEXT("csrf", csrf),
                                   B_INT("account", who->id), B_TEXT("address", cx->actor.address),
                                   B_TEXT("agent", agent), B_INT("now", cx->now.ms)),
                             &out->id));
    if (!rc)
        rc = end_surplus(cx, p, who->id);
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
    struct policy p;
    bool locked, right;
    *out = (struct session){.login = arena_strdup(cx->a, login)};
    enum rc rc = policy_load(cx, &p);
    if (!rc)
        rc = find_candidate(cx, &p, login, &who);
    /* the hash is computed in every case, so that the time tells nothing; the lock is asked for afterwards, so
     * that guesses side by side see each other's failures */
    if (!rc)
        rc = password_matches(cx, who.hash, password, &right);
    if (!rc)
        rc = login_locked(cx, &p, login, &locked);
    if (rc)
        return rc;
    if (!right || locked || !who.active) {
        /* a locked account is not counted on: else anybody could keep it locked for ever */
        rc = locked ? RC_OK : login_failed(cx, login, who.id, "login");
        return rc ? rc : same_answer(cx);
    }
    rc = actor_load(cx, who.id);
    return rc ? rc : open_session(cx, &p, &who, agent, out);
}

/* --- resume, end, list --- */

struct stored {
    int64_t created_at, seen_at, changed_at;
    bool admin;
};

static enum rc find_session(struct cx *cx, const char *token, struct session *out,
                            struct stored *t)
{
    char hash[HASH_HEX];
    struct db_rows *r;
    hash_hex(token, strlen(token), hash);
    enum rc rc = db_query(cx->db,
                          "SELECT s.id, s.account_id, s.csrf, s.created_at, s.seen_at, a.login,"
                          " p.must_change, p.changed_at, (SELECT COUNT(*) FROM account_role h"
                          " JOIN role r ON r.name = h.role WHERE h.account_id = a.id AND r.class = 'admin')"
                          " FROM session s JOIN account a ON a.id = s.account_id"
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
        *t = (struct stored){db_int(r, 3), db_int(r, 4), db_int(r, 7), db_int(r, 8) > 0};
    }
    return cx_db(cx, db_end(r));
}

static bool lives(struct cx *cx, const struct policy *p, const struct session *s, const struct stored *t)
{
    int64_t now = cx->now.ms;
    return s->id && now - t->seen_at <= (t->admin ? p->idle_admin : p->idle) && now - t->created_at <= p->longest &&
           (!t->admin || !p->admin_addresses || address_in(p->admin_addresses, cx->actor.address));
}

enum rc session_live(struct cx *cx, const int64_t **ids, int *n)
{
    struct policy p;
    struct db_rows *r;
    int64_t count = 0;
    enum rc rc = policy_load(cx, &p);
    if (!rc)
        rc = cx_db(cx, db_int_of(cx->db, "SELECT COUNT(*) FROM session WHERE ended_at IS NULL", NO_BINDS, &count));
    if (!rc)
        rc = cx_db(cx, db_query(cx->db,
                                "SELECT s.id FROM session s JOIN account a ON a.id = s.account_id"
                                " WHERE s.ended_at IS NULL AND s.created_at >= :oldest AND a.retired_at IS NULL"
                                " AND a.state = 'active' AND s.seen_at >= CASE WHEN EXISTS (SELECT 1"
                                " FROM account_role h JOIN role r ON r.name = h.role WHERE h.account_id = a.id"
                                " AND r.class = 'admin') THEN :admin ELSE :idle END ORDER BY s.id LIMIT :most",
                                BINDS(B_INT("oldest", cx->now.ms - p.longest), B_INT("admin", cx->now.ms - p.idle_admin),
                                      B_INT("idle", cx->now.ms - p.idle), B_INT("most", count)),
                                &r));
    if (rc)
        return rc;
    int64_t *out = ARENA_NEW(cx->a, int64_t, count);
    for (*n = 0; *n < (int)count && db_next(r); ++*n)
        out[*n] = db_int(r, 0);
    *ids = out;
    return cx_db(cx, db_end(r));
}

/* Who only reads goes on when nothing can be written: a full disk, a lock. */
static void note_seen(struct cx *cx, int64_t id)
{
    db_patience(cx->db, TOUCH_PATIENCE_MS);
    enum rc rc = db_run(cx->db, "UPDATE session SET seen_at = :now WHERE id = :id",
                        BINDS(B_INT("now", cx->now.ms), B_INT("id", id)), NULL);
    db_patience(cx->db, 0);
    if (rc)
        log_warn("session %lld: not noted as used: %s", (long long)id, db_err(cx->db)->en);
}

enum rc session_resume(struct cx *cx, const char *token, bool touch, struct session *out)
{
    struct stored t = {0};
    struct policy p;
    *out = (struct session){0};
    enum rc rc = policy_load(cx, &p);
    if (!rc)
        rc = find_session(cx, token, out, &t);
    if (rc)
        return rc;
    if (!lives(cx, &p, out, &t))
        return FAIL(cx, RC_UNAUTHORIZED, NULL, "登录已过期，请重新登录", "please log in again");
    out->must_change |= expired(cx, &p, t.changed_at);
    rc = actor_load(cx, out->account_id);
    if (rc == RC_NOT_FOUND)
        return FAIL(cx, RC_UNAUTHORIZED, NULL, "账号已停用", "the account is disabled");
    if (!rc && touch && cx->now.ms - t.seen_at > TOUCH_EVERY)
        note_seen(cx, out->id);
    return rc;
}

enum rc session_end(struct cx *cx, int64_t id)
{
    int64_t whose = 0;
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = db_int_of(cx->db,
                   "UPDATE session SET ended_at = :now WHERE id = :id AND ended_at IS NULL"
                   " AND (account_id = :me OR :any = 1) RETURNING account_id",
                   BINDS(B_INT("now", cx->now.ms), B_INT("id", id), B_INT("me", cx->actor.user_id),
                         B_INT("any", cx_may(cx, "session.end"))),
                   &whose);
    if (rc == RC_NOT_FOUND)
        rc = FAIL(cx, RC_NOT_FOUND, NULL, "没有这个会话", "no such session");
    else
        rc = cx_db(cx, rc);
    if (!rc)
        rc = journal_add(cx, "user", whose, whose == cx->actor.user_id ? "logout" : "end_session", "{}", "ok");
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

static void one_session(struct jw *w, const struct db_rows *r, int64_t current)
{
    jw_object(w);
    jw_ki(w, "id", db_int(r, 0));
    jw_kt(w, "address", db_text(r, 1));
    jw_kt(w, "agent", db_text(r, 2));
    jw_ki(w, "created_at", db_int(r, 3));
    jw_ki(w, "seen_at", db_int(r, 4));
    jw_kb(w, "current", db_int(r, 0) == current);
    jw_ki(w, "user_id", db_int(r, 5));
    jw_kt(w, "login", db_text(r, 6));
    jw_end_object(w);
}

enum rc session_list(struct cx *cx, int64_t current, bool everybody, struct jw *w)
{
    struct db_rows *r;
    struct policy p;
    if (everybody && !cx_may(cx, "session.read"))
        return FAIL(cx, RC_DENIED, NULL, "您只能查看自己的会话", "you may see your own sessions only");
    enum rc rc = policy_load(cx, &p);
    if (!rc)
        rc = cx_db(cx, db_query(cx->db,
                          "SELECT s.id, s.address, s.agent, s.created_at, s.seen_at, a.id, a.login"
                          " FROM session s JOIN account a ON a.id = s.account_id"
                          " WHERE (s.account_id = :me OR :everybody = 1) AND s.ended_at IS NULL"
                          " AND s.created_at > :since AND s.seen_at > :idle ORDER BY s.id DESC LIMIT 1000",
                          BINDS(B_INT("me", cx->actor.user_id), B_INT("everybody", everybody),
                                B_INT("since", cx->now.ms - p.longest), B_INT("idle", cx->now.ms - p.idle)),
                          &r));
    if (rc)
        return rc;
    jw_object(w);
    jw_key(w, "items");
    jw_array(w);
    while (db_next(r))
        one_session(w, r, current);
    jw_end_array(w);
    jw_end_object(w);
    return cx_db(cx, db_end(r));
}

/* --- what time does to accounts --- */

struct due {
    int64_t id;
    bool left;
};

static enum rc find_due(struct cx *cx, int64_t stale, struct due *due, int most, int *n)
{
    struct db_rows *r;
    char today[DATE_TEXT];
    date_text(civil_date(cx->now), today);
    *n = 0;
    enum rc rc = db_query(cx->db,
                          "SELECT id, CASE WHEN leaves_on <= :today THEN 1 ELSE 0 END FROM account"
                          " WHERE state = 'active' AND retired_at IS NULL AND (leaves_on <= :today"
                          " OR (COALESCE(last_login_at, 0) < :since AND COALESCE(enabled_at, 0) < :since))"
                          " ORDER BY id",
                          BINDS(B_TEXT("today", today), B_INT("since", cx->now.ms - stale)), &r);
    if (rc)
        return cx_db(cx, rc);
    while (*n < most && db_next(r))
        due[(*n)++] = (struct due){db_int(r, 0), db_int(r, 1) != 0};
    return cx_db(cx, db_end(r));
}

enum rc accounts_tick(struct cx *cx, int *disabled)
{
    struct due due[64];
    struct policy p;
    int n = 0;
    *disabled = 0;
    enum rc rc = policy_load(cx, &p);
    if (!rc)
        rc = find_due(cx, p.stale, due, 64, &n);
    for (int i = 0; i < n && !rc; i++) {
        rc = account_disable(cx, due[i].id, due[i].left ? "left" : "stale");
        *disabled += !rc;
    }
    /* what is over stays in the journal; the rows serve nothing */
    return rc ? rc
              : cx_db(cx, db_run(cx->db, "DELETE FROM session WHERE created_at < :old",
                                 BINDS(B_INT("old", cx->now.ms - 30 * DAY_MS)), NULL));
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
