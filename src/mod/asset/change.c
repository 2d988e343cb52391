/* SPDX-License-Identifier: Apache-2.0 */
/* What may change in the ledger only with a word of party A (F-19, C-048), and what becomes of the
 * parts that are taken out of its devices (C-006). */
#include <string.h>

#include "mod/asset/asset.h"

/* clang-format off */
enum { CHANGE_TITLE, CHANGE_TYPE, CHANGE_STATE, CHANGE_ASSET, CHANGE_SITE, CHANGE_UNIT, CHANGE_REASON, CHANGE_RISK,
       CHANGE_ROLLBACK, CHANGE_DOCUMENTS, CHANGE_APPLICANT, CHANGE_APPROVER, CHANGE_APPROVED_AT, CHANGE_ANSWER,
       CHANGE_DONE_AT, CHANGE_RESULT, CHANGE_PROOF, CHANGE_N };
enum { PART_NAME, PART_STATE, PART_ASSET, PART_ORDER, PART_MODEL, PART_SERIAL, PART_DATA, PART_TAKEN, PART_KEPT, PART_PHOTOS,
       PART_KEEPER, PART_APPROVER, PART_APPROVED_AT, PART_RECEIVER, PART_PROOF, PART_ENDED_AT, PART_NOTE, PART_N };

static const struct option change_types[] = {
    {"add", "新增纳管", "Add", "primary"}, {"move", "迁移", "Move", "primary"}, {"suspend", "停用", "Suspend", "warning"},
    {"resume", "恢复启用", "Resume", "success"}, {"dispose", "报废拆除", "Dispose", "danger"},
    {"restore", "报废恢复", "Restore", "warning"}, {"angle", "调整监视方向", "Change of view", "warning"}, {"other", "其他", "Other", "info"}, {NULL}};
static const struct option change_states[] = {
    {"proposed", "待审批", "Proposed", "warning"}, {"approved", "已批准", "Approved", "primary"}, {"done", "已实施", "Done", "success"},
    {"rejected", "已驳回", "Rejected", "danger"}, {"cancelled", "已撤销", "Cancelled", "info"}, {NULL}};
static const struct option risks[] = {
    {"low", "低", "Low", "success"}, {"middle", "中", "Middle", "warning"}, {"high", "高", "High", "danger"}, {NULL}};
static const struct option part_states[] = {
    {"taken", "待处置", "Taken out", "warning"}, {"approved", "已批准处置", "Approved", "primary"}, {"repair", "送修", "In repair", "warning"},
    {"returned", "已交还甲方", "Returned to party A", "success"}, {"scrapped", "已报废", "Scrapped", "info"},
    {"destroyed", "已销毁", "Destroyed", "info"}, {"rma", "已返厂", "Sent to the maker", "info"}, {NULL}};

