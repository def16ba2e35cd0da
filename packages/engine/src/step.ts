/** One decision and its commit: read, decide, fence, log, order. Always inside a transaction of the caller. */
import { dialectOf } from './dialect.ts'
import { orderEffects, type Wake } from './effects.ts'
import type { Kind } from './engine.ts'
import { Fault } from './fault.ts'
import { decide, type Entity, type Happened, type Order, type Verdict } from './machine.ts'
import { readOnce } from './read-once.ts'
import type { Db, SqlValue } from './store.ts'

/** Inside the engine the kinds have lost their own types; the table of each still fits its own entities. */
export type LoadedKind = Kind<Entity, Happened, Order>

export interface Step {
  readonly kind: LoadedKind
  readonly entity: Entity
  readonly event: Happened
  readonly verdict: Verdict<Entity, Order>
  readonly wake: Wake
}

/** Somebody else's decision came between our reading and our writing. */
const VERSION_MOVED = 'VERSION_MOVED'

export const isVersionMoved = (error: unknown): boolean =>
  error instanceof Fault && (error.code === VERSION_MOVED || error.code === 'STORE_CONFLICT')

export interface EntityRow {
  readonly id: string
  readonly version: number
  readonly body: string
}

/** By id, else by one of its other names. */
export async function entityRow(
  db: Db,
  kind: string,
  idOrKey: string,
  options: { readonly lock?: boolean } = {},
): Promise<EntityRow | undefined> {
  const lock = options.lock === true ? dialectOf(db).rowLock : ''
  const [row] = await db.query<EntityRow>(
    `SELECT id, version, body FROM entity WHERE kind = $1 AND id = coalesce(
       (SELECT id FROM entity WHERE kind = $1 AND id = $2), (SELECT id FROM entity_key WHERE kind = $1 AND key = $2)) ${lock}`,
    [kind, idOrKey],
  )
  return row
}

export async function createStep(
  tx: Db,
  kind: LoadedKind,
  given: Entity,
  event: Happened,
  options: { readonly now: number },
): Promise<Step> {
  const { now } = options
  const name = kind.machine.name
  const first: Entity = { ...given, state: kind.machine.initial }
  const { entity, effects, verdict } = decide(kind.machine, first, event)
  const stored = await tx.query(
    `INSERT INTO entity (kind, id, version, state, body, created_at, updated_at) VALUES ($1, $2, 1, $3, $4, $5, $5)
     ON CONFLICT (kind, id) DO NOTHING RETURNING id`,
    [name, entity.id, entity.state, JSON.stringify(entity), now],
  )
  if (stored.length === 0)
    throw new Fault(
      'ENTITY_EXISTS',
      `There is already a ${name} "${entity.id}". Give a new id, or apply the event to it.`,
    )
  await log(tx, name, entity.id, [
    { seq: 0, at: now, type: 'created', from: first.state, to: first.state, verdict: 'created', body: first },
    { seq: 1, at: now, type: event.type, from: first.state, to: entity.state, ...told(verdict), body: event },
  ])
  await rename(tx, kind, entity, [])
  await reword(tx, kind, entity, [])
  const wake = await orderEffects(tx, kind, { entity, version: 1, effects, now })
  return { kind, entity, event, verdict, wake }
}

export async function applyStep(
  tx: Db,
  kind: LoadedKind,
  idOrKey: string,
  event: Happened,
  options: { readonly now: number; readonly lock: boolean },
): Promise<Step> {
  const { now, lock } = options
  const name = kind.machine.name
  const row = await entityRow(tx, name, idOrKey, { lock })
  if (row === undefined)
    throw new Fault('ENTITY_UNKNOWN', `There is no ${name} "${idOrKey}". Event "${event.type}" was not applied.`)
  const before = readOnce<Entity>(row.body)
  const { entity, effects, verdict } = decide(kind.machine, before, event)
  const version = row.version + 1
  const moved = await tx.query(
    'UPDATE entity SET version = $4, state = $5, body = $6, updated_at = $7 WHERE kind = $1 AND id = $2 AND version = $3 RETURNING id',
    [name, row.id, row.version, version, entity.state, entity === before ? row.body : JSON.stringify(entity), now],
  )
  if (moved.length === 0)
    throw new Fault(VERSION_MOVED, `${name} "${row.id}" was changed at the same time. Try again.`, { retry: true })
  await log(tx, name, row.id, [
    { seq: version, at: now, type: event.type, from: before.state, to: entity.state, ...told(verdict), body: event },
  ])
  if (entity !== before) {
    await rename(tx, kind, entity, kind.keys?.(before) ?? [])
    await reword(tx, kind, entity, kind.words?.(before) ?? [])
  }
  const wake = await orderEffects(tx, kind, { entity, version, effects, now })
  return { kind, entity, event, verdict, wake }
}

