/* SPDX-License-Identifier: Apache-2.0 */
/* A4 documents as the offices print them: black lines, Chinese text, page x / y, time and hash in
 * the footer. A document is a list of parts that is laid out when it is asked for, so the number of
 * pages is known before anything is written. All strings are copied; text is UTF-8, and bytes that
 * are not become U+FFFD. One thread per document. */
#ifndef PROTO_PDF_H
#define PROTO_PDF_H
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/rc.h"

struct pdf_options {
    const char *title;         /* document metadata, and small at the left of the footer */
    const char *author;        /* metadata; may be NULL */
    struct instant printed_at; /* in the footer and as creation date: same input, same bytes */
    const char *footer;        /* second line of the footer, e.g. a hash; may be NULL */
    bool landscape;
    int fit_pages; /* > 0: shrink down to 75 % when that makes it at most so many pages */
};

enum pdf_align { PDF_LEFT, PDF_CENTER, PDF_RIGHT };
enum { PDF_COLUMNS = 32 }; /* at most, of a table */

struct pdf_column {
    const char *heading;
    double share; /* of the page width, relative to the other columns; 0 counts as 1 */
    enum pdf_align align;
};
struct pdf_cell {
    const char *text; /* NULL is empty */
    const char *link; /* http:// or https:// ...; others are ignored; may be NULL */
    bool bold;
};
struct pdf_pair { /* one box of a grid: label and value */
    const char *label, *value, *link;
    bool wide; /* alone on its row */
};

struct pdf_picture {
    const void *jpeg; /* the coded picture, upright; nothing is drawn of what is none */
    size_t n;
    const char *caption; /* two lines below it */
};
enum { PDF_PICTURE_ROW = 236, PDF_PICTURES_A_PAGE = 6 }; /* points; below one heading */

struct pdf;
struct pdf *pdf_new(const struct pdf_options *options);
void pdf_free(struct pdf *p); /* NULL is allowed */

void pdf_title(struct pdf *p, const char *text);    /* centred, large */
void pdf_subtitle(struct pdf *p, const char *text); /* centred, below the title */
/* A QR code in the upper right corner, 60 points wide, beside what follows; before the title. One
 * that cannot be drawn is left out. */
void pdf_code(struct pdf *p, const char *text);
void pdf_heading(struct pdf *p, const char *text); /* never the last line of a page */
void pdf_text(struct pdf *p, const char *text);    /* a paragraph; \n breaks lines */
void pdf_note(struct pdf *p, const char *text);    /* a small paragraph */
void pdf_space(struct pdf *p, double points);
void pdf_page_break(struct pdf *p); /* nothing at the top of a page */

/* Boxes with borders, `across` label/value pairs beside each other (1..4). */
void pdf_grid(struct pdf *p, const struct pdf_pair *pairs, size_t n, int across);

/* Rows between begin and end; the heading is repeated on every page. A row is kept on one page
 * unless it is longer than a page. */
void pdf_table_begin(struct pdf *p, const struct pdf_column *columns, size_t n);
void pdf_table_row(struct pdf *p, const struct pdf_cell *cells); /* as many as columns */
void pdf_table_end(struct pdf *p);

/* Places to sign, side by side: label, a line, and a date line below; kept together. */
void pdf_signatures(struct pdf *p, const char *const *labels, size_t n);

/* Two beside each other. The bytes are copied and stand in the file as they are. */
void pdf_pictures(struct pdf *p, const struct pdf_picture *pictures, size_t n);

int pdf_pages(struct pdf *p);
/* Characters that no installed font has, after pdf_pages() or a write: they print as boxes. */
int pdf_unknown_glyphs(const struct pdf *p);
/* The file appears complete or not at all. */
MUST_USE enum rc pdf_write(struct pdf *p, const char *path, struct err *e);
MUST_USE enum rc pdf_write_buf(struct pdf *p, struct buf *out, struct err *e);

#endif
