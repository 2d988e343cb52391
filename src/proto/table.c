/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/utf8.h"
#include "proto/table_int.h"

enum { KEPT_BYTES = 16 * 1024 * 1024 };

struct table {
    struct sheet_file *file;
    struct arena *arena;   /* keys and headings */
    struct arena *kept;    /* the rows read while looking for the heading */
    struct arena *scratch; /* of one row */
    struct heading_keys keys;
    size_t sheet;
    struct sheet_row *rows; /* kept rows, then replayed from `next` */
    size_t n_rows, next;
    int32_t heading_row;
    struct table_heading *headings;
    size_t n_headings;
    int32_t *col;               /* by the caller's column */
    const char **heading_folds; /* HEADING_ROWS per sheet column */
    size_t heading_cols, heading_rows;
    struct sheet_cell *cells;
    struct table_row row;
    struct table_skipped skipped[MAX_SKIPPED];
    size_t n_skipped, count[TABLE_SKIPS];
};

static struct sheet_row copy_row(struct arena *a, const struct sheet_row *row)
{
    struct sheet_cell *cells = ARENA_NEW(a, struct sheet_cell, row->n);
    for (size_t i = 0; i < row->n; i++) {
        cells[i] = row->cells[i];
        cells[i].text = arena_strdup(a, row->cells[i].text);
    }
    return (struct sheet_row){row->number, row->n, cells};
}

/* Reads the first rows of a sheet into t->rows. */
static enum rc keep_rows(struct table *t, size_t sheet, struct err *e)
{
    arena_reset(t->kept);
    t->n_rows = 0;
    enum rc rc = sheet_start(t->file, sheet, SHEET_REPEAT_MERGED, e);
    while (rc == RC_OK && t->n_rows < SCAN_ROWS && arena_used(t->kept) < KEPT_BYTES) {
        const struct sheet_row *row;
        rc = sheet_next(t->file, &row, e);
        if (rc != RC_OK || !row)
            break;
        t->rows[t->n_rows++] = copy_row(t->kept, row);
    }
    return rc;
}

static void take_headings(struct table *t, const struct heading_match *m)
{
    t->headings = ARENA_NEW(t->arena, struct table_heading, m->n_headings);
    t->n_headings = m->n_headings;
    for (size_t i = 0; i < m->n_headings; i++) {
        struct table_heading *h = &t->headings[i];
        *h = m->headings[i];
        h->text = utf8_tidy(t->arena, h->text);
        if (h->column >= 0)
            t->col[h->column] = h->col;
    }
    t->heading_cols = m->n;
    t->heading_rows = m->rows;
    t->heading_folds = ARENA_NEW(t->arena, const char *, m->n *HEADING_ROWS);
    for (size_t r = 0; r < m->rows; r++) {
        const struct sheet_row *row = &t->rows[m->first + r];
        for (size_t c = 0; c < row->n; c++)
            t->heading_folds[c * HEADING_ROWS + r] =
                table_fold(t->arena, row->cells[c].text, false);
    }
    t->next = m->first + m->rows;
    t->heading_row = t->rows[t->next - 1].number;
}

/* The heading as a whole, or its lower part. */
static bool force_is_used(const struct table *t, const struct heading_match *m, size_t i)
{
    for (size_t h = 0; h < m->n_headings; h++) {
        const char *text = m->headings[h].text;
        while (text) {
            if (strcmp(table_fold(t->kept, text, false), t->keys.force[i].fold) == 0)
                return true;
            const char *blank = strchr(text, ' ');
            text = blank ? blank + 1 : NULL;
        }
    }
    return false;
}

static enum rc check_forces(const struct table *t, const struct heading_match *m,
                            const struct table_options *o, struct err *e)
{
    for (size_t i = 0; o && i < o->n_force; i++)
        if (!o->force[i].optional && !force_is_used(t, m, i))
            return fail(e, RC_INVALID, "map", "表头里没有指定的列名“{heading}”",
                        "the heading row has no \"{heading}\" that was to be mapped", "heading",
                        o->force[i].heading, NULL);
    return RC_OK;
}

