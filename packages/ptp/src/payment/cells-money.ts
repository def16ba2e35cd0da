/** The provider: what is captured, what is given back, and what the CPO is told about it. Pure. */
import { billed, captureAmount, foundId, isZero, refundedOf, rest, smaller, withRecorded, zero } from './amounts.ts'
import { nextBill } from './cells-second.ts'
import type { PaymentOrder } from './events.ts'
import type { Advice, Payment, Refunded } from './payment.ts'
import { moneyText } from './prices.ts'
import { termsOf } from './terms.ts'
import {
  advised,
  alarm,
  also,
  giveBackBy,
  type Moved,
  type PaymentCell,
  type PaymentVerdict,
  release,
  releaseBy,
} from './verdicts.ts'

interface Bill {
  readonly at: number
  readonly set: Partial<Payment>
}

/** The only way to a capture: min(due, held), zero is a void. (I10, D-33, D-F10, D-F16) */
export function bill(payment: Payment, { at, set }: Bill): PaymentVerdict {
  const asked = billed({ ...payment, ...set })
  if (!asked) return { refuse: 'Nothing is held, or nothing says what is due in the currency of the hold.' }
  const { due, amount } = asked
  if (isZero(due)) return release(payment, { at }, { outcome: 'no-energy', why: 'Nothing to pay.', set })
  const { minCaptureMinor, overHold, canRaise, mostHeldMinor = due.amountMinor } = termsOf(payment)
  if (due.amountMinor < minCaptureMinor) {
    const why = `${due.amountMinor} is less than the provider captures (${minCaptureMinor}): given back.`
    return release(payment, { at }, { outcome: 'no-energy', why, set })
  }
  const ordered: Moved = {
    to: 'capturing',
    set: {
      ...set,
      outcome: undefined,
      reason: undefined,
      dispute: undefined,
      captureOrderedAt: at,
      releaseBy: releaseBy(payment, at),
    },
  }
  if (payment.captureOrderedAt !== undefined) return captureAgain(payment, amount, ordered)
  const capture: PaymentOrder = { do: 'capture', amount }
  const to = smaller(due, { ...due, amountMinor: mostHeldMinor })
  if (overHold !== 'raise' || !canRaise || to.amountMinor <= amount.amountMinor)
    return also(ordered, { effects: [capture] })
  const n = (payment.raise?.n ?? 0) + 1
  const raise = { n, to, status: 'asked' } as const
  return also(ordered, { set: { raise }, effects: [{ do: 'raise-hold', n, to }, capture] })
}

/** A refused capture is tried this often in all. (F65) */
const CAPTURES = 3

/** A capture was ordered before: the provider's record comes first, and then a key of its own, whoever decides. (F65, I1) */
export function captureAgain(
  payment: Payment,
  amount: Payment['asked'],
  { set }: Pick<Moved, 'set'> = {},
): PaymentVerdict {
  const { captureRound = 1 } = payment
  if (captureRound >= CAPTURES)
    return { refuse: `The capture was refused ${CAPTURES} times. Void, or claim it elsewhere.` }
  return {
    to: 'capture-unknown',
    set: { ...set, captureRound: captureRound + 1, captureSent: undefined, captureRefused: undefined },
    effects: [{ do: 'query-capture', amount }],
  }
}

interface Told {
  readonly adviceId: string
  readonly at: number
  readonly set?: Partial<Payment>
}

/** Tells the CPO that nothing was captured, and why. */
export function adviseNothing(
  to: Payment['state'],
  payment: Payment,
  { adviceId, at, set, message }: Told & { readonly message: string },
): Moved {
  const advice: Advice = { id: adviceId, status: 'FAILED', amount: zero(payment.asked.currency), message, at }
  return { to, set: { ...set, ...advised(payment, advice) }, effects: [{ do: 'advise', adviceId }] }
}

/** Nothing can be captured, and the hold is not given back by itself: an operator has to look. */
export const stopForOperator = (payment: Payment, told: Told, message: string): Moved =>
  adviseNothing('stuck', payment, {
    ...told,
    set: { ...told.set, outcome: 'capture-failed', reason: message },
    message,
  })

export const RELEASED = 'The hold had been released before this CDR came.'

