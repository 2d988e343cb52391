/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the sealed journal from end to end: verification, copies, anchors. Pages of the store and
 * lines of a file, so memory does not grow with the journal and no read snapshot is held. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "journal/journal_int.h"

#define PAGE 2000

typedef enum rc each_row(void *ctx, int64_t feed, const char *prev, const char *hash,
                         const struct buf *text);

/* "" fits no row: NULL, or bytes behind a NUL. */
static const char *seal_text(const struct db_rows *r, int col)
{
    size_t n;
    const char *s = db_bytes(r, col, &n);
    return s && strlen(s) == n ? s : "";
}

/* The order of transactions is PostgreSQL's alone. */
static bool strange_order(struct cx *cx, const struct db_rows *r)
{
    return db_kind(cx->db) == DB_SQLITE && db_int(r, 14) != 0;
}

/* One page behind *after; *n = rows seen. */
static enum rc page(struct cx *cx, int64_t *after, int *n, struct buf *text, each_row *f, void *ctx)
{
    struct db_rows *r;
    *n = 0;
    enum rc rc = db_query(cx->db,
                          "SELECT " JOURNAL_COLUMNS ", j.feed, j.prev, j.hash, j.tx FROM journal j"
                          " WHERE j.feed > :after ORDER BY j.feed LIMIT :most",
                          BINDS(B_INT("after", *after), B_INT("most", PAGE)), &r);
    if (rc)
        return cx_db(cx, rc);
    while (!rc && db_next(r)) {
        const char *prev = seal_text(r, 12), *hash = strange_order(cx, r) ? "" : seal_text(r, 13);
        *after = db_int(r, 11);
        journal_text(text, r, *after, prev);
        rc = f(ctx, *after, prev, hash, text);
        ++*n;
    }
    enum rc end = db_end(r);
    return rc ? rc : cx_db(cx, end);
}

static enum rc for_each(struct cx *cx, int64_t since, each_row *f, void *ctx)
{
    struct buf text = {0};
    enum rc rc;
    int n;
    do
        rc = page(cx, &since, &n, &text, f, ctx);
    while (!rc && n == PAGE);
    buf_free(&text);
    return rc;
}

/* --- verification --- */

struct verify {
    struct chain_check *c;
    const atomic_bool *stop;
};

static enum rc verify_row(void *ctx, int64_t feed, const char *prev, const char *hash,
                          const struct buf *text)
{
    struct verify *v = ctx;
    chain_row(v->c, feed, prev, hash, text->data, text->len);
    return v->stop && atomic_load(v->stop) ? RC_TIMEOUT : RC_OK;
}

enum rc journal_verify(struct cx *cx, struct anchors *anchors, struct chain_check *c,
                       const atomic_bool *stop)
{
    struct verify v = {c, stop};
    chain_begin(c, anchors, false);
    enum rc rc = for_each(cx, 0, verify_row, &v);
    if (rc == RC_TIMEOUT)
        return FAIL(cx, RC_TIMEOUT, "journal", "校验被中止", "the verification was ended early");
    if (rc)
        return rc;
    chain_end(c);
    return chain_result(c, &cx->err);
}

static enum rc verify_file(const char *path, struct chain_check *c, struct err *e)
{
    FILE *f = fopen(path, "re");
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    int64_t no = 0;
    if (!f)
        return fail(e, RC_NOT_FOUND, "file", "读不到日志副本 {path}：{why}", "cannot read the copy {path}: {why}",
                    "path", path, "why", strerror(errno), (const char *)NULL);
    while ((n = getline(&line, &cap, f)) > 0) {
        no++;
        if (line[n - 1] == '\n')
            n--;
        chain_line(c, no, line, (size_t)n);
    }
    bool bad = ferror(f);
    free(line);
    fclose(f);
    if (bad)
        return fail(e, RC_INTERNAL, "file", "读取 {path} 时出错", "error while reading {path}", "path", path,
                    (const char *)NULL);
    return RC_OK;
}

enum rc journal_verify_files(char *const *paths, int n, struct anchors *anchors,
                             struct chain_check *c, struct err *e)
{
    enum rc rc = RC_OK;
    chain_begin(c, anchors, true);
    for (int i = 0; i < n && !rc; i++)
        rc = verify_file(paths[i], c, e);
    if (rc)
        return rc;
    if (!atomic_load(&c->rows) && !c->n_faults) /* nothing was looked at: that is no "intact" */
        return fail(e, RC_INVALID, "file", "副本里一行日志也没有", "there is not one row in the copy",
                    (const char *)NULL);
    chain_end(c);
    return chain_result(c, e);
}

/* --- copies --- */

struct export {
    FILE *f;
    struct journal_copy *out;
};

static enum rc export_row(void *ctx, int64_t feed, const char *prev, const char *hash,
                          const struct buf *text)
{
    struct export *x = ctx;
    (void)prev;
    if (!x->out->rows++)
        x->out->first = feed;
    x->out->last = feed;
    snprintf(x->out->head, sizeof x->out->head, "%s", hash);
    fprintf(x->f, "%s  ", hash);
    fwrite(text->data, 1, text->len, x->f);
    return putc('\n', x->f) == EOF ? RC_BUSY : RC_OK;
}

static enum rc cannot_write(struct cx *cx, const char *path)
{
    return FAIL(cx, RC_BUSY, "file", "不能写 {path}：{why}", "cannot write {path}: {why}", "path", path, "why",
                strerror(errno));
}

enum rc journal_export(struct cx *cx, const char *path, int64_t since, struct journal_copy *out)
{
    const char *part = arena_printf(cx->a, "%s.part", path);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    struct export x = {.f = fd < 0 ? NULL : fdopen(fd, "w"), .out = out};
    *out = (struct journal_copy){0};
    if (!x.f)
        return cannot_write(cx, part);
    enum rc rc = for_each(cx, since, export_row, &x);
    bool bad = ferror(x.f) || fflush(x.f) || fsync(fd);
    if (fclose(x.f) || bad)
        rc = cannot_write(cx, part);
    if (!rc && rename(part, path))
        rc = cannot_write(cx, path);
    if (rc)
        unlink(part);
    return rc;
}

/* --- anchors --- */

const char *journal_anchor_path(struct cx *cx)
{
    return arena_printf(cx->a, "%s/journal.anchor", cx->data_dir);
}

enum rc journal_anchor(struct cx *cx, const struct anchor *head)
{
    char at[INSTANT_TEXT], line[256];
    const char *path = journal_anchor_path(cx);
    int n = snprintf(line, sizeof line, "%s %lld %s\n", instant_text(cx->now, at), (long long)head->feed,
                     head->hash);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return cannot_write(cx, path);
    bool bad = write(fd, line, (size_t)n) != n || fsync(fd);
    if (close(fd) || bad)
        return cannot_write(cx, path);
    return RC_OK;
}
