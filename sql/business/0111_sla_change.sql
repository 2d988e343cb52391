-- SPDX-License-Identifier: Apache-2.0
-- Changes of time limits (domain.md 9, line Config: party B proposes, both parties confirm, sec_admin approves).
CREATE TABLE sla_change (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    title TEXT NOT NULL,
    rule_id INT NOT NULL REFERENCES sla_rule (id),
    state TEXT NOT NULL CHECK (state IN ('proposed', 'agreed', 'approved', 'rejected', 'cancelled')),
    limit_minutes INT NOT NULL,
    internal INT NOT NULL,
    from_on TEXT NOT NULL,
    reason TEXT NOT NULL,
    paper TEXT NOT NULL,
    applicant_id INT REFERENCES account (id),
    agreed_by_id INT REFERENCES account (id),
    agreed_at INT,
    approved_by_id INT REFERENCES account (id),
    approved_at INT,
    new_rule_id INT REFERENCES sla_rule (id),
    answer TEXT
);
CREATE INDEX sla_change_rule ON sla_change (rule_id);
CREATE INDEX sla_change_applicant ON sla_change (applicant_id);
CREATE INDEX sla_change_agreed_by ON sla_change (agreed_by_id);
CREATE INDEX sla_change_approved_by ON sla_change (approved_by_id);
CREATE INDEX sla_change_new_rule ON sla_change (new_rule_id);

INSERT INTO role_permission (role, permission, scope)
SELECT r.name, 'sla_change.read', 'all' FROM role r
WHERE r.name IN ('a_leader', 'a_supervisor', 'a_approver', 'b_pm', 'sec_admin');
INSERT INTO role_permission (role, permission, scope) VALUES
    ('b_pm', 'sla_change.create', 'all'), ('b_pm', 'sla_change.update', 'own'),
    ('a_supervisor', 'sla_change.agree', 'all'), ('a_supervisor', 'sla_change.export', 'all'),
    ('sec_admin', 'sla_change.approve', 'all');
