/* SPDX-License-Identifier: Apache-2.0 */
/* The exemplary module: CONTRIBUTING.md, "Add a kind of record", walks through it. */
#include "mod/customer_visit/customer_visit.h"

enum { VISIT_TITLE, VISIT_UNIT, VISIT_DATE, VISIT_VISITOR, VISIT_STATE, VISIT_NEEDS, VISIT_FINDINGS, VISIT_PHOTOS,
       VISIT_RATING, VISIT_SIGNATURE, VISIT_CONFIRMER, VISIT_CONFIRMED_AT, VISIT_OPINION, VISIT_N };

/* clang-format off */
static const struct option states[] = {
    {"draft", "草稿", "Draft", "info"}, {"submitted", "待确认", "Submitted", "warning"},
    {"confirmed", "已确认", "Confirmed", "success"}, {NULL}};
static const struct option ratings[] = {
    {"good", "满意", "Satisfied", "success"}, {"fair", "基本满意", "Fair", "warning"}, {"poor", "不满意", "Dissatisfied", "danger"}, {NULL}};

static const struct field need_fields[] = {
    {"content",       "需求", "Need",       F_TEXT, REQ, 2, 200},
    {"work_order_id", "工单", "Work order", F_REF,  0, .ref = "work_order", .help = "由此需求登记的工单"},
};
static const struct child_kind needs = {"customer_visit_need", need_fields, 2};

static const struct field fields[] = {
    [VISIT_TITLE]     = {"title",       "巡访主题", "Subject",      F_TEXT,  REQ | FIND | LIST, 2, 120},
    [VISIT_UNIT]      = {"org_unit_id", "客户单位", "Unit",         F_REF,   REQ | FIND | LIST, .ref = "org_unit"},
    [VISIT_DATE]      = {"visited_on",  "巡访日期", "Visited on",   F_DATE,  REQ | LIST},
    [VISIT_VISITOR]   = {"visitor_id",  "巡访人",   "Visitor",      F_REF,   LIST, .ref = "user", .help = "空着即为登记人"},
    [VISIT_STATE]     = {"state",       "状态",     "State",        F_ENUM,  REQ | RO | LIST, .opts = states, .initial = "draft"},
    [VISIT_NEEDS]     = {"needs",       "客户需求", "Needs",        F_ROWS,  0, 0, 50, .rows = &needs},
    [VISIT_FINDINGS]  = {"findings",    "现场状况", "Findings",     F_TEXT,  LONG | FIND, 2, 2000},
    [VISIT_PHOTOS]    = {"photos",      "现场照片", "Photos",       F_FILES, IMAGE},
    [VISIT_RATING]    = {"rating",      "评价",     "Rating",       F_ENUM,  RO | LIST, .opts = ratings},
    [VISIT_SIGNATURE] = {"signature",   "签字",     "Signature",    F_FILES, RO | IMAGE},
    [VISIT_CONFIRMER] = {"confirmer_id", "确认人",  "Confirmed by", F_REF,   RO, .ref = "user"},
    [VISIT_CONFIRMED_AT] = {"confirmed_at", "确认时间", "Confirmed at", F_INSTANT, RO},
    [VISIT_OPINION]   = {"opinion",     "客户意见", "Opinion",      F_TEXT,  RO | LONG, 2, 500},
};
static const struct field confirm_input[] = {
    {"rating", "评价", "Rating", F_ENUM, REQ, .opts = ratings}, {"signature", "签字", "Signature", F_FILES, IMAGE},
    {"opinion", "客户意见", "Opinion", F_TEXT, LONG, 2, 500}};
static const struct field return_input[] = {{"opinion", "退回原因", "Reason", F_TEXT, REQ | LONG, 2, 500}};
/* clang-format on */

static enum rc check(struct cx *cx, const struct row *old, struct row *row)
{
    (void)old;
    if (row->v[VISIT_VISITOR].null && cx->actor.user_id)
        row_int(row, VISIT_VISITOR, cx->actor.user_id);
    return RC_OK;
}

static enum rc stamp(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    if (cx->actor.user_id)
        row_int(row, VISIT_CONFIRMER, cx->actor.user_id);
    row_int(row, VISIT_CONFIRMED_AT, cx->now.ms);
    return RC_OK;
}

/* clang-format off */
static const struct flow_step flow[] = {
    {"submit",  "提交", "Submit",  "draft",     "submitted", "customer_visit.submit",  NULL, 0, "primary", .only = "visitor_id"},
    {"confirm", "确认", "Confirm", "submitted", "confirmed", "customer_visit.confirm", confirm_input, 3, "success", .not_same = "visitor_id", .effect = stamp},
    {"return",  "退回", "Return",  "submitted", "draft",     "customer_visit.confirm", return_input, 1, "warning", .not_same = "visitor_id"},
};
const struct kind customer_visit_kind = {
    .name = "customer_visit", .label = "巡访记录", .label_en = "Customer visit", .group = "order", .fields = fields, .n_fields = VISIT_N,
    .label_field = VISIT_TITLE, .state_field = VISIT_STATE, .flow = flow, .n_flow = 3, .locked_in = "submitted|confirmed",
    .scope = {.own = {"visitor_id"}, .unit = "org_unit_id"}, .check = check, .identity = "title+org_unit_id+visited_on"};
/* clang-format on */
