/** The CDR: taken, doubted, taken back, chased. Pure. */
import { isZero, netOf, rest, smaller, zero } from './amounts.ts'
import { adviseNothing, bill, RELEASED, stopForOperator } from './cells-money.ts'
import { creditDue, isPaidBack, mayBeCorrected, payBack, takenBackAfter } from './cells-refund.ts'
import { isNegative, nextBill, replaced, secondCdr, waits } from './cells-second.ts'
import { running } from './cells-stop.ts'
import type { Advice, Dispute, Payment } from './payment.ts'
import { termsOf } from './terms.ts'
import {
  advised,
  alarm,
  also,
  decideBy,
  type Happens,
  type PaymentCell,
  type PaymentVerdict,
  RELEASE_WITHIN_MS,
  release,
  releaseBy,
} from './verdicts.ts'

/** The place where a CDR becomes money, or a question to an operator. (I10, D-33, D-F10, D-F14, F55) */
export const cdrReceived: PaymentCell<'cdr-received'> = (payment, event) => {
  const { cdr, check, credit } = event
  const { due } = cdr
  if (!payment.held) return { refuse: `CDR ${cdr.id} came before a hold was approved.` }
  if (due.amountMinor < 0) return isNegative(cdr)
  if (credit) return takenBack(payment, event, { ...credit, at: event.at })
  // Whatever has decided the amount before: from now on it is this CDR. (I10)
  const set = { cdr, credit: undefined, basis: undefined }
  if (due.currency !== payment.held.currency) {
    const reason = `CDR ${cdr.id} is in ${due.currency}, the hold in ${payment.held.currency}. Nothing is captured automatically.`
    const dispute: Dispute = { reason, at: event.at }
    const told = stopForOperator(payment, { ...event, set: { ...set, dispute } }, reason)
    return also(told, { effects: [alarm('CDR_DISPUTED', reason), decideBy(payment, event.at)] })
  }
  const billed = bill(payment, { at: event.at, set })
  if (!check || check.verdict === 'agrees' || isZero(due)) return billed
  const { verdict, reason, expected } = check
  if (verdict === 'under') return also(billed, { effects: [alarm('CDR_UNDER', reason)] })
  const told = alarm('CDR_DISPUTED', reason)
  if (termsOf(payment).cdrCheck === 'flag') return also(billed, { effects: [told] })
  // Neither captured nor given back until an operator has decided, or the deadline.
  const dispute: Dispute = { reason, at: event.at, ...(expected && { expected }) }
  return {
    to: 'stuck',
    set: { ...set, dispute, reason, outcome: 'capture-failed', releaseBy: releaseBy(payment, event.at) },
    effects: [told, decideBy(payment, event.at)],
  }
}

/**
 * The credit was there before the bill: net zero, and a replacement may still come. (F52) What still charges goes on and is
 * looked for: the wait begins at its end. (F43, I5)
 */
function takenBack(payment: Payment, { at }: Happens<'cdr-received'>, credit: Payment['credit']): PaymentVerdict {
  const { state } = payment
  if ((state === 'charging' || state === 'stopping') && running(payment)) return { to: state, set: { credit } }
  return {
    to: 'awaiting-cdr',
    set: { credit, cdr: undefined, basis: undefined, dispute: undefined, outcome: undefined, reason: undefined },
    effects: [{ do: 'remind', of: 'cdr-deadline-passed', at: at + payment.timers.cdrDeadlineMs }],
  }
}

/**
 * Nobody has decided: what the frozen tariff gives is taken if the contract says so, else the hold is given back. (F57) So is
 * one whose capture was refused: the driver's money is not held for weeks because nobody looked. (F65, I7)
 */
export const undecided: PaymentCell<'dispute-deadline-passed'> = (payment, event) => {
  const { dispute, captureRefused, reason = 'The capture was refused.' } = payment
  if (dispute) return withoutCdr(payment, event, `Nobody decided in time. ${dispute.reason}`)
  if (!captureRefused) return { ignore: 'it has been decided' }
  const set = { captureRefused: undefined }
  return release(payment, event, { outcome: 'capture-failed', why: `Nobody decided in time. ${reason}`, set })
}

/** The deadline policy of the contract, for a CDR that never came or that nobody confirmed. */
export function withoutCdr(payment: Payment, { at }: { readonly at: number }, why: string): PaymentVerdict {
  const { held, dispute, session, cdr } = payment
  const over = release(payment, { at }, { outcome: 'no-cdr', why })
  const ofHold = (money: Payment['held']) => (money && money.currency === held?.currency ? [money] : [])
  const proven = [...ofHold(dispute?.expected), ...ofHold(session?.verified)]
  if (termsOf(payment).noCdr === 'void' || proven.length === 0) return over
  // What the CDR itself asks is never exceeded.
  const due = [...proven, ...ofHold(cdr?.due)].reduce(smaller)
  return due.amountMinor > 0 ? bill(payment, { at, set: { basis: { by: cdr ? 'tariff' : 'session', due } } }) : over
}

