/* SPDX-License-Identifier: Apache-2.0 */
/* Where a document is written: beside its final name first, then renamed. Private to src/proto. */
#ifndef PROTO_TARGET_H
#define PROTO_TARGET_H
#include "base/rc.h"

/* Refuses a path that is there and no regular file: the rename would replace a folder, a device or
 * /dev/stdout itself. */
MUST_USE enum rc target_check(const char *path, struct err *e);
/* RC_BUSY with its own text when the disk is full. */
enum rc target_fail(int error, struct err *e);

#endif
