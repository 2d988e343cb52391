/* SPDX-License-Identifier: Apache-2.0 */
#include "mod/contract/contract.h"

#include <string.h>

#include "mod/words.h"

enum { CONTRACT_NO, CONTRACT_NAME, CONTRACT_START, CONTRACT_END };
enum { ITEM_CODE, ITEM_CONTRACT, ITEM_NAME, ITEM_LINE, ITEM_UNIT, ITEM_QTY, ITEM_PRICE, ITEM_AMOUNT, ITEM_VISITS, ITEM_NOTE };
enum { BASE_NAME, BASE_CONTRACT, BASE_LINE, BASE_CLASS };
enum { PERIOD_NAME, PERIOD_FROM, PERIOD_TO };

/* clang-format off */
static const struct option levels[] = {
    {"duty_on_site", "现场值守", "On-site duty", "danger"}, {"standby_24h", "24小时待命", "Standby", "warning"}, {"report_only", "每日报告", "Daily report", "info"}, {NULL}};
static const struct option day_types[] = {
    {"statutory", "法定假日", "Statutory holiday", "danger"}, {"rest", "休息日", "Rest day", "warning"}, {NULL}};
#define CONTRACT_REF {"contract_id", "合同", "Contract", F_REF, REQ | LIST | ONCE, .ref = "contract"}

static const struct field contract_fields[] = {
    [CONTRACT_NO]    = {"no", "合同编号", "No.", F_TEXT, REQ | FIND | LIST | UNIQUE, 1, 60},
    [CONTRACT_NAME]  = {"name", "名称", "Name", F_TEXT, REQ | FIND | LIST, 1, 120},
    [CONTRACT_START] = {"start_on", "开始日期", "Start", F_DATE, REQ | LIST},
    [CONTRACT_END]   = {"end_on", "结束日期", "End", F_DATE, REQ | LIST, .help = "含当日"},
    {"effective_on", "生效日期", "Effective on", F_DATE, LIST, .help = "签章或电子签完成之日（C-009）"},
    {"taken_over_on", "接管普查完成日", "Taken over on", F_DATE, 0, .help = "此后启用的设备记为期间新增"},
    {"total_fen", "合同总价", "Total", F_FEN, REQ | LIST, 0, INT64_MAX},
    {"vat_percent", "税率（%）", "VAT (%)", F_INT, REQ, 0, 100},
    {"documents", "合同文件", "Documents", F_FILES, 0},
    {"note", "备注", "Note", F_TEXT, LONG, 1, 1000},
};
static const struct field item_fields[] = {
    [ITEM_CODE]     = {"code", "行号", "Line no.", F_TEXT, REQ | FIND | LIST | ONCE, 1, 20},
    [ITEM_CONTRACT] = CONTRACT_REF,
    [ITEM_NAME]     = {"name", "服务内容", "Item", F_TEXT, REQ | FIND | LIST, 1, 200},
    [ITEM_LINE]     = {"line", "服务线", "Line", F_ENUM, REQ | LIST, .opts = line_options},
    [ITEM_UNIT]     = {"unit", "单位", "Unit", F_TEXT, REQ | LIST, 1, 20},
    [ITEM_QTY]      = {"qty", "数量", "Quantity", F_INT, REQ | LIST, 0, 1000000},
    [ITEM_PRICE]    = {"unit_price_fen", "单价", "Unit price", F_FEN, LIST, 0, INT64_MAX},
    [ITEM_AMOUNT]   = {"amount_fen", "金额", "Amount", F_FEN, REQ | LIST, 0, INT64_MAX, .help = "合同上印的金额，不由单价重算"},
    [ITEM_VISITS]   = {"visits", "年巡检次数", "Visits a year", F_INT, 0, 0, 1000},
    [ITEM_NOTE]     = {"note", "说明", "Note", F_TEXT, LONG, 1, 500},
};
static const struct field base_fields[] = {
    [BASE_NAME]     = {"name", "名称", "Name", F_TEXT, REQ | FIND | LIST, 1, 120},
    [BASE_CONTRACT] = CONTRACT_REF,
    [BASE_LINE]     = {"line", "服务线", "Line", F_ENUM, REQ | LIST, .opts = line_options},
    [BASE_CLASS]    = {"class_id", "设备类别", "Class", F_REF, LIST | ONCE, .ref = "asset_class", .help = "空的一行不是设备，不参加台账差异"},
    {"qty", "数量", "Quantity", F_INT, REQ | LIST, 0, 1000000},
    {"unit", "单位", "Unit", F_TEXT, REQ | LIST, 1, 20},
    {"source", "出处", "Source", F_TEXT, 0, 1, 120},
    {"note", "备注", "Note", F_TEXT, 0, 1, 500},
};
static const struct field period_fields[] = {
    [PERIOD_NAME] = {"name", "名称", "Name", F_TEXT, REQ | FIND | LIST, 1, 80},
    [PERIOD_FROM] = {"from_on", "开始日期", "From", F_DATE, REQ | LIST},
    [PERIOD_TO]   = {"to_on", "结束日期", "To", F_DATE, REQ | LIST, .help = "含当日"},
    {"level", "级别", "Level", F_ENUM, REQ | LIST, .opts = levels},
    {"source", "依据", "Source", F_TEXT, REQ | LIST, 1, 200},
};
static const struct field quota_fields[] = {
    {"name", "名称", "Name", F_TEXT, REQ | LIST, 1, 80}, CONTRACT_REF,
    {"type", "日期类型", "Type", F_ENUM, REQ | LIST | ONCE, .opts = day_types},
    {"days", "天数", "Days", F_INT, REQ | LIST, 0, 366},
    {"day_price_fen", "每天折算", "Per day", F_FEN, LIST, 0, INT64_MAX, .help = "由合同金额推算，合同未写明"},
    {"note", "备注", "Note", F_TEXT, 0, 1, 500},
};
static const struct field note_fields[] = {
    {"code", "编号", "Code", F_TEXT, REQ | FIND | LIST | ONCE, 1, 20}, CONTRACT_REF,
    {"clause", "位置", "Clause", F_TEXT, REQ | FIND | LIST, 1, 120},
    {"defect", "问题", "Defect", F_TEXT, REQ | FIND | LIST | LONG, 2, 1000},
    {"handling", "处理", "Handling", F_TEXT, REQ | LIST | LONG, 1, 1000},
    {"about_kind", "涉及类别", "About kind", F_TEXT, 0, 1, 60, .says = "kind"},
    {"about", "涉及记录", "About", F_TEXT, LIST | FIND, 1, 200, .help = "记录的名称，如 P6；空为全部"},
    {"signed_on", "双方确认日期", "Agreed on", F_DATE, LIST},
};

