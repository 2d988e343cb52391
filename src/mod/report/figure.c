/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mod/report/report.h"

#define SOON_MS INT64_C(1800000) /* half an hour: time enough to do something about it */
#define OPEN "reported,registered,dispatched,accepted,arrived"

/* clang-format off */
static const struct figure figures[] = {
    {"orders_open",     "未恢复工单",   "Open orders",      "张", "warning", "dashboard", "work_order", "f=state.in." OPEN},
    {"orders_late",     "已超时限工单", "Late orders",      "张", "danger",  "dashboard", "work_order", "f=state.in." OPEN "&f=deadline_at.lt.{now}"},
    {"orders_soon",     "30 分钟内到期", "Due in 30 minutes", "张", "warning", "dashboard", "work_order", "f=state.in." OPEN "&f=deadline_at.ge.{now}&f=deadline_at.lt.{soon}"},
    {"orders_unassigned", "待派单",     "Not dispatched",   "张", "warning", "dashboard", "work_order", "f=state.in.reported,registered"},
    {"orders_to_confirm", "待确认",     "To be confirmed",  "张", "primary", "dashboard", "work_order", "f=state.in.restored,resolved"},
    {"clocks_overdue",  "超时时限",     "Overdue clocks",   "项", "danger",  "dashboard", "sla_clock",  "f=state.eq.overdue"},
    {"pauses_pending",  "暂停待确认",   "Pauses pending",   "项", "warning", "dashboard", "sla_pause", "f=state.eq.pending"},
    {"pauses_long",     "超过 24 小时未确认", "Pending for 24 h", "项", "danger", "dashboard", "sla_pause", "f=state.eq.pending&f=long_pending.eq.1"},
    {"repairs_waiting", "送修待审批",   "Repairs to approve", "张", "warning", "dashboard", "repair_request", "f=state.eq.filed"},
    {"spot_checks",     "待抽查工单",   "Spot checks",      "张", "warning", "dashboard", "work_order", "f=spot_check.eq.1&f=state.in.arrived,restored,resolved"},
    {"outages_open",    "中断中",       "Open outages",     "起", "danger",  "dashboard", "outage",     "f=state.eq.open"},
    {"assets_down",     "无响应设备",   "Devices down",     "台", "danger",  "dashboard", "asset",      "f=state.eq.in_use&f=health.in.down,partial"},
    {"assets_unknown",  "状态未知设备", "Devices unknown",  "台", "warning",    "dashboard", "asset",      "f=state.eq.in_use&f=health.eq.unknown"},
    {"assets_up",       "正常设备",     "Devices up",       "台", "success", "dashboard", "asset",      "f=state.eq.in_use&f=health.eq.up"},
    {"assets_in_use",   "在用设备",     "Devices in use",   "台", "info",    "dashboard|monthly", "asset", "f=state.eq.in_use"},
    {"orders_mine_late", "我的超时工单", "My late orders",  "张", "danger",  "dashboard", "work_order", "f=state.in." OPEN "&f=engineer_id.eq.{me}&f=deadline_at.lt.{now}", .may = "work_order.work"},
    {"orders_mine",     "我手上的工单", "My orders",        "张", "primary", "dashboard", "work_order", "f=state.in." OPEN "&f=engineer_id.eq.{me}", .may = "work_order.work"},
    {"changes_waiting", "待批台账变更", "Changes to decide", "张", "warning", "dashboard", "asset_change", "f=state.eq.proposed", .may = "asset_change.approve"},
    {"loans_out",       "借出备机",     "Loaners out",      "台", "info",    "dashboard", "loan",       "f=state.eq.out", .may = "loan.return"},
    {"parts_waiting",   "待处置旧件",   "Parts to dispose of", "件", "warning", "dashboard", "replaced_part", "f=state.in.taken,approved,repair", .may = "replaced_part.dispose"},
    {"accounts_roleless", "没有角色的账号", "Accounts without a role", "个", "warning", "dashboard", "user", "f=roles.null.1&f=state.eq.active", .may = "user.account"},
    {"accounts_active", "启用的账号",   "Active accounts",  "个", "info",    "dashboard", "user",       "f=state.eq.active", .may = "user.account"},
    {"webhooks_draft",  "待启用的事件推送", "Webhooks to activate", "个", "warning", "dashboard", "webhook", "f=state.eq.draft", .may = "webhook.activate"},
    {"letters_dead",    "未送达的推送", "Undelivered events", "条", "danger", "dashboard", "dead_letter", "f=state.eq.dead", .may = "dead_letter.resend"},
    {"deliveries_dead", "未送达的通知", "Undelivered notices", "条", "danger", "dashboard", "notice_delivery", "f=state.eq.dead", .may = "notice_delivery.resend"},
    {"gap_no_ip",       "没有IP地址",   "No IP address",    "台", "warning", "ledger", "asset_gap", "f=type.eq.no_ip"},
    {"gap_no_site",     "没有站点",     "No site",          "台", "warning", "ledger", "asset_gap", "f=type.eq.no_site"},
    {"gap_no_unit",     "没有使用部门", "No unit",          "台", "warning", "ledger", "asset_gap", "f=type.eq.no_unit"},
    {"gap_no_photo",    "没有照片",     "No photo",         "台", "info",    "ledger", "asset_gap", "f=type.eq.no_photo"},
    {"gap_no_coordinates", "没有坐标",  "No coordinates",   "台", "warning", "ledger", "asset_gap", "f=type.eq.no_coordinates"},
    {"gap_no_uplink",   "没有上联",     "No uplink",        "台", "warning", "ledger", "asset_gap", "f=type.eq.no_uplink"},
    {"gap_never_seen",  "从未监测到",   "Never seen",       "台", "danger",  "ledger", "asset_gap", "f=type.eq.never_seen"},
    {"files_complete",  "建档完整",     "Files complete",   "台", "success", "ledger", "camera_file", "f=complete.eq.1"},
    {"files_incomplete", "建档缺项",    "Files incomplete", "台", "warning", "ledger", "camera_file", "f=complete.eq.0"},
    {"file_rate",       "建档率",       "Files filed",      "%",  "primary", "ledger", .part = "files_complete", .whole = "files_incomplete"},
    {"drift_added",     "期间新增",     "Added",            "台", "primary", "ledger", "asset_drift", "f=direction.eq.added"},
    {"drift_removed",   "期间减少",     "Removed",          "台", "warning", "ledger", "asset_drift", "f=direction.eq.removed"},
    {"drift_undocumented", "增减无变更单", "Without a change", "台", "danger", "ledger", "asset_drift", "f=change_id.null.1"},
    {"duplicates",      "疑似重复",     "Possible duplicates", "组", "warning", "ledger", "duplicate_group", ""},
    {"changes_open",    "待批变更",     "Changes to decide", "张", "primary", "ledger", "asset_change", "f=state.eq.proposed"},
    {"parts_open",      "待处置旧件",   "Parts to dispose of", "件", "warning", "ledger", "replaced_part", "f=state.in.taken,approved,repair"},
    {"orders_month",    "工单总数",     "Orders",           "张", "info",    "monthly", "work_order", "f=started_at.ge.{from}&f=started_at.lt.{to}&f=state.ne.cancelled&f=parent_id.null.1"},
    {"orders_office",   "其中：基础办公 IT", "Office IT",   "张", "info",    "monthly", "work_order", "f=started_at.ge.{from}&f=started_at.lt.{to}&f=state.ne.cancelled&f=parent_id.null.1&f=line.eq.office_it"},
    {"orders_video",    "其中：社区视频", "Community video", "张", "info",   "monthly", "work_order", "f=started_at.ge.{from}&f=started_at.lt.{to}&f=state.ne.cancelled&f=parent_id.null.1&f=line.eq.community_video"},
    {"orders_monitor",  "自主发现（监控）", "Found by monitoring", "张", "info", "monthly", "work_order", "f=started_at.ge.{from}&f=started_at.lt.{to}&f=state.ne.cancelled&f=parent_id.null.1&f=channel.eq.monitor"},
    {"orders_done",     "已确认或关闭", "Confirmed or closed", "张", "success", "monthly", "work_order", "f=started_at.ge.{from}&f=started_at.lt.{to}&f=parent_id.null.1&f=state.in.confirmed,closed"},
    {"orders_left",     "尚未恢复",     "Not restored",     "张", "warning", "monthly", "work_order", "f=started_at.ge.{from}&f=started_at.lt.{to}&f=parent_id.null.1&f=state.in." OPEN},
    {"orders_excluded", "合同外事项",   "Outside the contract", "张", "info", "monthly", "work_order", "f=started_at.ge.{from}&f=started_at.lt.{to}&f=state.ne.cancelled&f=excluded_reason.null.0"},
    {"orders_carrier",  "运营商责任",   "Carrier's",        "张", "info",    "monthly", "work_order", "f=started_at.ge.{from}&f=started_at.lt.{to}&f=state.ne.cancelled&f=cause_party.eq.carrier"},
    {"orders_reopened", "返修工单",     "Reopened",         "张", "warning", "monthly", "work_order", "f=started_at.ge.{from}&f=started_at.lt.{to}&f=reopen_count.ge.1"},
    {"orders_merged",   "并入的重复报修", "Duplicates",     "张", "info",    "monthly", "work_order", "f=started_at.ge.{from}&f=started_at.lt.{to}&f=parent_id.null.0"},
    {"outages_month",   "中断起数",     "Outages",          "起", "info",    "monthly", "outage",     "f=started_at.ge.{from}&f=started_at.lt.{to}&f=state.ne.merged"},
    {"affected_month",  "受影响设备次数", "Affected devices", "台次", "info", "monthly", "outage_asset", "f=dark_from_at.ge.{from}&f=dark_from_at.lt.{to}"},
    {"clocks_met",      "达标时限",     "Clocks met",       "项", "success", "monthly", "sla_clock",  "f=deadline_month.eq.{month}&f=state.eq.met&f=pending.eq.0&f=internal.eq.0"},
    {"clocks_missed",   "未达标时限",   "Clocks missed",    "项", "danger",  "monthly", "sla_clock",  "f=deadline_month.eq.{month}&f=state.in.missed,overdue&f=pending.eq.0&f=internal.eq.0"},
    {"clocks_running",  "计时中",       "Clocks running",   "项", "info",    "monthly", "sla_clock",  "f=deadline_month.eq.{month}&f=state.in.running,paused&f=pending.eq.0&f=internal.eq.0"},
    {"clocks_pending",  "暂停待甲方确认", "Pause pending",   "项", "warning", "monthly", "sla_clock",  "f=deadline_month.eq.{month}&f=state.in.running,paused,overdue,met,missed&f=pending.eq.1&f=internal.eq.0"},
    {"clocks_carried",  "以前月份转入未停", "Carried over",  "项", "danger",  "monthly", "sla_clock",  "f=deadline_month.lt.{month}&f=state.eq.overdue&f=internal.eq.0"},
    {"clock_rate",      "合同时限达标率", "Contract clocks met", "%", "primary", "monthly", .part = "clocks_met", .whole = "clocks_missed"},
    {"internal_met",    "内部目标达标", "Internal targets met", "项", "success", "monthly", "sla_clock", "f=deadline_month.eq.{month}&f=state.eq.met&f=pending.eq.0&f=internal.eq.1"},
    {"internal_missed", "内部目标未达标", "Internal targets missed", "项", "danger", "monthly", "sla_clock", "f=deadline_month.eq.{month}&f=state.in.missed,overdue&f=pending.eq.0&f=internal.eq.1"},
};
/* clang-format on */
#define N_FIGURES ((int)(sizeof figures / sizeof *figures))

