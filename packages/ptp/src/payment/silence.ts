/** What a session may have come to since its last word, and when it has to be looked at. Pure. (F26) */
import { parseDateTime } from '@plugtill/ocpi/types'
import { safeForMs } from '@plugtill/pricing/forecast'
import { heardPeriods } from '@plugtill/pricing/heard'
import { readable } from '../readable.ts'
import { boundsOf } from './amounts.ts'
import type { Payment } from './payment.ts'

/** From the order to stop until the charger obeys. */
const REACTION_MS = 45_000
/** So long the forecast of the word itself reaches; and so long before the end a last look is taken, for its answer. */
const LOOK_MS = 30_000

/**
 * Until when what is silent may go on: from then on full power may pass the hold before the charger obeys. By our own
 * clock (I17); no further than one usual look ahead.
 */
function silentUntil(payment: Payment, now: number): number {
  const { session, sessionSeenAt, tariff, timeZone, timers } = payment
  const startedAt = session?.startedAt
  const bounds = session && boundsOf(payment, session)
  const nothing = Number.POSITIVE_INFINITY
  if (!bounds || !startedAt || sessionSeenAt === undefined) return nothing
  const { held, maxPowerKw } = bounds
  // What cannot be forecast is stopped by the cost that is told.
  const found = readable(() => {
    const start = parseDateTime(startedAt)
    const at = Math.max(start, parseDateTime(session.lastUpdated))
    const periods = heardPeriods(session.cuts ?? [], { start, at, kwh: session.kwh })
    const horizonMs = now - sessionSeenAt + timers.sessionPollMs + LOOK_MS
    // What the CPO tells above the price of all energy at the start, by its own figure or by its periods, is spent as well.
    const spentMinor = session.cost?.currency === held.currency ? session.cost.amountMinor : 0
    const safeMs = safeForMs(
      tariff,
      { start, at, timeZone, periods, energyKwh: session.kwh },
      { holdMinor: held.amountMinor, maxPowerKw, reactionMs: REACTION_MS, horizonMs, spentMinor },
    )
    return sessionSeenAt + Math.max(LOOK_MS, safeMs)
  })
  return found ?? nothing
}

export interface Silence {
  /** Nothing more may be waited for. */
  readonly tooLong: boolean
  /** The hold is used up soon: a larger one would be needed now. */
  readonly near: boolean
  /** At the usual time, or before the hold may be passed: a last look, then the stop. */
  readonly next: number
}

export function silence(payment: Payment, now: number): Silence {
  const until = silentUntil(payment, now)
  const usual = now + payment.timers.sessionPollMs
  const [tooLong, near] = [until <= now, until - LOOK_MS <= now]
  const before = Math.max(until - LOOK_MS, Math.min(until, now + LOOK_MS))
  return { tooLong, near, next: tooLong ? usual : Math.min(usual, before) }
}
