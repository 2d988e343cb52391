/* SPDX-License-Identifier: Apache-2.0 */
#include "app/app.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/account.h"
#include "core/role.h"
#include "core/setting.h"
#include "mod/account_request/account_request.h"
#include "mod/alarm/alarm.h"
#include "mod/asset/asset.h"
#include "mod/contract/contract.h"
#include "mod/customer_visit/customer_visit.h"
#include "mod/notice/notice.h"
#include "mod/sla/sla.h"
#include "mod/sla_change/sla_change.h"
#include "mod/webhook/webhook.h"
#include "mod/work_order/work_order.h"

/* The one registry: a kind that stands here is stored, listed, permitted and served. */
static const struct kind *const kinds[] = {
    &work_order_kind,  &sla_clock_kind,   &outage_kind,       &outage_asset_kind,
    &alarm_kind,       &asset_kind,       &site_kind,         &uplink_kind,
    &asset_class_kind, &org_unit_kind,    &user_kind,         &sla_rule_kind,
    &calendar_day_kind, &office_hours_kind, &role_kind,        &role_permission_kind, &setting_kind,
    &import_batch_kind,
    &duty_shift_kind, &sla_pause_kind,    &calendar_version_kind,
    &sla_move_kind,     &work_order_step_kind, &work_order_asset_kind, &repair_request_kind,
    &loan_kind,         &stock_phrase_kind,
    &camera_kind,      &asset_place_kind, &asset_network_kind, &asset_power_kind,
    &asset_change_kind, &replaced_part_kind, &asset_gap_kind, &camera_file_kind,
    &census_kind,      &asset_drift_kind, &duplicate_group_kind, &asset_duplicate_kind,
    &not_duplicate_kind, &map_point_kind, &contract_kind,   &price_item_kind,
    &baseline_qty_kind, &key_period_kind, &duty_quota_kind, &contract_note_kind,
    &notice_kind,      &notice_rule_kind, &notice_setting_kind,
    &notice_channel_kind, &notice_delivery_kind,
    &webhook_kind,     &dead_letter_kind,  &customer_visit_kind, &account_request_kind, &sla_change_kind,
};

void app_register(void)
{
    record_register(kinds, (int)(sizeof kinds / sizeof *kinds));
}

enum rc app_prepare(struct cx *cx)
{
    enum rc rc = db_migrate(cx->db, business_sql, &cx->err);
    if (!rc)
        rc = record_views(cx, view_sql[0].text);
    return rc ? rc : record_check_schema(cx);
}

int print_err(const struct err *e, enum rc rc)
{
    if (!rc)
        return 0;
    fprintf(stderr, "错误：%s%s%s\n", e->zh[0] ? e->zh : rc_word(rc), e->field[0] ? "  字段：" : "",
            e->field);
    return rc == RC_INVALID || rc == RC_NOT_FOUND || rc == RC_CONFLICT ? 2 : 1;
}

bool output_ok(const char *path)
{
    struct stat st;
    if (lstat(path, &st) != 0 || S_ISREG(st.st_mode))
        return true;
    fprintf(stderr, "错误：%s 不是普通文件，不能写入；请给出文件名\n", path);
    return false;
}

bool console_open(struct console *c, const struct app_options *o, bool create)
{
    struct err e = {0};
    *c = (struct console){.o = *o};
    if (o->data && mkdir(o->data, 0700) && errno != EEXIST) {
        fprintf(stderr, "错误：不能建立数据目录 %s：%s\n", o->data, strerror(errno));
        return false;
    }
    if (!create && !o->db) {
        char path[4096];
        snprintf(path, sizeof path, "%s/shouwang.db", o->data);
        struct stat st;
        if (stat(path, &st)) {
            fprintf(stderr, "错误：%s 里还没有数据库，请先运行 shouwang init --data %s\n", o->data, o->data);
            return false;
        }
    }
    c->cx = (struct cx){.a = arena_new(), .now = instant_now(), .data_dir = o->data,
                        .actor = {.type = ACTOR_CONSOLE, .name = "console", .address = ""}};
    enum rc rc = db_open(o->data, o->db, DB_BUSINESS, DB_WRITE, &c->cx.db, &e);
    if (rc) {
        print_err(&e, rc);
        arena_free(c->cx.a);
        return false;
    }
    app_register();
    rc = app_prepare(&c->cx);
    if (!rc)
        return true;
    print_err(&c->cx.err, rc);
    console_close(c);
    return false;
}

void console_close(struct console *c)
{
    db_close(c->cx.db);
    arena_free(c->cx.a);
    *c = (struct console){.o = c->o};
}

int console_exit(struct console *c, enum rc rc)
{
    int code = print_err(&c->cx.err, rc);
    console_close(c);
    return code;
}

static void drop(int *argc, char **argv, int at, int n)
{
    for (int i = at; i + n <= *argc; i++)
        argv[i] = argv[i + n]; /* argv[argc] is NULL and moves along */
    *argc -= n;
}

const char *option_take(int *argc, char **argv, const char *name)
{
    for (int i = 0; i + 1 < *argc; i++)
        if (!strcmp(argv[i], name)) {
            const char *value = argv[i + 1];
            drop(argc, argv, i, 2);
            return value;
        }
    return NULL;
}

bool flag_take(int *argc, char **argv, const char *name)
{
    for (int i = 0; i < *argc; i++)
        if (!strcmp(argv[i], name)) {
            drop(argc, argv, i, 1);
            return true;
        }
    return false;
}

bool options_end(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (!strncmp(argv[i], "--", 2)) {
            fprintf(stderr, "错误：不认识的选项 %s（或它缺少值）\n", argv[i]);
            return false;
        }
    return true;
}

bool app_options_take(int *argc, char **argv, struct app_options *o, bool need_data)
{
    o->data = option_take(argc, argv, "--data");
    o->db = option_take(argc, argv, "--db");
    if (need_data && !o->data) {
        fprintf(stderr, "错误：请用 --data DIR 指定数据目录\n");
        return false;
    }
    return true;
}
