/** Sessions and CDRs, pushed or pulled: matched to their payment and turned into events. Any order, any number of times. */
import { createHash } from 'node:crypto'
import type { Clock } from '@plugtill/engine/clock'
import type { Documents } from '@plugtill/engine/documents'
import { documents as documentsOn } from '@plugtill/engine/documents'
import type { Journal } from '@plugtill/engine/journal'
import { OcpiError } from '@plugtill/ocpi/errors'
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import { ciKey, sameCi } from '@plugtill/ocpi/types'
import { byReference, type PaymentDesk, sessionKey, tokenKey } from './payment/desk.ts'
import type { Payment } from './payment/payment.ts'
import { dueOf } from './payment/prices.ts'
import { sessionSeen } from './payment/session-seen.ts'

export interface Intake {
  /** OCPI 2001 when its id is that of another payment's session. */
  readonly session: (peerId: string, session: Session) => Promise<void>
  /** Words for the partner, kept as a fault too, when the id is that of another payment's session; else undefined. */
  readonly usedTwice: (payment: Payment, sessionId: string) => Promise<OcpiError | undefined>
  /** OCPI 2001 when a CDR of this id is known with other content. (F45) */
  readonly cdr: (
    peerId: string,
    cdr: CdrReceived,
  ) => Promise<{ readonly created: boolean; readonly reference?: string }>
}

export interface IntakeParts {
  readonly payments: PaymentDesk
  readonly documents: Documents
  readonly journal: Journal
  readonly clock: Clock
  readonly ids: () => string
}

export const cdrKey = (peerId: string, cdrId: string) => ciKey(peerId, cdrId)