static const struct field change_fields[] = {
    [CHANGE_TITLE]     = {"title", "变更内容", "Change", F_TEXT, REQ | FIND | LIST, 2, 200},
    [CHANGE_TYPE]      = {"type", "类型", "Type", F_ENUM, REQ | LIST | ONCE, .opts = change_types},
    [CHANGE_STATE]     = {"state", "状态", "State", F_ENUM, REQ | RO | LIST, .opts = change_states, .initial = "proposed"},
    [CHANGE_ASSET]     = {"asset_id", "设备", "Asset", F_REF, REQ | FIND | LIST | ONCE, .ref = "asset"},
    [CHANGE_SITE]      = {"to_site_id", "迁往站点", "To site", F_REF, LIST, .ref = "site"},
    [CHANGE_UNIT]      = {"to_unit_id", "移交单位", "To unit", F_REF, 0, .ref = "org_unit"},
    [CHANGE_REASON]    = {"reason", "原因", "Reason", F_TEXT, REQ | LONG, 2, 1000},
    [CHANGE_RISK]      = {"risk", "风险", "Risk", F_ENUM, REQ | LIST, .opts = risks, .initial = "low"},
    [CHANGE_ROLLBACK]  = {"rollback", "回退方案", "Rollback", F_TEXT, LONG, 2, 1000},
    [CHANGE_DOCUMENTS] = {"documents", "附件", "Documents", F_FILES, 0},
    [CHANGE_APPLICANT] = {"applicant_id", "申请人", "Applicant", F_REF, RO | LIST, .ref = "user"},
    [CHANGE_APPROVER]  = {"approver_id", "审批人", "Approver", F_REF, RO, .ref = "user"},
    [CHANGE_APPROVED_AT] = {"approved_at", "审批时间", "Decided at", F_INSTANT, RO},
    [CHANGE_ANSWER]    = {"answer", "审批意见", "Answer", F_TEXT, RO, 1, 500},
    [CHANGE_DONE_AT]   = {"done_at", "实施时间", "Done at", F_INSTANT, RO | LIST},
    [CHANGE_RESULT]    = {"result", "实施结果", "Result", F_TEXT, RO | LONG, 1, 1000},
    [CHANGE_PROOF]     = {"proof", "现场照片", "Photos", F_FILES, RO | IMAGE},
};
static const struct field answer_input[] = {{"answer", "审批意见", "Answer", F_TEXT, 0, 1, 500}};
static const struct field refuse_input[] = {{"answer", "驳回理由", "Why not", F_TEXT, REQ, 2, 500}};
static const struct field done_input[] = {
    {"result", "实施结果", "Result", F_TEXT, REQ | LONG, 2, 1000}, {"proof", "现场照片", "Photos", F_FILES, IMAGE}};

static const struct field part_fields[] = {
    [PART_NAME]     = {"name", "旧件名称", "Part", F_TEXT, REQ | FIND | LIST, 1, 120},
    [PART_STATE]    = {"state", "处置状态", "State", F_ENUM, REQ | RO | LIST, .opts = part_states, .initial = "taken"},
    [PART_ASSET]    = {"asset_id", "拆自设备", "Taken from", F_REF, REQ | FIND | LIST | ONCE, .ref = "asset"},
    [PART_ORDER]    = {"work_order_id", "工单", "Work order", F_REF, 0, .ref = "work_order"},
    [PART_MODEL]    = {"model", "型号", "Model", F_TEXT, FIND, 1, 120},
    [PART_SERIAL]   = {"serial_no", "序列号", "Serial no.", F_TEXT, FIND | LIST, 1, 120},
    [PART_DATA]     = {"holds_data", "存有数据", "Holds data", F_BOOL, REQ | LIST | ONCE, .initial = "0", .help = "硬盘、存储卡等：处置须甲方批准并有清除或销毁证明"},
    [PART_TAKEN]    = {"taken_on", "拆下日期", "Taken out on", F_DATE, REQ | LIST},
    [PART_KEPT]     = {"kept_at", "存放地点", "Kept at", F_TEXT, 0, 1, 120},
    [PART_PHOTOS]   = {"photos", "照片", "Photos", F_FILES, IMAGE},
    [PART_KEEPER]   = {"keeper_id", "登记人", "Registered by", F_REF, RO, .ref = "user"},
    [PART_APPROVER] = {"approver_id", "批准人", "Approved by", F_REF, RO, .ref = "user"},
    [PART_APPROVED_AT] = {"approved_at", "批准时间", "Approved at", F_INSTANT, RO},
    [PART_RECEIVER] = {"receiver", "接收方", "Received by", F_TEXT, RO | LIST, 1, 120},
    [PART_PROOF]    = {"proof", "处置证明", "Proof", F_FILES, RO},
    [PART_ENDED_AT] = {"ended_at", "处置时间", "Ended at", F_INSTANT, RO},
    [PART_NOTE]     = {"note", "备注", "Note", F_TEXT, LONG, 1, 500},
};
static const struct field approve_input[] = {{"note", "批准意见", "Note", F_TEXT, 0, 1, 500}};
enum { IN_RECEIVER, IN_PROOF };
static const struct field hand_over_input[] = {
    [IN_RECEIVER] = {"receiver", "接收方", "Received by", F_TEXT, REQ, 1, 120, .help = "接收单位和签收人的职务"},
    [IN_PROOF]    = {"proof", "处置证明", "Proof", F_FILES, 0, .help = "签收单；存有数据的旧件须附清除或销毁证明"}};
