/**
 * How a decision becomes a kept promise: event -> decide -> commit -> effect -> event. The new state, the log entry,
 * the effects it orders and the answer to a repeat are one transaction; effects run after it, at least once, each
 * with the same idempotency key every time.
 */
import { brokenChains } from './chain.ts'
import type { Clock } from './clock.ts'
import { createDecisions } from './decisions.ts'
import { dialectOf } from './dialect.ts'
import { effectRunner } from './effect-run.ts'
import {
  bringForward,
  type EffectRecord,
  type EffectsOf,
  effectsIn,
  FOR_EVER,
  type Of,
  openEffects,
} from './effects.ts'
import { countEntities, entitiesById, entityHistory, listEntities } from './engine-reads.ts'
import type { Fault } from './fault.ts'
import type { Delivery } from './inbox.ts'
import { laneStatements } from './lane-statements.ts'
import { createLanes, type Lanes } from './lanes.ts'
import type { Entity, Happened, Machine, Order, Verdict } from './machine.ts'
import type { Claiming } from './orders.ts'
import type { Store, Tx } from './store.ts'

/** What an effect knows when it runs. */
export interface Run<E extends Entity> {
  /** As it is now: another verdict may have made the effect pointless; then return nothing. */
  readonly entity: E
  /** The same for every attempt, also after a crash. */
  readonly key: string
  /** 1 for the first. */
  readonly attempt: number
  readonly dueAt: number
}

/** A state table together with what its orders mean in the world outside. */
export interface Kind<E extends Entity, H extends Happened, O extends Order> {
  readonly machine: Machine<E, H, O>
  /** Other names under which the entity is found; unique within the kind. */
  readonly keys?: (entity: E) => readonly string[]
  /** Lower-case words by whose beginnings an operator finds it; many entities may share one. */
  readonly words?: (entity: E) => readonly string[]
  /** Destination of the order: 'psp', 'cpo:<peerId>', 'terminal:<id>', 'clock'. */
  readonly lane: (order: O, entity: E) => string
  /**
   * Idempotency key; default `<id>|<do>|<version>.<n>`. While an effect with this key is open for the entity,
   * ordering it again changes nothing; once it is closed the same key may be ordered again. Undefined: the default.
   */
  readonly key?: (order: O, entity: E) => string | undefined
  /** Deadlines are effects that come due later; default now. */
  readonly dueAt?: (order: O, now: number) => number
  /** Runs after the commit, at least once. What it returns is applied in the transaction that closes the effect. */
  readonly run: (order: O, context: Run<E>) => Promise<H | readonly H[] | void>
  /** What to tell the entity when an effect is given up (the error says `retry: false`, or attempts are used up). */
  readonly gaveUp?: (order: O, error: unknown) => H | undefined
  /** Delay before the next attempt, `attempt` being the one that failed, `entity` as it began; default see retry.ts. */
  readonly retry?: (order: O, attempt: number, error: unknown, entity: E) => number | 'give-up'
}

/** Any kind, whatever its own types: `createEngine` takes a list of different ones. */
export interface AnyKind {
  readonly machine: {
    readonly name: string
    readonly initial: string
    readonly final: readonly string[]
    readonly states: object
  }
  readonly keys?: (entity: never) => readonly string[]
  readonly words?: (entity: never) => readonly string[]
  readonly lane: (order: never, entity: never) => string
  readonly key?: (order: never, entity: never) => string | undefined
  readonly dueAt?: (order: never, now: number) => number
  readonly run: (order: never, context: never) => Promise<unknown>
  readonly gaveUp?: (order: never, error: unknown) => unknown
  readonly retry?: (order: never, attempt: number, error: unknown, entity: never) => number | 'give-up'
}

export interface LoggedEvent {
  /** 0 is the creation; then without gaps. Equals the entity's version after it. */
  readonly seq: number
  readonly at: number
  readonly type: string
  readonly from: string
  readonly to: string
  readonly verdict: 'created' | 'moved' | 'ignored' | 'refused'
  /** Why it was ignored or refused. */
  readonly reason?: string
  /** The event itself; for seq 0 the entity as it was stored first. */
  readonly body: Readonly<Record<string, unknown>>
}

export interface CreateOptions {
  readonly tx?: Tx
  /** A repeat gives the entity that the first delivery made; other content is Fault INBOX_CONFLICT. */
  readonly dedupe?: Delivery
}

