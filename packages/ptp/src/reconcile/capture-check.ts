/** What was taken, against the bill, the hold and what was given back since. Pure. (I9, I10) */
import { dueFor, netOf, rest, smaller, zero } from '../payment/amounts.ts'
import type { Payment, Refunded } from '../payment/payment.ts'
import { differs, type Finding } from './findings.ts'

/** What is due at the end of the wait for a corrected bill may itself wait for a database or a process that is away. */
const CREDIT_DECIDED_MS = 3_600_000

export function captureOf(payment: Payment, now: number): readonly Finding[] {
  const { id, captured, held, cdr, credit } = payment
  const due = dueFor(payment)
  if (!captured) return []
  if (!due || !held)
    return [differs('CAPTURE_DIFFERS', id, { ours: captured, what: 'Captured without a bill or a hold.' })]
  if ([due, held].some(({ currency }) => currency !== captured.currency))
    return [differs('CAPTURE_DIFFERS', id, { ours: captured, theirs: due, what: 'Captured in another currency.' })]
  const credited = creditOverdue(payment, now)
  const asked = smaller(due, held)
  const stands = !credit && cdr?.due.currency === asked.currency ? cdr.due : asked
  // A credit takes back the whole of its bill. No basis asks more than a CDR that stands.
  const most = credited ? zero(held.currency) : smaller(asked, stands)
  // Without what the provider took twice and gave back: it never was part of the price. (F64)
  const left = netOf(payment)
  const right = left.amountMinor <= most.amountMinor && (credit || left.amountMinor >= leastLeft(payment, most))
  const what = credited
    ? `The bill was taken back by ${credited.id}, and the money is not paid back.`
    : 'The capture is not the smaller of bill and hold.'
  return right ? [] : [differs('CAPTURE_DIFFERS', id, { ours: left, theirs: most, what })]
}

/**
 * A later bill may ask more than was taken by the first, which an advice of it shows; what was paid back by an operator or for a
 * credit lets less remain. What is paid back for the bill that stands leaves as much as it asks.
 */
function leastLeft(payment: Payment, most: Payment['asked']): number {
  const { captured = most, refunds = [], earlierAdvices = [] } = payment
  const done = refunds.filter(({ status }) => status !== 'refused')
  const extra = sumOf(done.filter(({ adviceId }) => adviceId === undefined))
  const given = sumOf(done.filter((one) => one.adviceId !== undefined && !correctsTo(payment, one)))
  const again = earlierAdvices.at(-1)
  const first =
    again && again.status !== 'FAILED' ? smaller(most, rest(captured, { ...captured, amountMinor: extra })) : most
  return first.amountMinor - given
}

/** An operator's reason may be the name of a CDR as well. */
const correctsTo = ({ cdr, decided = [] }: Payment, { why, creditId }: Refunded): boolean =>
  why === cdr?.id && !creditId && !decided.some(({ decision, reason }) => decision === 'refund' && reason === why)

const sumOf = (refunds: readonly Refunded[]): number => refunds.reduce((all, { amount }) => all + amount.amountMinor, 0)

/** The bill was taken back, and neither a corrected one nor the money has followed within the time of its terms. (F51) */
function creditOverdue({ credit, timers, advice }: Payment, now: number): Payment['credit'] {
  if (!credit) return undefined
  // While the capture is under way the wait begins anew.
  const since = Math.max(credit.at, advice?.at ?? 0)
  return now - since > timers.cdrDeadlineMs + CREDIT_DECIDED_MS ? credit : undefined
}
