-- SPDX-License-Identifier: Apache-2.0
-- What the monitoring engine saw. watch is the only writer. All times are UTC milliseconds.

-- What is watched now, one row per asset and check. since_at belongs to the last decided state
-- (up, down, unknown); while a target is suspect, first_miss_at says since when.
CREATE TABLE target (
    id ID,
    asset_id INT NOT NULL,
    check_name TEXT NOT NULL,
    address TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('up', 'suspect', 'down', 'unknown')),
    since_at INT NOT NULL,
    last_at INT,
    last_ok_at INT,
    first_miss_at INT,
    rtt_us INT,
    detail TEXT,
    UNIQUE (asset_id, check_name)
);

-- Append-only, one row per decision; `at` is the deciding check, dark_since the first miss (for
-- "unknown": since when we are blind), rule the words of the rule that decided. Two rules decide
-- without a change of state: "never answered" (unknown stays) and "flapping" (down stays).
CREATE TABLE observation (
    id ID,
    asset_id INT NOT NULL,
    check_name TEXT NOT NULL,
    from_state TEXT NOT NULL CHECK (from_state IN ('up', 'down', 'unknown')),
    to_state TEXT NOT NULL CHECK (to_state IN ('up', 'down', 'unknown')),
    at INT NOT NULL,
    dark_since INT,
    rule TEXT NOT NULL,
    detail TEXT
);
CREATE INDEX observation_asset ON observation (asset_id, check_name, id);

-- Five-minute sums, kept for 30 days. rtt_* are NULL when nothing answered.
CREATE TABLE sample_5m (
    target_id INT NOT NULL,
    at INT NOT NULL,
    n INT NOT NULL,
    lost INT NOT NULL,
    rtt_min_us INT,
    rtt_avg_us INT,
    rtt_max_us INT,
    PRIMARY KEY (target_id, at)
);
CREATE INDEX sample_5m_at ON sample_5m (at);
