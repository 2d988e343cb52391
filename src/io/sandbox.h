/* SPDX-License-Identifier: Apache-2.0 */
/* The cage of a process that reads hostile bytes: what it has open it keeps, it opens nothing more.
 * Entered by the process itself, before it looks at the first byte; there is no way out. */
#ifndef IO_SANDBOX_H
#define IO_SANDBOX_H
#include <stddef.h>

#include "base/rc.h"

struct sandbox {
    size_t memory;    /* bytes of address space beyond what is mapped now; 0 = as it is */
    size_t file_size; /* most bytes that a descriptor may grow to; 0 = as it is */
    int cpu_seconds;  /* then SIGXCPU; 0 = as it is */
};

/* Afterwards only reading and writing open descriptors, memory (never executable), clocks and the
 * end are left; any other system call kills the process (SIGSYS). RC_INTERNAL when the kernel
 * refuses: then the bytes must not be read. Holds for every thread of the process. */
MUST_USE enum rc sandbox_enter(const struct sandbox *s, struct err *e);

#endif
