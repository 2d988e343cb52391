/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/log.h"

struct hasher {
    EVP_MD_CTX *ctx;
};

struct hasher *hasher_new(void)
{
    struct hasher *h = calloc(1, sizeof *h);
    if (!h)
        die("out of memory: a hasher");
    h->ctx = EVP_MD_CTX_new();
    if (!h->ctx || EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1)
        die("SHA-256 is not available in this OpenSSL");
    return h;
}

void hasher_add(struct hasher *h, const void *data, size_t n)
{
    if (n > 0 && EVP_DigestUpdate(h->ctx, data, n) != 1)
        die("SHA-256 update failed");
}

void hasher_end(struct hasher *h, char out[HASH_HEX])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    if (EVP_DigestFinal_ex(h->ctx, sum, &n) != 1 || n * 2 + 1 != HASH_HEX)
        die("SHA-256 final failed");
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[sum[i] >> 4];
        out[2 * i + 1] = digits[sum[i] & 15];
    }
    out[HASH_HEX - 1] = '\0';
    EVP_MD_CTX_free(h->ctx);
    free(h);
}

void hash_hex(const void *data, size_t n, char out[HASH_HEX])
{
    struct hasher *h = hasher_new();
    hasher_add(h, data, n);
    hasher_end(h, out);
}
