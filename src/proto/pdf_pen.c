/* SPDX-License-Identifier: Apache-2.0 */
/* The pen: text by pango, lines by cairo, pages and their footers. */
#include <stdio.h>
#include <string.h>

#include "proto/pdf_int.h"

#define LINK_RED 0.04
#define LINK_GREEN 0.22
#define LINK_BLUE 0.55

double pen_body_width(const struct pen *p)
{
    return p->width - 2 * MARGIN_X;
}

double pen_bottom(const struct pen *p)
{
    return p->height - MARGIN_BOTTOM;
}

static void set_black(struct pen *p)
{
    cairo_set_source_rgb(p->cr, 0, 0, 0);
}

double pen_measure(struct pen *p, int slot, const char *text, const struct style *s, double width)
{
    PangoLayout *l = p->layouts[slot];
    PangoFontDescription *font = pango_font_description_from_string(PDF_FONTS);
    pango_font_description_set_absolute_size(font, s->size * p->scale * PANGO_SCALE);
    if (s->bold)
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(l, font);
    pango_font_description_free(font);
    pango_layout_set_width(l, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(l, s->align == PDF_CENTER  ? PANGO_ALIGN_CENTER
                                  : s->align == PDF_RIGHT ? PANGO_ALIGN_RIGHT
                                                          : PANGO_ALIGN_LEFT);
    pango_layout_set_line_spacing(l, 1.15F);
    pango_layout_set_text(l, text, -1);
    p->unknown += pango_layout_get_unknown_glyphs_count(l);
    int h;
    pango_layout_get_size(l, NULL, &h);
    return (double)h / PANGO_SCALE;
}

int pen_lines(const struct pen *p, int slot)
{
    return pango_layout_get_line_count(p->layouts[slot]);
}

int pen_draw(struct pen *p, int slot, const struct style *s, double x, double y, int first,
             double room, bool force, double *used)
{
    PangoLayoutIter *it = pango_layout_get_iter(p->layouts[slot]);
    int line = 0, top = 0;
    *used = 0;
    do {
        int y0, y1;
        PangoRectangle box;
        if (line < first)
            continue;
        pango_layout_iter_get_line_yrange(it, &y0, &y1);
        top = line == first ? y0 : top;
        double bottom = (double)(y1 - top) / PANGO_SCALE;
        if (bottom > room + 0.01 && !(force && line == first))
            break;
        *used = bottom;
        if (!p->cr)
            continue;
        pango_layout_iter_get_line_extents(it, NULL, &box);
        if (s->link)
            cairo_set_source_rgb(p->cr, LINK_RED, LINK_GREEN, LINK_BLUE);
        else
            set_black(p);
        cairo_move_to(p->cr, x + (double)box.x / PANGO_SCALE,
                      y + (double)(pango_layout_iter_get_baseline(it) - top) / PANGO_SCALE);
        pango_cairo_show_layout_line(p->cr, pango_layout_iter_get_line_readonly(it));
    } while (line++, pango_layout_iter_next_line(it));
    pango_layout_iter_free(it);
    return line;
}

void pen_box(struct pen *p, double x, double y, double w, double h)
{
    if (!p->cr)
        return;
    set_black(p);
    cairo_set_line_width(p->cr, LINE_WIDTH);
    cairo_rectangle(p->cr, x, y, w, h);
    cairo_stroke(p->cr);
}

void pen_shade(struct pen *p, double x, double y, double w, double h)
{
    if (!p->cr)
        return;
    cairo_set_source_rgb(p->cr, 0.93, 0.93, 0.93);
    cairo_rectangle(p->cr, x, y, w, h);
    cairo_fill(p->cr);
}

void pen_rule(struct pen *p, double x1, double y1, double x2, double y2, double width)
{
    if (!p->cr)
        return;
    set_black(p);
    cairo_set_line_width(p->cr, width);
    cairo_move_to(p->cr, x1, y1);
    cairo_line_to(p->cr, x2, y2);
    cairo_stroke(p->cr);
}

void pen_link(struct pen *p, const char *uri, double x, double y, double w, double h)
{
    if (!p->cr || !uri || w <= 0 || h <= 0)
        return;
    struct buf tag = {.limit = 0};
    buf_printf(&tag, "rect=[%.2f %.2f %.2f %.2f] uri='%s'", x, y, w, h, uri);
    cairo_tag_begin(p->cr, CAIRO_TAG_LINK, buf_text(&tag));
    cairo_tag_end(p->cr, CAIRO_TAG_LINK);
    buf_free(&tag);
}

static void footer_text(struct pen *p, const char *text, enum pdf_align align, double size,
                        double x, double y, double width)
{
    /* the footer keeps its size when the document shrinks */
    const struct style s = {.size = size / p->scale, .align = align};
    PangoLayout *l = p->layouts[SLOT_NOTE];
    double used;
    pango_layout_set_ellipsize(l, PANGO_ELLIPSIZE_END);
    pen_measure(p, SLOT_NOTE, text, &s, width);
    pen_draw(p, SLOT_NOTE, &s, x, y, 0, 100, true, &used);
    pango_layout_set_ellipsize(l, PANGO_ELLIPSIZE_NONE);
}

void pen_page_end(struct pen *p)
{
    const struct pdf_options *o = &p->doc->options;
    if (!p->cr)
        return;
    char page[64], at[INSTANT_TEXT], printed[64];
    instant_minute_text(o->printed_at, at);
    char *t = strchr(at, 'T');
    if (t)
        *t = ' ';
    snprintf(page, sizeof page, "第 %d 页 / 共 %d 页", p->page, p->pages);
    snprintf(printed, sizeof printed, "打印时间 %s", at);
    double y = pen_bottom(p) + 10, third = pen_body_width(p) / 3;
    pen_rule(p, MARGIN_X, y, p->width - MARGIN_X, y, 0.4);
    footer_text(p, o->title, PDF_LEFT, 8, MARGIN_X, y + 3, third);
    footer_text(p, page, PDF_CENTER, 8, MARGIN_X + third, y + 3, third);
    footer_text(p, printed, PDF_RIGHT, 8, MARGIN_X + 2 * third, y + 3, third);
    if (*o->footer)
        footer_text(p, o->footer, PDF_LEFT, 6.5, MARGIN_X, y + 15, pen_body_width(p));
    cairo_show_page(p->cr);
}

void pen_new_page(struct pen *p)
{
    pen_page_end(p);
    p->page++;
    p->y = MARGIN_TOP;
}

bool pen_need(struct pen *p, double need)
{
    if (p->y <= MARGIN_TOP || p->y + need <= pen_bottom(p))
        return false;
    pen_new_page(p);
    return true;
}
