/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "proto/sheet_int.h"

#define MB (UINT64_C(1024) * 1024)
enum { HARD_COLUMNS = 16384 };

static struct sheet_limits limits_or_default(const struct sheet_limits *given)
{
    struct sheet_limits l = given ? *given : (struct sheet_limits){0};
    l.file_bytes = l.file_bytes ? l.file_bytes : 64 * MB;
    l.inflated_bytes = l.inflated_bytes ? l.inflated_bytes : 1024 * MB;
    l.string_bytes = l.string_bytes ? l.string_bytes : 64 * MB;
    if (l.string_bytes > 2048 * MB) /* string_pool.at has 32 bits */
        l.string_bytes = 2048 * MB;
    l.ratio = l.ratio ? l.ratio : 200;
    l.entries = l.entries ? l.entries : 2000;
    l.rows = l.rows ? l.rows : 1048576;
    l.columns = l.columns ? l.columns : 500;
    if (l.columns > HARD_COLUMNS)
        l.columns = HARD_COLUMNS;
    l.sheets = l.sheets ? l.sheets : 200;
    l.cell_bytes = l.cell_bytes ? l.cell_bytes : 131072;
    l.row_bytes = l.row_bytes ? l.row_bytes : 4 * 1024 * 1024;
    return l;
}

static void *must_alloc(size_t count, size_t size)
{
    void *p = calloc(count, size);
    if (!p)
        die("out of memory: %zu x %zu bytes for a sheet", count, size);
    return p;
}

static struct sheet_file *file_new(const struct sheet_limits *limits)
{
    struct sheet_file *f = must_alloc(1, sizeof *f);
    f->arena = arena_new();
    f->limits = limits_or_default(limits);
    f->cells = must_alloc(f->limits.columns, sizeof *f->cells);
    f->text_at = must_alloc(f->limits.columns, sizeof *f->text_at);
    f->row_text.limit = (size_t)f->limits.row_bytes + f->limits.cell_bytes;
    f->encoding = "utf-8";
    return f;
}

void sheet_close(struct sheet_file *f)
{
    if (!f)
        return;
    xlsx_end(f);
    csv_end(f);
    xlsx_strings_free(f);
    if (f->zip)
        zip_discard(f->zip);
    buf_free(&f->row_text);
    free(f->cells);
    free(f->text_at);
    free(f->owned);
    arena_free(f->arena);
    free(f);
}

static enum rc fail_size(uint64_t size, uint64_t limit, struct err *e)
{
    char is[32], may[32];
    snprintf(is, sizeof is, "%" PRIu64, (size + MB - 1) / MB);
    snprintf(may, sizeof may, "%" PRIu64, limit / MB);
    return fail(
        e, RC_TOO_BIG, "file",
        "文件有 {is} MB，上限 {may} MB。请删去图片和多余内容，或分成几个文件",
        "the file has {is} MB, the limit is {may} MB; remove pictures and what is not needed, or "
        "split it",
        "is", is, "may", may, NULL);
}

static enum rc fail_zip(int code, struct err *e)
{
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    char detail[160];
    snprintf(detail, sizeof detail, "%s", zip_error_strerror(&error));
    zip_error_fini(&error);
    if (code == ZIP_ER_NOZIP || code == ZIP_ER_INCONS || code == ZIP_ER_EOF)
        return fail(e, RC_INVALID, "file",
                    "文件不完整或已损坏（{detail}），可能没有下载或复制完。请重新获取后再试",
                    "the file is cut off or damaged ({detail}), perhaps a download or copy was not "
                    "finished; fetch it again",
                    "detail", detail, NULL);
    return sheet_fail_damaged("zip", detail, e);
}

static enum rc open_zip(struct sheet_file *f, zip_source_t *source, int source_error, struct err *e)
{
    if (!source)
        return fail_zip(source_error, e);
    zip_error_t error;
    zip_error_init(&error);
    f->zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (!f->zip) {
        int code = zip_error_code_zip(&error);
        zip_error_fini(&error);
        zip_source_free(source);
        return fail_zip(code, e);
    }
    zip_error_fini(&error);
    return xlsx_open(f, e);
}

static bool is_zip(const unsigned char *head, size_t n)
{
    return n >= 4 && head[0] == 'P' && head[1] == 'K' &&
           ((head[2] == 3 && head[3] == 4) || (head[2] == 5 && head[3] == 6));
}

static enum rc fail_empty(struct err *e)
{
    return fail(e, RC_INVALID, "file", "文件是空的", "the file is empty", NULL);
}

