/* SPDX-License-Identifier: Apache-2.0 */
/* Questions asked of the ledger, each a derived kind: what nobody can see (asset_gap), which camera
 * files are complete (camera_file, R-09), what stands against the contract's baseline (census,
 * asset_drift), what may be one device twice (duplicate_group, asset_duplicate), what the map shows
 * (map_point). A number on a page counts one of these lists and opens it. */
#include <string.h>

#include "mod/asset/asset.h"
#include "mod/words.h"

/* clang-format off */
static const struct option gap_types[] = {
    {"no_ip",          "没有IP地址", "No IP address",  "warning"},
    {"no_site",        "没有站点",   "No site",        "warning"},
    {"no_unit",        "没有使用部门", "No unit",      "warning"},
    {"no_photo",       "没有照片",   "No photo",       "info"},
    {"no_coordinates", "没有坐标",   "No coordinates", "warning"},
    {"no_uplink",      "没有上联",   "No uplink",      "warning"},
    {"never_seen",     "从未监测到", "Never seen",     "danger"},
    {NULL}};
static const struct option directions[] = {
    {"added", "新增", "Added", "primary"}, {"removed", "减少", "Removed", "warning"}, {NULL}};
static const struct option key_types[] = {
    {"serial_no", "序列号", "Serial no.", "danger"}, {"mac", "MAC地址", "MAC", "danger"},
    {"ip", "IP地址", "IP address", "warning"}, {"name", "名称、类别和站点", "Name, class and site", "info"}, {NULL}};
static const struct option point_types[] = {
    {"camera", "摄像机", "Camera", "primary"}, {"asset", "其他设备", "Other asset", "primary"}, {"site", "站点", "Site", "info"}, {NULL}};
static const struct option states[] = {
    {"in_use", "在用", "In use", "success"}, {"spare", "备用", "Spare", "info"}, {"repair", "维修", "In repair", "warning"},
    {"suspended", "停用", "Suspended", "info"}, {"disposed", "报废", "Disposed", "info"}, {NULL}};
static const struct option healths[] = {
    {"up", "正常", "Up", "success"}, {"down", "中断", "Down", "danger"}, {"partial", "服务异常", "Partial", "warning"}, {"unknown", "未知", "Unknown", "info"}, {NULL}};

#define ASSET_REF  {"asset_id", "设备", "Asset", F_REF, FIND | LIST, .ref = "asset"}
#define CLASS_REF  {"class_id", "设备类别", "Class", F_REF, LIST, .ref = "asset_class"}
#define SITE_REF   {"site_id", "所属站点", "Site", F_REF, FIND | LIST, .ref = "site"}
#define UNIT_REF   {"org_unit_id", "使用部门", "Unit", F_REF, LIST, .ref = "org_unit"}
#define LINE_FIELD {"line", "服务线", "Line", F_ENUM, LIST, .opts = line_options}
#define PLACED "a.site_id, a.org_unit_id, a.line"

/* --- what is missing, of classes that should have it --- */
static const struct field gap_fields[] = {
    {"type", "缺什么", "Missing", F_ENUM, LIST, .opts = gap_types}, {"name", "设备名称", "Name", F_TEXT, FIND}, ASSET_REF, CLASS_REF, SITE_REF, UNIT_REF, LINE_FIELD};
#define GAP(n, word, type, missing)                                                                             \
    "SELECT a.id * 8 + " #n " AS id, '" type "' AS type, a.name, a.id AS asset_id, a.class_id, " PLACED          \
    " FROM asset a JOIN asset_class c ON c.id = a.class_id WHERE a.retired_at IS NULL AND a.state = 'in_use'"   \
    " AND ',' || c.expects || ',' LIKE '%," word ",%' AND " missing