static const struct field repair_input[] = {{"receiver", "送修单位", "Repair vendor", F_TEXT, REQ, 1, 120}};
static const struct field back_input[] = {{"note", "修复情况", "Outcome", F_TEXT, REQ, 1, 500}};
/* clang-format on */
#define N(fields) ((int)(sizeof(fields) / sizeof *(fields)))

static enum rc change_check(struct cx *cx, const struct row *old, struct row *row)
{
    const char *type = row->v[CHANGE_TYPE].s;
    if (!old && cx->actor.user_id)
        row_int(row, CHANGE_APPLICANT, cx->actor.user_id);
    if (!strcmp(type, "move") && row->v[CHANGE_SITE].null && row->v[CHANGE_UNIT].null)
        return FAIL(cx, RC_INVALID, "to_site_id", "迁移请填“迁往站点”或“移交单位”", "a move needs a site or a unit to go to");
    if (strcmp(row->v[CHANGE_RISK].s, "low") && row->v[CHANGE_ROLLBACK].null)
        return FAIL(cx, RC_INVALID, "rollback", "风险为中或高时请填“回退方案”", "a change of middle or high risk needs a rollback");
    return RC_OK;
}

static enum rc decide(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    if (cx->actor.user_id)
        row_int(row, CHANGE_APPROVER, cx->actor.user_id);
    row_int(row, CHANGE_APPROVED_AT, cx->now.ms);
    return RC_OK;
}

static enum rc stamp_done(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    row_int(row, CHANGE_DONE_AT, cx->now.ms);
    return RC_OK;
}

/* What an approved change does to the ledger, in the transaction of its last step. */
static enum rc carry_out(struct cx *cx, struct row *row, const struct value *in)
{
    static const char *const state_after[][2] = {{"add", "in_use"},      {"suspend", "suspended"}, {"resume", "in_use"},
                                                 {"dispose", "disposed"}, {"restore", "in_use"}};
    struct row *old;
    char today[DATE_TEXT];
    (void)in;
    enum rc rc = record_load(cx, &asset_kind, row->v[CHANGE_ASSET].i, &old);
    if (rc)
        return rc;
    struct row *asset = record_copy(cx, old);
    const char *type = row->v[CHANGE_TYPE].s;
    for (size_t i = 0; i < sizeof state_after / sizeof *state_after; i++)
        if (!strcmp(type, state_after[i][0]))
            row_text(asset, ASSET_STATE, state_after[i][1]);
    if (!strcmp(type, "add"))
        row_text(asset, ASSET_ORIGIN, "added");
    if (!row->v[CHANGE_SITE].null)
        asset->v[ASSET_SITE] = row->v[CHANGE_SITE];
    if (!row->v[CHANGE_UNIT].null)
        asset->v[ASSET_UNIT] = row->v[CHANGE_UNIT];
    date_text(civil_date(cx->now), today);
    if (!strcmp(type, "dispose"))
        row_text(asset, ASSET_LEFT, arena_strdup(cx->a, today));
    if (!strcmp(type, "restore"))
        row_null(asset, ASSET_LEFT);
    return record_update(cx, old, asset, "change");
}

static enum rc part_check(struct cx *cx, const struct row *old, struct row *row)
{
    if (!old && cx->actor.user_id)
        row_int(row, PART_KEEPER, cx->actor.user_id);
    return RC_OK;
}

static enum rc approve_part(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    if (cx->actor.user_id)
        row_int(row, PART_APPROVER, cx->actor.user_id);
    row_int(row, PART_APPROVED_AT, cx->now.ms);
    return RC_OK;
}

