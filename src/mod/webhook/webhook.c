/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds webhook and dead_letter. */
#include "mod/webhook/webhook.h"

#include <string.h>

#include "io/secret.h"
#include "core/outbound.h"

/* clang-format off */
static const struct option shapes[] = {
    {"generic", "通用（签名 JSON）", "Generic (signed JSON)", "primary"}, {"wecom", "企业微信群", "WeCom group", "success"},
    {"dingtalk", "钉钉群", "DingTalk group", "info"}, {"feishu", "飞书群", "Feishu group", "info"}, {NULL}};
static const struct option states[] = {
    {"draft", "待启用", "Draft", "info"}, {"active", "已启用", "Active", "success"}, {"paused", "已暂停", "Paused", "warning"}, {NULL}};
static const struct field webhook_fields[] = {
    [WH_NAME]       = {"name",        "名称",     "Name",      F_TEXT,    REQ | FIND | LIST | UNIQUE, 2, 60},
    [WH_URL]        = {"url",         "推送地址", "Address",   F_TEXT,    REQ | LIST, 8, 500},
    [WH_SHAPE]      = {"shape",       "消息格式", "Shape",     F_ENUM,    REQ | LIST, .opts = shapes, .initial = "generic"},
    [WH_KINDS]      = {"kinds",       "对象",     "Kinds",     F_TEXT,    LIST, 1, 300, .says = "kind,", .help = "空为全部"},
    [WH_ACTIONS]    = {"actions",     "操作",     "Actions",   F_TEXT,    0, 1, 300, .says = "action,", .help = "空为全部"},
    [WH_STATE]      = {"state",       "状态",     "State",     F_ENUM,    REQ | RO | LIST, .opts = states, .initial = "draft"},
    [WH_HAS_SECRET] = {"has_secret",  "已设密钥", "Secret set", F_BOOL,   REQ | RO | LIST, .initial = "0"},
    [WH_TOLD]       = {"told_feed",   "已推送到", "Told up to", F_INT,    RO},
    [WH_TRIES]      = {"tries",       "失败次数", "Failures",  F_INT,     RO | LIST},
    [WH_NEXT]       = {"next_at",     "下次重试", "Next try",  F_INSTANT, RO},
    [WH_LAST]       = {"last_at",     "最近推送", "Last sent", F_INSTANT, RO | LIST},
    [WH_RESULT]     = {"last_result", "最近结果", "Last result", F_TEXT,  RO | LIST, 0, 300},
};
static const struct field secret_input[] = {
    {"secret", "密钥", "Secret", F_TEXT, REQ | EXACT, 16, 200, .help = "16 位以上；企业微信填机器人的 key"}};
/* clang-format on */

static enum rc set_secret(struct cx *cx, struct row *row, const struct value *in)
{
    const char *sealed;
    enum rc rc = secret_seal(cx->data_dir, cx->a, "webhook", in[0].s, &sealed, &cx->err);
    if (rc)
        return rc;
    row_int(row, WH_HAS_SECRET, 1);
    return cx_db(cx, db_run(cx->db,
                            "INSERT INTO webhook_secret (webhook_id, sealed) VALUES (:id, :sealed)"
                            " ON CONFLICT (webhook_id) DO UPDATE SET sealed = excluded.sealed",
                            BINDS(B_INT("id", row->id), B_TEXT("sealed", sealed)), NULL));
}

static enum rc check_url(struct cx *cx, const char *url)
{
    struct outbound o;
    enum rc rc = outbound_load(cx, &o);
    return rc ? rc : outbound_url(cx, &o, url, NULL);
}