static enum rc fail_no_sheet(const struct table *t, const char *wanted, struct err *e)
{
    struct buf names = {.limit = 300};
    for (size_t i = 0; i < sheet_count(t->file); i++)
        buf_printf(&names, "%s%s", i ? "、" : "", sheet_name(t->file, i));
    enum rc rc = fail(e, RC_INVALID, "sheet", "没有名为“{wanted}”的工作表；文件里有：{names}",
                      "there is no sheet \"{wanted}\"; the file has: {names}", "wanted", wanted,
                      "names", buf_text(&names), NULL);
    buf_free(&names);
    return rc;
}

static enum rc fail_no_heading(const struct table *t, size_t least, size_t best, struct err *e)
{
    struct buf names = {.limit = 300};
    char need[24], got[24];
    for (size_t i = 0; i < t->keys.n_columns && i < 6; i++) {
        const struct table_column *c = &t->keys.columns[i];
        buf_printf(&names, "%s%s", i ? "、" : "", c->label ? c->label : c->id);
    }
    snprintf(need, sizeof need, "%zu", least);
    snprintf(got, sizeof got, "%zu", best);
    enum rc rc =
        fail(e, RC_INVALID, "file",
             "找不到表头：前 60 行里没有一行含有至少 {need} 个认识的列名（最多的一行有 {got} 个）。"
             "认识的列名如：{names}。请检查表头，或下载模板填写",
             "no heading row found: none of the first 60 rows has at least {need} known headings "
             "(the best has {got}); known ones are for example: {names}. Check the headings or use "
             "the template",
             "need", need, "got", got, "names", buf_text(&names), NULL);
    buf_free(&names);
    return rc;
}

static size_t least_of(const struct table *t, const struct table_options *o)
{
    if (o && o->least > 0)
        return o->least;
    return t->keys.n_columns < 2 ? 1 : 2;
}

/* Looks at one sheet; *found says whether its heading is there. */
static enum rc try_sheet(struct table *t, size_t sheet, const struct table_options *o, size_t *best,
                         bool *found, struct err *e)
{
    enum rc rc = keep_rows(t, sheet, e);
    if (rc != RC_OK)
        return rc;
    struct heading_match m = heading_find(t->kept, t->scratch, &t->keys, t->rows, t->n_rows);
    *best = m.known > *best ? m.known : *best;
    if (m.known < (m.forced ? 1 : least_of(t, o)))
        return RC_OK;
    *found = true;
    t->sheet = sheet;
    rc = check_forces(t, &m, o, e);
    if (rc == RC_OK)
        take_headings(t, &m);
    return rc;
}

static enum rc find_heading(struct table *t, const struct table_options *o, struct err *e)
{
    const char *wanted = o && sheet_format(t->file)[0] == 'x' ? o->sheet : NULL;
    size_t best = 0, tried = 0;
    bool found = false;
    for (size_t i = 0; i < sheet_count(t->file) && !found; i++) {
        if (wanted ? strcmp(wanted, sheet_name(t->file, i)) != 0 : sheet_hidden(t->file, i))
            continue;
        tried++;
        enum rc rc = try_sheet(t, i, o, &best, &found, e);
        if (rc != RC_OK)
            return rc;
    }
    if (wanted && tried == 0)
        return fail_no_sheet(t, wanted, e);
    return found ? RC_OK : fail_no_heading(t, least_of(t, o), best, e);
}

