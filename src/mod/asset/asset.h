/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger: sites, asset classes, assets, what feeds them (uplink), the parts of a camera's file,
 * what may change only with a word of party A, and the questions asked of it all (derived kinds). */
#ifndef MOD_ASSET_ASSET_H
#define MOD_ASSET_ASSET_H
#include "record/record.h"

extern const struct kind site_kind, asset_class_kind, asset_kind, uplink_kind;
extern const struct kind camera_kind, asset_place_kind, asset_network_kind, asset_power_kind;
extern const struct kind asset_change_kind, replaced_part_kind, not_duplicate_kind;
extern const struct kind asset_gap_kind, camera_file_kind, census_kind, asset_drift_kind,
    duplicate_group_kind, asset_duplicate_kind, map_point_kind;

/* {asset, feeds: [...], blast: [...], counts: {...}}: what feeds an asset, and what is lost when it
 * dies, as far as the actor may see. */
MUST_USE enum rc asset_blast_json(struct cx *cx, int64_t id, struct jw *w);
/* {items: [...]}: where it stood, in which state, its faults, orders, parts; newest first. */
MUST_USE enum rc asset_history_json(struct cx *cx, int64_t id, struct jw *w);
/* {groups: [{kind, label, id|null, rev, values}], missing: [...]}: the parts of an asset's file. */
MUST_USE enum rc asset_file_json(struct cx *cx, int64_t id, struct jw *w);

enum { SITE_NAME, SITE_TYPE, SITE_UNIT, SITE_PARENT, SITE_ADDRESS, SITE_LNG, SITE_LAT, SITE_N };
enum { CLASS_CODE, CLASS_NAME, CLASS_LINE, CLASS_SLA_GROUP, CLASS_CHECKS, CLASS_ALARM, CLASS_EXPECTS, CLASS_N };
enum {
    ASSET_NO, ASSET_NAME, ASSET_CLASS, ASSET_LINE, ASSET_STATE, ASSET_SITE, ASSET_UNIT, ASSET_MODEL,
    ASSET_SERIAL, ASSET_IP, ASSET_MAC, ASSET_CHECKS, ASSET_IN_USE, ASSET_WARRANTY, ASSET_NOTE,
    ASSET_HEALTH, ASSET_HEALTH_AT, ASSET_MAKER, ASSET_ALSO, ASSET_OWNER, ASSET_ORIGIN, ASSET_PHOTOS,
    ASSET_LEFT, ASSET_N
};
/* Why an asset may not go from one state to another, NULL when it may (states as stored). */
bool asset_move_allowed(const char *from, const char *to);
enum { UPLINK_ASSET, UPLINK_UP, UPLINK_TYPE, UPLINK_PORT, UPLINK_N };

#endif
