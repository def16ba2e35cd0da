/** A hold does not live for ever: charging ends before it, and what no CDR has decided is given back in time. Pure. (F36, F57, F58) */
import type { PaymentOrder } from './payment.ts'
import { type Happens, type PaymentCell, release, stopOrders } from './verdicts.ts'

const HOUR_MS = 3_600_000
/** Before `captureBefore`: charging stops, so that the CDR comes in time; short holds keep half of their life. (F36) */
const STOP_BEFORE_MS = 12 * HOUR_MS
/** Before `captureBefore`: without a CDR the hold is given back. (F57) */
const RELEASE_BEFORE_MS = 6 * HOUR_MS

export const firstHoldCheck = ({ at, captureBefore }: Happens<'authorized'>): PaymentOrder => ({
  do: 'remind',
  of: 'hold-check-due',
  at: captureBefore - Math.min(STOP_BEFORE_MS, Math.max(0, captureBefore - at) / 2),
})

/** First: stop what runs and look for a lost CDR. Then: give the hold back and stop what still runs without it. (I4, I5) */
export const holdCheck: PaymentCell<'hold-check-due'> = (payment, event) => {
  const { session, captureBefore = event.at } = payment
  const runs = session?.status === 'ACTIVE'
  const stop = runs ? stopOrders(session, 'policy', event.stopCommandId) : { set: {}, effects: [] }
  if (payment.holdEnding) {
    const over = release('no-cdr', 'The hold was about to run out and no CDR had come.', stop.set)
    return 'to' in over ? { ...over, effects: [...(over.effects ?? []), ...stop.effects] } : over
  }
  const left = Math.max(0, captureBefore - event.at)
  const at = captureBefore - Math.min(RELEASE_BEFORE_MS, left / 2)
  return {
    to: runs ? 'stopping' : payment.state,
    set: { ...stop.set, holdEnding: true },
    effects: [...stop.effects, { do: 'pull-cdr' }, { do: 'remind', of: 'hold-check-due', at }],
  }
}

/** "No record" may be an answer given too early: a hold that appears afterwards is found and given back. (F03, I4) */
const LATE_APPROVAL_MS = 600_000

export const declinedBySilence: PaymentCell<'authorization-declined'> = (_payment, event) => ({
  to: 'declined',
  set: { outcome: event.outcome, reason: event.reason },
  effects:
    event.outcome === 'declined' ? [] : [{ do: 'remind', of: 'hold-check-due', at: event.at + LATE_APPROVAL_MS }],
})
