/* SPDX-License-Identifier: Apache-2.0 */
/* link: proto base */
/* What the sandboxed child does with a photo, on pictures small enough to be quick. */
#include <turbojpeg.h>
#include <webp/decode.h>

#include "proto/exif.h"
#include "proto/picture.h"

static int64_t big32(const uint8_t *p)
{
    return (int64_t)p[0] << 24 | (int64_t)p[1] << 16 | (int64_t)p[2] << 8 | p[3];
}

/* Pixels that the header promises. */
static int64_t promised(const uint8_t *p, size_t n, enum photo_type type)
{
    int w = 0, h = 0, sampling, colours;
    if (type == PHOTO_PNG && n > 24)
        return big32(p + 16) < 1 << 20 && big32(p + 20) < 1 << 20 ? big32(p + 16) * big32(p + 20)
                                                                  : 1 << 30;
    if (type == PHOTO_WEBP)
        return WebPGetInfo(p, n, &w, &h) ? (int64_t)w * h : 0;
    tjhandle t = tjInitDecompress();
    int rc = tjDecompressHeader3(t, p, n, &w, &h, &sampling, &colours);
    tjDestroy(t);
    return rc == 0 ? (int64_t)w * h : 0;
}

static void use(const struct picture *p)
{
    struct err e;
    struct buf jpeg = {0};
    struct picture thumb = picture_shrink(p, 32);
    if (thumb.width < 1 || thumb.width > 32 || thumb.height < 1 || thumb.height > 32)
        __builtin_trap();
    if (picture_jpeg(&thumb, 80, &jpeg, &e) != RC_OK)
        __builtin_trap();
    (void)picture_dhash(p);
    buf_free(&jpeg);
    picture_free(&thumb);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct photo photo;
    struct picture p;
    struct err e;
    struct exif x = {.orientation = 1};
    int width, height;
    if (photo_read(data, n, &photo, NULL, &e) != RC_OK || promised(data, n, photo.type) > 1 << 20)
        return 0;
    if (photo.exif)
        exif_read(photo.exif, photo.n_exif, &x);
    if (picture_decode(data, n, photo.type, x.orientation, 64, &p, &width, &height, &e) != RC_OK)
        return 0;
    if (p.width > width || p.height > height || width < 1)
        __builtin_trap();
    use(&p);
    picture_free(&p);
    return 0;
}
