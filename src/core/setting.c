/* SPDX-License-Identifier: Apache-2.0 */
#include "core/setting.h"

#include <stdlib.h>
#include <string.h>

#include "base/address.h"

enum { SET_NAME, SET_LABEL, SET_LABEL_EN, SET_AREA, SET_TYPE, SET_LEAST, SET_MOST, SET_UNIT, SET_VALUE, SET_N };

/* clang-format off */
static const struct option areas[] = {
    {"security", "安全策略", "Security policy", "warning"},
    {"service",  "运行参数", "Service",         "info"},
    {NULL}};
static const struct option types[] = {
    {"int",       "整数",     "Integer",        NULL},
    {"bool",      "是否",     "Yes or no",      NULL},
    {"text",      "文字",     "Text",           NULL},
    {"addresses", "地址范围", "Address ranges", NULL},
    {NULL}};

static const struct field fields[] = {
    [SET_NAME]     = {"name",     "参数",     "Name",       F_TEXT, REQ | RO | FIND | UNIQUE},
    [SET_LABEL]    = {"label",    "含义",     "Meaning",    F_TEXT, REQ | RO | FIND | LIST},
    [SET_LABEL_EN] = {"label_en", "英文含义", "In English", F_TEXT, REQ | RO | FIND},
    [SET_AREA]     = {"area",     "类别",     "Area",       F_ENUM, REQ | RO | LIST, .opts = areas},
    [SET_TYPE]     = {"type",     "类型",     "Type",       F_ENUM, REQ | RO, .opts = types},
    [SET_LEAST]    = {"least",    "最小",     "Least",      F_INT,  RO | LIST},
    [SET_MOST]     = {"most",     "最大",     "Most",       F_INT,  RO | LIST},
    [SET_UNIT]     = {"unit",     "单位",     "Unit",       F_TEXT, RO | LIST},
    [SET_VALUE]    = {"value",    "值",       "Value",      F_TEXT, LIST, 0, 500},
};
/* clang-format on */

static enum rc int_valid(struct cx *cx, const struct row *row)
{
    char *end;
    const char *text = row->v[SET_VALUE].null ? "" : row->v[SET_VALUE].s;
    long long n = strtoll(text, &end, 10);
    bool number = *text && !*end && strspn(text, "-0123456789") == strlen(text) && strlen(text) < 19;
    bool low = !row->v[SET_LEAST].null && n < row->v[SET_LEAST].i;
    bool high = !row->v[SET_MOST].null && n > row->v[SET_MOST].i;
    if (number && !low && !high)
        return RC_OK;
    return FAIL(cx, RC_INVALID, "value", "“{label}”应为 {least} 到 {most} 的整数",
                "{name} must be an integer from {least} to {most}", "label", row->v[SET_LABEL].s, "name",
                row->v[SET_NAME].s, "least",
                arena_printf(cx->a, "%lld", (long long)row->v[SET_LEAST].i), "most",
                arena_printf(cx->a, "%lld", (long long)row->v[SET_MOST].i));
}

static enum rc value_valid(struct cx *cx, const struct row *row)
{
    const char *type = row->v[SET_TYPE].s, *text = row->v[SET_VALUE].null ? "" : row->v[SET_VALUE].s;
    if (!strcmp(type, "int"))
        return int_valid(cx, row);
    if (!strcmp(type, "bool") && strcmp(text, "0") && strcmp(text, "1"))
        return FAIL(cx, RC_INVALID, "value", "“{label}”应为 0 或 1", "{name} must be 0 or 1", "label",
                    row->v[SET_LABEL].s, "name", row->v[SET_NAME].s);
    if (!strcmp(type, "addresses") && !addresses_valid(text))
        return FAIL(cx, RC_INVALID, "value", "应为地址或网段，用空格或逗号分开，例如 10.1.0.0/16 192.168.7.9",
                    "addresses or ranges with blanks between, e.g. 10.1.0.0/16 192.168.7.9");
    return RC_OK;
}

