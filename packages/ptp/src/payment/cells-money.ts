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
    return stopForOperator(payment, { ...event, set: { cdr: event.cdr } }, reason)
  }
  if (isZero(due)) return release('no-energy', 'Nothing to pay.', { cdr: event.cdr })
  return {
    to: 'capturing',
    set: { cdr: event.cdr, outcome: undefined, reason: undefined },
    effects: [{ do: 'capture', amount: smaller(due, payment.held) }],
  }
}

interface Told {
  readonly adviceId: string
  readonly at: number
  readonly set?: Partial<Payment>
}

/** Tells the CPO that nothing was captured, and why. */
function adviseNothing(
  to: Payment['state'],
  payment: Payment,
  { adviceId, at, set }: Told,
  message: string,
): PaymentVerdict {
  const advice: Advice = { id: adviceId, status: 'FAILED', amount: zero(payment.asked.currency), message, at }
  return { to, set: { ...set, advice }, effects: [{ do: 'advise', adviceId }] }
}

/** Nothing can be captured, and the hold is not given back by itself: an operator has to look. */
const stopForOperator = (payment: Payment, told: Told, reason: string): PaymentVerdict =>
  adviseNothing('stuck', payment, { ...told, set: { ...told.set, outcome: 'capture-failed', reason } }, reason)

const RELEASED = 'The hold had been released before this CDR came.'

/** F56: billed after the hold was given back. Nothing can be captured; the CPO is told. */
export const cdrWithoutHold: PaymentCell<'cdr-received'> = (payment, event) => {
  if (isZero(event.cdr.due)) return { ignore: 'a CDR of zero for a released hold' }
  if (payment.cdr) return { refuse: `CDR ${event.cdr.id} comes after CDR ${payment.cdr.id} for the same reference.` }
  return adviseNothing(payment.state, payment, { ...event, set: { cdr: event.cdr } }, RELEASED)
}

/**
 * The hold still stands while its void is under way: what was really delivered is taken from it, whether the CDR or its
 * Session comes first. (I12, D-F05) A session the CPO had declared invalid is not billed. (C-506)
 */
export const cdrWhileVoiding: PaymentCell<'cdr-received'> = (payment, event) =>
  payment.cdr || payment.session?.status === 'INVALID' || isZero(event.cdr.due)
    ? cdrWithoutHold(payment, event)
    : cdrReceived(payment, event)

/** The void had won after all: nothing can be captured, and the CPO is told so. (F56) */
export const voidedBeforeCapture: PaymentCell<'voided'> = (payment, event) =>
  adviseNothing('voided', payment, { ...event, set: { reason: RELEASED } }, RELEASED)

/** The CDR is pulled at every deadline for 20 h after the session, then the hold is given back. (F57) */
const CHASE_FOR_MS = 20 * 3_600_000
/** From here on the wait has a name for driver and operator. */
const CHASES_UNNAMED = 3

/** D-F11: pull, wait again, and in the end give the hold back. A session without energy or cost is voided. (D-F08) */
export const chaseCdr: PaymentCell<'cdr-deadline-passed'> = (payment, event) => {
  if (payment.session?.kwh === 0 && (payment.session.cost?.amountMinor ?? 0) === 0)
    return release('no-energy', 'No energy was delivered.')
  const chases = (payment.cdrChases ?? 0) + 1
  const reason = `No CDR came for session ${payment.session?.id}. Ask the CPO for it.`
  if (chases * payment.timers.cdrDeadlineMs > CHASE_FOR_MS) return release('no-cdr', reason)
  return {
    to: payment.state,
    set: { cdrChases: chases, ...(chases > CHASES_UNNAMED && ({ outcome: 'no-cdr', reason } as const)) },
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
  stopForOperator(payment, event, `The provider refused the capture: ${event.reason}`)

/** F62: the answer was lost. The same key is asked again after the provider's own record was read. */
export const captureLost: PaymentCell<'capture-lost'> = (payment) => {
  if (!payment.cdr || !payment.held) return { refuse: 'A capture was lost that no CDR ordered.' }
  return { to: 'capture-unknown', effects: [{ do: 'query-capture', amount: smaller(payment.cdr.due, payment.held) }] }
}

/** The provider was asked for as long as it makes sense and never said whether it captured: an operator has to ask. (F62) */
export const captureNeverKnown: PaymentCell<'capture-lost'> = (_payment, event) => ({
  to: 'stuck',
  set: { outcome: 'capture-failed', reason: `Nobody knows whether the capture was made: ${event.reason}` },
})

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
