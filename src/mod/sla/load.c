/* SPDX-License-Identifier: Apache-2.0 */
/* Records into the pure engine: the calendar with its versions, the rules, the facts of an order,
 * its pauses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "mod/sla/sla_int.h"

static struct date date_from(const struct value *v)
{
    struct date d = {0};
    return v->null || !date_parse(v->s, &d) ? (struct date){0} : d;
}

static enum rc load_all(struct cx *cx, const struct kind *k, struct page *out)
{
    struct cx job = *cx;
    struct query q = {.limit = 500, .sort = "id", .no_total = true};
    job.actor = (struct actor){.type = ACTOR_SYSTEM, .name = "system"};
    struct page part;
    *out = (struct page){.rows = ARENA_NEW(cx->a, struct row *, 20000)};
    do {
        enum rc rc = record_list(&job, k, &q, &part);
        if (rc) {
            cx->err = job.err;
            return rc;
        }
        memcpy(out->rows + out->n, part.rows, sizeof *part.rows * (size_t)part.n);
        out->n += part.n;
        q.after = part.next;
    } while (part.next && out->n <= 19500);
    return RC_OK;
}

/* --- the calendar and its versions: a version is its days and office hours as text, one a line:
 * "2026-05-09 swap_work 0 name", "hours 2026-09-01 0 08:30-12:00 13:30-17:30" --- */

#define HOURS_LINE "hours "

static enum rc hours_text(struct cx *cx, struct buf *b, int *n)
{
    struct page page;
    enum rc rc = load_all(cx, &office_hours_kind, &page);
    for (int i = 0; i < page.n && !rc; i++) {
        const struct value *v = page.rows[i]->v;
        buf_printf(b, HOURS_LINE "%s %d %s\n", v[HOURS_FROM].s, (int)v[HOURS_LUNCH].i,
                   v[HOURS_WINDOWS].s);
    }
    *n += rc ? 0 : page.n;
    return rc;
}

static enum rc days_text(struct cx *cx, const char **out, int *n)
{
    struct page page;
    struct buf b = {0};
    enum rc rc = load_all(cx, &calendar_day_kind, &page);
    for (int i = 0; i < page.n && !rc; i++) {
        const struct value *v = page.rows[i]->v;
        buf_printf(&b, "%s %s %d %s\n", v[DAY_ON].s, v[DAY_TYPE].s, (int)v[DAY_OVERRIDE].i,
                   v[DAY_NAME].null ? "" : v[DAY_NAME].s);
    }
    *n = page.n;
    if (!rc)
        rc = hours_text(cx, &b, n);
    *out = arena_strdup(cx->a, buf_text(&b));
    buf_free(&b);
    return rc;
}

/* One line; false at a broken one (a version is only written by days_text). */
static bool read_day(struct cx *cx, const char *line, size_t len, struct calendar_day *out)
{
    char *s = arena_printf(cx->a, "%.*s", (int)len, line);
    char *type = strchr(s, ' ');
    if (!type || type != s + 10)
        return false;
    *type++ = 0;
    char *override = strchr(type, ' ');
    if (!override)
        return false;
    *override++ = 0;
    char *name = strchr(override, ' ');
    *out = (struct calendar_day){.kind = (enum day_kind)sla_day_kind(type),
                                 .name = name && name[1] ? name + 1 : NULL,
                                 .is_override = *override == '1'};
    return date_parse(s, &out->on);
}

static bool read_hours(struct cx *cx, const char *line, size_t len, struct calendar_office *out)
{
    char *s = arena_printf(cx->a, "%.*s", (int)len, line);
    struct calendar_hours *hours = ARENA_NEW(cx->a, struct calendar_hours, HOURS_MOST);
    if (len < 24 || s[10] != ' ' || s[12] != ' ')
        return false;
    s[10] = 0;
    out->hours = hours;
    return date_parse(s, &out->from) &&
           sla_hours_read(s + 13, s[11] == '1', hours, &out->n_hours);
}

static int by_from(const void *pa, const void *pb)
{
    const struct calendar_office *a = pa, *b = pb;
    return (a->from.day > b->from.day) - (a->from.day < b->from.day);
}

