/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of cases share. */
#ifndef TESTS_RECORD_CASES_H
#define TESTS_RECORD_CASES_H
#include "kit.h"

#define CX (&k->cx)
#define REFUSED(call, code, name)                                                                  \
    do {                                                                                           \
        assert_int_equal(call, code);                                                              \
        assert_string_equal(k->cx.err.field, name);                                                \
        assert_true(k->cx.err.zh[0] && k->cx.err.en[0]);                                           \
    } while (0)

enum rc create(struct kit *k, const char *json, struct row **row);
enum rc patch(struct kit *k, int64_t id, const char *json, struct row **row);
enum rc act(struct kit *k, int64_t id, const char *action, const char *json, struct row **row);
/* codes of all pages of a list as text "T3,T1" */
const char *ids(struct kit *k, const char *query, int limit);

extern const struct CMUnitTest type_cases[], search_cases[];
extern const size_t n_type_cases, n_search_cases;

#endif
