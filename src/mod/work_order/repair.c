/* SPDX-License-Identifier: Apache-2.0 */
/* Repairs outside (F-07, C-075): filed with the verdict, approved by the full-response office and
 * never by who applied, sent, returned; loaners meanwhile (C-136); and two small kinds of orders.
 */
#include <string.h>

#include "mod/asset/asset.h"
#include "mod/words.h"
#include "mod/work_order/order_int.h"

/* clang-format off */
const struct option conclusion_options[] = {
    {"repairable", "可修",     "Repairable", "success"},
    {"replace",    "建议更换", "Replace",    "warning"},
    {"scrap",      "报废",     "Scrap",      "danger"},
    {NULL}};
const struct option data_options[] = {
    {"no_storage",   "无存储", "No storage",   NULL},
    {"wiped",        "已清除", "Wiped",        NULL},
    {"disk_removed", "拆盘",   "Disk removed", NULL},
    {"encrypted",    "加密",   "Encrypted",    NULL},
    {NULL}};
static const struct option states[] = {
    {"filed",     "待审批", "Filed",     "warning"},
    {"approved",  "已批准", "Approved",  "success"},
    {"rejected",  "未批准", "Rejected",  "danger"},
    {"sent",      "已送修", "Sent",      "primary"},
    {"returned",  "已取回", "Returned",  "success"},
    {"cancelled", "已取消", "Cancelled", "info"},
    {NULL}};
static const struct option loan_states[] = {
    {"out", "借出", "Out", "warning"}, {"returned", "已还", "Returned", "success"}, {NULL}};
static const struct option phrase_types[] = {
    {"symptom",  "现象", "Symptom",  NULL},
    {"cause",    "原因", "Cause",    NULL},
    {"fix",      "处理", "Fix",      NULL},
    {"plan",     "计划", "Plan",     NULL},
    {"progress", "进展", "Progress", NULL},
    {NULL}};

static const struct field fields[] = {
    [REPAIR_NO]         = {"no",            "审批单号", "No.",        F_TEXT,    REQ | RO | FIND | LIST | UNIQUE},
    [REPAIR_ORDER]      = {"work_order_id", "工单",     "Work order", F_REF,     REQ | LIST, .ref = "work_order"},
    [REPAIR_ASSET]      = {"asset_id",      "设备",     "Asset",      F_REF,     LIST, .ref = "asset"},
    [REPAIR_STATE]      = {"state",         "状态",     "State",      F_ENUM,    REQ | LIST, .opts = states, .initial = "filed"},
    [REPAIR_VERDICT]    = {"verdict",       "故障判定", "Verdict",    F_TEXT,    REQ | LONG},
    [REPAIR_CONCLUSION] = {"conclusion",    "检测结论", "Conclusion", F_ENUM,    REQ | LIST, .opts = conclusion_options},
    [REPAIR_DATA]       = {"data_handling", "数据处理", "Data",       F_ENUM,    REQ, .opts = data_options},
    [REPAIR_EVIDENCE]   = {"evidence",      "判定照片", "Evidence",   F_FILES,   REQ | IMAGE},
    [REPAIR_VENDOR]     = {"vendor",        "维修单位", "Repairer",   F_TEXT,    LIST},
    [REPAIR_QUOTE]      = {"quote_fen",     "报价",     "Quote",      F_FEN,     LIST},
    [REPAIR_LINE]       = {"line",          "服务线",   "Line",       F_ENUM,    REQ, .opts = line_options},
    [REPAIR_APPLICANT]  = {"applicant_id",  "申请人",   "Applicant",  F_REF,     LIST, .ref = "user"},
    [REPAIR_FILED]      = {"filed_at",      "申请时间", "Filed",      F_INSTANT, REQ | LIST},
    [REPAIR_APPROVER]   = {"approver_id",   "审批人",   "Approver",   F_REF,     LIST, .ref = "user"},
    [REPAIR_DECIDED]    = {"decided_at",    "审批时间", "Decided",    F_INSTANT, LIST},
    [REPAIR_OPINION]    = {"opinion",       "审批意见", "Opinion",    F_TEXT,    LONG},
    [REPAIR_LATENCY]    = {"latency_ms",    "甲方审批用时（工作时间）", "Approval took (office time)", F_DURATION, LIST},
    [REPAIR_SENT]       = {"sent_at",       "送修时间", "Sent",       F_INSTANT},
    [REPAIR_RETURNED]   = {"returned_at",   "取回时间", "Returned",   F_INSTANT},
    [REPAIR_OUTCOME]    = {"outcome",       "维修结果", "Outcome",    F_TEXT,    LONG},
    [REPAIR_ACCEPTED_BY] = {"accepted_by_id", "验收人", "Accepted by", F_REF,    0, .ref = "user"},
    [REPAIR_IN_TIME]    = {"in_time",       "限时内移交", "Handed off in time", F_BOOL, REQ | LIST},
    [REPAIR_REPORTER]   = {"reporter_id",   "报修人",   "Reporter",   F_REF,     0, .ref = "user"},
};
static const struct field approve_input[] = {{"opinion", "审批意见", "Opinion", F_TEXT, LONG, 1, 500}};
static const struct field reject_input[] = {{"opinion", "不批准的原因", "Reason", F_TEXT, REQ | LONG, 2, 500}};
static const struct field send_input[] = {{"vendor", "维修单位", "Repairer", F_TEXT, REQ, 2, 80}};
static const struct field return_input[] = {{"outcome", "维修结果", "Outcome", F_TEXT, REQ | LONG, 2, 500}};

