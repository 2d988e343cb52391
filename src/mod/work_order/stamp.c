/* SPDX-License-Identifier: Apache-2.0 */
/* Who, when, where, with what: the evidence of one step (domain.md 3.1 and 3.4 rule 5). */
#include <math.h>
#include <string.h>

#include "mod/words.h"
#include "mod/work_order/order_int.h"

#define CLOCK_TRUST_MS (120 * SECOND_MS) /* a device clock that is off by more is not believed */
#define EARTH_M 6371008.8
#define RADIANS (3.14159265358979323846 / 180)

/* clang-format off */
static const struct option step_proofs[] = {
    {"gps",    "定位在站点范围内", "GPS in the fence", "success"},
    {"qr",     "扫码",             "QR code",          "success"},
    {"reason", "文字说明",         "By reason",        "warning"},
    {NULL}};
static const struct field step_fields[] = {
    [STEP_ORDER]      = {"work_order_id", "工单",     "Work order", F_REF,     REQ | LIST, .ref = "work_order"},
    [STEP_ACTION]     = {"action",        "步骤",     "Step",       F_TEXT,    REQ | LIST, .says = "action"},
    [STEP_ACTOR]      = {"actor_id",      "操作人账号", "Actor account", F_REF, 0, .ref = "user"},
    [STEP_ACTOR_NAME] = {"actor_name",    "操作人",   "Actor",      F_TEXT,    REQ | LIST},
    [STEP_ENGINEER]   = {"engineer_id",   "处理人",   "Engineer",   F_REF,     0, .ref = "user"},
    [STEP_REPORTER]   = {"reporter_id",   "报修人账号", "Reporter account", F_REF, 0, .ref = "user"},
    [STEP_LINE]       = {"line",          "服务线",   "Line",       F_ENUM,    REQ, .opts = line_options},
    [STEP_AT]         = {"at",            "发生时间", "At",         F_INSTANT, REQ | LIST, .help = "计时以此为准"},
    [STEP_SERVER]     = {"server_at",     "收到时间", "Received",   F_INSTANT, REQ | LIST},
    [STEP_DEVICE]     = {"device_at",     "设备时间", "Device time", F_INSTANT},
    [STEP_QUEUED]     = {"queued_ms",     "离线等待", "Queued",     F_DURATION},
    [STEP_OFFSET]     = {"offset_ms",     "设备时钟偏差", "Offset of the device clock", F_DURATION},
    [STEP_LATE_SYNC]  = {"late_sync",     "离线补传", "Sent later", F_BOOL,    REQ | LIST},
    [STEP_PROOF]      = {"proof",         "到位依据", "Proof of presence", F_ENUM, LIST, .opts = step_proofs},
    [STEP_LNG]        = {"lng",           "经度",     "Longitude",  F_FLOAT},
    [STEP_LAT]        = {"lat",           "纬度",     "Latitude",   F_FLOAT},
    [STEP_DISTANCE]   = {"distance_m",    "距站点（米）", "Distance (m)", F_INT},
    [STEP_NOTE]       = {"note",          "说明",     "Note",       F_TEXT,    FIND | LIST | LONG, 1, 2000},
    [STEP_PHOTOS]     = {"photos",        "照片",     "Photos",     F_FILES,   IMAGE},
    [STEP_SPOT_CHECK] = {"spot_check",    "抽查",     "Spot check", F_BOOL,    REQ | LIST},
};
/* clang-format on */

/* Great circle, metres. */
static double distance(double lng1, double lat1, double lng2, double lat2)
{
    double dlat = (lat2 - lat1) * RADIANS, dlng = (lng2 - lng1) * RADIANS;
    double h =
        pow(sin(dlat / 2), 2) + cos(lat1 * RADIANS) * cos(lat2 * RADIANS) * pow(sin(dlng / 2), 2);
    return 2 * EARTH_M * asin(fmin(1, sqrt(h)));
}

