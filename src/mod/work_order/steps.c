/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of an order: their forms, what each demands, and what else happens. Effects change the
 * row before it is written; what reads the stored row (clocks) comes after. */
#include <string.h>

#include "mod/asset/asset.h"
#include "mod/words.h"
#include "mod/work_order/order_int.h"

/* clang-format off */
enum { DISPATCH_ENGINEER };
static const struct field dispatch_input[] = {
    {"engineer_id", "处理人", "Engineer", F_REF, REQ, .ref = "user"}};
enum { ACCEPT_PLAN = IN_N };
static const struct field accept_input[] = {STAMP,
    {"plan", "告知报修人的处理计划", "Plan told to the reporter", F_TEXT, 0, 2, 500, .help = "有报修人的工单必填：响应以接单并告知计划为准"}};
enum { ARRIVE_PRESENCE = IN_N, ARRIVE_BEFORE };
static const struct field arrive_input[] = {STAMP,
    {"presence",      "到位说明",   "Presence", F_TEXT,  0, 2, 200, .help = "不能定位、扫码或拍照时填写，工单将列入抽查"},
    {"before_photos", "处理前照片", "Before",   F_FILES, IMAGE}};
enum { PROGRESS_NOTE = IN_N, PROGRESS_PHOTOS };
static const struct field progress_input[] = {STAMP,
    {"note",   "进展", "Progress", F_TEXT,  REQ | LONG, 2, 1000},
    {"photos", "照片", "Photos",   F_FILES, IMAGE}};
enum { RESTORE_RESULT = IN_N, RESTORE_CAUSE, RESTORE_AFTER, RESTORE_PARTY, RESTORE_LOAN };
static const struct field restore_input[] = {STAMP,
    {"result",        "处理结果",   "Result", F_TEXT,  REQ | LONG, 2, 2000},
    {"cause",         "故障原因",   "Cause",  F_TEXT,  0, 2, 200},
    {"after_photos",  "处理后照片", "After",  F_FILES, REQ | IMAGE},
    {"cause_party",   "责任归属",   "Cause lies with", F_ENUM, 0, .opts = party_options},
    {"loan_asset_id", "替代备机",   "Loaner", F_REF,   0, .ref = "asset", .help = "用备机恢复视同恢复（C-136），备机须归还"}};
enum { RESOLVE_CAUSE = IN_N, RESOLVE_RESULT, RESOLVE_PARTY, RESOLVE_LATE };
static const struct field resolve_input[] = {STAMP,
    {"cause",       "故障原因", "Cause",  F_TEXT, REQ, 2, 200},
    {"result",      "处理结果", "Result", F_TEXT, LONG, 2, 2000},
    {"cause_party", "责任归属", "Cause lies with", F_ENUM, 0, .opts = party_options},
    {"late_reason", "超时原因", "Why late", F_TEXT, LONG, 2, 500, .help = "超时的工单必填"}};
static const struct field confirm_input[] = {
    {"rating",       "满意度（1-5）", "Rating 1-5", F_INT,  REQ, 1, 5, .initial = "5"},
    {"confirm_note", "确认意见",      "Note",       F_TEXT, LONG, 1, 500}};
static const struct field close_input[] = {
    {"late_reason", "超时原因", "Why late", F_TEXT, LONG, 2, 500, .help = "超时的工单必填"}};
static const struct field cancel_input[] = {
    {"result", "取消原因", "Reason", F_TEXT, REQ | LONG, 2, 500}};
static const struct field reason_input[] = {
    {"reason", "原因", "Reason", F_TEXT, REQ | LONG, 2, 500}};
enum { BACK_REASON = IN_N };
static const struct field send_back_input[] = {STAMP,
    {"reason", "退回原因", "Reason", F_TEXT, REQ | LONG, 2, 500}};
enum { HAND_ENGINEER = IN_N, HAND_REASON };
static const struct field hand_over_input[] = {STAMP,
    {"engineer_id", "转交给", "To", F_REF, REQ, .ref = "user"},
    {"reason", "转交说明", "Reason", F_TEXT, REQ | LONG, 2, 500}};
static const struct field help_input[] = {
    {"helper_id",  "协助人",   "Helper",        F_REF, REQ, .ref = "user"},
    {"helper2_id", "协助人二", "Second helper", F_REF, 0, .ref = "user"}};
