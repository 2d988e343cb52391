/* SPDX-License-Identifier: Apache-2.0 */
#include "mod/sla/sla_int.h"

#include <string.h>

#include "mod/words.h"

/* clang-format off */
static const struct option tri[] = {
    {"any", "不限", "Any", NULL}, {"yes", "是", "Yes", NULL}, {"no", "否", "No", NULL}, {NULL}};
static const struct option clock_states[] = {
    {"running",   "计时中", "Running",   "primary"},
    {"paused",    "已暂停", "Paused",    "warning"},
    {"overdue",   "已超时", "Overdue",   "danger"},
    {"met",       "达标",   "Met",       "success"},
    {"missed",    "未达标", "Missed",    "danger"},
    {"cancelled", "取消",   "Cancelled", "info"},
    {"void",      "不计入", "Not counted", "info"},
    {NULL}};
static const struct option void_reasons[] = {
    {"superseded", "已由新时限取代",   "Superseded", NULL},
    {"excluded",   "合同外事项(C-044)", "Excluded",  NULL},
    {"merged",     "随主工单计时",     "Merged",     NULL},
    {"request",    "转为服务请求",     "Turned into a request", NULL},
    {"no_fault",   "非故障",           "Not a fault", NULL},
    {NULL}};
static const struct option rule_uses[] = {
    {"clock",    "计时",   "Clock",    "success"},
    {"reminder", "提醒",   "Reminder", "warning"},
    {"listed",   "仅登记", "Listed",   "info"},
    {NULL}};
static const struct option move_causes[] = {
    {"calendar", "日历变更", "Calendar",  NULL},
    {"rule",     "规则变更", "Rule",      NULL},
    {"facts",    "事实变更", "Facts",     NULL},
    {NULL}};
static const struct option day_types[] = {
    {"work",      "上班",     "Work",             NULL},
    {"rest",      "休息日",   "Rest",             "info"},
    {"statutory", "法定假日", "Statutory holiday", "danger"},
    {"swap_off",  "调休休息", "Swapped off",      "warning"},
    {"swap_work", "调休上班", "Make-up workday",  "success"},
    {NULL}};

static const struct field rule_fields[] = {
    [RULE_CODE]      = {"code",          "编号",     "Code",      F_TEXT, REQ | FIND | LIST, 1, 12},
    [RULE_NAME]      = {"name",          "名称",     "Name",      F_TEXT, REQ | FIND | LIST, 1, 80},
    [RULE_METRIC]    = {"metric",        "指标",     "Metric",    F_ENUM, REQ | LIST, .opts = metric_options},
    [RULE_LIMIT]     = {"limit_minutes", "时限（分钟）", "Limit (min)", F_INT, REQ | LIST, 1, 527040},
    [RULE_CALENDAR]  = {"calendar",      "日历",     "Calendar",  F_ENUM, REQ | LIST, .opts = calendar_options},
    [RULE_LINE]      = {"line",          "服务线",   "Line",      F_ENUM, LIST, .opts = line_options},
    [RULE_GROUP]     = {"sla_group",     "时限分组", "Group",     F_ENUM, LIST, .opts = sla_group_options},
    [RULE_GRADE]     = {"grade",         "级别",     "Grade",     F_ENUM, 0, .opts = grade_options},
    [RULE_EMERGENCY] = {"emergency",     "应急",     "Emergency", F_ENUM, REQ, .opts = tri, .initial = "any"},
    [RULE_IN_DUTY]   = {"in_duty",       "值守期间", "In duty",   F_ENUM, REQ, .opts = tri, .initial = "any"},
    [RULE_FROM]      = {"valid_from_on", "生效日期", "Valid from", F_DATE, REQ | LIST},
    [RULE_TO]        = {"valid_to_on",   "失效日期", "Valid to",  F_DATE, 0},
    [RULE_INTERNAL]  = {"internal",      "内部目标", "Internal",  F_BOOL, REQ | LIST, .initial = "0", .help = "合同未约定，双方签字前仅为内部目标"},
    [RULE_SOURCE]    = {"source",        "依据",     "Source",    F_TEXT, REQ | LIST, 1, 60},
    [RULE_USE]       = {"use",           "用途",     "Use",       F_ENUM, REQ | LIST, .opts = rule_uses, .initial = "clock"},
    [RULE_RANK]      = {"source_rank",   "依据位阶", "Rank of the source", F_INT, REQ, 1, 9, .initial = "5", .help = "同一规则两个数值矛盾时小者优先（C-050）"},
};
const struct kind sla_rule_kind = {
    .name = "sla_rule", .label = "时限规则", .label_en = "SLA rule", .fields = rule_fields, .n_fields = RULE_N,
    .group = "system", .label_field = RULE_CODE, .state_field = -1, .sort = "code",
};

