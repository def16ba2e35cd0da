/** The driver's documents of one payment: the invoice, and what takes it back or its place. Pure. (C-608, C-710) */
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Price } from '@plugtill/ocpi/types'
import { decimal, subtract, toText } from '@plugtill/pricing/decimal'
import { grossOf, toMinor } from '@plugtill/pricing/money'
import type { Slip, SlipLine, SlipParty, SlipTax } from '@plugtill/receipt/slip'
import { type Bill, paymentOf } from './bill.ts'

export interface Issuer {
  readonly seller: SlipParty
  readonly language: string
  /** Where the driver finds these documents. */
  readonly url?: string
}

/** In the order in which they were written; none while there is no CDR, or when the partner makes the invoice. */
export function documentsOf(bill: Bill, issuer: Issuer): readonly Slip[] {
  const cdrs = bill.cdrs.filter(({ invoice_reference_id }) => invoice_reference_id != null)
  const numbers = cdrs.map(numberOf)
  return cdrs.map((cdr, index) => {
    const creditAt = cdrs.findIndex(({ credit, credit_reference_id }) => credit && credit_reference_id === cdr.id)
    const before = numbers[cdr.credit ? cdrs.findIndex(({ id }) => id === cdr.credit_reference_id) : index - 2]
    const after = cdr.credit ? undefined : numbers[creditAt]
    return {
      kind: cdr.credit ? 'credit' : 'invoice',
      number: numbers[index] ?? cdr.id,
      ...(before === undefined ? {} : { corrects: before }),
      ...(after === undefined ? {} : { correctedBy: after }),
      reference: bill.reference,
      ...issuer,
      ...(bill.timeZone === undefined ? {} : { timeZone: bill.timeZone }),
      issuedAt: Date.parse(cdr.last_updated),
      session: sessionOf(cdr),
      ...amountsOf(cdr),
      // What was paid stands on the document that counts now.
      ...(index === cdrs.length - 1 ? { payment: paymentOf(bill, cdr.currency) } : {}),
      ...(cdr.credit || cdr.signed_data == null ? {} : { signed: signedOf(cdr.signed_data) }),
      ...(cdr.remark == null ? {} : { notes: [cdr.remark] }),
    }
  })
}

function numberOf(cdr: Cdr): string {
  const number = cdr.invoice_reference_id ?? cdr.id
  return cdr.credit ? `${number}-C` : number
}

function sessionOf({ cdr_location: place, ...cdr }: Cdr): Slip['session'] {
  return {
    place: [
      ...(place.name ? [place.name] : []),
      place.address,
      [place.postal_code, place.city, place.country].filter(Boolean).join(' '),
    ],
    charger: place.evse_id,
    from: Date.parse(cdr.start_date_time),
    until: Date.parse(cdr.end_date_time),
    energyKwh: toText(decimal(cdr.total_energy), 3),
  }
}

/** The total is rounded once (G-19); what stands above it has to add up to it. */
function amountsOf(cdr: Cdr): Pick<Slip, 'currency' | 'lines' | 'net' | 'taxes' | 'total'> {
  const { currency, total_cost } = cdr
  const total = toMinor(grossOf(total_cost), currency)
  const told = (total_cost.taxes ?? []).map((tax) => ({ ...tax, minor: toMinor(decimal(tax.amount), currency) }))
  const net = told.reduce((rest, { minor }) => rest - minor, total)
  const taxes = told.map(
    ({ name, percentage, minor }): SlipTax => ({
      name,
      amountMinor: minor,
      ...(percentage == null ? {} : { percentage }),
      // Of several taxes nobody has told what each was reckoned from.
      ...(told.length === 1 ? { netMinor: net } : {}),
    }),
  )
  return { currency, lines: linesOf(cdr, total), taxes, total, ...(taxes.length === 0 ? {} : { net }) }
}

function linesOf(cdr: Cdr, total: number): readonly SlipLine[] {
  // The partial costs of a credit are those of its original. (E-67)
  const sign = cdr.credit ? -1 : 1
  const line = (
    text: SlipLine['text'],
    price: Price | null | undefined,
    quantity?: SlipLine['quantity'],
  ): readonly SlipLine[] => {
    if (price == null) return []
    const amountMinor = sign * toMinor(grossOf(price), cdr.currency)
    return [{ text, amountMinor, ...(quantity === undefined ? {} : { quantity }) }]
  }
  const parked = decimal(cdr.total_parking_time ?? 0)
  const hours = (value: typeof parked) => ({ amount: toText(value, 4), unit: 'h' })
  const lines = [
    ...line('energy', cdr.total_energy_cost, { amount: toText(decimal(cdr.total_energy), 3), unit: 'kWh' }),
    ...line('time', cdr.total_time_cost, hours(subtract(decimal(cdr.total_time), parked))),
    ...line('parking', cdr.total_parking_cost, hours(parked)),
    ...line('reservation', cdr.total_reservation_cost),
    ...line('fixed', cdr.total_fixed_cost),
  ]
  const rest = total - lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
  if (rest === 0) return lines
  // Each line is rounded for itself; more than that is the least or highest price of the tariff. (G-18)
  const text = lines.length === 0 ? 'session' : Math.abs(rest) <= lines.length ? 'rounding' : 'bound'
  return [...lines, { text, amountMinor: rest }]
}

/** As it came: whoever checks a signature needs every sign of it. (cdrs › SignedData) */
function signedOf(data: NonNullable<Cdr['signed_data']>): NonNullable<Slip['signed']> {
  return {
    method: data.encoding_method,
    ...(data.encoding_method_version == null ? {} : { version: data.encoding_method_version }),
    ...(data.public_key == null ? {} : { publicKey: data.public_key }),
    values: data.signed_values.map(({ nature, plain_data, signed_data }) => ({
      nature,
      plain: plain_data,
      signed: signed_data,
    })),
    ...(data.url == null ? {} : { url: data.url }),
  }
}
