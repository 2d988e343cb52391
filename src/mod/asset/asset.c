/* SPDX-License-Identifier: Apache-2.0 */
#include "mod/asset/asset.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mod/words.h"
#include "proto/clean.h"

/* clang-format off */
static const struct option site_types[] = {
    {"office",         "办公场所",   "Office",         NULL},
    {"core_room",      "核心机房",   "Core room",      NULL},
    {"community",      "社区",       "Community",      NULL},
    {"community_room", "社区机房",   "Community room", NULL},
    {"police_post",    "警务站",     "Police post",    NULL},
    {"room",           "房间",       "Room",           NULL},
    {"wiring_closet",  "设备间",     "Wiring closet",  NULL},
    {"pole",           "立杆",       "Pole",           NULL},
    {"box",            "设备箱",     "Enclosure",      NULL},
    {"other",          "其他",       "Other",          NULL},
    {NULL}};
static const struct option asset_states[] = {
    {"in_use",    "在用", "In use",    "success", "使用中|正常|正常使用|使用|良好"},
    {"spare",     "备用", "Spare",     "info", "闲置|库存|未使用"},
    {"repair",    "维修", "In repair", "warning", "维修中|送修|待修"},
    {"suspended", "停用", "Suspended", "info", "停止使用|封存"},
    {"disposed",  "报废", "Disposed",  "info", "已报废|已处置|拆除|已拆除"},
    {NULL}};
static const struct option owners[] = {
    {"party_a", "甲方",   "Party A", NULL},
    {"party_b", "乙方",   "Party B", NULL},
    {"carrier", "运营商", "Carrier", NULL},
    {"other",   "其他",   "Other",   NULL},
    {NULL}};
static const struct option origins[] = {
    {"baseline", "接管时在册", "At take-over", "info"},
    {"added",    "期间新增",   "Added since",  "primary"},
    {NULL}};
static const struct option health_words[] = {
    {"up",      "正常",     "Up",      "success"},
    {"down",    "中断",     "Down",    "danger"},
    {"partial", "服务异常", "Partial", "warning"},
    {"unknown", "未知",     "Unknown", "info"},
    {NULL}};
static const struct option uplink_types[] = {
    {"port",        "交换机端口", "Switch port", "primary", "端口|网线|双绞线"},
    {"fibre",       "光纤",       "Fibre",       "primary", "光缆|光口"},
    {"power",       "供电",       "Power",       "warning", "电源|取电"},
    {"nvr_channel", "录像通道",   "NVR channel", "info", "录像|通道|NVR通道"},
    {NULL}};

static const struct field site_fields[] = {
    [SITE_NAME]    = {"name",        "名称",     "Name",    F_TEXT,  REQ | FIND | LIST | UNIQUE, 1, 80, .also = "站点|站点名称"},
    [SITE_TYPE]    = {"type",        "类型",     "Type",    F_ENUM,  REQ | LIST, .opts = site_types, .initial = "office"},
    [SITE_UNIT]    = {"org_unit_id", "单位",     "Unit",    F_REF,   LIST, .ref = "org_unit"},
    [SITE_PARENT]  = {"parent_id",   "上级站点", "Parent",  F_REF,   0, .ref = "site"},
    [SITE_ADDRESS] = {"address",     "地址",     "Address", F_TEXT,  FIND | LIST, 1, 200},
    [SITE_LNG]     = {"lng",         "经度",     "Longitude", F_FLOAT, 0, -180, 180, .help = "WGS-84"},
    [SITE_LAT]     = {"lat",         "纬度",     "Latitude",  F_FLOAT, 0, -90, 90, .help = "WGS-84"},
};
const struct kind site_kind = {
    .name = "site", .label = "站点", .label_en = "Site", .fields = site_fields, .n_fields = SITE_N,
    .group = "ledger", .label_field = SITE_NAME, .state_field = -1, .sort = "name", .scope = {.unit = "org_unit_id", .site = "id"},
    .tree = {"parent_id", "site_closure", "site_id"}, .identity = "name", .import_new = true,
};

