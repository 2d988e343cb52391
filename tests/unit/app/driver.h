/* SPDX-License-Identifier: Apache-2.0 */
/* What every kind in the registry is tested by: a store with four records of each, and what is expected of
 * each kind (expect.txt), written apart from its descriptor. */
#ifndef TESTS_APP_DRIVER_H
#define TESTS_APP_DRIVER_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "app/app.h"
#include "record/person.h"
#include "record/record_int.h"
#include "testdb.h"

struct world {
    struct testdb *t;
    struct cx cx;
    int wrong; /* complaints so far */
};

#define SAMPLES 4

/* Says what is wrong and goes on; the case fails at its end. */
void complain(struct world *w, const struct kind *k, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The paragraph of a kind in expect.txt, NULL when there is none; without its sample lines. */
const char *expected(struct world *w, const struct kind *k);
/* The same text made from the descriptor. */
const char *described(struct world *w, const struct kind *k);
/* "sample FIELD JSON" of expect.txt, where the kind's own rule asks for a certain value; "" none. */
const char *expected_sample(struct world *w, const struct kind *k, const char *field);
/* No records can be made of it: derived, or "sample none". */
bool unmade(struct world *w, const struct kind *k);

/* A valid value; n: which of several. NULL when there is none. */
json_t *sample_value(struct world *w, const struct kind *k, const struct field *f, int n);
/* A whole valid input for record_create. */
json_t *sample_input(struct world *w, const struct kind *k, int n);
/* Ids of the records made of a kind, ascending; returns how many (at most max). */
int sample_ids(struct world *w, const struct kind *k, int64_t *ids, int max);
void world_furnish(struct testdb *t);
const char *world_json(struct world *w, const struct row *row);
const char *world_text(struct world *w, const char *sql, int64_t id); /* first column of the first row */

extern const struct CMUnitTest record_cases[];
extern const size_t n_record_cases;
int sqlite_world(void **state);
int postgres_world(void **state);
int close_world(void **state);
typedef void check(struct world *w, const struct kind *k);
void for_each_kind(void **state, check *f);
#define DRIVER(name, function)                                                                     \
    static void name(void **state)                                                                 \
    {                                                                                              \
        for_each_kind(state, function);                                                            \
    }
#define ON_BOTH(f) {#f " (sqlite)", f, sqlite_world, close_world, NULL}, {#f " (postgresql)", f, postgres_world, close_world, NULL}
#endif
