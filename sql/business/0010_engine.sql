-- SPDX-License-Identifier: Apache-2.0
-- Every site with each of its ancestors and itself, so that "own site" reaches what is below it.
CREATE TABLE site_closure (
    ancestor_id INT NOT NULL REFERENCES site (id),
    site_id INT NOT NULL REFERENCES site (id),
    PRIMARY KEY (ancestor_id, site_id)
);
CREATE INDEX site_closure_site ON site_closure (site_id);
INSERT INTO site_closure (ancestor_id, site_id)
WITH RECURSIVE up (ancestor_id, site_id) AS (
    SELECT id, id FROM site
    UNION
    SELECT s.parent_id, up.site_id FROM up JOIN site s ON s.id = up.ancestor_id
    WHERE s.parent_id IS NOT NULL
)
SELECT ancestor_id, site_id FROM up;