static const struct field regrade_input[] = {
    {"grade",  "级别", "Grade",  F_ENUM, REQ, .opts = grade_options},
    {"reason", "原因", "Reason", F_TEXT, REQ | LONG, 2, 500}};
static const struct field propose_input[] = {
    {"proposal", "建议（调级或应急及理由）", "Proposal", F_TEXT, REQ | LONG, 2, 500}};
static const struct field exclude_input[] = {
    {"excluded_reason",    "合同外原因（C-044）", "Exclusion", F_ENUM, REQ, .opts = excluded_options},
    {"excluded_quote_fen", "报价", "Quote", F_FEN, REQ, 0, 100000000000},
    {"reason",             "说明", "Note",  F_TEXT, REQ | LONG, 2, 500}};
static const struct field merge_input[] = {
    {"parent_id", "主工单", "Main order", F_REF, REQ, .ref = "work_order"}};
static const struct field verdict_input[] = {STAMP,
    {"judgement",     "故障判定",   "Judgement",  F_TEXT,  REQ | LONG, 2, 1000},
    {"conclusion",    "检测结论",   "Conclusion", F_ENUM,  REQ, .opts = conclusion_options},
    {"data_handling", "数据处理",   "Data",       F_ENUM,  REQ, .opts = data_options},
    {"evidence",      "判定照片",   "Evidence",   F_FILES, REQ | IMAGE},
    {"vendor",        "维修单位",   "Repairer",   F_TEXT,  0, 2, 80},
    {"quote_fen",     "报价",       "Quote",      F_FEN,   0, 0, 100000000000}};
enum { NO_FAULT_RESULT = IN_N };
static const struct field no_fault_input[] = {STAMP,
    {"result", "核实情况", "Finding", F_TEXT, REQ | LONG, 2, 1000}};
/* clang-format on */

static const char *text_of(const struct value *v)
{
    return v->null ? NULL : v->s;
}

static enum rc stop_clock(struct cx *cx, struct row *row, const char *metric, struct instant at)
{
    enum rc rc = sla_stop(cx, row->id, metric, at);
    return rc ? rc : refresh_deadline(cx, row);
}

static enum rc active_engineer(struct cx *cx, int64_t id, const char *field)
{
    int64_t n = 0;
    enum rc rc =
        cx_db(cx, db_int_of(cx->db,
                            "SELECT COUNT(*) FROM account u"
                            " JOIN account_role a ON a.account_id = u.id"
                            " JOIN role_permission p ON p.role = a.role"
                            " WHERE u.id = :id AND u.state = 'active' AND u.retired_at IS NULL"
                            " AND p.permission = 'work_order.work' AND p.scope <> 'none'",
                            BINDS(B_INT("id", id)), &n));
    if (rc || n)
        return rc;
    return FAIL(cx, RC_INVALID, field, "这个人不是在用的工程师，不能派单给他",
                "no active engineer");
}

static enum rc register_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    row_int(row, WO_REGISTERED, cx->now.ms);
    return step_note(cx, row, "register", NULL);
}

static enum rc dispatch_effect(struct cx *cx, struct row *row, const struct value *in)
{
    enum rc rc = active_engineer(cx, in[DISPATCH_ENGINEER].i, "engineer_id");
    if (rc)
        return rc;
    if (row->v[WO_REGISTERED].null)
        row_int(row, WO_REGISTERED, cx->now.ms);
    row_int(row, WO_DISPATCHED, cx->now.ms);
    rc = pauses_follow(cx, row->id, in[DISPATCH_ENGINEER].i);
    return rc ? rc : step_note(cx, row, "dispatch", NULL);
}

/* Response = accepted and the reporter knows a plan (C-127); a monitor has nobody to tell. Whoever
 * takes over an order that was accepted before answers for it, but the response was then. */
