/** Tariffs and sessions from a seed: everything a restriction can look at, with the nights in which clocks are moved. */
import type { PriceComponent, Tariff, TariffElement, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import type { Period } from '../src/price.ts'
import type { Case } from './oracle.ts'

export interface Random {
  /** Whole number, both ends included. */
  readonly int: (from: number, to: number) => number
  readonly pick: <T>(...values: readonly T[]) => T
  readonly maybe: (chance: number) => boolean
}

/** Mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return { int, pick: (...values) => values[int(0, values.length - 1)] as never, maybe: (chance) => next() < chance }
}

const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const

/** Instants around which something happens on the wall, and where. */
const NIGHTS = [
  ['2026-03-28T23:00:00Z', 'Europe/Amsterdam'],
  ['2026-10-24T23:00:00Z', 'Europe/Amsterdam'],
  ['2026-03-08T05:00:00Z', 'America/New_York'],
  ['2026-11-01T04:00:00Z', 'America/New_York'],
  ['2026-04-04T13:00:00Z', 'Australia/Lord_Howe'],
  ['2026-10-03T13:30:00Z', 'Australia/Lord_Howe'],
  ['2026-02-15T00:00:00Z', 'Africa/Casablanca'],
  ['2011-12-30T08:00:00Z', 'Pacific/Apia'],
  ['2026-06-05T16:15:00Z', 'Asia/Kathmandu'],
  ['2026-12-31T22:00:00Z', 'Europe/Lisbon'],
  ['2028-02-28T22:00:00Z', 'UTC'],
] as const

interface Setting {
  readonly random: Random
  readonly start: number
  readonly stepMs: number
  readonly grainKwh: number
  /** Steps in the whole session, about. */
  readonly steps: number
}

/** A tariff or two, and a session that crosses what they look at. */
export function caseOf(seed: number): Case {
  const random = randomOf(seed)
  const { int, pick, maybe } = random
  // Seconds for short sessions, quarters of an hour for days: the oracle looks at every step.
  const [stepMs, steps] = pick([1000, 240], [60_000, 240], [60_000, 600], [900_000, 250] as const)
  const grainKwh = pick(0.001, 0.0001, 0.1, 0.25, 1)
  const [night, timeZone] = NIGHTS[int(0, NIGHTS.length - 1)] ?? NIGHTS[0]
  // As close to the change of the clock, or to midnight, as the session is long.
  const offset = int(-Math.floor(steps / 2), steps) * stepMs
  const start = Date.parse(night) + 2 * 3_600_000 + offset
  const setting = { random, start, stepMs, grainKwh, steps }
  const currency = pick('EUR', 'EUR', 'JPY', 'KWD')
  const tariffs = Array.from({ length: maybe(0.15) ? 2 : 1 }, (_, index) => tariffOf(setting, `t${index}`, currency))
  const session = sessionOf(setting, tariffs)
  return { tariffs, session: { ...session, timeZone }, stepMs, grainKwh, ...(maybe(0.15) ? { together: true } : {}) }
}

function tariffOf(setting: Setting, id: string, currency: string): Tariff {
  const { int, pick, maybe } = setting.random
  const min = int(0, 500) / 100
  const max = Math.round(min * 100 + int(1, 1500)) / 100
  const gross = (net: number) => (maybe(0.5) ? { after_taxes: Math.round(net * pick(100, 110, 121)) / 100 } : {})
  return {
    country_code: 'NL',
    party_id: 'ABC',
    id,
    currency,
    tax_included: pick('NO', 'NO', 'YES', 'N/A'),
    elements: Array.from({ length: int(1, 6) }, () => elementOf(setting)),
    ...(maybe(0.15) ? { min_price: { before_taxes: min, ...gross(min) } } : {}),
    ...(maybe(0.15) ? { max_price: { before_taxes: max, ...gross(max) } } : {}),
    last_updated: '2026-01-01T00:00:00Z',
  }
}

function elementOf(setting: Setting): TariffElement {
  const { int, pick, maybe } = setting.random
  const parts = Array.from({ length: int(1, 4) }, () => componentOf(setting.random))
  const reservation = maybe(0.2)
    ? { reservation: pick<'RESERVATION' | 'RESERVATION_EXPIRES'>('RESERVATION', 'RESERVATION_EXPIRES') }
    : {}
  const restrictions = { ...(maybe(0.7) ? restrictionsOf(setting) : {}), ...reservation }
  return { price_components: parts, ...(Object.keys(restrictions).length > 0 || maybe(0.1) ? { restrictions } : {}) }
}

function componentOf({ int, pick, maybe }: Random): PriceComponent {
  return {
    type: pick('ENERGY', 'ENERGY', 'FLAT', 'TIME', 'PARKING_TIME'),
    price: pick(0, 0.25, 1, 2.5, 0.399, 0.12345, int(0, 999) / 100, int(1, 99_999) / 10_000, 1e-7, -0.05),
    step_size: pick(0, 1, 1, 60, 300, 500, 900, int(2, 5000)),
    ...(maybe(0.75) ? { vat: pick(0, 5.2, 7, 7.7, 10, 19, 20, 21, 25.5, 8.875) } : {}),
  }
}

function restrictionsOf({ random, start, stepMs, grainKwh, steps }: Setting): TariffRestrictions {
  const { int, pick, maybe } = random
  const date = () => new Date(start + int(-1, 1) * 86_400_000).toISOString().slice(0, 10)
  const clock = () => {
    const near = new Date(start + int(0, 24) * 3_600_000).getUTCHours()
    return `${String(pick(0, 1, 2, 3, int(0, 23), near)).padStart(2, '0')}:${pick('00', '00', '30', '15', '45')}`
  }
  const seconds = () => (int(0, steps) * stepMs) / 1000
  const energy = () => Number((int(0, 120) * grainKwh).toFixed(4))
  const r: TariffRestrictions = {}
  if (maybe(0.3)) r.start_time = clock()
  if (maybe(0.3)) r.end_time = pick(clock(), clock(), '00:00', r.start_time ?? '24:00'.replace('24', '23'))
  if (maybe(0.1)) r.start_date = date()
  if (maybe(0.1)) r.end_date = date()
  if (maybe(0.2)) r.day_of_week = DAYS.filter(() => maybe(0.6))
  if (maybe(0.25)) r.min_kwh = energy()
  if (maybe(0.25)) r.max_kwh = energy()
  if (maybe(0.2)) r.min_duration = seconds()
  if (maybe(0.2)) r.max_duration = seconds()
  if (maybe(0.1)) r.min_power = pick(0, 3.7, 11)
  if (maybe(0.1)) r.max_power = pick(3.7, 11, 22)
  if (maybe(0.1)) r.min_current = pick(0, 6, 16)
  if (maybe(0.1)) r.max_current = pick(6, 16, 32)
  return r
}

function sessionOf(setting: Setting, tariffs: readonly Tariff[]): Omit<Case['session'], 'timeZone'> {
  const { random, start, stepMs, steps } = setting
  const { int, pick, maybe } = random
  const count = pick(1, 1, 2, 3, 5)
  const reserved = maybe(0.25) ? int(1, maybe(0.4) ? count : 1) : 0
  const periods: Period[] = []
  let at = start + (maybe(0.1) ? stepMs : 0)
  for (let index = 0; index < count; index++) {
    const length = pick(0, ...Array.from({ length: 5 }, () => int(1, Math.ceil(steps / count)))) * stepMs
    const named = tariffs.length === 1 ? {} : maybe(0.05) ? {} : { tariffId: pick(...tariffs).id }
    const volumes =
      index < reserved ? { reservationTimeH: Math.max(length, stepMs) / 3_600_000 } : volumesOf(setting, length)
    periods.push({ start: at, ...named, ...volumes })
    at += length
  }
  const onlyReserved = reserved === count
  return { start, end: at, periods, ...(onlyReserved && maybe(0.3) ? { reservationExpired: maybe(0.5) } : {}) }
}

/** Times as long as the period, or a part of it that gives whole milliseconds for every step. */
function volumesOf({ random, grainKwh, stepMs }: Setting, length: number): Omit<Period, 'start'> {
  const { int, pick, maybe } = random
  const hours = () => ((length === 0 ? stepMs : length) * pick(1, 1, 0.5, 0.25, 2)) / 3_600_000
  const power = pick(2, 3.7, 7.4, 11, 22)
  return {
    ...(maybe(0.85) ? { energyKwh: Number((int(0, 100) * grainKwh).toFixed(4)) } : {}),
    ...(maybe(0.75) ? { timeH: hours() } : {}),
    ...(maybe(0.4) ? { parkingTimeH: hours() } : {}),
    ...(maybe(0.6) ? { maxPowerKw: power } : {}),
    ...(maybe(0.4) ? { minPowerKw: Math.min(power, pick(2, 3.7, 11)) } : {}),
    ...(maybe(0.4) ? { maxCurrentA: pick(5, 6, 16, 32) } : {}),
    ...(maybe(0.3) ? { minCurrentA: pick(5, 6, 16) } : {}),
  }
}
