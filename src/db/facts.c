/* SPDX-License-Identifier: Apache-2.0 */
/* Indexes, references and CHECKs of a live table, alike from both databases. */
#include <stdio.h>
#include <string.h>

#include "db/db_int.h"

/* Three kinds of rows: word, columns, target or definition. A primary key is an index, too. */
static const char *const sqlite_sql =
    "SELECT CASE WHEN l.\"unique\" THEN 'unique' ELSE 'index' END, "
    "(SELECT group_concat(name, ',') FROM (SELECT i.name FROM pragma_index_info(l.name) i "
    "ORDER BY i.seqno)), '' FROM sqlite_schema t JOIN pragma_index_list(t.name) l "
    "WHERE t.type = 'table' AND t.name = :t "
    "UNION ALL SELECT 'unique', c.name, '' FROM sqlite_schema t JOIN pragma_table_info(t.name) c "
    "WHERE t.type = 'table' AND t.name = :t AND c.pk = 1 "
    "AND (SELECT COUNT(*) FROM pragma_table_info(t.name) p WHERE p.pk > 0) = 1 "
    "UNION ALL SELECT 'reference', f.\"from\", f.\"table\" FROM sqlite_schema t "
    "JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table' AND t.name = :t "
    "UNION ALL SELECT 'table', '', t.sql FROM sqlite_schema t WHERE t.type = 'table' AND t.name = :t";

static const char *const postgres_sql =
    "WITH t AS (SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
    "ON n.oid = c.relnamespace WHERE n.nspname = :schema AND c.relname = :t), "
    "a AS (SELECT a.attrelid, a.attnum, a.attname::text AS name FROM pg_catalog.pg_attribute a) "
    "SELECT CASE WHEN i.indisunique THEN 'unique' ELSE 'index' END, "
    "(SELECT string_agg(a.name, ',' ORDER BY k.ord) FROM unnest(i.indkey) WITH ORDINALITY k(num, ord) "
    "JOIN a ON a.attrelid = i.indrelid AND a.attnum = k.num), '' FROM pg_catalog.pg_index i "
    "JOIN t ON t.oid = i.indrelid WHERE i.indisvalid "
    "UNION ALL SELECT CASE c.contype WHEN 'f' THEN 'reference' ELSE 'check' END, a.name, "
    "CASE c.contype WHEN 'f' THEN (SELECT relname::text FROM pg_catalog.pg_class WHERE oid = c.confrelid) "
    "ELSE pg_get_constraintdef(c.oid) END FROM pg_catalog.pg_constraint c JOIN t ON t.oid = c.conrelid "
    "JOIN a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
    "WHERE c.contype IN ('c', 'f') AND array_length(c.conkey, 1) = 1";

static void add_literal(struct db_fact *f, const char *s, size_t n)
{
    size_t len = strlen(f->literals);
    if (len + n + 2 < sizeof f->literals) {
        (void)snprintf(f->literals + len, sizeof f->literals - len, "%s%.*s", len ? "|" : "", (int)n, s);
    }
}

/* All 'text' of a definition, up to the parenthesis that closes the first one. Returns its end. */
static const char *read_literals(const char *s, struct db_fact *out)
{
    int depth = 0;
    for (; *s; s++) {
        depth += (*s == '(') - (*s == ')');
        if (*s == ')' && depth == 0) {
            return s;
        }
        if (*s == '\'') {
            size_t n = strcspn(s + 1, "'");
            add_literal(out, s + 1, n);
            s += n + 1;
            if (!*s) {
                return s;
            }
        }
    }
    return s;
}

static struct db_fact *next_fact(struct db_fact *facts, int max, int *n, enum db_fact_type type,
                                 const char *columns)
{
    static _Thread_local struct db_fact spare;
    struct db_fact *f = *n < max ? &facts[*n] : &spare;
    ++*n;
    *f = (struct db_fact){.type = type};
    (void)snprintf(f->columns, sizeof f->columns, "%s", columns ? columns : "");
    return f;
}

/* SQLite keeps CHECKs only in the text of CREATE TABLE: "CHECK (column IN ('a', 'b'))". */
static void read_checks(const char *sql, struct db_fact *facts, int max, int *n)
{
    char column[64];
    for (const char *s = sql; *s;) {
        const char *behind = sql_skip(sql, s);
        if (behind != s) {
            s = behind;
            continue;
        }
        bool starts = s == sql || !sql_word_char(s[-1]);
        if (!starts || strncmp(s, "CHECK", 5) != 0 || sql_word_char(s[5])) {
            s++;
            continue;
        }
        s += 5;
        s += strspn(s, " \n\t");
        const char *name = s + strspn(s, "( \n\t");
        size_t len = 0;
        while (sql_word_char(name[len])) {
            len++;
        }
        (void)snprintf(column, sizeof column, "%.*s", (int)len, name);
        s = read_literals(s, next_fact(facts, max, n, DB_CHECK, column));
    }
}

static void add_row(const struct db_rows *r, struct db_fact *facts, int max, int *n)
{
    const char *word = db_text(r, 0), *columns = db_text(r, 1), *text = db_text(r, 2);
    if (*word == 't') {
        read_checks(text ? text : "", facts, max, n);
    } else if (*word == 'c') {
        read_literals(text ? text : "", next_fact(facts, max, n, DB_CHECK, columns));
    } else {
        enum db_fact_type type = *word == 'u' ? DB_UNIQUE : *word == 'i' ? DB_INDEX : DB_REFERENCE;
        struct db_fact *f = next_fact(facts, max, n, type, columns);
        (void)snprintf(f->target, sizeof f->target, "%s", text ? text : "");
    }
}

enum rc db_facts(struct db *db, const char *table, struct db_fact *facts, int max, int *n)
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
    while (db_next(r)) {
        add_row(r, facts, max, n);
    }
    rc = db_end(r);
    return rc == RC_OK && *n > max ? broken(&db->err, "too many indexes and checks", table) : rc;
}
