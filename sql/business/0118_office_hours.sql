-- SPDX-License-Identifier: Apache-2.0
-- D-1: the contract's 5x8 names no hours. What both parties agree on is a row that holds from its day on; what was
-- computed before keeps the hours of then (they stand in calendar_version).
CREATE TABLE office_hours (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    valid_from_on TEXT NOT NULL,
    windows TEXT NOT NULL,
    lunch_counts INT NOT NULL,
    source TEXT NOT NULL
);
CREATE UNIQUE INDEX office_hours_valid_from_on ON office_hours (valid_from_on);
INSERT INTO role_permission (role, permission, scope)
    SELECT role, 'office_hours.read', 'all' FROM role_permission WHERE permission = 'calendar_day.read' AND scope = 'all';
INSERT INTO role_permission (role, permission, scope) VALUES
    ('a_supervisor', 'office_hours.create', 'all'),
    ('a_supervisor', 'office_hours.update', 'all');
