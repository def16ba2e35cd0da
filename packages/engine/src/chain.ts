/**
 * A log in which nothing is changed, taken out or put in unseen: every line carries a hash over itself and the line before,
 * and names how it left its entity. (I13) Whoever can write into the database and knows this can write all of it anew; what
 * other books say of the same money is compared as well.
 */
import { hash } from 'node:crypto'
import { dialectOf } from './dialect.ts'
import { fewSizes, MANY } from './few-sizes.ts'
import { placesFrom } from './sql-text.ts'
import type { Db, Store } from './store.ts'

/** The migration that gave the log its hashes. */
const CHAINED_BY = 3

/** A line as its columns hold it. */
export interface ChainedLine {
  readonly kind: string
  readonly id: string
  readonly seq: number
  readonly at: number
  readonly type: string
  readonly from: string
  readonly to: string
  readonly verdict: string
  readonly reason: string | null
  readonly body: string
}

/** SHA-256, base64url. */
export const hashOfText = (text: string): string => hash('sha256', text, 'base64url')

/** `before` is the hash of the line before, '' for the first; `after` the hash of the entity's text as this line left it. */
export function chainHash(before: string, line: ChainedLine, after: string): string {
  const { kind, id, seq, at, type, from, to, verdict, reason, body } = line
  return hashOfText(JSON.stringify([before, kind, id, seq, at, type, from, to, verdict, reason, body, after]))
}

interface EntityColumns {
  readonly id: string
  readonly version: number
  readonly state: string
  readonly body: string
  readonly chain_hash: string
}

interface EventColumns extends Omit<ChainedLine, 'kind' | 'from' | 'to'> {
  readonly from_state: string
  readonly to_state: string
  readonly after_hash: string
  readonly chain_hash: string
}

/** Of these ids, those whose row and log are not as they were written, and what is wrong first. */
export async function brokenChains(
  store: Store,
  kind: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const since = await chainedSince(store)
  const broken = new Map<string, string>()
  for (let at = 0; at < ids.length; at += MANY) {
    for (const suspect of (await wrongAmong(store, { kind, since }, ids.slice(at, at + MANY))).keys()) {
      // What moved between the two readings looks like it: nothing moves while its row is ours.
      const wrong = await store.transaction(async (tx) => {
        await tx.query(`SELECT id FROM entity WHERE kind = $1 AND id = $2 ${dialectOf(tx).rowLock}`, [kind, suspect])
        return (await wrongAmong(tx, { kind, since }, [suspect])).get(suspect)
      })
      if (wrong !== undefined) broken.set(suspect, wrong)
    }
  }
  return broken
}

/** Lines from before this moment were written by a program that gave them no hash. */
async function chainedSince(db: Db): Promise<number> {
  const [row] = await db.query<{ at: number }>('SELECT at FROM migration WHERE number = $1', [CHAINED_BY])
  return row?.at ?? 0
}

interface Chained {
  readonly kind: string
  readonly since: number
}

async function wrongAmong(
  db: Db,
  { kind, since }: Chained,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const some = fewSizes(ids)
  const places = placesFrom(2, some.length)
  const entities = await db.query<EntityColumns>(
    `SELECT id, version, state, body, chain_hash FROM entity WHERE kind = $1 AND id IN (${places})`,
    [kind, ...some],
  )
  const events = await db.query<EventColumns>(
    `SELECT id, seq, at, type, from_state, to_state, verdict, reason, body, after_hash, chain_hash FROM event
       WHERE kind = $1 AND id IN (${places}) ORDER BY id, seq`,
    [kind, ...some],
  )
  const logs = Map.groupBy(events, ({ id }) => id)
  const wrong = new Map<string, string>()
  for (const entity of entities) {
    const what = wrongIn(entity, logs.get(entity.id) ?? [], { kind, since })
    if (what !== undefined) wrong.set(entity.id, what)
  }
  return wrong
}

function wrongIn(entity: EntityColumns, log: readonly EventColumns[], { kind, since }: Chained): string | undefined {
  let head = ''
  for (const [seq, line] of log.entries()) {
    if (line.seq !== seq) return `Event ${seq} is missing from its log.`
    const { from_state: from, to_state: to, chain_hash: chained, after_hash: after } = line
    if (chained === '') {
      if (head !== '' || line.at >= since) return `Event ${seq} (${line.type}) has no hash.`
    } else {
      if (chained !== chainHash(head, { ...line, kind, from, to }, after))
        return `Event ${seq} (${line.type}) is not what was written.`
      head = chained
    }
  }
  const last = log.at(-1)
  if (last === undefined || last.seq !== entity.version) return `Event ${entity.version} is missing from its log.`
  const same = entity.state === last.to_state && (head === '' || hashOfText(entity.body) === last.after_hash)
  return same && entity.chain_hash === head ? undefined : `The row is not as event ${last.seq} (${last.type}) left it.`
}
