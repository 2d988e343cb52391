/* SPDX-License-Identifier: Apache-2.0 */
/* Pauses, the only way to stop a clock (domain.md 3.3): who may set which, what it needs, what it
 * stops; counter-signed by Party A, never by who set it. */
#include <string.h>

#include "mod/words.h"
#include "mod/work_order/order_int.h"

/* clang-format off */
static const struct option codes[] = {
    {"approval",   "等待甲方审批",       "Waiting for approval",  "primary"},
    {"carrier",    "等待运营商",         "Waiting for the carrier", "warning"},
    {"vendor",     "等待原厂",           "Waiting for the vendor", "warning"},
    {"customer",   "用户不在/无法进入",  "No access",             "warning"},
    {"site_power", "现场停电(非我方)",   "Power cut at the site", "warning"},
    {"fm",         "不可抗力",           "Force majeure",         "danger"},
    {"safety",     "高空/雷雨不宜作业",  "Unsafe to work",        "warning"},
    {"reopen",     "恢复至再次报修之间", "Between restore and reopen", "info"},
    {NULL}};
static const struct option states[] = {
    {"pending",  "待甲方确认", "Pending",  "warning"},
    {"accepted", "已确认",     "Accepted", "success"},
    {"rejected", "已驳回",     "Rejected", "danger"},
    {NULL}};

enum { NEED_REFERENCE = 1, NEED_EVIDENCE = 2, NEED_EITHER = 4, NEED_CALL = 8, NEED_PM = 16, NOT_LATE = 32, OWN_SCOPE = 64 };
static const struct rule {
    const char *code, *permission, *metrics; /* permission NULL: the system alone */
    unsigned needs;
    const char *zh, *en; /* what it needs */
} rules[] = {
    {"approval",   NULL,                   "resolve",                0, "", ""},
    {"reopen",     NULL,                   "restore,resolve",        0, "", ""},
    {"carrier",    "sla_pause.carrier",    "restore,resolve",        NEED_REFERENCE, "运营商报障单号", "the carrier's case number"},
    {"vendor",     "sla_pause.vendor",     "resolve",                NEED_REFERENCE, "原厂服务单号", "the vendor's case number"},
    {"customer",   "sla_pause.customer",   "arrive,restore,resolve", NEED_EVIDENCE | NEED_CALL, "照片、通话记录，并告知甲方联系人", "a photo, a call record and word to the contact"},
    {"site_power", "sla_pause.site_power", "restore,resolve",        NEED_EITHER, "停电通知或照片", "a notice or a photo"},
    {"fm",         "sla_pause.fm",         "all",                    NEED_EVIDENCE | NOT_LATE | OWN_SCOPE, "不可抗力证明", "proof of force majeure"},
    {"safety",     "sla_pause.safety",     "restore,resolve",        NEED_EITHER | NEED_PM, "气象预警编号或照片", "the weather alert"},
};

