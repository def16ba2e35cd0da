/** One decision and its commit: read, decide, fence, log, order. Always inside a transaction of the caller. */
import { EMPTY, type Head, hashOfText, UNCHAINED } from './chain.ts'
import { perDialect } from './dialect.ts'
import type { Kind } from './engine.ts'
import { heldTogether, type LogLine, log } from './event-log.ts'
import { Fault } from './fault.ts'
import { decide, type Entity, type Happened, type Order, type Verdict } from './machine.ts'
import { type Claiming, type Ordered, orderEffects } from './orders.ts'
import { readOnce, writeOnce } from './read-once.ts'
import { placesFrom, textFor } from './sql-text.ts'
import { type Db, together } from './store.ts'

/** Inside the engine the kinds have lost their own types; the table of each still fits its own entities. */
export type LoadedKind = Kind<Entity, Happened, Order>

export interface Step {
  readonly kind: LoadedKind
  readonly entity: Entity
  readonly event: Happened
  readonly verdict: Verdict<Entity, Order>
  /** As it stands when this is committed. */
  readonly row: EntityRow
  readonly ordered: Ordered
}

/** Somebody else's decision came between our reading and our writing. */
const VERSION_MOVED = 'VERSION_MOVED'

export const isVersionMoved = (error: unknown): boolean =>
  error instanceof Fault && (error.code === VERSION_MOVED || error.code === 'STORE_CONFLICT')

/** A version counts from one: two histories, of which a restored backup began the second, are told apart by the moment. */
export interface EntityRow {
  readonly id: string
  readonly version: number
  readonly updatedAt: number
  readonly body: string
  /** Of the last line of its log. */
  readonly chainHash: string
  /** Known to whoever has written it. */
  readonly written?: WrittenEntity
}

/** What need not be worked out again from the text of an entity. */
interface WrittenEntity {
  readonly entity: Entity
  readonly hash: string
  readonly keys: readonly string[]
  readonly words: readonly string[]
}

/** The entity of a row. */
export const entityIn = ({ written, body }: EntityRow): Entity => written?.entity ?? readOnce<Entity>(body)

const readText = perDialect(({ rowLock }) => {
  const plain = `SELECT id, version, updated_at, body, chain_hash FROM entity WHERE kind = $1 AND id = coalesce(
     (SELECT id FROM entity WHERE kind = $1 AND id = $2), (SELECT id FROM entity_key WHERE kind = $1 AND key = $2))`
  return { plain, locking: `${plain} ${rowLock}` }
})

/** By id, else by one of its other names. */
export async function entityRow(
  db: Db,
  kind: string,
  idOrKey: string,
  options: { readonly lock?: boolean } = {},
): Promise<EntityRow | undefined> {
  const { plain, locking } = readText(db)
  const [row] = await db.query<RowColumns>(options.lock === true ? locking : plain, [kind, idOrKey])
  if (row === undefined) return undefined
  const { updated_at: updatedAt, chain_hash: chainHash, ...same } = row
  return { ...same, updatedAt, chainHash }
}

function headOf({ chainHash, written, body }: EntityRow): Head {
  if (chainHash === UNCHAINED.chain) return UNCHAINED
  return { chain: chainHash, entity: written?.hash ?? hashOfText(body) }
}

interface RowColumns extends Pick<EntityRow, 'id' | 'version' | 'body'> {
  readonly updated_at: number
  readonly chain_hash: string
}

export async function createStep(
  tx: Db,
  kind: LoadedKind,
  given: Entity,
  event: Happened,
  options: { readonly now: number; readonly claiming?: Claiming | undefined },
): Promise<Step> {
  const { now, claiming } = options
  const name = kind.machine.name
  const first: Entity = { ...given, state: kind.machine.initial }
  const { entity: decided, effects, verdict } = decide(kind.machine, first, event)
  const { text: body, value: entity } = writeOnce(decided)
  const [at, from, text] = [now, first.state, JSON.stringify(first)]
  const { held, head } = heldTogether({ kind: name, id: entity.id, before: EMPTY }, [
    { seq: 0, at, type: 'created', from, to: from, verdict: 'created', body: text, after: hashOfText(text) },
    { ...lineOf(event, { seq: 1, at, from, to: entity.state, verdict }), after: hashOfText(body) },
  ])
  const named = namesOf(kind, entity)
  const writes = [
    stored(tx, name, { entity, body, head, now }),
    log(tx, name, entity.id, held),
    ...rename(tx, kind, entity, { before: [], after: named.keys }),
    ...reword(tx, kind, entity, { before: [], after: named.words }),
  ]
  const ordered = orderEffects(tx, kind, { entity, version: 1, effects, now }, claiming)
  await together([...writes, ordered])
  const written = { ...named, entity, hash: head.entity }
  const row = { id: entity.id, version: 1, updatedAt: now, body, chainHash: head.chain, written }
  return { kind, entity, event, verdict, row, ordered: await ordered }
}

