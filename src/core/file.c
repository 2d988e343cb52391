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
#include "core/file_int.h"
#include "core/setting.h"
#include "io/file.h"
#include "journal/journal.h"
#include "record/record.h"

/* clang-format off */
static const struct { const char *type; size_t n; const char *magic; } magics[] = {
    {"image/jpeg",      3, "\xff\xd8\xff"},
    {"image/png",       8, "\x89PNG\r\n\x1a\n"},
    {"application/pdf", 5, "%PDF-"},
    {"application/zip", 4, "PK\x03\x04"},
};
/* Most MiB of a type, by its start; the first that fits. */
static const struct { const char *type; int mib; const char *text; } limits[] = {
    {"image/",                                             30, "30"},
    {"application/pdf",                                    30, "30"},
    {"application/vnd.openxmlformats-officedocument.",     20, "20"},
    {"text/plain",                                          1, "1"},
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

/* Control characters, and those that turn the direction of writing: "gpj.exe" read backwards. */
static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x200e && cp <= 0x200f) ||
           (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

#define NAME_BYTES 200

/* Titles of documents are long: what is too much is left out before the ending, which tells the type. */
static const char *shorten(struct cx *cx, const char *name)
{
    size_t n = strlen(name), keep = NAME_BYTES;
    const char *dot = strrchr(name, '.');
    if (n <= NAME_BYTES)
        return arena_strdup(cx->a, name);
    if (!dot || name + n - dot > 12)
        dot = name + n;
    keep -= (size_t)(name + n - dot) + strlen("…");
    while (((unsigned char)name[keep] & 0xc0) == 0x80) /* not inside a character */
        keep--;
    return arena_printf(cx->a, "%.*s…%s", (int)keep, name, dot);
}

/* The name is shown to people and sent in a header: no path, no controls. */
const char *file_clean_name(struct cx *cx, const char *name)
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
    bool good = b.len && strspn(buf_text(&b), ".") < b.len;
    const char *clean = good ? shorten(cx, buf_text(&b)) : "file";
    buf_free(&b);
    return clean;
}

static enum rc check_limit(struct cx *cx, const struct file *f)
{
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        if (strncmp(f->type, limits[i].type, strlen(limits[i].type)))
            continue;
        if (f->size <= (int64_t)limits[i].mib * 1024 * 1024)
            return RC_OK;
        return FAIL(cx, RC_TOO_BIG, "file", "文件太大：这类文件最多 {mib} MB",
                    "the file is too large: at most {mib} MiB of this type", "mib", limits[i].text);
    }
    return FAIL(cx, RC_INTERNAL, "file", "文件类型没有上限", "no limit for this type of file");
}

/* What the account has uploaded on this Beijing day, against the setting. */
enum rc file_quota(struct cx *cx, int64_t more)
{
    int64_t used = 0, mib = 0;
    if (cx->actor.type != ACTOR_USER)
        return RC_OK;
    enum rc rc = setting_int(cx, "file_daily_mib", &mib);
    if (!rc)
        rc = cx_db(cx, db_int_of(cx->db,
                                 "SELECT CAST(SUM(size) AS BIGINT) FROM file WHERE created_by = :me"
                                 " AND created_at >= :today",
                                 BINDS(B_INT("me", cx->actor.user_id),
                                       B_INT("today", instant_at(civil_date(cx->now), 0).ms)),
                                 &used));
    if (rc)
        return rc;
    if (used + more <= mib * 1024 * 1024)
        return RC_OK;
    return FAIL(
        cx, RC_TOO_BIG, "file", "您今天上传的文件已达上限 {mib} MB，请明天再传或联系管理员",
        "your uploads of today have reached {mib} MiB: go on tomorrow or ask the administrator",
        "mib", arena_printf(cx->a, "%lld", (long long)mib));
}

bool file_is_image(const struct file *f)
{
    return !strncmp(f->type, "image/", 6);
}

