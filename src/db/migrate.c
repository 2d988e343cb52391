/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the migrations that a database has not seen yet. */
#include <ctype.h>
#include <string.h>

#include "base/civil.h"
#include "base/hash.h"
#include "base/log.h"
#include "db/db_int.h"
#include "db/migrate.h"

#define LOCK_MS 600000 /* another process may be in a long migration */
#define STEM_MAX 128

/* "0001_base.pg.sql" -> "0001_base": under this name it is recorded on both databases. */
static size_t stem_length(const char *name, bool *for_postgres)
{
    size_t n = strlen(name);
    *for_postgres = n > 7 && strcmp(name + n - 7, ".pg.sql") == 0;
    if (*for_postgres) {
        return n - 7;
    }
    return n > 4 && strcmp(name + n - 4, ".sql") == 0 ? n - 4 : n;
}

static bool same_stem(const char *a, const char *b)
{
    bool unused;
    size_t n = stem_length(a, &unused);
    return n == stem_length(b, &unused) && memcmp(a, b, n) == 0;
}

static bool has_postgres_twin(const struct embedded_file *files, const char *name)
{
    for (const struct embedded_file *f = files; f->name; f++) {
        bool pg;
        (void)stem_length(f->name, &pg);
        if (pg && same_stem(f->name, name)) {
            return true;
        }
    }
    return false;
}

static bool applies(enum db_kind kind, const struct embedded_file *files, const char *name)
{
    bool pg;
    (void)stem_length(name, &pg);
    return pg ? kind == DB_POSTGRES : kind == DB_SQLITE || !has_postgres_twin(files, name);
}

static enum rc stem_of(const char *name, char out[STEM_MAX], struct err *e)
{
    bool unused;
    size_t n = stem_length(name, &unused);
    if (n >= STEM_MAX || !isdigit((unsigned char)name[0])) {
        return fail(e, RC_INTERNAL, NULL, "升级文件名不合规：{file}",
                    "bad name of a migration: {file}", "file", name, NULL);
    }
    memcpy(out, name, n);
    out[n] = '\0';
    return RC_OK;
}

static enum rc pass(struct db *db, enum rc rc, struct err *e)
{
    if (e) {
        *e = *db_err(db);
    }
    return rc;
}

static enum rc failed(struct db *db, enum rc rc, const char *file, struct err *e)
{
    struct err why = *db_err(db);
    log_error("db: migration %s failed: %s", file, why.en);
    return fail(e, rc, NULL, "数据库升级文件 {file} 执行失败：{zh}",
                "the migration {file} failed: {en}", "file", file, "zh", why.zh, "en", why.en,
                NULL);
}

static enum rc changed(const char *file, struct err *e)
{
    return fail(e, RC_CONFLICT, NULL, "升级文件 {file} 在执行之后被修改过，拒绝启动",
                "the migration {file} was changed after it ran: refusing to start", "file", file,
                NULL);
}

static enum rc newer(const char *name, struct err *e)
{
    return fail(e, RC_CONFLICT, NULL, "数据库比程序新：程序不认识升级文件 {file}，请使用新版程序",
                "the database is newer than the program, which does not know the migration {file}: "
                "use the newer program",
                "file", name, NULL);
}

static bool known(enum db_kind kind, const struct embedded_file *files, const char *stem)
{
    for (const struct embedded_file *f = files; f->name; f++) {
        bool unused;
        size_t n = stem_length(f->name, &unused);
        if (applies(kind, files, f->name) && strlen(stem) == n && memcmp(f->name, stem, n) == 0) {
            return true;
        }
    }
    return false;
}

static enum rc refuse_newer(struct db *db, const struct embedded_file *files, struct err *e)
{
    struct db_rows *r;
    enum rc rc = db_query(db, "SELECT name FROM migration ORDER BY name", NO_BINDS, &r);
    if (rc != RC_OK) {
        return pass(db, rc, e);
    }
    enum rc found = RC_OK;
    while (found == RC_OK && db_next(r)) {
        const char *stem = db_text(r, 0);
        found = known(db->kind, files, stem) ? RC_OK : newer(stem, e);
    }
    rc = db_end(r);
    return found != RC_OK ? found : rc != RC_OK ? pass(db, rc, e) : RC_OK;
}

/* RC_NOT_FOUND when it has not run yet. */
static enum rc already(struct db *db, const char *file, const char *stem, const char *hash,
                       struct err *e)
{
    struct db_rows *r;
    enum rc rc = db_query(db, "SELECT hash FROM migration WHERE name = :name",
                          BINDS(B_TEXT("name", stem)), &r);
    if (rc != RC_OK) {
        return pass(db, rc, e);
    }
    enum rc found = RC_NOT_FOUND;
    if (db_next(r)) {
        found = strcmp(db_text(r, 0), hash) == 0 ? RC_OK : changed(file, e);
    }
    rc = db_end(r);
    return rc != RC_OK ? pass(db, rc, e) : found;
}

/* With foreign keys off (tables may be rebuilt), what a migration leaves must still hold. */
static enum rc check_references(struct db *db)
{
    struct db_rows *r;
    if (db->kind != DB_SQLITE) {
        return RC_OK;
    }
    enum rc rc = db_query(db, "SELECT \"table\" FROM pragma_foreign_key_check", NO_BINDS, &r);
    if (rc != RC_OK) {
        return rc;
    }
    bool broken_one = db_next(r);
    rc = db_end(r);
    return rc == RC_OK && broken_one ? conflict(&db->err, NULL, true) : rc;
}

