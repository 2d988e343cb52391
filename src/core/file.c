/* SPDX-License-Identifier: Apache-2.0 */
#include "core/file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "journal/journal.h"
#include "record/record.h"

/* clang-format off */
static const struct { const char *type; size_t n; const char *magic; } magics[] = {
    {"image/jpeg",      3, "\xff\xd8\xff"},
    {"image/png",       8, "\x89PNG\r\n\x1a\n"},
    {"application/pdf", 5, "%PDF-"},
    {"application/zip", 4, "PK\x03\x04"},
};
/* clang-format on */

static const char *office_type(const char *name)
{
    const char *dot = strrchr(name, '.');
    if (dot && !strcasecmp(dot, ".xlsx"))
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    if (dot && !strcasecmp(dot, ".docx"))
        return "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    return NULL;
}

/* A tag, a comment or a declaration: text that a browser could take for a page or a drawing. */
static bool has_markup(const char *s, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (s[i] == '<' && (isalpha((unsigned char)s[i + 1]) || strchr("!?/", s[i + 1])))
            return true;
    return false;
}

/* The type by the first bytes, or NULL for what we do not take. */
static const char *sniff(const char *head, size_t n, const char *name)
{
    if (n >= 12 && !memcmp(head, "RIFF", 4) && !memcmp(head + 8, "WEBP", 4))
        return "image/webp";
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (n >= magics[i].n && !memcmp(head, magics[i].magic, magics[i].n))
            return strcmp(magics[i].type, "application/zip") ? magics[i].type : office_type(name);
    if (n && n < 512 && !memchr(head, 0, n) && utf8_valid(head, n) && !has_markup(head, n))
        return "text/plain";
    return NULL;
}

static enum rc read_head(struct cx *cx, const char *path, char *head, size_t *n)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t got = fd < 0 ? -1 : read(fd, head, 512);
    if (fd >= 0)
        close(fd);
    *n = got > 0 ? (size_t)got : 0;
    if (got > 0)
        return RC_OK;
    return got ? FAIL(cx, RC_INTERNAL, "file", "上传的文件读不到", "cannot read the upload")
               : FAIL(cx, RC_INVALID, "file", "文件是空的", "the file is empty");
}

static const char *store_path(struct cx *cx, const char *sha256)
{
    return arena_printf(cx->a, "%s/files/%.2s/%s", cx->data_dir, sha256, sha256 + 2);
}

static enum rc move_in(struct cx *cx, const char *spooled, const char *sha256)
{
    mkdir(arena_printf(cx->a, "%s/files", cx->data_dir), 0700);
    mkdir(arena_printf(cx->a, "%s/files/%.2s", cx->data_dir, sha256), 0700);
    if (!rename(spooled, store_path(cx, sha256)))
        return RC_OK;
    if (errno == ENOSPC || errno == EDQUOT)
        return FAIL(cx, RC_BUSY, "file", "磁盘已满，文件未保存", "disk full, the file was not stored");
    return FAIL(cx, RC_INTERNAL, "file", "文件保存失败", "cannot store the file");
}

/* Control characters, and those that turn the direction of writing: "gpj.exe" read backwards. */
static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x200e && cp <= 0x200f) ||
           (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

/* The name is shown to people and sent in a header: no path, no controls. */
static const char *clean_name(struct cx *cx, const char *name)
{
    struct buf b = {0};
    for (const char *s = name; *s;) {
        char put[4];
        uint32_t cp = utf8_next(&s);
        if (cp == '/' || cp == '\\')
            buf_clear(&b);
        else if (is_control(cp) || (cp < 0x80 && strchr("\"<>|:*?", (int)cp)))
            buf_char(&b, '_');
        else
            buf_add(&b, put, utf8_put(cp, put));
    }
    bool good = b.len && b.len <= 200 && strspn(buf_text(&b), ".") < b.len;
    const char *clean = good ? arena_strdup(cx->a, buf_text(&b)) : "file";
    buf_free(&b);
    return clean;
}

enum rc file_store(struct cx *cx, const char *spooled, const char *name, uint64_t size,
                   const char *sha256, struct file *out)
{
    char head[512];
    size_t n;
    if (!name)
        name = "";
    *out = (struct file){.size = (int64_t)size, .sha256 = arena_strdup(cx->a, sha256),
                         .name = clean_name(cx, name), .created_by = cx->actor.user_id};
    enum rc rc = read_head(cx, spooled, head, &n);
    if (rc)
        return rc;
    out->type = sniff(head, n, name);
    if (!out->type)
        return FAIL(cx, RC_INVALID, "file", "不接受这种文件；可上传 JPEG、PNG、WebP 图片，PDF，xlsx，docx",
                    "this type of file is not accepted: JPEG, PNG, WebP, PDF, xlsx, docx");
    rc = move_in(cx, spooled, sha256);
    if (!rc)
        rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = cx_db(cx, db_int_of(cx->db,
                             "INSERT INTO file (sha256, name, type, size, created_at, created_by)"
                             " VALUES (:sha, :name, :type, :size, :now, :by) RETURNING id",
                             BINDS(B_TEXT("sha", sha256), B_TEXT("name", out->name),
                                   B_TEXT("type", out->type), B_INT("size", out->size),
                                   B_INT("now", cx->now.ms),
                                   cx->actor.user_id ? B_INT("by", cx->actor.user_id) : B_NULL("by")),
                             &out->id));
    if (!rc)
        rc = journal_add(cx, "file", out->id, "upload",
                         arena_printf(cx->a, "{\"sha256\":[null,\"%s\"]}", sha256), "ok");
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

static enum rc load(struct cx *cx, int64_t id, struct file *out)
{
    struct db_rows *r;
    *out = (struct file){0};
    enum rc rc = db_query(cx->db,
                          "SELECT id, sha256, name, type, size, created_by, kind, record_id FROM file"
                          " WHERE id = :id",
                          BINDS(B_INT("id", id)), &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r))
        *out = (struct file){.id = db_int(r, 0), .sha256 = arena_strdup(cx->a, db_text(r, 1)),
                             .name = arena_strdup(cx->a, db_text(r, 2)),
                             .type = arena_strdup(cx->a, db_text(r, 3)), .size = db_int(r, 4),
                             .created_by = db_int(r, 5), .kind = arena_strdup(cx->a, db_text(r, 6)),
                             .record_id = db_int(r, 7)};
    return cx_db(cx, db_end(r));
}

enum rc file_open(struct cx *cx, int64_t id, struct file *out, int *fd)
{
    struct row *row;
    enum rc rc = load(cx, id, out);
    if (rc)
        return rc;
    bool mine = out->id && out->created_by && out->created_by == cx->actor.user_id;
    const struct kind *k = record_kind(out->kind);
    if (!out->id || (!mine && (!k || record_get(cx, k, out->record_id, &row))))
        return FAIL(cx, RC_NOT_FOUND, NULL, "没有这个文件，或您无权查看", "no such file, or not visible to you");
    *fd = open(store_path(cx, out->sha256), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return *fd >= 0 ? RC_OK
                    : FAIL(cx, RC_INTERNAL, NULL, "文件内容缺失", "the stored file is missing");
}

void file_json(struct jw *w, const struct file *f)
{
    jw_object(w);
    jw_ki(w, "id", f->id);
    jw_kt(w, "name", f->name);
    jw_kt(w, "type", f->type);
    jw_ki(w, "size", f->size);
    jw_kt(w, "sha256", f->sha256);
    jw_end_object(w);
}
