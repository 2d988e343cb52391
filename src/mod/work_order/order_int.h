/* SPDX-License-Identifier: Apache-2.0 */
/* Inside mod/work_order only. */
#ifndef MOD_WORK_ORDER_ORDER_INT_H
#define MOD_WORK_ORDER_ORDER_INT_H
#include "mod/sla/sla.h"
#include "mod/work_order/work_order.h"

/* The first fields of every step that people do on the spot: what the device adds by itself. */
enum { IN_DEVICE, IN_QUEUED, IN_LNG, IN_LAT, IN_QR, IN_N };
/* clang-format off */
#define STAMP_TIME(flags) \
    {"device_at", "设备时间",     "Device time", F_INSTANT,  AUTO | (flags)}, \
    {"queued_ms", "离线等待时长", "Queued",      F_DURATION, AUTO | (flags), 0, 7 * 86400000, .help = "单调时钟计的排队毫秒数"}
#define STAMP STAMP_TIME(0), \
    {"lng",       "经度",         "Longitude",   F_FLOAT,    AUTO, -180, 180}, \
    {"lat",       "纬度",         "Latitude",    F_FLOAT,    AUTO, -90, 90}, \
    {"qr",        "扫码",         "QR code",     F_TEXT,     AUTO, 1, 300}
/* clang-format on */

/* When and where a step was done. */
struct stamp {
    struct instant at; /* what the clocks count */
    struct value device_at, queued_ms, lng, lat;
    int64_t offset_ms;
    bool late_sync;    /* 离线补传 (3.4 rule 5) */
    const char *proof; /* "gps", "qr", "reason" or NULL */
    bool has_distance;
    int64_t distance_m; /* from the site */
    bool spot_check;
};
/* When alone, of STAMP_TIME. */
void stamp_time(const struct cx *cx, const struct value *device_at, const struct value *queued_ms,
                struct stamp *out);
/* in: the values of STAMP, or NULL for a step at a desk. */
MUST_USE enum rc stamp_take(struct cx *cx, const struct row *order, const struct value *in,
                            struct stamp *out);
/* The step as a row: who, when, where, with what. photos may be NULL. */
MUST_USE enum rc stamp_put(struct cx *cx, const struct row *order, const char *action,
                           const struct stamp *s, const char *note, const char *photos);
/* Both at once for a step at a desk, at cx->now. */
MUST_USE enum rc step_note(struct cx *cx, const struct row *order, const char *action,
                           const char *note);

static inline int64_t whole_second(int64_t ms)
{
    return ms - ms % SECOND_MS;
}

/* When the next word on an emergency is owed, counted from then by S-08; no rule, no reminder. */
MUST_USE enum rc progress_due(struct cx *cx, struct row *row, int64_t from);

MUST_USE enum rc refresh_deadline(struct cx *cx, struct row *row);
/* Reads the order anew, sets its next deadline and stores that when it differs. */
MUST_USE enum rc deadline_follows(struct cx *cx, int64_t work_order_id);
MUST_USE enum rc order_next_no(struct cx *cx, const char *prefix, const char **out);
MUST_USE enum rc new_order(struct cx *cx, struct row *row); /* number, insert, clocks */
/* Names the order of the same device that was restored within 72 h, if any (3.4 rule 4). */
MUST_USE enum rc repeats(struct cx *cx, struct row *row);
/* Is the order in the population of the clocks: not excluded, no duplicate? */
bool counts(const struct row *row);
MUST_USE enum rc close_children(struct cx *cx, const struct row *order);
MUST_USE enum rc merge_into(struct cx *cx, struct row *child, int64_t parent_id);
MUST_USE enum rc merged_after(struct cx *cx, struct row *child);

MUST_USE enum rc repair_file(struct cx *cx, const struct row *order, const struct value *in,
                             struct instant at, bool in_time);
MUST_USE enum rc repair_open(struct cx *cx, int64_t work_order_id, bool *out);
MUST_USE enum rc loan_put(struct cx *cx, const struct row *order, int64_t asset_id,
                          struct instant at);
/* A pause that the system sets, accepted at once. to.ms 0 = open. */
MUST_USE enum rc pause_by_system(struct cx *cx, const struct row *order, const char *code,
                                 const char *metrics, const char *reason, const char *reference,
                                 struct instant from, struct instant to);
/* Ends what is open still and waits for nothing any more: the approval decided; no access, power or
 * weather in the way of who has restored it; anything at all of what is resolved. Clocks follow. */
enum pause_over { OVER_DECIDED, OVER_RESTORED, OVER_RESOLVED };
MUST_USE enum rc pause_end_by_system(struct cx *cx, int64_t work_order_id, enum pause_over over,
                                     struct instant at);
/* Who takes the order over sees its pauses and ends them. */
MUST_USE enum rc pauses_follow(struct cx *cx, int64_t work_order_id, int64_t engineer_id);

/* --- the steps: forms and effects (steps.c) --- */
#define N_FLOW 27
extern const struct flow_step order_flow[N_FLOW];
extern const struct option verdict_options[], excluded_options[], party_options[],
    conclusion_options[], data_options[];

#define OPEN_STATES "reported|registered|dispatched|accepted|arrived"
#define SQL_FINISHED "('confirmed', 'closed', 'cancelled', 'merged')"
#define SQL_OPEN "('reported', 'registered', 'dispatched', 'accepted', 'arrived')"

#endif