static const char gap_sql[] =
    GAP(0, "ip", "no_ip", "a.ip IS NULL") " UNION ALL "
    GAP(1, "site", "no_site", "a.site_id IS NULL") " UNION ALL "
    GAP(2, "unit", "no_unit", "a.org_unit_id IS NULL") " UNION ALL "
    GAP(3, "photo", "no_photo", "(a.photos IS NULL OR a.photos = '[]')") " UNION ALL "
    GAP(4, "coordinates", "no_coordinates",
        "NOT EXISTS (SELECT 1 FROM asset_place p WHERE p.asset_id = a.id AND p.lng IS NOT NULL AND p.retired_at IS NULL)"
        " AND NOT EXISTS (SELECT 1 FROM site s WHERE s.id = a.site_id AND s.type IN ('pole', 'box') AND s.lng IS NOT NULL AND s.lat IS NOT NULL)") " UNION ALL "
    /* the head of the network has nothing above it */
    GAP(5, "uplink", "no_uplink",
        "NOT EXISTS (SELECT 1 FROM uplink u WHERE u.asset_id = a.id AND u.retired_at IS NULL AND u.type IN ('port', 'fibre'))"
        " AND NOT (c.code = 'gateway_access' AND EXISTS (SELECT 1 FROM uplink d WHERE d.up_id = a.id AND d.retired_at IS NULL))") " UNION ALL "
    GAP(6, "seen", "never_seen", "a.health_at IS NULL");
const struct kind asset_gap_kind = {
    .name = "asset_gap", .label = "盲区", .label_en = "Blind spot", .fields = gap_fields, .n_fields = 7, .label_field = 1, .group = "inside", .state_field = -1,
    .sort = "id", .closed = true, .derived = gap_sql, .scope = {.unit = "org_unit_id", .site = "site_id", .line = "line"},
};

/* --- a file is complete when nothing mandatory is missing --- */
static const struct field file_fields[] = {
    {"name", "设备名称", "Name", F_TEXT, FIND}, ASSET_REF, SITE_REF, UNIT_REF, LINE_FIELD,
    {"complete", "建档完整", "Complete", F_BOOL, LIST}, {"missing_count", "缺项数", "Missing", F_INT, LIST}, {"missing", "缺哪些", "What is missing", F_TEXT, LIST | FIND}};
#define MUST(label, column) " || CASE WHEN " column " IS NULL THEN '、" label "' ELSE '' END"
static const char file_sql[] =
    "SELECT id, name, asset_id, site_id, org_unit_id, line, CASE WHEN m = '' THEN 1 ELSE 0 END AS complete,"
    " LENGTH(m) - LENGTH(REPLACE(m, '、', '')) AS missing_count, CASE WHEN m = '' THEN NULL ELSE SUBSTR(m, 2) END AS missing"
    " FROM (SELECT a.id AS id, a.name, a.id AS asset_id, " PLACED ", ''"
    MUST("点位编号", "f.point_no") MUST("国标编码", "f.gb_id") MUST("点位名称", "f.point_name") MUST("监控点类别", "f.point_class")
    MUST("点位类型", "f.point_type") MUST("所属社区", "a.org_unit_id") MUST("站点", "a.site_id")
    MUST("经纬度", "p.lng") MUST("安装地址", "p.address") MUST("安装方式", "p.mounting")
    MUST("摄像机类型", "f.type") MUST("厂商", "a.maker") MUST("型号", "a.model") MUST("序列号", "a.serial_no") MUST("MAC地址", "a.mac")
    MUST("IP地址", "a.ip") MUST("接入协议", "w.protocol")
    " || CASE WHEN EXISTS (SELECT 1 FROM uplink u WHERE u.asset_id = a.id AND u.retired_at IS NULL AND u.type IN ('port', 'fibre')) THEN '' ELSE '、上联设备' END"
    MUST("取电方式", "e.type") MUST("应存天数", "f.retention_days") MUST("管理单位", "f.manager_unit")
    " AS m FROM asset a JOIN asset_class c ON c.id = a.class_id"
    " LEFT JOIN camera f ON f.asset_id = a.id AND f.retired_at IS NULL LEFT JOIN asset_place p ON p.asset_id = a.id AND p.retired_at IS NULL"
    " LEFT JOIN asset_network w ON w.asset_id = a.id AND w.retired_at IS NULL LEFT JOIN asset_power e ON e.asset_id = a.id AND e.retired_at IS NULL"
    " WHERE c.code = 'camera' AND a.retired_at IS NULL AND a.state IN ('in_use', 'repair', 'suspended')) t0";
