// SPDX-License-Identifier: Apache-2.0
// What each role looks at first: figures of the dashboard by name, in order. The server says which of them there are.
import type { Figure } from '@/api/types'
import { permitted, user } from './session'

const RISKS = ['orders_late', 'orders_soon', 'pauses_long', 'pauses_pending', 'repairs_waiting', 'orders_unassigned']
const MINE = ['orders_mine_late', 'orders_mine', 'orders_unassigned', 'loans_out']
const DUTIES: Record<string, string[]> = {
  b_pm: RISKS,
  b_supervisor: RISKS,
  b_storekeeper: ['loans_out', 'parts_waiting'],
  b_dispatcher: ['orders_unassigned', 'orders_late', 'orders_soon', 'orders_to_confirm'],
  b_field: MINE,
  b_resident: MINE,
  a_supervisor: ['pauses_long', 'pauses_pending', 'orders_late', 'orders_to_confirm', 'spot_checks', 'changes_waiting'],
  a_approver: ['repairs_waiting', 'pauses_pending'],
  a_clerk: ['orders_open', 'orders_to_confirm'],
  a_section: ['orders_open', 'orders_to_confirm'],
  a_community: ['orders_open', 'orders_to_confirm'],
  sys_admin: ['deliveries_dead', 'letters_dead', 'accounts_roleless', 'accounts_active'],
  sec_admin: ['accounts_roleless', 'webhooks_draft', 'accounts_active']
}
/** Pages made for deciding show the same records as the list. */
const PAGES: Record<string, [string, string]> = {
  pauses_pending: ['sla_pause.decide', '/order/pauses'],
  repairs_waiting: ['repair_request.decide', '/order/repairs']
}

export function isManager(): boolean {
  return user.value?.roles.some((r) => DUTIES[r] === RISKS) ?? false
}
export function dutiesOf(figures: Figure[]): Figure[] {
  const names = [...new Set((user.value?.roles ?? []).flatMap((r) => DUTIES[r] ?? []))]
  return names.map((id) => figures.find((f) => f.id === id)).filter((f): f is Figure => f !== undefined)
}
export function dutyPlace(f: Figure): string | undefined {
  const page = PAGES[f.id]
  return page && permitted(page[0]) ? page[1] : undefined
}
/** Works orders of his own: what others have in hand comes after it. */
export function hasOwnOrders(): boolean {
  return permitted('work_order.work') && !permitted('work_order.dispatch')
}
/** Reports what he finds, without a desk to take calls at: engineers, too. */
export function mayReport(): boolean {
  return permitted('work_order.create') && !permitted('work_order.register')
}
/** Only reports, and follows what he reported. */
export function isReporter(): boolean {
  return mayReport() && !permitted('work_order.work')
}
