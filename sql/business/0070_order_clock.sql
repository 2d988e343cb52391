-- SPDX-License-Identifier: Apache-2.0
-- Orders and clocks: merged and reopened orders, helpers, verdicts; paused and void clocks with the versions that
-- they were computed with, and the level of escalation that was told.
-- SQLite cannot change a CHECK: both tables are rebuilt under their names.
PRAGMA legacy_alter_table = ON;
CREATE TABLE work_order_new (
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
    state TEXT NOT NULL CHECK (state IN ('reported', 'registered', 'dispatched', 'accepted', 'arrived', 'restored', 'resolved', 'confirmed', 'closed', 'cancelled', 'merged')),
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
    confirm_note TEXT,
    in_duty INT NOT NULL,
    impact TEXT CHECK (impact IN ('person', 'office', 'site', 'sites', 'district')),
    urgency TEXT CHECK (urgency IN ('low', 'normal', 'high')),
    parent_id INT REFERENCES work_order (id),
    repeat_of_id INT REFERENCES work_order (id),
    reopened_at INT,
    reopen_count INT NOT NULL,
    helper_id INT REFERENCES account (id),
    helper2_id INT REFERENCES account (id),
    verdict TEXT CHECK (verdict IN ('no_fault', 'hardware')),
    cause_party TEXT CHECK (cause_party IN ('ours', 'carrier', 'vendor', 'user', 'site_power', 'external', 'none')),
    excluded_reason TEXT CHECK (excluded_reason IN ('a', 'b', 'c', 'd', 'e', 'f')),
    excluded_quote_fen INT,
    restore_proof TEXT CHECK (restore_proof IN ('monitor', 'user', 'handoff', 'loaner')),
    progress_at INT,
    progress_due_at INT,
    spot_check INT NOT NULL,
    late_reason TEXT,
    proposal TEXT,
    auto_closed INT NOT NULL
);
INSERT INTO work_order_new SELECT id, rev, created_at, created_by, updated_at, retired_at, no, title, type, line, channel, state, grade, emergency, emergency_at, site_id, asset_id, outage_id, symptom, reporter_id, reporter_name, reporter_phone, engineer_id, started_at, reported_at, detected_at, registered_at, dispatched_at, accepted_at, plan_told_at, arrived_at, restored_at, resolved_at, confirmed_at, closed_at, deadline_at, presence, cause, result, before_photos, after_photos, rating, confirm_note, 0, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, 0 FROM work_order;
DROP TABLE work_order;
ALTER TABLE work_order_new RENAME TO work_order;
CREATE TABLE sla_clock_new (
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
    state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'overdue', 'met', 'missed', 'cancelled', 'void')),
    stopped_at INT,
    elapsed_ms INT,
    valid_from_at INT NOT NULL,
    rule_rev INT,
    calendar_version INT NOT NULL,
    level INT NOT NULL,
    next_level_at INT,
    pending INT NOT NULL,
    paused_at INT,
    void_reason TEXT CHECK (void_reason IN ('superseded', 'excluded', 'merged', 'request', 'no_fault'))
);
INSERT INTO sla_clock_new SELECT id, rev, created_at, created_by, updated_at, retired_at, work_order_id, metric, rule_code, rule_id, also, calendar, limit_minutes, line, started_at, deadline_at, deadline_month, provisional, internal, state, stopped_at, elapsed_ms, started_at, NULL, 0, 0, NULL, 0, NULL, NULL FROM sla_clock;
DROP TABLE sla_clock;
ALTER TABLE sla_clock_new RENAME TO sla_clock;
PRAGMA legacy_alter_table = OFF;
CREATE UNIQUE INDEX work_order_no ON work_order (no);
CREATE INDEX work_order_state ON work_order (state, deadline_at);
CREATE INDEX work_order_engineer ON work_order (engineer_id, state);
CREATE INDEX work_order_outage ON work_order (outage_id);
CREATE INDEX work_order_of_asset ON work_order (asset_id);
CREATE INDEX work_order_started ON work_order (started_at);
CREATE INDEX work_order_parent ON work_order (parent_id);
CREATE INDEX work_order_progress ON work_order (progress_due_at);
CREATE INDEX work_order_site ON work_order (site_id, started_at);
CREATE UNIQUE INDEX sla_clock_metric ON sla_clock (work_order_id, metric) WHERE state <> 'void';
CREATE INDEX sla_clock_deadline ON sla_clock (state, deadline_at);
CREATE INDEX sla_clock_month ON sla_clock (deadline_month, state);
CREATE INDEX sla_clock_order ON sla_clock (work_order_id);
CREATE INDEX sla_clock_level ON sla_clock (next_level_at);
ALTER TABLE sla_rule ADD COLUMN use TEXT NOT NULL DEFAULT 'clock' CHECK (use IN ('clock', 'reminder', 'listed'));
ALTER TABLE sla_rule ADD COLUMN source_rank INT NOT NULL DEFAULT 5;
