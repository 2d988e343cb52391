/* SPDX-License-Identifier: Apache-2.0 */
#include "mod/alarm/alarm.h"

#include <stdlib.h>
#include <string.h>

#include "mod/words.h"

/* clang-format off */
static const struct option alarm_states[] = {
    {"open",  "未恢复", "Open",  "danger"},
    {"ended", "已恢复", "Ended", "success"},
    {NULL}};
static const struct option outage_states[] = {
    {"open",   "中断中", "Open",   "danger"},
    {"ended",  "已恢复", "Ended",  "success"},
    {"merged", "已合并", "Merged", "info"},
    {NULL}};

static const struct field alarm_fields[] = {
    [ALARM_ASSET]      = {"asset_id",   "设备",     "Asset",      F_REF,     REQ | FIND | LIST, .ref = "asset"},
    [ALARM_CHECK]      = {"check_name", "监测项",   "Check",      F_TEXT,    REQ | LIST},
    [ALARM_STATE]      = {"state",      "状态",     "State",      F_ENUM,    REQ | LIST, .opts = alarm_states},
    [ALARM_DECIDED]    = {"decided_at", "判定时间", "Decided at", F_INSTANT, REQ | LIST},
    [ALARM_DARK_SINCE] = {"dark_since", "首次无应答", "Dark since", F_INSTANT, LIST},
    [ALARM_ENDED]      = {"ended_at",   "恢复时间", "Ended at",   F_INSTANT, LIST},
    [ALARM_RULE]       = {"rule",       "判定依据", "Rule",       F_TEXT,    REQ | LIST},
    [ALARM_DETAIL]     = {"detail",     "详情",     "Detail",     F_TEXT,    0},
    [ALARM_OUTAGE]     = {"outage_id",  "所属中断", "Outage",     F_REF,     LIST, .ref = "outage"},
};
const struct kind alarm_kind = {
    .name = "alarm", .label = "告警", .label_en = "Alarm", .fields = alarm_fields, .n_fields = ALARM_N,
    .group = "watch", .label_field = ALARM_CHECK, .state_field = ALARM_STATE, .closed = true,
};

static const struct field outage_fields[] = {
    [OUTAGE_TITLE]      = {"title",          "中断",       "Outage",     F_TEXT,    REQ | FIND | LIST, 1, 200},
    [OUTAGE_STATE]      = {"state",          "状态",       "State",      F_ENUM,    REQ | LIST, .opts = outage_states},
    [OUTAGE_ROOT]       = {"root_asset_id",  "根源设备",   "Root asset", F_REF,     REQ | FIND | LIST, .ref = "asset"},
    [OUTAGE_LINE]       = {"line",           "服务线",     "Line",       F_ENUM,    REQ | LIST, .opts = line_options},
    [OUTAGE_SITE]       = {"site_id",        "站点",       "Site",       F_REF,     LIST, .ref = "site"},
    [OUTAGE_STARTED]    = {"started_at",     "判定时间",   "Decided at", F_INSTANT, REQ | LIST},
    [OUTAGE_DARK_SINCE] = {"dark_since",     "首次无应答", "Dark since", F_INSTANT, 0},
    [OUTAGE_ENDED]      = {"ended_at",       "恢复时间",   "Ended at",   F_INSTANT, LIST},
    [OUTAGE_AFFECTED]   = {"affected_count", "影响设备数", "Affected",   F_INT,     REQ | LIST},
    [OUTAGE_MERGED_INTO] = {"merged_into_id", "并入",      "Merged into", F_REF,    0, .ref = "outage"},
};
const struct kind outage_kind = {
    .name = "outage", .label = "中断", .label_en = "Outage", .fields = outage_fields, .n_fields = OUTAGE_N,
    .group = "watch", .label_field = OUTAGE_TITLE, .state_field = OUTAGE_STATE, .closed = true, .scope = {.line = "line"},
};

static const struct field oa_fields[] = {
    [OA_OUTAGE] = {"outage_id",     "中断",     "Outage", F_REF,     REQ | LIST, .ref = "outage"},
    [OA_ASSET]  = {"asset_id",      "设备",     "Asset",  F_REF,     REQ | FIND | LIST, .ref = "asset"},
    [OA_FROM]   = {"dark_from_at",  "中断时间", "Dark from", F_INSTANT, REQ | LIST},
    [OA_UNTIL]  = {"dark_until_at", "恢复时间", "Dark until", F_INSTANT, LIST},
};
const struct kind outage_asset_kind = {
    .name = "outage_asset", .label = "受影响设备", .label_en = "Affected asset", .fields = oa_fields, .n_fields = OA_N,
    .group = "inside", .label_field = OA_OUTAGE, .state_field = -1, .closed = true,
};
/* clang-format on */

struct observation {
    int64_t id, asset_id, at, dark_since;
    const char *check, *to, *rule, *detail;
};

static enum rc open_alarm(struct cx *cx, const struct observation *o, int64_t *id)
{
    *id = 0;
    enum rc rc = db_int_of(cx->db,
                           "SELECT id FROM alarm WHERE asset_id = :asset AND check_name = :name"
                           " AND state = 'open'",
                           BINDS(B_INT("asset", o->asset_id), B_TEXT("name", o->check)), id);
    return rc == RC_NOT_FOUND ? RC_OK : cx_db(cx, rc);
}

static enum rc asset_exists(struct cx *cx, int64_t id, bool *out)
{
    int64_t n = 0;
    enum rc rc = db_int_of(cx->db, "SELECT COUNT(*) FROM asset WHERE id = :id",
                           BINDS(B_INT("id", id)), &n);
    *out = n > 0;
    return cx_db(cx, rc);
}

