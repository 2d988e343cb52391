/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

struct gone {
    int64_t asset_id;
    char check[CHECK_NAME];
};
struct list {
    void *items;
    size_t n, cap;
};
struct store {
    struct db *db;
    struct list observations, samples, gone;
};

struct store *store_new(struct db *db)
{
    struct store *s = calloc(1, sizeof *s);
    if (!s)
        die("out of memory");
    s->db = db;
    return s;
}

void store_free(struct store *s)
{
    if (!s)
        return;
    free(s->observations.items);
    free(s->samples.items);
    free(s->gone.items);
    free(s);
}

static void append(struct list *l, const void *item, size_t size)
{
    if (l->n == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 64;
        void *p = reallocarray(l->items, l->cap, size);
        if (!p)
            die("out of memory");
        l->items = p;
    }
    memcpy((char *)l->items + l->n++ * size, item, size);
}

void store_observe(struct store *s, const struct observation *o)
{
    append(&s->observations, o, sizeof *o);
}

void store_sample(struct store *s, const struct sample *m)
{
    append(&s->samples, m, sizeof *m);
}

void store_forget(struct store *s, int64_t asset_id, const char *check)
{
    struct gone g = {.asset_id = asset_id};
    snprintf(g.check, sizeof g.check, "%s", check);
    append(&s->gone, &g, sizeof g);
}

size_t store_waiting(const struct store *s)
{
    return s->observations.n;
}

static struct bind int_or_null(const char *name, int64_t v, bool null)
{
    return null ? B_NULL(name) : B_INT(name, v);
}

static enum rc write_gone(struct store *s)
{
    const struct gone *g = s->gone.items;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < s->gone.n && !rc; i++)
        rc = db_run(s->db, "DELETE FROM target WHERE asset_id = :asset_id"
                           " AND check_name = :check_name",
                    BINDS(B_INT("asset_id", g[i].asset_id), B_TEXT("check_name", g[i].check)),
                    NULL);
    return rc;
}

static enum rc write_observations(struct store *s)
{
    const struct observation *o = s->observations.items;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < s->observations.n && !rc; i++, o++)
        rc = db_run(s->db,
                    "INSERT INTO observation (asset_id, check_name, from_state, to_state, at,"
                    " dark_since, rule, detail) VALUES (:asset_id, :check_name, :from_state,"
                    " :to_state, :at, :dark_since, :rule, :detail)",
                    BINDS(B_INT("asset_id", o->asset_id), B_TEXT("check_name", o->check),
                          B_TEXT("from_state", watch_state_word(o->from)),
                          B_TEXT("to_state", watch_state_word(o->to)), B_INT("at", o->at),
                          int_or_null("dark_since", o->dark_since, !o->dark_since),
                          B_TEXT("rule", o->rule),
                          B_TEXT("detail", o->detail[0] ? o->detail : NULL)),
                    NULL);
    return rc;
}

static enum rc write_target(struct db *db, struct target_row *t)
{
    const struct state *s = t->state;
    return db_int_of(
        db,
        "INSERT INTO target (asset_id, check_name, address, state, since_at, last_at, last_ok_at,"
        " first_miss_at, rtt_us, detail) VALUES (:asset_id, :check_name, :address, :state,"
        " :since_at, :last_at, :last_ok_at, :first_miss_at, :rtt_us, :detail)"
        " ON CONFLICT (asset_id, check_name) DO UPDATE SET address = excluded.address,"
        " state = excluded.state, since_at = excluded.since_at, last_at = excluded.last_at,"
        " last_ok_at = excluded.last_ok_at, first_miss_at = excluded.first_miss_at,"
        " rtt_us = excluded.rtt_us, detail = excluded.detail RETURNING id",
        BINDS(B_INT("asset_id", t->asset_id), B_TEXT("check_name", t->check),
              B_TEXT("address", t->address), B_TEXT("state", watch_state_word(s->shown)),
              B_INT("since_at", s->since_at), int_or_null("last_at", s->last_at, !s->last_at),
              int_or_null("last_ok_at", s->last_ok_at, !s->last_ok_at),
              int_or_null("first_miss_at", s->first_miss_at, !s->first_miss_at),
              int_or_null("rtt_us", s->rtt_us, !s->last_ok_at),
              B_TEXT("detail", s->detail[0] ? s->detail : NULL)),
        &t->id);
}

