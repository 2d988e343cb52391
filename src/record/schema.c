/* SPDX-License-Identifier: Apache-2.0 */
/* Storage truth is the migrations: whatever a descriptor says must stand in the live table. */
#include <string.h>

#include "record/record_int.h"

#define COLUMNS_MAX (2 * RECORD_FIELDS + N_FIXED + 1)
#define FACTS_MAX 200

/* One live table under comparison. */
struct live {
    struct cx *cx;
    const char *table;
    struct db_column *cols;
    struct db_fact *facts;
    int n_cols, n_facts;
};

static enum rc differs(const struct live *t, const char *field, const char *zh, const char *en)
{
    return FAIL(t->cx, RC_INTERNAL, field, "数据表 {table} 的列 {field} 与描述不符：{why}",
                "table {table}, column {field} differs from its descriptor: {en}", "table", t->table,
                "field", field, "why", zh, "en", en);
}

static enum rc load(struct live *t, const char *table)
{
    static _Thread_local struct db_column cols[COLUMNS_MAX];
    static _Thread_local struct db_fact facts[FACTS_MAX];
    t->table = table;
    t->cols = cols;
    t->facts = facts;
    enum rc rc = db_columns(t->cx->db, table, cols, COLUMNS_MAX, &t->n_cols);
    if (!rc)
        rc = db_facts(t->cx->db, table, facts, FACTS_MAX, &t->n_facts);
    if (rc)
        return cx_db(t->cx, rc);
    return t->n_cols ? RC_OK : differs(t, "*", "表不存在", "the table does not exist");
}

static enum rc check_column(const struct live *t, const char *name, const char *type, bool not_null)
{
    for (int i = 0; i < t->n_cols; i++) {
        if (strcmp(t->cols[i].name, name))
            continue;
        if (strcmp(t->cols[i].type, type))
            return differs(t, name, t->cols[i].type, t->cols[i].type);
        if (t->cols[i].not_null != not_null)
            return differs(t, name, not_null ? "缺 NOT NULL" : "多了 NOT NULL",
                           not_null ? "NOT NULL is missing" : "is NOT NULL");
        return RC_OK;
    }
    return differs(t, name, "缺少这一列", "missing");
}

/* Whether an index starts with these columns ("a" or "a,b"). */
static bool has_index(const struct live *t, const char *columns, bool unique)
{
    size_t n = strlen(columns);
    for (int i = 0; i < t->n_facts; i++) {
        const struct db_fact *f = &t->facts[i];
        bool starts = !strncmp(f->columns, columns, n) && (!f->columns[n] || f->columns[n] == ',');
        if (starts && (f->type == DB_UNIQUE || (f->type == DB_INDEX && !unique)))
            return true;
    }
    return false;
}

static bool has_unique(const struct live *t, const char *column)
{
    for (int i = 0; i < t->n_facts; i++)
        if (t->facts[i].type == DB_UNIQUE && !strcmp(t->facts[i].columns, column))
            return true;
    return false;
}

static enum rc need_index(const struct live *t, const char *column)
{
    return has_index(t, column, false)
               ? RC_OK
               : differs(t, column, "缺少以它开头的索引（CREATE INDEX）", "no index starts with it");
}

static bool refers_to(const struct live *t, const char *column, const char *table)
{
    for (int i = 0; i < t->n_facts; i++)
        if (t->facts[i].type == DB_REFERENCE && !strcmp(t->facts[i].columns, column) &&
            !strcmp(t->facts[i].target, table))
            return true;
    return false;
}

static enum rc check_ref_column(const struct live *t, const struct field *f)
{
    const struct kind *to = record_kind(f->ref);
    if (!to)
        return differs(t, f->name, "指向未知的种类", "refers to an unknown kind");
    const struct field *label = &to->fields[to->label_field];
    if (label->see || label->type == F_SECRET)
        return differs(t, f->name, "所指种类的名称字段不是人人可见", "its label is not for everybody");
    if (!refers_to(t, f->name, kind_table(to)))
        return differs(t, f->name, "缺外键 REFERENCES", "the foreign key is missing");
    return need_index(t, f->name);
}

