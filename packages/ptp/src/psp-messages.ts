/** A genuine message of the provider is a hint: what waits for that payment is tried at once, and asks the provider. (T34) */
import type { Engine } from '@plugtill/engine/engine'
import type { Journal } from '@plugtill/engine/journal'
import type { Psp, PspHint } from '@plugtill/psp/psp'
import { accountOf, pspOf } from './effects/ask-psp.ts'
import { moneyLane } from './effects/payment-kind.ts'
import { byReference, type PaymentDesk } from './payment/desk.ts'
import { isFinal } from './payment/view.ts'
import type { Sweep } from './sweep.ts'

export interface PspMessageParts {
  readonly psp: Psp
  /** Further accounts, by the name that contracts give them. */
  readonly pspAccounts?: Readonly<Record<string, Psp>>
  readonly payments: PaymentDesk
  readonly engine: Engine
  readonly journal: Journal
  readonly sweep: Pick<Sweep, 'look'>
}

/**
 * Resolves to whether the message was about a payment of ours. `account` is the one whose provider sent it; absent: the
 * main one. The payment's own account is asked in any case, so a message at the wrong entrance changes nothing.
 */
export function takePspHint(parts: PspMessageParts): (hint: PspHint, account?: string) => Promise<boolean> {
  const { payments, engine, journal, sweep } = parts
  return async ({ eventId, reference, pspReference }, account) => {
    const psp = pspOf(parts, account)
    const ours = reference ?? (pspReference && (await psp.query({ pspReference }))?.reference)
    const payment = ours ? await byReference(payments, ours) : undefined
    if (!payment) return false
    const said = { operation: 'message', provider: psp.name, ...(account !== undefined && { account }), event: eventId }
    await journal.write(payment.id, 'psp', said)
    await engine.retryNow(moneyLane(accountOf(payment)), { kind: 'payment', id: payment.id })
    // Nothing waits for what comes after the end: a capture that is taken back days later. (F66)
    if (isFinal(payment)) await sweep.look(payment)
    return true
  }
}
