/* SPDX-License-Identifier: Apache-2.0 */
/* A store with the business tables and two connections, for the tests of the journal. */
#ifndef TESTS_JOURNAL_KIT_H
#define TESTS_JOURNAL_KIT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include "journal/journal.h"
#include "testdb.h"

struct kit {
    struct testdb *t;
    struct cx cx;
    struct db *other; /* a second writer */
};

int kit_sqlite(void **state);
int kit_postgres(void **state);
int kit_end(void **state);

/* Adds n rows ("thing", 1..n) and seals them; more = rows that only wait. */
void kit_rows(struct kit *k, int n);
void kit_add(struct kit *k, struct db *db, int64_t record);
int kit_seal(struct kit *k);
/* "1,2,3": record ids in the order of the feed. */
const char *kit_feed(struct kit *k);
/* As somebody who owns the database: past the guards. */
void kit_force(struct kit *k, const char *sql);
/* "changed 3" ... of each fault, ';' between; "" when clean. With the anchors given (may be NULL). */
const char *kit_faults(struct kit *k, struct anchors *a);
const char *kit_file_faults(struct kit *k, char *const *paths, int n, struct anchors *a);
char *kit_path(struct kit *k, const char *name);

#define BOTH(f)                                                                                    \
    cmocka_unit_test_setup_teardown(f, kit_sqlite, kit_end), {#f " (PostgreSQL)", f, kit_postgres, kit_end, NULL}

int chain_cases(void);
int seal_cases(void);
int tamper_cases(void);

#endif
