/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_HTTP_HANDLERS_H
#define TESTS_HTTP_HANDLERS_H
#include "http/http.h"
extern const struct http_route world_routes[];
#endif