export interface ApplyOptions<E extends Entity> {
  readonly tx?: Tx
  /** A repeat changes nothing (`seen: true`); other content is Fault INBOX_CONFLICT. */
  readonly dedupe?: Delivery
  /** More writes for the same commit; may run again when the commit met a newer version. */
  readonly within?: (tx: Tx, entity: E, verdict: Verdict<E, Order>) => Promise<void>
}

export interface Applied<E extends Entity> {
  readonly entity: E
  readonly verdict: Verdict<E, Order>
  /** The same delivery was applied before. */
  readonly seen: boolean
}

export interface ListOptions {
  readonly states?: readonly string[]
  /** At most 10,000. */
  readonly limit: number
  /** Id of the last entity of the page before. */
  readonly before?: string
  /** Only entities that go by a name (see `Kind.keys`) beginning so. */
  readonly named?: string
  /** Only entities created at this moment, in ms, or later. */
  readonly since?: number
  /** Only entities created before this moment. */
  readonly until?: number
  /** Only entities that have, for each of these, a word (see `Kind.words`) beginning so. Lower case. */
  readonly words?: readonly string[]
}

/** One kind of an engine, with its own types; `many` finds by ids, not by other names. */
export interface Desk<E extends Entity, H extends Happened> {
  readonly create: (entity: E, event: H, options?: CreateOptions) => Promise<E>
  readonly apply: (idOrKey: string, event: H, options?: ApplyOptions<E>) => Promise<Applied<E>>
  readonly find: (idOrKey: string) => Promise<E | undefined>
  readonly many: (ids: readonly string[]) => Promise<ReadonlyMap<string, E>>
  readonly list: (options: ListOptions) => Promise<readonly E[]>
  readonly history: (id: string) => Promise<readonly LoggedEvent[]>
  readonly brokenChains: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>
}