static const struct field fields[] = {
    [PAUSE_ORDER]     = {"work_order_id", "工单",     "Work order", F_REF,     REQ | LIST | ONCE, .ref = "work_order"},
    [PAUSE_CODE]      = {"code",          "暂停原因类别", "Code",   F_ENUM,    REQ | LIST | ONCE, .opts = codes},
    [PAUSE_METRICS]   = {"metrics",       "停止的指标", "Stops",    F_TEXT,    ONCE, 3, 60, .says = "sla_clock.metric,", .help = "仅不可抗力可填：按事件影响范围"},
    [PAUSE_STATE]     = {"state",         "状态",     "State",      F_ENUM,    REQ | RO | LIST, .opts = states, .initial = "pending"},
    [PAUSE_STARTED]   = {"started_at",    "开始",     "From",       F_INSTANT, LIST | ONCE, .help = "留空为现在；补记不能早于 30 分钟前"},
    [PAUSE_ENDED]     = {"ended_at",      "结束",     "To",         F_INSTANT, RO | LIST},
    [PAUSE_REASON]    = {"reason",        "说明",     "Reason",     F_TEXT,    REQ | FIND | LIST | LONG, 2, 500},
    [PAUSE_REFERENCE] = {"reference_no",  "外部单号", "Reference",  F_TEXT,    LIST | ONCE, 1, 60},
    [PAUSE_CALL]      = {"call_record",   "通话记录", "Call record", F_TEXT,   ONCE, 2, 200},
    [PAUSE_CONTACT]   = {"contact_told",  "已告知甲方联系人", "Contact told", F_BOOL, REQ | ONCE, .initial = "0"},
    [PAUSE_EVIDENCE]  = {"evidence",      "证据",     "Evidence",   F_FILES,   ONCE},
    [PAUSE_LINE]      = {"line",          "服务线",   "Line",       F_ENUM,    REQ | RO, .opts = line_options, .initial = "office_it"},
    [PAUSE_SET_BY]    = {"set_by_id",     "设置人",   "Set by",     F_REF,     RO | LIST, .ref = "user"},
    [PAUSE_ENGINEER]  = {"engineer_id",   "处理人",   "Engineer",   F_REF,     RO, .ref = "user"},
    [PAUSE_CONFIRMED_BY] = {"confirmed_by_id", "项目经理确认", "Confirmed by", F_REF, RO, .ref = "user"},
    [PAUSE_DECIDED_BY] = {"decided_by_id", "甲方确认人", "Decided by", F_REF,  RO | LIST, .ref = "user"},
    [PAUSE_DECIDED]   = {"decided_at",    "确认时间", "Decided",    F_INSTANT, RO},
    [PAUSE_NOTE]      = {"decision_note", "确认意见", "Decision note", F_TEXT, RO | LONG},
    [PAUSE_DEVICE]    = {"device_at",     "设备时间", "Device time", F_INSTANT, ONCE | AUTO},
    [PAUSE_QUEUED]    = {"queued_ms",     "离线等待", "Queued",     F_DURATION, ONCE | AUTO, 0, 7 * 86400000, .help = "没有网络时登记的暂停，按登记时计"},
    [PAUSE_LONG_PENDING] = {"long_pending", "超过 24 小时未确认", "Pending for more than 24 h", F_BOOL, REQ | RO | LIST, .initial = "0"},
};
enum { END_DEVICE, END_QUEUED, END_AT };
static const struct field end_input[] = {STAMP_TIME(0),
    {"ended_at", "结束时间", "Ended", F_INSTANT, 0, .help = "留空为现在"}};
static const struct field accept_input[] = {
    {"decision_note", "确认意见", "Note", F_TEXT, LONG, 1, 500}};
static const struct field reject_input[] = {
    {"decision_note", "驳回原因", "Reason", F_TEXT, REQ | LONG, 2, 500}};
/* clang-format on */

static const struct rule *rule_of(const char *code)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!strcmp(rules[i].code, code))
            return &rules[i];
    return &rules[0];
}

static bool is_mine(const struct cx *cx, const struct row *order)
{
    static const int who[] = {WO_ENGINEER, WO_HELPER, WO_HELPER2};
    for (size_t i = 0; i < sizeof who / sizeof *who; i++)
        if (!order->v[who[i]].null && order->v[who[i]].i == cx->actor.user_id)
            return true;
    return false;
}

static enum rc may_set(struct cx *cx, const struct rule *r, const struct row *order)
{
    const char *scope = r->permission ? cx_scope(cx, r->permission) : NULL;
    if (scope && (!strcmp(scope, "all") || is_mine(cx, order)))
        return RC_OK;
    return FAIL(cx, RC_DENIED, "code", "您不能设置这种暂停", "you may not set this kind of pause");
}

static enum rc has_what_it_needs(struct cx *cx, const struct rule *r, const struct row *row)
{
    bool reference = !row->v[PAUSE_REFERENCE].null, evidence = !row->v[PAUSE_EVIDENCE].null;
    const char *field = NULL;
    if ((r->needs & NEED_REFERENCE) && !reference)
        field = "reference_no";
    else if (((r->needs & NEED_EVIDENCE) && !evidence) ||
             ((r->needs & NEED_EITHER) && !evidence && !reference))
        field = "evidence";
    else if ((r->needs & NEED_CALL) && (row->v[PAUSE_CALL].null || !row->v[PAUSE_CONTACT].i))
        field = row->v[PAUSE_CALL].null ? "call_record" : "contact_told";
    if (!field)
        return RC_OK;
    return FAIL(cx, RC_INVALID, field, "这种暂停需要：{what}", "this pause needs {what_en}", "what",
                r->zh, "what_en", r->en);
}

