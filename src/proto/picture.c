/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/picture.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>
#include <webp/decode.h>

#include "base/log.h"

#define FAIL_E(e, rc, ...) fail((e), (rc), "file", __VA_ARGS__, (const char *)NULL)

void picture_free(struct picture *p)
{
    free(p->rgb);
    *p = (struct picture){0};
}

static enum rc damaged(struct err *e)
{
    return FAIL_E(e, RC_INVALID, "图片不完整或已损坏，不能完整显示，请重新拍摄或上传",
                  "the picture is incomplete or damaged: take or send it again");
}

static enum rc check_size(int64_t width, int64_t height, struct err *e)
{
    if (width < 1 || height < 1)
        return damaged(e);
    if (width <= PICTURE_SIDE && height <= PICTURE_SIDE && width * height <= PICTURE_PIXELS)
        return RC_OK;
    return FAIL_E(e, RC_TOO_BIG, "图片尺寸过大：每边最多 20000 像素，总共最多 6800 万像素",
                  "the picture is too large: at most 20000 pixels a side and 68 million in all");
}

static struct picture blank(int width, int height)
{
    struct picture p = {width, height, malloc((size_t)width * (size_t)height * 3)};
    if (!p.rgb)
        die("out of memory");
    return p;
}

/* --- JPEG --- */

/* Smallest scale of the decoder that leaves enough; eighths that are fast. */
static int jpeg_scale(int width, int height, int side)
{
    int longer = width > height ? width : height;
    for (int eighths = 1; side && eighths < 8; eighths *= 2)
        if ((longer * eighths + 7) / 8 >= side)
            return eighths;
    return 8;
}

static void ink_to_light(const uint8_t *cmyk, struct picture *out)
{
    size_t n = (size_t)out->width * (size_t)out->height;
    for (size_t i = 0; i < n; i++) /* Adobe's inks are stored inverted */
        for (size_t c = 0; c < 3; c++)
            out->rgb[3 * i + c] = (uint8_t)(cmyk[4 * i + c] * cmyk[4 * i + 3] / 255);
}

/* A scan that ends early, or bits that fit no code, are warnings to the library, which fills up
 * with grey. Bytes too many between markers are what some cameras write. */
static bool jpeg_whole(tjhandle h, int rc)
{
    return rc == 0 || (tjGetErrorCode(h) == TJERR_WARNING &&
                       strstr(tjGetErrorStr2(h), "extraneous bytes") != NULL);
}

static enum rc jpeg_pixels(tjhandle h, const uint8_t *p, size_t n, int colours, struct picture *out,
                           struct err *e)
{
    const int flags = TJFLAG_LIMITSCANS | TJFLAG_FASTDCT;
    bool ink = colours == TJCS_CMYK || colours == TJCS_YCCK;
    if (!ink) {
        int rc = tjDecompress2(h, p, n, out->rgb, out->width, 0, out->height, TJPF_RGB, flags);
        return jpeg_whole(h, rc) ? RC_OK : damaged(e);
    }
    uint8_t *cmyk = malloc((size_t)out->width * (size_t)out->height * 4);
    if (!cmyk)
        die("out of memory");
    int rc = tjDecompress2(h, p, n, cmyk, out->width, 0, out->height, TJPF_CMYK, flags);
    bool whole = jpeg_whole(h, rc);
    if (whole)
        ink_to_light(cmyk, out);
    free(cmyk);
    return whole ? RC_OK : damaged(e);
}

static enum rc jpeg_decode(const uint8_t *p, size_t n, int side, struct picture *out, int *width,
                           int *height, struct err *e)
{
    int sampling, colours;
    tjhandle h = tjInitDecompress();
    if (!h)
        die("out of memory");
    bool head = tjDecompressHeader3(h, p, n, width, height, &sampling, &colours) == 0;
    enum rc rc = head ? check_size(*width, *height, e) : damaged(e);
    if (!rc) {
        tjscalingfactor f = {jpeg_scale(*width, *height, side), 8};
        *out = blank(TJSCALED(*width, f), TJSCALED(*height, f));
        rc = jpeg_pixels(h, p, n, colours, out, e);
    }
    tjDestroy(h);
    return rc;
}

/* --- transparency --- */

static void onto_white(uint8_t *rgba, struct picture *out)
{
    size_t n = (size_t)out->width * (size_t)out->height;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *s = rgba + 4 * i;
        unsigned a = s[3];
        for (size_t c = 0; c < 3; c++)
            out->rgb[3 * i + c] = (uint8_t)((s[c] * a + 255 * (255 - a) + 127) / 255);
    }
}

