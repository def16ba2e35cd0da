/** One claimed effect: run it, close it together with what it learned, or postpone it, or give it up. */
import type { Clock } from './clock.ts'
import type { Decisions } from './decisions.ts'
import { closeEffect, type EffectRecord, type Of, postponeEffect } from './effects.ts'
import { Fault } from './fault.ts'
import { journal } from './journal.ts'
import type { Entity, Happened, Order } from './machine.ts'
import { delayAfter, pauseAfter, retryOf } from './retry.ts'
import { entityIn, entityRow, type LoadedKind } from './step.ts'
import type { Db, Store, Tx } from './store.ts'

export interface EffectRunParts {
  readonly store: Store
  readonly clock: Clock
  readonly random: () => number
  readonly owner: string
  readonly kindOf: (name: string) => LoadedKind
  readonly commit: Decisions['commitSteps']
  readonly wake: (lane: string, dueAt: number, of?: Of) => void
  readonly pause: (lane: string, until: number) => void
  readonly onFault: (fault: Fault, reference: string) => void
  readonly isOpen: () => boolean
}

const BOOKKEEPING_AGAIN_MS = 1_000

/** Never rejects. Resolves to whether another effect of the entity may have waited for this one. */
export function effectRunner(parts: EffectRunParts): (effect: EffectRecord, entity?: () => Entity) => Promise<boolean> {
  return async (effect, known) => {
    let entity: Entity | undefined
    try {
      // Not before all that was committed together has been told.
      entity = known === undefined ? await entityOf(parts.store, effect) : await Promise.resolve().then(known)
      return await attempt(parts, effect, entity)
    } catch (error) {
      return note(parts, { effect, entity }, error)
    }
  }
}

async function attempt(parts: EffectRunParts, effect: EffectRecord, entity: Entity | undefined): Promise<boolean> {
  const { store, clock, owner } = parts
  const kind = parts.kindOf(effect.kind)
  if (entity === undefined) {
    await closeEffect(store, effect, { status: 'dropped', owner, now: clock.now(), error: 'its entity is gone' })
    return true
  }
  const learned = await kind.run(JSON.parse(effect.body) as Order, {
    entity,
    key: effect.key,
    attempt: effect.attempts,
    dueAt: effect.dueAt,
  })
  const events: readonly Happened[] = learned === undefined ? [] : 'type' in learned ? [learned] : learned
  const closed = await keptOn(parts, effect, () => close(parts, effect, { kind, events }))
  // By now, not by the moment of the close: what came due while that was on its way was looked for in vain.
  return closed === undefined || (closed.nextDueAt ?? Number.POSITIVE_INFINITY) <= clock.now()
}

/** Longer than a database takes to be somewhere else; for an engine that stops, a moment. */
const CLOSE_TRIES = 100
const CLOSE_TRIES_AT_THE_END = 5

/**
 * What was done is not done again because the store did not take its result: that is what was learned, and another attempt may
 * learn less. Nothing can be closed twice, so a commit of which nobody knows may be tried again, too.
 */
async function keptOn(parts: EffectRunParts, effect: EffectRecord, commit: () => Promise<Closed>): Promise<Closed> {
  for (let tries = 1; ; tries++) {
    try {
      const closed = await commit()
      // It may have been kept the time before, and who orders then hears nothing: what it ordered is looked for.
      if (closed === undefined && tries > 1) parts.wake(effect.lane, parts.clock.now() + BOOKKEEPING_AGAIN_MS)
      return closed
    } catch (error) {
      if (retryOf(error) !== true || tries >= (parts.isOpen() ? CLOSE_TRIES : CLOSE_TRIES_AT_THE_END)) throw error
      if (tries === 1) parts.onFault(faultOf('EFFECT_NOT_NOTED', effect, error, true), effect.id)
      await again(parts, Math.min(50 * 2 ** tries, BOOKKEEPING_AGAIN_MS))
    }
  }
}

/** One commit. Undefined when the lease went to somebody else, or the effect is closed already. */
async function close(
  { store, clock, owner, commit }: EffectRunParts,
  effect: EffectRecord,
  { kind, events }: { readonly kind: LoadedKind; readonly events: readonly Happened[] },
): Promise<Closed> {
  const closeIn = (tx: Db) => closeEffect(tx, effect, { status: 'done', owner, now: clock.now() })
  if (events.length === 0) return closeIn(store)
  let closed: Closed
  try {
    await commit(async (tx, step) => {
      // Before the first orders: what is learned may order an effect under the same key again.
      let closing: (() => Promise<void>) | undefined = async () => {
        closed = await closeIn(tx)
        if (closed === undefined) throw new LeaseLost()
      }
      for (const event of events) {
        await step(kind, effect.id, event, closing)
        closing = undefined
      }
    })
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error
  }
  return closed
}

type Closed = Awaited<ReturnType<typeof closeEffect>>

/** Somebody else runs the effect by now: what this run learned is not applied. */
class LeaseLost extends Error {}

async function entityOf(store: Store, { kind, id }: EffectRecord): Promise<Entity | undefined> {
  const row = await entityRow(store, kind, id)
  return row && entityIn(row)
}

