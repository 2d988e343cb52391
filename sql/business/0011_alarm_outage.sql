-- SPDX-License-Identifier: Apache-2.0
-- An alarm's outage is a reference like any other; SQLite adds a reference by making the table anew.
CREATE TABLE alarm_new (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    asset_id INT NOT NULL REFERENCES asset (id),
    check_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'ended')),
    decided_at INT NOT NULL,
    dark_since INT,
    ended_at INT,
    rule TEXT NOT NULL,
    detail TEXT,
    outage_id INT REFERENCES outage (id)
);
INSERT INTO alarm_new (id, rev, created_at, created_by, updated_at, retired_at, asset_id, check_name, state,
    decided_at, dark_since, ended_at, rule, detail, outage_id)
SELECT id, rev, created_at, created_by, updated_at, retired_at, asset_id, check_name, state,
    decided_at, dark_since, ended_at, rule, detail, outage_id FROM alarm;
DROP TABLE alarm;
ALTER TABLE alarm_new RENAME TO alarm;
CREATE INDEX alarm_asset ON alarm (asset_id, check_name, state);
CREATE INDEX alarm_outage ON alarm (outage_id);
CREATE INDEX alarm_state ON alarm (state);
CREATE INDEX alarm_ended ON alarm (ended_at);
