/* SPDX-License-Identifier: Apache-2.0 */
/* Duplicates as children of one main order: they inherit its clocks and count nothing (3.4 rules 2
 * and 3); reports that join the order which is open already. */
#include <string.h>

#include "mod/work_order/order_int.h"

static enum rc ids_where(struct cx *cx, const char *sql, int64_t id, int64_t *out, int most, int *n)
{
    struct db_rows *r;
    *n = 0;
    enum rc rc = cx_db(cx, db_query(cx->db, sql, BINDS(B_INT("id", id)), &r));
    if (rc)
        return rc;
    while (*n < most && db_next(r))
        out[(*n)++] = db_int(r, 0);
    return cx_db(cx, db_end(r));
}

bool counts(const struct row *row)
{
    return row->v[WO_EXCLUDED].null && row->v[WO_PARENT].null;
}

static enum rc not_mergeable(struct cx *cx)
{
    return FAIL(cx, RC_INVALID, "parent_id", "主工单应是另一张未办结的工单，且不能是自己的子工单",
                "the main order is another one that is open, and no child of this one");
}

/* The main order; of one that is merged itself, its own. */
static enum rc parent_of(struct cx *cx, const struct row *child, int64_t id, struct row **out)
{
    enum rc rc = record_load(cx, &work_order_kind, id, out);
    if (!rc && !(*out)->v[WO_PARENT].null)
        rc = record_load(cx, &work_order_kind, (*out)->v[WO_PARENT].i, out);
    if (rc == RC_NOT_FOUND)
        return not_mergeable(cx);
    if (rc)
        return rc;
    static const char *const done[] = {"confirmed", "closed", "cancelled", "merged"};
    bool good = (*out)->id != child->id;
    for (size_t i = 0; i < sizeof done / sizeof *done; i++)
        good = good && strcmp((*out)->v[WO_STATE].s, done[i]) != 0;
    return good ? RC_OK : not_mergeable(cx);
}

static enum rc take_children(struct cx *cx, int64_t from, int64_t to)
{
    int64_t ids[200];
    int n;
    if (!from)
        return RC_OK;
    enum rc rc =
        ids_where(cx, "SELECT id FROM work_order WHERE parent_id = :id ORDER BY id LIMIT 200", from,
                  ids, 200, &n);
    for (int i = 0; i < n && !rc; i++) {
        struct row *old;
        rc = record_load(cx, &work_order_kind, ids[i], &old);
        if (rc)
            break;
        struct row *row = record_copy(cx, old);
        row_int(row, WO_PARENT, to);
        rc = record_update(cx, old, row, "follow");
    }
    return rc;
}

/* The order of an outage may go into another one, which then is the outage's order. */
static enum rc hand_outage(struct cx *cx, struct row *child, struct row *parent)
{
    if (child->v[WO_OUTAGE].null)
        return RC_OK;
    if (!parent->v[WO_OUTAGE].null && parent->v[WO_OUTAGE].i != child->v[WO_OUTAGE].i)
        return FAIL(cx, RC_CONFLICT, "parent_id", "两张工单各有自己的中断，由系统按拓扑合并",
                    "each has an outage of its own: the system merges those");
    struct row *row = record_copy(cx, parent);
    row->v[WO_OUTAGE] = child->v[WO_OUTAGE];
    return record_update(cx, parent, row, "follow");
}

enum rc merge_into(struct cx *cx, struct row *child, int64_t parent_id)
{
    struct row *parent;
    enum rc rc = parent_of(cx, child, parent_id, &parent);
    if (!rc)
        rc = take_children(cx, child->id, parent->id);
    if (!rc)
        rc = hand_outage(cx, child, parent);
    if (rc)
        return rc;
    row_int(child, WO_PARENT, parent->id);
    child->label[WO_PARENT] = parent->v[WO_NO].s;
    row_text(child, WO_STATE, "merged");
    row_null(child, WO_DEADLINE);
    row_null(child, WO_PROGRESS_DUE);
    return RC_OK;
}

/* One fault, one order: t0 is the earliest of all that was known (3.4 rule 2), with what held then,
 * and an emergency stays one from when it was declared, whichever of the two goes on. */
static bool take_facts(const struct row *child, struct row *row)
{
    bool earlier = child->v[WO_STARTED].i < row->v[WO_STARTED].i;
    bool emergency = child->v[WO_EMERGENCY].i && !row->v[WO_EMERGENCY].i;
    if (earlier)
        row->v[WO_STARTED] = child->v[WO_STARTED];
    if (earlier && !strcmp(child->v[WO_LINE].s, row->v[WO_LINE].s))
        row->v[WO_IN_DUTY] = child->v[WO_IN_DUTY];
    if (emergency) {
        row->v[WO_EMERGENCY] = child->v[WO_EMERGENCY];
        row->v[WO_EMERGENCY_AT] = child->v[WO_EMERGENCY_AT];
    }
    return earlier || emergency;
}

