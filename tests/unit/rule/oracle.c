/* SPDX-License-Identifier: Apache-2.0 */
/* A second, dumb calendar that shares nothing with the engine: every free day and every make-up day
 * of the notices written out singly, days counted by adding month lengths, one byte per minute. */
#include "oracle.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_YEAR 2020
#define LAST_YEAR 2027
#define EPOCH_TO_2020 18262 /* days from 1970-01-01: 50 x 365 + 12 leap days */
#define DAY_MINUTES 1440

static const char free_days[] =
    "20200101 20200124 20200125 20200126 20200127 20200128 20200129 20200130 20200131 20200201 "
    "20200202 20200404 20200405 20200406 20200501 20200502 20200503 20200504 20200505 20200625 "
    "20200626 20200627 20201001 20201002 20201003 20201004 20201005 20201006 20201007 20201008 "
    "20210101 20210102 20210103 20210211 20210212 20210213 20210214 20210215 20210216 20210217 "
    "20210403 20210404 20210405 20210501 20210502 20210503 20210504 20210505 20210612 20210613 "
    "20210614 20210919 20210920 20210921 20211001 20211002 20211003 20211004 20211005 20211006 "
    "20211007 20220101 20220102 20220103 20220131 20220201 20220202 20220203 20220204 20220205 "
    "20220206 20220403 20220404 20220405 20220430 20220501 20220502 20220503 20220504 20220603 "
    "20220604 20220605 20220910 20220911 20220912 20221001 20221002 20221003 20221004 20221005 "
    "20221006 20221007 20221231 20230101 20230102 20230121 20230122 20230123 20230124 20230125 "
    "20230126 20230127 20230405 20230429 20230430 20230501 20230502 20230503 20230622 20230623 "
    "20230624 20230929 20230930 20231001 20231002 20231003 20231004 20231005 20231006 20240101 "
    "20240210 20240211 20240212 20240213 20240214 20240215 20240216 20240217 20240404 20240405 "
    "20240406 20240501 20240502 20240503 20240504 20240505 20240610 20240915 20240916 20240917 "
    "20241001 20241002 20241003 20241004 20241005 20241006 20241007 20250101 20250128 20250129 "
    "20250130 20250131 20250201 20250202 20250203 20250204 20250404 20250405 20250406 20250501 "
    "20250502 20250503 20250504 20250505 20250531 20250601 20250602 20251001 20251002 20251003 "
    "20251004 20251005 20251006 20251007 20251008 20260101 20260102 20260103 20260215 20260216 "
    "20260217 20260218 20260219 20260220 20260221 20260222 20260223 20260404 20260405 20260406 "
    "20260501 20260502 20260503 20260504 20260505 20260619 20260620 20260621 20260925 20260926 "
    "20260927 20261001 20261002 20261003 20261004 20261005 20261006 20261007 "
    /* 2027 has no notice: the thirteen days of the regulation */
    "20270101 20270205 20270206 20270207 20270208 20270405 20270501 20270502 20270609 20270915 "
    "20271001 20271002 20271003 ";

static const char make_up_days[] =
    "20200119 20200426 20200509 20200628 20200927 20201010 20210207 20210220 20210425 20210508 "
    "20210918 20210926 20211009 20220129 20220130 20220402 20220424 20220507 20221008 20221009 "
    "20230128 20230129 20230423 20230506 20230625 20231007 20231008 20240204 20240218 20240407 "
    "20240428 20240511 20240914 20240929 20241012 20250126 20250208 20250427 20250928 20251011 "
    "20260104 20260214 20260228 20260509 20260920 20261010 ";

static unsigned char *open_minute;
static int64_t n_minutes;

static bool listed(const char *list, int number)
{
    char text[10] = {0};
    for (int i = 7; i >= 0; i--, number /= 10)
        text[i] = (char)('0' + number % 10);
    return strstr(list, text) != NULL;
}

static int days_in(int year, int month)
{
    if (month == 2)
        return year % 4 == 0 ? 29 : 28; /* right from 1901 to 2099 */
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static bool is_work_day(int number, int weekday)
{
    if (listed(free_days, number))
        return false;
    return listed(make_up_days, number) || weekday < 5;
}

void oracle_open(void)
{
    n_minutes = (int64_t)(LAST_YEAR - FIRST_YEAR + 1) * 366 * DAY_MINUTES;
    open_minute = calloc((size_t)n_minutes, 1);
    if (!open_minute)
        abort();
    int weekday = 2; /* 2020-01-01 was a Wednesday; 0 is Monday */
    int64_t minute = 0;
    for (int y = FIRST_YEAR; y <= LAST_YEAR; y++)
        for (int m = 1; m <= 12; m++)
            for (int d = 1; d <= days_in(y, m); d++) {
                bool works = is_work_day(y * 10000 + m * 100 + d, weekday);
                weekday = (weekday + 1) % 7;
                for (int k = 0; k < DAY_MINUTES; k++, minute++)
                    open_minute[minute] =
                        works && ((k >= 540 && k < 720) || (k >= 780 && k < 1080));
            }
    n_minutes = minute;
}

void oracle_close(void)
{
    free(open_minute);
    open_minute = NULL;
}

/* Beijing minutes since 2020-01-01T00:00 to UTC milliseconds and back. */
int64_t oracle_ms(int64_t minute)
{
    return ((int64_t)EPOCH_TO_2020 * DAY_MINUTES + minute - 8 * 60) * 60000;
}

static int64_t minute_of(int64_t ms)
{
    return ms / 60000 + 8 * 60 - (int64_t)EPOCH_TO_2020 * DAY_MINUTES;
}

int64_t oracle_minutes(void)
{
    return n_minutes;
}

static bool paused(int64_t minute, const struct oracle_pause *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (minute >= p[i].from && minute < p[i].to)
            return true;
    return false;
}

static bool counts(bool office, int64_t minute, const struct oracle_pause *p, size_t n)
{
    return (!office || open_minute[minute]) && !(n && paused(minute, p, n));
}

int64_t oracle_deadline(bool office, int64_t from_ms, int64_t limit_ms,
                        const struct oracle_pause *p, size_t n)
{
    int64_t t = from_ms;
    for (int64_t m = minute_of(from_ms); m < n_minutes; m++) {
        int64_t end = oracle_ms(m + 1);
        if (counts(office, m, p, n)) {
            if (limit_ms <= end - t)
                return t + limit_ms;
            limit_ms -= end - t;
        }
        t = end;
    }
    return -1;
}

int64_t oracle_elapsed(bool office, int64_t from_ms, int64_t to_ms, const struct oracle_pause *p,
                       size_t n)
{
    int64_t t = from_ms, sum = 0;
    for (int64_t m = minute_of(from_ms); t < to_ms; m++) {
        int64_t end = oracle_ms(m + 1);
        if (end > to_ms)
            end = to_ms;
        if (counts(office, m, p, n))
            sum += end - t;
        t = end;
    }
    return sum;
}