/* --- PNG --- */

struct png_bytes {
    const uint8_t *p;
    size_t n, at;
};

static void png_take(png_structp png, png_bytep to, size_t n)
{
    struct png_bytes *s = png_get_io_ptr(png);
    if (n > s->n - s->at)
        png_error(png, "cut off");
    memcpy(to, s->p + s->at, n);
    s->at += n;
}

static void png_quiet(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

_Noreturn static void png_give_up(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

struct png_job {
    png_structp png;
    png_infop info;
    uint8_t *rgba;
    png_bytep *rows;
    int width, height;
    enum rc rc;
};

static void png_head(struct png_job *j, struct err *e)
{
    png_set_user_limits(j->png, PICTURE_SIDE * 4, PICTURE_SIDE * 4); /* ours tells it in words */
    png_set_chunk_malloc_max(j->png, 8 * 1024 * 1024);
    png_set_chunk_cache_max(j->png, 64);
    png_set_crc_action(j->png, PNG_CRC_ERROR_QUIT, PNG_CRC_WARN_DISCARD);
    png_read_info(j->png, j->info);
    j->width = (int)png_get_image_width(j->png, j->info);
    j->height = (int)png_get_image_height(j->png, j->info);
    j->rc = check_size(j->width, j->height, e);
}

static void png_rows(struct png_job *j)
{
    png_set_expand(j->png);
    png_set_scale_16(j->png);
    png_set_gray_to_rgb(j->png);
    png_set_add_alpha(j->png, 0xff, PNG_FILLER_AFTER);
    png_set_interlace_handling(j->png);
    png_read_update_info(j->png, j->info);
    size_t line = (size_t)j->width * 4;
    if (png_get_rowbytes(j->png, j->info) != line)
        png_error(j->png, "unexpected layout");
    j->rgba = malloc(line * (size_t)j->height);
    j->rows = calloc((size_t)j->height, sizeof *j->rows);
    if (!j->rgba || !j->rows)
        die("out of memory");
    for (int y = 0; y < j->height; y++)
        j->rows[y] = j->rgba + line * (size_t)y;
    png_read_image(j->png, j->rows);
    png_read_end(j->png, NULL);
}

/* The only place that libpng's longjmp comes back to: j outlives it, nothing else is changed. */
static bool png_run(struct png_job *j, struct png_bytes *s, struct err *e)
{
    if (setjmp(png_jmpbuf(j->png)))
        return false;
    png_set_read_fn(j->png, s, png_take);
    png_head(j, e);
    if (!j->rc)
        png_rows(j);
    return true;
}

static enum rc png_decode(const uint8_t *p, size_t n, struct picture *out, int *width, int *height,
                          struct err *e)
{
    struct png_job j = {
        .png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, png_give_up, png_quiet)};
    j.info = j.png ? png_create_info_struct(j.png) : NULL;
    if (!j.info)
        die("out of memory");
    struct png_bytes s = {p, n, 0};
    enum rc rc = png_run(&j, &s, e) ? j.rc : damaged(e);
    *width = j.width;
    *height = j.height;
    if (!rc) {
        *out = blank(j.width, j.height);
        onto_white(j.rgba, out);
    }
    png_destroy_read_struct(&j.png, &j.info, NULL);
    free(j.rows);
    free(j.rgba);
    return rc;
}

/* --- WebP --- */

static enum rc webp_decode(const uint8_t *p, size_t n, struct picture *out, int *width, int *height,
                           struct err *e)
{
    WebPBitstreamFeatures f;
    if (WebPGetFeatures(p, n, &f) != VP8_STATUS_OK || f.has_animation)
        return damaged(e);
    enum rc rc = check_size(f.width, f.height, e);
    if (rc)
        return rc;
    *width = f.width;
    *height = f.height;
    size_t line = (size_t)f.width * 4, size = line * (size_t)f.height;
    uint8_t *rgba = malloc(size);
    if (!rgba)
        die("out of memory");
    *out = blank(f.width, f.height);
    if (WebPDecodeRGBAInto(p, n, rgba, size, (int)line))
        onto_white(rgba, out);
    else
        rc = damaged(e);
    free(rgba);
    return rc;
}

/* --- upright --- */

/* EXIF orientation as a walk through the source: where the first pixel of the upright picture lies,
 * and the steps for one pixel to the right and one row down. */
static struct picture turned(const struct picture *p, int orientation)
{
    bool swap = orientation >= 5;
    bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    bool from_below = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    ptrdiff_t x = from_right ? -3 : 3, y = (from_below ? -3 : 3) * (ptrdiff_t)p->width;
    const uint8_t *start = p->rgb + (from_right ? 3 * ((ptrdiff_t)p->width - 1) : 0) +
                           (from_below ? 3 * (ptrdiff_t)p->width * (p->height - 1) : 0);
    ptrdiff_t right = swap ? y : x, down = swap ? x : y;
    struct picture out = blank(swap ? p->height : p->width, swap ? p->width : p->height);
    uint8_t *to = out.rgb;
    for (int row = 0; row < out.height; row++)
        for (int column = 0; column < out.width; column++, to += 3)
            memcpy(to, start + row * down + column * right, 3);
    return out;
}

enum rc picture_decode(const uint8_t *p, size_t n, enum photo_type type, int orientation, int side,
                       struct picture *out, int *width, int *height, struct err *e)
{
    enum rc rc;
    *out = (struct picture){0};
    *width = *height = 0;
    if (type == PHOTO_JPEG)
        rc = jpeg_decode(p, n, side, out, width, height, e);
    else if (type == PHOTO_PNG)
        rc = png_decode(p, n, out, width, height, e);
    else if (type == PHOTO_WEBP)
        rc = webp_decode(p, n, out, width, height, e);
    else
        rc = damaged(e);
    if (rc) {
        picture_free(out);
        return rc;
    }
    if (orientation > 1 && orientation <= 8) {
        struct picture upright = turned(out, orientation);
        picture_free(out);
        *out = upright;
    }
    if (orientation >= 5 && orientation <= 8) {
        int w = *width;
        *width = *height;
        *height = w;
    }
    return RC_OK;
}

/* --- sizes --- */

/* Mean of a rectangle of source pixels, never an empty one. */
static void mean(const struct picture *p, int x0, int x1, int y0, int y1, uint8_t *to)
{
    uint64_t sum[3] = {0};
    for (int y = y0; y < y1; y++) {
        const uint8_t *s = p->rgb + 3 * ((size_t)y * (size_t)p->width + (size_t)x0);
        for (int x = x0; x < x1; x++, s += 3)
            for (int c = 0; c < 3; c++)
                sum[c] += s[c];
    }
    uint64_t n = (uint64_t)(x1 - x0) * (uint64_t)(y1 - y0);
    for (int c = 0; c < 3; c++)
        to[c] = (uint8_t)((sum[c] + n / 2) / n);
}

static int cut(int i, int parts, int whole)
{
    return (int)((int64_t)i * whole / parts);
}

static struct picture scaled(const struct picture *p, int width, int height)
{
    struct picture out = blank(width, height);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int x0 = cut(x, width, p->width), x1 = cut(x + 1, width, p->width);
            int y0 = cut(y, height, p->height), y1 = cut(y + 1, height, p->height);
            mean(p, x0, x1 > x0 ? x1 : x0 + 1, y0, y1 > y0 ? y1 : y0 + 1,
                 out.rgb + 3 * ((size_t)y * (size_t)width + (size_t)x));
        }
    return out;
}

