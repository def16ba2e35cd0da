/** A genuine message of the provider is a hint: what waits for that payment is tried at once, and asks the provider. (T34) */
import type { Engine } from '@plugtill/engine/engine'
import type { Journal } from '@plugtill/engine/journal'
import type { Psp, PspHint } from '@plugtill/psp/psp'
import { byReference, type PaymentDesk } from './payment/desk.ts'
import { isFinal } from './payment/view.ts'
import type { Sweep } from './sweep.ts'

export interface PspMessageParts {
  readonly psp: Psp
  readonly payments: PaymentDesk
  readonly engine: Engine
  readonly journal: Journal
  readonly sweep: Pick<Sweep, 'look'>
}

/** Resolves to whether the message was about a payment of ours. */
export function takePspHint(parts: PspMessageParts): (hint: PspHint) => Promise<boolean> {
  const { psp, payments, engine, journal, sweep } = parts
  return async ({ eventId, reference, pspReference }) => {
    const ours = reference ?? (pspReference && (await psp.query({ pspReference }))?.reference)
    const payment = ours ? await byReference(payments, ours) : undefined
    if (!payment) return false
    await journal.write(payment.id, 'psp', { operation: 'message', provider: psp.name, event: eventId })
    await engine.retryNow('psp', { kind: 'payment', id: payment.id })
    // Nothing waits for what comes after the end: a capture that is taken back days later. (F66)
    if (isFinal(payment)) await sweep.look(payment)
    return true
  }
}
