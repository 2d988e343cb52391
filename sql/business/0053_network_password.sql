-- SPDX-License-Identifier: Apache-2.0
-- The password of a device, sealed with the key file of the data folder; who manages grants may set it.
ALTER TABLE asset_network ADD COLUMN password TEXT;
INSERT INTO role_permission (role, permission, scope) VALUES ('b_pm', 'asset_network.password', 'all');
