/* SPDX-License-Identifier: Apache-2.0 */
/* Orders of outages: each open outage has one, and it follows what is known of the cause. */
#include <string.h>

#include "mod/work_order/order_int.h"

/* The outages are two, so the orders stay two as well; of a report behind a label the desk decides. */
enum rc repeats(struct cx *cx, struct row *row)
{
    int64_t id;
    enum rc rc = db_int_of(
        cx->db,
        "SELECT id FROM work_order WHERE asset_id = :asset AND restored_at >= :since"
        " AND parent_id IS NULL ORDER BY restored_at DESC, id DESC LIMIT 1",
        BINDS(B_INT("asset", row->v[WO_ASSET].i), B_INT("since", cx->now.ms - REOPEN_MS)), &id);
    if (!rc)
        row_int(row, WO_REPEAT_OF, id);
    return rc == RC_NOT_FOUND ? RC_OK : cx_db(cx, rc);
}

/* again: an earlier order of this outage was finished while the devices stayed dark; the new one
 * starts now. */
static enum rc order_for(struct cx *cx, int64_t outage_id, bool again)
{
    struct db_rows *r;
    struct row *row = record_new(cx, &work_order_kind);
    enum rc rc = cx_db(cx, db_query(cx->db,
                                    "SELECT title, line, site_id, root_asset_id, started_at"
                                    " FROM outage WHERE id = :id",
                                    BINDS(B_INT("id", outage_id)), &r));
    if (rc)
        return rc;
    if (db_next(r)) {
        row_text(row, WO_TITLE, arena_strdup(cx->a, db_text(r, 0)));
        row_text(row, WO_LINE, arena_strdup(cx->a, db_text(r, 1)));
        if (!db_null(r, 2))
            row_int(row, WO_SITE, db_int(r, 2));
        row_int(row, WO_ASSET, db_int(r, 3));
        row_int(row, WO_STARTED, db_int(r, 4));
        row_int(row, WO_DETECTED, db_int(r, 4));
    }
    rc = cx_db(cx, db_end(r));
    row_text(row, WO_CHANNEL, "monitor");
    row_text(row, WO_STATE, "registered");
    row_int(row, WO_REGISTERED, cx->now.ms);
    row_int(row, WO_OUTAGE, outage_id);
    if (again)
        row_int(row, WO_STARTED, cx->now.ms);
    if (!rc)
        rc = repeats(cx, row);
    return rc ? rc : new_order(cx, row);
}

static enum rc ids_of(struct cx *cx, const char *sql, int64_t *a, int64_t *b, int most, int *n)
{
    struct db_rows *r;
    *n = 0;
    enum rc rc = cx_db(cx, db_query(cx->db, sql, NO_BINDS, &r));
    if (rc)
        return rc;
    while (*n < most && db_next(r)) {
        a[*n] = db_int(r, 0);
        if (b)
            b[*n] = db_int(r, 1);
        ++*n;
    }
    return cx_db(cx, db_end(r));
}

/* Does anybody wait for this order or work on it? */
static enum rc has_people(struct cx *cx, const struct row *order, bool *out)
{
    int64_t children = 0;
    enum rc rc =
        cx_db(cx, db_int_of(cx->db, "SELECT COUNT(*) FROM work_order WHERE parent_id = :id",
                            BINDS(B_INT("id", order->id)), &children));
    *out = children || strcmp(order->v[WO_CHANNEL].s, "monitor") != 0 || order->v[WO_EMERGENCY].i ||
           !order->v[WO_ACCEPTED].null;
    return rc;
}

/* Who reported it follows it in the order that goes on, as with every duplicate. */
static enum rc join_other(struct cx *cx, const struct row *old, struct row *row, int64_t other)
{
    row_null(row, WO_OUTAGE);
    enum rc rc = merge_into(cx, row, other);
    if (!rc)
        rc = record_update(cx, old, row, "merge");
    return rc ? rc : merged_after(cx, row);
}

/* The order of a merged outage goes over to the one that stays; when that has its own, it ends. */
static enum rc follow_merge(struct cx *cx, int64_t order_id, int64_t into)
{
    struct row *old;
    int64_t other = 0;
    bool people = false;
    enum rc rc = record_load(cx, &work_order_kind, order_id, &old);
    if (!rc)
        rc = cx_db(cx, db_int_of(cx->db,
                                 "SELECT MIN(id) FROM work_order WHERE outage_id = :id AND state"
                                 " NOT IN " SQL_FINISHED,
                                 BINDS(B_INT("id", into)), &other));
    if (!rc)
        rc = has_people(cx, old, &people);
    if (rc)
        return rc;
    struct row *row = record_copy(cx, old);
    if (!other) {
        row_int(row, WO_OUTAGE, into);
        return record_update(cx, old, row, "follow");
    }
    if (people)
        return join_other(cx, old, row, other);
    row_text(row, WO_STATE, "cancelled");
    row_text(row, WO_RESULT, "同一原因，已并入另一张工单");
    rc = sla_cancel(cx, row->id);
    row_null(row, WO_DEADLINE);
    return rc ? rc : record_update(cx, old, row, "merge");
}

