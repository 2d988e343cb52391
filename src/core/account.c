/* SPDX-License-Identifier: Apache-2.0 */
#include "core/account.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/core_int.h"
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
static const struct option unit_types[] = {
    {"sub_district", "街道",   "Sub-district", NULL},
    {"department",   "部门",   "Department",   NULL},
    {"section",      "科室",   "Section",      NULL},
    {"community",    "社区",   "Community",    NULL},
    {"police_post",  "警务站", "Police post",  NULL},
    {"contractor",   "运维单位", "Contractor", NULL},
    {NULL}};

static const struct field user_fields[] = {
    [USER_LOGIN]      = {"login",       "登录名", "Login",     F_TEXT, REQ | FIND | LIST | UNIQUE | ONCE, 2, 32},
    [USER_NAME]       = {"name",        "姓名",   "Name",      F_TEXT, REQ | FIND | LIST, 1, 40},
    [USER_ORG_UNIT]   = {"org_unit_id", "单位",   "Unit",      F_REF,  LIST, .ref = "org_unit"},
    [USER_SITE]       = {"site_id",     "站点",   "Site",      F_REF,  0, .ref = "site"},
    [USER_LINE]       = {"line",        "服务线", "Line",      F_ENUM, LIST, .opts = lines},
    [USER_STATE]      = {"state",       "状态",   "State",     F_ENUM, REQ | RO | LIST, .opts = account_states, .initial = "active"},
    [USER_LAST_LOGIN] = {"last_login_at", "最近登录", "Last login", F_INSTANT, RO | LIST},
};

