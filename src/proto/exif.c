/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/exif.h"

#include <math.h>
#include <string.h>

#include "base/civil.h"

enum {
    TAG_ORIENTATION = 0x0112,
    TAG_DATE_TIME = 0x0132,
    TAG_EXIF = 0x8769,
    TAG_GPS = 0x8825,
    TAG_ORIGINAL = 0x9003,
    TAG_DIGITIZED = 0x9004,
    TAG_OFFSET = 0x9010,
    TAG_OFFSET_ORIGINAL = 0x9011,
    TAG_OFFSET_DIGITIZED = 0x9012,
    GPS_LATITUDE_REF = 1,
    GPS_LATITUDE = 2,
    GPS_LONGITUDE_REF = 3,
    GPS_LONGITUDE = 4,
    TYPE_ASCII = 2,
    TYPE_SHORT = 3,
    TYPE_LONG = 4,
    TYPE_RATIONAL = 5,
    ENTRIES_MAX = 512,
};

struct tiff {
    const uint8_t *p;
    size_t n;
    bool big; /* "MM" */
};

struct entry {
    uint16_t type;
    uint32_t count;
    uint32_t at; /* offset of the value field itself */
};

static bool fits(const struct tiff *t, uint32_t at, size_t n)
{
    return at <= t->n && n <= t->n - at;
}

