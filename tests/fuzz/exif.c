/* SPDX-License-Identifier: Apache-2.0 */
/* link: proto base */
#include <stdlib.h>
#include <string.h>

#include "proto/exif.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct exif x;
    uint8_t *copy = malloc(n ? n : 1); /* its end is guarded by the sanitizer */
    memcpy(copy, data, n);
    exif_read(copy, n, &x);
    free(copy);
    if (x.orientation < 1 || x.orientation > 8)
        __builtin_trap();
    if (x.has_place &&
        !(x.latitude >= -90 && x.latitude <= 90 && x.longitude >= -180 && x.longitude <= 180))
        __builtin_trap();
    return 0;
}