static enum rc begin_alarm(struct cx *cx, const struct observation *o)
{
    struct row *row = record_new(cx, &alarm_kind);
    row_int(row, ALARM_ASSET, o->asset_id);
    row_text(row, ALARM_CHECK, o->check);
    row_text(row, ALARM_STATE, "open");
    row_int(row, ALARM_DECIDED, o->at);
    if (o->dark_since)
        row_int(row, ALARM_DARK_SINCE, o->dark_since);
    row_text(row, ALARM_RULE, o->rule);
    row_text(row, ALARM_DETAIL, o->detail);
    return record_insert(cx, row, "open");
}

static enum rc end_alarm(struct cx *cx, int64_t id, int64_t at)
{
    struct row *old;
    enum rc rc = record_load(cx, &alarm_kind, id, &old);
    if (rc)
        return rc;
    struct row *row = record_copy(cx, old);
    row_text(row, ALARM_STATE, "ended");
    row_int(row, ALARM_ENDED, at);
    return record_update(cx, old, row, "end");
}

/* Only "up" ends an alarm: when we were blind nobody knows that the device came back. */
static enum rc take(struct cx *cx, const struct observation *o, int *changed)
{
    int64_t id;
    bool known;
    enum rc rc = asset_exists(cx, o->asset_id, &known);
    if (!rc)
        rc = open_alarm(cx, o, &id);
    if (rc || !known)
        return rc;
    if (!id && !strcmp(o->to, "down")) {
        ++*changed;
        return begin_alarm(cx, o);
    }
    if (id && !strcmp(o->to, "up")) {
        ++*changed;
        return end_alarm(cx, id, o->at);
    }
    return RC_OK;
}

static enum rc read_cursor(struct cx *cx, int64_t *cursor)
{
    struct db_rows *r;
    *cursor = 0;
    enum rc rc = db_query(cx->db, "SELECT value FROM setting WHERE name = 'watch_cursor'", NO_BINDS, &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r))
        *cursor = strtoll(db_text(r, 0), NULL, 10);
    return cx_db(cx, db_end(r));
}

static enum rc write_cursor(struct cx *cx, int64_t cursor)
{
    return cx_db(cx, db_run(cx->db,
                            "INSERT INTO setting (name, value) VALUES ('watch_cursor', :v)"
                            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                            BINDS(B_TEXT("v", arena_printf(cx->a, "%lld", (long long)cursor))), NULL));
}

static enum rc take_all(struct cx *cx, struct db *watch, int64_t *cursor, int *n, int *changed)
{
    struct db_rows *r;
    enum rc rc = db_query(watch,
                          "SELECT id, asset_id, check_name, to_state, at, dark_since, rule, detail"
                          " FROM observation WHERE id > :cursor ORDER BY id LIMIT 1000",
                          BINDS(B_INT("cursor", *cursor)), &r);
    if (rc)
        return rc;
    while (!rc && db_next(r)) {
        struct observation o = {.id = db_int(r, 0), .asset_id = db_int(r, 1), .check = db_text(r, 2),
                                .to = db_text(r, 3), .at = db_int(r, 4), .dark_since = db_int(r, 5),
                                .rule = db_text(r, 6), .detail = db_text(r, 7)};
        rc = take(cx, &o, changed);
        *cursor = o.id;
        ++*n;
    }
    enum rc end = db_end(r);
    return rc ? rc : end;
}

struct health {
    int64_t asset_id;
    int up, down, other;
};

static enum rc set_health(struct cx *cx, const struct health *h)
{
    const char *word = h->up && !h->down ? "up" : h->up ? "partial" : h->down ? "down" : "unknown";
    if (h->other && !h->down && !h->up)
        word = "unknown";
    return cx_db(cx, db_run(cx->db,
                            "UPDATE asset SET health = :word, health_at = :now"
                            " WHERE id = :id AND health <> :word",
                            BINDS(B_TEXT("word", word), B_INT("now", cx->now.ms),
                                  B_INT("id", h->asset_id)),
                            NULL));
}

/* A live reading, not a change of the record: no rev, no journal (the alarms tell the history). */
static enum rc refresh_health(struct cx *cx, struct db *watch)
{
    struct db_rows *r;
    struct health h = {0};
    enum rc rc = db_query(watch, "SELECT asset_id, state FROM target ORDER BY asset_id, id", NO_BINDS, &r);
    if (rc)
        return rc;
    while (!rc && db_next(r)) {
        if (h.asset_id && h.asset_id != db_int(r, 0)) {
            rc = set_health(cx, &h);
            h = (struct health){0};
        }
        h.asset_id = db_int(r, 0);
        const char *state = db_text(r, 1);
        h.up += !strcmp(state, "up") || !strcmp(state, "suspect");
        h.down += !strcmp(state, "down");
        h.other += !strcmp(state, "unknown");
    }
    if (!rc && h.asset_id)
        rc = set_health(cx, &h);
    enum rc end = db_end(r);
    if (!rc)
        rc = cx_db(cx, db_run(cx->db,
                              "UPDATE asset SET health = 'unknown', health_at = :now"
                              " WHERE health <> 'unknown' AND (ip IS NULL OR state <> 'in_use'"
                              " OR retired_at IS NOT NULL)",
                              BINDS(B_INT("now", cx->now.ms)), NULL));
    return rc ? rc : end;
}

enum rc alarm_ingest(struct cx *cx, struct db *watch, int *changed)
{
    int64_t cursor, before;
    int n = 0;
    *changed = 0;
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = read_cursor(cx, &cursor);
    before = cursor;
    if (!rc)
        rc = take_all(cx, watch, &cursor, &n, changed);
    if (!rc && cursor != before)
        rc = write_cursor(cx, cursor);
    if (!rc)
        rc = refresh_health(cx, watch);
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}
