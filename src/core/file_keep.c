/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping house: what nobody names goes after a day, bytes without a row go, the rest is verified.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "core/file_int.h"
#include "journal/journal.h"

enum { EXPIRE_AT_ONCE = 200, BLOB_GRACE_S = 3600 };

/* --- rows --- */

static enum rc expire_one(struct cx *cx, int64_t id, int *removed)
{
    int64_t gone = 0;
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (!rc)
        rc = cx_db(cx, db_run(cx->db,
                              "DELETE FROM file_copy WHERE file_id IN"
                              " (SELECT id FROM file WHERE id = :id AND record_id IS NULL)",
                              BINDS(B_INT("id", id)), NULL));
    if (!rc)
        rc = cx_db(cx, db_run(cx->db, "DELETE FROM file WHERE id = :id AND record_id IS NULL",
                              BINDS(B_INT("id", id)), &gone));
    if (!rc && gone)
        rc = journal_add(cx, "file", id, "expire", "{}", "ok");
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    *removed += !rc && gone;
    return rc;
}

static enum rc expire_files(struct cx *cx, int *removed)
{
    struct db_rows *r;
    enum rc rc =
        db_query(cx->db,
                 "SELECT id FROM file WHERE record_id IS NULL AND created_at < :old"
                 " ORDER BY id LIMIT :most",
                 BINDS(B_INT("old", cx->now.ms - FILE_LIFE_MS), B_INT("most", EXPIRE_AT_ONCE)), &r);
    if (rc)
        return cx_db(cx, rc);
    int64_t ids[EXPIRE_AT_ONCE];
    int n = 0;
    while (db_next(r) && n < EXPIRE_AT_ONCE)
        ids[n++] = db_int(r, 0);
    rc = cx_db(cx, db_end(r));
    for (int i = 0; i < n && !rc; i++)
        rc = expire_one(cx, ids[i], removed);
    return rc;
}

static enum rc expire_parts(struct cx *cx, int *removed)
{
    struct db_rows *r;
    const struct bind *old = BINDS(B_INT("old", cx->now.ms - FILE_LIFE_MS));
    enum rc rc =
        db_query(cx->db, "SELECT part FROM file_part WHERE created_at < :old ORDER BY id", old, &r);
    if (rc)
        return cx_db(cx, rc);
    while (db_next(r)) {
        const char *path =
            arena_printf(cx->a, "%s/spool/" FILE_PART_PREFIX "%s", cx->data_dir, db_text(r, 0));
        *removed += unlink(path) == 0;
    }
    rc = db_end(r);
    if (!rc)
        rc = db_run(cx->db, "DELETE FROM file_part WHERE created_at < :old", old, NULL);
    return cx_db(cx, rc);
}

enum rc file_expire(struct cx *cx, int *removed)
{
    *removed = 0;
    enum rc rc = expire_files(cx, removed);
    return rc ? rc : expire_parts(cx, removed);
}

/* --- bytes --- */

static enum rc referenced(struct cx *cx, const char *sha256, bool *out)
{
    int64_t n = 0;
    enum rc rc = db_int_of(cx->db,
                           "SELECT (SELECT COUNT(*) FROM file WHERE sha256 = :sha)"
                           " + (SELECT COUNT(*) FROM file_copy WHERE sha256 = :sha)",
                           BINDS(B_TEXT("sha", sha256)), &n);
    *out = n > 0;
    return cx_db(cx, rc);
}

/* Young bytes may still wait for their row. */
static bool is_old(const struct cx *cx, int dir, const char *name)
{
    struct stat st;
    return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
           st.st_mtime < cx->now.ms / 1000 - BLOB_GRACE_S;
}

/* Under the exclusive lock, so no upload brings the same bytes between the look and the removal. */
static enum rc remove_orphan(struct cx *cx, int dir, const char *name, const char *sha256,
                             int *removed)
{
    bool used = false;
    int lock = blob_lock(cx, true);
    if (lock < 0)
        return cx->err.rc;
    enum rc rc = strlen(sha256) == 64 ? referenced(cx, sha256, &used) : RC_OK;
    if (!rc && !used && is_old(cx, dir, name))
        *removed += unlinkat(dir, name, 0) == 0;
    close(lock);
    return rc;
}

enum rc file_sweep(struct cx *cx, int folder, int *removed)
{
    *removed = 0;
    DIR *d = opendir(arena_printf(cx->a, "%s/files/%02x", cx->data_dir, (unsigned)folder));
    enum rc rc = RC_OK;
    for (struct dirent *f; d && !rc && (f = readdir(d));) {
        char sha256[300];
        bool used = false;
        if (f->d_name[0] == '.' || !is_old(cx, dirfd(d), f->d_name))
            continue;
        (void)snprintf(sha256, sizeof sha256, "%02x%s", (unsigned)folder, f->d_name);
        if (strlen(sha256) == 64)
            rc = referenced(cx, sha256, &used);
        if (!rc && !used)
            rc = remove_orphan(cx, dirfd(d), f->d_name, sha256, removed);
    }
    if (d)
        closedir(d);
    return rc;
}

/* --- verification --- */

/* NULL when the bytes are what their name says. */
static const char *look(struct cx *cx, const char *sha256)
{
    char block[65536], is[HASH_HEX];
    int fd = open(blob_path(cx, sha256), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return "missing";
    struct hasher *h = hasher_new();
    ssize_t n;
    while ((n = read(fd, block, sizeof block)) > 0)
        hasher_add(h, block, (size_t)n);
    hasher_end(h, is);
    close(fd);
    return n == 0 && !strcmp(is, sha256) ? NULL : "changed";
}

/* "照片.jpg (file 12), …" */
static enum rc names_of(struct cx *cx, const char *sha256, const char **out)
{
    struct buf b = {0};
    struct db_rows *r;
    enum rc rc = db_query(cx->db,
                          "SELECT id, name, '' FROM file WHERE sha256 = :sha UNION ALL"
                          " SELECT f.id, f.name, c.face FROM file_copy c JOIN file f"
                          " ON f.id = c.file_id WHERE c.sha256 = :sha ORDER BY 1, 3 LIMIT 5",
                          BINDS(B_TEXT("sha", sha256)), &r);
    if (rc)
        return cx_db(cx, rc);
    while (db_next(r))
        buf_printf(&b, "%s%s (file %lld%s%s)", b.len ? ", " : "", db_text(r, 1),
                   (long long)db_int(r, 0), *db_text(r, 2) ? " " : "", db_text(r, 2));
    *out = arena_strdup(cx->a, buf_text(&b));
    buf_free(&b);
    return cx_db(cx, db_end(r));
}

enum rc file_verify(struct cx *cx, void (*told)(void *ctx, const struct file_fault *f), void *ctx,
                    int64_t *checked, int64_t *wrong)
{
    struct db_rows *r;
    *checked = *wrong = 0;
    enum rc rc =
        db_query(cx->db, "SELECT sha256 FROM file UNION SELECT sha256 FROM file_copy ORDER BY 1",
                 NO_BINDS, &r);
    if (rc)
        return cx_db(cx, rc);
    while (!rc && db_next(r)) {
        const char *sha256 = arena_strdup(cx->a, db_text(r, 0));
        struct file_fault fault = {.sha256 = sha256, .what = look(cx, sha256)};
        ++*checked;
        if (!fault.what)
            continue;
        ++*wrong;
        rc = names_of(cx, sha256, &fault.names);
        if (!rc)
            told(ctx, &fault);
    }
    enum rc end = cx_db(cx, db_end(r));
    return rc ? rc : end;
}
