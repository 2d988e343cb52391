/* SPDX-License-Identifier: Apache-2.0 */
/* The watermark: a band of text. Drawn by pango into a grey map that needs no fonts afterwards. */
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "proto/picture.h"

/* Named, never fontconfig's default: the second is for rare characters of names. */
#define FONTS "WenQuanYi Micro Hei, Noto Sans CJK SC"

static PangoLayout *layout_of(cairo_t *cr, const char *lines, int width, double size)
{
    PangoLayout *l = pango_cairo_create_layout(cr);
    PangoFontDescription *font = pango_font_description_from_string(FONTS);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(l, font);
    pango_font_description_free(font);
    pango_layout_set_width(l, width * PANGO_SCALE);
    pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(l, lines, -1);
    return l;
}

static enum rc take(cairo_surface_t *s, struct mark *out, struct err *e)
{
    cairo_surface_flush(s);
    if (cairo_surface_status(s) != CAIRO_STATUS_SUCCESS)
        return fail(e, RC_INTERNAL, NULL, "水印无法生成", "the watermark cannot be drawn",
                    (const char *)NULL);
    size_t stride = (size_t)cairo_image_surface_get_stride(s), width = (size_t)out->width;
    const unsigned char *data = cairo_image_surface_get_data(s);
    out->grey = malloc(width * (size_t)out->height);
    if (!out->grey)
        die("out of memory");
    for (int y = 0; y < out->height; y++)
        memcpy(out->grey + (size_t)y * width, data + (size_t)y * stride, width);
    return RC_OK;
}

/* Height of the band at that size of letters; 0 when it is more than 2/5 of the picture. */
static int band_height(int width, int height, const char *lines, double size)
{
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
    cairo_t *cr = cairo_create(s);
    int pad = (int)size / 2 + 1, text = 0, room = width - 2 * pad;
    PangoLayout *l = layout_of(cr, lines, room > 1 ? room : 1, size);
    pango_layout_get_pixel_size(l, NULL, &text);
    g_object_unref(l);
    cairo_destroy(cr);
    cairo_surface_destroy(s);
    return text + 2 * pad <= height * 2 / 5 ? text + 2 * pad : 0;
}

enum rc mark_draw(int width, int height, const char *lines, struct mark *out, struct err *e)
{
    double size = width / 42.0;
    int band = 0;
    while (size >= 6 && !(band = band_height(width, height, lines, size)))
        size *= 0.9;
    if (!band) { /* too small a picture for letters: they cover it, the words matter more */
        size = 6;
        band = height;
    }
    *out = (struct mark){.width = width, .height = band};
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_A8, width, band);
    cairo_t *cr = cairo_create(s);
    int pad = (int)size / 2 + 1, room = width - 2 * pad;
    PangoLayout *l = layout_of(cr, lines, room > 1 ? room : 1, size);
    cairo_move_to(cr, pad, pad);
    pango_cairo_show_layout(cr, l);
    enum rc rc = take(s, out, e);
    g_object_unref(l);
    cairo_destroy(cr);
    cairo_surface_destroy(s);
    return rc;
}

void mark_put(const struct mark *m, struct picture *p)
{
    if (m->width != p->width || m->height > p->height)
        return;
    size_t n = (size_t)m->width * (size_t)m->height;
    uint8_t *to = p->rgb + 3 * (size_t)p->width * (size_t)(p->height - m->height);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < 3; c++, to++) {
            unsigned dark = *to * 2U / 5U; /* the band: the scene at 40 % */
            *to = (uint8_t)(dark + (255 - dark) * m->grey[i] / 255);
        }
}

void mark_free(struct mark *m)
{
    free(m->grey);
    *m = (struct mark){0};
}
