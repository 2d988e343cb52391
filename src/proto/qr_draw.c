/* SPDX-License-Identifier: Apache-2.0 */
#include <qrencode.h>

#include "proto/pdf_int.h"

#define QUIET 4 /* modules of white around the code (ISO/IEC 18004) */

bool qr_draw(cairo_t *cr, const char *code, double x, double y, double side, double least)
{
    QRcode *q = QRcode_encodeString(code, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    double module = q ? side / (q->width + 2 * QUIET) : 0;
    if (!q || module < least) {
        QRcode_free(q);
        return false;
    }
    cairo_set_source_rgb(cr, 0, 0, 0);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE); /* no hairlines between modules */
    for (int r = 0; r < q->width; r++)
        for (int c = 0; c < q->width; c++) {
            int from = c;
            while (c < q->width && (q->data[r * q->width + c] & 1))
                c++;
            if (c > from)
                cairo_rectangle(cr, x + (from + QUIET) * module, y + (r + QUIET) * module, (c - from) * module, module);
        }
    cairo_fill(cr);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_DEFAULT);
    QRcode_free(q);
    return true;
}
