-- SPDX-License-Identifier: Apache-2.0
-- A kind of its own, with every type of field, for the engine's tests.
CREATE TABLE place (
    id ID,
    rev INT NOT NULL,
    created_at INT NOT NULL,
    created_by INT,
    updated_at INT NOT NULL,
    retired_at INT,
    name TEXT NOT NULL
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
    note TEXT
);
CREATE UNIQUE INDEX thing_code ON thing (code);
