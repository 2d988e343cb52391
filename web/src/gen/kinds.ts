// SPDX-License-Identifier: Apache-2.0
// Made by `shouwang meta --typescript`; a test compares. Never changed by hand.
import type { FileRef } from '@/api/types'

export interface Fixed {
  id: number
  rev: number
  created_at: number
  updated_at: number
  retired: boolean
  can: string[]
}

export interface WorkOrder extends Fixed {
  no: string
  title: string
  type: 'incident' | 'service_request'
  line: 'office_it' | 'community_video'
  channel: 'phone' | 'chat' | 'qr' | 'on_site' | 'inspection' | 'monitor' | 'web' | 'superior'
  state: 'reported' | 'registered' | 'dispatched' | 'accepted' | 'arrived' | 'restored' | 'resolved' | 'confirmed' | 'closed' | 'cancelled' | 'merged'
  grade: 'general' | 'serious'
  emergency: boolean
  emergency_at: number | null
  site_id: number | null
  site_id_label: string | null
  asset_id: number | null
  asset_id_label: string | null
  outage_id: number | null
  outage_id_label: string | null
  symptom: string | null
  reporter_id: number | null
  reporter_id_label: string | null
  reporter_name: string | null
  reporter_phone?: string | null
  engineer_id: number | null
  engineer_id_label: string | null
  started_at: number
  reported_at: number | null
  detected_at: number | null
  registered_at: number | null
  dispatched_at: number | null
  accepted_at: number | null
  plan_told_at: number | null
  arrived_at: number | null
  restored_at: number | null
  resolved_at: number | null
  confirmed_at: number | null
  closed_at: number | null
  deadline_at: number | null
  presence: string | null
  cause: string | null
  result: string | null
  before_photos: FileRef[]
  after_photos: FileRef[]
  rating: number | null
  confirm_note: string | null
  in_duty: boolean
  impact: 'person' | 'office' | 'site' | 'sites' | 'district' | null
  urgency: 'low' | 'normal' | 'high' | null
  parent_id: number | null
  parent_id_label: string | null
  repeat_of_id: number | null
  repeat_of_id_label: string | null
  reopened_at: number | null
  reopen_count: number
  helper_id: number | null
  helper_id_label: string | null
  helper2_id: number | null
  helper2_id_label: string | null
  verdict: 'no_fault' | 'hardware' | null
  cause_party: 'ours' | 'carrier' | 'vendor' | 'user' | 'site_power' | 'external' | 'none' | null
  excluded_reason: 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | null
  excluded_quote_fen: number | null
  restore_proof: 'monitor' | 'user' | 'handoff' | 'loaner' | null
  progress_at: number | null
  progress_due_at: number | null
  spot_check: boolean
  late_reason: string | null
  proposal: string | null
  auto_closed: boolean
}

export interface SlaClock extends Fixed {
  work_order_id: number
  work_order_id_label: string | null
  metric: 'respond' | 'arrive' | 'restore' | 'resolve' | 'report' | 'decide' | 'notify' | 'deliver'
  rule_code: string
  rule_id: number | null
  rule_id_label: string | null
  also: string | null
  calendar: '24x7' | '5x8'
  limit_minutes: number
  line: 'office_it' | 'community_video'
  started_at: number
  deadline_at: number
  deadline_month: string
  provisional: boolean
  internal: boolean
  state: 'running' | 'paused' | 'overdue' | 'met' | 'missed' | 'cancelled' | 'void'
  stopped_at: number | null
  elapsed_ms: number | null
  valid_from_at: number
  rule_rev: number | null
  calendar_version: number
  level: number
  next_level_at: number | null
  pending: boolean
  paused_at: number | null
  void_reason: 'superseded' | 'excluded' | 'merged' | 'request' | 'no_fault' | null
}

export interface Outage extends Fixed {
  title: string
  state: 'open' | 'ended' | 'merged'
  root_asset_id: number
  root_asset_id_label: string | null
  line: 'office_it' | 'community_video'
  site_id: number | null
  site_id_label: string | null
  started_at: number
  dark_since: number | null
  ended_at: number | null
  affected_count: number
  merged_into_id: number | null
  merged_into_id_label: string | null
}

export interface OutageAsset extends Fixed {
  outage_id: number
  outage_id_label: string | null
  asset_id: number
  asset_id_label: string | null
  dark_from_at: number
  dark_until_at: number | null
}

