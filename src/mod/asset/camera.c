/* SPDX-License-Identifier: Apache-2.0 */
/* One camera, one file (domain.md 7.1): what the ledger row does not hold, in parts that hang on the
 * asset one to one: camera (groups A, C, F, G), asset_place (B), asset_network (D), asset_power (E).
 * Uplinks (D, F) are links of their own; group H is the history. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "mod/asset/asset.h"

enum { CAMERA_ASSET, CAMERA_POINT_NO, CAMERA_GB_ID };
enum { NETWORK_ASSET, NETWORK_IPV6, NETWORK_MASK, NETWORK_GATEWAY };
enum { PLACE_ASSET, PLACE_LNG, PLACE_LAT, PLACE_SYSTEM };

/* clang-format off */
static const struct option point_classes[] = {
    {"class_1", "一类点", "Class 1", NULL, "一类|1类|Ⅰ类"}, {"class_2", "二类点", "Class 2", NULL, "二类|2类|Ⅱ类"},
    {"class_3", "三类点", "Class 3", NULL, "三类|3类|Ⅲ类"}, {NULL}};
static const struct option point_types[] = {
    {"crossing", "路口", "Crossing", NULL}, {"gate", "小区出入口", "Gate", NULL}, {"stairway", "楼道", "Stairway", NULL},
    {"square", "广场", "Square", NULL}, {"parking", "停车", "Parking", NULL}, {"other", "其他", "Other", NULL}, {NULL}};
static const struct option camera_types[] = {
    {"ptz_dome", "球机", "PTZ dome", NULL, "球型|球形|快球|高速球机|红外球机|云台球机"}, {"dome", "半球", "Dome", NULL, "半球机|半球型|红外半球"},
    {"bullet", "枪机", "Bullet", NULL, "枪型|枪式|筒机|筒型|红外枪机|红外筒机"}, {"panorama", "全景", "Panorama", NULL, "鱼眼|全景机|全景摄像机"}, {NULL}};
static const struct option codecs[] = {
    {"h264", "H.264", "H.264", NULL, "H264|h264|AVC"}, {"h265", "H.265", "H.265", NULL, "H265|h265|HEVC"}, {"svac", "SVAC", "SVAC", NULL}, {"mjpeg", "MJPEG", "MJPEG", NULL}, {NULL}};
static const struct option fill_lights[] = {
    {"none", "无", "None", NULL}, {"infrared", "红外", "Infrared", NULL, "红外灯|红外补光|IR"}, {"white", "白光", "White", NULL, "白光灯|暖光|白光补光"}, {"laser", "激光", "Laser", NULL}, {NULL}};
static const struct option gb35114_levels[] = {
    {"none", "无", "None", NULL}, {"a", "A级", "A", NULL}, {"b", "B级", "B", NULL}, {"c", "C级", "C", NULL}, {NULL}};
static const struct option recordings[] = {
    {"continuous", "连续", "Continuous", NULL, "全天|24小时|定时|连续录像"}, {"motion", "移动侦测", "Motion", NULL, "移动|动检|移动录像"}, {"none", "不录像", "None", NULL}, {NULL}};
static const struct option systems[] = {
    {"wgs84", "WGS-84", "WGS-84", NULL, "WGS84|84坐标|GPS"}, {"gcj02", "GCJ-02（火星）", "GCJ-02", NULL, "GCJ02|GCJ-02|火星|高德|腾讯"}, {"bd09", "BD-09（百度）", "BD-09", NULL, "BD09|BD-09|百度"},
    {"cgcs2000", "CGCS2000", "CGCS2000", NULL}, {"local", "地方坐标", "Local", NULL}, {NULL}};
static const struct option mountings[] = {
    {"pole", "立杆", "Pole", NULL, "杆装|立杆安装|立杆式"}, {"wall", "壁装", "Wall", NULL, "壁挂|墙装|壁挂安装"},
    {"ceiling", "吊装", "Ceiling", NULL, "吸顶|吊顶|吸顶安装"}, {"rack", "机柜", "Rack", NULL}, {"desk", "桌面", "Desk", NULL}, {NULL}};
