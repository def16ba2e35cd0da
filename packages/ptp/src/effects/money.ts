/**
 * Holds and captures at the provider. Each turns every answer, refusal and silence of the provider into an
 * event; an outcome that is not known is an event of its own and is resolved by query, never by guess.
 */

import { Fault } from '@plugtill/engine/fault'
import { type Psp, PspError, type PspPayment } from '@plugtill/psp/psp'
import { billed, captureAmount, START_WITHIN_MS, withRecorded } from '../payment/amounts.ts'
import { heldAtMost } from '../payment/cells-raise.ts'
import type { PaymentEvent } from '../payment/events.ts'
import type { Payment } from '../payment/payment.ts'
import { termsOf } from '../payment/terms.ts'
import {
  accountOf,
  ask,
  captureIn,
  happenedNot,
  hasTaken,
  keyOf,
  lookUp,
  type MoneyEffect,
  type MoneyParts,
  pspOf,
} from './ask-psp.ts'

/** How often the provider is asked about a payment it does not know yet, before that counts as the answer. */
const QUERY_TRIES = 3

export function authorize(parts: MoneyParts): MoneyEffect {
  return async (payment) => {
    if (payment.state !== 'authorizing') return
    // After a pause nobody waits at the terminal: a hold may exist, but no new one is taken. (F02, F75)
    if (parts.clock.now() - payment.createdAt > START_WITHIN_MS)
      return {
        type: 'authorization-lost',
        reason: 'The platform stopped during the authorization.',
        at: parts.clock.now(),
      }
    const answer = await ask(parts, payment, {
      operation: 'authorize',
      call: (psp) =>
        psp.authorize({
          key: keyOf(parts, payment, ['authorize']),
          reference: payment.id,
          terminalId: payment.terminalId,
          card: payment.cardToken,
          amount: payment.asked,
          ...(payment.verified && { verified: payment.verified }),
        }),
    })
    const at = parts.clock.now()
    if (answer instanceof PspError) {
      if (answer.kind === 'unknown-outcome') return { type: 'authorization-lost', reason: answer.message, at }
      const outcome = answer.kind === 'declined' ? 'declined' : 'psp-unavailable'
      return { type: 'authorization-declined', outcome, reason: answer.message, at }
    }
    if (answer.status === 'declined') {
      return {
        type: 'authorization-declined',
        outcome: answer.decline === 'pin-needed' ? 'pin-needed' : 'declined',
        reason: answer.reason ?? 'The bank declined the card.',
        eftData: answer.eftData,
        ...seen(pspOf(parts, accountOf(payment)), answer),
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
      ...seen(pspOf(parts, accountOf(payment)), answer),
      at,
    }
  }
}

/** The card, where the platform could not know it before the authorization. */
const seen = (psp: Psp, { card }: { readonly card: Payment['card'] }) =>
  psp.capabilities.identify === 'token' ? {} : { card }

/** F03: what became of an authorization whose answer was lost. */
export function queryAuthorization(parts: MoneyParts): MoneyEffect {
  return async (payment, attempt) => {
    if (payment.state !== 'authorization-unknown' && payment.state !== 'declined') return
    const found = await lookUp(parts, payment)
    const at = parts.clock.now()
    if (found?.state === 'authorized') {
      return {
        type: 'authorized',
        held: found.held,
        pspReference: found.pspReference,
        captureBefore: found.captureBefore,
        eftData: found.eftData,
        ...seen(pspOf(parts, accountOf(payment)), found),
        at,
      }
    }
    if (found && hasTaken(found)) return captureIn(found, { adviceId: parts.ids(), at })
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
      ...(found?.state === 'declined' && {
        eftData: found.eftData,
        ...seen(pspOf(parts, accountOf(payment)), found),
      }),
      at,
    }
  }
}

type CaptureEffect = (payment: Payment, amount: Payment['asked'], attempt: number) => Promise<PaymentEvent | void>

/**
 * D-33: takes what is due, never more than is held. One capture per payment: its key changes only when an operator has
 * a refused one tried again, after the provider's record was read. (I1)
 */
export function capture(parts: MoneyParts): CaptureEffect {
  return async (payment, ordered) => {
    if (payment.state !== 'capturing' && payment.state !== 'capture-unknown') return
    if (keyForgotten(parts, payment))
      return { type: 'capture-lost', reason: 'The provider no longer remembers the key.', at: parts.clock.now() }
    return captureNow(parts, payment, { ordered })
  }
}

/** F63: the same key would now be a new capture; in a life that nobody remembers it may have been used since the tap. (F75) */
function keyForgotten(parts: MoneyParts, payment: Payment): boolean {
  const { retentionSafeMs } = pspOf(parts, accountOf(payment)).capabilities.idempotency
  return parts.clock.now() - payment.createdAt > retentionSafeMs
}

