-- SPDX-License-Identifier: Apache-2.0
-- A telephone beside a desk is two addresses, too: worth a look, not an alarm at night.
UPDATE notice_rule SET level = 'warning', digest = 1, rev = rev + 1 WHERE source_action = 'two_addresses';
