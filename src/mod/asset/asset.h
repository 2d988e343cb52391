/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger: sites, asset classes, assets and what feeds them (uplink). */
#ifndef MOD_ASSET_ASSET_H
#define MOD_ASSET_ASSET_H
#include "record/record.h"

extern const struct kind site_kind, asset_class_kind, asset_kind, uplink_kind;

enum { SITE_NAME, SITE_TYPE, SITE_UNIT, SITE_PARENT, SITE_ADDRESS, SITE_LNG, SITE_LAT, SITE_N };
enum { CLASS_CODE, CLASS_NAME, CLASS_LINE, CLASS_SLA_GROUP, CLASS_CHECKS, CLASS_ALARM, CLASS_N };
enum {
    ASSET_NO, ASSET_NAME, ASSET_CLASS, ASSET_LINE, ASSET_STATE, ASSET_SITE, ASSET_UNIT, ASSET_MODEL,
    ASSET_SERIAL, ASSET_IP, ASSET_MAC, ASSET_CHECKS, ASSET_IN_USE, ASSET_WARRANTY, ASSET_NOTE,
    ASSET_HEALTH, ASSET_HEALTH_AT, ASSET_N
};
enum { UPLINK_ASSET, UPLINK_UP, UPLINK_TYPE, UPLINK_PORT, UPLINK_N };

#endif
