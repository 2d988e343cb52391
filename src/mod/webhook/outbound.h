/* SPDX-License-Identifier: Apache-2.0 */
/* Where the platform may call by itself: hosts in the setting outbound_hosts, addresses of private
 * networks and of this machine only in outbound_addresses. The second is asked with the address that
 * is being connected to, so a name cannot point elsewhere between the look and the call. */
#ifndef MOD_WEBHOOK_OUTBOUND_H
#define MOD_WEBHOOK_OUTBOUND_H
#include <sys/socket.h>

#include "journal/cx.h"

struct outbound {
    const char *hosts, *addresses; /* NULL: none */
};
MUST_USE enum rc outbound_load(struct cx *cx, struct outbound *out);
/* "*.example.cn" takes everything below, but not example.cn itself. */
bool outbound_host(const struct outbound *o, const char *host);
/* plain: http, which only listed addresses may be called by. */
bool outbound_address(const struct outbound *o, const struct sockaddr *to, bool plain);
/* Scheme, host and allow-list of a URL: RC_INVALID with field "url". plain (may be NULL) = http. */
MUST_USE enum rc outbound_url(struct cx *cx, const struct outbound *o, const char *url, bool *plain);

#endif
