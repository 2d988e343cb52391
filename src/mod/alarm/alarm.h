/* SPDX-License-Identifier: Apache-2.0 */
/* From observations of the monitoring engine to alarms, and from the dark set to outages.
 * Runs as a job of the web process; reads watch.db, writes only the business store. */
#ifndef MOD_ALARM_ALARM_H
#define MOD_ALARM_ALARM_H
#include "record/record.h"

extern const struct kind alarm_kind, outage_kind, outage_asset_kind;

enum {
    ALARM_ASSET, ALARM_CHECK, ALARM_STATE, ALARM_DECIDED, ALARM_DARK_SINCE, ALARM_ENDED, ALARM_RULE,
    ALARM_DETAIL, ALARM_OUTAGE, ALARM_N
};
enum {
    OUTAGE_TITLE, OUTAGE_STATE, OUTAGE_ROOT, OUTAGE_LINE, OUTAGE_SITE, OUTAGE_STARTED,
    OUTAGE_DARK_SINCE, OUTAGE_ENDED, OUTAGE_AFFECTED, OUTAGE_MERGED_INTO, OUTAGE_N
};
enum { OA_OUTAGE, OA_ASSET, OA_FROM, OA_UNTIL, OA_N };

/* A group that is dark for the first time waits this long for its neighbours before it becomes an
 * outage; the parts of an outage whose root has come back have that long to answer again. */
#define OUTAGE_HOLD_MS (10 * SECOND_MS)
#define OUTAGE_SETTLE_MS (3 * MINUTE_MS)

/* Takes new observations over (cursor and rows in one transaction: nothing twice, nothing lost) and
 * brings asset.health up to date. changed = alarms opened or ended. */
MUST_USE enum rc alarm_ingest(struct cx *cx, struct db *watch, int *changed);
/* Recomputes the outages from the current dark set. changed = outages opened, widened, merged or
 * ended. Cheap when nothing is dark. */
MUST_USE enum rc outage_recompute(struct cx *cx, struct db *watch, int *changed);

#endif