static enum rc in_order(struct cx *cx, const struct value *from, const struct value *to, const char *field)
{
    if (from->null || to->null || strcmp(from->s, to->s) <= 0)
        return RC_OK;
    return FAIL(cx, RC_INVALID, field, "结束日期不能早于开始日期", "the end must not be before the start");
}

static enum rc contract_check(struct cx *cx, const struct row *old, struct row *row)
{
    (void)old;
    return in_order(cx, &row->v[CONTRACT_START], &row->v[CONTRACT_END], "end_on");
}

static enum rc period_check(struct cx *cx, const struct row *old, struct row *row)
{
    (void)old;
    return in_order(cx, &row->v[PERIOD_FROM], &row->v[PERIOD_TO], "to_on");
}

/* D-9, I-01: the printed amount stands; where it is not quantity times price a note must say so. */
static enum rc item_check(struct cx *cx, const struct row *old, struct row *row)
{
    int64_t product;
    const struct value *price = &row->v[ITEM_PRICE];
    (void)old;
    if (price->null || !row->v[ITEM_NOTE].null)
        return RC_OK;
    if (!__builtin_mul_overflow(price->i, row->v[ITEM_QTY].i, &product) && product == row->v[ITEM_AMOUNT].i)
        return RC_OK;
    return FAIL(cx, RC_INVALID, "note", "“金额”不等于数量乘单价：按合同印的金额登记时请在“说明”里写明",
                "the amount is not quantity times price: say in the note why the printed amount stands");
}

static enum rc base_check(struct cx *cx, const struct row *old, struct row *row)
{
    struct row *class;
    (void)old;
    if (row->v[BASE_CLASS].null)
        return RC_OK;
    const struct kind *k = record_kind("asset_class");
    enum rc rc = record_load(cx, k, row->v[BASE_CLASS].i, &class);
    if (!rc)
        row->v[BASE_LINE] = class->v[field_index(k, "line")];
    return rc;
}

#define KIND(NAME, ZH, EN, FIELDS, LABEL)                                                            \
    .name = NAME, .label = ZH, .label_en = EN, .fields = FIELDS,                                     \
    .n_fields = (int)(sizeof(FIELDS) / sizeof *(FIELDS)), .label_field = LABEL, .state_field = -1,                    \
    .group = "contract"
const struct kind contract_kind = {KIND("contract", "合同", "Contract", contract_fields, CONTRACT_NAME), .check = contract_check};
const struct kind price_item_kind = {KIND("price_item", "价格清单项", "Price item", item_fields, ITEM_CODE), .identity = "contract_id+code", .sort = "code", .check = item_check};
const struct kind baseline_qty_kind = {KIND("baseline_qty", "合同基数", "Baseline", base_fields, BASE_NAME), .identity = "contract_id+name", .sort = "id", .check = base_check};
const struct kind key_period_kind = {KIND("key_period", "重要时段", "Key period", period_fields, PERIOD_NAME), .identity = "name+from_on", .sort = "from_on", .check = period_check};
const struct kind duty_quota_kind = {KIND("duty_quota", "值守天数", "Duty quota", quota_fields, 0), .identity = "contract_id+type", .sort = "id"};
const struct kind contract_note_kind = {KIND("contract_note", "合同缺陷说明", "Contract note", note_fields, 0), .identity = "contract_id+code", .sort = "code"};
/* clang-format on */
