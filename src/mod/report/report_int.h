/* SPDX-License-Identifier: Apache-2.0 */
/* Inside src/mod/report only. */
#ifndef MOD_REPORT_REPORT_INT_H
#define MOD_REPORT_REPORT_INT_H
#include "base/hash.h"
#include "journal/journal.h"
#include "mod/report/report.h"

struct report_missed { /* one contract clock over its limit */
    const char *order, *rule;
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
    struct report_missed *missed;
    int n_missed;
    struct report_order *order; /* the first 500 of the figure orders_month */
    int n_orders;
    int64_t orders_total;
    char hash[HASH_HEX];
    struct anchor anchor; /* of the journal: a report outside the house proves what stood in it then */
};

const char *figure_text(struct cx *cx, const struct figure_value *v); /* "12", "98.50", "—" */
MUST_USE enum rc report_pdf(struct cx *cx, const struct report_data *d, const char *path);

#endif
