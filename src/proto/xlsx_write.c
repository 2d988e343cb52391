/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/xlsx_write.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/utf8.h"
#include "proto/target.h"
#include "proto/xlsx_check.h"

enum {
    MAX_ROWS = 1048576,
    MAX_COLUMNS = 500,
    MAX_CHARS = 32767,
    MAX_LISTS = 500,
    MAX_INPUT = 255,
};

struct option_list {
    const char *const *items;
    size_t n;
};

struct xlsx_writer {
    struct arena *arena;
    char *path, *partial; /* partial: what is written, renamed at the end */
    char *spool;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *heading, *required, *text, *number, *date, *instant, *money, *reason;
    enum xlsx_type *types;
    size_t n_columns;
    uint32_t row;         /* the one being filled */
    uint64_t *sheet_rows; /* rows with cells, per sheet, for the check */
    size_t n_sheets;
    bool row_has_cell;
    struct option_list lists[MAX_LISTS]; /* one column each of the hidden sheet */
    size_t n_lists;
    struct buf clean;
    enum rc rc;
    struct err err;
};

static void set_fail(struct xlsx_writer *w, lxw_error code)
{
    if (w->rc != RC_OK || code == LXW_NO_ERROR)
        return;
    w->rc = fail(&w->err, RC_INTERNAL, NULL, "写表格失败：{detail}",
                 "writing the spreadsheet failed: {detail}", "detail", lxw_strerror(code), NULL);
}

static lxw_format *format_new(struct xlsx_writer *w, const char *number_format)
{
    lxw_format *f = workbook_add_format(w->book);
    format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    format_set_num_format(f, number_format);
    return f;
}

static void formats_new(struct xlsx_writer *w)
{
    w->text = format_new(w, "@");
    w->number = format_new(w, "General");
    w->date = format_new(w, "yyyy-mm-dd");
    w->instant = format_new(w, "yyyy-mm-dd hh:mm");
    w->money = format_new(w, "#,##0.00");
    w->reason = format_new(w, "@");
    format_set_font_color(w->reason, 0xC00000);
    format_set_text_wrap(w->reason);
    w->heading = format_new(w, "@");
    w->required = format_new(w, "@");
    lxw_format *const heads[] = {w->heading, w->required};
    for (size_t i = 0; i < 2; i++) {
        format_set_bold(heads[i]);
        format_set_bg_color(heads[i], 0xDDEBF7);
        format_set_border(heads[i], LXW_BORDER_THIN);
        format_set_border_color(heads[i], 0x808080);
        format_set_align(heads[i], LXW_ALIGN_CENTER);
        format_set_text_wrap(heads[i]);
    }
    format_set_font_color(w->required, 0xC00000);
}

static lxw_format *format_of(const struct xlsx_writer *w, enum xlsx_type type)
{
    switch (type) {
    case XLSX_NUMBER:
        return w->number;
    case XLSX_DATE:
        return w->date;
    case XLSX_INSTANT:
        return w->instant;
    case XLSX_MONEY:
        return w->money;
    case XLSX_REASON:
        return w->reason;
    case XLSX_TEXT:
        break;
    }
    return w->text;
}

enum rc xlsx_write_new(const char *path, const char *spool, struct xlsx_writer **out, struct err *e)
{
    *out = NULL;
    enum rc rc = target_check(path, e);
    if (rc != RC_OK)
        return rc;
    struct xlsx_writer *w = calloc(1, sizeof *w);
    if (!w)
        die("out of memory for a spreadsheet");
    w->arena = arena_new();
    w->path = arena_strdup(w->arena, path);
    w->partial = arena_printf(w->arena, "%s.part", path);
    const char *slash = strrchr(path, '/');
    w->spool = spool   ? arena_strdup(w->arena, spool)
               : slash ? arena_strndup(w->arena, path, slash > path ? (size_t)(slash - path) : 1)
                       : arena_strdup(w->arena, ".");
    if (access(w->spool, W_OK) != 0) {
        rc = target_fail(errno, e);
        xlsx_write_abort(w);
        return rc;
    }
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = w->spool};
    w->book = workbook_new_opt(w->partial, &options);
    if (!w->book)
        die("out of memory for a spreadsheet");
    formats_new(w);
    *out = w;
    return RC_OK;
}

static size_t option_count(const struct xlsx_column *c)
{
    size_t n = 0;
    while (c->options && c->options[n])
        n++;
    return n;
}