static uint16_t u16(const struct tiff *t, uint32_t at)
{
    const uint8_t *p = t->p + at;
    return (uint16_t)(t->big ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}

static uint32_t u32(const struct tiff *t, uint32_t at)
{
    uint32_t first = u16(t, at), second = u16(t, at + 2);
    return t->big ? first << 16 | second : second << 16 | first;
}

/* The entry of a tag in the directory at `at`; false when it is not there. */
static bool find(const struct tiff *t, uint32_t at, uint16_t tag, struct entry *out)
{
    if (!at || !fits(t, at, 2))
        return false;
    unsigned n = u16(t, at);
    for (unsigned i = 0; i < n && i < ENTRIES_MAX; i++) {
        uint32_t e = at + 2 + 12 * i;
        if (!fits(t, e, 12))
            return false;
        if (u16(t, e) != tag)
            continue;
        *out = (struct entry){.type = u16(t, e + 2), .count = u32(t, e + 4), .at = e + 8};
        return true;
    }
    return false;
}

static uint32_t directory(const struct tiff *t, uint32_t at, uint16_t tag)
{
    struct entry e;
    return find(t, at, tag, &e) && e.type == TYPE_LONG ? u32(t, e.at) : 0;
}

/* Text of at most size - 1 bytes, ended by NUL. */
static bool text(const struct tiff *t, uint32_t dir, uint16_t tag, char *out, size_t size)
{
    struct entry e;
    if (!find(t, dir, tag, &e) || e.type != TYPE_ASCII || e.count == 0)
        return false;
    uint32_t at = e.count <= 4 ? e.at : u32(t, e.at);
    size_t n = e.count < size - 1 ? e.count : size - 1;
    if (!fits(t, at, n))
        return false;
    memcpy(out, t->p + at, n);
    out[n] = '\0';
    return true;
}

static bool digits(const char *s, int n, int *out)
{
    *out = 0;
    for (int i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        *out = *out * 10 + (s[i] - '0');
    }
    return true;
}

/* "+08:00" in minutes; absent or broken = Beijing, where the photos are taken. */
static int offset_minutes(const struct tiff *t, uint32_t dir, uint16_t tag)
{
    char s[8] = "";
    int hour, minute;
    if (!text(t, dir, tag, s, sizeof s) || strlen(s) < 6 || (s[0] != '+' && s[0] != '-') ||
        !digits(s + 1, 2, &hour) || !digits(s + 4, 2, &minute) || hour > 14 || minute > 59)
        return 8 * 60;
    return (s[0] == '-' ? -1 : 1) * (hour * 60 + minute);
}

/* "2026:05:08 17:00:12" */
static bool time_of(const struct tiff *t, uint32_t dir, uint16_t tag, int64_t *ms)
{
    char s[20] = "";
    int v[6];
    static const int from[6] = {0, 5, 8, 11, 14, 17}, n[6] = {4, 2, 2, 2, 2, 2};
    if (!text(t, dir, tag, s, sizeof s) || strlen(s) != 19)
        return false;
    for (int i = 0; i < 6; i++)
        if (!digits(s + from[i], n[i], &v[i]))
            return false;
    if (v[0] < 1990 || !date_valid(v[0], v[1], v[2]) || v[3] > 23 || v[4] > 59 || v[5] > 59)
        return false;
    *ms = instant_at(date_of(v[0], v[1], v[2]), v[3] * 3600 + v[4] * 60 + v[5]).ms;
    return true;
}

static void read_time(const struct tiff *t, uint32_t ifd0, struct exif *out)
{
    uint32_t exif = directory(t, ifd0, TAG_EXIF);
    const struct {
        uint32_t dir;
        uint16_t time, offset;
    } where[] = {{exif, TAG_ORIGINAL, TAG_OFFSET_ORIGINAL},
                 {exif, TAG_DIGITIZED, TAG_OFFSET_DIGITIZED},
                 {ifd0, TAG_DATE_TIME, TAG_OFFSET}};
    for (size_t i = 0; i < sizeof where / sizeof *where && !out->has_time; i++) {
        if (!time_of(t, where[i].dir, where[i].time, &out->taken_ms))
            continue;
        int minutes = offset_minutes(t, exif, where[i].offset);
        out->taken_ms += (8 * 60 - minutes) * MINUTE_MS;
        out->has_time = true;
    }
}

/* Degrees, minutes, seconds as three rationals. */
static bool degrees(const struct tiff *t, uint32_t gps, uint16_t tag, double *out)
{
    struct entry e;
    if (!find(t, gps, tag, &e) || e.type != TYPE_RATIONAL || e.count != 3)
        return false;
    uint32_t at = u32(t, e.at);
    if (!fits(t, at, 24))
        return false;
    *out = 0;
    double unit = 1;
    for (uint32_t i = 0; i < 3; i++, unit /= 60) {
        uint32_t above = u32(t, at + 8 * i), below = u32(t, at + 8 * i + 4);
        if (below == 0 && above != 0)
            return false;
        *out += below ? unit * above / below : 0;
    }
    return true;
}

static void read_place(const struct tiff *t, uint32_t ifd0, struct exif *out)
{
    uint32_t gps = directory(t, ifd0, TAG_GPS);
    char north[2] = "", east[2] = "";
    double latitude, longitude;
    if (!text(t, gps, GPS_LATITUDE_REF, north, 2) || !text(t, gps, GPS_LONGITUDE_REF, east, 2) ||
        !degrees(t, gps, GPS_LATITUDE, &latitude) || !degrees(t, gps, GPS_LONGITUDE, &longitude))
        return;
    /* Exactly 0, 0 is what phones write that do not know. */
    bool known = latitude > 0 || longitude > 0;
    if (!known || latitude > 90 || longitude > 180 || !strchr("NS", *north) || !strchr("EW", *east))
        return;
    out->latitude = *north == 'S' ? -latitude : latitude;
    out->longitude = *east == 'W' ? -longitude : longitude;
    out->has_place = true;
}

void exif_read(const uint8_t *tiff, size_t n, struct exif *out)
{
    struct tiff t = {.p = tiff, .n = n};
    struct entry e;
    *out = (struct exif){.orientation = 1};
    if (n < 8 || n > UINT32_MAX / 2 ||
        (memcmp(tiff, "II*\0", 4) != 0 && memcmp(tiff, "MM\0*", 4) != 0))
        return;
    t.big = tiff[0] == 'M';
    uint32_t ifd0 = u32(&t, 4);
    if (find(&t, ifd0, TAG_ORIENTATION, &e) && e.type == TYPE_SHORT && u16(&t, e.at) >= 1 &&
        u16(&t, e.at) <= 8)
        out->orientation = u16(&t, e.at);
    read_time(&t, ifd0, out);
    read_place(&t, ifd0, out);
}