export interface Alarm extends Fixed {
  asset_id: number
  asset_id_label: string | null
  check_name: string
  state: 'open' | 'ended'
  decided_at: number
  dark_since: number | null
  ended_at: number | null
  rule: string
  detail: string | null
  outage_id: number | null
  outage_id_label: string | null
}

export interface Asset extends Fixed {
  asset_no: string | null
  name: string
  class_id: number
  class_id_label: string | null
  line: 'office_it' | 'community_video'
  state: 'in_use' | 'spare' | 'repair' | 'suspended' | 'disposed'
  site_id: number | null
  site_id_label: string | null
  org_unit_id: number | null
  org_unit_id_label: string | null
  model: string | null
  serial_no: string | null
  ip: string | null
  mac: string | null
  checks: string | null
  in_use_on: string | null
  warranty_until_on: string | null
  note: string | null
  health: 'up' | 'down' | 'partial' | 'unknown'
  health_at: number | null
  maker: string | null
  also_serves: 'office_it' | 'community_video' | null
  owner: 'party_a' | 'party_b' | 'carrier' | 'other'
  origin: 'baseline' | 'added'
  photos: FileRef[]
  left_on: string | null
}

export interface Site extends Fixed {
  name: string
  type: 'office' | 'core_room' | 'community' | 'community_room' | 'police_post' | 'room' | 'wiring_closet' | 'pole' | 'box' | 'other'
  org_unit_id: number | null
  org_unit_id_label: string | null
  parent_id: number | null
  parent_id_label: string | null
  address: string | null
  lng: number | null
  lat: number | null
}

export interface Uplink extends Fixed {
  asset_id: number
  asset_id_label: string | null
  up_id: number
  up_id_label: string | null
  type: 'port' | 'fibre' | 'power' | 'nvr_channel'
  port: string | null
}

export interface AssetClass extends Fixed {
  code: string
  name: string
  line: 'office_it' | 'community_video'
  sla_group: 'device' | 'network' | 'camera' | 'switch' | 'storage' | 'platform'
  checks: string | null
  raises_alarm: boolean
  expects: string | null
}

export interface OrgUnit extends Fixed {
  name: string
  type: 'sub_district' | 'department' | 'section' | 'community' | 'police_post' | 'contractor'
  parent_id: number | null
  parent_id_label: string | null
  video_scope: boolean
}

export interface User extends Fixed {
  login: string
  name: string
  org_unit_id: number | null
  org_unit_id_label: string | null
  site_id: number | null
  site_id_label: string | null
  line: 'office_it' | 'community_video' | null
  state: 'active' | 'disabled'
  roles: string | null
  leaves_on?: string | null
  last_login_at?: number | null
  enabled_at?: number | null
}

export interface SlaRule extends Fixed {
  code: string
  name: string
  metric: 'respond' | 'arrive' | 'restore' | 'resolve' | 'report' | 'decide' | 'notify' | 'deliver'
  limit_minutes: number
  calendar: '24x7' | '5x8'
  line: 'office_it' | 'community_video' | null
  sla_group: 'device' | 'network' | 'camera' | 'switch' | 'storage' | 'platform' | null
  grade: 'general' | 'serious' | null
  emergency: 'any' | 'yes' | 'no'
  in_duty: 'any' | 'yes' | 'no'
  valid_from_on: string
  valid_to_on: string | null
  internal: boolean
  source: string
  use: 'clock' | 'reminder' | 'listed'
  source_rank: number
}

export interface CalendarDay extends Fixed {
  on_date: string
  type: 'work' | 'rest' | 'statutory' | 'swap_off' | 'swap_work'
  name: string | null
  source: string
  is_override: boolean
}

export interface OfficeHours extends Fixed {
  valid_from_on: string
  windows: string
  lunch_counts: boolean
  source: string
}

export interface Role extends Fixed {
  name: string
  label: string
  label_en: string
  class: 'party_a' | 'party_b' | 'admin' | 'machine'
  sort: number
}

export interface RolePermission extends Fixed {
  role: string
  permission: string
  scope: 'all' | 'unit' | 'site' | 'line' | 'own' | 'none'
}

export interface Setting extends Fixed {
  name: string
  label: string
  label_en: string
  area: 'security' | 'service'
  type: 'int' | 'bool' | 'text' | 'addresses'
  least: number | null
  most: number | null
  unit: string | null
  value: string | null
}

