/* SPDX-License-Identifier: Apache-2.0 */
/* The month's report: the figures of set "monthly" and the orders that missed their limit, as JSON,
 * spreadsheet or one printed page. Every face is made from the same values. */
#include "mod/report/report.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "io/file.h"
#include "mod/report/report_int.h"
#include "proto/xlsx_write.h"

enum rc report_format_of(struct cx *cx, const char *word, enum report_format *out)
{
    static const char *const words[] = {
        [REPORT_PDF] = "pdf", [REPORT_XLSX] = "xlsx", [REPORT_JSON] = "json"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(word, words[i])) {
            *out = (enum report_format)i;
            return RC_OK;
        }
    return FAIL(cx, RC_INVALID, "format", "格式只能是 pdf、xlsx 或 json", "the format is pdf, xlsx or json");
}

const char *figure_text(struct cx *cx, const struct figure_value *v)
{
    if (v->null)
        return "—";
    return v->figure->kind ? arena_printf(cx->a, "%.0f", v->value)
                           : arena_printf(cx->a, "%.2f", v->value);
}

static enum rc write_json(struct cx *cx, const struct report_data *d, const char *path)
{
    struct buf out = {0};
    struct jw w = jw_on(&out);
    jw_object(&w);
    enum rc rc = figure_json_part(cx, "monthly", d->month, &w);
    jw_kt(&w, "hash", d->hash);
    jw_key(&w, "anchor");
    journal_head_json(&w, &d->anchor);
    jw_end_object(&w);
    if (!rc)
        rc = file_write(path, out.data, out.len, 0644, &cx->err);
    buf_free(&out);
    return rc;
}

/* What a copy of the report proves later: docs/api.md says how. */
static void proof_sheet(const struct report_data *d, struct xlsx_writer *x)
{
    static const struct xlsx_column columns[] = {{.heading = "校验", .width = 28}, {.heading = "值", .width = 80}};
    char anchor[CHAIN_HASH + 24];
    snprintf(anchor, sizeof anchor, "%lld:%s", (long long)d->anchor.feed, d->anchor.hash);
    const char *const pairs[][2] = {{"数据摘要 SHA-256", d->hash}, {"日志锚点", anchor}};
    xlsx_write_sheet(x, "校验", columns, 2, 0);
    for (int i = 0; i < 2; i++) {
        xlsx_write_text(x, 0, pairs[i][0]);
        xlsx_write_text(x, 1, pairs[i][1]);
        xlsx_write_row(x);
    }
}

static enum rc write_xlsx(struct cx *cx, const struct report_data *d, const char *path)
{
    static const struct xlsx_column figures[] = {
        {.heading = "指标", .width = 28}, {.heading = "数值", .width = 12}, {.heading = "单位", .width = 8}};
    static const struct xlsx_column clocks[] = {{.heading = "类别", .width = 20},
                                                {.heading = "工单", .width = 20},
                                                {.heading = "规则"},
                                                {.heading = "截止时间", .type = XLSX_INSTANT},
                                                {.heading = "停止时间", .type = XLSX_INSTANT},
                                                {.heading = "超时原因", .width = 40}};
    static const struct xlsx_column orders[] = {{.heading = "工单号", .width = 20},
                                                {.heading = "起算时间", .type = XLSX_INSTANT},
                                                {.heading = "故障现象", .width = 50},
                                                {.heading = "状态"}};
    struct xlsx_writer *x;
    enum rc rc = xlsx_write_new(path, NULL, &x, &cx->err);
    if (rc)
        return rc;
    xlsx_write_sheet(x, "月报", figures, 3, 0);
    for (int i = 0; i < d->n_figures; i++) {
        xlsx_write_text(x, 0, d->figure[i].figure->label);
        if (d->figure[i].null)
            xlsx_write_text(x, 1, "—");
        else
            xlsx_write_number(x, 1, d->figure[i].value);
        xlsx_write_text(x, 2, d->figure[i].figure->unit);
        xlsx_write_row(x);
    }
    xlsx_write_sheet(x, "未达标与待确认", clocks, 6, 0);
    for (int i = 0; i < d->n_clocks; i++) {
        const struct report_clock *c = &d->clock[i];
        xlsx_write_text(x, 0, c->figure);
        xlsx_write_text(x, 1, c->order);
        xlsx_write_text(x, 2, c->rule);
        xlsx_write_instant(x, 3, c->deadline);
        if (c->stopped.ms)
            xlsx_write_instant(x, 4, c->stopped);
        if (c->reason)
            xlsx_write_text(x, 5, c->reason);
        xlsx_write_row(x);
    }
    xlsx_write_sheet(x, "工单", orders, 4, 0);
    for (int i = 0; i < d->n_orders; i++) {
        xlsx_write_text(x, 0, d->order[i].no);
        xlsx_write_instant(x, 1, d->order[i].started);
        xlsx_write_text(x, 2, d->order[i].title);
        xlsx_write_text(x, 3, d->order[i].state);
        xlsx_write_row(x);
    }
    proof_sheet(d, x);
    return xlsx_write_end(x, &cx->err);
}

/* What the page is made of, as one hash in its footer: the same data prints the same hash. */
static void hash_data(struct report_data *d)
{
    struct buf b = {0};
    buf_printf(&b, "%s\n", d->month);
    for (int i = 0; i < d->n_figures; i++)
        buf_printf(&b, "%s=%s%.2f\n", d->figure[i].figure->id, d->figure[i].null ? "-" : "",
                   d->figure[i].value);
    hash_hex(b.data, b.len, d->hash);
    buf_free(&b);
}

