/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to orders by itself: the monitor's proof, reminders of emergencies, the automatic
 * close, pauses that wait too long. Each once: its condition is a column that it changes. */
#include <string.h>

#include "mod/work_order/order_int.h"

#define BATCH 200

static enum rc due_ids(struct cx *cx, const char *sql, int64_t before, int64_t *ids, int *n)
{
    struct db_rows *r;
    *n = 0;
    enum rc rc = cx_db(cx, db_query(cx->db, sql, BINDS(B_INT("before", before)), &r));
    if (rc)
        return rc;
    while (*n < BATCH && db_next(r))
        ids[(*n)++] = db_int(r, 0);
    return cx_db(cx, db_end(r));
}

typedef enum rc change(struct cx *cx, struct row *row, const char **action);

/* Loads each, lets it change, stores it. */
static enum rc for_each(struct cx *cx, const struct kind *k, const int64_t *ids, int n, change *f,
                        int *changed)
{
    enum rc rc = RC_OK;
    for (int i = 0; i < n && !rc; i++) {
        struct row *old;
        const char *action = NULL;
        rc = record_load(cx, k, ids[i], &old);
        if (rc)
            break;
        struct row *row = record_copy(cx, old);
        rc = f(cx, row, &action);
        if (!rc && action) {
            rc = record_update(cx, old, row, action);
            ++*changed;
        }
    }
    return rc;
}

/* An emergency without word for as long as S-08 says. The next reminder is due as much later. */
static enum rc remind(struct cx *cx, struct row *row, const char **action)
{
    int64_t every, due = row->v[WO_PROGRESS_DUE].i;
    enum rc rc = sla_reminder_ms(cx, "report", &every);
    if (rc || !every) {
        row_null(row, WO_PROGRESS_DUE);
        return rc;
    }
    row_int(row, WO_PROGRESS_DUE, due + ((cx->now.ms - due) / every + 1) * every);
    *action = "remind";
    return RC_OK;
}

static enum rc auto_close(struct cx *cx, struct row *row, const char **action)
{
    row_text(row, WO_STATE, "closed");
    row_int(row, WO_CLOSED, cx->now.ms);
    row_int(row, WO_AUTO_CLOSED, 1);
    *action = "auto_close";
    enum rc rc = step_note(cx, row, "auto_close", "修复后 3 天无人确认，自动关闭");
    return rc ? rc : close_children(cx, row);
}

static enum rc long_pending(struct cx *cx, struct row *row, const char **action)
{
    (void)cx;
    row_int(row, PAUSE_LONG_PENDING, 1);
    *action = "remind";
    return RC_OK;
}

static enum rc ended_at(struct cx *cx, int64_t outage_id, int64_t *out)
{
    return cx_db(cx, db_int_of(cx->db, "SELECT ended_at FROM outage WHERE id = :id",
                               BINDS(B_INT("id", outage_id)), out));
}

/* Ten minutes normal proves the restore (3.1). When nobody has said so yet, the service was usable
 * again from the moment the devices answered: the clock stops there, the order stays for people. */
static enum rc proved(struct cx *cx, struct row *row, const char **action)
{
    int64_t end = 0;
    enum rc rc = ended_at(cx, row->v[WO_OUTAGE].i, &end);
    if (rc)
        return rc;
    row_text(row, WO_PROOF, "monitor");
    *action = "proved";
    if (!row->v[WO_RESTORED].null)
        return RC_OK;
    row_int(row, WO_RESTORED, end > row->v[WO_STARTED].i ? end : row->v[WO_STARTED].i);
    row_null(row, WO_PROGRESS_DUE);
    rc = pause_end_by_system(cx, row->id, OVER_RESTORED, (struct instant){row->v[WO_RESTORED].i});
    if (!rc)
        rc = sla_stop(cx, row->id, "restore", (struct instant){row->v[WO_RESTORED].i});
    return rc ? rc : refresh_deadline(cx, row);
}

static const struct timer {
    const struct kind *kind;
    int64_t age; /* ms that must have passed */
    change *f;
    const char *sql;
} timers[] = {
    {&work_order_kind, 0, remind,
     "SELECT id FROM work_order WHERE progress_due_at <= :before AND state IN " SQL_OPEN
     " ORDER BY progress_due_at, id LIMIT 200"},
    {&work_order_kind, AUTO_CLOSE_MS, auto_close,
     "SELECT id FROM work_order WHERE state = 'resolved' AND resolved_at <= :before ORDER BY id "
     "LIMIT 200"},
    {&sla_pause_kind, LONG_PENDING_MS, long_pending,
     "SELECT id FROM sla_pause WHERE state = 'pending' AND long_pending = 0 AND created_at <= "
     ":before"
     " ORDER BY id LIMIT 200"},
    {&work_order_kind, NORMAL_AGAIN_MS, proved,
     "SELECT w.id FROM work_order w JOIN outage o ON o.id = w.outage_id WHERE o.state = 'ended'"
     " AND o.ended_at <= :before AND w.restore_proof IS NULL AND w.state IN ('registered', "
     "'dispatched',"
     " 'accepted', 'arrived', 'restored', 'resolved') ORDER BY w.id LIMIT 200"},
};

static enum rc run_timers(struct cx *cx, int *changed)
{
    int64_t ids[BATCH];
    int n;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < sizeof timers / sizeof *timers && !rc; i++) {
        rc = due_ids(cx, timers[i].sql, cx->now.ms - timers[i].age, ids, &n);
        if (!rc)
            rc = for_each(cx, timers[i].kind, ids, n, timers[i].f, changed);
    }
    return rc;
}

static enum rc follow_calendar(struct cx *cx, int *changed)
{
    int64_t orders[2000];
    int moved = 0;
    enum rc rc = sla_follow(cx, orders, 2000, &moved);
    for (int i = 0; i < 2000 && !rc && orders[i]; i++)
        rc = deadline_follows(cx, orders[i]);
    *changed += moved;
    return rc;
}

/* Asked each second without a transaction: a writer that has nothing to write would hold others up.
 */
static enum rc anything_due(struct cx *cx, bool *out)
{
    int64_t ids[BATCH];
    int n = 0;
    enum rc rc = sla_changed(cx, out);
    for (size_t i = 0; i < sizeof timers / sizeof *timers && !rc && !*out; i++) {
        rc = due_ids(cx, timers[i].sql, cx->now.ms - timers[i].age, ids, &n);
        *out = n > 0;
    }
    return rc;
}

enum rc work_order_tick(struct cx *cx, int *changed)
{
    bool due;
    *changed = 0;
    enum rc rc = anything_due(cx, &due);
    if (rc || !due)
        return rc;
    rc = cx_db(cx, db_begin(cx->db));
    if (!rc)
        rc = run_timers(cx, changed);
    if (!rc)
        rc = follow_calendar(cx, changed);
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}
