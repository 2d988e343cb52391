/* SPDX-License-Identifier: Apache-2.0 */
/* Photos: containers, EXIF and pixels, compared with what another program (Pillow) makes of them.
 */
#include "proto/exif.h"
#include "proto/photo.h"
#include "proto/picture.h"
#include "test.h"

/* Writes o1.jpg .. o8.jpg with that orientation, each with the upright pixels in oN.rgb. */
static const char turn[] =
    "import sys\n"
    "from PIL import Image, ImageOps\n"
    "im = Image.new('RGB', (48, 32))\n"
    "for y in range(32):\n"
    "    for x in range(48): im.putpixel((x, y), (x * 5, y * 7, 90 if x < 24 else 10))\n"
    "for o in range(1, 9):\n"
    "    e = Image.Exif(); e[0x0112] = o\n"
    "    at = '%s/o%d' % (sys.argv[1], o)\n"
    "    im.save(at + '.jpg', quality=98, subsampling=0, exif=e)\n"
    "    up = ImageOps.exif_transpose(Image.open(at + '.jpg'))\n"
    "    open(at + '.rgb', 'wb').write(up.tobytes())\n"
    "print('%d %d' % up.size)\n";

static struct buf bytes_of(const char *name)
{
    struct buf b = {0};
    char block[4096];
    size_t n;
    FILE *f = fopen(work_path(name), "rb");
    assert_non_null(f);
    while ((n = fread(block, 1, sizeof block, f)) > 0)
        buf_add(&b, block, n);
    (void)fclose(f);
    return b;
}

static void python_makes(const char *script)
{
    struct buf out = {0};
    python(script, work_path("."), &out);
    assert_true(out.len > 0);
    buf_free(&out);
}

static int orientation_of(const struct photo *photo)
{
    struct exif x = {.orientation = 1};
    if (photo->exif)
        exif_read(photo->exif, photo->n_exif, &x);
    return x.orientation;
}

static struct picture decoded(const struct buf *b, int side, int *width, int *height)
{
    struct photo photo;
    struct picture p;
    struct err e = {0};
    assert_int_equal(photo_read((const uint8_t *)b->data, b->len, &photo, NULL, &e), RC_OK);
    enum rc rc = picture_decode((const uint8_t *)b->data, b->len, photo.type,
                                orientation_of(&photo), side, &p, width, height, &e);
    if (rc)
        fail_msg("%s", e.en);
    return p;
}

static void every_orientation_stands_upright(void **state)
{
    (void)state;
    python_makes(turn);
    for (int o = 1; o <= 8; o++) {
        char name[16];
        int w, h;
        (void)snprintf(name, sizeof name, "o%d.jpg", o);
        struct buf jpeg = bytes_of(name);
        (void)snprintf(name, sizeof name, "o%d.rgb", o);
        struct buf rgb = bytes_of(name);
        struct picture p = decoded(&jpeg, 0, &w, &h);
        assert_int_equal(w, o < 5 ? 48 : 32);
        assert_int_equal((size_t)p.width * (size_t)p.height * 3, rgb.len);
        for (size_t i = 0; i < rgb.len; i++)
            if (abs(p.rgb[i] - (uint8_t)rgb.data[i]) > 8)
                fail_msg("orientation %d, byte %zu: %d, not %d", o, i, p.rgb[i],
                         (uint8_t)rgb.data[i]);
        picture_free(&p);
        buf_free(&jpeg);
        buf_free(&rgb);
    }
}

/* Forms that cameras, scanners and screens write, all of one grey scene. */
static const char forms[] =
    "import sys\n"
    "from PIL import Image\n"
    "im = Image.new('RGB', (40, 30), (200, 100, 50)); d = sys.argv[1] + '/f_'\n"
    "im.save(d + 'progressive.jpg', progressive=True, quality=95)\n"
    "im.convert('CMYK').save(d + 'cmyk.jpg', quality=95)\n"
    "im.save(d + 'rgb.png'); im.quantize(4).save(d + 'palette.png')\n"
    "im.convert('RGBA').save(d + 'rgba.png')\n"
    "im.save(d + 'lossy.webp', quality=95); im.save(d + 'lossless.webp', lossless=True)\n"
    "im.convert('L').save(d + 'grey.jpg'); im.convert('L').save(d + 'grey.png')\n"
    "a = im.convert('RGBA'); a.putalpha(0); a.save(d + 'clear.png')\n"
    "print('ok')\n";

static void check_colour(const char *name, int red, int green, int blue)
{
    int w, h;
    struct buf b = bytes_of(name);
    struct picture p = decoded(&b, 0, &w, &h);
    const int want[3] = {red, green, blue};
    assert_int_equal(w, 40);
    for (int c = 0; c < 3; c++)
        if (abs(p.rgb[3 * (15 * 40 + 20) + c] - want[c]) > 6)
            fail_msg("%s: colour %d is %d", name, c, p.rgb[3 * (15 * 40 + 20) + c]);
    picture_free(&p);
    buf_free(&b);
}

