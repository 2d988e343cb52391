/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/photo.h"

#include <string.h>

#include "proto/exif.h"

#define FAIL_E(e, ...) fail((e), RC_INVALID, "file", __VA_ARGS__, (const char *)NULL)

struct walk {
    const uint8_t *p;
    size_t n, at;
    struct photo *photo;
    struct buf *clean; /* NULL: only checked */
    struct err *e;
};

static enum rc cut_off(struct err *e)
{
    return FAIL_E(
        e, "图片不完整，可能没有传完，请重新拍摄或上传",
        "the picture is incomplete, perhaps its upload was cut off: take or send it again");
}

static enum rc broken(struct err *e)
{
    return FAIL_E(e, "图片已损坏，不能识别，请重新拍摄或上传",
                  "the picture is damaged and cannot be read: take or send it again");
}

static void keep(struct walk *w, size_t from, size_t n)
{
    if (w->clean)
        buf_add(w->clean, w->p + from, n);
}

static bool starts(const struct walk *w, size_t at, const char *s, size_t n)
{
    return w->n - at >= n && memcmp(w->p + at, s, n) == 0;
}

static uint32_t big32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t little32(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

enum photo_type photo_type(const uint8_t *p, size_t n)
{
    if (n >= 3 && memcmp(p, "\xff\xd8\xff", 3) == 0)
        return PHOTO_JPEG;
    if (n >= 8 && memcmp(p, "\x89PNG\r\n\x1a\n", 8) == 0)
        return PHOTO_PNG;
    if (n >= 12 && memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "WEBP", 4) == 0)
        return PHOTO_WEBP;
    return PHOTO_NONE;
}

/* --- JPEG: ITU-T T.81 annex B --- */

enum {
    M_SOI = 0xd8,
    M_EOI = 0xd9,
    M_SOS = 0xda,
    M_APP0 = 0xe0,
    M_APP1,
    M_APP2,
    M_APP14 = 0xee,
    M_APP15 = 0xef,
    M_COM = 0xfe
};

/* Progressive pictures have about ten; each more costs a pass over all pixels. */
enum { SCANS_MAX = 100 };

/* What a decoder needs: of the application segments the JFIF and Adobe heads and colour profiles.
 */
static bool jpeg_needed(const struct walk *w, int marker, size_t body)
{
    if (marker == M_APP0)
        return starts(w, body, "JFIF", 5);
    if (marker == M_APP2)
        return starts(w, body, "ICC_PROFILE", 12);
    if (marker == M_APP14)
        return starts(w, body, "Adobe", 5);
    return marker != M_COM && (marker < M_APP0 || marker > M_APP15);
}

/* Past the entropy-coded bytes, to the next marker that is no restart and no stuffed zero. */
static bool jpeg_scan(struct walk *w)
{
    while (w->at < w->n) {
        const uint8_t *ff = memchr(w->p + w->at, 0xff, w->n - w->at);
        w->at = ff ? (size_t)(ff - w->p) : w->n;
        if (w->n - w->at < 2)
            return false;
        uint8_t next = w->p[w->at + 1];
        if (next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7))
            return true;
        w->at += next == 0xff ? 1 : 2;
    }
    return false;
}

/* One TIFF directory with the orientation alone: a browser turns the picture by it. */
static void jpeg_orientation(struct walk *w, int orientation)
{
    uint8_t block[] = {0xff, M_APP1, 0, 34, 'E', 'x', 'i', 'f', 0,    0,    'M', 'M',
                       0,    '*',    0, 0,  0,   8,   0,   1,   0x01, 0x12, 0,   3,
                       0,    0,      0, 1,  0,   0,   0,   0,   0,    0,    0,   0};
    block[29] = (uint8_t)orientation;
    if (w->clean && orientation != 1)
        buf_add(w->clean, block, sizeof block);
}

static void jpeg_exif(struct walk *w, size_t body, size_t end)
{
    struct exif x;
    if (w->photo->exif || !starts(w, body, "Exif\0", 6) || end < body + 6)
        return;
    w->photo->exif = w->p + body + 6;
    w->photo->n_exif = end - body - 6;
    exif_read(w->photo->exif, w->photo->n_exif, &x);
    jpeg_orientation(w, x.orientation);
}

/* A segment with a length; *scans counts those that a scan follows. */
static enum rc jpeg_segment(struct walk *w, int marker, int *scans)
{
    size_t head = w->at, body = head + 4;
    if (w->n - head < 4)
        return cut_off(w->e);
    size_t length = (size_t)w->p[head + 2] << 8 | w->p[head + 3];
    if (length < 2)
        return broken(w->e);
    if (w->n - head - 2 < length)
        return cut_off(w->e);
    size_t end = head + 2 + length;
    if (marker == M_APP1)
        jpeg_exif(w, body, end);
    if (jpeg_needed(w, marker, body))
        keep(w, head, end - head);
    w->at = end;
    if (marker == M_SOS) {
        if (++*scans > SCANS_MAX)
            return broken(w->e);
        if (!jpeg_scan(w))
            return cut_off(w->e);
        keep(w, end, w->at - end);
    }
    return RC_OK;
}

