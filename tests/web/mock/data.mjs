// SPDX-License-Identifier: Apache-2.0
// A handful of records around now.
const MIN = 60_000
const HOUR = 60 * MIN

export function seed(now) {
  const db = {}
  const add = (kind, row) => {
    db[kind] ??= []
    const r = { id: db[kind].length + 1, rev: 1, created_at: now - 30 * 24 * HOUR, updated_at: now - HOUR, ...row }
    db[kind].push(r)
    return r.id
  }
  for (const [name, type] of [['示范街道办事处', 'department'], ['东区社区', 'community'], ['西区社区', 'community'], ['运维单位', 'contractor']]) add('org_unit', { name, type, parent_id: null, video_scope: type === 'community' })
  for (let i = 1; i <= 12; i++) add('site', { name: `${i % 2 ? '东区' : '西区'} ${String(i).padStart(2, '0')}`, type: i % 4 ? 'pole' : 'office', org_unit_id: 2 + (i % 2), address: `示范路 ${i} 号`, lng: 116.4, lat: 39.9 })
  for (const [code, name, line] of [['camera', '摄像机', 'community_video'], ['switch', '接入交换机', 'community_video'], ['pc', '台式计算机', 'office_it']]) add('asset_class', { code, name, line, raises_alarm: true })
  for (let i = 1; i <= 57; i++) {
    const c = i % 9 === 0 ? 2 : i % 5 === 0 ? 3 : 1
    add('asset', {
      asset_no: `SW-${String(i).padStart(4, '0')}`, name: `${['', '枪机', '交换机', '办公电脑'][c]} ${String(i).padStart(2, '0')}`, class_id: c, line: c === 3 ? 'office_it' : 'community_video',
      state: i % 13 === 0 ? 'repair' : i % 11 === 0 ? 'spare' : 'in_use', health: i % 7 === 0 ? 'down' : i % 10 === 0 ? 'unknown' : 'up', health_at: now - i * MIN,
      site_id: (i % 12) + 1, org_unit_id: 2, model: 'DS-2CD', serial_no: i % 3 ? `SN${1000 + i}` : null, ip: c === 3 ? null : `10.8.0.${i}`, mac: null, in_use_on: '2024-03-01',
      warranty_until_on: i % 4 ? '2027-02-28' : null, note: null
    })
  }
  for (let i = 1; i <= 8; i++) add('uplink', { asset_id: i, up_id: 9, type: 'port', port: `Gi0/${i}` })
  for (const [login, name] of [['b_dispatcher', '调度员'], ['b_field', '外勤一'], ['a_supervisor', '监督员'], ['sys_admin', '系统管理员']]) add('user', { login, name, org_unit_id: 4, state: 'active', last_login_at: now - HOUR })
  const outage = add('outage', { title: '交换机 09 离线，影响 6 台摄像机', state: 'open', root_asset_id: 9, site_id: 10, started_at: now - 78 * MIN, ended_at: null, affected_count: 6 })
  add('outage', { title: '枪机 14 离线', state: 'ended', root_asset_id: 14, site_id: 3, started_at: now - 26 * HOUR, ended_at: now - 24 * HOUR, affected_count: 1 })
  for (let i = 1; i <= 6; i++) add('outage_asset', { outage_id: outage, asset_id: i, dark_from_at: now - 78 * MIN + i * 1000, dark_until_at: i === 6 ? now - 5 * MIN : null })
  for (let i = 1; i <= 9; i++) add('alarm', { asset_id: i, check_name: 'icmp', state: i < 7 ? 'open' : 'ended', decided_at: now - 78 * MIN + i * 1000, rule: '连续 3 次无应答', outage_id: i < 7 ? outage : null })
  for (const [code, name, metric, limit, cal] of [['S-05', '视频故障响应', 'respond', 120, '24x7'], ['S-09', '视频故障恢复', 'restore', 480, '24x7'], ['S-01', '办公设备故障恢复', 'restore', 120, '5x8']]) add('sla_rule', { code, name, metric, limit_minutes: limit, calendar: cal, internal: false })
  const day = (ms) => new Date(ms + 8 * HOUR).toISOString().slice(0, 10)
  add('calendar_day', { on_date: day(now + 24 * HOUR), type: 'swap_work', name: '调休', source: '国务院办公厅通知' })
  add('calendar_day', { on_date: day(now + 72 * HOUR), type: 'statutory', name: '节日', source: '国务院办公厅通知' })
  add('report', { title: '上月运维月报', month: day(now - 30 * 24 * HOUR).slice(0, 7), state: 'frozen' })
  const order = (row) => {
    const id = add('work_order', {
      no: '', type: 'incident', line: 'community_video', channel: 'monitor', state: 'dispatched', emergency: false, site_id: 10, asset_id: 9, outage_id: null, symptom: null, reporter_name: null,
      engineer_id: 2, started_at: now - 78 * MIN, deadline_at: now + 42 * MIN, accepted_at: null, arrived_at: null, restored_at: null, confirmed_at: null, result: null,
      before_photos: [], after_photos: [], confirm_note: null, created_at: now - 78 * MIN, ...row
    })
    db.work_order[id - 1].no = `YW-20261123-${String(id).padStart(4, '0')}`
    return id
  }
  const clock = (work_order_id, metric, rule_code, limit, deadline, state, more = {}) => add('sla_clock', {
    work_order_id, metric, rule_code, also: null, calendar: '24x7', limit_minutes: limit, started_at: now - 78 * MIN, deadline_at: deadline, provisional: false, internal: false, state, stopped_at: null, elapsed_ms: null, ...more
  })
  const w1 = order({ title: '交换机 09 离线，6 台摄像机无画面', outage_id: outage })
  clock(w1, 'respond', 'S-05', 120, now + 42 * MIN, 'running', { also: 'S-04' })
  clock(w1, 'restore', 'S-09', 480, now + 402 * MIN, 'running', { internal: true })
  const w2 = order({ title: '二楼打印机无法连接', line: 'office_it', channel: 'phone', state: 'registered', asset_id: 5, site_id: 6, engineer_id: null, deadline_at: now + 24 * HOUR, reporter_name: '综合科' })
  clock(w2, 'restore', 'S-01', 120, now + 24 * HOUR, 'running', { calendar: '5x8', provisional: true })
  const w3 = order({ title: '枪机 21 画面模糊', state: 'arrived', asset_id: 21, accepted_at: now - 60 * MIN, arrived_at: now - 20 * MIN, deadline_at: now - 13 * MIN })
  clock(w3, 'respond', 'S-05', 120, now + 42 * MIN, 'met', { stopped_at: now - 60 * MIN, elapsed_ms: 18 * MIN + 4000 })
  clock(w3, 'restore', 'S-09', 60, now - 13 * MIN, 'overdue')
  order({ title: '枪机 33 离线', state: 'restored', asset_id: 33, restored_at: now - 30 * MIN, deadline_at: null, result: '更换电源适配器' })
  order({ title: '办公电脑 05 蓝屏', line: 'office_it', state: 'closed', asset_id: 5, deadline_at: now - 24 * HOUR, result: '重装系统' })
  return db
}
