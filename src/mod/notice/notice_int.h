/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOD_NOTICE_NOTICE_INT_H
#define MOD_NOTICE_NOTICE_INT_H
#include "base/buf.h"
#include "mod/notice/notice.h"

/* The field that a path names, and on which record: "title" or, over one reference,
 * "work_order_id.title". NULL = no such path. hop_out: index of the reference, -1 = none. */
const struct field *path_field(const struct kind *k, const char *path, size_t n, int *hop_out);
/* A text with {path} filled in from the record; personal fields read as ***. */
MUST_USE enum rc template_fill(struct cx *cx, const struct row *row, const char *template,
                               const char **out);
/* Does a rule's condition "path=value" hold? The value as it is stored: emergency=1, code=safety. */
MUST_USE enum rc path_equals(struct cx *cx, const struct row *row, const char *condition, bool *out);
/* The person that a path names, 0 = nobody. */
MUST_USE enum rc path_person(struct cx *cx, const struct row *row, const char *path, int64_t *out);

extern const struct option notice_levels[];
int level_rank(const char *level); /* info 0, warning 1, danger 2 */

/* The ways out for one notice just inserted; inside its transaction. */
MUST_USE enum rc plan_delivery(struct cx *cx, const struct row *notice);
/* When it may go, ms: not in the person's quiet hours unless it is urgent, and with the digest when
 * it can wait. from, to, digest: "22:00" Beijing, NULL = none. */
int64_t delivery_time(struct instant now, const char *level, bool digest, const char *from,
                      const char *to, const char *digest_time);

/* A mail in RFC 5322 and MIME, UTF-8 throughout: subject as encoded words, body as base64. */
void mail_text(struct buf *out, const char *from, const char *to, const char *subject,
               const char *body, const char *message_id, struct instant now);

#endif
