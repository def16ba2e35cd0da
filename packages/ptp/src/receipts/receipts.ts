/** Receipts as drivers get them: at the terminal, and at an address that a phone opens. */
import type { Documents } from '@plugtill/engine/documents'
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { Location } from '@plugtill/ocpi/modules/locations'
import type { Terminal } from '@plugtill/ocpi/modules/payments'
import type { PeerStore } from '@plugtill/ocpi/peers'
import { sameCi } from '@plugtill/ocpi/types'
import { plainPage, SLIP_HEADERS, slipHtml } from '@plugtill/receipt/html'
import { slipPdf } from '@plugtill/receipt/pdf'
import { SIGNED_FILE, signedXml } from '@plugtill/receipt/signed-data'
import type { Slip, SlipParty } from '@plugtill/receipt/slip'
import { slipLanguage, slipWord } from '@plugtill/receipt/texts'
import type { Receipt } from '@plugtill/terminal/link'
import { billKeyOf } from '../cdr-intake.ts'
import type { Contracts } from '../contracts/contract.ts'
import { termsFor } from '../contracts/terms-of-contract.ts'
import { labelOf } from '../link/offers.ts'
import { evseOf, type Mirror } from '../mirror.ts'
import { byReference, type PaymentDesk } from '../payment/desk.ts'
import type { Payment } from '../payment/payment.ts'
import { receiptOf } from '../payment/receipt.ts'
import type { PtpSettings } from '../settings.ts'
import type { Registry } from '../terminals/registry.ts'
import type { PaymentTerminal } from '../terminals/terminal.ts'
import { invoiceUrl } from './invoice-url.ts'
import { isCharged, type SlipSurroundings, slipOf } from './slip-of.ts'
import { receiptToken, referenceOf } from './token.ts'

export interface ReceiptParts {
  readonly name: string
  readonly payments: PaymentDesk
  readonly registry: Pick<Registry, 'find'>
  readonly mirror: Pick<Mirror, 'location'>
  readonly documents: Documents
  readonly contracts: Pick<Contracts, 'find'>
  readonly peers?: Pick<PeerStore, 'get'>
  readonly settings: PtpSettings
  /** Public address below which receipts are found, without trailing slash; absent: they have none. */
  readonly receiptsUrl?: string
  /** Draws a receipt as PDF. */
  readonly pdf?: (slip: Slip) => Promise<Uint8Array>
}

/** `page` for people, `pdf` to keep, `signed` for transparency software. */
export const RECEIPT_FORMS = ['page', 'pdf', 'signed'] as const
export type ReceiptForm = (typeof RECEIPT_FORMS)[number]

export interface ReceiptAsked {
  readonly form: ReceiptForm
  /** Of the browser, the dearest first: for what is no receipt. */
  readonly languages?: readonly string[]
}

