/* SPDX-License-Identifier: Apache-2.0 */
/* Writes .csv: UTF-8 with a byte-order mark (Excel and WPS then read Chinese), CRLF, RFC 4180 quotes.
 * Errors stick; csv_write_end() reports. */
#ifndef PROTO_CSV_WRITE_H
#define PROTO_CSV_WRITE_H
#include <stdbool.h>

#include "base/rc.h"

struct csv_writer;

MUST_USE enum rc csv_write_new(const char *path, struct csv_writer **out, struct err *e);
/* What a spreadsheet program would calculate: = + - @ at its start, also behind blanks and apostrophes. */
MUST_USE bool csv_is_formula(const char *s);
/* Such a text gets a ' before it, which our reader takes off again. */
void csv_write_text(struct csv_writer *w, const char *s); /* NULL = empty */
void csv_write_number(struct csv_writer *w, const char *digits);
void csv_write_row(struct csv_writer *w);
/* The file appears at its path complete or not at all; both free w. */
MUST_USE enum rc csv_write_end(struct csv_writer *w, struct err *e);
void csv_write_abort(struct csv_writer *w);

#endif
