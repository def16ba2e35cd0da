/** What the driver pays for, line by line, and the taxes in it: from the CDR, adding up to what was really taken. Pure. */
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { Price } from '@plugtill/ocpi/types'
import {
  compare,
  type Decimal,
  decimal,
  divide,
  floorScaled,
  multiply,
  scaled,
  subtract,
  sum,
  toNumber,
  toText,
} from '@plugtill/pricing/decimal'
import type { Money } from '@plugtill/psp/psp'
import type { SlipLine, SlipTax } from '@plugtill/receipt/slip'
import { dueFor, netOf } from '../payment/amounts.ts'
import type { Payment } from '../payment/payment.ts'
import { dueOf, type TaxShare, taxesOf } from '../payment/prices.ts'

/** Partial costs of a CDR, net and taxes each. (cdrs › CDR) */
const PARTS = [
  'total_energy_cost',
  'total_time_cost',
  'total_parking_cost',
  'total_fixed_cost',
  'total_reservation_cost',
] as const

const partsOf = (cdr: CdrReceived): readonly Price[] => PARTS.flatMap((field) => cdr[field] ?? [])
const netsOf = (prices: readonly Price[]): Decimal => sum(prices.map(({ before_taxes }) => decimal(before_taxes)))
/** The parts are the whole of the bill, taxes apart: no least or highest price stands between them. */
const areWhole = (cdr: CdrReceived): boolean =>
  compare(netsOf(partsOf(cdr)), decimal(cdr.total_cost.before_taxes)) === 0

/**
 * Lines of the CDR; what they leave open is rounding, the taxes where the parts tell none, or the least or highest price of the
 * tariff. (G-18)
 */
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
  const parked = cdr.total_parking_time ?? undefined
  const lines = [
    ...line('energy', cdr.total_energy_cost, { amount: toText(decimal(cdr.total_energy), 3), unit: 'kWh' }),
    ...line('time', cdr.total_time_cost, hours(cdr.total_time - (parked ?? 0))),
    ...line('parking', cdr.total_parking_cost, parked === undefined ? undefined : hours(parked)),
    ...line('reservation', cdr.total_reservation_cost),
    ...line('fixed', cdr.total_fixed_cost),
  ]
  if (lines.length === 0) return [{ text: 'session', amountMinor: due.amountMinor }]
  const open = due.amountMinor - lines.reduce((all, { amountMinor }) => all + amountMinor, 0)
  if (open === 0) return lines
  const text = Math.abs(open) <= lines.length ? 'rounding' : areWhole(cdr) ? 'taxes' : 'bound'
  return [...lines, { text, amountMinor: open }]
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

/** Four are the custom; amounts are added up as exactly as anybody writes them. */
const MOST_DECIMALS = 9

/** One for each name and rate: a CDR may name the same tax once for each part. */
export function taxesPaid(paid: Money, cdr: CdrReceived | undefined): readonly TaxShare[] {
  if (!cdr || cdr.currency !== paid.currency) return []
  const { total_cost } = cdr
  const same = Map.groupBy(total_cost.taxes ?? [], ({ name, percentage }) => JSON.stringify([name, percentage ?? null]))
  const taxes = [...same.values()].map(([first, ...more]) => ({
    ...first!,
    amount: toNumber(sum([first!, ...more].map(({ amount }) => decimal(amount))), MOST_DECIMALS),
  }))
  return taxesOf(paid, { ...total_cost, taxes })
}

/** The taxes in `paid`, in proportion, each with what it was reckoned from as far as the CDR tells. None invented. (E-73) */
export function slipTaxes(
  paid: Money,
  cdr: CdrReceived | undefined,
): { readonly net?: number; readonly taxes: readonly SlipTax[] } {
  const taxes = taxesPaid(paid, cdr)
  if (!cdr || taxes.length === 0) return { taxes: [] }
  const net = taxes.reduce((left, { amount }) => left - amount.amountMinor, paid.amountMinor)
  const bases = taxes.length === 1 ? [net] : basesOf(net, cdr, taxes)
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

/**
 * Of several taxes: the net in the share of the parts that carry each. Unknown unless the parts are the whole, and where no part
 * names one of them. Where each part carries one they are together the net.
 */
function basesOf(net: number, cdr: CdrReceived, taxes: readonly TaxShare[]): readonly number[] | undefined {
  const [parts, whole] = [partsOf(cdr), decimal(cdr.total_cost.before_taxes)]
  const carriers = taxes.map((tax) =>
    parts.filter((part) =>
      part.taxes?.some(({ name, percentage }) => name === tax.name && (percentage ?? undefined) === tax.percentage),
    ),
  )
  if (!areWhole(cdr) || whole.numerator <= 0 || carriers.some(({ length }) => length === 0)) return undefined
  const shares = carriers.map((some) => multiply(decimal(net), divide(netsOf(some), whole)))
  const isOnce = parts.every((part) => carriers.filter((some) => some.includes(part)).length === 1)
  return isOnce ? togetherWhole(shares, net) : shares.map((share) => Number(scaled(share, 0)))
}

/** Rounded down, and what that leaves open goes to those that have lost most by it. */
function togetherWhole(shares: readonly Decimal[], whole: number): readonly number[] {
  const floors = shares.map((share) => Number(floorScaled(share, 0)))
  const open = whole - floors.reduce((all, floor) => all + floor, 0)
  const lost = shares.map((share, at) => subtract(share, decimal(floors[at] ?? 0)))
  const first = [...lost.keys()].toSorted((a, b) => compare(lost[b]!, lost[a]!)).slice(0, open)
  return floors.map((floor, at) => floor + (first.includes(at) ? 1 : 0))
}

/** Energy in kWh as decimal text. */
export const energyText = (kwh: number): string => toText(decimal(kwh), 3)