static bool known_metrics(const char *list)
{
    for (const char *s = list; *s;) {
        size_t n = strcspn(s, ",");
        bool known = n == 3 && !strncmp(s, "all", 3);
        for (const struct option *o = metric_options; o->value && !known; o++)
            known = strlen(o->value) == n && !strncmp(s, o->value, n);
        if (!known)
            return false;
        s += n + (s[n] == ',');
    }
    return true;
}

static enum rc set_metrics(struct cx *cx, const struct rule *r, struct row *row)
{
    if (row->v[PAUSE_METRICS].null) {
        row_text(row, PAUSE_METRICS, r->metrics);
        return RC_OK;
    }
    if ((r->needs & OWN_SCOPE) && known_metrics(row->v[PAUSE_METRICS].s))
        return RC_OK;
    return FAIL(cx, RC_INVALID, "metrics",
                "停止的指标由暂停类别决定；不可抗力可写 respond,arrive,restore,resolve 中的几项",
                "what stops follows from the code; force majeure may name metrics");
}

/* Set without a network it counts from then: that is no memory of a past, but sent late. */
static enum rc set_start(struct cx *cx, struct row *row)
{
    struct stamp s;
    stamp_time(cx, &row->v[PAUSE_DEVICE], &row->v[PAUSE_QUEUED], &s);
    if (row->v[PAUSE_STARTED].null)
        row_int(row, PAUSE_STARTED, s.at.ms);
    int64_t at = row->v[PAUSE_STARTED].i;
    if (at < s.at.ms - RETROACTIVE_MS)
        return FAIL(cx, RC_INVALID, "started_at", "暂停不能补记到 30 分钟以前",
                    "a pause cannot begin more than 30 minutes ago");
    if (at > cx->now.ms + MINUTE_MS)
        return FAIL(cx, RC_INVALID, "started_at", "暂停不能从将来开始",
                    "a pause cannot begin in the future");
    return RC_OK;
}

static enum rc one_at_a_time(struct cx *cx, const struct row *row)
{
    int64_t n = 0;
    enum rc rc = db_int_of(
        cx->db,
        "SELECT COUNT(*) FROM sla_pause WHERE work_order_id = :order AND code = :code"
        " AND ended_at IS NULL AND state <> 'rejected'",
        BINDS(B_INT("order", row->v[PAUSE_ORDER].i), B_TEXT("code", row->v[PAUSE_CODE].s)), &n);
    if (rc || !n)
        return cx_db(cx, rc);
    return FAIL(cx, RC_CONFLICT, "code", "同一原因的暂停还没有结束",
                "a pause of this kind is still open");
}

static enum rc something_runs(struct cx *cx, const struct row *order)
{
    const char *state = order->v[WO_STATE].s;
    if (!strcmp(state, "merged"))
        return FAIL(cx, RC_CONFLICT, "work_order_id", "这张工单已并入主工单，请在主工单上暂停",
                    "merged: pause its main order");
    if (!strcmp(state, "cancelled") || !order->v[WO_RESOLVED].null)
        return FAIL(cx, RC_CONFLICT, "work_order_id", "工单已取消或已修复，没有可暂停的时限",
                    "nothing runs any more");
    return RC_OK;
}

static enum rc check(struct cx *cx, const struct row *old, struct row *row)
{
    struct row *order;
    const struct rule *r = rule_of(row->v[PAUSE_CODE].s);
    bool late = false;
    if (old)
        return RC_OK;
    enum rc rc = record_get(cx, &work_order_kind, row->v[PAUSE_ORDER].i, &order);
    if (rc)
        return rc;
    rc = something_runs(cx, order);
    if (!rc)
        rc = may_set(cx, r, order);
    if (!rc)
        rc = has_what_it_needs(cx, r, row);
    if (!rc)
        rc = set_metrics(cx, r, row);
    if (!rc)
        rc = set_start(cx, row);
    if (!rc)
        rc = one_at_a_time(cx, row);
    if (!rc && (r->needs & NOT_LATE))
        rc = sla_is_late(cx, order->id, &late);
    if (!rc && late)
        rc = FAIL(cx, RC_CONFLICT, "code", "时限已经超过，不能再以不可抗力暂停",
                  "late already: force majeure comes too late");
    row->v[PAUSE_LINE] = order->v[WO_LINE];
    row->v[PAUSE_ENGINEER] = order->v[WO_ENGINEER];
    if (cx->actor.user_id)
        row_int(row, PAUSE_SET_BY, cx->actor.user_id);
    return rc;
}