async function captureNow(
  parts: MoneyParts,
  payment: Payment,
  { ordered, found }: { readonly ordered: Payment['asked']; readonly found?: PspPayment },
): Promise<PaymentEvent> {
  const { pspReference, cdr, session } = payment
  const record = found ?? (await recordBeforeLess(parts, payment))
  if (record && hasTaken(record)) return takenIn(parts, record)
  if (record?.state === 'authorized' && raiseMayCome(payment, record, parts.clock.now()))
    throw new Fault('RAISE_PENDING', `The provider has not said whether it holds more for ${payment.id}.`, {
      retry: true,
    })
  // A raise that was granted in between counts, until the provider has been asked: another amount under the same key could be
  // refused although the first one was taken. (I1, F62)
  const amount = payment.captureSent ?? captureAmount(withRecorded(payment, record?.authorized)) ?? ordered
  const cdrRef = cdr?.id ?? session?.id
  if (!pspReference || cdrRef === undefined)
    throw new Fault('CAPTURE_WITHOUT_CDR', `Payment ${payment.id} has no hold or nothing to capture for.`)
  const key = keyOf(parts, payment, ['capture', payment.captureRound])
  const answer = await ask(parts, payment, {
    operation: 'capture',
    call: (psp) => psp.capture({ key, pspReference, amount, cdrRef }),
  })
  const at = parts.clock.now()
  if (answer instanceof PspError) {
    if (answer.kind === 'unknown-outcome') return { type: 'capture-lost', reason: answer.message, sent: amount, at }
    if (!happenedNot(answer.kind)) throw answer
    return (
      (await whyRefused(parts, payment)) ?? {
        type: 'capture-refused',
        reason: answer.message,
        adviceId: parts.ids(),
        at,
      }
    )
  }
  if (answer.status === 'pending')
    return { type: 'capture-lost', reason: 'The provider answers later.', sent: amount, at }
  const held = record && { held: record.authorized }
  return { type: 'captured', amount: answer.captured, ...held, eftData: answer.eftData, adviceId: parts.ids(), at }
}

/** F75: what is not taken now is lost to the CPO. Before that the provider is asked for a larger hold that our books have lost. */
async function recordBeforeLess(parts: MoneyParts, payment: Payment): Promise<PspPayment | undefined> {
  const { raise, canRaise } = termsOf(payment)
  const asked = billed(payment)
  const isLess = asked !== undefined && asked.amount.amountMinor < asked.due.amountMinor
  return isLess && (raise || canRaise) ? lookUp(parts, payment) : undefined
}

const RAISE_WAIT_MS = 5 * 60_000

/** F34, F48: what is not taken now is lost, so a larger hold that nobody knows of has some minutes to be decided. */
const raiseMayCome = (payment: Payment, { authorized }: PspPayment, now: number): boolean =>
  payment.captureSent === undefined &&
  authorized.amountMinor < (heldAtMost(payment)?.amountMinor ?? 0) &&
  now - (payment.captureOrderedAt ?? 0) < RAISE_WAIT_MS

/** What the provider's record says that it took. */
const takenIn = ({ ids, clock }: MoneyParts, record: PspPayment): PaymentEvent => ({
  type: 'captured',
  amount: record.captured,
  held: record.authorized,
  paidBack: record.refunded,
  eftData: record.eftData,
  adviceId: ids(),
  at: clock.now(),
})

/** A refusal may be news: it was captured in a life that nobody remembers, or a void was obeyed whose answer was lost. (F75, F79) */
async function whyRefused(parts: MoneyParts, payment: Payment): Promise<PaymentEvent | undefined> {
  const found = await lookUp(parts, payment)
  if (found && hasTaken(found)) return takenIn(parts, found)
  return found?.state === 'voided' ? { type: 'voided', adviceId: parts.ids(), at: parts.clock.now() } : undefined
}

/** F62: reads the provider's own record first; only what it has not captured is captured again, with the same key. */
export function queryCapture(parts: MoneyParts): CaptureEffect {
  return async (payment, amount) => {
    if (payment.state !== 'capture-unknown') return
    const found = await lookUp(parts, payment)
    const at = parts.clock.now()
    if (found && found.captureCount > 0) return takenIn(parts, found)
    if (found?.state === 'authorized') {
      const event = await captureNow(parts, payment, { ordered: amount, found })
      if (event.type !== 'capture-lost' || !payment.captureSent) return event
    }
    // A void that overtook it may still win.
    if (found && /^(capture-pending|void-pending|authorized)$/.test(found.state)) {
      throw new Fault('CAPTURE_PENDING', `${parts.psp.name} has not decided the capture of ${payment.id}.`, {
        retry: true,
      })
    }
    if (found?.state === 'voided') return { type: 'voided', adviceId: parts.ids(), at }
    return {
      type: 'capture-refused',
      reason: `The provider says ${found?.state ?? 'nothing'}.`,
      adviceId: parts.ids(),
      at,
    }
  }
}
