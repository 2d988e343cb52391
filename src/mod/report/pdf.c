/* SPDX-License-Identifier: Apache-2.0 */
/* The month's report as one printed page: every number carries the link to its list. */
#include <stdio.h>
#include <string.h>

#include "mod/report/report_int.h"
#include "proto/pdf.h"

/* base/#/k/KIND?QUERY with what a URL cannot carry escaped. */
static const char *list_link(struct cx *cx, const struct report_data *d, const struct figure_value *v)
{
    struct buf b = {0};
    if (!d->base_url || !v->query)
        return NULL;
    buf_printf(&b, "%s/k/%s?", d->base_url, v->figure->kind);
    for (const char *s = v->query; *s; s++) {
        if ((unsigned char)*s < 0x80 && *s > ' ' && !strchr("\"<>\\^`{|}%#", *s))
            buf_char(&b, *s);
        else
            buf_printf(&b, "%%%02X", (unsigned)(unsigned char)*s);
    }
    const char *link = arena_strdup(cx->a, buf_text(&b));
    buf_free(&b);
    return link;
}

/* Two figures beside each other: a page holds them all. */
static void figure_table(struct cx *cx, const struct report_data *d, struct pdf *p)
{
    static const struct pdf_column columns[] = {{"指标", 3.4, PDF_LEFT}, {"数值", 1.2, PDF_RIGHT},
                                                {"单位", 0.8, PDF_CENTER}, {"指标", 3.4, PDF_LEFT},
                                                {"数值", 1.2, PDF_RIGHT}, {"单位", 0.8, PDF_CENTER}};
    int half = (d->n_figures + 1) / 2;
    pdf_table_begin(p, columns, 6);
    for (int i = 0; i < half; i++) {
        struct pdf_cell cells[6] = {{0}};
        for (int side = 0; side < 2; side++) {
            int at = i + side * half;
            if (at >= d->n_figures)
                continue;
            const struct figure_value *v = &d->figure[at];
            cells[side * 3] = (struct pdf_cell){.text = v->figure->label};
            cells[side * 3 + 1] = (struct pdf_cell){.text = figure_text(cx, v), .link = list_link(cx, d, v),
                                                    .bold = true};
            cells[side * 3 + 2] = (struct pdf_cell){.text = v->figure->unit};
        }
        pdf_table_row(p, cells);
    }
    pdf_table_end(p);
}

/* "2026-05-08 17:00": paper has no T. */
static const char *paper_time(struct cx *cx, struct instant t)
{
    char text[INSTANT_TEXT];
    char *s = arena_strdup(cx->a, instant_minute_text(t, text));
    s[10] = ' ';
    return s;
}

#define CLOCKS_ON_PAGE 12

static void clock_table(struct cx *cx, const struct report_data *d, struct pdf *p)
{
    static const struct pdf_column columns[] = {{"类别", 1.6, PDF_LEFT}, {"工单", 2.2, PDF_LEFT},
                                                {"规则", 0.8, PDF_CENTER}, {"截止时间", 1.9, PDF_CENTER},
                                                {"停止时间", 1.9, PDF_CENTER}, {"超时原因", 2.4, PDF_LEFT}};
    if (!d->n_clocks) {
        pdf_text(p, "本月没有未达标、转入未停或待甲方确认的合同时限。");
        return;
    }
    pdf_table_begin(p, columns, 6);
    for (int i = 0; i < d->n_clocks && i < CLOCKS_ON_PAGE; i++) {
        const struct report_clock *c = &d->clock[i];
        struct pdf_cell cells[] = {
            {.text = c->figure},
            {.text = c->order},
            {.text = c->rule},
            {.text = paper_time(cx, c->deadline)},
            {.text = c->stopped.ms ? paper_time(cx, c->stopped) : "未停止"},
            {.text = c->reason}};
        pdf_table_row(p, cells);
    }
    pdf_table_end(p);
    if (d->n_clocks > CLOCKS_ON_PAGE)
        pdf_note(p, arena_printf(cx->a, "另有 %d 项，见表格版月报。", d->n_clocks - CLOCKS_ON_PAGE));
}

#define ORDERS_ON_PAGE 14

static void order_table(struct cx *cx, const struct report_data *d, struct pdf *p)
{
    static const struct pdf_column columns[] = {{"工单号", 2.2, PDF_LEFT}, {"起算时间", 2, PDF_CENTER},
                                                {"故障现象", 4, PDF_LEFT}, {"状态", 1, PDF_CENTER}};
    if (!d->n_orders)
        pdf_text(p, "本月没有工单。");
    else
        pdf_table_begin(p, columns, 4);
    for (int i = 0; i < d->n_orders && i < ORDERS_ON_PAGE; i++) {
        const struct report_order *o = &d->order[i];
        struct pdf_cell cells[] = {
            {.text = o->no,
             .link = d->base_url ? arena_printf(cx->a, "%s/work_order/%lld", d->base_url, (long long)o->id) : NULL},
            {.text = paper_time(cx, o->started)}, {.text = o->title}, {.text = o->state}};
        pdf_table_row(p, cells);
    }
    if (d->n_orders)
        pdf_table_end(p);
    if (d->orders_total > ORDERS_ON_PAGE)
        pdf_note(p, arena_printf(cx->a, "共 %lld 张，其余见表格版月报。", (long long)d->orders_total));
}

enum rc report_pdf(struct cx *cx, const struct report_data *d, const char *path)
{
    static const char *const signers[] = {"编制", "审核", "甲方确认"};
    struct pdf_options o = {.title = arena_printf(cx->a, "运维月报 %s", d->month),
                            .author = "守望",
                            .printed_at = cx->now,
                            .footer = arena_printf(cx->a, "数据摘要 %.32s    日志锚点 %lld:%s", d->hash,
                                                   (long long)d->anchor.feed, d->anchor.hash),
                            .fit_pages = 1};
    struct pdf *p = pdf_new(&o);
    pdf_title(p, "街道信息化运维月报");
    pdf_subtitle(p, arena_printf(cx->a, "%.4s 年 %d 月    数据截至 %s", d->month,
                                 (d->month[5] - '0') * 10 + d->month[6] - '0',
                                 paper_time(cx, cx->now)));
    pdf_heading(p, "一、本月概览");
    figure_table(cx, d, p);
    pdf_note(p, "每个数值都等于平台中对应列表的条数，点击数值可打开该列表。没有样本的比率显示为“—”。");
    pdf_heading(p, "二、合同时限未达标、转入与待确认清单");
    clock_table(cx, d, p);
    pdf_heading(p, "三、本月工单");
    order_table(cx, d, p);
    pdf_space(p, 12);
    pdf_signatures(p, signers, 3);
    enum rc rc = pdf_write(p, path, &cx->err);
    pdf_free(p);
    return rc;
}
