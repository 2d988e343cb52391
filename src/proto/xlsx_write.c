/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a workbook as text, straight into the archive. Texts stand in their cells (inline), so
 * no table of strings grows with the rows. */
#include "proto/xlsx_write.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/utf8.h"
#include "proto/target.h"
#include "proto/xlsx_style.h"
#include "proto/zip_write.h"

enum {
    MAX_ROWS = 1048576,
    MAX_COLUMNS = 500,
    MAX_CHARS = 32767,
    MAX_LISTS = 500,
    MAX_SHEETS = 200,
    MAX_INPUT = 255,
    ROW_BYTES = 64 * 1024, /* waits before it goes into the archive */
};

struct option_list {
    const char *const *items;
    size_t n;
};

struct sheet_made {
    const char *name;
    bool hidden;
};

struct xlsx_writer {
    struct arena *arena;
    char *path, *partial; /* partial: what is written, renamed at the end */
    struct zip_writer *zip;
    struct sheet_made sheets[MAX_SHEETS];
    size_t n_sheets;
    bool open; /* the last sheet's part waits for rows */
    enum xlsx_type *types;
    char (*letters)[4];
    size_t n_columns;
    uint32_t row; /* the one being filled, from 0 */
    char row_text[12];
    size_t row_len;
    size_t *at;        /* by column: where its cell stands in cells, NO_CELL = nowhere */
    size_t *len;
    size_t last;       /* column of the last cell of the row + 1 */
    bool in_order;
    struct buf cells;  /* of the row, as they came */
    struct buf out;    /* rows on their way */
    struct buf rules;  /* drop-downs and help of the sheet */
    size_t n_rules;
    struct option_list lists[MAX_LISTS]; /* one column each of the hidden sheet */
    size_t n_lists;
    struct buf clean;
    enum rc rc;
    struct err err;
};
#define NO_CELL SIZE_MAX

static const char list_name[] = "_选项";

static void misuse(struct xlsx_writer *w, const char *detail)
{
    if (w->rc == RC_OK)
        w->rc = fail(&w->err, RC_INTERNAL, NULL, "写表格失败：{detail}",
                     "writing the spreadsheet failed: {detail}", "detail", detail, NULL);
}