/** An attempt: what was to be done, and its entity as it began, where that could be read. */
interface Tried {
  readonly effect: EffectRecord
  readonly entity: Entity | undefined
}

/**
 * Keeps trying to write the failure down: while the store is away the effect must not be forgotten. Ends with the engine.
 * Resolves to whether another effect of the entity may have waited for this one.
 */
async function note(parts: EffectRunParts, tried: Tried, error: unknown): Promise<boolean> {
  const { effect } = tried
  for (;;) {
    try {
      return await failed(parts, tried, error)
    } catch (trouble) {
      parts.onFault(faultOf('EFFECT_NOT_NOTED', effect, trouble, true), effect.id)
      if (!parts.isOpen()) return true
      await again(parts)
    }
  }
}

const again = ({ clock }: EffectRunParts, afterMs = BOOKKEEPING_AGAIN_MS) =>
  new Promise<void>((resume) => void clock.after(afterMs, resume))

async function failed(parts: EffectRunParts, tried: Tried, error: unknown): Promise<boolean> {
  const { effect } = tried
  const pause = pauseAfter(error)
  // Everything else on its way there would only be told the same.
  if (pause > 0) parts.pause(effect.lane, parts.clock.now() + pause)
  const delay = await delayOf(parts, tried, error)
  if (delay === 'give-up') {
    await giveUp(parts, effect, error)
    return true
  }
  const dueAt = parts.clock.now() + Math.ceil(Math.max(delay, pause))
  const postponed = await postponeEffect(parts.store, effect, { dueAt, owner: parts.owner, error: textOf(error) })
  if (effect.attempts === 1) {
    const fault = faultOf('EFFECT_FAILED', effect, error, true)
    await journal(parts.store, parts.clock).write(effect.id, 'fault', entryOf(fault, effect))
    parts.onFault(fault, effect.id)
  }
  parts.wake(effect.lane, dueAt, effect)
  // A deadline, as a rule: it may have come due while this ran, or while this was written down.
  if (postponed?.olderDueAt !== undefined) parts.wake(effect.lane, postponed.olderDueAt, effect)
  return postponed === undefined
}

/**
 * Where the entity could not be read it is read now: throws while the store is away, and is asked again when the failure can be
 * written down. To put off without the kind's own word would keep what is wanted within a minute for an hour, and behind it
 * everything else of its entity in that lane.
 */
async function delayOf(parts: EffectRunParts, { effect, entity: began }: Tried, error: unknown) {
  const retry = ownRetry(parts, effect)
  const entity = retry && (began ?? (await entityOf(parts.store, effect)))
  const usual = () => delayAfter(effect.attempts, error, parts.random)
  try {
    const own = entity && retry?.(JSON.parse(effect.body) as Order, effect.attempts, error, entity)
    return own ?? usual()
  } catch {
    return usual()
  }
}

/** Undefined where the kind leaves it to us, or is unknown here. */
function ownRetry({ kindOf }: EffectRunParts, { kind }: EffectRecord): LoadedKind['retry'] {
  try {
    return kindOf(kind).retry
  } catch {
    return undefined
  }
}

async function giveUp(parts: EffectRunParts, effect: EffectRecord, error: unknown): Promise<void> {
  const fault = faultOf('EFFECT_PARKED', effect, error, false)
  const park = async (tx: Tx): Promise<boolean> => {
    const parked = await closeEffect(tx, effect, {
      status: 'parked',
      owner: parts.owner,
      now: parts.clock.now(),
      error: textOf(error),
    })
    if (parked === undefined) return false
    await journal(tx, parts.clock).write(effect.id, 'fault', entryOf(fault, effect))
    return true
  }
  try {
    const kind = parts.kindOf(effect.kind)
    const event = kind.gaveUp?.(JSON.parse(effect.body) as Order, error)
    await parts.commit(async (tx, step) => {
      if (event === undefined) await park(tx)
      else
        await step(kind, effect.id, event, async () => {
          if (!(await park(tx))) throw new LeaseLost()
        })
    })
  } catch (trouble) {
    // The entity is not left in the dark for a store that is away for a moment: all of it is tried again.
    if (retryOf(trouble) === true) throw trouble
    if (!(trouble instanceof LeaseLost)) {
      // The table itself throws on the news, or the kind is unknown here: park without telling, and say so.
      await parts.store.transaction(park)
      parts.onFault(faultOf('EFFECT_NOT_TOLD', effect, trouble, false), effect.id)
    }
  }
  parts.onFault(fault, effect.id)
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function faultOf(code: string, effect: EffectRecord, cause: unknown, retry: boolean): Fault {
  return new Fault(
    code,
    `Effect ${effect.name} of ${effect.kind} "${effect.id}" in lane ${effect.lane}, attempt ${effect.attempts}: ${textOf(cause)}`,
    { retry, cause },
  )
}

function entryOf(fault: Fault, effect: EffectRecord): object {
  return {
    code: fault.code,
    message: fault.message,
    effect: effect.name,
    key: effect.key,
    lane: effect.lane,
    attempt: effect.attempts,
  }
}
