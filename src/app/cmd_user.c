/* SPDX-License-Identifier: Apache-2.0 */
/* shouwang user, shouwang setting: accounts and settings from the console, also beside a running serve; what
 * they change is journalled as "console". */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "core/account.h"
#include "core/setting.h"

/* One line from standard input without its line end. */
static bool read_password(char *out, size_t size)
{
    if (!fgets(out, (int)size, stdin)) {
        fprintf(stderr, "错误：标准输入里没有密码\n");
        return false;
    }
    out[strcspn(out, "\r\n")] = 0;
    return true;
}

struct user_args {
    const char *verb, *login, *role, *unit, *name;
    bool no_must_change;
    char password[256];
};

/* login, state, roles, last login: what recovery needs to know. */
static enum rc list_users(struct cx *cx)
{
    struct db_rows *r;
    enum rc rc = db_query(cx->db,
                          "SELECT login, state, roles, last_login_at, name, retired_at FROM account ORDER BY login",
                          NO_BINDS, &r);
    if (rc)
        return cx_db(cx, rc);
    while (db_next(r)) {
        char at[INSTANT_TEXT] = "-";
        if (!db_null(r, 3))
            instant_minute_text((struct instant){db_int(r, 3)}, at);
        printf("%-16s %-9s %-30s %-17s %s\n", db_text(r, 0), db_null(r, 5) ? db_text(r, 1) : "retired",
               db_null(r, 2) ? "-" : db_text(r, 2), at, db_text(r, 4));
    }
    return cx_db(cx, db_end(r));
}

static enum rc run_user(struct cx *cx, const struct user_args *a)
{
    int64_t id;
    if (!strcmp(a->verb, "list"))
        return list_users(cx);
    if (!strcmp(a->verb, "add"))
        return account_add(cx, a->login, a->name ? a->name : a->login, a->role, a->unit, a->password,
                           !a->no_must_change);
    if (!strcmp(a->verb, "lock"))
        return account_set_state(cx, a->login, "disabled");
    if (!strcmp(a->verb, "unlock"))
        return account_set_state(cx, a->login, "active");
    enum rc rc = account_by_login(cx, a->login, &id);
    return rc ? rc
              : account_set_password(cx, id, NULL, a->password, !a->no_must_change, 0);
}

int cmd_user(int argc, char **argv)
{
    struct console c;
    struct app_options o;
    struct user_args a = {.role = option_take(&argc, argv, "--role"),
                          .unit = option_take(&argc, argv, "--unit"),
                          .name = option_take(&argc, argv, "--name"),
                          .no_must_change = flag_take(&argc, argv, "--no-must-change")};
    bool from_stdin = flag_take(&argc, argv, "--password-stdin");
    if (!app_options_take(&argc, argv, &o, true) || !options_end(argc, argv))
        return 2;
    const char *verb = argc ? argv[0] : "";
    bool add = !strcmp(verb, "add"), passwd = !strcmp(verb, "passwd"), list = !strcmp(verb, "list");
    if (argc != (list ? 1 : 2) || !(add || passwd || list || !strcmp(verb, "lock") || !strcmp(verb, "unlock"))) {
        fprintf(stderr, "用法：shouwang user add LOGIN --role ROLE [--name 姓名] [--unit 单位] --password-stdin "
                        "[--no-must-change] --data DIR\n"
                        "      shouwang user lock|unlock|passwd LOGIN [--password-stdin] --data DIR\n"
                        "      shouwang user list --data DIR\n");
        return 2;
    }
    if ((add && !a.role) || ((add || passwd) && !from_stdin)) {
        fprintf(stderr, "错误：缺少 %s\n", add && !a.role ? "--role" : "--password-stdin");
        return 2;
    }
    a.verb = argv[0];
    a.login = list ? NULL : argv[1];
    if ((add || passwd) && !read_password(a.password, sizeof a.password))
        return 2;
    if (!console_open(&c, &o, false))
        return 1;
    return console_exit(&c, run_user(&c.cx, &a));
}

/* --- shouwang setting --- */

static enum rc list_settings(struct cx *cx)
{
    struct db_rows *r;
    enum rc rc = db_query(cx->db, "SELECT name, value, unit, label FROM parameter ORDER BY id", NO_BINDS, &r);
    if (rc)
        return cx_db(cx, rc);
    while (db_next(r))
        printf("%-28s %-12s %-6s %s\n", db_text(r, 0), db_null(r, 1) ? "-" : db_text(r, 1),
               db_null(r, 2) ? "" : db_text(r, 2), db_text(r, 3));
    return cx_db(cx, db_end(r));
}

/* value "-" clears: a range of addresses that shut everybody out is taken back here. */
static enum rc set_setting(struct cx *cx, const char *name, const char *value)
{
    struct row *row;
    enum rc rc = record_find(cx, &setting_kind, 0, name, &row);
    if (rc == RC_NOT_FOUND)
        return FAIL(cx, RC_NOT_FOUND, "name", "没有参数“{name}”", "no setting {name}", "name", name);
    if (rc)
        return rc;
    json_t *in = strcmp(value, "-") ? json_pack("{s:I,s:s}", "rev", (json_int_t)row->rev, "value", value)
                                    : json_pack("{s:I,s:n}", "rev", (json_int_t)row->rev, "value");
    if (!in)
        return FAIL(cx, RC_INVALID, "value", "值应为 UTF-8 文字", "the value must be UTF-8 text");
    rc = record_patch(cx, &setting_kind, row->id, in, &row);
    json_decref(in);
    return rc;
}

int cmd_setting(int argc, char **argv)
{
    struct console c;
    struct app_options o;
    if (!app_options_take(&argc, argv, &o, true) || !options_end(argc, argv))
        return 2;
    bool list = argc == 1 && !strcmp(argv[0], "list");
    if (!list && !(argc == 3 && !strcmp(argv[0], "set"))) {
        fprintf(stderr, "用法：shouwang setting list --data DIR\n"
                        "      shouwang setting set NAME VALUE|- --data DIR\n");
        return 2;
    }
    if (!console_open(&c, &o, false))
        return 1;
    return console_exit(&c, list ? list_settings(&c.cx) : set_setting(&c.cx, argv[1], argv[2]));
}
