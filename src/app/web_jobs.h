/* SPDX-License-Identifier: Apache-2.0 */
/* The jobs of the web process: what watch saw becomes alarms, outages and orders; clocks run out;
 * the journal is sealed and told to those who listen. One thread, one connection per store. */
#ifndef APP_WEB_JOBS_H
#define APP_WEB_JOBS_H
#include "app/app.h"
#include "http/http.h"

struct jobs {
    struct app_options o;
    struct db *db;    /* business, for writing */
    struct db *watch; /* NULL until watch has made its store */
    struct http_server *server;
    int64_t told;     /* last feed number published */
    int64_t recomputed_ms, accounts_ms, swept_ms, copied_ms;
    int64_t anchored, anchored_ms; /* last head in the anchor file; 0 = none yet */
    int folder; /* of the file store, to be swept next */
};

MUST_USE enum rc web_jobs_open(struct jobs *j, const struct app_options *o, struct err *e);
void web_jobs_close(struct jobs *j);
/* One round: everything that is due now. Errors are logged and tried again in the next round. */
void web_jobs_round(struct jobs *j);

#endif
