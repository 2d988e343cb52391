/* SPDX-License-Identifier: Apache-2.0 */
/* Routes of the ledger that are no records: what feeds what, histories, files, the map's ground. */
#ifndef APP_WEB_LEDGER_H
#define APP_WEB_LEDGER_H
#include "http/http.h"

extern const struct http_route ledger_routes[]; /* closed by method = NULL */
#endif