/* A range that would shut out who sets it is a mistake: nobody could take it back but the console. */
static enum rc keeps_me(struct cx *cx, const struct row *row)
{
    if (strcmp(row->v[SET_NAME].s, "admin_addresses") || row->v[SET_VALUE].null ||
        cx->actor.type != ACTOR_USER || address_in(row->v[SET_VALUE].s, cx->actor.address))
        return RC_OK;
    return FAIL(cx, RC_INVALID, "value", "这个范围不含您现在的地址 {address}，保存后您将无法登录",
                "the range lacks your own address {address}: you would be shut out", "address",
                cx->actor.address);
}

static enum rc check(struct cx *cx, const struct row *old, struct row *row)
{
    if (!old)
        return FAIL(cx, RC_DENIED, NULL, "参数由程序规定，只能修改，不能新增", "settings are given by the program: they can be changed, not added");
    const char *permission = arena_printf(cx->a, "setting.%s", row->v[SET_AREA].s);
    if (!cx_may(cx, permission))
        return FAIL(cx, RC_DENIED, "value", "安全策略由安全管理员修改，运行参数由系统管理员修改",
                    "security policy is set by sec_admin, service parameters by sys_admin");
    enum rc rc = value_valid(cx, row);
    return rc ? rc : keeps_me(cx, row);
}

const struct kind setting_kind = {
    .name = "setting", .table = "parameter", .label = "参数设置", .label_en = "Setting", .group = "system",
    .fields = fields, .n_fields = SET_N, .label_field = SET_LABEL, .state_field = -1, .sort = "id",
    .check = check,
};

/* --- reading --- */

enum rc setting_int(struct cx *cx, const char *name, int64_t *out)
{
    struct db_rows *r;
    bool found = false;
    enum rc rc = db_query(cx->db, "SELECT value FROM parameter WHERE name = :name",
                          BINDS(B_TEXT("name", name)), &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r) && !db_null(r, 0)) {
        *out = strtoll(db_text(r, 0), NULL, 10);
        found = true;
    }
    rc = cx_db(cx, db_end(r));
    if (rc || found)
        return rc;
    return FAIL(cx, RC_INTERNAL, name, "缺少参数 {name}", "setting {name} is missing", "name", name);
}

enum rc setting_text(struct cx *cx, const char *name, const char **out)
{
    struct db_rows *r;
    *out = NULL;
    enum rc rc = cx_db(cx, db_query(cx->db, "SELECT value FROM parameter WHERE name = :name",
                                    BINDS(B_TEXT("name", name)), &r));
    if (rc)
        return rc;
    if (db_next(r))
        *out = arena_strdup(cx->a, db_text(r, 0));
    return cx_db(cx, db_end(r));
}

enum rc policy_load(struct cx *cx, struct policy *out)
{
    struct {
        const char *name;
        int64_t *to, unit;
    } known[] = {{"password_days", &out->password_age, DAY_MS},
                 {"login_failures", &out->failures, 1},
                 {"login_window_minutes", &out->failure_window, MINUTE_MS},
                 {"login_lock_minutes", &out->lock_time, MINUTE_MS},
                 {"session_idle_minutes", &out->idle, MINUTE_MS},
                 {"session_idle_admin_minutes", &out->idle_admin, MINUTE_MS},
                 {"session_hours", &out->longest, HOUR_MS},
                 {"session_most", &out->sessions, 1},
                 {"account_stale_days", &out->stale, DAY_MS}};
    struct db_rows *r;
    *out = (struct policy){0};
    enum rc rc = db_query(cx->db, "SELECT name, value FROM parameter WHERE area = 'security'", NO_BINDS, &r);
    if (rc)
        return cx_db(cx, rc);
    while (db_next(r)) {
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (!strcmp(known[i].name, db_text(r, 0)) && !db_null(r, 1))
                *known[i].to = strtoll(db_text(r, 1), NULL, 10) * known[i].unit;
        if (!strcmp(db_text(r, 0), "admin_addresses"))
            out->admin_addresses = arena_strdup(cx->a, db_text(r, 1));
    }
    return cx_db(cx, db_end(r));
}
