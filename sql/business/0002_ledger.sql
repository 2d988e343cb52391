-- SPDX-License-Identifier: Apache-2.0
-- Assets, what feeds them, what was seen of them, and the orders and clocks that follow.

CREATE TABLE asset_class (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    line TEXT NOT NULL CHECK (line IN ('office_it', 'community_video')),
    sla_group TEXT NOT NULL CHECK (sla_group IN ('device', 'network', 'camera', 'switch', 'storage', 'platform')),
    checks TEXT,
    raises_alarm INT NOT NULL
);
CREATE UNIQUE INDEX asset_class_code ON asset_class (code);
CREATE UNIQUE INDEX asset_class_name ON asset_class (name);

CREATE TABLE asset (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    asset_no TEXT,
    name TEXT NOT NULL,
    class_id INT NOT NULL REFERENCES asset_class (id),
    line TEXT NOT NULL CHECK (line IN ('office_it', 'community_video')),
    state TEXT NOT NULL CHECK (state IN ('in_use', 'spare', 'repair', 'suspended', 'disposed')),
    site_id INT REFERENCES site (id),
    org_unit_id INT REFERENCES org_unit (id),
    model TEXT,
    serial_no TEXT,
    ip TEXT,
    mac TEXT,
    checks TEXT,
    in_use_on TEXT,
    warranty_until_on TEXT,
    note TEXT,
    health TEXT NOT NULL CHECK (health IN ('up', 'down', 'partial', 'unknown')),
    health_at INT
);
CREATE UNIQUE INDEX asset_asset_no ON asset (asset_no);
CREATE INDEX asset_site ON asset (site_id);
CREATE INDEX asset_class_ref ON asset (class_id);
CREATE INDEX asset_serial ON asset (serial_no);

CREATE TABLE uplink (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    asset_id INT NOT NULL REFERENCES asset (id),
    up_id INT NOT NULL REFERENCES asset (id),
    type TEXT NOT NULL CHECK (type IN ('port', 'fibre', 'power', 'nvr_channel')),
    port TEXT
);
CREATE UNIQUE INDEX uplink_pair ON uplink (asset_id, up_id, type) WHERE retired_at IS NULL;
CREATE INDEX uplink_up ON uplink (up_id);

CREATE TABLE alarm (
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
    outage_id INT
);
CREATE INDEX alarm_asset ON alarm (asset_id, check_name, state);
CREATE INDEX alarm_outage ON alarm (outage_id);
CREATE INDEX alarm_state ON alarm (state);
CREATE INDEX alarm_ended ON alarm (ended_at);

CREATE TABLE outage (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    title TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'ended', 'merged')),
    root_asset_id INT NOT NULL REFERENCES asset (id),
    line TEXT NOT NULL CHECK (line IN ('office_it', 'community_video')),
    site_id INT REFERENCES site (id),
    started_at INT NOT NULL,
    dark_since INT,
    ended_at INT,
    affected_count INT NOT NULL,
    merged_into_id INT REFERENCES outage (id)
);
CREATE INDEX outage_state ON outage (state);
CREATE INDEX outage_root ON outage (root_asset_id);

CREATE TABLE outage_asset (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    outage_id INT NOT NULL REFERENCES outage (id),
    asset_id INT NOT NULL REFERENCES asset (id),
    dark_from_at INT NOT NULL,
    dark_until_at INT
);
CREATE UNIQUE INDEX outage_asset_pair ON outage_asset (outage_id, asset_id, dark_from_at);
CREATE INDEX outage_asset_asset ON outage_asset (asset_id);

