/** What the driver gets in the hand: built from the payment and its CDR only, never from a running figure. (F72, I9) */
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import { formatDateTime, parseDateTime } from '@plugtill/ocpi/types'
import type { PaidState } from '@plugtill/receipt/slip'
import type { Receipt, ReceiptStatus } from '@plugtill/terminal/link'
import { slipLines, taxesPaid } from '../receipts/costs.ts'
import { issuedAt, paidState } from '../receipts/slip-of.ts'
import { netOf, zero } from './amounts.ts'
import type { Payment } from './payment.ts'

export interface ReceiptParts {
  readonly merchant: string
  readonly locationName: string
  readonly label: string
  readonly cdr?: CdrReceived
  readonly invoiceUrl?: string
}

const STATUS: Readonly<Record<PaidState, ReceiptStatus>> = {
  paid: 'captured',
  'partly-paid': 'partial',
  refunded: 'refunded',
  'partly-refunded': 'partly-refunded',
  'not-charged': 'voided',
  declined: 'declined',
  failed: 'voided',
  pending: 'pending',
  unconfirmed: 'pending',
}

export function receiptOf(payment: Payment, parts: ReceiptParts): Receipt {
  const { cdr } = parts
  const currency = payment.asked.currency
  const status = STATUS[paidState(payment)]
  const final = status !== 'pending'
  return {
    reference: payment.id,
    at: formatDateTime(issuedAt(payment)),
    merchant: parts.merchant,
    locationName: parts.locationName,
    label: parts.label,
    energyKwh: cdr?.total_energy ?? payment.session?.kwh ?? 0,
    durationS: cdr ? Math.round((parseDateTime(cdr.end_date_time) - parseDateTime(cdr.start_date_time)) / 1000) : 0,
    lines: final
      ? slipLines(payment, cdr).map(({ text, amountMinor }) => ({ text, amount: { amountMinor, currency } }))
      : [],
    total: payment.captured ? netOf(payment) : zero(currency),
    // Taxes are those of what was really taken; they are only told when the CDR tells them. (E-73)
    taxes: final && payment.captured ? taxesPaid(netOf(payment), cdr) : [],
    card: { brand: payment.card.brand, masked: payment.card.masked },
    eftData: payment.eftData ?? [],
    ...(parts.invoiceUrl && { invoiceUrl: parts.invoiceUrl }),
    status,
  }
}
