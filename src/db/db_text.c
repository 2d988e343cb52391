/* SPDX-License-Identifier: Apache-2.0 */
/* Binds, and the texts of failures: one wording for both databases. */
#include <math.h>
#include <string.h>

#include "base/log.h"
#include "db/db_int.h"

uint64_t sql_hash(const char *sql)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *sql; sql++) {
        h = (h ^ (unsigned char)*sql) * UINT64_C(1099511628211);
    }
    return h;
}

const struct bind *bind_find(const struct bind *binds, const char *name, size_t n)
{
    for (const struct bind *b = binds; b->type != BIND_END; b++) {
        if (strncmp(b->name, name, n) == 0 && b->name[n] == '\0') {
            return b;
        }
    }
    return NULL;
}

bool bind_is_null(const struct bind *b)
{
    switch (b->type) {
    case BIND_TEXT:
    case BIND_BYTES:
        return b->p == NULL;
    case BIND_FLOAT:
        return isnan(b->f);
    case BIND_INT:
        return false;
    default:
        return true;
    }
}

enum rc unbound(struct db *db, const char *name, const char *sql)
{
    char why[128];
    size_t n = strnlen(name, 60);
    memcpy(why, name, n);
    memcpy(why + n, " is not bound", sizeof " is not bound");
    return broken(&db->err, why, sql);
}

enum rc busy(struct err *e, const char *why)
{
    return fail(e, RC_BUSY, NULL, "数据库正忙，请稍后再试",
                "the database is busy, try again: {why}", "why", why, NULL);
}

enum rc disk_full(struct err *e, const char *why)
{
    log_error("db: disk full: %s", why);
    return fail(e, RC_BUSY, NULL, "磁盘已满，无法保存，请清理磁盘空间后再试",
                "disk full, nothing was saved: free some space and try again", NULL);
}

enum rc conflict(struct err *e, const char *field, bool reference)
{
    if (reference) {
        return fail(e, RC_CONFLICT, field, "关联的记录不存在，或本记录仍被引用",
                    "a referenced record does not exist, or this one is still referenced", NULL);
    }
    return fail(e, RC_CONFLICT, field, "已有相同的记录", "such a record already exists", NULL);
}

enum rc bad_value(struct err *e, const char *field, const char *why)
{
    return fail(e, RC_INVALID, field, "数据不符合约束：{why}", "the value breaks a rule: {why}",
                "why", why, NULL);
}

enum rc read_only(struct err *e)
{
    return fail(e, RC_DENIED, NULL, "数据库对本进程只读", "the database is read-only here", NULL);
}

enum rc broken(struct err *e, const char *why, const char *sql)
{
    log_error("db: %s in: %.300s", why, sql);
    return fail(e, RC_INTERNAL, NULL, "数据库错误：{why}", "database error: {why}", "why", why,
                NULL);
}
