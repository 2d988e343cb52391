/* SPDX-License-Identifier: Apache-2.0 */
/* Uploads that survive a cut connection. The row says what is to come (name, size, SHA-256), the
 * spooled part how much of it is here; the web server's I/O threads append to the part without
 * knowing the row (http/upload.c). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "core/file_int.h"
#include "io/file.h"

enum { PARTS_AT_ONCE = 20, PART_MAX = 32 * 1024 * 1024 };

static const char *part_path(struct cx *cx, const char *part)
{
    return arena_printf(cx->a, "%s/spool/" FILE_PART_PREFIX "%s", cx->data_dir, part);
}

static enum rc no_spool(struct cx *cx)
{
    return FAIL(cx, RC_BUSY, "file", "不能写临时文件，磁盘可能已满",
                "cannot write a temporary file");
}

static enum rc find(struct cx *cx, const char *upload, struct file_part *out)
{
    struct db_rows *r;
    struct stat st;
    *out = (struct file_part){0};
    enum rc rc = db_query(cx->db,
                          "SELECT id, upload, part, name, size, sha256, file_id FROM file_part"
                          " WHERE account_id = :me AND upload = :upload",
                          BINDS(B_INT("me", cx->actor.user_id), B_TEXT("upload", upload)), &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r))
        *out = (struct file_part){.id = db_int(r, 0),
                                  .upload = arena_strdup(cx->a, db_text(r, 1)),
                                  .part = arena_strdup(cx->a, db_text(r, 2)),
                                  .name = arena_strdup(cx->a, db_text(r, 3)),
                                  .size = db_int(r, 4),
                                  .sha256 = arena_strdup(cx->a, db_text(r, 5)),
                                  .file_id = db_int(r, 6)};
    rc = cx_db(cx, db_end(r));
    if (rc || !out->id)
        return rc;
    if (out->file_id)
        out->offset = out->size;
    else if (stat(part_path(cx, out->part), &st) == 0)
        out->offset = (int64_t)st.st_size;
    return RC_OK;
}

static bool is_hex(const char *s, size_t n)
{
    return strlen(s) == n && strspn(s, "0123456789abcdef") == n;
}

static enum rc check(struct cx *cx, const char *upload, int64_t size, const char *sha256)
{
    size_t n = strlen(upload);
    if (n < 8 || n > 64 ||
        strspn(upload, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") != n)
        return FAIL(cx, RC_INVALID, "id", "上传编号应为 8 到 64 个字母、数字、- 或 _",
                    "the id of an upload is 8 to 64 letters, digits, - or _");
    if (!is_hex(sha256, 64))
        return FAIL(cx, RC_INVALID, "sha256", "sha256 应为 64 位小写十六进制",
                    "sha256 is 64 lower-case hexadecimal digits");
    if (size < 1)
        return FAIL(cx, RC_INVALID, "size", "文件是空的", "the file is empty");
    if (size > PART_MAX)
        return FAIL(cx, RC_TOO_BIG, "size", "文件太大：最多 32 MB",
                    "the file is too large: at most 32 MiB");
    return RC_OK;
}

/* Somebody still writes on a dead connection: he keeps his inode, we go on with a copy of it. */
static enum rc take_over(struct cx *cx, const char *path)
{
    char *bytes;
    size_t n;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    bool quiet = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (fd >= 0)
        close(fd);
    if (fd < 0 || quiet)
        return fd < 0 ? no_spool(cx) : RC_OK;
    if (file_read(cx->a, path, PART_MAX, &bytes, &n, NULL) ||
        file_write(path, bytes, n, 0600, NULL))
        return no_spool(cx);
    return RC_OK;
}

static enum rc touch(struct cx *cx, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return no_spool(cx);
    close(fd);
    return RC_OK;
}

static enum rc insert(struct cx *cx, const char *upload, const char *part, const char *name,
                      int64_t size, const char *sha256)
{
    int64_t open_parts = 0;
    enum rc rc = cx_db(cx, db_int_of(cx->db,
                                     "SELECT COUNT(*) FROM file_part WHERE account_id = :me"
                                     " AND file_id IS NULL",
                                     BINDS(B_INT("me", cx->actor.user_id)), &open_parts));
    if (!rc && open_parts >= PARTS_AT_ONCE)
        return FAIL(cx, RC_BUSY, NULL, "您有太多没有传完的文件，请先传完它们",
                    "too many unfinished uploads of yours: finish them first");
    if (!rc)
        rc = file_quota(cx, size);
    return rc ? rc
              : cx_db(cx,
                      db_run(cx->db,
                             "INSERT INTO file_part (account_id, upload, part, name, size, sha256,"
                             " created_at) VALUES (:me, :upload, :part, :name, :size, :sha, :now)",
                             BINDS(B_INT("me", cx->actor.user_id), B_TEXT("upload", upload),
                                   B_TEXT("part", part), B_TEXT("name", name), B_INT("size", size),
                                   B_TEXT("sha", sha256), B_INT("now", cx->now.ms)),
                             NULL));
}

