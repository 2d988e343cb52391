/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "mod/asset/asset.h"
#include "mod/words.h"
#include "mod/work_order/order_int.h"

/* clang-format off */
static const struct option types[] = {
    {"incident",        "事件",     "Incident",        "danger"},
    {"service_request", "服务请求", "Service request", "primary"},
    {NULL}};
static const struct option channels[] = {
    {"phone",      "电话",     "Phone",      NULL},
    {"chat",       "微信",     "Chat",       NULL},
    {"qr",         "扫码",     "QR code",    NULL},
    {"on_site",    "现场",     "On site",    NULL},
    {"inspection", "巡检",     "Inspection", NULL},
    {"monitor",    "监控告警", "Monitor",    "warning"},
    {"web",        "网页",     "Web",        NULL},
    {"superior",   "上级交办", "Superior",   NULL},
    {NULL}};
static const struct option states[] = {
    {"reported",   "待受理", "Reported",   "warning"},
    {"registered", "待派单", "Registered", "warning"},
    {"dispatched", "已派单", "Dispatched", "primary"},
    {"accepted",   "已接单", "Accepted",   "primary"},
    {"arrived",    "已到场", "Arrived",    "primary"},
    {"restored",   "已恢复", "Restored",   "success"},
    {"resolved",   "已修复", "Resolved",   "success"},
    {"confirmed",  "已确认", "Confirmed",  "success"},
    {"closed",     "已关闭", "Closed",     "info"},
    {"cancelled",  "已取消", "Cancelled",  "info"},
    {"merged",     "已合并", "Merged",     "info"},
    {NULL}};
static const struct option impacts[] = {
    {"person",   "个人",       "One person",  NULL},
    {"office",   "一个办公室", "An office",   NULL},
    {"site",     "一个站点",   "A site",      "warning"},
    {"sites",    "多个站点",   "Several sites", "danger"},
    {"district", "全街道",     "The district", "danger"},
    {NULL}};
static const struct option urgencies[] = {
    {"low", "低", "Low", NULL}, {"normal", "中", "Normal", NULL}, {"high", "高", "High", "danger"}, {NULL}};
static const struct option proofs[] = {
    {"monitor", "监控正常 10 分钟", "Monitor", "success"},
    {"user",    "用户确认",         "User",    "success"},
    {"handoff", "合规移交",         "Handed off", "primary"},
    {"loaner",  "备机替代",         "Loaner",  "primary"},
    {NULL}};
const struct option verdict_options[] = {
    {"no_fault", "非故障",   "Not a fault", "info"},
    {"hardware", "硬件故障", "Hardware",    "warning"},
    {NULL}};
const struct option party_options[] = {
    {"ours",       "我方维护范围", "Ours",       NULL},
    {"carrier",    "运营商",       "Carrier",    "warning"},
    {"vendor",     "原厂",         "Vendor",     NULL},
    {"user",       "使用不当",     "User",       NULL},
    {"site_power", "现场停电",     "Site power", NULL},
    {"external",   "外力",         "External force", "danger"},
    {"none",       "无",           "None",       NULL},
    {NULL}};
/* C-044 */
const struct option excluded_options[] = {
    {"a", "改线增线、更换语音模块",   "Re-routing or adding lines, voice modules", NULL},
    {"b", "使用不当或不可抗力损坏",   "Misuse or force majeure", NULL},
    {"c", "非正常磨损",               "Abnormal wear",           NULL},
    {"d", "正常磨损与老化",           "Normal wear and ageing",  NULL},
    {"e", "话机损坏",                 "Broken handsets",         NULL},
    {"f", "搬迁",                     "Relocation",              NULL},
    {NULL}};