static enum rc accept_effect(struct cx *cx, struct row *row, const struct value *in)
{
    struct stamp s;
    bool monitor = !strcmp(row->v[WO_CHANNEL].s, "monitor"), first = row->v[WO_ACCEPTED].null;
    if (!monitor && first && in[ACCEPT_PLAN].null)
        return FAIL(cx, RC_INVALID, "plan", "请填写告知报修人的处理计划",
                    "say what the reporter was told");
    enum rc rc = stamp_take(cx, row, in, &s);
    if (rc)
        return rc;
    if (row->v[WO_ENGINEER].null) { /* from the pool */
        row_int(row, WO_ENGINEER, cx->actor.user_id);
        rc = pauses_follow(cx, row->id, cx->actor.user_id);
    }
    if (first) {
        row_int(row, WO_ACCEPTED, s.at.ms);
        row_int(row, WO_PLAN_TOLD, s.at.ms);
    }
    if (!rc)
        rc = stamp_put(cx, row, "accept", &s, text_of(&in[ACCEPT_PLAN]), NULL);
    return rc ? rc : stop_clock(cx, row, "respond", s.at);
}

static enum rc too_far(struct cx *cx, const struct stamp *s, bool reason_helps)
{
    const char *m = arena_printf(cx->a, "%lld", (long long)s->distance_m);
    if (reason_helps)
        return FAIL(
            cx, RC_INVALID, "presence",
            "您距站点 {m} 米，超过 200 米；请到场后再操作，或扫现场标签，或填写到位说明",
            "you are {m} m from the site, more than 200: scan a label there or give a reason", "m",
            m);
    return FAIL(
        cx, RC_INVALID, "qr", "您距站点 {m} 米，超过 200 米；应急到场须在站点范围内或扫现场标签",
        "you are {m} m from the site, more than 200: in an emergency be there or scan a label", "m",
        m);
}

/* On the spot is proved by place or label with a photo; a reason instead is looked at later. */
static enum rc prove_presence(struct cx *cx, struct row *row, const struct value *in,
                              struct stamp *s)
{
    bool photo = !in[ARRIVE_BEFORE].null, reason = !in[ARRIVE_PRESENCE].null;
    bool far = s->has_distance && s->distance_m > FENCE_METERS;
    if (s->proof && (photo || reason)) {
        s->spot_check = !photo;
        return RC_OK;
    }
    if (s->proof)
        return FAIL(cx, RC_INVALID, "before_photos", "请拍一张现场照片；确实不能拍的请填写到位说明",
                    "take a photo on the spot, or say why there is none");
    if (far && (row->v[WO_EMERGENCY].i || !reason))
        return too_far(cx, s, !row->v[WO_EMERGENCY].i);
    if (!reason)
        return FAIL(cx, RC_INVALID, "presence", "请定位或扫现场标签并拍照；不能时填写到位说明",
                    "prove presence by place or label with a photo, or give a reason");
    s->proof = "reason";
    s->spot_check = true;
    return RC_OK;
}

/* The pictures of the report stay beside those of the spot. */
static enum rc keep_reported_photos(struct cx *cx, struct row *row)
{
    struct row *old;
    enum rc rc = record_load(cx, &work_order_kind, row->id, &old);
    const struct value *was = rc ? NULL : &old->v[WO_BEFORE], *now = &row->v[WO_BEFORE];
    if (rc || was->null || now->null || !strcmp(was->s, now->s))
        return rc;
    row_text(row, WO_BEFORE,
             arena_printf(cx->a, "%.*s,%s", (int)strlen(was->s) - 1, was->s, now->s + 1));
    return RC_OK;
}

static enum rc arrive_effect(struct cx *cx, struct row *row, const struct value *in)
{
    struct stamp s;
    enum rc rc = stamp_take(cx, row, in, &s);
    if (!rc)
        rc = prove_presence(cx, row, in, &s);
    if (rc)
        return rc;
    rc = keep_reported_photos(cx, row);
    if (row->v[WO_ARRIVED].null) /* of who took over later the time line tells */
        row_int(row, WO_ARRIVED, s.at.ms);
    if (s.spot_check)
        row_int(row, WO_SPOT_CHECK, 1);
    if (!rc)
        rc = stamp_put(cx, row, "arrive", &s, text_of(&in[ARRIVE_PRESENCE]), NULL);
    return rc ? rc : stop_clock(cx, row, "arrive", s.at);
}

