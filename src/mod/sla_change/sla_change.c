/* SPDX-License-Identifier: Apache-2.0 */
#include "mod/sla_change/sla_change.h"

#include <string.h>

#include "mod/sla/sla.h"

enum { SC_TITLE, SC_RULE, SC_STATE, SC_LIMIT, SC_INTERNAL, SC_FROM, SC_REASON, SC_PAPER, SC_APPLICANT, SC_AGREED_BY, SC_AGREED_AT,
       SC_APPROVED_BY, SC_APPROVED_AT, SC_NEW_RULE, SC_ANSWER, SC_N };

/* clang-format off */
static const struct option states[] = {
    {"proposed", "待甲方同意", "Proposed", "warning"}, {"agreed", "待安全管理员批准", "Agreed", "warning"}, {"approved", "已生效登记", "In force", "success"},
    {"rejected", "已驳回", "Rejected", "danger"}, {"cancelled", "已撤销", "Cancelled", "info"}, {NULL}};

static const struct field fields[] = {
    [SC_TITLE]     = {"title",         "变更内容", "Change",    F_TEXT, REQ | FIND | LIST, 2, 120},
    [SC_RULE]      = {"rule_id",       "时限规则", "Rule",      F_REF,  REQ | LIST | ONCE, .ref = "sla_rule"},
    [SC_STATE]     = {"state",         "状态",     "State",     F_ENUM, REQ | RO | LIST, .opts = states, .initial = "proposed"},
    [SC_LIMIT]     = {"limit_minutes", "新时限（分钟）", "New limit (min)", F_INT, REQ | LIST, 1, 527040},
    [SC_INTERNAL]  = {"internal",      "仍为内部目标", "Internal target", F_BOOL, REQ, .initial = "0"},
    [SC_FROM]      = {"from_on",       "生效日期", "From",      F_DATE, REQ | LIST, .help = "晚于今天；此前的期限不变"},
    [SC_REASON]    = {"reason",        "理由",     "Reason",    F_TEXT, REQ | LONG, 2, 500},
    [SC_PAPER]     = {"paper",         "双方签字件", "Signed paper", F_FILES, REQ, .help = "口头、微信约定不改变时限（C-036）"},
    [SC_APPLICANT] = {"applicant_id",  "提出人",   "Applicant", F_REF,  RO | LIST, .ref = "user"},
    [SC_AGREED_BY] = {"agreed_by_id",  "甲方同意人", "Agreed by", F_REF, RO, .ref = "user"},
    [SC_AGREED_AT] = {"agreed_at",     "同意时间", "Agreed at", F_INSTANT, RO},
    [SC_APPROVED_BY] = {"approved_by_id", "批准人", "Approved by", F_REF, RO, .ref = "user"},
    [SC_APPROVED_AT] = {"approved_at", "批准时间", "Approved at", F_INSTANT, RO},
    [SC_NEW_RULE]  = {"new_rule_id",   "新规则",   "New rule",  F_REF,  RO, .ref = "sla_rule"},
    [SC_ANSWER]    = {"answer",        "驳回理由", "Why not",   F_TEXT, RO | LONG, 2, 500},
};
static const struct field reject_input[] = {{"answer", "驳回理由", "Why not", F_TEXT, REQ | LONG, 2, 500}};
/* clang-format on */

static enum rc ahead(struct cx *cx, const struct row *row)
{
    char today[DATE_TEXT];
    date_text(civil_date(cx->now), today);
    return strcmp(row->v[SC_FROM].s, today) > 0
               ? RC_OK
               : FAIL(cx, RC_INVALID, "from_on", "“生效日期”应晚于今天：已经过去的不改写", "the change must begin after today");
}

static enum rc check(struct cx *cx, const struct row *old, struct row *row)
{
    if (!old && cx->actor.user_id)
        row_int(row, SC_APPLICANT, cx->actor.user_id);
    return ahead(cx, row);
}

static void stamp(struct cx *cx, struct row *row, int by, int at)
{
    if (cx->actor.user_id)
        row_int(row, by, cx->actor.user_id);
    row_int(row, at, cx->now.ms);
}

static enum rc agree(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    stamp(cx, row, SC_AGREED_BY, SC_AGREED_AT);
    return ahead(cx, row);
}

/* The rule as it was, up to the day before; as it will be, from then on. */
static enum rc put_in_force(struct cx *cx, struct row *row)
{
    struct row *old;
    struct date from, to;
    char last[DATE_TEXT];
    enum rc rc = record_load(cx, &sla_rule_kind, row->v[SC_RULE].i, &old);
    if (rc)
        return rc;
    struct row *ended = record_copy(cx, old), *rule = record_new(cx, &sla_rule_kind);
    if (!old->v[RULE_TO].null || old->retired || strcmp(old->v[RULE_FROM].s, row->v[SC_FROM].s) >= 0)
        return FAIL(cx, RC_CONFLICT, "rule_id", "这条规则已被另一次变更替换，请驳回后对现行规则重新提出",
                    "the rule was replaced meanwhile: reject this and propose it for the present one");
    if (!date_parse(row->v[SC_FROM].s, &from))
        return FAIL(cx, RC_INVALID, "from_on", "“生效日期”不是日期", "no date");
    to = (struct date){from.day - 1};
    date_text(to, last);
    row_text(ended, RULE_TO, arena_strdup(cx->a, last));
    memcpy(rule->v, old->v, sizeof *rule->v * RULE_N);
    row_int(rule, RULE_LIMIT, row->v[SC_LIMIT].i);
    row_int(rule, RULE_INTERNAL, row->v[SC_INTERNAL].i);
    row_text(rule, RULE_FROM, row->v[SC_FROM].s);
    row_text(rule, RULE_SOURCE, arena_printf(cx->a, "时限变更 %lld", (long long)row->id));
    rc = record_update(cx, old, ended, "change");
    if (!rc)
        rc = record_insert(cx, rule, "change");
    row_int(row, SC_NEW_RULE, rule->id);
    return rc;
}

static enum rc approve(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    enum rc rc = ahead(cx, row);
    stamp(cx, row, SC_APPROVED_BY, SC_APPROVED_AT);
    return rc ? rc : put_in_force(cx, row);
}

/* clang-format off */
static const struct flow_step flow[] = {
    {"agree",   "同意",         "Agree",   "proposed", "agreed",    "sla_change.agree",   NULL, 0, "success", .not_same = "applicant_id", .effect = agree},
    {"approve", "批准",         "Approve", "agreed",   "approved",  "sla_change.approve", NULL, 0, "success", .not_same = "applicant_id|agreed_by_id", .effect = approve},
    {"reject",  "驳回",         "Reject",  "proposed", "rejected",  "sla_change.agree",   reject_input, 1, "danger", .not_same = "applicant_id"},
    {"reject",  "驳回",         "Reject",  "agreed",   "rejected",  "sla_change.approve", reject_input, 1, "danger", .not_same = "applicant_id|agreed_by_id"},
    {"cancel",  "撤销",         "Cancel",  "proposed|agreed", "cancelled", "sla_change.create", NULL, 0, "info", .only = "applicant_id"},
};
const struct kind sla_change_kind = {
    .name = "sla_change", .label = "时限变更", .label_en = "Change of a limit", .group = "contract", .fields = fields, .n_fields = SC_N,
    .label_field = SC_TITLE, .state_field = SC_STATE, .flow = flow, .n_flow = 5, .locked_in = "agreed|approved|rejected|cancelled",
    .scope = {.own = {"applicant_id"}}, .check = check};
/* clang-format on */
