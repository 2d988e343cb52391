/* SPDX-License-Identifier: Apache-2.0 */
/* The life of clocks: started by the strictest rule, paused, stopped, chosen anew when facts, days
 * or rules change. What is stopped keeps the calendar that it was computed with. */
#include <stdio.h>
#include <string.h>

#include "mod/sla/sla_int.h"

/* Minutes behind the start at which a level is told (C-130): limit - 20 %, limit, + 4 h, + 8 h. */
static int32_t level_minutes(int level, int32_t limit)
{
    switch (level) {
    case LEVEL_WARN:
        return limit - limit / 5;
    case LEVEL_BREACH:
        return limit;
    case LEVEL_RESOURCES:
        return limit + 240;
    default:
        return limit + 480;
    }
}

static bool is_live(const struct row *clock)
{
    const char *s = clock->v[CLOCK_STATE].s;
    return !strcmp(s, "running") || !strcmp(s, "paused") || !strcmp(s, "overdue");
}

static void set_month(struct cx *cx, struct row *clock, struct instant deadline)
{
    char month[INSTANT_TEXT];
    instant_minute_text(deadline, month);
    month[7] = 0; /* "2026-05" */
    row_text(clock, CLOCK_MONTH, arena_strdup(cx->a, month));
}

struct basis { /* of one clock */
    const struct calendar *cal;
    struct instant start;
    int32_t limit;
    struct sla_pause *pauses;
    size_t n;
    bool pending;
    struct instant open_since; /* ms 0: no pause is open */
};

/* An open pause runs to now: the deadline is then the one that holds if work went on now. */
static enum rc basis_of(struct cx *cx, const struct row *clock, struct basis *out)
{
    *out = (struct basis){.start = {clock->v[CLOCK_STARTED].i},
                          .limit = (int32_t)clock->v[CLOCK_LIMIT].i};
    enum rc rc = sla_load_pauses(cx, clock->v[CLOCK_ORDER].i, clock->v[CLOCK_METRIC].s,
                                 &out->pauses, &out->n, &out->pending);
    if (!rc && !strcmp(clock->v[CLOCK_CALENDAR].s, "5x8"))
        rc = sla_calendar_of(cx, clock->v[CLOCK_VERSION].i, &out->cal);
    for (size_t i = 0; i < out->n && !rc; i++)
        if (out->pauses[i].to.ms == INT64_MAX) {
            if (!out->open_since.ms || out->pauses[i].from.ms < out->open_since.ms)
                out->open_since = out->pauses[i].from;
            out->pauses[i].to.ms =
                cx->now.ms > out->pauses[i].from.ms ? cx->now.ms : out->pauses[i].from.ms;
        }
    return rc;
}

static void set_next_level(struct row *clock, const struct basis *b)
{
    int level = (int)clock->v[CLOCK_LEVEL].i + 1;
    row_null(clock, CLOCK_NEXT_LEVEL);
    bool live = is_live(clock) && strcmp(clock->v[CLOCK_STATE].s, "paused") != 0;
    if (!live || level > LEVEL_VENDOR)
        return;
    struct instant at =
        sla_deadline(b->cal, b->start, level_minutes(level, b->limit), b->pauses, b->n, NULL);
    /* times are to the second and exactly the limit is met: late is the second behind it */
    row_int(clock, CLOCK_NEXT_LEVEL, at.ms + (level >= LEVEL_BREACH ? SECOND_MS : 0));
}

/* Whole seconds: exactly 120:00 is met (domain.md 3.4 rule 11). */
static bool within(int64_t elapsed_ms, int32_t limit)
{
    return elapsed_ms / SECOND_MS <= limit * (MINUTE_MS / SECOND_MS);
}

static void set_state(struct cx *cx, struct row *clock, const struct basis *b)
{
    bool stopped = !clock->v[CLOCK_STOPPED].null;
    struct instant to = stopped ? (struct instant){clock->v[CLOCK_STOPPED].i} : cx->now;
    int64_t elapsed = sla_elapsed_ms(b->cal, b->start, to, b->pauses, b->n);
    bool good = within(elapsed, b->limit);
    bool paused = b->open_since.ms && b->open_since.ms <= cx->now.ms;
    row_null(clock, CLOCK_PAUSED);
    if (stopped) {
        row_int(clock, CLOCK_ELAPSED, elapsed);
        row_text(clock, CLOCK_STATE, good ? "met" : "missed");
    } else if (paused && good) {
        row_text(clock, CLOCK_STATE, "paused");
        row_int(clock, CLOCK_PAUSED, b->open_since.ms);
    } else {
        /* late, but the tick has not told it yet: it will */
        bool told = clock->v[CLOCK_LEVEL].i >= LEVEL_BREACH;
        row_text(clock, CLOCK_STATE, good || !told ? "running" : "overdue");
    }
}