static enum rc progress_effect(struct cx *cx, struct row *row, const struct value *in)
{
    struct stamp s;
    enum rc rc = stamp_take(cx, row, in, &s);
    if (rc)
        return rc;
    row_int(row, WO_PROGRESS, s.at.ms);
    if (row->v[WO_EMERGENCY].i && row->v[WO_RESTORED].null)
        rc = progress_due(cx, row, s.at.ms);
    return rc ? rc
              : stamp_put(cx, row, "progress", &s, in[PROGRESS_NOTE].s,
                          text_of(&in[PROGRESS_PHOTOS]));
}

/* Mended from afar there is nothing to arrive for any more: the clock stops with the restore, never
 * runs on behind a closed order, and somebody looks at it since nobody proved to be there. */
static enum rc nobody_came(struct cx *cx, struct row *row, struct instant at)
{
    if (!row->v[WO_EMERGENCY].i || !row->v[WO_ARRIVED].null)
        return RC_OK;
    row_int(row, WO_SPOT_CHECK, 1);
    return sla_stop(cx, row->id, "arrive", at);
}

/* What the monitor saw come back dates the restore; else the engineer's word, until it is proved.
 */
static enum rc restore_effect(struct cx *cx, struct row *row, const struct value *in)
{
    struct stamp s;
    enum rc rc = stamp_take(cx, row, in, &s);
    if (rc)
        return rc;
    if (row->v[WO_RESTORED].null)
        row_int(row, WO_RESTORED, s.at.ms);
    if (!in[RESTORE_LOAN].null)
        row_text(row, WO_PROOF, "loaner");
    row_null(row, WO_PROGRESS_DUE);
    rc = stamp_put(cx, row, "restore", &s, in[RESTORE_RESULT].s, NULL);
    if (!rc && !in[RESTORE_LOAN].null)
        rc = loan_put(cx, row, in[RESTORE_LOAN].i, s.at);
    if (!rc)
        rc = pause_end_by_system(cx, row->id, OVER_RESTORED, s.at);
    if (!rc)
        rc = nobody_came(cx, row, s.at);
    return rc ? rc : stop_clock(cx, row, "restore", s.at);
}

static enum rc late_has_reason(struct cx *cx, const struct row *row)
{
    bool late;
    enum rc rc = sla_is_late(cx, row->id, &late);
    if (rc || !late || !row->v[WO_LATE_REASON].null)
        return rc;
    return FAIL(cx, RC_INVALID, "late_reason", "这张工单有时限超时，请填写超时原因",
                "a clock of this order is late: say why");
}

static enum rc no_open_repair(struct cx *cx, const struct row *row)
{
    bool open;
    enum rc rc = repair_open(cx, row->id, &open);
    if (rc || !open)
        return rc;
    return FAIL(cx, RC_CONFLICT, "state", "送修单尚未取回验收，不能办结",
                "the repair has not come back yet");
}

static enum rc resolve_effect(struct cx *cx, struct row *row, const struct value *in)
{
    struct stamp s;
    enum rc rc = no_open_repair(cx, row);
    if (!rc)
        rc = late_has_reason(cx, row);
    if (!rc)
        rc = stamp_take(cx, row, in, &s);
    if (rc)
        return rc;
    row_int(row, WO_RESOLVED, s.at.ms);
    rc = stamp_put(cx, row, "resolve", &s, in[RESOLVE_CAUSE].s, NULL);
    if (!rc)
        rc = pause_end_by_system(cx, row->id, OVER_RESOLVED, s.at);
    return rc ? rc : stop_clock(cx, row, "resolve", s.at);
}

/* The user's word proves what the engineer said (3.1). */
static enum rc confirm_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    row_int(row, WO_CONFIRMED, cx->now.ms);
    if (row->v[WO_PROOF].null)
        row_text(row, WO_PROOF, "user");
    return step_note(cx, row, "confirm", text_of(&row->v[WO_CONFIRM_NOTE]));
}

static enum rc close_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    enum rc rc = no_open_repair(cx, row);
    if (!rc)
        rc = late_has_reason(cx, row);
    row_int(row, WO_CLOSED, cx->now.ms);
    return rc ? rc : step_note(cx, row, "close", NULL);
}

static enum rc close_after(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    return close_children(cx, row);
}

