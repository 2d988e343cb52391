/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the date readers, shared by civil.c and civil_loose.c. Each moves *s behind what it
 * took; after false the position is undefined. */
#ifndef BASE_CIVIL_INT_H
#define BASE_CIVIL_INT_H
#include <stdbool.h>
#include <stdint.h>

/* min..max decimal digits, max <= 9 */
bool civil_digits(const char **s, int min, int max, int *out);

/* "Z", "+08:00", or nothing (Beijing) */
bool civil_zone(const char **s, int64_t *offset_ms);

#endif
