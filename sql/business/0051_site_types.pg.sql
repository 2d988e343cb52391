-- SPDX-License-Identifier: Apache-2.0
ALTER TABLE site DROP CONSTRAINT site_type_check;
ALTER TABLE site ADD CONSTRAINT site_type_check CHECK (type IN ('office', 'core_room', 'community', 'community_room', 'police_post', 'room', 'wiring_closet', 'pole', 'box', 'other'));
CREATE INDEX site_parent ON site (parent_id);
