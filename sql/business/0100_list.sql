-- SPDX-License-Identifier: Apache-2.0
-- A line's orders, newest first, without sorting half of the table. Numbered behind 0070, which makes the table anew.
CREATE INDEX work_order_line_started ON work_order (line, started_at);
