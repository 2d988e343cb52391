/* SPDX-License-Identifier: Apache-2.0 */
/* 全国年节及纪念日放假办法: 13 days a year since its version of 2024-11-10, in force from 2025;
 * before it 11, without New Year's Eve (除夕) and 2 May. Partial holidays (8 March, 4 May) are no
 * holidays of the office clock. */
#include "rule/calendar_int.h"

struct fixed_day {
    int month, day;
    int since; /* first year, 0 = always */
    const char *name;
};

static const struct fixed_day fixed_days[] = {
    {1, 1, 0, "元旦"},    {5, 1, 0, "劳动节"},  {5, 2, 2025, "劳动节"},
    {10, 1, 0, "国庆节"}, {10, 2, 0, "国庆节"}, {10, 3, 0, "国庆节"},
};

/* Month x 100 + day of 正月初一, 清明, 五月初五, 八月十五 in Beijing. In 2027 the new moon of
 * February falls minutes before midnight and in 2030 minutes after it: calculators of low precision
 * are a day off there. */
struct moving_days {
    int year, spring, qingming, dragon_boat, mid_autumn;
};

static const struct moving_days moving[] = {
    {2020, 125, 404, 625, 1001}, {2021, 212, 404, 614, 921}, {2022, 201, 405, 603, 910},
    {2023, 122, 405, 622, 929},  {2024, 210, 404, 610, 917}, {2025, 129, 404, 531, 1006},
    {2026, 217, 405, 619, 925},  {2027, 206, 405, 609, 915}, {2028, 126, 404, 528, 1003},
    {2029, 213, 404, 616, 922},  {2030, 203, 405, 605, 912}, {2031, 123, 405, 624, 1001},
    {2032, 211, 404, 612, 919},  {2033, 131, 404, 601, 908}, {2034, 219, 405, 620, 927},
    {2035, 208, 405, 610, 916},
};
#define MOVING_FIRST 2020
#define MOVING_COUNT ((int)(sizeof moving / sizeof moving[0]))
#define EVE_SINCE 2025

static const char *moving_name(struct date d, int year, int month, int day)
{
    if (year < MOVING_FIRST || year >= MOVING_FIRST + MOVING_COUNT)
        return NULL;
    const struct moving_days *m = &moving[year - MOVING_FIRST];
    int spring = date_of(year, m->spring / 100, m->spring % 100).day;
    if (d.day >= spring - (year >= EVE_SINCE) && d.day < spring + 3)
        return "春节";
    int here = month * 100 + day;
    if (here == m->qingming)
        return "清明节";
    if (here == m->dragon_boat)
        return "端午节";
    return here == m->mid_autumn ? "中秋节" : NULL;
}

bool statutory_day(struct date d, const char **name_out)
{
    int year, month, day;
    date_parts(d, &year, &month, &day);
    const char *name = NULL;
    for (size_t i = 0; !name && i < sizeof fixed_days / sizeof fixed_days[0]; i++) {
        const struct fixed_day *f = &fixed_days[i];
        if (f->month == month && f->day == day && year >= f->since)
            name = f->name;
    }
    if (!name)
        name = moving_name(d, year, month, day);
    if (name_out)
        *name_out = name;
    return name != NULL;
}
