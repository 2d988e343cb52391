/* SPDX-License-Identifier: Apache-2.0 */
/* What goes through descriptor 1 between parent and child: both are the same program. */
#ifndef CORE_IMAGE_INT_H
#define CORE_IMAGE_INT_H
#include <stdint.h>

#include "base/rc.h"

enum {
    IMAGE_JOB = 0x1a6e0b01,
    IMAGE_RESULT = 0x1a6e0b02,
    IMAGE_TEXT = 2048,
    IMAGE_INPUT = 64 * 1024 * 1024,  /* bytes of a photo */
    IMAGE_OUTPUT = 96 * 1024 * 1024, /* bytes of all results of one */
    IMAGE_MEMORY = 1200 * 1024 * 1024,
    IMAGE_CPU_SECONDS = 20,
    IMAGE_DEADLINE_MS = 30000,
};

struct image_job {
    uint32_t magic;
    uint32_t fault;
    int32_t width, height; /* of the marked copy's original; 0 = read */
    char text[IMAGE_TEXT];
};

enum { PART_CLEAN, PART_SMALL, PART_LARGE, PART_MARKED, N_PARTS };

struct image_head { /* followed by the parts, in order */
    uint32_t magic;
    int32_t width, height;
    uint32_t has_time, has_place;
    int64_t taken_ms;
    double latitude, longitude;
    uint64_t phash;
    uint64_t n[N_PARTS];
    struct err err; /* rc != RC_OK: everything else is empty */
};

/* Width and height when the longer side is brought down to `side`. */
void image_fit(int *width, int *height, int side);

#endif
