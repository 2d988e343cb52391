/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share. */
#ifndef IO_IO_INT_H
#define IO_IO_INT_H
#include <stddef.h>

#include "base/rc.h"

/* Fails with "{what} {path}: {why of errno}" in both languages; ENOENT is RC_NOT_FOUND. */
enum rc io_fail(struct err *e, int number, const char *zh, const char *en, const char *path);

/* All n bytes, through interruptions. 0 or the errno. */
int io_write_all(int fd, const void *data, size_t n);

#endif
