// SPDX-License-Identifier: Apache-2.0
// How many uploads run: a form is not sent before its photos have arrived.
import { computed, ref } from 'vue'

const running = ref(0)
export const uploading = computed(() => running.value > 0)
export function uploadBegins(): void {
  running.value++
}
export function uploadEnds(): void {
  running.value--
}
