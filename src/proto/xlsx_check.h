/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a workbook that we wrote back from disk. Private to src/proto. */
#ifndef PROTO_XLSX_CHECK_H
#define PROTO_XLSX_CHECK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when every part inflates with its checksum, and sheet i+1 ends properly with rows[i] rows.
 */
bool xlsx_check(const char *path, const uint64_t *rows, size_t n);

#endif
