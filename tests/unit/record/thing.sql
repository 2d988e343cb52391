-- SPDX-License-Identifier: Apache-2.0
-- A kind of its own, with every type of field, for the engine's tests.
CREATE TABLE place (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    name TEXT NOT NULL,
    parent_id INT REFERENCES place (id)
);
CREATE INDEX place_parent ON place (parent_id);
CREATE TABLE place_closure (
    ancestor_id INT NOT NULL REFERENCES place (id),
    place_id INT NOT NULL REFERENCES place (id),
    PRIMARY KEY (ancestor_id, place_id)
);
CREATE TABLE thing (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    code TEXT NOT NULL,
    name TEXT,
    qty INT,
    ratio FLOAT,
    price_fen INT,
    fragile INT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'sent', 'done')),
    seen_at INT,
    made_on TEXT,
    place_id INT REFERENCES place (id),
    unit_id INT,
    owner_id INT,
    checker_id INT,
    photos TEXT,
    note TEXT,
    spot_lng FLOAT,
    spot_lat FLOAT,
    password TEXT,
    took_ms INT,
    phone TEXT
);
CREATE UNIQUE INDEX thing_code ON thing (code);
CREATE INDEX thing_place_ref ON thing (place_id);
CREATE INDEX thing_unit ON thing (unit_id);
CREATE INDEX thing_owner ON thing (owner_id);
CREATE TABLE thing_part (
    id ID,
    parent_id INT NOT NULL REFERENCES thing (id),
    pos INT NOT NULL,
    name TEXT NOT NULL,
    count INT,
    type TEXT NOT NULL CHECK (type IN ('new', 'used')),
    place_id INT REFERENCES place (id),
    photos TEXT,
    phone TEXT
);
CREATE UNIQUE INDEX thing_part_pos ON thing_part (parent_id, pos);
CREATE INDEX thing_part_place ON thing_part (place_id);
CREATE TABLE thing_place (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    thing_id INT NOT NULL REFERENCES thing (id),
    place_id INT NOT NULL REFERENCES place (id),
    note TEXT
);
CREATE UNIQUE INDEX thing_place_pair ON thing_place (thing_id, place_id);
CREATE INDEX thing_place_place ON thing_place (place_id);
