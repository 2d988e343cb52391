/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/session.h"
#include "mod/notice/notice_int.h"

#define NEWS 1000  /* journal rows a round */
#define PEOPLE 500 /* most persons of one role */

struct news {
    int64_t feed, id, actor, rule;
    const char *kind, *action, *subject, *role, *field, *level, *title, *only_if;
    int64_t ack_minutes; /* 0 = needs none */
    bool digest;
};

static const char *keep(struct cx *cx, const struct db_rows *r, int col)
{
    return db_null(r, col) ? NULL : arena_strdup(cx->a, db_text(r, col));
}

static enum rc read_news(struct cx *cx, int64_t from, int64_t to, struct news **out, int *n)
{
    struct db_rows *r;
    int room = 0;
    *n = 0;
    *out = NULL;
    enum rc rc =
        db_query(cx->db,
                 "SELECT j.feed, j.record_id, j.actor_id, n.id, j.kind, j.action, n.subject,"
                 " n.to_role,"
                 " n.to_field, n.level, n.title, n.ack_minutes, n.digest, n.only_if FROM journal j"
                 " JOIN notice_rule n ON n.source_kind = j.kind AND n.source_action = j.action"
                 " AND n.state = 'active' AND n.retired_at IS NULL"
                 " WHERE j.feed > :from AND j.feed <= :to AND j.result IN ('ok', 'alert')"
                 " ORDER BY j.feed, CASE n.level WHEN 'danger' THEN 0 WHEN 'warning' THEN 1 ELSE 2"
                 " END, n.id",
                 BINDS(B_INT("from", from), B_INT("to", to)), &r);
    if (rc)
        return cx_db(cx, rc);
    while (db_next(r)) {
        if (*n == room) {
            struct news *more = ARENA_NEW(cx->a, struct news, room * 2 + 16);
            if (*n)
                memcpy(more, *out, sizeof **out * (size_t)*n);
            *out = more;
            room = room * 2 + 16;
        }
        (*out)[(*n)++] = (struct news){.feed = db_int(r, 0),
                                       .id = db_int(r, 1),
                                       .actor = db_int(r, 2),
                                       .rule = db_int(r, 3),
                                       .kind = keep(cx, r, 4),
                                       .action = keep(cx, r, 5),
                                       .subject = keep(cx, r, 6),
                                       .role = keep(cx, r, 7),
                                       .field = keep(cx, r, 8),
                                       .level = keep(cx, r, 9),
                                       .title = keep(cx, r, 10),
                                       .ack_minutes = db_int(r, 11),
                                       .digest = db_int(r, 12) != 0,
                                       .only_if = keep(cx, r, 13)};
    }
    return cx_db(cx, db_end(r));
}

static enum rc people_of_role(struct cx *cx, const char *role, int64_t *out, int *n)
{
    struct db_rows *r;
    *n = 0;
    enum rc rc = db_query(cx->db,
                          "SELECT u.id FROM account u JOIN account_role a ON a.account_id = u.id"
                          " WHERE a.role = :role AND u.state = 'active' AND u.retired_at IS NULL"
                          " ORDER BY u.id LIMIT 500",
                          BINDS(B_TEXT("role", role)), &r);
    if (rc)
        return cx_db(cx, rc);
    while (*n < PEOPLE && db_next(r))
        out[(*n)++] = db_int(r, 0);
    return cx_db(cx, db_end(r));
}

/* The notice is about the record that the subject names. */
static void take_subject(const struct row *row, struct news *it)
{
    int i = it->subject ? field_index(row->kind, it->subject) : -1;
    if (i < 0 || row->kind->fields[i].type != F_REF || row->v[i].null)
        return;
    it->kind = row->kind->fields[i].ref;
    it->id = row->v[i].i;
}

/* May this person read the record? Asked as the person himself. */
static enum rc may_read(struct cx *cx, int64_t account, const struct kind *k, int64_t id, bool *out)
{
    struct row *row;
    struct cx his = {.a = cx->a,
                     .db = cx->db,
                     .now = cx->now,
                     .data_dir = cx->data_dir,
                     .actor = {.address = ""}};
    enum rc rc = actor_load(&his, account);
    if (!rc)
        rc = record_get(&his, k, id, &row);
    *out = !rc;
    if (rc == RC_NOT_FOUND || rc == RC_DENIED)
        return RC_OK;
    if (rc)
        cx->err = his.err;
    return rc;
}

static enum rc has_reason(struct cx *cx, int64_t account, const char *reason, bool *out)
{
    int64_t n = 0;
    enum rc rc = db_int_of(cx->db,
                           "SELECT COUNT(*) FROM notice WHERE account_id = :account"
                           " AND reason = :reason",
                           BINDS(B_INT("account", account), B_TEXT("reason", reason)), &n);
    *out = n > 0;
    return cx_db(cx, rc);
}

static enum rc tell_one(struct cx *cx, const struct news *it, int64_t account, const char *title,
                        const char *reason, int *made)
{
    bool may = false, has = false;
    enum rc rc = has_reason(cx, account, reason, &has);
    if (!rc && !has)
        rc = may_read(cx, account, record_kind(it->kind), it->id, &may);
    if (rc || !may)
        return rc;
    struct row *row = record_new(cx, &notice_kind);
    row_int(row, NOTICE_ACCOUNT, account);
    row_text(row, NOTICE_TITLE, title);
    row_text(row, NOTICE_LEVEL, it->level);
    row_text(row, NOTICE_SOURCE_KIND, it->kind);
    row_int(row, NOTICE_SOURCE_ID, it->id);
    row_text(row, NOTICE_REASON, reason);
    if (it->rule)
        row_int(row, NOTICE_RULE, it->rule);
    row_int(row, NOTICE_DIGEST, it->digest);
    row_int(row, NOTICE_RAISED, cx->now.ms);
    if (it->ack_minutes)
        row_int(row, NOTICE_ACK_DUE, cx->now.ms + it->ack_minutes * MINUTE_MS);
    ++*made;
    rc = record_insert(cx, row, "create");
    return rc ? rc : plan_delivery(cx, row);
}