export interface ImportBatch extends Fixed {
  record_kind: string
  file_name: string
  sha256: string
  actor_id: number | null
  actor_id_label: string | null
  row_count: number
  new_count: number
  changed_count: number
  unchanged_count: number
  wrong_count: number
  state: 'done' | 'undone'
  undone_at: number | null
  undone_by_id: number | null
  undone_by_id_label: string | null
  undone_count: number | null
  kept_count: number | null
  kept: string | null
  journal_from: number
  journal_to: number
}

export interface DutyShift extends Fixed {
  on_date: string
  from_at: number
  to_at: number
  line: 'office_it' | 'community_video' | null
  source: string
}

export interface SlaPause extends Fixed {
  work_order_id: number
  work_order_id_label: string | null
  code: 'approval' | 'carrier' | 'vendor' | 'customer' | 'site_power' | 'fm' | 'safety' | 'reopen'
  metrics: string | null
  state: 'pending' | 'accepted' | 'rejected'
  started_at: number | null
  ended_at: number | null
  reason: string
  reference_no: string | null
  call_record: string | null
  contact_told: boolean
  evidence: FileRef[]
  line: 'office_it' | 'community_video'
  set_by_id: number | null
  set_by_id_label: string | null
  engineer_id: number | null
  engineer_id_label: string | null
  confirmed_by_id: number | null
  confirmed_by_id_label: string | null
  decided_by_id: number | null
  decided_by_id_label: string | null
  decided_at: number | null
  decision_note: string | null
  device_at: number | null
  queued_ms: number | null
  long_pending: boolean
}

export interface CalendarVersion extends Fixed {
  made_at: number
  hash: string
  n_days: number
  days: string
  moved: number
}

export interface SlaMove extends Fixed {
  cause: 'calendar' | 'rule' | 'facts'
  calendar_version: number
  work_order_id: number
  work_order_id_label: string | null
  clock_id: number
  clock_id_label: string | null
  metric: 'respond' | 'arrive' | 'restore' | 'resolve' | 'report' | 'decide' | 'notify' | 'deliver'
  line: 'office_it' | 'community_video'
  moved_at: number
  before_at: number | null
  after_at: number | null
  before_rule: string | null
  after_rule: string | null
}

export interface WorkOrderStep extends Fixed {
  work_order_id: number
  work_order_id_label: string | null
  action: string
  actor_id: number | null
  actor_id_label: string | null
  actor_name: string
  engineer_id: number | null
  engineer_id_label: string | null
  reporter_id: number | null
  reporter_id_label: string | null
  line: 'office_it' | 'community_video'
  at: number
  server_at: number
  device_at: number | null
  queued_ms: number | null
  offset_ms: number | null
  late_sync: boolean
  proof: 'gps' | 'qr' | 'reason' | null
  lng: number | null
  lat: number | null
  distance_m: number | null
  note: string | null
  photos: FileRef[]
  spot_check: boolean
}

export interface WorkOrderAsset extends Fixed {
  work_order_id: number
  work_order_id_label: string | null
  asset_id: number
  asset_id_label: string | null
  note: string | null
}

export interface RepairRequest extends Fixed {
  no: string
  work_order_id: number
  work_order_id_label: string | null
  asset_id: number | null
  asset_id_label: string | null
  state: 'filed' | 'approved' | 'rejected' | 'sent' | 'returned' | 'cancelled'
  verdict: string
  conclusion: 'repairable' | 'replace' | 'scrap'
  data_handling: 'no_storage' | 'wiped' | 'disk_removed' | 'encrypted'
  evidence: FileRef[]
  vendor: string | null
  quote_fen: number | null
  line: 'office_it' | 'community_video'
  applicant_id: number | null
  applicant_id_label: string | null
  filed_at: number
  approver_id: number | null
  approver_id_label: string | null
  decided_at: number | null
  opinion: string | null
  latency_ms: number | null
  sent_at: number | null
  returned_at: number | null
  outcome: string | null
  accepted_by_id: number | null
  accepted_by_id_label: string | null
  in_time: boolean
  reporter_id: number | null
  reporter_id_label: string | null
}

export interface Loan extends Fixed {
  work_order_id: number
  work_order_id_label: string | null
  asset_id: number
  asset_id_label: string | null
  state: 'out' | 'returned'
  issued_at: number
  returned_at: number | null
  engineer_id: number | null
  engineer_id_label: string | null
  note: string | null
}

