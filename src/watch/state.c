/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/state.h"

#include <stdio.h>
#include <string.h>

static const char *const words[] = {
    [WATCH_UNKNOWN] = "unknown",
    [WATCH_UP] = "up",
    [WATCH_SUSPECT] = "suspect",
    [WATCH_DOWN] = "down",
};

const char *watch_state_word(enum watch_state s)
{
    return words[s];
}

enum watch_state watch_state_of(const char *word)
{
    for (int i = 0; word && i < (int)(sizeof words / sizeof *words); i++)
        if (strcmp(word, words[i]) == 0)
            return (enum watch_state)i;
    return WATCH_UNKNOWN;
}

struct state_rules state_default_rules(void)
{
    return (struct state_rules){
        .interval_ms = 30000,
        .retry_ms = 1000,
        .misses = 3,
        .answers = 2,
        .early_ms = 300000,
        .backoff_ms = 90000,
        .flips = 5,
        .flip_ms = 600000,
        .calm_ms = 300000,
    };
}

void state_new(struct state *s, int64_t at)
{
    *s = (struct state){.shown = WATCH_UNKNOWN, .decided = WATCH_UNKNOWN, .since_at = at};
}

void state_forget_misses(struct state *s)
{
    s->misses = 0;
    s->oks = 0;
    if (s->decided != WATCH_DOWN)
        s->first_miss_at = 0;
    s->shown = s->decided;
}

bool state_near_down(const struct state *s, const struct state_rules *r)
{
    return s->decided != WATCH_DOWN && s->last_ok_at && s->misses + 1 >= r->misses;
}

static void decide(struct state *s, struct verdict *v, enum watch_state to, int64_t at,
                   const char *rule)
{
    v->decided = true;
    v->from = s->decided;
    v->to = to;
    v->at = at;
    v->dark_since = s->first_miss_at;
    snprintf(v->rule, sizeof v->rule, "%s", rule);
    if (s->decided != to)
        s->since_at = at;
    s->decided = to;
    s->shown = to;
    s->delay_ms = 0;
    s->misses = 0;
    s->oks = 0;
    if (to == WATCH_UP)
        s->first_miss_at = 0;
}

/* Notes a change between up and down; true when there were too many of them lately. */
static bool flips_too_often(struct state *s, const struct state_rules *r, int64_t now)
{
    int kept = 0;
    for (int i = 0; i < s->n_flips; i++)
        if (now - s->flips[i] < r->flip_ms)
            s->flips[kept++] = s->flips[i];
    if (kept == STATE_FLIPS)
        memmove(s->flips, s->flips + 1, sizeof s->flips[0] * (size_t)--kept);
    s->flips[kept++] = now;
    s->n_flips = kept;
    return kept > r->flips;
}

static void hold_down(struct state *s, const struct check *c, struct verdict *v)
{
    s->flapping = true;
    s->flap_ok = c->ok;
    s->calm_since = c->now;
    decide(s, v, WATCH_DOWN, c->at, "flapping");
}

static void misses_text(const struct state *s, char *out, size_t size)
{
    int shown = s->misses < STATE_MISSES_SHOWN ? s->misses : STATE_MISSES_SHOWN;
    size_t n = (size_t)snprintf(out, size, "%d misses (", s->misses);
    for (int i = 0; i < shown && n < size; i++) {
        int64_t ms = s->miss_sent[i] - s->miss_sent[0];
        n += (size_t)snprintf(out + n, size - n, "%s%lld s", i ? ", " : "",
                              (long long)((ms + 500) / 1000));
    }
    if (n < size)
        snprintf(out + n, size - n, shown < s->misses ? ", ...)" : ")");
}

static void back_off(struct state *s, const struct state_rules *r, int64_t at, struct verdict *v)
{
    if (at - s->since_at < r->early_ms)
        return;
    int64_t most = r->backoff_ms > r->interval_ms ? r->backoff_ms : r->interval_ms;
    int64_t from = s->delay_ms ? s->delay_ms : r->interval_ms;
    s->delay_ms = from + from / 2 < most ? from + from / 2 : most;
    v->delay = s->delay_ms;
}

static void count_miss(struct state *s, const struct check *c, struct verdict *v)
{
    if (s->misses == 0) {
        v->first_miss = true;
        if (!s->first_miss_at)
            s->first_miss_at = c->sent_at;
    }
    if (s->misses < STATE_MISSES_SHOWN)
        s->miss_sent[s->misses] = c->sent;
    if (s->misses < 1000)
        s->misses++;
}

