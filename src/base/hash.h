/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4) through OpenSSL's EVP, whole or streamed, as lower-case hexadecimal. */
#ifndef BASE_HASH_H
#define BASE_HASH_H
#include <stddef.h>

#define HASH_HEX 65
void hash_hex(const void *data, size_t n, char out[HASH_HEX]);

struct hasher;
struct hasher *hasher_new(void);
void hasher_add(struct hasher *h, const void *data, size_t n);
void hasher_end(struct hasher *h, char out[HASH_HEX]); /* also frees h */

#endif
