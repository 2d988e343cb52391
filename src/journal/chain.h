/* SPDX-License-Identifier: Apache-2.0 */
/* The hash chain of the journal as pure functions: used by the sealer, by the verifier over the
 * store and by the verifier over an exported copy, which needs nothing but the file.
 *
 * A sealed row has a canonical text, a JSON array on one line:
 *   [feed,"prev",id,at,"actor_type",actor_id|null,"actor_name","address","kind",record_id,"action","changes","result"]
 * and hash = SHA-256 of that text in lower-case hexadecimal, or "sm3:" and the SM3 (GB/T 32905) of
 * it. prev is the hash of the row with feed - 1. Who holds one old (feed, hash), the anchor, can tell
 * whether the rows up to it were rewritten as a whole. */
#ifndef JOURNAL_CHAIN_H
#define JOURNAL_CHAIN_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

#define CHAIN_HASH 72 /* with NUL */
enum chain_algorithm { CHAIN_SHA256, CHAIN_SM3 };

extern const char chain_genesis[]; /* prev of the first row */
void chain_hash(enum chain_algorithm a, const char *text, size_t n, char out[CHAIN_HASH]);

/* A head that was carried outside: in a report, a webhook, a backup, the anchor file. */
struct anchor {
    int64_t feed;
    char hash[CHAIN_HASH];
};
struct anchors {
    struct anchor *item; /* ascending by feed once checking has begun */
    size_t n, cap;
};
/* "FEED:HASH"; false when it is none. */
MUST_USE bool anchors_add(struct anchors *a, const char *text);
/* Lines whose last two words are FEED and HASH; other lines are passed over. A file that is not
 * there is RC_NOT_FOUND. */
MUST_USE enum rc anchors_load(struct anchors *a, const char *path, struct err *e);
void anchors_free(struct anchors *a);

enum fault {
    FAULT_CHANGED,   /* the row's text does not give its hash */
    FAULT_MOVED,     /* neither its hash nor its predecessor fits: moved or exchanged */
    FAULT_REPLACED,  /* in itself right, but the next row was sealed behind another one */
    FAULT_MISSING,   /* rows from..to are not there */
    FAULT_CUT,       /* the end is missing: an anchor knows a row from..to */
    FAULT_REWRITTEN, /* an anchor knows another hash of this row */
    FAULT_UNREADABLE /* a line of the copy that is no row; from = line number */
};
struct chain_fault {
    enum fault what;
    int64_t from, to;
};

#define CHAIN_FAULTS 20
struct chain_check {
    struct anchors *anchors; /* NULL = none */
    bool partial;            /* a copy may begin behind the first row */
    atomic_llong rows;       /* read by others while it runs */
    int64_t first, last;     /* 0 = no row yet */
    char head[CHAIN_HASH];
    int64_t n_faults;        /* may exceed the list */
    struct chain_fault fault[CHAIN_FAULTS];
    size_t next_anchor;
    int64_t confirmed;       /* newest anchor that fits, 0 = none */
    bool loose;              /* the predecessor is unknown (after a gap) */
};
void chain_begin(struct chain_check *c, struct anchors *anchors, bool partial);
/* text is the canonical text with the row's own feed and prev. */
void chain_row(struct chain_check *c, int64_t feed, const char *prev, const char *hash,
               const char *text, size_t n);
/* One line of an export: "HASH  TEXT" without the line end. */
void chain_line(struct chain_check *c, int64_t line_no, const char *line, size_t n);
void chain_end(struct chain_check *c);
/* RC_OK without faults; else RC_CONFLICT with the first one told in e. */
MUST_USE enum rc chain_result(const struct chain_check *c, struct err *e);
/* One fault as a sentence in both languages. */
void chain_fault_text(const struct chain_fault *f, struct err *out);
const char *chain_fault_word(enum fault f); /* "changed" "missing" ... */

#endif
