-- SPDX-License-Identifier: Apache-2.0
-- Visits to the units that are served (F-20).
CREATE TABLE customer_visit (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    title TEXT NOT NULL,
    org_unit_id INT NOT NULL REFERENCES org_unit (id),
    visited_on TEXT NOT NULL,
    visitor_id INT REFERENCES account (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'confirmed')),
    findings TEXT,
    photos TEXT,
    rating TEXT CHECK (rating IN ('good', 'fair', 'poor')),
    signature TEXT,
    confirmer_id INT REFERENCES account (id),
    confirmed_at INT,
    opinion TEXT
);
CREATE INDEX customer_visit_unit ON customer_visit (org_unit_id);
CREATE INDEX customer_visit_visitor ON customer_visit (visitor_id);
CREATE INDEX customer_visit_confirmer ON customer_visit (confirmer_id);

CREATE TABLE customer_visit_need (
    id ID,
    parent_id INT NOT NULL REFERENCES customer_visit (id),
    pos INT NOT NULL,
    content TEXT NOT NULL,
    work_order_id INT REFERENCES work_order (id)
);
CREATE UNIQUE INDEX customer_visit_need_pos ON customer_visit_need (parent_id, pos);
CREATE INDEX customer_visit_need_order ON customer_visit_need (work_order_id);

-- Like inspection forms: the field writes its own, the project manager all; the unit visited confirms.
INSERT INTO role_permission (role, permission, scope)
SELECT r.name, 'customer_visit.read', 'all' FROM role r
WHERE r.name IN ('a_leader', 'a_supervisor', 'a_approver', 'b_pm', 'b_dispatcher');
INSERT INTO role_permission (role, permission, scope)
SELECT r.name, p.name, 'own' FROM role r, (SELECT 'customer_visit.read' AS name UNION SELECT 'customer_visit.create'
  UNION SELECT 'customer_visit.update' UNION SELECT 'customer_visit.submit') p
WHERE r.name IN ('b_resident', 'b_field');
INSERT INTO role_permission (role, permission, scope) VALUES
    ('a_section', 'customer_visit.read', 'unit'), ('a_section', 'customer_visit.confirm', 'unit'),
    ('a_supervisor', 'customer_visit.confirm', 'all'), ('a_supervisor', 'customer_visit.export', 'all'),
    ('b_pm', 'customer_visit.create', 'all'), ('b_pm', 'customer_visit.update', 'all'), ('b_pm', 'customer_visit.submit', 'all'),
    ('b_pm', 'customer_visit.retire', 'all'), ('b_pm', 'customer_visit.import', 'all'), ('b_pm', 'customer_visit.export', 'all');
