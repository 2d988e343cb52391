/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of a document: two beside each other, each with its caption. The JPEG goes into the file
 * as it is; it is never decoded here, only its size is read. */
#include <string.h>

#include "proto/pdf_int.h"

#define ACROSS 2
#define GAP 14.0
#define ROW (PDF_PICTURE_ROW)
#define CAPTION 30.0
#define SIDE_MAX 8000

/* The frame header of a JPEG: pixels across and down. False: none. */
static bool jpeg_size(const uint8_t *d, size_t n, int *width, int *height)
{
    if (n < 4 || d[0] != 0xFF || d[1] != 0xD8)
        return false;
    for (size_t at = 2; at + 9 < n && d[at] == 0xFF;) {
        uint8_t m = d[at + 1];
        if (m == 0xFF) {
            at++;
            continue;
        }
        if (m >= 0xC0 && m <= 0xCF && m != 0xC4 && m != 0xC8 && m != 0xCC) {
            *height = d[at + 5] << 8 | d[at + 6];
            *width = d[at + 7] << 8 | d[at + 8];
            return *width > 0 && *height > 0 && *width <= SIDE_MAX && *height <= SIDE_MAX;
        }
        at += 2 + (size_t)(d[at + 2] << 8 | d[at + 3]);
    }
    return false;
}

/* As large as it fits into the box, in its middle. */
static void draw_jpeg(cairo_t *cr, const struct pdf_picture *pic, double x, double y, double w,
                      double h)
{
    int width, height;
    if (!jpeg_size(pic->jpeg, pic->n, &width, &height))
        return;
    double sx = w / width, sy = h / height, s = sx < sy ? sx : sy;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    if (cairo_surface_set_mime_data(surface, CAIRO_MIME_TYPE_JPEG, pic->jpeg, pic->n, NULL, NULL) ==
        CAIRO_STATUS_SUCCESS) {
        cairo_save(cr);
        cairo_translate(cr, x + (w - s * width) / 2, y + (h - s * height) / 2);
        cairo_scale(cr, s, s);
        cairo_set_source_surface(cr, surface, 0, 0);
        cairo_paint(cr);
        cairo_restore(cr);
    }
    cairo_surface_destroy(surface);
}

static void draw_one(struct pen *p, const struct pdf_picture *pic, double x, double width)
{
    static const struct style caption = {.size = 8.5};
    double box = (ROW - CAPTION - GAP) * p->scale, used;
    if (p->cr)
        draw_jpeg(p->cr, pic, x, p->y, width, box);
    pen_box(p, x, p->y, width, box);
    pen_measure(p, SLOT_MAIN, pic->caption, &caption, width);
    pen_draw(p, SLOT_MAIN, &caption, x, p->y + box + 3 * p->scale, 0, CAPTION * p->scale, true,
             &used);
}

void pdf_draw_pictures(struct pen *p, const struct pdf_part *part)
{
    double width = (pen_body_width(p) - GAP) / ACROSS;
    for (size_t i = 0; i < part->n; i++) {
        if (i % ACROSS == 0)
            pen_need(p, ROW * p->scale);
        draw_one(p, &part->pictures[i], MARGIN_X + (double)(i % ACROSS) * (width + GAP), width);
        if (i % ACROSS == ACROSS - 1 || i + 1 == part->n)
            p->y += ROW * p->scale;
    }
}
