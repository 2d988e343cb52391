/* SPDX-License-Identifier: Apache-2.0 */
/* Inside src/mod/report only. */
#ifndef MOD_REPORT_REPORT_INT_H
#define MOD_REPORT_REPORT_INT_H
#include "base/hash.h"
#include "journal/journal.h"
#include "mod/report/report.h"

/* Contract clocks that are listed by name: over their limit, carried over from earlier months, or
 * under a pause that Party A has not answered (domain.md 3.4 rules 8 and 10). */
struct report_clock {
    const char *figure; /* label of the figure that counts it */
    const char *order, *rule, *reason; /* reason: why late, NULL = none given */
    struct instant deadline, stopped; /* stopped.ms = 0: still running */
};
struct report_order {
    int64_t id;
    const char *no, *title, *state;
    struct instant started;
};
struct report_data {
    const char *month, *base_url;
    struct figure_value *figure;
    int n_figures;
    struct report_clock *clock;
    int n_clocks;
    struct report_order *order; /* the first 500 of the figure orders_month */
    int n_orders;
    int64_t orders_total;
    char hash[HASH_HEX];
    struct anchor anchor; /* of the journal: a report outside the house proves what stood in it then */
};

const char *figure_text(struct cx *cx, const struct figure_value *v); /* "12", "98.50", "—" */
MUST_USE enum rc report_pdf(struct cx *cx, const struct report_data *d, const char *path);

#endif
