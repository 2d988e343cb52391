/* SPDX-License-Identifier: Apache-2.0 */
#include "app/web_jobs.h"

#include <stdlib.h>
#include <string.h>

#include "app/events.h"
#include "base/log.h"
#include "core/file.h"
#include "core/session.h"
#include "journal/journal.h"
#include "mod/alarm/alarm.h"
#include "mod/notice/notice.h"
#include "mod/sla/sla.h"
#include "mod/work_order/work_order.h"
#include "record/record.h"

#define ACCOUNTS_EVERY MINUTE_MS
#define SWEEP_EVERY 10000
#define RECOMPUTE_EVERY 10000 /* ms, also without news: a wait may be over */
#define ANCHOR_EVERY (10 * MINUTE_MS)
#define COPY_EVERY (5 * MINUTE_MS)

static struct cx job_cx(struct jobs *j, struct arena *a)
{
    return (struct cx){.a = a, .db = j->db, .now = instant_now(), .data_dir = j->o.data,
                       .actor = {.type = ACTOR_SYSTEM, .name = "系统", .address = ""}};
}

static enum rc last_feed(struct db *db, int64_t *out)
{
    return db_int_of(db, "SELECT MAX(feed) FROM journal", NO_BINDS, out);
}

enum rc web_jobs_open(struct jobs *j, const struct app_options *o, struct err *e)
{
    *j = (struct jobs){.o = *o};
    enum rc rc = db_open(o->data, o->db, DB_BUSINESS, DB_WRITE, &j->db, e);
    if (rc)
        return rc;
    rc = last_feed(j->db, &j->told);
    if (rc)
        *e = *db_err(j->db);
    return rc;
}

/* The head goes to the anchor file and the log, which leave the machine by other ways than the
 * database does. force: also before its time. */
static void anchor(struct jobs *j, struct cx *cx, bool force)
{
    struct anchor head;
    int64_t now = monotonic_ms();
    if (!force && j->anchored_ms && now - j->anchored_ms < ANCHOR_EVERY)
        return;
    enum rc rc = journal_head(cx, &head);
    if (!rc && head.feed == j->anchored)
        return;
    if (!rc)
        rc = journal_anchor(cx, &head);
    if (rc) {
        log_warn("anchor: %s", cx->err.en);
        return;
    }
    log_info("journal anchor %lld:%s", (long long)head.feed, head.hash);
    j->anchored = head.feed;
    j->anchored_ms = now;
}

void web_jobs_close(struct jobs *j)
{
    struct arena *a = arena_new();
    struct cx cx = job_cx(j, a);
    int sealed;
    if (j->db && !journal_seal(&cx, 1000, &sealed))
        anchor(j, &cx, true);
    arena_free(a);
    db_close(j->db);
    db_close(j->watch);
}

/* The store appears when watch starts for the first time. */
static bool watch_there(struct jobs *j)
{
    struct err e = {0};
    int64_t n;
    if (!j->watch && db_open(j->o.data, j->o.db, DB_WATCH, DB_READ, &j->watch, &e))
        return false;
    if (db_int_of(j->watch, "SELECT COUNT(*) FROM target", NO_BINDS, &n) == RC_OK)
        return true;
    db_close(j->watch);
    j->watch = NULL;
    return false;
}

static void complain(struct cx *cx, const char *what, enum rc rc)
{
    if (rc)
        log_warn("%s: %s: %s", what, rc_word(rc), cx->err.en);
    db_rollback(cx->db);
}

/* Alarms that no outage explains yet: held or waiting groups. */
static bool unexplained(struct jobs *j)
{
    int64_t n = 0;
    return db_int_of(j->db, "SELECT COUNT(*) FROM alarm l JOIN asset a ON a.id = l.asset_id"
                     " JOIN asset_class c ON c.id = a.class_id WHERE l.state = 'open'"
                     " AND l.outage_id IS NULL AND c.raises_alarm = 1",
                     NO_BINDS, &n) == RC_OK &&
           n > 0;
}

static void monitor_jobs(struct jobs *j, struct cx *cx)
{
    int alarms = 0, outages = 0, orders = 0;
    enum rc rc = alarm_ingest(cx, j->watch, &alarms);
    complain(cx, "observations", rc);
    int64_t now = monotonic_ms();
    if (rc || (!alarms && now - j->recomputed_ms < RECOMPUTE_EVERY && !unexplained(j)))
        return;
    rc = outage_recompute(cx, j->watch, &outages);
    complain(cx, "outages", rc);
    if (!rc)
        j->recomputed_ms = now;
    rc = work_order_from_outages(cx, &orders);
    complain(cx, "work orders", rc);
}

static void account_jobs(struct jobs *j, struct cx *cx)
{
    int disabled;
    int64_t now = monotonic_ms();
    if (j->accounts_ms && now - j->accounts_ms < ACCOUNTS_EVERY)
        return;
    j->accounts_ms = now;
    complain(cx, "accounts", accounts_tick(cx, &disabled));
}

/* A folder of the store at a time, so that no round is held up: all of it in three quarters of an
 * hour; what nobody named goes with each first folder. */
static void keep_files(struct jobs *j, struct cx *cx)
{
    int gone = 0;
    int64_t now = monotonic_ms();
    if (j->swept_ms && now - j->swept_ms < SWEEP_EVERY)
        return;
    j->swept_ms = now;
    if (j->folder == 0)
        complain(cx, "expired uploads", file_expire(cx, &gone));
    complain(cx, "orphaned files", file_sweep(cx, j->folder, &gone));
    j->folder = (j->folder + 1) % FILE_FOLDERS;
}

static void copy_journal(struct jobs *j, struct cx *cx)
{
    int64_t rows, now = monotonic_ms();
    if (j->copied_ms && now - j->copied_ms < COPY_EVERY)
        return;
    j->copied_ms = now;
    enum rc rc = journal_daily(cx, &rows);
    complain(cx, "daily copy of the journal", rc);
    if (!rc && rows)
        log_info("journal: %lld rows copied", (long long)rows);
}

void web_jobs_round(struct jobs *j)
{
    struct arena *a = arena_new();
    struct cx cx = job_cx(j, a);
    int overdue = 0, sealed = 0, timed = 0, told = 0;
    if (watch_there(j))
        monitor_jobs(j, &cx);
    complain(&cx, "clocks", sla_tick(&cx, &overdue));
    account_jobs(j, &cx);
    complain(&cx, "orders", work_order_tick(&cx, &timed));
    keep_files(j, &cx);
    do
        complain(&cx, "sealer", journal_seal(&cx, 1000, &sealed));
    while (sealed == 1000);
    anchor(j, &cx, false);
    copy_journal(j, &cx);
    complain(&cx, "notices", notice_from_journal(&cx, &told));
    complain(&cx, "unacknowledged notices", notice_escalate(&cx, &told));
    if (j->server)
        events_tell(j->server, &cx, &j->told);
    arena_free(a);
}
