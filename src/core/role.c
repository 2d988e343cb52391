/* SPDX-License-Identifier: Apache-2.0 */
#include "core/role.h"

#include <ctype.h>
#include <string.h>

enum { RP_ROLE, RP_PERMISSION, RP_SCOPE, RP_N };

/* clang-format off */
static const struct option classes[] = {
    {"party_a", "甲方",   "Party A",       "primary"},
    {"party_b", "乙方",   "Party B",       "success"},
    {"admin",   "管理员", "Administrator", "warning"},
    {"machine", "程序",   "Machine",       "info"},
    {NULL}};
static const struct option scopes[] = {
    {"all",  "全部",       "All",           "success"},
    {"unit", "本单位",     "Own unit",      "primary"},
    {"site", "本站点",     "Own site",      "primary"},
    {"line", "本服务线",   "Own line",      "primary"},
    {"own",  "本人",       "Own",           "primary"},
    {"none", "不允许",     "Not allowed",   "info"},
    {NULL}};

static const struct field role_fields[] = {
    [ROLE_NAME]     = {"name",     "角色代号", "Name",       F_TEXT, REQ | FIND | LIST | UNIQUE | ONCE, 2, 32},
    [ROLE_LABEL]    = {"label",    "角色",     "Role",       F_TEXT, REQ | FIND | LIST, 1, 40},
    [ROLE_LABEL_EN] = {"label_en", "英文名",   "In English", F_TEXT, REQ | FIND, 1, 60},
    [ROLE_CLASS]    = {"class",    "类别",     "Class",      F_ENUM, REQ | LIST | ONCE, .opts = classes, .initial = "party_b"},
    [ROLE_SORT]     = {"sort",     "顺序",     "Order",      F_INT,  REQ | LIST, 0, 1000, .initial = "100"},
};
static const struct field permission_fields[] = {
    [RP_ROLE]       = {"role",       "角色", "Role",       F_TEXT, REQ | FIND | LIST | ONCE, 2, 32, .says = "role"},
    [RP_PERMISSION] = {"permission", "权限",     "Permission", F_TEXT, REQ | FIND | LIST | ONCE, 3, 80},
    [RP_SCOPE]      = {"scope",      "范围",     "Scope",      F_ENUM, REQ | LIST, .opts = scopes},
};

/* What belongs to one administrator alone, by the word before the dot or the whole permission. */
static const char *const kept[] = {"user.create", "user.update", "user.retire", "user.lock", "user.password",
                                   "user.account", "user.grant", "session", "role", "role_permission",
                                   "setting", "journal", "person", "notice_channel"};
/* clang-format on */

enum rc role_find(struct cx *cx, const char *name, struct row **out)
{
    enum rc rc = record_find(cx, &role_kind, ROLE_NAME, name, out);
    if (rc != RC_NOT_FOUND)
        return rc;
    return FAIL(cx, RC_INVALID, "role", "没有角色“{role}”", "no role {role}", "role", name);
}

static bool is_admin(const struct row *role)
{
    return !strcmp(role->v[ROLE_CLASS].s, "admin");
}

enum rc role_codes(struct cx *cx, struct jw *w)
{
    struct db_rows *r;
    enum rc rc = cx_db(cx, db_query(cx->db, "SELECT name, label, label_en FROM role WHERE retired_at IS NULL ORDER BY sort, id", NO_BINDS, &r));
    if (rc)
        return rc;
    jw_array(w);
    while (db_next(r)) {
        jw_object(w);
        jw_kt(w, "value", db_text(r, 0));
        jw_kt(w, "label", db_text(r, 1));
        jw_kt(w, "label_en", db_text(r, 2));
        jw_end_object(w);
    }
    jw_end_array(w);
    return cx_db(cx, db_end(r));
}

/* --- the kind role --- */

