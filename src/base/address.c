/* SPDX-License-Identifier: Apache-2.0 */
#include "base/address.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

struct range {
    unsigned char at[16]; /* IPv4 mapped into IPv6, so that both compare alike */
    int bits;
};

static bool parse_address(const char *text, unsigned char out[16])
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    memcpy(out, mapped, sizeof mapped);
    return inet_pton(AF_INET, text, out + 12) == 1 || inet_pton(AF_INET6, text, out) == 1;
}

static bool parse_range(const char *text, size_t n, struct range *out)
{
    char copy[64], *end;
    if (n >= sizeof copy)
        return false;
    memcpy(copy, text, n);
    copy[n] = 0;
    char *slash = strchr(copy, '/');
    if (slash)
        *slash = 0;
    if (!parse_address(copy, out->at))
        return false;
    int most = strchr(copy, ':') ? 128 : 32;
    long bits = slash ? strtol(slash + 1, &end, 10) : most;
    if (slash && (!slash[1] || *end || bits < 0 || bits > most))
        return false;
    out->bits = (int)bits + 128 - most;
    return true;
}

static bool in_range(const struct range *r, const unsigned char at[16])
{
    int bytes = r->bits / 8, rest = r->bits % 8;
    unsigned mask = 0xffu << (8 - rest) & 0xffu;
    return !memcmp(r->at, at, (size_t)bytes) && (!rest || !((r->at[bytes] ^ at[bytes]) & mask));
}

static bool walk(const char *ranges, const unsigned char *at, bool *found)
{
    struct range r;
    *found = false;
    for (const char *s = ranges; *s;) {
        size_t n = strcspn(s, " ,\n");
        if (n && !parse_range(s, n, &r))
            return false;
        if (n && at && in_range(&r, at))
            *found = true;
        s += n + (s[n] != 0);
    }
    return true;
}

bool addresses_valid(const char *ranges)
{
    bool found;
    return walk(ranges, NULL, &found);
}

bool address_in(const char *ranges, const char *address)
{
    unsigned char at[16];
    bool found;
    return parse_address(address, at) && walk(ranges, at, &found) && found;
}
