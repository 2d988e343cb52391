/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs over clocks: levels told when they are reached, and deadlines that follow days and rules;
 * and the minute ledger. */
#include <stdio.h>
#include <string.h>

#include "mod/sla/sla_int.h"

/* One level higher. The level is a column of the clock, changed in one transaction with its journal
 * line, so each is told once whatever happens to the process. A warning that comes together with
 * the breach is not worth telling. */
static enum rc raise_level(struct cx *cx, int64_t id, int *told)
{
    static const char *const actions[] = {"", "warn", "breach", "escalate", "vendor"};
    struct row *old;
    enum rc rc = record_load(cx, &sla_clock_kind, id, &old);
    while (!rc && !old->v[CLOCK_NEXT_LEVEL].null && old->v[CLOCK_NEXT_LEVEL].i <= cx->now.ms) {
        struct row *row = record_copy(cx, old);
        int64_t level = old->v[CLOCK_LEVEL].i + 1;
        if (level == LEVEL_WARN && old->v[CLOCK_DEADLINE].i + SECOND_MS <= cx->now.ms)
            level = LEVEL_BREACH;
        row_int(row, CLOCK_LEVEL, level);
        if (level >= LEVEL_BREACH)
            row_text(row, CLOCK_STATE, "overdue");
        rc = sla_recompute(cx, row);
        if (!rc)
            rc = record_update(cx, old, row, actions[level]);
        old = row;
        ++*told;
    }
    return rc;
}

static enum rc due_levels(struct cx *cx, int64_t *ids, int most, int *n)
{
    struct db_rows *r;
    *n = 0;
    enum rc rc = cx_db(
        cx, db_query(cx->db,
                     "SELECT id FROM sla_clock WHERE next_level_at <= :now"
                     " AND state IN ('running', 'overdue') ORDER BY next_level_at, id LIMIT 200",
                     BINDS(B_INT("now", cx->now.ms)), &r));
    if (rc)
        return rc;
    while (*n < most && db_next(r))
        ids[(*n)++] = db_int(r, 0);
    return cx_db(cx, db_end(r));
}

