/* SPDX-License-Identifier: Apache-2.0 */
/* Work orders: the flow from report to close with its evidence, their pauses, repairs and loaners,
 * and those born from outages. */
#ifndef MOD_WORK_ORDER_WORK_ORDER_H
#define MOD_WORK_ORDER_WORK_ORDER_H
#include "record/record.h"

extern const struct kind work_order_kind, work_order_step_kind, work_order_asset_kind,
    sla_pause_kind, repair_request_kind, loan_kind, stock_phrase_kind;

/* clang-format off */
enum {
    WO_NO, WO_TITLE, WO_TYPE, WO_LINE, WO_CHANNEL, WO_STATE, WO_GRADE, WO_EMERGENCY, WO_EMERGENCY_AT,
    WO_SITE, WO_ASSET, WO_OUTAGE, WO_SYMPTOM, WO_REPORTER, WO_REPORTER_NAME, WO_REPORTER_PHONE,
    WO_ENGINEER, WO_STARTED, WO_REPORTED, WO_DETECTED, WO_REGISTERED, WO_DISPATCHED, WO_ACCEPTED,
    WO_PLAN_TOLD, WO_ARRIVED, WO_RESTORED, WO_RESOLVED, WO_CONFIRMED, WO_CLOSED, WO_DEADLINE,
    WO_PRESENCE, WO_CAUSE, WO_RESULT, WO_BEFORE, WO_AFTER, WO_RATING, WO_CONFIRM_NOTE,
    WO_IN_DUTY, WO_IMPACT, WO_URGENCY, WO_PARENT, WO_REPEAT_OF, WO_REOPENED, WO_REOPENS, WO_HELPER,
    WO_HELPER2, WO_VERDICT, WO_CAUSE_PARTY, WO_EXCLUDED, WO_QUOTE, WO_PROOF, WO_PROGRESS,
    WO_PROGRESS_DUE, WO_SPOT_CHECK, WO_LATE_REASON, WO_PROPOSAL, WO_AUTO_CLOSED, WO_N
};
enum {
    STEP_ORDER, STEP_ACTION, STEP_ACTOR, STEP_ACTOR_NAME, STEP_ENGINEER, STEP_REPORTER, STEP_LINE,
    STEP_AT, STEP_SERVER, STEP_DEVICE, STEP_QUEUED, STEP_OFFSET, STEP_LATE_SYNC, STEP_PROOF, STEP_LNG,
    STEP_LAT, STEP_DISTANCE, STEP_NOTE, STEP_PHOTOS, STEP_SPOT_CHECK, STEP_N
};
enum {
    PAUSE_ORDER, PAUSE_CODE, PAUSE_METRICS, PAUSE_STATE, PAUSE_STARTED, PAUSE_ENDED, PAUSE_REASON,
    PAUSE_REFERENCE, PAUSE_CALL, PAUSE_CONTACT, PAUSE_EVIDENCE, PAUSE_LINE, PAUSE_SET_BY, PAUSE_ENGINEER,
    PAUSE_CONFIRMED_BY, PAUSE_DECIDED_BY, PAUSE_DECIDED, PAUSE_NOTE, PAUSE_DEVICE, PAUSE_QUEUED, PAUSE_LONG_PENDING, PAUSE_N
};
enum {
    REPAIR_NO, REPAIR_ORDER, REPAIR_ASSET, REPAIR_STATE, REPAIR_VERDICT, REPAIR_CONCLUSION, REPAIR_DATA,
    REPAIR_EVIDENCE, REPAIR_VENDOR, REPAIR_QUOTE, REPAIR_LINE, REPAIR_APPLICANT, REPAIR_FILED,
    REPAIR_APPROVER, REPAIR_DECIDED, REPAIR_OPINION, REPAIR_LATENCY, REPAIR_SENT, REPAIR_RETURNED,
    REPAIR_OUTCOME, REPAIR_ACCEPTED_BY, REPAIR_IN_TIME, REPAIR_REPORTER, REPAIR_N
};
enum { LOAN_ORDER, LOAN_ASSET, LOAN_STATE, LOAN_ISSUED, LOAN_RETURNED, LOAN_ENGINEER, LOAN_NOTE, LOAN_N };
enum { PHRASE_TYPE, PHRASE_TEXT, PHRASE_LINE, PHRASE_GROUP, PHRASE_SORT, PHRASE_N };
/* clang-format on */