static enum rc cancel_effect(struct cx *cx, struct row *row, const struct value *in)
{
    enum rc rc = sla_cancel(cx, row->id);
    if (!rc)
        rc = refresh_deadline(cx, row);
    return rc ? rc : step_note(cx, row, "cancel", in[0].s);
}

/* --- back, over, again --- */

static enum rc send_back_effect(struct cx *cx, struct row *row, const struct value *in)
{
    struct stamp s;
    enum rc rc = stamp_take(cx, row, in, &s);
    if (!rc)
        rc = stamp_put(cx, row, "send_back", &s, in[BACK_REASON].s, NULL);
    row_null(row, WO_ENGINEER);
    return rc;
}

static enum rc hand_over_effect(struct cx *cx, struct row *row, const struct value *in)
{
    struct stamp s;
    enum rc rc = active_engineer(cx, in[HAND_ENGINEER].i, "engineer_id");
    if (!rc && in[HAND_ENGINEER].i == cx->actor.user_id)
        rc = FAIL(cx, RC_INVALID, "engineer_id", "请选择另一位工程师", "choose another engineer");
    if (!rc)
        rc = stamp_take(cx, row, in, &s);
    if (!rc)
        rc = pauses_follow(cx, row->id, in[HAND_ENGINEER].i);
    row_int(row, WO_DISPATCHED, cx->now.ms);
    return rc ? rc : stamp_put(cx, row, "hand_over", &s, in[HAND_REASON].s, NULL);
}

static enum rc help_effect(struct cx *cx, struct row *row, const struct value *in)
{
    enum rc rc = active_engineer(cx, in[0].i, "helper_id");
    if (!rc && !in[1].null)
        rc = active_engineer(cx, in[1].i, "helper2_id");
    if (!rc &&
        (in[0].i == row->v[WO_ENGINEER].i || (!in[1].null && in[1].i == row->v[WO_ENGINEER].i)))
        rc = FAIL(cx, RC_INVALID, "helper_id", "协助人不能是处理人本人",
                  "the helper is the engineer himself");
    return rc ? rc : step_note(cx, row, "help", NULL);
}

/* The same symptom again within 72 h is the same order (3.4 rule 4): its clocks go on, and the time
 * in between stands as an accepted pause, so ledgers show it. */
static enum rc reopen_effect(struct cx *cx, struct row *row, const struct value *in)
{
    struct instant from = {row->v[WO_RESTORED].i};
    if (row->v[WO_RESTORED].null || cx->now.ms - from.ms > REOPEN_MS)
        return FAIL(
            cx, RC_CONFLICT, "state", "恢复已超过 72 小时，请新建工单并填写“前次工单”",
            "restored more than 72 hours ago: make a new order that names this one as repeated");
    enum rc rc = pause_by_system(cx, row, "reopen", "restore,resolve", "恢复至再次报修之间", NULL,
                                 from, cx->now);
    if (!rc)
        rc = sla_resume(cx, row->id, "restore");
    if (!rc)
        rc = sla_resume(cx, row->id, "resolve");
    row_int(row, WO_REOPENED, cx->now.ms);
    row_int(row, WO_REOPENS, row->v[WO_REOPENS].i + 1);
    static const int undone[] = {WO_RESTORED, WO_RESOLVED, WO_CONFIRMED, WO_CLOSED, WO_PROOF};
    for (size_t i = 0; i < sizeof undone / sizeof *undone; i++)
        row_null(row, undone[i]);
    row_int(row, WO_AUTO_CLOSED, 0);
    if (!row->v[WO_VERDICT].null && !strcmp(row->v[WO_VERDICT].s, "no_fault")) {
        row_null(row, WO_VERDICT);
        row_null(row, WO_CAUSE_PARTY);
    }
    if (row->v[WO_ENGINEER].null)
        row_text(row, WO_STATE, "registered");
    if (!rc && row->v[WO_EMERGENCY].i)
        rc = progress_due(cx, row, cx->now.ms);
    if (!rc)
        rc = refresh_deadline(cx, row);
    return rc ? rc : step_note(cx, row, "reopen", in[0].s);
}

/* What was held for no fault is one after all: its clocks count again, the time in between aside.
 */
