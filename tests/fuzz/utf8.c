/* SPDX-License-Identifier: Apache-2.0 */
/* link: base */
/* Any bytes through the readers of foreign text: what comes out must be UTF-8, and text that went
 * through GB18030 must come back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void walk(const char *s)
{
    size_t n = strlen(s);
    const char *p = s;
    while (utf8_next(&p) != 0)
        must(p <= s + n);
    must(p == s + n);
}

static void through_gb18030(struct arena *a, const char *text)
{
    char *gb, *back;
    size_t gb_len, back_len;
    const char *which;
    must(utf8_to_gb18030(a, text, &gb, &gb_len, NULL) == RC_OK);
    /* the guess may differ for short texts: what is asked for is no crash and valid UTF-8 */
    if (utf8_from_any(a, gb, gb_len, &back, &back_len, &which, NULL) == RC_OK)
        must(utf8_valid(back, back_len));
}

static void any_text(struct arena *a, const uint8_t *data, size_t size)
{
    char *text;
    size_t len;
    const char *which;
    struct err e;
    if (utf8_from_any(a, (const char *)data, size, &text, &len, &which, &e) != RC_OK) {
        must(utf8_valid(e.zh, strlen(e.zh)) && e.zh[0] != '\0');
        return;
    }
    must(utf8_valid(text, len) && text[len] == '\0');
    char *tidy = utf8_tidy(a, text);
    must(utf8_valid(tidy, strlen(tidy)) && strlen(tidy) <= strlen(text));
    must(strcmp(utf8_tidy(a, tidy), tidy) == 0);
    char *narrow = utf8_narrow(a, text);
    must(utf8_valid(narrow, strlen(narrow)));
    must(utf8_count(narrow) == utf8_count(text));
    through_gb18030(a, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    any_text(a, data, size);
    char *raw = arena_strndup(a, (const char *)data, size);
    walk(raw);
    walk(utf8_tidy(a, raw));
    walk(utf8_narrow(a, raw));
    struct buf b = {0};
    struct jw w = jw_on(&b);
    jw_text_n(&w, (const char *)data, size);
    must(utf8_valid(b.data, b.len) && b.len >= 2 && !b.full);
    buf_free(&b);
    arena_free(a);
    return 0;
}
