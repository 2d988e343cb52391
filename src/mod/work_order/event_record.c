/* SPDX-License-Identifier: Apache-2.0 */
/* F-01 运维事件记录单 as the paper has it, and the same order as one JSON for its workspace. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "core/file.h"
#include "core/setting.h"
#include "journal/journal.h"
#include "mod/asset/asset.h"
#include "mod/work_order/order_int.h"
#include "proto/pdf.h"

#define PAIRS 52
#define STEPS 100
#define PHOTOS 24 /* printed; the rest is told by number */
#define PHOTO_BYTES (4 << 20)

struct paper {
    struct cx *cx;
    struct row *order;
    struct pdf_pair pairs[PAIRS];
    size_t n;
    struct buf text; /* all that is printed, for the hash in the footer */
    const char *creator;
    int64_t printed; /* times before */
    struct pdf_picture photos[PHOTOS];
    size_t n_photos, more; /* more: not printed */
};

static const char *paper_time(struct cx *cx, int64_t ms)
{
    char text[INSTANT_TEXT];
    char *s = arena_strdup(cx->a, instant_minute_text((struct instant){ms}, text));
    s[10] = ' ';
    return s;
}

static void put(struct paper *p, const char *label, const char *value, bool wide)
{
    if (p->n == PAIRS)
        return;
    p->pairs[p->n++] = (struct pdf_pair){.label = label, .value = value ? value : "", .wide = wide};
    buf_printf(&p->text, "%s=%s\n", label, value ? value : "");
}

static const char *field_text(struct paper *p, int field)
{
    const struct value *v = &p->order->v[field];
    const struct field *f = &work_order_kind.fields[field];
    if (v->null)
        return NULL;
    return f->type == F_INSTANT ? paper_time(p->cx, v->i)
                                : value_text(p->cx, f, v, p->order->label[field]);
}

static void put_field(struct paper *p, const char *label, int field, bool wide)
{
    put(p, label, field_text(p, field), wide);
}

/* 138****5678: the paper leaves the house. */
static const char *masked(struct cx *cx, const char *phone)
{
    size_t n = phone ? strlen(phone) : 0;
    if (n < 7)
        return n ? "***" : NULL;
    return arena_printf(cx->a, "%.3s****%s", phone, phone + n - 4);
}

static const char *minutes_text(struct cx *cx, int64_t ms)
{
    return arena_printf(cx->a, "%lld:%02lld", (long long)(ms / MINUTE_MS),
                        (long long)(ms % MINUTE_MS / SECOND_MS));
}

static const char *label_of(const struct option *o, const char *value)
{
    for (; o && o->value; o++)
        if (!strcmp(o->value, value))
            return o->label;
    return value;
}

/* "恢复 S-01 120 分钟 5×8，截止 05-09 10:00，用时 119:59，达标；同时适用 …" per clock */
static const char *clock_text(struct cx *cx, const struct row *c)
{
    const struct value *v = c->v;
    const struct field *f = sla_clock_kind.fields;
    const char *used = v[CLOCK_ELAPSED].null
                           ? ""
                           : arena_printf(cx->a, "，用时 %s", minutes_text(cx, v[CLOCK_ELAPSED].i));
    const char *also =
        v[CLOCK_ALSO].null ? "" : arena_printf(cx->a, "；同时适用 %s", v[CLOCK_ALSO].s);
    return arena_printf(
        cx->a, "%s %s %lld 分钟（%s%s），截止 %s%s，%s%s%s",
        label_of(f[CLOCK_METRIC].opts, v[CLOCK_METRIC].s), v[CLOCK_CODE].s,
        (long long)v[CLOCK_LIMIT].i, label_of(f[CLOCK_CALENDAR].opts, v[CLOCK_CALENDAR].s),
        v[CLOCK_INTERNAL].i ? "，内部目标" : "", paper_time(cx, v[CLOCK_DEADLINE].i), used,
        label_of(f[CLOCK_STATE].opts, v[CLOCK_STATE].s),
        v[CLOCK_PENDING].i ? "（暂停待甲方确认）" : "", also);
}

