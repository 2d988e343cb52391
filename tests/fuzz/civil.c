/* SPDX-License-Identifier: Apache-2.0 */
/* link: base */
/* Any text through the date readers: what is read must print, and read back as the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/civil.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void prints_and_reads_back(struct date d)
{
    char text[DATE_TEXT];
    int y, m, day;
    struct date again;
    date_parts(d, &y, &m, &day);
    must(date_valid(y, m, day));
    must(date_parse(date_text(d, text), &again) && again.day == d.day);
    must(date_parse_loose(text, &again) && again.day == d.day);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    const char *s = arena_strndup(a, (const char *)data, size);
    struct date strict, loose;
    struct instant t, again;
    bool is_loose = date_parse_loose(s, &loose);
    if (is_loose)
        prints_and_reads_back(loose);
    if (date_parse(s, &strict))
        must(is_loose && loose.day == strict.day);
    if (instant_parse(s, &t)) {
        char text[INSTANT_TEXT];
        must(is_loose); /* an instant begins with its date as written */
        must(instant_parse(instant_text(t, text), &again));
        must(again.ms <= t.ms && t.ms - again.ms < SECOND_MS);
        prints_and_reads_back(civil_date(t));
    }
    arena_free(a);
    return 0;
}
