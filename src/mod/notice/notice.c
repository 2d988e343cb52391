/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "mod/notice/notice_int.h"

/* clang-format off */
const struct option notice_levels[] = {
    {"info",    "通知", "Info",    "info"},
    {"warning", "提醒", "Warning", "warning"},
    {"danger",  "紧急", "Urgent",  "danger"},
    {NULL}};
static const struct option states[] = {
    {"new",          "未读",   "New",          "danger"},
    {"read",         "已读",   "Read",         "info"},
    {"acknowledged", "已确认", "Acknowledged", "success"},
    {NULL}};
static const struct option switches[] = {
    {"active",   "启用", "Active",   "success"},
    {"disabled", "停用", "Disabled", "info"},
    {NULL}};

static const struct field notice_fields[] = {
    [NOTICE_ACCOUNT]      = {"account_id",  "接收人",   "To",        F_REF,     REQ | RO | LIST, .ref = "user"},
    [NOTICE_TITLE]        = {"title",       "内容",     "Title",     F_TEXT,    REQ | RO | LIST | FIND, 1, 500},
    [NOTICE_LEVEL]        = {"level",       "级别",     "Level",     F_ENUM,    REQ | RO | LIST, .opts = notice_levels},
    [NOTICE_STATE]        = {"state",       "状态",     "State",     F_ENUM,    REQ | RO | LIST, .opts = states, .initial = "new"},
    [NOTICE_SOURCE_KIND]  = {"source_kind", "来源类别", "Source kind", F_TEXT,  REQ | RO, .says = "kind"},
    [NOTICE_SOURCE_ID]    = {"source_id",   "来源序号", "Source",    F_INT,     REQ | RO},
    [NOTICE_REASON]       = {"reason",      "缘由",     "Reason",    F_TEXT,    REQ | RO},
    [NOTICE_RULE]         = {"rule_id",     "规则",     "Rule",      F_REF,     RO, .ref = "notice_rule"},
    [NOTICE_DIGEST]       = {"digest",      "可并入日报", "Digest",  F_BOOL,    REQ | RO, .initial = "0"},
    [NOTICE_RAISED]       = {"raised_at",   "时间",     "Raised",    F_INSTANT, REQ | RO | LIST},
    [NOTICE_ACK_DUE]      = {"ack_due_at",  "确认期限", "Acknowledge by", F_INSTANT, RO | LIST},
    [NOTICE_READ]         = {"read_at",     "阅读时间", "Read at",   F_INSTANT, RO},
    [NOTICE_ACKNOWLEDGED] = {"acknowledged_at", "确认时间", "Acknowledged", F_INSTANT, RO | LIST},
    [NOTICE_ESCALATED]    = {"escalated_at", "升级时间", "Escalated", F_INSTANT, RO},
};

static const struct field rule_fields[] = {
    [NRULE_NAME]        = {"name",          "名称",     "Name",      F_TEXT, REQ | LIST | FIND | UNIQUE, 2, 60},
    [NRULE_KIND]        = {"source_kind",   "记录类别", "Kind",      F_TEXT, REQ | LIST, 1, 60, .says = "kind"},
    [NRULE_ACTION]      = {"source_action", "动作",     "Action",    F_TEXT, REQ | LIST, 1, 60, .says = "action"},
    [NRULE_SUBJECT]     = {"subject",       "所关记录", "Subject",   F_TEXT, 0, 1, 60, .says = "path", .help = "引用字段，如 work_order_id：通知打开它指的记录；不填即本记录"},
    [NRULE_ROLE]        = {"to_role",       "通知角色", "To role",   F_TEXT, LIST, 1, 40, .says = "role", .help = "与“通知字段”二选一"},
    [NRULE_FIELD]       = {"to_field",      "通知字段", "To field",  F_TEXT, LIST, 1, 80, .says = "path", .help = "记录里的人员字段，如 engineer_id 或 work_order_id.engineer_id"},
    [NRULE_LEVEL]       = {"level",         "级别",     "Level",     F_ENUM, REQ | LIST, .opts = notice_levels, .initial = "info"},
    [NRULE_TITLE]       = {"title",         "内容模板", "Title",     F_TEXT, REQ | LIST, 2, 200, .help = "{字段名} 会换成记录里的内容"},
    [NRULE_ACK_MINUTES] = {"ack_minutes",   "须在几分钟内确认", "Acknowledge within minutes", F_INT, LIST, 1, 10080},
    [NRULE_ACK_ROLE]    = {"ack_role",      "未确认时升级到", "Then to role", F_TEXT, LIST, 1, 40, .says = "role"},
    [NRULE_DIGEST]      = {"digest",        "可并入日报", "Digest",  F_BOOL, REQ | LIST, .initial = "0"},
    [NRULE_STATE]       = {"state",         "状态",     "State",     F_ENUM, REQ | LIST, .opts = switches, .initial = "active"},
    [NRULE_ONLY_IF]     = {"only_if",       "条件",     "Only if",   F_TEXT, LIST, 3, 80, .help = "字段=值，如 emergency=1；不填即每次"},
};

