/* SPDX-License-Identifier: Apache-2.0 */
/* One writer per store: a lock file per data folder and role. The kernel drops the lock with the
 * process, however it ends, so a lock is never stale; the file itself stays. */
#ifndef IO_LOCK_H
#define IO_LOCK_H
#include "base/rc.h"

struct lock {
    int fd; /* -1 = not held */
};

/* Takes FOLDER/ROLE.lock, or RC_BUSY with a text that names the holder's pid. role is one word of
 * [a-z0-9_-], at most 32. The lock dies with this process, and is not kept across exec. */
MUST_USE enum rc lock_take(const char *folder, const char *role, struct lock *out, struct err *e);
void lock_release(struct lock *l); /* a lock that is not held is allowed */

#endif