static const struct option directions[] = {
    {"e", "东", "E", NULL}, {"s", "南", "S", NULL}, {"w", "西", "W", NULL}, {"n", "北", "N", NULL},
    {"se", "东南", "SE", NULL}, {"ne", "东北", "NE", NULL}, {"sw", "西南", "SW", NULL}, {"nw", "西北", "NW", NULL}, {NULL}};
static const struct option rooms[] = {{"indoor", "室内", "Indoor", NULL}, {"outdoor", "室外", "Outdoor", NULL}, {NULL}};
static const struct option protocols[] = {
    {"gb28181", "GB/T 28181", "GB/T 28181", NULL, "28181|GB28181|GB/T28181-2016|GB/T28181-2022|国标|国标28181"}, {"onvif", "ONVIF", "ONVIF", NULL}, {"rtsp", "RTSP", "RTSP", NULL}, {"private", "厂商私有", "Private", NULL, "私有协议|私有|SDK"}, {NULL}};
static const struct option links[] = {
    {"fibre", "光纤", "Fibre", NULL, "光缆|裸光纤"}, {"cable", "网线", "Cable", NULL, "双绞线|六类线|超五类"}, {"wireless", "无线", "Wireless", NULL, "4G|5G|WiFi|网桥|无线网桥"}, {NULL}};
static const struct option networks[] = {
    {"video_network", "视频专网", "Video network", NULL}, {"gov_extranet", "政务外网", "Government extranet", NULL},
    {"internet", "互联网", "Internet", NULL, "公网|外网"}, {"local", "本地局域网", "Local", NULL, "局域网|内网"}, {NULL}};
static const struct option supplies[] = {
    {"mains", "市电", "Mains", NULL, "交流|220V|AC220V|市电220V"}, {"poe", "PoE", "PoE", NULL, "PoE供电|POE交换机"}, {"solar", "太阳能", "Solar", NULL}, {"lamp_post", "路灯", "Lamp post", NULL, "路灯取电|路灯杆"}, {NULL}};

#define OF_ASSET {"asset_id", "设备", "Asset", F_REF, REQ | FIND | LIST | ONCE | UNIQUE, .ref = "asset", .also = "资产编号|固定资产编号|设备编号|资产编码|设备编码|编号|设备名称|资产名称|名称"}