static enum rc reopen_after(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    enum rc rc = sla_unvoid(cx, row->id, "no_fault");
    return rc ? rc : deadline_follows(cx, row->id);
}

/* --- facts that change --- */

static enum rc reclock(struct cx *cx, struct row *row, const char *void_reason)
{
    enum rc rc = counts(row) ? sla_reevaluate(cx, row->id, void_reason) : RC_OK;
    return rc ? rc : deadline_follows(cx, row->id);
}

static enum rc facts_after(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    return reclock(cx, row, "superseded");
}

static enum rc regrade_effect(struct cx *cx, struct row *row, const struct value *in)
{
    struct row *old;
    enum rc rc = record_load(cx, &work_order_kind, row->id, &old);
    if (!rc && !strcmp(old->v[WO_GRADE].s, in[0].s))
        rc = FAIL(cx, RC_INVALID, "grade", "级别没有变化", "the grade is the same");
    row_null(row, WO_PROPOSAL);
    return rc ? rc : step_note(cx, row, "regrade", in[1].s);
}

static enum rc propose_effect(struct cx *cx, struct row *row, const struct value *in)
{
    return step_note(cx, row, "propose", in[0].s);
}

/* Not to be mended on the spot: the project manager is told at once, whatever the clock (C-130). */
static enum rc escalate_effect(struct cx *cx, struct row *row, const struct value *in)
{
    return step_note(cx, row, "escalate", in[0].s);
}

/* Its clocks run from the declaration, whoever reported what when (3.2). */
static enum rc emergency_effect(struct cx *cx, struct row *row, const struct value *in)
{
    row_int(row, WO_EMERGENCY, 1);
    row_int(row, WO_EMERGENCY_AT, whole_second(cx->now.ms));
    row_null(row, WO_PROPOSAL);
    enum rc rc = progress_due(cx, row, cx->now.ms);
    return rc ? rc : step_note(cx, row, "declare_emergency", in[0].s);
}

static enum rc emergency_after(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    enum rc rc = counts(row) ? sla_reevaluate(cx, row->id, "superseded") : RC_OK;
    if (!rc && !row->v[WO_ARRIVED].null) /* somebody is there already */
        rc = sla_stop(cx, row->id, "arrive", cx->now);
    return rc ? rc : deadline_follows(cx, row->id);
}

static enum rc exclude_effect(struct cx *cx, struct row *row, const struct value *in)
{
    return step_note(cx, row, "exclude", in[2].s);
}

static enum rc exclude_after(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    enum rc rc = sla_void(cx, row->id, "excluded");
    return rc ? rc : deadline_follows(cx, row->id);
}

static enum rc include_effect(struct cx *cx, struct row *row, const struct value *in)
{
    row_null(row, WO_EXCLUDED);
    row_null(row, WO_QUOTE);
    return step_note(cx, row, "include", in[0].s);
}

static enum rc include_after(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    enum rc rc = sla_unvoid(cx, row->id, "excluded");
    return rc ? rc : deadline_follows(cx, row->id);
}

static enum rc to_request_effect(struct cx *cx, struct row *row, const struct value *in)
{
    row_text(row, WO_TYPE, "service_request");
    return step_note(cx, row, "to_request", in[0].s);
}

static enum rc to_request_after(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    return reclock(cx, row, "request");
}

/* --- verdicts --- */

static enum rc no_fault_effect(struct cx *cx, struct row *row, const struct value *in)
{
    struct stamp s;
    enum rc rc = stamp_take(cx, row, in, &s);
    if (rc)
        return rc;
    row_text(row, WO_VERDICT, "no_fault");
    row_text(row, WO_CAUSE_PARTY, "none");
    row_int(row, WO_RESTORED, s.at.ms);
    row_int(row, WO_RESOLVED, s.at.ms);
    row_null(row, WO_PROGRESS_DUE);
    rc = stamp_put(cx, row, "no_fault", &s, in[NO_FAULT_RESULT].s, NULL);
    if (!rc)
        rc = pause_end_by_system(cx, row->id, OVER_RESOLVED, s.at);
    return rc ? rc : sla_stop(cx, row->id, "respond", s.at); /* the finding was told */
}

static enum rc no_fault_after(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    return reclock(cx, row, "no_fault");
}

