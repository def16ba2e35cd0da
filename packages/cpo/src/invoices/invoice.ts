/** The driver's invoice of a session this operator bills: from the CDR, completed by what the card terminal captured. */
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Price } from '@plugtill/ocpi/types'
import { add, type Decimal, decimal, toText } from '@plugtill/pricing/decimal'
import { grossOf } from '@plugtill/pricing/money'
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
    readonly eftData: readonly string[]
    readonly message?: string
  }
}

/** Undefined while there is no CDR, and when the partner makes the invoice. (C-608) */
export function invoiceOf(session: ChargingSession, issuer: string): Invoice | undefined {
  if (session.cdr === undefined || session.terms.invoiceBy !== 'CPO') return undefined
  const cdr = JSON.parse(session.cdr) as Cdr
  const { advice } = session
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
    currency: cdr.currency,
    lines: linesOf(cdr),
    net: money(decimal(cdr.total_cost.before_taxes)),
    taxes: (cdr.total_cost.taxes ?? []).map(({ name, percentage, amount }) => ({
      name,
      amount: money(decimal(amount)),
      ...(percentage == null ? {} : { percentage }),
    })),
    total: money(grossOf(cdr.total_cost)),
    ...(advice === undefined
      ? {}
      : {
          payment: {
            status: advice.capture_status_code as NonNullable<Invoice['payment']>['status'],
            captured: money(grossOf(advice.total_costs)),
            eftData: advice.eft_data,
            ...(advice.capture_status_message == null ? {} : { message: advice.capture_status_message }),
          },
        }),
  }
}

function linesOf(cdr: Cdr): readonly InvoiceLine[] {
  const line = (text: string, price: Price | null | undefined, quantity?: string): readonly InvoiceLine[] =>
    price == null ? [] : [{ text, amount: money(grossOf(price)), ...(quantity === undefined ? {} : { quantity }) }]
  const chargedH = add(decimal(cdr.total_time), decimal(-(cdr.total_parking_time ?? 0)))
  return [
    ...line('Energy', cdr.total_energy_cost, `${toText(decimal(cdr.total_energy), 3)} kWh`),
    ...line('Charging time', cdr.total_time_cost, `${toText(chargedH, 4)} h`),
    ...line('Time after charging', cdr.total_parking_cost, `${toText(decimal(cdr.total_parking_time ?? 0), 4)} h`),
    ...line('Per session', cdr.total_fixed_cost),
  ]
}

const money = (amount: Decimal): string => toText(amount, 2)
