// SPDX-License-Identifier: Apache-2.0
// People keep the whole file of a camera in one sheet; here it is a record and parts of it. What the
// same sheet says of the parts is checked and imported along.
import { computed, ref } from 'vue'
import * as api from '@/api/records'
import type { ImportOptions } from '@/api/records'
import type { ImportResult, Kind } from '@/api/types'
import { meta } from '@/core/session'

export interface Part { kind: Kind; result: ImportResult; on: boolean }

/** Kinds shown within others only that hang on the same device and may be imported. */
const partsOf = (kind: Kind) =>
  kind.name === 'camera'
    ? Object.values(meta.value?.kinds ?? {}).filter((k) => k.group === 'inside' && k.can.includes('import') && k.fields.some((f) => f.name === 'asset_id' && f.unique))
    : []
const says = (r: ImportResult) => (r.headings ?? []).filter((h) => h.field && h.field !== 'asset_id')

export function useParts() {
  const parts = ref<Part[]>([])
  /** A sheet that says nothing of a part, or not which device, has none. */
  async function check(kind: Kind, file: File, sheet: string): Promise<void> {
    const found: Part[] = []
    for (const k of partsOf(kind)) {
      try {
        const result = await api.importFile(k.name, file, { dryRun: true, sheet })
        if (says(result).length) found.push({ kind: k, result, on: result.new + result.changed > 0 })
      } catch {
        // no heading of this part
      }
    }
    parts.value = found
  }
  async function write(file: File, o: ImportOptions): Promise<{ created: number; changed: number }> {
    const sum = { created: 0, changed: 0 }
    for (const p of parts.value.filter((x) => x.on)) {
      const r = await api.importFile(p.kind.name, file, { ...o, map: null, goodRows: (p.result.wrong ?? 0) > 0 })
      sum.created += r.new
      sum.changed += r.changed
    }
    return sum
  }
  const useful = computed(() => parts.value.filter((p) => p.on).reduce((n, p) => n + p.result.new + p.result.changed, 0))
  const headings = computed(() => new Set(parts.value.flatMap((p) => says(p.result).map((h) => h.heading))))
  return { parts, check, write, useful, headings }
}
