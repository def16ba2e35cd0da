import type { ListOptions, LoggedEvent } from './engine.ts'
import { fewSizes, MANY } from './few-sizes.ts'
import type { Entity } from './machine.ts'
import { readOnce } from './read-once.ts'
import type { Db, SqlValue } from './store.ts'

const LIST_MAX = 10_000
const HISTORY_MAX = 10_000

/** Newest first; the id breaks ties so that pages neither repeat nor skip. */
export async function listEntities(db: Db, kind: string, options: ListOptions): Promise<readonly Entity[]> {
  if (options.states?.length === 0) return []
  const params: SqlValue[] = [kind, Math.min(options.limit, LIST_MAX)]
  let [where, age] = ['kind = $1', 'created_at']
  if (options.states !== undefined)
    where += ` AND state IN (${options.states.map((state) => `$${params.push(state)}`).join(', ')})`
  if (options.before !== undefined)
    where += ` AND (created_at, id) < (SELECT created_at, id FROM entity WHERE kind = $1 AND id = $${params.push(options.before)})`
  if (options.since !== undefined) where += ` AND created_at >= $${params.push(options.since)}`
  if (options.until !== undefined) where += ` AND created_at < $${params.push(options.until)}`
  for (const word of options.words ?? []) {
    const [from, to] = [params.push(word), params.push(`${word}\u{10FFFF}`)]
    where += ` AND id IN (SELECT id FROM entity_word WHERE kind = $1 AND word >= $${from} AND word < $${to})`
  }
  if (options.named !== undefined) {
    const [from, to] = [params.push(options.named), params.push(`${options.named}\u{10FFFF}`)]
    // The sum keeps SQLite from walking all entities by age in search of these few.
    age = 'created_at + 0'
    where += ` AND id IN (SELECT id FROM entity_key WHERE kind = $1 AND key >= $${from} AND key < $${to})`
  }
  const rows = await db.query<{ body: string }>(
    `SELECT body FROM entity WHERE ${where} ORDER BY ${age} DESC, id DESC LIMIT $2`,
    params,
  )
  return rows.map((row) => readOnce<Entity>(row.body))
}

/** Of these ids, those that are there; any number of them. Names of other kinds do not count. */
export async function entitiesById(db: Db, kind: string, ids: readonly string[]): Promise<ReadonlyMap<string, Entity>> {
  const found = new Map<string, Entity>()
  for (let at = 0; at < ids.length; at += MANY) {
    const some = fewSizes(ids.slice(at, at + MANY))
    const places = some.map((_, index) => `$${index + 2}`).join(', ')
    const rows = await db.query<{ id: string; body: string }>(
      `SELECT id, body FROM entity WHERE kind = $1 AND id IN (${places})`,
      [kind, ...some],
    )
    for (const row of rows) found.set(row.id, readOnce<Entity>(row.body))
  }
  return found
}

export async function countEntities(db: Db, kind: string): Promise<Readonly<Record<string, number>>> {
  const rows = await db.query<{ state: string; count: number }>(
    'SELECT state, count(*) AS count FROM entity WHERE kind = $1 GROUP BY state',
    [kind],
  )
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

/** Oldest first; at most 10,000. */
export async function entityHistory(db: Db, kind: string, id: string): Promise<readonly LoggedEvent[]> {
  const rows = await db.query<EventRow>(
    `SELECT seq, at, type, from_state, to_state, verdict, reason, body FROM event WHERE kind = $1 AND id = $2 ORDER BY seq LIMIT ${HISTORY_MAX}`,
    [kind, id],
  )
  return rows.map(({ from_state, to_state, reason, body, ...row }) => ({
    ...row,
    from: from_state,
    to: to_state,
    ...(reason === null ? {} : { reason }),
    body: JSON.parse(body) as Record<string, unknown>,
  }))
}

interface EventRow {
  readonly seq: number
  readonly at: number
  readonly type: string
  readonly from_state: string
  readonly to_state: string
  readonly verdict: LoggedEvent['verdict']
  readonly reason: string | null
  readonly body: string
}
