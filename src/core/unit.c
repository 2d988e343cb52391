/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of units; the engine keeps its closure, so that "own unit" is one join. */
#include <string.h>

#include "core/account.h"

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
    [UNIT_NAME]   = {"name",        "名称",     "Name",        F_TEXT, REQ | FIND | LIST | UNIQUE, 1, 60, .also = "单位名称|部门|部门名称|科室|科室名称"},
    [UNIT_TYPE]   = {"type",        "类型",     "Type",        F_ENUM, REQ | LIST, .opts = unit_types},
    [UNIT_PARENT] = {"parent_id",   "上级单位", "Parent",      F_REF,  LIST, .ref = "org_unit"},
    [UNIT_VIDEO]  = {"video_scope", "视频服务范围", "In video scope", F_BOOL, REQ | LIST, .initial = "0"},
};
/* clang-format on */

/* What belongs to a unit would belong to nothing: the scope "unit" stands on it. */
static enum rc unit_retiring(struct cx *cx, const struct row *row)
{
    int64_t units = 0, people = 0;
    enum rc rc = db_int_of(cx->db, "SELECT COUNT(*) FROM org_unit WHERE parent_id = :id AND retired_at IS NULL",
                           BINDS(B_INT("id", row->id)), &units);
    if (!rc)
        rc = db_int_of(cx->db, "SELECT COUNT(*) FROM account WHERE org_unit_id = :id AND retired_at IS NULL",
                       BINDS(B_INT("id", row->id)), &people);
    if (rc || (!units && !people))
        return cx_db(cx, rc);
    return FAIL(cx, RC_CONFLICT, NULL, "还有 {units} 个下级单位、{people} 个用户属于这个单位，请先移走",
                "{units} units and {people} users still belong to it: move them first", "units",
                arena_printf(cx->a, "%lld", (long long)units), "people",
                arena_printf(cx->a, "%lld", (long long)people));
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n >= m && !strcmp(s + n - m, end);
}

/* A name out of a spreadsheet: a department or a community below the sub-district, when there is one. */
static enum rc unit_adopt(struct cx *cx, struct row *row)
{
    const char *name = row->v[UNIT_NAME].s;
    bool community = ends_with(name, "社区") || ends_with(name, "居委会") || ends_with(name, "居民委员会");
    int64_t root = 0;
    enum rc rc = cx_db(cx, db_int_of(cx->db, "SELECT CASE WHEN COUNT(*) = 1 THEN MAX(id) ELSE 0 END FROM org_unit"
                                             " WHERE type = 'sub_district' AND retired_at IS NULL", NO_BINDS, &root));
    row_text(row, UNIT_TYPE, community ? "community" : "department");
    if (!rc && root)
        row_int(row, UNIT_PARENT, root);
    return rc;
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
    .retiring = unit_retiring,
    .scope = {.unit = "id"},
    .tree = {"parent_id", "org_unit_closure", "unit_id"},
    .identity = "name",
    .import_new = true,
    .adopt = unit_adopt,
};
