import { readFileSync } from 'node:fs'
import type { PriceComponent, Tariff } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { hour, perKwh, start, tariffOf } from '../test/tariffs.ts'
import { fraction, toText } from './decimal.ts'
import type { Period, PricedSession } from './price.ts'
import { price } from './price.ts'
import { PricingError } from './pricing-error.ts'

const examples = new URL('../../../spec/2.3.0/examples/', import.meta.url)
const example = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, examples), 'utf8')) as Tariff

const minutes = (count: number) => count * 60_000

/** Reserved for so long, then 20 kWh in an hour; or nothing after. */
function reserved(count: number, more: Partial<PricedSession> & { readonly charges?: boolean } = {}): PricedSession {
  const { charges = true, ...rest } = more
  const until = start + minutes(count)
  const periods: Period[] = [{ start, reservationTimeH: count / 60 }]
  if (charges) periods.push({ start: until, energyKwh: 20, timeH: 1 })
  return { start, end: charges ? until + hour : until, timeZone: 'UTC', periods, ...rest }
}

test.each([
  ['G-46', 'tariff_15_reservation_5_euro_per_hour', reserved(15), '6.7500', '7.6000'],
  ['G-47', 'tariff_16_reservation_2_euro_fee_5_euro_per_hour', reserved(13), '8.7500', '10.0000'],
  ['G-48', 'tariff_17_reservation_with_expire_fee', reserved(22), '6.5000', '7.3000'],
  ['G-49', 'tariff_17_reservation_with_expire_fee', reserved(60, { charges: false }), '6.0000', '7.2000'],
  ['G-50', 'tariff_18_reservation_with_expire_time', reserved(22), '7.0000', '7.9000'],
  ['G-51', 'tariff_18_reservation_with_expire_time', reserved(90, { charges: false }), '9.0000', '10.8000'],
])('%s: %s costs what the specification says', (_id, file, session, net, gross) => {
  const breakdown = price(example(file), session)
  expect([toText(breakdown.net, 4), toText(breakdown.gross, 4)]).toEqual([net, gross])
})

test('a reservation given up in time does not pay for expiring', () => {
  const tariff = example('tariff_17_reservation_with_expire_fee')
  const given = { charges: false, reservationExpired: false }
  expect(toText(price(tariff, reserved(60, given)).gross, 2)).toBe('2.40')
})

test('the cost of a reservation is told apart, its fee included; the partial costs are those of charging', () => {
  const { perDimension, reservation, lines } = price(
    example('tariff_16_reservation_2_euro_fee_5_euro_per_hour'),
    reserved(13),
  )
  expect(reservation).toEqual({ before_taxes: 3.25, taxes: [{ name: 'VAT', percentage: 20, amount: 0.65 }] })
  expect(perDimension).toEqual({
    FLAT: { before_taxes: 0.5, taxes: [{ name: 'VAT', percentage: 20, amount: 0.1 }] },
    ENERGY: { before_taxes: 5, taxes: [{ name: 'VAT', percentage: 10, amount: 0.5 }] },
  })
  expect(lines.map((line) => [line.dimension, line.element, line.reservation])).toEqual([
    ['FLAT', 0, 'RESERVATION'],
    ['TIME', 0, 'RESERVATION'],
    ['FLAT', 1, undefined],
    ['ENERGY', 1, undefined],
  ])
})

test('without a reservation its fees are not taken, and expiry lines say what they are', () => {
  const tariff = example('tariff_17_reservation_with_expire_fee')
  const plain = { start, end: start + hour, timeZone: 'UTC', periods: [{ start, energyKwh: 20, timeH: 1 }] }
  expect(price(tariff, plain).totalMinor).toBe(610)
  expect(price(tariff, reserved(60, { charges: false })).lines.map((line) => line.reservation)).toEqual([
    'RESERVATION_EXPIRES',
    'RESERVATION',
  ])
})

const time = (euro: number, step = 1): PriceComponent => ({ type: 'TIME', price: euro, step_size: step })

test('reservation and charging are rounded each on its own, and count their durations each on its own (G-07, G-17)', () => {
  const tariff = tariffOf([], {
    elements: [
      { price_components: [time(6, 600)], restrictions: { reservation: 'RESERVATION', min_duration: 300 } },
      { price_components: [time(60, 900)], restrictions: { max_duration: 1800 } },
      { price_components: [time(1, 900)] },
    ],
    tax_included: 'N/A',
  })
  // 13 - 5 minutes become 10 of the reservation; 30 + 20 minutes of charging become 60.
  const until = start + minutes(13)
  const periods = [
    { start, reservationTimeH: 13 / 60 },
    { start: until, timeH: 50 / 60 },
  ]
  const { lines } = price(tariff, { start, end: until + minutes(50), timeZone: 'UTC', periods })
  expect(lines.map((line) => [line.element, toText(line.billedQuantity, 4)])).toEqual([
    [0, '0.1667'],
    [1, '0.5000'],
    [2, '0.5000'],
  ])
})