export interface Engine {
  /** Stores the entity in `machine.initial` and applies its first event: one commit. */
  readonly create: <E extends Entity, H extends Happened>(
    kind: string,
    entity: E,
    event: H,
    options?: CreateOptions,
  ) => Promise<E>
  /** Fault ENTITY_UNKNOWN when nobody goes by that name. A refusal is a verdict, not an exception. */
  readonly apply: <E extends Entity, H extends Happened>(
    kind: string,
    idOrKey: string,
    event: H,
    options?: ApplyOptions<E>,
  ) => Promise<Applied<E>>
  readonly find: <E extends Entity>(kind: string, idOrKey: string) => Promise<E | undefined>
  readonly many: <E extends Entity>(kind: string, ids: readonly string[]) => Promise<ReadonlyMap<string, E>>
  /** Newest first. */
  readonly list: <E extends Entity>(kind: string, options: ListOptions) => Promise<readonly E[]>
  readonly history: (kind: string, id: string) => Promise<readonly LoggedEvent[]>
  /** Of these ids, those whose row or log is not as it was written, each with what is wrong first. (I13) */
  readonly brokenChains: (kind: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>
  /** The typed view of one kind: `const payments = engine.of(paymentKind)`. */
  readonly of: <E extends Entity, H extends Happened, O extends Order>(kind: Kind<E, H, O>) => Desk<E, H>
  /** Open effects of one entity, deadlines included, in the order they were given. */
  readonly pending: (kind: string, id: string) => Promise<readonly EffectRecord[]>
  /** Effects in one status, newest first: what is parked, what waits. */
  readonly effects: (options: EffectsOf) => Promise<readonly EffectRecord[]>
  /** How many entities of a kind are in each state; states without one are left out. */
  readonly counts: (kind: string) => Promise<Readonly<Record<string, number>>>
  /** Brings waiting retries forward, of one entity or all: the partner came back, or the operator asks. */
  readonly retryNow: (lane?: string, of?: { readonly kind: string; readonly id: string }) => Promise<void>
  readonly start: () => void
  /** Finishes what runs and takes no more. */
  readonly stop: () => Promise<void>
  /** Resolves when nothing is due at clock.now() and nothing runs here. */
  readonly idle: () => Promise<void>
}

export interface EngineParts {
  readonly store: Store
  readonly clock: Clock
  /** 0 <= x < 1. */
  readonly random: () => number
  readonly kinds: readonly AnyKind[]
  /** Refused events, failed and parked effects. */
  readonly onFault?: (fault: Fault, reference: string) => void
  /** After the commit of every event that was not a repeat. */
  readonly onCommit?: (kind: string, entity: Entity, event: Happened) => void
  /** Entities of one lane served side by side; default 8. */
  readonly laneWidth?: number
  /** Name of this node when several share one PostgreSQL. A node that comes back under its name takes its work up at once. */
  readonly node?: string
}

const LEASE_MS = 15_000
const POLL_MS = 5_000
const LANE_WIDTH = 8

function claimingOf({ store, clock }: EngineParts, owner: string, lanes: () => Lanes): Claiming {
  return {
    owner,
    leaseUntil: () => (dialectOf(store).ownsFile ? FOR_EVER : clock.now() + LEASE_MS),
    isLong: (until) => until - clock.now() > POLL_MS,
    isUnderway: (seq) => lanes().isUnderway(seq),
    placeIn: (lane) => lanes().placeIn(lane),
  }
}

export function createEngine(parts: EngineParts): Engine {
  const { store, clock, random } = parts
  // Every start is somebody else: a node that was thought dead cannot close what its successor runs.
  const owner = `${parts.node ?? 'node'}#${Math.floor(random() * 2 ** 40).toString(36)}`
  const onFault = (fault: Fault, reference: string) => {
    try {
      parts.onFault?.(fault, reference)
    } catch {
      // Whoever listens to faults has nobody left to tell; the journal has the entry.
    }
  }
  const wake = (lane: string, dueAt: number, of?: Of) => lanes.wake(lane, dueAt, of)
  const isOpen = () => lanes.isOpen()

  const claiming = claimingOf(parts, owner, () => lanes)
  const decisions = createDecisions({ ...parts, onFault, wake, claiming })
  const run = effectRunner({
    store,
    clock,
    random,
    owner,
    kindOf: decisions.kindOf,
    commit: decisions.commitSteps,
    wake,
    pause: (lane, until) => lanes.pause(lane, until),
    onFault,
    isOpen,
  })
  const width = parts.laneWidth ?? LANE_WIDTH
  const options = dialectOf(store).ownsFile ? { width } : { width, pollMs: POLL_MS }
  const lanes = createLanes(clock, { ...laneStatements(parts, { ...claiming, onFault }), run }, options)

  // One engine holds kinds of many types; the table of each only ever meets its own entities.
  const engine = {
    create: decisions.create,
    apply: decisions.apply,
    find: decisions.find,
    ...readsOf(store, (kind) => decisions.kindOf(kind).machine.name),
  } as unknown as Kinds

  return {
    ...engine,
    of: (kind) => deskOf(() => engine, kind.machine.name),
    pending: (kind, id) => openEffects(store, kind, id),
    effects: (options) => effectsIn(store, options),
    counts: (kind) => countEntities(store, kind),
    async retryNow(lane, of) {
      // A pause a partner asked for ends when it is back, not for one of its entities.
      if (of === undefined) lanes.resume(lane)
      await bringForward(store, clock.now(), { lane, of })
      await lanes.sweep()
    },
    start: lanes.start,
    stop: lanes.stop,
    idle: lanes.idle,
  }
}

/** `nameOf` refuses a kind that the engine does not have. */
const readsOf = (store: Store, nameOf: (kind: string) => string) => ({
  many: (kind: string, ids: readonly string[]) => entitiesById(store, nameOf(kind), ids),
  list: (kind: string, options: ListOptions) => listEntities(store, nameOf(kind), options),
  history: (kind: string, id: string) => entityHistory(store, nameOf(kind), id),
  brokenChains: (kind: string, ids: readonly string[]) => brokenChains(store, nameOf(kind), ids),
})

/** What an engine does with its kinds, by their names. */
type Kinds = Pick<Engine, 'create' | 'apply' | 'find' | 'many' | 'list' | 'history' | 'brokenChains'>

/** One kind of an engine that may still be in the making: rooms that the engine itself needs ask for it later. */
export function deskOf<E extends Entity, H extends Happened>(engine: () => Kinds, kind: string): Desk<E, H> {
  return {
    create: (entity, event, options) => engine().create(kind, entity, event, options),
    apply: (idOrKey, event, options) => engine().apply(kind, idOrKey, event, options),
    find: (idOrKey) => engine().find(kind, idOrKey),
    many: (ids) => engine().many(kind, ids),
    list: (options) => engine().list(kind, options),
    history: (id) => engine().history(kind, id),
    brokenChains: (ids) => engine().brokenChains(kind, ids),
  }
}