/* The last step of a part. One that holds data leaves with party A's word and a proof only. */
static enum rc end_part(struct cx *cx, struct row *row, const struct value *in)
{
    if (row->v[PART_DATA].i && row->v[PART_APPROVED_AT].null)
        return FAIL(cx, RC_INVALID, "holds_data", "旧件存有数据：请先由甲方批准处置", "the part holds data: party A must approve first");
    if (row->v[PART_DATA].i && in[IN_PROOF].null)
        return FAIL(cx, RC_INVALID, "proof", "旧件存有数据：请附“处置证明”（清除或销毁）", "the part holds data: proof of wiping or destruction is needed");
    row_int(row, PART_ENDED_AT, cx->now.ms);
    return RC_OK;
}

static enum rc destroy_part(struct cx *cx, struct row *row, const struct value *in)
{
    if (in[IN_PROOF].null)
        return FAIL(cx, RC_INVALID, "proof", "销毁须附“处置证明”", "destruction needs its proof");
    return end_part(cx, row, in);
}

static enum rc to_repair(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    if (row->v[PART_DATA].i && row->v[PART_APPROVED_AT].null)
        return FAIL(cx, RC_INVALID, "holds_data", "旧件存有数据：送修前须甲方批准", "the part holds data: party A must approve before repair");
    return RC_OK;
}

/* clang-format off */
#define OPEN_PART "taken|approved"
static const struct flow_step change_flow[] = {
    {"approve", "批准", "Approve", "proposed", "approved", "asset_change.approve", answer_input, 1, "success", .not_same = "applicant_id", .effect = decide},
    {"reject", "驳回", "Reject", "proposed", "rejected", "asset_change.approve", refuse_input, 1, "danger", .not_same = "applicant_id", .effect = decide},
    {"cancel", "撤销", "Cancel", "proposed|approved", "cancelled", "asset_change.create", NULL, 0, "info"},
    {"carry_out", "实施并回填台账", "Carry out", "approved", "done", "asset_change.carry_out", done_input, 2, "primary", .effect = stamp_done, .after = carry_out},
};
const struct kind asset_change_kind = {
    .name = "asset_change", .label = "台账变更单", .label_en = "Ledger change", .fields = change_fields, .n_fields = CHANGE_N,
    .group = "ledger", .label_field = CHANGE_TITLE, .state_field = CHANGE_STATE, .flow = change_flow, .n_flow = N(change_flow),
    .scope = {.own = {"applicant_id"}}, .locked_in = "approved|done|rejected|cancelled", .check = change_check,
};
static const struct flow_step part_flow[] = {
    {"approve", "批准处置", "Approve", "taken", "approved", "replaced_part.approve", approve_input, 1, "success", .not_same = "keeper_id", .effect = approve_part},
    {"return_part", "交还甲方", "Return to party A", OPEN_PART, "returned", "replaced_part.dispose", hand_over_input, 2, "success", .effect = end_part},
    {"send_repair", "送修", "Send to repair", OPEN_PART, "repair", "replaced_part.dispose", repair_input, 1, "warning", .effect = to_repair},
    {"back", "修回待处置", "Back from repair", "repair", "taken", "replaced_part.dispose", back_input, 1, "primary"},
    {"scrap", "报废", "Scrap", OPEN_PART "|repair", "scrapped", "replaced_part.dispose", hand_over_input, 2, "info", .effect = end_part},
    {"destroy", "销毁", "Destroy", OPEN_PART, "destroyed", "replaced_part.dispose", hand_over_input, 2, "danger", .effect = destroy_part},
    {"rma", "返厂", "Send to the maker", OPEN_PART, "rma", "replaced_part.dispose", hand_over_input, 2, "info", .effect = end_part},
};
const struct kind replaced_part_kind = {
    .name = "replaced_part", .label = "旧件", .label_en = "Replaced part", .fields = part_fields, .n_fields = PART_N,
    .group = "ledger", .label_field = PART_NAME, .state_field = PART_STATE, .flow = part_flow, .n_flow = N(part_flow),
    .scope = {.own = {"keeper_id"}}, .locked_in = "approved|returned|scrapped|destroyed|rma", .check = part_check,
};
/* clang-format on */