static void retry_soon(const struct state_rules *r, const struct check *c, struct verdict *v)
{
    int64_t due = c->sent + r->retry_ms;
    v->next = due > c->now ? due : c->now;
}

static void miss_never_answered(struct state *s, const struct state_rules *r,
                                const struct check *c, struct verdict *v)
{
    if (s->misses < r->misses)
        count_miss(s, c, v);
    if (s->misses < r->misses) {
        retry_soon(r, c, v);
        return;
    }
    if (!s->never_said) {
        int misses = s->misses;
        decide(s, v, WATCH_UNKNOWN, c->at, "never answered");
        s->misses = misses;
        s->never_said = true;
    }
    back_off(s, r, c->at, v);
}

static void miss(struct state *s, const struct state_rules *r, const struct check *c,
                 struct verdict *v)
{
    s->oks = 0;
    if (s->decided == WATCH_DOWN) {
        back_off(s, r, c->at, v);
        return;
    }
    if (c->blind)
        return;
    if (!s->last_ok_at) {
        miss_never_answered(s, r, c, v);
        return;
    }
    count_miss(s, c, v);
    s->shown = WATCH_SUSPECT;
    if (s->misses < r->misses || c->hold) {
        retry_soon(r, c, v);
        return;
    }
    char rule[STATE_RULE];
    misses_text(s, rule, sizeof rule);
    if (s->decided == WATCH_UP && flips_too_often(s, r, c->now))
        hold_down(s, c, v);
    else
        decide(s, v, WATCH_DOWN, c->at, rule);
}

static void answer_while_down(struct state *s, const struct state_rules *r,
                              const struct check *c, struct verdict *v)
{
    s->delay_ms = 0;
    if (++s->oks < r->answers) {
        v->next = c->now + r->retry_ms;
        return;
    }
    char rule[STATE_RULE];
    snprintf(rule, sizeof rule, "%d answers, %lld s apart", r->answers,
             (long long)((r->retry_ms + 500) / 1000));
    if (flips_too_often(s, r, c->now))
        hold_down(s, c, v);
    else
        decide(s, v, WATCH_UP, c->at, rule);
}

static void answered(struct state *s, const struct state_rules *r, const struct check *c,
                     struct verdict *v)
{
    bool first = !s->last_ok_at;
    s->last_ok_at = c->at;
    s->rtt_us = c->rtt_us;
    s->never_said = false;
    if (s->decided == WATCH_DOWN) {
        answer_while_down(s, r, c, v);
        return;
    }
    s->first_miss_at = 0;
    if (s->decided == WATCH_UNKNOWN)
        decide(s, v, WATCH_UP, c->at, first ? "first answer" : "answers again");
    else
        state_forget_misses(s);
}

/* Held down until calm, whatever it answers; no quick checks meanwhile. */
static void answer_while_flapping(struct state *s, const struct state_rules *r,
                                  const struct check *c, struct verdict *v)
{
    if (c->ok) {
        s->last_ok_at = c->at;
        s->rtt_us = c->rtt_us;
    }
    if (c->ok != s->flap_ok) {
        s->flap_ok = c->ok;
        s->calm_since = c->now;
    }
    if (c->now - s->calm_since < r->calm_ms)
        return;
    s->flapping = false;
    s->n_flips = 0;
    if (c->ok)
        decide(s, v, WATCH_UP, c->at, "calm again after flapping");
}

void state_answer(struct state *s, const struct state_rules *r, const struct check *c,
                  struct verdict *v)
{
    *v = (struct verdict){.from = s->decided, .to = s->decided};
    s->last_at = c->at;
    snprintf(s->detail, sizeof s->detail, "%s%s", s->flapping ? "flapping; " : "",
             c->detail ? c->detail : "");
    if (s->flapping)
        answer_while_flapping(s, r, c, v);
    else if (c->ok)
        answered(s, r, c, v);
    else
        miss(s, r, c, v);
}

void state_blind(struct state *s, int64_t at, int64_t since_at, const char *rule,
                 struct verdict *v)
{
    *v = (struct verdict){.from = s->decided, .to = s->decided};
    s->flapping = false;
    s->n_flips = 0;
    if (s->decided != WATCH_UNKNOWN) {
        decide(s, v, WATCH_UNKNOWN, at, rule);
        v->dark_since = since_at;
        snprintf(s->detail, sizeof s->detail, "%s", rule);
    }
    s->first_miss_at = 0;
    state_forget_misses(s);
}
