/* SPDX-License-Identifier: Apache-2.0 */
/* link: http_edge base */
/* Request target, Cookie, Accept-Encoding and If-None-Match. The first byte says which. Beyond
 * memory errors: what is accepted must be safe to hand on. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "http/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(bool good)
{
    if (!good)
        abort();
}

static void check_target(struct arena *a, const char *text)
{
    struct target t;
    struct err e;
    memset(&e, 0, sizeof e);
    if (target_parse(a, text, &t, &e) != RC_OK) {
        require(e.zh[0] && e.en[0]);
        return;
    }
    require(strlen(text) <= TARGET_MAX && t.path[0] == '/' && !strchr(t.path, '\\'));
    require(utf8_valid(t.path, strlen(t.path)) && !strstr(t.path, "//"));
    require(t.n_segments <= TARGET_SEGMENTS && t.n_queries <= TARGET_PARAMS);
    for (int i = 0; i < t.n_segments; i++) {
        const char *s = t.segment[i];
        require(*s && !strchr(s, '/') && strcmp(s, "..") != 0 && strcmp(s, ".") != 0);
    }
    for (int i = 0; i < t.n_queries; i++) {
        require(utf8_valid(t.query[i].name, strlen(t.query[i].name)));
        require(utf8_valid(t.query[i].value, strlen(t.query[i].value)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0)
        return 0;
    struct arena *a = arena_new();
    char *text = arena_strndup(a, (const char *)data + 1, n - 1);
    switch (data[0] % 4) {
    case 0:
        check_target(a, text);
        break;
    case 1: {
        const char *value = cookie_find(a, text, "s");
        require(!value || strlen(value) < strlen(text));
        break;
    }
    case 2:
        (void)coding_accepted(text, "gzip");
        break;
    default:
        (void)etag_listed(text, "\"0123\"");
        break;
    }
    arena_free(a);
    return 0;
}
