/* SPDX-License-Identifier: Apache-2.0 */
/* link: base db */
/* Any bytes through the tokenizer of search: it moves on, stays within, and cuts its own tokens the same again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "db/tokens.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct token t, again;
    char *s = malloc(size ? size : 1); /* no NUL behind it: a read past the end is found */
    size_t at = 0, last = 0;
    must(s != NULL);
    if (size)
        memcpy(s, data, size);
    while (token_next(s, size, &at, &t)) {
        size_t from = 0;
        must(t.from >= last && t.to > t.from && t.to <= size && at == t.to);
        must(t.n > 0 && t.n < sizeof t.text && strlen(t.text) == t.n);
        must(token_next(t.text, t.n, &from, &again) && !strcmp(again.text, t.text) && from == t.n);
        last = t.to;
    }
    free(s);
    return 0;
}
