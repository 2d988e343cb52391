/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over a worksheet: expat is suspended at each row's end, so a row costs its own text and
 * nothing more. The part is left at </sheetData>. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "proto/xlsx_merge.h"
#include "proto/xlsx_part.h"

enum stored { AS_NUMBER, AS_SHARED, AS_STRING, AS_INLINE, AS_BOOL, AS_ERROR, AS_ISO_DATE };
enum collecting { NOTHING, VALUE, INLINE, FORMULA };

struct xlsx_pass {
    struct part part;
    struct merges *merges;
    bool in_data, in_row, in_cell, row_ready;
    int32_t row;
    int32_t col, next_col;
    enum stored stored;
    uint32_t style;
    enum collecting collecting;
    bool preserve, has_formula;
    int phonetic;
    struct buf raw, value, text, formula; /* element being read; <v>; <is>; <f> */
};

static void damaged(struct part *p, const char *detail)
{
    part_stop(p, sheet_fail_damaged(p->name, detail, p->e));
}

static void row_start(struct part *p, const char **attrs)
{
    struct xlsx_pass *x = p->user;
    const char *r = part_attr(attrs, "r");
    char *end = NULL;
    long number = r ? strtol(r, &end, 10) : (long)x->row + 1;
    if (x->in_row || (r && (end == r || *end))) {
        damaged(p, "row without number");
    } else if (number <= x->row) {
        damaged(p, "rows out of order");
    } else if (number > 1048576) {
        part_stop(p, sheet_fail_rows(p->file, p->e));
    } else {
        x->row = (int32_t)number;
        x->in_row = true;
        x->next_col = 0;
    }
}

static enum stored stored_as(const char *t)
{
    static const struct {
        const char *word;
        enum stored stored;
    } words[] = {{"n", AS_NUMBER}, {"s", AS_SHARED},         {"str", AS_STRING}, {"b", AS_BOOL},
                 {"e", AS_ERROR},  {"inlineStr", AS_INLINE}, {"d", AS_ISO_DATE}};
    for (size_t i = 0; t && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(t, words[i].word) == 0)
            return words[i].stored;
    return AS_NUMBER;
}

static void cell_start(struct part *p, const char **attrs)
{
    struct xlsx_pass *x = p->user;
    const char *r = NULL, *t = NULL, *s = NULL;
    for (; attrs[0]; attrs += 2) {
        if (strcmp(attrs[0], "r") == 0)
            r = attrs[1];
        else if (strcmp(attrs[0], "t") == 0)
            t = attrs[1];
        else if (strcmp(attrs[0], "s") == 0)
            s = attrs[1];
    }
    int32_t row;
    x->col = x->next_col;
    if (x->in_cell || (r && !xlsx_reference(r, &x->col, &row)) || x->col > 16384) {
        damaged(p, "bad cell reference");
        return;
    }
    x->next_col = x->col + 1;
    x->stored = stored_as(t);
    x->style = s ? (uint32_t)strtoul(s, NULL, 10) : 0;
    x->in_cell = true;
    x->has_formula = false;
    x->phonetic = 0;
    buf_clear(&x->value);
    buf_clear(&x->text);
    buf_clear(&x->formula);
}

static void inner_start(struct part *p, const char *name, const char **attrs)
{
    struct xlsx_pass *x = p->user;
    x->collecting = NOTHING;
    if (part_is(name, "v")) {
        x->collecting = VALUE;
    } else if (part_is(name, "f")) {
        x->collecting = FORMULA;
        x->has_formula = true;
    } else if (part_is(name, "rPh")) {
        x->phonetic++;
    } else if (part_is(name, "t") && x->phonetic == 0) {
        const char *space = part_attr(attrs, "space");
        x->preserve = space && strcmp(space, "preserve") == 0;
        x->collecting = INLINE;
    }
    buf_clear(&x->raw);
}

static void on_start(struct part *p, const char *name, const char **attrs)
{
    struct xlsx_pass *x = p->user;
    if (x->in_cell)
        inner_start(p, name, attrs);
    else if (x->in_row && part_is(name, "c"))
        cell_start(p, attrs);
    else if (x->in_data && part_is(name, "row"))
        row_start(p, attrs);
    else if (part_is(name, "sheetData"))
        x->in_data = true;
}

static void on_chars(struct part *p, const char *s, size_t n)
{
    struct xlsx_pass *x = p->user;
    if (x->collecting == NOTHING)
        return;
    buf_add(&x->raw, s, n);
    if (x->raw.full)
        part_stop(p, sheet_fail_cell(p->file, x->row, p->e));
}

static void take_inner(struct xlsx_pass *x)
{
    const char *s = buf_text(&x->raw);
    size_t n = x->raw.len;
    if (x->collecting == VALUE) {
        buf_add(&x->value, s, n);
    } else if (x->collecting == FORMULA) {
        buf_add(&x->formula, s, n);
    } else if (x->collecting == INLINE) {
        if (!x->preserve)
            xlsx_text_trim(&s, &n);
        part_unescape(&x->text, s, n);
    }
    x->collecting = NOTHING;
}

