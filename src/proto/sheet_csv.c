/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4180 and its relatives: comma, semicolon, tab or bar; CR, LF or CRLF; line breaks in quotes;
 * stray quotes kept as text with a note; ="0012", by which systems keep leading zeros, unwrapped.
 * Row numbers count records, as a spreadsheet program shows them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/utf8.h"
#include "proto/csv_write.h"
#include "proto/sheet_int.h"

enum { SAMPLE_RECORDS = 50, MAX_UNCLOSED = 100 };

struct csv_pass {
    const char *at, *end;
    char delimiter;
    int32_t record; /* number of the last record read */
    int unclosed;   /* opening quotes that never closed: bounds the second looks */
};

static enum rc fail_controls(struct err *e)
{
    return fail(e, RC_INVALID, "file",
                "这不是表格文件：内容含有空字符或控制字符。请选择 .xlsx 或 .csv 文件",
                "this is not a spreadsheet: it holds NUL or control characters; choose an .xlsx or "
                ".csv file",
                NULL);
}

/* NUL is refused; other control characters are odd but seen (1 in 100 at most). */
static bool has_binary(const char *s, size_t n)
{
    size_t odd = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\0')
            return true;
        odd += ((unsigned char)s[i] < 0x20 && !strchr("\t\r\n\f\x1a", s[i])) || s[i] == 0x7F;
    }
    return odd > 0 && odd * 100 > n;
}

enum rc csv_open(struct sheet_file *f, const char *data, size_t n, struct err *e)
{
    enum rc rc = utf8_from_any(f->arena, data, n, &f->text, &f->text_len, &f->encoding, e);
    if (rc != RC_OK)
        return rc == RC_INVALID && memchr(data, 0, n) ? fail_controls(e) : rc;
    if (has_binary(f->text, f->text_len))
        return fail_controls(e);
    while (f->text_len > 0 && f->text[f->text_len - 1] == 0x1A) /* DOS end of file */
        f->text[--f->text_len] = '\0';
    f->sheets = ARENA_NEW(f->arena, struct sheet_entry, 1);
    f->sheets[0].name = "";
    f->n_sheets = 1;
    return RC_OK;
}

static bool is_break(char c)
{
    return c == '\n' || c == '\r';
}

static const char *behind_break(const char *p, const char *end)
{
    if (p < end && *p == '\r' && p + 1 < end && p[1] == '\n')
        return p + 2;
    return p < end ? p + 1 : p;
}

/* The closing quote of the field opened before p, or NULL within `room` bytes. */
static const char *closing_quote(const char *p, const char *end, size_t room)
{
    const char *stop = (size_t)(end - p) > room ? p + room : end;
    while (p < stop) {
        if (*p != '"') {
            p++;
        } else if (p + 1 < end && p[1] == '"') {
            p += 2;
        } else {
            return p;
        }
    }
    return NULL;
}

/* How many columns the record at *p has with this delimiter; moves *p behind it. */
static size_t count_columns(const char **p, const char *end, char delimiter, size_t room)
{
    size_t n = 1;
    const char *s = *p;
    bool start = true;
    while (s < end && !is_break(*s)) {
        const char *close = start && *s == '"' ? closing_quote(s + 1, end, room) : NULL;
        start = !close && *s == delimiter;
        n += start;
        s = close ? close + 1 : s + 1;
    }
    *p = behind_break(s, end);
    return n;
}

/* Records that agree with the commonest column count (of at least two), weighted by that count. */
static size_t delimiter_score(const char *p, const char *end, char delimiter, size_t room)
{
    size_t counts[SAMPLE_RECORDS], n = 0, best = 0;
    const char *stop = (size_t)(end - p) > 4 * room ? p + 4 * room : end;
    while (p < stop && n < SAMPLE_RECORDS) {
        size_t columns = count_columns(&p, end, delimiter, room);
        if (columns > 1)
            counts[n++] = columns > 1000 ? 1000 : columns;
    }
    for (size_t i = 0; i < n; i++) {
        size_t same = 0;
        for (size_t j = 0; j < n; j++)
            same += counts[j] == counts[i];
        size_t score = same * 1000 + counts[i];
        best = score > best ? score : best;
    }
    return best;
}

static char find_delimiter(const char *p, const char *end, size_t room)
{
    static const char candidates[] = {'\t', ',', ';', '|'}; /* on a tie: text has commas */
    char delimiter = ',';
    size_t best = 0;
    for (size_t i = 0; i < sizeof candidates; i++) {
        size_t score = delimiter_score(p, end, candidates[i], room);
        if (score > best) {
            best = score;
            delimiter = candidates[i];
        }
    }
    return delimiter;
}

enum rc csv_start(struct sheet_file *f, struct err *e)
{
    (void)e;
    struct csv_pass *c = calloc(1, sizeof *c);
    if (!c)
        die("out of memory for a csv pass");
    c->at = f->text;
    c->end = f->text + f->text_len;
    if (f->text_len >= 6 && strncasecmp(c->at, "sep=", 4) == 0 && is_break(c->at[5])) {
        c->delimiter = c->at[4]; /* Excel's own first line, not a row */
        c->at = behind_break(c->at + 5, c->end);
    } else {
        c->delimiter = find_delimiter(c->at, c->end, f->limits.cell_bytes);
    }
    f->csv = c;
    f->row.n = f->limits.columns;
    sheet_row_clear(f);
    return RC_OK;
}

void csv_end(struct sheet_file *f)
{
    free(f->csv);
    f->csv = NULL;
}

static void note_stray(struct sheet_file *f, int32_t col)
{
    sheet_note_add(f, f->csv->record, col, "引号不成对，已按原文读取",
                   "a stray quotation mark was kept as text");
}