/* Registered before, perhaps in another session: the part is renamed to what this one will ask. */
static enum rc go_on(struct cx *cx, const struct file_part *p, const char *part, int64_t size,
                     const char *sha256)
{
    if (p->size != size || strcmp(p->sha256, sha256))
        return FAIL(cx, RC_CONFLICT, "id", "这个上传编号已用于另一个文件，请换一个",
                    "this id belongs to the upload of another file: choose another one");
    if (p->file_id || !strcmp(p->part, part))
        return RC_OK;
    if (rename(part_path(cx, p->part), part_path(cx, part)) != 0 && errno != ENOENT)
        return no_spool(cx);
    return cx_db(cx, db_run(cx->db, "UPDATE file_part SET part = :part WHERE id = :id",
                            BINDS(B_TEXT("part", part), B_INT("id", p->id)), NULL));
}

enum rc file_part_begin(struct cx *cx, const char *upload, const char *part, const char *name,
                        int64_t size, const char *sha256, struct file_part *out)
{
    enum rc rc = check(cx, upload, size, sha256);
    if (!rc)
        rc = cx_db(cx, db_begin(cx->db));
    if (!rc)
        rc = find(cx, upload, out);
    if (!rc)
        rc = out->id ? go_on(cx, out, part, size, sha256)
                     : insert(cx, upload, part, file_clean_name(cx, name), size, sha256);
    if (!rc && !out->file_id)
        rc = touch(cx, part_path(cx, part));
    if (!rc && !out->file_id)
        rc = take_over(cx, part_path(cx, part));
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc ? rc : find(cx, upload, out);
}

enum rc file_part_find(struct cx *cx, const char *upload, struct file_part *out)
{
    enum rc rc = find(cx, upload, out);
    if (!rc && !out->id)
        rc = FAIL(cx, RC_NOT_FOUND, NULL, "没有登记这个上传", "no such upload is registered");
    if (!rc && !out->file_id)
        rc = take_over(cx, part_path(cx, out->part));
    return rc ? rc : find(cx, upload, out);
}

/* The part, locked: as long as it is, no writer of ours has it open (http/upload.c). -1: somebody
 * still sends. */
static int lock_part(struct cx *cx, const char *path)
{
    struct stat here, there;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &here) == 0 &&
        stat(path, &there) == 0 && here.st_ino == there.st_ino)
        return fd;
    if (fd >= 0)
        close(fd);
    (void)FAIL(cx, RC_CONFLICT, "id", "这个文件正在上传，请稍后再试",
               "this file is being sent; try again later");
    return -1;
}

static enum rc hash_part(struct cx *cx, const char *path, char sha256[HASH_HEX])
{
    char *bytes;
    size_t n;
    if (file_read(cx->a, path, PART_MAX, &bytes, &n, NULL))
        return FAIL(cx, RC_INTERNAL, "file", "上传的文件读不到", "cannot read the upload");
    hash_hex(bytes, n, sha256);
    return RC_OK;
}

/* Wrong bytes do not get better by more of them: the sender starts anew under the same id. */
static enum rc wrong(struct cx *cx, const struct file_part *p)
{
    if (truncate(part_path(cx, p->part), 0) != 0)
        return no_spool(cx);
    return FAIL(cx, RC_INVALID, "sha256", "收到的内容与校验值不符，请从头重传",
                "the bytes do not have the promised SHA-256: send them again from the start");
}

static enum rc finish(struct cx *cx, const struct file_part *p, struct file *out)
{
    char sha256[HASH_HEX];
    const char *path = part_path(cx, p->part);
    int fd = lock_part(cx, path);
    if (fd < 0)
        return cx->err.rc;
    enum rc rc = hash_part(cx, path, sha256);
    if (!rc && (p->offset > p->size || strcmp(sha256, p->sha256)))
        rc = wrong(cx, p);
    if (!rc)
        rc = file_take(cx, path, p->name, (uint64_t)p->size, p->sha256, p->id, out);
    close(fd);
    return rc;
}

enum rc file_part_end(struct cx *cx, const char *upload, struct file *out)
{
    struct file_part p;
    enum rc rc = find(cx, upload, &p);
    if (!rc && !p.id)
        return FAIL(cx, RC_NOT_FOUND, NULL, "没有登记这个上传", "no such upload is registered");
    if (rc || p.file_id)
        return rc ? rc : file_load(cx, p.file_id, out);
    if (p.offset >= p.size)
        return finish(cx, &p, out);
    return FAIL(cx, RC_CONFLICT, "Upload-Offset", "还没有传完：已收到 {n} 字节",
                "not complete yet: {n} bytes are here", "n",
                arena_printf(cx->a, "%lld", (long long)p.offset));
}