static const struct field camera_fields[] = {
    [CAMERA_ASSET]    = OF_ASSET,
    [CAMERA_POINT_NO] = {"point_no", "点位编号", "Point no.", F_TEXT, FIND | LIST | CODE, 1, 40, .also = "点位号|监控点编号|点位代码"},
    [CAMERA_GB_ID]    = {"gb_id", "国标编码", "GB code", F_TEXT, FIND | LIST | UNIQUE | REUSE | CODE, 20, 20, .also = "国标编号|设备国标编码|国标ID|国标编码(20位)", .help = "20 位：8 位中心编码，2 位行业，3 位类型（131、132），1 位网络，6 位序号"},
    {"point_name", "点位名称", "Point name", F_TEXT, FIND | LIST, 1, 120},
    {"nickname", "点位俗称", "Nickname", F_TEXT, FIND, 1, 80},
    {"police_unit", "所属派出所/警务站", "Police unit", F_TEXT, FIND, 1, 80, .also = "所属派出所|警务站"},
    {"point_class", "监控点类别", "Point class", F_ENUM, LIST, .opts = point_classes},
    {"key_target", "重点目标", "Key target", F_BOOL, REQ, .initial = "0", .also = "重点目标标记"},
    {"point_type", "点位类型", "Point type", F_ENUM, LIST, .opts = point_types},
    {"type", "摄像机类型", "Camera type", F_ENUM, LIST, .opts = camera_types},
    {"firmware", "固件版本", "Firmware", F_TEXT, 0, 1, 80},
    {"resolution", "分辨率", "Resolution", F_TEXT, 0, 1, 30, .help = "如 2560x1440"},
    {"codec", "编码", "Codec", F_ENUM, 0, .opts = codecs, .also = "视频编码|编码格式|视频编码格式"},
    {"frame_rate", "帧率", "Frame rate", F_INT, 0, 1, 120},
    {"bit_rate", "码率", "Bit rate", F_INT, 0, 16, 100000, .help = "kbit/s"},
    {"fill_light", "补光", "Fill light", F_ENUM, 0, .opts = fill_lights},
    {"audio", "音频", "Audio", F_BOOL, REQ, .initial = "0"},
    {"ptz", "云台", "PTZ", F_BOOL, REQ, .initial = "0"},
    {"smart", "智能功能", "Smart functions", F_TEXT, 0, 1, 200},
    {"gb35114", "GB 35114 等级", "GB 35114 level", F_ENUM, 0, .opts = gb35114_levels},
    {"certificate_until_on", "证书到期", "Certificate until", F_DATE, 0},
    {"recorder_id", "所属录像机", "Recorder", F_REF, 0, .ref = "asset", .also = "所属NVR|所属存储"},
    {"channel_no", "通道号", "Channel", F_INT, 0, 1, 4096},
    {"recording", "录像方式", "Recording", F_ENUM, 0, .opts = recordings},
    {"retention_days", "应存天数", "Retention days", F_INT, 0, 1, 3650, .help = "一般 30 天，反恐重点目标 90 天"},
    {"kept_days", "实存天数", "Kept days", F_INT, RO},
    {"backup", "备份", "Backup", F_TEXT, 0, 1, 120},
    {"builder_unit", "建设单位", "Builder", F_TEXT, 0, 1, 80},
    {"project", "建设项目", "Project", F_TEXT, 0, 1, 120},
    {"built_on", "建成日期", "Built on", F_DATE, 0},
    {"accepted_on", "验收日期", "Accepted on", F_DATE, 0},
    {"contractor", "承建单位", "Contractor", F_TEXT, 0, 1, 80},
    {"manager_unit", "管理单位", "Managing unit", F_TEXT, 0, 1, 80},
    {"operator_unit", "运维单位", "Maintained by", F_TEXT, 0, 1, 80, .also = "运维公司|维护单位|维保单位"},
    {"engineer_id", "责任工程师", "Engineer", F_REF, LIST, .ref = "user"},
    {"police_file_no", "公安备案号", "Police file no.", F_TEXT, 0, 1, 60},
    {"notice_sign", "提示标识", "Notice sign", F_BOOL, REQ, .initial = "0", .help = "现场有公共区域视频采集提示"},
};

static const struct field place_fields[] = {
    [PLACE_ASSET] = OF_ASSET,
    [PLACE_LNG] = {"lng", "经度", "Longitude", F_FLOAT, LIST, -180, 180, .also = "东经|经度(E)|X坐标", .help = "WGS-84"},
    [PLACE_LAT] = {"lat", "纬度", "Latitude", F_FLOAT, LIST, -90, 90, .also = "北纬|纬度(N)|Y坐标", .help = "WGS-84"},
    [PLACE_SYSTEM] = {"source_system", "原坐标系", "Source system", F_ENUM, 0, .opts = systems, .help = "换算为 WGS-84 之前的坐标系"},
    {"address", "安装地址", "Address", F_TEXT, FIND | LIST, 1, 200},
    {"mounting", "安装方式", "Mounting", F_ENUM, LIST, .opts = mountings},
    {"pole_height_cm", "杆高（厘米）", "Pole height (cm)", F_INT, 0, 50, 5000},
    {"pole_no", "杆号", "Pole no.", F_TEXT, FIND, 1, 40},
    {"azimuth", "方位角", "Azimuth", F_INT, 0, 0, 359},
    {"direction", "监视方位", "Direction", F_ENUM, 0, .opts = directions},
    {"room", "室内外", "Indoor or outdoor", F_ENUM, 0, .opts = rooms, .also = "室内/室外"},
    {"coverage", "覆盖范围", "Coverage", F_TEXT, LONG, 1, 500, .also = "覆盖范围说明"},
    {"view_day", "基准画面（白天）", "Reference view, day", F_FILES, IMAGE},
    {"view_night", "基准画面（夜间）", "Reference view, night", F_FILES, IMAGE},
};

