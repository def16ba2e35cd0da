/** What the driver gets in the hand: built from the payment and its CDR only, never from a running figure. (F72, I9) */
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { Price } from '@plugtill/ocpi/types'
import { formatDateTime, parseDateTime } from '@plugtill/ocpi/types'
import type { Receipt, ReceiptStatus } from '@plugtill/terminal/link'
import { isZero, netOf, zero } from './amounts.ts'
import type { Payment } from './payment.ts'
import { dueOf, taxesOf } from './prices.ts'

export interface ReceiptParts {
  readonly merchant: string
  readonly locationName: string
  readonly label: string
  readonly cdr?: CdrReceived
  readonly invoiceUrl?: string
}

/** Names of the CDR's partial costs. (cdrs › CDR) */
const PARTS = [
  ['energy', 'total_energy_cost'],
  ['time', 'total_time_cost'],
  ['parking', 'total_parking_cost'],
  ['fixed', 'total_fixed_cost'],
] as const

function statusOf(payment: Payment): ReceiptStatus {
  if (payment.state === 'declined') return 'declined'
  if (payment.state === 'voided') return 'voided'
  const { refunds = [] } = payment
  // Money that is on its way back is not back yet. (F72)
  if (payment.state !== 'captured' || refunds.some(({ status }) => status === 'asked')) return 'pending'
  if (refunds.length > 0 && isZero(netOf(payment))) return 'refunded'
  return payment.advice?.status === 'PARTIAL_SUCCESS' && refunds.length === 0 ? 'partial' : 'captured'
}

export function receiptOf(payment: Payment, parts: ReceiptParts): Receipt {
  const { cdr } = parts
  const currency = payment.asked.currency
  const cost = (price: Price | null | undefined) => price && dueOf(price, currency)
  const lines = cdr
    ? PARTS.flatMap(([text, field]) => {
        const amount = cost(cdr[field])
        return amount ? [{ text, amount }] : []
      })
    : []
  return {
    reference: payment.id,
    at: formatDateTime(payment.advice?.at ?? payment.createdAt),
    merchant: parts.merchant,
    locationName: parts.locationName,
    label: parts.label,
    energyKwh: cdr?.total_energy ?? payment.session?.kwh ?? 0,
    durationS: cdr ? Math.round((parseDateTime(cdr.end_date_time) - parseDateTime(cdr.start_date_time)) / 1000) : 0,
    lines,
    total: payment.captured ? netOf(payment) : zero(currency),
    // Taxes are those of what was really taken; they are only told when the CDR tells them. (E-73)
    taxes: payment.captured && cdr ? taxesOf(netOf(payment), cdr.total_cost) : [],
    card: { brand: payment.card.brand, masked: payment.card.masked },
    eftData: payment.eftData ?? [],
    ...(parts.invoiceUrl && { invoiceUrl: parts.invoiceUrl }),
    status: statusOf(payment),
  }
}
