/* SPDX-License-Identifier: Apache-2.0 */
/* What is made from an original: the copy without metadata, thumbnails, the marked copy. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/file_int.h"
#include "record/record.h"

#define JPEG "image/jpeg"

static const char *const face_words[] = {[FILE_CLEAN] = "clean",
                                         [FILE_SMALL] = "small",
                                         [FILE_LARGE] = "large",
                                         [FILE_MARKED] = "marked"};

enum rc copies_read(struct cx *cx, int fd, struct copies *out)
{
    *out = (struct copies){0};
    return image_read(fd, &out->r, &cx->err);
}

enum rc copies_write(struct cx *cx, struct copies *c)
{
    const struct {
        struct image_part part;
        char *sha256;
    } all[] = {{c->r.clean, c->clean}, {c->r.small, c->small}, {c->r.large, c->large}};
    enum rc rc = RC_OK;
    for (size_t i = 0; i < sizeof all / sizeof *all && !rc; i++)
        if (all[i].part.n)
            rc = blob_write(cx, all[i].part.data, all[i].part.n, all[i].sha256);
    return rc;
}

static enum rc copy_row(struct cx *cx, const struct file *f, enum file_face face,
                        const char *sha256, const char *type, size_t size, const char *text)
{
    return cx_db(
        cx,
        db_run(cx->db,
               "INSERT INTO file_copy (file_id, face, sha256, original_sha256, type, size, text,"
               " created_at) VALUES (:file, :face, :sha, :original, :type, :size, :text, :now)"
               " ON CONFLICT (file_id, face) DO UPDATE SET sha256 = excluded.sha256,"
               " size = excluded.size, text = excluded.text, created_at = excluded.created_at",
               BINDS(B_INT("file", f->id), B_TEXT("face", face_words[face]), B_TEXT("sha", sha256),
                     B_TEXT("original", f->sha256), B_TEXT("type", type),
                     B_INT("size", (int64_t)size), B_TEXT("text", text), B_INT("now", cx->now.ms)),
               NULL));
}

static enum rc describe(struct cx *cx, const struct file *f, const struct image_result *r)
{
    char phash[17];
    snprintf(phash, sizeof phash, "%016llx", (unsigned long long)r->phash);
    return cx_db(
        cx,
        db_run(cx->db,
               "UPDATE file SET width = :width, height = :height, taken_at = :taken,"
               " latitude = :latitude, longitude = :longitude, phash = :phash WHERE id = :id",
               BINDS(B_INT("width", r->width), B_INT("height", r->height), B_TEXT("phash", phash),
                     r->has_time ? B_INT("taken", r->taken_ms) : B_NULL("taken"),
                     r->has_place ? B_FLOAT("latitude", r->latitude) : B_NULL("latitude"),
                     r->has_place ? B_FLOAT("longitude", r->longitude) : B_NULL("longitude"),
                     B_INT("id", f->id)),
               NULL));
}

enum rc copies_rows(struct cx *cx, const struct file *f, const struct copies *c)
{
    bool same = c->r.clean.n == 0; /* the original has nothing to hide */
    enum rc rc = describe(cx, f, &c->r);
    if (!rc)
        rc = copy_row(cx, f, FILE_CLEAN, same ? f->sha256 : c->clean, f->type,
                      same ? (size_t)f->size : c->r.clean.n, NULL);
    if (!rc)
        rc = copy_row(cx, f, FILE_SMALL, c->small, JPEG, c->r.small.n, NULL);
    if (!rc && c->r.large.n)
        rc = copy_row(cx, f, FILE_LARGE, c->large, JPEG, c->r.large.n, NULL);
    return rc;
}

/* --- the marked copy --- */

static void line(struct buf *b, const char *word, const char *text)
{
    if (text && *text)
        buf_printf(b, "%s%s  %s", b->len ? "\n" : "", word, text);
}

/* "2026-05-08 17:00:12" */
static const char *beijing(struct cx *cx, int64_t ms)
{
    struct civil c = civil_of((struct instant){ms});
    return arena_printf(cx->a, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day, c.hour,
                        c.minute, c.second);
}

/* The record that the file is evidence of names itself and its site, whatever its kind. */
static enum rc record_lines(struct cx *cx, const struct file *f, struct buf *b)
{
    const struct kind *k = record_kind(f->kind);
    struct row *row;
    if (!k)
        return RC_OK;
    enum rc rc = record_load(cx, k, f->record_id, &row);
    if (rc)
        return rc;
    const struct field *label = &k->fields[k->label_field];
    line(b, k->label, value_text(cx, label, &row->v[k->label_field], row->label[k->label_field]));
    int site = field_index(k, "site_id");
    if (site >= 0 && !row->v[site].null)
        line(b, "地点", row->label[site]);
    return RC_OK;
}

