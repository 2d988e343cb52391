/* SPDX-License-Identifier: Apache-2.0 */
/* The live columns of a table, in the words of the migrations. */
#include <stdio.h>
#include <string.h>

#include "db/db_int.h"

static const char *const sqlite_sql =
    "SELECT c.name, CASE c.type WHEN 'INTEGER' THEN 'INT' WHEN 'REAL' THEN 'FLOAT' "
    "WHEN 'BLOB' THEN 'BYTES' ELSE c.type END, c.\"notnull\" <> 0 OR c.pk > 0 "
    "FROM sqlite_schema t JOIN pragma_table_info(t.name) c "
    "WHERE t.type = 'table' AND t.name = :t ORDER BY c.cid";

static const char *const postgres_sql =
    "SELECT a.attname::text, CASE a.atttypid WHEN 'int8'::regtype THEN 'INT' "
    "WHEN 'float8'::regtype THEN 'FLOAT' WHEN 'bytea'::regtype THEN 'BYTES' "
    "ELSE upper(format_type(a.atttypid, a.atttypmod)) END, a.attnotnull "
    "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = :schema AND c.relname = :t AND c.relkind IN ('r', 'p') "
    "AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

enum rc db_columns(struct db *db, const char *table, struct db_column *cols, int max, int *n)
{
    struct db_rows *r;
    bool lite = db->kind == DB_SQLITE;
    const char *schema = db->store == DB_BUSINESS ? "shouwang" : "watch";
    *n = 0;
    enum rc rc = db_query(db, lite ? sqlite_sql : postgres_sql,
                          BINDS(B_TEXT("t", table), B_TEXT("schema", schema)), &r);
    if (rc != RC_OK) {
        return rc;
    }
    bool too_many = false;
    while (db_next(r) && !(too_many = *n >= max)) {
        struct db_column *c = &cols[(*n)++];
        const char *type = db_text(r, 1);
        (void)snprintf(c->name, sizeof c->name, "%s", db_text(r, 0));
        (void)snprintf(c->type, sizeof c->type, "%s", type ? type : "");
        c->not_null = db_int(r, 2) != 0;
    }
    rc = db_end(r);
    return rc == RC_OK && too_many ? broken(&db->err, "too many columns", table) : rc;
}
