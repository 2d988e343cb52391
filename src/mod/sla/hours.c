/* SPDX-License-Identifier: Apache-2.0 */
/* Office hours as records, from a day on (D-1). Without any it is 09:00-12:00 and 13:00-18:00. */
#include <string.h>

#include "mod/sla/sla_int.h"

/* clang-format off */
static const struct field fields[] = {
    [HOURS_FROM]    = {"valid_from_on", "生效日期", "Valid from", F_DATE, REQ | LIST | UNIQUE},
    [HOURS_WINDOWS] = {"windows",       "上班时段", "Windows",    F_TEXT, REQ | LIST, 11, 95, .initial = "09:00-12:00 13:00-18:00", .help = "如 09:00-12:00 13:00-18:00，按先后以空格分开"},
    [HOURS_LUNCH]   = {"lunch_counts",  "午休计时", "Lunch counts", F_BOOL, REQ | LIST, .initial = "0", .help = "是：从最早上班到最晚下班连续计时"},
    [HOURS_SOURCE]  = {"source",        "依据",     "Source",     F_TEXT, REQ | LIST, 1, 120},
};
/* clang-format on */

/* "09:00"; "24:00" ends a day. -1: no such time. */
static int second_of(const char *s)
{
    for (int i = 0; i < 5; i++)
        if (i == 2 ? s[i] != ':' : s[i] < '0' || s[i] > '9')
            return -1;
    int hour = (s[0] - '0') * 10 + s[1] - '0', minute = (s[3] - '0') * 10 + s[4] - '0';
    return minute > 59 || hour > 24 || (hour == 24 && minute) ? -1 : hour * 3600 + minute * 60;
}

bool sla_hours_read(const char *text, bool lunch_counts, struct calendar_hours *out, size_t *n)
{
    *n = 0;
    while (*text) {
        int from = strlen(text) >= 11 ? second_of(text) : -1;
        int to = from < 0 || text[5] != '-' ? -1 : second_of(text + 6);
        if (from < 0 || to <= from || *n == HOURS_MOST || (*n && from < out[*n - 1].to) ||
            (text[11] && text[11] != ' '))
            return false;
        out[(*n)++] = (struct calendar_hours){from, to};
        text += text[11] ? 12 : 11;
    }
    if (lunch_counts && *n > 1) {
        out[0].to = out[*n - 1].to;
        *n = 1;
    }
    return *n > 0;
}

static enum rc check(struct cx *cx, const struct row *old, struct row *row)
{
    struct calendar_hours hours[HOURS_MOST];
    size_t n;
    (void)old;
    if (sla_hours_read(row->v[HOURS_WINDOWS].s, false, hours, &n))
        return RC_OK;
    return FAIL(cx, RC_INVALID, "windows",
                "上班时段须形如 09:00-12:00 13:00-18:00：按先后排列、互不重叠，最多 8 段",
                "windows such as 09:00-12:00 13:00-18:00: ascending, not overlapping, at most 8");
}

const struct kind office_hours_kind = {
    .name = "office_hours",
    .label = "办公时间",
    .label_en = "Office hours",
    .group = "system",
    .fields = fields,
    .n_fields = HOURS_N,
    .label_field = HOURS_WINDOWS,
    .state_field = -1,
    .sort = "valid_from_on",
    .check = check,
};
