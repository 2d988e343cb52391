/* SPDX-License-Identifier: Apache-2.0 */
/* Work orders by the test's hand; json is the inside of an object with ' for ". */
#ifndef TESTS_MOD_ORDERS_H
#define TESTS_MOD_ORDERS_H
#include "cases.h"

/* As the person: one step of the order, and what it answered. */
enum rc step(struct house *h, const char *login, int64_t id, const char *action, const char *json);
enum rc dispatch(struct house *h, int64_t id, const char *engineer);
/* "disp" takes a call; more = ",'field':…" or "". Returns the order. */
int64_t reported(struct house *h, const char *more);
enum rc set_pause(struct house *h, const char *login, int64_t id, const char *code, const char *more);
int64_t clock_int(struct house *h, int64_t id, const char *metric, const char *column);
int64_t order_int(struct house *h, int64_t id, const char *column);

#endif
