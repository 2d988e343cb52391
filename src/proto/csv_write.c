/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/csv_write.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/utf8.h"
#include "proto/target.h"

struct csv_writer {
    FILE *file;
    char *path, *partial;
    bool begun; /* the row has a cell */
};

enum rc csv_write_new(const char *path, struct csv_writer **out, struct err *e)
{
    *out = NULL;
    enum rc rc = target_check(path, e);
    if (rc != RC_OK)
        return rc;
    size_t n = strlen(path);
    struct csv_writer *w = calloc(1, sizeof *w);
    char *names = malloc(2 * n + 8);
    if (!w || !names)
        die("out of memory for a csv file");
    w->path = names;
    w->partial = names + n + 1;
    memcpy(w->path, path, n + 1);
    memcpy(w->partial, path, n);
    memcpy(w->partial + n, ".part", 6);
    w->file = fopen(w->partial, "wbe");
    if (!w->file) {
        rc = target_fail(errno, e);
        csv_write_abort(w);
        return rc;
    }
    fputs("\xEF\xBB\xBF", w->file);
    *out = w;
    return RC_OK;
}

static void begin_cell(struct csv_writer *w)
{
    if (w->begun)
        putc_unlocked(',', w->file);
    w->begun = true;
}

/* OWASP: also behind blanks, which programs skip; a full-width sign counts as its narrow one. */
bool csv_is_formula(const char *s)
{
    uint32_t cp = ' ';
    s += strspn(s, "'");
    if (*s == '\t' || *s == '\r')
        return true;
    while (cp == ' ' || cp == '\t' || cp == '\r' || cp == '\n' || cp == 0x3000)
        cp = utf8_next(&s);
    if (cp >= 0xFF01 && cp <= 0xFF5E)
        cp -= 0xFEE0;
    return cp == '=' || cp == '+' || cp == '-' || cp == '@';
}

void csv_write_text(struct csv_writer *w, const char *s)
{
    begin_cell(w);
    if (!s || !*s)
        return;
    bool formula = csv_is_formula(s);
    bool quoted = strpbrk(s, ",\"\r\n\t;'") || formula || *s == ' ' || s[strlen(s) - 1] == ' ';
    if (!quoted) {
        fputs(s, w->file);
        return;
    }
    putc_unlocked('"', w->file);
    if (formula)
        putc_unlocked('\'', w->file);
    for (; *s; s++) {
        if (*s == '"')
            putc_unlocked('"', w->file);
        putc_unlocked(*s, w->file);
    }
    putc_unlocked('"', w->file);
}

void csv_write_number(struct csv_writer *w, const char *digits)
{
    begin_cell(w);
    fputs(digits, w->file);
}

void csv_write_row(struct csv_writer *w)
{
    fputs("\r\n", w->file);
    w->begun = false;
}

static void free_writer(struct csv_writer *w)
{
    free(w->path);
    free(w);
}

enum rc csv_write_end(struct csv_writer *w, struct err *e)
{
    errno = 0;
    int error = ferror(w->file) ? EIO : 0;
    if (fflush(w->file) != 0)
        error = errno ? errno : EIO;
    if (fclose(w->file) != 0 && !error)
        error = errno ? errno : EIO;
    if (!error && rename(w->partial, w->path) != 0)
        error = errno;
    if (error)
        unlink(w->partial);
    free_writer(w);
    return error ? target_fail(error, e) : RC_OK;
}

void csv_write_abort(struct csv_writer *w)
{
    if (!w)
        return;
    if (w->file)
        fclose(w->file);
    unlink(w->partial);
    free_writer(w);
}
