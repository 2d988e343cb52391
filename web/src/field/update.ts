// SPDX-License-Identifier: Apache-2.0
// The service worker, and the word that a newer one waits.
import { ref } from 'vue'

export const newer = ref<ServiceWorker | null>(null)

function watch(r: ServiceWorkerRegistration): void {
  const look = () => {
    if (r.waiting && navigator.serviceWorker.controller) newer.value = r.waiting
  }
  look()
  r.addEventListener('updatefound', () => r.installing?.addEventListener('statechange', look))
}
export function startWorker(): void {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return
  navigator.serviceWorker.register('/m/worker.js').then(watch, () => undefined) // an untrusted address: all but the offline work goes
}
export function takeOver(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  newer.value?.postMessage('take over')
}
