/* SPDX-License-Identifier: Apache-2.0 */
/* Tables and grids: boxes whose text wraps. */
#include <string.h>

#include "proto/pdf_int.h"

#define PAD_X 4.0
#define PAD_Y 3.5
#define TABLE_SIZE 9.5

/* A row of boxes; the widths are fixed, the heights follow the texts. */
struct box {
    const char *text, *link;
    struct style style;
    bool shaded;
    double x, width;
    int line, lines; /* next line to draw, all of them */
};
struct boxes {
    struct box items[PDF_COLUMNS];
    size_t n;
};

static double pad_y(const struct pen *p)
{
    return PAD_Y * p->scale;
}

/* Lays every box out in its slot; returns the height of the row. */
static double boxes_measure(struct pen *p, struct boxes *b)
{
    double height = 0;
    for (size_t i = 0; i < b->n; i++) {
        struct box *x = &b->items[i];
        double h = pen_measure(p, (int)i, x->text, &x->style,
                               x->width > 2 * PAD_X + 1 ? x->width - 2 * PAD_X : 1);
        x->line = 0;
        x->lines = pen_lines(p, (int)i);
        height = h > height ? h : height;
    }
    return height + 2 * pad_y(p);
}

/* Draws what fits into `room` points and moves p->y below it; true when lines are left. */
static bool boxes_slice(struct pen *p, struct boxes *b, double room)
{
    double height = 0, y = p->y, inner = room - 2 * pad_y(p);
    double top[PDF_COLUMNS];
    bool left = false, whole = true;
    for (size_t i = 0; i < b->n; i++) { /* measured first: shades lie below the text */
        cairo_t *cr = p->cr;
        p->cr = NULL;
        int end = pen_draw(p, (int)i, &b->items[i].style, 0, 0, b->items[i].line, inner,
                           y <= MARGIN_TOP, &top[i]);
        p->cr = cr;
        height = top[i] > height ? top[i] : height;
        whole = whole && b->items[i].line == 0 && end == b->items[i].lines;
    }
    height += 2 * pad_y(p);
    for (size_t i = 0; i < b->n; i++) {
        struct box *x = &b->items[i];
        if (x->shaded)
            pen_shade(p, x->x, y, x->width, height);
        /* short texts stand in the middle of a row that is all on this page */
        double down = whole ? (height - top[i]) / 2 : pad_y(p), used;
        x->line = pen_draw(p, (int)i, &x->style, x->x + PAD_X, y + down, x->line, inner,
                           y <= MARGIN_TOP, &used);
        left = left || x->line < x->lines;
        pen_box(p, x->x, y, x->width, height);
        pen_link(p, x->link, x->x, y, x->width, height);
    }
    p->y += height;
    return left;
}

static void boxes_draw(struct pen *p, struct boxes *b, void (*on_page)(struct pen *, const void *),
                       const void *user)
{
    double height = boxes_measure(p, b);
    if (p->y + height > pen_bottom(p) && p->y > MARGIN_TOP &&
        height <= pen_bottom(p) - MARGIN_TOP) {
        pen_new_page(p);
        if (on_page) {
            on_page(p, user);
            boxes_measure(p, b); /* the slots were used by the heading */
        }
    }
    for (;;) {
        double room = pen_bottom(p) - p->y;
        if (room > 30 * p->scale && !boxes_slice(p, b, room))
            return;
        pen_new_page(p);
        if (!on_page)
            continue;
        struct boxes rest = *b;
        on_page(p, user);
        boxes_measure(p, b);
        for (size_t i = 0; i < b->n; i++)
            b->items[i].line = rest.items[i].line;
    }
}

static void table_boxes(const struct pen *p, const struct pdf_part *t, struct boxes *b)
{
    double shares = 0, x = MARGIN_X;
    for (size_t i = 0; i < t->n; i++)
        shares += t->columns[i].share;
    b->n = t->n;
    for (size_t i = 0; i < t->n; i++) {
        double width = pen_body_width(p) * t->columns[i].share / shares;
        b->items[i] = (struct box){.x = x, .width = width};
        x += width;
    }
}

static void heading_boxes(const struct pen *p, const struct pdf_part *t, struct boxes *b)
{
    table_boxes(p, t, b);
    for (size_t i = 0; i < t->n; i++) {
        b->items[i].text = t->columns[i].heading;
        b->items[i].style = (struct style){TABLE_SIZE, true, false, PDF_CENTER};
        b->items[i].shaded = true;
    }
}

static void draw_heading(struct pen *p, const void *table)
{
    struct boxes b;
    heading_boxes(p, table, &b);
    boxes_draw(p, &b, NULL, NULL);
}

static void row_boxes(const struct pen *p, const struct pdf_part *t, const struct pdf_row *row,
                      struct boxes *b)
{
    table_boxes(p, t, b);
    for (size_t i = 0; i < t->n; i++) {
        const struct pdf_cell *c = &row->cells[i];
        b->items[i].text = c->text;
        b->items[i].link = c->link;
        b->items[i].style =
            (struct style){TABLE_SIZE, c->bold, c->link != NULL, t->columns[i].align};
    }
}

void pdf_draw_table(struct pen *p, const struct pdf_part *t)
{
    struct boxes b;
    heading_boxes(p, t, &b);
    double heading = boxes_measure(p, &b), page = pen_bottom(p) - MARGIN_TOP;
    bool repeat = heading < page / 2; /* else it would leave no room for the rows */
    if (repeat)
        pen_need(p, heading + 30 * p->scale); /* no heading alone at the bottom */
    boxes_draw(p, &b, NULL, NULL);
    for (const struct pdf_row *row = t->rows; row; row = row->next) {
        row_boxes(p, t, row, &b);
        boxes_draw(p, &b, repeat ? draw_heading : NULL, t);
    }
    p->y += 6 * p->scale;
}

static void pair_boxes(struct boxes *b, const struct pdf_pair *pair, double x, double width,
                       double label)
{
    b->items[b->n++] = (struct box){.text = pair->label,
                                    .style = {TABLE_SIZE, false, false, PDF_LEFT},
                                    .shaded = true,
                                    .x = x,
                                    .width = label};
    b->items[b->n++] = (struct box){.text = pair->value,
                                    .link = pair->link,
                                    .style = {TABLE_SIZE, false, pair->link != NULL, PDF_LEFT},
                                    .x = x + label,
                                    .width = width - label};
}

void pdf_draw_grid(struct pen *p, const struct pdf_part *g)
{
    double body = pen_body_width(p), each = body / g->across;
    double label = g->across == 1 ? 110 : each * 0.34;
    for (size_t i = 0; i < g->n;) {
        struct boxes b = {.n = 0};
        int used = 0;
        if (g->pairs[i].wide) {
            pair_boxes(&b, &g->pairs[i++], MARGIN_X, body, label);
        } else {
            while (i < g->n && used < g->across && !g->pairs[i].wide)
                pair_boxes(&b, &g->pairs[i++], MARGIN_X + used++ * each, each, label);
            for (; used < g->across; used++) /* close the row with empty boxes */
                pair_boxes(&b, &(struct pdf_pair){"", "", NULL, false}, MARGIN_X + used * each,
                           each, label);
        }
        boxes_draw(p, &b, NULL, NULL);
    }
    p->y += 6 * p->scale;
}
