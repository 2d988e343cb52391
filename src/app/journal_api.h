/* SPDX-License-Identifier: Apache-2.0 */
/* The journal for the auditor over HTTP: list, spreadsheet, verification in the background. */
#ifndef APP_JOURNAL_API_H
#define APP_JOURNAL_API_H
#include "app/app.h"
#include "http/api.h"

/* Where the verifier opens its own connection; before the first request. */
void journal_api_init(const struct app_options *o);
void journal_api_close(void); /* ends a verification that runs */

/* GET /api/v1/journal, /journal/export.xlsx: permission journal.read, journal.export */
enum rc journal_list(struct api_call *c);
enum rc journal_xlsx(struct api_call *c);
/* GET state of the last verification, POST begins one: journal.verify */
enum rc journal_check_state(struct api_call *c);
enum rc journal_check_start(struct api_call *c);

#endif
