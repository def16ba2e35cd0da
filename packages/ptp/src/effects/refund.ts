/** Paying back. Each refund has a key of its own; after a lost answer the provider's books are read first. (I3, F51) */
import { Fault } from '@plugtill/engine/fault'
import { PspError } from '@plugtill/psp/psp'
import { isFound } from '../payment/amounts.ts'
import type { PaymentEvent } from '../payment/events.ts'
import type { Payment } from '../payment/payment.ts'
import { ask, happenedNot, keyOf, lookUp, type MoneyParts } from './ask-psp.ts'

export function refund(
  parts: MoneyParts,
): (payment: Payment, refundId: string, attempt: number) => Promise<PaymentEvent | void> {
  return async (payment, refundId, attempt) => {
    const refunds = payment.refunds ?? []
    const index = refunds.findIndex(({ id }) => id === refundId)
    const wanted = refunds[index]
    if (wanted?.status !== 'asked') return
    const { pspReference } = payment
    if (!pspReference) throw new Fault('REFUND_WITHOUT_CAPTURE', `Payment ${payment.id} has no capture to pay back.`)
    const done = () => ({ type: 'refunded', refundId, at: parts.clock.now() }) as const
    // How many there were before is not known: a key that is counted may be that of a lost one, whose answer would come again. (F75)
    const isCounted = !refunds.slice(0, index).some(isFound)
    if ((attempt > 1 || !isCounted) && (await paidBack(parts, payment, index))) return done()
    const key = keyOf(parts, payment, ['refund', isCounted ? index + 1 : (wanted.adviceId ?? refundId)])
    const answer = await ask(parts, payment, {
      operation: 'refund',
      call: (psp) =>
        psp.refund({
          key,
          pspReference,
          amount: wanted.amount,
          creditRef: (wanted.creditId ?? wanted.why).slice(0, 64),
        }),
    })
    if (!(answer instanceof PspError)) return done()
    if (!happenedNot(answer.kind)) throw answer
    return { type: 'refund-refused', refundId, reason: answer.message, at: parts.clock.now() }
  }
}

/** Refunds of one payment run one after the other: the total says whether this one is among them. */
async function paidBack(parts: MoneyParts, payment: Payment, index: number): Promise<boolean> {
  const found = await lookUp(parts, payment)
  const before = (payment.refunds ?? []).slice(0, index + 1).filter(({ status }) => status !== 'refused')
  const total = before.reduce((all, { amount }) => all + amount.amountMinor, 0)
  return found !== undefined && found.refunded.amountMinor >= total
}
