/* SPDX-License-Identifier: Apache-2.0 */
/* Echo requests and what comes back (RFC 792, RFC 4443): pure, no sockets. The payload carries a
 * job number and a cookie, because the 16-bit sequence is too small and the kernel rewrites the
 * identifier of unprivileged ping sockets. */
#ifndef WATCH_ICMP_PACKET_H
#define WATCH_ICMP_PACKET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ICMP_ECHO_SIZE = 40 };

struct icmp_key {
    uint64_t cookie; /* of this process */
    uint64_t job;
};

void icmp_build(uint8_t out[ICMP_ECHO_SIZE], bool v6, uint16_t id, uint16_t seq,
                const struct icmp_key *key);

enum icmp_kind {
    ICMP_NOT_OURS,    /* other traffic, a request, or nonsense */
    ICMP_ANSWER,      /* an echo reply with our payload */
    ICMP_UNREACHABLE, /* a router or the host's kernel says so; key is of our request */
};
struct icmp_message {
    enum icmp_kind kind;
    struct icmp_key key;
    uint8_t code; /* of ICMP_UNREACHABLE */
};

/* ip_header: an IPv4 header stands in front (raw sockets). Any bytes are safe. */
void icmp_parse(const uint8_t *data, size_t n, bool v6, bool ip_header, struct icmp_message *out);

/* The quoted request inside an error: an ICMP echo request header and its payload. */
bool icmp_parse_request(const uint8_t *data, size_t n, bool v6, struct icmp_key *key);

const char *icmp_unreachable_text(bool v6, uint8_t code);

#endif
