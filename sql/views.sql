-- SPDX-License-Identifier: Apache-2.0
-- Views by hand, dropped and rebuilt with those of the record kinds whenever either changes.
-- What the monitoring engine may read of the business store (design.md 2).
CREATE VIEW watch_target_v AS
SELECT a.id AS asset_id, a.ip AS address, COALESCE(a.checks, c.checks, 'icmp') AS checks
FROM asset a JOIN asset_class c ON c.id = a.class_id
WHERE a.ip IS NOT NULL AND a.state = 'in_use' AND a.retired_at IS NULL;

-- Where it may look (SEC-14).
CREATE VIEW watch_range_v AS SELECT value AS ranges FROM parameter WHERE name = 'probe_addresses';

-- What carries the signal: a recorder's channel or a power feed is no second way to a device.
CREATE VIEW watch_uplink_v AS
SELECT asset_id, up_id FROM uplink WHERE retired_at IS NULL AND type IN ('port', 'fibre');
