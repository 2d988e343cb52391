/* SPDX-License-Identifier: Apache-2.0 */
/* A store with the kinds `thing` and `place`, and actors with hand-picked grants. */
#ifndef TESTS_RECORD_KIT_H
#define TESTS_RECORD_KIT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* cmocka hides fail() of base/rc.h */
#undef fail
#undef fail_msg
#define fail_msg(...)                                                                              \
    do {                                                                                           \
        print_error("ERROR: " __VA_ARGS__);                                                        \
        print_error("\n");                                                                         \
        _fail(__FILE__, __LINE__);                                                                 \
    } while (0)

#include "record/record.h"
#include "testdb.h"

enum {
    T_CODE, T_NAME, T_QTY, T_RATIO, T_PRICE, T_FRAGILE, T_STATE, T_SEEN, T_MADE, T_PLACE, T_UNIT,
    T_OWNER, T_CHECKER, T_PHOTOS, T_NOTE, T_SPOT, T_PASSWORD, T_TOOK, T_PHONE, T_PARTS, T_N
};
enum { PART_NAME, PART_COUNT, PART_TYPE, PART_PLACE, PART_PHOTOS, PART_PHONE, PART_N };
extern const struct kind thing_kind, place_kind, thing_place_kind;

struct kit {
    struct testdb *t;
    struct cx cx;
};

void kit_open(struct kit *k, enum db_kind kind);
void kit_close(struct kit *k);
/* The actor becomes user 7 with "permission:scope" grants, closed by NULL. */
void kit_user(struct kit *k, ...) __attribute__((sentinel));
void kit_console(struct kit *k);
json_t *kit_json(struct kit *k, const char *text); /* ' for " */
/* As console; the record's id. */
int64_t kit_thing(struct kit *k, const char *json);
/* Journal rows of a record, as "action,action". */
const char *kit_actions(struct kit *k, const char *kind, int64_t id);
const char *kit_changes(struct kit *k, const char *kind, int64_t id); /* of the last row */

#define ON_BOTH(f) {#f " (sqlite)", f, kit_sqlite, kit_end, NULL}, {#f " (postgresql)", f, kit_postgres, kit_end, NULL}
int kit_sqlite(void **state);
int kit_postgres(void **state);
int kit_end(void **state);

#endif