/* D-3: a verdict with the request filed inside the limit meets the restore clock; a later one
 * leaves it running. The repair then has its own flow. */
static enum rc verdict_effect(struct cx *cx, struct row *row, const struct value *in)
{
    struct stamp s;
    bool in_time;
    enum rc rc = no_open_repair(cx, row);
    if (!rc)
        rc = stamp_take(cx, row, in, &s);
    if (!rc)
        rc = sla_in_time(cx, row->id, "restore", s.at, &in_time);
    if (rc)
        return rc;
    row_text(row, WO_VERDICT, "hardware");
    rc = stamp_put(cx, row, "verdict", &s, in[IN_N].s, NULL);
    if (!rc)
        rc = repair_file(cx, row, in + IN_N, s.at, in_time);
    if (rc || !in_time)
        return rc;
    if (row->v[WO_RESTORED].null) {
        row_int(row, WO_RESTORED, s.at.ms);
        row_text(row, WO_PROOF, "handoff");
    }
    row_null(row, WO_PROGRESS_DUE);
    row_text(row, WO_STATE, "restored");
    rc = pause_end_by_system(cx, row->id, OVER_RESTORED, s.at);
    if (!rc)
        rc = nobody_came(cx, row, s.at);
    return rc ? rc : stop_clock(cx, row, "restore", s.at);
}

static enum rc pauses_after(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    enum rc rc = sla_pauses_changed(cx, row->id);
    return rc ? rc : deadline_follows(cx, row->id);
}

/* --- duplicates --- */

static enum rc merge_effect(struct cx *cx, struct row *row, const struct value *in)
{
    enum rc rc = merge_into(cx, row, in[0].i);
    return rc ? rc : step_note(cx, row, "merge", row->label[WO_PARENT]);
}

static enum rc merge_after(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    return merged_after(cx, row);
}

static enum rc split_effect(struct cx *cx, struct row *row, const struct value *in)
{
    row_null(row, WO_PARENT);
    if (row->v[WO_REGISTERED].null)
        row_int(row, WO_REGISTERED, cx->now.ms);
    return step_note(cx, row, "split", in[0].s);
}

/* One that was born as a duplicate never had clocks: it gets them now, from its own t0. */
static enum rc split_after(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    enum rc rc = sla_unvoid(cx, row->id, "merged");
    return rc ? rc : reclock(cx, row, "superseded");
}

/* --- what is not offered, whatever the state --- */

static bool is_excluded(const struct row *row)
{
    return !row->v[WO_EXCLUDED].null;
}

static bool is_in_contract(const struct row *row)
{
    return row->v[WO_EXCLUDED].null;
}

static bool is_no_emergency(const struct row *row)
{
    return !row->v[WO_EMERGENCY].i;
}

static bool is_incident(const struct row *row)
{
    return !strcmp(row->v[WO_TYPE].s, "incident");
}