/* Own text: it goes into the row's buffer, the cell keeps its offset. */
static void set_text(struct sheet_file *f, int32_t col, enum sheet_type type, const char *s,
                     size_t n)
{
    f->cells[col].type = type;
    f->text_at[col] = f->row_text.len;
    buf_add(&f->row_text, s, n);
    buf_char(&f->row_text, '\0');
}

static bool parse_number(const char *s, double *out)
{
    char *end;
    if (*s == '\0' || s[strspn(s, "+-.0123456789eE")] != '\0')
        return false;
    *out = strtod(s, &end);
    return *end == '\0' && isfinite(*out);
}

/* Spreadsheet programs keep 15 digits and store zeros or a power of ten behind them; other writers
 * store all digits, and those are what the cell says. */
static bool is_long_number(const char *raw, double v, bool *rounded)
{
    size_t n = strlen(raw), digits = strspn(raw, "0123456789");
    if (fabs(v) < 1e15)
        return false;
    *rounded = digits < n || strspn(raw + 15, "0") == n - 15;
    return !*rounded;
}

static void set_number(struct sheet_file *f, const struct xlsx_pass *x, const char *raw, double v)
{
    static const struct number_format general = {NUMBER_GENERAL, false, false, NULL};
    char text[NUMBER_TEXT];
    struct sheet_cell *c = &f->cells[x->col];
    number_show(x->style < f->n_styles ? &f->styles[x->style] : &general, v, f->is_1904, c, text);
    const char *said = is_long_number(raw, v, &c->is_rounded) ? raw : text;
    set_text(f, x->col, c->type, said, strlen(said));
}

static int two_digits(const char *s)
{
    if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
        return 99;
    return (s[0] - '0') * 10 + s[1] - '0';
}

/* "17:30" with optional seconds; what follows (fractions, zone) is left alone. */
static bool parse_clock(const char *s, int32_t *second)
{
    int h = two_digits(s), m = h < 24 && s[2] == ':' ? two_digits(s + 3) : 99;
    int sec = m < 60 && s[5] == ':' ? two_digits(s + 6) : 0;
    *second = h * 3600 + m * 60 + sec;
    return h < 24 && m < 60 && sec < 60;
}

/* ISO 8601 cells (t="d"), as strict files have them: date, time, or both. */
static bool set_iso(struct sheet_file *f, const struct xlsx_pass *x, const char *s)
{
    struct sheet_cell *c = &f->cells[x->col];
    char day[11], clock[16] = "", text[40];
    struct date d = {0};
    int32_t second = 0;
    snprintf(day, sizeof day, "%s", s);
    bool has_day = strlen(s) >= 10 && date_parse(day, &d);
    if (has_day)
        s += 10;
    s += has_day && (*s == 'T' || *s == ' ');
    if ((*s || !has_day) && !parse_clock(s, &second))
        return false;
    struct date epoch = f->is_1904 ? date_of(1904, 1, 1) : date_of(1899, 12, 30);
    c->has_day = has_day;
    c->has_time = !has_day || second > 0;
    c->date = d;
    c->second = second;
    c->number = second / 86400.0 + (has_day ? d.day - epoch.day : 0);
    if (c->has_time)
        snprintf(clock, sizeof clock, second % 60 ? "%02d:%02d:%02d" : "%02d:%02d", second / 3600,
                 second / 60 % 60, second % 60);
    int n = snprintf(text, sizeof text, "%s%s%s", has_day ? day : "", has_day && *clock ? " " : "",
                     clock);
    set_text(f, x->col, SHEET_DATE, text, (size_t)n);
    return true;
}

static void set_shared(struct part *p, struct xlsx_pass *x)
{
    struct sheet_file *f = p->file;
    char *end;
    unsigned long i = strtoul(buf_text(&x->value), &end, 10);
    const char *s = *end || x->value.len > 10 ? NULL : xlsx_string(f, i);
    if (!s) {
        damaged(p, "a cell names a text that is not there");
    } else if (*s) {
        f->cells[x->col].type = SHEET_TEXT;
        f->cells[x->col].text = s;
        f->text_at[x->col] = NOT_OWN;
    }
}

static void set_value(struct part *p, struct xlsx_pass *x)
{
    struct sheet_file *f = p->file;
    const char *v = buf_text(&x->value);
    double number;
    if (x->stored == AS_SHARED) {
        set_shared(p, x);
    } else if (x->stored == AS_NUMBER && parse_number(v, &number)) {
        set_number(f, x, v, number);
    } else if (x->stored == AS_BOOL) {
        bool on = strcmp(v, "1") == 0 || strcmp(v, "true") == 0;
        f->cells[x->col].number = on;
        set_text(f, x->col, SHEET_BOOL, on ? "TRUE" : "FALSE", on ? 4 : 5);
    } else if (x->stored == AS_ERROR) {
        set_text(f, x->col, SHEET_ERROR, v, x->value.len);
    } else if (x->stored != AS_ISO_DATE || !set_iso(f, x, v)) {
        buf_clear(&x->text);
        part_unescape(&x->text, v, x->value.len);
        if (x->text.len > 0)
            set_text(f, x->col, SHEET_TEXT, x->text.data, x->text.len);
    }
}

