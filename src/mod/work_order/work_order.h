/* SPDX-License-Identifier: Apache-2.0 */
/* Work orders: the flow from report to close, their clocks, and those born from outages. */
#ifndef MOD_WORK_ORDER_WORK_ORDER_H
#define MOD_WORK_ORDER_WORK_ORDER_H
#include "record/record.h"

extern const struct kind work_order_kind;

enum {
    WO_NO, WO_TITLE, WO_TYPE, WO_LINE, WO_CHANNEL, WO_STATE, WO_GRADE, WO_EMERGENCY, WO_EMERGENCY_AT,
    WO_SITE, WO_ASSET, WO_OUTAGE, WO_SYMPTOM, WO_REPORTER, WO_REPORTER_NAME, WO_REPORTER_PHONE,
    WO_ENGINEER, WO_STARTED, WO_REPORTED, WO_DETECTED, WO_REGISTERED, WO_DISPATCHED, WO_ACCEPTED,
    WO_PLAN_TOLD, WO_ARRIVED, WO_RESTORED, WO_RESOLVED, WO_CONFIRMED, WO_CLOSED, WO_DEADLINE,
    WO_PRESENCE, WO_CAUSE, WO_RESULT, WO_BEFORE, WO_AFTER, WO_RATING, WO_CONFIRM_NOTE, WO_N
};

/* Job: every open outage has exactly one open order; orders of merged outages follow or are
 * cancelled. changed = orders created, moved or cancelled. */
MUST_USE enum rc work_order_from_outages(struct cx *cx, int *changed);

#endif
