/* SPDX-License-Identifier: Apache-2.0 */
/* When and where a photo was taken, as its camera says in EXIF (CIPA DC-008): a claim, not a proof.
 * Reads hostile bytes: every offset is checked, nothing is followed twice. */
#ifndef PROTO_EXIF_H
#define PROTO_EXIF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct exif {
    int orientation;  /* 1..8; 1 when absent or out of range */
    bool has_time;    /* DateTimeOriginal, else DateTimeDigitized, else DateTime */
    int64_t taken_ms; /* UTC; a time without an offset is Beijing time */
    bool has_place;
    double latitude, longitude; /* WGS 84 degrees, north and east positive */
};

/* tiff: the block behind "Exif\0\0". What is missing or broken stays unset; never fails. */
void exif_read(const uint8_t *tiff, size_t n, struct exif *out);

#endif
