/* SPDX-License-Identifier: Apache-2.0 */
/* The append-only journal: one row per thing that happened, written in the transaction of the
 * change itself. A sealer gives the rows their feed number and hash chain in commit order. */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H
#include "journal/cx.h"

/* changes: JSON object {"field":[before,after]} or {}. result: "ok" or the refusal's code. */
MUST_USE enum rc journal_add(struct cx *cx, const char *kind, int64_t record_id,
                             const char *action, const char *changes, const char *result);

/* Seals up to `most` new rows: feed = last + 1, hash = SHA-256 over the previous hash and the row's
 * canonical text. Returns the number sealed. Only one process may seal: the web process. */
MUST_USE enum rc journal_seal(struct cx *cx, int most, int *sealed);

/* Checks the chain from the first row: changed, missing and re-ordered rows are named in cx->err
 * (RC_CONFLICT). head_out (HASH_HEX bytes) gets the last hash, rows_out the number of rows. */
MUST_USE enum rc journal_verify(struct cx *cx, char *head_out, int64_t *rows_out);

#endif
