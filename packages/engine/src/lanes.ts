/**
 * Lanes side by side, at most `width` entities of one lane at once. Knows no SQL and no kinds: it asks for work when
 * somebody says that there is some, or when the clock reaches the next due time.
 */
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
  /** Every `pollMs`, before looking for other nodes' work. */
  readonly poll: () => Promise<void>
  /** The store did not answer; asked again soon. */
  readonly trouble: (error: unknown) => void
}

export interface Lanes {
  readonly wake: (lane: string, dueAt: number) => void
  readonly sweep: () => Promise<void>
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

interface Lane {
  running: number
  pumping: boolean
  again: boolean
}

const AFTER_TROUBLE_MS = 1_000

export function createLanes(clock: Clock, work: LaneWork, options: LaneOptions): Lanes {
  const lanes = new Map<string, Lane>()
  const underway = new Set<number>()
  const waiting = new Set<() => void>()
  let open = false
  let busy = 0
  let ready: Promise<void> = Promise.resolve()
  let timer: { readonly at: number; readonly cancel: () => void } | undefined
  let cancelPoll: (() => void) | undefined

  /** Counts what must end before we are idle. */
  async function whileBusy(task: () => Promise<void>): Promise<void> {
    busy++
    try {
      await task()
    } catch (error) {
      work.trouble(error)
      schedule(clock.now() + AFTER_TROUBLE_MS)
    } finally {
      busy--
      if (busy === 0) {
        for (const tell of waiting) tell()
        waiting.clear()
      }
    }
  }

  function pump(name: string): Promise<void> {
    const lane = lanes.get(name) ?? { running: 0, pumping: false, again: false }
    lanes.set(name, lane)
    if (lane.pumping) {
      lane.again = true
      return Promise.resolve()
    }
    lane.pumping = true
    return whileBusy(async () => {
      try {
        do {
          lane.again = false
          if (!open || lane.running >= options.width) break
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
    void whileBusy(async () => {
      try {
        await work.run(effect)
      } finally {
        underway.delete(effect.seq)
        lane.running--
        // An effect that waited behind this one may run now, and a place in the lane is free.
        if (open) void pump(name)
        else if (lane.running === 0 && !lane.pumping) lanes.delete(name)
      }
    })
  }

  function schedule(at: number): void {
    if (!open || (timer !== undefined && timer.at <= at)) return
    timer?.cancel()
    const cancel = clock.after(Math.max(0, at - clock.now()), () => {
      timer = undefined
      void sweep()
    })
    timer = { at, cancel }
  }

  async function sweep(): Promise<void> {
    if (!open) return
    await whileBusy(async () => {
      await ready
      const due = await work.dueLanes()
      await Promise.all(due.map(pump))
      const next = await work.nextDue()
      if (next !== undefined) schedule(next)
    })
  }

  function pollLater(pollMs: number): void {
    cancelPoll = clock.after(pollMs, () => {
      if (!open) return
      pollLater(pollMs)
      void whileBusy(work.poll).then(sweep)
    })
  }

  const quiet = () => new Promise<void>((resolve) => (busy === 0 ? resolve() : waiting.add(resolve)))

  return {
    wake(lane, dueAt) {
      if (!open) return
      if (dueAt <= clock.now()) void ready.then(() => pump(lane))
      else schedule(dueAt)
    },
    sweep,
    start() {
      if (open) return
      open = true
      ready = whileBusy(work.prepare)
      void sweep()
      if (options.pollMs !== undefined) pollLater(options.pollMs)
    },
    async stop() {
      open = false
      timer?.cancel()
      timer = undefined
      cancelPoll?.()
      await quiet()
    },
    async idle() {
      await quiet()
      if (!open) return
      // A sweep that starts nothing proves that nothing is due; what it starts may order more.
      for (let started = true; started; ) {
        await sweep()
        started = busy > 0
        await quiet()
      }
    },
    isOpen: () => open,
  }
}
