/* SPDX-License-Identifier: Apache-2.0 */
/* Time. An instant is UTC milliseconds; a date is a Beijing civil day. Beijing is UTC+8 without
 * daylight saving (domain.md 4.3); the operating system's time zone is never used. */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H
#include <stdbool.h>
#include <stdint.h>

#include "base/rc.h"

struct instant {
    int64_t ms; /* since 1970-01-01T00:00:00Z */
};
struct date {
    int32_t day; /* days since 1970-01-01 in the Gregorian calendar */
};
struct civil { /* Beijing wall clock */
    int year, month, day, hour, minute, second, ms;
    int weekday; /* 1 Monday .. 7 Sunday */
};

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS INT64_C(60000)
#define HOUR_MS INT64_C(3600000)
#define DAY_MS INT64_C(86400000)

struct instant instant_now(void); /* the real clock: only at the start of a request or job */
int64_t monotonic_ms(void);       /* for elapsed time */

struct date date_of(int year, int month, int day); /* the day must exist: see date_valid() */
bool date_valid(int year, int month, int day);
void date_parts(struct date d, int *year, int *month, int *day); /* any out may be NULL */
int date_weekday(struct date d);                                 /* 1 Monday .. 7 Sunday */
struct date date_add_months(struct date d, int months);          /* last day when too short */

struct civil civil_of(struct instant t);
struct date civil_date(struct instant t);                        /* the Beijing day of t */
struct instant instant_at(struct date d, int32_t second_of_day); /* Beijing */

/* "2026-05-08T17:00", with optional :SS, .mmm, blank instead of T; no zone = Beijing, "Z" and
 * "+08:00" honoured. Whole string or failure. */
MUST_USE bool instant_parse(const char *s, struct instant *out);
MUST_USE bool date_parse(const char *s, struct date *out); /* "2026-05-08" only */

/* Dates as people write them: 2026-05-08, 2026/5/8, 2026.5.8, 2026年5月8日, 20260508,
 * full-width digits; with an optional time part which is dropped. */
MUST_USE bool date_parse_loose(const char *s, struct date *out);
/* "2019-3", "2019.03", "2019年3月", "201903": the first day of the month. Six digits that may also
 * be a year of two digits, month and day (200307) are refused. */
MUST_USE bool month_parse_loose(const char *s, struct date *out);

#define INSTANT_TEXT 32
#define DATE_TEXT 16
char *instant_text(struct instant t, char out[INSTANT_TEXT]);        /* 2026-05-08T17:00:00+08:00 */
char *instant_minute_text(struct instant t, char out[INSTANT_TEXT]); /* 2026-05-08T17:00 Beijing */
char *instant_spoken(struct instant t, char out[INSTANT_TEXT]);      /* 5月8日(周五) 17:00 Beijing, as people say it */
char *date_text(struct date d, char out[DATE_TEXT]);                 /* 2026-05-08 */

#endif