static const struct field class_fields[] = {
    [CLASS_CODE]      = {"code",         "代码",     "Code",      F_TEXT, REQ | UNIQUE | ONCE, 1, 40},
    [CLASS_NAME]      = {"name",         "名称",     "Name",      F_TEXT, REQ | FIND | LIST | UNIQUE, 1, 40},
    [CLASS_LINE]      = {"line",         "服务线",   "Line",      F_ENUM, REQ | LIST, .opts = line_options},
    [CLASS_SLA_GROUP] = {"sla_group",    "时限分组", "SLA group", F_ENUM, REQ | LIST, .opts = sla_group_options},
    [CLASS_CHECKS]    = {"checks",       "默认监测", "Checks",    F_TEXT, LIST, 1, 200, .help = "如 icmp,tcp:554"},
    [CLASS_ALARM]     = {"raises_alarm", "中断报警", "Raises alarm", F_BOOL, REQ | LIST, .initial = "1", .help = "关机属正常的设备（如计算机）不报警"},
    [CLASS_EXPECTS]   = {"expects",      "应有内容", "Expects",   F_TEXT, 0, 1, 100, .help = "缺了就列入盲区：ip,site,unit,photo,coordinates,uplink,seen"},
};

static const struct field asset_fields[] = {
    [ASSET_NO]       = {"asset_no",    "资产编号", "Asset no.", F_TEXT, FIND | LIST | UNIQUE | REUSE | CODE, 1, 60, .also = "固定资产编号|卡片编号|设备编号|编号|资产编码|资产号|资产代码|设备编码|固定资产编码|资产条码|资产卡片编号"},
    [ASSET_NAME]     = {"name",        "设备名称", "Name",      F_TEXT, REQ | FIND | LIST, 1, 120, .also = "名称|资产名称|固定资产名称|设备(资产)名称"},
    [ASSET_CLASS]    = {"class_id",    "设备类别", "Class",     F_REF,  REQ | LIST, .ref = "asset_class", .also = "类别|资产类别|设备类型|分类|资产分类|设备分类|资产类型|设备种类|设备大类"},
    [ASSET_LINE]     = {"line",        "服务线",   "Line",      F_ENUM, REQ | RO, .opts = line_options},
    [ASSET_STATE]    = {"state",       "状态",     "State",     F_ENUM, REQ | LIST, .opts = asset_states, .initial = "in_use", .also = "使用状况|使用状态|当前状态|资产使用状况|设备状态|资产状态|使用情况"},
    [ASSET_SITE]     = {"site_id",     "所属站点", "Site",      F_REF,  FIND | LIST, .ref = "site", .also = "使用地点|站点|存放地点|安装地点|安装位置|存放位置|所在位置|所在地点|存放地|存放处|使用位置|地点|位置"},
    [ASSET_UNIT]     = {"org_unit_id", "使用部门", "Unit",      F_REF,  0, .ref = "org_unit", .also = "使用科室|部门|使用单位|所属部门|所属单位|所属科室|科室|责任部门|所在部门|归属部门|所在科室|所属社区|社区|社区名称"},
    [ASSET_MODEL]    = {"model",       "型号",     "Model",     F_TEXT, FIND | LIST, 1, 120, .also = "规格型号|品牌型号|型号/规格|规格/型号|规格、型号|规格及型号|规格和型号|型号及规格|设备型号|规格|型号规格"},
    [ASSET_SERIAL]   = {"serial_no",   "序列号",   "Serial no.", F_TEXT, FIND | CODE, 1, 120, .also = "出厂编号|SN|S/N|S/N码|设备SN|机身编号|设备序列号|产品序列号|出厂序列号|机身号"},
    [ASSET_IP]       = {"ip",          "IP地址",   "IP address", F_TEXT, FIND | LIST, 2, 45, .also = "IP|IP 地址|IPv4|IPv4地址|设备IP"},
    [ASSET_MAC]      = {"mac",         "MAC地址",  "MAC",       F_TEXT, FIND, 2, 17, .also = "MAC|物理地址|网卡地址"},
    [ASSET_CHECKS]   = {"checks",      "监测项",   "Checks",    F_TEXT, 0, 1, 200, .help = "留空用类别的默认，如 icmp,tcp:554"},
    [ASSET_IN_USE]   = {"in_use_on",   "启用日期", "In use since", F_DATE, 0, .also = "投入使用时间|投用日期|启用时间|投用时间|投入使用日期|开始使用日期|使用日期|安装日期"},
    [ASSET_WARRANTY] = {"warranty_until_on", "质保到期", "Warranty until", F_DATE, 0, .also = "保修截止|保修到期|质保截止|质保期至|质保到期日|质保截止日期|质保截止时间|质保到期时间|维保截止日期|维保截止|保修期至|保修到期日|保修截止日期|维保到期"},
    [ASSET_NOTE]     = {"note",        "备注",     "Note",      F_TEXT, LONG, 1, 1000, .also = "说明|备注说明"},
    [ASSET_HEALTH]   = {"health",      "监测状态", "Health",    F_ENUM, REQ | RO | LIST, .opts = health_words, .initial = "unknown"},
    [ASSET_HEALTH_AT] = {"health_at",  "状态时间", "Health since", F_INSTANT, RO},
    [ASSET_MAKER]    = {"maker",       "厂商",     "Maker",     F_TEXT, FIND, 1, 80, .also = "品牌|生产厂家|厂家|生产厂商|制造商|制造厂家|生产商"},
    [ASSET_ALSO]     = {"also_serves", "兼服务线", "Also serves", F_ENUM, 0, .opts = line_options, .help = "同时服务于另一条服务线的设备（C-001）"},
    [ASSET_OWNER]    = {"owner",       "产权",     "Owner",     F_ENUM, REQ, .opts = owners, .initial = "party_a", .also = "产权方|产权单位"},
    [ASSET_ORIGIN]   = {"origin",      "来源",     "Origin",    F_ENUM, REQ, .opts = origins, .initial = "baseline", .help = "启用日期晚于接管普查的自动记为期间新增"},
    [ASSET_PHOTOS]   = {"photos",      "照片",     "Photos",    F_FILES, IMAGE},
    [ASSET_LEFT]     = {"left_on",     "离册日期", "Left on",   F_DATE, RO},
};
#define FEEDS(type_, among_, no, no_label, no_en, no_also, port_, port_label, port_en, port_also)                            \
    {.column = {no, no_label, no_en, F_TEXT, 0, 1, 60, .also = no_also},                                                 \
     .more = {port_, port_label, port_en, F_TEXT, 0, 1, 40, .also = port_also},                                          \
     .kind = "uplink", .from = "asset_id", .to = "up_id", .type_field = "type", .type = type_, .among = among_,          \
     .more_field = "port", .by = {"asset_no", "name"}}
