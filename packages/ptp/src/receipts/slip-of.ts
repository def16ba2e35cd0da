/** The receipt of one payment: what the ledger knows about the money, what the CDR knows about the session. Pure. (I9, F72) */
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import { parseDateTime } from '@plugtill/ocpi/types'
import type { PaidState, SignedMeterData, Slip, SlipParty, SlipPayment } from '@plugtill/receipt/slip'
import { isZero, netOf } from '../payment/amounts.ts'
import type { Payment } from '../payment/payment.ts'
import { adviceOfCapture, advicesOf } from '../payment/told.ts'
import { cutByHold, energyText, slipLines, slipTaxes } from './costs.ts'

export interface SlipSurroundings {
  /** The platform that takes the card. */
  readonly issuer: string
  readonly seller: SlipParty
  readonly place: readonly string[]
  readonly charger: string
  readonly language: string
  readonly cdr?: CdrReceived
  /** The CPO makes the invoice: there, when the address is known; `later`: it has named none yet. (C-608, E-19) */
  readonly invoice?: { readonly url?: string; readonly later?: true }
  readonly url?: string
}

/** What the receipt says about the money. Only what the provider has confirmed is final. (F72) */
export function paidState(payment: Payment): PaidState {
  const { state, outcome, refunds = [] } = payment
  // A bank that asks for a PIN which nobody can give has reserved nothing either.
  if (state === 'declined') return outcome === 'declined' || outcome === 'pin-needed' ? 'declined' : 'not-charged'
  if (state === 'voided') return 'not-charged'
  if (!isCharged(payment) || refunds.some(({ status }) => status === 'asked')) return 'pending'
  // What was taken twice and given back is settled between the provider and us. (F64)
  if (refunds.some(({ status, adviceId }) => status === 'done' && adviceId !== undefined))
    return isZero(netOf(payment)) ? 'refunded' : 'partly-refunded'
  return cutByHold(payment) ? 'partly-paid' : 'paid'
}

/** Something was taken, and stands: only then there is anything to invoice. */
export const isCharged = ({ state, captured }: Payment): boolean => state === 'captured' && captured !== undefined

export function slipOf(payment: Payment, around: SlipSurroundings): Slip {
  const { cdr, invoice, url } = around
  const state = paidState(payment)
  const final = state !== 'pending'
  const paid = netOf(payment)
  const { number, corrects } = numbersOf(payment, final)
  return {
    kind: 'receipt',
    number,
    ...(corrects !== undefined && { corrects }),
    reference: payment.id,
    language: around.language,
    timeZone: payment.timeZone,
    issuedAt: issuedAt(payment),
    seller: around.seller,
    issuer: { name: around.issuer },
    session: sessionOf(payment, around),
    currency: payment.asked.currency,
    ...(final
      ? { lines: slipLines(payment, cdr), ...slipTaxes(paid, payment.captured && cdr), total: paid.amountMinor }
      : { lines: [], taxes: [] }),
    payment: paymentOf(payment, state),
    ...(cdr?.signed_data && { signed: signedOf(cdr.signed_data) }),
    ...(invoice &&
      (isCharged(payment) || (!final && invoice.later)) && { invoice: { by: around.seller.name, ...invoice } }),
    ...(url && { url }),
  }
}

/**
 * One number per outcome: a refund makes a new document that names the one it corrects. What is not final has none of
 * that kind and is marked by P.
 */
export function numbersOf(payment: Payment, final: boolean): { readonly number: string; readonly corrects?: string } {
  const id = payment.id.replaceAll('-', '').slice(0, 12).toUpperCase()
  if (!final) return { number: `P-${id}` }
  const times = outcomesOf(payment)
  const told = (at: number, nth: number) =>
    `R-${new Date(at).toISOString().slice(0, 10).replaceAll('-', '')}-${id}${nth > 1 ? `-${nth}` : ''}`
  const before = times.at(-2)
  return {
    number: told(issuedAt(payment), times.length),
    ...(before !== undefined && { corrects: told(before, times.length - 1) }),
  }
}

/**
 * When each was known. Of a capture and its refunds the CPO has an advice each; one that failed brought the driver nothing new,
 * unless it took a capture back. What was never charged has the time of the tap. (0046, F56, F66)
 */
function outcomesOf(payment: Payment): readonly number[] {
  const told = advicesOf(payment)
  const failed = told.findLastIndex(({ status }) => status === 'FAILED')
  const known = (isCharged(payment) ? told : told.slice(0, Math.max(0, failed))).filter(
    ({ status }) => status !== 'FAILED',
  )
  const times = known.map(({ at }) => at)
  if (isCharged(payment) && times.length > 0) return times
  return [...times, (times.length > 0 && told[failed]?.at) || payment.createdAt]
}

export const issuedAt = (payment: Payment): number => outcomesOf(payment).at(-1) ?? payment.createdAt

function sessionOf({ session }: Payment, { cdr, place, charger }: SlipSurroundings): Slip['session'] {
  const [from, until] = [cdr?.start_date_time ?? session?.startedAt, cdr?.end_date_time ?? session?.endedAt]
  const kwh = cdr?.total_energy ?? session?.kwh
  return {
    place,
    charger,
    ...(from && { from: parseDateTime(from) }),
    ...(until && { until: parseDateTime(until) }),
    ...(kwh !== undefined && { energyKwh: energyText(kwh) }),
  }
}

function paymentOf(payment: Payment, state: PaidState): SlipPayment {
  const { card, captured, refunds = [] } = payment
  const amountMinor = refunds.reduce((all, one) => all + (one.status === 'done' ? one.amount.amountMinor : 0), 0)
  const settled = state !== 'pending' && captured
  return {
    state,
    ...(settled && { captured, at: adviceOfCapture(payment)?.at ?? payment.createdAt }),
    ...(settled && amountMinor > 0 && { refunded: { ...captured, amountMinor } }),
    card: { brand: card.brand, masked: card.masked },
    eftData: payment.eftData ?? [],
  }
}

/** As it came: whoever checks a signature needs every sign of it. (cdrs › SignedData) */
function signedOf(data: NonNullable<CdrReceived['signed_data']>): SignedMeterData {
  return {
    method: data.encoding_method,
    ...(typeof data.encoding_method_version === 'number' && { version: data.encoding_method_version }),
    ...(data.public_key && { publicKey: data.public_key }),
    values: data.signed_values.map(({ nature, plain_data, signed_data }) => ({
      nature,
      plain: plain_data,
      signed: signed_data,
    })),
    ...(data.url && { url: data.url }),
  }
}
