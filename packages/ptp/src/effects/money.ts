/**
 * The orders that move money at the provider. Each turns every answer, refusal and silence of the provider into an
 * event; an outcome that is not known is an event of its own and is resolved by query, never by guess.
 */

import { Fault } from '@plugtill/engine/fault'
import type { Journal } from '@plugtill/engine/journal'
import { type Psp, PspError, type PspErrorKind } from '@plugtill/psp/psp'
import { START_WITHIN_MS } from '../payment/amounts.ts'
import type { Payment, PaymentEvent } from '../payment/payment.ts'
import { type PspOperation, pspKey } from './psp-key.ts'

export interface MoneyParts {
  readonly psp: Psp
  readonly journal: Journal
  readonly clock: { readonly now: () => number }
  readonly ids: () => string
  readonly keySecret: string
}

type MoneyEffect = (payment: Payment, attempt: number) => Promise<PaymentEvent | void>

/** How often the provider is asked about a payment it does not know yet, before that counts as the answer. */
const QUERY_TRIES = 3

/** Calls the provider and writes what it said into the payment's timeline. */
async function ask<T extends object>(
  parts: MoneyParts,
  payment: Payment,
  operation: string,
  call: () => Promise<T>,
): Promise<T | PspError> {
  try {
    const answer = await call()
    await parts.journal.write(payment.id, 'psp', { operation, provider: parts.psp.name, answer })
    return answer
  } catch (error) {
    if (!(error instanceof PspError)) throw error
    await parts.journal.write(payment.id, 'psp', {
      operation,
      provider: parts.psp.name,
      error: { kind: error.kind, message: error.message },
    })
    return error
  }
}

const keyOf = (parts: MoneyParts, payment: Payment, operation: PspOperation) =>
  pspKey(parts.keySecret, payment.id, operation)

const happenedNot = (kind: PspErrorKind) => kind === 'refused' || kind === 'not-supported' || kind === 'declined'

export function authorize(parts: MoneyParts): MoneyEffect {
  return async (payment, attempt) => {
    if (payment.state !== 'authorizing') return
    // After a pause nobody waits at the terminal: a hold may exist, but no new one is taken. (F02)
    if (attempt > 1 && parts.clock.now() - payment.createdAt > START_WITHIN_MS)
      return {
        type: 'authorization-lost',
        reason: 'The platform stopped during the authorization.',
        at: parts.clock.now(),
      }
    const answer = await ask(parts, payment, 'authorize', () =>
      parts.psp.authorize({
        key: keyOf(parts, payment, 'authorize'),
        reference: payment.id,
        terminalId: payment.terminalId,
        card: payment.cardToken,
        amount: payment.asked,
      }),
    )
    const at = parts.clock.now()
    if (answer instanceof PspError) {
      if (answer.kind === 'unknown-outcome') return { type: 'authorization-lost', reason: answer.message, at }
      const outcome = answer.kind === 'declined' ? 'declined' : 'psp-unavailable'
      return { type: 'authorization-declined', outcome, reason: answer.message, at }
    }
    if (answer.status === 'declined') {
      return {
        type: 'authorization-declined',
        outcome: 'declined',
        reason: answer.reason ?? 'The bank declined the card.',
        at,
      }
    }
    const { pspReference, captureBefore, eftData } = answer
    return {
      type: 'authorized',
      held: answer.authorized,
      pspReference,
      captureBefore,
      eftData,
      ...seen(parts, answer),
      at,
    }
  }
}

/** The card, where the platform could not know it before the authorization. */
const seen = ({ psp }: MoneyParts, { card }: { readonly card: Payment['card'] }) =>
  psp.capabilities.identify === 'token' ? {} : { card }

/** F03: what became of an authorization whose answer was lost. */
export function queryAuthorization(parts: MoneyParts): MoneyEffect {
  return async (payment, attempt) => {
    if (payment.state !== 'authorization-unknown' && payment.state !== 'declined') return
    const found = await parts.psp.query({ reference: payment.id })
    const at = parts.clock.now()
    await parts.journal.write(payment.id, 'psp', {
      operation: 'query',
      provider: parts.psp.name,
      answer: found ?? 'no record',
    })
    if (found?.state === 'authorized') {
      return {
        type: 'authorized',
        held: found.held,
        pspReference: found.pspReference,
        captureBefore: found.captureBefore,
        eftData: found.eftData,
        ...seen(parts, found),
        at,
      }
    }
    if (payment.state === 'declined') return
    if (found?.state === 'pending') {
      throw new Fault('PSP_PENDING', `${parts.psp.name} still waits for the card of ${payment.id}.`, { retry: true })
    }
    if (!found && attempt < QUERY_TRIES) {
      throw new Fault('PSP_NO_RECORD', `${parts.psp.name} has no record of ${payment.id} yet.`, { retry: true })
    }
    const reason = found
      ? `The provider says ${found.state}.`
      : 'The provider has no record of an authorization: nothing is held.'
    return {
      type: 'authorization-declined',
      outcome: found?.state === 'declined' ? 'declined' : 'psp-unavailable',
      reason,
      at,
    }
  }
}