#define ROWS_MAX 100000 /* of one list in a spreadsheet */

/* All rows of a list, page by page. */
static enum rc load_list(struct cx *cx, const struct kind *k, struct query *q, struct page *out)
{
    struct page part;
    int room = 500;
    *out = (struct page){.rows = ARENA_NEW(cx->a, struct row *, room)};
    q->limit = 500;
    do {
        enum rc rc = record_list(cx, k, q, &part);
        if (rc)
            return rc;
        if (out->n + part.n > room) {
            struct row **wider = ARENA_NEW(cx->a, struct row *, 2 * room + 500);
            memcpy(wider, out->rows, sizeof *wider * (size_t)out->n);
            out->rows = wider;
            room = 2 * room + 500;
        }
        memcpy(out->rows + out->n, part.rows, sizeof *part.rows * (size_t)part.n);
        out->n += part.n;
        q->after = part.next;
    } while (part.next && out->n < ROWS_MAX);
    return RC_OK;
}

static const struct figure_value *figure_of(const struct report_data *d, const char *id)
{
    for (int i = 0; i < d->n_figures; i++)
        if (!strcmp(d->figure[i].figure->id, id))
            return &d->figure[i];
    return NULL;
}

static enum rc why_late(struct cx *cx, int64_t order, const char **out)
{
    struct db_rows *r;
    enum rc rc = cx_db(cx, db_query(cx->db, "SELECT late_reason FROM work_order WHERE id = :id",
                                    BINDS(B_INT("id", order)), &r));
    if (rc)
        return rc;
    *out = db_next(r) && !db_null(r, 0) ? arena_strdup(cx->a, db_text(r, 0)) : NULL;
    return cx_db(cx, db_end(r));
}

/* The records behind a figure, behind those that are listed already. */
static enum rc add_clocks(struct cx *cx, struct report_data *d, const char *id)
{
    struct query q;
    struct page page = {0};
    const struct kind *k = record_kind("sla_clock");
    const int order = field_index(k, "work_order_id"), rule = field_index(k, "rule_code"),
              deadline = field_index(k, "deadline_at"), stopped = field_index(k, "stopped_at");
    const struct figure_value *f = figure_of(d, id);
    if (!f)
        return RC_OK;
    enum rc rc = query_parse(cx, f->query, &q);
    q.sort = "deadline_at";
    if (!rc)
        rc = load_list(cx, k, &q, &page);
    if (rc || !page.n)
        return rc;
    struct report_clock *all = ARENA_NEW(cx->a, struct report_clock, d->n_clocks + page.n);
    if (d->n_clocks)
        memcpy(all, d->clock, sizeof *all * (size_t)d->n_clocks);
    d->clock = all;
    for (int i = 0; i < page.n && !rc; i++) {
        const struct row *r = page.rows[i];
        struct report_clock *c = &all[d->n_clocks++];
        *c = (struct report_clock){.figure = f->figure->label,
                                   .order = r->label[order],
                                   .rule = r->v[rule].s,
                                   .deadline = {r->v[deadline].i},
                                   .stopped = {r->v[stopped].null ? 0 : r->v[stopped].i}};
        rc = why_late(cx, r->v[order].i, &c->reason);
    }
    return rc;
}

static enum rc load_clocks(struct cx *cx, struct report_data *d)
{
    static const char *const listed[] = {"clocks_missed", "clocks_carried", "clocks_pending"};
    enum rc rc = RC_OK;
    for (size_t i = 0; i < sizeof listed / sizeof *listed && !rc; i++)
        rc = add_clocks(cx, d, listed[i]);
    return rc;
}

/* The records behind the figure orders_month, so that list and number are one. */
static enum rc load_orders(struct cx *cx, struct report_data *d)
{
    struct query q = {0};
    struct page page = {0};
    const struct kind *k = record_kind("work_order");
    const int no = field_index(k, "no"), title = field_index(k, "title"), state = field_index(k, "state"),
              started = field_index(k, "started_at");
    const struct figure_value *f = figure_of(d, "orders_month");
    enum rc rc = f ? query_parse(cx, f->query, &q) : RC_OK;
    if (!f)
        return RC_OK;
    q.sort = "started_at";
    if (!rc)
        rc = load_list(cx, k, &q, &page);
    d->order = ARENA_NEW(cx->a, struct report_order, page.n);
    for (int i = 0; i < page.n; i++) {
        const struct row *r = page.rows[i];
        d->order[i] = (struct report_order){r->id, r->v[no].s, r->v[title].s,
                                            value_text(cx, &k->fields[state], &r->v[state], NULL),
                                            {r->v[started].i}};
    }
    d->n_orders = page.n;
    d->orders_total = page.n;
    return rc;
}

enum rc report_monthly(struct cx *cx, const char *month, enum report_format format,
                       const char *base_url, const char *path)
{
    struct report_data d = {.month = month, .base_url = base_url};
    enum rc rc = figure_values(cx, "monthly", month, &d.figure, &d.n_figures);
    if (!rc)
        rc = load_clocks(cx, &d);
    if (!rc)
        rc = load_orders(cx, &d);
    if (!rc)
        rc = journal_head(cx, &d.anchor);
    if (rc)
        return rc;
    hash_data(&d);
    switch (format) {
    case REPORT_JSON:
        return write_json(cx, &d, path);
    case REPORT_XLSX:
        return write_xlsx(cx, &d, path);
    case REPORT_PDF:
        break;
    }
    return report_pdf(cx, &d, path);
}