/* Type, limits, and for a picture everything that its pixels tell: nothing is stored yet. */
static enum rc inspect(struct cx *cx, const char *spooled, const char *name, struct file *f,
                       struct copies *c)
{
    char head[512];
    int fd = open(spooled, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof head);
    enum rc rc = RC_OK;
    if (n <= 0)
        rc = n ? FAIL(cx, RC_INTERNAL, "file", "上传的文件读不到", "cannot read the upload")
               : FAIL(cx, RC_INVALID, "file", "文件是空的", "the file is empty");
    f->type = rc ? NULL : sniff(head, (size_t)n, name);
    if (!rc && !f->type)
        rc = FAIL(cx, RC_INVALID, "file",
                  "不接受这种文件；可上传 JPEG、PNG、WebP 图片，PDF，xlsx，docx",
                  "this type of file is not accepted: JPEG, PNG, WebP, PDF, xlsx, docx");
    if (!rc)
        rc = check_limit(cx, f);
    if (!rc)
        rc = file_quota(cx, f->size);
    if (!rc && file_is_image(f))
        rc = copies_read(cx, fd, c);
    if (fd >= 0)
        close(fd);
    return rc;
}

static enum rc end_part(struct cx *cx, int64_t part_id, int64_t file_id)
{
    int64_t changed = 0;
    enum rc rc = cx_db(cx, db_run(cx->db,
                                  "UPDATE file_part SET file_id = :file WHERE id = :id"
                                  " AND file_id IS NULL",
                                  BINDS(B_INT("file", file_id), B_INT("id", part_id)), &changed));
    return rc || changed
               ? rc
               : FAIL(cx, RC_CONFLICT, "id", "这个文件已经传完", "this upload is complete");
}

static enum rc write_row(struct cx *cx, struct file *f, const struct copies *c, int64_t part_id)
{
    enum rc rc = cx_db(
        cx,
        db_int_of(cx->db,
                  "INSERT INTO file (sha256, name, type, size, created_at, created_by)"
                  " VALUES (:sha, :name, :type, :size, :now, :by) RETURNING id",
                  BINDS(B_TEXT("sha", f->sha256), B_TEXT("name", f->name), B_TEXT("type", f->type),
                        B_INT("size", f->size), B_INT("now", cx->now.ms),
                        cx->actor.user_id ? B_INT("by", cx->actor.user_id) : B_NULL("by")),
                  &f->id));
    if (!rc && file_is_image(f))
        rc = copies_rows(cx, f, c);
    if (!rc && part_id)
        rc = end_part(cx, part_id, f->id);
    return rc ? rc
              : journal_add(cx, "file", f->id, "upload",
                            arena_printf(cx->a, "{\"sha256\":[null,\"%s\"]}", f->sha256), "ok");
}

static enum rc store(struct cx *cx, const char *spooled, struct file *f, struct copies *c,
                     int64_t part_id)
{
    enum rc rc = file_is_image(f) ? copies_write(cx, c) : RC_OK;
    if (!rc)
        rc = blob_move(cx, spooled, f->sha256);
    if (rc)
        return rc;
    rc = cx_db(cx, db_begin(cx->db));
    if (!rc)
        rc = write_row(cx, f, c, part_id);
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

enum rc file_take(struct cx *cx, const char *spooled, const char *name, uint64_t size,
                  const char *sha256, int64_t part_id, struct file *out)
{
    struct copies c = {0};
    if (!name)
        name = "";
    *out = (struct file){.size = (int64_t)size,
                         .sha256 = arena_strdup(cx->a, sha256),
                         .name = file_clean_name(cx, name),
                         .created_by = cx->actor.user_id,
                         .created_at = cx->now.ms};
    enum rc rc = inspect(cx, spooled, name, out, &c);
    int lock = rc ? -1 : blob_lock(cx, false);
    if (!rc && lock < 0)
        rc = cx->err.rc;
    if (!rc)
        rc = store(cx, spooled, out, &c, part_id);
    if (lock >= 0)
        close(lock);
    out->width = c.r.width;
    out->height = c.r.height;
    image_free(&c.r);
    return rc;
}

enum rc file_store(struct cx *cx, const char *spooled, const char *name, uint64_t size,
                   const char *sha256, struct file *out)
{
    return file_take(cx, spooled, name, size, sha256, 0, out);
}

enum rc file_load(struct cx *cx, int64_t id, struct file *out)
{
    struct db_rows *r;
    *out = (struct file){0};
    enum rc rc = db_query(cx->db,
                          "SELECT id, sha256, name, type, size, created_by, kind, record_id, width,"
                          " height, created_at FROM file WHERE id = :id",
                          BINDS(B_INT("id", id)), &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r))
        *out = (struct file){.id = db_int(r, 0),
                             .sha256 = arena_strdup(cx->a, db_text(r, 1)),
                             .name = arena_strdup(cx->a, db_text(r, 2)),
                             .type = arena_strdup(cx->a, db_text(r, 3)),
                             .size = db_int(r, 4),
                             .created_by = db_int(r, 5),
                             .kind = arena_strdup(cx->a, db_text(r, 6)),
                             .record_id = db_int(r, 7),
                             .width = (int)db_int(r, 8),
                             .height = (int)db_int(r, 9),
                             .created_at = db_int(r, 10)};
    return cx_db(cx, db_end(r));
}

