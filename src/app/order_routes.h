/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_ORDER_ROUTES_H
#define APP_ORDER_ROUTES_H
#include "http/http.h"

extern const struct http_route order_routes[]; /* closed by method = NULL */

#endif
