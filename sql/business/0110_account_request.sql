-- SPDX-License-Identifier: Apache-2.0
-- Requests for accounts (domain.md 9, line Accounts).
CREATE TABLE account_request (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    title TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('open', 'change', 'close')),
    state TEXT NOT NULL CHECK (state IN ('requested', 'done', 'rejected', 'cancelled')),
    person_name TEXT,
    user_id INT REFERENCES account (id),
    org_unit_id INT REFERENCES org_unit (id),
    duty TEXT NOT NULL,
    reason TEXT NOT NULL,
    from_on TEXT,
    applicant_id INT REFERENCES account (id),
    answer TEXT,
    done_at INT
);
CREATE INDEX account_request_user ON account_request (user_id);
CREATE INDEX account_request_unit ON account_request (org_unit_id);
CREATE INDEX account_request_applicant ON account_request (applicant_id);

INSERT INTO role_permission (role, permission, scope)
SELECT r.name, p.name, 'own' FROM role r, (SELECT 'account_request.read' AS name UNION SELECT 'account_request.create'
  UNION SELECT 'account_request.update') p
WHERE r.name IN ('a_supervisor', 'b_pm');
INSERT INTO role_permission (role, permission, scope) VALUES
    ('sys_admin', 'account_request.read', 'all'), ('sys_admin', 'account_request.carry_out', 'all'),
    ('sys_admin', 'account_request.export', 'all'), ('sec_admin', 'account_request.read', 'all');
