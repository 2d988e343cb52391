-- SPDX-License-Identifier: Apache-2.0
-- SEC-13: the journal is append-only in the database itself; only the sealer's three columns may be
-- set, once.
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
WHEN OLD.feed IS NOT NULL OR OLD.id IS NOT NEW.id OR OLD.at IS NOT NEW.at
    OR OLD.actor_type IS NOT NEW.actor_type OR OLD.actor_id IS NOT NEW.actor_id
    OR OLD.actor_name IS NOT NEW.actor_name OR OLD.address IS NOT NEW.address
    OR OLD.kind IS NOT NEW.kind OR OLD.record_id IS NOT NEW.record_id
    OR OLD.action IS NOT NEW.action OR OLD.changes IS NOT NEW.changes OR OLD.result IS NOT NEW.result
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