static enum rc role_check(struct cx *cx, const struct row *old, struct row *row)
{
    const char *name = row->v[ROLE_NAME].s;
    if (is_admin(row) && cx->actor.type == ACTOR_USER)
        return FAIL(cx, RC_DENIED, "class", "管理员角色由程序规定，不能新增或修改",
                    "the administrators' roles are fixed");
    for (const char *s = name; !old && *s; s++)
        if (!islower((unsigned char)*s) && !isdigit((unsigned char)*s) && *s != '_')
            return FAIL(cx, RC_INVALID, "name", "角色代号由小写字母、数字和 _ 组成", "a role is named by a-z 0-9 _");
    return RC_OK;
}

const struct kind role_kind = {
    .name = "role", .label = "角色", .label_en = "Role", .group = "system", .fields = role_fields, .n_fields = ROLE_N,
    .label_field = ROLE_LABEL, .state_field = -1, .sort = "sort", .check = role_check,
};

/* --- the kind role_permission --- */

static bool is_kept(const char *permission)
{
    size_t n = strcspn(permission, ".");
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (!strcmp(kept[i], permission) || (strlen(kept[i]) == n && !strncmp(kept[i], permission, n)))
            return true;
    return false;
}

/* A verb of some kind, or a word that a role already has: what the program asks for somewhere. */
static enum rc is_known(struct cx *cx, const char *permission, bool *known)
{
    static const char *const verbs[] = {"create", "read", "update", "retire", "import", "export"};
    const char *dot = strchr(permission, '.');
    int64_t n = 0;
    *known = false;
    if (dot && record_kind(arena_strndup(cx->a, permission, (size_t)(dot - permission))))
        for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
            *known |= !strcmp(verbs[i], dot + 1);
    if (*known)
        return RC_OK;
    enum rc rc = cx_db(cx, db_int_of(cx->db, "SELECT COUNT(*) FROM role_permission WHERE permission = :p",
                                     BINDS(B_TEXT("p", permission)), &n));
    *known = n > 0;
    return rc;
}

/* What a module gives to administrators alone stays theirs, without a word in the list above. Rows are
 * never deleted, so that one withdrawn from the last other role ("none") can be given again. */
static enum rc is_theirs(struct cx *cx, const char *permission, bool *out)
{
    int64_t admins = 0, others = 0;
    enum rc rc = db_int_of(cx->db,
                           "SELECT COUNT(*) FROM role_permission p JOIN role r ON r.name = p.role"
                           " WHERE p.permission = :p AND r.class = 'admin'",
                           BINDS(B_TEXT("p", permission)), &admins);
    if (!rc)
        rc = db_int_of(cx->db,
                       "SELECT COUNT(*) FROM role_permission p JOIN role r ON r.name = p.role"
                       " WHERE p.permission = :p AND r.class <> 'admin'",
                       BINDS(B_TEXT("p", permission)), &others);
    *out = admins && !others;
    return cx_db(cx, rc);
}

static enum rc permission_check(struct cx *cx, const struct row *old, struct row *row)
{
    struct row *role;
    bool known, theirs = false;
    int64_t n = 0;
    const char *permission = row->v[RP_PERMISSION].s;
    enum rc rc = role_find(cx, row->v[RP_ROLE].s, &role);
    if (!rc)
        rc = is_known(cx, permission, &known);
    if (!rc)
        rc = is_theirs(cx, permission, &theirs);
    if (rc)
        return rc;
    if (!known)
        return FAIL(cx, RC_INVALID, "permission", "没有“{word}”这个权限", "no permission called {word}", "word",
                    permission);
    if (is_admin(role) || is_kept(permission) || theirs)
        return FAIL(cx, RC_DENIED, "permission", "三员的权限由程序规定，不能修改，也不能给其他角色",
                    "the administrators' rights are fixed and given to no other role");
    if (old)
        return RC_OK;
    rc = cx_db(cx, db_int_of(cx->db, "SELECT COUNT(*) FROM role_permission WHERE role = :r AND permission = :p",
                             BINDS(B_TEXT("r", row->v[RP_ROLE].s), B_TEXT("p", permission)), &n));
    if (rc || !n)
        return rc;
    return FAIL(cx, RC_CONFLICT, "permission", "该角色已有这一行，请修改它的范围",
                "the role has this row already: change its scope");
}

