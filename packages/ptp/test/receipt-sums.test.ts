/** Lines and taxes of a receipt: each said once, none invented, and sums that are sums. (E-73) */
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import { sayKnown } from '@plugtill/terminal/texts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { receiptOf } from '../src/payment/receipt.ts'
import { slipLines, slipTaxes } from '../src/receipts/costs.ts'
import { issuedFor, receiptDiffers } from '../src/reconcile/receipt-check.ts'
import { eur, paymentIn } from './samples.ts'
import { cdrFor } from './scripted-cpo.ts'

const price = (net: number, ...taxes: readonly (readonly [name: string, percentage: number, amount: number])[]) => ({
  before_taxes: net,
  taxes: taxes.map(([name, percentage, amount]) => ({ name, percentage, amount })),
})
const paidFor = (due: number) =>
  paymentIn('captured', { cdr: { id: 'CDR1', hash: 'h', due: eur(due) }, captured: eur(due) })

test('a tax that the total names once for each part is one tax, also where the books are compared', () => {
  const cdr = cdrFor(10, {
    total_energy_cost: price(10, ['VAT', 21, 2.1]),
    total_parking_cost: price(5, ['VAT', 21, 1.05]),
    total_cost: price(15, ['VAT', 21, 2.1], ['VAT', 21, 1.05]),
  })
  const vat = { name: 'VAT', percentage: 21, netMinor: 1500, amountMinor: 315 }
  expect(slipTaxes(eur(1815), cdr)).toEqual({ net: 1500, taxes: [vat] })
  const payment = paidFor(1815)
  const shown = receiptOf(payment, { merchant: '', locationName: '', label: '', cdr })
  expect(shown.taxes).toEqual([{ name: 'VAT', percentage: 21, amount: eur(315) }])
  expect(receiptDiffers({ payment, cdr, receipt: issuedFor(payment, cdr)! })).toEqual([])
  // The same name with another rate is another tax, and one without a rate is not one with.
  const total_cost = price(15, ['VAT', 21, 2.1], ['VAT', 9, 0.45])
  expect(slipTaxes(eur(1755), { ...cdr, total_cost }).taxes.map(({ amountMinor }) => amountMinor)).toEqual([210, 45])
})

const FIELDS = ['total_energy_cost', 'total_time_cost', 'total_fixed_cost', 'total_reservation_cost'] as const

test('of several rates the nets are together the net, whatever decimals the costs have and whatever was taken of them', () => {
  const part = fc.tuple(fc.integer({ min: 0, max: 99_999 }), fc.constantFrom<number>(0, 7, 9, 21))
  const bills = fc.array(part, { minLength: 2, maxLength: 4 }).filter((parts) => parts.some(([net]) => net > 0))
  fc.assert(
    fc.property(bills, fc.integer({ min: 1, max: 40_000 }), (parts, paid) => {
      const tax = (net: number, rate: number) => Math.round((net * rate) / 100) / 1000
      const costs = parts.map(([net, rate]) => price(net / 1000, ['VAT', rate, tax(net, rate)] as const))
      const total_cost = {
        before_taxes: parts.reduce((all, [net]) => all + net, 0) / 1000,
        taxes: costs.flatMap(({ taxes }) => taxes),
      }
      const cdr = cdrFor(1, { ...Object.fromEntries(costs.map((cost, at) => [FIELDS[at], cost])), total_cost })
      const { net = 0, taxes } = slipTaxes(eur(paid), cdr)
      expect(new Set(taxes.map(({ percentage }) => percentage)).size).toBe(taxes.length)
      expect(taxes.reduce((all, { netMinor = Number.NaN }) => all + netMinor, 0)).toBe(net)
      expect(taxes.reduce((all, { amountMinor }) => all + amountMinor, net)).toBe(paid)
      for (const { percentage, netMinor = Number.NaN } of taxes) {
        const told = parts.reduce((all, [each, rate]) => all + (rate === percentage ? each : 0), 0)
        expect(Math.abs(netMinor - (net * told) / (total_cost.before_taxes * 1000))).toBeLessThan(1)
      }
    }),
    { numRuns: 500 },
  )
})

test('what rounding down leaves open goes to the net that has lost most by it', () => {
  const cdr = cdrFor(1, {
    total_energy_cost: price(1.001, ['VAT', 21, 0.21]),
    total_parking_cost: price(1.009, ['VAT', 9, 0.09]),
    total_cost: price(2.01, ['VAT', 21, 0.21], ['VAT', 9, 0.09]),
  })
  expect(slipTaxes(eur(231), cdr)).toMatchObject({ net: 201, taxes: [{ netMinor: 100 }, { netMinor: 101 }] })
})

test('a tax that no part names has no net that anybody has told', () => {
  const cdr = cdrFor(1, {
    total_energy_cost: price(5),
    total_parking_cost: price(2),
    total_cost: price(7, ['VAT', 21, 1.05], ['VAT', 9, 0.18]),
  })
  expect(slipTaxes(eur(823), cdr).taxes.map(({ netMinor }) => netMinor)).toEqual([undefined, undefined])
})

test('parts without taxes: what is missing to the total are the taxes, and no least or highest price', () => {
  const lines = (change: Partial<CdrReceived>, due: number) =>
    slipLines(paidFor(due), cdrFor(10, change)).map(({ text, amountMinor }) => [text, amountMinor])
  const total_cost = price(5, ['VAT', 21, 1.05])
  expect(lines({ total_energy_cost: price(5), total_cost }, 605)).toEqual([
    ['energy', 500],
    ['taxes', 105],
  ])
  expect(lines({ total_energy_cost: price(4, ['VAT', 21, 0.84]), total_cost }, 605)).toEqual([
    ['energy', 484],
    ['bound', 121],
  ])
  const words = ['en', 'de', 'nl'].map((language) => sayKnown(language, 'receipt-line', 'taxes'))
  expect(words).toEqual(['Taxes', 'Steuern', 'Belastingen'])
  const payment = paidFor(605)
  const cdr = cdrFor(10, { total_energy_cost: price(5), total_cost })
  expect(receiptDiffers({ payment, cdr, receipt: issuedFor(payment, cdr)! })).toEqual([])
})

test('parking whose time nobody has told has no quantity', () => {
  const cost = { total_parking_cost: price(2, ['VAT', 21, 0.42]), total_cost: price(2, ['VAT', 21, 0.42]) }
  const [untold] = slipLines(paidFor(242), cdrFor(10, cost))
  expect(untold).toEqual({ text: 'parking', amountMinor: 242 })
  const [told] = slipLines(paidFor(242), cdrFor(10, { ...cost, total_parking_time: 0.25 }))
  expect(told?.quantity).toEqual({ amount: '0.250', unit: 'h' })
})