static enum rc put_clocks(struct paper *p)
{
    struct row **clocks;
    struct buf b = {0};
    int n;
    bool late = false;
    const char *used = NULL;
    enum rc rc = sla_load_all(p->cx, p->order->id, &clocks, &n);
    for (int i = 0; i < n && !rc; i++) {
        const struct value *v = clocks[i]->v;
        buf_printf(&b, "%s%s", i ? "\n" : "", clock_text(p->cx, clocks[i]));
        late = late || !strcmp(v[CLOCK_STATE].s, "missed") || !strcmp(v[CLOCK_STATE].s, "overdue");
        if (!strcmp(v[CLOCK_METRIC].s, "restore") && !v[CLOCK_ELAPSED].null &&
            strcmp(v[CLOCK_STATE].s, "void") != 0)
            used = minutes_text(p->cx, v[CLOCK_ELAPSED].i);
    }
    put(p, "适用时限", b.len ? arena_strdup(p->cx->a, buf_text(&b)) : "无", true);
    put(p, "处置用时（分:秒）", used, false);
    put(p, "是否超时", late ? "是" : "否", false);
    if (late)
        put_field(p, "超时原因", WO_LATE_REASON, true);
    buf_free(&b);
    return rc;
}

/* One text by a query over :id; NULL when there is none. */
static enum rc put_query(struct paper *p, const char *label, const char *sql)
{
    struct db_rows *r;
    struct buf b = {0};
    enum rc rc = cx_db(p->cx, db_query(p->cx->db, sql, BINDS(B_INT("id", p->order->id)), &r));
    if (rc)
        return rc;
    while (db_next(r))
        if (!db_null(r, 0))
            buf_printf(&b, "%s%s", b.len ? "；" : "", db_text(r, 0));
    put(p, label, b.len ? arena_strdup(p->cx->a, buf_text(&b)) : NULL, false);
    buf_free(&b);
    return cx_db(p->cx, db_end(r));
}

static enum rc put_head(struct paper *p)
{
    put_field(p, "事件编号", WO_NO, false);
    put_field(p, "服务类别", WO_LINE, false);
    put_field(p, "来源", WO_CHANNEL, false);
    enum rc rc =
        put_query(p, "故障分类",
                  "SELECT COALESCE(c.name || '　', '') || CASE w.type WHEN 'incident' THEN '故障'"
                  " ELSE '服务请求' END FROM work_order w LEFT JOIN asset d ON d.id = w.asset_id"
                  " LEFT JOIN asset_class c ON c.id = d.class_id WHERE w.id = :id");
    put_field(p, "报修人", WO_REPORTER_NAME, false);
    if (!rc)
        rc = put_query(
            p, "报修部门/社区",
            "SELECT u.name FROM work_order w LEFT JOIN account a ON a.id = w.reporter_id"
            " LEFT JOIN asset d ON d.id = w.asset_id LEFT JOIN site s ON s.id = w.site_id"
            " JOIN org_unit u ON u.id = COALESCE(a.org_unit_id, d.org_unit_id, s.org_unit_id)"
            " WHERE w.id = :id");
    const struct value *phone = &p->order->v[WO_REPORTER_PHONE];
    put(p, "联系电话", masked(p->cx, phone->null ? NULL : phone->s), false);
    put_field(p, "报修时间", WO_REPORTED, false);
    put_field(p, "发现时间", WO_DETECTED, false);
    put_field(p, "地点", WO_SITE, false);
    if (!rc)
        rc = put_query(p, "设备",
                       "SELECT COALESCE(a.asset_no || ' ', '') || a.name FROM work_order w"
                       " JOIN asset a ON a.id = w.asset_id WHERE w.id = :id");
    put_field(p, "影响范围", WO_IMPACT, false);
    put_field(p, "紧急程度", WO_URGENCY, false);
    put_field(p, "级别", WO_GRADE, false);
    put_field(p, "应急", WO_EMERGENCY, false);
    put_field(p, "故障现象", WO_TITLE, true);
    if (!p->order->v[WO_SYMPTOM].null)
        put_field(p, "详细说明", WO_SYMPTOM, true);
    return rc;
}

