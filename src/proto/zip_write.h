/* SPDX-License-Identifier: Apache-2.0 */
/* A zip archive written as its parts come, each deflated on the way: constant memory. Errors stick:
 * after the first one nothing is written, and zip_write_end() tells errno. Private to src/proto. */
#ifndef PROTO_ZIP_WRITE_H
#define PROTO_ZIP_WRITE_H
#include <stddef.h>

struct zip_writer;

struct zip_writer *zip_write_new(const char *path); /* NULL: errno */
void zip_write_part(struct zip_writer *z, const char *name); /* the part before is finished */
void zip_write_data(struct zip_writer *z, const void *data, size_t n);
void zip_write_text(struct zip_writer *z, const char *s);
int zip_write_end(struct zip_writer *z); /* 0, or errno (EFBIG past 4 GB); frees z */

#endif
