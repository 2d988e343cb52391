/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the sheet reader share. Private to src/proto. */
#ifndef PROTO_SHEET_INT_H
#define PROTO_SHEET_INT_H
#include <zip.h>

#include "base/arena.h"
#include "base/buf.h"
#include "proto/sheet.h"

/* How a number format shows a number. */
enum number_kind { NUMBER_GENERAL, NUMBER_PATTERN, NUMBER_DATE, NUMBER_ELAPSED };
struct number_format {
    enum number_kind kind;
    bool day, time;
    const char *code; /* PATTERN only */
};
struct number_format number_format_builtin(int id);
struct number_format number_format_custom(const char *code); /* keeps the pointer */
#define NUMBER_TEXT 400
/* Fills type, text-independent date fields and the text as shown. */
void number_show(const struct number_format *format, double value, bool is_1904,
                 struct sheet_cell *cell, char out[NUMBER_TEXT]);

struct sheet_entry {
    const char *name;
    const char *part; /* path inside the archive */
    bool hidden;
};

/* Shared strings: NUL-terminated in blocks of 1 MB that never move; at[] = block * 1 MB + offset */
struct string_pool {
    char **blocks;
    size_t n_blocks, used; /* used bytes of the last block */
    uint32_t *at;
    size_t n, cap;
    bool loaded;
};

struct xlsx_pass; /* one pass over a worksheet */
struct csv_pass;

struct sheet_file {
    struct arena *arena; /* names, formats: as long as the file */
    struct sheet_limits limits;
    struct sheet_entry *sheets;
    size_t n_sheets;
    const char *encoding;
    bool is_1904;

    zip_t *zip;        /* NULL: csv */
    uint64_t inflated; /* over all parts and passes */
    const char *strings_part, *styles_part;
    struct string_pool strings;
    struct number_format *styles; /* by cell style index */
    size_t n_styles;
    struct xlsx_pass *xlsx;

    char *owned; /* csv bytes that we read ourselves */
    char *text;  /* csv as UTF-8, in the arena */
    size_t text_len;
    struct csv_pass *csv;

    struct sheet_cell *cells; /* limits.columns of them */
    size_t *text_at;          /* offset into row_text of a cell's own text, or NOT_OWN */
    struct buf row_text;
    struct sheet_row row;
    struct sheet_note notes[SHEET_NOTES];
    size_t n_notes;
};
#define NOT_OWN SIZE_MAX

void sheet_note_add(struct sheet_file *f, int32_t row, int32_t col, const char *zh, const char *en);
void sheet_row_clear(struct sheet_file *f);
/* Points the cells at their texts; true when the row has a filled cell. */
bool sheet_row_finish(struct sheet_file *f, int32_t number);
enum rc sheet_fail_columns(const struct sheet_file *f, int32_t row, struct err *e);
enum rc sheet_fail_rows(const struct sheet_file *f, struct err *e);
enum rc sheet_fail_cell(const struct sheet_file *f, int32_t row, struct err *e);
enum rc sheet_fail_row_bytes(const struct sheet_file *f, int32_t row, struct err *e);
enum rc sheet_fail_damaged(const char *part, const char *detail, struct err *e);

/* What the first bytes say when it is neither a zip archive nor text; RC_OK when it may be text. */
enum rc sheet_sniff(const unsigned char *data, size_t n, struct err *e);

enum rc csv_open(struct sheet_file *f, const char *data, size_t n, struct err *e);
enum rc csv_start(struct sheet_file *f, struct err *e);
enum rc csv_next(struct sheet_file *f, const struct sheet_row **row, struct err *e);
void csv_end(struct sheet_file *f);

enum rc xlsx_open(struct sheet_file *f, struct err *e); /* f->zip is open */
enum rc xlsx_strings_load(struct sheet_file *f, struct err *e);
const char *xlsx_string(const struct sheet_file *f, size_t i); /* NULL: no such string */
void xlsx_strings_free(struct sheet_file *f);
void xlsx_text_trim(const char **s, size_t *n); /* XML white space at both ends */
enum rc xlsx_start(struct sheet_file *f, size_t i, unsigned flags, struct err *e);
enum rc xlsx_next(struct sheet_file *f, const struct sheet_row **row, struct err *e);
void xlsx_end(struct sheet_file *f);

#endif