static bool in_set(const struct figure *f, const char *set)
{
    size_t n = strlen(set);
    const char *s = strstr(f->sets, set);
    return s && (s == f->sets || s[-1] == '|') && (!s[n] || s[n] == '|');
}

struct period {
    const char *month;
    int64_t from, to;
};

/* "2026-05" to its first instant and that of the next month, Beijing. */
static enum rc period_of(struct cx *cx, const char *month, struct period *out)
{
    struct date first;
    *out = (struct period){.month = month};
    if (!month)
        return RC_OK;
    if (strlen(month) != 7 || !date_parse(arena_printf(cx->a, "%s-01", month), &first))
        return FAIL(cx, RC_INVALID, "month", "月份应写成 2026-05", "a month is written 2026-05");
    out->from = instant_at(first, 0).ms;
    out->to = instant_at(date_add_months(first, 1), 0).ms;
    return RC_OK;
}

static const char *fill(struct cx *cx, const char *query, const struct period *p)
{
    struct buf b = {0};
    for (const char *s = query; *s; s++) {
        if (*s != '{') {
            buf_char(&b, *s);
            continue;
        }
        size_t n = strcspn(s, "}");
        if (!strncmp(s, "{from}", n + 1))
            buf_int(&b, p->from);
        else if (!strncmp(s, "{to}", n + 1))
            buf_int(&b, p->to);
        else if (!strncmp(s, "{month}", n + 1))
            buf_text_add(&b, p->month ? p->month : "");
        else if (!strncmp(s, "{me}", n + 1))
            buf_int(&b, cx->actor.user_id);
        else if (!strncmp(s, "{soon}", n + 1))
            buf_int(&b, cx->now.ms + SOON_MS);
        else
            buf_int(&b, cx->now.ms);
        s += n;
    }
    const char *out = arena_strdup(cx->a, buf_text(&b));
    buf_free(&b);
    return out;
}