static const struct import_link asset_links[] = {
    FEEDS("port", "port|fibre", "uplink_no", "上联设备", "Fed by", "上级设备编号|上联设备编号|上级设备|上联交换机|上级交换机|接入交换机|上联设备名称",
          "uplink_port", "上联端口", "Port", "端口|交换机端口|上级端口|接入端口"),
    FEEDS("fibre", "port|fibre", "fibre_no", "光纤上联设备", "Fibre from", "光纤上联|光纤上联编号|光缆上联设备",
          "fibre_port", "光纤端口", "Fibre port", "光口|光缆纤芯"),
    FEEDS("power", "power", "power_no", "供电设备", "Powered by", "供电设备编号|取电设备|取电设备编号|电源设备|供电上联",
          "power_port", "供电回路", "Circuit", "供电端口|供电空开|回路"),
    FEEDS("nvr_channel", "nvr_channel", "recorder_no", "录像设备", "Recorded by", "录像设备编号|所属NVR|NVR编号|录像机编号|所属录像机|所属存储|存储设备编号",
          "recorder_port", "录像通道", "NVR channel", "录像通道号|NVR通道|NVR通道号|通道号"),
    {.kind = NULL}};

static const struct field uplink_fields[] = {
    [UPLINK_ASSET] = {"asset_id", "设备",     "Asset",  F_REF,  REQ | FIND | LIST | ONCE, .ref = "asset"},
    [UPLINK_UP]    = {"up_id",    "上联设备", "Fed by", F_REF,  REQ | FIND | LIST | ONCE, .ref = "asset"},
    [UPLINK_TYPE]  = {"type",     "类型",     "Type",   F_ENUM, REQ | LIST | ONCE, .opts = uplink_types, .initial = "port"},
    [UPLINK_PORT]  = {"port",     "端口/通道", "Port or channel", F_TEXT, LIST, 1, 40, .also = "端口|通道"},
};
/* clang-format on */