/* A notice that was loaded covers its whole year. */
static enum rc calendar_from(struct cx *cx, const char *text, int most, const struct calendar **out)
{
    size_t n, n_offices = 1;
    struct date until;
    struct calendar_office *offices = ARENA_NEW(cx->a, struct calendar_office, (size_t)most + 1);
    offices[0] = (struct calendar_office){{INT32_MIN}, calendar_hours_5x8, 2};
    const struct calendar_day *builtin = calendar_builtin(&n, &until);
    struct calendar_day *days = ARENA_NEW(cx->a, struct calendar_day, n + (size_t)most);
    memcpy(days, builtin, sizeof *days * n);
    for (const char *s = text; *s;) {
        size_t len = strcspn(s, "\n");
        int year;
        if (!strncmp(s, HOURS_LINE, strlen(HOURS_LINE))) {
            size_t skip = strlen(HOURS_LINE);
            if (!read_hours(cx, s + skip, len - skip, &offices[n_offices++]))
                return FAIL(cx, RC_INTERNAL, NULL, "日历版本内容损坏", "a calendar version is broken");
            s += len + (s[len] == '\n');
            continue;
        }
        if (!read_day(cx, s, len, &days[n]))
            return FAIL(cx, RC_INTERNAL, NULL, "日历版本内容损坏", "a calendar version is broken");
        date_parts(days[n].on, &year, NULL, NULL);
        if (!days[n].is_override && date_of(year, 12, 31).day > until.day)
            until = date_of(year, 12, 31);
        n++;
        s += len + (s[len] == '\n');
    }
    qsort(offices, n_offices, sizeof *offices, by_from);
    return calendar_new_dated(cx->a, days, n, offices, n_offices, until, out, &cx->err);
}

enum rc sla_calendar(struct cx *cx, const struct calendar **out)
{
    const char *text;
    int n;
    enum rc rc = days_text(cx, &text, &n);
    return rc ? rc : calendar_from(cx, text, n, out);
}

enum rc sla_calendar_of(struct cx *cx, int64_t version, const struct calendar **out)
{
    struct row *row;
    if (!version)
        return sla_calendar(cx, out);
    enum rc rc = record_load(cx, &calendar_version_kind, version, &row);
    return rc ? rc : calendar_from(cx, row->v[VERSION_DAYS].s, (int)row->v[VERSION_N].i, out);
}

static enum rc new_version(struct cx *cx, const char *text, int n, const char *hash, int64_t *out)
{
    struct row *row = record_new(cx, &calendar_version_kind);
    row_int(row, VERSION_MADE, cx->now.ms);
    row_text(row, VERSION_HASH, hash);
    row_int(row, VERSION_N, n);
    row->v[VERSION_DAYS] = (struct value){.s = text}; /* may be empty: built-in days only */
    row_int(row, VERSION_MOVED, 0);
    enum rc rc = record_insert(cx, row, "create");
    *out = row->id;
    return rc;
}

enum rc sla_version(struct cx *cx, int64_t *out)
{
    const char *text;
    char hash[HASH_HEX];
    int n;
    enum rc rc = days_text(cx, &text, &n);
    if (rc)
        return rc;
    hash_hex(text, strlen(text), hash);
    rc = db_int_of(cx->db,
                   "SELECT id FROM calendar_version WHERE hash = :hash AND id ="
                   " (SELECT MAX(id) FROM calendar_version)",
                   BINDS(B_TEXT("hash", hash)), out);
    if (rc == RC_NOT_FOUND)
        return new_version(cx, text, n, arena_strdup(cx->a, hash), out);
    return cx_db(cx, rc);
}

/* --- rules --- */

static int tri_of(const char *word)
{
    return !strcmp(word, "any") ? -1 : !strcmp(word, "yes");
}

static const char *text_of(const struct value *v)
{
    return v->null ? NULL : v->s;
}

enum rc sla_load_rules(struct cx *cx, bool fault, struct sla_rule **out, struct row ***records,
                       size_t *n)
{
    struct page page;
    enum rc rc = load_all(cx, &sla_rule_kind, &page);
    if (rc)
        return rc;
    struct sla_rule *rules = ARENA_NEW(cx->a, struct sla_rule, page.n);
    *n = 0;
    for (int i = 0; i < page.n; i++) {
        const struct value *v = page.rows[i]->v;
        /* a request is no fault: only the response is owed (domain.md 3.4 rule 6) */
        if (strcmp(v[RULE_USE].s, "clock") || (!fault && strcmp(v[RULE_METRIC].s, "respond")))
            continue;
        page.rows[*n] = page.rows[i];
        rules[(*n)++] = (struct sla_rule){
            .code = v[RULE_CODE].s,
            .metric = v[RULE_METRIC].s,
            .limit_minutes = (int32_t)v[RULE_LIMIT].i,
            .calendar = strcmp(v[RULE_CALENDAR].s, "5x8") ? CAL_24X7 : CAL_5X8,
            .line = text_of(&v[RULE_LINE]),
            .asset_group = text_of(&v[RULE_GROUP]),
            .grade = text_of(&v[RULE_GRADE]),
            .emergency = tri_of(v[RULE_EMERGENCY].s),
            .in_duty = tri_of(v[RULE_IN_DUTY].s),
            .valid_from = date_from(&v[RULE_FROM]),
            .valid_to = date_from(&v[RULE_TO]),
            .internal = v[RULE_INTERNAL].i != 0,
            .source_rank = (int)v[RULE_RANK].i,
        };
    }
    *out = rules;
    *records = page.rows;
    return RC_OK;
}

