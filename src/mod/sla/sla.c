/* SPDX-License-Identifier: Apache-2.0 */
#include "mod/sla/sla.h"

#include <stdio.h>
#include <string.h>

#include "mod/words.h"

/* clang-format off */
static const struct option tri[] = {
    {"any", "不限", "Any", NULL}, {"yes", "是", "Yes", NULL}, {"no", "否", "No", NULL}, {NULL}};
static const struct option clock_states[] = {
    {"running",   "计时中", "Running",   "primary"},
    {"overdue",   "已超时", "Overdue",   "danger"},
    {"met",       "达标",   "Met",       "success"},
    {"missed",    "未达标", "Missed",    "danger"},
    {"cancelled", "取消",   "Cancelled", "info"},
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
/* clang-format on */

/* --- rows into the pure engine --- */

static enum day_kind day_kind_of(const char *word)
{
    for (int i = 0; day_types[i].value; i++)
        if (!strcmp(day_types[i].value, word))
            return (enum day_kind)i;
    return DAY_REST;
}

static struct date date_from(const struct value *v)
{
    struct date d = {0};
    return v->null || !date_parse(v->s, &d) ? (struct date){0} : d;
}

static enum rc load_all(struct cx *cx, const struct kind *k, struct page *out)
{
    struct cx job = *cx;
    struct query q = {.limit = 500, .sort = "id"};
    job.actor = (struct actor){.type = ACTOR_SYSTEM, .name = "system"};
    struct page part;
    *out = (struct page){.rows = ARENA_NEW(cx->a, struct row *, 20000)};
    do {
        enum rc rc = record_list(&job, k, &q, &part);
        if (rc) {
            cx->err = job.err;
            return rc;
        }
        memcpy(out->rows + out->n, part.rows, sizeof *part.rows * (size_t)part.n);
        out->n += part.n;
        q.after = part.next;
    } while (part.next && out->n <= 19500);
    return RC_OK;
}

enum rc sla_calendar(struct cx *cx, const struct calendar **out)
{
    struct page page;
    size_t n_builtin;
    struct date until;
    const struct calendar_day *builtin = calendar_builtin(&n_builtin, &until);
    enum rc rc = load_all(cx, &calendar_day_kind, &page);
    if (rc)
        return rc;
    struct calendar_day *days = ARENA_NEW(cx->a, struct calendar_day, n_builtin + (size_t)page.n);
    memcpy(days, builtin, sizeof *days * n_builtin);
    for (int i = 0; i < page.n; i++) {
        const struct value *v = page.rows[i]->v;
        struct date on = date_from(&v[DAY_ON]);
        int year;
        date_parts(on, &year, NULL, NULL);
        days[n_builtin + (size_t)i] =
            (struct calendar_day){on, day_kind_of(v[DAY_TYPE].s), v[DAY_NAME].null ? NULL : v[DAY_NAME].s,
                                  v[DAY_OVERRIDE].i != 0};
        /* a loaded notice covers its whole year */
        if (!v[DAY_OVERRIDE].i && date_of(year, 12, 31).day > until.day)
            until = date_of(year, 12, 31);
    }
    return calendar_new(cx->a, days, n_builtin + (size_t)page.n, calendar_hours_5x8, 2, until, out,
                        &cx->err);
}

static int tri_of(const char *word)
{
    return !strcmp(word, "any") ? -1 : !strcmp(word, "yes");
}

static const char *text_of(const struct value *v)
{
    return v->null ? NULL : v->s;
}

static enum rc load_rules(struct cx *cx, struct sla_rule **out, struct page *page)
{
    enum rc rc = load_all(cx, &sla_rule_kind, page);
    if (rc)
        return rc;
    struct sla_rule *rules = ARENA_NEW(cx->a, struct sla_rule, page->n);
    for (int i = 0; i < page->n; i++) {
        const struct value *v = page->rows[i]->v;
        rules[i] = (struct sla_rule){
            .code = v[RULE_CODE].s,
            .metric = v[RULE_METRIC].s,
            .limit_minutes = (int32_t)v[RULE_LIMIT].i,
            .calendar = strcmp(v[RULE_CALENDAR].s, "5x8") ? CAL_24X7 : CAL_5X8,
            .line = text_of(&v[RULE_LINE]),
            .asset_group = text_of(&v[RULE_GROUP]),
            .grade = text_of(&v[RULE_GRADE]),
            .emergency = tri_of(v[RULE_EMERGENCY].s),
            .in_duty = tri_of(v[RULE_IN_DUTY].s),
            .valid_from = date_from(&v[RULE_FROM]),
            .valid_to = date_from(&v[RULE_TO]),
            .internal = v[RULE_INTERNAL].i != 0,
        };
    }
    *out = rules;
    return RC_OK;
}

static const char *losers_text(struct cx *cx, const struct sla_clock *c)
{
    struct buf b = {0};
    for (size_t i = 0; i < c->n_losers; i++)
        buf_printf(&b, "%s%s", i ? " " : "", c->losers[i]->code);
    const char *s = b.len ? arena_strdup(cx->a, buf_text(&b)) : NULL;
    buf_free(&b);
    return s;
}

static enum rc insert_clock(struct cx *cx, int64_t order, const char *line,
                            const struct sla_clock *c, int64_t rule_id)
{
    char month[INSTANT_TEXT];
    struct row *row = record_new(cx, &sla_clock_kind);
    instant_minute_text(c->deadline, month);
    month[7] = 0; /* "2026-05" */
    row_int(row, CLOCK_ORDER, order);
    row_text(row, CLOCK_METRIC, c->rule->metric);
    row_text(row, CLOCK_CODE, c->rule->code);
    row_int(row, CLOCK_RULE, rule_id);
    row_text(row, CLOCK_ALSO, losers_text(cx, c));
    row_text(row, CLOCK_CALENDAR, c->rule->calendar == CAL_5X8 ? "5x8" : "24x7");
    row_int(row, CLOCK_LIMIT, c->rule->limit_minutes);
    row_text(row, CLOCK_LINE, line);
    row_int(row, CLOCK_STARTED, c->start.ms);
    row_int(row, CLOCK_DEADLINE, c->deadline.ms);
    row_text(row, CLOCK_MONTH, arena_strdup(cx->a, month));
    row_int(row, CLOCK_PROVISIONAL, c->provisional);
    row_int(row, CLOCK_INTERNAL, c->rule->internal);
    row_text(row, CLOCK_STATE, "running");
    return record_insert(cx, row, "start");
}

enum rc sla_start(struct cx *cx, int64_t work_order_id, const struct sla_facts *facts)
{
    const struct calendar *cal;
    const struct sla_clock *clocks;
    struct sla_rule *rules;
    struct page page;
    size_t n;
    enum rc rc = sla_calendar(cx, &cal);
    if (!rc)
        rc = load_rules(cx, &rules, &page);
    if (rc)
        return rc;
    sla_select(cx->a, cal, rules, (size_t)page.n, facts, &clocks, &n);
    for (size_t i = 0; i < n && !rc; i++)
        rc = insert_clock(cx, work_order_id, facts->line, &clocks[i],
                          page.rows[clocks[i].rule - rules]->id);
    return rc;
}

/* --- running clocks --- */

static enum rc find_clock(struct cx *cx, int64_t order, const char *metric, struct row **out)
{
    int64_t id;
    *out = NULL;
    enum rc rc = db_int_of(cx->db,
                           "SELECT id FROM sla_clock WHERE work_order_id = :order"
                           " AND metric = :metric AND state IN ('running', 'overdue')",
                           BINDS(B_INT("order", order), B_TEXT("metric", metric)), &id);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    return rc ? cx_db(cx, rc) : record_load(cx, &sla_clock_kind, id, out);
}

enum rc sla_stop(struct cx *cx, int64_t work_order_id, const char *metric, struct instant at)
{
    struct row *old;
    const struct calendar *cal = NULL;
    enum rc rc = find_clock(cx, work_order_id, metric, &old);
    if (rc || !old)
        return rc;
    if (!strcmp(old->v[CLOCK_CALENDAR].s, "5x8"))
        rc = sla_calendar(cx, &cal);
    if (rc)
        return rc;
    struct row *row = record_copy(cx, old);
    int64_t elapsed = sla_elapsed_ms(cal, (struct instant){old->v[CLOCK_STARTED].i}, at, NULL, 0);
    row_int(row, CLOCK_STOPPED, at.ms);
    row_int(row, CLOCK_ELAPSED, elapsed);
    /* whole seconds: exactly 120:00 is met (domain.md 3.4 rule 11) */
    bool met = elapsed / SECOND_MS <= old->v[CLOCK_LIMIT].i * (MINUTE_MS / SECOND_MS);
    row_text(row, CLOCK_STATE, met ? "met" : "missed");
    return record_update(cx, old, row, "stop");
}

static enum rc each_clock(struct cx *cx, const char *sql, const struct bind *binds,
                          const char *state, const char *action, int *changed)
{
    struct db_rows *r;
    int64_t ids[200];
    int n = 0;
    enum rc rc = db_query(cx->db, sql, binds, &r);
    if (rc)
        return cx_db(cx, rc);
    while (n < 200 && db_next(r))
        ids[n++] = db_int(r, 0);
    rc = cx_db(cx, db_end(r));
    for (int i = 0; i < n && !rc; i++) {
        struct row *old;
        rc = record_load(cx, &sla_clock_kind, ids[i], &old);
        if (rc)
            break;
        struct row *row = record_copy(cx, old);
        row_text(row, CLOCK_STATE, state);
        rc = record_update(cx, old, row, action);
        ++*changed;
    }
    return rc;
}

enum rc sla_cancel(struct cx *cx, int64_t work_order_id)
{
    int changed = 0;
    return each_clock(cx,
                      "SELECT id FROM sla_clock WHERE work_order_id = :order"
                      " AND state IN ('running', 'overdue') ORDER BY id",
                      BINDS(B_INT("order", work_order_id)), "cancelled", "cancel", &changed);
}

enum rc sla_tick(struct cx *cx, int *changed)
{
    *changed = 0;
    return each_clock(cx,
                      "SELECT id FROM sla_clock WHERE state = 'running' AND deadline_at <= :past"
                      " ORDER BY deadline_at, id LIMIT 200",
                      BINDS(B_INT("past", cx->now.ms - SECOND_MS)), "overdue", "overdue", changed);
}

enum rc sla_next_deadline(struct cx *cx, int64_t work_order_id, int64_t *out)
{
    return cx_db(cx, db_int_of(cx->db,
                               "SELECT MIN(deadline_at) FROM sla_clock WHERE work_order_id = :order"
                               " AND state IN ('running', 'overdue')",
                               BINDS(B_INT("order", work_order_id)), out));
}

/* --- the minute ledger --- */

static const char *span_label(const struct span *s)
{
    switch (s->kind) {
    case SPAN_WORKED:
        return s->makeup ? "计时（调休上班日）" : "计时";
    case SPAN_LUNCH:
        return "午休";
    case SPAN_NIGHT:
        return "下班时间";
    case SPAN_WEEKEND:
        return "周末";
    case SPAN_HOLIDAY:
        return "节假日";
    case SPAN_PAUSED:
        break;
    }
    return "暂停";
}

static void span_json(struct jw *w, const struct span *s)
{
    static const char *const words[] = {"worked", "lunch", "night", "weekend", "holiday", "paused"};
    jw_object(w);
    jw_ki(w, "from", s->from.ms);
    jw_ki(w, "to", s->to.ms);
    jw_ki(w, "minutes", (s->to.ms - s->from.ms) / MINUTE_MS);
    jw_kt(w, "kind", words[s->kind]);
    jw_kt(w, "label", span_label(s));
    jw_kb(w, "makeup", s->makeup);
    jw_kt(w, "note", s->note);
    jw_end_object(w);
}

enum rc sla_ledger_json(struct cx *cx, int64_t clock_id, struct jw *w)
{
    struct row *row;
    const struct calendar *cal = NULL;
    const struct span *spans;
    size_t n;
    int64_t worked = 0;
    enum rc rc = record_get(cx, &sla_clock_kind, clock_id, &row);
    if (!rc && !strcmp(row->v[CLOCK_CALENDAR].s, "5x8"))
        rc = sla_calendar(cx, &cal);
    if (rc)
        return rc;
    /* a running clock shows the way to its deadline, a stopped one what was used */
    int64_t end = row->v[CLOCK_STOPPED].null ? row->v[CLOCK_DEADLINE].i : row->v[CLOCK_STOPPED].i;
    if (row->v[CLOCK_STOPPED].null && cx->now.ms > end)
        end = cx->now.ms;
    sla_ledger(cx->a, cal, (struct instant){row->v[CLOCK_STARTED].i}, (struct instant){end}, NULL, 0,
               &spans, &n);
    jw_object(w);
    jw_key(w, "clock");
    record_json(cx, w, row);
    jw_key(w, "spans");
    jw_array(w);
    for (size_t i = 0; i < n; i++) {
        span_json(w, &spans[i]);
        if (spans[i].kind == SPAN_WORKED)
            worked += spans[i].to.ms - spans[i].from.ms;
    }
    jw_end_array(w);
    jw_ki(w, "worked_minutes", worked / MINUTE_MS);
    jw_end_object(w);
    return RC_OK;
}
