/* SPDX-License-Identifier: Apache-2.0 */
/* "Look now" between processes of one machine: a datagram without content on a Unix socket. A poke
 * may be lost and several may melt into one; polling stays the truth. */
#ifndef IO_POKE_H
#define IO_POKE_H
#include "base/rc.h"

/* A non-blocking descriptor that becomes readable with a poke; poke_close() ends it. The file has
 * mode 0600; a socket left there by a dead process is replaced, anything else is refused. Who may
 * listen at a path is decided by a lock (io/lock.h), not here. path has at most 107 bytes. */
MUST_USE enum rc poke_listen(const char *path, int *fd_out, struct err *e);
void poke_close(int fd, const char *path); /* also removes the file */

/* Never blocks and never fails its caller: nobody listening, or a full queue (a poke is waiting
 * there already), is as good as done. */
void poke_send(const char *path);

int poke_drain(int fd); /* how many pokes were waiting, at most 1024 at once */

#endif
