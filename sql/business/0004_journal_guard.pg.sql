-- SPDX-License-Identifier: Apache-2.0
-- SEC-13: the journal is append-only in the database itself; only the sealer's three columns may be
-- set, once.
CREATE FUNCTION journal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only';
END $$;

CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION journal_guard();
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_guard();
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
    FOR EACH ROW WHEN (OLD.feed IS NOT NULL
        OR (OLD.id, OLD.at, OLD.actor_type, OLD.actor_id, OLD.actor_name, OLD.address, OLD.kind,
            OLD.record_id, OLD.action, OLD.changes, OLD.result)
        IS DISTINCT FROM
           (NEW.id, NEW.at, NEW.actor_type, NEW.actor_id, NEW.actor_name, NEW.address, NEW.kind,
            NEW.record_id, NEW.action, NEW.changes, NEW.result))
    EXECUTE FUNCTION journal_guard();
