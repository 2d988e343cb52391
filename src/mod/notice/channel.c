/* SPDX-License-Identifier: Apache-2.0 */
/* The ways out of the house, and what goes which way when. */
#include <string.h>

#include "core/outbound.h"
#include "mod/notice/notice_int.h"

/* clang-format off */
static const struct option types[] = {
    {"smtp",     "邮件",         "E-mail",         "primary"},
    {"wecom",    "企业微信群",   "WeCom group",    "success"},
    {"dingtalk", "钉钉群",       "DingTalk group", "info"},
    {"feishu",   "飞书群",       "Feishu group",   "info"},
    {NULL}};
static const struct option switches[] = {
    {"active",   "启用", "Active",   "success"},
    {"disabled", "停用", "Disabled", "info"},
    {NULL}};
static const struct option delivery_states[] = {
    {"waiting", "待发送", "Waiting",     "warning"},
    {"sent",    "已发送", "Sent",        "success"},
    {"dead",    "未送达", "Undelivered", "danger"},
    {NULL}};

static const struct field channel_fields[] = {
    [NCHAN_NAME]      = {"name",      "名称",     "Name",     F_TEXT,   REQ | LIST | FIND | UNIQUE, 2, 60},
    [NCHAN_TYPE]      = {"type",      "方式",     "Type",     F_ENUM,   REQ | LIST | ONCE, .opts = types},
    [NCHAN_STATE]     = {"state",     "状态",     "State",    F_ENUM,   REQ | LIST, .opts = switches, .initial = "active"},
    [NCHAN_URL]       = {"url",       "地址",     "Address",  F_TEXT,   REQ | LIST, 8, 500, .help = "邮件写 smtps://主机:465 或 smtp://主机:587；群机器人写 https 地址"},
    [NCHAN_SENDER]    = {"sender",    "发件人邮箱", "Sender", F_TEXT,   0, 3, 120, .help = "邮件必填"},
    [NCHAN_LOGIN]     = {"login",     "登录名",   "Login",    F_TEXT,   0, 1, 120},
    [NCHAN_SECRET]    = {"secret",    "密码或密钥", "Secret", F_SECRET, 0, 1, 200, .help = "邮箱密码；企业微信填机器人的 key，钉钉、飞书填加签密钥"},
    [NCHAN_ROLE]      = {"to_role",   "对应角色", "Role",     F_TEXT,   LIST, 1, 40, .says = "role", .help = "群里是哪个角色的人"},
    [NCHAN_MIN_LEVEL] = {"min_level", "最低级别", "From level", F_ENUM, REQ | LIST, .opts = notice_levels, .initial = "warning"},
};
static const struct field delivery_fields[] = {
    [NDEL_CHANNEL] = {"channel_id", "方式",     "Channel", F_REF,     REQ | RO | LIST, .ref = "notice_channel"},
    [NDEL_NOTICE]  = {"notice_id",  "通知",     "Notice",  F_REF,     REQ | RO, .ref = "notice"},
    [NDEL_ACCOUNT] = {"account_id", "接收人",   "To",      F_REF,     RO | LIST, .ref = "user"},
    [NDEL_TARGET]  = {"target",     "去处",     "Target",  F_TEXT,    REQ | RO},
    [NDEL_REASON]  = {"reason",     "缘由",     "Reason",  F_TEXT,    REQ | RO},
    [NDEL_STATE]   = {"state",      "状态",     "State",   F_ENUM,    REQ | RO | LIST, .opts = delivery_states, .initial = "waiting"},
    [NDEL_TRIES]   = {"tries",      "尝试次数", "Tries",   F_INT,     REQ | RO | LIST, .initial = "0"},
    [NDEL_NEXT]    = {"next_at",    "下次发送", "Next",    F_INSTANT, REQ | RO | LIST},
    [NDEL_SENT]    = {"sent_at",    "发送时间", "Sent at", F_INSTANT, RO | LIST},
    [NDEL_ERROR]   = {"error",      "失败原因", "Error",   F_TEXT,    RO | LIST},
};
/* clang-format on */