static const struct field clock_fields[] = {
    [CLOCK_ORDER]    = {"work_order_id", "工单",     "Work order", F_REF,     REQ | LIST, .ref = "work_order"},
    [CLOCK_METRIC]   = {"metric",        "指标",     "Metric",     F_ENUM,    REQ | LIST, .opts = metric_options},
    [CLOCK_CODE]     = {"rule_code",     "规则",     "Rule",       F_TEXT,    REQ | LIST},
    [CLOCK_RULE]     = {"rule_id",       "规则记录", "Rule record", F_REF,    0, .ref = "sla_rule"},
    [CLOCK_ALSO]     = {"also",          "同时适用", "Also holds", F_TEXT,    0},
    [CLOCK_CALENDAR] = {"calendar",      "日历",     "Calendar",   F_ENUM,    REQ | LIST, .opts = calendar_options},
    [CLOCK_LIMIT]    = {"limit_minutes", "时限（分钟）", "Limit (min)", F_INT, REQ | LIST},
    [CLOCK_LINE]     = {"line",          "服务线",   "Line",       F_ENUM,    REQ | LIST, .opts = line_options},
    [CLOCK_STARTED]  = {"started_at",    "起算时间", "Started",    F_INSTANT, REQ | LIST},
    [CLOCK_DEADLINE] = {"deadline_at",   "截止时间", "Deadline",   F_INSTANT, REQ | LIST},
    [CLOCK_MONTH]    = {"deadline_month", "统计月",  "Month",      F_TEXT,    REQ | LIST},
    [CLOCK_PROVISIONAL] = {"provisional", "暂定",    "Provisional", F_BOOL,   REQ},
    [CLOCK_INTERNAL] = {"internal",      "内部目标", "Internal",   F_BOOL,    REQ | LIST},
    [CLOCK_STATE]    = {"state",         "状态",     "State",      F_ENUM,    REQ | LIST, .opts = clock_states},
    [CLOCK_STOPPED]  = {"stopped_at",    "停止时间", "Stopped",    F_INSTANT, LIST},
    [CLOCK_ELAPSED]  = {"elapsed_ms",    "用时",     "Elapsed",    F_DURATION, LIST},
    [CLOCK_VALID_FROM] = {"valid_from_at", "适用自", "Valid from", F_INSTANT, REQ},
    [CLOCK_RULE_REV] = {"rule_rev",      "规则版次", "Rule version", F_INT},
    [CLOCK_VERSION]  = {"calendar_version", "日历版本", "Calendar version", F_INT, REQ},
    [CLOCK_LEVEL]    = {"level",         "提示级别", "Level told", F_INT,     REQ, .help = "1 预警 2 超时 3、4 升级（C-130）"},
    [CLOCK_NEXT_LEVEL] = {"next_level_at", "下一级别", "Next level", F_INSTANT},
    [CLOCK_PENDING]  = {"pending",       "暂停待确认", "Pause pending", F_BOOL, REQ},
    [CLOCK_PAUSED]   = {"paused_at",     "暂停自",   "Paused since", F_INSTANT},
    [CLOCK_VOID]     = {"void_reason",   "不计入原因", "Why not counted", F_ENUM, 0, .opts = void_reasons},
};
const struct kind sla_clock_kind = {
    .name = "sla_clock", .label = "时限", .label_en = "Clock", .fields = clock_fields, .n_fields = CLOCK_N,
    .group = "report", .label_field = CLOCK_CODE, .state_field = CLOCK_STATE, .sort = "deadline_at",
    .scope = {.line = "line"}, .closed = true,
};

