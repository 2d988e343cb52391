/* SPDX-License-Identifier: Apache-2.0 */
/* The append-only journal: one row per thing that happened, written in the transaction of the
 * change itself. A sealer gives the rows their feed number and hash chain in commit order: SSE and
 * webhooks follow the feed, journal/chain.h says what the hash covers. No row is ever deleted by
 * the program (SEC-13: at least 180 days). */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H
#include "base/json.h"
#include "journal/chain.h"
#include "journal/cx.h"

/* changes: JSON object {"field":[before,after]} or {}. result: "ok" or the refusal's code. */
MUST_USE enum rc journal_add(struct cx *cx, const char *kind, int64_t record_id,
                             const char *action, const char *changes, const char *result);
/* The same outside a transaction: what was only looked at, taken out or refused. */
MUST_USE enum rc journal_note(struct cx *cx, const char *kind, int64_t record_id,
                              const char *action, const char *changes, const char *result);

/* The same for many records of a kind at once: imports. */
struct journal_line {
    int64_t record_id;
    const char *action, *changes;
};
MUST_USE enum rc journal_add_many(struct cx *cx, const char *kind, const struct journal_line *lines,
                                  int n);

/* Seals up to `most` new rows in the order of their commits, by SHA-256 or, by the setting
 * journal_sm3, by SM3; what was sealed before keeps its hash. Returns the number sealed. Only one
 * process may seal: the web process. */
MUST_USE enum rc journal_seal(struct cx *cx, int most, int *sealed);

/* The newest sealed row; feed 0 and the genesis hash without one. What leaves the platform carries
 * it, so that a cut or rewritten journal shows. */
MUST_USE enum rc journal_head(struct cx *cx, struct anchor *out);
void journal_head_json(struct jw *w, const struct anchor *head); /* {"feed":1,"hash":"…"} */

/* The anchor file of the data folder: a line per head, appended when the head moved. */
MUST_USE enum rc journal_anchor(struct cx *cx, const struct anchor *head);
const char *journal_anchor_path(struct cx *cx);

/* Checks the chain from the first row to the last; constant memory. RC_CONFLICT with the first
 * fault in cx->err, all of them in c. stop (may be NULL) ends it early (RC_TIMEOUT). */
MUST_USE enum rc journal_verify(struct cx *cx, struct anchors *anchors, struct chain_check *c,
                                const atomic_bool *stop);
/* The same over exported copies, as if they were one file; no store is needed. */
MUST_USE enum rc journal_verify_files(char *const *paths, int n, struct anchors *anchors,
                                      struct chain_check *c, struct err *e);

/* Sealed rows after `since`, one line "HASH  CANONICAL TEXT" each (sha256sum's form), to path. */
struct journal_copy {
    int64_t rows, first, last;
    char head[CHAIN_HASH];
};
MUST_USE enum rc journal_export(struct cx *cx, const char *path, int64_t since,
                                struct journal_copy *out);
/* A job: the day's copy into DIR/journal when there is none of today (Beijing) yet; *rows = how many
 * it has, 0 = it was there or nothing is new. */
MUST_USE enum rc journal_daily(struct cx *cx, int64_t *rows);

#endif