static const struct field network_fields[] = {
    [NETWORK_ASSET] = OF_ASSET,
    [NETWORK_IPV6] = {"ipv6", "IPv6", "IPv6", F_TEXT, FIND, 2, 45},
    [NETWORK_MASK] = {"netmask", "掩码", "Netmask", F_TEXT, LIST, 7, 15, .also = "子网掩码"},
    [NETWORK_GATEWAY] = {"gateway", "网关", "Gateway", F_TEXT, LIST, 2, 45, .also = "默认网关|网关地址"},
    {"vlan", "VLAN", "VLAN", F_INT, LIST, 1, 4094},
    {"port", "端口", "Port", F_INT, 0, 1, 65535},
    {"protocol", "接入协议", "Protocol", F_ENUM, LIST, .opts = protocols},
    {"login", "用户名", "Login", F_TEXT, 0, 1, 60, .also = "登录名|账号|登录账号"},
    {"link", "链路类型", "Link", F_ENUM, LIST, .opts = links},
    {"transceiver", "光纤收发器", "Transceiver", F_TEXT, 0, 1, 80},
    {"odf_port", "ODF 端口", "ODF port", F_TEXT, FIND, 1, 60},
    {"network", "所属专网", "Network", F_ENUM, LIST, .opts = networks},
    {"password", "密码", "Password", F_SECRET, 0, 1, 120, .edit = "asset_network.password", .help = "加密保存，任何人都看不到原文"},
};

static const struct field power_fields[] = {
    OF_ASSET,
    {"source", "取电点", "Power source", F_TEXT, FIND | LIST, 1, 120},
    {"type", "取电方式", "Supply", F_ENUM, LIST, .opts = supplies},
    {"meter", "电表", "Meter", F_TEXT, 0, 1, 60},
    {"breaker", "空开", "Breaker", F_TEXT, 0, 1, 60, .also = "电表/空开"},
    {"ups", "UPS", "UPS", F_TEXT, 0, 1, 60},
    {"box_no", "箱体编号", "Box no.", F_TEXT, FIND | LIST, 1, 60},
    {"box_key", "箱体钥匙", "Box key", F_TEXT, 0, 1, 60},
    {"surge_protection", "防雷", "Surge protection", F_BOOL, REQ, .initial = "0"},
    {"grounding", "接地", "Grounding", F_BOOL, REQ, .initial = "0"},
};
/* clang-format on */
#define N(fields) ((int)(sizeof(fields) / sizeof *(fields)))

/* GB/T 28181 annex: 8 digits of the centre (it begins with a province), 2 of the trade, 3 of the type
 * (131 camera, 132 network camera), 1 of the network, 6 of the sequence. */
static enum rc check_gb_id(struct cx *cx, const struct value *v)
{
    const char *s = v->s;
    if (v->null)
        return RC_OK;
    if (strlen(s) != 20 || strspn(s, "0123456789") != 20)
        return FAIL(cx, RC_INVALID, "gb_id", "“国标编码”应为 20 位数字", "a GB code has 20 digits");
    int province = (s[0] - '0') * 10 + (s[1] - '0');
    if (province < 11 || (province > 65 && province != 71 && province != 81 && province != 82))
        return FAIL(cx, RC_INVALID, "gb_id", "“国标编码”开头两位 {p} 不是省级代码",
                    "a GB code begins with a province, not {p}", "p", arena_strndup(cx->a, s, 2));
    if (strncmp(s + 10, "131", 3) && strncmp(s + 10, "132", 3))
        return FAIL(cx, RC_INVALID, "gb_id", "“国标编码”第 11 到 13 位是 {t}，摄像机应为 131 或 132",
                    "digits 11 to 13 of a camera's GB code are 131 or 132, not {t}", "t",
                    arena_strndup(cx->a, s + 10, 3));
    if (!strcmp(s + 14, "000000"))
        return FAIL(cx, RC_INVALID, "gb_id", "“国标编码”最后 6 位序号不能全是 0",
                    "the last 6 digits of a GB code are a sequence above 0");
    return RC_OK;
}

