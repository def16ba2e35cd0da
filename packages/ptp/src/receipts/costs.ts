/** What the driver pays for, line by line, and the taxes in it: from the CDR, adding up to what was really taken. Pure. */
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { Price } from '@plugtill/ocpi/types'
import { compare, decimal, divide, multiply, scaled, sum, toText } from '@plugtill/pricing/decimal'
import { currencyDigits, fromMinor, grossOf } from '@plugtill/pricing/money'
import type { Money } from '@plugtill/psp/psp'
import type { SlipLine, SlipTax } from '@plugtill/receipt/slip'
import { dueFor, netOf } from '../payment/amounts.ts'
import type { Payment } from '../payment/payment.ts'
import { dueOf, taxesOf } from '../payment/prices.ts'

/** Partial costs of a CDR, net and taxes each. (cdrs › CDR) */
const PARTS = [
  'total_energy_cost',
  'total_time_cost',
  'total_parking_cost',
  'total_fixed_cost',
  'total_reservation_cost',
] as const

/** Lines of the CDR; what they leave open is rounding, or the least or highest price of the tariff. (G-18) */
function linesOf(cdr: CdrReceived, due: Money): readonly SlipLine[] {
  const line = (
    text: string,
    price: Price | null | undefined,
    quantity?: SlipLine['quantity'],
  ): readonly SlipLine[] => {
    if (!price) return []
    const { amountMinor } = dueOf(price, due.currency)
    return [{ text, amountMinor, ...(quantity && { quantity }) }]
  }
  const hours = (value: number) => ({ amount: toText(decimal(value), 3), unit: 'h' })
  const parked = cdr.total_parking_time ?? 0
  const lines = [
    ...line('energy', cdr.total_energy_cost, { amount: toText(decimal(cdr.total_energy), 3), unit: 'kWh' }),
    ...line('time', cdr.total_time_cost, hours(cdr.total_time - parked)),
    ...line('parking', cdr.total_parking_cost, hours(parked)),
    ...line('reservation', cdr.total_reservation_cost),
    ...line('fixed', cdr.total_fixed_cost),
  ]
  if (lines.length === 0) return [{ text: 'session', amountMinor: due.amountMinor }]
  const open = due.amountMinor - lines.reduce((all, { amountMinor }) => all + amountMinor, 0)
  if (open === 0) return lines
  return [...lines, { text: Math.abs(open) <= lines.length ? 'rounding' : 'bound', amountMinor: open }]
}

/** Without what the provider took by itself, and gave or gives back: it was never part of the price. (F64) */
const takenOf = ({ captured, refunds = [] }: Payment): number =>
  (captured?.amountMinor ?? 0) - total(refunds.filter(({ status, adviceId }) => status !== 'refused' && !adviceId))

/** More was due, and no more was reserved. A capture by tariff or session, or a bill that came later, is not cut by the hold. */
export function cutByHold(payment: Payment): boolean {
  const [due, taken] = [dueFor(payment), takenOf(payment)]
  return due !== undefined && taken < due.amountMinor && taken >= (payment.held?.amountMinor ?? 0)
}

/** Gross lines whose sum is what the driver has paid in the end. */
export function slipLines(payment: Payment, anyCdr: CdrReceived | undefined): readonly SlipLine[] {
  const { currency } = payment.asked
  // Amounts of a bill in another currency are no part of these sums.
  const own = (money: Money | undefined) => (money?.currency === currency ? money : undefined)
  const cdr = anyCdr?.currency === currency ? anyCdr : undefined
  // A capture that was only found at the provider has no bill yet. (F75)
  const due = own(dueFor(payment)) ?? (payment.found ? payment.captured : undefined)
  const paid = netOf(payment).amountMinor
  if (!payment.captured || !due) return cdr && payment.cdr?.due.amountMinor === 0 ? linesOf(cdr, payment.cdr.due) : []
  const billed = own(payment.cdr?.due) ?? due
  const refunds = (payment.refunds ?? []).filter(({ status }) => status !== 'refused')
  const back = total(refunds.filter(({ adviceId }) => adviceId !== undefined))
  const open = paid - due.amountMinor
  const refunded = open < 0 ? -Math.min(-open, back) : 0
  const left = open - refunded
  const extra = (text: string, amountMinor: number): readonly SlipLine[] =>
    amountMinor === 0 ? [] : [{ text, amountMinor }]
  return [
    ...(cdr ? linesOf(cdr, billed) : [{ text: 'session', amountMinor: billed.amountMinor }]),
    ...extra('corrected', due.amountMinor - billed.amountMinor),
    ...extra(left < 0 && cutByHold(payment) ? 'above-hold' : 'corrected', left),
    ...extra('refunded', refunded),
  ]
}

const total = (refunds: readonly { readonly amount: Money }[]) =>
  refunds.reduce((all, { amount }) => all + amount.amountMinor, 0)

/** The taxes in `paid`, in proportion, each with what it was reckoned from as far as the CDR tells. None invented. (E-73) */
export function slipTaxes(
  paid: Money,
  cdr: CdrReceived | undefined,
): { readonly net?: number; readonly taxes: readonly SlipTax[] } {
  const taxes = cdr?.currency === paid.currency ? taxesOf(paid, cdr.total_cost) : []
  if (!cdr || taxes.length === 0) return { taxes: [] }
  const net = taxes.reduce((left, { amount }) => left - amount.amountMinor, paid.amountMinor)
  const bases = taxes.length === 1 ? [net] : basesOf(paid, cdr, taxes)
  return {
    net,
    taxes: taxes.map(({ name, percentage, amount }, index) => {
      const netMinor = bases?.[index]
      return {
        name,
        ...(percentage !== undefined && { percentage }),
        ...(netMinor !== undefined && { netMinor }),
        amountMinor: amount.amountMinor,
      }
    }),
  }
}

/** Of several taxes: the nets of the parts that carry each; unknown unless the parts are the whole. */
function basesOf(
  paid: Money,
  cdr: CdrReceived,
  taxes: readonly { readonly name: string; readonly percentage?: number }[],
): readonly number[] | undefined {
  const parts = PARTS.flatMap((field) => cdr[field] ?? [])
  const gross = grossOf(cdr.total_cost)
  const nets = (some: readonly Price[]) => sum(some.map(({ before_taxes }) => decimal(before_taxes)))
  if (compare(nets(parts), decimal(cdr.total_cost.before_taxes)) !== 0 || gross.numerator <= 0) return undefined
  const share = divide(fromMinor(paid), gross)
  return taxes.map((tax) => {
    const carriers = parts.filter((part) =>
      part.taxes?.some(({ name, percentage }) => name === tax.name && (percentage ?? undefined) === tax.percentage),
    )
    return Number(scaled(multiply(nets(carriers), share), currencyDigits(paid.currency)))
  })
}

/** Energy in kWh as decimal text. */
export const energyText = (kwh: number): string => toText(decimal(kwh), 3)
