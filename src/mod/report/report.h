/* SPDX-License-Identifier: Apache-2.0 */
/* Figures and reports. A figure is said once, as the list that makes it; every face (dashboard,
 * report, link, test) counts that list, so a number and its list cannot differ. */
#ifndef MOD_REPORT_REPORT_H
#define MOD_REPORT_REPORT_H
#include "record/record.h"

struct figure {
    const char *id, *label, *label_en, *unit, *tone;
    const char *sets;       /* "dashboard|monthly" */
    const char *kind;       /* NULL for a rate */
    const char *query;      /* with {from} {to} {month} {now} {me} */
    const char *part, *whole; /* a rate: 100 * part / (part + whole-part figures), ids */
    const char *may;        /* only for who may do this, beside reading the kind; NULL = every reader */
};

struct figure_value {
    const struct figure *figure;
    bool null;        /* empty population: shown as — */
    double value;     /* a count, or per cent with two decimals */
    const char *query; /* filled in; NULL for a rate */
};

/* The values of one set for the actor, at cx->now. month: "2026-05" (sets "monthly"), else NULL. */
MUST_USE enum rc figure_values(struct cx *cx, const char *set, const char *month,
                               struct figure_value **out, int *n);
MUST_USE enum rc figure_json(struct cx *cx, const char *set, const char *month, struct jw *w);
/* The same into an open object. */
MUST_USE enum rc figure_json_part(struct cx *cx, const char *set, const char *month, struct jw *w);

enum report_format { REPORT_PDF, REPORT_XLSX, REPORT_JSON };
MUST_USE enum rc report_format_of(struct cx *cx, const char *word, enum report_format *out);
/* The month's report into a file. base_url ("http://127.0.0.1:8080", may be NULL) makes the numbers
 * of the PDF links to their lists. */
MUST_USE enum rc report_monthly(struct cx *cx, const char *month, enum report_format format,
                                const char *base_url, const char *path);
#endif