static const struct field loan_fields[] = {
    [LOAN_ORDER]    = {"work_order_id", "工单",     "Work order", F_REF,     REQ | LIST, .ref = "work_order"},
    [LOAN_ASSET]    = {"asset_id",      "备机",     "Loaner",     F_REF,     REQ | LIST, .ref = "asset"},
    [LOAN_STATE]    = {"state",         "状态",     "State",      F_ENUM,    REQ | LIST, .opts = loan_states, .initial = "out"},
    [LOAN_ISSUED]   = {"issued_at",     "借出时间", "Issued",     F_INSTANT, REQ | LIST},
    [LOAN_RETURNED] = {"returned_at",   "归还时间", "Returned",   F_INSTANT, LIST},
    [LOAN_ENGINEER] = {"engineer_id",   "经手人",   "Engineer",   F_REF,     LIST, .ref = "user"},
    [LOAN_NOTE]     = {"note",          "归还情况", "Note",       F_TEXT,    LONG},
};
static const struct field loan_input[] = {{"note", "归还情况", "Note", F_TEXT, LONG, 1, 200}};

static const struct field phrase_fields[] = {
    [PHRASE_TYPE]  = {"type",      "类别",     "Type",      F_ENUM, REQ | LIST, .opts = phrase_types},
    [PHRASE_TEXT]  = {"text",      "用语",     "Text",      F_TEXT, REQ | FIND | LIST, 2, 200},
    [PHRASE_LINE]  = {"line",      "服务线",   "Line",      F_ENUM, LIST, .opts = line_options},
    [PHRASE_GROUP] = {"sla_group", "设备分组", "Group",     F_ENUM, LIST, .opts = sla_group_options},
    [PHRASE_SORT]  = {"sort_no",   "次序",     "Order",     F_INT,  REQ, 0, 9999, .initial = "100"},
};
static const struct field link_fields[] = {
    {"work_order_id", "工单", "Work order", F_REF,  REQ | LIST | ONCE, .ref = "work_order"},
    {"asset_id",      "设备", "Asset",      F_REF,  REQ | FIND | LIST | ONCE, .ref = "asset"},
    {"note",          "说明", "Note",       F_TEXT, LIST, 1, 200},
};
/* clang-format on */