/* A window may be written twice: by the process that stopped inside it and by its successor. */
static enum rc write_samples(struct store *s)
{
    const struct sample *m = s->samples.items;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < s->samples.n && !rc; i++, m++) {
        int64_t answers = m->n - m->lost;
        rc = db_run(
            s->db,
            "INSERT INTO sample_5m (target_id, at, n, lost, rtt_min_us, rtt_avg_us, rtt_max_us)"
            " VALUES (:target_id, :at, :n, :lost, :rtt_min, :rtt_avg, :rtt_max)"
            " ON CONFLICT (target_id, at) DO UPDATE SET n = sample_5m.n + excluded.n,"
            " lost = sample_5m.lost + excluded.lost,"
            " rtt_min_us = CASE WHEN sample_5m.rtt_min_us < excluded.rtt_min_us"
            " THEN sample_5m.rtt_min_us ELSE COALESCE(excluded.rtt_min_us, sample_5m.rtt_min_us)"
            " END, rtt_max_us = CASE WHEN sample_5m.rtt_max_us > excluded.rtt_max_us"
            " THEN sample_5m.rtt_max_us ELSE COALESCE(excluded.rtt_max_us, sample_5m.rtt_max_us)"
            " END, rtt_avg_us = CASE WHEN sample_5m.rtt_avg_us IS NULL THEN excluded.rtt_avg_us"
            " WHEN excluded.rtt_avg_us IS NULL THEN sample_5m.rtt_avg_us"
            " ELSE (sample_5m.rtt_avg_us * (sample_5m.n - sample_5m.lost)"
            " + excluded.rtt_avg_us * (excluded.n - excluded.lost))"
            " / (sample_5m.n - sample_5m.lost + excluded.n - excluded.lost) END",
            BINDS(B_INT("target_id", m->target_id), B_INT("at", m->at), B_INT("n", m->n),
                  B_INT("lost", m->lost), int_or_null("rtt_min", m->rtt_min, !answers),
                  int_or_null("rtt_avg", answers ? m->rtt_sum / answers : 0, !answers),
                  int_or_null("rtt_max", m->rtt_max, !answers)),
            NULL);
    }
    return rc;
}

static enum rc write_all(struct store *s, struct target_row *rows, size_t n)
{
    enum rc rc = write_gone(s);
    if (!rc)
        rc = write_observations(s);
    for (size_t i = 0; i < n && !rc; i++)
        rc = write_target(s->db, &rows[i]);
    if (!rc)
        rc = write_samples(s);
    return rc;
}

enum rc store_flush(struct store *s, struct target_row *rows, size_t n, size_t *observations)
{
    if (observations)
        *observations = 0;
    if (!n && !s->observations.n && !s->samples.n && !s->gone.n)
        return RC_OK;
    enum rc rc = db_begin(s->db);
    if (rc)
        return rc;
    rc = write_all(s, rows, n);
    if (!rc)
        rc = db_commit(s->db);
    if (rc) {
        db_rollback(s->db);
        return rc;
    }
    if (observations)
        *observations = s->observations.n;
    s->observations.n = s->samples.n = s->gone.n = 0;
    return RC_OK;
}

enum rc store_trim(struct store *s, int64_t before)
{
    return db_run(s->db, "DELETE FROM sample_5m WHERE at < :before",
                  BINDS(B_INT("before", before)), NULL);
}

static void copy_text(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from ? from : "");
}

static void read_state(const struct db_rows *r, struct state *s)
{
    *s = (struct state){.shown = watch_state_of(db_text(r, 4)),
                        .since_at = db_int(r, 5),
                        .last_at = db_int(r, 6),
                        .last_ok_at = db_int(r, 7),
                        .first_miss_at = db_int(r, 8),
                        .rtt_us = (uint32_t)db_int(r, 9)};
    copy_text(s->detail, sizeof s->detail, db_text(r, 10));
    s->decided = s->shown;
    if (s->shown == WATCH_SUSPECT) /* nothing decided yet: what it was before the miss */
        s->decided = db_null(r, 11) ? WATCH_UP : watch_state_of(db_text(r, 11));
    const char *rule = db_text(r, 12);
    s->never_said = rule && strcmp(rule, "never answered") == 0;
    s->flapping = rule && strcmp(rule, "flapping") == 0 && s->decided == WATCH_DOWN;
}

enum rc store_load(struct store *s, store_seen *seen, void *arg)
{
    struct db_rows *r;
    enum rc rc = db_query(s->db,
                          "SELECT t.id, t.asset_id, t.check_name, t.address, t.state, t.since_at,"
                          " t.last_at, t.last_ok_at, t.first_miss_at, t.rtt_us, t.detail,"
                          " o.to_state, o.rule FROM target t LEFT JOIN observation o ON o.id ="
                          " (SELECT MAX(l.id) FROM observation l WHERE l.asset_id = t.asset_id"
                          " AND l.check_name = t.check_name) ORDER BY t.id",
                          NO_BINDS, &r);
    if (rc)
        return rc;
    while (db_next(r)) {
        struct stored_target t = {.id = db_int(r, 0),
                                  .asset_id = db_int(r, 1),
                                  .check = db_text(r, 2),
                                  .address = db_text(r, 3)};
        read_state(r, &t.state);
        seen(arg, &t);
    }
    return db_end(r);
}

enum rc store_load_flips(struct store *s, int64_t since, store_flip *flip, void *arg)
{
    struct db_rows *r;
    enum rc rc = db_query(s->db,
                          "SELECT asset_id, check_name, at, rule FROM observation"
                          " WHERE at >= :since AND from_state <> 'unknown'"
                          " AND to_state <> 'unknown' ORDER BY id",
                          BINDS(B_INT("since", since)), &r);
    if (rc)
        return rc;
    while (db_next(r))
        flip(arg, db_int(r, 0), db_text(r, 1), db_int(r, 2), db_text(r, 3));
    return db_end(r);
}
