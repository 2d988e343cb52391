-- SPDX-License-Identifier: Apache-2.0
-- Webhooks: what is sealed in the journal is told to other systems, in its order. The journal itself is the
-- outbox: a webhook only remembers up to which feed number it has told.
CREATE TABLE webhook (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    shape TEXT NOT NULL CHECK (shape IN ('generic', 'wecom', 'dingtalk', 'feishu')),
    kinds TEXT,
    actions TEXT,
    state TEXT NOT NULL CHECK (state IN ('draft', 'active', 'paused')),
    has_secret INT NOT NULL,
    told_feed INT,
    tries INT,
    next_at INT,
    last_at INT,
    last_result TEXT
);
CREATE UNIQUE INDEX webhook_name ON webhook (name);

-- Sealed with the key file of the data folder; never part of a record.
CREATE TABLE webhook_secret (
    webhook_id INT NOT NULL PRIMARY KEY REFERENCES webhook (id),
    sealed TEXT NOT NULL
);

-- What could not be delivered after all tries. The webhook went on; these wait for a person.
CREATE TABLE dead_letter (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    webhook_id INT NOT NULL REFERENCES webhook (id),
    feed INT NOT NULL,
    source_kind TEXT NOT NULL,
    source_id INT NOT NULL,
    source_action TEXT NOT NULL,
    tries INT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('dead', 'waiting', 'sent'))
);
CREATE INDEX dead_letter_waiting ON dead_letter (webhook_id, id) WHERE state = 'waiting';
CREATE INDEX dead_letter_webhook ON dead_letter (webhook_id);

INSERT INTO parameter (name, label, label_en, area, type, least, most, unit, value) VALUES
    ('webhook_tries', '推送失败多少次后列入未送达', 'Tries before a message counts as undelivered', 'service', 'int', 1, 20, '次', '8');

-- domain.md chapter 9, line "Config": the system administrator configures, the security administrator
-- approves; neither can open a way out of the house alone.
INSERT INTO role_permission (role, permission, scope) VALUES
    ('sys_admin', 'webhook.create', 'all'),
    ('sys_admin', 'webhook.read', 'all'),
    ('sys_admin', 'webhook.update', 'all'),
    ('sys_admin', 'webhook.retire', 'all'),
    ('sys_admin', 'webhook.secret', 'all'),
    ('sys_admin', 'webhook.pause', 'all'),
    ('sys_admin', 'dead_letter.read', 'all'),
    ('sys_admin', 'dead_letter.resend', 'all'),
    ('sec_admin', 'webhook.read', 'all'),
    ('sec_admin', 'webhook.activate', 'all'),
    ('sec_admin', 'webhook.pause', 'all'),
    ('sec_admin', 'dead_letter.read', 'all'),
    ('auditor', 'webhook.read', 'all'),
    ('auditor', 'dead_letter.read', 'all');