async function stored(
  tx: Db,
  name: string,
  {
    entity,
    body,
    head,
    now,
  }: { readonly entity: Entity; readonly body: string; readonly head: Head; readonly now: number },
): Promise<void> {
  const rows = await tx.query(
    `INSERT INTO entity (kind, id, version, state, body, created_at, updated_at, chain_hash)
     VALUES ($1, $2, 1, $3, $4, $5, $5, $6) ON CONFLICT (kind, id) DO NOTHING RETURNING id`,
    [name, entity.id, entity.state, body, now, head.chain],
  )
  if (rows.length === 0)
    throw new Fault(
      'ENTITY_EXISTS',
      `There is already a ${name} "${entity.id}". Give a new id, or apply the event to it.`,
    )
}

export interface StepOptions {
  readonly now: number
  readonly lock: boolean
  /** How the entity stands, as far as the caller knows; left out: it is read. */
  readonly known?: EntityRow | undefined
  readonly claiming?: Claiming | undefined
  /** What else is written: after the entity, so that whoever decides on it holds nothing that others wait for, and before the orders. */
  readonly within?: (() => Promise<unknown>) | undefined
}

export async function applyStep(
  tx: Db,
  kind: LoadedKind,
  idOrKey: string,
  event: Happened,
  { now, lock, known, claiming, within }: StepOptions,
): Promise<Step> {
  const name = kind.machine.name
  const row = known ?? (await entityRow(tx, name, idOrKey, { lock }))
  if (row === undefined)
    throw new Fault('ENTITY_UNKNOWN', `There is no ${name} "${idOrKey}". Event "${event.type}" was not applied.`)
  const before = entityIn(row)
  const { entity: decided, effects, verdict } = decide(kind.machine, before, event)
  const version = row.version + 1
  const { text: body, value: entity } =
    decided === before ? { text: row.body, value: before } : writeOnce(decided, before)
  const [from, to, start] = [before.state, entity.state, headOf(row)]
  const after = body === row.body && start !== UNCHAINED ? start.entity : hashOfText(body)
  const { held, head } = heldTogether({ kind: name, id: row.id, before: start }, [
    { ...lineOf(event, { seq: version, at: now, from, to, verdict }), after },
  ])
  const writes: Promise<unknown>[] = [moved(tx, name, { row, state: to, body, head, now })]
  if (within !== undefined) writes.push(within())
  writes.push(log(tx, name, row.id, held))
  const named = entity === before ? row.written : namesOf(kind, entity)
  if (named !== undefined && entity !== before) {
    const { keys, words } = row.written ?? namesOf(kind, before)
    writes.push(...rename(tx, kind, entity, { before: keys, after: named.keys }))
    writes.push(...reword(tx, kind, entity, { before: words, after: named.words }))
  }
  const ordered = orderEffects(tx, kind, { entity, version, effects, now }, claiming)
  await together([...writes, ordered])
  const written = named && { keys: named.keys, words: named.words, entity, hash: head.entity }
  return {
    kind,
    entity,
    event,
    verdict,
    row: { id: row.id, version, updatedAt: now, body, chainHash: head.chain, ...(written && { written }) },
    ordered: await ordered,
  }
}