/** More than was ordered is given back at once, and is no part of what the CPO is told. (F64) */
export const captureDone: PaymentCell<'captured'> = (booked, event) => {
  const payment = withRecorded(booked, event.held)
  const asked = billed(payment)
  if (!asked) return { refuse: 'A capture that nobody ordered.' }
  const amount = smaller(event.amount, asked.amount)
  const tooMuch = rest(event.amount, asked.amount)
  const gone = goneBefore(payment, tooMuch, event.paidBack)
  const extra = rest(tooMuch, gone)
  const due = payment.cdr?.due ?? asked.due
  const advice: Advice = {
    id: event.adviceId,
    status: amount.amountMinor < due.amountMinor ? 'PARTIAL_SUCCESS' : 'SUCCESS',
    amount,
    at: event.at,
    ...(payment.basis && { message: BASIS[payment.basis.by] }),
  }
  const done = {
    captured: event.amount,
    held: payment.held,
    eftData: event.eftData,
    outcome: undefined,
    reason: undefined,
    ...(!isZero(gone) && { refunds: withGone(payment, gone, event.adviceId) }),
    ...advised(payment, advice),
  }
  const told: readonly PaymentOrder[] = [
    { do: 'advise', adviceId: advice.id },
    ...afterItsBill({ ...payment, captured: event.amount }, event.at),
  ]
  if (isZero(extra)) return { to: 'captured', set: done, effects: told }
  const back = payBackTwice({ ...payment, ...done }, extra, { id: `extra-${event.adviceId}`, askedAt: event.at })
  return { to: 'captured', set: { ...done, ...back.set }, effects: [...told, ...back.effects] }
}

/**
 * What came while the capture was under way has its turn when it is over: another CDR at once, the credit of the bill when its
 * wait is over, which nobody may have reminded of while nothing was known. (F39, F51, F62)
 */
export function afterItsBill(payment: Payment, at: number): readonly PaymentOrder[] {
  const { credit, timers, captureRefused } = payment
  if (nextBill(payment)) return [{ do: 'remind', of: 'credit-due', at }]
  // Where nothing was taken there is nothing that an operator could pay back: the hold goes back by itself. (F52)
  if (!credit || !(captureRefused || termsOf(payment).refunds === 'automatic')) return []
  return [{ do: 'remind', of: 'credit-due', at: Math.max(at, credit.at + timers.cdrDeadlineMs) }]
}

/** F64, F75: so much of what was taken too much has been paid back, in a time that our books have lost. */
function goneBefore(payment: Payment, tooMuch: Payment['asked'], paidBack = zero(tooMuch.currency)): Payment['asked'] {
  return smaller(tooMuch, rest(paidBack, refundedOf(payment)))
}

const withGone = ({ refunds = [] }: Payment, amount: Payment['asked'], id: string): Payment['refunds'] => [
  ...refunds,
  { id: foundId(id), amount, why: TOO_MUCH, status: 'done' },
]

/**
 * F75: taken in a time that our books have lost. Money that was taken is never called declined or given back: it is booked as
 * the provider has it, the CPO is asked for the bill, and an operator is told.
 */
export const captureFound: PaymentCell<'capture-found'> = (payment, event) => {
  const { captured, held, pspReference, captureBefore, eftData } = event
  if (billed(payment)) return captureDone(payment, { ...event, type: 'captured', amount: captured })
  const reason = `The provider has captured ${moneyText(captured)}, which is not in our books: they were put back to an older copy.`
  const found = { captured, pspReference, captureBefore, eftData, held: withRecorded(payment, held).held ?? captured }
  return {
    to: 'captured',
    set: { ...found, found: true, outcome: undefined, reason, dispute: undefined },
    effects: [alarm('CAPTURE_FOUND', reason), { do: 'pull-cdr' }],
  }
}

const BASIS = {
  session: 'No CDR came: captured by the last session cost under the tariff.',
  tariff: 'The CDR could not be confirmed: captured by the tariff that was accepted.',
  operator: 'Captured by decision of an operator.',
} as const

const TOO_MUCH = 'The provider captured more than was ordered.'

