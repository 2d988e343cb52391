/* SPDX-License-Identifier: Apache-2.0 */
/* Random bytes from the kernel; fails never (aborts when getrandom does). */
#ifndef BASE_RAND_H
#define BASE_RAND_H
#include <stddef.h>
#include <stdint.h>

void rand_bytes(void *out, size_t n);
uint64_t rand_u64(void);
void rand_hex(char *out, size_t bytes); /* writes 2*bytes characters and a NUL */

#endif
