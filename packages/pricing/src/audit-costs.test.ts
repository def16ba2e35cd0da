import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { PriceComponent, Tariff, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import type { Price } from '@plugtill/ocpi/types'
import { expect, test } from 'vitest'
import { gross, period, right } from '../test/cdr.ts'
import { perKwh, tariffOf } from '../test/tariffs.ts'
import { auditCdr } from './audit.ts'

type Row = readonly [restrictions: TariffRestrictions | undefined, ...parts: PriceComponent[]]
const of = (...rows: readonly Row[]): Tariff =>
  tariffOf([], {
    elements: rows.map(([restrictions, ...price_components]) => ({ price_components, restrictions })),
    tax_included: 'N/A',
  })
const any = (...parts: PriceComponent[]) => of([undefined, ...parts])
const fee = (price: number): PriceComponent => ({ type: 'FLAT', price, step_size: 1 })

/** 20 kWh in an hour from 10:00 in Amsterdam; of its costs only the total is told. */
const plain: Cdr = {
  ...right,
  ...{ end_date_time: '2026-03-02T10:00:00Z', charging_periods: [period('09:00', { ENERGY: 20, TIME: 1 })] },
  ...{ total_time: 1, total_parking_time: null },
  ...{ total_energy_cost: null, total_time_cost: null, total_parking_cost: null },
}
const net = (before_taxes: number): Price => ({ before_taxes, taxes: [] })
const audited = (tariffs: Tariff | Tariff[], total: number | Price, more: Partial<Cdr> = {}) =>
  auditCdr(
    {
      ...{ ...plain, tariffs: [tariffs].flat(), total_cost: typeof total === 'number' ? net(total) : total },
      ...more,
    },
    { timeZone: 'Europe/Amsterdam' },
  )
const found = (...args: Parameters<typeof audited>) =>
  audited(...args)
    .findings.filter(({ id }) => id !== 'cost-missing')
    .map(({ id, path }) => `${id} ${path}`)

test.each<[mistake: string, tariff: Tariff | Tariff[], claimed: number, fits: string]>([
  [
    'the clock in UTC',
    of([{ end_time: '10:00' }, perKwh(0.5)], [{}, perKwh(1)]),
    10,
    'with the clock in UTC instead of local time',
  ],
  [
    'no highest price',
    { ...any(perKwh(1)), max_price: { before_taxes: 5 } },
    20,
    'that forgets min_price and max_price',
  ],
  [
    'no least price',
    { ...any(perKwh(1)), min_price: { before_taxes: 50 } },
    20,
    'that forgets min_price and max_price',
  ],
  ['no bound above', of([{ max_kwh: 5 }, perKwh(1)], [{}, perKwh(2)]), 20, 'with the bounds on kWh ignored'],
  ['no bound below', of([{ min_kwh: 5 }, perKwh(2)], [{}, perKwh(1)]), 40, 'with the bounds on kWh ignored'],
  ['no steps', any(perKwh(1, { step_size: 25_000 })), 20, 'without step_size'],
  ['no steps of one', [any(perKwh(1, { step_size: 25_000 })), any(perKwh(9))], 20, 'without step_size'],
  ['no tax', { ...any(perKwh(1, { vat: 20 })), tax_included: 'NO' }, 20, 'without taxes'],
])('a total that %s would explain says so (G-23)', (_mistake, tariff, claimed, fits) => {
  const { findings } = audited(tariff, claimed)
  const reason = findings.find(({ id }) => id === 'total-cost')?.reason
  expect(reason?.split('tolerance of ')[1]?.replace(/^[\d.]+\. /, '')).toBe(`It would fit a calculation ${fits}.`)
})

test('only the total is explained, and not by what comes to the right one', () => {
  const steps = any(perKwh(1, { step_size: 50 }))
  const power = { charging_periods: [period('09:00', { ENERGY: 20.01, TIME: 1 })], total_energy: 20.01 }
  // 20.05 with steps, 20.01 without: so near that neither mistake explains 19.93.
  const [near] = audited(steps, 19.93, power).findings
  expect(near?.reason).toMatch(/beyond the tolerance of 0\.1103\.$/)
  const parted = audited(any(perKwh(1, { step_size: 25_000 })), 20, { total_energy_cost: net(20) }).findings
  expect(parted.map(({ id, reason }) => [id, reason.includes('would fit')])).toEqual([
    ['total-cost', true],
    ['partial-cost', false],
  ])
})

const booking = of(
  [{ reservation: 'RESERVATION' }, { type: 'TIME', price: 4, step_size: 1 }, fee(1)],
  [{}, perKwh(0.5), fee(3)],
)
const booked: Partial<Cdr> = {
  charging_periods: [period('09:00', { RESERVATION_TIME: 0.25 }), period('09:15', { ENERGY: 20, TIME: 0.75 })],
  ...{ total_energy_cost: net(10), total_fixed_cost: net(3), total_reservation_cost: net(2) },
}

test('a mistake is looked for under the tariffs as they were used', () => {
  const day = tariffOf([perKwh(1, { step_size: 25_000 })], { id: 'day', tax_included: 'N/A' })
  const night = tariffOf([perKwh(2)], { id: 'night', tax_included: 'N/A' })
  const named = (first: string, second: string) => ({
    charging_periods: [
      { ...period('09:00', { ENERGY: 10, TIME: 0.5 }), tariff_id: first },
      { ...period('09:30', { ENERGY: 10, TIME: 0.5 }), tariff_id: second },
    ],
  })
  const fits = (...args: Parameters<typeof audited>) =>
    audited(...args)
      .findings.find(({ id }) => id === 'total-cost')
      ?.reason.split('calculation ')[1]
  expect(fits([day, night], 30, named('night', 'day'))).toBe('without step_size.')
  expect(fits(day, 20, named('other', 'another'))).toBe('without step_size.')
})

test('a reservation has a cost of its own, its fee included (cdrs › CDR, total_reservation_cost)', () => {
  const { ok, findings, totals } = audited(booking, 15, booked)
  expect({ ok, findings }).toEqual({ ok: true, findings: [] })
  expect(totals.slice(0, 4)).toEqual([
    { name: 'total_fixed_cost', unit: 'EUR', claimed: 3, expected: 3, by: 0, tolerance: 0.025, ok: true },
    { name: 'total_energy_cost', unit: 'EUR', claimed: 10, expected: 10, by: 0, tolerance: 0.06, ok: true },
    { name: 'total_reservation_cost', unit: 'EUR', claimed: 2, expected: 2, by: 0, tolerance: 0.02, ok: true },
    { name: 'total_cost', unit: 'EUR', claimed: 15, expected: 15, by: 0, tolerance: 0.085, ok: true },
  ])
  expect(found(booking, 15, { ...booked, total_reservation_cost: net(3), total_energy_cost: net(9) })).toEqual([
    'partial-cost /total_energy_cost',
    'partial-cost /total_reservation_cost',
  ])
  const untold = audited(booking, 15, { ...booked, total_reservation_cost: null })
  expect(untold.totals[2]).toEqual({
    name: 'total_reservation_cost',
    unit: 'EUR',
    expected: 2,
    tolerance: 0.02,
    ok: true,
  })
  expect(untold.findings.map(({ id, reason }) => [id, reason])).toEqual([
    ['cost-missing', 'total_reservation_cost is missing; the tariff gives 2 EUR.'],
  ])
})

test('a cost of nothing that is told is compared, too', () => {
  const { totals } = audited(any(perKwh(1)), 20, { total_time_cost: net(0) })
  expect(totals.slice(0, 3).map(({ name, claimed, expected }) => [name, claimed, expected])).toEqual([
    ['total_energy_cost', undefined, 20],
    ['total_time_cost', 0, 0],
    ['total_cost', 20, 20],
  ])
})

test('the parts add up to the total within a cent each and one, unless a limit moved it or one is not told', () => {
  const sums = (...args: Parameters<typeof audited>) => found(...args).filter((one) => one.startsWith('sum-of-costs'))
  const [yes, no] = [['sum-of-costs /total_cost'], [] as string[]]
  const one = (part: number) => sums(any(perKwh(1)), 20, { total_energy_cost: net(part) })
  expect([one(20.02), one(20.03), one(19.98), one(19.97)]).toEqual([no, yes, no, yes])
  const limited = { ...any(perKwh(1)), max_price: { before_taxes: 5 } }
  expect(sums(limited, 5, { total_energy_cost: net(20) })).toEqual(no)
  const both = any(perKwh(1), fee(2))
  expect(sums(both, 22, { total_energy_cost: net(20) })).toEqual(no)
  expect(sums(both, 22, { total_energy_cost: net(23) })).toEqual(yes)
  expect(sums(both, 22, { total_energy_cost: net(20), total_fixed_cost: net(1) })).toEqual(yes)
  expect(sums(both, 22, { total_energy_cost: net(20), total_fixed_cost: net(2) })).toEqual(no)
  expect([sums(both, 30), sums(any(perKwh(1)), -5)]).toEqual([no, no])
  const short = audited(booking, 15, { ...booked, total_reservation_cost: net(1) }).findings
  expect(short.map(({ id, reason }) => (id === 'sum-of-costs' ? reason : id))).toEqual([
    'The parts add up to 14 EUR with tax, the total is 15.',
    'partial-cost',
  ])
})

test('a single tax is its rate of the net within a cent, one of several at most that', () => {
  const taxed = { ...any(perKwh(1, { vat: 20 })), tax_included: 'NO' as const }
  const rates = (...taxes: readonly (readonly [percentage: number | undefined, amount: number])[]) =>
    found(taxed, gross(20, 4), {
      total_energy_cost: {
        before_taxes: 20,
        taxes: taxes.map(([percentage, amount]) => ({
          name: 'VAT',
          amount,
          ...(percentage === undefined ? {} : { percentage }),
        })),
      },
    }).filter((one) => one.startsWith('tax-rate'))
  const at = (index: number) => [`tax-rate /total_energy_cost/taxes/${index}/amount`]
  expect([3.99, 4.01, 3.98, 4.02].map((amount) => rates([20, amount]).length)).toEqual([0, 0, 1, 1])
  expect(rates([undefined, 1])).toEqual([])
  expect(rates([20, 3], [undefined, 1])).toEqual([])
  expect(rates([5, 1.01], [20, 4.01])).toEqual([])
  expect(rates([5, 1.02], [20, 1])).toEqual(at(0))
  expect(rates([5, 1], [20, 4.02])).toEqual(at(1))
  expect(rates([5, -1], [20, -4.02])).toEqual(at(1))
  const reservation = { before_taxes: 2, taxes: [{ name: 'VAT', percentage: 20, amount: 1 }] }
  expect(found(booking, 15, { ...booked, total_reservation_cost: reservation })).toContain(
    'tax-rate /total_reservation_cost/taxes/0/amount',
  )
  const back = { credit: true, credit_reference_id: 'c0' }
  const negative = { before_taxes: -20, taxes: [{ name: 'VAT', percentage: 20, amount: -4 }] }
  expect(found(taxed, negative, back)).toEqual([])
  expect(found(taxed, { before_taxes: 20, taxes: [{ name: 'VAT', percentage: 21, amount: 4 }] })).toEqual([
    'tax-rate /total_cost/taxes/0/amount',
  ])
})

test('the tax of the total is told only where its net is right', () => {
  const taxed = { ...any(perKwh(1, { vat: 20 })), tax_included: 'NO' as const }
  const tax = (total: Price, tariff: Tariff = taxed) => found(tariff, total).filter((one) => /tax|net/.test(one))
  expect(tax(gross(20, 4.03))).toEqual([])
  expect(tax(gross(20, 4.04))).toEqual(['wrong-tax /total_cost/taxes'])
  expect(tax(gross(20, 0))).toEqual(['tax-missing /total_cost/taxes'])
  expect(tax(gross(24, 0))).toEqual(['gross-as-net /total_cost/before_taxes'])
  expect(tax(gross(24, 4.8))).toEqual([])
  expect(tax(gross(22, 0))).toEqual([])
  expect(tax(gross(24, 0), { ...taxed, tax_included: 'N/A' })).toEqual([])
  expect(tax(gross(20, 4), { ...taxed, tax_included: 'N/A' })).toEqual(['wrong-tax /total_cost/taxes'])
})

test('the parts of a Credit CDR may have either sign, its total is negative (E-67)', () => {
  const credit = { credit: true, credit_reference_id: 'c0' }
  for (const part of [20, -20])
    expect(found(any(perKwh(1)), -20, { ...credit, total_energy_cost: net(part) })).toEqual([])
  expect(found(any(perKwh(1)), 20, { total_energy_cost: net(-20) })).toEqual([
    'sum-of-costs /total_cost',
    'partial-cost /total_energy_cost',
  ])
})

test('hours and kWh are compared as they are told, those that are not told as right (C-609)', () => {
  const amounts = (more: Partial<Cdr>) => audited(any(perKwh(1)), 20, more).totals.filter(({ unit }) => unit !== 'EUR')
  const row = (name: string, unit: string, claimed: number, expected = claimed) => ({
    ...{ name, unit, claimed, expected, by: 0, tolerance: 0.01, ok: true },
  })
  expect(amounts({})).toEqual([row('total_energy', 'kWh', 20), row('total_time', 'h', 1)])
  const half = [period('09:00', { TIME: 0.5 }), period('09:30', { PARKING_TIME: 0.5 })]
  expect(amounts({ charging_periods: half })).toEqual([
    row('total_time', 'h', 1),
    { name: 'total_parking_time', unit: 'h', claimed: undefined, expected: 0.5, tolerance: 0.01, ok: true },
  ])
  expect(amounts({ charging_periods: half, total_parking_time: 0.7 })[1]).toEqual({
    ...{ name: 'total_parking_time', unit: 'h', claimed: 0.7, expected: 0.5, by: 0.2, tolerance: 0.01, ok: false },
  })
  const energyOf = (total_energy: number) =>
    amounts({ total_energy, charging_periods: [period('09:00', { ENERGY: 0, TIME: 1 }), period('09:59', {})] })[0]?.ok
  expect([energyOf(0.011), energyOf(0.0111)]).toEqual([true, false])
})

test('what a wrong time should be is said: of the whole session, or of the parking', () => {
  const half = [period('09:00', { ENERGY: 20, TIME: 0.5 }), period('09:30', { PARKING_TIME: 0.5 })]
  const { findings } = audited(any(perKwh(1)), 20, { charging_periods: half, total_time: 3, total_parking_time: 3 })
  const fixes = findings
    .filter(({ id }) => id === 'time-sum')
    .map(({ path, fix }) => [path, fix.split(' ', 3).join(' ')])
  expect(fixes).toEqual([
    ['/total_parking_time', 'Send the sum'],
    ['/total_time', 'total_time is the'],
  ])
})

test('volumes in the right unit are taken as they are sent, and only times and energy are mended', () => {
  const fine = audited(of([{ min_power: 15.000_01 }, perKwh(1)], [{}, perKwh(2)]), 20, {
    charging_periods: [period('09:00', { ENERGY: 20, TIME: 1, MIN_POWER: 15.000_01 })],
  })
  expect(fine.totals.find(({ name }) => name === 'total_cost')?.expected).toBe(20)
  const strong = of([{ min_power: 15 }, perKwh(1)], [{}, perKwh(2)])
  const inMinutes = audited(strong, 20, {
    charging_periods: [period('09:00', { ENERGY: 20, TIME: 60, MIN_POWER: 20 })],
  })
  expect(inMinutes.totals.find(({ name }) => name === 'total_cost')?.expected).toBe(20)
})

test('a CDR that cannot be compared has no totals; what is no mistake of the CDR is thrown', () => {
  const { findings: _, ...rest } = audited([], 20)
  expect(rest).toEqual({ ok: false, reading: 'neither', totals: [] })
  const odd = Object.defineProperty(any(perKwh(1)), 'min_price', {
    get: () => {
      throw new RangeError('odd')
    },
  })
  expect(() => audited(odd, 20)).toThrow(RangeError)
})

test('an id has at most 36 characters, unless it is of a credit (C-610)', () => {
  expect(found(any(perKwh(1)), 20, { id: 'x'.repeat(36) })).toEqual([])
  expect(found(any(perKwh(1)), 20, { id: 'x'.repeat(37) })).toEqual(['id-length /id'])
})