/** Nothing was asked and nothing is taken: confirmed like any bill of zero. What is not given back yet is when it is. (D-F16) */
function confirmNothing(payment: Payment, { cdr, adviceId, at }: Happens<'cdr-received'>): PaymentVerdict {
  const { state, asked } = payment
  if (state !== 'voided') return { to: state, set: { cdr } }
  // In the currency that was asked for, whichever the bill is in.
  const advice: Advice = { id: adviceId, status: 'SUCCESS', amount: zero(asked.currency), at }
  return { to: state, set: { cdr, ...advised(payment, advice) }, effects: [{ do: 'advise', adviceId }] }
}

/** F56: billed after the hold was given back. Nothing can be captured; the CPO is told. */
export const cdrWithoutHold: PaymentCell<'cdr-received'> = (payment, event) => {
  if (isZero(event.cdr.due) && (payment.cdr || payment.advice)) return { ignore: 'a CDR of zero for a released hold' }
  if (isZero(event.cdr.due)) return confirmNothing(payment, event)
  if (payment.cdr) return { refuse: `CDR ${event.cdr.id} comes after CDR ${payment.cdr.id} for the same reference.` }
  return adviseNothing(payment.state, payment, { ...event, set: { cdr: event.cdr }, message: RELEASED })
}

/**
 * The hold still stands while its void is under way: what was really delivered is taken from it, whether the CDR or its
 * Session comes first. (I12, D-F05) A session the CPO had declared invalid is not billed. (C-506)
 */
export const cdrWhileVoiding: PaymentCell<'cdr-received'> = (payment, event) =>
  payment.cdr || payment.session?.status === 'INVALID' || isZero(event.cdr.due)
    ? cdrWithoutHold(payment, event)
    : cdrReceived(payment, event)

/**
 * Whether the hold still stands is being asked: the CDR waits for the answer, with what there is to say against it, and so does
 * one that corrects it.
 */
export const cdrWhileVoidUnknown: PaymentCell<'cdr-received'> = (payment, event) => {
  const { cdr, check, credit, at } = event
  if (payment.cdr && payment.meanwhile) return secondCdr(payment, event)
  if (payment.cdr) return { refuse: `CDR ${cdr.id} comes after CDR ${payment.cdr.id} for the same reference.` }
  // Its credit was there before it: it asks for nothing, and a corrected one may follow. (F52)
  if (credit) return { to: 'void-unknown', set: { credit: { ...credit, at } } }
  return { to: 'void-unknown', set: { cdr, meanwhile: { ...(check && { check }) } } }
}

/** The CDR that has waited to hear of the void has its turn: the hold stands, or is taken to stand. */
export function billWaiting(
  payment: Payment,
  { adviceId, at }: Pick<Happens<'cdr-received'>, 'adviceId' | 'at'>,
): PaymentVerdict {
  const { cdr, meanwhile, ...before } = payment
  if (!cdr || !meanwhile) return { ignore: 'no CDR has come meanwhile' }
  const verdict = cdrReceived(before, { type: 'cdr-received', cdr, ...meanwhile, adviceId, at })
  return also(verdict, { set: { meanwhile: undefined } })
}

/** A void that failed leaves the hold: what a CDR asks is taken from it, unless its session was declared invalid. (C-506) */
export const cdrWhileStuck: PaymentCell<'cdr-received'> = (payment, event) => {
  if (payment.cdr && !payment.credit) return secondCdr(payment, event)
  const isInvalid = payment.outcome === 'void-failed' && payment.session?.status === 'INVALID'
  return isInvalid ? cdrWithoutHold(payment, event) : cdrReceived(payment, event)
}

/** A late CDR of a payment that was captured without one, or the replacement of one that was taken back. */
export const cdrAfterCapture: PaymentCell<'cdr-received'> = (payment, event) => {
  const { cdr, check } = event
  const replaces = payment.credit && !isPaidBack(payment, payment.credit)
  if (payment.credit && !replaces) return { refuse: `CDR ${cdr.id} came when its money had gone back to the card.` }
  if (payment.cdr && (!replaces || event.credit)) return secondCdr(payment, event)
  const net = netOf(payment)
  if (cdr.due.amountMinor < 0) return isNegative(cdr)
  if (cdr.due.currency !== net.currency) return foreign(event)
  // It asks for nothing, so nothing goes back for what it asks less: a corrected one may follow. (F52)
  if (event.credit) return takenBackAfter(payment, event, event.credit)
  const due = check?.verdict === 'over' && check.expected ? smaller(cdr.due, check.expected) : cdr.due
  const over = rest(net, due)
  if (!isZero(over)) {
    // From now on it decides what is due, as far as the tariff confirms it. (I10)
    const basis = due === cdr.due ? undefined : ({ by: 'tariff', due } as const)
    const set = { cdr, credit: undefined, basis }
    return payBack({ ...payment, ...set }, { ...event, amount: over, why: cdr.id, creditId: null, set })
  }
  const status: Advice['status'] = net.amountMinor < cdr.due.amountMinor ? 'PARTIAL_SUCCESS' : 'SUCCESS'
  if (!replaces && status === payment.advice?.status) return { to: payment.state, set: { cdr } }
  const advice: Advice = { id: event.adviceId, status, amount: net, at: event.at }
  return {
    to: payment.state,
    set: { cdr, credit: undefined, ...advised(payment, advice) },
    effects: [{ do: 'advise', adviceId: advice.id }],
  }
}