enum rc xlsx_write_new(const char *path, const char *spool, struct xlsx_writer **out, struct err *e)
{
    (void)spool; /* nothing waits on disk */
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
    w->zip = zip_write_new(w->partial);
    if (!w->zip) {
        rc = target_fail(errno, e);
        xlsx_write_abort(w);
        return rc;
    }
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

/* --- text --- */

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

static void add_escaped(struct buf *b, const char *s)
{
    size_t from = 0, i = 0;
    for (; s[i]; i++) {
        const char *word = s[i] == '&' ? "&amp;" : s[i] == '<' ? "&lt;" : s[i] == '>' ? "&gt;" : NULL;
        if (!word)
            continue;
        buf_add(b, s + from, i - from);
        buf_text_add(b, word);
        from = i + 1;
    }
    buf_add(b, s + from, i - from);
}

/* Inside an attribute also quotes and line breaks. */
static void add_attribute(struct buf *b, const char *s)
{
    for (; *s; s++) {
        if (*s == '"')
            buf_text_add(b, "&quot;");
        else if (*s == '\n')
            buf_text_add(b, "&#10;");
        else if (*s == '&' || *s == '<' || *s == '>')
            add_escaped(b, (char[]){*s, 0});
        else
            buf_char(b, *s);
    }
}

/* --- sheets --- */

static void column_letters(size_t col, char out[4])
{
    char back[4];
    size_t n = 0;
    for (size_t c = col + 1; c > 0 && n < 3; c = (c - 1) / 26)
        back[n++] = (char)('A' + (c - 1) % 26);
    for (size_t i = 0; i < n; i++)
        out[i] = back[n - 1 - i];
    out[n] = '\0';
}

static void flush(struct xlsx_writer *w)
{
    zip_write_data(w->zip, w->out.data, w->out.len);
    buf_clear(&w->out);
}

/* Behind the rows of the open sheet: rules, page. */
static void end_sheet(struct xlsx_writer *w)
{
    if (!w->open)
        return;
    w->open = false;
    buf_text_add(&w->out, "</sheetData>");
    if (w->n_rules) {
        buf_printf(&w->out, "<dataValidations count=\"%zu\">", w->n_rules);
        buf_add(&w->out, w->rules.data, w->rules.len);
        buf_text_add(&w->out, "</dataValidations>");
    }
    buf_text_add(&w->out,
                 "<pageMargins left=\"0.5\" right=\"0.5\" top=\"0.6\" bottom=\"0.6\" header=\"0.3\" footer=\"0.3\"/>"
                 "<pageSetup paperSize=\"9\" orientation=\"landscape\" fitToHeight=\"0\"/></worksheet>");
    buf_clear(&w->rules);
    w->n_rules = 0;
    flush(w);
}

static bool begin_sheet(struct xlsx_writer *w, const char *name, bool hidden)
{
    end_sheet(w);
    const char *fit = arena_strdup(w->arena, sheet_name_fit(w->arena, name));
    for (size_t i = 0; i < w->n_sheets; i++)
        if (!strcasecmp(w->sheets[i].name, fit))
            fit = arena_printf(w->arena, "Sheet%zu", w->n_sheets + 1);
    if (w->n_sheets == MAX_SHEETS) {
        misuse(w, "too many sheets");
        return false;
    }
    w->sheets[w->n_sheets++] = (struct sheet_made){fit, hidden};
    zip_write_part(w->zip, arena_printf(w->arena, "xl/worksheets/sheet%zu.xml", w->n_sheets));
    w->open = true;
    w->row = 0;
    return true;
}

static void take_columns(struct xlsx_writer *w, size_t n)
{
    w->n_columns = n;
    w->types = ARENA_NEW(w->arena, enum xlsx_type, n);
    w->letters = arena_alloc(w->arena, n * sizeof *w->letters);
    w->at = ARENA_NEW(w->arena, size_t, n);
    w->len = ARENA_NEW(w->arena, size_t, n);
    for (size_t i = 0; i < n; i++) {
        column_letters(i, w->letters[i]);
        w->at[i] = NO_CELL;
    }
}

static void begin_row(struct xlsx_writer *w)
{
    int n = snprintf(w->row_text, sizeof w->row_text, "%" PRIu32, w->row + 1);
    w->row_len = (size_t)n;
    w->in_order = true;
    w->last = 0;
    buf_clear(&w->cells);
}

/* The first characters of the text, at most so many as a rule may have. */
static const char *cut(struct xlsx_writer *w, const char *text, size_t most)
{
    char *out = arena_alloc(w->arena, most * 4 + 1), *p = out;
    size_t chars = 0;
    for (const char *s = text; *s && chars < most; chars++)
        p += utf8_put(utf8_next(&s), p);
    *p = '\0';
    return out;
}

static void add_rule(struct xlsx_writer *w, const char *attributes, const char *help, const char *range, const char *list)
{
    struct buf *b = &w->rules;
    w->n_rules++;
    buf_printf(b, "<dataValidation %sallowBlank=\"1\" showInputMessage=\"1\" showErrorMessage=\"1\"", attributes);
    if (help) {
        buf_text_add(b, " prompt=\"");
        add_attribute(b, cut(w, help, MAX_INPUT));
        buf_char(b, '"');
    }
    buf_printf(b, " sqref=\"%s\"", range);
    if (list)
        buf_printf(b, "><formula1>%s</formula1></dataValidation>", list);
    else
        buf_text_add(b, "/>");
}

/* Lists go to a hidden sheet: typed into the rule they could have 255 characters in all. The heading
 * tells its help, too. */
static void add_validation(struct xlsx_writer *w, const struct xlsx_column *c, size_t col, uint32_t rows)
{
    size_t n = option_count(c);
    char range[48], list[64], letters[4];
    if ((n == 0 && !c->help) || rows < 1)
        return;
    snprintf(range, sizeof range, "%s2:%s%" PRIu32, w->letters[col], w->letters[col], rows + 1);
    if (n > 0 && w->n_lists < MAX_LISTS) {
        column_letters(w->n_lists, letters);
        snprintf(list, sizeof list, "'%s'!$%s$1:$%s$%zu", list_name, letters, letters, n);
        add_rule(w, "type=\"list\" errorTitle=\"不在列表中\" error=\"请从下拉列表中选择\" ", c->help, range, list);
        const char **items = ARENA_NEW(w->arena, const char *, n);
        for (size_t i = 0; i < n; i++)
            items[i] = arena_strdup(w->arena, c->options[i]);
        w->lists[w->n_lists++] = (struct option_list){items, n};
    } else {
        add_rule(w, "", c->help, range, NULL);
    }
    if (c->help) {
        snprintf(range, sizeof range, "%s1", w->letters[col]);
        add_rule(w, "", c->help, range, NULL);
    }
}

void xlsx_write_sheet(struct xlsx_writer *w, const char *name, const struct xlsx_column *columns,
                      size_t n, uint32_t blank_rows)
{
    if (w->rc != RC_OK)
        return;
    if (n == 0 || n > MAX_COLUMNS) {
        misuse(w, "no columns, or too many");
        return;
    }
    if (!begin_sheet(w, name, false))
        return;
    take_columns(w, n);
    buf_text_add(&w->out, XLSX_SHEET_HEAD
                 "<sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr>"
                 "<sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\""
                 " activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><cols>");
    for (size_t i = 0; i < n; i++) {
        w->types[i] = columns[i].type;
        buf_printf(&w->out, "<col min=\"%zu\" max=\"%zu\" width=\"%.1f\" style=\"%d\" customWidth=\"1\"/>", i + 1,
                   i + 1, width_of(&columns[i]), xlsx_style(columns[i].type));
        add_validation(w, &columns[i], i, blank_rows < MAX_ROWS - 1 ? blank_rows : MAX_ROWS - 1);
    }
    buf_text_add(&w->out, "</cols><sheetData><row r=\"1\" ht=\"30\" customHeight=\"1\">");
    for (size_t i = 0; i < n; i++) {
        buf_printf(&w->out, "<c r=\"%s1\" s=\"%d\" t=\"inlineStr\"><is><t>", w->letters[i],
                   columns[i].required ? XLSX_STYLE_REQUIRED : XLSX_STYLE_HEADING);
        add_escaped(&w->out, cleaned(&w->clean, columns[i].heading));
        buf_printf(&w->out, "%s</t></is></c>", columns[i].required ? "*" : "");
    }
    buf_text_add(&w->out, "</row>");
    w->row = 1;
    begin_row(w);
}

/* --- cells --- */

/* Ready to take a cell here? Its opening is written: <c r="A2" s="1" */
static bool cell_begin(struct xlsx_writer *w, size_t col, int style)
{
    if (w->rc != RC_OK)
        return false;
    if (!w->open || col >= w->n_columns) {
        misuse(w, "no such column");
        return false;
    }
    if (w->row >= MAX_ROWS) {
        w->rc = fail(&w->err, RC_TOO_BIG, NULL, "超过 1048575 行，一张表格放不下。请缩小筛选范围",
                     "more than 1048575 rows do not fit into one sheet; narrow the filter", NULL);
        return false;
    }
    char open[40] = "<c r=\"", *p = open + 6;
    for (const char *l = w->letters[col]; *l;)
        *p++ = *l++;
    memcpy(p, w->row_text, w->row_len);
    p += w->row_len;
    memcpy(p, "\" s=\"0\"", 7);
    p[5] = (char)('0' + style);
    w->in_order = w->in_order && col >= w->last;
    w->last = col + 1 > w->last ? col + 1 : w->last;
    w->at[col] = w->cells.len;
    buf_add(&w->cells, open, (size_t)(p + 7 - open));
    return true;
}

static void cell_end(struct xlsx_writer *w, size_t col, const char *close)
{
    buf_text_add(&w->cells, close);
    w->len[col] = w->cells.len - w->at[col];
}

static bool has_outer_blank(const char *s)
{
    size_t n = strlen(s);
    return strchr(" \t\n", s[0]) || strchr(" \t\n", s[n - 1]);
}

void xlsx_write_text(struct xlsx_writer *w, size_t col, const char *s)
{
    if (!s || !*s)
        return;
    const char *text = cleaned(&w->clean, s);
    bool reason = w->open && col < w->n_columns && w->types[col] == XLSX_REASON;
    if (!cell_begin(w, col, reason ? XLSX_STYLE_REASON : XLSX_STYLE_TEXT))
        return;
    if (!*text) {
        cell_end(w, col, "/>");
        return;
    }
    buf_text_add(&w->cells, has_outer_blank(text) ? " t=\"inlineStr\"><is><t xml:space=\"preserve\">"
                                                  : " t=\"inlineStr\"><is><t>");
    add_escaped(&w->cells, text);
    cell_end(w, col, "</t></is></c>");
}

static void write_digits(struct xlsx_writer *w, size_t col, int style, const char *digits)
{
    if (!cell_begin(w, col, style))
        return;
    buf_text_add(&w->cells, "><v>");
    buf_text_add(&w->cells, digits);
    cell_end(w, col, "</v></c>");
}

void xlsx_write_number(struct xlsx_writer *w, size_t col, double v)
{
    char text[40];
    if (!(v - v == 0)) /* no cell for NaN and infinity */
        return;
    snprintf(text, sizeof text, "%.16g", v);
    bool money = col < w->n_columns && w->types[col] == XLSX_MONEY;
    write_digits(w, col, money ? XLSX_STYLE_MONEY : XLSX_STYLE_NUMBER, text);
}

static const char *decimal(int64_t v, char out[24])
{
    char *p = out + 23;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    *p = '\0';
    do
        *--p = (char)('0' + u % 10);
    while (u /= 10);
    if (v < 0)
        *--p = '-';
    return p;
}

void xlsx_write_int(struct xlsx_writer *w, size_t col, int64_t v)
{
    char text[24];
    if (v > -INT64_C(1000000000000000) && v < INT64_C(1000000000000000))
        write_digits(w, col, XLSX_STYLE_NUMBER, decimal(v, text));
    else
        xlsx_write_text(w, col, decimal(v, text));
}

void xlsx_write_fen(struct xlsx_writer *w, size_t col, int64_t fen)
{
    char text[24], all[32];
    uint64_t u = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;
    snprintf(all, sizeof all, "%s%s.%02d", fen < 0 ? "-" : "", decimal((int64_t)(u / 100), text), (int)(u % 100));
    write_digits(w, col, XLSX_STYLE_MONEY, all);
}

static int32_t serial_of(struct date d)
{
    return d.day - date_of(1899, 12, 30).day;
}

void xlsx_write_date(struct xlsx_writer *w, size_t col, struct date d)
{
    char text[24];
    if (serial_of(d) >= 61)
        write_digits(w, col, XLSX_STYLE_DATE, decimal(serial_of(d), text));
}

void xlsx_write_instant(struct xlsx_writer *w, size_t col, struct instant t)
{
    char text[40];
    struct civil c = civil_of(t);
    int32_t day = serial_of(civil_date(t));
    snprintf(text, sizeof text, "%.10f", day + (c.hour * 3600 + c.minute * 60 + c.second) / 86400.0);
    if (day >= 61)
        write_digits(w, col, XLSX_STYLE_INSTANT, text);
}

void xlsx_write_row(struct xlsx_writer *w)
{
    if (w->rc != RC_OK || !w->open)
        return;
    if (w->last) {
        buf_text_add(&w->out, "<row r=\"");
        buf_add(&w->out, w->row_text, w->row_len);
        buf_text_add(&w->out, "\">");
        if (w->in_order)
            buf_add(&w->out, w->cells.data, w->cells.len);
        for (size_t i = 0; i < w->last; i++) {
            if (!w->in_order && w->at[i] != NO_CELL)
                buf_add(&w->out, w->cells.data + w->at[i], w->len[i]);
            w->at[i] = NO_CELL;
        }
        buf_text_add(&w->out, "</row>");
    }
    if (w->out.len > ROW_BYTES)
        flush(w);
    w->row++;
    begin_row(w);
}

/* --- the rest of the workbook --- */

static void write_lists(struct xlsx_writer *w)
{
    size_t longest = 0;
    if (w->n_lists == 0 || w->rc != RC_OK || !begin_sheet(w, list_name, true))
        return;
    take_columns(w, w->n_lists);
    buf_text_add(&w->out, XLSX_SHEET_HEAD "<sheetData>");
    begin_row(w);
    for (size_t i = 0; i < w->n_lists; i++)
        longest = w->lists[i].n > longest ? w->lists[i].n : longest;
    for (size_t r = 0; r < longest && r < MAX_ROWS; r++) {
        for (size_t i = 0; i < w->n_lists; i++)
            if (r < w->lists[i].n)
                xlsx_write_text(w, i, w->lists[i].items[r]);
        xlsx_write_row(w);
    }
}

static void write_book(struct xlsx_writer *w)
{
    struct buf *b = &w->out;
    buf_text_add(b, XLSX_BOOK_HEAD "<sheets>");
    for (size_t i = 0; i < w->n_sheets; i++) {
        buf_text_add(b, "<sheet name=\"");
        add_attribute(b, w->sheets[i].name);
        buf_printf(b, "\" sheetId=\"%zu\" %sr:id=\"rId%zu\"/>", i + 1, w->sheets[i].hidden ? "state=\"hidden\" " : "",
                   i + 1);
    }
    buf_text_add(b, "</sheets><definedNames>");
    for (size_t i = 0; i < w->n_sheets; i++) {
        if (w->sheets[i].hidden)
            continue;
        buf_printf(b, "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"%zu\">'", i);
        add_escaped(b, w->sheets[i].name);
        buf_text_add(b, "'!$1:$1</definedName>");
    }
    buf_text_add(b, "</definedNames></workbook>");
    zip_write_part(w->zip, "xl/workbook.xml");
    flush(w);
}

static void write_relations(struct xlsx_writer *w)
{
    struct buf *b = &w->out;
    buf_text_add(b, XLSX_RELATIONS_HEAD);
    for (size_t i = 1; i <= w->n_sheets; i++)
        buf_printf(b, "<Relationship Id=\"rId%zu\" Type=\"" XLSX_RELATION "/worksheet\" Target=\"worksheets/sheet%zu.xml\"/>", i, i);
    buf_printf(b, "<Relationship Id=\"rId%zu\" Type=\"" XLSX_RELATION "/styles\" Target=\"styles.xml\"/></Relationships>",
               w->n_sheets + 1);
    zip_write_part(w->zip, "xl/_rels/workbook.xml.rels");
    flush(w);
    buf_text_add(b, XLSX_TYPES_HEAD);
    for (size_t i = 1; i <= w->n_sheets; i++)
        buf_printf(b, "<Override PartName=\"/xl/worksheets/sheet%zu.xml\" ContentType=\"" XLSX_CONTENT "worksheet+xml\"/>", i);
    buf_text_add(b, "</Types>");
    zip_write_part(w->zip, "[Content_Types].xml");
    flush(w);
}

static void free_writer(struct xlsx_writer *w)
{
    buf_free(&w->cells);
    buf_free(&w->out);
    buf_free(&w->rules);
    buf_free(&w->clean);
    arena_free(w->arena);
    free(w);
}

static enum rc close_book(struct xlsx_writer *w, struct err *e)
{
    end_sheet(w);
    zip_write_part(w->zip, "xl/styles.xml");
    zip_write_text(w->zip, xlsx_styles);
    write_book(w);
    zip_write_part(w->zip, "_rels/.rels");
    zip_write_text(w->zip, xlsx_root);
    write_relations(w);
    int error = zip_write_end(w->zip);
    w->zip = NULL;
    if (!error && rename(w->partial, w->path) != 0)
        error = errno;
    return error ? target_fail(error, e) : RC_OK;
}

enum rc xlsx_write_end(struct xlsx_writer *w, struct err *e)
{
    if (w->n_sheets == 0)
        misuse(w, "no sheet");
    write_lists(w);
    if (w->rc != RC_OK) {
        enum rc rc = w->rc;
        if (e)
            *e = w->err;
        xlsx_write_abort(w);
        return rc;
    }
    enum rc rc = close_book(w, e);
    if (rc != RC_OK)
        unlink(w->partial);
    free_writer(w);
    return rc;
}

void xlsx_write_abort(struct xlsx_writer *w)
{
    if (!w)
        return;
    if (w->zip)
        (void)zip_write_end(w->zip);
    unlink(w->partial);
    free_writer(w);
}