enum rc sla_recompute(struct cx *cx, struct row *clock)
{
    struct basis b;
    bool provisional;
    enum rc rc = basis_of(cx, clock, &b);
    if (rc)
        return rc;
    struct instant end = sla_deadline(b.cal, b.start, b.limit, b.pauses, b.n, &provisional);
    row_int(clock, CLOCK_DEADLINE, end.ms);
    row_int(clock, CLOCK_PROVISIONAL, provisional);
    row_int(clock, CLOCK_PENDING, b.pending);
    set_month(cx, clock, end);
    set_state(cx, clock, &b);
    set_next_level(clock, &b);
    return RC_OK;
}

/* Stores what differs; a clock that stays as it is leaves no line in the journal. */
static enum rc store(struct cx *cx, const struct row *old, struct row *clock, const char *action)
{
    static const int compared[] = {CLOCK_DEADLINE,   CLOCK_STARTED, CLOCK_PENDING,
                                   CLOCK_STOPPED,    CLOCK_ELAPSED, CLOCK_VERSION,
                                   CLOCK_NEXT_LEVEL, CLOCK_PAUSED,  CLOCK_LEVEL};
    bool same = !strcmp(old->v[CLOCK_STATE].s, clock->v[CLOCK_STATE].s);
    for (size_t i = 0; i < sizeof compared / sizeof *compared; i++) {
        const struct value *a = &old->v[compared[i]], *b = &clock->v[compared[i]];
        same = same && a->null == b->null && (a->null || a->i == b->i);
    }
    return same ? RC_OK : record_update(cx, old, clock, action);
}

static enum rc load_clocks(struct cx *cx, const char *sql, int64_t order, struct row ***out, int *n)
{
    struct db_rows *r;
    int64_t ids[32];
    *n = 0;
    enum rc rc = cx_db(cx, db_query(cx->db, sql, BINDS(B_INT("order", order)), &r));
    if (rc)
        return rc;
    while (*n < 32 && db_next(r))
        ids[(*n)++] = db_int(r, 0);
    rc = cx_db(cx, db_end(r));
    *out = ARENA_NEW(cx->a, struct row *, 32);
    for (int i = 0; i < *n && !rc; i++)
        rc = record_load(cx, &sla_clock_kind, ids[i], &(*out)[i]);
    return rc;
}

enum rc sla_load_clocks(struct cx *cx, int64_t order, struct row ***out, int *n)
{
    return load_clocks(cx,
                       "SELECT id FROM sla_clock WHERE work_order_id = :order"
                       " AND state NOT IN ('cancelled', 'void') ORDER BY id LIMIT 32",
                       order, out, n);
}

enum rc sla_load_all(struct cx *cx, int64_t work_order_id, struct row ***out, int *n)
{
    return load_clocks(
        cx,
        "SELECT id FROM sla_clock WHERE work_order_id = :order"
        " AND (void_reason IS NULL OR void_reason <> 'superseded') ORDER BY id LIMIT 32",
        work_order_id, out, n);
}

/* --- choosing --- */

static const char *losers_text(struct cx *cx, const struct sla_clock *c)
{
    struct buf b = {0};
    for (size_t i = 0; i < c->n_losers; i++)
        buf_printf(&b, "%s%s", i ? " " : "", c->losers[i]->code);
    const char *s = b.len ? arena_strdup(cx->a, buf_text(&b)) : NULL;
    buf_free(&b);
    return s;
}

struct choice {
    int64_t order, version;
    const char *line;
    const char *cause, *void_reason;
    const struct sla_rule *rules;
    struct row **records; /* beside rules */
    const struct sla_clock *won;
    size_t n;
    int *moved;
};

