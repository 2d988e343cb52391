/* SPDX-License-Identifier: Apache-2.0 */
#include "mod/work_order/work_order.h"

#include <stdio.h>
#include <string.h>

#include "mod/asset/asset.h"
#include "mod/sla/sla.h"
#include "mod/words.h"

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
    [WO_BEFORE]       = {"before_photos", "处理前照片", "Before",   F_FILES,   RO | IMAGE},
    [WO_AFTER]        = {"after_photos",  "处理后照片", "After",    F_FILES,   RO | IMAGE},
    [WO_RATING]       = {"rating",        "满意度",   "Rating",     F_INT,     RO},
    [WO_CONFIRM_NOTE] = {"confirm_note",  "确认意见", "Confirmation note", F_TEXT, RO | LONG},
};

/* --- the forms of the steps --- */
static const struct field dispatch_input[] = {
    {"engineer_id", "处理人", "Engineer", F_REF, REQ, .ref = "user"}};
static const struct field accept_input[] = {
    {"plan", "告知报修人的处理计划", "Plan told to the reporter", F_TEXT, 0, 2, 500, .help = "有报修人的工单必填：响应以接单并告知计划为准"}};
static const struct field arrive_input[] = {
    {"presence",      "到位说明",   "Presence", F_TEXT,  0, 2, 200},
    {"before_photos", "处理前照片", "Before",   F_FILES, 0}};
static const struct field restore_input[] = {
    {"result",       "处理结果",   "Result", F_TEXT,  REQ | LONG, 2, 2000},
    {"cause",        "故障原因",   "Cause",  F_TEXT,  0, 2, 200},
    {"after_photos", "处理后照片", "After",  F_FILES, REQ}};
static const struct field resolve_input[] = {
    {"cause",  "故障原因", "Cause",  F_TEXT, REQ, 2, 200},
    {"result", "处理结果", "Result", F_TEXT, LONG, 2, 2000}};
static const struct field confirm_input[] = {
    {"rating",       "满意度（1-5）", "Rating 1-5", F_INT,  REQ, 1, 5, .initial = "5"},
    {"confirm_note", "确认意见",      "Note",       F_TEXT, LONG, 1, 500}};
static const struct field cancel_input[] = {
    {"result", "取消原因", "Reason", F_TEXT, REQ | LONG, 2, 500}};
/* clang-format on */

static enum rc refresh_deadline(struct cx *cx, struct row *row)
{
    int64_t at = 0;
    enum rc rc = sla_next_deadline(cx, row->id, &at);
    if (at)
        row_int(row, WO_DEADLINE, at);
    else
        row_null(row, WO_DEADLINE);
    return rc;
}

static enum rc stop_clock(struct cx *cx, struct row *row, const char *metric)
{
    enum rc rc = sla_stop(cx, row->id, metric, cx->now);
    return rc ? rc : refresh_deadline(cx, row);
}

static enum rc register_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    row_int(row, WO_REGISTERED, cx->now.ms);
    return RC_OK;
}

static enum rc dispatch_effect(struct cx *cx, struct row *row, const struct value *in)
{
    int64_t n = 0;
    enum rc rc = cx_db(cx, db_int_of(cx->db,
                                     "SELECT COUNT(*) FROM account u"
                                     " JOIN account_role a ON a.account_id = u.id"
                                     " JOIN role_permission p ON p.role = a.role"
                                     " WHERE u.id = :id AND u.state = 'active' AND u.retired_at IS NULL"
                                     " AND p.permission = 'work_order.work' AND p.scope <> 'none'",
                                     BINDS(B_INT("id", in[0].i)), &n));
    if (rc)
        return rc;
    if (!n)
        return FAIL(cx, RC_INVALID, "engineer_id", "这个人不是在用的工程师，不能派单给他", "no active engineer");
    row_int(row, WO_DISPATCHED, cx->now.ms);
    return RC_OK;
}

/* Response = accepted and the reporter knows a plan (C-127); a monitor has nobody to tell. */
static enum rc accept_effect(struct cx *cx, struct row *row, const struct value *in)
{
    bool monitor = !strcmp(row->v[WO_CHANNEL].s, "monitor");
    if (!monitor && in[0].null)
        return FAIL(cx, RC_INVALID, "plan", "请填写告知报修人的处理计划", "say what the reporter was told");
    if (row->v[WO_ENGINEER].null)
        row_int(row, WO_ENGINEER, cx->actor.user_id);
    row_int(row, WO_ACCEPTED, cx->now.ms);
    row_int(row, WO_PLAN_TOLD, cx->now.ms);
    return stop_clock(cx, row, "respond");
}

