-- SPDX-License-Identifier: Apache-2.0
-- Type tokens (ID INT FLOAT TEXT BYTES) are expanded per database: src/db/migrate.h.
-- Every record table starts with the same six columns; the record engine writes them.

-- What happened: append-only. feed, prev and hash are set once by the sealer (design.md 5).
CREATE TABLE journal (
    id ID,
    at INT NOT NULL,
    actor_type TEXT NOT NULL CHECK (actor_type IN ('nobody', 'user', 'console', 'system')),
    actor_id INT,
    actor_name TEXT NOT NULL,
    address TEXT NOT NULL,
    kind TEXT NOT NULL,
    record_id INT NOT NULL,
    action TEXT NOT NULL,
    changes TEXT NOT NULL,
    result TEXT NOT NULL,
    feed INT,
    prev TEXT,
    hash TEXT
);
CREATE UNIQUE INDEX journal_feed ON journal (feed);
CREATE INDEX journal_record ON journal (kind, record_id, id);

CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    value INT NOT NULL
);

CREATE TABLE org_unit (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    name TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('sub_district', 'department', 'section', 'community', 'police_post', 'contractor')),
    parent_id INT REFERENCES org_unit (id),
    video_scope INT NOT NULL
);
CREATE UNIQUE INDEX org_unit_name ON org_unit (name);

-- Every unit with each of its ancestors and itself, so that "own unit" is one join.
CREATE TABLE org_unit_closure (
    ancestor_id INT NOT NULL REFERENCES org_unit (id),
    unit_id INT NOT NULL REFERENCES org_unit (id),
    PRIMARY KEY (ancestor_id, unit_id)
);
CREATE INDEX org_unit_closure_unit ON org_unit_closure (unit_id);

CREATE TABLE site (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    name TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('office', 'core_room', 'community', 'community_room', 'wiring_closet', 'pole', 'box', 'other')),
    org_unit_id INT REFERENCES org_unit (id),
    parent_id INT REFERENCES site (id),
    address TEXT,
    lng FLOAT,
    lat FLOAT
);
CREATE UNIQUE INDEX site_name ON site (name);

CREATE TABLE account (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    org_unit_id INT REFERENCES org_unit (id),
    site_id INT REFERENCES site (id),
    line TEXT CHECK (line IN ('office_it', 'community_video')),
    state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
    last_login_at INT
);
CREATE UNIQUE INDEX account_login ON account (login);

-- The secret half of an account: never part of a record.
CREATE TABLE account_secret (
    account_id INT NOT NULL PRIMARY KEY REFERENCES account (id),
    hash TEXT NOT NULL,
    must_change INT NOT NULL,
    changed_at INT NOT NULL,
    history TEXT NOT NULL
);

-- Failed logins, counted by account and by (account, address): SEC-03.
CREATE TABLE login_failure (
    id ID,
    login TEXT NOT NULL,
    address TEXT NOT NULL,
    at INT NOT NULL
);
CREATE INDEX login_failure_login ON login_failure (login, at);

CREATE TABLE session (
    id ID,
    token_hash TEXT NOT NULL,
    csrf TEXT NOT NULL,
    account_id INT NOT NULL REFERENCES account (id),
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_at INT NOT NULL,
    seen_at INT NOT NULL,
    ended_at INT
);
CREATE UNIQUE INDEX session_token ON session (token_hash);
CREATE INDEX session_account ON session (account_id, ended_at);

CREATE TABLE role (
    name TEXT NOT NULL PRIMARY KEY,
    label TEXT NOT NULL,
    label_en TEXT NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('party_a', 'party_b', 'admin', 'machine')),
    sort INT NOT NULL
);

CREATE TABLE role_permission (
    role TEXT NOT NULL REFERENCES role (name),
    permission TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('all', 'own', 'unit', 'site', 'line')),
    PRIMARY KEY (role, permission)
);

CREATE TABLE account_role (
    account_id INT NOT NULL REFERENCES account (id),
    role TEXT NOT NULL REFERENCES role (name),
    PRIMARY KEY (account_id, role)
);

-- Evidence: content-addressed, the bytes lie in the data folder under files/.
CREATE TABLE file (
    id ID,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    size INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    kind TEXT,
    record_id INT
);
CREATE INDEX file_record ON file (kind, record_id);
CREATE INDEX file_sha256 ON file (sha256);
