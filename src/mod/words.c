/* SPDX-License-Identifier: Apache-2.0 */
#include "mod/words.h"

/* clang-format off */
const struct option line_options[] = {
    {"office_it",       "基础办公 IT", "Office IT",       "primary"},
    {"community_video", "社区视频",    "Community video", "success"},
    {NULL}};
const struct option sla_group_options[] = {
    {"device",   "办公设备",   "Office device",   NULL},
    {"network",  "办公网络",   "Office network",  NULL},
    {"camera",   "摄像机",     "Camera",          NULL},
    {"switch",   "交换机线路", "Switch and line", NULL},
    {"storage",  "存储",       "Storage",         NULL},
    {"platform", "平台核心",   "Platform",        NULL},
    {NULL}};
const struct option grade_options[] = {
    {"general", "一般", "General", "info"},
    {"serious", "重大", "Serious", "danger"},
    {NULL}};
const struct option calendar_options[] = {
    {"24x7", "7×24",        "24x7", NULL},
    {"5x8",  "5×8 工作时间", "5x8",  NULL},
    {NULL}};
const struct option metric_options[] = {
    {"respond", "响应",     "Respond", NULL},
    {"arrive",  "到场",     "Arrive",  NULL},
    {"restore", "恢复",     "Restore", NULL},
    {"resolve", "修复",     "Resolve", NULL},
    {"report",  "报告",     "Report",  NULL},
    {"decide",  "审批",     "Decide",  NULL},
    {"notify",  "通知",     "Notify",  NULL},
    {"deliver", "交付",     "Deliver", NULL},
    {NULL}};
/* clang-format on */
