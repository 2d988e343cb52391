/* SPDX-License-Identifier: Apache-2.0 */
#include "mod/account_request/account_request.h"

#include <string.h>

enum { REQ_TITLE, REQ_TYPE, REQ_STATE, REQ_PERSON, REQ_ACCOUNT, REQ_UNIT, REQ_DUTY, REQ_REASON, REQ_FROM, REQ_APPLICANT, REQ_ANSWER,
       REQ_DONE_AT, REQ_N };

/* clang-format off */
static const struct option types[] = {
    {"open", "开通", "Open", "primary"}, {"change", "变更角色", "Change the role", "warning"}, {"close", "停用", "Close", "danger"}, {NULL}};
static const struct option states[] = {
    {"requested", "待办理", "Requested", "warning"}, {"done", "已办理", "Done", "success"}, {"rejected", "已驳回", "Rejected", "danger"},
    {"cancelled", "已撤销", "Cancelled", "info"}, {NULL}};

static const struct field fields[] = {
    [REQ_TITLE]     = {"title",       "事由",     "Subject",     F_TEXT, REQ | FIND | LIST, 2, 120},
    [REQ_TYPE]      = {"type",        "申请类型", "Type",        F_ENUM, REQ | LIST | ONCE, .opts = types, .initial = "open"},
    [REQ_STATE]     = {"state",       "状态",     "State",       F_ENUM, REQ | RO | LIST, .opts = states, .initial = "requested"},
    [REQ_PERSON]    = {"person_name", "使用人",   "Person",      F_TEXT, LIST, 1, 40, .help = "开通时填写"},
    [REQ_ACCOUNT]   = {"user_id",     "账号",     "Account",     F_REF,  LIST, .ref = "user", .help = "变更、停用时填写；开通办理后由系统管理员填上"},
    [REQ_UNIT]      = {"org_unit_id", "单位",     "Unit",        F_REF,  LIST, .ref = "org_unit"},
    [REQ_DUTY]      = {"duty",        "岗位职责", "Duty",        F_TEXT, REQ | LIST, 2, 200, .help = "据此授予角色"},
    [REQ_REASON]    = {"reason",      "理由",     "Reason",      F_TEXT, REQ | LONG, 2, 500},
    [REQ_FROM]      = {"from_on",     "起始日期", "From",        F_DATE, LIST},
    [REQ_APPLICANT] = {"applicant_id", "申请人",  "Applicant",   F_REF,  RO | LIST, .ref = "user"},
    [REQ_ANSWER]    = {"answer",      "办理意见", "Answer",      F_TEXT, RO | LONG, 2, 500},
    [REQ_DONE_AT]   = {"done_at",     "办理时间", "Done at",     F_INSTANT, RO},
};
static const struct field done_input[] = {
    {"user_id", "办理的账号", "Account", F_REF, REQ, .ref = "user"}, {"answer", "办理意见", "Answer", F_TEXT, LONG, 2, 500}};
static const struct field reject_input[] = {{"answer", "驳回理由", "Why not", F_TEXT, REQ | LONG, 2, 500}};
/* clang-format on */

static enum rc check(struct cx *cx, const struct row *old, struct row *row)
{
    bool opens = !strcmp(row->v[REQ_TYPE].s, "open");
    if (!old && cx->actor.user_id)
        row_int(row, REQ_APPLICANT, cx->actor.user_id);
    if (opens && row->v[REQ_PERSON].null)
        return FAIL(cx, RC_INVALID, "person_name", "开通账号请填“使用人”", "a new account needs the person's name");
    if (!opens && row->v[REQ_ACCOUNT].null)
        return FAIL(cx, RC_INVALID, "user_id", "变更或停用请选“账号”", "choose the account to change or close");
    return RC_OK;
}

static enum rc stamp(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    row_int(row, REQ_DONE_AT, cx->now.ms);
    return RC_OK;
}

/* clang-format off */
static const struct flow_step flow[] = {
    {"carry_out", "办理", "Carry out", "requested", "done",      "account_request.carry_out", done_input, 2, "success", .not_same = "applicant_id", .effect = stamp},
    {"reject",    "驳回", "Reject",    "requested", "rejected",  "account_request.carry_out", reject_input, 1, "danger", .not_same = "applicant_id", .effect = stamp},
    {"cancel",    "撤销", "Cancel",    "requested", "cancelled", "account_request.create",    NULL, 0, "info", .only = "applicant_id"},
};
const struct kind account_request_kind = {
    .name = "account_request", .label = "账号申请", .label_en = "Account request", .group = "system", .fields = fields, .n_fields = REQ_N,
    .label_field = REQ_TITLE, .state_field = REQ_STATE, .flow = flow, .n_flow = 3, .locked_in = "done|rejected|cancelled",
    .scope = {.own = {"applicant_id"}}, .check = check};
/* clang-format on */
