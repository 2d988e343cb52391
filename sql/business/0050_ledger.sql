-- SPDX-License-Identifier: Apache-2.0
-- The ledger in depth: camera files, life cycle, replaced parts, and what is looked for in it.

ALTER TABLE asset_class ADD COLUMN expects TEXT;
UPDATE asset_class SET expects = 'ip,site,photo,uplink,seen' WHERE code IN ('office_cctv', 'printer', 'gateway_access', 'switch', 'server', 'access_control', 'video_switch', 'video_server', 'storage');
UPDATE asset_class SET expects = 'ip,site,photo,coordinates,uplink,seen' WHERE code = 'camera';
UPDATE asset_class SET expects = 'site,unit,photo' WHERE code IN ('computer', 'conference', 'phone');
UPDATE asset_class SET expects = 'site,photo' WHERE code IN ('camera_accessory', 'display');

ALTER TABLE asset ADD COLUMN maker TEXT;
ALTER TABLE asset ADD COLUMN also_serves TEXT CHECK (also_serves IN ('office_it', 'community_video'));
ALTER TABLE asset ADD COLUMN owner TEXT NOT NULL DEFAULT 'party_a' CHECK (owner IN ('party_a', 'party_b', 'carrier', 'other'));
ALTER TABLE asset ADD COLUMN origin TEXT NOT NULL DEFAULT 'baseline' CHECK (origin IN ('baseline', 'added'));
ALTER TABLE asset ADD COLUMN photos TEXT;
ALTER TABLE asset ADD COLUMN left_on TEXT;
CREATE INDEX asset_ip ON asset (ip);
CREATE INDEX asset_mac ON asset (mac);
CREATE INDEX asset_unit ON asset (org_unit_id);

-- The number of a retired device may be given to another.
DROP INDEX asset_asset_no;
CREATE UNIQUE INDEX asset_asset_no ON asset (asset_no) WHERE retired_at IS NULL;

-- One camera, one file (domain.md 7.1): identity, device, storage, management.
CREATE TABLE camera (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    asset_id INT NOT NULL REFERENCES asset (id),
    point_no TEXT,
    gb_id TEXT,
    point_name TEXT,
    nickname TEXT,
    police_unit TEXT,
    point_class TEXT CHECK (point_class IN ('class_1', 'class_2', 'class_3')),
    key_target INT NOT NULL,
    point_type TEXT CHECK (point_type IN ('crossing', 'gate', 'stairway', 'square', 'parking', 'other')),
    type TEXT CHECK (type IN ('ptz_dome', 'dome', 'bullet', 'panorama')),
    firmware TEXT,
    resolution TEXT,
    codec TEXT CHECK (codec IN ('h264', 'h265', 'svac', 'mjpeg')),
    frame_rate INT,
    bit_rate INT,
    fill_light TEXT CHECK (fill_light IN ('none', 'infrared', 'white', 'laser')),
    audio INT NOT NULL,
    ptz INT NOT NULL,
    smart TEXT,
    gb35114 TEXT CHECK (gb35114 IN ('none', 'a', 'b', 'c')),
    certificate_until_on TEXT,
    recorder_id INT REFERENCES asset (id),
    channel_no INT,
    recording TEXT CHECK (recording IN ('continuous', 'motion', 'none')),
    retention_days INT,
    kept_days INT,
    backup TEXT,
    builder_unit TEXT,
    project TEXT,
    built_on TEXT,
    accepted_on TEXT,
    contractor TEXT,
    manager_unit TEXT,
    engineer_id INT REFERENCES account (id),
    police_file_no TEXT,
    notice_sign INT NOT NULL
);
CREATE UNIQUE INDEX camera_asset ON camera (asset_id);
CREATE UNIQUE INDEX camera_gb_id ON camera (gb_id) WHERE retired_at IS NULL;

CREATE TABLE asset_place (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    asset_id INT NOT NULL REFERENCES asset (id),
    lng FLOAT,
    lat FLOAT,
    source_system TEXT CHECK (source_system IN ('wgs84', 'gcj02', 'bd09', 'cgcs2000', 'local')),
    address TEXT,
    mounting TEXT CHECK (mounting IN ('pole', 'wall', 'ceiling', 'rack', 'desk')),
    pole_height_cm INT,
    pole_no TEXT,
    azimuth INT,
    direction TEXT CHECK (direction IN ('e', 's', 'w', 'n', 'se', 'ne', 'sw', 'nw')),
    room TEXT CHECK (room IN ('indoor', 'outdoor')),
    coverage TEXT,
    view_day TEXT,
    view_night TEXT
);
CREATE UNIQUE INDEX asset_place_asset ON asset_place (asset_id);

