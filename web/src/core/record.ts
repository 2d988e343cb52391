// SPDX-License-Identifier: Apache-2.0
// Loads one record and keeps it fresh.
import { ref, watch } from 'vue'
import * as api from '@/api/records'
import { ApiError } from '@/api/client'
import type { Rec } from '@/api/types'
import { useLive } from './live'
import { messageOf } from './say'

export function useRecord(kind: string, id: number) {
  const record = ref<Rec | null>(null)
  const error = ref('')
  const missing = ref(false)

  async function load(): Promise<void> {
    try {
      record.value = await api.read(kind, id)
      error.value = ''
      missing.value = false
    } catch (e) {
      missing.value = e instanceof ApiError && (e.status === 404 || e.status === 403)
      error.value = messageOf(e)
    }
  }
  watch(() => id, load, { immediate: true })
  useLive((e) => e.kind === kind && e.id === id, () => void load())
  return { record, error, missing, load }
}