static enum rc open_text(struct sheet_file *f, const char *data, size_t n, struct err *e)
{
    enum rc rc = sheet_sniff((const unsigned char *)data, n, e);
    return rc == RC_OK ? csv_open(f, data, n, e) : rc;
}

enum rc sheet_open_bytes(const void *data, size_t n, const struct sheet_limits *limits,
                         struct sheet_file **out, struct err *e)
{
    *out = NULL;
    struct sheet_file *f = file_new(limits);
    enum rc rc;
    if (n == 0) {
        rc = fail_empty(e);
    } else if (n > f->limits.file_bytes) {
        rc = fail_size(n, f->limits.file_bytes, e);
    } else if (is_zip(data, n)) {
        zip_error_t error;
        zip_error_init(&error);
        zip_source_t *source = zip_source_buffer_create(data, n, 0, &error);
        rc = open_zip(f, source, zip_error_code_zip(&error), e);
        zip_error_fini(&error);
    } else {
        rc = open_text(f, data, n, e);
    }
    if (rc == RC_OK)
        *out = f;
    else
        sheet_close(f);
    return rc;
}

static bool read_all(int fd, char *to, size_t n)
{
    size_t got = 0;
    while (got < n) {
        ssize_t r = pread(fd, to + got, n - got, (off_t)got);
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return false;
        got += (size_t)r;
    }
    return true;
}

static enum rc fail_read(const char *path, int error, struct err *e)
{
    const char *name = strrchr(path, '/');
    return fail(e, error == ENOENT ? RC_NOT_FOUND : RC_INVALID, "file",
                "读不了文件 {name}：{reason}", "cannot read the file {name}: {reason}", "name",
                name ? name + 1 : path, "reason", strerror(error), NULL);
}

/* libzip reads through its own FILE on the same descriptor, so the checked file is the read one. */
static enum rc open_zip_fd(struct sheet_file *f, int fd, struct err *e)
{
    zip_error_t error;
    zip_error_init(&error);
    FILE *stream = fdopen(fd, "rb");
    if (!stream) {
        close(fd);
        return fail(e, RC_INTERNAL, NULL, "内存不足", "out of memory", NULL);
    }
    zip_source_t *source = zip_source_filep_create(stream, 0, -1, &error);
    if (!source)
        fclose(stream);
    enum rc rc = open_zip(f, source, zip_error_code_zip(&error), e);
    zip_error_fini(&error);
    return rc;
}

/* Takes the descriptor. */
static enum rc open_fd(struct sheet_file *f, int fd, const char *path, struct err *e)
{
    struct stat st;
    enum rc rc = RC_OK;
    unsigned char head[4] = {0};
    if (fstat(fd, &st) != 0)
        rc = fail_read(path, errno, e);
    else if (!S_ISREG(st.st_mode))
        rc = fail_read(path, S_ISDIR(st.st_mode) ? EISDIR : EINVAL, e);
    else if (st.st_size == 0)
        rc = fail_empty(e);
    else if ((uint64_t)st.st_size > f->limits.file_bytes)
        rc = fail_size((uint64_t)st.st_size, f->limits.file_bytes, e);
    size_t n = rc == RC_OK ? (size_t)st.st_size : 0;
    if (n >= sizeof head && read_all(fd, (char *)head, sizeof head) && is_zip(head, sizeof head))
        return open_zip_fd(f, fd, e);
    if (rc == RC_OK) {
        f->owned = must_alloc(n + 1, 1);
        if (!read_all(fd, f->owned, n))
            rc = fail_read(path, errno ? errno : EIO, e);
        else
            rc = open_text(f, f->owned, n, e);
        free(f->owned);
        f->owned = NULL;
    }
    close(fd);
    return rc;
}

enum rc sheet_open(const char *path, const struct sheet_limits *limits, struct sheet_file **out,
                   struct err *e)
{
    *out = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail_read(path, errno, e);
    struct sheet_file *f = file_new(limits);
    enum rc rc = open_fd(f, fd, path, e);
    if (rc == RC_OK)
        *out = f;
    else
        sheet_close(f);
    return rc;
}

const char *sheet_format(const struct sheet_file *f)
{
    return f->zip ? "xlsx" : "csv";
}

const char *sheet_encoding(const struct sheet_file *f)
{
    return f->encoding;
}

size_t sheet_count(const struct sheet_file *f)
{
    return f->n_sheets;
}

const char *sheet_name(const struct sheet_file *f, size_t i)
{
    return i < f->n_sheets ? f->sheets[i].name : "";
}