static enum rc insert_clock(struct cx *cx, const struct choice *ch, const struct sla_clock *c,
                            struct row **out)
{
    const struct row *rule = ch->records[c->rule - ch->rules];
    struct row *row = record_new(cx, &sla_clock_kind);
    row_int(row, CLOCK_ORDER, ch->order);
    row_text(row, CLOCK_METRIC, c->rule->metric);
    row_text(row, CLOCK_CODE, c->rule->code);
    row_int(row, CLOCK_RULE, rule->id);
    row_int(row, CLOCK_RULE_REV, rule->rev);
    row_text(row, CLOCK_ALSO, losers_text(cx, c));
    row_text(row, CLOCK_CALENDAR, c->rule->calendar == CAL_5X8 ? "5x8" : "24x7");
    row_int(row, CLOCK_VERSION, ch->version);
    row_int(row, CLOCK_LIMIT, c->rule->limit_minutes);
    row_text(row, CLOCK_LINE, ch->line);
    row_int(row, CLOCK_STARTED, c->start.ms);
    row_int(row, CLOCK_VALID_FROM, ch->cause ? cx->now.ms : c->start.ms);
    row_int(row, CLOCK_INTERNAL, c->rule->internal);
    row_int(row, CLOCK_LEVEL, LEVEL_NONE);
    row_text(row, CLOCK_STATE, "running");
    enum rc rc = sla_recompute(cx, row);
    *out = row;
    return rc ? rc : record_insert(cx, row, "start");
}

static enum rc note_move(struct cx *cx, const struct choice *ch, const struct row *before,
                         const struct row *after)
{
    const struct row *either = after ? after : before;
    struct row *row = record_new(cx, &sla_move_kind);
    row_text(row, MOVE_CAUSE, ch->cause);
    row_int(row, MOVE_VERSION, ch->version);
    row_int(row, MOVE_ORDER, ch->order);
    row_int(row, MOVE_CLOCK, either->id);
    row->v[MOVE_METRIC] = either->v[CLOCK_METRIC];
    row->v[MOVE_LINE] = either->v[CLOCK_LINE];
    row_int(row, MOVE_AT, cx->now.ms);
    if (before) {
        row->v[MOVE_BEFORE] = before->v[CLOCK_DEADLINE];
        row->v[MOVE_BEFORE_RULE] = before->v[CLOCK_CODE];
    }
    if (after) {
        row->v[MOVE_AFTER] = after->v[CLOCK_DEADLINE];
        row->v[MOVE_AFTER_RULE] = after->v[CLOCK_CODE];
    }
    if (ch->moved)
        ++*ch->moved;
    return record_insert(cx, row, "create");
}

static enum rc make_void(struct cx *cx, const struct row *old, const char *reason)
{
    struct row *row = record_copy(cx, old);
    row_text(row, CLOCK_STATE, "void");
    row_text(row, CLOCK_VOID, reason);
    row_null(row, CLOCK_NEXT_LEVEL);
    row_null(row, CLOCK_PAUSED);
    return record_update(cx, old, row, "void");
}

/* The same rule with the same value: only its days may have moved. */
static enum rc keep(struct cx *cx, const struct choice *ch, struct row *old)
{
    struct row *row = record_copy(cx, old);
    row_int(row, CLOCK_VERSION, ch->version);
    enum rc rc = sla_recompute(cx, row);
    if (!rc)
        rc = store(cx, old, row, "clock");
    if (rc || old->v[CLOCK_DEADLINE].i == row->v[CLOCK_DEADLINE].i)
        return rc;
    return note_move(cx, ch, old, row);
}

static const struct sla_clock *winner(const struct choice *ch, const char *metric)
{
    for (size_t i = 0; i < ch->n; i++)
        if (!strcmp(ch->won[i].rule->metric, metric))
            return &ch->won[i];
    return NULL;
}

static bool same_clock(const struct choice *ch, const struct row *old, const struct sla_clock *c)
{
    return ch->records[c->rule - ch->rules]->id == old->v[CLOCK_RULE].i &&
           c->start.ms == old->v[CLOCK_STARTED].i &&
           c->rule->limit_minutes == old->v[CLOCK_LIMIT].i;
}

/* Late already. The deadline of a paused clock lies ahead, whatever was stored when it stopped. */
static bool is_past(const struct cx *cx, const struct row *clock)
{
    const char *state = clock->v[CLOCK_STATE].s;
    return !strcmp(state, "overdue") ||
           (!strcmp(state, "running") && clock->v[CLOCK_DEADLINE].i <= cx->now.ms);
}

/* What runs: kept, or void and replaced. A fault that turns out to be none leaves the population
 * late or not; another grade or another day does not undo what was late before. */
