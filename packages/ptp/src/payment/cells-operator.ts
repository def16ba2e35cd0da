/** What an operator decides about a payment that is stuck, or captured wrongly. Each needs a reason, which is kept. Pure. */
import { captureAmount, isZero, netOf, smaller } from './amounts.ts'
import { billWaiting } from './cells-cdr.ts'
import { bill, captureAgain } from './cells-money.ts'
import { payBack } from './cells-refund.ts'
import type { Payment } from './payment.ts'
import { also, type Happens, type PaymentCell, type PaymentVerdict, release } from './verdicts.ts'

type Decided = Happens<'operator-decided'>

/** One whose answer was lost is sent again under its id: it was made. Under that id nothing else is decided. (I3) */
export const once =
  (decide: PaymentCell<'operator-decided'>): PaymentCell<'operator-decided'> =>
  (payment, event) => {
    const { decisionId: id, decision, reason, amount } = event
    if (id === undefined) return decide(payment, event)
    const { decided = [] } = payment
    const before = decided.find((one) => one.id === id)
    if (!before) {
      const made = { id, decision, reason, ...(amount && { amount }) }
      return also(decide(payment, event), { set: { decided: [...decided, made] } })
    }
    const same =
      before.decision === decision && before.reason === reason && before.amount?.amountMinor === amount?.amountMinor
    return same
      ? { ignore: 'it has been decided' }
      : { refuse: `Decision ${id} was made before, with other content. Look at the payment, then decide anew.` }
  }

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

/** It came while nobody knew of the void, which was given up since: the hold is there for it. (F79, C-506) */
const canBillWaiting = ({ outcome, meanwhile, credit, session }: Payment): boolean =>
  outcome === 'void-failed' && meanwhile !== undefined && !credit && session?.status !== 'INVALID'

function retry(payment: Payment, { at, adviceId }: Decided): PaymentVerdict {
  if (payment.dispute) return { refuse: 'Nothing to try again: accept the CDR, capture by the session, or void.' }
  if (!payment.held) return { to: 'authorization-unknown', effects: [{ do: 'query-authorization' }] }
  if (canBillWaiting(payment)) return billWaiting(payment, { adviceId, at })
  if (payment.outcome === 'void-failed') return voidAgain(payment, at)
  if (payment.credit)
    return { refuse: `The bill was taken back by ${payment.credit.id}: void, or capture by the session.` }
  const amount = captureAmount(payment)
  if (!amount) return { refuse: 'Nothing says what is due: capture by the session, or void.' }
  return captureAgain(payment, amount)
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
  const { session, cdr, credit } = payment
  const verified = session?.verified
  if (!verified || isZero(verified)) return { refuse: 'No Session of this payment could be priced under its tariff.' }
  // What the CDR itself asks is never exceeded, as long as it stands.
  const stands = !credit && cdr?.due.currency === verified.currency ? cdr : undefined
  if (stands && isZero(stands.due)) return { refuse: `CDR ${stands.id} asks for nothing: void.` }
  const basis = { by: 'operator', due: stands ? smaller(verified, stands.due) : verified } as const
  // A bill that was taken back, and its credit, have no part in it: that credit pays nothing back, and a corrected bill may come.
  const ended = credit && { cdr: undefined, credit: undefined }
  return bill(payment, { at: event.at, set: { basis, ...ended } })
}

function acceptCdr(payment: Payment, event: Decided): PaymentVerdict {
  if (!payment.dispute) return { refuse: 'There is no doubted CDR to accept.' }
  return bill(payment, { at: event.at, set: { basis: undefined } })
}

export const decideCaptured: PaymentCell<'operator-decided'> = (payment, event) => {
  if (event.decision !== 'refund') return { refuse: 'The payment is captured: only a refund can be decided.' }
  const net = netOf(payment)
  const amount = event.amount ?? net
  if (amount.currency !== net.currency)
    return { refuse: `The payment was captured in ${net.currency}, not in ${amount.currency}.` }
  if (amount.amountMinor <= 0 || amount.amountMinor > net.amountMinor)
    return { refuse: `${amount.amountMinor} cannot be paid back: of the capture ${net.amountMinor} are left.` }
  // A part paid back meanwhile leaves the rest of what the credit asks to its day. (F51)
  const { credit } = payment
  const creditId = credit && amount.amountMinor === net.amountMinor ? credit.id : null
  return payBack(payment, { ...event, amount, why: event.reason, creditId })
}
