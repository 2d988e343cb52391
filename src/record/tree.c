/* SPDX-License-Identifier: Apache-2.0 */
/* Trees of records (units, sites): the table of every record with its ancestors and itself, so that
 * "everything below" is one join. Kept in the transaction that moves the record. */
#include "record/record_int.h"

static int64_t parent_of(const struct row *row)
{
    const struct value *v = &row->v[field_index(row->kind, row->kind->tree.parent)];
    return v->null ? 0 : v->i;
}

static enum rc refuse_loop(struct cx *cx, const struct row *row, int64_t parent)
{
    const struct kind *k = row->kind;
    int64_t n = 0;
    const char *sql = arena_printf(cx->a, "SELECT COUNT(*) FROM %s WHERE ancestor_id = :id AND %s = :parent",
                                   k->tree.closure, k->tree.column);
    enum rc rc = cx_db(cx, db_int_of(cx->db, sql, BINDS(B_INT("id", row->id), B_INT("parent", parent)), &n));
    if (rc || !n)
        return rc;
    return FAIL(cx, RC_INVALID, k->tree.parent, "上级不能是自己或自己的下级", "{name} cannot stand below itself", "name",
                k->label_en);
}

static enum rc cut(struct cx *cx, const struct row *row)
{
    const char *c = row->kind->tree.closure, *id = row->kind->tree.column;
    const char *sql = arena_printf(cx->a,
                                   "DELETE FROM %s WHERE %s IN (SELECT %s FROM %s WHERE ancestor_id = :id)"
                                   " AND ancestor_id NOT IN (SELECT %s FROM %s WHERE ancestor_id = :id)",
                                   c, id, id, c, id, c);
    return cx_db(cx, db_run(cx->db, sql, BINDS(B_INT("id", row->id)), NULL));
}

static enum rc graft(struct cx *cx, const struct row *row, int64_t parent)
{
    const char *c = row->kind->tree.closure, *id = row->kind->tree.column;
    const char *sql = arena_printf(cx->a,
                                   "INSERT INTO %s (ancestor_id, %s) SELECT up.ancestor_id, below.%s"
                                   " FROM %s up, %s below WHERE up.%s = :parent AND below.ancestor_id = :id",
                                   c, id, id, c, c, id);
    return cx_db(cx, db_run(cx->db, sql, BINDS(B_INT("parent", parent), B_INT("id", row->id)), NULL));
}

enum rc tree_store(struct cx *cx, const struct row *old, const struct row *row)
{
    const struct kind *k = row->kind;
    if (!k->tree.parent)
        return RC_OK;
    int64_t parent = parent_of(row);
    enum rc rc = RC_OK;
    if (old && parent_of(old) == parent)
        return RC_OK;
    if (old && parent)
        rc = refuse_loop(cx, row, parent);
    if (old && !rc)
        rc = cut(cx, row);
    if (!old)
        rc = cx_db(cx, db_run(cx->db,
                              arena_printf(cx->a, "INSERT INTO %s (ancestor_id, %s) VALUES (:id, :id)",
                                           k->tree.closure, k->tree.column),
                              BINDS(B_INT("id", row->id)), NULL));
    return rc || !parent ? rc : graft(cx, row, parent);
}
