-- SPDX-License-Identifier: Apache-2.0
-- Who is told of an account at two places at once (SEC-08), of requests for accounts and of changes of limits.
INSERT INTO notice_rule (rev, created_at, updated_at, name, source_kind, source_action, subject, to_role, to_field, level,
    title, ack_minutes, ack_role, digest, state) VALUES
    (1, 0, 0, '账号两处同时使用通知安全管理员', 'user', 'two_addresses', NULL, 'sec_admin', NULL, 'danger', '账号 {login} 在两个地址同时使用', NULL, NULL, 0, 'active'),
    (1, 0, 0, '账号两处同时使用通知系统管理员', 'user', 'two_addresses', NULL, 'sys_admin', NULL, 'danger', '账号 {login} 在两个地址同时使用', NULL, NULL, 0, 'active'),
    (1, 0, 0, '账号申请待办理', 'account_request', 'create', NULL, 'sys_admin', NULL, 'warning', '账号申请：{title}', NULL, NULL, 0, 'active'),
    (1, 0, 0, '账号申请已办理告知申请人', 'account_request', 'carry_out', NULL, NULL, 'applicant_id', 'info', '账号申请已办理：{title}', NULL, NULL, 0, 'active'),
    (1, 0, 0, '账号已开通待授予角色', 'account_request', 'carry_out', NULL, 'sec_admin', NULL, 'warning', '待授予角色：{title}（{duty}）', NULL, NULL, 0, 'active'),
    (1, 0, 0, '账号申请驳回告知申请人', 'account_request', 'reject', NULL, NULL, 'applicant_id', 'warning', '账号申请被驳回：{title}', NULL, NULL, 0, 'active'),
    (1, 0, 0, '时限变更待甲方同意', 'sla_change', 'create', NULL, 'a_supervisor', NULL, 'warning', '时限变更待同意：{title}', NULL, NULL, 0, 'active'),
    (1, 0, 0, '时限变更待安全管理员批准', 'sla_change', 'agree', NULL, 'sec_admin', NULL, 'warning', '时限变更待批准：{title}', NULL, NULL, 0, 'active'),
    (1, 0, 0, '时限变更批准告知提出人', 'sla_change', 'approve', NULL, NULL, 'applicant_id', 'info', '时限变更已批准：{title}，{from_on} 起', NULL, NULL, 0, 'active'),
    (1, 0, 0, '时限变更驳回告知提出人', 'sla_change', 'reject', NULL, NULL, 'applicant_id', 'warning', '时限变更被驳回：{title}', NULL, NULL, 0, 'active');
