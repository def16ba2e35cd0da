/** Decisions and their commits: create, apply, and the events that effects bring home. */
import type { Clock } from './clock.ts'
import { dialectOf } from './dialect.ts'
import { type Of, unclaimEffect } from './effects.ts'
import type { AnyKind, Applied, ApplyOptions, CreateOptions } from './engine.ts'
import { Fault } from './fault.ts'
import { type Delivery, once, remember } from './inbox.ts'
import { journal } from './journal.ts'
import { type KnownRows, knownRows } from './known-rows.ts'
import type { Entity, Happened } from './machine.ts'
import type { Claimed, Claiming, Place } from './orders.ts'
import {
  applyStep,
  createStep,
  type EntityRow,
  entityIn,
  entityRow,
  isVersionMoved,
  type LoadedKind,
  type Step,
  type StepOptions,
} from './step.ts'
import { type Db, type Store, type Tx, together } from './store.ts'

export interface DecisionParts {
  readonly store: Store
  readonly clock: Clock
  readonly kinds: readonly AnyKind[]
  readonly onFault: (fault: Fault, reference: string) => void
  readonly onCommit?: (kind: string, entity: Entity, event: Happened) => void
  readonly wake: (lane: string, dueAt: number, of?: Of) => void
  readonly claiming: Claiming
}

/** Applies an event to an entity inside the transaction it was handed out with; `within`: see StepOptions. */
export type Stepping = (kind: LoadedKind, id: string, event: Happened, within?: StepOptions['within']) => Promise<Step>

export interface Decisions {
  readonly kindOf: (name: string) => LoadedKind
  readonly create: (kind: string, entity: Entity, event: Happened, options?: CreateOptions) => Promise<Entity>
  readonly apply: (
    kind: string,
    idOrKey: string,
    event: Happened,
    options?: ApplyOptions<Entity>,
  ) => Promise<Applied<Entity>>
  readonly find: (kind: string, idOrKey: string) => Promise<Entity | undefined>
  /** One transaction, begun again when a version moved. */
  readonly commitSteps: (work: (tx: Tx, step: Stepping) => Promise<void>) => Promise<void>
}

/** A version that moves again and again: after two tries the row is locked (PostgreSQL), so this bound is never near. */
const COMMIT_TRIES = 8
const LOCK_FROM_TRY = 3

export function createDecisions(parts: DecisionParts): Decisions {
  const { clock } = parts
  const kindOf = kindsByName(parts.kinds)
  const { take, move, find } = stepsOf(parts)

  async function create(name: string, entity: Entity, event: Happened, options: CreateOptions = {}): Promise<Entity> {
    const kind = kindOf(name)
    return commit(parts, options.tx, async (attempt) => {
      const { tx, claiming } = attempt
      const before = await repeated(tx, options.dedupe, clock)
      if (before !== undefined) return (await found(tx, name, before.answer ?? entity.id)) ?? entity
      const step = await take(attempt, await createStep(tx, kind, entity, event, { now: clock.now(), claiming }))
      if (options.dedupe !== undefined) await remember(tx, options.dedupe.source, options.dedupe.key, entity.id)
      return step.entity
    })
  }

  async function apply(
    name: string,
    idOrKey: string,
    event: Happened,
    options: ApplyOptions<Entity> = {},
  ): Promise<Applied<Entity>> {
    const kind = kindOf(name)
    return commit(parts, options.tx, async (attempt) => {
      const { tx } = attempt
      const before = await repeated(tx, options.dedupe, clock)
      const entity = before === undefined ? undefined : await found(tx, name, before.answer ?? idOrKey)
      if (entity !== undefined)
        return { entity, verdict: { ignore: 'the same delivery was applied before' }, seen: true }
      const step = await move(attempt, kind, idOrKey, event)
      await together([
        ...(options.dedupe === undefined
          ? []
          : [remember(tx, options.dedupe.source, options.dedupe.key, step.entity.id)]),
        ...(options.within === undefined ? [] : [options.within(tx, step.entity, step.verdict)]),
      ])
      return { entity: step.entity, verdict: step.verdict, seen: false }
    })
  }

  return {
    kindOf,
    create,
    apply,
    find: (kind, idOrKey) => find(kindOf(kind).machine.name, idOrKey),
    commitSteps: (work) =>
      commit(parts, undefined, (attempt) =>
        work(attempt.tx, (kind, id, event, within) => move({ ...attempt, within }, kind, id, event)),
      ),
  }
}

