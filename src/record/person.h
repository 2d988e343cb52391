/* SPDX-License-Identifier: Apache-2.0 */
/* Personal values in the journal: sealed with a key per data subject, so that destroying the key makes
 * them unreadable for ever while the hash chain, which covers the sealed text, stays whole.
 *
 * Who the subject is: the record that the value stands in. A user is one; the reporter of a work order
 * is one per order, because nothing else identifies a caller for sure (a phone number is shared, a name
 * is not unique). What a record keeps of a user (the name of who did a step) is the user's. Sealed are the
 * fields with PERSON and those listed in person.c. The keys lie in person_key, each sealed by the key file
 * of the data folder. */
#ifndef RECORD_PERSON_H
#define RECORD_PERSON_H
#include "record/record.h"

bool person_field(const struct kind *k, const struct field *f);
/* Writes {"sealed":"KEY:BASE64"} for a value of the row's field, given as JSON text. */
MUST_USE enum rc person_seal(struct cx *cx, const struct row *row, const struct field *f, const char *json, struct jw *w);
/* A journalled side: a new reference to the value itself, opened where it was sealed; "已销毁" when its
 * key is gone. */
json_t *person_side(struct cx *cx, json_t *side);
/* Takes the personal values out of the record, of what others keep of it, and of the search's index, and
 * destroys its key. Needs person.erase; the reason is journalled. */
MUST_USE enum rc person_erase(struct cx *cx, const struct kind *k, int64_t id, const char *reason);

#endif
