/* SPDX-License-Identifier: Apache-2.0 */
/* Records as a spreadsheet. The ids of the list are read first, in its order (sorted once); the records
 * then in small groups, so that memory stays flat and no read snapshot is held while we write. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proto/csv_write.h"
#include "record/import_int.h"

enum xlsx_type xlsx_type_of(const struct field *f)
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
    case F_GEO:
    case F_SECRET:
    case F_ROWS:
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
    case F_GEO:
    case F_SECRET:
    case F_ROWS:
        break;
    }
    const char *text = value_text(cx, f, v, label);
    xlsx_write_text(x, col, sees_masked(cx, f) ? masked(cx, text) : text);
}

/* Evidence and secrets stay; personal data goes out masked like on the page. */
static bool exported(struct cx *cx, const struct field *f)
{
    return f->type != F_FILES && f->type != F_SECRET && (may_see(cx, f) || sees_masked(cx, f));
}

/* One of the two ways out, and what goes out. */
struct out {
    struct xlsx_writer *x;
    struct csv_writer *c;
    const struct kind *k;
    bool wanted[RECORD_FIELDS];
    int field[RECORD_FIELDS]; /* in the order of the columns */
    int n;
};

static enum rc take_column(struct cx *cx, struct out *o, const char *name)
{
    int i = field_index(o->k, name);
    if (i < 0 || !exported(cx, &o->k->fields[i]))
        return FAIL(cx, RC_INVALID, "columns", "没有“{field}”这个字段，或不能导出", "no field {field} to export", "field", name);
    if (!o->wanted[i])
        o->field[o->n++] = i;
    o->wanted[i] = true;
    return RC_OK;
}

static enum rc take_columns(struct cx *cx, struct out *o, const char *columns)
{
    enum rc rc = RC_OK;
    for (const char *s = columns; s && *s && !rc;) {
        size_t len = strcspn(s, ",");
        rc = take_column(cx, o, arena_strndup(cx->a, s, len));
        s += len + (s[len] == ',');
    }
    for (int i = 0; i < o->k->n_fields && !(columns && *columns); i++)
        if (exported(cx, &o->k->fields[i]))
            rc = take_column(cx, o, o->k->fields[i].name);
    return rc;
}

static enum rc out_open(struct cx *cx, enum export_format format, const char *path, struct out *o)
{
    struct xlsx_column columns[RECORD_FIELDS] = {0};
    enum rc rc = format == EXPORT_CSV ? csv_write_new(path, &o->c, &cx->err) : xlsx_write_new(path, NULL, &o->x, &cx->err);
    if (rc)
        return rc;
    for (int i = 0; i < o->n; i++) {
        const struct field *f = &o->k->fields[o->field[i]];
        columns[i] = (struct xlsx_column){.heading = f->label, .type = xlsx_type_of(f)};
        if (o->c)
            csv_write_text(o->c, f->label);
    }
    if (o->x)
        xlsx_write_sheet(o->x, o->k->label, columns, (size_t)o->n, 0);
    else
        csv_write_row(o->c);
    return RC_OK;
}

static bool is_number(const struct field *f)
{
    return f->type == F_INT || f->type == F_FLOAT || f->type == F_FEN || f->type == F_DURATION;
}

/* As in the sheet: yuan, minutes, Beijing time. */
static void csv_cell(struct cx *cx, struct csv_writer *c, const struct field *f, const struct value *v, const char *label)
{
    const char *text = value_text(cx, f, v, label ? label : "");
    if (sees_masked(cx, f))
        text = masked(cx, text);
    if (is_number(f))
        csv_write_number(c, text);
    else
        csv_write_text(c, text);
}

static void write_record(struct cx *cx, struct out *o, const struct row *row)
{
    for (int i = 0; i < o->n; i++) {
        const struct field *f = &o->k->fields[o->field[i]];
        const struct value *v = &row->v[o->field[i]];
        const char *label = row->label[o->field[i]];
        if (o->x)
            write_cell(cx, o->x, (size_t)i, f, v, label);
        else
            csv_cell(cx, o->c, f, v, label);
    }
    if (o->x)
        xlsx_write_row(o->x);
    else
        csv_write_row(o->c);
}

static enum rc write_all(struct cx *cx, struct out *o, const int64_t *ids, size_t n)
{
    struct cx one = *cx; /* an arena per group: 200,000 rows must not pile up */
    struct row *rows[PICK_ROWS];
    enum rc rc = RC_OK;
    one.a = arena_new();
    for (size_t at = 0; at < n && !rc; at += PICK_ROWS) {
        size_t part = n - at < PICK_ROWS ? n - at : PICK_ROWS;
        rc = query_pick(&one, o->k, o->wanted, ids + at, part, rows);
        for (size_t i = 0; i < part && !rc; i++)
            if (rows[i])
                write_record(&one, o, rows[i]);
        arena_reset(one.a);
    }
    if (rc)
        cx->err = one.err;
    arena_free(one.a);
    return rc;
}

static enum rc out_end(struct cx *cx, struct out *o, enum rc rc)
{
    if (rc && o->x)
        xlsx_write_abort(o->x);
    if (rc && o->c)
        csv_write_abort(o->c);
    if (rc)
        return rc;
    return o->x ? xlsx_write_end(o->x, &cx->err) : csv_write_end(o->c, &cx->err);
}

enum rc record_export(struct cx *cx, const struct kind *k, const struct query *q, enum export_format format,
                      const char *columns, const char *path)
{
    struct out o = {.k = k};
    int64_t *ids;
    size_t n;
    enum rc rc = take_columns(cx, &o, columns);
    if (!rc)
        rc = query_ids(cx, k, q, &ids, &n);
    if (!rc)
        rc = out_open(cx, format, path, &o);
    return rc ? rc : out_end(cx, &o, write_all(cx, &o, ids, n));
}