test('expiry replaces the price of time only where it has one that applies now', () => {
  const tariff = tariffOf([], {
    elements: [
      { price_components: [time(6)], restrictions: { reservation: 'RESERVATION_EXPIRES', start_time: '10:00' } },
      { price_components: [time(3)], restrictions: { reservation: 'RESERVATION' } },
    ],
    tax_included: 'N/A',
  })
  // 09:30 to 10:30: half an hour at 3, half an hour at 6.
  expect(price(tariff, reserved(60, { charges: false })).totalMinor).toBe(450)
})

test('a period that holds both is a reservation first, and that is told', () => {
  const tariff = tariffOf([perKwh(1), time(2)], {
    elements: [
      { price_components: [time(6)], restrictions: { reservation: 'RESERVATION' } },
      { price_components: [time(10)], restrictions: { start_time: '09:45' } },
      { price_components: [perKwh(1), time(2)] },
    ],
    tax_included: 'N/A',
  })
  const periods = [{ start, reservationTimeH: 0.25, timeH: 0.75, energyKwh: 3 }]
  const { totalMinor, findings } = price(tariff, { start, end: start + hour, timeZone: 'UTC', periods })
  expect([totalMinor, findings.map((one) => one.code)]).toEqual([150 + 300 + 750, ['reservation-mixed']])
})

test('a reservation that reaches beyond its period leaves the end of it to charging', () => {
  const tariff = tariffOf([perKwh(1)], { tax_included: 'N/A' })
  const periods = [{ start, reservationTimeH: 2, energyKwh: 3, timeH: 1 }]
  expect(price(tariff, { start, end: start + hour, timeZone: 'UTC', periods }).totalMinor).toBe(300)
})

test('the energy of a period that holds both counts once', () => {
  const tariff = tariffOf([], {
    elements: [{ price_components: [perKwh(1)], restrictions: { max_kwh: 3 } }, { price_components: [perKwh(2)] }],
    tax_included: 'N/A',
  })
  const periods = [
    { start, reservationTimeH: 0.25, timeH: 0.75, energyKwh: 2 },
    { start: start + hour, timeH: 1, energyKwh: 1 },
  ]
  expect(price(tariff, { start, end: start + 2 * hour, timeZone: 'UTC', periods }).totalMinor).toBe(300)
})

test('a reservation takes no power and no energy, so bounds of 0 hold and others do not', () => {
  const total = (restrictions: object) => {
    const elements = [
      { price_components: [time(1)], restrictions: { ...restrictions, reservation: 'RESERVATION' as const } },
    ]
    return price(tariffOf([], { elements, tax_included: 'N/A' }), reserved(60)).totalMinor
  }
  for (const bound of [{ max_power: 1 }, { min_power: 0 }, { min_kwh: 0 }, { max_kwh: 1 }])
    expect(total(bound)).toBe(100)
  for (const bound of [{ min_power: 1 }, { min_kwh: 1 }, { max_kwh: 0 }]) expect(total(bound)).toBe(0)
})

test('the step of a reservation is filled up at the price that was active last; a part of no time has no line', () => {
  const elements = [
    {
      price_components: [time(1, 7200)],
      restrictions: { max_duration: 1800, reservation: 'RESERVATION' as const },
    },
  ]
  expect(price(tariffOf([], { elements, tax_included: 'N/A' }), reserved(60)).totalMinor).toBe(200)
  const later = { price_components: [time(5)], restrictions: { reservation: 'RESERVATION' as const } }
  const brief = reserved(60, { charges: false, periods: [{ start, reservationTimeH: fraction(1, 3_600_000) }] })
  expect(price(tariffOf([], { elements: [...elements, later], tax_included: 'N/A' }), brief).lines).toHaveLength(1)
})

test.each<[string, PricedSession, string]>([
  [
    'a reservation after charging',
    {
      ...reserved(10),
      periods: [
        { start, timeH: 0.1 },
        { start: start + 1, reservationTimeH: 0.1 },
      ],
    },
    'periods[1].reservationTimeH',
  ],
  ['a reservation that expired and was used', reserved(10, { reservationExpired: true }), 'reservationExpired'],
  [
    'a negative reservation',
    { ...reserved(10), periods: [{ start, reservationTimeH: -0.1 }] },
    'periods[0].reservationTimeH',
  ],
])('%s is refused', (_what, session, path) => {
  const tariff = example('tariff_17_reservation_with_expire_fee')
  expect(() => price(tariff, session)).toThrow(PricingError)
  expect(() => price(tariff, session)).toThrow(expect.objectContaining({ path }))
})

test('an expiry that cannot be is told as it was said', () => {
  expect(() => price(tariffOf([perKwh(1)]), reserved(10, { reservationExpired: true }))).toThrow(
    'reservationExpired is true: must only be set for a reservation without charging',
  )
})
