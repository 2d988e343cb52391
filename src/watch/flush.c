/* SPDX-License-Identifier: Apache-2.0 */
/* Writing: five-minute sums, changed target rows, decisions; again and again until it works. */
#include <stdlib.h>

#include "base/civil.h"
#include "base/log.h"
#include "watch/engine_int.h"

#define WINDOW_MS (5 * MINUTE_MS)
#define KEEP_MS (30 * DAY_MS)

enum { ROWS_EVERY_MS = 5000, RETRY_MS = 500, RETRY_MOST_MS = 5000, TRIM_MS = 3600000 };

void flush_soon(struct engine *e, int64_t now, int64_t delay)
{
    if (!e->flush_at || (e->flush_at > now + delay && !e->store_failed))
        e->flush_at = now + delay;
}

void sample_close(struct engine *e, struct target *t)
{
    if (t->sum.n && t->row_id) {
        t->sum.target_id = t->row_id;
        store_sample(e->store, &t->sum);
    }
    t->sum = (struct sample){0};
}

void sample_add(struct engine *e, struct target *t, bool ok, uint32_t rtt_us)
{
    int64_t wall = wall_ms(), window = wall - wall % WINDOW_MS;
    if (t->sum.n && t->sum.at != window)
        sample_close(e, t);
    t->sum.at = window;
    t->sum.n++;
    if (!ok) {
        t->sum.lost++;
        return;
    }
    if (t->sum.n - t->sum.lost == 1 || rtt_us < t->sum.rtt_min)
        t->sum.rtt_min = rtt_us;
    if (rtt_us > t->sum.rtt_max)
        t->sum.rtt_max = rtt_us;
    t->sum.rtt_sum += rtt_us;
}

static size_t dirty_rows(struct engine *e, struct target_row *rows, struct target **of)
{
    size_t n = 0;
    for (size_t i = 0; i < e->n; i++) {
        struct target *t = e->all[i];
        if (!t->dirty || !t->listed)
            continue;
        rows[n] = (struct target_row){.asset_id = t->spec.asset_id,
                                      .check = t->spec.check,
                                      .address = t->spec.address,
                                      .state = &t->state};
        of[n++] = t;
    }
    return n;
}

static enum rc flush_all(struct engine *e, size_t *observations)
{
    struct target_row *rows = calloc(e->n + 1, sizeof *rows);
    struct target **of = calloc(e->n + 1, sizeof(struct target *));
    if (!rows || !of)
        die("out of memory");
    size_t n = dirty_rows(e, rows, of);
    enum rc rc = store_flush(e->store, rows, n, observations);
    for (size_t i = 0; i < n && !rc; i++) {
        of[i]->row_id = rows[i].id;
        of[i]->dirty = false;
    }
    free(rows);
    free(of);
    return rc;
}

static void trim(struct engine *e, int64_t now)
{
    if (now < e->trim_at)
        return;
    e->trim_at = now + TRIM_MS;
    if (store_trim(e->store, wall_ms() - KEEP_MS))
        log_warn("cannot drop old samples: %s", db_err(e->db)->en);
}

static void failed(struct engine *e, int64_t now)
{
    if (!e->store_failed)
        log_warn("cannot write yet, %zu observations wait: %s", store_waiting(e->store),
                 db_err(e->db)->en);
    e->store_failed = true;
    e->busy_ms = e->busy_ms ? e->busy_ms * 2 : RETRY_MS;
    if (e->busy_ms > RETRY_MOST_MS)
        e->busy_ms = RETRY_MOST_MS;
    e->flush_at = now + e->busy_ms;
}

static void wrote(struct engine *e, size_t observations)
{
    if (e->store_failed)
        log_info("writing works again");
    e->store_failed = false;
    e->busy_ms = 0;
    if (observations && e->o.wrote)
        e->o.wrote(e->o.wrote_arg);
}

void flush_turn(struct engine *e, int64_t now)
{
    size_t observations;
    if (!e->flush_at) {
        e->flush_at = now + ROWS_EVERY_MS;
        return;
    }
    if (now < e->flush_at)
        return;
    if (flush_all(e, &observations)) {
        failed(e, now);
        return;
    }
    wrote(e, observations);
    e->flush_at = now + ROWS_EVERY_MS;
    trim(e, now);
}

void flush_last(struct engine *e)
{
    size_t observations = 0;
    enum rc rc = flush_all(e, &observations); /* gives new targets their row first */
    for (size_t i = 0; i < e->n; i++)
        sample_close(e, e->all[i]);
    if (!rc)
        wrote(e, observations);
    if (rc || store_flush(e->store, NULL, 0, NULL))
        log_error("%zu observations could not be written before the end: %s",
                  store_waiting(e->store), db_err(e->db)->en);
}
