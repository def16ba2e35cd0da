/** Decisions and their commits: create, apply, and the events that effects bring home. */
import type { Clock } from './clock.ts'
import type { AnyKind, Applied, ApplyOptions, CreateOptions } from './engine.ts'
import { Fault } from './fault.ts'
import { type Delivery, once, remember } from './inbox.ts'
import { journal } from './journal.ts'
import type { Entity, Happened } from './machine.ts'
import { readOnce } from './read-once.ts'
import { applyStep, createStep, entityRow, isVersionMoved, type LoadedKind, type Step } from './step.ts'
import type { Db, Store, Tx } from './store.ts'

export interface DecisionParts {
  readonly store: Store
  readonly clock: Clock
  readonly kinds: readonly AnyKind[]
  readonly onFault: (fault: Fault, reference: string) => void
  readonly onCommit?: (kind: string, entity: Entity, event: Happened) => void
  readonly wake: (lane: string, dueAt: number) => void
}

/** Applies an event to an entity inside the transaction it was handed out with. */
export type Stepping = (kind: LoadedKind, id: string, event: Happened) => Promise<Step>

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
  const { store, clock } = parts
  const kindOf = kindsByName(parts.kinds)

  /** What is written about a step belongs to its transaction; what it starts waits for the commit. */
  async function take(tx: Tx, step: Step): Promise<Step> {
    if ('refuse' in step.verdict) {
      const { code, message } = refused(step, step.verdict.refuse)
      await journal(tx, clock).write(step.entity.id, 'fault', { code, message, event: step.event.type })
    }
    tx.afterCommit(() => settle(parts, step))
    return step
  }

  async function create(name: string, entity: Entity, event: Happened, options: CreateOptions = {}): Promise<Entity> {
    const kind = kindOf(name)
    return commit(store, options.tx, async (tx) => {
      const before = await repeated(tx, options.dedupe, clock)
      if (before !== undefined) return (await found(tx, name, before.answer ?? entity.id)) ?? entity
      const step = await take(tx, await createStep(tx, kind, entity, event, { now: clock.now() }))
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
    return commit(store, options.tx, async (tx, lock) => {
      const before = await repeated(tx, options.dedupe, clock)
      const entity = before === undefined ? undefined : await found(tx, name, before.answer ?? idOrKey)
      if (entity !== undefined)
        return { entity, verdict: { ignore: 'the same delivery was applied before' }, seen: true }
      const step = await take(tx, await applyStep(tx, kind, idOrKey, event, { now: clock.now(), lock }))
      if (options.dedupe !== undefined) await remember(tx, options.dedupe.source, options.dedupe.key, step.entity.id)
      await options.within?.(tx, step.entity, step.verdict)
      return { entity: step.entity, verdict: step.verdict, seen: false }
    })
  }

  return {
    kindOf,
    create,
    apply,
    find: (kind, idOrKey) => found(store, kindOf(kind).machine.name, idOrKey),
    commitSteps: (work) =>
      commit(store, undefined, (tx, lock) =>
        work(tx, async (kind, id, event) => take(tx, await applyStep(tx, kind, id, event, { now: clock.now(), lock }))),
      ),
  }
}

function kindsByName(kinds: readonly AnyKind[]): (name: string) => LoadedKind {
  const byName = new Map(kinds.map((kind) => [kind.machine.name, kind as unknown as LoadedKind]))
  return (name) => {
    const kind = byName.get(name)
    if (kind === undefined)
      throw new Fault('KIND_UNKNOWN', `The engine knows no kind "${name}", only: ${[...byName.keys()].join(', ')}.`)
    return kind
  }
}

async function commit<T>(store: Store, given: Tx | undefined, work: (tx: Tx, lock: boolean) => Promise<T>): Promise<T> {
  // Inside somebody else's transaction we cannot begin again: lock at once.
  if (given !== undefined) return work(given, true)
  for (let tries = 1; ; tries++) {
    try {
      return await store.transaction((tx) => work(tx, tries >= LOCK_FROM_TRY))
    } catch (error) {
      if (!isVersionMoved(error) || tries >= COMMIT_TRIES) throw error
    }
  }
}

async function found(db: Db, kind: string, idOrKey: string): Promise<Entity | undefined> {
  const row = await entityRow(db, kind, idOrKey)
  return row === undefined ? undefined : readOnce<Entity>(row.body)
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
function settle(parts: DecisionParts, step: Step): void {
  for (const { lane, dueAt } of step.wake) parts.wake(lane, dueAt)
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