/* Who did a step last, of those that the paper names. */
static enum rc put_actor(struct paper *p, const char *label, const char *action)
{
    struct db_rows *r;
    const char *text = NULL;
    enum rc rc =
        cx_db(p->cx, db_query(p->cx->db,
                              "SELECT actor_name, at FROM work_order_step WHERE work_order_id = "
                              ":id AND action = :action"
                              " ORDER BY id DESC LIMIT 1",
                              BINDS(B_INT("id", p->order->id), B_TEXT("action", action)), &r));
    if (rc)
        return rc;
    if (db_next(r))
        text = arena_printf(p->cx->a, "%s %s", db_text(r, 0), paper_time(p->cx, db_int(r, 1)));
    put(p, label, text, false);
    return cx_db(p->cx, db_end(r));
}

static bool read_whole(int fd, void *to, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t got = read(fd, (char *)to + at, n - at);
        if (got <= 0)
            return false;
        at += (size_t)got;
    }
    return true;
}

/* "处理前 1　2026-05-08 17:00　姓名　SHA-256 …": server time and hash of the original. */
static enum rc photo_caption(struct paper *p, const char *label, int no, const struct file *f,
                             const char **out)
{
    struct db_rows *r;
    enum rc rc = cx_db(p->cx, db_query(p->cx->db, "SELECT name FROM account WHERE id = :id",
                                       BINDS(B_INT("id", f->created_by)), &r));
    if (rc)
        return rc;
    const char *who = db_next(r) ? arena_strdup(p->cx->a, db_text(r, 0)) : "报修人";
    *out = arena_printf(p->cx->a, "%s %d　%s　%s\nSHA-256 %.32s", label, no,
                        paper_time(p->cx, f->created_at), who, f->sha256);
    return cx_db(p->cx, db_end(r));
}

/* A photo that cannot be shown leaves its box empty: that there was one is evidence, too. */
static enum rc take_photo(struct paper *p, const char *label, int no, int64_t id)
{
    struct file f;
    int fd;
    if (p->n_photos == PHOTOS) {
        p->more++;
        return RC_OK;
    }
    struct pdf_picture *pic = &p->photos[p->n_photos++];
    *pic = (struct pdf_picture){.jpeg = "", .caption = arena_printf(p->cx->a, "%s %d", label, no)};
    if (file_open(p->cx, id, FILE_LARGE, true, &f, &fd) != RC_OK) {
        p->cx->err = (struct err){0};
        return RC_OK;
    }
    if (f.size > 0 && f.size <= PHOTO_BYTES) {
        char *bytes = arena_alloc(p->cx->a, (size_t)f.size);
        if (read_whole(fd, bytes, (size_t)f.size)) {
            pic->jpeg = bytes;
            pic->n = (size_t)f.size;
        }
    }
    close(fd);
    enum rc rc = photo_caption(p, label, no, &f, &pic->caption);
    buf_printf(&p->text, "%s\n", pic->caption);
    return rc;
}

static enum rc take_photos(struct paper *p, const char *label, const char *list, int *n)
{
    json_t *ids = list ? json_loads(list, 0, NULL) : NULL;
    enum rc rc = RC_OK;
    size_t all = json_array_size(ids);
    for (size_t i = 0; i < all && !rc; i++)
        rc = take_photo(p, label, ++*n, json_integer_value(json_array_get(ids, i)));
    json_decref(ids);
    return rc;
}

static enum rc put_photos(struct paper *p, const char *label, int field)
{
    const struct value *v = &p->order->v[field];
    int n = 0;
    enum rc rc = take_photos(p, label, v->null ? NULL : v->s, &n);
    put(p, label, n ? arena_printf(p->cx->a, "%d 张，见附页", n) : "0 张", false);
    return rc;
}

/* Those sent along with the steps in between. */
static enum rc take_step_photos(struct paper *p)
{
    struct query q = {.limit = STEPS, .no_total = true, .n_filters = 1};
    struct page page;
    int n = 0;
    q.filter[0] = (struct filter){"work_order_id", "eq",
                                  arena_printf(p->cx->a, "%lld", (long long)p->order->id)};
    enum rc rc = record_list(p->cx, &work_order_step_kind, &q, &page);
    for (int i = 0; !rc && i < page.n; i++)
        if (!page.rows[i]->v[STEP_PHOTOS].null)
            rc = take_photos(p, "处理中照片", page.rows[i]->v[STEP_PHOTOS].s, &n);
    return rc;
}

