/** The driver's invoice of a session this operator bills: from the CDR, completed by what the card terminal captured. */
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { FinancialAdviceConfirmation } from '@plugtill/ocpi/modules/payments'
import { type Price, sameCi } from '@plugtill/ocpi/types'
import { add, decimal, toText } from '@plugtill/pricing/decimal'
import { currencyDigits, fromMinor, grossOf, toMinor } from '@plugtill/pricing/money'
import type { ChargingSession } from '../charging/session.ts'

export interface InvoiceLine {
  readonly text: string
  readonly quantity?: string
  /** Gross, as decimal text. */
  readonly amount: string
}

export interface Invoice {
  readonly number: string
  readonly reference: string
  readonly issuer: string
  readonly issuedAt: string
  readonly place: { readonly name: string; readonly address: string; readonly city: string; readonly evse: string }
  readonly from: string
  readonly until: string
  readonly energyKwh: string
  readonly currency: string
  readonly lines: readonly InvoiceLine[]
  readonly net: string
  readonly taxes: readonly { readonly name: string; readonly percentage?: number; readonly amount: string }[]
  readonly total: string
  /** From the financial advice confirmation; absent until it has come. (C-706, C-709) */
  readonly payment?: {
    readonly status: 'SUCCESS' | 'PARTIAL_SUCCESS' | 'FAILED'
    readonly captured: string
    readonly currency: string
    readonly eftData: readonly string[]
    readonly message?: string
  }
}

/** Undefined while there is no CDR, and when the partner makes the invoice. (C-608) */
export function invoiceOf(session: ChargingSession, issuer: string): Invoice | undefined {
  if (session.cdr === undefined || session.terms.invoiceBy !== 'CPO') return undefined
  const cdr = JSON.parse(session.cdr) as Cdr
  const { advice } = session
  const { currency } = cdr
  const total = toMinor(grossOf(cdr.total_cost), currency)
  const taxes = (cdr.total_cost.taxes ?? []).map((tax) => ({ ...tax, minor: toMinor(decimal(tax.amount), currency) }))
  return {
    number: cdr.invoice_reference_id ?? cdr.id,
    reference: cdr.authorization_reference ?? cdr.id,
    issuer,
    issuedAt: cdr.last_updated,
    place: {
      name: cdr.cdr_location.name ?? cdr.cdr_location.id,
      address: cdr.cdr_location.address,
      city: cdr.cdr_location.city,
      evse: cdr.cdr_location.evse_id,
    },
    from: cdr.start_date_time,
    until: cdr.end_date_time,
    energyKwh: toText(decimal(cdr.total_energy), 3),
    currency,
    lines: linesOf(cdr, total),
    // The total is rounded once (G-19); what stands above it has to add up to it.
    net: money(
      taxes.reduce((rest, { minor }) => rest - minor, total),
      currency,
    ),
    taxes: taxes.map(({ name, percentage, minor }) => ({
      name,
      amount: money(minor, currency),
      ...(percentage == null ? {} : { percentage }),
    })),
    total: money(total, currency),
    ...(advice === undefined
      ? {}
      : {
          payment: {
            status: advice.capture_status_code as NonNullable<Invoice['payment']>['status'],
            captured: capturedText(advice, currency),
            currency: advice.currency,
            eftData: advice.eft_data,
            ...(advice.capture_status_message == null ? {} : { message: advice.capture_status_message }),
          },
        }),
  }
}

function linesOf(cdr: Cdr, total: number): readonly InvoiceLine[] {
  let listed = 0
  const line = (text: string, price: Price | null | undefined, quantity?: string): readonly InvoiceLine[] => {
    if (price == null) return []
    const minor = toMinor(grossOf(price), cdr.currency)
    listed += minor
    return [{ text, amount: money(minor, cdr.currency), ...(quantity === undefined ? {} : { quantity }) }]
  }
  const chargedH = add(decimal(cdr.total_time), decimal(-(cdr.total_parking_time ?? 0)))
  const lines = [
    ...line('Energy', cdr.total_energy_cost, `${toText(decimal(cdr.total_energy), 3)} kWh`),
    ...line('Charging time', cdr.total_time_cost, `${toText(chargedH, 4)} h`),
    ...line('Time after charging', cdr.total_parking_cost, `${toText(decimal(cdr.total_parking_time ?? 0), 4)} h`),
    ...line('Per session', cdr.total_fixed_cost),
  ]
  const rest = total - listed
  if (rest === 0) return lines
  // Each line is rounded for itself; more than that is the least or highest price of the tariff. (G-18)
  const text = Math.abs(rest) <= lines.length ? 'Rounding' : 'Least or highest price of the tariff'
  return [...lines, { text, amount: money(rest, cdr.currency) }]
}

/** A partner's currency need not be ours, nor one that exists. */
function capturedText({ currency, total_costs }: FinancialAdviceConfirmation, ours: string): string {
  const gross = grossOf(total_costs)
  return sameCi(currency, ours) ? money(toMinor(gross, ours), ours) : toText(gross, 2)
}

const money = (amountMinor: number, currency: string): string =>
  toText(fromMinor({ amountMinor, currency }), currencyDigits(currency))