/* Views stand on the tables that a migration may rebuild: they go first and are made anew from the
 * descriptors afterwards (design.md 4.1). */
static enum rc drop_views(struct db *db, struct arena *a)
{
    struct db_rows *r;
    struct buf sql = {0};
    bool lite = db->kind == DB_SQLITE;
    enum rc rc = db_query(db,
                          lite ? "SELECT name FROM sqlite_schema WHERE type = 'view'"
                               : "SELECT viewname::text FROM pg_catalog.pg_views WHERE schemaname = :schema",
                          BINDS(B_TEXT("schema", db->store == DB_BUSINESS ? "shouwang" : "watch")), &r);
    if (rc != RC_OK) {
        return rc;
    }
    while (db_next(r)) {
        buf_printf(&sql, "DROP VIEW IF EXISTS %s%s;\n", db_text(r, 0), lite ? "" : " CASCADE");
    }
    rc = db_end(r);
    if (rc == RC_OK && sql.len > 0) {
        rc = db_script(db, arena_strdup(a, buf_text(&sql)));
    }
    buf_free(&sql);
    return rc;
}

static enum rc apply(struct db *db, const struct embedded_file *f, const char *stem,
                     const char *hash)
{
    struct arena *a = arena_new();
    enum rc rc = drop_views(db, a);
    if (rc == RC_OK) {
        rc = db_script(db, db_expand(a, f->text, db->kind));
    }
    arena_free(a);
    if (rc == RC_OK) {
        rc = check_references(db);
    }
    if (rc != RC_OK) {
        return rc;
    }
    return db_run(db, "INSERT INTO migration (name, hash, applied_at) VALUES (:name, :hash, :at)",
                  BINDS(B_TEXT("name", stem), B_TEXT("hash", hash), B_INT("at", instant_now().ms)),
                  NULL);
}

/* The lock is asked for inside the transaction, so it cannot be left behind. On SQLite BEGIN
 * IMMEDIATE is the lock. */
static enum rc begin_alone(struct db *db)
{
    enum rc rc = db_begin(db);
    if (rc != RC_OK || db->kind == DB_SQLITE) {
        return rc;
    }
    rc = db_script(db, "SET LOCAL lock_timeout = '10min'; SET LOCAL statement_timeout = 0;"
                       "SET LOCAL client_min_messages = warning;"
                       "SELECT pg_advisory_xact_lock(" MAINTENANCE_LOCK ")");
    if (rc != RC_OK) {
        db_rollback(db);
    }
    return rc;
}

static enum rc one_file(struct db *db, const struct embedded_file *f, struct err *e)
{
    char stem[STEM_MAX], hash[HASH_HEX];
    enum rc rc = stem_of(f->name, stem, e);
    if (rc != RC_OK) {
        return rc;
    }
    hash_hex(f->text, strlen(f->text), hash);
    if ((rc = begin_alone(db)) != RC_OK) {
        return pass(db, rc, e);
    }
    rc = already(db, f->name, stem, hash, e);
    if (rc == RC_NOT_FOUND) {
        rc = apply(db, f, stem, hash);
        if (rc == RC_OK) {
            rc = db_commit(db);
        }
        if (rc != RC_OK) {
            rc = failed(db, rc, f->name, e);
        } else {
            log_info("db: migration %s applied", f->name);
        }
    }
    db_rollback(db);
    return rc;
}

static enum rc prepare_table(struct db *db, const struct embedded_file *files, struct err *e)
{
    struct arena *a = arena_new();
    const char *sql =
        db_expand(a,
                  "CREATE TABLE IF NOT EXISTS migration (name TEXT NOT NULL PRIMARY KEY, "
                  "hash TEXT NOT NULL, applied_at INT NOT NULL)",
                  db->kind);
    enum rc rc = begin_alone(db);
    if (rc == RC_OK && (rc = db_script(db, sql)) == RC_OK) {
        rc = refuse_newer(db, files, e);
        if (rc == RC_OK && (rc = db_commit(db)) != RC_OK) {
            (void)pass(db, rc, e);
        }
    } else {
        (void)pass(db, rc, e);
    }
    db_rollback(db);
    arena_free(a);
    return rc;
}

/* Not through db_run(): SQLite obeys this pragma while preparing, and statements are cached. */
static void sqlite_foreign_keys(struct db *db, bool on)
{
    if (db->kind == DB_SQLITE &&
        db->ops->exec(db, on ? "PRAGMA foreign_keys = ON" : "PRAGMA foreign_keys = OFF") != RC_OK) {
        die("cannot switch foreign keys: %s", db_err(db)->en);
    }
}

enum rc db_migrate(struct db *db, const struct embedded_file *files, struct err *e)
{
    if (db->in_tx) {
        return fail(e, RC_INTERNAL, NULL, "升级不能在事务中进行", "migration inside a transaction",
                    NULL);
    }
    db->ops->patience(db, LOCK_MS);
    sqlite_foreign_keys(db, false);
    enum rc rc = prepare_table(db, files, e);
    for (const struct embedded_file *f = files; rc == RC_OK && f->name; f++) {
        if (applies(db->kind, files, f->name)) {
            rc = one_file(db, f, e);
        }
    }
    sqlite_foreign_keys(db, true);
    db->ops->patience(db, 0);
    return rc;
}