/* The place of the order: its site, else that of its asset. False without coordinates. */
static enum rc place_of(struct cx *cx, const struct row *order, double *lng, double *lat,
                        bool *known)
{
    struct db_rows *r;
    enum rc rc =
        cx_db(cx, db_query(cx->db,
                           "SELECT s.lng, s.lat FROM work_order w"
                           " LEFT JOIN asset a ON a.id = w.asset_id"
                           " JOIN site s ON s.id = COALESCE(w.site_id, a.site_id) WHERE w.id = :id",
                           BINDS(B_INT("id", order->id)), &r));
    if (rc)
        return rc;
    *known = db_next(r) && !db_null(r, 0) && !db_null(r, 1);
    if (*known) {
        *lng = db_float(r, 0);
        *lat = db_float(r, 1);
    }
    return cx_db(cx, db_end(r));
}

static enum rc take_gps(struct cx *cx, const struct row *order, struct stamp *s)
{
    double lng, lat;
    bool known;
    if (s->lng.null || s->lat.null)
        return RC_OK;
    enum rc rc = place_of(cx, order, &lng, &lat, &known);
    if (rc || !known)
        return rc;
    s->has_distance = true;
    s->distance_m = (int64_t)ceil(distance(s->lng.f, s->lat.f, lng, lat));
    if (s->distance_m <= FENCE_METERS)
        s->proof = "gps";
    return RC_OK;
}

/* The label of the site, of the device, of another device there, or of one that the order names. */
static enum rc label_fits(struct cx *cx, const struct row *order, const char *kind, int64_t id,
                          bool *out)
{
    int64_t n = 0;
    const char *sql =
        !strcmp(kind, "site")
            ? "SELECT COUNT(*) FROM work_order w LEFT JOIN asset a ON a.id = w.asset_id WHERE w.id "
              "= :order"
              " AND (w.site_id = :id OR a.site_id = :id)"
            : "SELECT COUNT(*) FROM work_order w LEFT JOIN asset a ON a.id = w.asset_id WHERE w.id "
              "= :order"
              " AND (w.asset_id = :id OR EXISTS (SELECT 1 FROM asset b WHERE b.id = :id"
              " AND b.site_id = COALESCE(w.site_id, a.site_id))"
              " OR EXISTS (SELECT 1 FROM work_order_asset l WHERE l.work_order_id = w.id AND "
              "l.asset_id = :id"
              " AND l.retired_at IS NULL)"
              " OR EXISTS (SELECT 1 FROM outage_asset o WHERE o.outage_id = w.outage_id AND "
              "o.asset_id = :id))";
    enum rc rc = db_int_of(cx->db, sql, BINDS(B_INT("order", order->id), B_INT("id", id)), &n);
    *out = n > 0;
    return cx_db(cx, rc);
}

static enum rc take_qr(struct cx *cx, const struct row *order, const char *scanned, struct stamp *s)
{
    const char *kind;
    int64_t id;
    bool fits = false;
    enum rc rc = qr_find(cx, scanned, &kind, &id);
    if (!rc && id)
        rc = label_fits(cx, order, kind, id, &fits);
    if (rc)
        return rc;
    if (!fits)
        return FAIL(cx, RC_INVALID, "qr",
                    "扫到的二维码不属于这张工单的站点或设备，请扫现场设备、箱体或立杆上的标签",
                    "this label is not of the order's site or devices: scan one on the spot");
    s->proof = "qr";
    return RC_OK;
}

/* Nothing is done before what was done before it: the own steps, and those that moved the order on.
 * What others noted meanwhile says nothing about when a step was done that waited in a device. */
static enum rc not_before(struct cx *cx, const struct row *order, struct stamp *s)
{
    int64_t last = 0;
    enum rc rc = db_int_of(
        cx->db,
        "SELECT MAX(at) FROM work_order_step WHERE work_order_id = :id AND (actor_id = :me"
        " OR action IN ('dispatch', 'accept', 'arrive', 'restore', 'resolve', 'no_fault',"
        " 'confirm', 'send_back', 'hand_over', 'reopen'))",
        BINDS(B_INT("id", order->id), B_INT("me", cx->actor.user_id)), &last);
    if (last < order->v[WO_STARTED].i)
        last = order->v[WO_STARTED].i;
    if (s->at.ms < last)
        s->at.ms = last < cx->now.ms ? last : cx->now.ms;
    return cx_db(cx, rc);
}