/** The fence: whoever has read an older version writes nothing. */
async function moved(
  tx: Db,
  kind: string,
  {
    row,
    state,
    body,
    head,
    now,
  }: {
    readonly row: EntityRow
    readonly state: string
    readonly body: string
    readonly head: Head
    readonly now: number
  },
): Promise<void> {
  const rows = await tx.query(
    `UPDATE entity SET version = $4, state = $5, body = $6, updated_at = $7, chain_hash = $9
       WHERE kind = $1 AND id = $2 AND version = $3 AND updated_at = $8 RETURNING id`,
    [kind, row.id, row.version, row.version + 1, state, body, now, row.updatedAt, head.chain],
  )
  if (rows.length === 0)
    throw new Fault(VERSION_MOVED, `${kind} "${row.id}" was changed at the same time. Try again.`, { retry: true })
}

function lineOf(
  event: Happened,
  { verdict, ...line }: Pick<LogLine, 'seq' | 'at' | 'from' | 'to'> & { readonly verdict: Verdict<Entity, Order> },
): Omit<LogLine, 'after'> {
  return { ...line, type: event.type, ...told(verdict), body: JSON.stringify(event) }
}

function told(verdict: Verdict<Entity, Order>): { readonly verdict: string; readonly reason?: string } {
  if ('ignore' in verdict) return { verdict: 'ignored', reason: verdict.ignore }
  if ('refuse' in verdict) return { verdict: 'refused', reason: verdict.refuse }
  return { verdict: 'moved' }
}

/** Under which other names it is found, and by which words. */
const namesOf = (kind: LoadedKind, entity: Entity): Pick<WrittenEntity, 'keys' | 'words'> => ({
  keys: kind.keys?.(entity) ?? [],
  words: kind.words?.(entity) ?? [],
})

interface Names {
  readonly before: readonly string[]
  readonly after: readonly string[]
}

interface Changed {
  readonly gone: readonly string[]
  readonly added: readonly string[]
}

function changed({ before, after }: Names): Changed {
  const gone = before.filter((one) => !after.includes(one))
  return { gone, added: after.filter((one, index) => !before.includes(one) && after.indexOf(one) === index) }
}

/** Brings the other names up to date: two statements at most, none while they stay the same. */
function rename(tx: Db, kind: LoadedKind, entity: Entity, names: Names): readonly Promise<unknown>[] {
  const name = kind.machine.name
  const { gone, added } = changed(names)
  const writes: Promise<unknown>[] = []
  if (gone.length > 0) writes.push(tx.query(deleteNames(gone.length), [name, entity.id, ...gone]))
  if (added.length > 0) writes.push(takeNames(tx, name, added, entity.id))
  return writes
}

const rowsFrom3 = (count: number) => Array.from({ length: count }, (_, index) => `($1, $2, $${index + 3})`).join(', ')

const deleteNames = textFor(
  (count) => `DELETE FROM entity_key WHERE kind = $1 AND id = $2 AND key IN (${placesFrom(3, count)})`,
)
// The empty update makes RETURNING tell who holds a name.
const insertNames = textFor(
  (count) => `INSERT INTO entity_key (kind, id, key) VALUES ${rowsFrom3(count)}
     ON CONFLICT (kind, key) DO UPDATE SET id = entity_key.id RETURNING key, id`,
)
const deleteWords = textFor(
  (count) => `DELETE FROM entity_word WHERE kind = $1 AND id = $2 AND word IN (${placesFrom(3, count)})`,
)
const insertWords = textFor(
  (count) => `INSERT INTO entity_word (kind, id, word) VALUES ${rowsFrom3(count)} ON CONFLICT DO NOTHING`,
)

async function takeNames(tx: Db, kind: string, keys: readonly string[], id: string): Promise<void> {
  const holders = await tx.query<{ key: string; id: string }>(insertNames(keys.length), [kind, id, ...keys])
  const other = holders.find((holder) => holder.id !== id)
  if (other)
    throw new Fault(
      'KEY_TAKEN',
      `The name "${other.key}" belongs to ${kind} "${other.id}"; ${kind} "${id}" cannot have it too.`,
    )
}

/** The same for words, which nobody owns. */
function reword(tx: Db, kind: LoadedKind, entity: Entity, names: Names): readonly Promise<unknown>[] {
  const name = kind.machine.name
  const { gone, added } = changed(names)
  const writes: Promise<unknown>[] = []
  if (added.length > 0) writes.push(tx.query(insertWords(added.length), [name, entity.id, ...added]))
  if (gone.length > 0) writes.push(tx.query(deleteWords(gone.length), [name, entity.id, ...gone]))
  return writes
}