/** Steps of one engine, and what it has learned from them about its entities. */
function stepsOf(parts: DecisionParts) {
  const { store, clock } = parts
  const rows = knownRows()

  /** What is written about a step belongs to its transaction; what it starts waits for the commit. */
  async function take({ tx, latest, claimed }: Attempt, step: Step): Promise<Step> {
    if ('refuse' in step.verdict) {
      const { code, message } = refused(step, step.verdict.refuse)
      await journal(tx, clock).write(step.entity.id, 'fault', { code, message, event: step.event.type })
    }
    const { name } = step.kind.machine
    latest.stands(name, step.row)
    claimed.push(...step.ordered.claimed)
    tx.afterCommit(() => {
      rows.stands(name, step.row)
      const written = latest.get(name, step.row.id) ?? step.row
      // By the time it begins, a commit that shared the disk with this one may have gone further.
      const known = () => newer(rows.get(name, step.row.id), written)
      settle(parts, step, () => entityIn(known()))
    })
    return step
  }

  async function move(
    attempt: Attempt & Pick<StepOptions, 'within'>,
    kind: LoadedKind,
    idOrKey: string,
    event: Happened,
  ): Promise<Step> {
    const { name } = kind.machine
    const known = attempt.latest.get(name, idOrKey) ?? (attempt.isFirst ? rows.get(name, idOrKey) : undefined)
    const options = { ...attempt, known, now: clock.now() }
    return take(attempt, await applyStep(attempt.tx, kind, idOrKey, event, options))
  }

  async function find(name: string, idOrKey: string): Promise<Entity | undefined> {
    const row = await entityRow(store, name, idOrKey)
    if (row === undefined) return undefined
    rows.read(name, row)
    return entityIn(row)
  }

  return { take, move, find }
}

/** A restored backup has lower versions, and is found out by whoever writes. */
const newer = (known: EntityRow | undefined, written: EntityRow): EntityRow =>
  known !== undefined && known.version > written.version ? known : written

function kindsByName(kinds: readonly AnyKind[]): (name: string) => LoadedKind {
  const byName = new Map(kinds.map((kind) => [kind.machine.name, kind as unknown as LoadedKind]))
  return (name) => {
    const kind = byName.get(name)
    if (kind === undefined)
      throw new Fault('KIND_UNKNOWN', `The engine knows no kind "${name}", only: ${[...byName.keys()].join(', ')}.`)
    return kind
  }
}

/** One try to commit. */
interface Attempt {
  readonly tx: Tx
  readonly lock: boolean
  /** Left out within somebody else's transaction: whether and when it commits is not known here. */
  readonly claiming?: Claiming
  /** Nothing has told yet that what we know is outdated. */
  readonly isFirst: boolean
  /** How this transaction leaves its entities. */
  readonly latest: KnownRows
  /** What it orders and would run at once. */
  readonly claimed: Claimed[]
}