/* A step that waited in the device counts from when it was done: by the device's clock while that
 * is right, else by the server's less the time that the monotonic clock measured. One that did not
 * wait counts now. */
void stamp_time(const struct cx *cx, const struct value *device_at, const struct value *queued_ms,
                struct stamp *s)
{
    static const struct value none = {.null = true};
    int64_t queued = queued_ms->null ? 0 : queued_ms->i;
    int64_t by_server = cx->now.ms - queued;
    *s = (struct stamp){
        .device_at = *device_at, .queued_ms = *queued_ms, .lng = none, .lat = none};
    s->offset_ms = device_at->null ? 0 : device_at->i - by_server;
    bool off = s->offset_ms > CLOCK_TRUST_MS || s->offset_ms < -CLOCK_TRUST_MS;
    s->late_sync = off || queued > CLOCK_TRUST_MS;
    s->at.ms = queued && !off && !device_at->null ? device_at->i : by_server;
    if (s->at.ms > cx->now.ms)
        s->at = cx->now;
}

enum rc stamp_take(struct cx *cx, const struct row *order, const struct value *in,
                   struct stamp *out)
{
    static const struct value none = {.null = true};
    stamp_time(cx, in ? &in[IN_DEVICE] : &none, in ? &in[IN_QUEUED] : &none, out);
    if (!in)
        return not_before(cx, order, out);
    out->lng = in[IN_LNG];
    out->lat = in[IN_LAT];
    enum rc rc = take_gps(cx, order, out);
    if (!rc && !in[IN_QR].null)
        rc = take_qr(cx, order, in[IN_QR].s, out);
    return rc ? rc : not_before(cx, order, out);
}

static void put_when(struct row *row, const struct cx *cx, const struct stamp *s)
{
    row_int(row, STEP_AT, s->at.ms);
    row_int(row, STEP_SERVER, cx->now.ms);
    row->v[STEP_DEVICE] = s->device_at;
    row->v[STEP_QUEUED] = s->queued_ms;
    if (!s->device_at.null)
        row_int(row, STEP_OFFSET, s->offset_ms);
    row_int(row, STEP_LATE_SYNC, s->late_sync);
}

enum rc stamp_put(struct cx *cx, const struct row *order, const char *action, const struct stamp *s,
                  const char *note, const char *photos)
{
    struct row *row = record_new(cx, &work_order_step_kind);
    row_int(row, STEP_ORDER, order->id);
    row_text(row, STEP_ACTION, action);
    if (cx->actor.user_id)
        row_int(row, STEP_ACTOR, cx->actor.user_id);
    row_text(row, STEP_ACTOR_NAME, cx->actor.name && *cx->actor.name ? cx->actor.name : "—");
    row->v[STEP_ENGINEER] = order->v[WO_ENGINEER];
    row->v[STEP_REPORTER] = order->v[WO_REPORTER];
    row->v[STEP_LINE] = order->v[WO_LINE];
    put_when(row, cx, s);
    row_text(row, STEP_PROOF, s->proof);
    row->v[STEP_LNG] = s->lng;
    row->v[STEP_LAT] = s->lat;
    if (s->has_distance)
        row_int(row, STEP_DISTANCE, s->distance_m);
    row_text(row, STEP_NOTE, note);
    row_text(row, STEP_PHOTOS, photos);
    row_int(row, STEP_SPOT_CHECK, s->spot_check);
    return record_insert(cx, row, "create");
}

enum rc step_note(struct cx *cx, const struct row *order, const char *action, const char *note)
{
    struct stamp s;
    enum rc rc = stamp_take(cx, order, NULL, &s);
    return rc ? rc : stamp_put(cx, order, action, &s, note, NULL);
}

const struct kind work_order_step_kind = {
    .name = "work_order_step",
    .label = "工单步骤",
    .label_en = "Step of an order",
    .group = "inside",
    .fields = step_fields,
    .n_fields = STEP_N,
    .label_field = STEP_ACTION,
    .state_field = -1,
    .sort = "id",
    .scope = {.own = {"engineer_id", "reporter_id", "actor_id"}, .line = "line"},
    .closed = true,
};