#define FENCE_METERS 200                 /* C-139, domain.md 3.1: at the site */
#define REOPEN_MS (72 * HOUR_MS)         /* the same order again within this (3.4 rule 4) */
#define AUTO_CLOSE_MS (3 * DAY_MS)       /* after resolve without a word (C-143) */
#define LONG_PENDING_MS (24 * HOUR_MS)   /* a pause without counter-signature is listed by name */
#define RETROACTIVE_MS (30 * MINUTE_MS)  /* how late a pause may be put down (3.3) */
#define NORMAL_AGAIN_MS (10 * MINUTE_MS) /* monitor's word that proves restore (3.1) */

/* Job: every open outage has exactly one open order; orders of merged outages follow or are
 * cancelled. changed = orders created, moved or cancelled. */
MUST_USE enum rc work_order_from_outages(struct cx *cx, int *changed);
/* Job: what the monitor proves, progress reminders, automatic close, pauses that wait too long, and
 * the deadlines that moved with calendar and rules. changed = records touched. */
MUST_USE enum rc work_order_tick(struct cx *cx, int *changed);

/* A report of somebody without an account, or a second one of a device that has an open order (then
 * it joins that one). */
struct fault_report {
    int64_t asset_id, site_id; /* one of them */
    const char *title, *symptom, *phone;
    const char *photos; /* JSON array of file ids, or NULL */
};
MUST_USE enum rc work_order_report(struct cx *cx, const struct fault_report *in, struct row **out);
/* The one open order of a device (its own or its outage's), 0 = none. */
MUST_USE enum rc work_order_open_of(struct cx *cx, int64_t asset_id, int64_t *out);

/* The unguessable word of a label; made when first asked for. kind "asset" or "site". */
MUST_USE enum rc qr_token(struct cx *cx, const char *kind, int64_t id, const char **out);
/* What a scanned text points to: a token, or an address that ends in one. id 0 = nothing of ours.
 */
MUST_USE enum rc qr_find(struct cx *cx, const char *scanned, const char **kind, int64_t *id);

/* QR labels of all records of a list as PDF; kind asset or site. */
struct label_wish {
    const char *size; /* "a4:3x8", "roll:60x40"; NULL = the setting label.size */
    const char *base; /* "https://host" of the pages when the setting public_url is empty */
};
MUST_USE enum rc label_sheet(struct cx *cx, const struct kind *k, const struct query *q,
                             const struct label_wish *wish, struct buf *out);

/* --- without login: each checks its own limits and shows nothing personal --- */
MUST_USE enum rc public_device(struct cx *cx, const char *token, struct jw *w);
MUST_USE enum rc public_report(struct cx *cx, const char *token, json_t *in, struct jw *w);
/* May this address send a picture for that label now? Counts it. */
MUST_USE enum rc public_upload(struct cx *cx, const char *token);
MUST_USE enum rc public_order(struct cx *cx, const char *no, const char *token, struct jw *w);
MUST_USE enum rc public_confirm(struct cx *cx, const char *no, json_t *in, struct jw *w);
/* The progress page's key of an order that the actor may read. */
MUST_USE enum rc order_token(struct cx *cx, int64_t work_order_id, const char **out);

/* --- suggestions while typing (docs/api.md) --- */
struct suggest {
    const char *q, *caller, *line;
    int64_t site_id, asset_id, work_order_id;
};
MUST_USE enum rc suggest_asset(struct cx *cx, const struct suggest *s, struct jw *w);
MUST_USE enum rc suggest_order(struct cx *cx, const struct suggest *s, struct jw *w);
MUST_USE enum rc suggest_engineer(struct cx *cx, const struct suggest *s, struct jw *w);

/* F-01 event record as the paper has it. */
MUST_USE enum rc event_record_pdf(struct cx *cx, int64_t work_order_id, const char *path);
/* Everything the workspace shows of one order: clocks with ledgers, steps, pauses, children. */
MUST_USE enum rc work_order_story(struct cx *cx, int64_t work_order_id, struct jw *w);

#endif
