/* SPDX-License-Identifier: Apache-2.0 */
#include "core/account.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/core_int.h"
#include "core/role.h"
#include "journal/journal.h"

#define HISTORY 5 /* SEC-02: not one of the last five */

/* clang-format off */
static const struct option account_states[] = {
    {"active",   "在用", "Active",   "success"},
    {"disabled", "停用", "Disabled", "info"},
    {NULL}};
static const struct option lines[] = {
    {"office_it",       "基础办公 IT", "Office IT",       "primary"},
    {"community_video", "社区视频",    "Community video", "success"},
    {NULL}};

static const struct field user_fields[] = {
    [USER_LOGIN]      = {"login",       "登录名", "Login",     F_TEXT, REQ | FIND | LIST | UNIQUE | ONCE, 2, 32},
    [USER_NAME]       = {"name",        "姓名",   "Name",      F_TEXT, REQ | FIND | LIST, 1, 40},
    [USER_ORG_UNIT]   = {"org_unit_id", "单位",   "Unit",      F_REF,  LIST, .ref = "org_unit"},
    [USER_SITE]       = {"site_id",     "站点",   "Site",      F_REF,  0, .ref = "site"},
    [USER_LINE]       = {"line",        "服务线", "Line",      F_ENUM, LIST, .opts = lines},
    [USER_STATE]      = {"state",       "状态",   "State",     F_ENUM, REQ | RO | LIST, .opts = account_states, .initial = "active"},
    [USER_ROLES]      = {"roles",       "角色",   "Roles",     F_TEXT, RO | LIST, .says = "role,"},
    [USER_LEAVES]     = {"leaves_on",   "停用日期", "Leaves on", F_DATE, 0, .see = "user.account", .help = "从这一天起不能再登录"},
    [USER_LAST_LOGIN] = {"last_login_at", "最近登录", "Last login", F_INSTANT, RO | LIST, .see = "user.account"},
    [USER_ENABLED]    = {"enabled_at",  "启用时间", "Enabled at", F_INSTANT, RO, .see = "user.account"},
};

static const struct field password_input[] = {
    {"password", "一次性密码", "One-time password", F_TEXT, REQ | EXACT, 8, 128, .help = "首次登录时必须修改"},
};
static const struct field role_input[] = {
    {"role_id", "角色", "Role", F_REF, REQ, .ref = "role"},
};
/* clang-format on */

static enum rc valid_login(struct cx *cx, const char *login)
{
    size_t n = strlen(login);
    for (size_t i = 0; i < n; i++)
        if (!islower((unsigned char)login[i]) && !isdigit((unsigned char)login[i]) &&
            !strchr("._-", login[i]))
            n = 0;
    return n >= 2 && n <= 32 ? RC_OK
                             : FAIL(cx, RC_INVALID, "login",
                                    "登录名为 2 到 32 个小写字母、数字或 . _ -",
                                    "a login is 2 to 32 of a-z 0-9 . _ -");
}

enum rc account_in_class(struct cx *cx, int64_t account_id, const char *class, bool *out)
{
    int64_t n = 0;
    enum rc rc = db_int_of(cx->db,
                           "SELECT COUNT(*) FROM account_role a JOIN role r ON r.name = a.role"
                           " WHERE a.account_id = :id AND r.class = :class",
                           BINDS(B_INT("id", account_id), B_TEXT("class", class)), &n);
    *out = n > 0;
    return cx_db(cx, rc);
}

static enum rc end_sessions(struct cx *cx, int64_t account_id, int64_t keep)
{
    return cx_db(cx, db_run(cx->db,
                            "UPDATE session SET ended_at = :now"
                            " WHERE account_id = :id AND ended_at IS NULL AND id <> :keep",
                            BINDS(B_INT("now", cx->now.ms), B_INT("id", account_id),
                                  B_INT("keep", keep)),
                            NULL));
}

struct secret {
    const char *login, *hash, *history; /* hash: NULL while there is no password yet */
};

static enum rc load_secret(struct cx *cx, int64_t id, struct secret *out)
{
    struct db_rows *r;
    *out = (struct secret){0};
    enum rc rc = db_query(cx->db,
                          "SELECT a.login, s.hash, s.history FROM account a"
                          " LEFT JOIN account_secret s ON s.account_id = a.id WHERE a.id = :id",
                          BINDS(B_INT("id", id)), &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r))
        *out = (struct secret){arena_strdup(cx->a, db_text(r, 0)), arena_strdup(cx->a, db_text(r, 1)),
                               arena_strdup(cx->a, db_null(r, 2) ? "" : db_text(r, 2))};
    rc = cx_db(cx, db_end(r));
    if (rc || out->login)
        return rc;
    return FAIL(cx, RC_NOT_FOUND, "login", "没有这个账号", "no such account");
}

