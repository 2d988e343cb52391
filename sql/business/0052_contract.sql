-- SPDX-License-Identifier: Apache-2.0
-- The contract as data: term, price lines, baseline, duty days, key periods, and notes on its defects.

CREATE TABLE contract (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    no TEXT NOT NULL,
    name TEXT NOT NULL,
    start_on TEXT NOT NULL,
    end_on TEXT NOT NULL,
    effective_on TEXT,
    taken_over_on TEXT,
    total_fen INT NOT NULL,
    vat_percent INT NOT NULL,
    documents TEXT,
    note TEXT
);
CREATE UNIQUE INDEX contract_no ON contract (no);

CREATE TABLE price_item (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    code TEXT NOT NULL,
    contract_id INT NOT NULL REFERENCES contract (id),
    name TEXT NOT NULL,
    line TEXT NOT NULL CHECK (line IN ('office_it', 'community_video')),
    unit TEXT NOT NULL,
    qty INT NOT NULL,
    unit_price_fen INT,
    amount_fen INT NOT NULL,
    visits INT,
    note TEXT
);
CREATE UNIQUE INDEX price_item_code ON price_item (code, contract_id);

CREATE TABLE baseline_qty (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    name TEXT NOT NULL,
    contract_id INT NOT NULL REFERENCES contract (id),
    line TEXT NOT NULL CHECK (line IN ('office_it', 'community_video')),
    class_id INT REFERENCES asset_class (id),
    qty INT NOT NULL,
    unit TEXT NOT NULL,
    source TEXT,
    note TEXT
);
CREATE UNIQUE INDEX baseline_qty_class ON baseline_qty (contract_id, class_id);

CREATE TABLE key_period (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    name TEXT NOT NULL,
    from_on TEXT NOT NULL,
    to_on TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('duty_on_site', 'standby_24h', 'report_only')),
    source TEXT NOT NULL
);
CREATE INDEX key_period_from ON key_period (from_on);

CREATE TABLE duty_quota (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    name TEXT NOT NULL,
    contract_id INT NOT NULL REFERENCES contract (id),
    type TEXT NOT NULL CHECK (type IN ('statutory', 'rest')),
    days INT NOT NULL,
    day_price_fen INT,
    note TEXT
);
CREATE UNIQUE INDEX duty_quota_type ON duty_quota (contract_id, type);

CREATE TABLE contract_note (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    code TEXT NOT NULL,
    contract_id INT NOT NULL REFERENCES contract (id),
    clause TEXT NOT NULL,
    defect TEXT NOT NULL,
    handling TEXT NOT NULL,
    about_kind TEXT,
    about TEXT,
    signed_on TEXT
);
CREATE UNIQUE INDEX contract_note_code ON contract_note (code, contract_id);

INSERT INTO role_permission (role, permission, scope)
SELECT r.name, p.name, 'all' FROM role r, (SELECT 'contract.read' AS name UNION SELECT 'price_item.read' UNION SELECT 'baseline_qty.read'
  UNION SELECT 'duty_quota.read' UNION SELECT 'contract_note.read') p
WHERE r.name IN ('a_leader', 'a_supervisor', 'a_approver', 'b_pm');
INSERT INTO role_permission (role, permission, scope)
SELECT r.name, p.name, 'all' FROM role r, (SELECT 'key_period.read' AS name UNION SELECT 'duty_quota.read') p
WHERE r.name IN ('a_section', 'b_dispatcher', 'b_resident', 'b_field');
INSERT INTO role_permission (role, permission, scope)
SELECT r.name, 'key_period.read', 'all' FROM role r WHERE r.name IN ('a_leader', 'a_supervisor', 'a_approver', 'b_pm');
INSERT INTO role_permission (role, permission, scope) VALUES
    ('b_dispatcher', 'baseline_qty.read', 'all'), ('b_dispatcher', 'contract.read', 'all'),
    ('a_supervisor', 'key_period.create', 'all'), ('a_supervisor', 'key_period.update', 'all'), ('a_supervisor', 'key_period.retire', 'all'),
    ('a_supervisor', 'contract.update', 'all'), ('a_supervisor', 'contract_note.update', 'all'),
    ('b_pm', 'contract_note.create', 'all'), ('b_pm', 'contract_note.update', 'all'),
    ('b_pm', 'price_item.export', 'all'), ('a_supervisor', 'price_item.export', 'all');
