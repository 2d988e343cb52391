/* SPDX-License-Identifier: Apache-2.0 */
/* Days are counted in the proleptic Gregorian calendar by arithmetic alone: years begin in March,
 * so the leap day is the last of its year; 400 years are one cycle of 146097 days. */
#include "base/civil.h"

#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include "base/civil_int.h"
#include "base/log.h"

#define BEIJING_MS (8 * HOUR_MS)
#define CYCLE_DAYS 146097
#define EPOCH_SHIFT 719468 /* days from 0000-03-01 to 1970-01-01 */

/* 0001-01-01 and 9999-12-31: what texts with four digits of year can say. */
#define FIRST_DAY (-719162)
#define LAST_DAY 2932896

struct instant instant_now(void)
{
    struct timespec t;
    if (clock_gettime(CLOCK_REALTIME, &t) != 0)
        die("the real clock cannot be read");
    return (struct instant){(int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000};
}

int64_t monotonic_ms(void)
{
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
        die("the monotonic clock cannot be read");
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static bool leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && leap(year));
}

bool date_valid(int year, int month, int day)
{
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= month_days(year, month);
}

struct date date_of(int year, int month, int day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t cycle = floor_div(y, 400);
    int64_t year_of_cycle = y - cycle * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_cycle =
        year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    return (struct date){(int32_t)(cycle * CYCLE_DAYS + day_of_cycle - EPOCH_SHIFT)};
}

void date_parts(struct date d, int *year, int *month, int *day)
{
    int64_t z = (int64_t)d.day + EPOCH_SHIFT;
    int64_t cycle = floor_div(z, CYCLE_DAYS);
    int64_t doc = z - cycle * CYCLE_DAYS;
    int64_t yoc = (doc - doc / 1460 + doc / 36524 - doc / 146096) / 365;
    int64_t doy = doc - (365 * yoc + yoc / 4 - yoc / 100);
    int64_t march = (5 * doy + 2) / 153; /* 0 March .. 11 February */
    int64_t m = march < 10 ? march + 3 : march - 9;
    if (year)
        *year = (int)(yoc + cycle * 400 + (m <= 2));
    if (month)
        *month = (int)m;
    if (day)
        *day = (int)(doy - (153 * march + 2) / 5 + 1);
}

int date_weekday(struct date d)
{
    int64_t monday_based = (int64_t)d.day + 3; /* 1970-01-01 was a Thursday */
    return (int)(monday_based - floor_div(monday_based, 7) * 7) + 1;
}

struct date date_add_months(struct date d, int months)
{
    int year, month, day;
    date_parts(d, &year, &month, &day);
    int64_t total = (int64_t)year * 12 + (month - 1) + months;
    int64_t y = floor_div(total, 12);
    int m = (int)(total - y * 12) + 1;
    int last = month_days(y, m);
    return date_of((int)y, m, day < last ? day : last);
}

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

/* Milliseconds of the Beijing wall clock since 1970-01-01T00:00. Kept within the years 1 to 9999,
 * so that a nonsense instant can neither overflow a day nor spill over a text buffer. */
static int64_t wall_ms(struct instant t)
{
    return clamp(t.ms, FIRST_DAY * DAY_MS - BEIJING_MS, (LAST_DAY + 1) * DAY_MS - 1 - BEIJING_MS) +
           BEIJING_MS;
}

struct date civil_date(struct instant t)
{
    return (struct date){(int32_t)floor_div(wall_ms(t), DAY_MS)};
}

struct civil civil_of(struct instant t)
{
    struct date d = civil_date(t);
    struct civil c;
    date_parts(d, &c.year, &c.month, &c.day);
    c.weekday = date_weekday(d);
    int64_t ms = wall_ms(t) - d.day * DAY_MS;
    c.hour = (int)(ms / HOUR_MS);
    c.minute = (int)(ms / MINUTE_MS % 60);
    c.second = (int)(ms / SECOND_MS % 60);
    c.ms = (int)(ms % SECOND_MS);
    return c;
}

struct instant instant_at(struct date d, int32_t second_of_day)
{
    return (struct instant){d.day * DAY_MS + second_of_day * SECOND_MS - BEIJING_MS};
}

bool civil_digits(const char **s, int min, int max, int *out)
{
    int n = 0, v = 0;
    while (n < max && (*s)[n] >= '0' && (*s)[n] <= '9') {
        v = v * 10 + ((*s)[n] - '0');
        n++;
    }
    *out = v;
    *s += n;
    return n >= min;
}

static bool take(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;
    return true;
}