/* Told from now on, or, after a pause, from where it stood. */
static enum rc activate(struct cx *cx, struct row *row, const struct value *in)
{
    int64_t head = 0;
    (void)in;
    if (!row->v[WH_HAS_SECRET].i)
        return FAIL(cx, RC_CONFLICT, "secret", "请先由系统管理员设置密钥", "the secret must be set first");
    enum rc rc = check_url(cx, row->v[WH_URL].s);
    if (!rc && row->v[WH_TOLD].null)
        rc = cx_db(cx, db_int_of(cx->db, "SELECT COALESCE(MAX(feed), 0) FROM journal", NO_BINDS, &head));
    if (!rc && row->v[WH_TOLD].null)
        row_int(row, WH_TOLD, head);
    row_int(row, WH_TRIES, 0);
    row_null(row, WH_NEXT);
    return rc;
}

/* A change of a paused one is approved again. */
static enum rc webhook_check(struct cx *cx, const struct row *old, struct row *row)
{
    bool moved = !old || strcmp(old->v[WH_URL].s, row->v[WH_URL].s) != 0;
    if (!strcmp(row->v[WH_SHAPE].s, "wecom") && strstr(row->v[WH_URL].s, "key="))
        return FAIL(cx, RC_INVALID, "url", "企业微信的 key 是密钥，请用“设置密钥”填写，地址里不要带 key=",
                    "the key of WeCom is a secret: set it as one, not in the address");
    return moved ? check_url(cx, row->v[WH_URL].s) : RC_OK;
}

/* clang-format off */
static const struct flow_step webhook_flow[] = {
    {"secret",   "设置密钥", "Set secret", "draft|paused", NULL,     "webhook.secret",   secret_input, 1, .effect = set_secret},
    {"activate", "启用",     "Activate",   "draft|paused", "active", "webhook.activate", .tone = "success", .effect = activate},
    {"pause",    "暂停",     "Pause",      "active",       "paused", "webhook.pause",    .tone = "warning"},
};
/* clang-format on */

const struct kind webhook_kind = {
    .name = "webhook",
    .label = "事件推送",
    .label_en = "Webhook",
    .group = "system", .fields = webhook_fields,
    .n_fields = WH_N,
    .label_field = WH_NAME,
    .state_field = WH_STATE,
    .flow = webhook_flow,
    .n_flow = (int)(sizeof webhook_flow / sizeof *webhook_flow),
    .locked_in = "active",
    .check = webhook_check,
};

/* clang-format off */
static const struct option letter_states[] = {
    {"dead", "未送达", "Undelivered", "danger"}, {"waiting", "等待重发", "To be sent again", "warning"}, {"sent", "已送达", "Sent", "success"}, {NULL}};
static const struct field letter_fields[] = {
    [DL_WEBHOOK] = {"webhook_id",    "事件推送", "Webhook",  F_REF,  REQ | RO | LIST, .ref = "webhook"},
    [DL_FEED]    = {"feed",          "日志行号", "Feed",     F_INT,  REQ | RO | LIST},
    [DL_KIND]    = {"source_kind",   "对象",     "Kind",     F_TEXT, REQ | RO | LIST, 1, 60, .says = "kind"},
    [DL_RECORD]  = {"source_id",     "对象序号", "Record",   F_INT,  REQ | RO | LIST},
    [DL_ACTION]  = {"source_action", "操作",     "Action",   F_TEXT, REQ | RO | LIST, 1, 60, .says = "action"},
    [DL_TRIES]   = {"tries",         "尝试次数", "Tries",    F_INT,  REQ | RO | LIST},
    [DL_REASON]  = {"reason",        "原因",     "Reason",   F_TEXT, REQ | RO | LIST, 1, 300},
    [DL_STATE]   = {"state",         "状态",     "State",    F_ENUM, REQ | RO | LIST, .opts = letter_states, .initial = "dead"},
};
static const struct flow_step letter_flow[] = {
    {"resend", "重发", "Send again", "dead", "waiting", "dead_letter.resend", .tone = "primary"}};
/* clang-format on */

const struct kind dead_letter_kind = {
    .name = "dead_letter",
    .label = "未送达推送",
    .label_en = "Dead letter",
    .group = "system", .fields = letter_fields,
    .n_fields = DL_N,
    .label_field = DL_FEED,
    .state_field = DL_STATE,
    .flow = letter_flow,
    .n_flow = 1,
    .closed = true,
};
