/* SPDX-License-Identifier: Apache-2.0 */
/* Photos are decoded in a child of our own program, `shouwang image`: descriptor 0 is the photo,
 * descriptor 1 a memory file that brings the job and takes the result. The child shuts itself into
 * io/sandbox.h before it reads the first byte of the photo, so a decoder that is taken over can
 * neither open a file nor a socket, and it ends at a deadline. What comes back is bounded and
 * checked like any other hostile input. At most two children at once. */
#ifndef CORE_IMAGE_H
#define CORE_IMAGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

enum { THUMB_SMALL = 320, THUMB_LARGE = 1280, MARK_SIDE = 4096 };

struct image_part {
    const char *data; /* inside the result's memory; NULL when n = 0 */
    size_t n;
};

struct image_result {
    int width, height; /* upright */
    bool has_time, has_place;
    int64_t taken_ms;           /* what the camera claims */
    double latitude, longitude; /* WGS 84 */
    uint64_t phash;
    struct image_part clean;        /* without metadata, same type; n = 0: the original has none */
    struct image_part small, large; /* JPEG thumbnails; large n = 0: the original is no larger */
    struct image_part marked;       /* JPEG, only of image_mark() */
    void *memory;
    size_t n_memory;
};

/* fd stays the caller's. RC_INVALID and RC_TOO_BIG tell the sender what is wrong with his picture;
 * RC_BUSY when too many wait. On RC_OK the result is freed with image_free(). */
MUST_USE enum rc image_read(int fd, struct image_result *out, struct err *e);
/* A JPEG copy of at most MARK_SIDE pixels a side with the lines of text in a band at its lower
 * edge. width, height: those of image_read(). */
MUST_USE enum rc image_mark(int fd, int width, int height, const char *lines,
                            struct image_result *out, struct err *e);
void image_free(struct image_result *r);

/* The child's main: what a program does that is started as "PROGRAM image". */
int image_main(void);

#ifdef SW_FAULTS
/* For tests: the next child of this process does, in its sandbox, what a taken-over decoder would.
 */
enum image_fault {
    IMAGE_FAULT_NONE,
    IMAGE_FAULT_OPEN,
    IMAGE_FAULT_SOCKET,
    IMAGE_FAULT_FORK,
    IMAGE_FAULT_MEMORY,
    IMAGE_FAULT_WRITE,
    IMAGE_FAULT_LOOP,
    IMAGE_FAULT_KILLED /* by others */
};
void image_fault_next(enum image_fault f);
#endif

#endif
