/* SPDX-License-Identifier: Apache-2.0 */
/* Pixels out of a photo and back to JPEG. Decoders meet hostile bytes here, so only the sandboxed
 * child (core/image.h), the tests and the fuzzers call this. */
#ifndef PROTO_PICTURE_H
#define PROTO_PICTURE_H
#include "proto/photo.h"

enum {
    PICTURE_SIDE = 20000,              /* pixels of the longer side */
    PICTURE_PIXELS = 68 * 1000 * 1000, /* a phone's largest mode; 270 MB when decoded whole */
};

struct picture { /* 3 bytes a pixel, red green blue, rows without gaps */
    int width, height;
    uint8_t *rgb; /* malloc */
};
void picture_free(struct picture *p);

/* Decodes the whole file, upright as its EXIF says. *width and *height are those of the upright
 * original; the picture itself may come smaller where that is cheaper, but its longer side is never
 * below `side` pixels unless the original's is (0 = full size). RC_INVALID: does not decode to the
 * last row; RC_TOO_BIG: past the limits, told before a pixel is decoded. Text on white paper where
 * a picture is transparent. */
MUST_USE enum rc picture_decode(const uint8_t *p, size_t n, enum photo_type type, int orientation,
                                int side, struct picture *out, int *width, int *height,
                                struct err *e);

/* A copy whose longer side is at most `side`; each pixel the mean of those that it covers. */
struct picture picture_shrink(const struct picture *p, int side);

/* Baseline JPEG, quality 1..100, appended to out. */
MUST_USE enum rc picture_jpeg(const struct picture *p, int quality, struct buf *out, struct err *e);

/* Difference hash: of a 9 x 8 grey copy, one bit for each pixel that is darker than its right
 * neighbour. Equal scenes stay within about 10 of the 64 bits through scaling and recompression. */
uint64_t picture_dhash(const struct picture *p);

/* Lines of text in a dark band over the lower edge, as wide as the picture. Made from trusted text
 * before hostile bytes are read, because fonts are files. */
struct mark {
    int width, height;
    uint8_t *grey; /* 0 = paper of the band, 255 = letter; malloc */
};
MUST_USE enum rc mark_draw(int width, int height, const char *lines, struct mark *out,
                           struct err *e);
void mark_put(const struct mark *m, struct picture *p); /* widths must be equal */
void mark_free(struct mark *m);

#endif