static const struct field fields[] = {
    [WO_NO]           = {"no",            "工单号",   "No.",        F_TEXT,    REQ | RO | FIND | LIST | UNIQUE},
    [WO_TITLE]        = {"title",         "故障现象", "Title",      F_TEXT,    REQ | FIND | LIST, 2, 200},
    [WO_TYPE]         = {"type",          "类型",     "Type",       F_ENUM,    REQ | ONCE, .opts = types, .initial = "incident"},
    [WO_LINE]         = {"line",          "服务线",   "Line",       F_ENUM,    REQ | LIST | ONCE, .opts = line_options, .initial = "office_it"},
    [WO_CHANNEL]      = {"channel",       "来源",     "Channel",    F_ENUM,    REQ | LIST | ONCE, .opts = channels, .initial = "web"},
    [WO_STATE]        = {"state",         "状态",     "State",      F_ENUM,    REQ | RO | LIST, .opts = states, .initial = "reported"},
    [WO_GRADE]        = {"grade",         "级别",     "Grade",      F_ENUM,    REQ | ONCE, .opts = grade_options, .initial = "general"},
    [WO_EMERGENCY]    = {"emergency",     "应急",     "Emergency",  F_BOOL,    REQ | ONCE, .initial = "0"},
    [WO_EMERGENCY_AT] = {"emergency_at",  "应急起算", "Emergency since", F_INSTANT, RO},
    [WO_SITE]         = {"site_id",       "站点",     "Site",       F_REF,     FIND | LIST, .ref = "site"},
    [WO_ASSET]        = {"asset_id",      "设备",     "Asset",      F_REF,     FIND | LIST | ONCE, .ref = "asset"},
    [WO_OUTAGE]       = {"outage_id",     "中断",     "Outage",     F_REF,     RO, .ref = "outage"},
    [WO_SYMPTOM]      = {"symptom",       "详细说明", "Symptom",    F_TEXT,    LONG, 1, 2000},
    [WO_REPORTER]     = {"reporter_id",   "报修人账号", "Reporter account", F_REF, RO, .ref = "user"},
    [WO_REPORTER_NAME] = {"reporter_name", "报修人",  "Reporter",   F_TEXT,    0, 1, 40},
    [WO_REPORTER_PHONE] = {"reporter_phone", "联系电话", "Phone",   F_TEXT,    PERSON, 3, 20, .see = "work_order.phone"},
    [WO_ENGINEER]     = {"engineer_id",   "处理人",   "Engineer",   F_REF,     RO | LIST, .ref = "user"},
    [WO_STARTED]      = {"started_at",    "起算时间", "Clock start", F_INSTANT, REQ | RO | LIST},
    [WO_REPORTED]     = {"reported_at",   "报修时间", "Reported",   F_INSTANT, RO},
    [WO_DETECTED]     = {"detected_at",   "发现时间", "Detected",   F_INSTANT, RO},
    [WO_REGISTERED]   = {"registered_at", "受理时间", "Registered", F_INSTANT, RO},
    [WO_DISPATCHED]   = {"dispatched_at", "派单时间", "Dispatched", F_INSTANT, RO},
    [WO_ACCEPTED]     = {"accepted_at",   "接单时间", "Accepted",   F_INSTANT, RO},
    [WO_PLAN_TOLD]    = {"plan_told_at",  "告知时间", "Plan told",  F_INSTANT, RO},
    [WO_ARRIVED]      = {"arrived_at",    "到场时间", "Arrived",    F_INSTANT, RO},
    [WO_RESTORED]     = {"restored_at",   "恢复时间", "Restored",   F_INSTANT, RO},
    [WO_RESOLVED]     = {"resolved_at",   "修复时间", "Resolved",   F_INSTANT, RO},
    [WO_CONFIRMED]    = {"confirmed_at",  "确认时间", "Confirmed",  F_INSTANT, RO},
    [WO_CLOSED]       = {"closed_at",     "关闭时间", "Closed",     F_INSTANT, RO},
    [WO_DEADLINE]     = {"deadline_at",   "最近截止", "Next deadline", F_INSTANT, RO | LIST},
    [WO_PRESENCE]     = {"presence",      "到位说明", "Presence",   F_TEXT,    RO},
    [WO_CAUSE]        = {"cause",         "故障原因", "Cause",      F_TEXT,    RO},
    [WO_RESULT]       = {"result",        "处理结果", "Result",     F_TEXT,    RO | LONG},
    [WO_BEFORE]       = {"before_photos", "处理前照片", "Before",   F_FILES,   ONCE | IMAGE, .help = "报修时可附照片"},
    [WO_AFTER]        = {"after_photos",  "处理后照片", "After",    F_FILES,   RO | IMAGE},
    [WO_RATING]       = {"rating",        "满意度",   "Rating",     F_INT,     RO},
    [WO_CONFIRM_NOTE] = {"confirm_note",  "确认意见", "Confirmation note", F_TEXT, RO | LONG},
    [WO_IN_DUTY]      = {"in_duty",       "值守期间", "In duty",    F_BOOL,    REQ | RO, .initial = "0"},
    [WO_IMPACT]       = {"impact",        "影响范围", "Impact",     F_ENUM,    0, .opts = impacts},
    [WO_URGENCY]      = {"urgency",       "紧急程度", "Urgency",    F_ENUM,    0, .opts = urgencies},
    [WO_PARENT]       = {"parent_id",     "主工单",   "Main order", F_REF,     ONCE, .ref = "work_order", .help = "重复报修：随主工单处理和计时，不另计数"},
    [WO_REPEAT_OF]    = {"repeat_of_id",  "前次工单", "Repeats",    F_REF,     ONCE, .ref = "work_order"},
    [WO_REOPENED]     = {"reopened_at",   "返修时间", "Reopened",   F_INSTANT, RO},
    [WO_REOPENS]      = {"reopen_count",  "返修次数", "Reopened times", F_INT, REQ | RO, .initial = "0"},
    [WO_HELPER]       = {"helper_id",     "协助人",   "Helper",     F_REF,     RO, .ref = "user"},
    [WO_HELPER2]      = {"helper2_id",    "协助人二", "Second helper", F_REF,  RO, .ref = "user"},
    [WO_VERDICT]      = {"verdict",       "判定",     "Verdict",    F_ENUM,    RO, .opts = verdict_options},
    [WO_CAUSE_PARTY]  = {"cause_party",   "责任归属", "Cause lies with", F_ENUM, RO, .opts = party_options},
    [WO_EXCLUDED]     = {"excluded_reason", "合同外原因", "Excluded", F_ENUM,  RO, .opts = excluded_options},
    [WO_QUOTE]        = {"excluded_quote_fen", "合同外报价", "Quote", F_FEN,   RO},
    [WO_PROOF]        = {"restore_proof", "恢复依据", "Proof of restore", F_ENUM, RO, .opts = proofs},
    [WO_PROGRESS]     = {"progress_at",   "最近进展", "Last progress", F_INSTANT, RO},
    [WO_PROGRESS_DUE] = {"progress_due_at", "下次进展", "Progress due", F_INSTANT, RO},
    [WO_SPOT_CHECK]   = {"spot_check",    "抽查",     "Spot check", F_BOOL,    REQ | RO, .initial = "0"},
    [WO_LATE_REASON]  = {"late_reason",   "超时原因", "Why late",   F_TEXT,    RO | LONG},
    [WO_PROPOSAL]     = {"proposal",      "工程师建议", "Proposal", F_TEXT,    RO | LONG},
    [WO_AUTO_CLOSED]  = {"auto_closed",   "自动关闭", "Closed by itself", F_BOOL, REQ | RO, .initial = "0"},
};