enum { UNIT_NAME, UNIT_TYPE, UNIT_PARENT, UNIT_VIDEO, UNIT_N };
static const struct field unit_fields[] = {
    [UNIT_NAME]   = {"name",        "名称",     "Name",        F_TEXT, REQ | FIND | LIST | UNIQUE, 1, 60},
    [UNIT_TYPE]   = {"type",        "类型",     "Type",        F_ENUM, REQ | LIST, .opts = unit_types},
    [UNIT_PARENT] = {"parent_id",   "上级单位", "Parent",      F_REF,  LIST, .ref = "org_unit"},
    [UNIT_VIDEO]  = {"video_scope", "视频服务范围", "In video scope", F_BOOL, REQ | LIST, .initial = "0"},
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

static enum rc user_check(struct cx *cx, const struct row *old, struct row *row)
{
    return old ? RC_OK : valid_login(cx, row->v[USER_LOGIN].s);
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
    .state_field = -1,
    .sort = "login",
    .scope = {.own = {"id"}, .unit = "org_unit_id"},
    .check = user_check,
};

/* Below its new parent the unit and everything under it; a cycle is refused. */
static enum rc unit_check(struct cx *cx, const struct row *old, struct row *row)
{
    int64_t n = 0;
    const struct value *parent = &row->v[UNIT_PARENT];
    if (!old || parent->null)
        return RC_OK;
    enum rc rc = db_int_of(cx->db,
                           "SELECT COUNT(*) FROM org_unit_closure"
                           " WHERE ancestor_id = :id AND unit_id = :parent",
                           BINDS(B_INT("id", row->id), B_INT("parent", parent->i)), &n);
    if (rc)
        return cx_db(cx, rc);
    return n ? FAIL(cx, RC_INVALID, "parent_id", "上级单位不能是自己或自己的下级",
                    "a unit cannot stand below itself")
             : RC_OK;
}

static enum rc closure_insert(struct cx *cx, const struct row *row)
{
    enum rc rc = db_run(cx->db,
                        "INSERT INTO org_unit_closure (ancestor_id, unit_id)"
                        " VALUES (:id, :id)",
                        BINDS(B_INT("id", row->id)), NULL);
    if (!rc && !row->v[UNIT_PARENT].null)
        rc = db_run(cx->db,
                    "INSERT INTO org_unit_closure (ancestor_id, unit_id)"
                    " SELECT ancestor_id, :id FROM org_unit_closure WHERE unit_id = :parent",
                    BINDS(B_INT("id", row->id), B_INT("parent", row->v[UNIT_PARENT].i)), NULL);
    return cx_db(cx, rc);
}

static enum rc closure_move(struct cx *cx, const struct row *row)
{
    enum rc rc = db_run(cx->db,
                        "DELETE FROM org_unit_closure WHERE unit_id IN"
                        " (SELECT unit_id FROM org_unit_closure WHERE ancestor_id = :id)"
                        " AND ancestor_id NOT IN"
                        " (SELECT unit_id FROM org_unit_closure WHERE ancestor_id = :id)",
                        BINDS(B_INT("id", row->id)), NULL);
    if (!rc && !row->v[UNIT_PARENT].null)
        rc = db_run(cx->db,
                    "INSERT INTO org_unit_closure (ancestor_id, unit_id)"
                    " SELECT up.ancestor_id, below.unit_id"
                    " FROM org_unit_closure up, org_unit_closure below"
                    " WHERE up.unit_id = :parent AND below.ancestor_id = :id",
                    BINDS(B_INT("id", row->id), B_INT("parent", row->v[UNIT_PARENT].i)), NULL);
    return cx_db(cx, rc);
}

static enum rc unit_after(struct cx *cx, const struct row *old, struct row *row)
{
    if (!old)
        return closure_insert(cx, row);
    const struct value *a = &old->v[UNIT_PARENT], *b = &row->v[UNIT_PARENT];
    return a->null == b->null && a->i == b->i ? RC_OK : closure_move(cx, row);
}

const struct kind org_unit_kind = {
    .name = "org_unit",
    .label = "单位",
    .label_en = "Unit",
    .group = "system",
    .fields = unit_fields,
    .n_fields = UNIT_N,
    .label_field = UNIT_NAME,
    .state_field = -1,
    .sort = "id",
    .scope = {.unit = "id"},
    .check = unit_check,
    .after = unit_after,
};

enum rc account_by_login(struct cx *cx, const char *login, int64_t *id)
{
    enum rc rc = db_int_of(cx->db, "SELECT id FROM account WHERE login = :login",
                           BINDS(B_TEXT("login", login)), id);
    if (rc == RC_NOT_FOUND)
        return FAIL(cx, rc, "login", "没有账号“{login}”", "no account {login}", "login", login);
    return cx_db(cx, rc);
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

static enum rc role_known(struct cx *cx, const char *role)
{
    int64_t n = 0;
    enum rc rc = cx_db(cx, db_int_of(cx->db, "SELECT COUNT(*) FROM role WHERE name = :role",
                                     BINDS(B_TEXT("role", role)), &n));
    if (rc || n)
        return rc;
    return FAIL(cx, RC_INVALID, "role", "没有角色“{role}”", "no role {role}", "role", role);
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
    struct row *row = NULL;
    int64_t id;
    enum rc rc = valid_login(cx, login);
    if (!rc)
        rc = role_known(cx, role);
    if (!rc)
        rc = password_allowed(cx, login, password, strstr(role, "admin") || !strcmp(role, "auditor"));
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
        rc = cx_db(cx, db_run(cx->db, "INSERT INTO account_role (account_id, role) VALUES (:id, :role)",
                              BINDS(B_INT("id", row->id), B_TEXT("role", role)), NULL));
    if (!rc)
        rc = journal_add(cx, "user", row->id, "grant_role",
                         arena_printf(cx->a, "{\"role\":[null,\"%s\"]}", role), "ok");
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
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
static bool used_before(struct cx *cx, const char *history, const char *password)
{
    for (const char *s = history; *s;) {
        size_t n = strcspn(s, "\n");
        if (password_matches(arena_strndup(cx->a, s, n), password))
            return true;
        s += n + (s[n] == '\n');
    }
    return false;
}

static const char *push_history(struct cx *cx, const char *hash, const char *history)
{
    const char *end = history;
    for (int i = 1; i < HISTORY && *end; i++)
        end += strcspn(end, "\n") + (end[strcspn(end, "\n")] == '\n');
    return arena_printf(cx->a, "%s\n%.*s", hash, (int)(end - history), history);
}

static enum rc write_secret(struct cx *cx, int64_t id, const char *hash, const char *history,
                            bool must_change, int64_t keep)
{
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = cx_db(cx, db_run(cx->db,
                          "INSERT INTO account_secret (account_id, hash, must_change, changed_at,"
                          " history) VALUES (:id, :hash, :must, :now, :history)"
                          " ON CONFLICT (account_id) DO UPDATE SET hash = excluded.hash,"
                          " must_change = excluded.must_change, changed_at = excluded.changed_at,"
                          " history = excluded.history",
                          BINDS(B_TEXT("hash", hash), B_INT("must", must_change),
                                B_INT("now", cx->now.ms), B_TEXT("history", history),
                                B_INT("id", id)),
                          NULL));
    if (!rc)
        rc = end_sessions(cx, id, keep);
    if (!rc)
        rc = journal_add(cx, "user", id, "password", "{}", "ok");
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
    if (!rc && old && !password_matches(s.hash, old))
        rc = FAIL(cx, RC_INVALID, "old", "原密码不对", "the old password is wrong");
    if (!rc)
        rc = account_in_class(cx, account_id, "admin", &admin);
    if (!rc)
        rc = password_allowed(cx, s.login, password, admin);
    if (!rc && used_before(cx, s.history, password))
        rc = FAIL(cx, RC_INVALID, "new", "不能使用最近 5 次用过的密码",
                  "not one of the last five passwords");
    if (!rc)
        rc = password_hash(cx, password, hash);
    return rc ? rc
              : write_secret(cx, account_id, hash, push_history(cx, hash, s.history), must_change,
                             keep);
}
