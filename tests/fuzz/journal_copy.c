/* SPDX-License-Identifier: Apache-2.0 */
/* link: journal base */
/* Lines of an exported copy of the journal, with an anchor. What the checker says must hold: a copy
 * without faults is whole, so that its lines count on from the first to the last. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "journal/chain.h"

static void feed_lines(struct chain_check *c, const char *text, size_t n)
{
    int64_t no = 0;
    while (n) {
        const char *end = memchr(text, '\n', n);
        size_t len = end ? (size_t)(end - text) : n;
        /* a block of its own, so that reading behind the line is seen */
        char *line = malloc(len ? len : 1);
        memcpy(line, text, len);
        chain_line(c, ++no, line, len);
        free(line);
        text += end ? len + 1 : len;
        n -= end ? len + 1 : len;
    }
}

static void check(const struct chain_check *c)
{
    struct err e = {0};
    long long rows = atomic_load(&((struct chain_check *)c)->rows);
    if (chain_result(c, &e) == RC_OK) {
        if (rows && c->last - c->first + 1 != rows)
            __builtin_trap();
    } else if (!e.zh[0] || !e.en[0]) {
        __builtin_trap();
    }
    for (int64_t i = 0; i < c->n_faults && i < CHAIN_FAULTS; i++) {
        chain_fault_text(&c->fault[i], &e);
        if (!chain_fault_word(c->fault[i].what)[0] || !e.zh[0])
            __builtin_trap();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct chain_check c;
    struct anchors anchors = {0};
    const char *text = (const char *)data;
    const char *end = n ? memchr(text, '\n', n) : NULL;
    if (end) { /* the first line is an anchor, FEED:HASH */
        char *anchor = malloc((size_t)(end - text) + 1);
        memcpy(anchor, text, (size_t)(end - text));
        anchor[end - text] = '\0';
        bool good = anchors_add(&anchors, anchor);
        if (good != (anchors.n == 1))
            __builtin_trap();
        free(anchor);
        n -= (size_t)(end + 1 - text);
        text = end + 1;
    }
    chain_begin(&c, &anchors, true);
    feed_lines(&c, text, n);
    chain_end(&c);
    check(&c);
    anchors_free(&anchors);
    return 0;
}