/** Same content, same hash, whatever the order of its fields. */
function hashOf(value: unknown): string {
  const sorted = JSON.stringify(value, (_name, part: unknown) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
  return createHash('sha256').update(sorted).digest('hex')
}

export const createIntake = (parts: IntakeParts): Intake => ({
  session: (peerId, session) => takeSession(parts, peerId, session),
  usedTwice: (payment, sessionId) => usedTwice(parts, payment, sessionId),
  cdr: (peerId, cdr) => takeCdr(parts, peerId, cdr),
})

interface Names {
  readonly reference?: string | null
  readonly sessionId?: string | null
  readonly tokenUid: string
}

/** Reference first, then session id, then our one-time token; never by amount. (T22, D-F12) */
async function match({ payments }: IntakeParts, peerId: string, keys: Names): Promise<Payment | undefined> {
  const referred = keys.reference ? await byReference(payments, keys.reference) : undefined
  if (referred?.peerId === peerId) return referred
  const names = [...(keys.sessionId ? [sessionKey(peerId, keys.sessionId)] : []), tokenKey(peerId, keys.tokenUid)]
  for (const name of names) {
    const payment = await payments.find(name)
    if (payment?.peerId === peerId) return payment
  }
  return undefined
}

async function takeSession(parts: IntakeParts, peerId: string, session: Session): Promise<void> {
  const payment = await match(parts, peerId, {
    reference: session.authorization_reference,
    sessionId: session.id,
    tokenUid: session.cdr_token.uid,
  })
  if (!payment) {
    const message = `Session ${session.id} of ${peerId} belongs to no payment.`
    await parts.journal.write(session.authorization_reference ?? '', 'fault', { code: 'SESSION_UNMATCHED', message })
    return
  }
  try {
    await parts.payments.apply(payment.id, {
      type: 'session-reported',
      session: sessionSeen(payment, session),
      stopCommandId: parts.ids(),
      at: parts.clock.now(),
    })
  } catch (error) {
    throw (await usedTwice(parts, payment, session.id)) ?? error
  }
}

/** One session id for two payments: the first one keeps it, because what is stopped and billed must be one of them. (T22) */
async function usedTwice({ payments, journal }: IntakeParts, { id, peerId }: Payment, sessionId: string) {
  const first = await payments.find(sessionKey(peerId, sessionId))
  if (!first || first.id === id) return undefined
  const message = `Session id "${sessionId}" is that of the session of ${first.id} and was sent for ${id} too. Give every session an id of its own.`
  await journal.write(id, 'fault', { code: 'SESSION_ID_REUSED', message })
  return new OcpiError(2001, message)
}

async function takeCdr(parts: IntakeParts, peerId: string, cdr: CdrReceived): ReturnType<Intake['cdr']> {
  const known = await parts.documents.get('cdrs', cdrKey(peerId, cdr.id))
  const again = known && (await sameCdr(known.body, cdr, parts.journal))
  const payment = await match(parts, peerId, {
    reference: cdr.authorization_reference,
    sessionId: cdr.session_id,
    tokenUid: cdr.cdr_token.uid,
  })
  // One that belonged to nobody may find its payment later; one that has moved money, or was refused, is only known.
  if (again && (!payment || payment.cdr || cdr.credit)) return again
  if (!payment || cdr.credit) return keepAside(parts, peerId, { cdr, payment })
  await bill(parts, payment, cdr)
  return { created: !known, reference: payment.id }
}

/** Kept with a word for the operator; no money moves. (F51, F54) */
async function keepAside(
  { documents, journal }: IntakeParts,
  peerId: string,
  { cdr, payment }: { readonly cdr: CdrReceived; readonly payment: Payment | undefined },
) {
  await documents.put('cdrs', cdrKey(peerId, cdr.id), JSON.stringify(cdr), cdr.last_updated)
  const code = cdr.credit ? 'CDR_CREDIT' : 'CDR_UNMATCHED'
  const message = cdr.credit
    ? `Credit CDR ${cdr.id} waits for an operator.`
    : `CDR ${cdr.id} of ${peerId} belongs to no payment.`
  await journal.write(payment?.id ?? cdr.authorization_reference ?? '', 'fault', { code, message })
  return { created: true, ...(payment && { reference: payment.id }) }
}

/** The CDR and the money it moves are one commit: neither exists without the other. (I10, I11) */
async function bill({ payments, clock, ids }: IntakeParts, { id, peerId }: Payment, cdr: CdrReceived): Promise<void> {
  const seen = {
    id: cdr.id,
    hash: hashOf(cdr),
    due: amountDue(cdr),
    ...(cdr.invoice_reference_id && { invoiceReferenceId: cdr.invoice_reference_id }),
  }
  const key = cdrKey(peerId, cdr.id)
  await payments.apply(
    id,
    { type: 'cdr-received', cdr: seen, adviceId: ids(), at: clock.now() },
    {
      dedupe: { source: `cdr:${peerId}`, key: cdr.id.toLowerCase(), hash: seen.hash },
      within: async (tx) => void (await documentsOn(tx, clock).put('cdrs', key, JSON.stringify(cdr), cdr.last_updated)),
    },
  )
}

/** A CDR whose cost cannot be read moves no money; its sender is told which field it is. (F53) */
function amountDue(cdr: CdrReceived) {
  try {
    return dueOf(cdr.total_cost, cdr.currency)
  } catch (error) {
    throw new OcpiError(
      2001,
      `total_cost of CDR ${cdr.id} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

async function sameCdr(stored: string, cdr: CdrReceived, journal: Journal) {
  const before = JSON.parse(stored) as CdrReceived
  const reference = before.authorization_reference ?? undefined
  if (hashOf(before) === hashOf(cdr)) return { created: false, ...(reference && { reference }) }
  const message = `CDR ${cdr.id} is known with other content. A sent CDR is never changed: send a credit CDR and a new one.`
  const fields = Object.keys({ ...before, ...cdr }).filter(
    (name) => hashOf(before[name as keyof CdrReceived] ?? null) !== hashOf(cdr[name as keyof CdrReceived] ?? null),
  )
  await journal.write(reference ?? '', 'fault', { code: 'CDR_CHANGED', message, fields })
  throw new OcpiError(2001, `${message} Different: ${fields.join(', ')}.`)
}

/** Whether a pulled CDR is one of this payment's. */
export const isCdrOf = (payment: Payment, cdr: CdrReceived): boolean =>
  cdr.authorization_reference
    ? sameCi(cdr.authorization_reference, payment.id)
    : sameCi(cdr.cdr_token.uid, payment.tokenUid) ||
      (payment.session !== undefined && sameCi(cdr.session_id ?? '', payment.session.id))
