/* SPDX-License-Identifier: Apache-2.0 */
/* Which kinds there are, and their views. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "record/record_int.h"

static const struct kind *const *all_kinds;
static int n_all_kinds;

/* clang-format off */
const struct field fixed_fields[N_FIXED] = {
    {"id",         "序号",     "ID",         F_INT},
    {"rev",        "版次",     "Revision",   F_INT},
    {"created_at", "创建时间", "Created at", F_INSTANT},
    {"created_by", "创建人",   "Created by", F_INT},
    {"updated_at", "更新时间", "Updated at", F_INSTANT},
    {"retired_at", "停用时间", "Retired at", F_INSTANT},
};
const bool fixed_not_null[N_FIXED] = {true, true, true, false, true, false};
/* clang-format on */

void record_register(const struct kind *const *kinds, int n)
{
    all_kinds = kinds;
    n_all_kinds = n;
}

const struct kind *record_kind(const char *name)
{
    for (int i = 0; name && i < n_all_kinds; i++)
        if (!strcmp(all_kinds[i]->name, name))
            return all_kinds[i];
    return NULL;
}

const struct kind *const *record_kinds(int *n)
{
    *n = n_all_kinds;
    return all_kinds;
}

int field_index(const struct kind *k, const char *name)
{
    for (int i = 0; i < k->n_fields; i++)
        if (!strcmp(k->fields[i].name, name))
            return i;
    return -1;
}

const char *kind_table(const struct kind *k)
{
    return k->table ? k->table : k->name;
}

const struct field *kind_number(const struct kind *k)
{
    size_t len = k->identity ? strcspn(k->identity, "|+") : 0;
    for (int i = 0; len && k->identity[len] != '+' && i < k->n_fields; i++)
        if (strlen(k->fields[i].name) == len && !memcmp(k->fields[i].name, k->identity, len))
            return k->fields[i].type == F_TEXT && i != k->label_field ? &k->fields[i] : NULL;
    return NULL;
}

static void view_sql(const struct kind *k, struct buf *b)
{
    buf_printf(b, "CREATE VIEW %s_v AS SELECT t.id, %s", k->name,
               k->derived ? "1 AS rev, 0 AS created_at, CAST(NULL AS BIGINT) AS created_by, 0 AS updated_at,"
                            " CAST(NULL AS BIGINT) AS retired_at"
                          : "t.rev, t.created_at, t.created_by, t.updated_at, t.retired_at");
    for (int i = 0; i < k->n_fields; i++)
        for (int c = 0; c < field_columns(&k->fields[i]); c++)
            buf_printf(b, ", t.%s%s", k->fields[i].name, column_suffix(&k->fields[i], c));
    for (int i = 0; i < k->n_fields; i++) {
        const struct field *f = &k->fields[i];
        if (f->type == F_REF) {
            const struct kind *to = record_kind(f->ref);
            const struct field *number = kind_number(to);
            buf_printf(b, ", r%d.%s AS %s__label", i, to->fields[to->label_field].name, f->name);
            if (number)
                buf_printf(b, ", r%d.%s AS %s__no", i, number->name, f->name);
        }
    }
    if (k->derived)
        buf_printf(b, " FROM (%s) t", k->derived);
    else
        buf_printf(b, " FROM %s t", kind_table(k));
    for (int i = 0; i < k->n_fields; i++) {
        const struct field *f = &k->fields[i];
        if (f->type == F_REF)
            buf_printf(b, " LEFT JOIN %s r%d ON r%d.id = t.%s", kind_table(record_kind(f->ref)), i,
                       i, f->name);
    }
    buf_text_add(b, ";\n");
}

/* Drops every view of ours that stands in a text of CREATE VIEW statements. */
static void drop_sql(const char *create, struct buf *b)
{
    for (const char *s = strstr(create, "CREATE VIEW "); s; s = strstr(s, "CREATE VIEW ")) {
        s += strlen("CREATE VIEW ");
        buf_printf(b, "DROP VIEW IF EXISTS %.*s;\n", (int)strcspn(s, " \n"), s);
    }
}

static enum rc stored_hash(struct cx *cx, char out[HASH_HEX])
{
    struct db_rows *r;
    *out = 0;
    enum rc rc = db_query(cx->db, "SELECT value FROM setting WHERE name = 'views_hash'", NO_BINDS, &r);
    if (rc)
        return cx_db(cx, rc);
    if (db_next(r))
        snprintf(out, HASH_HEX, "%s", db_text(r, 0));
    return cx_db(cx, db_end(r));
}

static enum rc rebuild(struct cx *cx, const char *create, const char *hash)
{
    struct buf drop = {0};
    drop_sql(create, &drop);
    enum rc rc = db_begin(cx->db);
    if (!rc)
        rc = db_script(cx->db, buf_text(&drop));
    if (!rc)
        rc = db_script(cx->db, create);
    if (!rc)
        rc = db_run(cx->db,
                    "INSERT INTO setting (name, value) VALUES ('views_hash', :hash)"
                    " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    BINDS(B_TEXT("hash", hash)), NULL);
    if (!rc)
        rc = db_commit(cx->db);
    rc = cx_db(cx, rc);
    if (rc)
        db_rollback(cx->db);
    buf_free(&drop);
    return rc;
}

/* A migration drops the views and leaves the hash. */
static enum rc views_missing(struct cx *cx, bool *out)
{
    int64_t n = 0;
    enum rc rc = db_int_of(cx->db,
                           db_kind(cx->db) == DB_SQLITE
                               ? "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'view' AND name = :name"
                               : "SELECT COUNT(*) FROM pg_catalog.pg_views WHERE schemaname = 'shouwang'"
                                 " AND viewname = :name",
                           BINDS(B_TEXT("name", arena_printf(cx->a, "%s_v", all_kinds[0]->name))), &n);
    *out = n == 0;
    return cx_db(cx, rc);
}

enum rc record_views(struct cx *cx, const char *views_sql)
{
    bool missing = false;
    struct buf create = {0};
    char hash[HASH_HEX], stored[HASH_HEX];
    buf_text_add(&create, views_sql);
    buf_char(&create, '\n');
    for (int i = 0; i < n_all_kinds; i++)
        view_sql(all_kinds[i], &create);
    hash_hex(create.data, create.len, hash);
    enum rc rc = stored_hash(cx, stored);
    if (!rc)
        rc = views_missing(cx, &missing);
    if (!rc && (missing || strcmp(hash, stored)))
        rc = rebuild(cx, buf_text(&create), hash);
    buf_free(&create);
    return rc ? rc : record_search(cx);
}
