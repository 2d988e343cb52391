-- SPDX-License-Identifier: Apache-2.0
-- The journal: order of sealing, the auditor's indexes and rights, keys of persons.

-- On SQLite writers come one after another, so the order of ids is the order of commits and both
-- columns stay 0. On PostgreSQL see the twin of this file.
ALTER TABLE journal ADD COLUMN tx INT NOT NULL DEFAULT 0;
CREATE TABLE journal_turn (
    tx INT NOT NULL PRIMARY KEY,
    turn INT NOT NULL
);

CREATE INDEX journal_unsealed ON journal (id) WHERE feed IS NULL;
CREATE INDEX journal_at ON journal (at, id);
CREATE INDEX journal_actor ON journal (actor_id, id);
CREATE INDEX journal_action ON journal (action, id);
CREATE INDEX journal_refused ON journal (id) WHERE result <> 'ok';

CREATE TRIGGER journal_no_forged_seal BEFORE INSERT ON journal WHEN NEW.feed IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'only the sealer numbers the journal');
END;

-- One key for the personal values of one record (a user, the reporter of a work order), sealed by
-- the key file of the data folder. key = NULL: destroyed, the values are unreadable for ever.
CREATE TABLE person_key (
    id ID,
    kind TEXT NOT NULL,
    record_id INT NOT NULL,
    key TEXT,
    created_at INT NOT NULL,
    destroyed_at INT
);
CREATE UNIQUE INDEX person_key_record ON person_key (kind, record_id);

INSERT INTO role_permission (role, permission, scope) VALUES
    ('auditor', 'journal.export', 'all'),
    ('auditor', 'journal.read', 'all'),
    ('auditor', 'journal.verify', 'all'),
    ('sys_admin', 'person.erase', 'all');