static const struct field day_fields[] = {
    [DAY_ON]       = {"on_date",     "日期",     "Date",     F_DATE, REQ | LIST},
    [DAY_TYPE]     = {"type",        "类型",     "Type",     F_ENUM, REQ | LIST, .opts = day_types},
    [DAY_NAME]     = {"name",        "名称",     "Name",     F_TEXT, FIND | LIST, 1, 40},
    [DAY_SOURCE]   = {"source",      "依据",     "Source",   F_TEXT, REQ | LIST, 1, 120, .initial = "国务院办公厅节假日安排通知"},
    [DAY_OVERRIDE] = {"is_override", "甲方调整", "Override", F_BOOL, REQ | LIST, .initial = "0"},
};
const struct kind calendar_day_kind = {
    .name = "calendar_day", .label = "工作日历", .label_en = "Calendar day", .fields = day_fields, .n_fields = DAY_N,
    .group = "system", .label_field = DAY_NAME, .state_field = -1, .sort = "on_date",
};

static const struct field shift_fields[] = {
    [SHIFT_ON]     = {"on_date", "日期",   "Date",   F_DATE,    REQ | LIST, .help = "跨零点的班次记在开始日"},
    [SHIFT_FROM]   = {"from_at", "开始",   "From",   F_INSTANT, REQ | LIST},
    [SHIFT_TO]     = {"to_at",   "结束",   "To",     F_INSTANT, REQ | LIST},
    [SHIFT_LINE]   = {"line",    "服务线", "Line",   F_ENUM,    LIST, .opts = line_options, .help = "留空表示两条服务线"},
    [SHIFT_SOURCE] = {"source",  "依据",   "Source", F_TEXT,    REQ | FIND | LIST, 1, 120, .initial = "值守安排"},
};

static const struct field version_fields[] = {
    [VERSION_MADE]  = {"made_at", "形成时间", "Made",   F_INSTANT, REQ | LIST},
    [VERSION_HASH]  = {"hash",    "摘要",     "Hash",   F_TEXT,    REQ | LIST},
    [VERSION_N]     = {"n_days",  "天数",     "Days",   F_INT,     REQ | LIST},
    [VERSION_DAYS]  = {"days",    "内容",     "Content", F_TEXT,   REQ | LONG, 0, 100000},
    [VERSION_MOVED] = {"moved",   "变动时限", "Clocks moved", F_INT, REQ | LIST},
};
const struct kind calendar_version_kind = {
    .name = "calendar_version", .label = "日历版本", .label_en = "Calendar version", .group = "system",
    .fields = version_fields, .n_fields = VERSION_N_FIELDS, .label_field = VERSION_HASH, .state_field = -1, .closed = true,
};

static const struct field move_fields[] = {
    [MOVE_CAUSE]   = {"cause",         "原因",     "Cause",   F_ENUM,    REQ | LIST, .opts = move_causes},
    [MOVE_VERSION] = {"calendar_version", "日历版本", "Calendar version", F_INT, REQ | LIST},
    [MOVE_ORDER]   = {"work_order_id", "工单",     "Work order", F_REF,  REQ | LIST, .ref = "work_order"},
    [MOVE_CLOCK]   = {"clock_id",      "时限",     "Clock",   F_REF,     REQ, .ref = "sla_clock"},
    [MOVE_METRIC]  = {"metric",        "指标",     "Metric",  F_ENUM,    REQ | LIST, .opts = metric_options},
    [MOVE_LINE]    = {"line",          "服务线",   "Line",    F_ENUM,    REQ, .opts = line_options},
    [MOVE_AT]      = {"moved_at",      "变动时间", "Moved",   F_INSTANT, REQ | LIST},
    [MOVE_BEFORE]  = {"before_at",     "原截止",   "Deadline before", F_INSTANT, LIST},
    [MOVE_AFTER]   = {"after_at",      "新截止",   "Deadline after",  F_INSTANT, LIST},
    [MOVE_BEFORE_RULE] = {"before_rule", "原规则", "Rule before", F_TEXT, LIST},
    [MOVE_AFTER_RULE]  = {"after_rule",  "新规则", "Rule after",  F_TEXT, LIST},
};
const struct kind sla_move_kind = {
    .name = "sla_move", .label = "时限变动", .label_en = "Moved clock", .group = "report", .fields = move_fields,
    .n_fields = MOVE_N, .label_field = MOVE_BEFORE_RULE, .state_field = -1, .closed = true, .scope = {.line = "line"},
};
/* clang-format on */