export interface ReceiptAnswer {
  readonly status: 200 | 404
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** Where the receipt of a payment is found by whoever has this address. */
export function receiptUrl(
  { receiptsUrl, settings }: Pick<ReceiptParts, 'receiptsUrl' | 'settings'>,
  reference: string,
) {
  return receiptsUrl === undefined ? undefined : `${receiptsUrl}/${receiptToken(settings.keySecret, reference)}`
}

/** Where a payment was made, as far as the CPO has told; its terminal is read unless it is at hand. */
export async function siteOf(
  parts: Pick<ReceiptParts, 'registry' | 'mirror'>,
  payment: Payment,
  known?: PaymentTerminal,
) {
  const terminal = known ?? (await parts.registry.find(payment.terminalId))
  // The terminal may stand elsewhere by now; a payment that an older program began knows no party. (F77)
  const party = payment.party ?? terminal?.party
  const location = party && (await parts.mirror.location(payment.peerId, party, payment.locationId))
  const evse = evseOf(location, payment.evseUid)
  return {
    terminal,
    location,
    locationName: location?.name ?? location?.address ?? payment.locationId,
    label: evse ? labelOf(evse) : payment.evseUid,
  }
}

async function surroundings(parts: ReceiptParts, payment: Payment) {
  const site = await siteOf(parts, payment)
  const bill = billKeyOf(payment)
  const stored = bill === undefined ? undefined : await parts.documents.get('cdrs', bill)
  const cdr = stored && (JSON.parse(stored.body) as CdrReceived)
  return { ...site, cdr, invoice: invoiceOf(parts, payment, { cdr, terminal: site.terminal?.terminal }) }
}

/**
 * The CDR decides who invoices. A CPO that was agreed to and has named no invoice still owes it, and we make none in its
 * place: the driver is told who and where, and that it may come later. (C-608, C-710, E-19)
 */
function invoiceOf(
  { receiptsUrl }: ReceiptParts,
  { id, terms }: Payment,
  { cdr, terminal }: { readonly cdr: CdrReceived | undefined; readonly terminal: Terminal | undefined },
): SlipSurroundings['invoice'] {
  // Who was agreed to, and where the invoice is found, stood fixed at the tap. (F73)
  const agreed = terms ? terms.invoiceCreator : terminal?.invoice_creator
  const base = terms ? terms.invoiceBaseUrl : terminal?.invoice_base_url
  const named = Boolean(cdr?.invoice_reference_id)
  if (!named && agreed !== 'CPO') return undefined
  const url = base ? invoiceUrl(base, id, receiptsUrl?.startsWith('http:')) : undefined
  return { ...(url && { url }), ...(!named && { later: true as const }) }
}

/** As the terminal shows it. Its address is that of the CPO's invoice where there is one, else that of our receipt. */
export async function terminalReceipt(parts: ReceiptParts, payment: Payment): Promise<Receipt> {
  const { locationName, label, cdr, invoice } = await surroundings(parts, payment)
  // One that nobody has named yet may not be there, and where nothing was taken there is nothing to invoice: our receipt says so.
  const there = isCharged(payment) && !invoice?.later ? invoice?.url : undefined
  const url = there ?? receiptUrl(parts, payment.id)
  return receiptOf(payment, {
    merchant: parts.name,
    locationName,
    label,
    ...(cdr && { cdr }),
    ...(url && { invoiceUrl: url }),
  })
}

/** The receipt as it stands now. */
export async function slipFor(parts: ReceiptParts, payment: Payment): Promise<Slip> {
  const { cdr, label, location, invoice } = await surroundings(parts, payment)
  const contract = await parts.contracts.find(payment.terms?.contractId)
  const url = receiptUrl(parts, payment.id)
  return slipOf(payment, {
    issuer: parts.name,
    seller: payment.seller ?? (await sellerOf(parts, payment, location)),
    place: placeOf(cdr?.cdr_location ?? location) ?? [payment.locationId],
    charger: label,
    // What the driver chose at the terminal, else what the contract speaks.
    language: slipLanguage([payment.language, ...termsFor(parts.settings, contract).languages]),
    ...(cdr && { cdr }),
    ...(invoice && { invoice }),
    ...(url && { url }),
  })
}

/** Who sells the energy: the operator of the site, else the party that owns the tariff. */
export async function sellerOf(
  { peers }: Pick<ReceiptParts, 'peers'>,
  payment: Pick<Payment, 'peerId' | 'tariff'>,
  location: Location | undefined,
): Promise<SlipParty> {
  const { country_code, party_id } = payment.tariff
  const role = (await peers?.get(payment.peerId))?.roles.find(
    (one) => sameCi(one.country_code, country_code) && sameCi(one.party_id, party_id),
  )
  const business = location?.operator ?? role?.business_details
  return {
    name: business?.name ?? `${country_code}-${party_id}`,
    lines: [
      ...(business && role && business.name !== role.business_details.name ? [role.business_details.name] : []),
      ...(business?.website ? [business.website] : []),
    ],
  }
}

interface Place {
  readonly name?: string | null
  readonly address: string
  readonly postal_code?: string | null
  readonly city: string
  readonly country: string
}

const placeOf = (place: Place | undefined): readonly string[] | undefined =>
  place && [
    ...(place.name ? [place.name] : []),
    place.address,
    [place.postal_code, place.city, place.country].filter(Boolean).join(' '),
  ]

/** A receipt as a page, as PDF or as signed values. Who guesses gets the same answer as who mistypes. */
export async function serveReceipt(
  parts: ReceiptParts,
  token: string,
  { form, languages = [] }: ReceiptAsked,
): Promise<ReceiptAnswer> {
  const reference = referenceOf(parts.settings.keySecret, token)
  const payment = reference === undefined ? undefined : await byReference(parts.payments, reference)
  const slip = payment && (await slipFor(parts, payment))
  if (!slip || (form === 'signed' && !slip.signed)) {
    const headers = { ...SLIP_HEADERS, 'cache-control': 'no-store' }
    const language = slipLanguage(languages)
    const word = { title: slipWord(language, 'not-here'), text: slipWord(language, 'not-here-how') }
    return { status: 404, headers, body: plainPage(language, word) }
  }
  const final = slip.payment?.state !== 'pending'
  // A later refund changes it, so nobody keeps it for long; and it is no one else's.
  const headers = { ...SLIP_HEADERS, 'cache-control': final ? 'private, max-age=60' : 'no-store' }
  if (form === 'pdf') {
    const named = { 'content-disposition': `inline; filename="${slip.number}.pdf"` }
    return {
      status: 200,
      headers: { ...headers, 'content-type': 'application/pdf', ...named },
      body: await (parts.pdf ?? slipPdf)(slip),
    }
  }
  if (form === 'signed' && slip.signed) {
    const named = { 'content-disposition': `attachment; filename="${SIGNED_FILE}"` }
    return {
      status: 200,
      headers: { ...headers, 'content-type': 'application/xml', ...named },
      body: signedXml(slip.signed),
    }
  }
  const own = encodeURIComponent(token)
  return { status: 200, headers, body: slipHtml(slip, { pdf: `${own}/pdf`, signed: `${own}/signed` }) }
}
