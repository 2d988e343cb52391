/* SPDX-License-Identifier: Apache-2.0 */
/* Where the platform may call by itself: hosts in the setting outbound_hosts, addresses of private
 * networks and of this machine only in outbound_addresses. The second is asked with the address that
 * is being connected to, so a name cannot point elsewhere between the look and the call. */
#ifndef CORE_OUTBOUND_H
#define CORE_OUTBOUND_H
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

/* The same of a mail server: smtps://host:465, or smtp://host:587 with STARTTLS; plain only for
 * listed addresses. */
MUST_USE enum rc outbound_mail(struct cx *cx, const struct outbound *o, const char *url, bool *plain);
/* Is the host of a URL itself a listed address (not a name)? */
bool outbound_listed(const struct outbound *o, const char *url);
/* A transfer that stays on the list: no redirects, no proxy, TLS 1.2 at least, the certificates of
 * data_dir/outbound-ca.pem when it is there, and every address asked before the connection. */
struct outbound_guard {
    struct outbound allowed;
    bool plain;
    bool refused; /* out: an address off the list */
};
void outbound_curl(void *easy, struct outbound_guard *g, const char *data_dir);

#endif