const struct kind camera_file_kind = {
    .name = "camera_file", .label = "一机一档", .label_en = "Camera files", .fields = file_fields, .n_fields = 8, .label_field = 0, .group = "ledger", .state_field = -1,
    .sort = "-missing_count", .closed = true, .derived = file_sql, .scope = {.unit = "org_unit_id", .site = "site_id", .line = "line"},
};

/* --- C-003, C-004: what is there against what the contract counted --- */
static const struct field census_fields[] = {
    {"name", "设备类别", "Class", F_TEXT, FIND | LIST}, {"class_id", "类别", "Class", F_REF, 0, .ref = "asset_class"}, LINE_FIELD,
    {"baseline", "合同基数", "Baseline", F_INT, LIST}, {"counted", "在册数量", "Counted", F_INT, LIST}, {"drift", "差异", "Drift", F_INT, LIST},
    {"added", "期间新增", "Added", F_INT, LIST}, {"removed", "期间减少", "Removed", F_INT, LIST},
    {"unexplained", "接管差异", "Unexplained", F_INT, LIST, .help = "差异中不是新增或减少造成的部分：接管普查时账实不符"}};
#define OUT "(a.retired_at IS NOT NULL OR a.state = 'disposed')"
/* What an undone import had brought never was in the ledger. */
#define GONE                                                                                             \
    "(" OUT " AND COALESCE((SELECT j.action FROM journal j WHERE j.kind = 'asset' AND j.record_id = a.id" \
    " ORDER BY j.id DESC LIMIT 1), '') <> 'import_undo')"
static const char census_sql[] =
    "SELECT c.id AS id, c.name, c.id AS class_id, c.line, b.qty AS baseline, COALESCE(n.counted, 0) AS counted, COALESCE(n.counted, 0) - b.qty AS drift,"
    " COALESCE(n.added, 0) AS added, COALESCE(n.removed, 0) AS removed,"
    " COALESCE(n.counted, 0) - b.qty - COALESCE(n.added, 0) + COALESCE(n.removed, 0) AS unexplained FROM asset_class c"
    " LEFT JOIN (SELECT class_id, CAST(SUM(qty) AS BIGINT) AS qty FROM baseline_qty WHERE retired_at IS NULL AND contract_id ="
    " (SELECT id FROM contract WHERE retired_at IS NULL ORDER BY start_on DESC, id DESC LIMIT 1) GROUP BY class_id) b ON b.class_id = c.id"
    " LEFT JOIN (SELECT a.class_id, CAST(SUM(CASE WHEN " OUT " THEN 0 ELSE 1 END) AS BIGINT) AS counted,"
    " CAST(SUM(CASE WHEN a.origin = 'added' AND NOT " OUT " THEN 1 ELSE 0 END) AS BIGINT) AS added,"
    " CAST(SUM(CASE WHEN a.origin = 'baseline' AND " GONE " THEN 1 ELSE 0 END) AS BIGINT) AS removed"
    " FROM asset a GROUP BY a.class_id) n ON n.class_id = c.id WHERE c.retired_at IS NULL";
const struct kind census_kind = {
    .name = "census", .label = "台账差异", .label_en = "Census", .fields = census_fields, .n_fields = 9, .label_field = 0, .group = "inside", .state_field = -1,
    .sort = "id", .closed = true, .derived = census_sql, .scope = {.line = "line"},
};

static const struct field drift_fields[] = {
    {"name", "设备名称", "Name", F_TEXT, FIND}, {"direction", "增减", "Direction", F_ENUM, LIST, .opts = directions}, ASSET_REF, CLASS_REF, SITE_REF, UNIT_REF, LINE_FIELD,
    {"on_date", "日期", "Date", F_DATE, LIST}, {"left_at", "停用时间", "Retired at", F_INSTANT}, {"change_id", "变更单", "Change", F_REF, LIST, .ref = "asset_change"}};
