// SPDX-License-Identifier: Apache-2.0
// Metadata of a few kinds, with the columns of sql/business: enough for the pages, no more.
const f = (name, label, type, flags = '', more = {}) => ({
  name, label, label_en: more.en ?? name, type,
  required: flags.includes('R'), find: flags.includes('F'), list: flags.includes('L'),
  readonly: flags.includes('O'), create_only: flags.includes('1'), unique: flags.includes('U'),
  long: flags.includes('M'), min: more.min ?? 0, max: more.max ?? 0,
  options: more.options ?? null, ref: more.ref ?? null, help: more.help ?? null
})
const o = (value, label, tone = null, en = value) => ({ value, label, label_en: en, tone })
const ref = (kind) => ({ ref: kind })
const opts = (...options) => ({ options })
const LINE = opts(o('office_it', '办公信息化', null, 'Office IT'), o('community_video', '社区视频', null, 'Community video'))
const METRICS = opts(o('respond', '响应'), o('arrive', '到场'), o('restore', '恢复'), o('resolve', '修复'))
const CAL = opts(o('24x7', '7×24 小时'), o('5x8', '工作日'))

const step = (action, label, from, to, tone, fields = [], confirm = false) =>
  ({ action, label, label_en: action, tone, from, to, fields, confirm })

const kind = (name, label, label_en, label_field, fields, more = {}) => ({
  name, label, label_en, label_field, state_field: more.state ?? null, can: [], fields, actions: more.actions ?? []
})

