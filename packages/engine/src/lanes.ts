/**
 * Lanes side by side, at most `width` entities of one lane at once. Knows no SQL and no kinds: it asks for work when
 * somebody says that there is some, or when the clock reaches the next due time.
 */
import { type BusyCount, busyCount } from './busy-count.ts'
import type { Clock } from './clock.ts'
import type { Due, EffectRecord, Of } from './effects.ts'
import { lanePump } from './lane-pump.ts'
import type { Entity } from './machine.ts'
import type { Place } from './orders.ts'

/** What a lane has places for. */
export interface Claim {
  readonly limit: number
  /** These run in this lane. */
  readonly underway: readonly number[]
  /** Only orders that were never begun. */
  readonly untried: boolean
}

export interface LaneWork {
  readonly claim: (lane: string, wanted: Claim) => Promise<readonly EffectRecord[]>
  /**
   * Must not reject. `entity` where it is known how it is when the effect begins. Resolves to whether another effect of the same entity may have
   * waited for this one.
   */
  readonly run: (effect: EffectRecord, entity?: () => Entity) => Promise<boolean>
  /** Lanes with something that was due by `now`, and when the first of what is due after `now` is. */
  readonly due: (now: number) => Promise<Due>
  /** Once, before the first claim. */
  readonly prepare: () => Promise<void>
  /** Every `pollMs`, before looking for other nodes' work; `underway` names the effects that run here. */
  readonly poll: (underway: readonly number[]) => Promise<void>
  /** The store did not answer; asked again soon. */
  readonly trouble: (error: unknown) => void
}

export interface Lanes {
  /** Something of `of` waits in the lane; left out: of anybody. */
  readonly wake: (lane: string, dueAt: number, of?: Of) => void
  /** For an order that is being committed; undefined when it has to wait in the lane like others. */
  readonly placeIn: (lane: string) => Place | undefined
  readonly isUnderway: (seq: number) => boolean
  readonly sweep: () => Promise<void>
  /** Nothing of the lane is begun before this moment: whoever it leads to asked for that. */
  readonly pause: (lane: string, until: number) => void
  /** Ends the pause of a lane, or of all. */
  readonly resume: (lane?: string) => void
  readonly start: () => void
  readonly stop: () => Promise<void>
  readonly idle: () => Promise<void>
  readonly isOpen: () => boolean
}

export interface LaneOptions {
  readonly width: number
  /** Left out where nobody else can write. */
  readonly pollMs?: number
}

const AFTER_TROUBLE_MS = 1_000

export function createLanes(clock: Clock, work: LaneWork, options: LaneOptions): Lanes {
  let open = false
  let cancelPoll: (() => void) | undefined
  const alarm = earliestAlarm(clock, () => void sweep())
  const schedule = (at: number) => {
    if (open) alarm.set(at)
  }
  const busy = busyCount((error) => {
    work.trouble(error)
    schedule(clock.now() + AFTER_TROUBLE_MS)
  })
  const { isPaused, pause, resume } = lanePauses(clock, schedule)
  const ground = preparation(work, busy)
  const mayBegin = (lane: string) => open && ground.isPrepared() && !isPaused(lane)
  const { pump, underway, placeIn, waitsIn } = lanePump(work, busy, { width: options.width, mayBegin })

  async function sweep(): Promise<void> {
    if (!open) return
    await busy.during(async () => {
      if (!ground.isPrepared()) await ground.prepare()
      if (!ground.isPrepared()) return
      const { lanes, next } = await work.due(clock.now())
      await Promise.all(lanes.map(pump))
      if (next !== undefined) schedule(next)
    })
  }

  const poll = () => void busy.during(() => work.poll([...underway])).then(sweep)

  return {
    wake(lane, dueAt, of) {
      if (!open) return
      if (dueAt > clock.now()) schedule(dueAt)
      else if (waitsIn(lane, of)) void ground.underway().then(() => pump(lane))
    },
    placeIn,
    isUnderway: (seq) => underway.has(seq),
    sweep,
    pause,
    resume,
    start() {
      if (open) return
      open = true
      ground.forget()
      void sweep()
      if (options.pollMs !== undefined) cancelPoll = every(clock, options.pollMs, poll)
    },
    async stop() {
      open = false
      alarm.clear()
      // What still runs keeps its leases to the end: another node would begin it a second time.
      const cancel = cancelPoll
      await busy.quiet()
      cancel?.()
    },
    idle: () => idle(busy, sweep, () => open),
    isOpen: () => open,
  }
}

/** Tried until it has succeeded: what ran when a process died would wait for ever where leases do not run out. */
function preparation(work: Pick<LaneWork, 'prepare'>, busy: BusyCount) {
  let prepared = false
  let underway: Promise<void> | undefined
  return {
    isPrepared: () => prepared,
    underway: () => Promise.resolve(underway),
    /** One at a time: a second one would give back what has begun since. */
    prepare: (): Promise<void> => {
      underway ??= busy
        .during(async () => {
          await work.prepare()
          prepared = true
        })
        .finally(() => {
          underway = undefined
        })
      return underway
    },
    forget: () => {
      prepared = false
    },
  }
}

/** Which lanes are left alone; whoever asks about one is reminded at the end of its pause. */
function lanePauses(clock: Pick<Clock, 'now'>, remind: (at: number) => void) {
  const pauses = new Map<string, number>()
  const isPaused = (lane: string): boolean => {
    const until = pauses.get(lane) ?? 0
    if (until > clock.now()) remind(until)
    else pauses.delete(lane)
    return until > clock.now()
  }
  return {
    isPaused,
    pause: (lane: string, until: number) => void pauses.set(lane, Math.max(until, pauses.get(lane) ?? 0)),
    resume: (lane?: string) => (lane === undefined ? pauses.clear() : void pauses.delete(lane)),
  }
}

async function idle(busy: BusyCount, sweep: () => Promise<void>, isOpen: () => boolean): Promise<void> {
  await busy.quiet()
  // A sweep that starts nothing proves that nothing is due; what it starts may order more.
  for (let started = isOpen(); started; ) {
    await sweep()
    started = busy.count() > 0
    await busy.quiet()
  }
}

/** Until it is cancelled. */
function every(clock: Clock, ms: number, task: () => void): () => void {
  let cancel = () => {}
  const later = () => {
    cancel = clock.after(ms, () => {
      later()
      task()
    })
  }
  later()
  return () => cancel()
}

/** One timer for the earliest of many times. */
function earliestAlarm(
  clock: Clock,
  ring: () => void,
): { readonly set: (at: number) => void; readonly clear: () => void } {
  let timer: { readonly at: number; readonly isDue: boolean; readonly cancel: () => void } | undefined
  return {
    set(at) {
      // It rings as soon as it can; whoever asked once more would put it off.
      if (timer?.isDue) return
      const earliest = Math.min(at, timer?.at ?? at)
      const waitMs = earliest - clock.now()
      timer?.cancel()
      // Worked out anew even where the moment stays: a wall clock that was set forward does not move its timers.
      const cancel = clock.after(Math.max(0, waitMs), () => {
        timer = undefined
        ring()
      })
      timer = { at: earliest, isDue: waitMs <= 0, cancel }
    },
    clear() {
      timer?.cancel()
      timer = undefined
    },
  }
}