static enum rc mail_valid(struct cx *cx, const struct row *row)
{
    const struct value *from = &row->v[NCHAN_SENDER];
    struct outbound o;
    if (from->null || !strchr(from->s, '@') || strpbrk(from->s, " \r\n<>,;"))
        return FAIL(cx, RC_INVALID, "sender", "邮件方式要填发件人邮箱", "mail needs the sender's address");
    enum rc rc = outbound_load(cx, &o);
    return rc ? rc : outbound_mail(cx, &o, row->v[NCHAN_URL].s, NULL);
}

static enum rc group_valid(struct cx *cx, const struct row *row)
{
    int64_t n = 0;
    struct outbound o;
    if (row->v[NCHAN_ROLE].null)
        return FAIL(cx, RC_INVALID, "to_role", "群机器人要填对应角色", "a group needs the role that reads it");
    enum rc rc = cx_db(cx, db_int_of(cx->db, "SELECT COUNT(*) FROM role WHERE name = :name",
                                     BINDS(B_TEXT("name", row->v[NCHAN_ROLE].s)), &n));
    if (!rc && !n)
        rc = FAIL(cx, RC_INVALID, "to_role", "没有角色“{role}”", "no role {role}", "role", row->v[NCHAN_ROLE].s);
    if (!rc && !strcmp(row->v[NCHAN_TYPE].s, "wecom") && strstr(row->v[NCHAN_URL].s, "key="))
        rc = FAIL(cx, RC_INVALID, "url", "企业微信的 key 是密钥，请填在“密码或密钥”里，地址里不要带 key=",
                  "the key of WeCom is a secret: not in the address");
    if (!rc)
        rc = outbound_load(cx, &o);
    return rc ? rc : outbound_url(cx, &o, row->v[NCHAN_URL].s, NULL);
}

static enum rc channel_check(struct cx *cx, const struct row *old, struct row *row)
{
    (void)old;
    return strcmp(row->v[NCHAN_TYPE].s, "smtp") ? group_valid(cx, row) : mail_valid(cx, row);
}

const struct kind notice_channel_kind = {
    .name = "notice_channel",
    .label = "通知方式",
    .label_en = "Notice channel",
    .group = "system",
    .fields = channel_fields,
    .n_fields = NCHAN_N,
    .label_field = NCHAN_NAME,
    .state_field = -1,
    .sort = "name",
    .check = channel_check,
};

static enum rc resend_effect(struct cx *cx, struct row *row, const struct value *in)
{
    (void)in;
    row_int(row, NDEL_TRIES, 0);
    row_int(row, NDEL_NEXT, cx->now.ms);
    return RC_OK;
}

/* clang-format off */
static const struct flow_step delivery_flow[] = {
    {"resend", "重发", "Send again", "dead", "waiting", "notice_delivery.resend", .tone = "primary", .effect = resend_effect}};
/* clang-format on */

const struct kind notice_delivery_kind = {
    .name = "notice_delivery",
    .label = "外发记录",
    .label_en = "Delivery",
    .group = "system",
    .fields = delivery_fields,
    .n_fields = NDEL_N,
    .label_field = NDEL_TARGET,
    .state_field = NDEL_STATE,
    .flow = delivery_flow,
    .n_flow = 1,
    .closed = true,
};

/* --- when --- */

int level_rank(const char *level)
{
    return !strcmp(level, "danger") ? 2 : !strcmp(level, "warning");
}

/* Second of the day of "22:00", -1 without. */
static int second_of(const char *time)
{
    if (!time)
        return -1;
    return ((time[0] - '0') * 10 + time[1] - '0') * 3600 + ((time[3] - '0') * 10 + time[4] - '0') * 60;
}

static int64_t next_at(struct instant now, int second)
{
    struct instant t = instant_at(civil_date(now), second);
    return t.ms > now.ms ? t.ms : t.ms + DAY_MS;
}

static bool quiet(struct instant now, int from, int to)
{
    int second = (int)((now.ms - instant_at(civil_date(now), 0).ms) / SECOND_MS);
    if (from < 0 || to < 0 || from == to)
        return false;
    return from < to ? second >= from && second < to : second >= from || second < to;
}