static void cell_end(struct part *p)
{
    struct xlsx_pass *x = p->user;
    struct sheet_file *f = p->file;
    x->in_cell = false;
    if (x->text.full || x->value.full || x->formula.full) {
        part_stop(p, sheet_fail_cell(f, x->row, p->e));
        return;
    }
    bool uncomputed =
        x->has_formula && x->value.len == 0 && x->text.len == 0 && x->stored != AS_STRING;
    if (x->value.len == 0 && x->text.len == 0 && !uncomputed)
        return;
    if ((uint32_t)x->col >= f->limits.columns) {
        part_stop(p, sheet_fail_columns(f, x->row, p->e));
        return;
    }
    f->cells[x->col] = (struct sheet_cell){.text = "", .is_1904 = f->is_1904};
    if (uncomputed) {
        set_text(f, x->col, SHEET_ERROR, "=", 1);
        f->row_text.len--; /* the formula goes before the NUL */
        buf_add(&f->row_text, buf_text(&x->formula), x->formula.len);
        buf_char(&f->row_text, '\0');
    } else if (x->stored == AS_INLINE && x->text.len > 0) {
        set_text(f, x->col, SHEET_TEXT, x->text.data, x->text.len);
    } else if (x->value.len > 0) {
        set_value(p, x);
    }
    f->cells[x->col].is_formula = x->has_formula;
    if (f->cells[x->col].type != SHEET_EMPTY && (size_t)x->col >= f->row.n)
        f->row.n = (size_t)x->col + 1;
    if (f->row_text.full || f->row_text.len > f->limits.row_bytes)
        part_stop(p, sheet_fail_row_bytes(f, x->row, p->e));
}

static void row_end(struct part *p)
{
    struct xlsx_pass *x = p->user;
    struct sheet_file *f = p->file;
    x->in_row = false;
    bool filled = sheet_row_finish(f, x->row);
    if (filled && (uint32_t)x->row > f->limits.rows) {
        part_stop(p, sheet_fail_rows(f, p->e));
        return;
    }
    if (x->merges)
        merges_apply(x->merges, f);
    if (!filled) {
        sheet_row_clear(f);
        return;
    }
    x->row_ready = true;
    part_pause(p);
}

static void on_end(struct part *p, const char *name)
{
    struct xlsx_pass *x = p->user;
    if (x->collecting != NOTHING && !part_is(name, "c"))
        take_inner(x);
    else if (x->in_cell && part_is(name, "rPh"))
        x->phonetic--;
    else if (x->in_cell && part_is(name, "c"))
        cell_end(p);
    else if (x->in_row && part_is(name, "row"))
        row_end(p);
    else if (x->in_data && part_is(name, "sheetData"))
        part_finish(p);
}

enum rc xlsx_start(struct sheet_file *f, size_t i, unsigned flags, struct err *e)
{
    static const struct part_handler handler = {on_start, on_end, on_chars};
    struct merges *merges = NULL;
    enum rc rc = xlsx_strings_load(f, e);
    if (rc == RC_OK && (flags & SHEET_REPEAT_MERGED))
        rc = merges_read(f, f->sheets[i].part, &merges, e);
    if (rc != RC_OK)
        return rc;
    struct xlsx_pass *x = calloc(1, sizeof *x);
    if (!x)
        die("out of memory for a worksheet");
    x->merges = merges;
    x->raw.limit = x->value.limit = x->text.limit = x->formula.limit = f->limits.cell_bytes;
    f->xlsx = x;
    f->row.n = f->limits.columns;
    sheet_row_clear(f);
    rc = part_open(&x->part, f, f->sheets[i].part, &handler, x, e);
    if (rc == RC_NOT_FOUND)
        rc = sheet_fail_damaged(f->sheets[i].part, "missing", e);
    if (rc != RC_OK)
        xlsx_end(f);
    return rc;
}

enum rc xlsx_next(struct sheet_file *f, const struct sheet_row **row, struct err *e)
{
    struct xlsx_pass *x = f->xlsx;
    x->row_ready = false;
    sheet_row_clear(f);
    enum rc rc = part_run(&x->part, e);
    if (rc != RC_OK)
        xlsx_end(f);
    else if (x->row_ready)
        *row = &f->row;
    return rc;
}

void xlsx_end(struct sheet_file *f)
{
    struct xlsx_pass *x = f->xlsx;
    if (!x)
        return;
    part_close(&x->part);
    merges_free(x->merges);
    buf_free(&x->raw);
    buf_free(&x->value);
    buf_free(&x->text);
    buf_free(&x->formula);
    free(x);
    f->xlsx = NULL;
}