const struct kind role_permission_kind = {
    .name = "role_permission", .label = "角色权限", .label_en = "Role permission", .group = "inside",
    .fields = permission_fields, .n_fields = RP_N, .label_field = RP_PERMISSION, .state_field = -1,
    .sort = "role", .check = permission_check,
};

/* --- who holds what --- */

static enum rc excluded(struct cx *cx, int64_t account_id, const struct row *role)
{
    int64_t n = 0;
    enum rc rc = db_int_of(cx->db,
                           "SELECT COUNT(*) FROM account_role a JOIN role r ON r.name = a.role"
                           " WHERE a.account_id = :id AND a.role <> :role AND (r.class = 'admin' OR :admin = 1)",
                           BINDS(B_INT("id", account_id), B_TEXT("role", role->v[ROLE_NAME].s),
                                 B_INT("admin", is_admin(role))),
                           &n);
    if (rc || !n)
        return cx_db(cx, rc);
    return FAIL(cx, RC_CONFLICT, "role_id", "三员互斥：管理员账号不能兼任其他角色，其他账号也不能兼任管理员",
                "an administrator holds no other role");
}

enum rc role_give(struct cx *cx, int64_t account_id, const struct row *role)
{
    enum rc rc = excluded(cx, account_id, role);
    if (rc)
        return rc;
    rc = db_run(cx->db, "INSERT INTO account_role (account_id, role) VALUES (:id, :role)",
                BINDS(B_INT("id", account_id), B_TEXT("role", role->v[ROLE_NAME].s)), NULL);
    if (rc == RC_CONFLICT)
        return FAIL(cx, rc, "role_id", "该账号已有这个角色", "the account has this role already");
    return cx_db(cx, rc);
}

/* Without a holder one administrator's duty would stand still: audit above all. */
static enum rc last_holder(struct cx *cx, int64_t account_id, const struct row *role)
{
    int64_t others = 0;
    if (!is_admin(role))
        return RC_OK;
    enum rc rc = db_int_of(cx->db,
                           "SELECT COUNT(*) FROM account_role a JOIN account u ON u.id = a.account_id"
                           " WHERE a.role = :role AND u.id <> :id AND u.state = 'active' AND u.retired_at IS NULL",
                           BINDS(B_TEXT("role", role->v[ROLE_NAME].s), B_INT("id", account_id)), &others);
    if (rc || others)
        return cx_db(cx, rc);
    return FAIL(cx, RC_CONFLICT, "role_id", "这是最后一名“{role}”，请先任命接替者",
                "this is the last {name}: appoint another first", "role", role->v[ROLE_LABEL].s, "name",
                role->v[ROLE_NAME].s);
}

enum rc role_take(struct cx *cx, int64_t account_id, const struct row *role)
{
    int64_t changed = 0;
    enum rc rc = last_holder(cx, account_id, role);
    if (!rc)
        rc = cx_db(cx, db_run(cx->db, "DELETE FROM account_role WHERE account_id = :id AND role = :role",
                              BINDS(B_INT("id", account_id), B_TEXT("role", role->v[ROLE_NAME].s)), &changed));
    if (rc || changed)
        return rc;
    return FAIL(cx, RC_CONFLICT, "role_id", "该账号没有这个角色", "the account does not hold this role");
}

enum rc role_words(struct cx *cx, int64_t account_id, const char **out)
{
    struct db_rows *r;
    const char *words = NULL;
    enum rc rc = db_query(cx->db, "SELECT role FROM account_role WHERE account_id = :id ORDER BY role",
                          BINDS(B_INT("id", account_id)), &r);
    if (rc)
        return cx_db(cx, rc);
    while (db_next(r))
        words = words ? arena_printf(cx->a, "%s,%s", words, db_text(r, 0)) : arena_strdup(cx->a, db_text(r, 0));
    *out = words;
    return cx_db(cx, db_end(r));
}
