-- SPDX-License-Identifier: Apache-2.0
-- What the security administrator sets about the journal and about traffic that the platform begins.
INSERT INTO parameter (name, label, label_en, area, type, least, most, unit, value) VALUES
    ('journal_sm3', '操作日志用国密 SM3 封存（否则 SHA-256）', 'Seal the journal with SM3 (else SHA-256)', 'security', 'bool', NULL, NULL, NULL, '0'),
    ('outbound_hosts', '允许主动访问的外部主机（空格分隔，*.example.cn 含其下级；空为都不允许）', 'Hosts that the platform may call (blanks between; blank: none)', 'security', 'text', NULL, NULL, NULL, NULL),
    ('outbound_addresses', '允许主动访问的内网或本机地址范围（空为都不允许）', 'Private and loopback addresses that it may call (blank: none)', 'security', 'addresses', NULL, NULL, NULL, NULL);