/* history: the newest hashes, one per line. */
static enum rc used_before(struct cx *cx, const char *history, const char *password)
{
    for (const char *s = history; *s;) {
        bool same;
        size_t n = strcspn(s, "\n");
        enum rc rc = password_matches(cx, arena_strndup(cx->a, s, n), password, &same);
        if (rc)
            return rc;
        if (same)
            return FAIL(cx, RC_INVALID, "new", "不能使用最近 5 次用过的密码",
                        "not one of the last five passwords");
        s += n + (s[n] == '\n');
    }
    return RC_OK;
}

static const char *push_history(struct cx *cx, const char *hash, const char *history)
{
    const char *end = history;
    for (int i = 1; i < HISTORY && *end; i++)
        end += strcspn(end, "\n") + (end[strcspn(end, "\n")] == '\n');
    return arena_printf(cx->a, "%s\n%.*s", hash, (int)(end - history), history);
}

/* Inside the caller's transaction. */
static enum rc write_secret(struct cx *cx, int64_t id, const char *hash, const char *history,
                            bool must_change, int64_t keep)
{
    enum rc rc = cx_db(cx, db_run(cx->db,
                                  "INSERT INTO account_secret (account_id, hash, must_change,"
                                  " changed_at, history) VALUES (:id, :hash, :must, :now, :history)"
                                  " ON CONFLICT (account_id) DO UPDATE SET hash = excluded.hash,"
                                  " must_change = excluded.must_change,"
                                  " changed_at = excluded.changed_at, history = excluded.history",
                                  BINDS(B_TEXT("hash", hash), B_INT("must", must_change),
                                        B_INT("now", cx->now.ms), B_TEXT("history", history),
                                        B_INT("id", id)),
                                  NULL));
    if (!rc)
        rc = end_sessions(cx, id, keep);
    return rc ? rc : journal_add(cx, "user", id, "password", "{}", "ok");
}

static enum rc only_after_revoke(struct cx *cx)
{
    return FAIL(cx, RC_DENIED, NULL, "管理员账号不能在页面上停用、注销或重设密码：先由安全管理员收回角色，或在控制台处理",
                "an administrator's account: revoke the role first, or use the console");
}

/* One administrator alone must not shut out another, nor become one by setting a password. */
static enum rc not_an_admin(struct cx *cx, const struct row *row)
{
    bool admin = false;
    enum rc rc = account_in_class(cx, row->id, "admin", &admin);
    return rc || !admin || cx->actor.type != ACTOR_USER ? rc : only_after_revoke(cx);
}

static enum rc user_check(struct cx *cx, const struct row *old, struct row *row)
{
    bool admin = false;
    if (!old) {
        row_int(row, USER_ENABLED, cx->now.ms);
        return valid_login(cx, row->v[USER_LOGIN].s);
    }
    enum rc rc = account_in_class(cx, row->id, "admin", &admin);
    if (rc || !admin || row->v[USER_LEAVES].null || cx->actor.type != ACTOR_USER)
        return rc;
    return only_after_revoke(cx);
}

/* --- steps --- */

static enum rc lock_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    return not_an_admin(cx, row);
}

static enum rc lock_after(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    return end_sessions(cx, row->id, 0);
}

static enum rc unlock_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    row_int(row, USER_ENABLED, cx->now.ms);
    enum rc rc = cx_db(cx, db_run(cx->db, "DELETE FROM login_failure WHERE login = :login",
                                  BINDS(B_TEXT("login", row->v[USER_LOGIN].s)), NULL));
    return rc ? rc : not_an_admin(cx, row);
}

static enum rc password_effect(struct cx *cx, struct row *row, const struct value *in)
{
    struct secret s;
    char hash[PASSWORD_HASH];
    enum rc rc = not_an_admin(cx, row);
    if (!rc)
        rc = load_secret(cx, row->id, &s);
    if (!rc)
        rc = password_allowed(cx, "password", s.login, in[0].s, false);
    if (!rc)
        rc = password_hash(cx, in[0].s, hash);
    return rc ? rc : write_secret(cx, row->id, hash, push_history(cx, hash, s.history), true, 0);
}

/* A new administrator starts with a password of his own: longer (SEC-02), and not the one that another
 * administrator gave him. */
static enum rc change_first(struct cx *cx, int64_t account_id)
{
    enum rc rc = cx_db(cx, db_run(cx->db, "UPDATE account_secret SET must_change = 1 WHERE account_id = :id",
                                  BINDS(B_INT("id", account_id)), NULL));
    return rc ? rc : end_sessions(cx, account_id, 0);
}

