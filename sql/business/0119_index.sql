-- SPDX-License-Identifier: Apache-2.0
-- Indexes whose columns another index begins with: each insert paid for them, no query needed them.
DROP INDEX IF EXISTS asset_org_unit_ref; -- asset_unit
DROP INDEX IF EXISTS site_parent;        -- site_parent_ref
DROP INDEX IF EXISTS work_order_line_ref; -- work_order_line_started
DROP INDEX IF EXISTS work_order_site_ref; -- work_order_site
