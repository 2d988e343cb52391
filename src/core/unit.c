/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of units and its closure, so that "own unit" is one join. */
#include "core/account.h"
#include "core/core_int.h"

/* clang-format off */
static const struct option unit_types[] = {
    {"sub_district", "街道",   "Sub-district", NULL},
    {"department",   "部门",   "Department",   NULL},
    {"section",      "科室",   "Section",      NULL},
    {"community",    "社区",   "Community",    NULL},
    {"police_post",  "警务站", "Police post",  NULL},
    {"contractor",   "运维单位", "Contractor", NULL},
    {NULL}};


static const struct field unit_fields[] = {
    [UNIT_NAME]   = {"name",        "名称",     "Name",        F_TEXT, REQ | FIND | LIST | UNIQUE, 1, 60},
    [UNIT_TYPE]   = {"type",        "类型",     "Type",        F_ENUM, REQ | LIST, .opts = unit_types},
    [UNIT_PARENT] = {"parent_id",   "上级单位", "Parent",      F_REF,  LIST, .ref = "org_unit"},
    [UNIT_VIDEO]  = {"video_scope", "视频服务范围", "In video scope", F_BOOL, REQ | LIST, .initial = "0"},
};
/* clang-format on */

/* Below its new parent the unit and everything under it; a cycle is refused. */
static enum rc unit_check(struct cx *cx, const struct row *old, struct row *row)
{
    int64_t n = 0;
    const struct value *parent = &row->v[UNIT_PARENT];
    if (!old || parent->null)
        return RC_OK;
    enum rc rc = db_int_of(cx->db,
                           "SELECT COUNT(*) FROM org_unit_closure"
                           " WHERE ancestor_id = :id AND unit_id = :parent",
                           BINDS(B_INT("id", row->id), B_INT("parent", parent->i)), &n);
    if (rc)
        return cx_db(cx, rc);
    return n ? FAIL(cx, RC_INVALID, "parent_id", "上级单位不能是自己或自己的下级",
                    "a unit cannot stand below itself")
             : RC_OK;
}

static enum rc closure_insert(struct cx *cx, const struct row *row)
{
    enum rc rc = db_run(cx->db,
                        "INSERT INTO org_unit_closure (ancestor_id, unit_id)"
                        " VALUES (:id, :id)",
                        BINDS(B_INT("id", row->id)), NULL);
    if (!rc && !row->v[UNIT_PARENT].null)
        rc = db_run(cx->db,
                    "INSERT INTO org_unit_closure (ancestor_id, unit_id)"
                    " SELECT ancestor_id, :id FROM org_unit_closure WHERE unit_id = :parent",
                    BINDS(B_INT("id", row->id), B_INT("parent", row->v[UNIT_PARENT].i)), NULL);
    return cx_db(cx, rc);
}

static enum rc closure_move(struct cx *cx, const struct row *row)
{
    enum rc rc = db_run(cx->db,
                        "DELETE FROM org_unit_closure WHERE unit_id IN"
                        " (SELECT unit_id FROM org_unit_closure WHERE ancestor_id = :id)"
                        " AND ancestor_id NOT IN"
                        " (SELECT unit_id FROM org_unit_closure WHERE ancestor_id = :id)",
                        BINDS(B_INT("id", row->id)), NULL);
    if (!rc && !row->v[UNIT_PARENT].null)
        rc = db_run(cx->db,
                    "INSERT INTO org_unit_closure (ancestor_id, unit_id)"
                    " SELECT up.ancestor_id, below.unit_id"
                    " FROM org_unit_closure up, org_unit_closure below"
                    " WHERE up.unit_id = :parent AND below.ancestor_id = :id",
                    BINDS(B_INT("id", row->id), B_INT("parent", row->v[UNIT_PARENT].i)), NULL);
    return cx_db(cx, rc);
}

static enum rc unit_after(struct cx *cx, const struct row *old, struct row *row)
{
    if (!old)
        return closure_insert(cx, row);
    const struct value *a = &old->v[UNIT_PARENT], *b = &row->v[UNIT_PARENT];
    return a->null == b->null && a->i == b->i ? RC_OK : closure_move(cx, row);
}

const struct kind org_unit_kind = {
    .name = "org_unit",
    .label = "单位",
    .label_en = "Unit",
    .group = "system",
    .fields = unit_fields,
    .n_fields = UNIT_N,
    .label_field = UNIT_NAME,
    .state_field = -1,
    .sort = "id",
    .scope = {.unit = "id"},
    .check = unit_check,
    .after = unit_after,
};