enum rc table_open(struct sheet_file *f, const struct table_column *columns, size_t n,
                   const struct table_options *o, struct table **out, struct err *e)
{
    struct table *t = calloc(1, sizeof *t);
    if (!t)
        die("out of memory for a table");
    *out = NULL;
    t->file = f;
    t->arena = arena_new();
    t->kept = arena_new();
    t->scratch = arena_new();
    t->rows = ARENA_NEW(t->arena, struct sheet_row, SCAN_ROWS);
    t->cells = ARENA_NEW(t->arena, struct sheet_cell, n);
    t->col = ARENA_NEW(t->arena, int32_t, n);
    for (size_t i = 0; i < n; i++)
        t->col[i] = -1;
    enum rc rc = heading_keys_build(t->arena, columns, n, o, &t->keys, e);
    if (rc == RC_OK)
        rc = find_heading(t, o, e);
    if (rc == RC_OK)
        *out = t;
    else
        table_close(t);
    return rc;
}

void table_close(struct table *t)
{
    if (!t)
        return;
    arena_free(t->arena);
    arena_free(t->kept);
    arena_free(t->scratch);
    free(t);
}

size_t table_sheet(const struct table *t)
{
    return t->sheet;
}

int32_t table_heading_row(const struct table *t)
{
    return t->heading_row;
}

const struct table_heading *table_headings(const struct table *t, size_t *n)
{
    *n = t->n_headings;
    return t->headings;
}

int32_t table_col(const struct table *t, size_t column)
{
    return column < t->keys.n_columns ? t->col[column] : -1;
}

size_t table_skipped_count(const struct table *t, enum table_skip why)
{
    return t->count[why];
}

const struct table_skipped *table_skipped(const struct table *t, size_t *n)
{
    *n = t->n_skipped;
    return t->skipped;
}

/* Filled by the row itself, not by a merged area that began elsewhere. */
static bool is_own(const struct sheet_row *row, size_t col)
{
    const struct sheet_cell *c = &row->cells[col];
    return c->type != SHEET_EMPTY && c->from_row == 0 && !text_is_blank(c->text);
}

static bool is_heading_again(struct table *t, const struct sheet_row *row)
{
    size_t same = 0;
    for (size_t i = 0; i < t->keys.n_columns; i++) {
        int32_t col = t->col[i];
        if (col < 0 || (size_t)col >= row->n || !is_own(row, (size_t)col))
            continue;
        const char *text = table_fold(t->scratch, row->cells[col].text, false);
        bool equal = false;
        for (size_t r = 0; r < t->heading_rows; r++) {
            const char *heading = t->heading_folds[(size_t)col * HEADING_ROWS + r];
            equal = equal || (heading && strcmp(heading, text) == 0);
        }
        if (!equal)
            return false;
        same++;
    }
    return same >= 2;
}

/* "47 台", "共 1,024 台", "47": what a totals row says under any heading. */
static bool text_is_count(const char *text)
{
    size_t digits = 0;
    if (strncmp(text, "共", strlen("共")) == 0)
        text += strlen("共");
    for (; *text == ' ' || *text == ',' || (*text >= '0' && *text <= '9'); text++)
        digits += *text >= '0' && *text <= '9';
    return digits > 0 && utf8_count(text) <= 1 && !(*text > 0 && *text < 0x7f);
}

/* An identity of the row's own. The cell at `except` does not count: 合计 often stands there; nor
 * does a second note: 制表人：… 审核：… */
static bool has_identity(const struct table *t, const struct sheet_row *row, size_t except)
{
    for (size_t i = 0; i < t->keys.n_columns; i++) {
        size_t col = (size_t)t->col[i];
        if (t->keys.columns[i].identity && t->col[i] >= 0 && col != except && col < row->n &&
            is_own(row, col) && !text_is_note(row->cells[col].text) &&
            !text_is_count(row->cells[col].text))
            return true;
    }
    return false;
}

static bool has_known(const struct table *t, const struct sheet_row *row)
{
    for (size_t i = 0; i < t->keys.n_columns; i++)
        if (t->col[i] >= 0 && (size_t)t->col[i] < row->n && is_own(row, (size_t)t->col[i]))
            return true;
    return false;
}

/* One text alone in its row, and it reads like a section's title or is merged over most of the
 * table. */