static bool same_words(const struct option *o, const char *literals)
{
    int n = 0, words = *literals != 0;
    for (const char *s = literals; *s; s++)
        words += *s == '|';
    for (; o->value; o++, n++)
        if (!word_in(literals, o->value))
            return false;
    return n == words;
}

static enum rc check_enum_column(const struct live *t, const struct field *f)
{
    if (!f->opts || !f->opts->value)
        return differs(t, f->name, "没有选项", "has no options");
    for (int i = 0; i < t->n_facts; i++)
        if (t->facts[i].type == DB_CHECK && !strcmp(t->facts[i].columns, f->name))
            return same_words(f->opts, t->facts[i].literals)
                       ? RC_OK
                       : differs(t, f->name, t->facts[i].literals, t->facts[i].literals);
    return differs(t, f->name, "缺 CHECK (… IN (…))", "has no CHECK of its words");
}

static enum rc check_field(const struct live *t, const struct field *f)
{
    enum rc rc = RC_OK;
    for (int c = 0; c < field_columns(f) && !rc; c++)
        rc = check_column(t, arena_printf(t->cx->a, "%s%s", f->name, column_suffix(f, c)),
                          field_token(f), (f->flags & REQ) != 0);
    if (!rc && f->type == F_REF)
        rc = check_ref_column(t, f);
    if (!rc && f->type == F_ENUM)
        rc = check_enum_column(t, f);
    if (!rc && (f->flags & UNIQUE) && !has_unique(t, f->name))
        rc = differs(t, f->name, "缺唯一索引", "the unique index is missing");
    return rc;
}

static int columns_of(const struct field *fields, int n)
{
    int columns = 0;
    for (int i = 0; i < n; i++)
        columns += field_columns(&fields[i]);
    return columns;
}

/* A table of child rows: id, parent_id, pos, then the fields. */
static enum rc check_rows(struct cx *cx, const struct kind *k, const struct field *f)
{
    struct live t = {.cx = cx};
    const struct child_kind *c = f->rows;
    if (!c)
        return FAIL(cx, RC_INTERNAL, f->name, "{kind} 的 {field} 没有子表描述", "{kind}.{field} has no child rows",
                    "kind", k->name, "field", f->name);
    enum rc rc = load(&t, c->table);
    if (!rc && t.n_cols != columns_of(c->fields, c->n_fields) + 3)
        rc = differs(&t, "*", "列数不同", "number of columns");
    if (!rc)
        rc = check_column(&t, "id", "INT", true);
    if (!rc)
        rc = check_column(&t, "parent_id", "INT", true);
    if (!rc)
        rc = check_column(&t, "pos", "INT", true);
    if (!rc && !refers_to(&t, "parent_id", kind_table(k)))
        rc = differs(&t, "parent_id", "缺外键 REFERENCES", "the foreign key is missing");
    if (!rc && !has_index(&t, "parent_id,pos", true))
        rc = differs(&t, "pos", "缺唯一索引 (parent_id, pos)", "no unique index over (parent_id, pos)");
    for (int i = 0; i < c->n_fields && !rc; i++) {
        if (c->fields[i].type == F_ROWS || c->fields[i].type == F_SECRET)
            rc = differs(&t, c->fields[i].name, "子行不能有这种类型", "no such type in child rows");
        if (!rc)
            rc = check_field(&t, &c->fields[i]);
    }
    return rc;
}

static enum rc check_named(const struct live *t, const struct kind *k, const char *name)
{
    return !name || !strcmp(name, "id") || field_index(k, name) >= 0
               ? RC_OK
               : differs(t, name, "描述里没有这个字段", "the descriptor has no such field");
}

static enum rc check_scope(const struct live *t, const struct kind *k)
{
    const char *const columns[] = {k->scope.own[0], k->scope.own[1], k->scope.own[2], k->scope.own[3], k->scope.pool,
                                   k->scope.unit,   k->scope.site,   k->scope.line,   k->scope.through};
    enum rc rc = RC_OK;
    for (size_t i = 0; i < sizeof columns / sizeof *columns && !rc; i++)
        if (columns[i]) {
            rc = check_named(t, k, columns[i]);
            if (!rc)
                rc = need_index(t, columns[i]);
        }
    if (!rc && k->sort)
        rc = need_index(t, k->sort + (*k->sort == '-'));
    return rc;
}