enum rc sla_reminder_ms(struct cx *cx, const char *metric, int64_t *out)
{
    char today[DATE_TEXT];
    int64_t minutes = 0;
    enum rc rc = db_int_of(
        cx->db,
        "SELECT limit_minutes FROM sla_rule WHERE use = 'reminder' AND metric = :metric"
        " AND retired_at IS NULL AND valid_from_on <= :today"
        " AND (valid_to_on IS NULL OR valid_to_on >= :today)"
        " ORDER BY source_rank, valid_from_on DESC, id DESC LIMIT 1",
        BINDS(B_TEXT("metric", metric), B_TEXT("today", date_text(civil_date(cx->now), today))),
        &minutes);
    *out = minutes * MINUTE_MS;
    return rc == RC_NOT_FOUND ? RC_OK : cx_db(cx, rc);
}

/* --- facts and pauses of an order --- */

enum rc sla_load_facts(struct cx *cx, int64_t order, struct sla_facts *out, bool *fault)
{
    struct db_rows *r;
    enum rc rc =
        cx_db(cx, db_query(cx->db,
                           "SELECT w.started_at, w.line, w.grade, w.emergency, w.emergency_at,"
                           " w.in_duty, w.type, c.sla_group, w.verdict FROM work_order w"
                           " LEFT JOIN asset a ON a.id = w.asset_id"
                           " LEFT JOIN asset_class c ON c.id = a.class_id WHERE w.id = :id",
                           BINDS(B_INT("id", order)), &r));
    if (rc)
        return rc;
    *out = (struct sla_facts){0};
    *fault = false;
    if (db_next(r)) {
        out->t0.ms = db_int(r, 0);
        out->line = arena_strdup(cx->a, db_text(r, 1));
        out->grade = arena_strdup(cx->a, db_text(r, 2));
        out->emergency = db_int(r, 3) != 0;
        out->emergency_at.ms = db_int(r, 4);
        out->in_duty = db_int(r, 5) != 0;
        *fault = !strcmp(db_text(r, 6), "incident") &&
                 (db_null(r, 8) || strcmp(db_text(r, 8), "no_fault") != 0);
        const char *group =
            db_null(r, 7) ? !strcmp(out->line, "office_it") ? "device" : "camera" : db_text(r, 7);
        out->asset_group = *fault ? arena_strdup(cx->a, group) : NULL;
    }
    return cx_db(cx, db_end(r));
}

/* "all" or a list with commas. */
static bool stops(const char *metrics, const char *metric)
{
    size_t n = strlen(metric);
    if (!strcmp(metrics, "all"))
        return true;
    for (const char *s = metrics; *s;) {
        size_t len = strcspn(s, ",");
        if (len == n && !strncmp(s, metric, n))
            return true;
        s += len + (s[len] == ',');
    }
    return false;
}

static const char *pause_note(struct cx *cx, const struct db_rows *r)
{
    return arena_printf(cx->a, "%s%s", db_text(r, 3),
                        strcmp(db_text(r, 4), "pending") ? "" : "（待甲方确认）");
}

enum rc sla_load_pauses(struct cx *cx, int64_t order, const char *metric, struct sla_pause **out,
                        size_t *n, bool *pending)
{
    struct db_rows *r;
    size_t room = 16;
    *out = ARENA_NEW(cx->a, struct sla_pause, room);
    *n = 0;
    *pending = false;
    enum rc rc =
        cx_db(cx, db_query(cx->db,
                           "SELECT started_at, ended_at, metrics, reason, state FROM sla_pause"
                           " WHERE work_order_id = :order AND state <> 'rejected'"
                           " AND retired_at IS NULL ORDER BY started_at, id",
                           BINDS(B_INT("order", order)), &r));
    if (rc)
        return rc;
    while (db_next(r)) {
        if (!stops(db_text(r, 2), metric))
            continue;
        if (*n == room) {
            struct sla_pause *more = ARENA_NEW(cx->a, struct sla_pause, room * 2);
            memcpy(more, *out, room * sizeof *more);
            *out = more;
            room *= 2;
        }
        (*out)[(*n)++] = (struct sla_pause){
            {db_int(r, 0)}, {db_null(r, 1) ? INT64_MAX : db_int(r, 1)}, pause_note(cx, r)};
        *pending = *pending || !strcmp(db_text(r, 4), "pending");
    }
    return cx_db(cx, db_end(r));
}

enum rc sla_in_duty(struct cx *cx, const char *line, struct instant at, bool *out)
{
    int64_t n = 0;
    enum rc rc = db_int_of(cx->db,
                           "SELECT COUNT(*) FROM duty_shift WHERE from_at <= :at AND to_at > :at"
                           " AND (line IS NULL OR line = :line) AND retired_at IS NULL",
                           BINDS(B_INT("at", at.ms), B_TEXT("line", line)), &n);
    *out = n > 0;
    return cx_db(cx, rc);
}
