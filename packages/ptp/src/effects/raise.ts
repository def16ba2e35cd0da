/** A larger hold for a session that goes on: the port speaks totals only. (F33 to F35) */
import { Fault } from '@plugtill/engine/fault'
import { PspError } from '@plugtill/psp/psp'
import type { PaymentEvent } from '../payment/events.ts'
import type { Payment } from '../payment/payment.ts'
import { ask, happenedNot, keyOf, lookUp, type MoneyParts } from './ask-psp.ts'

interface Wanted {
  readonly n: number
  readonly to: Payment['asked']
}
type RaiseEffect = (payment: Payment, wanted: Wanted, attempt: number) => Promise<PaymentEvent | void>

/** A provider that is away is not waited for: charging goes on under the old hold. */
const TRIES = 3
/** A provider that decides by message gets some minutes. */
const LOOKS = 8
/** The states in which a larger hold is still of use. */
const OF_USE: readonly Payment['state'][] = ['charging', 'stopping', 'awaiting-cdr', 'capturing', 'stuck']

export function raiseHold(parts: MoneyParts): RaiseEffect {
  return async (payment, { n, to }, attempt) => {
    const { pspReference, raise } = payment
    if (!OF_USE.includes(payment.state) || raise?.n !== n || raise.status === 'granted') return
    if (!pspReference) throw new Fault('RAISE_WITHOUT_HOLD', `Payment ${payment.id} has no hold to raise.`)
    const key = keyOf(parts, payment, ['increment', n])
    const answer = await ask(parts, payment, {
      operation: 'increment',
      call: (psp) => psp.increment({ key, pspReference, newTotal: to }),
    })
    const at = parts.clock.now()
    if (!(answer instanceof PspError))
      return { type: 'hold-raised', n, held: answer.authorized, captureBefore: answer.captureBefore, at }
    const told = { n, reason: answer.message, stopCommandId: parts.ids(), at }
    if (answer.kind === 'unknown-outcome') return { type: 'raise-lost', ...told }
    if (!happenedNot(answer.kind) && attempt < TRIES) throw answer
    return { type: 'raise-refused', ...told }
  }
}

/** F34: the provider's record says whether it was granted; what was not is asked for once more, with the same key. */
export function queryRaise(parts: MoneyParts): RaiseEffect {
  return async (payment, wanted, attempt) => {
    if (!OF_USE.includes(payment.state) || payment.raise?.n !== wanted.n) return
    const found = await lookUp(parts, payment)
    const at = parts.clock.now()
    if (found && found.authorized.amountMinor >= wanted.to.amountMinor)
      return { type: 'hold-raised', n: wanted.n, held: found.authorized, captureBefore: found.captureBefore, at }
    const event = await raiseHold(parts)(payment, wanted, TRIES)
    if (event?.type !== 'raise-lost') return event
    if (attempt < LOOKS)
      throw new Fault('RAISE_PENDING', `The provider has not said whether it holds more for ${payment.id}.`, {
        retry: true,
      })
    return { ...event, type: 'raise-refused' }
  }
}
