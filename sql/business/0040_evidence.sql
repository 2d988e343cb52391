-- SPDX-License-Identifier: Apache-2.0
-- What the sandboxed child reads out of a picture. taken_at, latitude, longitude are the camera's
-- claim (EXIF, WGS 84); phash is the difference hash as 16 hexadecimal digits.
ALTER TABLE file ADD COLUMN width INT;
ALTER TABLE file ADD COLUMN height INT;
ALTER TABLE file ADD COLUMN taken_at INT;
ALTER TABLE file ADD COLUMN latitude FLOAT;
ALTER TABLE file ADD COLUMN longitude FLOAT;
ALTER TABLE file ADD COLUMN phash TEXT;
CREATE INDEX file_loose ON file (record_id, created_at);
CREATE INDEX file_created_by ON file (created_by, created_at);

-- Files made from an original, which itself is never touched: without metadata, thumbnails, with a
-- watermark. They can be made anew at any time; text is what the watermark says.
CREATE TABLE file_copy (
    id ID,
    file_id INT NOT NULL REFERENCES file (id),
    face TEXT NOT NULL CHECK (face IN ('clean', 'small', 'large', 'marked')),
    sha256 TEXT NOT NULL,
    original_sha256 TEXT NOT NULL,
    type TEXT NOT NULL,
    size INT NOT NULL,
    text TEXT,
    created_at INT NOT NULL
);
CREATE UNIQUE INDEX file_copy_face ON file_copy (file_id, face);
CREATE INDEX file_copy_sha256 ON file_copy (sha256);

-- Uploads that are under way and can go on after a cut connection. part names the bytes so far in
-- the spool folder; file_id is set when all have come.
CREATE TABLE file_part (
    id ID,
    account_id INT NOT NULL REFERENCES account (id),
    upload TEXT NOT NULL,
    part TEXT NOT NULL,
    name TEXT NOT NULL,
    size INT NOT NULL,
    sha256 TEXT NOT NULL,
    created_at INT NOT NULL,
    file_id INT
);
CREATE UNIQUE INDEX file_part_upload ON file_part (account_id, upload);
CREATE INDEX file_part_created_at ON file_part (created_at);

INSERT INTO parameter (name, label, label_en, area, type, least, most, unit, value) VALUES
    ('file_daily_mib', '每人每天可上传的总量', 'Uploads of one person on one day', 'service', 'int', 1, 1000000, 'MB', '2048');

-- The untouched original with its metadata: for those who check evidence (domain.md chapter 9).
INSERT INTO role_permission (role, permission, scope) VALUES
    ('a_supervisor', 'file.original', 'all'),
    ('auditor', 'file.original', 'all');