int64_t delivery_time(struct instant now, const char *level, bool digest, const char *from,
                      const char *to, const char *digest_time)
{
    struct instant t = now;
    if (level_rank(level) == 2)
        return now.ms;
    if (digest && digest_time)
        t.ms = next_at(now, second_of(digest_time));
    return quiet(t, second_of(from), second_of(to)) ? next_at(t, second_of(to)) : t.ms;
}

/* --- which way --- */

static enum rc deliver_by(struct cx *cx, const struct row *notice, int64_t channel, int64_t account,
                          int64_t at)
{
    const char *target = account ? arena_printf(cx->a, "account:%lld", (long long)account)
                                 : arena_printf(cx->a, "channel:%lld", (long long)channel);
    return cx_db(cx, db_run(cx->db,
                            "INSERT INTO notice_delivery (rev, created_at, updated_at, channel_id,"
                            " notice_id, account_id, target, reason, state, tries, next_at) VALUES (1,"
                            " :now, :now, :channel, :notice, :account, :target, :reason, 'waiting', 0,"
                            " :at) ON CONFLICT (channel_id, target, reason) DO NOTHING",
                            BINDS(B_INT("now", cx->now.ms), B_INT("channel", channel),
                                  B_INT("notice", notice->id),
                                  account ? B_INT("account", account) : B_NULL("account"),
                                  B_TEXT("target", target), B_TEXT("reason", notice->v[NOTICE_REASON].s),
                                  B_INT("at", at)),
                            NULL));
}

static enum rc by_mail(struct cx *cx, const struct row *notice, int64_t channel)
{
    struct db_rows *r;
    int64_t at = 0;
    const char *level = notice->v[NOTICE_LEVEL].s;
    enum rc rc = cx_db(cx, db_query(cx->db,
                                    "SELECT min_level, quiet_from, quiet_to, digest_time FROM notice_setting"
                                    " WHERE account_id = :id AND email IS NOT NULL AND retired_at IS NULL",
                                    BINDS(B_INT("id", notice->v[NOTICE_ACCOUNT].i)), &r));
    if (rc)
        return rc;
    if (db_next(r) && level_rank(level) >= level_rank(db_text(r, 0)))
        at = delivery_time(cx->now, level, notice->v[NOTICE_DIGEST].i != 0, db_text(r, 1),
                           db_text(r, 2), db_text(r, 3));
    rc = cx_db(cx, db_end(r));
    return rc || !at ? rc : deliver_by(cx, notice, channel, notice->v[NOTICE_ACCOUNT].i, at);
}

static enum rc to_group(struct cx *cx, const struct row *notice, int64_t channel, const char *role)
{
    int64_t n = 0;
    enum rc rc = cx_db(cx, db_int_of(cx->db,
                                     "SELECT COUNT(*) FROM account_role WHERE account_id = :id"
                                     " AND role = :role",
                                     BINDS(B_INT("id", notice->v[NOTICE_ACCOUNT].i), B_TEXT("role", role)),
                                     &n));
    return rc || !n ? rc : deliver_by(cx, notice, channel, 0, cx->now.ms);
}

enum rc plan_delivery(struct cx *cx, const struct row *notice)
{
    struct db_rows *r;
    int n = 0;
    struct {
        int64_t id;
        bool mail;
        const char *role, *level;
    } way[50];
    enum rc rc = cx_db(cx, db_query(cx->db,
                                    "SELECT id, type, to_role, min_level FROM notice_channel"
                                    " WHERE state = 'active' AND retired_at IS NULL ORDER BY id LIMIT 50",
                                    NO_BINDS, &r));
    if (rc)
        return rc;
    for (; n < 50 && db_next(r); n++) {
        way[n].id = db_int(r, 0);
        way[n].mail = !strcmp(db_text(r, 1), "smtp");
        way[n].role = db_null(r, 2) ? "" : arena_strdup(cx->a, db_text(r, 2));
        way[n].level = arena_strdup(cx->a, db_text(r, 3));
    }
    rc = cx_db(cx, db_end(r));
    for (int i = 0; i < n && !rc; i++) {
        if (level_rank(notice->v[NOTICE_LEVEL].s) < level_rank(way[i].level))
            continue;
        rc = way[i].mail ? by_mail(cx, notice, way[i].id) : to_group(cx, notice, way[i].id, way[i].role);
    }
    return rc;
}