/* "icmp" and "tcp:PORT", comma between, each once, at most 8. */
static bool checks_valid(const char *s)
{
    int n = 0;
    for (;; s++, n++) {
        size_t len = strcspn(s, ",");
        if (len > 4 && !strncmp(s, "tcp:", 4)) {
            char *end;
            long port = strtol(s + 4, &end, 10);
            if (!isdigit((unsigned char)s[4]) || end != s + len || port < 1 || port > 65535)
                return false;
        } else if (len != 4 || strncmp(s, "icmp", 4)) {
            return false;
        }
        s += len;
        if (!*s)
            return n < 8;
    }
}

static enum rc check_checks(struct cx *cx, const struct value *v)
{
    if (v->null || checks_valid(v->s))
        return RC_OK;
    return FAIL(cx, RC_INVALID, "checks", "“监测项”应写成 icmp 或 tcp:端口，逗号分隔，如 icmp,tcp:554",
                "checks are icmp or tcp:PORT with commas between, e.g. icmp,tcp:554");
}

/* Words of a comma list, each out of a closed set and once. */
static bool expects_valid(const char *s)
{
    static const char *const words[] = {"ip", "site", "unit", "photo", "coordinates", "uplink", "seen"};
    unsigned seen = 0;
    for (;; s++) {
        size_t len = strcspn(s, ","), i = 0;
        while (i < 7 && (strlen(words[i]) != len || strncmp(words[i], s, len)))
            i++;
        if (i == 7 || (seen & 1u << i))
            return false;
        seen |= 1u << i;
        s += len;
        if (!*s)
            return true;
    }
}

static enum rc class_check(struct cx *cx, const struct row *old, struct row *row)
{
    (void)old;
    const struct value *v = &row->v[CLASS_EXPECTS];
    if (!v->null && !expects_valid(v->s))
        return FAIL(cx, RC_INVALID, "expects", "“应有内容”只能是 ip,site,unit,photo,coordinates,uplink,seen 中的几项，逗号分隔",
                    "expects is a comma list out of ip,site,unit,photo,coordinates,uplink,seen");
    return check_checks(cx, &row->v[CLASS_CHECKS]);
}

const struct kind asset_class_kind = {
    .name = "asset_class",
    .label = "设备类别",
    .label_en = "Asset class",
    .group = "ledger",
    .fields = class_fields,
    .n_fields = CLASS_N,
    .label_field = CLASS_NAME,
    .state_field = -1,
    .sort = "id",
    .check = class_check,
};

/* Six pairs of hex digits with : or - or nothing between, stored as 02:ab:… */
static const char *mac_tidy(struct cx *cx, const char *s)
{
    char out[18];
    int n = 0;
    for (; *s; s++) {
        if (strchr(":-. ", *s))
            continue;
        if (!isxdigit((unsigned char)*s) || n >= 17)
            return NULL;
        if (n && n % 3 == 2)
            out[n++] = ':';
        out[n++] = (char)tolower((unsigned char)*s);
    }
    out[n] = 0;
    return n == 17 ? arena_strdup(cx->a, out) : NULL;
}