static enum rc put_repair(struct paper *p)
{
    struct db_rows *r;
    const char *text = NULL;
    enum rc rc = cx_db(p->cx, db_query(p->cx->db,
                                       "SELECT no, latency_ms FROM repair_request WHERE "
                                       "work_order_id = :id ORDER BY id DESC LIMIT 1",
                                       BINDS(B_INT("id", p->order->id)), &r));
    if (rc)
        return rc;
    if (db_next(r))
        text = db_null(r, 1) ? arena_printf(p->cx->a, "%s 待审批", db_text(r, 0))
                             : arena_printf(p->cx->a, "%s 甲方审批用时 %s", db_text(r, 0),
                                            minutes_text(p->cx, db_int(r, 1)));
    put(p, "外送维修", text, false);
    return cx_db(p->cx, db_end(r));
}

/* Who took the call registered it with that: there is no step of its own. */
static enum rc put_registered(struct paper *p)
{
    const struct value *at = &p->order->v[WO_REGISTERED];
    int64_t n = 0;
    enum rc rc =
        cx_db(p->cx, db_int_of(p->cx->db,
                               "SELECT COUNT(*) FROM work_order_step WHERE work_order_id = :id"
                               " AND action = 'register'",
                               BINDS(B_INT("id", p->order->id)), &n));
    if (rc || n || at->null)
        return rc ? rc : put_actor(p, "受理人/时间", "register");
    struct db_rows *r;
    rc = cx_db(p->cx,
               db_query(p->cx->db,
                        "SELECT a.name FROM work_order w JOIN account a ON a.id = w.created_by"
                        " WHERE w.id = :id",
                        BINDS(B_INT("id", p->order->id)), &r));
    if (rc)
        return rc;
    const char *who = db_next(r) ? arena_strdup(p->cx->a, db_text(r, 0)) : "系统";
    put(p, "受理人/时间", arena_printf(p->cx->a, "%s %s", who, paper_time(p->cx, at->i)), false);
    return cx_db(p->cx, db_end(r));
}

static enum rc put_body(struct paper *p)
{
    enum rc rc = put_registered(p);
    if (!rc)
        rc = put_actor(p, "派单人/时间", "dispatch");
    put_field(p, "处理人", WO_ENGINEER, false);
    put_field(p, "响应时间", WO_ACCEPTED, false);
    put_field(p, "到场时间", WO_ARRIVED, false);
    put_field(p, "恢复时间", WO_RESTORED, false);
    if (!rc)
        rc = put_repair(p);
    if (!rc)
        rc = put_query(
            p, "更换备件（换下）",
            "SELECT name || COALESCE(' ' || model, '') || COALESCE(' ' || serial_no, '')"
            " FROM replaced_part WHERE work_order_id = :id AND retired_at IS NULL ORDER BY id");
    put_field(p, "恢复依据", WO_PROOF, false);
    put_field(p, "责任归属", WO_CAUSE_PARTY, false);
    put_field(p, "故障原因", WO_CAUSE, true);
    put_field(p, "解决方法", WO_RESULT, true);
    if (!rc)
        rc = put_clocks(p);
    if (!rc)
        rc = put_photos(p, "处理前照片", WO_BEFORE);
    if (!rc)
        rc = put_photos(p, "处理后照片", WO_AFTER);
    if (!rc)
        rc = take_step_photos(p);
    put_field(p, "满意度（1-5）", WO_RATING, false);
    put_field(p, "返修次数", WO_REOPENS, false);
    put_field(p, "用户意见", WO_CONFIRM_NOTE, true);
    return rc ? rc
              : put_actor(p, "关闭人/时间", p->order->v[WO_AUTO_CLOSED].i ? "auto_close" : "close");
}

static const char *step_label(const char *action)
{
    for (int i = 0; i < N_FLOW; i++)
        if (!strcmp(order_flow[i].action, action))
            return order_flow[i].label;
    static const char *const words[][2] = {{"pause", "暂停计时"},
                                           {"pause_end", "结束暂停"},
                                           {"pause_accept", "甲方确认暂停"},
                                           {"pause_reject", "甲方驳回暂停"},
                                           {"auto_close", "自动关闭"},
                                           {"join", "并入报修"},
                                           {"repair_approve", "批准送修"},
                                           {"repair_reject", "不批准送修"},
                                           {"repair_send", "送修"},
                                           {"repair_return", "取回验收"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i][0], action))
            return words[i][1];
    return action;
}

