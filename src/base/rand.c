/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rand.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"

void rand_bytes(void *out, size_t n)
{
    unsigned char *p = out;
    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            die("getrandom failed: %s", strerror(errno));
        p += got;
        n -= (size_t)got;
    }
}

uint64_t rand_u64(void)
{
    uint64_t v;
    rand_bytes(&v, sizeof v);
    return v;
}

void rand_hex(char *out, size_t bytes)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char chunk[64];
    while (bytes > 0) {
        size_t n = bytes < sizeof chunk ? bytes : sizeof chunk;
        rand_bytes(chunk, n);
        for (size_t i = 0; i < n; i++) {
            *out++ = digits[chunk[i] >> 4];
            *out++ = digits[chunk[i] & 15];
        }
        bytes -= n;
    }
    *out = '\0';
}
