/** Money that goes back after it was taken: credit CDRs, operators, what the provider took twice. Pure. (I3, D-F17) */
import { foundId, isZero, netOf, refundedOf, rest, smaller } from './amounts.ts'
import { afterItsBill } from './cells-money.ts'
import { nextBill, waitingAs, waitingBills } from './cells-second.ts'
import type { PaymentOrder } from './events.ts'
import type { Advice, Credit, Payment, Refunded } from './payment.ts'
import { moneyText } from './prices.ts'
import { advised, alarm, also, type Happens, type Moved, type PaymentCell, type PaymentVerdict } from './verdicts.ts'

interface PayBack {
  readonly adviceId: string
  readonly at: number
  readonly amount: Payment['asked']
  /** The credit CDR, the CDR that asks less, or what the operator said. */
  readonly why: string
  readonly creditId: string | null
  /** Names the refund, where an operator's decision has one. */
  readonly decisionId?: string
  readonly set?: Partial<Payment>
}

/** At most what is left of the capture; the CPO is told when it is done. */
export function payBack(payment: Payment, back: PayBack): PaymentVerdict {
  const { adviceId, at, amount, why, creditId, set } = back
  const most = smaller(amount, netOf(payment))
  if (isZero(most)) return { ignore: 'nothing is left to pay back' }
  const id = back.decisionId ?? `refund-${(payment.refunds?.length ?? 0) + 1}`
  const refund: Refunded = { id, amount: most, why, creditId, status: 'asked', adviceId, askedAt: at }
  return {
    to: payment.state,
    set: { ...set, refunds: [...(payment.refunds ?? []), refund] },
    effects: [{ do: 'refund', refundId: id }],
  }
}

/**
 * The bill of this payment is taken back. A corrected one usually follows: it is waited for as long as for any CDR, so
 * that only the difference goes back. (F51) What a contract leaves to an operator only raises an alarm.
 */
const creditAfterBill: PaymentCell<'credit-received'> = (payment, { credit, of, at }) => {
  if (payment.cdr?.id !== of) return creditOfWaiting(payment, { credit, of, at })
  if (payment.credit) return { refuse: `CDR ${of} has been taken back by ${payment.credit.id} already.` }
  const set = { credit: { ...credit, at } }
  return { to: payment.state, set, effects: turnAfter({ ...payment, ...set }, at) }
}

/** When it goes on after a credit; where a contract leaves that to an operator, they are asked. */
function turnAfter(payment: Payment, at: number): readonly PaymentOrder[] {
  const turn = afterItsBill(payment, at)
  if (turn.length > 0 || !payment.credit) return turn
  const ask = `Credit CDR ${payment.credit.id} waits for an operator: plugtill payments resolve ${payment.id} --refund.`
  return [alarm('CDR_CREDIT', ask)]
}

/** One that waits beside another asks for nothing any more; one that is to decide about a capture asks for it back. (I12) */
function creditOfWaiting(
  payment: Payment,
  { credit, of, at }: Omit<Happens<'credit-received'>, 'type'>,
): PaymentVerdict {
  const waiting = waitingBills(payment)
  const bill = waiting.find(({ cdr }) => cdr.id === of)
  if (!bill) return { refuse: `Credit ${credit.id} takes back CDR ${of}, which did not bill this payment.` }
  if (bill.credit) return { refuse: `CDR ${of} has been taken back by ${bill.credit.id} already.` }
  const others = waiting.filter((one) => one !== bill)
  const set = waitingAs(payment.cdr || others.length > 0 ? others : [{ ...bill, credit }])
  return { to: payment.state, set, effects: payment.credit ? turnAfter({ ...payment, ...set }, at) : [] }
}

export const creditReceived = creditAfterBill

/** A bill after the capture whose credit was there before it: all that was taken waits for a corrected one. (F51, F52) */
export function takenBackAfter(
  payment: Payment,
  { cdr, at }: Happens<'cdr-received'>,
  credit: Omit<Credit, 'at'>,
): PaymentVerdict {
  const set = { cdr, credit: { ...credit, at }, basis: undefined }
  return { to: payment.state, set, effects: turnAfter({ ...payment, ...set }, at) }
}

/** Nothing was captured yet and the hold stands: net zero. A replacement may still come. (F52) */
export const creditOfDisputed: PaymentCell<'credit-received'> = (payment, event) => {
  const { dispute, cdr } = payment
  const credit = { ...event.credit, at: event.at }
  // A corrected one that is there already has its turn at once. (I12)
  if (!dispute || cdr?.id !== event.of || nextBill({ ...payment, credit })) return creditAfterBill(payment, event)
  return {
    to: 'awaiting-cdr',
    set: {
      ...waitingAs([]),
      credit,
      cdr: undefined,
      dispute: undefined,
      outcome: undefined,
      reason: undefined,
    },
    effects: [{ do: 'remind', of: 'cdr-deadline-passed', at: event.at + payment.timers.cdrDeadlineMs }],
  }
}

/** Never by a reason, which is whatever an operator has written. */
const paysBack = ({ creditId, why }: Refunded, { id }: Credit): boolean =>
  (creditId === undefined ? why : creditId) === id

