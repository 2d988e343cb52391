-- SPDX-License-Identifier: Apache-2.0
-- An alarm's outage is a reference like any other.
ALTER TABLE alarm ADD FOREIGN KEY (outage_id) REFERENCES outage (id);