/* in_use may rest, be mended or leave; what was disposed of comes back by an approved change only. */
bool asset_move_allowed(const char *from, const char *to)
{
    return !strcmp(from, to) || strcmp(from, "disposed") != 0;
}

static enum rc check_state(struct cx *cx, const struct row *old, struct row *row)
{
    const char *to = row->v[ASSET_STATE].s, *from = old ? old->v[ASSET_STATE].s : to;
    char today[DATE_TEXT];
    if (!asset_move_allowed(from, to))
        return FAIL(cx, RC_INVALID, "state", "“状态”：设备已报废，重新启用请登记一张“恢复”变更单，由甲方批准",
                    "a disposed asset comes back by an approved change of type restore only");
    if (strcmp(to, "disposed")) {
        row_null(row, ASSET_LEFT);
    } else if (row->v[ASSET_LEFT].null) {
        date_text(civil_date(cx->now), today);
        row_text(row, ASSET_LEFT, arena_strdup(cx->a, today));
    }
    return RC_OK;
}

/* An asset of a site belongs to the site's unit until somebody says otherwise: what a community may
 * see of its cameras hangs on it. */
static enum rc follow_site(struct cx *cx, const struct row *old, struct row *row)
{
    struct row *site;
    if (row->v[ASSET_SITE].null || !row->v[ASSET_UNIT].null)
        return RC_OK;
    if (old && !old->v[ASSET_UNIT].null && !old->v[ASSET_SITE].null && old->v[ASSET_SITE].i == row->v[ASSET_SITE].i)
        return RC_OK; /* cleared on purpose */
    enum rc rc = record_load(cx, &site_kind, row->v[ASSET_SITE].i, &site);
    if (!rc)
        row->v[ASSET_UNIT] = site->v[SITE_UNIT];
    return rc;
}

/* Put into use after the take-over census of the running contract: added (C-003 drift). */
static enum rc date_origin(struct cx *cx, const struct row *old, struct row *row)
{
    int64_t late = 0;
    if (row->v[ASSET_IN_USE].null || (old && !old->v[ASSET_IN_USE].null))
        return RC_OK;
    enum rc rc = db_int_of(cx->db, "SELECT COUNT(*) FROM contract WHERE retired_at IS NULL AND taken_over_on < :day",
                           BINDS(B_TEXT("day", row->v[ASSET_IN_USE].s)), &late);
    if (!rc && late)
        row_text(row, ASSET_ORIGIN, "added");
    return cx_db(cx, rc);
}

static enum rc asset_check(struct cx *cx, const struct row *old, struct row *row)
{
    struct row *class;
    (void)old;
    if (!row->v[ASSET_IP].null) { /* also １９２．１６８．１．１０ and 192.168.001.010, as people type them */
        char ip[CLEAN_IP];
        if (!clean_ip(row->v[ASSET_IP].s, ip))
            return FAIL(cx, RC_INVALID, "ip", "“IP地址”不是有效的地址；请写成 192.168.1.10 这样", "not an IPv4 or IPv6 address; write it like 192.168.1.10");
        row_text(row, ASSET_IP, arena_strdup(cx->a, ip));
    }
    if (!row->v[ASSET_MAC].null) {
        const char *mac = mac_tidy(cx, row->v[ASSET_MAC].s);
        if (!mac)
            return FAIL(cx, RC_INVALID, "mac", "“MAC地址”应为 12 位十六进制，如 00:1a:2b:3c:4d:5e",
                        "a MAC address has 12 hexadecimal digits");
        row_text(row, ASSET_MAC, mac);
    }
    if (row->v[ASSET_NO].null && row->v[ASSET_SERIAL].null)
        return FAIL(cx, RC_INVALID, "asset_no", "“资产编号”和“序列号”至少填一项", "give an asset number or a serial number");
    enum rc rc = check_checks(cx, &row->v[ASSET_CHECKS]);
    if (!rc)
        rc = record_load(cx, &asset_class_kind, row->v[ASSET_CLASS].i, &class);
    if (!rc)
        row->v[ASSET_LINE] = class->v[CLASS_LINE];
    if (!rc && !row->v[ASSET_ALSO].null && !strcmp(row->v[ASSET_ALSO].s, row->v[ASSET_LINE].s))
        row_null(row, ASSET_ALSO);
    if (!rc)
        rc = check_state(cx, old, row);
    if (!rc)
        rc = follow_site(cx, old, row);
    return rc ? rc : date_origin(cx, old, row);
}

