/** A hold does not live for ever: charging ends before it, and what no CDR has decided is given back in time. Pure. (F36, F57, F58) */
import { withoutCdr } from './cells-cdr.ts'
import type { PaymentEvent, PaymentOrder } from './events.ts'
import { also, type Happens, type PaymentCell, stopOrders } from './verdicts.ts'

const HOUR_MS = 3_600_000
/** Before `captureBefore`: charging stops, so that the CDR comes in time; short holds keep half of their life. (F36) */
const STOP_BEFORE_MS = 12 * HOUR_MS
/** Before `captureBefore`: without a CDR the hold is given back. (F57) */
const RELEASE_BEFORE_MS = 6 * HOUR_MS

const checkAt = (since: number, captureBefore: number): number =>
  captureBefore - Math.min(STOP_BEFORE_MS, Math.max(0, captureBefore - since) / 2)

export const firstHoldCheck = ({ at, captureBefore }: Happens<'authorized'>): PaymentOrder => ({
  do: 'remind',
  of: 'hold-check-due',
  at: checkAt(at, captureBefore),
})

/** First: stop what runs and look for a lost CDR. Then: the policy of the contract, and stop what still runs. (I4, I5) */
export const holdCheck: PaymentCell<'hold-check-due'> = (payment, event) => {
  const { session, captureBefore = event.at } = payment
  // A raise may have given the hold a longer life.
  const due = checkAt(payment.createdAt, captureBefore)
  if (due > event.at) return { to: payment.state, effects: [{ do: 'remind', of: 'hold-check-due', at: due }] }
  const runs = session?.status === 'ACTIVE'
  const stop = runs ? stopOrders(session, 'policy', event) : { set: {}, effects: [] }
  if (payment.holdEnding) {
    return also(withoutCdr(payment, event, 'The hold was about to run out and no CDR had come.'), stop)
  }
  const left = Math.max(0, captureBefore - event.at)
  const at = captureBefore - Math.min(RELEASE_BEFORE_MS, left / 2)
  return {
    to: runs ? 'stopping' : payment.state,
    set: { ...stop.set, holdEnding: true },
    effects: [...stop.effects, { do: 'pull-cdr' }, { do: 'remind', of: 'hold-check-due', at }],
  }
}

/** Whether the hold goes on is not known. */
export const holdCheckMissed: PaymentCell<'hold-check-due'> = ({ state }) => ({
  to: state,
  set: { holdCheckMissed: true },
})

/** A hold that is kept after all is checked at once if its check was missed: nobody else would stop what goes on with it. (F36, F79) */
export const checkedIfKept =
  <Type extends PaymentEvent['type']>(cell: PaymentCell<Type>): PaymentCell<Type> =>
  (payment, event) => {
    const verdict = cell(payment, event)
    const isKept = 'to' in verdict && verdict.to !== 'voiding' && verdict.to !== 'void-unknown'
    if (!payment.holdCheckMissed || !isKept) return verdict
    const check: PaymentOrder = { do: 'remind', of: 'hold-check-due', at: event.at }
    return also(verdict, { set: { holdCheckMissed: undefined }, effects: [check] })
  }

/** A hold that was neither captured nor given back: whether it has run out says the provider. (I4) */
export const lookAtRest: PaymentCell<'hold-check-due'> = (
  { state, captureBefore = Number.POSITIVE_INFINITY },
  { at },
) =>
  at >= captureBefore
    ? { to: state, effects: [{ do: 'query-void', notBefore: at }] }
    : { ignore: 'nothing is left to look at' }

const LOOK_AGAIN_MS = 3_600_000
const LOOK_FOR_MS = 48 * 3_600_000

/** It still stands after its end was due: it is looked at again for two days. */
export const holdStillThere: PaymentCell<'hold-found'> = ({ state, captureBefore = 0 }, { at }) =>
  at > captureBefore + LOOK_FOR_MS
    ? { refuse: 'The provider keeps a hold beyond its time. Ask the provider.' }
    : { to: state, effects: [{ do: 'remind', of: 'hold-check-due', at: at + LOOK_AGAIN_MS }] }

/** Its receipt says what the reader said, and is found by the card that was held before it. */
export const declined: PaymentCell<'authorization-declined'> = (_payment, { outcome, reason, eftData, card }) => ({
  to: 'declined',
  set: { outcome, reason, ...(eftData && { eftData }), ...(card && { card }) },
})

/** "No record" may be an answer given too early: a hold that appears afterwards is found and given back. (F03, I4) */
const LATE_APPROVAL_MS = 600_000

export const declinedBySilence: PaymentCell<'authorization-declined'> = (payment, event) =>
  also(declined(payment, event), {
    effects:
      event.outcome === 'declined' ? [] : [{ do: 'remind', of: 'hold-check-due', at: event.at + LATE_APPROVAL_MS }],
  })
