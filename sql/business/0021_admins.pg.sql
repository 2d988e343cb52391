-- SPDX-License-Identifier: Apache-2.0
-- SEC-09: an account with a role of class 'admin' holds no other role. The program refuses it first; this is
-- for what goes past the program.
UPDATE account SET roles = (SELECT string_agg(r.role, ',' ORDER BY r.role) FROM account_role r
    WHERE r.account_id = account.id);

-- The account's row is locked first, so that of two grants at once the second sees the first.
CREATE FUNCTION account_role_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM account WHERE id = NEW.account_id FOR UPDATE;
    IF EXISTS (SELECT 1 FROM account_role o JOIN role a ON a.name = o.role JOIN role b ON b.name = NEW.role
        WHERE o.account_id = NEW.account_id AND o.role <> NEW.role AND (a.class = 'admin' OR b.class = 'admin')) THEN
        RAISE EXCEPTION 'an administrator holds no other role' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_role_excludes BEFORE INSERT ON account_role
    FOR EACH ROW EXECUTE FUNCTION account_role_guard();

CREATE FUNCTION account_role_still() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'roles are granted and revoked, not changed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER account_role_fixed BEFORE UPDATE ON account_role
    FOR EACH ROW EXECUTE FUNCTION account_role_still();
CREATE TRIGGER role_class_fixed BEFORE UPDATE ON role
    FOR EACH ROW WHEN (OLD.class <> NEW.class OR OLD.name <> NEW.name) EXECUTE FUNCTION account_role_still();

CREATE FUNCTION account_admin_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM account_role o JOIN role r ON r.name = o.role
        WHERE o.account_id = NEW.id AND r.class = 'admin') THEN
        RAISE EXCEPTION 'revoke the administrator''s role first' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_admin_stays BEFORE UPDATE ON account
    FOR EACH ROW WHEN (NEW.retired_at IS NOT NULL AND OLD.retired_at IS NULL)
    EXECUTE FUNCTION account_admin_guard();
