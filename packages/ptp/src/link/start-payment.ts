/** From the card on the reader to a payment that is durable: everything is decided before the provider is asked. (I5) */
import { sameCi } from '@plugtill/ocpi/types'
import { leastHold } from '@plugtill/pricing/hold'
import { minCaptureIn } from '@plugtill/psp/checks'
import type { CardFace, Money, Psp } from '@plugtill/psp/psp'
import type { Tap } from '@plugtill/terminal/link'
import { partner, provider } from '../breaker.ts'
import { termsFor } from '../contracts/terms-of-contract.ts'
import { configuredPsp } from '../effects/ask-psp.ts'
import { partyOf } from '../mirror.ts'
import { type AtEvse, besideAt, cardTapKey, occupantOf, tapKey } from '../payment/desk.ts'
import type { Payment } from '../payment/payment.ts'
import type { Terms } from '../payment/terms.ts'
import { sellerOf } from '../receipts/receipts.ts'
import { Refusal } from '../refusal.ts'
import type { ContractTerms, PtpSettings } from '../settings.ts'
import type { PaymentTerminal } from '../terminals/terminal.ts'
import type { LinkParts } from './link.ts'
import { offerOf, type Priced, powerKw, pricedFor, type Sellable, sellableOf } from './offers.ts'
import { type Asking, nextOfCard, type TapRates } from './velocity.ts'

export interface Conditions {
  readonly contractId?: string
  readonly terms: ContractTerms
  /** Absent: the contract names an account of the provider that is configured no longer. */
  readonly psp?: Psp
}

interface Answering extends Conditions {
  readonly psp: Psp
  readonly can: Psp['capabilities']
}

/** What the terminal's contract says now, and what its provider account can do. */
export async function conditionsOf(parts: LinkParts, terminal: PaymentTerminal): Promise<Conditions> {
  const contract = await parts.contracts.find(terminal.contractId)
  const terms = termsFor(parts.settings, contract)
  const psp = configuredPsp(parts, terms.pspAccount)
  return { ...(contract && { contractId: contract.id }), terms, ...(psp && { psp }) }
}

export interface TapParts extends LinkParts {
  readonly taps: TapRates
}

/** D-20 to D-24. What is refused here has cost nobody anything. */
export async function startPayment(parts: TapParts, terminal: PaymentTerminal, tap: Tap): Promise<Payment> {
  const before = await parts.payments.find(tapKey(terminal.id, tap.tapId))
  if (before) return before
  if (terminal.state === 'deactivated') throw new Refusal('terminal-off', 'This terminal is switched off.')
  const conditions = answering(parts, terminal, await conditionsOf(parts, terminal))
  const sellable = (await sellableOf(parts.mirror, terminal)).find(
    ({ evse, connector }) =>
      sameCi(evse.uid, tap.evseUid) && (!tap.connectorId || sameCi(connector.id, tap.connectorId)),
  )
  if (!sellable)
    throw new Refusal(
      'not-available',
      `EVSE "${tap.evseUid}"${tap.connectorId ? ` with connector "${tap.connectorId}"` : ''} is not sold by terminal ${terminal.id}.`,
    )
  const at = parts.clock.now()
  const { peerId } = terminal
  const priced = await pricedFor(parts.mirror, { sellable, peerId, language: tap.language, at, ...conditions })
  if ('refused' in priced) throw new Refusal('no-price', priced.refused)
  assertAccepted(priced, tap)
  if (!offerOf(sellable, priced, false).available)
    throw new Refusal('not-available', `EVSE ${sellable.evse.uid} is ${sellable.evse.status}.`)
  const asked = askedFor(priced, tap)
  const asking = { terminalId: terminal.id, terms: conditions.terms, at }
  parts.taps.take(asking)
  const { psp } = conditions
  // A reader that keeps the card to itself is asked once, by the authorization: the driver taps once. (T32)
  const card = psp.capabilities.identify === 'token' ? await psp.identify(tap.card).catch(unreadable) : UNREAD
  // It goes by another name, so the database would let both through.
  if (await besideAt(parts.payments, atEvse(terminal, sellable))) throw taken(sellable.evse.uid)
  const seller = await sellerOf(parts, { peerId, tariff: priced.tariff }, sellable.location)
  const payment = newPayment(parts, terminal, { tap, sellable, priced, asked, card, at, conditions, seller })
  return keep(parts, terminal, { payment, asking })
}

/** F25, F74: a hold whose start or capture nobody would hear of is not taken. */
function answering({ breaker }: LinkParts, { peerId }: PaymentTerminal, conditions: Conditions): Answering {
  const { terms, psp } = conditions
  if (breaker.isOpen(partner(peerId)))
    throw new Refusal('not-available', `The operator's system ${peerId} does not answer now. Nothing was held.`)
  if (!psp || breaker.isOpen(provider(terms.pspAccount)))
    throw new Refusal('psp-unavailable', 'The payment provider does not answer now. Nothing was held.')
  return { ...conditions, psp, can: psp.capabilities }
}

/** A card nobody has seen yet. Its fingerprint is that of no card. */
const UNREAD: CardFace = { fingerprint: '', brand: 'Card', masked: '****' }

type Offered = Extract<Priced, { plan: unknown }>

/** The driver pays the price that stood on the screen, or none: it may have changed since, also under the same tariff id. */
function assertAccepted({ tariff, priceId }: Offered, tap: Tap): void {
  if (tap.tariffId && !sameCi(tap.tariffId, tariff.id))
    throw new Refusal('price-changed', `The price is now that of tariff ${tariff.id}. Show it and ask again.`)
  if (tap.priceId !== undefined && tap.priceId !== priceId)
    throw new Refusal('price-changed', `Tariff ${tariff.id} has changed since it was shown. Show it and ask again.`)
}