export interface StockPhrase extends Fixed {
  type: 'symptom' | 'cause' | 'fix' | 'plan' | 'progress'
  text: string
  line: 'office_it' | 'community_video' | null
  sla_group: 'device' | 'network' | 'camera' | 'switch' | 'storage' | 'platform' | null
  sort_no: number
}

export interface Camera extends Fixed {
  asset_id: number
  asset_id_label: string | null
  point_no: string | null
  gb_id: string | null
  point_name: string | null
  nickname: string | null
  police_unit: string | null
  point_class: 'class_1' | 'class_2' | 'class_3' | null
  key_target: boolean
  point_type: 'crossing' | 'gate' | 'stairway' | 'square' | 'parking' | 'other' | null
  type: 'ptz_dome' | 'dome' | 'bullet' | 'panorama' | null
  firmware: string | null
  resolution: string | null
  codec: 'h264' | 'h265' | 'svac' | 'mjpeg' | null
  frame_rate: number | null
  bit_rate: number | null
  fill_light: 'none' | 'infrared' | 'white' | 'laser' | null
  audio: boolean
  ptz: boolean
  smart: string | null
  gb35114: 'none' | 'a' | 'b' | 'c' | null
  certificate_until_on: string | null
  recorder_id: number | null
  recorder_id_label: string | null
  channel_no: number | null
  recording: 'continuous' | 'motion' | 'none' | null
  retention_days: number | null
  kept_days: number | null
  backup: string | null
  builder_unit: string | null
  project: string | null
  built_on: string | null
  accepted_on: string | null
  contractor: string | null
  manager_unit: string | null
  operator_unit: string | null
  engineer_id: number | null
  engineer_id_label: string | null
  police_file_no: string | null
  notice_sign: boolean
}

export interface AssetPlace extends Fixed {
  asset_id: number
  asset_id_label: string | null
  lng: number | null
  lat: number | null
  source_system: 'wgs84' | 'gcj02' | 'bd09' | 'cgcs2000' | 'local' | null
  address: string | null
  mounting: 'pole' | 'wall' | 'ceiling' | 'rack' | 'desk' | null
  pole_height_cm: number | null
  pole_no: string | null
  azimuth: number | null
  direction: 'e' | 's' | 'w' | 'n' | 'se' | 'ne' | 'sw' | 'nw' | null
  room: 'indoor' | 'outdoor' | null
  coverage: string | null
  view_day: FileRef[]
  view_night: FileRef[]
}

export interface AssetNetwork extends Fixed {
  asset_id: number
  asset_id_label: string | null
  ipv6: string | null
  netmask: string | null
  gateway: string | null
  vlan: number | null
  port: number | null
  protocol: 'gb28181' | 'onvif' | 'rtsp' | 'private' | null
  login: string | null
  link: 'fibre' | 'cable' | 'wireless' | null
  transceiver: string | null
  odf_port: string | null
  network: 'video_network' | 'gov_extranet' | 'internet' | 'local' | null
  password: { set: boolean }
}

export interface AssetPower extends Fixed {
  asset_id: number
  asset_id_label: string | null
  source: string | null
  type: 'mains' | 'poe' | 'solar' | 'lamp_post' | null
  meter: string | null
  breaker: string | null
  ups: string | null
  box_no: string | null
  box_key: string | null
  surge_protection: boolean
  grounding: boolean
}

export interface AssetChange extends Fixed {
  title: string
  type: 'add' | 'move' | 'suspend' | 'resume' | 'dispose' | 'restore' | 'angle' | 'other'
  state: 'proposed' | 'approved' | 'done' | 'rejected' | 'cancelled'
  asset_id: number
  asset_id_label: string | null
  to_site_id: number | null
  to_site_id_label: string | null
  to_unit_id: number | null
  to_unit_id_label: string | null
  reason: string
  risk: 'low' | 'middle' | 'high'
  rollback: string | null
  documents: FileRef[]
  applicant_id: number | null
  applicant_id_label: string | null
  approver_id: number | null
  approver_id_label: string | null
  approved_at: number | null
  answer: string | null
  done_at: number | null
  result: string | null
  proof: FileRef[]
}