/**
 * A CDR that comes while the capture is under way waits for its end: the replacement of one that was taken back, or the first
 * one, where the capture is by the cost of the session because none had come. (F39, F46, F51)
 */
export const cdrWhileCapturing: PaymentCell<'cdr-received'> = (payment, event) => {
  const isFirst = !payment.replacement && (payment.credit ? !event.credit : !payment.cdr)
  if (!isFirst) return secondCdr(payment, event)
  return event.cdr.due.currency === payment.asked.currency ? waits(payment, event) : foreign(event)
}

const foreign = ({ cdr }: Happens<'cdr-received'>): PaymentVerdict => ({
  refuse: `CDR ${cdr.id} is in another currency than the capture.`,
})

/** The wait for a corrected CDR is over: it has come meanwhile, or what was taken goes back. (F51) */
export const creditOrReplacementDue: PaymentCell<'credit-due'> = (payment, event) => {
  const next = nextBill(payment)
  return next ? replaced(payment, next, { ...event, taken: cdrAfterCapture }) : creditDue(payment, event)
}

/**
 * The capture was refused, or none was ordered. What came instead of its bill is billed in its place, after a look at the
 * provider's record; where nothing came and the bill was taken back, there is nothing to pay, and the hold goes back. (F51, F52, F65)
 */
export const creditDueStuck: PaymentCell<'credit-due'> = (payment, event) => {
  const { credit, captureRefused, captureOrderedAt, dispute } = payment
  const nothingTaken = captureRefused || dispute || captureOrderedAt === undefined
  const next = nothingTaken ? nextBill(payment) : undefined
  if (next) return replaced(payment, next, { ...event, taken: cdrWhileStuck })
  if (!captureRefused || !credit) return { ignore: 'nothing was captured' }
  if (mayBeCorrected(payment, event.at)) return { ignore: 'a corrected CDR may still come' }
  const why = `The operator took its bill back (${credit.id}).`
  return release(payment, event, { outcome: 'no-energy', why, set: { captureRefused: undefined } })
}

/** From here on the wait has a name for driver and operator. */
const CHASES_UNNAMED = 3

/** D-F11: pull, wait again, and in the end the policy of the contract. A session without energy or cost is voided. (D-F08) */
export const chaseCdr: PaymentCell<'cdr-deadline-passed'> = (payment, event) => {
  const { session, credit, timers, releaseBy = event.at + RELEASE_WITHIN_MS } = payment
  if (mayBeCorrected(payment, event.at)) return { ignore: 'a corrected CDR may still come' }
  if (credit)
    return release(payment, event, { outcome: 'no-energy', why: `The operator took its bill back (${credit.id}).` })
  if (session?.kwh === 0 && (session.cost?.amountMinor ?? 0) === 0)
    return release(payment, event, { outcome: 'no-energy', why: 'No energy was delivered.' })
  const { cdrChaseForMs, cdrAlarmsMs } = termsOf(payment)
  const ended = releaseBy - RELEASE_WITHIN_MS
  const before = payment.cdrChases ?? 0
  // A platform that was away in between has waited all the same: what should have been told meanwhile is told now.
  const chases = Math.max(before + 1, Math.floor((event.at - ended) / timers.cdrDeadlineMs))
  const waited = chases * timers.cdrDeadlineMs
  const reason = `No CDR came for session ${session?.id}. Ask the CPO for it.`
  if (waited > cdrChaseForMs || event.at - ended > cdrChaseForMs) return withoutCdr(payment, event, reason)
  const overdue = cdrAlarmsMs.some((alarmMs) => waited >= alarmMs && before * timers.cdrDeadlineMs < alarmMs)
  return {
    to: payment.state,
    set: { cdrChases: chases, ...(chases > CHASES_UNNAMED && ({ outcome: 'no-cdr', reason } as const)) },
    effects: [
      overdue ? { do: 'pull-cdr', overdue: true } : { do: 'pull-cdr' },
      { do: 'remind', of: 'cdr-deadline-passed', at: event.at + timers.cdrDeadlineMs },
    ],
  }
}
