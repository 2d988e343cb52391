// SPDX-License-Identifier: Apache-2.0
// Where the phone is, and how far that is from the site.
import { ref } from 'vue'

export interface Place { lng: number; lat: number; accuracy: number; at: number }
export type Finding = 'idle' | 'asking' | 'found' | 'denied' | 'failed'
export const FENCE_M = 200

export const place = ref<Place | null>(null)
export const finding = ref<Finding>('idle')
const FRESH_MS = 120_000
const PATIENCE_MS = 15_000

export function locate(): Promise<Place | null> {
  if (!('geolocation' in navigator) || !window.isSecureContext) {
    finding.value = 'failed'
    return Promise.resolve(null)
  }
  finding.value = 'asking'
  return new Promise((done) => {
    navigator.geolocation.getCurrentPosition(
      (p) => {
        place.value = { lng: p.coords.longitude, lat: p.coords.latitude, accuracy: p.coords.accuracy, at: Date.now() }
        finding.value = 'found'
        done(place.value)
      },
      (e) => {
        finding.value = e.code === e.PERMISSION_DENIED ? 'denied' : 'failed'
        done(null)
      },
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 30_000 }
    )
  })
}
/** The place while it is fresh enough to be that of a step. */
export function here(): Place | null {
  return place.value && Date.now() - place.value.at < FRESH_MS ? place.value : null
}
const RAD = Math.PI / 180
/** Metres; flat enough within a sub-district. */
export function metres(a: { lng: number; lat: number }, b: { lng: number; lat: number }): number {
  const x = (b.lng - a.lng) * Math.cos(((a.lat + b.lat) / 2) * RAD) * 111_320
  const y = (b.lat - a.lat) * 111_320
  return Math.round(Math.hypot(x, y))
}