/** D-33: takes what the CDR asks, never more than is held. One capture per payment: its key never changes. (I1) */
export function capture(
  parts: MoneyParts,
): (payment: Payment, amount: Payment['asked']) => Promise<PaymentEvent | void> {
  return async (payment, amount) => {
    if (payment.state !== 'capturing' && payment.state !== 'capture-unknown') return
    const { pspReference, cdr } = payment
    if (!pspReference || !cdr)
      throw new Fault('CAPTURE_WITHOUT_CDR', `Payment ${payment.id} has no hold or no CDR to capture.`)
    const answer = await ask(parts, payment, 'capture', () =>
      parts.psp.capture({ key: keyOf(parts, payment, 'capture'), pspReference, amount, cdrRef: cdr.id }),
    )
    const at = parts.clock.now()
    if (answer instanceof PspError) {
      if (answer.kind === 'unknown-outcome') return { type: 'capture-lost', reason: answer.message, at }
      if (happenedNot(answer.kind))
        return { type: 'capture-refused', reason: answer.message, adviceId: parts.ids(), at }
      throw answer
    }
    if (answer.status === 'pending') return { type: 'capture-lost', reason: 'The provider answers later.', at }
    return { type: 'captured', amount: answer.captured, eftData: answer.eftData, adviceId: parts.ids(), at }
  }
}

/** F62: reads the provider's own record first; only what it has not captured is captured again, with the same key. */
export function queryCapture(
  parts: MoneyParts,
): (payment: Payment, amount: Payment['asked']) => Promise<PaymentEvent | void> {
  return async (payment, amount) => {
    if (payment.state !== 'capture-unknown') return
    const found = await parts.psp.query({ pspReference: payment.pspReference })
    const at = parts.clock.now()
    await parts.journal.write(payment.id, 'psp', {
      operation: 'query',
      provider: parts.psp.name,
      answer: found ?? 'no record',
    })
    if (found && found.captureCount > 0) {
      return { type: 'captured', amount: found.captured, eftData: found.eftData, adviceId: parts.ids(), at }
    }
    if (found?.state === 'authorized') {
      const event = await capture(parts)(payment, amount)
      if (event?.type !== 'capture-lost') return event
    }
    if (found?.state === 'capture-pending' || found?.state === 'authorized') {
      throw new Fault('CAPTURE_PENDING', `${parts.psp.name} has not decided the capture of ${payment.id}.`, {
        retry: true,
      })
    }
    return {
      type: 'capture-refused',
      reason: `The provider says ${found?.state ?? 'nothing'}.`,
      adviceId: parts.ids(),
      at,
    }
  }
}

/** Gives the hold back. Asked again with the same key until it is answered. (F79) */
export function voidHold(parts: MoneyParts): MoneyEffect {
  return async (payment, attempt) => {
    // A session that really runs has taken the hold back (D-F05): this order is pointless now, if it was never sent.
    if (payment.state !== 'voiding') return attempt > 1 ? releasedBefore(parts, payment) : undefined
    const { pspReference } = payment
    if (!pspReference) throw new Fault('VOID_WITHOUT_HOLD', `Payment ${payment.id} has no hold to void.`)
    const answer = await ask(parts, payment, 'void', () =>
      // One key, one request: the same words also when the hold is given back a second time for another reason.
      parts.psp.void({ key: keyOf(parts, payment, 'void'), pspReference, reason: 'nothing to capture' }),
    )
    const at = parts.clock.now()
    if (!(answer instanceof PspError)) return { type: 'voided', adviceId: parts.ids(), at }
    if (!happenedNot(answer.kind)) throw answer
    return (await releasedBefore(parts, payment)) ?? { type: 'void-given-up', reason: answer.message, at }
  }
}

/** The provider's own record: an earlier attempt may have been obeyed although its answer was lost. */
async function releasedBefore(parts: MoneyParts, payment: Payment): Promise<PaymentEvent | undefined> {
  const found = await parts.psp.query({ pspReference: payment.pspReference })
  if (found?.state !== 'voided' && found?.state !== 'expired') return undefined
  return { type: 'voided', adviceId: parts.ids(), at: parts.clock.now() }
}
