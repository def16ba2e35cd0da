/** The receipt that a driver reads, against capture and CDR: what makes it differ, by the values alone. (I9) */
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Payment } from '../src/payment/payment.ts'
import { type Issued, issuedFor, receiptDiffers } from '../src/reconcile/receipt-check.ts'
import { eur, paymentIn, T0, tariff } from './samples.ts'
import { cdrFor } from './scripted-cpo.ts'

const price = (net: number, ...taxes: readonly (readonly [string, number])[]) => ({
  before_taxes: net,
  taxes: taxes.map(([name, amount]) => ({ name, amount })),
})
const cdr = cdrFor(20, {
  total_energy_cost: price(8, ['VAT', 1.6]),
  total_parking_cost: price(2, ['VAT', 0.4]),
  total_cost: price(10, ['VAT', 2]),
})
const payment = paymentIn('captured', { cdr: { id: 'CDR1', hash: 'h', due: eur(1200) }, captured: eur(1200) })
const right = issuedFor(payment, cdr)!
const energy = right.lines[0]!
const differences = (receipt: Issued | undefined, of: CdrReceived = cdr, change: Partial<Payment> = {}) =>
  receiptDiffers({ payment: { ...payment, ...change }, cdr: of, ...(receipt && { receipt }) })
const words = (...given: Parameters<typeof differences>) => differences(...given).map(({ message }) => message)

test('the receipt that is issued agrees', () => {
  expect(right).toMatchObject({ total: 1200, net: 1000, taxes: [{ name: 'VAT', amountMinor: 200 }] })
  expect(words(right)).toEqual([])
})

test.each<[string, Partial<Issued>, string[]]>([
  ['a total of a cent less', { total: 1199 }, ['The receipt does not add up to what was taken.']],
  [
    'a line left out',
    { lines: [energy] },
    ['The receipt does not add up to what was taken.', 'The receipt shows another bill than CDR CDR1.'],
  ],
  [
    'a line left out and made up for by a correction that balances it',
    { lines: [energy, { text: 'corrected', amountMinor: 240 }] },
    ['The receipt shows another bill than CDR CDR1.'],
  ],
  [
    'a tax that was taken from the net',
    { net: 1050, taxes: [{ name: 'VAT', amountMinor: 150 }] },
    ['The receipt shows other taxes than CDR CDR1.'],
  ],
  [
    'a tax of another name',
    { taxes: [{ name: 'GST', amountMinor: 200 }] },
    ['The receipt shows other taxes than CDR CDR1.'],
  ],
  ['no tax at all', { net: 1200, taxes: [] }, ['The receipt shows other taxes than CDR CDR1.']],
])('%s is found', (_what, change, found) => {
  const shown = differences({ ...right, ...change })
  expect(shown.map(({ id }) => id)).toEqual(found.map(() => 'RECEIPT_DIFFERS'))
  expect(shown.map(({ message }) => message.replace(/ Ours: .*/, ''))).toEqual(found)
})

test('a tax that the CDR does not tell is found, and a receipt that cannot be drawn', () => {
  const { total_cost: _, ...rest } = cdr
  const untold: CdrReceived = { ...rest, total_cost: { before_taxes: 12 } }
  expect(words(right, untold)).toEqual([expect.stringContaining('shows other taxes')])
  expect(words(undefined)).toEqual([expect.stringContaining('cannot be drawn')])
})

test('parts that leave something of the total open are found, unless a least or highest price explains it', () => {
  const open = { ...cdr, total_parking_cost: undefined }
  const shown = issuedFor(payment, open)
  expect(shown?.lines.map(({ text }) => text)).toEqual(['energy', 'bound'])
  expect(words(shown, open)).toEqual([
    'The parts of CDR CDR1 leave 2.40 EUR of its total open, and no least or highest price explains it. Ours: 12.00 EUR; theirs: 9.60 EUR.',
  ])
  const least = { ...tariff, min_price: { before_taxes: 10 } }
  expect(words(shown, open, { tariff: least })).toEqual([])
  expect(words(shown, { ...open, tariffs: [least] })).toEqual([])
})

test('one that is not final shows nothing and is not compared; nor is one where nothing was taken', () => {
  const pending = { lines: [], taxes: [] }
  expect(receiptDiffers({ payment: { ...payment, state: 'stuck' }, cdr, receipt: pending })).toEqual([])
  expect(words(pending)).toEqual([expect.stringContaining('cannot be drawn')])
  expect(receiptDiffers({ payment: paymentIn('voided'), cdr })).toEqual([])
})

test('whatever was held, paid back and rounded: what our own code issues agrees', () => {
  const amounts = fc.record({
    parts: fc.array(fc.tuple(fc.integer({ min: 0, max: 9999 }), fc.constantFrom<number>(0, 7, 19, 21)), {
      minLength: 1,
      maxLength: 4,
    }),
    held: fc.integer({ min: 1, max: 50_000 }),
    back: fc.integer({ min: 0, max: 20_000 }),
    twice: fc.boolean(),
  })
  const fields = ['total_energy_cost', 'total_time_cost', 'total_fixed_cost', 'total_reservation_cost'] as const
  fc.assert(
    fc.property(amounts, ({ parts, held, back, twice }) => {
      const cost = ([net, rate]: readonly [number, number]) =>
        price(net / 1000, [`VAT ${rate}`, (net * rate) / 100_000])
      const rates = [...new Set(parts.map(([, rate]) => rate))]
      const netAt = (rate: number) => parts.filter((part) => part[1] === rate).reduce((all, [net]) => all + net, 0)
      const net = parts.reduce((all, [each]) => all + each, 0)
      const total = price(net / 1000, ...rates.map((rate) => [`VAT ${rate}`, (netAt(rate) * rate) / 100_000] as const))
      const bill = cdrFor(1, {
        ...Object.fromEntries(parts.map((part, at) => [fields[at], cost(part)])),
        total_cost: total,
      })
      const gross = net / 1000 + rates.reduce((all, rate) => all + (netAt(rate) * rate) / 100_000, 0)
      const due = Math.round(gross * 100 + 1e-9)
      const taken = Math.min(due, held)
      fc.pre(taken > 0)
      const refunds = [
        { id: 'a', amount: eur(Math.min(back, taken)), why: 'c', status: 'done' as const, adviceId: 'x', askedAt: T0 },
        ...(twice ? [{ id: 'b', amount: eur(taken), why: 'twice', status: 'done' as const }] : []),
      ]
      const paid = paymentIn('captured', {
        held: eur(held),
        cdr: { id: 'CDR1', hash: 'h', due: eur(due) },
        captured: eur(taken * (twice ? 2 : 1)),
        refunds,
      })
      const receipt = issuedFor(paid, bill)
      expect(receiptDiffers({ payment: paid, cdr: bill, ...(receipt && { receipt }) })).toEqual([])
    }),
    { numRuns: 500 },
  )
})