/* Each supply flows one way: what an asset feeds with it, however far, cannot feed it. Across
 * supplies a loop is real: a power supply watched through the switch that hangs on it. */
static enum rc check_loop(struct cx *cx, int64_t asset, int64_t up, const char *type, const char *field)
{
    int64_t n = 0;
    const char *first = strcmp(type, "fibre") ? type : "port", *second = strcmp(type, "port") ? type : "fibre";
    enum rc rc = db_int_of(cx->db,
                           "WITH RECURSIVE above(id) AS (SELECT up_id FROM uplink WHERE asset_id = :up"
                           " AND retired_at IS NULL AND type IN (:a, :b) UNION SELECT u.up_id FROM uplink u"
                           " JOIN above ON u.asset_id = above.id WHERE u.retired_at IS NULL AND u.type IN (:a, :b))"
                           " SELECT COUNT(*) FROM above WHERE id = :asset",
                           BINDS(B_INT("up", up), B_INT("asset", asset), B_TEXT("a", first), B_TEXT("b", second)), &n);
    if (rc || !n)
        return cx_db(cx, rc);
    return FAIL(cx, RC_INVALID, field, "上联关系成环：上联设备正由这台设备供给",
                "a loop: the asset already feeds what should feed it");
}

const struct kind asset_kind = {
    .name = "asset",
    .label = "设备",
    .label_en = "Asset",
    .group = "ledger",
    .fields = asset_fields,
    .n_fields = ASSET_N,
    .label_field = ASSET_NAME,
    .state_field = ASSET_STATE,
    .sort = "asset_no",
    .scope = {.unit = "org_unit_id", .site = "site_id", .line = "line"},
    .check = asset_check,
    .identity = "asset_no|class_id+serial_no",
    .import_links = asset_links,
};

static enum rc uplink_check(struct cx *cx, const struct row *old, struct row *row)
{
    int64_t n = 0;
    if (row->v[UPLINK_ASSET].i == row->v[UPLINK_UP].i)
        return FAIL(cx, RC_INVALID, "up_id", "设备不能上联到自己", "an asset cannot feed itself");
    enum rc rc = old ? RC_OK
                     : db_int_of(cx->db,
                                 "SELECT COUNT(*) FROM uplink WHERE asset_id = :asset"
                                 " AND up_id = :up AND type = :type AND retired_at IS NULL",
                                 BINDS(B_INT("asset", row->v[UPLINK_ASSET].i),
                                       B_INT("up", row->v[UPLINK_UP].i),
                                       B_TEXT("type", row->v[UPLINK_TYPE].s)),
                                 &n);
    if (rc)
        return cx_db(cx, rc);
    if (n)
        return FAIL(cx, RC_CONFLICT, "up_id", "这条上联关系已经登记", "this uplink exists");
    return old ? RC_OK : check_loop(cx, row->v[UPLINK_ASSET].i, row->v[UPLINK_UP].i, row->v[UPLINK_TYPE].s, "up_id");
}

const struct kind uplink_kind = {
    .name = "uplink",
    .label = "上联关系",
    .label_en = "Uplink",
    .group = "ledger",
    .fields = uplink_fields,
    .n_fields = UPLINK_N,
    .label_field = UPLINK_PORT,
    .state_field = -1,
    .link = {"asset_id", "up_id"},
    .check = uplink_check,
};