static enum rc count_figure(struct cx *cx, const struct figure *f, const struct period *p,
                            struct figure_value *out)
{
    struct query q;
    int64_t n = 0;
    const struct kind *k = record_kind(f->kind);
    out->query = fill(cx, f->query, p);
    enum rc rc = query_parse(cx, out->query, &q);
    if (!rc)
        rc = record_count(cx, k, &q, &n);
    out->value = (double)n;
    return rc;
}

static const struct figure_value *value_of(const struct figure_value *v, int n, const char *id)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(v[i].figure->id, id))
            return &v[i];
    return NULL;
}

/* met / (met + missed), two decimals; nothing in the population is "—", never 100 % (3.4 rule 9). */
static void rate(struct figure_value *out, const struct figure_value *v, int n)
{
    const struct figure_value *met = value_of(v, n, out->figure->part),
                              *missed = value_of(v, n, out->figure->whole);
    double all = met && missed ? met->value + missed->value : 0;
    out->null = !(all > 0);
    if (!out->null)
        out->value = round(10000 * met->value / all) / 100;
}

enum rc figure_values(struct cx *cx, const char *set, const char *month, struct figure_value **out,
                      int *n)
{
    struct period p;
    enum rc rc = period_of(cx, month, &p);
    if (!rc && strcmp(set, "dashboard") && strcmp(set, "monthly") && strcmp(set, "ledger"))
        rc = FAIL(cx, RC_INVALID, "set", "set 只能是 dashboard、monthly 或 ledger", "set is dashboard, monthly or ledger");
    if (!rc && !strcmp(set, "monthly") && !month)
        rc = FAIL(cx, RC_INVALID, "month", "请给出月份，如 2026-05", "month is required, e.g. 2026-05");
    *out = ARENA_NEW(cx->a, struct figure_value, N_FIGURES);
    *n = 0;
    for (int i = 0; i < N_FIGURES && !rc; i++) {
        const struct figure *f = &figures[i];
        struct figure_value v = {.figure = f};
        if (!in_set(f, set) || (f->may && !cx_may(cx, f->may)) || (f->kind && !cx_may(cx, arena_printf(cx->a, "%s.read", f->kind))))
            continue;
        if (f->kind)
            rc = count_figure(cx, f, &p, &v);
        else
            rate(&v, *out, *n);
        (*out)[(*n)++] = v;
    }
    return rc;
}

enum rc figure_json_part(struct cx *cx, const char *set, const char *month, struct jw *w)
{
    struct figure_value *v;
    int n;
    enum rc rc = figure_values(cx, set, month, &v, &n);
    if (rc)
        return rc;
    jw_ki(w, "as_of", cx->now.ms);
    if (month)
        jw_kt(w, "month", month);
    jw_key(w, "figures");
    jw_array(w);
    for (int i = 0; i < n; i++) {
        const struct figure *f = v[i].figure;
        jw_object(w);
        jw_kt(w, "id", f->id);
        jw_kt(w, "label", f->label);
        jw_kt(w, "label_en", f->label_en);
        jw_key(w, "value");
        if (v[i].null)
            jw_null(w);
        else
            jw_float(w, v[i].value);
        jw_kt(w, "unit", f->unit);
        jw_kt(w, "tone", f->tone);
        jw_kt(w, "kind", f->kind);
        jw_kt(w, "query", v[i].query);
        jw_end_object(w);
    }
    jw_end_array(w);
    return RC_OK;
}

enum rc figure_json(struct cx *cx, const char *set, const char *month, struct jw *w)
{
    jw_object(w);
    enum rc rc = figure_json_part(cx, set, month, w);
    jw_end_object(w);
    return rc;
}