struct picture picture_shrink(const struct picture *p, int side)
{
    int longer = p->width > p->height ? p->width : p->height;
    int to = longer < side ? longer : side;
    int width = (int)(((int64_t)p->width * to + longer / 2) / longer);
    int height = (int)(((int64_t)p->height * to + longer / 2) / longer);
    return scaled(p, width > 0 ? width : 1, height > 0 ? height : 1);
}

uint64_t picture_dhash(const struct picture *p)
{
    struct picture small = scaled(p, 9, 8);
    uint64_t bits = 0;
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++) {
            const uint8_t *s = small.rgb + 3 * (9 * y + x);
            int left = 299 * s[0] + 587 * s[1] + 114 * s[2];
            int right = 299 * s[3] + 587 * s[4] + 114 * s[5];
            bits = bits << 1 | (left < right);
        }
    picture_free(&small);
    return bits;
}

enum rc picture_jpeg(const struct picture *p, int quality, struct buf *out, struct err *e)
{
    unsigned char *jpeg = NULL;
    unsigned long n = 0;
    tjhandle h = tjInitCompress();
    if (!h)
        die("out of memory");
    int rc =
        tjCompress2(h, p->rgb, p->width, 0, p->height, TJPF_RGB, &jpeg, &n, TJSAMP_420, quality, 0);
    if (rc == 0)
        buf_add(out, jpeg, n);
    tjFree(jpeg);
    tjDestroy(h);
    if (rc == 0 && !out->full)
        return RC_OK;
    return FAIL_E(e, RC_INTERNAL, "缩略图无法生成", "the picture could not be encoded");
}