static enum rc check_link_pair(const struct live *t, const struct kind *k)
{
    if (!k->link[0])
        return RC_OK;
    for (int i = 0; i < 2; i++) {
        int f = field_index(k, k->link[i]);
        if (f < 0 || k->fields[f].type != F_REF || !(k->fields[f].flags & REQ))
            return differs(t, k->link[i], "关联的两端应是必填引用", "a link needs two required references");
    }
    return has_index(t, arena_printf(t->cx->a, "%s,%s", k->link[0], k->link[1]), true)
               ? RC_OK
               : differs(t, k->link[0], "缺两端的唯一索引", "no unique index over the pair");
}

static enum rc check_tree(const struct live *t, const struct kind *k)
{
    struct live c = {.cx = t->cx};
    if (!k->tree.parent)
        return RC_OK;
    enum rc rc = check_named(t, k, k->tree.parent);
    if (!rc)
        rc = load(&c, k->tree.closure);
    if (!rc)
        rc = check_column(&c, "ancestor_id", "INT", true);
    return rc ? rc : check_column(&c, k->tree.column, "INT", true);
}

/* The database itself says whether the question gives the fields [from, to). */
static bool gives(struct cx *cx, const struct kind *k, int from, int to)
{
    struct buf sql = {0};
    int64_t n;
    buf_text_add(&sql, "SELECT COUNT(*)");
    for (int i = from; i < to; i++)
        buf_printf(&sql, ", COUNT(%s)", k->fields[i].name);
    buf_printf(&sql, " FROM %s_v WHERE 1 = 0", k->name);
    bool yes = !db_int_of(cx->db, buf_text(&sql), NO_BINDS, &n);
    buf_free(&sql);
    return yes;
}

static enum rc check_derived(struct cx *cx, const struct kind *k)
{
    struct live t = {.cx = cx, .table = k->name};
    bool all = gives(cx, k, 0, k->n_fields);
    if (!k->closed || k->flow)
        return differs(&t, "*", "派生的种类应是只读的，没有流程", "a derived kind is closed and has no flow");
    for (int i = 0; i < k->n_fields; i++) {
        const struct field *f = &k->fields[i];
        if (!all && !gives(cx, k, i, i + 1))
            return differs(&t, f->name, "派生查询没有给出它", "the derived SELECT does not give it");
        if (f->type == F_REF && !record_kind(f->ref))
            return differs(&t, f->name, "指向未知的种类", "refers to an unknown kind");
        if (f->type == F_ENUM && (!f->opts || !f->opts->value))
            return differs(&t, f->name, "没有选项", "has no options");
    }
    return RC_OK;
}

static enum rc check_kind(struct cx *cx, const struct kind *k)
{
    struct live t = {.cx = cx};
    if (k->derived)
        return check_derived(cx, k);
    if (k->n_fields > RECORD_FIELDS)
        return FAIL(cx, RC_INTERNAL, k->name, "{kind} 的字段太多", "{kind} has too many fields", "kind", k->name);
    enum rc rc = load(&t, kind_table(k));
    if (!rc && t.n_cols != columns_of(k->fields, k->n_fields) + N_FIXED)
        rc = differs(&t, "*", "列数不同", "number of columns");
    for (int i = 0; i < N_FIXED && !rc; i++)
        rc = check_column(&t, fixed_fields[i].name, field_token(&fixed_fields[i]), fixed_not_null[i]);
    for (int i = 0; i < k->n_fields && !rc; i++)
        rc = check_field(&t, &k->fields[i]);
    if (!rc)
        rc = check_scope(&t, k);
    if (!rc)
        rc = check_link_pair(&t, k);
    if (!rc)
        rc = check_tree(&t, k);
    for (int i = 0; i < k->n_fields && !rc; i++) /* last: it loads other tables */
        if (k->fields[i].type == F_ROWS)
            rc = check_rows(cx, k, &k->fields[i]);
    return rc;
}

enum rc record_check_schema(struct cx *cx)
{
    int n;
    const struct kind *const *kinds = record_kinds(&n);
    enum rc rc = RC_OK;
    for (int i = 0; i < n && !rc; i++)
        rc = check_kind(cx, kinds[i]);
    return rc;
}
