/** What an operator decides about a payment that is stuck, or captured wrongly. Each needs a reason, which is kept. Pure. */
import { captureAmount, isZero, netOf } from './amounts.ts'
import { bill } from './cells-money.ts'
import { payBack } from './cells-refund.ts'
import type { Payment } from './payment.ts'
import { type Happens, type PaymentCell, type PaymentVerdict, release } from './verdicts.ts'

type Decided = Happens<'operator-decided'>

/** A refused capture is tried this often in all: each time under a new key, after the provider's record was read. (F65) */
const CAPTURES = 3

export const decideStuck: PaymentCell<'operator-decided'> = (payment, event) => {
  switch (event.decision) {
    case 'retry':
      return retry(payment, event)
    case 'void':
      return giveBack(payment, event)
    case 'capture-session':
      return captureSession(payment, event)
    case 'accept-cdr':
      return acceptCdr(payment, event)
    case 'refund':
      return { refuse: 'Nothing was captured: there is nothing to pay back. Decide "void" to release the hold.' }
  }
}

function retry(payment: Payment, { at }: Decided): PaymentVerdict {
  if (payment.dispute) return { refuse: 'Nothing to try again: accept the CDR, capture by the session, or void.' }
  if (!payment.held) return { to: 'authorization-unknown', effects: [{ do: 'query-authorization' }] }
  if (payment.outcome === 'void-failed') return voidAgain(payment, at)
  const amount = captureAmount(payment)
  if (!amount) return { refuse: 'Nothing says what is due: capture by the session, or void.' }
  const captureRound = (payment.captureRound ?? 1) + 1
  if (captureRound > CAPTURES)
    return { refuse: `The capture was refused ${CAPTURES} times. Void, or claim it elsewhere.` }
  return { to: 'capture-unknown', set: { captureRound }, effects: [{ do: 'query-capture', amount }] }
}

const voidAgain = (payment: Payment, at: number, set: Partial<Payment> = {}): PaymentVerdict =>
  release(
    payment,
    { at },
    {
      outcome: 'void-failed',
      why: payment.reason ?? 'An operator had it tried again.',
      set: { ...set, voidRound: (payment.voidRound ?? 1) + 1, voidsLost: undefined },
    },
  )

function giveBack(payment: Payment, event: Decided): PaymentVerdict {
  if (!payment.held)
    return { refuse: 'Nobody knows whether a hold exists. Decide "retry": the provider is asked first.' }
  const failed = payment.outcome === 'void-failed'
  if (failed) return voidAgain(payment, event.at)
  return release(payment, event, {
    outcome: payment.outcome ?? 'capture-failed',
    why: `Given back by an operator: ${event.reason}`,
  })
}

function captureSession(payment: Payment, event: Decided): PaymentVerdict {
  const due = payment.session?.verified
  if (!due || isZero(due)) return { refuse: 'No Session of this payment could be priced under its tariff.' }
  return captureBy(payment, event, due)
}

function captureBy(payment: Payment, { at }: Decided, due: Payment['asked']): PaymentVerdict {
  if (!payment.held) return { refuse: 'No hold is known: there is nothing to capture from.' }
  if (payment.held.currency !== due.currency)
    return { refuse: `The hold is in ${payment.held.currency}, the amount in ${due.currency}.` }
  return again(payment, bill(payment, { at, set: { basis: { by: 'operator', due } } }))
}

function acceptCdr(payment: Payment, event: Decided): PaymentVerdict {
  const { cdr, held, dispute } = payment
  if (!cdr || !held || !dispute) return { refuse: 'There is no doubted CDR to accept.' }
  if (cdr.due.currency !== held.currency)
    return { refuse: `CDR ${cdr.id} is in ${cdr.due.currency}, the hold in ${held.currency}: it cannot be captured.` }
  return again(payment, bill(payment, { at: event.at, set: { basis: undefined } }))
}

/** Where a capture was refused before, the provider's record comes first, and then a key of its own. (F65, I1) */
function again(payment: Payment, verdict: PaymentVerdict): PaymentVerdict {
  if (!('to' in verdict) || verdict.to !== 'capturing' || payment.dispute || !payment.captureOrderedAt) return verdict
  const captureRound = (payment.captureRound ?? 1) + 1
  if (captureRound > CAPTURES)
    return { refuse: `The capture was refused ${CAPTURES} times. Void, or claim it elsewhere.` }
  const amount = captureAmount({ ...payment, ...verdict.set })
  if (!amount) return verdict
  return { to: 'capture-unknown', set: { ...verdict.set, captureRound }, effects: [{ do: 'query-capture', amount }] }
}

export const decideCaptured: PaymentCell<'operator-decided'> = (payment, event) => {
  if (event.decision !== 'refund') return { refuse: 'The payment is captured: only a refund can be decided.' }
  const net = netOf(payment)
  const amount = event.amount ?? net
  if (amount.currency !== net.currency)
    return { refuse: `The payment was captured in ${net.currency}, not in ${amount.currency}.` }
  if (amount.amountMinor <= 0 || amount.amountMinor > net.amountMinor)
    return { refuse: `${amount.amountMinor} cannot be paid back: of the capture ${net.amountMinor} are left.` }
  const why = payment.credit?.id ?? event.reason
  return payBack(payment, { adviceId: event.adviceId, amount, why })
}
