-- SPDX-License-Identifier: Apache-2.0
-- Units come from a spreadsheet, too: a ledger names departments that somebody has to register first.
INSERT INTO role_permission (role, permission, scope) VALUES
    ('sys_admin', 'org_unit.import', 'all'),
    ('sys_admin', 'org_unit.export', 'all');
