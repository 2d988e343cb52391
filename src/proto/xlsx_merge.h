/* SPDX-License-Identifier: Apache-2.0 */
/* Merged areas of one worksheet, walked along with its rows. Private to src/proto. */
#ifndef PROTO_XLSX_MERGE_H
#define PROTO_XLSX_MERGE_H
#include "proto/sheet_int.h"

struct merges;
/* Reads the merged areas of a part; *out stays NULL when it has none. */
enum rc merges_read(struct sheet_file *f, const char *part, struct merges **out, struct err *e);
/* Repeats values into the finished row f->row; rows must come in ascending order. */
void merges_apply(struct merges *m, struct sheet_file *f);
void merges_free(struct merges *m);

/* "AB12" -> 0-based column and 1-based row; the position behind it, NULL when it is none. */
const char *xlsx_reference(const char *s, int32_t *col, int32_t *row);

#endif
