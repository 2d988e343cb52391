// SPDX-License-Identifier: Apache-2.0
// What the phone keeps by itself (IndexedDB): answers of the server to read without a network, the steps
// that wait to be sent, their photos, and the running time that they have waited.
export type Shelf = 'kept' | 'steps' | 'photos' | 'clock'

const NAME = 'shouwang-field'
let opened: Promise<IDBDatabase> | null = null

function settle<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result)
    request.onerror = () => fail(request.error ?? new Error('IndexedDB'))
  })
}
function database(): Promise<IDBDatabase> {
  opened ??= new Promise((done, fail) => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('kept')
      request.result.createObjectStore('clock')
      request.result.createObjectStore('steps', { keyPath: 'id', autoIncrement: true })
      request.result.createObjectStore('photos', { keyPath: 'id' })
    }
    request.onsuccess = () => done(request.result)
    request.onerror = () => fail(request.error ?? new Error('IndexedDB'))
  })
  return opened
}
async function shelf(name: Shelf, mode: IDBTransactionMode): Promise<IDBObjectStore> {
  return (await database()).transaction(name, mode).objectStore(name)
}

export const take = async <T>(name: Shelf, key: IDBValidKey) => settle<T | undefined>((await shelf(name, 'readonly')).get(key))
export const all = async <T>(name: Shelf) => settle<T[]>((await shelf(name, 'readonly')).getAll())
export const drop = async (name: Shelf, key: IDBValidKey) => settle((await shelf(name, 'readwrite')).delete(key))
export const empty = async (name: Shelf) => settle((await shelf(name, 'readwrite')).clear())
/** Kept under `key`, or under the value's own id. */
export const put = async (name: Shelf, value: unknown, key?: IDBValidKey) => settle((await shelf(name, 'readwrite')).put(value, key))

/** A step and its photos, both or neither: nothing may be half kept when the phone dies. */
export async function putStep(step: object, photos: object[]): Promise<number> {
  const t = (await database()).transaction(['steps', 'photos'], 'readwrite', { durability: 'strict' })
  const done = new Promise<void>((ok, fail) => {
    t.oncomplete = () => ok()
    t.onabort = t.onerror = () => fail(t.error ?? new Error('IndexedDB'))
  })
  const id = settle(t.objectStore('steps').put(step))
  photos.forEach((p) => t.objectStore('photos').put(p))
  await done
  return Number(await id)
}
export async function dropStep(id: number, photos: string[]): Promise<void> {
  const t = (await database()).transaction(['steps', 'photos'], 'readwrite')
  t.objectStore('steps').delete(id)
  photos.forEach((p) => t.objectStore('photos').delete(p))
  await new Promise<void>((ok, fail) => {
    t.oncomplete = () => ok()
    t.onabort = t.onerror = () => fail(t.error ?? new Error('IndexedDB'))
  })
}