function payBackTwice({ refunds = [] }: Payment, amount: Payment['asked'], asked: Pick<Refunded, 'id' | 'askedAt'>) {
  const extra: Refunded = { ...asked, amount, why: TOO_MUCH, status: 'asked' }
  return {
    set: { refunds: [...refunds, extra] },
    effects: [
      { do: 'refund', refundId: asked.id },
      alarm('CAPTURED_TWICE', `${TOO_MUCH} ${amount.amountMinor} ${amount.currency} are paid back.`),
    ] satisfies PaymentOrder[],
  }
}

/**
 * F64: the provider's books show more than one capture. Sums and no differences: two who have read the same record at once
 * pay back once. What was paid back in a time that our books have lost is not paid back again. (F75)
 */
export const overcaptured: PaymentCell<'overcaptured'> = (payment, event) => {
  if (!payment.captured) return { refuse: 'Nothing was captured here.' }
  const { captured, paidBack, refundId } = event
  const tooMuch = rest(captured, payment.captured)
  if (isZero(tooMuch)) return { ignore: 'already known' }
  const gone = goneBefore(payment, tooMuch, paidBack)
  const refunds = isZero(gone) ? payment.refunds : withGone(payment, gone, refundId)
  const extra = rest(tooMuch, gone)
  if (isZero(extra)) return { to: payment.state, set: { captured, refunds } }
  const asked = { id: refundId, askedAt: event.at }
  const { set, effects } = payBackTwice({ ...payment, captured, ...(refunds && { refunds }) }, extra, asked)
  return { to: payment.state, set: { captured, ...set }, effects }
}

export const captureRefused: PaymentCell<'capture-refused'> = (payment, event) => {
  const refused = { captureRefused: true, releaseBy: releaseBy(payment, event.at) } as const
  const reason = `The provider refused the capture: ${event.reason}`
  const failed = stopForOperator(payment, { ...event, set: refused }, reason)
  const instead = afterItsBill({ ...payment, ...refused }, event.at)
  return also(failed, {
    effects: [
      alarm('CAPTURE_REFUSED', reason),
      giveBackBy(payment, event.at),
      lookAfterItsEnd(payment, event),
      ...instead,
    ],
  })
}

/** A hold that nobody decides about runs out; that is noted, not forgotten. (I4) */
export const lookAfterItsEnd = ({ captureBefore = 0 }: Payment, { at }: { readonly at: number }): PaymentOrder => ({
  do: 'remind',
  of: 'hold-check-due',
  at: Math.max(at, captureBefore) + 60_000,
})

/** F66: a capture that was told as done fails days later. The CPO gets a new advice with a new id. */
export const captureReversed: PaymentCell<'capture-reversed'> = (payment, event) => {
  const message = `The provider took the capture back: ${event.reason}`
  const failed = stopForOperator(payment, { ...event, set: { captured: undefined } }, message)
  return also(failed, { effects: [alarm('CAPTURE_REVERSED', message)] })
}

/** F62: the answer was lost. The same key is asked again after the provider's own record was read. */
export const captureLost: PaymentCell<'capture-lost'> = (payment, { sent }) => {
  const amount = sent ?? captureAmount(payment)
  if (!amount) return { refuse: 'A capture was lost that nobody ordered.' }
  return { to: 'capture-unknown', set: { captureSent: sent }, effects: [{ do: 'query-capture', amount }] }
}

/** The provider was asked for as long as it makes sense and never said whether it captured: an operator has to ask. (F62) */
export const captureNeverKnown: PaymentCell<'capture-lost'> = (payment, event) => {
  // Asked only now, after a look at its record: it is the first answer that was lost.
  if (event.sent && !payment.captureSent) return captureLost(payment, event)
  return {
    to: 'stuck',
    set: { outcome: 'capture-failed', reason: `Nobody knows whether the capture was made: ${event.reason}` },
    effects: [lookAfterItsEnd(payment, event)],
  }
}

export const adviceDelivered: PaymentCell<'advice-delivered'> = (payment, event) => {
  const arrived = (advice: Advice): Advice =>
    advice.id === event.adviceId ? { ...advice, deliveredAt: event.at } : advice
  const { advice, earlierAdvices = [] } = payment
  if (advice?.id === event.adviceId) return { to: payment.state, set: { advice: arrived(advice) } }
  if (!earlierAdvices.some(({ id }) => id === event.adviceId)) return { ignore: 'an unknown advice arrived' }
  return { to: payment.state, set: { earlierAdvices: earlierAdvices.map(arrived) } }
}
