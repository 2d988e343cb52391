-- SPDX-License-Identifier: Apache-2.0
-- What QR labels are printed on and where their codes lead.
INSERT INTO parameter (name, label, label_en, area, type, least, most, unit, value) VALUES
    ('label.size', '二维码标签尺寸（a4:列x行，或 roll:宽x高 毫米）', 'QR label size (a4:COLUMNSxROWS or roll:WIDTHxHEIGHT in mm)', 'service', 'text', NULL, NULL, NULL, 'a4:3x8'),
    ('public_url', '平台的访问地址，印在二维码里（如 https://sw.example.cn）', 'Address of the platform as printed in QR codes', 'service', 'text', NULL, NULL, NULL, NULL);
