/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/xlsx_merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "proto/xlsx_part.h"

enum { MAX_MERGES = 200000, MAX_COL = 16384, MAX_ROW = 1048576 };

struct area {
    int32_t top, left, bottom, right; /* rows from 1, columns from 0, all inclusive */
};
struct active {
    struct area area;
    struct sheet_cell cell;
    char *text;
};
struct merges {
    struct area *areas; /* by top row */
    size_t n, cap, next;
    struct active *active;
    size_t n_active, width; /* width: columns that active areas cover */
};

const char *xlsx_reference(const char *s, int32_t *col, int32_t *row)
{
    int32_t c = 0, r = 0;
    s += *s == '$';
    const char *digits = s;
    while ((*digits | 0x20) >= 'a' && (*digits | 0x20) <= 'z' && c <= MAX_COL)
        c = c * 26 + (*digits++ | 0x20) - 'a' + 1;
    const char *p = digits + (*digits == '$');
    const char *first = p;
    while (*p >= '0' && *p <= '9' && r <= MAX_ROW)
        r = r * 10 + (*p++ - '0');
    if (digits == s || p == first || c > MAX_COL || r < 1 || r > MAX_ROW)
        return NULL;
    *col = c - 1;
    *row = r;
    return p;
}

static void merge_start(struct part *p, const char *name, const char **attrs)
{
    if (!part_is(name, "mergeCell"))
        return;
    struct merges *m = p->user;
    struct area a;
    const char *s = part_attr(attrs, "ref");
    s = s ? xlsx_reference(s, &a.left, &a.top) : NULL;
    if (!s || *s != ':' || !xlsx_reference(s + 1, &a.right, &a.bottom) || a.right < a.left ||
        a.bottom < a.top || m->n == MAX_MERGES || a.left >= (int32_t)p->file->limits.columns)
        return;
    if (m->n == m->cap) {
        m->cap = m->cap ? m->cap * 2 : 64;
        m->areas = realloc(m->areas, m->cap * sizeof *m->areas);
        if (!m->areas)
            die("out of memory for merged cells");
    }
    m->areas[m->n++] = a;
}

static int by_top(const void *x, const void *y)
{
    const struct area *a = x, *b = y;
    return a->top != b->top ? (a->top > b->top) - (a->top < b->top)
                            : (a->left > b->left) - (a->left < b->left);
}

enum rc merges_read(struct sheet_file *f, const char *part, struct merges **out, struct err *e)
{
    static const struct part_handler handler = {.start = merge_start};
    enum rc rc;
    *out = NULL;
    if (!part_mentions(f, part, "mergeCell ", e, &rc)) /* most sheets have none */
        return rc == RC_NOT_FOUND ? sheet_fail_damaged(part, "missing", e) : rc;
    struct merges *m = calloc(1, sizeof *m);
    if (!m)
        die("out of memory for merged cells");
    rc = part_read(f, part, &handler, m, e);
    if (rc != RC_OK || m->n == 0) {
        merges_free(m);
        return rc == RC_NOT_FOUND ? sheet_fail_damaged(part, "missing", e) : rc;
    }
    qsort(m->areas, m->n, sizeof *m->areas, by_top);
    m->active = calloc(f->limits.columns, sizeof *m->active);
    if (!m->active)
        die("out of memory for merged cells");
    *out = m;
    return RC_OK;
}

void merges_free(struct merges *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n_active; i++)
        free(m->active[i].text);
    free(m->active);
    free(m->areas);
    free(m);
}

static int32_t right_of(const struct area *a, const struct sheet_file *f)
{
    int32_t last = (int32_t)f->limits.columns - 1;
    return a->right < last ? a->right : last;
}

static void drop_finished(struct merges *m, const struct sheet_file *f)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->n_active; i++) {
        struct active *a = &m->active[i];
        if (a->area.bottom >= f->row.number) {
            m->active[kept++] = *a;
            continue;
        }
        m->width -= (size_t)right_of(&a->area, f) - (size_t)a->area.left + 1;
        free(a->text);
    }
    m->n_active = kept;
}

/* Areas of a sound file do not overlap, so those open at one row cover each column once at most;
 * whatever goes past that is dropped, which also bounds the work per row. */
static void begin(struct merges *m, struct sheet_file *f, const struct area *area)
{
    size_t width = (size_t)right_of(area, f) - (size_t)area->left + 1;
    const struct sheet_cell *c = &f->cells[area->left];
    if (area->top != f->row.number || (size_t)area->left >= f->row.n || c->type == SHEET_EMPTY ||
        c->from_row != 0)
        return;
    if (m->width + width > f->limits.columns) {
        sheet_note_add(f, area->top, area->left, "合并单元格互相重叠，已忽略",
                       "an overlapping merged area was ignored");
        return;
    }
    struct active *a = &m->active[m->n_active++];
    a->area = *area;
    a->cell = *c;
    a->text = strdup(c->text);
    if (!a->text)
        die("out of memory for merged cells");
    a->cell.text = a->text;
    a->cell.from_row = area->top;
    a->cell.from_col = area->left;
    m->width += width;
}

static void repeat(const struct active *a, struct sheet_file *f)
{
    int32_t right = right_of(&a->area, f);
    for (int32_t c = a->area.left; c <= right; c++) {
        if (f->cells[c].type != SHEET_EMPTY)
            continue;
        f->cells[c] = a->cell;
        if ((size_t)c >= f->row.n)
            f->row.n = (size_t)c + 1;
    }
}

void merges_apply(struct merges *m, struct sheet_file *f)
{
    drop_finished(m, f);
    while (m->next < m->n && m->areas[m->next].top <= f->row.number)
        begin(m, f, &m->areas[m->next++]);
    for (size_t i = 0; i < m->n_active; i++)
        repeat(&m->active[i], f);
}
