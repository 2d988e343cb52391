/* SPDX-License-Identifier: Apache-2.0 */
/* What an import says: the result as JSON, the wrong rows as the same sheet with their reasons. */
#include <stdlib.h>
#include <string.h>

#include "proto/xlsx_write.h"
#include "record/import_int.h"

static int by_row(const void *x, const void *y)
{
    const struct wrong *a = x, *b = y;
    return (a->number > b->number) - (a->number < b->number);
}

/* A heading of two levels becomes one: what we knew gets our own name, so that it is known again. */
static const char *heading_of(const struct run *r, const struct table_heading *h)
{
    return h->column >= 0 && strchr(h->text, ' ') ? r->column[h->column]->label : h->text;
}

/* What the sheet itself calls the column of this label. */
static const char *said_as(const struct run *r, const char *label)
{
    size_t n;
    const struct table_heading *h = table_headings(r->table, &n);
    for (size_t i = 0; i < n; i++)
        if (h[i].column >= 0 && !strcmp(r->column[h[i].column]->label, label))
            return heading_of(r, &h[i]);
    return label;
}

static void errors_json(struct run *r, struct jw *w)
{
    qsort(r->errors, (size_t)r->n_errors, sizeof *r->errors, by_row);
    jw_key(w, "errors");
    jw_array(w);
    for (int i = 0; i < r->n_errors && i < ERRORS_MAX; i++) {
        jw_object(w);
        jw_ki(w, "row", r->errors[i].number);
        jw_kt(w, "column", r->errors[i].column);
        jw_kt(w, "heading", said_as(r, r->errors[i].column));
        jw_kt(w, "message", r->errors[i].message);
        jw_end_object(w);
    }
    jw_end_array(w);
}

static bool is_reason(struct cx *cx, const struct table_heading *h)
{
    return !strcmp(table_fold(cx->a, h->text, false), REASON_HEADING);
}

static bool was_mapped(const struct run *r, const char *heading, const char *field)
{
    const char *map = r->o->map ? r->o->map : r->remembered;
    for (const char *s = map; s && *s;) {
        size_t len = strcspn(s, ";"), eq = strcspn(s, "=;");
        const char *name = arena_strndup(r->cx->a, s, eq), *to = arena_strndup(r->cx->a, s + eq, len - eq);
        if (*to == '=' && !strcmp(to + 1, field) &&
            strstr(table_fold(r->cx->a, heading, false), table_fold(r->cx->a, name, false)))
            return true;
        s += len + (s[len] == ';');
    }
    return false;
}

static void headings_json(struct run *r, struct jw *w)
{
    size_t n;
    const struct table_heading *h = table_headings(r->table, &n);
    jw_key(w, "unmatched");
    jw_array(w);
    for (size_t i = 0; i < n; i++)
        if (h[i].column < 0 && h[i].duplicate_of < 0 && !is_reason(r->cx, &h[i]))
            jw_text(w, h[i].text);
    jw_end_array(w);
    jw_key(w, "headings");
    jw_array(w);
    for (size_t i = 0; i < n; i++) {
        const struct field *f = h[i].column < 0 ? NULL : r->column[h[i].column];
        if (is_reason(r->cx, &h[i]))
            continue;
        jw_object(w);
        jw_kt(w, "heading", h[i].text);
        jw_kt(w, "field", f ? f->name : NULL);
        jw_kb(w, "mapped", f && was_mapped(r, h[i].text, f->name));
        jw_kt(w, "same_as", h[i].duplicate_of < 0 ? NULL : r->column[h[i].duplicate_of]->name);
        jw_end_object(w);
    }
    jw_end_array(w);
    jw_key(w, "columns");
    jw_array(w);
    for (size_t i = 0; i < r->n_columns; i++) {
        if (!r->column[i]->name)
            continue;
        jw_object(w);
        jw_kt(w, "name", r->column[i]->name);
        jw_kt(w, "label", r->column[i]->label);
        jw_kb(w, "required", (r->column[i]->flags & REQ) != 0);
        jw_end_object(w);
    }
    jw_end_array(w);
    jw_kt(w, "remembered", r->o->map ? NULL : r->remembered);
}

static void skipped_json(struct run *r, struct jw *w)
{
    static const char *const words[] = {"total", "note", "repeated_heading", "blank"};
    size_t n;
    const struct table_skipped *s = table_skipped(r->table, &n);
    jw_key(w, "skipped");
    jw_array(w);
    for (size_t i = 0; i < n; i++) {
        jw_object(w);
        jw_ki(w, "row", s[i].row);
        jw_kt(w, "why", words[s[i].why]);
        jw_end_object(w);
    }
    jw_end_array(w);
    jw_ki(w, "skipped_totals", (int64_t)table_skipped_count(r->table, TABLE_TOTAL));
}

static void doubts_json(const struct run *r, struct jw *w)
{
    char text[200];
    if (!r->n_doubts)
        return;
    snprintf(text, sizeof text, "%d 处日期是数字（如 2019.1），按当年 1 月读入；若原来写的是 2019.10，请改成 2019-10 再导入", r->n_doubts);
    jw_object(w);
    jw_ki(w, "row", r->first_doubt);
    jw_kt(w, "message", text);
    jw_end_object(w);
}

/* Every sheet by its name, and that the others were not read: a workbook often has one for each community. */
static void sheets_json(struct sheet_file *file, struct jw *w)
{
    jw_key(w, "sheets");
    jw_array(w);
    for (size_t i = 0; i < sheet_count(file); i++)
        jw_text(w, sheet_name(file, i));
    jw_end_array(w);
}

