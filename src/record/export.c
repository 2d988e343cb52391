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

/* What a column says: a field, the number beside a reference's name, or a link's end and detail. */
struct out_column {
    int field; /* -1: of a link */
    bool number, more;
    const struct import_link *link;
};
#define OUT_COLUMNS (2 * RECORD_FIELDS + 8)

/* One of the two ways out, and what goes out. */
struct out {
    struct xlsx_writer *x;
    struct csv_writer *c;
    const struct kind *k;
    bool wanted[RECORD_FIELDS];
    struct out_column column[OUT_COLUMNS];
    int n;
    bool links;
};

static enum rc take_column(struct cx *cx, struct out *o, const char *name)
{
    int i = field_index(o->k, name);
    if (i < 0 || !exported(cx, &o->k->fields[i]))
        return FAIL(cx, RC_INVALID, "columns", "没有“{field}”这个字段，或不能导出", "no field {field} to export", "field", name);
    if (!o->wanted[i])
        o->column[o->n++] = (struct out_column){.field = i};
    o->wanted[i] = true;
    return RC_OK;
}

/* A name may be borne by several devices: their number stands beside it, unless the kind itself has one. */
static void take_number(struct out *o, int field)
{
    const struct field *f = &o->k->fields[field], *number = f->type == F_REF ? kind_number(record_kind(f->ref)) : NULL;
    if (number && field_index(o->k, number->name) < 0)
        o->column[o->n++] = (struct out_column){.field = field, .number = true};
}

/* What an import takes beside the fields. Links lead out of the reader's scope: only who may read all sees them. */
static void take_links(struct cx *cx, struct out *o)
{
    for (const struct import_link *l = o->k->import_links; l && l->kind; l++) {
        if (!(cx_scopes(cx, permission_of(cx, record_kind(l->kind), "read")) & SCOPE_ALL))
            continue;
        o->column[o->n++] = (struct out_column){.field = -1, .link = l};
        o->column[o->n++] = (struct out_column){.field = -1, .link = l, .more = true};
        o->links = true;
    }
}

static enum rc take_columns(struct cx *cx, struct out *o, const char *columns)
{
    enum rc rc = RC_OK;
    for (const char *s = columns; s && *s && !rc;) {
        size_t len = strcspn(s, ",");
        rc = take_column(cx, o, arena_strndup(cx->a, s, len));
        s += len + (s[len] == ',');
    }
    if (columns && *columns)
        return rc;
    for (int i = 0; i < o->k->n_fields && !rc; i++)
        if (exported(cx, &o->k->fields[i])) {
            rc = take_column(cx, o, o->k->fields[i].name);
            take_number(o, i);
        }
    take_links(cx, o);
    return rc;
}

static const char *heading_of(struct cx *cx, const struct out *o, const struct out_column *c)
{
    if (c->link)
        return c->more ? c->link->more.label : c->link->column.label;
    const char *label = o->k->fields[c->field].label;
    return c->number ? arena_printf(cx->a, "%s编号", label) : label;
}

