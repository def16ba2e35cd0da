/** The statements around stored orders: order, claim, close, postpone. */
import { perDialect } from './dialect.ts'
import { fewSizes } from './few-sizes.ts'
import { placesFrom, textFor } from './sql-text.ts'
import type { Db, SqlValue } from './store.ts'

export type EffectStatus = 'pending' | 'done' | 'parked' | 'dropped'

/** A stored order. */
export interface EffectRecord {
  readonly seq: number
  readonly lane: string
  readonly kind: string
  readonly id: string
  readonly name: string
  readonly key: string
  /** The order itself, as JSON text. */
  readonly body: string
  readonly dueAt: number
  readonly attempts: number
  readonly status: EffectStatus
  readonly lastError?: string
}

/** Which lanes got something to do, of whom, and when it is due. */
export type Wake = readonly { readonly lane: string; readonly dueAt: number; readonly of?: Of }[]

/** Whose effect it is. */
export interface Of {
  readonly kind: string
  readonly id: string
}

const COLUMNS = 'seq, lane, kind, id, name, key, body, due_at, attempts, status, last_error'
/** The last instant a Date can hold: a lease in a file that one process owns ends with the process. */
export const FOR_EVER = 8_640_000_000_000_000
const ERROR_LENGTH = 500
const LANES_MAX = 10_000
const RENEW_AT_ONCE = 50

/** `$6` and so on: what is underway. */
const claimText = perDialect(({ skipLocked }) => {
  const ofThose = (which: string) =>
    textFor((underway) => {
      const others = underway === 0 ? '' : `AND c.seq NOT IN (${placesFrom(6, underway)})`
      return `WITH mine AS MATERIALIZED (
       SELECT c.seq FROM effect c
       WHERE c.status = 'pending' AND c.lane = $1 AND c.due_at <= $2 AND c.lease_until <= $2 ${which} ${others} AND (
         SELECT min(b.seq) FROM effect b WHERE b.status = 'pending' AND b.kind = c.kind AND b.id = c.id AND b.lane = c.lane AND b.seq <> c.seq
           AND (b.lease_until > $2 OR (b.seq < c.seq AND (b.due_at <= $2 OR b.attempts > 0)))) IS NULL
       ORDER BY c.due_at, c.seq LIMIT $3 ${skipLocked})
     UPDATE effect SET lease_owner = $4, lease_until = $5, attempts = attempts + 1 WHERE seq IN (SELECT seq FROM mine)
     RETURNING ${COLUMNS}`
    })
  return { all: ofThose(''), untried: ofThose('AND c.attempts = 0') }
})

/**
 * Takes up to `limit` effects of a lane: at most one per entity, the oldest first. What blocks an entity: an effect of
 * it that runs, or an older one that is due or waits for its next attempt. A deadline not yet due blocks nobody.
 * What is `underway` here is left alone: its lease may have ended in a pause of this process, or its failure has just been
 * written down by a run that is not over yet.
 * Materialized, because PostgreSQL may otherwise evaluate the locking part more than once. The least number, and not whether there is
 * one: that it finds by the entity, whatever its statistics say; anything else takes a minute where thousands wait and they do not know.
 */
export async function claimEffects(
  db: Db,
  claim: {
    readonly lane: string
    readonly limit: number
    readonly owner: string
    readonly now: number
    readonly leaseUntil: number
    readonly underway: readonly number[]
    /** Only those that were never begun. */
    readonly untried: boolean
  },
): Promise<readonly EffectRecord[]> {
  const underway = fewSizes(claim.underway)
  const text = claimText(db)[claim.untried ? 'untried' : 'all']
  const rows = await db.query<EffectRow>(text(underway.length), [
    ...[claim.lane, claim.now, claim.limit, claim.owner, claim.leaseUntil],
    ...underway,
  ])
  return rows.map(effectOf).sort((a, b) => a.dueAt - b.dueAt || a.seq - b.seq)
}

/**
 * Undefined when the lease went to somebody else meanwhile: then what this run learned must not be applied. `nextDueAt`: when the
 * first of the other effects of the same entity in this lane is due, which this one keeps back until its commit.
 */
