/**
 * The virtual device: it runs the journey, keeps the platform's time and remembers one thing across a reload: the
 * payment it is showing, or the tap it has asked about.
 */
import type { DriverInput, Input, Journey } from '@plugtill/terminal/inputs'
import { begin, step } from '@plugtill/terminal/journey'
import type { Remembered } from '@plugtill/terminal/screens'
import { referenceShown, rememberedOf, tapUnknown } from '@plugtill/terminal/screens'
import type { LinkClient } from './link-client.ts'
import type { Bench, Standing } from './requests.ts'
import { carryOut, loadOffers, loadPayment, loadTap } from './requests.ts'

export interface Device {
  readonly journey: () => Journey
  readonly now: () => number
  /** What the platform has said of this terminal. */
  readonly standing: () => Standing
  readonly send: (input: DriverInput) => void
  readonly subscribe: (listener: () => void) => () => void
}

export interface DeviceParts {
  readonly link: LinkClient
  readonly memory: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  readonly memoryKey: string
  readonly language: string
  readonly wallNow: () => number
}

const TICK_MS = 500
/** How often is asked while the stream is down. */
const POLL_MS = 3_000
/** How often is asked although the stream is up: a lost event must not strand a driver. */
const CALM_POLL_MS = 20_000

/** Switches a device on; it runs until the page goes. */
export function startDevice(parts: DeviceParts): Device {
  const { memory, memoryKey, wallNow } = parts
  const listeners = new Set<() => void>()
  const kept = recalled(memory.getItem(memoryKey))
  // Known from before the reload: a wrong clock must not end the wait for what was shown.
  let offset = kept.offset
  let standing: Standing = 'known'
  const now = (): number => wallNow() + offset
  const first = begin({ language: parts.language, now: now(), shown: kept.shown })
  let journey = first.journey

  const draw = (): void => listeners.forEach((listener) => void listener())
  const dispatch = (input: Input): void => {
    const next = step(journey, input, now())
    if (next.journey !== journey) {
      journey = next.journey
      remember(parts, rememberedOf(journey.screen), offset)
      draw()
    }
    for (const request of next.requests) void carryOut(bench, request)
  }
  const bench: Bench = {
    link: parts.link,
    journey: () => journey,
    tell: dispatch,
    hearTime: (said) => {
      if (said !== undefined) offset = said - wallNow()
    },
    hearStanding: (said) => {
      standing = said
    },
  }

  for (const request of first.requests) void carryOut(bench, request)
  const refreshWhenDue = keepListening(bench, wallNow)
  setInterval(() => {
    dispatch({ type: 'tick' })
    refreshWhenDue()
    draw()
  }, TICK_MS)

  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  return { journey: () => journey, now, standing: () => standing, send: dispatch, subscribe }
}

function remember({ memory, memoryKey }: DeviceParts, shown: Remembered | undefined, offset: number): void {
  if (shown === undefined) memory.removeItem(memoryKey)
  else memory.setItem(memoryKey, JSON.stringify({ ...shown, offset }))
}

interface Kept {
  readonly shown?: Remembered
  readonly offset: number
}

/** Nothing, when what is kept is none of ours. */
function recalled(kept: string | null): Kept {
  try {
    const { payment, tap, until, offset } = (JSON.parse(kept ?? '{}') ?? {}) as Readonly<Record<string, unknown>>
    if (typeof until !== 'number' || typeof offset !== 'number') return { offset: 0 }
    if (typeof payment === 'string') return { shown: { payment, until }, offset }
    return typeof tap === 'string' ? { shown: { tap, until }, offset } : { offset }
  } catch {
    return { offset: 0 }
  }
}

/** Hears the news of the platform; returns what asks by itself, seldom while the stream is up and often while it is not. */
function keepListening(bench: Bench, wallNow: () => number): () => void {
  let streamOpen = false
  let askedAt = wallNow()
  const refresh = (): void => {
    askedAt = wallNow()
    const { screen, language } = bench.journey()
    void loadOffers(bench, language)
    const reference = referenceShown(screen)
    if (reference !== undefined && screen.kind !== 'result') void loadPayment(bench, reference)
    const tap = tapUnknown(screen)
    if (tap !== undefined) void loadTap(bench, tap)
  }
  bench.link.listen({
    payment: (payment) => {
      bench.hearTime(payment.now)
      bench.tell({ type: 'payment', payment })
    },
    offers: () => void loadOffers(bench, bench.journey().language),
    open: (open) => {
      // Whatever was said while nobody listened is asked for.
      if (open && !streamOpen) refresh()
      streamOpen = open
    },
  })
  return () => {
    if (wallNow() - askedAt >= (streamOpen ? CALM_POLL_MS : POLL_MS)) refresh()
  }
}
