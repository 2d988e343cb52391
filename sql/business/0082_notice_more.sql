-- SPDX-License-Identifier: Apache-2.0
-- A rule may hold under a condition (field=value, as stored); the rest of who must know: emergencies and their silence,
-- the vendor's level of C-130, pauses and repairs that wait for an answer, and what became of them.
ALTER TABLE notice_rule ADD COLUMN only_if TEXT;
-- who sends an order back is its engineer: the desk must know
UPDATE notice_rule SET name = '退回通知调度', to_role = 'b_dispatcher', to_field = NULL, title = '退回待派：{no} {title}'
    WHERE name = '退回通知处理人' AND rev = 1;
INSERT INTO notice_rule (rev, created_at, updated_at, name, source_kind, source_action, subject, to_role, to_field, level,
    title, ack_minutes, ack_role, digest, state, only_if) VALUES
    (1, 0, 0, '应急报修通知项目经理', 'work_order', 'create', NULL, 'b_pm', NULL, 'danger', '应急事件：{no} {title}，30 分钟内到场', 15, 'b_supervisor', 0, 'active', 'emergency=1'),
    (1, 0, 0, '应急通知处理人', 'work_order', 'declare_emergency', NULL, NULL, 'engineer_id', 'danger', '已宣布应急：{no} {title}，30 分钟内到场', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '应急无进展提醒处理人', 'work_order', 'remind', NULL, NULL, 'engineer_id', 'danger', '应急 30 分钟无进展，请报进展：{no} {title}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '应急无进展提醒项目经理', 'work_order', 'remind', NULL, 'b_pm', NULL, 'danger', '应急 30 分钟无进展：{no} {title}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '人工升级到项目经理', 'work_order', 'escalate', NULL, 'b_pm', NULL, 'danger', '现场无法处理，请调集资源：{no} {title}', 30, 'b_supervisor', 0, 'active', NULL),
    (1, 0, 0, '转交通知新处理人', 'work_order', 'hand_over', NULL, NULL, 'engineer_id', 'warning', '转交给您：{no} {title}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '协助通知协助人', 'work_order', 'help', NULL, NULL, 'helper_id', 'warning', '请协助：{no} {title}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '协助通知协助人二', 'work_order', 'help', NULL, NULL, 'helper2_id', 'warning', '请协助：{no} {title}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '返修通知处理人', 'work_order', 'reopen', NULL, NULL, 'engineer_id', 'warning', '返修：{no} {title}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '返修通知调度', 'work_order', 'reopen', NULL, 'b_dispatcher', NULL, 'warning', '返修：{no} {title}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '调级建议通知调度', 'work_order', 'propose', NULL, 'b_dispatcher', NULL, 'warning', '工程师建议调级：{no} {proposal}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '修复告知报修人', 'work_order', 'resolve', NULL, NULL, 'reporter_id', 'info', '已修复，请确认：{no} {title}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '非故障告知报修人', 'work_order', 'no_fault', NULL, NULL, 'reporter_id', 'info', '核实为非故障：{no} {title}，{result}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '取消告知报修人', 'work_order', 'cancel', NULL, NULL, 'reporter_id', 'info', '工单已取消：{no} {title}，{result}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '取消通知处理人', 'work_order', 'cancel', NULL, NULL, 'engineer_id', 'info', '工单已取消：{no} {title}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '自动关闭告知报修人', 'work_order', 'auto_close', NULL, NULL, 'reporter_id', 'info', '3 天无人确认，已自动关闭：{no} {title}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '超时 4 小时通知调度', 'sla_clock', 'escalate', 'work_order_id', 'b_dispatcher', NULL, 'danger', '仍未恢复，请调集人员：{work_order_id.no} {work_order_id.title}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '超时 8 小时联系原厂', 'sla_clock', 'vendor', 'work_order_id', 'b_pm', NULL, 'danger', '超时 8 小时，请立即联系原厂：{work_order_id.no} {work_order_id.title}', 30, 'b_supervisor', 0, 'active', NULL),
    (1, 0, 0, '超时 8 小时告知监督', 'sla_clock', 'vendor', 'work_order_id', 'a_supervisor', NULL, 'danger', '超时 8 小时，已要求联系原厂：{work_order_id.no} {work_order_id.title}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '暂停待甲方确认', 'sla_pause', 'create', NULL, 'a_supervisor', NULL, 'warning', '计时暂停待确认：{work_order_id.no} {code}，{reason}', NULL, NULL, 0, 'active', 'state=pending'),
    (1, 0, 0, '安全暂停待项目经理确认', 'sla_pause', 'create', NULL, 'b_pm', NULL, 'warning', '计时暂停请先确认：{work_order_id.no} {code}，{reason}', NULL, NULL, 0, 'active', 'code=safety'),
    (1, 0, 0, '暂停确认告知设置人', 'sla_pause', 'accept', NULL, NULL, 'set_by_id', 'info', '甲方已确认暂停：{work_order_id.no} {code}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '暂停驳回告知设置人', 'sla_pause', 'reject', NULL, NULL, 'set_by_id', 'warning', '甲方驳回暂停，时限照计：{work_order_id.no} {code}，{decision_note}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '暂停驳回告知项目经理', 'sla_pause', 'reject', NULL, 'b_pm', NULL, 'warning', '甲方驳回暂停，时限照计：{work_order_id.no} {code}，{decision_note}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '暂停超过一天未确认', 'sla_pause', 'remind', NULL, 'a_supervisor', NULL, 'warning', '计时暂停超过 24 小时未确认：{work_order_id.no} {code}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '暂停超过一天未确认告知项目经理', 'sla_pause', 'remind', NULL, 'b_pm', NULL, 'info', '计时暂停超过 24 小时未确认：{work_order_id.no} {code}', NULL, NULL, 1, 'active', NULL),
    (1, 0, 0, '送修申请待审批', 'repair_request', 'create', NULL, 'a_approver', NULL, 'warning', '送修待审批：{no} {asset_id} {conclusion}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '送修批准告知申请人', 'repair_request', 'approve', NULL, NULL, 'applicant_id', 'info', '送修已批准：{no} {asset_id}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '送修未批准告知申请人', 'repair_request', 'reject', NULL, NULL, 'applicant_id', 'warning', '送修未批准：{no} {asset_id}，{opinion}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '送修批准告知报修人', 'repair_request', 'approve', NULL, NULL, 'reporter_id', 'info', '设备送修已批准：{no} {asset_id}', NULL, NULL, 0, 'active', NULL),
    (1, 0, 0, '送修取回告知报修人', 'repair_request', 'return', NULL, NULL, 'reporter_id', 'info', '设备已修好取回：{no} {asset_id}', NULL, NULL, 0, 'active', NULL);
