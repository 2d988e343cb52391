/* SPDX-License-Identifier: Apache-2.0 */
/* link: watch base */
/* Any packet through the ICMP reader: never outside its bytes, and what it takes for ours carries
 * the payload's magic. The first byte chooses family and IP header. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "watch/icmp_packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of its own length, so that reading one byte too far is seen. */
static uint8_t *copy_of(const uint8_t *data, size_t n)
{
    uint8_t *p = malloc(n ? n : 1);
    if (!p)
        abort();
    memcpy(p, data, n);
    return p;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    bool v6 = data[0] & 1, ip_header = data[0] & 2;
    size_t n = size - 1;
    uint8_t *packet = copy_of(data + 1, n);
    struct icmp_message m;
    struct icmp_key key;
    icmp_parse(packet, n, v6, ip_header, &m);
    if (m.kind != ICMP_NOT_OURS && !memmem(packet, n, "SWp1", 4))
        abort();
    if (m.kind == ICMP_UNREACHABLE && !*icmp_unreachable_text(v6, m.code))
        abort();
    if (icmp_parse_request(packet, n, v6, &key) && (n < 28 || memcmp(packet + 8, "SWp1", 4) != 0))
        abort();
    free(packet);
    return 0;
}
