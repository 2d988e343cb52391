// SPDX-License-Identifier: Apache-2.0
// Short messages and questions to the user.
import { ElMessage, ElMessageBox } from 'element-plus'
import 'element-plus/es/components/message/style/css'
import 'element-plus/es/components/message-box/style/css'
import { ApiError } from '@/api/client'
import { t } from './i18n'

export function done(text: string): void {
  ElMessage({ type: 'success', message: text, grouping: true })
}
export function failed(e: unknown): void {
  ElMessage({ type: 'error', message: messageOf(e), duration: 6000, showClose: true, grouping: true })
}
export function messageOf(e: unknown): string {
  if (e instanceof ApiError) return e.message
  return e instanceof Error ? e.message : String(e)
}
/** Asks for a line of text of 2 to 200 characters; null when the user steps back. */
export async function askText(text: string, heading: string, go: string): Promise<string | null> {
  try {
    const { value } = await ElMessageBox.prompt(text, heading, {
      confirmButtonText: go,
      cancelButtonText: t('word.cancel'),
      inputValidator: (v) => [...(v ?? '').trim()].length >= 2 && [...v].length <= 200 || t('list.reasonBounds')
    })
    return value.trim()
  } catch {
    return null
  }
}
/** A question that names what will be touched; false when the user steps back. */
export async function ask(text: string, heading: string, go: string, danger = false): Promise<boolean> {
  try {
    await ElMessageBox.confirm(text, heading, {
      confirmButtonText: go,
      cancelButtonText: t('word.cancel'),
      type: danger ? 'warning' : 'info',
      confirmButtonClass: danger ? 'el-button--danger' : ''
    })
    return true
  } catch {
    return false
  }
}