static enum rc review(struct cx *cx, const struct choice *ch, struct row *old)
{
    struct row *row = NULL;
    const struct sla_clock *c = winner(ch, old->v[CLOCK_METRIC].s);
    if (!is_live(old) || (!strcmp(ch->void_reason, "superseded") && is_past(cx, old)))
        return RC_OK; /* the past stays */
    if (c && same_clock(ch, old, c))
        return keep(cx, ch, old);
    enum rc rc = make_void(cx, old, c ? "superseded" : ch->void_reason);
    if (!rc && c)
        rc = insert_clock(cx, ch, c, &row);
    return rc ? rc : note_move(cx, ch, old, row);
}

enum rc sla_choose(struct cx *cx, int64_t order, const char *cause, const char *void_reason,
                   int *moved)
{
    struct choice ch = {.order = order, .cause = cause, .void_reason = void_reason, .moved = moved};
    struct sla_facts facts;
    struct sla_rule *rules = NULL;
    const struct calendar *cal;
    struct row **old, *row;
    size_t n_rules = 0;
    bool fault;
    int n = 0;
    enum rc rc = sla_load_facts(cx, order, &facts, &fault);
    if (!rc)
        rc = sla_version(cx, &ch.version);
    if (!rc)
        rc = sla_calendar(cx, &cal);
    if (!rc)
        rc = sla_load_rules(cx, fault, &rules, &ch.records, &n_rules);
    if (!rc)
        rc = sla_load_clocks(cx, order, &old, &n);
    if (rc)
        return rc;
    ch.line = facts.line;
    ch.rules = rules;
    sla_select(cx->a, cal, rules, n_rules, &facts, &ch.won, &ch.n);
    for (int i = 0; i < n && !rc; i++)
        rc = review(cx, &ch, old[i]);
    for (size_t i = 0; i < ch.n && !rc; i++) {
        bool there = false;
        for (int k = 0; k < n; k++)
            there = there || !strcmp(old[k]->v[CLOCK_METRIC].s, ch.won[i].rule->metric);
        if (!there)
            rc = insert_clock(cx, &ch, &ch.won[i], &row);
        if (!rc && !there && cause)
            rc = note_move(cx, &ch, NULL, row);
    }
    return rc;
}

enum rc sla_start(struct cx *cx, int64_t work_order_id)
{
    return sla_choose(cx, work_order_id, NULL, NULL, NULL);
}

enum rc sla_reevaluate(struct cx *cx, int64_t work_order_id, const char *void_reason)
{
    return sla_choose(cx, work_order_id, "facts", void_reason, NULL);
}

/* --- stopping, going on, leaving the population --- */

enum rc sla_stop(struct cx *cx, int64_t work_order_id, const char *metric, struct instant at)
{
    struct row **old;
    int n;
    enum rc rc = sla_load_clocks(cx, work_order_id, &old, &n);
    for (int i = 0; i < n && !rc; i++) {
        if (!is_live(old[i]) || strcmp(old[i]->v[CLOCK_METRIC].s, metric))
            continue;
        struct row *row = record_copy(cx, old[i]);
        row_int(row, CLOCK_STOPPED, at.ms);
        rc = sla_recompute(cx, row);
        if (!rc)
            rc = record_update(cx, old[i], row, "stop");
    }
    return rc;
}

enum rc sla_resume(struct cx *cx, int64_t work_order_id, const char *metric)
{
    struct row **old;
    int n;
    enum rc rc = sla_load_clocks(cx, work_order_id, &old, &n);
    for (int i = 0; i < n && !rc; i++) {
        if (is_live(old[i]) || strcmp(old[i]->v[CLOCK_METRIC].s, metric))
            continue;
        struct row *row = record_copy(cx, old[i]);
        row_null(row, CLOCK_STOPPED);
        row_null(row, CLOCK_ELAPSED);
        rc = sla_recompute(cx, row);
        if (!rc)
            rc = record_update(cx, old[i], row, "resume");
    }
    return rc;
}

enum rc sla_pauses_changed(struct cx *cx, int64_t work_order_id)
{
    struct row **old;
    int n;
    enum rc rc = sla_load_clocks(cx, work_order_id, &old, &n);
    for (int i = 0; i < n && !rc; i++) {
        struct row *row = record_copy(cx, old[i]);
        rc = sla_recompute(cx, row);
        if (!rc)
            rc = store(cx, old[i], row, "pause");
    }
    return rc;
}