/* clang-format on */

enum rc refresh_deadline(struct cx *cx, struct row *row)
{
    int64_t at = 0;
    enum rc rc = sla_next_deadline(cx, row->id, &at);
    if (at)
        row_int(row, WO_DEADLINE, at);
    else
        row_null(row, WO_DEADLINE);
    return rc;
}

enum rc deadline_follows(struct cx *cx, int64_t work_order_id)
{
    struct row *old;
    enum rc rc = record_load(cx, &work_order_kind, work_order_id, &old);
    if (rc)
        return rc;
    struct row *row = record_copy(cx, old);
    rc = refresh_deadline(cx, row);
    const struct value *a = &old->v[WO_DEADLINE], *b = &row->v[WO_DEADLINE];
    bool same = a->null == b->null && (a->null || a->i == b->i);
    return rc || same ? rc : record_update(cx, old, row, "clock");
}

enum rc progress_due(struct cx *cx, struct row *row, int64_t from)
{
    int64_t every;
    enum rc rc = sla_reminder_ms(cx, "report", &every);
    if (every)
        row_int(row, WO_PROGRESS_DUE, from + every);
    else
        row_null(row, WO_PROGRESS_DUE);
    return rc;
}

/* PREFIX-20260508-0001, counted per Beijing day (F-01). */
enum rc order_next_no(struct cx *cx, const char *prefix, const char **out)
{
    char day[DATE_TEXT];
    int64_t n = 0;
    date_text(civil_date(cx->now), day);
    const char *compact = arena_printf(cx->a, "%.4s%.2s%.2s", day, day + 5, day + 8);
    const char *counter = strcmp(prefix, "YW") ? prefix : "work-order";
    enum rc rc =
        db_int_of(cx->db,
                  "INSERT INTO counter (name, value) VALUES (:name, 1)"
                  " ON CONFLICT (name) DO UPDATE SET value = counter.value + 1"
                  " RETURNING value",
                  BINDS(B_TEXT("name", arena_printf(cx->a, "%s-%s", counter, compact))), &n);
    *out = arena_printf(cx->a, "%s-%s-%04d", prefix, compact, (int)n);
    return cx_db(cx, rc);
}