/* Full-width characters take two places; a heading may wrap onto a second line. */
static double width_of(const struct xlsx_column *c)
{
    static const double least[] = {[XLSX_TEXT] = 12,    [XLSX_NUMBER] = 10, [XLSX_DATE] = 12,
                                   [XLSX_INSTANT] = 17, [XLSX_MONEY] = 14,  [XLSX_REASON] = 50};
    if (c->width > 0)
        return c->width > 100 ? 100 : c->width;
    double places = 4;
    for (const char *s = c->heading; *s;)
        places += utf8_next(&s) < 0x100 ? 1 : 2;
    places = places > 30 ? 30 : places;
    return places > least[c->type] ? places : least[c->type];
}

/* A legal name: 1..31 characters, none of []:*?/\, no apostrophe at the ends. */
static const char *sheet_name_fit(struct arena *a, const char *name)
{
    char *out = arena_alloc(a, 31 * 4 + 1), *p = out;
    size_t n = 0;
    for (const char *s = name; *s && n < 31; n++) {
        uint32_t cp = utf8_next(&s);
        p += utf8_put(cp < 0x20 || (cp < 0x80 && strchr("[]:*?/\\'", (int)cp)) ? '_' : cp, p);
    }
    *p = '\0';
    return *out ? out : "Sheet";
}

static lxw_worksheet *sheet_add(struct xlsx_writer *w, const char *name)
{
    char *fit = arena_strdup(w->arena, sheet_name_fit(w->arena, name));
    if (workbook_validate_sheet_name(w->book, fit) != LXW_NO_ERROR)
        fit = arena_printf(w->arena, "Sheet%zu", w->n_sheets + 1);
    lxw_worksheet *sheet = workbook_add_worksheet(w->book, fit);
    if (!sheet) {
        set_fail(w, LXW_ERROR_SHEETNAME_ALREADY_USED);
        return NULL;
    }
    uint64_t *rows = ARENA_NEW(w->arena, uint64_t, w->n_sheets + 1);
    if (w->n_sheets > 0)
        memcpy(rows, w->sheet_rows, w->n_sheets * sizeof *rows);
    w->sheet_rows = rows;
    w->n_sheets++;
    return sheet;
}

static const char *list_name(void)
{
    return "_选项";
}

/* Lists go to a hidden sheet: typed into the rule they could have 255 characters in all. */
static void add_validation(struct xlsx_writer *w, const struct xlsx_column *c, uint16_t col,
                           uint32_t last)
{
    size_t n = option_count(c);
    if ((n == 0 && !c->help) || last < 1)
        return;
    lxw_data_validation v = {.validate = LXW_VALIDATION_TYPE_ANY,
                             .ignore_blank = LXW_VALIDATION_ON,
                             .show_input = LXW_VALIDATION_ON,
                             .show_error = LXW_VALIDATION_ON,
                             .dropdown = LXW_VALIDATION_ON};
    char range[128], help[MAX_INPUT * 4 + 1] = "";
    if (n > 0 && w->n_lists < MAX_LISTS) {
        char letters[LXW_MAX_COL_NAME_LENGTH];
        lxw_col_to_name(letters, (lxw_col_t)w->n_lists, 1);
        snprintf(range, sizeof range, "='%s'!%s$1:%s$%zu", list_name(), letters, letters, n);
        v.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
        v.value_formula = range;
        char zh[] = "请从下拉列表中选择", title[] = "不在列表中";
        v.error_title = arena_strdup(w->arena, title);
        v.error_message = arena_strdup(w->arena, zh);
        const char **items = ARENA_NEW(w->arena, const char *, n);
        for (size_t i = 0; i < n; i++)
            items[i] = arena_strdup(w->arena, c->options[i]);
        w->lists[w->n_lists++] = (struct option_list){items, n};
    }
    if (c->help) {
        char *p = help;
        size_t chars = 0;
        for (const char *s = c->help; *s && chars < MAX_INPUT; chars++)
            p += utf8_put(utf8_next(&s), p);
        *p = '\0';
        v.input_message = help;
    }
    set_fail(w, worksheet_data_validation_range(w->sheet, 1, col, last, col, &v));
}

static void count_row(struct xlsx_writer *w)
{
    if (!w->row_has_cell)
        w->sheet_rows[w->n_sheets - 1]++;
    w->row_has_cell = true;
}

static void add_column(struct xlsx_writer *w, const struct xlsx_column *c, uint16_t col,
                       uint32_t blank_rows)
{
    char *heading = arena_printf(w->arena, "%s%s", c->heading, c->required ? "*" : "");
    set_fail(w, worksheet_set_column(w->sheet, col, col, width_of(c), format_of(w, c->type)));
    set_fail(w, worksheet_write_string(w->sheet, 0, col, heading,
                                       c->required ? w->required : w->heading));
    add_validation(w, c, col, blank_rows < MAX_ROWS ? blank_rows : MAX_ROWS - 1);
    w->types[col] = c->type;
    count_row(w);
}