static bool is_section(const struct table *t, const struct sheet_row *row, size_t first)
{
    size_t wide = 1;
    for (size_t c = 0; c < row->n; c++) {
        const struct sheet_cell *cell = &row->cells[c];
        if (c == first || cell->type == SHEET_EMPTY || text_is_blank(cell->text))
            continue;
        if (cell->from_row != row->number || cell->from_col != (int32_t)first)
            return false;
        wide++;
    }
    return (wide > 1 && 2 * wide > t->heading_cols) || text_is_section(row->cells[first].text);
}

/* The headings of another table below: its columns would be read as those of the first. The first
 * two cells of nearly every data row end the question. */
static bool is_other_heading(struct table *t, const struct sheet_row *row)
{
    size_t known = 0, own = 0;
    for (size_t c = 0; c < row->n && (own < 2 || known > 0); c++) {
        if (!is_own(row, c))
            continue;
        own++;
        known += row->cells[c].type == SHEET_TEXT &&
                 heading_column(t->scratch, &t->keys, row->cells[c].text) >= 0;
    }
    return known >= 2 && (known == own || (known >= 3 && 2 * known > own));
}

static enum rc fail_other_heading(const struct table *t, int32_t row, struct err *e)
{
    char at[16], first[16];
    snprintf(at, sizeof at, "%d", row);
    snprintf(first, sizeof first, "%d", t->heading_row);
    return fail(
        e, RC_INVALID, "file",
        "第 {row} 行又是一行表头，列与第 {first} "
        "行的不同。请把两个表放到各自的工作表或文件里分别导入",
        "row {row} is another heading, with other columns than row {first}; put the two tables "
        "into sheets or files of their own",
        "row", at, "first", first, NULL);
}

/* TABLE_SKIPS: a data row. */
static enum table_skip why_skipped(struct table *t, const struct sheet_row *row, size_t first)
{
    const char *text = row->cells[first].text;
    if (text_is_total(text) && !has_identity(t, row, first))
        return TABLE_TOTAL;
    if (text_is_signature(text) || (text_is_note(text) && !has_identity(t, row, first)))
        return TABLE_NOTE;
    if (is_section(t, row, first))
        return TABLE_NOTE;
    if (!has_known(t, row))
        return TABLE_BLANK;
    return is_heading_again(t, row) ? TABLE_REPEATED_HEADING : TABLE_SKIPS;
}

static void give(struct table *t, const struct sheet_row *row)
{
    for (size_t i = 0; i < t->keys.n_columns; i++) {
        size_t col = (size_t)t->col[i];
        t->cells[i] = (struct sheet_cell){.text = ""};
        if (t->col[i] < 0 || col >= row->n || text_is_blank(row->cells[col].text))
            continue;
        if (row->cells[col].from_row == 0 || row->cells[col].from_col == t->col[i])
            t->cells[i] = row->cells[col];
    }
    t->row = (struct table_row){row->number, t->cells, row};
}

static enum rc next_raw(struct table *t, const struct sheet_row **row, struct err *e)
{
    if (t->next < t->n_rows) {
        *row = &t->rows[t->next++];
        return RC_OK;
    }
    return sheet_next(t->file, row, e);
}

enum rc table_next(struct table *t, const struct table_row **out, struct err *e)
{
    *out = NULL;
    for (;;) {
        const struct sheet_row *row;
        enum rc rc = next_raw(t, &row, e);
        if (rc != RC_OK || !row)
            return rc;
        arena_reset(t->scratch);
        size_t first = 0;
        while (first < row->n && !is_own(row, first))
            first++;
        if (first == row->n)
            continue;
        enum table_skip why = why_skipped(t, row, first);
        if (why == TABLE_SKIPS && is_other_heading(t, row))
            return fail_other_heading(t, row->number, e);
        if (why == TABLE_SKIPS) {
            give(t, row);
            *out = &t->row;
            return RC_OK;
        }
        t->count[why]++;
        if (t->n_skipped < MAX_SKIPPED)
            t->skipped[t->n_skipped++] = (struct table_skipped){row->number, why};
    }
}
