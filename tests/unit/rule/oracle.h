/* SPDX-License-Identifier: Apache-2.0 */
/* Brute force for the property tests: walks every minute of 2020-2027. */
#ifndef TESTS_UNIT_RULE_ORACLE_H
#define TESTS_UNIT_RULE_ORACLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct oracle_pause { /* minutes since 2020-01-01T00:00 Beijing */
    int64_t from, to;
};

void oracle_open(void);
void oracle_close(void);
int64_t oracle_minutes(void);      /* how many it knows */
int64_t oracle_ms(int64_t minute); /* UTC milliseconds of one of its minutes */
/* -1 when the walk leaves 2027. */
int64_t oracle_deadline(bool office, int64_t from_ms, int64_t limit_ms,
                        const struct oracle_pause *p, size_t n);
int64_t oracle_elapsed(bool office, int64_t from_ms, int64_t to_ms, const struct oracle_pause *p,
                       size_t n);

#endif
