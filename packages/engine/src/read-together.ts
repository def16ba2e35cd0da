/** Single documents read by many at the same moment. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from './clock.ts'
import { fewSizes } from './few-sizes.ts'
import type { Db, Store } from './store.ts'

export interface Wanted {
  readonly shelf: string
  readonly key: string
}

interface Waiting extends Wanted {
  readonly found: PromiseWithResolvers<unknown>
}

const TOGETHER_MAX = 64
/** Nobody waits behind a reading that takes longer: its connection may be dead. */
const SLOW_MS = 100

/**
 * What is asked for while a reading is under way is read together by the next one, and what several ask for, once. Nobody gets
 * what was read before they asked: a token that was taken back a moment ago is gone.
 */
export function readTogether<Row extends Wanted>(
  store: Store,
  columns: string,
  clock: Pick<Clock, 'now'>,
): (wanted: Wanted) => Promise<Row | undefined> {
  // Whoever comes first reads for the others too: not within whatever surrounds that caller.
  const outside = AsyncLocalStorage.snapshot()
  let waiting = new Map<string, Waiting>()
  /** Those who read, and when each asked last. */
  const readers = new Set<{ since: number }>()

  async function readAll(): Promise<void> {
    const reader = { since: 0 }
    readers.add(reader)
    while (waiting.size > 0) {
      reader.since = clock.now()
      const all = [...waiting.values()]
      const now = all.slice(0, TOGETHER_MAX)
      waiting = new Map(all.slice(TOGETHER_MAX).map((one) => [nameOf(one), one]))
      await readThese(now)
    }
    readers.delete(reader)
  }
  async function readThese(now: readonly Waiting[]): Promise<void> {
    try {
      const rows = await read<Row>(store, columns, now)
      const found = new Map(rows.map((row) => [nameOf(row), row]))
      for (const one of now) one.found.resolve(found.get(nameOf(one)))
    } catch (error) {
      // What is wrong with one of them is no matter of the others.
      if (now.length > 1) await Promise.all(now.map((one) => readThese([one])))
      else now[0]?.found.reject(error)
    }
  }
  const isRead = () => [...readers].some(({ since }) => clock.now() - since < SLOW_MS)
  return async (wanted) => {
    store.refuseInside()
    const name = nameOf(wanted)
    const one = waiting.get(name) ?? { ...wanted, found: Promise.withResolvers<unknown>() }
    waiting.set(name, one)
    if (!isRead()) void outside(readAll)
    return one.found.promise as Promise<Row | undefined>
  }
}

const nameOf = ({ shelf, key }: Wanted) => `${shelf}\n${key}`

function read<Row>(db: Db, columns: string, wanted: readonly Wanted[]): Promise<readonly Row[]> {
  const places = fewSizes(wanted.map((_, index) => index))
  const pairs = places.map((_, index) => `($${2 * index + 1}, $${2 * index + 2})`).join(', ')
  const params = places.flatMap((index) => {
    const one = wanted[index]
    return one === undefined ? [] : [one.shelf, one.key]
  })
  return db.query<Row>(`SELECT shelf, ${columns} FROM document WHERE (shelf, key) IN (${pairs})`, params)
}
