/* SPDX-License-Identifier: Apache-2.0 */
/* What the file_*.c share. */
#ifndef CORE_FILE_INT_H
#define CORE_FILE_INT_H
#include "core/file.h"
#include "core/image.h"

#define FILE_LIFE_MS DAY_MS /* of an upload that nothing names, and of a part */

const char *blob_path(struct cx *cx, const char *sha256);
/* The store's lock: shared while bytes wait for their row, exclusive to remove bytes. -1 on failure
 * with cx->err set; close() gives it back. */
int blob_lock(struct cx *cx, bool exclusive);
/* Moves a file in, or writes bytes; both are on the disk afterwards. Under the shared lock. */
MUST_USE enum rc blob_move(struct cx *cx, const char *path, const char *sha256);
MUST_USE enum rc blob_write(struct cx *cx, const void *data, size_t n, char sha256[65]);

MUST_USE enum rc file_load(struct cx *cx, int64_t id, struct file *out); /* id 0: no such file */
/* file_store() that also ends the row of file_part, unless part_id is 0. */
MUST_USE enum rc file_take(struct cx *cx, const char *spooled, const char *name, uint64_t size,
                           const char *sha256, int64_t part_id, struct file *out);
bool file_is_image(const struct file *f);
const char *file_clean_name(struct cx *cx, const char *name);
MUST_USE enum rc file_quota(struct cx *cx, int64_t more);

/* The copies of a picture: bytes into the store, then rows, in the caller's transaction. */
struct copies {
    struct image_result r;
    char clean[65], small[65], large[65];
};
MUST_USE enum rc copies_read(struct cx *cx, int fd, struct copies *out); /* no row needed yet */
MUST_USE enum rc copies_write(struct cx *cx, struct copies *c);          /* bytes */
MUST_USE enum rc copies_rows(struct cx *cx, const struct file *f, const struct copies *c);
/* The stored copy, made when it is missing or says something else by now. */
MUST_USE enum rc copy_find(struct cx *cx, struct file *f, enum file_face face, const char **sha256);

#endif
