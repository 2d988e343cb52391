-- SPDX-License-Identifier: Apache-2.0
-- domain.md 7.1 G names who maintains a camera beside who built and who manages it.
ALTER TABLE camera ADD COLUMN operator_unit TEXT;