enum rc repair_file(struct cx *cx, const struct row *order, const struct value *in,
                    struct instant at, bool in_time)
{
    enum { JUDGEMENT, CONCLUSION, DATA, EVIDENCE, VENDOR, QUOTE };
    const char *no;
    enum rc rc = order_next_no(cx, "WX", &no);
    if (rc)
        return rc;
    struct row *row = record_new(cx, &repair_request_kind);
    row_text(row, REPAIR_NO, no);
    row_int(row, REPAIR_ORDER, order->id);
    row->v[REPAIR_ASSET] = order->v[WO_ASSET];
    row->v[REPAIR_VERDICT] = in[JUDGEMENT];
    row->v[REPAIR_CONCLUSION] = in[CONCLUSION];
    row->v[REPAIR_DATA] = in[DATA];
    row->v[REPAIR_EVIDENCE] = in[EVIDENCE];
    row->v[REPAIR_VENDOR] = in[VENDOR];
    row->v[REPAIR_QUOTE] = in[QUOTE];
    row->v[REPAIR_LINE] = order->v[WO_LINE];
    row->v[REPAIR_REPORTER] = order->v[WO_REPORTER];
    if (cx->actor.user_id)
        row_int(row, REPAIR_APPLICANT, cx->actor.user_id);
    row_int(row, REPAIR_FILED, at.ms);
    row_int(row, REPAIR_IN_TIME, in_time);
    rc = record_insert(cx, row, "create");
    return rc ? rc
              : pause_by_system(cx, order, "approval", "resolve", "等待甲方审批送修", no, at,
                                (struct instant){0});
}

enum rc repair_open(struct cx *cx, int64_t work_order_id, bool *out)
{
    int64_t n = 0;
    enum rc rc = db_int_of(cx->db,
                           "SELECT COUNT(*) FROM repair_request WHERE work_order_id = :order"
                           " AND state IN ('filed', 'approved', 'sent')",
                           BINDS(B_INT("order", work_order_id)), &n);
    *out = n > 0;
    return cx_db(cx, rc);
}

/* How long Party A took, in office time: shown apart, never ours. */
static enum rc decide_effect(struct cx *cx, struct row *row, const struct value *in)
{
    const struct calendar *cal;
    (void)in;
    enum rc rc = sla_calendar(cx, &cal);
    if (rc)
        return rc;
    if (cx->actor.user_id)
        row_int(row, REPAIR_APPROVER, cx->actor.user_id);
    row_int(row, REPAIR_DECIDED, cx->now.ms);
    row_int(row, REPAIR_LATENCY,
            calendar_worked_ms(cal, (struct instant){row->v[REPAIR_FILED].i}, cx->now));
    return RC_OK;
}

static enum rc decide_after(struct cx *cx, struct row *row, const struct value *in)
{
    struct row *order;
    int64_t id = row->v[REPAIR_ORDER].i;
    (void)in;
    enum rc rc = pause_end_by_system(cx, id, OVER_DECIDED, cx->now);
    if (!rc)
        rc = deadline_follows(cx, id);
    if (!rc)
        rc = record_load(cx, &work_order_kind, id, &order);
    bool yes = !strcmp(row->v[REPAIR_STATE].s, "approved");
    return rc ? rc
              : step_note(cx, order, yes ? "repair_approve" : "repair_reject",
                          row->v[REPAIR_OPINION].null ? NULL : row->v[REPAIR_OPINION].s);
}

static enum rc on_order(struct cx *cx, const struct row *row, const char *action, const char *note)
{
    struct row *order;
    enum rc rc = record_load(cx, &work_order_kind, row->v[REPAIR_ORDER].i, &order);
    return rc ? rc : step_note(cx, order, action, note);
}

static enum rc send_effect(struct cx *cx, struct row *row, const struct value *in)
{
    row_int(row, REPAIR_SENT, cx->now.ms);
    return on_order(cx, row, "repair_send", in[0].s);
}

static enum rc return_effect(struct cx *cx, struct row *row, const struct value *in)
{
    row_int(row, REPAIR_RETURNED, cx->now.ms);
    if (cx->actor.user_id)
        row_int(row, REPAIR_ACCEPTED_BY, cx->actor.user_id);
    return on_order(cx, row, "repair_return", in[0].s);
}

#define FORM(x) .input = (x), .n_input = (int)(sizeof(x) / sizeof *(x))
/* clang-format off */
static const struct flow_step flow[] = {
    {"approve", "批准",   "Approve", "filed",    "approved", "repair_request.decide", FORM(approve_input), "success", .not_same = "applicant_id", .effect = decide_effect, .after = decide_after},
    {"reject",  "不批准", "Reject",  "filed",    "rejected", "repair_request.decide", FORM(reject_input), "danger", .not_same = "applicant_id", .effect = decide_effect, .after = decide_after},
    {"send",    "送修",   "Send",    "approved", "sent",     "repair_request.send",   FORM(send_input), "primary", .effect = send_effect},
    {"return",  "取回验收", "Return", "sent",    "returned", "repair_request.return", FORM(return_input), "success", .effect = return_effect},
};
/* clang-format on */