static enum rc clocks_follow(struct cx *cx, struct row *row, const char *action,
                             const struct stamp *s, const char *note)
{
    struct row *order;
    int64_t id = row->v[PAUSE_ORDER].i;
    enum rc rc = record_load(cx, &work_order_kind, id, &order);
    if (!rc)
        rc = sla_pauses_changed(cx, id);
    if (!rc)
        rc = deadline_follows(cx, id);
    if (rc)
        return rc;
    return s ? stamp_put(cx, order, action, s, note, NULL) : step_note(cx, order, action, note);
}

static enum rc after(struct cx *cx, const struct row *old, struct row *row)
{
    struct stamp s;
    if (old)
        return RC_OK;
    stamp_time(cx, &row->v[PAUSE_DEVICE], &row->v[PAUSE_QUEUED], &s);
    return clocks_follow(cx, row, "pause", &s, row->v[PAUSE_REASON].s);
}

static enum rc end_effect(struct cx *cx, struct row *row, const struct value *in)
{
    struct row *old;
    enum rc rc = record_load(cx, &sla_pause_kind, row->id, &old);
    if (rc)
        return rc;
    struct stamp s;
    stamp_time(cx, &in[END_DEVICE], &in[END_QUEUED], &s);
    if (s.at.ms < old->v[PAUSE_STARTED].i)
        s.at.ms = old->v[PAUSE_STARTED].i;
    int64_t at = in[END_AT].null ? s.at.ms : in[END_AT].i;
    if (at < old->v[PAUSE_STARTED].i || at > cx->now.ms)
        return FAIL(cx, RC_INVALID, "ended_at", "结束时间应在开始之后、现在之前",
                    "it ends between its start and now");
    row_int(row, PAUSE_ENDED, at);
    return RC_OK;
}

static enum rc end_after(struct cx *cx, struct row *row, const struct value *in)
{
    struct stamp s;
    stamp_time(cx, &in[END_DEVICE], &in[END_QUEUED], &s);
    return clocks_follow(cx, row, "pause_end", &s, NULL);
}

static enum rc decide(struct cx *cx, struct row *row)
{
    if (cx->actor.user_id)
        row_int(row, PAUSE_DECIDED_BY, cx->actor.user_id);
    row_int(row, PAUSE_DECIDED, cx->now.ms);
    row_int(row, PAUSE_LONG_PENDING, 0);
    return RC_OK;
}

static enum rc accept_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    if ((rule_of(row->v[PAUSE_CODE].s)->needs & NEED_PM) && row->v[PAUSE_CONFIRMED_BY].null)
        return FAIL(cx, RC_CONFLICT, "confirmed_by_id", "须先由项目经理确认",
                    "the project manager must confirm it first");
    return decide(cx, row);
}

static enum rc reject_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    return decide(cx, row);
}

static enum rc accept_after(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    return clocks_follow(cx, row, "pause_accept", NULL, NULL);
}

static enum rc reject_after(struct cx *cx, struct row *row, const struct value *in)
{
    return clocks_follow(cx, row, "pause_reject", NULL, in[0].s);
}

static enum rc confirm_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    if (cx->actor.user_id)
        row_int(row, PAUSE_CONFIRMED_BY, cx->actor.user_id);
    return RC_OK;
}

static bool is_open(const struct row *row)
{
    return row->v[PAUSE_ENDED].null;
}

static bool waits_for_manager(const struct row *row)
{
    return (rule_of(row->v[PAUSE_CODE].s)->needs & NEED_PM) && row->v[PAUSE_CONFIRMED_BY].null;
}

#define FORM(x) .input = (x), .n_input = (int)(sizeof(x) / sizeof *(x))
/* clang-format off */
static const struct flow_step flow[] = {
    {"end",     "结束暂停", "End",     "pending|accepted", NULL, "sla_pause.end", FORM(end_input), "primary", .only = "engineer_id|set_by_id", .effect = end_effect, .after = end_after, .when = is_open},
    {"confirm", "项目经理确认", "Confirm", "pending", NULL, "sla_pause.confirm", .tone = "primary", .not_same = "set_by_id", .effect = confirm_effect, .when = waits_for_manager},
    {"accept",  "确认",     "Accept",  "pending", "accepted", "sla_pause.decide", FORM(accept_input), "success", .not_same = "set_by_id", .effect = accept_effect, .after = accept_after},
    {"reject",  "驳回",     "Reject",  "pending", "rejected", "sla_pause.decide", FORM(reject_input), "danger", .not_same = "set_by_id", .effect = reject_effect, .after = reject_after},
};
/* clang-format on */

