/** From the approved hold to a car on the cable: what each word about the start means. Pure. */
import type { Outcome } from '@plugtill/terminal/link'
import { START_WITHIN_MS } from './amounts.ts'
import { firstHoldCheck } from './cells-hold.ts'
import type { Payment, SessionSeen } from './payment.ts'
import { firstPoll, type PaymentCell, type PaymentVerdict, release, releaseAndStop } from './verdicts.ts'

/** While the driver still waits at the terminal a late approval may start the session. (F03) */
const DRIVER_WAITS_MS = 15_000

/** The CPO's own `timeout` counts up to here: a partner's number never keeps a hold for longer. (I6) */
const LONGEST_TIMEOUT_MS = 600_000

/** A CPO that gave no readable answer gets this much for its Session to show, before the start grace. (D-F03) */
const UNANSWERED_MS = 30_000

export const holdApproved: PaymentCell<'authorized'> = (payment, event) => {
  const set = {
    held: event.held,
    pspReference: event.pspReference,
    captureBefore: event.captureBefore,
    eftData: event.eftData,
    ...(event.card && { card: event.card }),
  }
  if (event.held.currency !== payment.asked.currency)
    return release(payment, event, { outcome: 'hold-too-small', why: 'The provider held another currency.', set })
  if (event.held.amountMinor < payment.minimumHold.amountMinor) {
    const why = 'The bank approved less than a charging session needs.'
    return release(payment, event, { outcome: 'hold-too-small', why, set })
  }
  const waits = payment.state === 'authorization-unknown' ? DRIVER_WAITS_MS : START_WITHIN_MS
  if (event.at - payment.createdAt > waits) {
    const why = 'The approval came after the driver had been told that it failed.'
    return release(payment, event, { outcome: 'psp-unavailable', why, set })
  }
  return { to: 'starting', set, effects: [{ do: 'start-session' }, firstHoldCheck(event)] }
}

/** D-26: the CPO's immediate word. ACCEPTED means only that the charger will be asked. (C-301) */
export const startAnswered: PaymentCell<'start-answered'> = (payment, event) => {
  if (!event.accepted)
    return release(payment, event, {
      outcome: 'start-refused',
      why: event.message ?? 'The operator refused the start.',
    })
  const timeoutMs = Math.min(Math.max(0, event.timeoutMs), LONGEST_TIMEOUT_MS)
  const at = event.at + timeoutMs + payment.timers.startGraceMs
  return { to: 'starting', effects: [{ do: 'remind', of: 'start-deadline-passed', at }] }
}

/** D-F03: the order may have arrived. It is never sent again; a Session with our reference tells. (F13) */
export const startUnanswered: PaymentCell<'start-unanswered'> = (payment, event) => ({
  to: 'start-unknown',
  set: { polling: true, reason: event.reason },
  effects: [
    { do: 'find-session', last: false },
    ...firstPoll(payment, event.at),
    { do: 'remind', of: 'start-deadline-passed', at: event.at + UNANSWERED_MS + payment.timers.startGraceMs },
  ],
})

/** D-27: what the charger said. Accepted is not yet a session: the cable may never be plugged in. (C-304) */
export const startResult: PaymentCell<'start-result'> = (payment, event) =>
  event.accepted
    ? awaitPlug(payment, event.at)
    : release(payment, event, {
        outcome: outcomeOf(event.result),
        why: event.message ?? `The charger did not start (${event.result}).`,
      })

function outcomeOf(result: string): Outcome {
  if (result === 'EVSE_OCCUPIED') return 'charger-occupied'
  if (result === 'EVSE_INOPERATIVE') return 'charger-broken'
  return result === 'TIMEOUT' ? 'start-timeout' : 'start-refused'
}

export function awaitPlug(payment: Payment, at: number, session?: SessionSeen): PaymentVerdict {
  return {
    to: 'awaiting-session',
    set: { polling: true, outcome: undefined, reason: undefined, ...(session && { session }) },
    effects: [
      { do: 'remind', of: 'plug-in-window-passed', at: at + payment.timers.plugInWindowMs },
      ...firstPoll(payment, at),
    ],
  }
}

/** The last look before the hold is given back: a push may have been lost. (D-F06, D-F07) */
export const lookOnceMore: PaymentCell<'start-deadline-passed'> = (payment) => ({
  to: payment.state,
  effects: [{ do: 'find-session', last: true }],
})

/**
 * The car was not plugged in in time. What we know may be old: the last look finds the session that runs after all,
 * and one that only waits is stopped, so that it cannot start unpaid. (D-F07, F39)
 */
export const windowPassed: PaymentCell<'plug-in-window-passed'> = (payment) => ({
  to: payment.state,
  set: { plugInWindowPassed: true },
  effects: [{ do: 'find-session', last: true }],
})

/** The driver gives up before plugging in, as far as we know: the last look decides, like at the end of the window. */
export const giveUpWaiting: PaymentCell<'stop-requested'> = (payment, event) => ({
  to: payment.state,
  set: { plugInWindowPassed: true, stop: { by: event.by, commandId: event.stopCommandId, tries: 0 } },
  effects: [{ do: 'find-session', last: true }],
})

export const noSession: PaymentCell<'session-not-found'> = (payment, event) =>
  payment.plugInWindowPassed
    ? neverPlugged(payment, event)
    : release(payment, event, { outcome: 'start-timeout', why: 'The session did not start.' })

/** The last look found nobody at the charger. */
export function neverPlugged(
  payment: Payment,
  event: { readonly at: number; readonly stopCommandId: string },
): PaymentVerdict {
  const why = payment.stop ? 'Ended at the terminal before a car was plugged in.' : 'No car was plugged in.'
  return releaseAndStop(payment, event, why)
}