export interface ReplacedPart extends Fixed {
  name: string
  state: 'taken' | 'approved' | 'repair' | 'returned' | 'scrapped' | 'destroyed' | 'rma'
  asset_id: number
  asset_id_label: string | null
  work_order_id: number | null
  work_order_id_label: string | null
  model: string | null
  serial_no: string | null
  holds_data: boolean
  taken_on: string
  kept_at: string | null
  photos: FileRef[]
  keeper_id: number | null
  keeper_id_label: string | null
  approver_id: number | null
  approver_id_label: string | null
  approved_at: number | null
  receiver: string | null
  proof: FileRef[]
  ended_at: number | null
  note: string | null
}

export interface AssetGap extends Fixed {
  type: 'no_ip' | 'no_site' | 'no_unit' | 'no_photo' | 'no_coordinates' | 'no_uplink' | 'never_seen' | null
  name: string | null
  asset_id: number | null
  asset_id_label: string | null
  class_id: number | null
  class_id_label: string | null
  site_id: number | null
  site_id_label: string | null
  org_unit_id: number | null
  org_unit_id_label: string | null
  line: 'office_it' | 'community_video' | null
}

export interface CameraFile extends Fixed {
  name: string | null
  asset_id: number | null
  asset_id_label: string | null
  site_id: number | null
  site_id_label: string | null
  org_unit_id: number | null
  org_unit_id_label: string | null
  line: 'office_it' | 'community_video' | null
  complete: boolean | null
  missing_count: number | null
  missing: string | null
}

export interface Census extends Fixed {
  name: string | null
  class_id: number | null
  class_id_label: string | null
  line: 'office_it' | 'community_video' | null
  baseline: number | null
  counted: number | null
  drift: number | null
  added: number | null
  removed: number | null
  unexplained: number | null
}

export interface AssetDrift extends Fixed {
  name: string | null
  direction: 'added' | 'removed' | null
  asset_id: number | null
  asset_id_label: string | null
  class_id: number | null
  class_id_label: string | null
  site_id: number | null
  site_id_label: string | null
  org_unit_id: number | null
  org_unit_id_label: string | null
  line: 'office_it' | 'community_video' | null
  on_date: string | null
  left_at: number | null
  change_id: number | null
  change_id_label: string | null
}

export interface DuplicateGroup extends Fixed {
  type: 'serial_no' | 'mac' | 'ip' | 'name' | null
  value: string | null
  size: number | null
  last_id: number | null
}

export interface AssetDuplicate extends Fixed {
  value: string | null
  type: 'serial_no' | 'mac' | 'ip' | 'name' | null
  group_id: number | null
  asset_id: number | null
  asset_id_label: string | null
  class_id: number | null
  class_id_label: string | null
  site_id: number | null
  site_id_label: string | null
  org_unit_id: number | null
  org_unit_id_label: string | null
  line: 'office_it' | 'community_video' | null
}

export interface NotDuplicate extends Fixed {
  type: 'serial_no' | 'mac' | 'ip' | 'name'
  value: string
  up_to_id: number
  reason: string
}

export interface MapPoint extends Fixed {
  name: string | null
  type: 'camera' | 'asset' | 'site' | null
  asset_id: number | null
  asset_id_label: string | null
  site_id: number | null
  site_id_label: string | null
  org_unit_id: number | null
  org_unit_id_label: string | null
  line: 'office_it' | 'community_video' | null
  state: 'in_use' | 'spare' | 'repair' | 'suspended' | 'disposed' | null
  health: 'up' | 'down' | 'partial' | 'unknown' | null
  lng: number | null
  lat: number | null
}

export interface Contract extends Fixed {
  no: string
  name: string
  start_on: string
  end_on: string
  effective_on: string | null
  taken_over_on: string | null
  total_fen: number
  vat_percent: number
  documents: FileRef[]
  note: string | null
}

export interface PriceItem extends Fixed {
  code: string
  contract_id: number
  contract_id_label: string | null
  name: string
  line: 'office_it' | 'community_video'
  unit: string
  qty: number
  unit_price_fen: number | null
  amount_fen: number
  visits: number | null
  note: string | null
}

export interface BaselineQty extends Fixed {
  name: string
  contract_id: number
  contract_id_label: string | null
  line: 'office_it' | 'community_video'
  class_id: number | null
  class_id_label: string | null
  qty: number
  unit: string
  source: string | null
  note: string | null
}

export interface KeyPeriod extends Fixed {
  name: string
  from_on: string
  to_on: string
  level: 'duty_on_site' | 'standby_24h' | 'report_only'
  source: string
}

