/* SPDX-License-Identifier: Apache-2.0 */
/* Inside src/journal only. */
#ifndef JOURNAL_JOURNAL_INT_H
#define JOURNAL_JOURNAL_INT_H
#include "base/buf.h"
#include "journal/journal.h"

/* In the order of the canonical text; the table is called j. */
#define JOURNAL_COLUMNS                                                                            \
    "j.id, j.at, j.actor_type, j.actor_id, j.actor_name, j.address, j.kind, j.record_id, j.action,"\
    " j.changes, j.result"
#define JOURNAL_COLUMN_COUNT 11

/* The canonical text (chain.h) of a row whose first columns are JOURNAL_COLUMNS. */
void journal_text(struct buf *out, const struct db_rows *r, int64_t feed, const char *prev);

#endif