static enum rc out_open(struct cx *cx, enum export_format format, const char *path, struct out *o)
{
    struct xlsx_column columns[OUT_COLUMNS] = {0};
    enum rc rc = format == EXPORT_CSV ? csv_write_new(path, &o->c, &cx->err) : xlsx_write_new(path, NULL, &o->x, &cx->err);
    if (rc)
        return rc;
    for (int i = 0; i < o->n; i++) {
        const struct out_column *c = &o->column[i];
        bool field = c->field >= 0 && !c->number;
        columns[i] = (struct xlsx_column){.heading = heading_of(cx, o, c), .type = field ? xlsx_type_of(&o->k->fields[c->field]) : XLSX_TEXT};
        if (o->c)
            csv_write_text(o->c, columns[i].heading);
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

struct link_end { /* of a record of the group */
    const struct import_link *link;
    int64_t from;
    const char *name, *more;
};
struct ends {
    struct link_end *at;
    int n, room;
};

/* The first link of this type of each of the records. */
static enum rc read_links(struct cx *cx, const struct kind *k, const struct import_link *l, const int64_t *ids, size_t n, struct ends *ends)
{
    struct bind b[PICK_ROWS + 2];
    struct buf sql = {0};
    struct db_rows *r;
    buf_printf(&sql, "SELECT l.%s, COALESCE(t.%s, t.%s), l.%s FROM %s l JOIN %s t ON t.id = l.%s WHERE l.retired_at IS NULL AND l.%s = :type AND l.%s IN (",
               l->from, l->by[0], l->by[1] ? l->by[1] : l->by[0], l->more_field, l->kind, kind_table(k), l->to, l->type_field, l->from);
    for (size_t i = 0; i < PICK_ROWS; i++) { /* always as many: one prepared text */
        const char *name = arena_printf(cx->a, "k%zu", i);
        buf_printf(&sql, "%s:%s", i ? "," : "", name);
        b[i] = i < n ? B_INT(name, ids[i]) : B_NULL(name);
    }
    b[PICK_ROWS] = B_TEXT("type", l->type);
    b[PICK_ROWS + 1] = B_END;
    buf_text_add(&sql, ") ORDER BY l.id");
    enum rc rc = cx_db(cx, db_query(cx->db, buf_text(&sql), b, &r));
    buf_free(&sql);
    if (rc)
        return rc;
    while (db_next(r)) {
        if (ends->n == ends->room) {
            struct link_end *more = ARENA_NEW(cx->a, struct link_end, ends->room = ends->room ? 2 * ends->room : PICK_ROWS);
            if (ends->n)
                memcpy(more, ends->at, sizeof *more * (size_t)ends->n);
            ends->at = more;
        }
        ends->at[ends->n++] = (struct link_end){l, db_int(r, 0), arena_strdup(cx->a, db_text(r, 1)), db_null(r, 2) ? NULL : arena_strdup(cx->a, db_text(r, 2))};
    }
    return cx_db(cx, db_end(r));
}

static const char *end_text(const struct ends *ends, const struct out_column *c, int64_t id)
{
    for (int i = 0; i < ends->n; i++)
        if (ends->at[i].from == id && ends->at[i].link == c->link)
            return c->more ? ends->at[i].more : ends->at[i].name;
    return NULL;
}

static void write_record(struct cx *cx, struct out *o, const struct row *row, const struct ends *ends)
{
    for (int i = 0; i < o->n; i++) {
        const struct out_column *c = &o->column[i];
        const char *text = c->link ? end_text(ends, c, row->id) : c->number ? row->v[c->field].s : NULL;
        if ((c->link || c->number) && o->x)
            xlsx_write_text(o->x, (size_t)i, text);
        else if (c->link || c->number)
            csv_write_text(o->c, text);
        else if (o->x)
            write_cell(cx, o->x, (size_t)i, &o->k->fields[c->field], &row->v[c->field], row->label[c->field]);
        else
            csv_cell(cx, o->c, &o->k->fields[c->field], &row->v[c->field], row->label[c->field]);
    }
    if (o->x)
        xlsx_write_row(o->x);
    else
        csv_write_row(o->c);
}

static enum rc write_group(struct cx *cx, struct out *o, const int64_t *ids, size_t n)
{
    struct row *rows[PICK_ROWS];
    struct ends ends = {0};
    enum rc rc = query_pick(cx, o->k, o->wanted, ids, n, rows);
    for (const struct import_link *l = o->links ? o->k->import_links : NULL; l && l->kind && !rc; l++)
        rc = read_links(cx, o->k, l, ids, n, &ends);
    for (size_t i = 0; i < n && !rc; i++)
        if (rows[i])
            write_record(cx, o, rows[i], &ends);
    return rc;
}

static enum rc write_all(struct cx *cx, struct out *o, const int64_t *ids, size_t n)
{
    struct cx one = *cx; /* an arena per group: 200,000 rows must not pile up */
    enum rc rc = RC_OK;
    one.a = arena_new();
    for (size_t at = 0; at < n && !rc; at += PICK_ROWS) {
        rc = write_group(&one, o, ids + at, n - at < PICK_ROWS ? n - at : PICK_ROWS);
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
