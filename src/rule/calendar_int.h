/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULE_CALENDAR_INT_H
#define RULE_CALENDAR_INT_H
#include "rule/calendar.h"

/* A statutory day by the holiday regulation alone (notice or not), with its holiday's name: the
 * fixed dates of every year, those of the lunar calendar and Qingming for 2020-2035. */
bool statutory_day(struct date d, const char **name_out);

/* The working windows of that day if it works, ascending; the calendar's. */
const struct calendar_hours *calendar_windows(const struct calendar *c, struct date d,
                                              size_t *n_out);

#endif
