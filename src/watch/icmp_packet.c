/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/icmp_packet.h"

#include <string.h>

enum {
    V4_REPLY = 0,
    V4_UNREACHABLE = 3,
    V4_REQUEST = 8,
    V6_UNREACHABLE = 1,
    V6_REQUEST = 128,
    V6_REPLY = 129,
    HEADER = 8,
    V6_HEADER = 40,
};
static const uint8_t magic[4] = {'S', 'W', 'p', '1'};

static void put64(uint8_t *p, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(v >> (56 - 8 * i));
}

static uint64_t get64(const uint8_t *p)
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | p[i];
    return v;
}

static uint16_t checksum(const uint8_t *p, size_t n)
{
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < n; i += 2)
        sum += (uint32_t)p[i] << 8 | p[i + 1];
    while (sum >> 16)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t)~sum;
}

void icmp_build(uint8_t out[ICMP_ECHO_SIZE], bool v6, uint16_t id, uint16_t seq,
                const struct icmp_key *key)
{
    memset(out, 0, ICMP_ECHO_SIZE);
    out[0] = v6 ? V6_REQUEST : V4_REQUEST;
    out[4] = (uint8_t)(id >> 8);
    out[5] = (uint8_t)id;
    out[6] = (uint8_t)(seq >> 8);
    out[7] = (uint8_t)seq;
    memcpy(out + HEADER, magic, sizeof magic);
    put64(out + HEADER + 4, key->cookie);
    put64(out + HEADER + 12, key->job);
    if (!v6) { /* the kernel does it for ICMPv6: it needs the pseudo header */
        uint16_t sum = checksum(out, ICMP_ECHO_SIZE);
        out[2] = (uint8_t)(sum >> 8);
        out[3] = (uint8_t)sum;
    }
}

static bool read_key(const uint8_t *data, size_t n, struct icmp_key *key)
{
    if (n < HEADER + 20 || memcmp(data + HEADER, magic, sizeof magic) != 0)
        return false;
    key->cookie = get64(data + HEADER + 4);
    key->job = get64(data + HEADER + 12);
    return true;
}

bool icmp_parse_request(const uint8_t *data, size_t n, bool v6, struct icmp_key *key)
{
    return n >= HEADER && data[0] == (v6 ? V6_REQUEST : V4_REQUEST) && read_key(data, n, key);
}

/* Length of the IPv4 header of a packet that carries ICMP; 0 when it is not one. */
static size_t v4_header(const uint8_t *data, size_t n)
{
    if (n < 20 || data[0] >> 4 != 4 || data[9] != 1)
        return 0;
    size_t len = (size_t)(data[0] & 15) * 4;
    return len >= 20 && len <= n ? len : 0;
}

/* The packet quoted behind an error header. Extension headers of IPv6 are not followed: we send
 * none. */
static bool parse_quoted(const uint8_t *data, size_t n, bool v6, struct icmp_key *key)
{
    size_t head = 0;
    if (!v6)
        head = v4_header(data, n);
    else if (n >= V6_HEADER && data[0] >> 4 == 6 && data[6] == 58)
        head = V6_HEADER;
    return head && icmp_parse_request(data + head, n - head, v6, key);
}

void icmp_parse(const uint8_t *data, size_t n, bool v6, bool ip_header, struct icmp_message *out)
{
    *out = (struct icmp_message){.kind = ICMP_NOT_OURS};
    if (ip_header) {
        size_t head = v4_header(data, n);
        if (!head)
            return;
        data += head;
        n -= head;
    }
    if (n < HEADER)
        return;
    if (data[0] == (v6 ? V6_REPLY : V4_REPLY) && data[1] == 0) {
        if (read_key(data, n, &out->key))
            out->kind = ICMP_ANSWER;
    } else if (data[0] == (v6 ? V6_UNREACHABLE : V4_UNREACHABLE)) {
        out->code = data[1];
        if (parse_quoted(data + HEADER, n - HEADER, v6, &out->key))
            out->kind = ICMP_UNREACHABLE;
    }
}

const char *icmp_unreachable_text(bool v6, uint8_t code)
{
    static const char *const v4_text[] = {"net unreachable", "host unreachable",
                                          "protocol unreachable", "port unreachable"};
    static const char *const v6_text[] = {"no route", "prohibited", "beyond scope",
                                          "host unreachable"};
    if (code < 4)
        return v6 ? v6_text[code] : v4_text[code];
    if (!v6 && (code == 9 || code == 10 || code == 13))
        return "prohibited";
    return "unreachable";
}
