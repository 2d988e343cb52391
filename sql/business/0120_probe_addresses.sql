-- SPDX-License-Identifier: Apache-2.0
-- SEC-14: whoever may write a device's address must not make the platform knock on any door. At first: the private networks
-- and this machine; the security administrator adds what the street really has.
INSERT INTO parameter (name, label, label_en, area, type, least, most, unit, value) VALUES
    ('probe_addresses', '允许探测的设备地址范围（空为都不探测）', 'Addresses of devices that may be probed (blank: none)', 'security', 'addresses', NULL, NULL, NULL,
     '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 198.18.0.0/15 127.0.0.0/8 fc00::/7 ::1');
