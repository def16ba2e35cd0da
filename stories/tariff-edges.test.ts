/** Tariffs whose price changes in mid-session, over real WebSockets: each CDR is what an independent audit makes of it, to the cent. */
import type { Sites } from '@plugtill/cpo/sites/configuration'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { describe, expect, test } from 'vitest'
import { openAt, type Plugged, worlds } from './plugged.ts'
import type { Reading } from './station-words.ts'
import { sitesOf } from './station-world.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

type Restrictions = NonNullable<Tariff['elements'][number]['restrictions']>
const priced = (type: 'ENERGY' | 'TIME', price: number, restrictions?: Restrictions) => ({
  price_components: [{ type, price, vat: 21, step_size: 1 }],
  ...(restrictions && { restrictions }),
})

/** Station, its tariff, what it meters every ten minutes, and what is due before taxes. */
const CASES: readonly {
  readonly id: string
  readonly elements: Tariff['elements']
  readonly readings: readonly (Omit<Reading, 'at' | 'wh'> & { readonly wh: number })[]
  readonly net: number
  readonly periods: number
}[] = [
  {
    id: 'CURRENT',
    elements: [
      priced('ENERGY', 0.8, { min_current: 40 }),
      priced('ENERGY', 0.5, { min_current: 20, max_current: 40 }),
      priced('ENERGY', 0.3),
    ],
    readings: [
      { wh: 700, phaseA: [6, 6, 6] },
      { wh: 1000, phaseA: [10, 10, 5] },
      { wh: 1500, phaseA: [13, 13, 13.9] },
      { wh: 1900, phaseA: [16, 16, 16] },
      { wh: 400, phaseA: [10, 0, 0] },
    ],
    // 1.1 at 0.30, 2.5 at 0.50, 1.9 at 0.80.
    net: 3.1,
    periods: 4,
  },
  {
    id: 'POWER',
    elements: [priced('ENERGY', 0.6, { min_power: 7, max_power: 15 }), priced('ENERGY', 0.3), priced('TIME', 1.2)],
    readings: [
      { wh: 1000, powerW: 6990 },
      { wh: 1300, powerW: 7000 },
      // Tells no power: 1,400 Wh in ten minutes are 8.4 kW.
      { wh: 1400, powerW: null },
      { wh: 2600, powerW: 15_000 },
    ],
    // 3.6 at 0.30, 2.7 at 0.60, 40 minutes at 1.20 an hour.
    net: 3.5,
    periods: 3,
  },
  {
    id: 'STEPS',
    elements: [
      priced('ENERGY', 0.2, { max_kwh: 2 }),
      priced('ENERGY', 0.4, { max_duration: 1500 }),
      priced('ENERGY', 0.5),
      priced('TIME', 6, { min_duration: 1800 }),
    ],
    readings: [{ wh: 1500 }, { wh: 1500 }, { wh: 1500 }, { wh: 1500 }],
    // 2 at 0.20; up to 25 minutes 1.75 at 0.40; the other 2.25 at 0.50; 10 minutes at 6.00 an hour.
    net: 3.225,
    periods: 4,
  },
  {
    id: 'CLOCK',
    elements: [
      priced('ENERGY', 0.9, { start_time: '23:45', end_time: '00:10', day_of_week: ['SATURDAY'] }),
      priced('ENERGY', 0.6, { day_of_week: ['SUNDAY'] }),
      priced('ENERGY', 0.3),
    ],
    readings: [{ wh: 1200 }, { wh: 1200 }, { wh: 1200 }, { wh: 1200 }],
    // From Saturday 23:35 on: 1.2 at 0.30, 1.8 at 0.90, the other 1.8 on Sunday at 0.60, cut once more at 00:10.
    net: 3.06,
    periods: 4,
  },
]

function sites(): Sites {
  const plain = sitesOf(CASES.map(({ id }) => id))
  const [site] = plain.locations
  return {
    ...plain,
    locations: [
      {
        ...site!,
        evses: site!.evses.map((evse) => ({
          ...evse,
          connectors: evse.connectors.map((connector) => ({ ...connector, tariff_ids: [connector.charger.id] })),
        })),
      },
    ],
    tariffs: CASES.map(({ id, elements }) => ({
      ...{ id, elements, currency: 'EUR', type: 'AD_HOC_PAYMENT' as const, tax_included: 'NO' as const },
    })),
  }
}

/** The last minute of Saturday before 23:35 in Amsterdam. */
function toSaturdayNight(world: Plugged): void {
  const local = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: 'Europe/Amsterdam', weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  } as const)
  const minute = Math.ceil(Date.parse(world.now()) / MINUTE) * MINUTE
  for (let at = minute; at < minute + 8 * DAY; at += MINUTE)
    if (local.format(at) === 'Sat 23:34' || local.format(at) === 'Sat, 23:34')
      return void world.jump(at - Date.parse(world.now()))
  throw new Error('no Saturday within eight days')
}

async function billed(world: Plugged, { id, readings }: (typeof CASES)[number]) {
  const { words } = world
  const station = await world.plug(id)
  const reference = await world.start(id)
  expect(await world.resultOf(reference)).toBe('ACCEPTED')
  // The world's clock goes on while station and partner talk: energy flows from the next full minute on.
  world.jump(MINUTE - (Date.parse(world.now()) % MINUTE))
  const t0 = Math.floor(Date.parse(world.now()) / MINUTE) * MINUTE
  const at = (step: number) => new Date(t0 + step * 10 * MINUTE).toISOString()
  const begun = await words.begin(station, at(0), 5000)
  let register = 5000
  for (const [step, { wh, ...load }] of readings.entries()) {
    world.jump(10 * MINUTE)
    register += wh
    await words.meter(station, begun.id, { at: at(step + 1), wh: register, ...load })
  }
  await words.end(station, begun.id, at(readings.length), register)
  await station.close()
  return world.cdrOf(reference)
}

describe.each(worlds)('stations that speak $name', (where) => {
  test('a price by current, power, energy, duration, clock or day changes exactly where the tariff says', async () => {
    const world = await openAt(where, { sites: sites() })
    for (const one of CASES) {
      if (one.id === 'CLOCK') toSaturdayNight(world)
      const cdr = await billed(world, one)
      expect([one.id, cdr.total_cost.before_taxes]).toEqual([one.id, one.net])
      expect([one.id, cdr.charging_periods.length]).toEqual([one.id, one.periods])
    }
    expect(world.faults()).toEqual([])
    await world.close()
  })
})
