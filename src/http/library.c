/* SPDX-License-Identifier: Apache-2.0 */
/* What libmicrohttpd cannot parse it refuses by itself, in HTML. It makes these answers through its own public
 * MHD_create_response_from_buffer(); the definition here comes first in the search of the dynamic linker, so that
 * they leave in JSON like all others. Everything else is handed on untouched. */
#include <dlfcn.h>
#include <string.h>

#include "base/log.h"
#include "http/http_int.h"

typedef struct MHD_Response *maker(size_t size, void *buffer, enum MHD_ResponseMemoryMode mode);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static maker *next;

static void find_next(void)
{
    void *at = dlsym(RTLD_NEXT, "MHD_create_response_from_buffer");
    if (!at)
        die("libmicrohttpd lacks MHD_create_response_from_buffer");
    memcpy(&next, &at, sizeof next);
}

#define REFUSAL(code, zh)                                                                          \
    "{\"error\":{\"code\":\"" code "\",\"field\":null,\"message\":\"" zh "\"}}"

static const char *in_json(const char *html)
{
    if (strstr(html, "too big") || strstr(html, "too large"))
        return REFUSAL("too_big", "请求太大");
    if (strstr(html, "Internal server error"))
        return REFUSAL("internal", "服务器内部错误");
    if (strstr(html, "HTTP version"))
        return REFUSAL("invalid", "不支持的 HTTP 版本");
    return REFUSAL("invalid", "请求不合规");
}

/* The library's texts are constants: persistent and closed by NUL; ours are freed or copied. */
static bool is_refusal(size_t size, const char *text, enum MHD_ResponseMemoryMode mode)
{
    static const char start[] = "<html><head><title>";
    return mode == MHD_RESPMEM_PERSISTENT && size > sizeof start && !memcmp(text, start, sizeof start - 1);
}

struct MHD_Response *MHD_create_response_from_buffer(size_t size, void *buffer, enum MHD_ResponseMemoryMode mode)
{
    pthread_once(&once, find_next);
    if (!is_refusal(size, buffer, mode))
        return next(size, buffer, mode);
    const char *text = in_json(buffer);
    struct MHD_Response *r = next(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    if (r && (MHD_add_response_header(r, "Content-Type", "application/json; charset=utf-8") != MHD_YES ||
              MHD_add_response_header(r, "X-Content-Type-Options", "nosniff") != MHD_YES))
        log_warn("http: the headers of a refusal could not be set");
    return r;
}