static enum rc arrive_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    row_int(row, WO_ARRIVED, cx->now.ms);
    return stop_clock(cx, row, "arrive");
}

static enum rc restore_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    row_int(row, WO_RESTORED, cx->now.ms);
    return stop_clock(cx, row, "restore");
}

static enum rc resolve_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    row_int(row, WO_RESOLVED, cx->now.ms);
    return stop_clock(cx, row, "resolve");
}

static enum rc confirm_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    row_int(row, WO_CONFIRMED, cx->now.ms);
    return RC_OK;
}

static enum rc close_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    row_int(row, WO_CLOSED, cx->now.ms);
    return RC_OK;
}

static enum rc cancel_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    enum rc rc = sla_cancel(cx, row->id);
    return rc ? rc : refresh_deadline(cx, row);
}

#define OPEN_STATES "reported|registered|dispatched|accepted|arrived"
#define FORM(x) .input = (x), .n_input = (int)(sizeof(x) / sizeof *(x))
/* clang-format off */
static const struct flow_step flow[] = {
    {"register", "受理", "Register", "reported", "registered", "work_order.register", .tone = "primary", .effect = register_effect},
    {"dispatch", "派单", "Dispatch", "registered|dispatched", "dispatched", "work_order.dispatch", FORM(dispatch_input), "primary", .effect = dispatch_effect},
    {"accept",   "接单", "Accept",   "dispatched", "accepted", "work_order.work", FORM(accept_input), "primary", .only = "engineer_id", .effect = accept_effect},
    {"accept",   "接单", "Accept",   "registered", "accepted", "work_order.claim", FORM(accept_input), "primary", .effect = accept_effect},
    {"arrive",   "到场", "Arrive",   "accepted", "arrived", "work_order.work", FORM(arrive_input), "primary", .only = "engineer_id", .effect = arrive_effect},
    {"restore",  "恢复", "Restore",  "accepted|arrived", "restored", "work_order.work", FORM(restore_input), "success", .only = "engineer_id", .effect = restore_effect},
    {"resolve",  "修复", "Resolve",  "restored", "resolved", "work_order.work", FORM(resolve_input), "success", .only = "engineer_id", .effect = resolve_effect},
    {"confirm",  "确认", "Confirm",  "restored|resolved", "confirmed", "work_order.confirm", FORM(confirm_input), "success", .not_same = "engineer_id", .only = "reporter_id", .effect = confirm_effect},
    {"close",    "关闭", "Close",    "confirmed", "closed", "work_order.close", .tone = "info", .effect = close_effect},
    {"cancel",   "取消", "Cancel",   OPEN_STATES, "cancelled", "work_order.cancel", FORM(cancel_input), "danger", .effect = cancel_effect},
};
/* clang-format on */

/* YW-20260508-0001, counted per Beijing day (F-01). */
static enum rc next_no(struct cx *cx, struct row *row)
{
    char day[DATE_TEXT];
    int64_t n = 0;
    date_text(civil_date(cx->now), day);
    const char *compact = arena_printf(cx->a, "%.4s%.2s%.2s", day, day + 5, day + 8);
    enum rc rc = db_int_of(cx->db,
                           "INSERT INTO counter (name, value) VALUES (:name, 1)"
                           " ON CONFLICT (name) DO UPDATE SET value = counter.value + 1"
                           " RETURNING value",
                           BINDS(B_TEXT("name", arena_printf(cx->a, "work_order-%s", compact))), &n);
    row_text(row, WO_NO, arena_printf(cx->a, "YW-%s-%04d", compact, (int)n));
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
    if (row->v[WO_EMERGENCY].i)
        row_int(row, WO_EMERGENCY_AT, cx->now.ms);
    return next_no(cx, row);
}

static enum rc group_of(struct cx *cx, const struct row *row, const char **out)
{
    struct row *asset, *class;
    *out = strcmp(row->v[WO_LINE].s, "office_it") ? "camera" : "device";
    if (row->v[WO_ASSET].null)
        return RC_OK;
    enum rc rc = record_load(cx, &asset_kind, row->v[WO_ASSET].i, &asset);
    if (!rc)
        rc = record_load(cx, &asset_class_kind, asset->v[ASSET_CLASS].i, &class);
    if (!rc)
        *out = class->v[CLASS_SLA_GROUP].s;
    return rc;
}