static enum rc parent_takes(struct cx *cx, const struct row *child, struct row *parent)
{
    struct row *row = record_copy(cx, parent);
    enum rc rc = RC_OK;
    bool facts = take_facts(child, row);
    bool emergency = row->v[WO_EMERGENCY].i != parent->v[WO_EMERGENCY].i;
    bool reported = parent->v[WO_REPORTED].null && !child->v[WO_REPORTED].null;
    if (reported)
        row->v[WO_REPORTED] = child->v[WO_REPORTED];
    if (emergency && row->v[WO_RESTORED].null)
        rc = progress_due(cx, row, row->v[WO_EMERGENCY_AT].i);
    if (!rc && (facts || reported))
        rc = record_update(cx, parent, row, "join");
    if (!rc && facts)
        rc = sla_move_start(cx, parent->id, (struct instant){parent->v[WO_STARTED].i},
                            (struct instant){row->v[WO_STARTED].i});
    if (!rc && facts && counts(row))
        rc = sla_reevaluate(cx, parent->id, "superseded");
    if (!rc && emergency && !row->v[WO_ARRIVED].null) /* somebody is there already */
        rc = sla_stop(cx, parent->id, "arrive", cx->now);
    return rc ? rc : deadline_follows(cx, parent->id);
}

enum rc merged_after(struct cx *cx, struct row *child)
{
    struct row *parent;
    enum rc rc = sla_void(cx, child->id, "merged");
    if (!rc)
        rc = record_load(cx, &work_order_kind, child->v[WO_PARENT].i, &parent);
    if (!rc)
        rc = parent_takes(cx, child, parent);
    return rc ? rc : step_note(cx, parent, "join", child->v[WO_NO].s);
}

enum rc close_children(struct cx *cx, const struct row *order)
{
    int64_t ids[200];
    int n;
    enum rc rc = ids_where(cx,
                           "SELECT id FROM work_order WHERE parent_id = :id AND state = 'merged'"
                           " ORDER BY id LIMIT 200",
                           order->id, ids, 200, &n);
    for (int i = 0; i < n && !rc; i++) {
        struct row *old;
        rc = record_load(cx, &work_order_kind, ids[i], &old);
        if (rc)
            break;
        struct row *row = record_copy(cx, old);
        row_text(row, WO_STATE, "closed");
        row_int(row, WO_CLOSED, cx->now.ms);
        row->v[WO_RESTORED] = order->v[WO_RESTORED];
        row->v[WO_RESOLVED] = order->v[WO_RESOLVED];
        rc = record_update(cx, old, row, "close");
    }
    return rc;
}

enum rc work_order_open_of(struct cx *cx, int64_t asset_id, int64_t *out)
{
    *out = 0;
    enum rc rc = db_int_of(
        cx->db,
        "SELECT w.id FROM work_order w WHERE w.state IN " SQL_OPEN " AND (w.asset_id = :asset"
        " OR EXISTS (SELECT 1 FROM work_order_asset l WHERE l.work_order_id = w.id"
        " AND l.asset_id = :asset AND l.retired_at IS NULL)"
        " OR EXISTS (SELECT 1 FROM outage_asset o WHERE o.outage_id = w.outage_id"
        " AND o.asset_id = :asset AND o.dark_until_at IS NULL))"
        " ORDER BY w.started_at, w.id LIMIT 1",
        BINDS(B_INT("asset", asset_id)), out);
    return rc == RC_NOT_FOUND ? RC_OK : cx_db(cx, rc);
}

static enum rc fill_from_label(struct cx *cx, const struct fault_report *in, struct row *row)
{
    struct db_rows *r;
    const char *sql = in->asset_id ? "SELECT line, site_id FROM asset WHERE id = :id"
                                   : "SELECT NULL, id FROM site WHERE id = :id";
    enum rc rc =
        cx_db(cx, db_query(cx->db, sql,
                           BINDS(B_INT("id", in->asset_id ? in->asset_id : in->site_id)), &r));
    if (rc)
        return rc;
    if (db_next(r)) {
        if (!db_null(r, 0))
            row_text(row, WO_LINE, arena_strdup(cx->a, db_text(r, 0)));
        if (!db_null(r, 1))
            row_int(row, WO_SITE, db_int(r, 1));
    }
    return cx_db(cx, db_end(r));
}

enum rc work_order_report(struct cx *cx, const struct fault_report *in, struct row **out)
{
    int64_t open = 0;
    struct row *row = record_new(cx, &work_order_kind);
    enum rc rc = fill_from_label(cx, in, row);
    if (!rc && in->asset_id)
        rc = work_order_open_of(cx, in->asset_id, &open);
    if (rc)
        return rc;
    row_text(row, WO_TITLE, in->title);
    row_text(row, WO_CHANNEL, "qr");
    row_text(row, WO_STATE, "reported");
    row_text(row, WO_SYMPTOM, in->symptom);
    row_text(row, WO_REPORTER_PHONE, in->phone);
    row_text(row, WO_BEFORE, in->photos);
    if (in->asset_id)
        row_int(row, WO_ASSET, in->asset_id);
    row_int(row, WO_STARTED, cx->now.ms);
    row_int(row, WO_REPORTED, cx->now.ms);
    if (open)
        rc = merge_into(cx, row, open);
    else if (in->asset_id)
        rc = repeats(cx, row);
    if (!rc)
        rc = new_order(cx, row);
    *out = row;
    return rc;
}