void xlsx_write_sheet(struct xlsx_writer *w, const char *name, const struct xlsx_column *columns,
                      size_t n, uint32_t blank_rows)
{
    if (w->rc != RC_OK)
        return;
    if (n == 0 || n > MAX_COLUMNS) {
        set_fail(w, LXW_ERROR_PARAMETER_VALIDATION);
        return;
    }
    w->sheet = sheet_add(w, name);
    if (!w->sheet)
        return;
    w->row_has_cell = false;
    w->types = ARENA_NEW(w->arena, enum xlsx_type, n);
    w->n_columns = n;
    worksheet_set_row(w->sheet, 0, 30, NULL);
    for (size_t i = 0; i < n; i++)
        add_column(w, &columns[i], (uint16_t)i, blank_rows);
    worksheet_freeze_panes(w->sheet, 1, 0);
    worksheet_repeat_rows(w->sheet, 0, 0);
    worksheet_set_landscape(w->sheet);
    worksheet_set_paper(w->sheet, 9); /* A4 */
    worksheet_fit_to_pages(w->sheet, 1, 0);
    w->row = 1;
    w->row_has_cell = false;
}

/* Ready to take a cell here? */
static bool may_write(struct xlsx_writer *w, size_t col)
{
    if (w->rc != RC_OK)
        return false;
    if (!w->sheet || col >= w->n_columns) {
        set_fail(w, LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE);
        return false;
    }
    if (w->row >= MAX_ROWS) {
        w->rc = fail(&w->err, RC_TOO_BIG, NULL, "超过 1048575 行，一张表格放不下。请缩小筛选范围",
                     "more than 1048575 rows do not fit into one sheet; narrow the filter", NULL);
        return false;
    }
    count_row(w);
    return true;
}

static bool is_escape_like(const char *s)
{
    return s[0] == '_' && s[1] == 'x' && strspn(s + 2, "0123456789abcdefABCDEF") >= 4 &&
           s[6] == '_';
}

/* Most texts need no repair; looking is cheaper than copying. */
static bool is_clean(const char *s, size_t n)
{
    if (n > MAX_CHARS - 40)
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        /* 0xEF leads the non-characters U+FFFE and U+FFFF */
        if (c < 0x20 || c == 0x7F || c == '_' || c == 0xEF)
            return false;
    }
    return utf8_valid(s, n);
}

/* What XML and the sheet can hold: invalid bytes and non-characters become U+FFFD, control
 * characters vanish, "_x000D_" as text is escaped, and what is past the limit says so. */
static const char *cleaned(struct buf *out, const char *s)
{
    static const char cut[] = "…（内容过长，已截断）";
    size_t chars = 0;
    if (is_clean(s, strlen(s)))
        return s;
    buf_clear(out);
    while (*s) {
        if (is_escape_like(s)) {
            buf_text_add(out, "_x005F");
            chars += 6;
        }
        uint32_t cp = utf8_next(&s);
        if ((cp < 0x20 && cp != '\t' && cp != '\n') || cp == 0x7F)
            continue;
        char bytes[4];
        buf_add(out, bytes, utf8_put(cp == 0xFFFE || cp == 0xFFFF ? 0xFFFD : cp, bytes));
        chars += cp > 0xFFFF ? 2 : 1; /* the sheet counts UTF-16 */
        if (chars > MAX_CHARS - 40 && *s) {
            buf_text_add(out, cut);
            break;
        }
    }
    return buf_text(out);
}

void xlsx_write_text(struct xlsx_writer *w, size_t col, const char *s)
{
    if (!s || !*s || !may_write(w, col))
        return;
    lxw_format *f = w->types[col] == XLSX_REASON ? w->reason : w->text;
    const char *text = cleaned(&w->clean, s);
    if (*text)
        set_fail(w, worksheet_write_string(w->sheet, w->row, (lxw_col_t)col, text, f));
    else
        set_fail(w, worksheet_write_blank(w->sheet, w->row, (lxw_col_t)col, f));
}

void xlsx_write_number(struct xlsx_writer *w, size_t col, double v)
{
    if (!(v - v == 0) || !may_write(w, col)) /* no cell for NaN and infinity */
        return;
    lxw_format *f = w->types[col] == XLSX_MONEY ? w->money : w->number;
    set_fail(w, worksheet_write_number(w->sheet, w->row, (lxw_col_t)col, v, f));
}

