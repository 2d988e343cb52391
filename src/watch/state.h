/* SPDX-License-Identifier: Apache-2.0 */
/* The state machine of one target: pure, no clock, no database. Times named `now` and `sent` are
 * boot milliseconds (they run on through a suspend), times named `*_at` are UTC milliseconds.
 *
 * Decided states are up, down and unknown; suspect means "missed, not yet decided". */
#ifndef WATCH_STATE_H
#define WATCH_STATE_H
#include <stdbool.h>
#include <stdint.h>

enum watch_state { WATCH_UNKNOWN, WATCH_UP, WATCH_SUSPECT, WATCH_DOWN };

const char *watch_state_word(enum watch_state s);
enum watch_state watch_state_of(const char *word); /* unknown words read as WATCH_UNKNOWN */

struct state_rules {
    int64_t interval_ms; /* between checks of a target */
    int64_t retry_ms;    /* between the checks that decide */
    int misses;          /* that make a target down */
    int answers;         /* that make a down target up */
    int64_t early_ms;    /* a down target keeps the normal interval this long */
    int64_t backoff_ms;  /* the longest interval of a down target */
    int flips;           /* more changes than this within flip_ms is flapping */
    int64_t flip_ms;
    int64_t calm_ms; /* a flapping target is held down until so long without a change */
};
struct state_rules state_default_rules(void);

enum { STATE_MISSES_SHOWN = 8, STATE_FLIPS = 16, STATE_DETAIL = 128, STATE_RULE = 128 };

struct state {
    enum watch_state shown;   /* incl. suspect */
    enum watch_state decided; /* never suspect */
    int64_t since_at;         /* of the decided state */
    int64_t last_at, last_ok_at, first_miss_at; /* 0 = never */
    uint32_t rtt_us;                            /* of the last answer */
    char detail[STATE_DETAIL];
    int misses, oks;
    int64_t miss_sent[STATE_MISSES_SHOWN];
    int64_t delay_ms; /* the back-off reached so far */
    int64_t flips[STATE_FLIPS];
    int n_flips;
    bool flapping, flap_ok, never_said;
    int64_t calm_since;
};

/* One finished check. */
struct check {
    bool ok;
    int64_t sent, now;
    int64_t sent_at, at;
    uint32_t rtt_us;
    const char *detail; /* "" or why it failed */
    bool hold;          /* the interface may be dead as a whole: do not decide down yet */
    bool blind;         /* the interface is dead: a miss says nothing */
};

struct verdict {
    bool decided; /* an observation is due */
    enum watch_state from, to;
    int64_t at, dark_since; /* dark_since 0 = none */
    char rule[STATE_RULE];
    bool first_miss; /* probe the uplinks now */
    int64_t next;    /* boot ms of the next check; 0 = at the regular place in the interval */
    int64_t delay;   /* or so many ms from now, 0 = see next */
};

void state_new(struct state *s, int64_t at);
void state_answer(struct state *s, const struct state_rules *r, const struct check *c,
                  struct verdict *v);

/* True when the next miss would decide that the target is down: time to look for blindness. */
bool state_near_down(const struct state *s, const struct state_rules *r);

/* We could not see: the target is unknown and decided anew by its next checks. */
void state_blind(struct state *s, int64_t at, int64_t since_at, const char *rule,
                 struct verdict *v);

/* Forgets a half-made decision without a change of state. */
void state_forget_misses(struct state *s);

#endif
