/** Giving a hold back. Asked again with the same key until it is answered; a lost answer is looked up. (F79) */
import { Fault } from '@plugtill/engine/fault'
import { PspError } from '@plugtill/psp/psp'
import type { PaymentEvent } from '../payment/events.ts'
import type { Payment } from '../payment/payment.ts'
import { ask, captureIn, happenedNot, hasTaken, keyOf, lookUp, type MoneyEffect, type MoneyParts } from './ask-psp.ts'

/** One key, one request: the same words whatever the reason, also by a life that does not know what an earlier one has asked. (F75) */
export const VOID_REASON = 'nothing to capture'

export function voidHold(parts: MoneyParts): MoneyEffect {
  return async (payment, attempt) => {
    // A session that really runs has taken the hold back (D-F05): this order is pointless now, if it was never sent.
    if (payment.state !== 'voiding') return attempt > 1 ? releasedBefore(parts, payment) : undefined
    const { pspReference } = payment
    if (!pspReference) throw new Fault('VOID_WITHOUT_HOLD', `Payment ${payment.id} has no hold to void.`)
    const key = keyOf(parts, payment, ['void', payment.voidRound])
    const answer = await ask(parts, payment, {
      operation: 'void',
      call: (psp) => psp.void({ key, pspReference, reason: VOID_REASON }),
    })
    const at = parts.clock.now()
    if (!(answer instanceof PspError)) return voided(parts, answer.status === 'expired')
    if (answer.kind === 'unknown-outcome') return { type: 'void-lost', reason: answer.message, at }
    if (!happenedNot(answer.kind)) throw answer
    return (await releasedBefore(parts, payment)) ?? { type: 'void-given-up', reason: answer.message, at }
  }
}

const voided = (parts: MoneyParts, expired: boolean): PaymentEvent => ({
  type: 'voided',
  adviceId: parts.ids(),
  at: parts.clock.now(),
  ...(expired && { expired }),
})

/** The provider's own record: an earlier attempt may have been obeyed although its answer was lost. */
async function releasedBefore(parts: MoneyParts, payment: Payment): Promise<PaymentEvent | undefined> {
  const found = await lookUp(parts, payment)
  if (found?.state === 'void-pending') throw undecided(payment)
  if (found?.state === 'voided' || found?.state === 'expired') return voided(parts, found.state === 'expired')
  if (found && hasTaken(found)) return captureIn(found, { adviceId: parts.ids(), at: parts.clock.now() })
  return undefined
}

/** It may still be obeyed: until it is decided nothing goes on with this hold, and nothing is given up. */
const undecided = ({ id }: Payment) =>
  new Fault('VOID_PENDING', `The provider has not decided the void of ${id}.`, { retry: true })

/** How often a record that is not there yet is looked for. */
const LOOKS = 3

/** What became of a void whose answer was lost, or of a hold that could not be given back. */
export function queryVoid(parts: MoneyParts): MoneyEffect {
  return async (payment, attempt) => {
    if (payment.state === 'voided' || payment.state === 'captured') return
    const found = await lookUp(parts, payment)
    const at = parts.clock.now()
    switch (found?.state) {
      case 'voided':
      case 'expired':
        return voided(parts, found.state === 'expired')
      case 'captured':
        return captureIn(found, { adviceId: parts.ids(), at })
      case 'void-pending':
        throw undecided(payment)
      case 'authorized':
        return { type: 'hold-found', stopCommandId: parts.ids(), adviceId: parts.ids(), at }
      default:
        if (!found && attempt < LOOKS)
          throw new Fault('PSP_NO_RECORD', `The provider has no record of ${payment.id} yet.`, { retry: true })
        return { type: 'void-given-up', reason: `The provider says ${found?.state ?? 'nothing'}.`, at }
    }
  }
}