#define FORM(x) .input = (x), .n_input = (int)(sizeof(x) / sizeof *(x))
#define WORKING "accepted|arrived"
#define AFTERWARDS "restored|resolved|confirmed|closed"
/* clang-format off */
const struct flow_step order_flow[] = {
    {"register", "受理", "Register", "reported", "registered", "work_order.register", .tone = "primary", .effect = register_effect},
    {"dispatch", "派单", "Dispatch", "registered|dispatched|" WORKING, "dispatched", "work_order.dispatch", FORM(dispatch_input), "primary", .effect = dispatch_effect},
    {"accept",   "接单", "Accept",   "dispatched", "accepted", "work_order.work", FORM(accept_input), "primary", .only = "engineer_id", .effect = accept_effect},
    {"accept",   "接单", "Accept",   "registered", "accepted", "work_order.claim", FORM(accept_input), "primary", .effect = accept_effect},
    {"arrive",   "到场", "Arrive",   "accepted", "arrived", "work_order.work", FORM(arrive_input), "primary", .only = "engineer_id", .effect = arrive_effect},
    {"progress", "报进展", "Report progress", "dispatched|" WORKING "|restored", NULL, "work_order.progress", FORM(progress_input), "primary", .only = "engineer_id", .effect = progress_effect},
    {"restore",  "恢复", "Restore",  WORKING, "restored", "work_order.work", FORM(restore_input), "success", .only = "engineer_id", .effect = restore_effect},
    {"resolve",  "修复", "Resolve",  "restored", "resolved", "work_order.work", FORM(resolve_input), "success", .only = "engineer_id", .effect = resolve_effect},
    {"resolve",  "修复", "Resolve",  "confirmed", NULL, "work_order.work", FORM(resolve_input), "success", .only = "engineer_id", .effect = resolve_effect},
    {"confirm",  "确认", "Confirm",  "restored|resolved", "confirmed", "work_order.confirm", FORM(confirm_input), "success", .not_same = "engineer_id", .only = "reporter_id", .effect = confirm_effect},
    {"close",    "关闭", "Close",    "confirmed", "closed", "work_order.close", FORM(close_input), "info", .effect = close_effect, .after = close_after},
    {"send_back", "退回", "Send back", "dispatched|" WORKING, "registered", "work_order.work", FORM(send_back_input), "warning", .only = "engineer_id", .effect = send_back_effect},
    {"hand_over", "转交", "Hand over", WORKING, "dispatched", "work_order.hand_over", FORM(hand_over_input), "warning", .only = "engineer_id", .effect = hand_over_effect},
    {"help",     "加协助人", "Add helper", "dispatched|" WORKING, NULL, "work_order.help", FORM(help_input), "info", .only = "engineer_id", .effect = help_effect},
    {"verdict",  "判定送修", "Hardware verdict", WORKING "|restored", NULL, "work_order.verdict", FORM(verdict_input), "warning", .only = "engineer_id", .effect = verdict_effect, .after = pauses_after},
    {"no_fault", "非故障", "Not a fault", "registered|dispatched|" WORKING, "resolved", "work_order.verdict", FORM(no_fault_input), "info", .only = "engineer_id", .effect = no_fault_effect, .after = no_fault_after},
    {"propose",  "建议调级", "Propose", OPEN_STATES, NULL, "work_order.propose", FORM(propose_input), "info", .only = "engineer_id", .effect = propose_effect},
    {"escalate", "上报升级", "Escalate", OPEN_STATES "|restored", NULL, "work_order.escalate", FORM(reason_input), "warning", .only = "engineer_id", .effect = escalate_effect},
    {"regrade",  "调级", "Regrade",  OPEN_STATES, NULL, "work_order.regrade", FORM(regrade_input), "warning", .effect = regrade_effect, .after = facts_after},
    {"declare_emergency", "宣布应急", "Declare emergency", OPEN_STATES, NULL, "work_order.regrade", FORM(reason_input), "danger", .effect = emergency_effect, .after = emergency_after, .when = is_no_emergency},
    {"to_request", "转服务请求", "Turn into a request", OPEN_STATES, NULL, "work_order.register", FORM(reason_input), "info", .effect = to_request_effect, .after = to_request_after, .when = is_incident},
    {"exclude",  "列为合同外", "Exclude", OPEN_STATES "|restored|resolved", NULL, "work_order.exclude", FORM(exclude_input), "warning", .effect = exclude_effect, .after = exclude_after, .when = is_in_contract},
    {"include",  "撤销合同外", "Include again", OPEN_STATES "|" AFTERWARDS, NULL, "work_order.include", FORM(reason_input), "warning", .effect = include_effect, .after = include_after, .when = is_excluded},
    {"merge",    "合并", "Merge",    "reported|registered|dispatched|accepted", "merged", "work_order.merge", FORM(merge_input), "info", .effect = merge_effect, .after = merge_after},
    {"split",    "拆分", "Split",    "merged", "registered", "work_order.merge", FORM(reason_input), "info", .effect = split_effect, .after = split_after},
    {"reopen",   "返修", "Reopen",   AFTERWARDS, "accepted", "work_order.reopen", FORM(reason_input), "danger", .only = "reporter_id", .effect = reopen_effect, .after = reopen_after},
    {"cancel",   "取消", "Cancel",   OPEN_STATES, "cancelled", "work_order.cancel", FORM(cancel_input), "danger", .effect = cancel_effect},
};
/* clang-format on */
_Static_assert(sizeof order_flow / sizeof *order_flow == N_FLOW, "N_FLOW counts the steps");
