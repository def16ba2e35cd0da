/**
 * Lanes side by side, at most `width` entities of one lane at once. Knows no SQL and no kinds: it asks for work when
 * somebody says that there is some, or when the clock reaches the next due time.
 */
import { type BusyCount, busyCount } from './busy-count.ts'
import type { Clock } from './clock.ts'
import type { EffectRecord } from './effects.ts'

export interface LaneWork {
  readonly claim: (lane: string, limit: number) => Promise<readonly EffectRecord[]>
  /** Must not reject. */
  readonly run: (effect: EffectRecord) => Promise<void>
  readonly dueLanes: () => Promise<readonly string[]>
  readonly nextDue: () => Promise<number | undefined>
  /** Once, before the first claim. */
  readonly prepare: () => Promise<void>
  /** Every `pollMs`, before looking for other nodes' work; `underway` names the effects that run here. */
  readonly poll: (underway: readonly number[]) => Promise<void>
  /** The store did not answer; asked again soon. */
  readonly trouble: (error: unknown) => void
}

export interface Lanes {
  readonly wake: (lane: string, dueAt: number) => void
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
  let ready: Promise<void> = Promise.resolve()
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
  const mayBegin = (lane: string) => open && !isPaused(lane)
  const { pump, underway } = lanePump(work, busy, { width: options.width, mayBegin })

  async function sweep(): Promise<void> {
    if (!open) return
    await busy.during(async () => {
      await ready
      await Promise.all((await work.dueLanes()).map(pump))
      const next = await work.nextDue()
      if (next !== undefined) schedule(next)
    })
  }

  function pollLater(pollMs: number): void {
    cancelPoll = clock.after(pollMs, () => {
      if (!open) return
      pollLater(pollMs)
      void busy.during(() => work.poll([...underway])).then(sweep)
    })
  }

  return {
    wake(lane, dueAt) {
      if (!open) return
      if (dueAt <= clock.now()) void ready.then(() => pump(lane))
      else schedule(dueAt)
    },
    sweep,
    pause,
    resume,
    start() {
      if (open) return
      open = true
      ready = busy.during(work.prepare)
      void sweep()
      if (options.pollMs !== undefined) pollLater(options.pollMs)
    },
    async stop() {
      open = false
      alarm.clear()
      cancelPoll?.()
      await busy.quiet()
    },
    idle: () => idle(busy, sweep, () => open),
    isOpen: () => open,
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

interface Lane {
  running: number
  pumping: boolean
  again: boolean
}

/** Claims for a lane until it is full or has nothing more; one claim of a lane at a time. */
function lanePump(
  work: Pick<LaneWork, 'claim' | 'run'>,
  busy: BusyCount,
  options: { readonly width: number; readonly mayBegin: (lane: string) => boolean },
): { readonly pump: (lane: string) => Promise<void>; readonly underway: ReadonlySet<number> } {
  const lanes = new Map<string, Lane>()
  const underway = new Set<number>()

  function pump(name: string): Promise<void> {
    const lane = lanes.get(name) ?? { running: 0, pumping: false, again: false }
    lanes.set(name, lane)
    if (lane.pumping) {
      lane.again = true
      return Promise.resolve()
    }
    lane.pumping = true
    return busy.during(async () => {
      try {
        do {
          lane.again = false
          if (!options.mayBegin(name) || lane.running >= options.width) break
          for (const effect of await work.claim(name, options.width - lane.running)) begin(name, lane, effect)
        } while (lane.again)
      } finally {
        lane.pumping = false
        if (lane.running === 0) lanes.delete(name)
      }
    })
  }

  function begin(name: string, lane: Lane, effect: EffectRecord): void {
    // A pause longer than the lease (a suspended machine) makes our own work look abandoned: it is not.
    if (underway.has(effect.seq)) return
    underway.add(effect.seq)
    lane.running++
    void busy.during(async () => {
      try {
        await work.run(effect)
      } finally {
        underway.delete(effect.seq)
        lane.running--
        // An effect that waited behind this one may run now, and a place in the lane is free.
        void pump(name)
      }
    })
  }

  return { pump, underway }
}

/** One timer for the earliest of many times. */
function earliestAlarm(
  clock: Clock,
  ring: () => void,
): { readonly set: (at: number) => void; readonly clear: () => void } {
  let timer: { readonly at: number; readonly cancel: () => void } | undefined
  return {
    set(at) {
      if (timer !== undefined && timer.at <= at) return
      timer?.cancel()
      const cancel = clock.after(Math.max(0, at - clock.now()), () => {
        timer = undefined
        ring()
      })
      timer = { at, cancel }
    },
    clear() {
      timer?.cancel()
      timer = undefined
    },
  }
}
