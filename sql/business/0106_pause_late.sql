-- SPDX-License-Identifier: Apache-2.0
-- A pause that was set without a network counts from when it was set (domain.md 3.4 rule 5), as steps do.
ALTER TABLE sla_pause ADD COLUMN device_at INT;
ALTER TABLE sla_pause ADD COLUMN queued_ms INT;