/** Or on its way; what the provider refused is still to be paid. */
export const isPaidBack = ({ refunds }: Payment, credit: Credit): boolean =>
  refunds?.some((one) => paysBack(one, credit) && one.status !== 'refused') === true

/** A reminder may be that of an earlier credit, which another bill or an operator has ended. (F51) */
export const mayBeCorrected = ({ credit, timers }: Payment, at: number): boolean =>
  credit !== undefined && at < credit.at + timers.cdrDeadlineMs

/** No replacement came: what was taken back by the CPO goes back to the driver. (F51) */
export const creditDue: PaymentCell<'credit-due'> = (payment, event) => {
  const { credit } = payment
  if (!credit) return { ignore: 'a corrected CDR has come' }
  if (mayBeCorrected(payment, event.at)) return { ignore: 'a corrected CDR may still come' }
  // Where the provider refused it an operator has been told, and decides.
  if (payment.refunds?.some((one) => paysBack(one, credit))) return { ignore: 'it has been paid back' }
  // Nothing is billed: not only what a bill asked that was less than had been taken without one.
  return payBack(payment, { ...event, amount: netOf(payment), why: credit.id, creditId: credit.id })
}

/** The capture is not done yet: what is to be paid back is not there. */
export const creditDueLater: PaymentCell<'credit-due'> = (payment, event) => ({
  to: payment.state,
  effects: [{ do: 'remind', of: 'credit-due', at: event.at + payment.timers.cdrDeadlineMs }],
})

/** The refund that is meant, and all of them as they are after the word about it. */
function answered(
  { refunds = [] }: Payment,
  { refundId, before = 'asked' }: { readonly refundId: string; readonly before?: Refunded['status'] },
  change: Partial<Refunded>,
) {
  const refund = refunds.find(({ id, status }) => id === refundId && status === before)
  return refund && { refund, refunds: refunds.map((one) => (one === refund ? { ...one, ...change } : one)) }
}

export const refundDone: PaymentCell<'refunded'> = (payment, event) => {
  const known = answered(payment, event, { status: 'done' })
  if (!known) return { ignore: 'already known' }
  const { refund, refunds } = known
  if (!refund.adviceId) return { to: payment.state, set: { refunds } }
  const message = `${moneyText(refund.amount)} were paid back (${refund.why}).`
  return tellNet({ ...payment, refunds }, { id: refund.adviceId, message, at: refund.askedAt ?? event.at })
}

/**
 * F75: paid back at the provider, and in none of our books: neither driver nor CPO are told any more that it is with us. A sum, and
 * no difference: two who have read the same record at once book it once.
 */
export const refundFound: PaymentCell<'refund-found'> = (payment, { paidBack, adviceId, at }) => {
  const amount = rest(paidBack, refundedOf(payment))
  if (isZero(amount)) return { ignore: 'already known' }
  const why = 'by the books of the provider'
  const found: Refunded = { id: foundId(adviceId), amount, why, creditId: null, status: 'done', adviceId, askedAt: at }
  const refunds = [...(payment.refunds ?? []), found]
  const message = `${moneyText(amount)} were paid back (${why}).`
  return tellNet({ ...payment, refunds }, { id: adviceId, message, at })
}

interface Told {
  readonly id: string
  readonly message: string
  readonly at: number
}

/** What the driver has paid by now. A refund that is under way already counts: its own advice follows. */
function tellNet(payment: Payment, { id, message, at }: Told): Moved {
  const { cdr, credit, refunds } = payment
  const amount = netOf(payment)
  const less = cdr !== undefined && !credit && amount.amountMinor < cdr.due.amountMinor
  const advice: Advice = { id, status: less ? 'PARTIAL_SUCCESS' : 'SUCCESS', amount, message, at }
  return {
    to: payment.state,
    set: { refunds, ...advised(payment, advice) },
    effects: [{ do: 'advise', adviceId: advice.id }],
  }
}

/**
 * One that was done, and told to the CPO, can come back days later; one that was under way may have been counted in what the CPO
 * was told of another: what the driver has paid is told anew. (D-F17, I9)
 */
export const refundRefused: PaymentCell<'refund-refused'> = (payment, event) => {
  const { refundId, adviceId, at } = event
  const before = adviceId === undefined ? 'asked' : 'done'
  const known = answered(payment, { refundId, before }, { status: 'refused', reason: event.reason })
  if (!known) return { ignore: 'already known' }
  const { refund, refunds } = known
  const reason = `The refund was refused: ${event.reason}`
  const told = { set: { refunds, reason }, effects: [alarm('REFUND_REFUSED', reason)] }
  const next = { ...payment, refunds }
  const wasCounted = payment.advice !== undefined && payment.advice.amount.amountMinor < netOf(next).amountMinor
  if (refund.adviceId === undefined || !(adviceId || wasCounted)) return { to: payment.state, ...told }
  const message = `${moneyText(refund.amount)} ${adviceId ? 'came back to us and ' : ''}were not paid (${refund.why}).`
  return also(tellNet(next, { id: adviceId ?? refund.adviceId, message, at }), told)
}
