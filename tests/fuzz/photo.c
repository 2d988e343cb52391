/* SPDX-License-Identifier: Apache-2.0 */
/* link: proto base */
/* The container walkers: a copy without metadata is a whole picture again, tells nothing, and is
 * its own copy. */
#include <stdlib.h>
#include <string.h>

#include "proto/exif.h"
#include "proto/photo.h"

static void check_clean(const struct photo *photo, const struct buf *clean)
{
    struct photo again;
    struct buf twice = {0};
    struct exif x = {0};
    struct err e;
    if (photo_read((const uint8_t *)clean->data, clean->len, &again, &twice, &e) != RC_OK)
        __builtin_trap();
    if (again.type != photo->type || twice.len != clean->len ||
        memcmp(twice.data, clean->data, clean->len) != 0)
        __builtin_trap();
    if (again.exif)
        exif_read(again.exif, again.n_exif, &x);
    if (x.has_time || x.has_place)
        __builtin_trap();
    buf_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct photo photo;
    struct buf clean = {0};
    struct err e = {0};
    uint8_t *copy = malloc(n ? n : 1);
    memcpy(copy, data, n);
    enum rc rc = photo_read(copy, n, &photo, &clean, &e);
    if (rc == RC_OK)
        check_clean(&photo, &clean);
    else if (rc != RC_INVALID || !e.zh[0] || !e.en[0])
        __builtin_trap();
    if (photo.exif &&
        (photo.exif < copy || photo.n_exif > n || photo.exif + photo.n_exif > copy + n))
        __builtin_trap();
    buf_free(&clean);
    free(copy);
    return 0;
}
