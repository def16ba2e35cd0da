/** What a session may have come to since its last word. Pure. (F26) */
import { parseDateTime } from '@plugtill/ocpi/types'
import { fraction } from '@plugtill/pricing/decimal'
import { stopDue } from '@plugtill/pricing/forecast'
import type { Payment } from './payment.ts'

const REACTION_MS = 45_000

/** Whether going on at full power, as silent as it is, may pass the hold before the next look. By our own clock. (I17) */
export function silentTooLong(payment: Payment, now: number): boolean {
  const { held, session, sessionSeenAt, maxPowerKw, tariff, timeZone, timers } = payment
  if (!held || !session?.startedAt || sessionSeenAt === undefined || maxPowerKw === undefined) return false
  if (now - sessionSeenAt < timers.sessionPollMs) return false
  try {
    const start = parseDateTime(session.startedAt)
    const at = Math.max(start, parseDateTime(session.lastUpdated))
    const periods = [{ start, energyKwh: session.kwh, timeH: fraction(Math.round(at - start), 3_600_000) }]
    const withinMs = now - sessionSeenAt + timers.sessionPollMs + REACTION_MS
    return stopDue(
      tariff,
      { start, at, timeZone, periods, energyKwh: session.kwh },
      { holdMinor: held.amountMinor, maxPowerKw, withinMs },
    )
  } catch {
    // What cannot be forecast is stopped by the cost that is told.
    return false
  }
}
