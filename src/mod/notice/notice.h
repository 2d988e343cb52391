/* SPDX-License-Identifier: Apache-2.0 */
/* Notices: what happened reaches the persons whom a rule names, once each (C-130). Rules are rows
 * over the journal: news of (kind, action) go to a role or to the person a field names. A notice
 * that must be acknowledged and is not goes on to the next role. */
#ifndef MOD_NOTICE_NOTICE_H
#define MOD_NOTICE_NOTICE_H
#include "record/record.h"

extern const struct kind notice_kind, notice_rule_kind, notice_setting_kind, notice_channel_kind,
    notice_delivery_kind;

enum {
    NOTICE_ACCOUNT,
    NOTICE_TITLE,
    NOTICE_LEVEL,
    NOTICE_STATE,
    NOTICE_SOURCE_KIND,
    NOTICE_SOURCE_ID,
    NOTICE_REASON,
    NOTICE_RULE,
    NOTICE_DIGEST,
    NOTICE_RAISED,
    NOTICE_ACK_DUE,
    NOTICE_READ,
    NOTICE_ACKNOWLEDGED,
    NOTICE_ESCALATED,
    NOTICE_N
};
enum {
    NRULE_NAME,
    NRULE_KIND,
    NRULE_ACTION,
    NRULE_SUBJECT,
    NRULE_ROLE,
    NRULE_FIELD,
    NRULE_LEVEL,
    NRULE_TITLE,
    NRULE_ACK_MINUTES,
    NRULE_ACK_ROLE,
    NRULE_DIGEST,
    NRULE_STATE,
    NRULE_ONLY_IF,
    NRULE_N
};
enum {
    NSET_ACCOUNT,
    NSET_EMAIL,
    NSET_MIN_LEVEL,
    NSET_QUIET_FROM,
    NSET_QUIET_TO,
    NSET_DIGEST,
    NSET_N
};

enum {
    NCHAN_NAME, NCHAN_TYPE, NCHAN_STATE, NCHAN_URL, NCHAN_SENDER, NCHAN_LOGIN, NCHAN_SECRET,
    NCHAN_ROLE, NCHAN_MIN_LEVEL, NCHAN_N
};
enum {
    NDEL_CHANNEL, NDEL_NOTICE, NDEL_ACCOUNT, NDEL_TARGET, NDEL_REASON, NDEL_STATE, NDEL_TRIES,
    NDEL_NEXT, NDEL_SENT, NDEL_ERROR, NDEL_N
};

/* Job: reads the sealed journal from where it stood and makes the notices of up to 1000 news, in
 * one transaction with its place: each person has each reason once, whatever crashes. Only those
 * are told who may read the record; nobody is told what he did himself. */
MUST_USE enum rc notice_from_journal(struct cx *cx, int *made);
/* Job: notices past their time of acknowledgement go to the rule's ack_role, once. */
MUST_USE enum rc notice_escalate(struct cx *cx, int *made);

/* Sends what is due by mail and to chat groups, all that is due for one target in one message; a
 * failure is tried again with growing pauses and ends as "dead" for a person to send again. Blocks
 * on the network: from a thread of its own. sent = messages. */
MUST_USE enum rc notice_deliver(struct cx *cx, int *sent);

struct notice_sender;
MUST_USE enum rc notice_start(const char *data_dir, const char *db_url, struct notice_sender **out,
                              struct err *e);
void notice_stop(struct notice_sender *s); /* NULL is allowed */

#endif