/* Line and site of a reported order follow its asset. */
static enum rc follow_asset(struct cx *cx, struct row *row)
{
    struct row *asset;
    if (row->v[WO_ASSET].null)
        return RC_OK;
    enum rc rc = record_load(cx, &asset_kind, row->v[WO_ASSET].i, &asset);
    if (rc)
        return rc;
    row->v[WO_LINE] = asset->v[ASSET_LINE];
    if (row->v[WO_SITE].null)
        row->v[WO_SITE] = asset->v[ASSET_SITE];
    return RC_OK;
}

static enum rc set_no(struct cx *cx, struct row *row)
{
    const char *no;
    enum rc rc = order_next_no(cx, "YW", &no);
    row_text(row, WO_NO, no);
    return rc;
}

static enum rc reported_now(struct cx *cx, struct row *row)
{
    bool desk = cx_may(cx, "work_order.register");
    row_text(row, WO_STATE, desk ? "registered" : "reported");
    if (desk)
        row_int(row, WO_REGISTERED, cx->now.ms);
    else
        row_int(row, WO_REPORTER, cx->actor.user_id);
    if (!desk && row->v[WO_REPORTER_NAME].null)
        row_text(row, WO_REPORTER_NAME, cx->actor.name);
    row_int(row, WO_STARTED, cx->now.ms);
    row_int(row, WO_REPORTED, cx->now.ms);
    if (!row->v[WO_EMERGENCY].i)
        return RC_OK;
    row_int(row, WO_EMERGENCY_AT, whole_second(cx->now.ms));
    return progress_due(cx, row, cx->now.ms);
}

/* The facts of t0 that a later change of the roster must not change. Clocks count whole seconds:
 * what was reported in the second of 16:00:00 is due at 18:00:00 and not on the next morning. */
static enum rc facts_at_start(struct cx *cx, struct row *row)
{
    bool in_duty;
    row_int(row, WO_STARTED, whole_second(row->v[WO_STARTED].i));
    enum rc rc =
        sla_in_duty(cx, row->v[WO_LINE].s, (struct instant){row->v[WO_STARTED].i}, &in_duty);
    row_int(row, WO_IN_DUTY, in_duty);
    return rc;
}

static enum rc check(struct cx *cx, const struct row *old, struct row *row)
{
    if (old)
        return RC_OK;
    if (!strcmp(row->v[WO_CHANNEL].s, "monitor"))
        return FAIL(cx, RC_INVALID, "channel", "“监控告警”来源的工单由系统建立",
                    "orders of channel monitor are made by the system");
    enum rc rc = follow_asset(cx, row);
    if (rc)
        return rc;
    rc = reported_now(cx, row);
    if (!rc)
        rc = facts_at_start(cx, row);
    if (!rc && !row->v[WO_PARENT].null)
        rc = merge_into(cx, row, row->v[WO_PARENT].i);
    return rc ? rc : set_no(cx, row);
}

/* A duplicate has no clocks of its own: it inherits those of its main order. */
static enum rc after(struct cx *cx, const struct row *old, struct row *row)
{
    if (old)
        return RC_OK;
    if (!row->v[WO_PARENT].null)
        return merged_after(cx, row);
    enum rc rc = sla_start(cx, row->id);
    return rc ? rc : deadline_follows(cx, row->id);
}

enum rc new_order(struct cx *cx, struct row *row)
{
    enum rc rc = facts_at_start(cx, row);
    if (!rc)
        rc = set_no(cx, row);
    if (!rc)
        rc = record_insert(cx, row, "create");
    return rc ? rc : after(cx, NULL, row);
}

const struct kind work_order_kind = {
    .name = "work_order",
    .export_reason = true,
    .label = "工单",
    .label_en = "Work order",
    .group = "order",
    .fields = fields,
    .n_fields = WO_N,
    .label_field = WO_NO,
    .state_field = WO_STATE,
    .flow = order_flow,
    .n_flow = N_FLOW,
    .scope = {.own = {"engineer_id", "reporter_id", "helper_id", "helper2_id"},
              .pool = "engineer_id",
              .site = "site_id",
              .line = "line"},
    .locked_in = "restored|resolved|confirmed|closed|cancelled|merged",
    .check = check,
    .after = after,
};
