/* SPDX-License-Identifier: Apache-2.0 */
/* Sheets and rolls of QR labels as PDF: a code with its quiet zone, a name and up to four lines, made
 * smaller and then cut to fit. One thread per document; strings are only read during label_add(). */
#ifndef PROTO_LABEL_H
#define PROTO_LABEL_H
#include "base/buf.h"
#include "base/civil.h"
#include "base/rc.h"

/* All lengths in mm. A roll is a page of one label. */
struct label_paper {
    double page_width, page_height;
    int columns, rows;
    double margin; /* around the page; the labels share what is left */
};
/* "a4:3x8": columns x rows on A4 with 8 mm around; "roll:60x40": width x height. RC_INVALID otherwise. */
MUST_USE enum rc label_paper_parse(const char *text, struct label_paper *out, struct err *e);

#define LABEL_LINES 4
struct label {
    const char *code; /* what the QR says */
    const char *name;
    const char *lines[LABEL_LINES]; /* NULL or "" = none */
};

struct labels;
struct labels *labels_new(const struct label_paper *paper, const char *title, struct instant printed_at);
/* RC_TOO_BIG when the code has more than a QR on this label can hold. */
MUST_USE enum rc label_add(struct labels *l, const struct label *label, struct err *e);
/* Finishes and frees l; out gets the PDF. */
MUST_USE enum rc labels_end(struct labels *l, struct buf *out, struct err *e);
void labels_abort(struct labels *l);

#endif
