/** Sessions and CDRs, pushed or pulled: matched to their payment and turned into events. Any order, any number of times. */
import type { Clock } from '@plugtill/engine/clock'
import type { Documents } from '@plugtill/engine/documents'
import type { Journal } from '@plugtill/engine/journal'
import { OcpiError } from '@plugtill/ocpi/errors'
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import { sameCi } from '@plugtill/ocpi/types'
import { takeCdr } from './cdr-intake.ts'
import { match } from './match.ts'
import { partyOf } from './mirror.ts'
import { bySession, isOfParty, type PaymentDesk } from './payment/desk.ts'
import type { Payment, SessionSeen } from './payment/payment.ts'
import { belongsTo, sessionSeen } from './payment/session-seen.ts'
import { datedByNow } from './word-order.ts'

export interface Intake {
  /** The Session as this payment sees it. */
  readonly seen: (payment: Payment, session: Session) => Promise<SessionSeen>
  /** OCPI 2001 when its id is that of another payment's session. */
  readonly session: (peerId: string, session: Session) => Promise<void>
  /** Whether a pulled Session is this payment's: it would be, had it been sent. */
  readonly isOf: (payment: Payment, session: Session) => Promise<boolean>
  /** Words for the partner, kept as a fault too, when the id is that of another payment's session; else undefined. */
  readonly usedTwice: (payment: Payment, sessionId: string) => Promise<OcpiError | undefined>
  /** OCPI 2001 when a CDR of this id is known with other content. (F45) */
  readonly cdr: (
    peerId: string,
    cdr: CdrReceived,
  ) => Promise<{ readonly created: boolean; readonly reference?: string }>
}

export interface IntakeParts {
  /** Whether the connector a Session names has the tariff that was accepted; absent: another connector has another. (F21) */
  readonly sameTariff?: (payment: Payment, session: Session) => Promise<boolean>
  readonly payments: PaymentDesk
  readonly documents: Documents
  readonly journal: Journal
  readonly clock: Clock
  readonly ids: () => string
}

export const createIntake = (parts: IntakeParts): Intake => ({
  seen: (payment, session) => seenBy(parts, payment, session),
  isOf: async ({ id, peerId }, session) => (await matched(parts, peerId, session))?.id === id,
  session: (peerId, session) => takeSession(parts, peerId, session),
  usedTwice: (payment, sessionId) => usedTwice(parts, payment, sessionId),
  cdr: (peerId, cdr) => takeCdr(parts, peerId, cdr),
})

const matched = ({ payments }: IntakeParts, peerId: string, session: Session) =>
  match(payments, peerId, {
    party: partyOf(session),
    reference: session.authorization_reference,
    sessionId: session.id,
    tokenUid: session.cdr_token.uid,
  })

async function takeSession(parts: IntakeParts, peerId: string, session: Session): Promise<void> {
  const payment = await matched(parts, peerId, session)
  if (!payment) {
    const message = `Session ${session.id} of ${peerId} belongs to no payment.`
    await parts.journal.write(session.authorization_reference ?? '', 'fault', { code: 'SESSION_UNMATCHED', message })
    return
  }
  try {
    await parts.payments.apply(payment.id, {
      type: 'session-reported',
      session: await seenBy(parts, payment, session),
      stopCommandId: parts.ids(),
      at: parts.clock.now(),
    })
  } catch (error) {
    throw (await usedTwice(parts, payment, session.id)) ?? error
  }
}

/** F21: the connector a Session names is the one that was paid for, or one with the same tariff, or another. */
async function seenBy({ sameTariff, clock }: IntakeParts, payment: Payment, told: Session): Promise<SessionSeen> {
  const session = datedByNow(told, clock.now())
  const there = sameCi(session.evse_uid, payment.evseUid) && sameCi(session.connector_id, payment.connectorId)
  if (there) return sessionSeen(payment, session)
  return sessionSeen(payment, session, (await sameTariff?.(payment, session)) ? 'same-tariff' : 'other-tariff')
}

/** One session id for two payments: the first one keeps it, because what is stopped and billed must be one of them. (T22) */
async function usedTwice({ payments, journal }: IntakeParts, { id, peerId, party }: Payment, sessionId: string) {
  const first = await bySession(payments, { peerId, party, sessionId })
  if (!first || first.id === id) return undefined
  const message = `Session id "${sessionId}" is that of the session of ${first.id} and was sent for ${id} too. Give every session an id of its own.`
  await journal.write(id, 'fault', { code: 'SESSION_ID_REUSED', message })
  return new OcpiError(2001, message)
}

/** Whether a pulled CDR may be one of this payment's. */
export const isCdrOf = (payment: Payment, cdr: CdrReceived): boolean =>
  isOfParty(payment, partyOf(cdr)) && belongsTo(payment, { ...cdr, id: cdr.session_id ?? '' })
