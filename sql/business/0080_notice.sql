-- SPDX-License-Identifier: Apache-2.0
-- Who is told of what (C-130), what was told, and how it left the house.

-- source_kind and source_action name journal rows; whom: a role, or the person that a field of the
-- record names ("engineer_id", or over one reference "work_order_id.engineer_id"). subject: the reference whose
-- record the notice is about and must be readable for who is told ("work_order_id" of a clock); NULL = the record.
CREATE TABLE notice_rule (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    name TEXT NOT NULL,
    source_kind TEXT NOT NULL,
    source_action TEXT NOT NULL,
    subject TEXT,
    to_role TEXT,
    to_field TEXT,
    level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'danger')),
    title TEXT NOT NULL,
    ack_minutes INT,
    ack_role TEXT,
    digest INT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'disabled'))
);
CREATE UNIQUE INDEX notice_rule_name ON notice_rule (name);

CREATE TABLE notice (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    account_id INT NOT NULL REFERENCES account (id),
    title TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'danger')),
    state TEXT NOT NULL CHECK (state IN ('new', 'read', 'acknowledged')),
    source_kind TEXT NOT NULL,
    source_id INT NOT NULL,
    reason TEXT NOT NULL,
    rule_id INT REFERENCES notice_rule (id),
    digest INT NOT NULL,
    raised_at INT NOT NULL,
    ack_due_at INT,
    read_at INT,
    acknowledged_at INT,
    escalated_at INT
);
-- exactly once per person and reason
CREATE UNIQUE INDEX notice_reason ON notice (account_id, reason);
CREATE INDEX notice_state ON notice (account_id, state);
CREATE INDEX notice_ack ON notice (ack_due_at);

-- One row a person: where to, and when not to be disturbed (Beijing times "22:00").
CREATE TABLE notice_setting (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    account_id INT NOT NULL REFERENCES account (id),
    email TEXT,
    min_level TEXT NOT NULL CHECK (min_level IN ('info', 'warning', 'danger')),
    quiet_from TEXT,
    quiet_to TEXT,
    digest_time TEXT
);
CREATE UNIQUE INDEX notice_setting_account ON notice_setting (account_id);

-- A way out of the house: a mail server for everybody's mail, or the chat group of a role.
CREATE TABLE notice_channel (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    name TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('smtp', 'wecom', 'dingtalk', 'feishu')),
    state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
    url TEXT NOT NULL,
    sender TEXT,
    login TEXT,
    secret TEXT,
    to_role TEXT,
    min_level TEXT NOT NULL CHECK (min_level IN ('info', 'warning', 'danger'))
);
CREATE UNIQUE INDEX notice_channel_name ON notice_channel (name);

-- target: "account:7" or "channel:2"; so a group is told once although many of its role are.
CREATE TABLE notice_delivery (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    channel_id INT NOT NULL REFERENCES notice_channel (id),
    notice_id INT NOT NULL REFERENCES notice (id),
    account_id INT REFERENCES account (id),
    target TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
    tries INT NOT NULL,
    next_at INT NOT NULL,
    sent_at INT,
    error TEXT
);
CREATE UNIQUE INDEX notice_delivery_once ON notice_delivery (channel_id, target, reason);
CREATE INDEX notice_delivery_due ON notice_delivery (state, next_at);
CREATE INDEX notice_delivery_notice ON notice_delivery (notice_id);
CREATE INDEX notice_delivery_account ON notice_delivery (account_id);