static enum rc step_table(struct paper *p, struct pdf *pdf)
{
    static const struct pdf_column columns[] = {{"时间", 2.2, PDF_CENTER},
                                                {"步骤", 1.4, PDF_CENTER},
                                                {"操作人", 1.5, PDF_LEFT},
                                                {"说明", 4.4, PDF_LEFT},
                                                {"备注", 1.8, PDF_LEFT}};
    struct query q = {.limit = STEPS, .no_total = true, .n_filters = 1};
    struct page page;
    q.filter[0] = (struct filter){"work_order_id", "eq",
                                  arena_printf(p->cx->a, "%lld", (long long)p->order->id)};
    enum rc rc = record_list(p->cx, &work_order_step_kind, &q, &page);
    if (rc)
        return rc;
    pdf_table_begin(pdf, columns, 5);
    for (int i = 0; i < page.n; i++) {
        const struct value *v = page.rows[i]->v;
        const char *proof =
            v[STEP_PROOF].null
                ? ""
                : label_of(work_order_step_kind.fields[STEP_PROOF].opts, v[STEP_PROOF].s);
        const char *remark =
            arena_printf(p->cx->a, "%s%s%s", proof, v[STEP_LATE_SYNC].i ? " 离线补传" : "",
                         v[STEP_SPOT_CHECK].i ? " 抽查" : "");
        struct pdf_cell cells[] = {{.text = paper_time(p->cx, v[STEP_AT].i)},
                                   {.text = step_label(v[STEP_ACTION].s)},
                                   {.text = v[STEP_ACTOR_NAME].s},
                                   {.text = v[STEP_NOTE].null ? "" : v[STEP_NOTE].s},
                                   {.text = remark}};
        pdf_table_row(pdf, cells);
        for (int k = 0; k < 5; k++)
            buf_printf(&p->text, "%s|", cells[k].text);
        buf_char(&p->text, '\n');
    }
    pdf_table_end(pdf);
    return RC_OK;
}

/* What a telephone reads off the paper: the order's page, and the hash that the paper must have. */
static enum rc code_text(struct paper *p, const char *hash, const char **out)
{
    const char *base;
    enum rc rc = setting_text(p->cx, "public_url", &base);
    size_t n = !rc && base ? strlen(base) : 0;
    while (n && base[n - 1] == '/')
        n--;
    *out = n ? arena_printf(p->cx->a, "%.*s/work_order/%lld?sha256=%.16s", (int)n, base,
                            (long long)p->order->id, hash)
             : arena_printf(p->cx->a, "%s sha256=%.16s", p->order->v[WO_NO].s, hash);
    return rc;
}

static void print_photos(struct paper *p, struct pdf *pdf)
{
    if (!p->n_photos)
        return;
    pdf_page_break(pdf);
    pdf_heading(pdf,
                arena_printf(p->cx->a, "附页：现场照片（%d 张）", (int)(p->n_photos + p->more)));
    pdf_pictures(pdf, p->photos, p->n_photos);
    if (p->more)
        pdf_note(pdf,
                 arena_printf(p->cx->a, "另有 %d 张未打印，见系统中的这张工单。", (int)p->more));
}

static enum rc print(struct paper *p, const char *path)
{
    static const char *const signers[] = {"处理人", "用户确认", "审核"};
    char hash[HASH_HEX];
    hash_hex(p->text.data, p->text.len, hash);
    const char *code;
    enum rc rc = code_text(p, hash, &code);
    if (rc)
        return rc;
    struct pdf_options o = {
        .title = arena_printf(p->cx->a, "运维事件记录单 %s", p->order->v[WO_NO].s),
        .author = "守望",
        .printed_at = p->cx->now,
        .footer = arena_printf(p->cx->a, "内容摘要 SHA-256 %s　第 %lld 次打印", hash,
                               (long long)p->printed + 1),
        .fit_pages = 1 + (int)(p->n_photos + PDF_PICTURES_A_PAGE - 1) / PDF_PICTURES_A_PAGE};
    struct pdf *pdf = pdf_new(&o);
    pdf_code(pdf, code);
    pdf_title(pdf, "运维事件记录单");
    pdf_subtitle(pdf, arena_printf(p->cx->a, "F-01    版本：%lld    状态：%s    建单：%s %s",
                                   (long long)p->order->rev, field_text(p, WO_STATE), p->creator,
                                   paper_time(p->cx, p->order->created_at.ms)));
    pdf_grid(pdf, p->pairs, p->n, 2);
    pdf_heading(pdf, "处理过程");
    rc = step_table(p, pdf);
    pdf_space(pdf, 10);
    pdf_signatures(pdf, signers, 3);
    print_photos(p, pdf);
    if (!rc)
        rc = pdf_write(pdf, path, &p->cx->err);
    pdf_free(pdf);
    return rc;
}