void xlsx_write_int(struct xlsx_writer *w, size_t col, int64_t v)
{
    char text[24];
    if (v > -INT64_C(1000000000000000) && v < INT64_C(1000000000000000)) {
        xlsx_write_number(w, col, (double)v);
        return;
    }
    snprintf(text, sizeof text, "%" PRId64, v);
    xlsx_write_text(w, col, text);
}

void xlsx_write_fen(struct xlsx_writer *w, size_t col, int64_t fen)
{
    if (may_write(w, col))
        set_fail(w, worksheet_write_number(w->sheet, w->row, (lxw_col_t)col, (double)fen / 100.0,
                                           w->money));
}

void xlsx_write_date(struct xlsx_writer *w, size_t col, struct date d)
{
    double serial = d.day - date_of(1899, 12, 30).day;
    if (serial >= 61 && may_write(w, col))
        set_fail(w, worksheet_write_number(w->sheet, w->row, (lxw_col_t)col, serial, w->date));
}

void xlsx_write_instant(struct xlsx_writer *w, size_t col, struct instant t)
{
    struct civil c = civil_of(t);
    double day = civil_date(t).day - date_of(1899, 12, 30).day;
    double serial = day + (c.hour * 3600 + c.minute * 60 + c.second) / 86400.0;
    if (day >= 61 && may_write(w, col))
        set_fail(w, worksheet_write_number(w->sheet, w->row, (lxw_col_t)col, serial, w->instant));
}

void xlsx_write_row(struct xlsx_writer *w)
{
    if (w->rc != RC_OK)
        return;
    w->row++;
    w->row_has_cell = false;
}

/* Row by row over all lists, as constant memory demands. */
static void write_lists(struct xlsx_writer *w)
{
    size_t longest = 0;
    if (w->n_lists == 0 || w->rc != RC_OK)
        return;
    lxw_worksheet *sheet = sheet_add(w, list_name());
    if (!sheet)
        return;
    worksheet_hide(sheet);
    for (size_t i = 0; i < w->n_lists; i++)
        longest = w->lists[i].n > longest ? w->lists[i].n : longest;
    for (size_t r = 0; r < longest && r < MAX_ROWS; r++) {
        for (size_t i = 0; i < w->n_lists; i++)
            if (r < w->lists[i].n)
                set_fail(w,
                         worksheet_write_string(sheet, (lxw_row_t)r, (lxw_col_t)i,
                                                cleaned(&w->clean, w->lists[i].items[r]), w->text));
        w->sheet_rows[w->n_sheets - 1]++;
    }
}

/* libxlsxwriter does not look at its own spool files; their error flags are sticky. */
static bool spool_failed(const struct xlsx_writer *w)
{
    lxw_worksheet *sheet;
    bool failed = false;
    STAILQ_FOREACH(sheet, w->book->worksheets, list_pointers)
    failed = failed || (sheet->optimize_tmpfile &&
                        (fflush(sheet->optimize_tmpfile) != 0 || ferror(sheet->optimize_tmpfile)));
    return failed;
}

static void free_writer(struct xlsx_writer *w)
{
    if (w->book)
        lxw_workbook_free(w->book);
    buf_free(&w->clean);
    arena_free(w->arena);
    free(w);
}

static enum rc close_book(struct xlsx_writer *w, struct err *e)
{
    if (!w->sheet)
        return fail(e, RC_INTERNAL, NULL, "表格没有工作表", "the spreadsheet has no sheet", NULL);
    errno = 0;
    if (spool_failed(w))
        return target_fail(errno ? errno : ENOSPC, e);
    errno = 0;
    lxw_error code = workbook_close(w->book); /* frees it in every case */
    int error = errno;
    w->book = NULL;
    if (code != LXW_NO_ERROR && (error == ENOSPC || error == EDQUOT || error == EFBIG))
        return target_fail(error, e);
    set_fail(w, code);
    if (w->rc != RC_OK)
        return w->rc;
    if (!xlsx_check(w->partial, w->sheet_rows, w->n_sheets))
        return target_fail(ENOSPC, e);
    return rename(w->partial, w->path) == 0 ? RC_OK : target_fail(errno, e);
}

enum rc xlsx_write_end(struct xlsx_writer *w, struct err *e)
{
    write_lists(w);
    enum rc rc = w->rc == RC_OK ? close_book(w, e) : w->rc;
    if (w->rc != RC_OK && e)
        *e = w->err;
    if (rc != RC_OK)
        unlink(w->partial);
    free_writer(w);
    return rc;
}

void xlsx_write_abort(struct xlsx_writer *w)
{
    if (!w)
        return;
    unlink(w->partial);
    free_writer(w);
}
