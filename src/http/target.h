/* SPDX-License-Identifier: Apache-2.0 */
/* Pure parsing of what a client writes into the request target and into a few headers. No socket,
 * no server; fuzzed by tests/fuzz/http_url.c. Results live in the arena. */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H
#include <stdbool.h>

#include "base/arena.h"
#include "base/rc.h"
#include "http/http.h"

enum {
    TARGET_MAX = 8192, /* bytes of the raw target */
    TARGET_SEGMENTS = 32,
    TARGET_PARAMS = 256,
};

struct target {
    char *path; /* decoded; a segment never contains '/', so joining them is unambiguous */
    const char **segment;
    int n_segments;
    bool directory; /* the path ends with '/' */
    struct http_param *query;
    int n_queries;
};

/* Origin form, and absolute form because RFC 9112 3.2.2 demands it of a server. */
MUST_USE enum rc target_parse(struct arena *a, const char *raw, struct target *out, struct err *e);

/* Value of the first cookie of that name in a Cookie header (RFC 6265 4.2.1), without quotes. */
const char *cookie_find(struct arena *a, const char *header, const char *name);

/* Whether Accept-Encoding allows a coding (listed, or "*", with a weight above zero). */
bool coding_accepted(const char *accept, const char *coding);

/* Whether If-None-Match names this quoted tag, by weak comparison (RFC 9110 13.1.2). */
bool etag_listed(const char *if_none_match, const char *etag);

#endif