static void the_forms_that_cameras_write_are_read(void **state)
{
    (void)state;
    static const char *const coloured[] = {"f_progressive.jpg", "f_cmyk.jpg", "f_rgb.png",
                                           "f_palette.png",     "f_rgba.png", "f_lossy.webp",
                                           "f_lossless.webp"};
    python_makes(forms);
    for (size_t i = 0; i < sizeof coloured / sizeof *coloured; i++)
        check_colour(coloured[i], 200, 100, 50);
    check_colour("f_grey.jpg", 124, 124, 124);
    check_colour("f_grey.png", 124, 124, 124);
    check_colour("f_clear.png", 255, 255, 255); /* paper, not what hides behind nothing */
}

static void a_cut_off_file_is_never_a_picture(void **state)
{
    (void)state;
    static const char *const names[] = {"f_progressive.jpg", "f_rgb.png", "f_lossless.webp",
                                        "o6.jpg"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct buf b = bytes_of(names[i]);
        for (size_t n = 12; n + 1 < b.len; n += 1 + b.len / 60) {
            struct photo photo;
            struct err e = {0};
            if (photo_read((const uint8_t *)b.data, n, &photo, NULL, &e) != RC_INVALID || !e.zh[0])
                fail_msg("%s taken with %zu of %zu bytes", names[i], n, b.len);
        }
        buf_free(&b);
    }
}

static void a_clean_copy_has_the_same_pixels_and_only_the_orientation(void **state)
{
    (void)state;
    for (int o = 1; o <= 8; o++) {
        char name[16];
        int w, h;
        struct photo photo, again;
        struct buf clean = {0};
        struct err e;
        (void)snprintf(name, sizeof name, "o%d.jpg", o);
        struct buf b = bytes_of(name);
        assert_int_equal(photo_read((const uint8_t *)b.data, b.len, &photo, &clean, &e), RC_OK);
        assert_int_equal(photo_read((const uint8_t *)clean.data, clean.len, &again, NULL, &e),
                         RC_OK);
        assert_int_equal(orientation_of(&again), o);
        struct picture p = decoded(&b, 0, &w, &h), q = decoded(&clean, 0, &w, &h);
        assert_int_equal(p.width, q.width);
        assert_memory_equal(p.rgb, q.rgb, (size_t)p.width * (size_t)p.height * 3);
        picture_free(&p);
        picture_free(&q);
        buf_free(&b);
        buf_free(&clean);
    }
}

/* A TIFF block of one directory. */
static void exif_of(const char *text, const char *offset, struct exif *x)
{
    uint8_t t[128] = "II*\0\x08\0\0\0\1\0\x69\x87\4\0\1\0\0\0\x1a\0\0\0\0\0\0\0";
    uint8_t *d = t + 26;
    memcpy(d, "\2\0\x03\x90\2\0\x14\0\0\0\x40\0\0\0\x11\x90\2\0\7\0\0\0\x58\0\0\0\0\0\0\0", 30);
    memcpy(t + 0x40, text, strlen(text));
    memcpy(t + 0x58, offset, strlen(offset));
    exif_read(t, sizeof t, x);
}

static void a_camera_without_an_offset_is_in_beijing(void **state)
{
    (void)state;
    struct exif x;
    exif_of("2026:05:08 16:59:30", "", &x);
    assert_true(x.has_time && x.taken_ms == INT64_C(1778230770000));
    exif_of("2026:05:08 17:59:30", "+09:00", &x);
    assert_true(x.has_time && x.taken_ms == INT64_C(1778230770000));
    exif_of("2026:05:08 08:59:30", "+00:00", &x);
    assert_true(x.has_time && x.taken_ms == INT64_C(1778230770000));
    exif_of("2026:02:30 08:59:30", "", &x);
    assert_false(x.has_time);
    exif_of("0000:00:00 00:00:00", "", &x);
    assert_false(x.has_time);
}

static void the_mark_is_drawn_in_chinese_and_fits(void **state)
{
    (void)state;
    static const int sizes[][2] = {{4000, 3000}, {320, 240}, {100, 2000}, {2000, 60}, {1, 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct mark m;
        struct err e;
        assert_int_equal(
            mark_draw(sizes[i][0], sizes[i][1],
                      "服务器时间 2026-05-08 17:00\n工单 YW-20260508-0001\n上传人 张三", &m, &e),
            RC_OK);
        assert_int_equal(m.width, sizes[i][0]);
        assert_true(m.height > 0 && m.height <= sizes[i][1]);
        size_t ink = 0, n = (size_t)m.width * (size_t)m.height;
        for (size_t k = 0; k < n; k++)
            ink += m.grey[k] > 128;
        if (i < 2) /* letters, not boxes of missing ones and not a full plate */
            assert_true(ink > n / 200 && ink < n / 3);
        mark_free(&m);
    }
}

int photo_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_orientation_stands_upright),
        cmocka_unit_test(the_forms_that_cameras_write_are_read),
        cmocka_unit_test(a_cut_off_file_is_never_a_picture),
        cmocka_unit_test(a_clean_copy_has_the_same_pixels_and_only_the_orientation),
        cmocka_unit_test(a_camera_without_an_offset_is_in_beijing),
        cmocka_unit_test(the_mark_is_drawn_in_chinese_and_fits),
    };
    return cmocka_run_group_tests_name("photo", tests, NULL, NULL);
}
