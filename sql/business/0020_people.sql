-- SPDX-License-Identifier: Apache-2.0
-- Roles and what they may become records that the security administrator changes over the API; an account
-- shows its roles; settings stand as rows with their bounds. Rows of later migrations go on naming only
-- (role, permission, scope): the record columns have defaults.
CREATE TABLE role_new (
    id ID,
    rev INT NOT NULL DEFAULT 1,
    created_at INT NOT NULL DEFAULT 0,
    created_by INT,
    updated_at INT NOT NULL DEFAULT 0,
    retired_at INT,
    name TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    label_en TEXT NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('party_a', 'party_b', 'admin', 'machine')),
    sort INT NOT NULL
);
INSERT INTO role_new (name, label, label_en, class, sort)
    SELECT name, label, label_en, class, sort FROM role ORDER BY sort;

-- scope 'none': the right was taken away and may be given again.
CREATE TABLE role_permission_new (
    id ID,
    rev INT NOT NULL DEFAULT 1,
    created_at INT NOT NULL DEFAULT 0,
    created_by INT,
    updated_at INT NOT NULL DEFAULT 0,
    retired_at INT,
    role TEXT NOT NULL REFERENCES role_new (name),
    permission TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('all', 'own', 'unit', 'site', 'line', 'none')),
    UNIQUE (role, permission)
);
INSERT INTO role_permission_new (role, permission, scope)
    SELECT role, permission, scope FROM role_permission ORDER BY role, permission;

CREATE TABLE account_role_new (
    account_id INT NOT NULL REFERENCES account (id),
    role TEXT NOT NULL REFERENCES role_new (name),
    PRIMARY KEY (account_id, role)
);
INSERT INTO account_role_new (account_id, role) SELECT account_id, role FROM account_role;

DROP TABLE account_role;
DROP TABLE role_permission;
DROP TABLE role;
ALTER TABLE role_new RENAME TO role;
ALTER TABLE role_permission_new RENAME TO role_permission;
ALTER TABLE account_role_new RENAME TO account_role;
CREATE INDEX account_role_role ON account_role (role);

-- roles: the names of account_role, ',' between, so that lists and the journal show them. enabled_at: since
-- when the account may be used; 90 days without login count from there at the earliest (SEC-08).
ALTER TABLE account ADD COLUMN roles TEXT;
ALTER TABLE account ADD COLUMN leaves_on TEXT;
ALTER TABLE account ADD COLUMN enabled_at INT;
UPDATE account SET enabled_at = created_at;

-- What may be set without a new program; the table `setting` keeps what the program notes for itself.
CREATE TABLE parameter (
    id ID,
    rev INT NOT NULL DEFAULT 1,
    created_at INT NOT NULL DEFAULT 0,
    created_by INT,
    updated_at INT NOT NULL DEFAULT 0,
    retired_at INT,
    name TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    label_en TEXT NOT NULL,
    area TEXT NOT NULL CHECK (area IN ('security', 'service')),
    type TEXT NOT NULL CHECK (type IN ('int', 'bool', 'text', 'addresses')),
    least INT,
    most INT,
    unit TEXT,
    value TEXT
);
INSERT INTO parameter (name, label, label_en, area, type, least, most, unit, value) VALUES
    ('password_days', '密码有效期（0 为不过期）', 'Password lifetime (0: for ever)', 'security', 'int', 0, 365, '天', '90'),
    ('login_failures', '锁定前的连续失败次数', 'Failed logins before the lock', 'security', 'int', 3, 10, '次', '5'),
    ('login_window_minutes', '失败次数的统计时长', 'Window of failed logins', 'security', 'int', 5, 60, '分钟', '10'),
    ('login_lock_minutes', '锁定时长', 'Length of the lock', 'security', 'int', 5, 1440, '分钟', '15'),
    ('session_idle_minutes', '空闲退出', 'End of an idle session', 'security', 'int', 5, 120, '分钟', '30'),
    ('session_idle_admin_minutes', '管理员空闲退出', 'End of an administrator''s idle session', 'security', 'int', 2, 30, '分钟', '10'),
    ('session_hours', '会话最长时长', 'Longest session', 'security', 'int', 1, 24, '小时', '12'),
    ('session_most', '一个账号同时在线的会话数', 'Sessions of one account at once', 'security', 'int', 1, 20, '个', '5'),
    ('account_stale_days', '多少天未登录即停用', 'Days without login until disabled', 'security', 'int', 30, 365, '天', '90'),
    ('admin_addresses', '管理员可登录的地址范围（空为不限）', 'Addresses of administrators (blank: any)', 'security', 'addresses', NULL, NULL, NULL, NULL);

-- domain.md chapter 9, the lines Accounts, Roles/policies/labels, Config.
INSERT INTO role_permission (role, permission, scope) VALUES
    ('sys_admin', 'user.lock', 'all'),
    ('sys_admin', 'user.password', 'all'),
    ('sys_admin', 'user.account', 'all'),
    ('sys_admin', 'session.read', 'all'),
    ('sys_admin', 'session.end', 'all'),
    ('sys_admin', 'role.read', 'all'),
    ('sys_admin', 'setting.read', 'all'),
    ('sys_admin', 'setting.update', 'all'),
    ('sys_admin', 'setting.service', 'all'),
    ('sec_admin', 'user.grant', 'all'),
    ('sec_admin', 'user.account', 'all'),
    ('sec_admin', 'role.create', 'all'),
    ('sec_admin', 'role.read', 'all'),
    ('sec_admin', 'role.update', 'all'),
    ('sec_admin', 'role_permission.create', 'all'),
    ('sec_admin', 'role_permission.read', 'all'),
    ('sec_admin', 'role_permission.update', 'all'),
    ('sec_admin', 'setting.read', 'all'),
    ('sec_admin', 'setting.update', 'all'),
    ('sec_admin', 'setting.security', 'all');

-- The lines Ticket and Reports: the parts supervisor reads all of them. Own site of a community contact is
-- what concerns its community: it sees the reports of its people, not only the own ones.
INSERT INTO role_permission (role, permission, scope) VALUES
    ('b_supervisor', 'work_order.read', 'all'),
    ('b_supervisor', 'alarm.read', 'all'),
    ('b_supervisor', 'outage.read', 'all'),
    ('b_supervisor', 'outage_asset.read', 'all'),
    ('b_supervisor', 'sla_clock.read', 'all'),
    ('b_supervisor', 'sla_rule.read', 'all'),
    ('b_supervisor', 'calendar_day.read', 'all'),
    ('b_supervisor', 'report.read', 'all');
UPDATE role_permission SET scope = 'unit' WHERE role = 'a_community' AND permission = 'work_order.read';

-- Bulk export of network and personal data is the supervisor's and the project manager's, not the desk's.
UPDATE role_permission SET scope = 'none' WHERE role = 'b_dispatcher'
    AND permission IN ('asset.export', 'work_order.export', 'uplink.export');