static void others_json(const struct run *r, struct sheet_file *file, struct jw *w)
{
    struct buf text = {.limit = 600};
    for (size_t i = 0; i < sheet_count(file); i++)
        if (i != table_sheet(r->table))
            buf_printf(&text, "%s“%s”%s", text.len ? "、" : "另有工作表没有读入：", sheet_name(file, i), sheet_hidden(file, i) ? "（隐藏）" : "");
    if (text.len) {
        buf_text_add(&text, "；若也是台账，请选它再导入一次");
        jw_object(w);
        jw_ki(w, "row", 0);
        jw_kt(w, "message", buf_text(&text));
        jw_end_object(w);
    }
    buf_free(&text);
}

static void notes_json(const struct run *r, struct sheet_file *file, struct jw *w)
{
    size_t n;
    const struct sheet_note *notes = sheet_notes(file, &n);
    jw_key(w, "notes");
    jw_array(w);
    for (size_t i = 0; i < n; i++) {
        jw_object(w);
        jw_ki(w, "row", notes[i].row);
        jw_kt(w, "message", notes[i].zh);
        jw_end_object(w);
    }
    doubts_json(r, w);
    others_json(r, file, w);
    jw_end_array(w);
}

static void lacks_json(const struct run *r, const char *kind, const char *key, struct jw *w)
{
    jw_key(w, key);
    jw_array(w);
    for (int i = 0; i < r->n_missing; i++)
        if (!strcmp(r->lacks[i].kind->name, kind))
            jw_text(w, r->lacks[i].name);
    jw_end_array(w);
}

void import_json(struct run *r, struct sheet_file *file, bool stored, struct jw *w)
{
    const struct counts *c = &r->count;
    jw_object(w);
    jw_ki(w, "rows", c->rows);
    jw_ki(w, "good", c->rows - c->wrong);
    jw_ki(w, "new", c->fresh);
    jw_ki(w, "changed", c->changed);
    jw_ki(w, "unchanged", c->unchanged);
    jw_ki(w, "wrong", c->wrong);
    jw_kb(w, "dry_run", r->o->dry_run);
    jw_kb(w, "stored", stored);
    if (stored)
        jw_ki(w, "batch_id", r->batch_id);
    jw_kt(w, "sheet", sheet_name(file, table_sheet(r->table)));
    sheets_json(file, w);
    jw_kt(w, "encoding", sheet_encoding(file));
    jw_ki(w, "heading_row", table_heading_row(r->table));
    errors_json(r, w);
    headings_json(r, w);
    lacks_json(r, "site", "new_sites", w);
    lacks_json(r, "org_unit", "new_units", w);
    jw_key(w, "changes");
    jw_array(w);
    if (r->preview.len)
        jw_raw(w, buf_text(&r->preview));
    jw_end_array(w);
    skipped_json(r, w);
    notes_json(r, file, w);
    jw_end_object(w);
}

/* --- the sheet of wrong rows --- */

/* errors are sorted by row; *at moves along with the rows. */
static const char *reason_of(struct run *r, int32_t number, int *at)
{
    struct buf b = {.limit = 4000};
    while (*at < r->n_errors && r->errors[*at].number < number)
        ++*at;
    for (; *at < r->n_errors && r->errors[*at].number == number; ++*at) {
        const struct wrong *e = &r->errors[*at];
        buf_printf(&b, "%s%s%s%s%s", b.len ? "；" : "", *e->column ? "【" : "", said_as(r, e->column), *e->column ? "】" : "",
                   e->message);
    }
    const char *text = arena_strdup(r->one.a, b.len ? buf_text(&b) : "错误过多，未逐条列出");
    buf_free(&b);
    return text;
}

static void write_wrong(struct run *r, struct xlsx_writer *x, const struct table_row *t,
                        const struct table_heading *h, const size_t *kept, size_t n, int *at)
{
    for (size_t i = 0; i < n; i++) {
        size_t col = (size_t)h[kept[i]].col;
        if (col < t->raw->n)
            xlsx_write_text(x, i, t->raw->cells[col].text);
    }
    xlsx_write_text(x, n, reason_of(r, t->number, at));
    xlsx_write_row(x);
    arena_reset(r->one.a);
}

enum rc import_errors_file(struct run *r, struct sheet_file *file)
{
    struct xlsx_writer *x;
    enum rc rc = import_open(r, file); /* the sheet once more, from its first row */
    if (!rc)
        rc = xlsx_write_new(r->o->errors_path, NULL, &x, &r->cx->err);
    if (rc)
        return rc;
    size_t n_headings, n = 0;
    int at = 0;
    const struct table_heading *h = table_headings(r->table, &n_headings);
    struct xlsx_column *columns = ARENA_NEW(r->kept, struct xlsx_column, n_headings + 1);
    size_t *kept = ARENA_NEW(r->kept, size_t, n_headings);
    for (size_t i = 0; i < n_headings; i++)
        if (!is_reason(r->cx, &h[i])) {
            columns[n].heading = heading_of(r, &h[i]);
            kept[n++] = i;
        }
    columns[n] = (struct xlsx_column){.heading = REASON_HEADING, .type = XLSX_REASON};
    xlsx_write_sheet(x, "错误行", columns, n + 1, 0);
    const struct table_row *t = NULL;
    while (!(rc = table_next(r->table, &t, &r->cx->err)) && t)
        if (bit_get(r->is_wrong, t->number))
            write_wrong(r, x, t, h, kept, n, &at);
    if (!rc)
        return xlsx_write_end(x, &r->cx->err);
    xlsx_write_abort(x);
    return rc;
}
