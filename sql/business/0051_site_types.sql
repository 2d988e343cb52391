-- SPDX-License-Identifier: Apache-2.0
-- More types of site. SQLite cannot change a CHECK: the table is rebuilt under its name.
PRAGMA legacy_alter_table = ON;
CREATE TABLE site_new (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    name TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('office', 'core_room', 'community', 'community_room', 'police_post', 'room', 'wiring_closet', 'pole', 'box', 'other')),
    org_unit_id INT REFERENCES org_unit (id),
    parent_id INT REFERENCES site (id),
    address TEXT,
    lng FLOAT,
    lat FLOAT
);
INSERT INTO site_new SELECT id, rev, created_at, created_by, updated_at, retired_at, name, type, org_unit_id, parent_id, address, lng, lat FROM site;
DROP TABLE site;
ALTER TABLE site_new RENAME TO site;
CREATE UNIQUE INDEX site_name ON site (name);
CREATE INDEX site_parent ON site (parent_id);
PRAGMA legacy_alter_table = OFF;
