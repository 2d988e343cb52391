/* SPDX-License-Identifier: Apache-2.0 */
/* Inside src/mod/report only. */
#ifndef MOD_REPORT_REPORT_INT_H
#define MOD_REPORT_REPORT_INT_H
#include "base/hash.h"
#include "mod/report/report.h"

struct report_missed { /* one contract clock over its limit */
    const char *order, *rule;
    struct instant deadline, stopped; /* stopped.ms = 0: still running */
};
struct report_data {
    const char *month, *base_url;
    struct figure_value *figure;
    int n_figures;
    struct report_missed *missed;
    int n_missed;
    char hash[HASH_HEX];
};

const char *figure_text(struct cx *cx, const struct figure_value *v); /* "12", "98.50", "—" */
MUST_USE enum rc report_pdf(struct cx *cx, const struct report_data *d, const char *path);

#endif