static enum rc merged_orders(struct cx *cx, int *changed)
{
    int64_t order[100], into[100];
    int n;
    enum rc rc = ids_of(cx,
                        "SELECT w.id, o.merged_into_id FROM work_order w"
                        " JOIN outage o ON o.id = w.outage_id WHERE o.state = 'merged'"
                        " AND w.state IN ('reported', 'registered', 'dispatched', 'accepted',"
                        " 'arrived') ORDER BY w.id LIMIT 100",
                        order, into, 100, &n);
    for (int i = 0; i < n && !rc; i++)
        rc = follow_merge(cx, order[i], into[i]);
    *changed += n;
    return rc;
}

/* The title and place of an order are those of the root that is known now: first a camera was dark,
 * then it turns out to be the switch. Its clocks run on. */
static enum rc follow_root(struct cx *cx, int64_t order_id, int64_t outage_id)
{
    struct row *old, *outage;
    enum rc rc = record_load(cx, &work_order_kind, order_id, &old);
    if (!rc)
        rc = record_load(cx, record_kind("outage"), outage_id, &outage);
    if (rc)
        return rc;
    struct row *row = record_copy(cx, old);
    row->v[WO_TITLE] = outage->v[field_index(outage->kind, "title")];
    row->v[WO_ASSET] = outage->v[field_index(outage->kind, "root_asset_id")];
    row->v[WO_SITE] = outage->v[field_index(outage->kind, "site_id")];
    return record_update(cx, old, row, "follow");
}

static enum rc moved_roots(struct cx *cx, int *changed)
{
    int64_t order[100], outage[100];
    int n;
    enum rc rc = ids_of(cx,
                        "SELECT w.id, o.id FROM work_order w JOIN outage o ON o.id = w.outage_id"
                        " WHERE o.state = 'open' AND w.channel = 'monitor'"
                        " AND w.asset_id <> o.root_asset_id"
                        " AND w.state IN ('reported', 'registered', 'dispatched', 'accepted',"
                        " 'arrived') ORDER BY w.id LIMIT 100",
                        order, outage, 100, &n);
    for (int i = 0; i < n && !rc; i++)
        rc = follow_root(cx, order[i], outage[i]);
    *changed += n;
    return rc;
}

/* People were quicker than the monitor: their open order of that device is the outage's (3.4 rule
 * 2); its t0, the earlier one, stays. */
static enum rc adopt(struct cx *cx, int64_t outage_id, bool *adopted)
{
    int64_t id;
    struct row *old;
    *adopted = false;
    enum rc rc =
        db_int_of(cx->db,
                  "SELECT w.id FROM work_order w JOIN outage o ON o.id = :outage"
                  " WHERE w.outage_id IS NULL AND w.type = 'incident' AND w.state IN " SQL_OPEN
                  " AND w.asset_id = o.root_asset_id ORDER BY w.started_at, w.id LIMIT 1",
                  BINDS(B_INT("outage", outage_id)), &id);
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : cx_db(cx, rc);
    rc = record_load(cx, &work_order_kind, id, &old);
    if (rc)
        return rc;
    struct row *row = record_copy(cx, old);
    row_int(row, WO_OUTAGE, outage_id);
    if (row->v[WO_DETECTED].null)
        row_int(row, WO_DETECTED, cx->now.ms);
    *adopted = true;
    return record_update(cx, old, row, "follow");
}

/* An order finished too early: time for the monitor to see it. */
#define AGAIN_MS (10 * MINUTE_MS)

static enum rc missing_orders(struct cx *cx, int *changed)
{
    int64_t outage[100], earlier[100];
    int n = 0;
    struct db_rows *r;
    enum rc rc =
        cx_db(cx, db_query(cx->db,
                           "SELECT o.id, (SELECT COUNT(*) FROM work_order w"
                           " WHERE w.outage_id = o.id) FROM outage o WHERE o.state = 'open'"
                           " AND NOT EXISTS (SELECT 1 FROM work_order w WHERE w.outage_id = o.id"
                           " AND (w.state NOT IN " SQL_FINISHED " OR w.updated_at > :since))"
                           " ORDER BY o.id LIMIT 100",
                           BINDS(B_INT("since", cx->now.ms - AGAIN_MS)), &r));
    if (rc)
        return rc;
    while (n < 100 && db_next(r)) {
        outage[n] = db_int(r, 0);
        earlier[n++] = db_int(r, 1);
    }
    rc = cx_db(cx, db_end(r));
    for (int i = 0; i < n && !rc; i++) {
        bool adopted;
        rc = adopt(cx, outage[i], &adopted);
        if (!rc && !adopted)
            rc = order_for(cx, outage[i], earlier[i] > 0);
    }
    *changed += n;
    return rc;
}

enum rc work_order_from_outages(struct cx *cx, int *changed)
{
    *changed = 0;
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = merged_orders(cx, changed);
    if (!rc)
        rc = moved_roots(cx, changed);
    if (!rc)
        rc = missing_orders(cx, changed);
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}
