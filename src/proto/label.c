/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/label.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "proto/pdf_int.h"

#define MM (72.0 / 25.4) /* points */
#define PAD (1.5 * MM)
#define LEAST_MODULE (0.25 * MM) /* smaller ones are not read off a sticker */

struct labels {
    struct label_paper paper;
    struct buf out;
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoLayout *layout;
    int at; /* place on the page */
};

enum rc label_paper_parse(const char *text, struct label_paper *out, struct err *e)
{
    int a, b;
    char end;
    if (sscanf(text, "a4:%dx%d%c", &a, &b, &end) == 2 && a >= 1 && a <= 6 && b >= 1 && b <= 16) {
        *out = (struct label_paper){210, 297, a, b, 8};
        return RC_OK;
    }
    if (sscanf(text, "roll:%dx%d%c", &a, &b, &end) == 2 && a >= 20 && a <= 200 && b >= 15 && b <= 200) {
        *out = (struct label_paper){a, b, 1, 1, 0};
        return RC_OK;
    }
    return fail(e, RC_INVALID, "size", "标签尺寸“{size}”不认识：A4 纸写 a4:3x8（列x行），标签卷写 roll:60x40（毫米）",
                "label size \"{size}\": write a4:3x8 (columns x rows) or roll:60x40 (mm)", "size", text, NULL);
}

static cairo_status_t to_buf(void *closure, const unsigned char *data, unsigned n)
{
    struct buf *out = closure;
    buf_add(out, data, n);
    return out->full ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

struct labels *labels_new(const struct label_paper *paper, const char *title, struct instant printed_at)
{
    char at[INSTANT_TEXT];
    struct labels *l = calloc(1, sizeof *l);
    if (!l)
        die("out of memory for labels");
    l->paper = *paper;
    l->surface = cairo_pdf_surface_create_for_stream(to_buf, &l->out, paper->page_width * MM, paper->page_height * MM);
    cairo_pdf_surface_restrict_to_version(l->surface, CAIRO_PDF_VERSION_1_5);
    cairo_pdf_surface_set_metadata(l->surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(l->surface, CAIRO_PDF_METADATA_CREATE_DATE, instant_text(printed_at, at));
    l->cr = cairo_create(l->surface);
    l->layout = pango_cairo_create_layout(l->cr);
    return l;
}

static enum rc draw_code(struct labels *l, const char *code, double x, double y, double side, struct err *e)
{
    if (qr_draw(l->cr, code, x, y, side, LEAST_MODULE))
        return RC_OK;
    return fail(e, RC_TOO_BIG, "size", "标签太小，放不下二维码；请换大一号的标签，或缩短访问地址",
                "the label is too small for its QR code", NULL);
}

/* One line in at most `width`, from `size` points down to three quarters, then cut; returns its height. */
static double draw_line(struct labels *l, const char *text, bool bold, double size, double x, double y, double width)
{
    int w, h;
    for (double now = size;; now -= size / 16) {
        PangoFontDescription *font = pango_font_description_from_string(PDF_FONTS);
        pango_font_description_set_absolute_size(font, now * PANGO_SCALE);
        if (bold)
            pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
        pango_layout_set_font_description(l->layout, font);
        pango_font_description_free(font);
        pango_layout_set_width(l->layout, -1);
        pango_layout_set_single_paragraph_mode(l->layout, TRUE);
        pango_layout_set_text(l->layout, text, -1);
        pango_layout_get_size(l->layout, &w, &h);
        if (w <= width * PANGO_SCALE)
            break;
        if (now < size * 3 / 4) {
            pango_layout_set_width(l->layout, (int)(width * PANGO_SCALE));
            pango_layout_set_ellipsize(l->layout, PANGO_ELLIPSIZE_END);
            break;
        }
    }
    cairo_move_to(l->cr, x, y);
    pango_cairo_show_layout(l->cr, l->layout);
    pango_layout_get_size(l->layout, &w, &h);
    pango_layout_set_ellipsize(l->layout, PANGO_ELLIPSIZE_NONE);
    return (double)h / PANGO_SCALE;
}

static void draw_text(struct labels *l, const struct label *label, double x, double y, double width, double height)
{
    int lines = 0;
    for (int i = 0; i < LABEL_LINES; i++)
        lines += label->lines[i] && *label->lines[i];
    /* the name takes one and a half lines; a line is 1.3 of its letters */
    double size = height / (1.3 * (lines + 1.5));
    size = size > 11 ? 11 : size;
    y += (height - 1.3 * size * (lines + 1.5)) / 2;
    y += draw_line(l, label->name, true, size * 1.3, x, y, width);
    for (int i = 0; i < LABEL_LINES; i++)
        if (label->lines[i] && *label->lines[i])
            y += draw_line(l, label->lines[i], false, size, x, y, width);
}

enum rc label_add(struct labels *l, const struct label *label, struct err *e)
{
    const struct label_paper *p = &l->paper;
    double w = (p->page_width - 2 * p->margin) / p->columns * MM, h = (p->page_height - 2 * p->margin) / p->rows * MM;
    if (l->at == p->columns * p->rows) {
        cairo_show_page(l->cr);
        l->at = 0;
    }
    double x = p->margin * MM + l->at % p->columns * w, y = p->margin * MM + l->at / p->columns * h;
    double side = h - 2 * PAD < w * 0.5 ? h - 2 * PAD : w * 0.5;
    l->at++;
    enum rc rc = draw_code(l, label->code, x + PAD, y + (h - side) / 2, side, e);
    if (rc != RC_OK)
        return rc;
    cairo_save(l->cr);
    cairo_rectangle(l->cr, x, y, w, h);
    cairo_clip(l->cr);
    draw_text(l, label, x + PAD + side, y + PAD, w - side - 2 * PAD, h - 2 * PAD);
    cairo_restore(l->cr);
    return RC_OK;
}

static cairo_status_t finish(struct labels *l)
{
    cairo_status_t status = cairo_status(l->cr);
    g_object_unref(l->layout);
    cairo_destroy(l->cr);
    cairo_surface_finish(l->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(l->surface);
    cairo_surface_destroy(l->surface);
    return status;
}

enum rc labels_end(struct labels *l, struct buf *out, struct err *e)
{
    cairo_status_t status = finish(l);
    bool full = l->out.full;
    if (status == CAIRO_STATUS_SUCCESS && !full)
        buf_add(out, l->out.data, l->out.len);
    buf_free(&l->out);
    free(l);
    if (full || out->full)
        return fail(e, RC_TOO_BIG, NULL, "文件太大，请缩小范围", "the document is too large", NULL);
    if (status != CAIRO_STATUS_SUCCESS)
        return fail(e, RC_INTERNAL, NULL, "生成 PDF 失败：{detail}", "making the PDF failed: {detail}", "detail",
                    cairo_status_to_string(status), NULL);
    return RC_OK;
}

void labels_abort(struct labels *l)
{
    if (!l)
        return;
    (void)finish(l);
    buf_free(&l->out);
    free(l);
}
