/* SPDX-License-Identifier: Apache-2.0 */
/* Cases of src/mod: each runs on both databases. */
#ifndef TESTS_MOD_CASES_H
#define TESTS_MOD_CASES_H
#include "house.h"

void sla_cases(struct cases *c);
void alarm_cases(struct cases *c);
void outage_cases(struct cases *c);
void storm_cases(struct cases *c);
void flow_cases(struct cases *c);
void figure_cases(struct cases *c);
void ledger_cases(struct cases *c);
void notice_cases(struct cases *c);
void odd_cases(struct cases *c);
void order_cases(struct cases *c);

#endif