interface LogLine {
  readonly seq: number
  readonly at: number
  readonly type: string
  readonly from: string
  readonly to: string
  readonly verdict: string
  readonly reason?: string
  readonly body: object
}

async function log(tx: Db, kind: string, id: string, lines: readonly LogLine[]): Promise<void> {
  const params: SqlValue[] = [kind, id]
  const rows = lines.map((line) => {
    const at = params.length
    params.push(
      line.seq,
      line.at,
      line.type,
      line.from,
      line.to,
      line.verdict,
      line.reason ?? null,
      JSON.stringify(line.body),
    )
    return `($1, $2, $${at + 1}, $${at + 2}, $${at + 3}, $${at + 4}, $${at + 5}, $${at + 6}, $${at + 7}, $${at + 8})`
  })
  await tx.query(
    `INSERT INTO event (kind, id, seq, at, type, from_state, to_state, verdict, reason, body) VALUES ${rows.join(', ')}`,
    params,
  )
}

function told(verdict: Verdict<Entity, Order>): { readonly verdict: string; readonly reason?: string } {
  if ('ignore' in verdict) return { verdict: 'ignored', reason: verdict.ignore }
  if ('refuse' in verdict) return { verdict: 'refused', reason: verdict.refuse }
  return { verdict: 'moved' }
}

/** Brings the other names up to date; nothing is written while they stay the same. */
async function rename(tx: Db, kind: LoadedKind, entity: Entity, before: readonly string[]): Promise<void> {
  const name = kind.machine.name
  const after = kind.keys?.(entity) ?? []
  for (const key of before)
    if (!after.includes(key))
      await tx.query('DELETE FROM entity_key WHERE kind = $1 AND key = $2 AND id = $3', [name, key, entity.id])
  for (const key of new Set(after)) {
    if (before.includes(key)) continue
    const taken = await tx.query<{ id: string }>(
      // The empty update makes RETURNING tell who holds the name.
      'INSERT INTO entity_key (kind, key, id) VALUES ($1, $2, $3) ON CONFLICT (kind, key) DO UPDATE SET id = entity_key.id RETURNING id',
      [name, key, entity.id],
    )
    if (taken[0]?.id !== entity.id)
      throw new Fault(
        'KEY_TAKEN',
        `The name "${key}" belongs to ${name} "${taken[0]?.id}"; ${name} "${entity.id}" cannot have it too.`,
      )
  }
}

/** The same for words, which nobody owns: two statements at most, none while they stay the same. */
async function reword(tx: Db, kind: LoadedKind, entity: Entity, before: readonly string[]): Promise<void> {
  const name = kind.machine.name
  const after = [...new Set(kind.words?.(entity) ?? [])]
  const added = after.filter((word) => !before.includes(word))
  const gone = before.filter((word) => !after.includes(word))
  const places = (words: readonly string[], row: (place: string) => string) =>
    words.map((_, index) => row(`$${index + 3}`)).join(', ')
  if (added.length > 0)
    await tx.query(
      `INSERT INTO entity_word (kind, id, word) VALUES ${places(added, (word) => `($1, $2, ${word})`)} ON CONFLICT DO NOTHING`,
      [name, entity.id, ...added],
    )
  if (gone.length > 0)
    await tx.query(
      `DELETE FROM entity_word WHERE kind = $1 AND id = $2 AND word IN (${places(gone, (word) => word)})`,
      [name, entity.id, ...gone],
    )
}