/** The most the driver wants to spend, where the contract lets the driver choose. */
function askedFor({ plan }: Offered, { maximumMinor }: Tap): Money {
  if (maximumMinor === undefined) return plan.hold
  const chosen = plan.choices?.find(({ amountMinor }) => amountMinor === maximumMinor)
  if (chosen) return chosen
  const choices = plan.choices?.map(({ amountMinor }) => amountMinor).join(', ') ?? 'nothing'
  throw new Refusal('no-such-maximum', `${maximumMinor} cannot be chosen here, only ${choices}.`)
}

interface Accepted {
  readonly tap: Tap
  readonly sellable: Sellable
  readonly priced: Offered
  readonly asked: Money
  readonly card: CardFace
  readonly at: number
  readonly conditions: Answering
  readonly seller: NonNullable<Payment['seller']>
}

function newPayment(parts: LinkParts, terminal: PaymentTerminal, accepted: Accepted): Payment {
  const { tap, sellable, priced, asked, card, at, conditions, seller } = accepted
  const { terms } = conditions
  const { startGraceMs, plugInWindowMs, sessionPollMs, cdrDeadlineMs } = terms
  return {
    id: parts.ids(),
    state: 'authorizing',
    createdAt: at,
    tapId: tap.tapId,
    terminalId: terminal.id,
    ...atEvse(terminal, sellable),
    locationId: sellable.location.id,
    connectorId: sellable.connector.id,
    timeZone: sellable.location.time_zone,
    seller,
    maxPowerKw: powerKw(sellable.connector) * speedAt(parts.settings, sellable.evse.uid),
    tokenUid: parts.ids().replaceAll('-', '').slice(0, 20).toUpperCase(),
    language: tap.language,
    cardToken: tap.card,
    ...(tap.verified && { verified: tap.verified }),
    card,
    tariff: priced.tariff,
    asked,
    minimumHold: {
      ...asked,
      amountMinor: Math.max(leastHold(priced.tariff), Math.floor(asked.amountMinor * terms.minimumHoldShare)),
    },
    timers: { startGraceMs, plugInWindowMs, sessionPollMs, cdrDeadlineMs },
    terms: frozen(accepted, terminal),
    startCommandId: parts.randomToken(),
  }
}

export const atEvse = ({ peerId }: PaymentTerminal, { location, evse }: Sellable): AtEvse => ({
  peerId,
  party: partyOf(location),
  evseUid: evse.uid,
})

export function speedAt({ chargerSpeed, fastEvses }: Speeds, evseUid: string): number {
  return fastEvses?.some((uid) => sameCi(uid, evseUid)) === false ? 1 : chargerSpeed
}
type Speeds = Pick<PtpSettings, 'chargerSpeed' | 'fastEvses'>

function frozen({ conditions, priced, asked }: Accepted, { terminal }: PaymentTerminal): Terms {
  const { contractId, terms, can } = conditions
  const { plan } = priced
  const { overHold, noCdr, cdrCheck, refunds, cdrChaseForMs, cdrAlarmsMs } = terms
  const { decideWithinMs, adviceRetryMaxMs, pspAccount } = terms
  const invoiceCreator = terms.invoiceCreator ?? terminal.invoice_creator
  return {
    ...(contractId && { contractId }),
    ...(pspAccount && { pspAccount }),
    ...(invoiceCreator && { invoiceCreator }),
    ...(terminal.invoice_base_url && { invoiceBaseUrl: terminal.invoice_base_url }),
    ...{ overHold, noCdr, cdrCheck, refunds, cdrChaseForMs, cdrAlarmsMs, decideWithinMs, adviceRetryMaxMs },
    minCaptureMinor: minCaptureIn(can, asked.currency),
    canRaise: can.incremental === 'total',
    ...(plan.raise && { raise: plan.raise }),
    mostHeldMinor: Math.max(asked.amountMinor, plan.upTo?.amountMinor ?? 0),
  }
}

const taken = (evseUid: string) => new Refusal('not-available', `EVSE ${evseUid} has just been taken.`)

async function keep(
  parts: LinkParts,
  terminal: PaymentTerminal,
  { payment: made, asking }: { readonly payment: Payment; readonly asking: Asking },
): Promise<Payment> {
  const next = await nextOfCard(parts.payments, made.card, asking)
  // Never the same number again: what was found in its place may not be among those that are looked at.
  const nth = Math.max(next?.nth ?? 0, (made.cardTap?.nth ?? 0) + 1)
  const payment = next ? { ...made, cardTap: { ...next, nth } } : made
  try {
    const created = await parts.payments.create(payment, { type: 'tapped', at: payment.createdAt })
    await parts.journal.write(payment.id, 'terminal', {
      act: 'tap',
      terminal_id: terminal.id,
      evse_uid: payment.evseUid,
      card: payment.card,
      ...(payment.verified && { verified: payment.verified }),
    })
    return created
  } catch (error) {
    // Two taps for one EVSE, or of one card, at the same moment: the database lets one through. (F22, T33, T42)
    const winner = await parts.payments.find(tapKey(terminal.id, payment.tapId))
    if (winner) return winner
    if (await occupantOf(parts.payments, payment)) throw taken(payment.evseUid)
    const { cardTap } = payment
    if (cardTap && (await parts.payments.find(cardTapKey(cardTap)))) return keep(parts, terminal, { payment, asking })
    throw error
  }
}

export function unreadable(error: unknown): never {
  throw new Refusal('unreadable-card', error instanceof Error ? error.message : 'The card cannot be read.')
}