static enum rc file_lines(struct cx *cx, const struct file *f, struct buf *b)
{
    struct db_rows *r;
    enum rc rc = db_query(cx->db,
                          "SELECT f.taken_at, f.latitude, f.longitude, a.name FROM file f"
                          " LEFT JOIN account a ON a.id = f.created_by WHERE f.id = :id",
                          BINDS(B_INT("id", f->id)), &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r)) {
        if (!db_null(r, 0))
            line(b, "相机时间", beijing(cx, db_int(r, 0)));
        if (!db_null(r, 1))
            line(b, "相机定位", arena_printf(cx->a, "%.5f, %.5f", db_float(r, 1), db_float(r, 2)));
        line(b, "上传人", db_text(r, 3));
    }
    return cx_db(cx, db_end(r));
}

/* What the mark says: server time first, because it is the proof. */
static enum rc mark_text(struct cx *cx, const struct file *f, const char **out)
{
    struct buf b = {0};
    line(&b, "服务器时间", arena_printf(cx->a, "%s 北京时间", beijing(cx, f->created_at)));
    enum rc rc = record_lines(cx, f, &b);
    if (!rc)
        rc = file_lines(cx, f, &b);
    line(&b, "原件 SHA-256", arena_printf(cx->a, "%.16s", f->sha256));
    *out = arena_strdup(cx->a, buf_text(&b));
    buf_free(&b);
    return rc;
}

/* --- finding and making --- */

struct found {
    const char *sha256, *type, *text;
    int64_t size;
};

static enum rc find(struct cx *cx, int64_t id, enum file_face face, struct found *out)
{
    struct db_rows *r;
    *out = (struct found){0};
    enum rc rc = db_query(cx->db,
                          "SELECT sha256, type, text, size FROM file_copy WHERE file_id = :id"
                          " AND face = :face",
                          BINDS(B_INT("id", id), B_TEXT("face", face_words[face])), &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r))
        *out = (struct found){.sha256 = arena_strdup(cx->a, db_text(r, 0)),
                              .type = arena_strdup(cx->a, db_text(r, 1)),
                              .text = arena_strdup(cx->a, db_text(r, 2)),
                              .size = db_int(r, 3)};
    return cx_db(cx, db_end(r));
}

static enum rc in_transaction(struct cx *cx, const struct file *f, const struct copies *c,
                              const char *marked, const char *text)
{
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (!rc)
        rc = marked ? copy_row(cx, f, FILE_MARKED, marked, JPEG, c->r.marked.n, text)
                    : copies_rows(cx, f, c);
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

/* The ordinary copies anew (text NULL), or the marked one. Bytes stay locked until their rows are.
 */
static enum rc make(struct cx *cx, const struct file *f, const char *text)
{
    struct copies c = {0};
    char marked[65];
    enum rc rc;
    int fd = open(blob_path(cx, f->sha256), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return FAIL(cx, RC_INTERNAL, NULL, "文件内容缺失", "the stored file is missing");
    rc = text ? image_mark(fd, f->width, f->height, text, &c.r, &cx->err) : copies_read(cx, fd, &c);
    close(fd);
    int lock = rc ? -1 : blob_lock(cx, false);
    if (!rc && lock < 0)
        rc = cx->err.rc;
    if (!rc)
        rc = text ? blob_write(cx, c.r.marked.data, c.r.marked.n, marked) : copies_write(cx, &c);
    if (!rc)
        rc = in_transaction(cx, f, &c, text ? marked : NULL, text);
    if (lock >= 0)
        close(lock);
    image_free(&c.r);
    return rc;
}

static bool there(struct cx *cx, const struct found *c)
{
    return c->sha256 && access(blob_path(cx, c->sha256), R_OK) == 0;
}

static enum rc find_marked(struct cx *cx, struct file *f, struct found *c)
{
    const char *text;
    enum rc rc = f->width ? RC_OK : make(cx, f, NULL);
    if (!rc && !f->width)
        rc = file_load(cx, f->id, f);
    if (!rc)
        rc = mark_text(cx, f, &text);
    if (!rc)
        rc = find(cx, f->id, FILE_MARKED, c);
    if (rc || (there(cx, c) && c->text && !strcmp(c->text, text)))
        return rc;
    rc = make(cx, f, text);
    return rc ? rc : find(cx, f->id, FILE_MARKED, c);
}

static enum rc find_plain(struct cx *cx, const struct file *f, enum file_face face, struct found *c)
{
    enum rc rc = find(cx, f->id, face, c);
    if (!rc && !c->sha256 && face == FILE_LARGE)
        rc = find(cx, f->id, FILE_SMALL, c); /* a small picture has no larger thumbnail */
    if (rc || there(cx, c))
        return rc;
    rc = make(cx, f, NULL);
    if (!rc)
        rc = find(cx, f->id, face, c);
    return !rc && !c->sha256 && face == FILE_LARGE ? find(cx, f->id, FILE_SMALL, c) : rc;
}

enum rc copy_find(struct cx *cx, struct file *f, enum file_face face, const char **sha256)
{
    struct found c;
    enum rc rc = face == FILE_MARKED ? find_marked(cx, f, &c) : find_plain(cx, f, face, &c);
    if (rc)
        return rc;
    if (!c.sha256)
        return FAIL(cx, RC_INTERNAL, NULL, "文件内容缺失", "the copy is missing");
    f->type = c.type;
    f->size = c.size;
    *sha256 = c.sha256;
    return RC_OK;
}
