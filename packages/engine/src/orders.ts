/** Orders as they are stored: with the decision that gives them, and claimed at once where a lane has a free place. */
import type { EffectRecord, Of, Wake } from './effects.ts'
import type { Kind } from './engine.ts'
import type { Entity, Happened, Order } from './machine.ts'
import { textFor } from './sql-text.ts'
import type { Db, SqlValue } from './store.ts'

/** A place in a lane that is kept free for an order while it is being committed. */
export interface Place {
  /** After the commit. `entity` tells how it is when the order begins. */
  readonly run: (effect: EffectRecord, entity: () => Entity) => void
  /** Nothing comes of it. Once the place was used this does nothing. */
  readonly leave: () => void
}

/** How orders that are due at once are claimed in the very statement that stores them. */
export interface Claiming {
  readonly owner: string
  readonly leaseUntil: () => number
  /** Whether so much of a lease is left that it is renewed before it ends. */
  readonly isLong: (leaseUntil: number) => boolean
  /** Whether an effect of this number runs here. */
  readonly isUnderway: (seq: number) => boolean
  /** Undefined where the lane is full, paused or looking for work itself: then the order waits there like any other. */
  readonly placeIn: (lane: string) => Place | undefined
}

export interface Claimed {
  readonly effect: EffectRecord
  readonly leaseUntil: number
  readonly place: Place
}

export interface Ordered {
  /** Lanes whose orders wait. */
  readonly wake: Wake
  readonly claimed: readonly Claimed[]
}

interface Given {
  readonly name: string
  /** The order as JSON text. */
  readonly body: string
  readonly lane: string
  readonly key: string
  readonly dueAt: number
  readonly place: Place | undefined
}

/**
 * Stores the orders of one decision. Run inside the transaction that stores the decision; places that are not used are left by
 * whoever ends it, because looking for others to fill them asks the store.
 */
export async function orderEffects<E extends Entity, H extends Happened, O extends Order>(
  tx: Db,
  kind: Kind<E, H, O>,
  decided: { readonly entity: E; readonly version: number; readonly effects: readonly O[]; readonly now: number },
  claiming?: Claiming,
): Promise<Ordered> {
  const { entity, version, effects, now } = decided
  const name = kind.machine.name
  const lanes = new Set<string>()
  const given = effects.map((order, index): Given => {
    const lane = kind.lane(order, entity)
    const dueAt = kind.dueAt?.(order, now) ?? now
    const key = kind.key?.(order, entity) ?? `${entity.id}|${order.do}|${version}.${index}`
    // The others of this lane come after it.
    const place = dueAt <= now && !lanes.has(lane) ? claiming?.placeIn(lane) : undefined
    if (dueAt <= now) lanes.add(lane)
    return { name: order.do, body: JSON.stringify(order), lane, key, dueAt, place }
  })
  if (given.length === 0) return { wake: [], claimed: [] }
  const leaseUntil = claiming?.leaseUntil() ?? 0
  const claim = claiming && { owner: claiming.owner, leaseUntil }
  const stored = await store(tx, { kind: name, id: entity.id, now, claim }, given)
  const of = { kind: name, id: entity.id }
  const wake: { lane: string; dueAt: number; of: Of }[] = []
  const claimed: Claimed[] = []
  for (const { name, body, lane, key, dueAt, place } of given) {
    const row = stored.find((one) => one.key === key)
    if (place === undefined || row?.attempts !== 1) {
      wake.push({ lane, dueAt, of })
      continue
    }
    const effect = { ...of, seq: row.seq, lane, name, key, body, dueAt }
    claimed.push({ effect: { ...effect, attempts: 1, status: 'pending' }, leaseUntil, place })
  }
  return { wake, claimed }
}

interface Storing {
  readonly kind: string
  readonly id: string
  readonly now: number
  readonly claim: { readonly owner: string; readonly leaseUntil: number } | undefined
}

async function store(
  tx: Db,
  { kind, id, now, claim }: Storing,
  given: readonly Given[],
): Promise<readonly { readonly seq: number; readonly key: string; readonly attempts: number }[]> {
  const params: SqlValue[] = [kind, id, now]
  let shape = ''
  for (const { name, body, lane, key, dueAt, place } of given) {
    params.push(lane, name, key, body, dueAt)
    const isClaimed = place !== undefined && claim !== undefined
    if (isClaimed) params.push(claim.owner, claim.leaseUntil)
    shape += isClaimed ? CLAIMED : WAITING
  }
  return tx.query(insertText(shape), params)
}

/** `cw`: two orders, of which the first is claimed as it is stored and the second waits. */
const [CLAIMED, WAITING] = ['c', 'w']

const insertText = textFor((shape: string) => {
  let places = 3
  const place = () => `$${++places}`
  const rows = [...shape].map((one) => {
    const lane = place()
    const shared = `${lane}, $1, $2, ${place()}, ${place()}, ${place()}, ${place()}, $3`
    if (one === WAITING) return `(${shared}, NULL, 0, 0)`
    // Unless something older of the entity is first: then it is as if nobody had claimed it.
    const unlessBlocked = (value: string) =>
      `coalesce((SELECT CAST(0 AS bigint) FROM effect b WHERE b.status = 'pending' AND b.kind = $1 AND b.id = $2 AND b.lane = ${lane}
         AND (b.lease_until > $3 OR b.due_at <= $3 OR b.attempts > 0) LIMIT 1), ${value})`
    return `(${shared}, ${place()}, ${unlessBlocked(place())}, ${unlessBlocked('1')})`
  })
  return `INSERT INTO effect (lane, kind, id, name, key, body, due_at, created_at, lease_owner, lease_until, attempts) VALUES ${rows.join(', ')}
     ON CONFLICT (kind, id, key) WHERE status = 'pending' DO NOTHING RETURNING seq, key, attempts`
})