export interface DutyQuota extends Fixed {
  name: string
  contract_id: number
  contract_id_label: string | null
  type: 'statutory' | 'rest'
  days: number
  day_price_fen: number | null
  note: string | null
}

export interface ContractNote extends Fixed {
  code: string
  contract_id: number
  contract_id_label: string | null
  clause: string
  defect: string
  handling: string
  about_kind: string | null
  about: string | null
  signed_on: string | null
}

export interface Notice extends Fixed {
  account_id: number
  account_id_label: string | null
  title: string
  level: 'info' | 'warning' | 'danger'
  state: 'new' | 'read' | 'acknowledged'
  source_kind: string
  source_id: number
  reason: string
  rule_id: number | null
  rule_id_label: string | null
  digest: boolean
  raised_at: number
  ack_due_at: number | null
  read_at: number | null
  acknowledged_at: number | null
  escalated_at: number | null
}

export interface NoticeRule extends Fixed {
  name: string
  source_kind: string
  source_action: string
  subject: string | null
  to_role: string | null
  to_field: string | null
  level: 'info' | 'warning' | 'danger'
  title: string
  ack_minutes: number | null
  ack_role: string | null
  digest: boolean
  state: 'active' | 'disabled'
  only_if: string | null
}

export interface NoticeSetting extends Fixed {
  account_id: number
  account_id_label: string | null
  email: string | null
  min_level: 'info' | 'warning' | 'danger'
  quiet_from: string | null
  quiet_to: string | null
  digest_time: string | null
}

export interface NoticeChannel extends Fixed {
  name: string
  type: 'smtp' | 'wecom' | 'dingtalk' | 'feishu'
  state: 'active' | 'disabled'
  url: string
  sender: string | null
  login: string | null
  secret: { set: boolean }
  to_role: string | null
  min_level: 'info' | 'warning' | 'danger'
}

export interface NoticeDelivery extends Fixed {
  channel_id: number
  channel_id_label: string | null
  notice_id: number
  notice_id_label: string | null
  account_id: number | null
  account_id_label: string | null
  target: string
  reason: string
  state: 'waiting' | 'sent' | 'dead'
  tries: number
  next_at: number
  sent_at: number | null
  error: string | null
}

export interface Webhook extends Fixed {
  name: string
  url: string
  shape: 'generic' | 'wecom' | 'dingtalk' | 'feishu'
  kinds: string | null
  actions: string | null
  state: 'draft' | 'active' | 'paused'
  has_secret: boolean
  told_feed: number | null
  tries: number | null
  next_at: number | null
  last_at: number | null
  last_result: string | null
}

export interface DeadLetter extends Fixed {
  webhook_id: number
  webhook_id_label: string | null
  feed: number
  source_kind: string
  source_id: number
  source_action: string
  tries: number
  reason: string
  state: 'dead' | 'waiting' | 'sent'
}

export interface CustomerVisit extends Fixed {
  title: string
  org_unit_id: number
  org_unit_id_label: string | null
  visited_on: string
  visitor_id: number | null
  visitor_id_label: string | null
  state: 'draft' | 'submitted' | 'confirmed'
  needs?: {
    id: number
    content: string
    work_order_id: number | null
    work_order_id_label: string | null
  }[]
  findings: string | null
  photos: FileRef[]
  rating: 'good' | 'fair' | 'poor' | null
  signature: FileRef[]
  confirmer_id: number | null
  confirmer_id_label: string | null
  confirmed_at: number | null
  opinion: string | null
}

export interface AccountRequest extends Fixed {
  title: string
  type: 'open' | 'change' | 'close'
  state: 'requested' | 'done' | 'rejected' | 'cancelled'
  person_name: string | null
  user_id: number | null
  user_id_label: string | null
  org_unit_id: number | null
  org_unit_id_label: string | null
  duty: string
  reason: string
  from_on: string | null
  applicant_id: number | null
  applicant_id_label: string | null
  answer: string | null
  done_at: number | null
}

export interface SlaChange extends Fixed {
  title: string
  rule_id: number
  rule_id_label: string | null
  state: 'proposed' | 'agreed' | 'approved' | 'rejected' | 'cancelled'
  limit_minutes: number
  internal: boolean
  from_on: string
  reason: string
  paper: FileRef[]
  applicant_id: number | null
  applicant_id_label: string | null
  agreed_by_id: number | null
  agreed_by_id_label: string | null
  agreed_at: number | null
  approved_by_id: number | null
  approved_by_id_label: string | null
  approved_at: number | null
  new_rule_id: number | null
  new_rule_id_label: string | null
  answer: string | null
}

