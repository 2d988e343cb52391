-- SPDX-License-Identifier: Apache-2.0
-- Imports as records that can be undone, and what people said about headings that we do not know.

CREATE TABLE import_batch (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    record_kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    actor_id INT REFERENCES account (id),
    row_count INT NOT NULL,
    new_count INT NOT NULL,
    changed_count INT NOT NULL,
    unchanged_count INT NOT NULL,
    wrong_count INT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'undone')),
    undone_at INT,
    undone_by_id INT REFERENCES account (id),
    undone_count INT,
    kept_count INT,
    kept TEXT,
    journal_from INT NOT NULL,
    journal_to INT NOT NULL
);

-- headings: a hash of all headings of the sheet, in their order
CREATE TABLE import_map (
    record_kind TEXT NOT NULL,
    headings TEXT NOT NULL,
    map TEXT NOT NULL,
    updated_at INT NOT NULL,
    PRIMARY KEY (record_kind, headings)
);

INSERT INTO role_permission (role, permission, scope) VALUES
    ('a_supervisor', 'import_batch.read', 'all'),
    ('auditor', 'import_batch.read', 'all'),
    ('b_pm', 'import_batch.read', 'all'),
    ('b_pm', 'import_batch.undo', 'all'),
    ('b_dispatcher', 'import_batch.read', 'all'),
    ('b_dispatcher', 'import_batch.undo', 'all');