static enum rc jpeg_walk(struct walk *w)
{
    int scans = 0;
    keep(w, 0, 2);
    w->at = 2;
    for (;;) {
        while (w->n - w->at >= 2 && w->p[w->at] == 0xff && w->p[w->at + 1] == 0xff)
            w->at++; /* fill bytes */
        if (w->n - w->at < 2)
            return cut_off(w->e);
        int marker = w->p[w->at + 1];
        if (w->p[w->at] != 0xff || marker < 0xc0 || marker == M_SOI ||
            (marker >= 0xd0 && marker <= 0xd7))
            return broken(w->e);
        if (marker == M_EOI)
            break;
        enum rc rc = jpeg_segment(w, marker, &scans);
        if (rc)
            return rc;
    }
    keep(w, w->at, 2);
    return scans ? RC_OK : broken(w->e);
}

/* --- PNG: ISO/IEC 15948 --- */

/* Critical chunks and those that change how the picture looks. */
static bool png_needed(const uint8_t *type)
{
    static const char kept[] = "IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT pHYs bKGD ";
    for (const char *k = kept; *k; k += 5)
        if (memcmp(type, k, 4) == 0)
            return true;
    return false;
}

static enum rc png_walk(struct walk *w)
{
    bool first = true, data = false;
    keep(w, 0, 8);
    for (w->at = 8;; first = false) {
        if (w->n - w->at < 12)
            return cut_off(w->e);
        uint32_t length = big32(w->p + w->at);
        const uint8_t *type = w->p + w->at + 4;
        if (length > INT32_MAX || first != (memcmp(type, "IHDR", 4) == 0))
            return broken(w->e);
        if (w->n - w->at - 12 < length)
            return cut_off(w->e);
        if (memcmp(type, "acTL", 4) == 0)
            return FAIL_E(w->e, "不接受动画图片", "moving pictures are not accepted");
        data = data || memcmp(type, "IDAT", 4) == 0;
        if (memcmp(type, "eXIf", 4) == 0 && !w->photo->exif) {
            w->photo->exif = w->p + w->at + 8;
            w->photo->n_exif = length;
        }
        if (png_needed(type))
            keep(w, w->at, (size_t)length + 12);
        w->at += (size_t)length + 12;
        if (memcmp(type, "IEND", 4) == 0)
            return data ? RC_OK : broken(w->e);
    }
}

/* --- WebP: RFC 9649 --- */

static bool webp_needed(const uint8_t *type)
{
    return memcmp(type, "VP8 ", 4) == 0 || memcmp(type, "VP8L", 4) == 0 ||
           memcmp(type, "ALPH", 4) == 0 || memcmp(type, "ICCP", 4) == 0;
}

static enum rc webp_chunk(struct walk *w, size_t size, bool *data)
{
    const uint8_t *type = w->p + w->at, *body = type + 8;
    if (memcmp(type, "VP8X", 4) == 0) {
        if (size < 10)
            return broken(w->e);
        if (body[0] & 0x02)
            return FAIL_E(w->e, "不接受动画图片", "moving pictures are not accepted");
        uint8_t flags = body[0] & 0x30; /* colour profile and transparency; no EXIF, no XMP */
        keep(w, w->at, 8);
        if (w->clean)
            buf_add(w->clean, &flags, 1);
        keep(w, w->at + 9, size - 1);
        return RC_OK;
    }
    if (memcmp(type, "EXIF", 4) == 0 && !w->photo->exif) {
        bool headed =
            size >= 6 && memcmp(body, "Exif\0", 6) == 0; /* some writers keep JPEG's head */
        w->photo->exif = body + (headed ? 6 : 0);
        w->photo->n_exif = size - (headed ? 6 : 0);
    }
    *data = *data || memcmp(type, "VP8 ", 4) == 0 || memcmp(type, "VP8L", 4) == 0;
    if (webp_needed(type))
        keep(w, w->at, 8 + size + (size & 1));
    return RC_OK;
}

static enum rc webp_walk(struct walk *w)
{
    bool data = false;
    size_t end = (size_t)little32(w->p + 4) + 8;
    if (end < 12)
        return broken(w->e);
    if (end > w->n)
        return cut_off(w->e);
    keep(w, 0, 12);
    for (w->at = 12; end - w->at >= 8;) {
        size_t size = little32(w->p + w->at + 4);
        if (end - w->at - 8 < size + (size & 1))
            return cut_off(w->e);
        enum rc rc = webp_chunk(w, size, &data);
        if (rc)
            return rc;
        w->at += 8 + size + (size & 1);
    }
    if (w->clean && w->clean->len >= 12 && !w->clean->full)
        for (int i = 0; i < 4; i++)
            w->clean->data[4 + i] = (char)((w->clean->len - 8) >> (8 * i));
    return data ? RC_OK : broken(w->e);
}

enum rc photo_read(const uint8_t *p, size_t n, struct photo *out, struct buf *clean, struct err *e)
{
    struct walk w = {.p = p, .n = n, .photo = out, .clean = clean, .e = e};
    *out = (struct photo){.type = photo_type(p, n)};
    switch (out->type) {
    case PHOTO_JPEG:
        return jpeg_walk(&w);
    case PHOTO_PNG:
        return png_walk(&w);
    case PHOTO_WEBP:
        return webp_walk(&w);
    case PHOTO_NONE:
        break;
    }
    return FAIL_E(e, "这不是图片", "this is no picture");
}