static bool take_date(const char **s, struct date *out)
{
    int y, m, d;
    if (!civil_digits(s, 4, 4, &y) || !take(s, '-') || !civil_digits(s, 2, 2, &m) ||
        !take(s, '-') || !civil_digits(s, 2, 2, &d) || !date_valid(y, m, d))
        return false;
    *out = date_of(y, m, d);
    return true;
}

bool date_parse(const char *s, struct date *out)
{
    struct date d;
    if (!s || !take_date(&s, &d) || *s != '\0')
        return false;
    *out = d;
    return true;
}

/* ".5" is 500 ms; digits behind the third are dropped. */
static bool take_fraction(const char **s, int *ms)
{
    *ms = 0;
    if (!take(s, '.'))
        return true;
    int n = 0;
    for (; n < 9 && **s >= '0' && **s <= '9'; n++, (*s)++)
        if (n < 3)
            *ms = *ms * 10 + (**s - '0');
    for (int i = n; i < 3; i++)
        *ms *= 10;
    return n > 0;
}

static bool take_time(const char **s, int64_t *ms_of_day)
{
    int h, m, sec = 0, ms = 0;
    if (!civil_digits(s, 2, 2, &h) || !take(s, ':') || !civil_digits(s, 2, 2, &m))
        return false;
    if (take(s, ':') && (!civil_digits(s, 2, 2, &sec) || !take_fraction(s, &ms)))
        return false;
    *ms_of_day = h * HOUR_MS + m * MINUTE_MS + sec * SECOND_MS + ms;
    return h < 24 && m < 60 && sec < 60;
}

/* Offsets reach +14:00 (Kiribati) and -12:00. */
bool civil_zone(const char **s, int64_t *offset_ms)
{
    *offset_ms = BEIJING_MS;
    if (take(s, 'Z')) {
        *offset_ms = 0;
        return true;
    }
    if (**s != '+' && **s != '-')
        return true;
    int sign = *(*s)++ == '-' ? -1 : 1, h, m;
    if (!civil_digits(s, 2, 2, &h) || !take(s, ':') || !civil_digits(s, 2, 2, &m) || h > 14 ||
        m > 59)
        return false;
    *offset_ms = sign * (h * HOUR_MS + m * MINUTE_MS);
    return true;
}

bool instant_parse(const char *s, struct instant *out)
{
    struct date d;
    int64_t ms, offset;
    if (!s || !take_date(&s, &d) || (!take(&s, 'T') && !take(&s, ' ')) || !take_time(&s, &ms) ||
        !civil_zone(&s, &offset) || *s != '\0')
        return false;
    struct instant t = {d.day * DAY_MS + ms - offset};
    if (wall_ms(t) != t.ms + BEIJING_MS)
        return false; /* a zone moved it out of the years that can be written */
    *out = t;
    return true;
}

static char *put(char *p, int value, int width, char behind)
{
    for (int i = width - 1; i >= 0; i--) {
        p[i] = (char)('0' + value % 10);
        value /= 10;
    }
    p[width] = behind;
    return p + width + 1;
}

char *date_text(struct date d, char out[DATE_TEXT])
{
    int y, m, day;
    d.day = (int32_t)clamp(d.day, FIRST_DAY, LAST_DAY);
    date_parts(d, &y, &m, &day);
    put(put(put(out, y, 4, '-'), m, 2, '-'), day, 2, '\0');
    return out;
}

char *instant_minute_text(struct instant t, char out[INSTANT_TEXT])
{
    struct civil c = civil_of(t);
    char *p = put(put(put(out, c.year, 4, '-'), c.month, 2, '-'), c.day, 2, 'T');
    put(put(p, c.hour, 2, ':'), c.minute, 2, '\0');
    return out;
}

char *instant_spoken(struct instant t, char out[INSTANT_TEXT])
{
    static const char *const days[] = {"一", "二", "三", "四", "五", "六", "日"};
    struct civil c = civil_of(t);
    snprintf(out, INSTANT_TEXT, "%d月%d日(周%s) %02d:%02d", c.month, c.day, days[date_weekday(civil_date(t)) - 1], c.hour, c.minute);
    return out;
}

char *instant_text(struct instant t, char out[INSTANT_TEXT])
{
    struct civil c = civil_of(t);
    char *p = put(put(put(out, c.year, 4, '-'), c.month, 2, '-'), c.day, 2, 'T');
    p = put(put(put(p, c.hour, 2, ':'), c.minute, 2, ':'), c.second, 2, '+');
    put(put(p, 8, 2, ':'), 0, 2, '\0');
    return out;
}