enum rc sla_tick(struct cx *cx, int *changed)
{
    int64_t ids[200];
    int n;
    *changed = 0;
    enum rc rc = due_levels(cx, ids, 200, &n);
    if (rc || !n)
        return rc;
    rc = cx_db(cx, db_begin(cx->db));
    for (int i = 0; i < n && !rc; i++)
        rc = raise_level(cx, ids[i], changed);
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

/* --- following days and rules --- */

/* Cheap to ask each second: what days and rules there are, told by their count and last change. */
static enum rc fingerprint(struct cx *cx, const char **days, const char **rules)
{
    struct db_rows *r;
    enum rc rc = cx_db(
        cx,
        db_query(cx->db,
                 "SELECT (SELECT COUNT(*) FROM calendar_day WHERE retired_at IS NULL),"
                 " (SELECT MAX(updated_at) FROM calendar_day), (SELECT SUM(rev) FROM calendar_day),"
                 " (SELECT SUM(rev) FROM office_hours), (SELECT MAX(updated_at) FROM office_hours),"
                 " (SELECT COUNT(*) FROM sla_rule WHERE retired_at IS NULL),"
                 " (SELECT MAX(updated_at) FROM sla_rule), (SELECT SUM(rev) FROM sla_rule)",
                 NO_BINDS, &r));
    if (rc)
        return rc;
    *days = *rules = "";
    if (db_next(r)) {
        *days = arena_printf(cx->a, "%lld.%lld.%lld", (long long)db_int(r, 0),
                             (long long)db_int(r, 1), (long long)db_int(r, 2));
        if (!db_null(r, 3))
            *days = arena_printf(cx->a, "%s %lld.%lld", *days, (long long)db_int(r, 3),
                                 (long long)db_int(r, 4));
        *rules = arena_printf(cx->a, "%lld.%lld.%lld", (long long)db_int(r, 5),
                              (long long)db_int(r, 6), (long long)db_int(r, 7));
    }
    return cx_db(cx, db_end(r));
}

static enum rc followed(struct cx *cx, const char *name, const char *now, bool *changed)
{
    struct db_rows *r;
    enum rc rc = cx_db(cx, db_query(cx->db, "SELECT value FROM setting WHERE name = :name",
                                    BINDS(B_TEXT("name", name)), &r));
    if (rc)
        return rc;
    *changed = !db_next(r) || strcmp(db_text(r, 0), now) != 0;
    return cx_db(cx, db_end(r));
}

static enum rc remember(struct cx *cx, const char *name, const char *value)
{
    return cx_db(cx, db_run(cx->db,
                            "INSERT INTO setting (name, value) VALUES (:name, :value)"
                            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                            BINDS(B_TEXT("name", name), B_TEXT("value", value)), NULL));
}

/* Orders with a clock whose deadline lies ahead, behind the last one looked at. */
static enum rc orders_ahead(struct cx *cx, int64_t after, int64_t *ids, int most, int *n)
{
    struct db_rows *r;
    *n = 0;
    enum rc rc = cx_db(
        cx, db_query(cx->db,
                     "SELECT DISTINCT work_order_id FROM sla_clock WHERE (state = 'paused'"
                     " OR (state = 'running' AND deadline_at > :now)) AND work_order_id > :after"
                     " ORDER BY work_order_id LIMIT 500",
                     BINDS(B_INT("now", cx->now.ms), B_INT("after", after)), &r));
    if (rc)
        return rc;
    while (*n < most && db_next(r))
        ids[(*n)++] = db_int(r, 0);
    return cx_db(cx, db_end(r));
}

static enum rc follow_all(struct cx *cx, const char *cause, int64_t *orders, int most, int *moved)
{
    int64_t after = 0, version, ids[500];
    int n = 500, kept = 0;
    enum rc rc = sla_version(cx, &version);
    while (!rc && n == 500) {
        rc = orders_ahead(cx, after, ids, 500, &n);
        for (int i = 0; i < n && !rc; i++) {
            int before = *moved;
            rc = sla_choose(cx, ids[i], cause, "superseded", moved);
            if (*moved > before && kept < most)
                orders[kept++] = ids[i];
            after = ids[i];
        }
    }
    if (kept < most)
        orders[kept] = 0;
    if (rc || !*moved)
        return rc;
    return cx_db(cx, db_run(cx->db, "UPDATE calendar_version SET moved = moved + :n WHERE id = :id",
                            BINDS(B_INT("n", *moved), B_INT("id", version)), NULL));
}

struct inputs {
    const char *days, *rules;
    bool new_days, new_rules;
};

static enum rc look_at_inputs(struct cx *cx, struct inputs *in)
{
    enum rc rc = fingerprint(cx, &in->days, &in->rules);
    if (!rc)
        rc = followed(cx, "sla_days", in->days, &in->new_days);
    return rc ? rc : followed(cx, "sla_rules", in->rules, &in->new_rules);
}

enum rc sla_changed(struct cx *cx, bool *out)
{
    struct inputs in;
    enum rc rc = look_at_inputs(cx, &in);
    *out = !rc && (in.new_days || in.new_rules);
    return rc;
}

enum rc sla_follow(struct cx *cx, int64_t *orders, int most, int *moved)
{
    struct inputs in;
    *moved = 0;
    orders[0] = 0;
    enum rc rc = look_at_inputs(cx, &in);
    if (rc || (!in.new_days && !in.new_rules))
        return rc;
    rc = follow_all(cx, in.new_days ? "calendar" : "rule", orders, most, moved);
    if (!rc)
        rc = remember(cx, "sla_days", in.days);
    return rc ? rc : remember(cx, "sla_rules", in.rules);
}

/* --- the minute ledger --- */

static const char *span_label(const struct span *s)
{
    switch (s->kind) {
    case SPAN_WORKED:
        return s->makeup ? "计时（调休上班日）" : "计时";
    case SPAN_LUNCH:
        return "午休";
    case SPAN_NIGHT:
        return "下班时间";
    case SPAN_WEEKEND:
        return "周末";
    case SPAN_HOLIDAY:
        return "节假日";
    case SPAN_PAUSED:
        break;
    }
    return "暂停";
}

static void span_json(struct jw *w, const struct span *s)
{
    static const char *const words[] = {"worked", "lunch", "night", "weekend", "holiday", "paused"};
    jw_object(w);
    jw_ki(w, "from", s->from.ms);
    jw_ki(w, "to", s->to.ms);
    jw_ki(w, "minutes", (s->to.ms - s->from.ms) / MINUTE_MS);
    jw_kt(w, "kind", words[s->kind]);
    jw_kt(w, "label", span_label(s));
    jw_kb(w, "makeup", s->makeup);
    jw_kt(w, "note", s->note);
    jw_end_object(w);
}

enum rc sla_ledger_json(struct cx *cx, int64_t clock_id, struct jw *w)
{
    struct row *row;
    const struct calendar *cal = NULL;
    const struct span *spans;
    struct sla_pause *pauses = NULL;
    size_t n, n_pauses = 0;
    bool pending;
    int64_t worked = 0;
    enum rc rc = record_get(cx, &sla_clock_kind, clock_id, &row);
    if (!rc && !strcmp(row->v[CLOCK_CALENDAR].s, "5x8"))
        rc = sla_calendar_of(cx, row->v[CLOCK_VERSION].i, &cal);
    if (!rc)
        rc = sla_load_pauses(cx, row->v[CLOCK_ORDER].i, row->v[CLOCK_METRIC].s, &pauses, &n_pauses,
                             &pending);
    if (rc)
        return rc;
    /* a running clock shows the way to its deadline, a stopped one what was used */
    int64_t end = row->v[CLOCK_STOPPED].null ? row->v[CLOCK_DEADLINE].i : row->v[CLOCK_STOPPED].i;
    if (row->v[CLOCK_STOPPED].null && cx->now.ms > end)
        end = cx->now.ms;
    sla_ledger(cx->a, cal, (struct instant){row->v[CLOCK_STARTED].i}, (struct instant){end}, pauses,
               n_pauses, &spans, &n);
    jw_object(w);
    jw_key(w, "clock");
    record_json(cx, w, row);
    jw_key(w, "spans");
    jw_array(w);
    for (size_t i = 0; i < n; i++) {
        span_json(w, &spans[i]);
        if (spans[i].kind == SPAN_WORKED)
            worked += spans[i].to.ms - spans[i].from.ms;
    }
    jw_end_array(w);
    jw_ki(w, "worked_minutes", worked / MINUTE_MS);
    jw_end_object(w);
    return RC_OK;
}