CREATE TABLE asset_network (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    asset_id INT NOT NULL REFERENCES asset (id),
    ipv6 TEXT,
    netmask TEXT,
    gateway TEXT,
    vlan INT,
    port INT,
    protocol TEXT CHECK (protocol IN ('gb28181', 'onvif', 'rtsp', 'private')),
    login TEXT,
    link TEXT CHECK (link IN ('fibre', 'cable', 'wireless')),
    transceiver TEXT,
    odf_port TEXT,
    network TEXT CHECK (network IN ('video_network', 'gov_extranet', 'internet', 'local'))
);
CREATE UNIQUE INDEX asset_network_asset ON asset_network (asset_id);

CREATE TABLE asset_power (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    asset_id INT NOT NULL REFERENCES asset (id),
    source TEXT,
    type TEXT CHECK (type IN ('mains', 'poe', 'solar', 'lamp_post')),
    meter TEXT,
    breaker TEXT,
    ups TEXT,
    box_no TEXT,
    box_key TEXT,
    surge_protection INT NOT NULL,
    grounding INT NOT NULL
);
CREATE UNIQUE INDEX asset_power_asset ON asset_power (asset_id);

-- F-19, C-048: what may change in the ledger only with a word of party A.
CREATE TABLE asset_change (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    title TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('add', 'move', 'suspend', 'resume', 'dispose', 'restore', 'angle', 'other')),
    state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'done', 'rejected', 'cancelled')),
    asset_id INT NOT NULL REFERENCES asset (id),
    to_site_id INT REFERENCES site (id),
    to_unit_id INT REFERENCES org_unit (id),
    reason TEXT NOT NULL,
    risk TEXT NOT NULL CHECK (risk IN ('low', 'middle', 'high')),
    rollback TEXT,
    documents TEXT,
    applicant_id INT REFERENCES account (id),
    approver_id INT REFERENCES account (id),
    approved_at INT,
    answer TEXT,
    done_at INT,
    result TEXT,
    proof TEXT
);
CREATE INDEX asset_change_asset ON asset_change (asset_id);
CREATE INDEX asset_change_state ON asset_change (state);

-- C-006: every part taken out of a device of party A ends somewhere.
CREATE TABLE replaced_part (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('taken', 'approved', 'repair', 'returned', 'scrapped', 'destroyed', 'rma')),
    asset_id INT NOT NULL REFERENCES asset (id),
    work_order_id INT REFERENCES work_order (id),
    model TEXT,
    serial_no TEXT,
    holds_data INT NOT NULL,
    taken_on TEXT NOT NULL,
    kept_at TEXT,
    photos TEXT,
    keeper_id INT REFERENCES account (id),
    approver_id INT REFERENCES account (id),
    approved_at INT,
    receiver TEXT,
    proof TEXT,
    ended_at INT,
    note TEXT
);
CREATE INDEX replaced_part_asset ON replaced_part (asset_id);
CREATE INDEX replaced_part_state ON replaced_part (state);