static enum rc role_effect(struct cx *cx, struct row *row, const struct value *in, bool give)
{
    struct row *role;
    const char *words = NULL;
    if (row->id == cx->actor.user_id)
        return FAIL(cx, RC_DENIED, NULL, "不能给自己授权", "nobody changes the own roles");
    enum rc rc = record_load(cx, &role_kind, in[0].i, &role);
    if (rc == RC_NOT_FOUND || (!rc && role->retired))
        return FAIL(cx, RC_INVALID, "role_id", "没有这个角色", "no such role");
    if (!rc)
        rc = give ? role_give(cx, row->id, role) : role_take(cx, row->id, role);
    if (!rc)
        rc = role_words(cx, row->id, &words);
    row_text(row, USER_ROLES, words);
    return rc || !give || strcmp(role->v[ROLE_CLASS].s, "admin") ? rc : change_first(cx, row->id);
}

static enum rc grant_effect(struct cx *cx, struct row *row, const struct value *in)
{
    return role_effect(cx, row, in, true);
}

static enum rc revoke_effect(struct cx *cx, struct row *row, const struct value *in)
{
    return role_effect(cx, row, in, false);
}

/* clang-format off */
static const struct flow_step user_flow[] = {
    {"lock", "停用账号", "Disable", "active", "disabled", "user.lock", .tone = "danger", .effect = lock_effect, .after = lock_after},
    {"unlock", "启用账号", "Enable", "disabled", "active", "user.lock", .tone = "success", .effect = unlock_effect},
    {"set_password", "设一次性密码", "Set a one-time password", "active|disabled", NULL, "user.password", password_input, 1, .effect = password_effect},
    {"grant_role", "授予角色", "Grant a role", "active|disabled", NULL, "user.grant", role_input, 1, .effect = grant_effect},
    {"revoke_role", "收回角色", "Revoke a role", "active|disabled", NULL, "user.grant", role_input, 1, .tone = "warning", .effect = revoke_effect},
};
/* clang-format on */

static enum rc user_retiring(struct cx *cx, const struct row *row)
{
    return not_an_admin(cx, row);
}

const struct kind user_kind = {
    .name = "user",
    .table = "account",
    .label = "用户",
    .label_en = "User",
    .group = "system",
    .fields = user_fields,
    .n_fields = USER_N,
    .label_field = USER_NAME,
    .state_field = USER_STATE,
    .flow = user_flow,
    .n_flow = sizeof user_flow / sizeof *user_flow,
    .sort = "login",
    .scope = {.own = {"id"}, .unit = "org_unit_id"},
    .check = user_check,
    .retiring = user_retiring,
};

enum rc account_by_login(struct cx *cx, const char *login, int64_t *id)
{
    enum rc rc = db_int_of(cx->db, "SELECT id FROM account WHERE login = :login",
                           BINDS(B_TEXT("login", login)), id);
    if (rc == RC_NOT_FOUND)
        return FAIL(cx, rc, "login", "没有账号“{login}”", "no account {login}", "login", login);
    return cx_db(cx, rc);
}

/* The service line that a role works on decides what "line" scope means for the account. */
static const char *line_of_role(const char *role)
{
    if (!strcmp(role, "b_resident"))
        return "office_it";
    return !strcmp(role, "b_field") ? "community_video" : NULL;
}

static enum rc store_secret(struct cx *cx, int64_t id, const char *password, bool must_change)
{
    char hash[PASSWORD_HASH];
    enum rc rc = password_hash(cx, password, hash);
    if (rc)
        return rc;
    return cx_db(cx, db_run(cx->db,
                            "INSERT INTO account_secret (account_id, hash, must_change, changed_at,"
                            " history) VALUES (:id, :hash, :must, :now, :history)",
                            BINDS(B_INT("id", id), B_TEXT("hash", hash),
                                  B_INT("must", must_change), B_INT("now", cx->now.ms),
                                  B_TEXT("history", hash)),
                            NULL));
}

static enum rc add_row(struct cx *cx, const char *login, const char *name, const char *role,
                       const char *unit, struct row **out)
{
    struct row *row = record_new(cx, &user_kind), *to;
    row_text(row, USER_LOGIN, login);
    row_text(row, USER_NAME, name);
    row_text(row, USER_LINE, line_of_role(role));
    row_text(row, USER_ROLES, role);
    row_int(row, USER_ENABLED, cx->now.ms);
    if (unit) {
        enum rc rc = record_find(cx, &org_unit_kind, UNIT_NAME, unit, &to);
        if (rc == RC_NOT_FOUND)
            return FAIL(cx, RC_INVALID, "unit", "没有单位“{unit}”", "no unit {unit}", "unit", unit);
        if (rc)
            return rc;
        row_int(row, USER_ORG_UNIT, to->id);
    }
    *out = row;
    return record_insert(cx, row, "create");
}