export async function closeEffect(
  tx: Db,
  effect: EffectRecord,
  how: {
    readonly status: 'done' | 'parked' | 'dropped'
    readonly owner: string
    readonly now: number
    readonly error?: string
  },
): Promise<{ readonly nextDueAt: number | undefined } | undefined> {
  const [closed] = await tx.query<{ readonly next: number | null }>(
    `UPDATE effect SET status = $3, closed_at = $4, lease_owner = NULL, lease_until = 0, last_error = coalesce($5, last_error)
     WHERE seq = $1 AND lease_owner = $2 AND status = 'pending' RETURNING (SELECT min(b.due_at) FROM effect b
       WHERE b.status = 'pending' AND b.kind = $6 AND b.id = $7 AND b.lane = $8 AND b.seq <> $1) AS next`,
    [
      ...[effect.seq, how.owner, how.status, how.now, how.error?.slice(0, ERROR_LENGTH) ?? null],
      ...[effect.kind, effect.id, effect.lane],
    ],
  )
  return closed && { nextDueAt: closed.next ?? undefined }
}

/**
 * The claim of an effect that was never begun is taken back; false when it is not there. Only that very claim: who claimed the
 * effect since has another lease, and another order may have got the number of one that was not stored.
 */
export async function unclaimEffect(
  db: Db,
  claim: { readonly effect: EffectRecord; readonly owner: string; readonly leaseUntil: number },
): Promise<boolean> {
  const { seq, key, dueAt } = claim.effect
  const rows = await db.query(
    `UPDATE effect SET lease_owner = NULL, lease_until = 0, attempts = 0
     WHERE seq = $1 AND lease_owner = $2 AND lease_until = $3 AND attempts = 1 AND status = 'pending' AND key = $4 AND due_at = $5
     RETURNING seq`,
    [seq, claim.owner, claim.leaseUntil, key, dueAt],
  )
  return rows.length > 0
}

/**
 * It goes on keeping back what came after it. `olderDueAt`: when the first of the older effects of the same entity in this lane
 * is due, which could not begin while this one ran. Undefined when the lease went to somebody else meanwhile.
 */
export async function postponeEffect(
  db: Db,
  effect: EffectRecord,
  until: { readonly dueAt: number; readonly owner: string; readonly error: string },
): Promise<{ readonly olderDueAt: number | undefined } | undefined> {
  const [postponed] = await db.query<{ readonly older: number | null }>(
    `UPDATE effect SET due_at = $3, last_error = $4, lease_owner = NULL, lease_until = 0
     WHERE seq = $1 AND lease_owner = $2 AND status = 'pending' RETURNING (SELECT min(b.due_at) FROM effect b
       WHERE b.status = 'pending' AND b.kind = $5 AND b.id = $6 AND b.lane = $7 AND b.seq < $1) AS older`,
    [
      ...[effect.seq, until.owner, until.dueAt, until.error.slice(0, ERROR_LENGTH)],
      ...[effect.kind, effect.id, effect.lane],
    ],
  )
  return postponed && { olderDueAt: postponed.older ?? undefined }
}

/** Only of what really runs here: a claim whose answer was lost on the way must run out. */
export async function renewLeases(
  db: Db,
  owner: string,
  lease: { readonly underway: readonly number[]; readonly until: number },
): Promise<void> {
  for (let from = 0; from < lease.underway.length; from += RENEW_AT_ONCE) {
    const seqs = lease.underway.slice(from, from + RENEW_AT_ONCE)
    await db.query(
      `UPDATE effect SET lease_until = $2 WHERE lease_owner = $1 AND status = 'pending' AND lease_until < $2
         AND seq IN (${seqs.map((_, index) => `$${index + 3}`).join(', ')})`,
      [owner, lease.until, ...seqs],
    )
  }
}

