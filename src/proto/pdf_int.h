/* SPDX-License-Identifier: Apache-2.0 */
/* The document model and the pen that lays it out. Private to src/proto. */
#ifndef PROTO_PDF_INT_H
#define PROTO_PDF_INT_H
#include <pango/pangocairo.h>

#include "base/arena.h"
#include "proto/pdf.h"

/* Named, never fontconfig's default: the second is for rare characters of names. */
#define PDF_FONTS "WenQuanYi Micro Hei, Noto Sans CJK SC"

enum pdf_kind {
    PDF_TITLE,
    PDF_SUBTITLE,
    PDF_HEADING,
    PDF_TEXT,
    PDF_NOTE,
    PDF_SPACE,
    PDF_BREAK,
    PDF_GRID,
    PDF_TABLE,
    PDF_SIGNATURES,
    PDF_CODE,
    PDF_PICTURES
};

struct pdf_row {
    struct pdf_row *next;
    struct pdf_cell *cells;
};
struct pdf_part {
    struct pdf_part *next;
    enum pdf_kind kind;
    const char *text;
    double points;
    struct pdf_pair *pairs;       /* GRID */
    struct pdf_column *columns;   /* TABLE */
    const char **labels;          /* SIGNATURES */
    struct pdf_picture *pictures; /* PICTURES */
    size_t n;
    int across;
    struct pdf_row *rows, **rows_end;
};

struct pdf {
    struct arena *arena;
    struct pdf_options options;
    struct pdf_part *parts, **end;
    struct pdf_part *table; /* being filled */
    double scale;           /* found by layout; 0 = not laid out since the last change */
    int pages, unknown;
};

enum { SLOT_NOTE = PDF_COLUMNS, SLOT_MAIN, SLOTS }; /* one pango layout per column, and two more */

/* One run over the document: measuring when cr draws nowhere, else drawing. */
struct pen {
    struct pdf *doc;
    cairo_t *cr; /* NULL: only measure */
    PangoFontMap *fonts;
    PangoContext *context;
    PangoLayout *layouts[SLOTS];
    double scale, width, height; /* width, height: of the page */
    double y;
    int page, pages; /* pages: total when known */
    int unknown;
};

/* A text laid out in a slot. */
struct style {
    double size; /* points before scaling */
    bool bold, link;
    enum pdf_align align;
};
#define MARGIN_X 48.0
#define MARGIN_TOP 44.0
#define MARGIN_BOTTOM 56.0
#define LINE_WIDTH 0.6

/* A QR code with its quiet zone, dark modules as one path of runs; false: its modules would be
 * smaller than `least` points, or it has more than a QR can hold. */
bool qr_draw(cairo_t *cr, const char *code, double x, double y, double side, double least);

double pen_body_width(const struct pen *p);
double pen_bottom(const struct pen *p); /* the last y that a part may reach */
void pen_page_end(struct pen *p);       /* footer; shows the page */
void pen_new_page(struct pen *p);
/* Breaks the page unless `need` points are left; true when it did. */
bool pen_need(struct pen *p, double need);
/* Lays out; returns the height. */
double pen_measure(struct pen *p, int slot, const char *text, const struct style *s, double width);
int pen_lines(const struct pen *p, int slot);
/* Draws lines from `first` that end within `room` points; *used is their height. Returns the first
 * line not drawn; at least one is drawn when `force` is set. */
int pen_draw(struct pen *p, int slot, const struct style *s, double x, double y, int first,
             double room, bool force, double *used);
void pen_box(struct pen *p, double x, double y, double w, double h);
void pen_shade(struct pen *p, double x, double y, double w, double h);
void pen_rule(struct pen *p, double x1, double y1, double x2, double y2, double width);
void pen_link(struct pen *p, const char *uri, double x, double y, double w, double h);

/* pdf_picture.c */
void pdf_draw_pictures(struct pen *p, const struct pdf_part *part);
/* pdf_table.c */
void pdf_draw_table(struct pen *p, const struct pdf_part *part);
void pdf_draw_grid(struct pen *p, const struct pdf_part *part);

#endif
