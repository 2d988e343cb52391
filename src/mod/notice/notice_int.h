/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOD_NOTICE_NOTICE_INT_H
#define MOD_NOTICE_NOTICE_INT_H
#include "mod/notice/notice.h"

/* The field that a path names, and on which record: "title" or, over one reference,
 * "work_order_id.title". NULL = no such path. hop_out: index of the reference, -1 = none. */
const struct field *path_field(const struct kind *k, const char *path, size_t n, int *hop_out);
/* A text with {path} filled in from the record; personal fields read as ***. */
MUST_USE enum rc template_fill(struct cx *cx, const struct row *row, const char *template,
                               const char **out);
/* The person that a path names, 0 = nobody. */
MUST_USE enum rc path_person(struct cx *cx, const struct row *row, const char *path, int64_t *out);

#endif