bool sheet_hidden(const struct sheet_file *f, size_t i)
{
    return i < f->n_sheets && f->sheets[i].hidden;
}

enum rc sheet_start(struct sheet_file *f, size_t i, unsigned flags, struct err *e)
{
    xlsx_end(f);
    csv_end(f);
    f->n_notes = 0;
    if (i >= f->n_sheets)
        return fail(e, RC_NOT_FOUND, "sheet", "没有这个工作表", "there is no such sheet", NULL);
    return f->zip ? xlsx_start(f, i, flags, e) : csv_start(f, e);
}

enum rc sheet_next(struct sheet_file *f, const struct sheet_row **row, struct err *e)
{
    *row = NULL;
    if (f->xlsx)
        return xlsx_next(f, row, e);
    return f->csv ? csv_next(f, row, e) : RC_OK;
}

const struct sheet_note *sheet_notes(const struct sheet_file *f, size_t *n)
{
    *n = f->n_notes;
    return f->notes;
}

void sheet_note_add(struct sheet_file *f, int32_t row, int32_t col, const char *zh, const char *en)
{
    const struct sheet_note *last = f->n_notes > 0 ? &f->notes[f->n_notes - 1] : NULL;
    if (last && last->row == row && last->col == col && last->zh == zh)
        return;
    if (f->n_notes < SHEET_NOTES)
        f->notes[f->n_notes++] = (struct sheet_note){row, col, zh, en};
}

void sheet_row_clear(struct sheet_file *f)
{
    for (size_t i = 0; i < f->row.n; i++)
        f->cells[i] = (struct sheet_cell){.text = "", .is_1904 = f->is_1904};
    f->row.n = 0;
    buf_clear(&f->row_text);
}

bool sheet_row_finish(struct sheet_file *f, int32_t number)
{
    bool filled = false;
    const char *text = buf_text(&f->row_text);
    for (size_t i = 0; i < f->row.n; i++) {
        struct sheet_cell *c = &f->cells[i];
        if (c->type == SHEET_EMPTY || f->text_at[i] == NOT_OWN)
            c->text = c->text ? c->text : "";
        else
            c->text = text + f->text_at[i];
        filled = filled || (c->type != SHEET_EMPTY && c->from_row == 0);
    }
    f->row.number = number;
    f->row.cells = f->cells;
    return filled;
}

static const char *number_text(char *out, size_t room, int64_t v)
{
    snprintf(out, room, "%" PRId64, v);
    return out;
}

enum rc sheet_fail_columns(const struct sheet_file *f, int32_t row, struct err *e)
{
    char at[24], may[24];
    return fail(e, RC_TOO_BIG, "file", "第 {row} 行超过 {may} 列。请删去右侧多余的列再试",
                "row {row} has more than {may} columns; delete the columns that do not belong to "
                "the table",
                "row", number_text(at, sizeof at, row), "may",
                number_text(may, sizeof may, f->limits.columns), NULL);
}

enum rc sheet_fail_rows(const struct sheet_file *f, struct err *e)
{
    char may[24];
    return fail(e, RC_TOO_BIG, "file", "工作表超过 {may} 行。请分成几个文件",
                "the sheet has more than {may} rows; split it into several files", "may",
                number_text(may, sizeof may, f->limits.rows), NULL);
}

enum rc sheet_fail_cell(const struct sheet_file *f, int32_t row, struct err *e)
{
    char at[24], may[24];
    if (row == 0)
        return fail(e, RC_TOO_BIG, "file",
                    "文件里有一个单元格超过 {may} 字节。请找到它，缩短内容后再试",
                    "the file has a cell of more than {may} bytes; find it and shorten it", "may",
                    number_text(may, sizeof may, f->limits.cell_bytes), NULL);
    return fail(e, RC_TOO_BIG, "file",
                "第 {row} 行有一个单元格超过 {may} 字节。请检查该行，缩短内容后再试",
                "row {row} has a cell of more than {may} bytes; look at that row and shorten it",
                "row", number_text(at, sizeof at, row), "may",
                number_text(may, sizeof may, f->limits.cell_bytes), NULL);
}

enum rc sheet_fail_row_bytes(const struct sheet_file *f, int32_t row, struct err *e)
{
    char at[24], may[24];
    return fail(e, RC_TOO_BIG, "file", "第 {row} 行超过 {may} 字节。请检查该行，缩短内容后再试",
                "row {row} has more than {may} bytes; look at that row and shorten it", "row",
                number_text(at, sizeof at, row), "may",
                number_text(may, sizeof may, f->limits.row_bytes), NULL);
}