/* Copies a quoted field whose closing quote is known; returns the position behind it. */
static const char *add_quoted(struct sheet_file *f, const char *p, const char *close)
{
    for (; p < close; p++) {
        if (*p == '\r') {
            buf_char(&f->row_text, '\n');
            p += p + 1 < close && p[1] == '\n';
            continue;
        }
        buf_char(&f->row_text, *p);
        p += *p == '"'; /* the second of a pair */
    }
    return close + 1;
}

/* The unquoted rest up to the delimiter or line end, as it stands. */
static const char *add_plain(struct sheet_file *f, const char *p, int32_t col, bool strict)
{
    const char *s = p, *end = f->csv->end;
    bool stray = strict && p < end && *p != f->csv->delimiter && !is_break(*p);
    while (s < end && *s != f->csv->delimiter && !is_break(*s)) {
        stray = stray || (*s == '"' && col >= 0);
        s++;
        if ((size_t)(s - p) > f->limits.cell_bytes)
            break;
    }
    buf_add(&f->row_text, p, (size_t)(s - p));
    if (stray)
        note_stray(f, col);
    return s;
}

/* ="0012" means the text 0012. */
static void unwrap(struct buf *text, size_t from)
{
    char *s = text->data ? text->data + from : NULL;
    size_t n = text->len - from;
    if (!s || n < 3 || s[0] != '=' || s[1] != '"' || s[n - 1] != '"' || memchr(s + 2, '"', n - 3))
        return;
    memmove(s, s + 2, n - 3);
    text->len -= 3;
    text->data[text->len] = '\0';
}

/* An apostrophe before what would be calculated is how programs guard a csv, ours too: no part of
 * the text. */
static void unguard(struct buf *text, size_t from)
{
    char *s = text->data ? text->data + from : NULL;
    size_t n = text->len - from;
    if (n < 2 || *s != '\'' || !csv_is_formula(s + 1))
        return;
    memmove(s, s + 1, n);
    text->len--;
}

static bool is_wrapped(const char *p, const char *end)
{
    return end - p >= 3 && p[0] == '=' && p[1] == '"';
}

/* A quotation mark closed lines later with text right behind it opened nothing: taking it at its
 * word would swallow the rows between. */
static bool swallows_rows(const struct csv_pass *c, const char *open, const char *close)
{
    const char *p = close + 1;
    while (p < c->end && *p == ' ')
        p++;
    if (p >= c->end || *p == c->delimiter || is_break(*p))
        return false;
    return memchr(open, '\n', (size_t)(close - open)) || memchr(open, '\r', (size_t)(close - open));
}

static enum rc fail_quotes(const struct csv_pass *c, struct err *e)
{
    char at[16];
    snprintf(at, sizeof at, "%d", c->record);
    return fail(
        e, RC_INVALID, "file",
        "第 {row} 行的引号没有闭合，前面已有很多行同样如此。请用 Excel 或 WPS 另存为 .xlsx 再试",
        "row {row} has a quotation mark that never closes, as many rows before it; save "
        "the file as .xlsx in Excel or WPS",
        "row", at, NULL);
}

static enum rc read_field(struct sheet_file *f, size_t col, struct err *e)
{
    struct csv_pass *c = f->csv;
    size_t from = f->row_text.len;
    const char *close = NULL;
    bool opened = c->at < c->end && *c->at == '"';
    if (opened) {
        close = closing_quote(c->at + 1, c->end, f->limits.cell_bytes);
        if (close && swallows_rows(c, c->at + 1, close))
            close = NULL;
        if (!close && ++c->unclosed > MAX_UNCLOSED)
            return fail_quotes(c, e);
    }
    if (close)
        c->at = add_plain(f, add_quoted(f, c->at + 1, close), (int32_t)col, true);
    else
        c->at = add_plain(f, c->at, is_wrapped(c->at, c->end) ? -1 : (int32_t)col, false);
    size_t n = f->row_text.len - from;
    if (n > f->limits.cell_bytes)
        return sheet_fail_cell(f, c->record, e);
    if (f->row_text.full || f->row_text.len > f->limits.row_bytes)
        return sheet_fail_row_bytes(f, c->record, e);
    unwrap(&f->row_text, from);
    unguard(&f->row_text, from);
    bool empty = f->row_text.len == from;
    buf_char(&f->row_text, '\0');
    if (empty)
        return RC_OK;
    if (col >= f->limits.columns)
        return sheet_fail_columns(f, c->record, e);
    f->cells[col].type = SHEET_TEXT;
    f->text_at[col] = from;
    f->row.n = col + 1;
    return RC_OK;
}

static enum rc read_record(struct sheet_file *f, struct err *e)
{
    struct csv_pass *c = f->csv;
    if ((uint32_t)c->record >= f->limits.rows)
        return sheet_fail_rows(f, e);
    c->record++;
    for (size_t col = 0;; col++) {
        enum rc rc = read_field(f, col, e);
        if (rc != RC_OK)
            return rc;
        if (c->at >= c->end || is_break(*c->at))
            break;
        c->at++;
    }
    c->at = behind_break(c->at, c->end);
    return RC_OK;
}

enum rc csv_next(struct sheet_file *f, const struct sheet_row **row, struct err *e)
{
    struct csv_pass *c = f->csv;
    while (c->at < c->end) {
        sheet_row_clear(f);
        enum rc rc = read_record(f, e);
        if (rc != RC_OK) {
            csv_end(f);
            return rc;
        }
        if (sheet_row_finish(f, c->record)) {
            *row = &f->row;
            return RC_OK;
        }
    }
    return RC_OK;
}