enum rc sla_move_start(struct cx *cx, int64_t work_order_id, struct instant from, struct instant to)
{
    struct row **old;
    int n;
    enum rc rc = sla_load_clocks(cx, work_order_id, &old, &n);
    for (int i = 0; i < n && !rc; i++) {
        if (old[i]->v[CLOCK_STARTED].i != from.ms)
            continue;
        struct row *row = record_copy(cx, old[i]);
        row_int(row, CLOCK_STARTED, to.ms);
        rc = sla_recompute(cx, row);
        if (!rc)
            rc = store(cx, old[i], row, "clock");
    }
    return rc;
}

enum rc sla_cancel(struct cx *cx, int64_t work_order_id)
{
    struct row **old;
    int n;
    enum rc rc = sla_load_clocks(cx, work_order_id, &old, &n);
    for (int i = 0; i < n && !rc; i++) {
        if (!is_live(old[i]))
            continue;
        struct row *row = record_copy(cx, old[i]);
        row_text(row, CLOCK_STATE, "cancelled");
        row_null(row, CLOCK_NEXT_LEVEL);
        row_null(row, CLOCK_PAUSED);
        rc = record_update(cx, old[i], row, "cancel");
    }
    return rc;
}

enum rc sla_void(struct cx *cx, int64_t work_order_id, const char *reason)
{
    struct row **old;
    int n;
    enum rc rc = sla_load_clocks(cx, work_order_id, &old, &n);
    for (int i = 0; i < n && !rc; i++)
        rc = make_void(cx, old[i], reason);
    return rc;
}

enum rc sla_unvoid(struct cx *cx, int64_t work_order_id, const char *reason)
{
    struct db_rows *r;
    int64_t ids[32];
    int n = 0;
    enum rc rc =
        cx_db(cx, db_query(cx->db,
                           "SELECT id FROM sla_clock WHERE work_order_id = :order"
                           " AND state = 'void' AND void_reason = :reason ORDER BY id",
                           BINDS(B_INT("order", work_order_id), B_TEXT("reason", reason)), &r));
    if (rc)
        return rc;
    while (n < 32 && db_next(r))
        ids[n++] = db_int(r, 0);
    rc = cx_db(cx, db_end(r));
    for (int i = 0; i < n && !rc; i++) {
        struct row *old;
        rc = record_load(cx, &sla_clock_kind, ids[i], &old);
        if (rc)
            break;
        struct row *row = record_copy(cx, old);
        row_text(row, CLOCK_STATE, "running");
        row_null(row, CLOCK_VOID);
        rc = sla_recompute(cx, row);
        if (!rc)
            rc = record_update(cx, old, row, "resume");
    }
    return rc;
}

enum rc sla_is_late(struct cx *cx, int64_t work_order_id, bool *out)
{
    int64_t n = 0;
    enum rc rc =
        db_int_of(cx->db,
                  "SELECT COUNT(*) FROM sla_clock WHERE work_order_id = :order AND (state IN"
                  " ('overdue', 'missed') OR (state = 'running' AND deadline_at < :late))",
                  BINDS(B_INT("order", work_order_id), B_INT("late", cx->now.ms - SECOND_MS)), &n);
    *out = n > 0;
    return cx_db(cx, rc);
}

enum rc sla_in_time(struct cx *cx, int64_t work_order_id, const char *metric, struct instant at,
                    bool *out)
{
    struct row **clocks;
    struct basis b;
    int n;
    enum rc rc = sla_load_clocks(cx, work_order_id, &clocks, &n);
    *out = true;
    for (int i = 0; i < n && !rc; i++) {
        if (strcmp(clocks[i]->v[CLOCK_METRIC].s, metric))
            continue;
        rc = basis_of(cx, clocks[i], &b);
        *out = !rc && is_live(clocks[i]) &&
               within(sla_elapsed_ms(b.cal, b.start, at, b.pauses, b.n), b.limit);
    }
    return rc;
}

enum rc sla_next_deadline(struct cx *cx, int64_t work_order_id, int64_t *out)
{
    return cx_db(cx, db_int_of(cx->db,
                               "SELECT MIN(deadline_at) FROM sla_clock WHERE work_order_id = :order"
                               " AND state IN ('running', 'overdue')",
                               BINDS(B_INT("order", work_order_id)), out));
}