static const char drift_sql[] =
    "SELECT a.id AS id, a.name, CASE WHEN a.origin = 'added' THEN 'added' ELSE 'removed' END AS direction, a.id AS asset_id, a.class_id, " PLACED ","
    " CASE WHEN a.origin = 'added' THEN a.in_use_on ELSE a.left_on END AS on_date, a.retired_at AS left_at,"
    " (SELECT MAX(h.id) FROM asset_change h WHERE h.asset_id = a.id AND h.state = 'done' AND h.type ="
    " CASE WHEN a.origin = 'added' THEN 'add' ELSE 'dispose' END) AS change_id"
    " FROM asset a WHERE (a.origin = 'added' AND NOT " OUT ") OR (a.origin = 'baseline' AND " GONE ")";
const struct kind asset_drift_kind = {
    .name = "asset_drift", .label = "增减明细", .label_en = "Added and removed", .fields = drift_fields, .n_fields = 10, .label_field = 0, .group = "inside", .state_field = -1,
    .sort = "-on_date", .closed = true, .derived = drift_sql, .scope = {.unit = "org_unit_id", .site = "site_id", .line = "line"},
};

/* --- one device twice? What people write for "none" is no key. --- */
#define LIVE "a.retired_at IS NULL AND a.state <> 'disposed'"
#define KEYS                                                                                                      \
    "SELECT a.id AS asset_id, 1 AS n, 'serial_no' AS type, UPPER(REPLACE(a.serial_no, ' ', '')) AS value"         \
    " FROM asset a WHERE " LIVE " AND UPPER(a.serial_no) NOT IN ('无', '/', '-', '--', '0', 'N/A', 'NA', '不详', '未知')" \
    " UNION ALL SELECT a.id, 2, 'mac', LOWER(a.mac) FROM asset a WHERE " LIVE " AND a.mac IS NOT NULL AND a.mac <> '00:00:00:00:00:00'" \
    " UNION ALL SELECT a.id, 3, 'ip', LOWER(a.ip) FROM asset a WHERE " LIVE " AND a.ip IS NOT NULL"                \
    " UNION ALL SELECT a.id, 4, 'name', a.name || '｜' || c.name || '｜' || COALESCE(s.name, '—')"                  \
    " FROM asset a JOIN asset_class c ON c.id = a.class_id LEFT JOIN site s ON s.id = a.site_id WHERE " LIVE
#define GROUPS                                                                                                    \
    "SELECT g.first_id * 8 + g.n AS id, g.type, g.value, g.n, g.size, g.last_id FROM (SELECT k.type, k.n, k.value,"  \
    " COUNT(*) AS size, MIN(k.asset_id) AS first_id, MAX(k.asset_id) AS last_id FROM (" KEYS ") k"                 \
    " GROUP BY k.type, k.n, k.value HAVING COUNT(*) > 1) g WHERE NOT EXISTS (SELECT 1 FROM not_duplicate d"       \
    " WHERE d.retired_at IS NULL AND d.type = g.type AND d.value = g.value AND d.up_to_id >= g.last_id)"
static const struct field group_fields[] = {
    {"type", "相同项", "Same", F_ENUM, LIST, .opts = key_types}, {"value", "相同的值", "Value", F_TEXT, FIND | LIST},
    {"size", "台数", "Devices", F_INT, LIST}, {"last_id", "最后一台", "Last asset", F_INT}};
const struct kind duplicate_group_kind = {
    .name = "duplicate_group", .label = "疑似重复", .label_en = "Possible duplicates", .fields = group_fields, .n_fields = 4, .label_field = 1, .group = "inside", .state_field = -1,
    .sort = "id", .closed = true, .derived = "SELECT id, type, value, size, last_id FROM (" GROUPS ") d0",
};
static const struct field duplicate_fields[] = {
    {"value", "相同的值", "Value", F_TEXT, FIND | LIST}, {"type", "相同项", "Same", F_ENUM, LIST, .opts = key_types},
    {"group_id", "组", "Group", F_INT}, ASSET_REF, CLASS_REF, SITE_REF, UNIT_REF, LINE_FIELD};