-- Groups that somebody looked at: not one device twice. Shown again when one with a higher id joins.
CREATE TABLE not_duplicate (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    type TEXT NOT NULL CHECK (type IN ('serial_no', 'mac', 'ip', 'name')),
    value TEXT NOT NULL,
    up_to_id INT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX not_duplicate_value ON not_duplicate (type, value);

INSERT INTO role_permission (role, permission, scope)
SELECT r.name, p.name, 'all' FROM role r, (SELECT 'camera.read' AS name UNION SELECT 'asset_place.read' UNION SELECT 'asset_power.read'
  UNION SELECT 'asset_gap.read' UNION SELECT 'camera_file.read' UNION SELECT 'map_point.read' UNION SELECT 'asset_change.read') p
WHERE r.name IN ('a_leader', 'a_supervisor', 'a_approver', 'b_pm', 'b_dispatcher', 'b_resident', 'b_field');
INSERT INTO role_permission (role, permission, scope)
SELECT r.name, p.name, 'unit' FROM role r, (SELECT 'camera.read' AS name UNION SELECT 'asset_place.read' UNION SELECT 'map_point.read' UNION SELECT 'asset_gap.read') p
WHERE r.name IN ('a_section', 'a_community');
INSERT INTO role_permission (role, permission, scope)
SELECT r.name, p.name, 'all' FROM role r, (SELECT 'census.read' AS name UNION SELECT 'asset_drift.read') p
WHERE r.name IN ('a_leader', 'a_supervisor', 'a_approver', 'b_pm', 'b_dispatcher');
-- Network data is for those who work with it (IP ledger of chapter 9).
INSERT INTO role_permission (role, permission, scope)
SELECT r.name, 'asset_network.read', 'all' FROM role r
WHERE r.name IN ('a_supervisor', 'a_approver', 'b_pm', 'b_dispatcher', 'b_resident', 'b_field');
INSERT INTO role_permission (role, permission, scope)
SELECT r.name, p.name, 'all' FROM role r, (SELECT 'camera.create' AS name UNION SELECT 'camera.update' UNION SELECT 'camera.import' UNION SELECT 'camera.export'
  UNION SELECT 'asset_place.create' UNION SELECT 'asset_place.update' UNION SELECT 'asset_place.import' UNION SELECT 'asset_place.export'
  UNION SELECT 'asset_network.create' UNION SELECT 'asset_network.update' UNION SELECT 'asset_network.import' UNION SELECT 'asset_network.export'
  UNION SELECT 'asset_power.create' UNION SELECT 'asset_power.update' UNION SELECT 'asset_power.import' UNION SELECT 'asset_power.export'
  UNION SELECT 'asset_duplicate.read' UNION SELECT 'duplicate_group.read' UNION SELECT 'not_duplicate.read' UNION SELECT 'not_duplicate.create' UNION SELECT 'not_duplicate.retire'
  UNION SELECT 'asset_change.update' UNION SELECT 'asset_gap.export' UNION SELECT 'camera_file.export' UNION SELECT 'census.export' UNION SELECT 'asset_drift.export'
  UNION SELECT 'duplicate_group.export' UNION SELECT 'asset_duplicate.export' UNION SELECT 'asset_change.export') p
WHERE r.name IN ('b_pm', 'b_dispatcher');
INSERT INTO role_permission (role, permission, scope)
SELECT r.name, p.name, 'all' FROM role r, (SELECT 'asset_change.create' AS name UNION SELECT 'asset_change.carry_out') p
WHERE r.name IN ('b_pm', 'b_dispatcher', 'b_resident', 'b_field');
INSERT INTO role_permission (role, permission, scope) VALUES
    ('a_supervisor', 'asset_change.approve', 'all'), ('a_approver', 'asset_change.approve', 'all'),
    ('a_supervisor', 'asset_gap.export', 'all'), ('a_supervisor', 'camera_file.export', 'all'), ('a_supervisor', 'census.export', 'all'),
    ('a_supervisor', 'asset_drift.export', 'all'), ('a_supervisor', 'asset_change.export', 'all'),
    ('a_supervisor', 'asset_duplicate.read', 'all'), ('a_supervisor', 'duplicate_group.read', 'all'), ('a_supervisor', 'not_duplicate.read', 'all');
INSERT INTO role_permission (role, permission, scope)
SELECT r.name, 'replaced_part.read', 'all' FROM role r
WHERE r.name IN ('a_leader', 'a_supervisor', 'a_approver', 'b_pm', 'b_dispatcher', 'b_resident', 'b_field', 'b_storekeeper', 'b_supervisor');
INSERT INTO role_permission (role, permission, scope)
SELECT r.name, p.name, 'all' FROM role r, (SELECT 'replaced_part.create' AS name UNION SELECT 'replaced_part.update') p
WHERE r.name IN ('b_pm', 'b_dispatcher', 'b_resident', 'b_field', 'b_storekeeper');
INSERT INTO role_permission (role, permission, scope) VALUES
    ('b_storekeeper', 'replaced_part.dispose', 'all'), ('b_pm', 'replaced_part.dispose', 'all'),
    ('b_storekeeper', 'replaced_part.export', 'all'), ('b_pm', 'replaced_part.export', 'all'), ('a_supervisor', 'replaced_part.export', 'all'),
    ('a_supervisor', 'replaced_part.approve', 'all'), ('a_approver', 'replaced_part.approve', 'all');
