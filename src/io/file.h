/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files, read with a limit and written so that a crash leaves the old or the new content,
 * never a mixture. Errors name the path and why; RC_NOT_FOUND, RC_TOO_BIG, else RC_INTERNAL. */
#ifndef IO_FILE_H
#define IO_FILE_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/rc.h"

/* Only regular files (a FIFO would hang us); more than `limit` bytes is RC_TOO_BIG. The text in
 * *out is NUL-terminated behind *n bytes and belongs to the arena. */
MUST_USE enum rc file_read(struct arena *a, const char *path, size_t limit, char **out, size_t *n,
                           struct err *e);

/* Temporary file in the same folder, fsync, rename, fsync of the folder. mode is exact, whatever
 * the umask. */
MUST_USE enum rc file_write(const char *path, const void *data, size_t n, mode_t mode,
                            struct err *e);

/* mkdir -p; folders that exist keep their mode. */
MUST_USE enum rc file_make_folders(const char *path, mode_t mode, struct err *e);

/* After creating, renaming or removing a file in it. */
MUST_USE enum rc file_sync_folder(const char *path, struct err *e);

bool file_exists(const char *path); /* anything of that name, links followed */

#endif
