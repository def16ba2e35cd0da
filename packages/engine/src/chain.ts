/**
 * A log in which no line is changed, taken out or put in unseen: each carries a hash over itself, the line before and the
 * entity as both leave it. (I13) Whoever can write into the database and knows this can write all of a log anew, or take it
 * away with its row; what other books say of the same money is compared as well.
 */
import { hash } from 'node:crypto'
import { dialectOf } from './dialect.ts'
import { fewSizes } from './few-sizes.ts'
import { placesFrom } from './sql-text.ts'
import type { Db, Store } from './store.ts'

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

/** Where a log stands: its last hash, and that of the entity's text as the last line left it. */
export interface Head {
  readonly chain: string
  readonly entity: string
}

/** Before the first line. */
export const EMPTY: Head = { chain: '', entity: '' }
/** Behind lines from before there were hashes; their rows say so. */
export const UNCHAINED: Head = { chain: 'none', entity: '' }

/**
 * `after` is the hash of the entity's text as this line leaves it. What a decision was made on is held as well: a row that was
 * changed and then decided on does not become right by it.
 */
export function headAfter(before: Head, line: ChainedLine, after: string): Head {
  const { kind, id, seq, at, type, from, to, verdict, reason, body } = line
  const all = [before.chain, before.entity, kind, id, seq, at, type, from, to, verdict, reason, body, after]
  return { chain: hashOfText(JSON.stringify(all)), entity: after }
}

interface EntityColumns {
  readonly id: string
  readonly version: number
  readonly state: string
  readonly body: string
  readonly created_at: number
  readonly chain_hash: string
}

interface EventColumns extends Omit<ChainedLine, 'kind' | 'from' | 'to'> {
  readonly from_state: string
  readonly to_state: string
  readonly after_hash: string
  readonly chain_hash: string
}

/** A partner decides how long the log of a session is: so many are read at a time. */
const AT_A_TIME = 64

/** Of these ids, those whose row and log are not as they were written, and what is wrong first. */
export async function brokenChains(
  store: Store,
  kind: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const broken = new Map<string, string>()
  for (let at = 0; at < ids.length; at += AT_A_TIME) {
    for (const suspect of (await wrongAmong(store, kind, ids.slice(at, at + AT_A_TIME))).keys()) {
      // What moved between the two readings looks like it: nothing moves while its row is ours.
      const wrong = await store.transaction(async (tx) => {
        await tx.query(`SELECT id FROM entity WHERE kind = $1 AND id = $2 ${dialectOf(tx).rowLock}`, [kind, suspect])
        return (await wrongAmong(tx, kind, [suspect])).get(suspect)
      })
      if (wrong !== undefined) broken.set(suspect, wrong)
    }
  }
  return broken
}

async function wrongAmong(db: Db, kind: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const some = fewSizes(ids)
  const among = `kind = $1 AND id IN (${placesFrom(2, some.length)})`
  const entities = await db.query<EntityColumns>(
    `SELECT id, version, state, body, created_at, chain_hash FROM entity WHERE ${among}`,
    [kind, ...some],
  )
  const events = await db.query<EventColumns>(
    `SELECT id, seq, at, type, from_state, to_state, verdict, reason, body, after_hash, chain_hash FROM event WHERE ${among}`,
    [kind, ...some],
  )
  const logs = Map.groupBy(events, ({ id }) => id)
  const wrong = new Map<string, string>()
  for (const entity of entities) {
    const log = (logs.get(entity.id) ?? []).sort((a, b) => a.seq - b.seq)
    const what = wrongIn(entity, log, kind)
    if (what !== undefined) wrong.set(entity.id, what)
  }
  return wrong
}

function wrongIn(entity: EntityColumns, log: readonly EventColumns[], kind: string): string | undefined {
  let head = EMPTY
  for (const [seq, line] of log.entries()) {
    if (line.seq !== seq) return `Event ${seq} is missing from its log.`
    const { from_state: from, to_state: to, after_hash: after, chain_hash: written } = line
    const isUnchained = written === ''
    if (isUnchained && seq > 0 && head !== UNCHAINED) return `Event ${seq} (${line.type}) has no hash.`
    head = isUnchained ? UNCHAINED : headAfter(head, { ...line, kind, from, to }, after)
    if (!isUnchained && head.chain !== written)
      return `Event ${seq} (${line.type}), or the row it was decided on, is not as it was written.`
  }
  const last = log.at(-1)
  if (last === undefined || last.seq !== entity.version) return `Event ${entity.version} is missing from its log.`
  const same =
    entity.chain_hash === head.chain &&
    entity.state === last.to_state &&
    entity.created_at === log[0]?.at &&
    (head === UNCHAINED || hashOfText(entity.body) === head.entity)
  return same ? undefined : `The row is not as event ${last.seq} (${last.type}) left it.`
}