export interface Kinds {
  work_order: WorkOrder
  sla_clock: SlaClock
  outage: Outage
  outage_asset: OutageAsset
  alarm: Alarm
  asset: Asset
  site: Site
  uplink: Uplink
  asset_class: AssetClass
  org_unit: OrgUnit
  user: User
  sla_rule: SlaRule
  calendar_day: CalendarDay
  office_hours: OfficeHours
  role: Role
  role_permission: RolePermission
  setting: Setting
  import_batch: ImportBatch
  duty_shift: DutyShift
  sla_pause: SlaPause
  calendar_version: CalendarVersion
  sla_move: SlaMove
  work_order_step: WorkOrderStep
  work_order_asset: WorkOrderAsset
  repair_request: RepairRequest
  loan: Loan
  stock_phrase: StockPhrase
  camera: Camera
  asset_place: AssetPlace
  asset_network: AssetNetwork
  asset_power: AssetPower
  asset_change: AssetChange
  replaced_part: ReplacedPart
  asset_gap: AssetGap
  camera_file: CameraFile
  census: Census
  asset_drift: AssetDrift
  duplicate_group: DuplicateGroup
  asset_duplicate: AssetDuplicate
  not_duplicate: NotDuplicate
  map_point: MapPoint
  contract: Contract
  price_item: PriceItem
  baseline_qty: BaselineQty
  key_period: KeyPeriod
  duty_quota: DutyQuota
  contract_note: ContractNote
  notice: Notice
  notice_rule: NoticeRule
  notice_setting: NoticeSetting
  notice_channel: NoticeChannel
  notice_delivery: NoticeDelivery
  webhook: Webhook
  dead_letter: DeadLetter
  customer_visit: CustomerVisit
  account_request: AccountRequest
  sla_change: SlaChange
}
export type KindName = keyof Kinds

// The actions that move a record.
export interface Steps {
  work_order: 'register' | 'dispatch' | 'accept' | 'arrive' | 'progress' | 'restore' | 'resolve' | 'confirm' | 'close' | 'send_back' | 'hand_over' | 'help' | 'verdict' | 'no_fault' | 'propose' | 'escalate' | 'regrade' | 'declare_emergency' | 'to_request' | 'exclude' | 'include' | 'merge' | 'split' | 'reopen' | 'cancel'
  sla_clock: never
  outage: never
  outage_asset: never
  alarm: never
  asset: never
  site: never
  uplink: never
  asset_class: never
  org_unit: never
  user: 'lock' | 'unlock' | 'set_password' | 'grant_role' | 'revoke_role'
  sla_rule: never
  calendar_day: never
  office_hours: never
  role: never
  role_permission: never
  setting: never
  import_batch: 'undo'
  duty_shift: never
  sla_pause: 'end' | 'confirm' | 'accept' | 'reject'
  calendar_version: never
  sla_move: never
  work_order_step: never
  work_order_asset: never
  repair_request: 'approve' | 'reject' | 'send' | 'return'
  loan: 'return'
  stock_phrase: never
  camera: never
  asset_place: never
  asset_network: never
  asset_power: never
  asset_change: 'approve' | 'reject' | 'cancel' | 'carry_out'
  replaced_part: 'approve' | 'return_part' | 'send_repair' | 'back' | 'scrap' | 'destroy' | 'rma'
  asset_gap: never
  camera_file: never
  census: never
  asset_drift: never
  duplicate_group: never
  asset_duplicate: never
  not_duplicate: never
  map_point: never
  contract: never
  price_item: never
  baseline_qty: never
  key_period: never
  duty_quota: never
  contract_note: never
  notice: 'read' | 'acknowledge'
  notice_rule: never
  notice_setting: never
  notice_channel: never
  notice_delivery: 'resend'
  webhook: 'secret' | 'activate' | 'pause'
  dead_letter: 'resend'
  customer_visit: 'submit' | 'confirm' | 'return'
  account_request: 'carry_out' | 'reject' | 'cancel'
  sla_change: 'agree' | 'approve' | 'reject' | 'cancel'
}