export const KINDS = {
  org_unit: kind('org_unit', '组织单位', 'Organisation', 'name', [
    f('name', '名称', 'text', 'RFLU', { min: 2, max: 60 }),
    f('type', '类型', 'enum', 'RL', opts(o('department', '部门'), o('community', '社区'), o('contractor', '承建单位'))),
    f('parent_id', '上级', 'ref', 'L', ref('org_unit')), f('video_scope', '视频范围', 'bool', 'L')
  ]),
  site: kind('site', '地点', 'Site', 'name', [
    f('name', '名称', 'text', 'RFLU', { min: 2, max: 60 }),
    f('type', '类型', 'enum', 'RL', opts(o('office', '办公场所'), o('core_room', '核心机房'), o('community', '社区'), o('pole', '立杆'))),
    f('org_unit_id', '所属单位', 'ref', 'L', ref('org_unit')), f('address', '地址', 'text', 'L', { max: 120 }),
    f('lng', '经度', 'float', '', { min: -180, max: 180 }), f('lat', '纬度', 'float', '', { min: -90, max: 90 })
  ]),
  asset_class: kind('asset_class', '设备类别', 'Asset class', 'name', [
    f('code', '代码', 'text', 'RLU', { max: 30 }), f('name', '名称', 'text', 'RFLU', { min: 2, max: 60 }),
    f('line', '业务线', 'enum', 'RL', LINE), f('raises_alarm', '产生告警', 'bool', 'L')
  ]),
  asset: kind('asset', '设备', 'Asset', 'name', [
    f('asset_no', '资产编号', 'text', 'RFLU', { min: 3, max: 40 }), f('name', '设备名称', 'text', 'RFL', { min: 2, max: 80 }),
    f('class_id', '类别', 'ref', 'RL', ref('asset_class')), f('line', '业务线', 'enum', 'RL', LINE),
    f('state', '状态', 'enum', 'RL', opts(o('in_use', '在用', 'success', 'In use'), o('spare', '备用', 'info', 'Spare'), o('repair', '维修', 'warning', 'Repair'), o('disposed', '报废', 'info', 'Disposed'))),
    f('health', '健康', 'enum', 'LO', opts(o('up', '在线', 'success', 'Up'), o('down', '离线', 'danger', 'Down'), o('unknown', '未知', 'info', 'Unknown'))),
    f('site_id', '地点', 'ref', 'L', ref('site')), f('org_unit_id', '使用单位', 'ref', '', ref('org_unit')),
    f('model', '型号', 'text', 'F', { max: 80 }), f('serial_no', '序列号', 'text', 'F', { max: 80 }),
    f('ip', 'IP 地址', 'text', 'FL', { max: 45 }), f('mac', 'MAC', 'text', '', { max: 20 }),
    f('in_use_on', '启用日期', 'date'), f('warranty_until_on', '质保到期', 'date', 'L'),
    f('note', '备注', 'text', 'M', { max: 500 }), f('health_at', '状态时间', 'instant', 'O')
  ], { state: 'state' }),
  uplink: kind('uplink', '上联关系', 'Uplink', 'port', [
    f('asset_id', '设备', 'ref', 'RL', ref('asset')), f('up_id', '上联设备', 'ref', 'RL', ref('asset')),
    f('type', '类型', 'enum', 'RL', opts(o('port', '端口'), o('fibre', '光纤'), o('power', '供电'))), f('port', '端口', 'text', 'L', { max: 40 })
  ]),
  outage: kind('outage', '中断', 'Outage', 'title', [
    f('title', '概述', 'text', 'RFLO'), f('state', '状态', 'enum', 'RLO', opts(o('open', '中断中', 'danger', 'Open'), o('ended', '已恢复', 'success', 'Ended'))),
    f('root_asset_id', '根源设备', 'ref', 'RLO', ref('asset')), f('site_id', '地点', 'ref', 'LO', ref('site')),
    f('started_at', '开始时间', 'instant', 'RLO'), f('ended_at', '结束时间', 'instant', 'LO'), f('affected_count', '影响数量', 'int', 'RLO')
  ], { state: 'state' }),
  outage_asset: kind('outage_asset', '受影响设备', 'Affected asset', 'asset_id', [
    f('outage_id', '中断', 'ref', 'RLO', ref('outage')), f('asset_id', '设备', 'ref', 'RLO', ref('asset')),
    f('dark_from_at', '离线时间', 'instant', 'RLO'), f('dark_until_at', '恢复时间', 'instant', 'LO')
  ]),
  alarm: kind('alarm', '告警', 'Alarm', 'check_name', [
    f('asset_id', '设备', 'ref', 'RLO', ref('asset')), f('check_name', '检查项', 'text', 'RFLO'),
    f('state', '状态', 'enum', 'RLO', opts(o('open', '告警中', 'danger', 'Open'), o('ended', '已结束', 'success', 'Ended'))),
    f('decided_at', '判定时间', 'instant', 'RLO'), f('rule', '判定规则', 'text', 'LO'), f('outage_id', '中断', 'ref', 'LO', ref('outage'))
  ], { state: 'state' }),
  user: kind('user', '用户', 'User', 'name', [
    f('login', '账号', 'text', 'RFLU1', { min: 2, max: 40 }), f('name', '姓名', 'text', 'RFL', { min: 2, max: 40 }),
    f('org_unit_id', '单位', 'ref', 'L', ref('org_unit')), f('state', '状态', 'enum', 'RL', opts(o('active', '启用', 'success', 'Active'), o('disabled', '停用', 'info', 'Disabled'))),
    f('last_login_at', '最近登录', 'instant', 'LO')
  ], { state: 'state' }),
  sla_rule: kind('sla_rule', '时限规则', 'SLA rule', 'name', [
    f('code', '编号', 'text', 'RFL', { max: 20 }), f('name', '名称', 'text', 'RFL', { max: 80 }), f('metric', '指标', 'enum', 'RL', METRICS),
    f('limit_minutes', '时限（分钟）', 'int', 'RL', { min: 1, max: 100000 }), f('calendar', '日历', 'enum', 'RL', CAL), f('internal', '内部目标', 'bool', 'L')
  ]),
  sla_clock: kind('sla_clock', '时限计时', 'SLA clock', 'rule_code', [
    f('work_order_id', '工单', 'ref', 'RLO', ref('work_order')), f('metric', '指标', 'enum', 'RLO', METRICS), f('rule_code', '规则', 'text', 'RLO'),
    f('also', '同时适用', 'text', 'O'), f('calendar', '日历', 'enum', 'RLO', CAL), f('limit_minutes', '时限（分钟）', 'int', 'RLO'),
    f('started_at', '起算', 'instant', 'RO'), f('deadline_at', '时限', 'instant', 'RLO'), f('provisional', '暂定', 'bool', 'O'), f('internal', '内部目标', 'bool', 'O'),
    f('state', '状态', 'enum', 'RLO', opts(o('running', '计时中', 'primary', 'Running'), o('overdue', '已超时', 'danger', 'Overdue'), o('met', '按时', 'success', 'Met'), o('missed', '未按时', 'danger', 'Missed'))),
    f('stopped_at', '停表', 'instant', 'O'), f('elapsed_ms', '用时', 'duration', 'O')
  ], { state: 'state' }),
  calendar_day: kind('calendar_day', '工作日历', 'Calendar day', 'on_date', [
    f('on_date', '日期', 'date', 'RLU'), f('type', '类型', 'enum', 'RL', opts(o('work', '工作日'), o('statutory', '法定节假日'), o('swap_off', '调休休息'), o('swap_work', '调休上班', 'warning'))),
    f('name', '名称', 'text', 'L', { max: 40 }), f('source', '依据', 'text', 'RL', { max: 80 })
  ]),
  report: kind('report', '报告记录', 'Report', 'title', [
    f('title', '标题', 'text', 'RFLO'), f('month', '月份', 'text', 'LO'), f('state', '状态', 'enum', 'LO', opts(o('draft', '草稿', 'info'), o('frozen', '已定稿', 'success')))
  ], { state: 'state' }),
  work_order: kind('work_order', '工单', 'Work order', 'no', [
    f('no', '工单编号', 'text', 'FLO'), f('title', '故障现象', 'text', 'RFL', { min: 2, max: 200 }),
    f('type', '类别', 'enum', 'RL', opts(o('incident', '事件'), o('service_request', '服务请求'))), f('line', '业务线', 'enum', 'RL', LINE),
    f('channel', '来源', 'enum', 'R', opts(o('phone', '电话'), o('monitor', '监控告警'), o('web', '网页'))),
    f('state', '状态', 'enum', 'LO', opts(o('registered', '已受理', 'warning', 'Registered'), o('dispatched', '已派单', 'warning', 'Dispatched'), o('accepted', '已接单', 'primary', 'Accepted'), o('arrived', '已到场', 'primary', 'Arrived'), o('restored', '已恢复', 'success', 'Restored'), o('confirmed', '已确认', 'success', 'Confirmed'), o('closed', '已关闭', 'info', 'Closed'), o('cancelled', '已撤销', 'info', 'Cancelled'))),
    f('emergency', '应急', 'bool', ''), f('site_id', '地点', 'ref', 'L', ref('site')), f('asset_id', '设备', 'ref', 'L', ref('asset')), f('outage_id', '中断', 'ref', 'O', ref('outage')),
    f('symptom', '现象描述', 'text', 'M', { max: 1000 }), f('reporter_name', '报修人', 'text', '', { max: 40 }), f('engineer_id', '处理人', 'ref', 'LO', ref('user')),
    f('started_at', '起算时间', 'instant', 'O'), f('deadline_at', '时限', 'instant', 'LO'), f('accepted_at', '接单时间', 'instant', 'O'), f('arrived_at', '到场时间', 'instant', 'O'),
    f('restored_at', '恢复时间', 'instant', 'O'), f('confirmed_at', '确认时间', 'instant', 'O'), f('result', '处理结果', 'text', 'MO', { max: 1000 }),
    f('before_photos', '处理前照片', 'files', 'O'), f('after_photos', '处理后照片', 'files', 'O'), f('confirm_note', '确认意见', 'text', 'O')
  ], {
    state: 'state',
    actions: [
      step('dispatch', '派单', ['registered'], 'dispatched', 'primary', [f('engineer_id', '处理人', 'ref', 'R', ref('user'))]),
      step('accept', '接单', ['dispatched'], 'accepted', 'primary', [f('plan', '告知报修人的处理计划', 'text', '', { min: 2, max: 500 })]),
      step('arrive', '到场', ['accepted'], 'arrived', 'primary', [f('before_photos', '处理前照片', 'files', '', { max: 9 })]),
      step('restore', '恢复', ['accepted', 'arrived'], 'restored', 'success', [f('after_photos', '处理后照片', 'files', 'R', { max: 9 }), f('result', '处理结果', 'text', 'RM', { min: 2, max: 1000 })]),
      step('confirm', '确认恢复', ['restored'], 'confirmed', 'success', [f('confirm_note', '确认意见', 'text', '', { max: 200 })]),
      step('reject', '退回', ['restored'], 'arrived', 'danger', [f('confirm_note', '退回原因', 'text', 'R', { min: 2, max: 200 })]),
      step('cancel', '撤销', ['registered', 'dispatched'], 'cancelled', 'danger', [], true)
    ]
  })
}

