-- SPDX-License-Identifier: Apache-2.0
-- SEC-09: an account with a role of class 'admin' holds no other role. The program refuses it first; this is
-- for what goes past the program.
UPDATE account SET roles = (SELECT group_concat(role, ',') FROM
    (SELECT r.role FROM account_role r WHERE r.account_id = account.id ORDER BY r.role));

CREATE TRIGGER account_role_excludes BEFORE INSERT ON account_role
WHEN EXISTS (SELECT 1 FROM account_role o JOIN role a ON a.name = o.role JOIN role b ON b.name = NEW.role
    WHERE o.account_id = NEW.account_id AND o.role <> NEW.role AND (a.class = 'admin' OR b.class = 'admin'))
BEGIN
    SELECT RAISE(ABORT, 'an administrator holds no other role');
END;

CREATE TRIGGER account_role_fixed BEFORE UPDATE ON account_role
BEGIN
    SELECT RAISE(ABORT, 'roles are granted and revoked, not changed');
END;

CREATE TRIGGER role_class_fixed BEFORE UPDATE ON role WHEN OLD.class <> NEW.class OR OLD.name <> NEW.name
BEGIN
    SELECT RAISE(ABORT, 'name and class of a role are fixed');
END;

CREATE TRIGGER account_admin_stays BEFORE UPDATE ON account
WHEN NEW.retired_at IS NOT NULL AND OLD.retired_at IS NULL AND EXISTS
    (SELECT 1 FROM account_role o JOIN role r ON r.name = o.role WHERE o.account_id = NEW.id AND r.class = 'admin')
BEGIN
    SELECT RAISE(ABORT, 'revoke the administrator''s role first');
END;
