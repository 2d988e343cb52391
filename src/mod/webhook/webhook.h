/* SPDX-License-Identifier: Apache-2.0 */
/* Signed webhooks: news of the journal goes to other systems, at least once and in its order.
 *
 * Each active webhook walks along the feed; what its filter takes is posted, one at a time, and the
 * place moves on only after a 2xx answer. A failure is tried again with growing pauses; after
 * webhook_tries it becomes a dead letter, which a person may send again, and the walk goes on.
 * The body holds numbers and words of ours only, no value of any record. Where to: see outbound.h. */
#ifndef MOD_WEBHOOK_WEBHOOK_H
#define MOD_WEBHOOK_WEBHOOK_H
#include "record/record.h"

extern const struct kind webhook_kind, dead_letter_kind;
enum { WH_NAME, WH_URL, WH_SHAPE, WH_KINDS, WH_ACTIONS, WH_STATE, WH_HAS_SECRET, WH_TOLD, WH_TRIES, WH_NEXT, WH_LAST,
       WH_RESULT, WH_N };
enum { DL_WEBHOOK, DL_FEED, DL_KIND, DL_RECORD, DL_ACTION, DL_TRIES, DL_REASON, DL_STATE, DL_N };

/* --- one message, without a database --- */
struct news {
    int64_t feed, record_id, at;
    const char *kind, *action, *hash; /* hash: the row's own, an anchor of the journal */
};
struct message {
    const char *url;       /* with the signature where the receiver wants it there */
    const char *body;
    const char *header[8]; /* "Name: value", closed by NULL */
};
/* shape: generic wecom dingtalk feishu. now: seconds; a receiver refuses what is older than 5
 * minutes and ids that it has seen (docs/api.md). text: for the shapes of chat groups. */
void message_make(struct arena *a, const char *shape, const char *url, const char *secret, int64_t webhook_id,
                  const struct news *n, const char *text, int64_t now, struct message *out);
/* "工单 派单 #17 2026-05-08 17:00": no value of the record. */
const char *message_text(struct arena *a, const struct news *n);
/* Did a chat group's server, which answers 200 to everything, take it? reply: its body. */
bool message_taken(const char *shape, const char *reply);

/* --- the sender: a thread with a connection of its own --- */
struct webhook_sender;
MUST_USE enum rc webhook_start(const char *data_dir, const char *db_url, struct webhook_sender **out, struct err *e);
void webhook_wake(struct webhook_sender *s); /* something was sealed; NULL is allowed */
void webhook_stop(struct webhook_sender *s); /* NULL is allowed */

#endif