const struct kind asset_duplicate_kind = {
    .name = "asset_duplicate", .label = "疑似重复设备", .label_en = "Possibly duplicate assets", .fields = duplicate_fields, .n_fields = 8, .label_field = 0, .group = "inside", .state_field = -1,
    .sort = "group_id", .closed = true, .scope = {.unit = "org_unit_id", .site = "site_id", .line = "line"},
    .derived = "SELECT k.asset_id * 8 + k.n AS id, k.value, k.type, o.id AS group_id, k.asset_id, a.class_id, " PLACED " FROM (" KEYS ") k"
               " JOIN (" GROUPS ") o ON o.n = k.n AND o.value = k.value JOIN asset a ON a.id = k.asset_id",
};
static const struct field seen_fields[] = {
    {"type", "相同项", "Same", F_ENUM, REQ | LIST | ONCE, .opts = key_types}, {"value", "相同的值", "Value", F_TEXT, REQ | FIND | LIST | ONCE, 1, 300},
    {"up_to_id", "看到第几台", "Up to asset", F_INT, REQ | ONCE, 1, INT64_MAX, .help = "之后再有编号更大的设备加入这一组，会重新列出"},
    {"reason", "为什么不是重复", "Why not", F_TEXT, REQ | LIST, 2, 200}};
const struct kind not_duplicate_kind = {
    .name = "not_duplicate", .label = "已排除的重复", .label_en = "Known not to be duplicates", .fields = seen_fields, .n_fields = 4, .label_field = 1, .group = "inside", .state_field = -1,
};

/* --- the map: devices with a place of their own or on a pole or box that has one, and sites --- */
static const struct field point_fields[] = {
    {"name", "名称", "Name", F_TEXT, FIND | LIST}, {"type", "类型", "Type", F_ENUM, LIST, .opts = point_types}, ASSET_REF, SITE_REF,
    {"org_unit_id", "社区", "Community", F_REF, LIST, .ref = "org_unit"}, LINE_FIELD, {"state", "状态", "State", F_ENUM, LIST, .opts = states},
    {"health", "监测状态", "Health", F_ENUM, LIST, .opts = healths}, {"lng", "经度", "Longitude", F_FLOAT}, {"lat", "纬度", "Latitude", F_FLOAT}};
#define RANK "CASE x.health WHEN 'down' THEN 3 WHEN 'partial' THEN 2 WHEN 'up' THEN 1 ELSE 0 END"
static const char point_sql[] =
    "SELECT id * 2 AS id, name, type, asset_id, site_id, org_unit_id, line, state, health, lng, lat FROM (SELECT a.id AS id, a.name,"
    " CASE WHEN c.code = 'camera' THEN 'camera' ELSE 'asset' END AS type, a.id AS asset_id, a.site_id, COALESCE(a.org_unit_id, s.org_unit_id) AS org_unit_id,"
    " a.line, a.state, a.health, COALESCE(p.lng, CASE WHEN s.type IN ('pole', 'box') THEN s.lng END) AS lng,"
    " COALESCE(p.lat, CASE WHEN s.type IN ('pole', 'box') THEN s.lat END) AS lat"
    " FROM asset a JOIN asset_class c ON c.id = a.class_id LEFT JOIN site s ON s.id = a.site_id"
    " LEFT JOIN asset_place p ON p.asset_id = a.id AND p.retired_at IS NULL WHERE a.retired_at IS NULL AND a.state <> 'disposed') t0"
    " WHERE lng IS NOT NULL AND lat IS NOT NULL"
    " UNION ALL SELECT s.id * 2 + 1, s.name, 'site', CAST(NULL AS BIGINT), s.id, s.org_unit_id, NULL, NULL,"
    " (SELECT CASE MAX(" RANK ") WHEN 3 THEN 'down' WHEN 2 THEN 'partial' WHEN 1 THEN 'up' ELSE 'unknown' END"
    " FROM asset x WHERE x.site_id = s.id AND x.retired_at IS NULL AND x.state = 'in_use'), s.lng, s.lat"
    " FROM site s WHERE s.retired_at IS NULL AND s.lng IS NOT NULL AND s.lat IS NOT NULL";
const struct kind map_point_kind = {
    .name = "map_point", .label = "地图点位", .label_en = "Map points", .fields = point_fields, .n_fields = 10, .label_field = 0, .group = "inside", .state_field = -1,
    .sort = "id", .closed = true, .derived = point_sql, .scope = {.unit = "org_unit_id", .site = "site_id", .line = "line"},
};
/* clang-format on */