static enum rc camera_check(struct cx *cx, const struct row *old, struct row *row)
{
    int64_t fits = 0;
    (void)old;
    enum rc rc = cx_db(cx, db_int_of(cx->db,
                                     "SELECT COUNT(*) FROM asset a JOIN asset_class c ON c.id = a.class_id"
                                     " WHERE a.id = :id AND c.code IN ('camera', 'office_cctv')",
                                     BINDS(B_INT("id", row->v[CAMERA_ASSET].i)), &fits));
    if (rc)
        return rc;
    if (!fits)
        return FAIL(cx, RC_INVALID, "asset_id", "“设备”不是摄像机或办公监控设备，不建一机一档",
                    "only a camera has a camera file");
    return check_gb_id(cx, &row->v[CAMERA_GB_ID]);
}

static bool address_ok(int family, const struct value *v)
{
    unsigned char raw[16];
    return v->null || inet_pton(family, v->s, raw) == 1;
}

/* Ones, then zeros, and at least one of each. */
static bool mask_ok(const struct value *v)
{
    unsigned char raw[4];
    if (v->null)
        return true;
    if (inet_pton(AF_INET, v->s, raw) != 1)
        return false;
    uint32_t bits = (uint32_t)raw[0] << 24 | (uint32_t)raw[1] << 16 | (uint32_t)raw[2] << 8 | raw[3];
    return bits && (~bits & (~bits + 1)) == 0;
}

static enum rc network_check(struct cx *cx, const struct row *old, struct row *row)
{
    (void)old;
    if (!address_ok(AF_INET6, &row->v[NETWORK_IPV6]))
        return FAIL(cx, RC_INVALID, "ipv6", "“IPv6”不是有效地址", "not an IPv6 address");
    if (!mask_ok(&row->v[NETWORK_MASK]))
        return FAIL(cx, RC_INVALID, "netmask", "“掩码”应写成 255.255.255.0 这样", "a netmask is like 255.255.255.0");
    const struct value *gw = &row->v[NETWORK_GATEWAY];
    if (!address_ok(AF_INET, gw) && !address_ok(AF_INET6, gw))
        return FAIL(cx, RC_INVALID, "gateway", "“网关”不是有效的 IP 地址", "the gateway is no IP address");
    return RC_OK;
}

static enum rc place_check(struct cx *cx, const struct row *old, struct row *row)
{
    (void)old;
    const struct value *lng = &row->v[PLACE_LNG], *lat = &row->v[PLACE_LAT];
    if (lng->null != lat->null)
        return FAIL(cx, RC_INVALID, lng->null ? "lng" : "lat", "“经度”和“纬度”要么都填，要么都不填",
                    "give both longitude and latitude, or neither");
    if (!lng->null && lng->f < 54 && lat->f > 72)
        return FAIL(cx, RC_INVALID, "lng", "“经度”和“纬度”像是填反了", "longitude and latitude seem to be swapped");
    return RC_OK;
}

/* clang-format off */
const struct kind camera_kind = {
    .name = "camera", .label = "摄像机档案", .label_en = "Camera file", .fields = camera_fields, .n_fields = N(camera_fields),
    .label_field = CAMERA_POINT_NO, .state_field = -1, .group = "ledger", .sort = "point_no", .check = camera_check, .scope = {.through = "asset_id"}, .identity = "asset_id",
};
const struct kind asset_place_kind = {
    .name = "asset_place", .label = "安装位置", .label_en = "Place", .fields = place_fields, .n_fields = N(place_fields),
    .label_field = 4, .state_field = -1, .group = "inside", .sort = "id", .check = place_check, .scope = {.through = "asset_id"}, .identity = "asset_id",
};
const struct kind asset_network_kind = {
    .name = "asset_network", .label = "网络接入", .label_en = "Network", .fields = network_fields, .n_fields = N(network_fields),
    .label_field = NETWORK_GATEWAY, .state_field = -1, .group = "inside", .sort = "id", .check = network_check, .scope = {.through = "asset_id"}, .identity = "asset_id", .export_reason = true,
};
const struct kind asset_power_kind = {
    .name = "asset_power", .label = "供电与箱体", .label_en = "Power and box", .fields = power_fields, .n_fields = N(power_fields),
    .label_field = 1, .state_field = -1, .group = "inside", .sort = "id", .scope = {.through = "asset_id"}, .identity = "asset_id",
};
/* clang-format on */
