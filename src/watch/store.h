/* SPDX-License-Identifier: Apache-2.0 */
/* What watch writes down. Decisions and sums wait in memory until the database took them, in
 * order; a locked, full or lost database only delays them. */
#ifndef WATCH_STORE_H
#define WATCH_STORE_H
#include <stddef.h>

#include "db/db.h"
#include "watch/state.h"
#include "watch/targets.h"

struct observation {
    int64_t asset_id;
    char check[CHECK_NAME];
    enum watch_state from, to;
    int64_t at, dark_since; /* dark_since 0 = NULL */
    char rule[STATE_RULE];
    char detail[STATE_DETAIL];
};
struct sample {
    int64_t target_id, at;
    int64_t n, lost, rtt_min, rtt_sum, rtt_max; /* rtt_* count n - lost answers */
};
struct target_row {
    int64_t id; /* set by store_flush() */
    int64_t asset_id;
    const char *check, *address;
    const struct state *state;
};

struct store;
struct store *store_new(struct db *db); /* borrows db until store_free() */
void store_free(struct store *s);       /* what is still waiting is lost: flush first */

void store_observe(struct store *s, const struct observation *o);
void store_sample(struct store *s, const struct sample *m);
void store_forget(struct store *s, int64_t asset_id, const char *check); /* drops the target row */
size_t store_waiting(const struct store *s);                             /* observations */

/* One transaction with everything that waits and the given rows. RC_OK or nothing was written.
 * *observations (may be NULL) = how many went out. */
MUST_USE enum rc store_flush(struct store *s, struct target_row *rows, size_t n,
                             size_t *observations);
MUST_USE enum rc store_trim(struct store *s, int64_t before); /* old samples */

/* Reading back at start. */
struct stored_target {
    int64_t id, asset_id;
    const char *check, *address;
    struct state state; /* decided as the last observation says */
};
typedef void store_seen(void *arg, const struct stored_target *t);
MUST_USE enum rc store_load(struct store *s, store_seen *seen, void *arg);
/* Changes between up and down since `since`, oldest first; to tell flapping. */
typedef void store_flip(void *arg, int64_t asset_id, const char *check, int64_t at,
                        const char *rule);
MUST_USE enum rc store_load_flips(struct store *s, int64_t since, store_flip *flip, void *arg);

#endif