static enum rc no_such_file(struct cx *cx)
{
    return FAIL(cx, RC_NOT_FOUND, NULL, "没有这个文件，或您无权查看",
                "no such file, or not visible to you");
}

/* His own upload, evidence of a record that he may read, or, for the auditor, any original. */
static enum rc may_open(struct cx *cx, const struct file *f, enum file_face face)
{
    struct row *row;
    const char *original = cx_scope(cx, "file.original");
    bool any = face == FILE_ORIGINAL && original && !strcmp(original, "all");
    bool mine = f->id && f->created_by && f->created_by == cx->actor.user_id;
    const struct kind *k = record_kind(f->kind);
    if (!f->id || (!any && !mine && (!k || record_get(cx, k, f->record_id, &row))))
        return no_such_file(cx);
    if (face == FILE_ORIGINAL && !original)
        return FAIL(cx, RC_DENIED, NULL, "您没有查看原件的权限", "you may not see the original");
    return RC_OK;
}

/* SEC-11: who looked at which evidence. */
static enum rc note_view(struct cx *cx, const struct file *f, enum file_face face)
{
    static const char *const actions[] = {
        [FILE_ORIGINAL] = "view_original", [FILE_CLEAN] = "view", [FILE_MARKED] = "view_marked"};
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (!rc)
        rc = journal_add(cx, "file", f->id, actions[face], "{}", "ok");
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

enum rc file_open(struct cx *cx, int64_t id, enum file_face face, bool quiet, struct file *out,
                  int *fd)
{
    enum rc rc = file_load(cx, id, out);
    if (!rc)
        rc = may_open(cx, out, face);
    if (rc)
        return rc;
    const char *sha256 = out->sha256;
    bool thumb = face == FILE_SMALL || face == FILE_LARGE;
    if (!file_is_image(out) && (thumb || face == FILE_MARKED))
        return FAIL(cx, RC_NOT_FOUND, NULL, "这个文件不是图片", "this file is no picture");
    if (file_is_image(out) && face != FILE_ORIGINAL)
        rc = copy_find(cx, out, face, &sha256);
    if (rc)
        return rc;
    *fd = open(blob_path(cx, sha256), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (*fd < 0)
        return FAIL(cx, RC_INTERNAL, NULL, "文件内容缺失", "the stored file is missing");
    rc = thumb || quiet ? RC_OK : note_view(cx, out, face);
    if (rc) {
        close(*fd);
        *fd = -1;
    }
    return rc;
}

enum rc file_json(struct cx *cx, int64_t id, struct jw *w)
{
    struct file f;
    enum rc rc = file_load(cx, id, &f);
    if (!rc)
        rc = may_open(cx, &f, FILE_CLEAN);
    return rc ? rc : record_file_json(cx, w, id);
}