const struct kind repair_request_kind = {
    .name = "repair_request",
    .label = "硬件维修审批单",
    .label_en = "Repair request",
    .group = "order",
    .fields = fields,
    .n_fields = REPAIR_N,
    .label_field = REPAIR_NO,
    .state_field = REPAIR_STATE,
    .flow = flow,
    .n_flow = (int)(sizeof flow / sizeof *flow),
    .scope = {.own = {"applicant_id", "reporter_id"}, .line = "line"},
    .closed = true,
};

/* --- loaners --- */

enum rc loan_put(struct cx *cx, const struct row *order, int64_t asset_id, struct instant at)
{
    struct row *asset;
    int64_t n = 0;
    enum rc rc = record_load(cx, &asset_kind, asset_id, &asset);
    if (rc == RC_NOT_FOUND)
        return FAIL(cx, RC_INVALID, "loan_asset_id", "没有这台备机", "no such asset");
    if (!rc)
        rc = cx_db(cx,
                   db_int_of(cx->db,
                             "SELECT COUNT(*) FROM loan WHERE asset_id = :asset AND state = 'out'",
                             BINDS(B_INT("asset", asset_id)), &n));
    if (rc)
        return rc;
    if (n || asset_id == order->v[WO_ASSET].i)
        return FAIL(cx, RC_INVALID, "loan_asset_id", "这台设备已借出，或就是故障设备本身",
                    "it is lent already, or the broken one itself");
    struct row *row = record_new(cx, &loan_kind);
    row_int(row, LOAN_ORDER, order->id);
    row_int(row, LOAN_ASSET, asset_id);
    row_int(row, LOAN_ISSUED, at.ms);
    row->v[LOAN_ENGINEER] = order->v[WO_ENGINEER];
    return record_insert(cx, row, "create");
}

static enum rc loan_return(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    row_int(row, LOAN_RETURNED, cx->now.ms);
    return RC_OK;
}

static const struct flow_step loan_flow[] = {{"return", "归还", "Return", "out", "returned",
                                              "loan.return", FORM(loan_input), "success",
                                              .effect = loan_return}};

const struct kind loan_kind = {
    .name = "loan",
    .label = "备机借用",
    .label_en = "Loan",
    .group = "order",
    .fields = loan_fields,
    .n_fields = LOAN_N,
    .label_field = LOAN_STATE,
    .state_field = LOAN_STATE,
    .flow = loan_flow,
    .n_flow = 1,
    .sort = "issued_at",
    .scope = {.own = {"engineer_id"}},
    .closed = true,
};

const struct kind stock_phrase_kind = {
    .name = "stock_phrase",
    .label = "常用语",
    .label_en = "Stock phrase",
    .group = "system",
    .fields = phrase_fields,
    .n_fields = PHRASE_N,
    .label_field = PHRASE_TEXT,
    .state_field = -1,
    .sort = "sort_no",
};

static enum rc link_check(struct cx *cx, const struct row *old, struct row *row)
{
    struct row *order;
    int64_t n = 0;
    if (old)
        return RC_OK;
    enum rc rc = record_get(cx, &work_order_kind, row->v[0].i, &order);
    if (!rc)
        rc = cx_db(cx,
                   db_int_of(cx->db,
                             "SELECT COUNT(*) FROM work_order_asset WHERE work_order_id = :order"
                             " AND asset_id = :asset AND retired_at IS NULL",
                             BINDS(B_INT("order", row->v[0].i), B_INT("asset", row->v[1].i)), &n));
    if (rc || !n)
        return rc;
    return FAIL(cx, RC_CONFLICT, "asset_id", "这台设备已关联到该工单", "linked already");
}

const struct kind work_order_asset_kind = {
    .name = "work_order_asset",
    .label = "关联设备",
    .label_en = "Linked asset",
    .group = "inside",
    .fields = link_fields,
    .n_fields = 3,
    .label_field = 2,
    .state_field = -1,
    .check = link_check,
};