const struct kind sla_pause_kind = {
    .name = "sla_pause",
    .label = "计时暂停",
    .label_en = "Pause",
    .group = "order",
    .fields = fields,
    .n_fields = PAUSE_N,
    .label_field = PAUSE_REASON,
    .state_field = PAUSE_STATE,
    .flow = flow,
    .n_flow = (int)(sizeof flow / sizeof *flow),
    .scope = {.own = {"set_by_id", "engineer_id"}, .line = "line"},
    .check = check,
    .after = after,
};

enum rc pause_by_system(struct cx *cx, const struct row *order, const char *code,
                        const char *metrics, const char *reason, const char *reference,
                        struct instant from, struct instant to)
{
    struct row *row = record_new(cx, &sla_pause_kind);
    row_int(row, PAUSE_ORDER, order->id);
    row_text(row, PAUSE_CODE, code);
    row_text(row, PAUSE_METRICS, metrics);
    row_text(row, PAUSE_STATE, "accepted");
    row_int(row, PAUSE_STARTED, from.ms);
    if (to.ms)
        row_int(row, PAUSE_ENDED, to.ms);
    row_text(row, PAUSE_REASON, reason);
    row_text(row, PAUSE_REFERENCE, reference);
    row->v[PAUSE_LINE] = order->v[WO_LINE];
    row->v[PAUSE_ENGINEER] = order->v[WO_ENGINEER];
    return record_insert(cx, row, "create");
}

/* Loads each pause that the query names, lets it change and stores what did. */
static enum rc each_pause(struct cx *cx, const char *sql, int64_t order, const char *action,
                          void (*change)(struct row *, int64_t), int64_t value)
{
    struct db_rows *r;
    int64_t ids[100];
    int n = 0;
    enum rc rc = cx_db(cx, db_query(cx->db, sql, BINDS(B_INT("order", order)), &r));
    if (rc)
        return rc;
    while (n < 100 && db_next(r))
        ids[n++] = db_int(r, 0);
    rc = cx_db(cx, db_end(r));
    for (int i = 0; i < n && !rc; i++) {
        struct row *old;
        rc = record_load(cx, &sla_pause_kind, ids[i], &old);
        if (rc)
            break;
        struct row *row = record_copy(cx, old);
        change(row, value);
        rc = record_update(cx, old, row, action);
    }
    return rc;
}

static void end_at(struct row *row, int64_t at)
{
    row_int(row, PAUSE_ENDED, at > row->v[PAUSE_STARTED].i ? at : row->v[PAUSE_STARTED].i);
}

static void belongs_to(struct row *row, int64_t engineer)
{
    row_int(row, PAUSE_ENGINEER, engineer);
}

#define SQL_OPEN_PAUSES                                                                            \
    "SELECT id FROM sla_pause WHERE work_order_id = :order AND ended_at IS NULL"                   \
    " AND state <> 'rejected'"

enum rc pause_end_by_system(struct cx *cx, int64_t work_order_id, enum pause_over over,
                            struct instant at)
{
    static const char *const sql[] = {
        [OVER_DECIDED] = SQL_OPEN_PAUSES " AND code = 'approval' ORDER BY id LIMIT 100",
        [OVER_RESTORED] = SQL_OPEN_PAUSES
        " AND code IN ('customer', 'site_power', 'safety') ORDER BY id LIMIT 100",
        [OVER_RESOLVED] = SQL_OPEN_PAUSES " ORDER BY id LIMIT 100",
    };
    enum rc rc = each_pause(cx, sql[over], work_order_id, "end", end_at, at.ms);
    return rc ? rc : sla_pauses_changed(cx, work_order_id);
}

enum rc pauses_follow(struct cx *cx, int64_t work_order_id, int64_t engineer_id)
{
    return each_pause(cx,
                      "SELECT id FROM sla_pause WHERE work_order_id = :order ORDER BY id LIMIT 100",
                      work_order_id, "hand_over", belongs_to, engineer_id);
}
