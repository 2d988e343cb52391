/* SPDX-License-Identifier: Apache-2.0 */
/* Records as a spreadsheet: the fields that the actor may see, in the order of the form, pages of 500
 * by cursor, so that memory stays flat and no read snapshot is held. */
#include <stdio.h>

#include "proto/xlsx_write.h"
#include "record/record_int.h"

static enum xlsx_type column_type(const struct field *f)
{
    switch (f->type) {
    case F_INT:
    case F_FLOAT:
    case F_DURATION:
        return XLSX_NUMBER;
    case F_FEN:
        return XLSX_MONEY;
    case F_INSTANT:
        return XLSX_INSTANT;
    case F_DATE:
        return XLSX_DATE;
    case F_TEXT:
    case F_BOOL:
    case F_ENUM:
    case F_REF:
    case F_FILES:
        break;
    }
    return XLSX_TEXT;
}

static void write_cell(struct cx *cx, struct xlsx_writer *x, size_t col, const struct field *f,
                       const struct value *v, const char *label)
{
    struct date d;
    if (v->null)
        return;
    switch (f->type) {
    case F_INT:
        xlsx_write_int(x, col, v->i);
        return;
    case F_DURATION: /* minutes */
        xlsx_write_number(x, col, (double)v->i / (double)MINUTE_MS);
        return;
    case F_FLOAT:
        xlsx_write_number(x, col, v->f);
        return;
    case F_FEN:
        xlsx_write_fen(x, col, v->i);
        return;
    case F_INSTANT:
        xlsx_write_instant(x, col, (struct instant){v->i});
        return;
    case F_DATE:
        if (date_parse(v->s, &d))
            xlsx_write_date(x, col, d);
        return;
    case F_TEXT:
    case F_BOOL:
    case F_ENUM:
    case F_REF:
    case F_FILES:
        break;
    }
    xlsx_write_text(x, col, value_text(cx, f, v, label));
}

static size_t columns_of(struct cx *cx, const struct kind *k, struct xlsx_column *out)
{
    size_t n = 0;
    for (int i = 0; i < k->n_fields; i++)
        if (may_see(cx, &k->fields[i]) && k->fields[i].type != F_FILES)
            out[n++] = (struct xlsx_column){.heading = k->fields[i].label,
                                            .type = column_type(&k->fields[i])};
    return n;
}

static void write_page(struct cx *cx, struct xlsx_writer *x, const struct page *page)
{
    for (int r = 0; r < page->n; r++) {
        const struct row *row = page->rows[r];
        size_t col = 0;
        for (int i = 0; i < row->kind->n_fields; i++) {
            const struct field *f = &row->kind->fields[i];
            if (may_see(cx, f) && f->type != F_FILES)
                write_cell(cx, x, col++, f, &row->v[i], row->label[i]);
        }
        xlsx_write_row(x);
    }
}

enum rc record_export(struct cx *cx, const struct kind *k, const struct query *q, const char *path)
{
    struct xlsx_writer *x;
    struct xlsx_column columns[RECORD_FIELDS];
    struct cx one = *cx; /* an arena per page: 200,000 rows must not pile up */
    struct query part = *q;
    struct page page = {0};
    char after[512];
    enum rc rc = xlsx_write_new(path, NULL, &x, &cx->err);
    if (rc)
        return rc;
    one.a = arena_new();
    part.limit = 500;
    part.page = 0;
    part.no_total = true;
    xlsx_write_sheet(x, k->label, columns, columns_of(cx, k, columns), 0);
    do {
        rc = record_list(&one, k, &part, &page);
        if (rc)
            break;
        write_page(&one, x, &page);
        snprintf(after, sizeof after, "%s", page.next ? page.next : "");
        part.after = after;
        arena_reset(one.a);
    } while (*after);
    cx->err = rc ? one.err : cx->err;
    arena_free(one.a);
    if (rc) {
        xlsx_write_abort(x);
        return rc;
    }
    return xlsx_write_end(x, &cx->err);
}