static enum rc tell(struct cx *cx, struct news *it, int *made)
{
    static _Thread_local int64_t people[PEOPLE];
    const struct kind *k = record_kind(it->kind);
    const char *title, *reason;
    struct row *row;
    bool holds = true;
    int n = 0;
    enum rc rc = k ? record_load(cx, k, it->id, &row) : RC_NOT_FOUND;
    if (rc == RC_NOT_FOUND)
        return RC_OK; /* the rule names a kind of an older version */
    if (!rc && it->only_if)
        rc = path_equals(cx, row, it->only_if, &holds);
    if (rc || !holds)
        return rc;
    rc = template_fill(cx, row, it->title, &title);
    if (!rc && it->role)
        rc = people_of_role(cx, it->role, people, &n);
    else if (!rc)
        rc = path_person(cx, row, it->field, &people[n++]);
    if (!rc)
        take_subject(row, it);
    reason = arena_printf(cx->a, "journal:%lld", (long long)it->feed);
    for (int i = 0; i < n && !rc; i++)
        if (people[i] && people[i] != it->actor)
            rc = tell_one(cx, it, people[i], title, reason, made);
    return rc;
}

static enum rc place(struct cx *cx, int64_t *from, int64_t *to)
{
    enum rc rc =
        db_int_of(cx->db, "SELECT value FROM counter WHERE name = 'notice.feed'", NO_BINDS, from);
    if (!rc)
        rc = db_int_of(cx->db, "SELECT MAX(feed) FROM journal", NO_BINDS, to);
    if (*to > *from + NEWS)
        *to = *from + NEWS;
    return cx_db(cx, rc);
}

static enum rc tell_all(struct cx *cx, int64_t from, int64_t to, int *made)
{
    struct news *news;
    int n;
    enum rc rc = read_news(cx, from, to, &news, &n);
    for (int i = 0; i < n && !rc; i++)
        rc = tell(cx, &news[i], made);
    if (rc)
        return rc;
    return cx_db(cx, db_run(cx->db, "UPDATE counter SET value = :to WHERE name = 'notice.feed'",
                            BINDS(B_INT("to", to)), NULL));
}

enum rc notice_from_journal(struct cx *cx, int *made)
{
    int64_t from = 0, to = 0;
    *made = 0;
    enum rc rc = place(cx, &from, &to);
    if (rc || to <= from)
        return rc;
    rc = cx_db(cx, db_begin(cx->db));
    if (!rc)
        rc = tell_all(cx, from, to, made);
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

/* --- nobody acknowledged --- */

static enum rc escalate_one(struct cx *cx, int64_t id, const char *role, int *made)
{
    static _Thread_local int64_t people[PEOPLE];
    struct row *old;
    int n;
    enum rc rc = record_load(cx, &notice_kind, id, &old);
    if (!rc)
        rc = people_of_role(cx, role, people, &n);
    if (rc)
        return rc;
    struct row *row = record_copy(cx, old);
    row_int(row, NOTICE_ESCALATED, cx->now.ms);
    rc = record_update(cx, old, row, "escalate");
    struct news it = {.id = old->v[NOTICE_SOURCE_ID].i,
                      .rule = 0,
                      .level = "danger",
                      .kind = old->v[NOTICE_SOURCE_KIND].s};
    const char *who = old->label[NOTICE_ACCOUNT] ? old->label[NOTICE_ACCOUNT] : "";
    const char *title = arena_printf(cx->a, "%s 未按时确认：%s", who, old->v[NOTICE_TITLE].s),
               *reason = arena_printf(cx->a, "unacknowledged:%lld", (long long)id);
    for (int i = 0; i < n && !rc; i++)
        if (people[i] != old->v[NOTICE_ACCOUNT].i)
            rc = tell_one(cx, &it, people[i], title, reason, made);
    return rc;
}

static enum rc unacknowledged(struct cx *cx, int64_t *ids, const char **roles, int most, int *n)
{
    struct db_rows *r;
    *n = 0;
    enum rc rc =
        db_query(cx->db,
                 "SELECT n.id, t.ack_role FROM notice n JOIN notice_rule t ON t.id = n.rule_id"
                 " WHERE n.ack_due_at <= :now AND n.state <> 'acknowledged'"
                 " AND n.escalated_at IS NULL AND t.ack_role IS NOT NULL"
                 " ORDER BY n.id LIMIT 100",
                 BINDS(B_INT("now", cx->now.ms)), &r);
    if (rc)
        return cx_db(cx, rc);
    while (*n < most && db_next(r)) {
        ids[*n] = db_int(r, 0);
        roles[(*n)++] = keep(cx, r, 1);
    }
    return cx_db(cx, db_end(r));
}

enum rc notice_escalate(struct cx *cx, int *made)
{
    int64_t ids[100];
    const char *roles[100];
    int n;
    *made = 0;
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = unacknowledged(cx, ids, roles, 100, &n);
    for (int i = 0; i < n && !rc; i++)
        rc = escalate_one(cx, ids[i], roles[i], made);
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}