CREATE TABLE sla_rule (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    metric TEXT NOT NULL CHECK (metric IN ('respond', 'arrive', 'restore', 'resolve', 'report', 'decide', 'notify', 'deliver')),
    limit_minutes INT NOT NULL,
    calendar TEXT NOT NULL CHECK (calendar IN ('24x7', '5x8')),
    line TEXT CHECK (line IN ('office_it', 'community_video')),
    sla_group TEXT CHECK (sla_group IN ('device', 'network', 'camera', 'switch', 'storage', 'platform')),
    grade TEXT CHECK (grade IN ('general', 'serious')),
    emergency TEXT NOT NULL CHECK (emergency IN ('any', 'yes', 'no')),
    in_duty TEXT NOT NULL CHECK (in_duty IN ('any', 'yes', 'no')),
    valid_from_on TEXT NOT NULL,
    valid_to_on TEXT,
    internal INT NOT NULL,
    source TEXT NOT NULL
);
CREATE INDEX sla_rule_code ON sla_rule (code, valid_from_on);

CREATE TABLE calendar_day (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    on_date TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('work', 'rest', 'statutory', 'swap_off', 'swap_work')),
    name TEXT,
    source TEXT NOT NULL,
    is_override INT NOT NULL
);
CREATE UNIQUE INDEX calendar_day_date ON calendar_day (on_date, is_override);

CREATE TABLE work_order (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    no TEXT NOT NULL,
    title TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('incident', 'service_request')),
    line TEXT NOT NULL CHECK (line IN ('office_it', 'community_video')),
    channel TEXT NOT NULL CHECK (channel IN ('phone', 'chat', 'qr', 'on_site', 'inspection', 'monitor', 'web', 'superior')),
    state TEXT NOT NULL CHECK (state IN ('reported', 'registered', 'dispatched', 'accepted', 'arrived', 'restored', 'resolved', 'confirmed', 'closed', 'cancelled')),
    grade TEXT NOT NULL CHECK (grade IN ('general', 'serious')),
    emergency INT NOT NULL,
    emergency_at INT,
    site_id INT REFERENCES site (id),
    asset_id INT REFERENCES asset (id),
    outage_id INT REFERENCES outage (id),
    symptom TEXT,
    reporter_id INT REFERENCES account (id),
    reporter_name TEXT,
    reporter_phone TEXT,
    engineer_id INT REFERENCES account (id),
    started_at INT NOT NULL,
    reported_at INT,
    detected_at INT,
    registered_at INT,
    dispatched_at INT,
    accepted_at INT,
    plan_told_at INT,
    arrived_at INT,
    restored_at INT,
    resolved_at INT,
    confirmed_at INT,
    closed_at INT,
    deadline_at INT,
    presence TEXT,
    cause TEXT,
    result TEXT,
    before_photos TEXT,
    after_photos TEXT,
    rating INT,
    confirm_note TEXT
);
CREATE UNIQUE INDEX work_order_no ON work_order (no);
CREATE INDEX work_order_state ON work_order (state, deadline_at);
CREATE INDEX work_order_engineer ON work_order (engineer_id, state);
CREATE INDEX work_order_outage ON work_order (outage_id);
CREATE INDEX work_order_asset ON work_order (asset_id);
CREATE INDEX work_order_started ON work_order (started_at);

CREATE TABLE sla_clock (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    work_order_id INT NOT NULL REFERENCES work_order (id),
    metric TEXT NOT NULL CHECK (metric IN ('respond', 'arrive', 'restore', 'resolve', 'report', 'decide', 'notify', 'deliver')),
    rule_code TEXT NOT NULL,
    rule_id INT REFERENCES sla_rule (id),
    also TEXT,
    calendar TEXT NOT NULL CHECK (calendar IN ('24x7', '5x8')),
    limit_minutes INT NOT NULL,
    line TEXT NOT NULL CHECK (line IN ('office_it', 'community_video')),
    started_at INT NOT NULL,
    deadline_at INT NOT NULL,
    deadline_month TEXT NOT NULL,
    provisional INT NOT NULL,
    internal INT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'overdue', 'met', 'missed', 'cancelled')),
    stopped_at INT,
    elapsed_ms INT
);
CREATE UNIQUE INDEX sla_clock_metric ON sla_clock (work_order_id, metric);
CREATE INDEX sla_clock_deadline ON sla_clock (state, deadline_at);
CREATE INDEX sla_clock_month ON sla_clock (deadline_month, state);
