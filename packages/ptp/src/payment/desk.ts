/** Under which names a payment is found, and the engine's view of the kind. */
import type { Desk } from '@plugtill/engine/engine'
import { sameParty } from '@plugtill/ocpi/headers'
import type { PartyId } from '@plugtill/ocpi/peers'
import { ciKey } from '@plugtill/ocpi/types'
import { amountWord } from './amount-word.ts'
import type { PaymentEvent } from './events.ts'
import type { Payment, PaymentState, Refunded } from './payment.ts'

export type PaymentDesk = Desk<Payment, PaymentEvent>

export const commandKey = (commandId: string) => ciKey('command', commandId)
export const tokenKey = (peerId: string, tokenUid: string) => ciKey('token', peerId, tokenUid)
export const tapKey = (terminalId: string, tapId: string) => ciKey('tap', terminalId, tapId)
/** Begins the names of all payments that were tapped at this terminal. */
export const tapsAt = (terminalId: string) => `${ciKey('tap', terminalId)}/`
/** Begins the names of all payments of this card. */
export const tapsOf = (fingerprint: string) => `${ciKey('card', fingerprint)}/`
/** The payments of a card are numbered: of two taps at the same moment one has to look again at what the other asks for. (T42) */
export const cardTapKey = ({ fingerprint, nth }: NonNullable<Payment['cardTap']>) => `${tapsOf(fingerprint)}${nth}`
const openKey = (terminalId: string, reference: string) => ciKey('open', terminalId, reference)
/** Begins the names of the payments of this terminal whose session may still run. */
export const openAt = (terminalId: string) => `${ciKey('open', terminalId)}/`
const DAY_MS = 24 * 3_600_000
/** Begins the names of the payments for which money was asked back on this day. */
export const refundsOn = (at: number) => `${ciKey('refund', String(Math.floor(at / DAY_MS)))}/`
export type AtEvse = Pick<Payment, 'peerId' | 'party' | 'evseUid'>

/** An EVSE's uid says which one only together with its party. A payment that an older program began knows none. (F77) */
export const evseKey = ({ peerId, party, evseUid }: AtEvse) =>
  party ? ciKey('evse', peerId, party.countryCode, party.partyId, evseUid) : ciKey('evse', peerId, evseUid)

/**
 * Its EVSE was given up, and may be another driver's; then its session won against its void. The name is its own, so that it
 * takes the EVSE from nobody, and nobody begins anew while it runs. (F22, D-F05)
 */
const evseAgain = (at: AtEvse) => `again/${evseKey(at)}/`

/** What an older program began counts for every party, as it did for itself. (F77) */
const olderAt = (payments: PaymentDesk, { peerId, evseUid }: AtEvse) => payments.find(evseKey({ peerId, evseUid }))

/** Who is at the EVSE under a name that keeps no other payment out. (F22, F77) */
export const besideAt = async (payments: PaymentDesk, at: AtEvse): Promise<Payment | undefined> =>
  (await olderAt(payments, at)) ?? (await payments.list({ named: evseAgain(at), limit: 1 }))[0]

/** Whose the EVSE is now. (F22) */
export const occupantOf = async (payments: PaymentDesk, at: AtEvse) =>
  (await payments.find(evseKey(at))) ?? besideAt(payments, at)

/** By its reference and nothing else: what a partner or terminal calls a reference never resolves to another name. (T22) */
export async function byReference(payments: PaymentDesk, reference: string): Promise<Payment | undefined> {
  const id = reference.toLowerCase()
  const payment = await payments.find(id)
  return payment?.id === id ? payment : undefined
}

export interface SessionName {
  readonly peerId: string
  readonly party?: PartyId | undefined
  readonly sessionId: string
}

/** The id of a session says which one only together with its party. A payment that an older program began knows none. */
const sessionKey = ({ peerId, party, sessionId }: SessionName) =>
  party ? ciKey('session', peerId, party.countryCode, party.partyId, sessionId) : ciKey('session', peerId, sessionId)

/** A payment of which no party is known may be anybody's on this connection. */
export const isOfParty = ({ party }: Pick<Payment, 'party'>, other: PartyId | undefined): boolean =>
  !party || !other || sameParty(party, other)

/** To the party whose EVSE it is: a connection may carry several, and what is meant for one is nothing to another. */
export const aboutPayment = ({ id, party }: Pick<Payment, 'id' | 'party'>) => ({
  reference: id,
  ...(party && { to: party }),
})

/** What an older program called by the id alone is found as well, for its own party. */
export async function bySession(payments: PaymentDesk, name: SessionName): Promise<Payment | undefined> {
  const own = await payments.find(sessionKey(name))
  if (own || !name.party) return own
  const older = await payments.find(sessionKey({ ...name, party: undefined }))
  return older && isOfParty(older, name.party) ? older : undefined
}

/** While one of these holds, the EVSE belongs to this payment: a second tap on it is refused. (F22, T33) */
export const OCCUPYING: readonly PaymentState[] = [
  'authorizing',
  'authorization-unknown',
  'starting',
  'start-unknown',
  'awaiting-session',
  'charging',
  'stopping',
]

export function paymentKeys(payment: Payment): readonly string[] {
  return [
    tokenKey(payment.peerId, payment.tokenUid),
    tapKey(payment.terminalId, payment.tapId),
    ...(payment.cardTap ? [cardTapKey(payment.cardTap)] : []),
    commandKey(payment.startCommandId),
    ...(payment.stop ? [commandKey(payment.stop.commandId)] : []),
    ...(payment.session ? [sessionKey({ ...payment, sessionId: payment.session.id })] : []),
    ...(OCCUPYING.includes(payment.state) ? [openKey(payment.terminalId, payment.id)] : []),
    ...(OCCUPYING.includes(payment.state) && !payment.leftEvse ? [evseKey(payment)] : []),
    ...(OCCUPYING.includes(payment.state) && payment.leftEvse ? [`${evseAgain(payment)}${payment.id}`] : []),
    ...(payment.refunds ? refundKeys(payment.id, payment.refunds) : []),
  ]
}

const refundKeys = (id: string, refunds: readonly Refunded[]): Iterable<string> =>
  new Set(refunds.flatMap(({ askedAt }) => (askedAt === undefined ? [] : [`${refundsOn(askedAt)}${id}`])))

/** What an operator may know of a payment: ids of all sides, places, amounts, the digits a card shows. */
export function paymentWords(payment: Payment): readonly string[] {
  const { session, cdr, advice, card } = payment
  const ids = [
    payment.id,
    payment.terminalId,
    payment.evseUid,
    payment.locationId,
    payment.tariff.id,
    payment.pspReference,
    session?.id,
    cdr?.id,
    cdr?.invoiceReferenceId,
    advice?.id,
    /(\d{4})$/.exec(card.masked)?.[1],
    card.brand,
  ]
  const amounts = [payment.held, payment.captured, cdr?.due].flatMap((amount) => (amount ? [amountWord(amount)] : []))
  return [...ids.flatMap((id) => (id ? [id.toLowerCase().slice(0, WORD_LENGTH)] : [])), ...amounts]
}

const WORD_LENGTH = 60
