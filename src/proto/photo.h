/* SPDX-License-Identifier: Apache-2.0 */
/* The containers of photos (JPEG, PNG, WebP), walked without decoding: where the EXIF lies, whether
 * the file is whole, and a copy of the picture data alone. Reads hostile bytes. */
#ifndef PROTO_PHOTO_H
#define PROTO_PHOTO_H
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/rc.h"

enum photo_type { PHOTO_NONE, PHOTO_JPEG, PHOTO_PNG, PHOTO_WEBP };

struct photo {
    enum photo_type type;
    const uint8_t *exif; /* TIFF block inside the given bytes; NULL when there is none */
    size_t n_exif;
};

enum photo_type photo_type(const uint8_t *p, size_t n);

/* Walks the whole container. RC_INVALID, told in words for the sender, when it is cut off, broken
 * or moves (animations). clean (may be NULL) gets the same picture without anything else: no EXIF,
 * XMP, IPTC, comments, maker notes, previews, nothing behind its end; the coded picture, its colour
 * profile and, for JPEG, an EXIF block with the orientation alone are kept, so no quality is lost.
 */
MUST_USE enum rc photo_read(const uint8_t *p, size_t n, struct photo *out, struct buf *clean,
                            struct err *e);

#endif
