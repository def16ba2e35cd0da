import type { PriceComponent, Tariff, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import { expect, test } from 'vitest'
import { charging, hour, perKwh, start, tariffOf } from '../test/tariffs.ts'
import { explain } from './explain.ts'
import { explanationText } from './explain-text.ts'
import type { Period, PricedSession } from './price.ts'

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ')
/** Each line with its amount and details, then the total with its taxes, then what costs nothing. */
const read = (tariff: Tariff | readonly Tariff[], session: PricedSession, language = 'en') => {
  const { lines, total, free } = explanationText(tariff, explain(tariff, session), { language })
  const lineOf = ({ text, details }: { readonly text: string; readonly details: readonly string[] }, amount = '') =>
    plain([`${amount} ${text}`.trim(), ...details].join(' | '))
  return [
    ...lines.map((line) => lineOf(line, line.amount)),
    lineOf(total, total.amount),
    ...free.map((one) => lineOf(one)),
  ]
}
const of = (...periods: readonly Period[]) => charging(0, { periods })
const time = (price: number, more: Partial<PriceComponent> = {}): PriceComponent => ({
  ...{ type: 'TIME', price, step_size: 1 },
  ...more,
})
const fee = (price: number): PriceComponent => ({ type: 'FLAT', price, step_size: 1 })
const untaxed = { tax_included: 'N/A' } as const
const elements = (...rows: readonly (readonly [TariffRestrictions | undefined, ...PriceComponent[]])[]) =>
  tariffOf([], {
    ...untaxed,
    elements: rows.map(([restrictions, ...price_components]) => ({ price_components, restrictions })),
  })

test('a line says what was used, what a step added, its tax and its time; a limit only its amount', () => {
  const tariff = tariffOf([perKwh(0.6, { vat: 20, step_size: 500 }), fee(1)], {
    tax_included: 'YES',
    max_price: { before_taxes: 1 },
  })
  const session = of({ start, energyKwh: 1.2 })
  expect(read(tariff, session)).toEqual([
    '€1.00 Fee per session | from Mar 2, 2026 10:30',
    '€0.90 Energy: 1.5 kWh × €0.60 per kWh | 1.2 kWh used, billed in steps of 0.5 kWh: 0.3 kWh added | 20% tax included (€0.15) | Mar 2, 2026 10:30 to 11:30',
    '-€0.81 Down to the highest price of a session',
    '€1.09 Total | of this 20% tax on €1.00: €0.0857',
  ])
  const least = { ...tariff, max_price: null, min_price: { before_taxes: 10, after_taxes: 13 } }
  expect(read(least, session, 'de').slice(2)).toEqual([
    '11,10 € Bis zum Mindestpreis eines Ladevorgangs',
    '13,00 € Gesamt | davon 20 % Steuer auf 10,00 €: 3,00 €',
  ])
})

test('prices before taxes say what tax is added, or that nobody knows its rate', () => {
  expect(read(tariffOf([perKwh(1, { vat: 7.5 })]), of({ start, energyKwh: 2 }))).toEqual([
    '€2.15 Energy: 2 kWh × €1.00 per kWh | plus 7.5% tax (€0.15) | Mar 2, 2026 10:30 to 11:30',
    '€2.15 Total | of this 7.5% tax on €2.00: €0.15',
  ])
  const unrated = tariffOf([perKwh(1)], { min_price: { before_taxes: 2, after_taxes: 2.4 } })
  const total = (language: string) => read(unrated, of({ start, energyKwh: 1 }), language).at(-1)
  expect([total('en'), total('de'), total('nl')]).toEqual([
    '€2.40 Total | of this tax on €2.00: €0.40',
    '2,40 € Gesamt | davon Steuer auf 2,00 €: 0,40 €',
    '€ 2,40 Totaal | waarvan belasting over € 2,00: € 0,40',
  ])
})

test('a price that came back has each of its times, and how much was in it', () => {
  const windows = elements(
    [{ start_time: '10:45', end_time: '11:15' }, time(1)],
    [undefined, time(2, { step_size: 7200 })],
  )
  expect(read(windows, of({ start, timeH: 1 }))).toEqual([
    '€3.00 Charging time: 1 h 30 min × €2.00 per hour | 30 min used, billed in steps of 2 h: 1 h added | Mar 2, 2026 10:30 to 10:45: 15 min | Mar 2, 2026 11:15 to 11:30: 15 min | price rule 2; not rule 1: only 10:45–11:15; it was 10:30',
    '€0.50 Charging time: 30 min × €1.00 per hour | Mar 2, 2026 10:45 to 11:15 | price rule 1; not rule 2: rule 1 comes first',
    '€3.50 Total',
  ])
})

test.each<[restrictions: TariffRestrictions, why: string]>([
  [{ min_kwh: 5, max_kwh: 9, max_power: 1 }, 'only 5 kWh to 9 kWh of energy; it was 0 kWh'],
  [{ max_kwh: 0 }, 'only up to 0 kWh of energy; it was 0 kWh'],
  [{ min_current: 20, min_kwh: 0 }, 'only current from 20 A; it was 16 A'],
  [{ min_current: 1, max_current: 5 }, 'only current 1 A to 5 A; it was 16 A'],
  [{ min_power: 50.5 }, 'only power from 50.5 kW; it was 11.402 kW'],
  [{ min_power: 3, max_power: 7 }, 'only power 3 kW to 7 kW; it was 11.402 kW'],
  [{ min_duration: 3720 }, 'only from 62 min after the start; it was 0 min'],
  [{ day_of_week: ['SUNDAY'], start_time: '08:00' }, 'only Sun; it was Mon'],
  [
    { start_date: '2026-04-01', end_date: '2026-05-01' },
    'only from Apr 1, 2026, before May 1, 2026; it was Mar 2, 2026',
  ],
  [{ end_date: '2026-03-02' }, 'only before Mar 2, 2026; it was Mar 2, 2026'],
  [{ start_time: '12:00', end_time: '13:00' }, 'only 12:00–13:00; it was 10:30'],
  [{ start_time: '12:00', end_date: '2027-01-01' }, 'only 12:00–24:00; it was 10:30'],
  [{ end_time: '10:30' }, 'only 00:00–10:30; it was 10:30'],
])('under %j a rule does not apply: %s (G-03)', (restrictions, why) => {
  const power = { minPowerKw: 11.4016, maxPowerKw: 11.4016, minCurrentA: 16, maxCurrentA: 16 }
  const [line] = read(elements([restrictions, time(1)], [undefined, time(2)]), of({ start, timeH: 1, ...power }))
  expect(line?.split(' | ').at(-1)).toBe(`price rule 2; not rule 1: ${why}`)
})

test('a duration that has passed is told in hours, minutes and seconds', () => {
  const after = elements([{ max_duration: 60 }, time(1)], [{ min_duration: 3725 }, time(2)], [undefined, perKwh(1)])
  const session = charging(0, { end: start + 2 * hour, periods: [{ start: start + 3_661_000, timeH: 0.1 }] })
  expect(read(after, session).at(-1)).toBe(
    'Charging time: 7 s cost nothing | Mar 2, 2026 11:31:01 to 11:32:05 | not rule 1: only up to 1 min after the start; it was 1 h 1 min 1 s; not rule 2: only from 3,725 s after the start; it was 1 h 1 min 1 s; not rule 3: no such price in it',
  )
})

test('a power that nobody told is not known', () => {
  const [line] = read(
    elements([{ max_power: 7 }, time(1)], [{ max_current: 5 }, time(1)], [undefined, time(2)]),
    of({ start, timeH: 1 }),
  )
  expect(line).toContain(
    'not rule 1: only power up to 7 kW; it was not known; not rule 2: only current up to 5 A; it was not known',
  )
})

test('the day is told once where both ends have the same, seconds only where there are some', () => {
  const over = (end: number) => read(tariffOf([time(1)], untaxed), charging(0, { end, periods: [{ start, timeH: 1 }] }))
  expect(over(start + 20 * hour)[0]).toBe(
    '€1.00 Charging time: 1 h × €1.00 per hour | Mar 2, 2026 10:30 to Mar 3, 2026 06:30',
  )
  expect(over(start + 5000)[0]).toBe('€1.00 Charging time: 1 h × €1.00 per hour | Mar 2, 2026 10:30 to 10:30:05')
})

test('what costs nothing is told by its kind: the tariff has no price, or its rules did not apply (G-02)', () => {
  const parked = { start, energyKwh: 1.23456, timeH: 0.25, parkingTimeH: 0.5 }
  expect(read(tariffOf([fee(0)], untaxed), of(parked))).toEqual([
    '€0.00 Fee per session | from Mar 2, 2026 10:30',
    '€0.00 Total',
    'Energy: 1.2346 kWh cost nothing | Mar 2, 2026 10:30 to 11:30 | the tariff has no price for it',
    'Charging time: 15 min cost nothing | Mar 2, 2026 10:30 to 11:30 | the tariff has no price for it',
    'Time connected without charging: 30 min cost nothing | Mar 2, 2026 10:30 to 11:30 | the tariff has no price for it',
  ])
  const later = elements([{ min_kwh: 2 }, perKwh(1)], [undefined, fee(1)])
  expect(read(later, of({ start, energyKwh: 5 })).slice(1)).toEqual([
    '€3.00 Energy: 3 kWh × €1.00 per kWh | Mar 2, 2026 10:54 to 11:30 | price rule 1; not rule 2: no such price in it',
    '€4.00 Total',
    'Energy: 2 kWh cost nothing | Mar 2, 2026 10:30 to 10:54 | not rule 1: only from 2 kWh of energy; it was 0 kWh; not rule 2: no such price in it',
  ])
})

test('of several tariffs a rule is named with its tariff, also when it is the only one', () => {
  const night = { ...elements([undefined, time(9)], [undefined, perKwh(2)]), id: 'night' }
  const day = tariffOf([perKwh(1)], { ...untaxed, id: 'day' })
  const session = of(
    { start, energyKwh: 3, tariffId: 'day' },
    { start: start + hour / 2, energyKwh: 4, tariffId: 'night' },
  )
  expect(read([day, night], session)).toEqual([
    '€3.00 Energy: 3 kWh × €1.00 per kWh | Mar 2, 2026 10:30 to 11:00 | price rule 1 (day)',
    '€8.00 Energy: 4 kWh × €2.00 per kWh | Mar 2, 2026 11:00 to 11:30 | price rule 2 (night); not rule 1: no such price in it',
    '€11.00 Total',
  ])
})

test('a reservation and charging each name what was not for them (G-17)', () => {
  const reserved = elements(
    [{ reservation: 'RESERVATION' }, fee(2), time(4, { step_size: 90 })],
    [undefined, fee(3), { type: 'PARKING_TIME', price: 1, step_size: 1 }],
  )
  const session = charging(0, {
    end: start + 2 * hour,
    periods: [
      { start, reservationTimeH: 0.51 },
      { start: start + hour, parkingTimeH: 1 },
    ],
  })
  expect(read(reserved, session)).toEqual([
    '€2.00 Fee for the reservation | from Mar 2, 2026 10:30 | price rule 1; not rule 2: not for a reservation',
    '€2.10 Reservation: 31 min 30 s × €4.00 per hour | 30 min 36 s used, billed in steps of 1 min 30 s: 54 s added | Mar 2, 2026 10:30 to 11:30 | price rule 1; not rule 2: no such price in it',
    '€3.00 Fee per session | from Mar 2, 2026 11:30 | price rule 2; not rule 1: for reservations only',
    '€1.00 Time connected without charging: 1 h × €1.00 per hour | Mar 2, 2026 11:30 to 12:30 | price rule 2; not rule 1: no such price in it',
    '€8.10 Total',
  ])
})
