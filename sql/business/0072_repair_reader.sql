-- SPDX-License-Identifier: Apache-2.0
-- Who reported sees the repair of the own device, the head of a section those of the section (domain.md chapter 9);
-- escalation by hand (C-130).
ALTER TABLE repair_request ADD COLUMN reporter_id INT REFERENCES account (id);
UPDATE repair_request SET reporter_id = (SELECT reporter_id FROM work_order w WHERE w.id = repair_request.work_order_id);
CREATE INDEX repair_request_reporter_ref ON repair_request (reporter_id);
INSERT INTO role_permission (role, permission, scope) VALUES
    ('a_section', 'repair_request.read', 'unit'),
    ('a_clerk', 'repair_request.read', 'own'),
    ('b_dispatcher', 'work_order.escalate', 'all'),
    ('b_pm', 'work_order.escalate', 'all'),
    ('b_resident', 'work_order.escalate', 'own'),
    ('b_field', 'work_order.escalate', 'own');