enum rc account_add(struct cx *cx, const char *login, const char *name, const char *role,
                    const char *unit, const char *password, bool must_change)
{
    struct row *row = NULL, *of = NULL;
    int64_t id;
    enum rc rc = valid_login(cx, login);
    if (!rc)
        rc = role_find(cx, role, &of);
    if (!rc)
        rc = password_allowed(cx, "new", login, password, !strcmp(of->v[ROLE_CLASS].s, "admin"));
    if (rc)
        return rc;
    rc = account_by_login(cx, login, &id);
    if (rc == RC_OK)
        return FAIL(cx, RC_CONFLICT, "login", "账号“{login}”已存在", "account {login} exists", "login", login);
    if (rc != RC_NOT_FOUND)
        return rc;
    rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = add_row(cx, login, name, role, unit, &row);
    if (!rc)
        rc = store_secret(cx, row->id, password, must_change);
    if (!rc)
        rc = role_give(cx, row->id, of);
    if (!rc)
        rc = journal_add(cx, "user", row->id, "grant_role",
                         arena_printf(cx->a, "{\"role\":[null,\"%s\"]}", role), "ok");
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

enum rc account_set_state(struct cx *cx, const char *login, const char *state)
{
    int64_t id;
    struct row *old;
    enum rc rc = account_by_login(cx, login, &id);
    if (!rc)
        rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = record_load(cx, &user_kind, id, &old);
    if (!rc && strcmp(old->v[USER_STATE].s, state)) {
        struct row *row = record_copy(cx, old);
        row_text(row, USER_STATE, state);
        if (!strcmp(state, "active"))
            row_int(row, USER_ENABLED, cx->now.ms);
        rc = record_update(cx, old, row, strcmp(state, "active") ? "lock" : "unlock");
    }
    if (!rc && strcmp(state, "active"))
        rc = end_sessions(cx, id, 0);
    if (!rc)
        rc = cx_db(cx, db_run(cx->db, "DELETE FROM login_failure WHERE login = :login",
                              BINDS(B_TEXT("login", login)), NULL));
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

enum rc account_disable(struct cx *cx, int64_t account_id, const char *action)
{
    struct row *old;
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = record_load(cx, &user_kind, account_id, &old);
    if (!rc) {
        struct row *row = record_copy(cx, old);
        row_text(row, USER_STATE, "disabled");
        rc = record_update(cx, old, row, action);
    }
    if (!rc)
        rc = end_sessions(cx, account_id, 0);
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

/* Guessing here is guessing at a login: counted and locked like one (SEC-03). */
static enum rc check_old(struct cx *cx, int64_t id, const struct secret *s, const char *old)
{
    struct policy p;
    bool right = true, locked = false;
    if (!old)
        return RC_OK;
    enum rc rc = policy_load(cx, &p);
    if (!rc)
        rc = password_matches(cx, s->hash, old, &right);
    if (!rc)
        rc = login_locked(cx, &p, s->login, &locked);
    if (rc || (right && !locked))
        return rc;
    rc = locked ? RC_OK : login_failed(cx, s->login, id, "password");
    return rc ? rc : FAIL(cx, RC_INVALID, "old", "原密码不对，或账号已锁定", "the old password is wrong, or the account is locked");
}

static enum rc store(struct cx *cx, int64_t id, const char *hash, const char *history, bool must_change,
                     int64_t keep)
{
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = write_secret(cx, id, hash, history, must_change, keep);
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

enum rc account_set_password(struct cx *cx, int64_t account_id, const char *old,
                             const char *password, bool must_change, int64_t keep)
{
    struct secret s;
    bool admin = false;
    char hash[PASSWORD_HASH];
    enum rc rc = load_secret(cx, account_id, &s);
    if (!rc)
        rc = check_old(cx, account_id, &s, old);
    if (!rc)
        rc = account_in_class(cx, account_id, "admin", &admin);
    if (!rc)
        rc = password_allowed(cx, "new", s.login, password, admin);
    if (!rc)
        rc = used_before(cx, s.history, password);
    if (!rc)
        rc = password_hash(cx, password, hash);
    return rc ? rc : store(cx, account_id, hash, push_history(cx, hash, s.history), must_change, keep);
}
