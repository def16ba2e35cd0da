/** When something happened, by a charger's clock that may be wrong. Pure. */
import type { ChargingSession } from './session.ts'

/** A clock may be this far behind before it is not believed; the Heartbeat sets it. (OCPP 1.6, 4.6) */
const CLOCK_SKEW_MS = 5 * 60_000

/**
 * When something happened: by the charger's clock, which also knows of times without a connection, unless it tells of
 * a time before the command or after now.
 */
export function momentOf(
  session: ChargingSession,
  { measuredAt, at }: { readonly measuredAt: number; readonly at: number },
): { readonly moment: number; readonly clockWrong?: true } {
  const wrong = measuredAt < session.createdAt - CLOCK_SKEW_MS || measuredAt > at + CLOCK_SKEW_MS
  if (wrong || session.clockWrong) return { moment: at, clockWrong: true }
  return { moment: Math.min(measuredAt, at) }
}
