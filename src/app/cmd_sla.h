/* SPDX-License-Identifier: Apache-2.0 */
/* `shouwang sla deadline`: a deadline and its minute ledger, or a batch of deadlines from standard
 * input. Pure: touches no database; the caller hands the calendar in. */
#ifndef APP_CMD_SLA_H
#define APP_CMD_SLA_H
#include "rule/calendar.h"

/* argv[0] is the word "sla". cal_5x8 = NULL takes the built-in calendar with the hours of D-1.
 * --data DIR and --db URL are skipped here: choosing the calendar by them is the caller's part.
 * Exit code: 0, 1 = reading or writing failed, 2 = usage or a bad line in the batch. */
int cmd_sla(int argc, char **argv, const struct calendar *cal_5x8);

#endif