const CAN = { all: ['create', 'update', 'retire', 'import', 'export'] }
const LEDGER = ['site', 'asset', 'uplink', 'asset_class']
const READ = ['outage', 'outage_asset', 'alarm', 'sla_clock', 'report', 'calendar_day']

// What each test account may do: kind -> what on kinds, and the steps it may take.
export const ACCOUNTS = {
  b_dispatcher: { name: '调度员', label: '调度', kinds: { ...all(LEDGER, CAN.all), ...all(READ, ['export']), work_order: ['create', 'update', 'export'], user: [], org_unit: [] }, steps: ['dispatch', 'cancel'] },
  b_field: { name: '外勤一', label: '外勤工程师', kinds: { ...all(LEDGER, ['export']), ...all(READ, []), work_order: [], user: [] }, steps: ['accept', 'arrive', 'restore'] },
  a_supervisor: { name: '监督员', label: '项目代表', kinds: { ...all(LEDGER, ['export']), ...all(READ, ['export']), work_order: ['export'], user: [], org_unit: [] }, steps: ['confirm', 'reject'] },
  sys_admin: { name: '系统管理员', label: '系统管理员', kinds: { user: ['create', 'update', 'retire', 'export'], org_unit: CAN.all, sla_rule: ['create', 'update', 'export'], calendar_day: CAN.all }, steps: [] }
}
function all(kinds, can) {
  return Object.fromEntries(kinds.map((k) => [k, can]))
}
