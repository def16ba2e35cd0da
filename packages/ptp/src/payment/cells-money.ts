/** The CDR and the provider: what is captured, what is given back, what is advised. Pure. */
import { isZero, smaller, zero } from './amounts.ts'
import type { Advice, Payment } from './payment.ts'
import { type PaymentCell, type PaymentVerdict, release } from './verdicts.ts'

/** The only place where a CDR becomes money: min(due, held), zero is a void. (I10, D-33, D-F10, D-F14, D-F16) */
export const cdrReceived: PaymentCell<'cdr-received'> = (payment, event) => {
  const { due } = event.cdr
  if (!payment.held) return { refuse: `CDR ${event.cdr.id} came before a hold was approved.` }
  if (due.amountMinor < 0)
    return { refuse: `CDR ${event.cdr.id} is negative (${due.amountMinor}) without being a credit.` }
  if (due.currency !== payment.held.currency) {
    const reason = `CDR ${event.cdr.id} is in ${due.currency}, the hold in ${payment.held.currency}. Nothing is captured automatically.`
    return adviseNothing(payment, reason, { adviceId: event.adviceId, at: event.at, set: { cdr: event.cdr } })
  }
  if (isZero(due)) return release('no-energy', 'Nothing to pay.', { cdr: event.cdr })
  return {
    to: 'capturing',
    set: { cdr: event.cdr, outcome: undefined, reason: undefined },
    effects: [{ do: 'capture', amount: smaller(due, payment.held) }],
  }
}

/** Stops for an operator and tells the CPO that nothing was captured. */
function adviseNothing(
  payment: Payment,
  reason: string,
  told: { adviceId: string; at: number; set?: Partial<Payment> },
): PaymentVerdict {
  const advice: Advice = {
    id: told.adviceId,
    status: 'FAILED',
    amount: zero(payment.asked.currency),
    message: reason,
    at: told.at,
  }
  return {
    to: 'stuck',
    set: { ...told.set, outcome: 'capture-failed', reason, advice },
    effects: [{ do: 'advise', adviceId: advice.id }],
  }
}

/** F56: billed after the hold was given back. Nothing can be captured; the CPO is told. */
export const cdrWithoutHold: PaymentCell<'cdr-received'> = (payment, event) => {
  if (isZero(event.cdr.due)) return { ignore: 'a CDR of zero for a released hold' }
  if (payment.cdr) return { refuse: `CDR ${event.cdr.id} comes after CDR ${payment.cdr.id} for the same reference.` }
  const message = 'The hold had been released before this CDR came.'
  const advice: Advice = {
    id: event.adviceId,
    status: 'FAILED',
    amount: zero(payment.asked.currency),
    message,
    at: event.at,
  }
  return { to: payment.state, set: { cdr: event.cdr, advice }, effects: [{ do: 'advise', adviceId: advice.id }] }
}

/** D-F11: pull, wait again, and after the third wait ask an operator. A session without energy or cost is voided. (D-F08) */
export const chaseCdr: PaymentCell<'cdr-deadline-passed'> = (payment, event) => {
  if (payment.session?.kwh === 0 && (payment.session.cost?.amountMinor ?? 0) === 0)
    return release('no-energy', 'No energy was delivered.')
  const chases = (payment.cdrChases ?? 0) + 1
  if (chases > 3)
    return {
      to: 'stuck',
      set: { outcome: 'no-cdr', reason: `No CDR came for session ${payment.session?.id}. Ask the CPO for it.` },
    }
  return {
    to: payment.state,
    set: { cdrChases: chases },
    effects: [
      { do: 'pull-cdr' },
      { do: 'remind', of: 'cdr-deadline-passed', at: event.at + payment.timers.cdrDeadlineMs },
    ],
  }
}

export const captureDone: PaymentCell<'captured'> = (payment, event) => {
  const due = payment.cdr?.due ?? event.amount
  const advice: Advice = {
    id: event.adviceId,
    status: event.amount.amountMinor < due.amountMinor ? 'PARTIAL_SUCCESS' : 'SUCCESS',
    amount: event.amount,
    at: event.at,
  }
  return {
    to: 'captured',
    set: { captured: event.amount, eftData: event.eftData, advice, outcome: undefined, reason: undefined },
    effects: [{ do: 'advise', adviceId: advice.id }],
  }
}

export const captureRefused: PaymentCell<'capture-refused'> = (payment, event) =>
  adviseNothing(payment, `The provider refused the capture: ${event.reason}`, event)

/** F62: the answer was lost. The same key is asked again after the provider's own record was read. */
export const captureLost: PaymentCell<'capture-lost'> = (payment) => {
  if (!payment.cdr || !payment.held) return { refuse: 'A capture was lost that no CDR ordered.' }
  return { to: 'capture-unknown', effects: [{ do: 'query-capture', amount: smaller(payment.cdr.due, payment.held) }] }
}

/** A zero CDR is confirmed with 0; a start that never became a session has nothing to advise. (D-F16) */
export const voidDone: PaymentCell<'voided'> = (payment, event) => {
  if (!payment.cdr || payment.advice) return { to: 'voided' }
  const advice: Advice = { id: event.adviceId, status: 'SUCCESS', amount: zero(payment.asked.currency), at: event.at }
  return { to: 'voided', set: { advice }, effects: [{ do: 'advise', adviceId: advice.id }] }
}

export const adviceDelivered: PaymentCell<'advice-delivered'> = (payment, event) => {
  if (payment.advice?.id !== event.adviceId) return { ignore: 'an earlier advice arrived' }
  return { to: payment.state, set: { advice: { ...payment.advice, deliveredAt: event.at } } }
}