/* Which budget a day of duty uses (P3: 13 statutory, 11 rest days); NULL: a working day uses none. */
static const char *budget_of(const struct calendar *cal, struct date on)
{
    if (calendar_works(cal, on))
        return NULL;
    return calendar_kind(cal, on, NULL) == DAY_STATUTORY ? "statutory" : "rest";
}

/* Days of that budget on which somebody is on duty, other shifts than this one; here: this day is one. */
static enum rc days_used(struct cx *cx, const struct calendar *cal, const struct row *row, const char *type,
                         int64_t *used, bool *here)
{
    struct db_rows *r;
    *used = 0;
    *here = false;
    enum rc rc = cx_db(cx, db_query(cx->db,
                                    "SELECT DISTINCT on_date FROM duty_shift WHERE retired_at IS NULL"
                                    " AND id <> :id",
                                    BINDS(B_INT("id", row->id)), &r));
    if (rc)
        return rc;
    while (db_next(r)) {
        struct date on;
        const char *budget = date_parse(db_text(r, 0), &on) ? budget_of(cal, on) : NULL;
        *used += budget && !strcmp(budget, type);
        *here = *here || !strcmp(db_text(r, 0), row->v[SHIFT_ON].s);
    }
    return cx_db(cx, db_end(r));
}

/* The day behind the last one of the contract's budget needs a change order, named as its source. */
static enum rc within_budget(struct cx *cx, const struct row *row, struct date on)
{
    const struct calendar *cal;
    int64_t used = 0, days = 0, has = 0;
    bool here = false;
    enum rc rc = sla_calendar(cx, &cal);
    const char *type = rc ? NULL : budget_of(cal, on);
    if (rc || !type || !strncmp(row->v[SHIFT_SOURCE].s, "变更", strlen("变更")))
        return rc;
    const struct bind *of = BINDS(B_TEXT("type", type));
    rc = cx_db(cx, db_int_of(cx->db, "SELECT COUNT(*) FROM duty_quota WHERE type = :type AND retired_at IS NULL", of, &has));
    if (!rc && has)
        rc = cx_db(cx, db_int_of(cx->db, "SELECT SUM(days) FROM duty_quota WHERE type = :type AND retired_at IS NULL", of, &days));
    if (!rc && has)
        rc = days_used(cx, cal, row, type, &used, &here);
    if (rc || !has || here || used < days)
        return rc;
    return FAIL(cx, RC_CONFLICT, "source", "{kind}值守的 {days} 天额度已用完；再排须有变更单，请在依据中写“变更”和单号",
                "the budget of {days} days of duty is used up: name a change order as the source", "kind",
                strcmp(type, "rest") ? "法定假日" : "休息日", "days", arena_printf(cx->a, "%lld", (long long)days));
}

static enum rc shift_check(struct cx *cx, const struct row *old, struct row *row)
{
    int64_t from = row->v[SHIFT_FROM].i, to = row->v[SHIFT_TO].i;
    struct date on;
    (void)old;
    if (to <= from || to - from > DAY_MS)
        return FAIL(cx, RC_INVALID, "to_at", "班次应在开始之后结束，且不超过 24 小时",
                    "a shift ends after it begins, within 24 hours");
    if (!date_parse(row->v[SHIFT_ON].s, &on) || civil_date((struct instant){from}).day != on.day)
        return FAIL(cx, RC_INVALID, "on_date", "日期应是班次开始的那一天",
                    "the date is the day on which the shift begins");
    return within_budget(cx, row, on);
}

const struct kind duty_shift_kind = {
    .name = "duty_shift",
    .label = "值守班次",
    .label_en = "Duty shift",
    .group = "order",
    .fields = shift_fields,
    .n_fields = SHIFT_N,
    .label_field = SHIFT_SOURCE,
    .state_field = -1,
    .sort = "-from_at",
    .scope = {.line = "line"},
    .check = shift_check,
};

int sla_day_kind(const char *word)
{
    for (int i = 0; day_types[i].value; i++)
        if (!strcmp(day_types[i].value, word))
            return i;
    return DAY_REST;
}