static const struct field setting_fields[] = {
    [NSET_ACCOUNT]    = {"account_id",  "用户",     "User",       F_REF,  REQ | RO | UNIQUE, .ref = "user"},
    [NSET_EMAIL]      = {"email",       "邮箱",     "E-mail",     F_TEXT, LIST, 3, 120, .help = "不填则只在平台内通知"},
    [NSET_MIN_LEVEL]  = {"min_level",   "发到邮箱的最低级别", "E-mail from level", F_ENUM, REQ | LIST, .opts = notice_levels, .initial = "warning"},
    [NSET_QUIET_FROM] = {"quiet_from",  "免打扰开始", "Quiet from", F_TEXT, LIST, 5, 5, .initial = "22:00", .help = "如 22:00；紧急级别不受限"},
    [NSET_QUIET_TO]   = {"quiet_to",    "免打扰结束", "Quiet to",   F_TEXT, LIST, 5, 5, .initial = "07:00"},
    [NSET_DIGEST]     = {"digest_time", "日报时间", "Digest at",  F_TEXT, LIST, 5, 5, .initial = "08:00"},
};
/* clang-format on */

/* --- a notice: read, acknowledged --- */

static enum rc read_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    row_int(row, NOTICE_READ, cx->now.ms);
    return RC_OK;
}

static enum rc acknowledge_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    if (row->v[NOTICE_READ].null)
        row_int(row, NOTICE_READ, cx->now.ms);
    row_int(row, NOTICE_ACKNOWLEDGED, cx->now.ms);
    return RC_OK;
}

/* clang-format off */
static const struct flow_step notice_flow[] = {
    {"read",        "标为已读", "Mark read",   "new",      "read",         "notice.answer", .tone = "primary", .only = "account_id", .effect = read_effect},
    {"acknowledge", "确认知晓", "Acknowledge", "new|read", "acknowledged", "notice.answer", .tone = "success", .only = "account_id", .effect = acknowledge_effect},
};
/* clang-format on */

const struct kind notice_kind = {
    .name = "notice",
    .label = "通知",
    .label_en = "Notice",
    .group = "inside",
    .fields = notice_fields,
    .n_fields = NOTICE_N,
    .label_field = NOTICE_TITLE,
    .state_field = NOTICE_STATE,
    .flow = notice_flow,
    .n_flow = (int)(sizeof notice_flow / sizeof *notice_flow),
    .scope = {.own = {"account_id"}},
    .closed = true,
};

/* --- a rule: its words must exist --- */

static enum rc known_role(struct cx *cx, const struct row *row, int field)
{
    int64_t n = 0;
    const struct value *v = &row->v[field];
    if (v->null)
        return RC_OK;
    enum rc rc = cx_db(cx, db_int_of(cx->db, "SELECT COUNT(*) FROM role WHERE name = :name",
                                     BINDS(B_TEXT("name", v->s)), &n));
    if (rc || n)
        return rc;
    return FAIL(cx, RC_INVALID, row->kind->fields[field].name, "没有角色“{role}”", "no role {role}",
                "role", v->s);
}

static enum rc unknown_path(struct cx *cx, const char *field, const char *path, const char *kind)
{
    return FAIL(cx, RC_INVALID, field, "“{kind}”没有字段“{path}”", "{kind} has no field {path}",
                "kind", kind, "path", path);
}

/* A word that nobody journals would never tell anybody. */
static enum rc known_action(struct cx *cx, const struct row *row, const struct kind *k)
{
    const char *action = row->v[NRULE_ACTION].s;
    if (strcmp(record_action_label(k, action), action) != 0)
        return RC_OK;
    return FAIL(cx, RC_INVALID, "source_action", "“{kind}”没有动作“{action}”",
                "{kind} has no action {action}", "kind", k->label, "action", action);
}

static enum rc known_condition(struct cx *cx, const struct row *row, const struct kind *k)
{
    const struct value *v = &row->v[NRULE_ONLY_IF];
    int hop;
    const char *eq = v->null ? NULL : strchr(v->s, '=');
    if (v->null || (eq && path_field(k, v->s, (size_t)(eq - v->s), &hop)))
        return RC_OK;
    return FAIL(cx, RC_INVALID, "only_if", "条件写成 字段=值，如 emergency=1",
                "write the condition as field=value");
}

