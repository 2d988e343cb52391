/* SPDX-License-Identifier: Apache-2.0 */
/* The stream of changes (GET /api/v1/events): the journal's feed, to each reader what he may read.
 *
 * Readers with the same rights share one group; a change is asked once per group, against what was
 * read once of the record, so thousands of readers cost no query. An event is sent only for a record
 * that the reader may open. Streams end with their session and when the rights of their account
 * change; the browser connects again with Last-Event-ID and misses nothing. */
#ifndef APP_EVENTS_H
#define APP_EVENTS_H
#include "http/api.h"

/* Opens the caller's stream, replaying what came after Last-Event-ID; too old: `event: reload`. */
enum rc events_open(struct api_call *c);
/* Publishes what was sealed after *told and ends streams whose session is over. Jobs thread only. */
void events_tell(struct http_server *server, struct cx *cx, int64_t *told);

#endif