/* Who made the order, and how often its paper was printed before. */
static enum rc take_origin(struct paper *p)
{
    struct db_rows *r;
    enum rc rc =
        cx_db(p->cx,
              db_query(p->cx->db,
                       "SELECT COALESCE(a.name, ''), (SELECT COUNT(*) FROM journal j WHERE j.kind ="
                       " 'work_order' AND j.record_id = w.id AND j.action = 'print')"
                       " FROM work_order w LEFT JOIN account a ON a.id = w.created_by"
                       " WHERE w.id = :id",
                       BINDS(B_INT("id", p->order->id)), &r));
    p->creator = "";
    if (rc)
        return rc;
    if (db_next(r)) {
        p->creator = arena_strdup(p->cx->a, db_text(r, 0));
        p->printed = db_int(r, 1);
    }
    if (!*p->creator)
        p->creator = strcmp(p->order->v[WO_CHANNEL].s, "monitor") ? "报修人" : "系统";
    return cx_db(p->cx, db_end(r));
}

enum rc event_record_pdf(struct cx *cx, int64_t work_order_id, const char *path)
{
    struct paper p = {.cx = cx};
    enum rc rc = record_get(cx, &work_order_kind, work_order_id, &p.order);
    if (rc)
        return rc;
    rc = take_origin(&p);
    if (!rc)
        rc = put_head(&p);
    if (!rc)
        rc = put_body(&p);
    if (!rc)
        rc = print(&p, path);
    buf_free(&p.text);
    return rc ? rc : journal_note(cx, "work_order", work_order_id, "print", "{}", "ok");
}

/* --- the workspace's one answer --- */

static enum rc list_json(struct cx *cx, const struct kind *k, const char *field, int64_t id,
                         const char *key, struct jw *w)
{
    struct query q = {.limit = 200, .no_total = true, .n_filters = 1, .sort = "id"};
    struct page page = {0};
    q.filter[0] = (struct filter){field, "eq", arena_printf(cx->a, "%lld", (long long)id)};
    enum rc rc =
        cx_may(cx, arena_printf(cx->a, "%s.read", k->name)) ? record_list(cx, k, &q, &page) : RC_OK;
    jw_key(w, key);
    jw_array(w);
    for (int i = 0; i < page.n && !rc; i++) {
        if (k == &sla_clock_kind)
            rc = sla_ledger_json(cx, page.rows[i]->id, w);
        else
            record_json(cx, w, page.rows[i]);
    }
    jw_end_array(w);
    return rc;
}

enum rc work_order_story(struct cx *cx, int64_t work_order_id, struct jw *w)
{
    static const struct {
        const struct kind *kind;
        const char *field, *key;
    } parts[] = {{&sla_clock_kind, "work_order_id", "clocks"},
                 {&work_order_step_kind, "work_order_id", "steps"},
                 {&sla_pause_kind, "work_order_id", "pauses"},
                 {&work_order_kind, "parent_id", "children"},
                 {&work_order_asset_kind, "work_order_id", "assets"},
                 {&repair_request_kind, "work_order_id", "repairs"},
                 {&loan_kind, "work_order_id", "loans"},
                 {&sla_move_kind, "work_order_id", "moves"}};
    struct row *order;
    enum rc rc = record_get(cx, &work_order_kind, work_order_id, &order);
    if (rc)
        return rc;
    /* of a merged one the clocks are those of its main order */
    int64_t clocks_of = order->v[WO_PARENT].null ? order->id : order->v[WO_PARENT].i;
    jw_object(w);
    jw_key(w, "order");
    record_json(cx, w, order);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !rc; i++)
        rc = list_json(cx, parts[i].kind, parts[i].field, i ? order->id : clocks_of, parts[i].key,
                       w);
    jw_end_object(w);
    return rc;
}