/** What ran when a process died is simply waiting again. `node` undefined: everybody's, for a file with one owner. */
export async function releaseLeases(db: Db, node: string | undefined): Promise<void> {
  // Owners are `<node>#<start>`; '$' is the character after '#'.
  const whose = node === undefined ? '' : 'AND lease_owner >= $1 AND lease_owner < $2'
  await db.query(
    `UPDATE effect SET lease_owner = NULL, lease_until = 0 WHERE status = 'pending' AND lease_owner IS NOT NULL ${whose}`,
    node === undefined ? [] : [`${node}#`, `${node}$`],
  )
}

export async function bringForward(
  db: Db,
  now: number,
  only: {
    readonly lane?: string | undefined
    readonly of?: { readonly kind: string; readonly id: string } | undefined
  },
): Promise<void> {
  const { lane, of } = only
  const where = [
    ...(lane === undefined ? [] : [['lane', lane]]),
    ...(of
      ? [
          ['kind', of.kind],
          ['id', of.id],
        ]
      : []),
  ]
  await db.query(
    `UPDATE effect SET due_at = $1 WHERE status = 'pending' AND attempts > 0 AND due_at > $1${where.map(([column], index) => ` AND ${column} = $${index + 2}`).join('')}`,
    [now, ...where.map(([, value]) => value as string)],
  )
}

/** Lanes with something that is due, and when the first of what is not due yet will be. */
export interface Due {
  readonly lanes: readonly string[]
  readonly next: number | undefined
}

const NEXT = `SELECT min(n.due_at) AS next FROM effect n WHERE n.status = 'pending' AND n.due_at > $1`

/** One moment for both questions: what came due between them would be in neither answer. */
export async function whatIsDue(db: Db, now: number): Promise<Due> {
  const rows = await db.query<{ readonly lane: string; readonly next: number | null }>(
    `SELECT DISTINCT lane, (${NEXT}) AS next FROM effect
     WHERE status = 'pending' AND due_at <= $1 AND lease_until <= $1 ORDER BY lane LIMIT ${LANES_MAX}`,
    [now],
  )
  // Where nothing is due there is no row that could say it.
  const [first = (await db.query<{ readonly next: number | null }>(NEXT, [now]))[0]] = rows
  return { lanes: rows.map(({ lane }) => lane), next: first?.next ?? undefined }
}

export async function openEffects(db: Db, kind: string, id: string): Promise<readonly EffectRecord[]> {
  const rows = await db.query<EffectRow>(
    `SELECT ${COLUMNS} FROM effect WHERE status = 'pending' AND kind = $1 AND id = $2 ORDER BY seq LIMIT 1000`,
    [kind, id],
  )
  return rows.map(effectOf)
}

export interface EffectsOf {
  readonly status: EffectStatus
  readonly lane?: string
  /** Of all lanes whose name begins so. */
  readonly lanes?: string
  readonly limit: number
}

/** Spelled out, because a database takes an index of part of the table only when it sees the same words. */
const IN_STATUS: Readonly<Record<EffectStatus, string>> = {
  pending: "status = 'pending'",
  done: "status = 'done'",
  parked: "status = 'parked'",
  dropped: "status = 'dropped'",
}

export async function effectsIn(db: Db, { status, lane, lanes, limit }: EffectsOf): Promise<readonly EffectRecord[]> {
  const params: SqlValue[] = [Math.min(limit, 10_000)]
  let where = IN_STATUS[status]
  if (lane !== undefined) where += ` AND lane = $${params.push(lane)}`
  if (lanes !== undefined)
    where += ` AND lane >= $${params.push(lanes)} AND lane < $${params.push(`${lanes}\u{10FFFF}`)}`
  const rows = await db.query<EffectRow>(
    `SELECT ${COLUMNS} FROM effect WHERE ${where} ORDER BY seq DESC LIMIT $1`,
    params,
  )
  return rows.map(effectOf)
}

type EffectRow = Omit<EffectRecord, 'dueAt' | 'lastError'> & {
  readonly due_at: number
  readonly last_error: string | null
}

function effectOf({ due_at, last_error, ...row }: EffectRow): EffectRecord {
  return { ...row, dueAt: due_at, ...(last_error === null ? {} : { lastError: last_error }) }
}