async function commit<T>(
  parts: DecisionParts,
  given: Tx | undefined,
  work: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const { store, claiming } = parts
  // Inside somebody else's transaction we cannot begin again: lock at once.
  if (given !== undefined) return work({ tx: given, lock: true, isFirst: false, latest: knownRows(), claimed: [] })
  for (let tries = 1; ; tries++) {
    const { placeIn, leave } = placesOf(claiming)
    const claimed: Claimed[] = []
    let isDecided = false
    try {
      return await store.transaction(async (tx) => {
        const lock = tries >= LOCK_FROM_TRY
        const own = { claiming: { ...claiming, placeIn }, isFirst: tries === 1, latest: knownRows(), claimed }
        const done = await work({ tx, lock, ...own })
        isDecided = true
        return done
      })
    } catch (error) {
      if (isDecided) await Promise.all(claimed.map((one) => giveBack(parts, one)))
      if (!isVersionMoved(error) || tries >= COMMIT_TRIES) throw error
    } finally {
      leave()
    }
  }
}

/** Longer than a lease lasts. */
const GIVE_BACK_TRIES = 30
const GIVE_BACK_AGAIN_MS = 1_000

/**
 * A commit failed, or only its answer was lost, or came when the lease was nearly over: what it may have claimed nobody runs
 * here, so it has to wait like others. Where others share the database a commit may still be on its way to the disk.
 */
async function giveBack(parts: DecisionParts, claim: Claimed, tries = 1): Promise<void> {
  const { store, clock, claiming, wake } = parts
  const { seq, lane, dueAt } = claim.effect
  if (claiming.isUnderway(seq)) return
  try {
    const isThere = await unclaimEffect(store, { ...claim, owner: claiming.owner })
    if (isThere) wake(lane, dueAt)
    if (isThere || dialectOf(store).ownsFile) return
  } catch {
    // Tried again below; the lease runs out as well.
  }
  if (tries < GIVE_BACK_TRIES) clock.after(GIVE_BACK_AGAIN_MS, () => void giveBack(parts, claim, tries + 1))
}

/** The places that one try keeps: those that nothing was begun in are left when it is over. */
function placesOf(claiming: Claiming) {
  const places: Place[] = []
  return {
    placeIn: (lane: string) => {
      const place = claiming.placeIn(lane)
      if (place) places.push(place)
      return place
    },
    leave: () => {
      for (const place of places) place.leave()
    },
  }
}

async function found(db: Db, kind: string, idOrKey: string): Promise<Entity | undefined> {
  const row = await entityRow(db, kind, idOrKey)
  return row === undefined ? undefined : entityIn(row)
}

/** Undefined for a new delivery; what was answered then for a repeat. */
async function repeated(
  tx: Tx,
  delivery: Delivery | undefined,
  clock: Clock,
): Promise<{ readonly answer?: string } | undefined> {
  if (delivery === undefined) return undefined
  const seen = await once(tx, delivery, clock)
  if (seen === 'new') return undefined
  if (seen.same) return seen
  throw new Fault(
    'INBOX_CONFLICT',
    `${delivery.source} sent "${delivery.key}" again with other content. The first one stands; nothing was changed.`,
  )
}

/** After the commit: start what was ordered, tell who listens. Nothing here may undo or hide the commit. */
function settle(parts: DecisionParts, step: Step, entity: () => Entity): void {
  for (const claim of step.ordered.claimed) {
    if (parts.claiming.isLong(claim.leaseUntil)) claim.place.run(claim.effect, entity)
    else {
      claim.place.leave()
      void giveBack(parts, claim)
    }
  }
  for (const { lane, dueAt, of } of step.ordered.wake) parts.wake(lane, dueAt, of)
  if ('refuse' in step.verdict) parts.onFault(refused(step, step.verdict.refuse), step.entity.id)
  try {
    parts.onCommit?.(step.kind.machine.name, step.entity, step.event)
  } catch (error) {
    parts.onFault(
      new Fault('LISTENER_FAILED', `A listener to commits threw: ${String(error)}`, { cause: error }),
      step.entity.id,
    )
  }
}

function refused({ kind, entity, event }: Step, why: string): Fault {
  return new Fault(
    'EVENT_REFUSED',
    `${kind.machine.name} "${entity.id}" in state ${entity.state} refuses ${event.type}: ${why}`,
  )
}
