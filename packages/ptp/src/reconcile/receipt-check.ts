/**
 * The receipt as the driver reads it now, against capture and CDR. The sums that made it are not used here: lines that
 * balance by themselves, or a tax that is what is left, would always agree. Pure. (I9, E-14)
 */
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { Slip } from '@plugtill/receipt/slip'
import { amountDue } from '../cdr-intake.ts'
import { netOf } from '../payment/amounts.ts'
import type { Payment } from '../payment/payment.ts'
import { moneyText } from '../payment/prices.ts'
import { readable } from '../readable.ts'
import { slipOf } from '../receipts/slip-of.ts'
import { differs, type Finding } from './findings.ts'

/** What it says about money. */
export type Issued = Pick<Slip, 'lines' | 'net' | 'taxes' | 'total'>

/** Places and parties have no part in the sums. */
const NOWHERE = { issuer: '', seller: { name: '' }, place: [], charger: '', language: 'en' }

/** Undefined: it cannot be drawn. */
export const issuedFor = (payment: Payment, cdr: CdrReceived | undefined): Issued | undefined =>
  readable(() => slipOf(payment, { ...NOWHERE, ...(cdr && { cdr }) }))

export const linesTotal = ({ lines }: Issued): number => lines.reduce((all, { amountMinor }) => all + amountMinor, 0)

/** What has become of the bill since: the rest of the lines is the bill itself. */
const AFTER_THE_BILL: readonly string[] = ['above-hold', 'corrected', 'refunded']

export interface Compared {
  readonly payment: Payment
  readonly cdr?: CdrReceived
  readonly receipt?: Issued
}

export function receiptDiffers({ payment, cdr: bill, receipt }: Compared): readonly Finding[] {
  const { id, captured, state } = payment
  // One that is not final yet shows no amount at all. (F72)
  if (!captured || (receipt && receipt.total === undefined && state !== 'captured')) return []
  const paid = netOf(payment)
  const { currency } = paid
  // One in another currency has no part in it: that nothing was billed in this one is a finding of the capture.
  const cdr = bill?.currency === currency ? bill : undefined
  const told = (what: string, minor: number | undefined, ours = paid) =>
    differs('RECEIPT_DIFFERS', id, {
      ours,
      ...(minor !== undefined && { theirs: { currency, amountMinor: minor } }),
      what,
    })
  if (receipt?.total === undefined) return [told('The receipt cannot be drawn.', undefined)]
  const { total, net = total, taxes } = receipt
  const taxed = taxes.reduce((all, { amountMinor }) => all + amountMinor, net)
  const wrong = [total, linesTotal(receipt), taxed].filter((sum) => sum !== paid.amountMinor)
  return [
    ...[...new Set(wrong)].map((sum) => told('The receipt does not add up to what was taken.', sum)),
    ...billShown(payment, cdr, receipt).map(({ what, shown, ours }) => told(what, shown, ours)),
    ...taxShown(paid.amountMinor, cdr, receipt).map(({ what, shown }) => told(what, shown)),
  ]
}

/** Its lines are those of the CDR, and a rest among them has a reason that the driver knew: a least or highest price. */
function billShown({ tariff }: Payment, cdr: CdrReceived | undefined, { lines }: Issued) {
  const due = cdr && readable(() => amountDue(cdr))
  if (!due) return []
  const ofBill = lines.filter(({ text }) => !AFTER_THE_BILL.includes(text))
  const shown = ofBill.reduce((all, { amountMinor }) => all + amountMinor, 0)
  if (shown !== due.amountMinor)
    return [{ what: `The receipt shows another bill than CDR ${cdr.id}.`, shown, ours: due }]
  const rest = ofBill.find(({ text }) => text === 'bound')
  const limited = [tariff, ...(cdr.tariffs ?? [])].some((one) => one.min_price != null || one.max_price != null)
  if (!rest || limited) return []
  const amount = moneyText({ ...due, amountMinor: rest.amountMinor })
  const what = `The parts of CDR ${cdr.id} leave ${amount} of its total open, and no least or highest price explains it.`
  return [{ what, shown: shown - rest.amountMinor, ours: due }]
}

interface Taxed {
  readonly name: string
  readonly percentage?: number | null
  readonly amountMinor: number
}

/**
 * Each tax is that of the CDR, however often it is named there, in the share of its total that was taken; each figure is
 * rounded once, so it may be off by one.
 */
export function taxesAreOf(cdr: CdrReceived | undefined, paidMinor: number, taxes: readonly Taxed[]): boolean {
  const cost = cdr?.total_cost
  const told = cost?.taxes ?? []
  const gross = told.reduce((all, { amount }) => all + amount, cost?.before_taxes ?? 0)
  const shares = gross > 0 ? told.map((tax) => ({ ...tax, amountMinor: (tax.amount / gross) * paidMinor })) : []
  const [due, shown] = [byRate(shares), byRate(taxes)]
  return (
    due.size === shown.size &&
    [...due].every(([rate, of]) => {
      const said = shown.get(rate)
      return said !== undefined && Math.abs(total(said) - total(of)) <= said.length
    })
  )
}

const byRate = (taxes: readonly Taxed[]) =>
  Map.groupBy(taxes, ({ name, percentage }) => JSON.stringify([name, percentage ?? null]))
const total = (taxes: readonly Taxed[]) => taxes.reduce((all, { amountMinor }) => all + amountMinor, 0)

function taxShown(paidMinor: number, cdr: CdrReceived | undefined, { taxes }: Issued) {
  if (taxesAreOf(cdr, paidMinor, taxes)) return []
  const shown = taxes.reduce((all, { amountMinor }) => all + amountMinor, 0)
  return [{ what: `The receipt shows other taxes than CDR ${cdr?.id ?? '(none)'}.`, shown }]
}