/* The clocks of a new order. A service request is no fault: without a group only those rules hold
 * that ask for none, which are the respond clocks (domain.md 3.4, 6). */
static enum rc start_clocks(struct cx *cx, struct row *row)
{
    const char *group;
    enum rc rc = group_of(cx, row, &group);
    struct sla_facts facts = {.t0 = {row->v[WO_STARTED].i},
                              .line = row->v[WO_LINE].s,
                              .grade = row->v[WO_GRADE].s,
                              .emergency = row->v[WO_EMERGENCY].i != 0,
                              .emergency_at = {row->v[WO_EMERGENCY_AT].i}};
    facts.asset_group = rc || strcmp(row->v[WO_TYPE].s, "incident") ? NULL : group;
    if (!rc)
        rc = sla_start(cx, row->id, &facts);
    if (rc)
        return rc;
    struct row *old = record_copy(cx, row);
    rc = refresh_deadline(cx, row);
    return rc || row->v[WO_DEADLINE].null ? rc : record_update(cx, old, row, "clock");
}

static enum rc after(struct cx *cx, const struct row *old, struct row *row)
{
    return old ? RC_OK : start_clocks(cx, row);
}

const struct kind work_order_kind = {
    .name = "work_order",
    .label = "工单",
    .label_en = "Work order",
    .group = "order",
    .fields = fields,
    .n_fields = WO_N,
    .label_field = WO_NO,
    .state_field = WO_STATE,
    .flow = flow,
    .n_flow = (int)(sizeof flow / sizeof *flow),
    .scope = {.own = {"engineer_id", "reporter_id"}, .pool = "engineer_id", .site = "site_id", .line = "line"},
    .locked_in = "restored|resolved|confirmed|closed|cancelled",
    .check = check,
    .after = after,
};

/* --- orders of outages --- */

/* again: an earlier order of this outage was finished while the devices stayed dark; the new one
 * starts now. */
static enum rc order_for(struct cx *cx, int64_t outage_id, bool again)
{
    struct db_rows *r;
    struct row *row = record_new(cx, &work_order_kind);
    enum rc rc = cx_db(cx, db_query(cx->db,
                                    "SELECT title, line, site_id, root_asset_id, started_at"
                                    " FROM outage WHERE id = :id",
                                    BINDS(B_INT("id", outage_id)), &r));
    if (rc)
        return rc;
    if (db_next(r)) {
        row_text(row, WO_TITLE, arena_strdup(cx->a, db_text(r, 0)));
        row_text(row, WO_LINE, arena_strdup(cx->a, db_text(r, 1)));
        if (!db_null(r, 2))
            row_int(row, WO_SITE, db_int(r, 2));
        row_int(row, WO_ASSET, db_int(r, 3));
        row_int(row, WO_STARTED, db_int(r, 4));
        row_int(row, WO_DETECTED, db_int(r, 4));
    }
    rc = cx_db(cx, db_end(r));
    row_text(row, WO_CHANNEL, "monitor");
    row_text(row, WO_STATE, "registered");
    row_int(row, WO_REGISTERED, cx->now.ms);
    row_int(row, WO_OUTAGE, outage_id);
    if (again)
        row_int(row, WO_STARTED, cx->now.ms);
    if (!rc)
        rc = next_no(cx, row);
    if (!rc)
        rc = record_insert(cx, row, "create");
    return rc ? rc : start_clocks(cx, row);
}

static enum rc ids_of(struct cx *cx, const char *sql, int64_t *a, int64_t *b, int most, int *n)
{
    struct db_rows *r;
    *n = 0;
    enum rc rc = cx_db(cx, db_query(cx->db, sql, NO_BINDS, &r));
    if (rc)
        return rc;
    while (*n < most && db_next(r)) {
        a[*n] = db_int(r, 0);
        if (b)
            b[*n] = db_int(r, 1);
        ++*n;
    }
    return cx_db(cx, db_end(r));
}