static enum rc known_paths(struct cx *cx, const struct row *row, const struct kind *k)
{
    int hop;
    const char *to = row->v[NRULE_FIELD].null ? NULL : row->v[NRULE_FIELD].s;
    const struct value *subject = &row->v[NRULE_SUBJECT];
    const struct field *s =
        subject->null ? NULL : path_field(k, subject->s, strlen(subject->s), &hop);
    if (!subject->null && (!s || hop >= 0 || s->type != F_REF))
        return unknown_path(cx, "subject", subject->s, k->label);
    const struct field *f = to ? path_field(k, to, strlen(to), &hop) : NULL;
    if (to && (!f || f->type != F_REF || strcmp(f->ref, "user") != 0))
        return unknown_path(cx, "to_field", to, k->label);
    for (const char *at = strchr(row->v[NRULE_TITLE].s, '{'); at; at = strchr(at, '{')) {
        size_t n = strcspn(++at, "}");
        if (!path_field(k, at, n, &hop))
            return unknown_path(cx, "title", arena_strndup(cx->a, at, n), k->label);
    }
    return RC_OK;
}

static enum rc rule_check(struct cx *cx, const struct row *old, struct row *row)
{
    const struct kind *k = record_kind(row->v[NRULE_KIND].s);
    (void)old;
    if (!k || !strncmp(k->name, "notice", 6))
        return FAIL(cx, RC_INVALID, "source_kind", "没有可通知的记录类别“{kind}”",
                    "no kind {kind} to tell of", "kind", row->v[NRULE_KIND].s);
    if (row->v[NRULE_ROLE].null == row->v[NRULE_FIELD].null)
        return FAIL(cx, RC_INVALID, "to_role", "“通知角色”和“通知字段”填且只填一个",
                    "give either to_role or to_field");
    if (row->v[NRULE_ACK_MINUTES].null && !row->v[NRULE_ACK_ROLE].null)
        return FAIL(cx, RC_INVALID, "ack_minutes", "填了升级角色就要填确认时限",
                    "ack_role needs ack_minutes");
    enum rc rc = known_role(cx, row, NRULE_ROLE);
    if (!rc)
        rc = known_role(cx, row, NRULE_ACK_ROLE);
    if (!rc)
        rc = known_action(cx, row, k);
    if (!rc)
        rc = known_condition(cx, row, k);
    return rc ? rc : known_paths(cx, row, k);
}

const struct kind notice_rule_kind = {
    .name = "notice_rule",
    .label = "通知规则",
    .label_en = "Notice rule",
    .group = "system",
    .fields = rule_fields,
    .n_fields = NRULE_N,
    .label_field = NRULE_NAME,
    .state_field = -1,
    .sort = "name",
    .check = rule_check,
};

/* --- a person's wishes --- */

static enum rc clock_time(struct cx *cx, const struct row *row, int field)
{
    const struct value *v = &row->v[field];
    const char *s = v->s;
    if (v->null || (strlen(s) == 5 && strspn(s, "0123456789:") == 5 && s[2] == ':' &&
                    strspn(s, "0123456789") == 2 && strncmp(s, "24", 2) < 0 && s[3] < '6'))
        return RC_OK;
    return FAIL(cx, RC_INVALID, row->kind->fields[field].name, "时间写成 22:00 的样子",
                "write the time as 22:00");
}

static enum rc setting_check(struct cx *cx, const struct row *old, struct row *row)
{
    const struct value *email = &row->v[NSET_EMAIL];
    if (!old)
        row_int(row, NSET_ACCOUNT, cx->actor.user_id);
    if (!email->null && (!strchr(email->s, '@') || strpbrk(email->s, " \r\n<>,;")))
        return FAIL(cx, RC_INVALID, "email", "邮箱地址不对", "no e-mail address");
    if (row->v[NSET_QUIET_FROM].null != row->v[NSET_QUIET_TO].null)
        return FAIL(cx, RC_INVALID, "quiet_to", "免打扰的开始和结束要么都填，要么都不填",
                    "give both ends of the quiet hours or none");
    enum rc rc = clock_time(cx, row, NSET_QUIET_FROM);
    if (!rc)
        rc = clock_time(cx, row, NSET_QUIET_TO);
    return rc ? rc : clock_time(cx, row, NSET_DIGEST);
}

const struct kind notice_setting_kind = {
    .name = "notice_setting",
    .label = "通知设置",
    .label_en = "Notice setting",
    .group = "system",
    .fields = setting_fields,
    .n_fields = NSET_N,
    .label_field = NSET_EMAIL,
    .state_field = -1,
    .scope = {.own = {"account_id"}},
    .check = setting_check,
};