/* The order of a merged outage goes over to the one that stays; when that has its own, it ends. */
static enum rc follow_merge(struct cx *cx, int64_t order_id, int64_t into)
{
    struct row *old;
    int64_t other = 0;
    enum rc rc = record_load(cx, &work_order_kind, order_id, &old);
    if (!rc)
        rc = cx_db(cx, db_int_of(cx->db,
                                 "SELECT COUNT(*) FROM work_order WHERE outage_id = :id AND state"
                                 " NOT IN ('confirmed', 'closed', 'cancelled')",
                                 BINDS(B_INT("id", into)), &other));
    if (rc)
        return rc;
    struct row *row = record_copy(cx, old);
    if (!other) {
        row_int(row, WO_OUTAGE, into);
        return record_update(cx, old, row, "follow");
    }
    row_text(row, WO_STATE, "cancelled");
    row_text(row, WO_RESULT, "同一原因，已并入另一张工单");
    rc = sla_cancel(cx, row->id);
    row_null(row, WO_DEADLINE);
    return rc ? rc : record_update(cx, old, row, "merge");
}

static enum rc merged_orders(struct cx *cx, int *changed)
{
    int64_t order[100], into[100];
    int n;
    enum rc rc = ids_of(cx,
                        "SELECT w.id, o.merged_into_id FROM work_order w"
                        " JOIN outage o ON o.id = w.outage_id WHERE o.state = 'merged'"
                        " AND w.state IN ('reported', 'registered', 'dispatched', 'accepted',"
                        " 'arrived') ORDER BY w.id LIMIT 100",
                        order, into, 100, &n);
    for (int i = 0; i < n && !rc; i++)
        rc = follow_merge(cx, order[i], into[i]);
    *changed += n;
    return rc;
}

/* The title and place of an order are those of the root that is known now: first a camera was dark,
 * then it turns out to be the switch. Its clocks run on. */
static enum rc follow_root(struct cx *cx, int64_t order_id, int64_t outage_id)
{
    struct row *old, *outage;
    enum rc rc = record_load(cx, &work_order_kind, order_id, &old);
    if (!rc)
        rc = record_load(cx, record_kind("outage"), outage_id, &outage);
    if (rc)
        return rc;
    struct row *row = record_copy(cx, old);
    row->v[WO_TITLE] = outage->v[field_index(outage->kind, "title")];
    row->v[WO_ASSET] = outage->v[field_index(outage->kind, "root_asset_id")];
    row->v[WO_SITE] = outage->v[field_index(outage->kind, "site_id")];
    return record_update(cx, old, row, "follow");
}

static enum rc moved_roots(struct cx *cx, int *changed)
{
    int64_t order[100], outage[100];
    int n;
    enum rc rc = ids_of(cx,
                        "SELECT w.id, o.id FROM work_order w JOIN outage o ON o.id = w.outage_id"
                        " WHERE o.state = 'open' AND w.channel = 'monitor'"
                        " AND w.asset_id <> o.root_asset_id"
                        " AND w.state IN ('reported', 'registered', 'dispatched', 'accepted',"
                        " 'arrived') ORDER BY w.id LIMIT 100",
                        order, outage, 100, &n);
    for (int i = 0; i < n && !rc; i++)
        rc = follow_root(cx, order[i], outage[i]);
    *changed += n;
    return rc;
}

#define FINISHED "('confirmed', 'closed', 'cancelled')"
#define AGAIN_MS (10 * MINUTE_MS) /* an order finished too early: time for the monitor to see it */

static enum rc missing_orders(struct cx *cx, int *changed)
{
    int64_t outage[100], earlier[100];
    int n = 0;
    struct db_rows *r;
    enum rc rc = cx_db(cx, db_query(cx->db,
                                    "SELECT o.id, (SELECT COUNT(*) FROM work_order w"
                                    " WHERE w.outage_id = o.id) FROM outage o WHERE o.state = 'open'"
                                    " AND NOT EXISTS (SELECT 1 FROM work_order w WHERE w.outage_id = o.id"
                                    " AND (w.state NOT IN " FINISHED " OR w.updated_at > :since))"
                                    " ORDER BY o.id LIMIT 100",
                                    BINDS(B_INT("since", cx->now.ms - AGAIN_MS)), &r));
    if (rc)
        return rc;
    while (n < 100 && db_next(r)) {
        outage[n] = db_int(r, 0);
        earlier[n++] = db_int(r, 1);
    }
    rc = cx_db(cx, db_end(r));
    for (int i = 0; i < n && !rc; i++)
        rc = order_for(cx, outage[i], earlier[i] > 0);
    *changed += n;
    return rc;
}

enum rc work_order_from_outages(struct cx *cx, int *changed)
{
    *changed = 0;
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = merged_orders(cx, changed);
    if (!rc)
        rc = moved_roots(cx, changed);
    if (!rc)
        rc = missing_orders(cx, changed);
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}
