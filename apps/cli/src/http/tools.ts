/** What needs no platform: a tariff as its drivers see it, what is wrong with it, and what a charge would cost. */
import type { AdminAnswer, AdminTable } from '@plugtill/engine/admin'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { explain as explainShape } from '@plugtill/ocpi/validate'
import { displayTariff } from '@plugtill/pricing/display'
import { explain } from '@plugtill/pricing/explain'
import { explanationText } from '@plugtill/pricing/explain-text'
import { holdFor } from '@plugtill/pricing/hold'
import { lintTariff } from '@plugtill/pricing/lint/lint-tariff'
import { type Period, type PricedSession, price } from '@plugtill/pricing/price'
import { PricingError } from '@plugtill/pricing/pricing-error'
import Type from 'typebox'
import { recognise } from '../lint/recognise.ts'

const Language = Type.Optional(Type.String({ maxLength: 35 }))
const View = Type.Object({ tariff: Type.Unknown(), language: Language, at: Type.Optional(Type.String()) })
const Charge = Type.Object({
  tariff: Type.Unknown(),
  language: Language,
  /** Local to the zone of the location, minutes matter. */
  start: Type.String({ maxLength: 40 }),
  time_zone: Type.String({ maxLength: 64 }),
  energy_kwh: Type.Number({ minimum: 0, maximum: 1000 }),
  power_kw: Type.Number({ exclusiveMinimum: 0, maximum: 2000 }),
  idle_minutes: Type.Number({ minimum: 0, maximum: 10_080 }),
})

export const tools: AdminTable = [
  {
    method: 'POST',
    path: '/tariff',
    summary: 'A tariff as a driver is shown it, the hold it leads to, and what is wrong with it',
    body: View,
    run: ({ body }) => withTariff(body as Type.Static<typeof View>, viewOf),
  },
  {
    method: 'POST',
    path: '/price',
    summary: 'What a charge at constant power would cost under a tariff, with the steps and the course of the cost',
    body: Charge,
    run: ({ body }) => withTariff(body as Type.Static<typeof Charge>, costOf),
  },
]

async function withTariff<T extends { readonly tariff: unknown }>(
  body: T,
  act: (tariff: Tariff, body: T) => unknown,
): Promise<AdminAnswer> {
  const invalid = (message: string) => ({ status: 400, body: { error: 'invalid', message } })
  const seen = recognise(body.tariff)
  if (seen?.kind !== 'Tariff') return invalid('This is no Tariff object of OCPI.')
  if (seen.value === undefined) return invalid(`The tariff has not its shape: ${explainShape(seen.findings)}`)
  try {
    return { body: act(seen.value as Tariff, body) }
  } catch (error) {
    if (error instanceof PricingError) return invalid(`This cannot be priced: ${error.message}.`)
    if (error instanceof RangeError) return invalid(error.message)
    throw error
  }
}

function viewOf(tariff: Tariff, { language = 'en', at }: Type.Static<typeof View>) {
  const hold = holdFor(tariff, { defaultMinor: 0 })
  return {
    shown: displayTariff(tariff, { language, ...(hold.amountMinor > 0 && { hold }) }),
    hold: { amount_minor: hold.amountMinor, currency: hold.currency, reason: hold.reason },
    findings: lintTariff(tariff, at === undefined ? {} : { at: Date.parse(at) }),
  }
}

const MINUTE_MS = 60_000
/** The course is shown by so many points; each is priced by itself. */
const POINTS = 48
/** Periods of a charge: short ones, so that hours of the day and steps of energy are met. */
const PERIODS = 192

function costOf(tariff: Tariff, charge: Type.Static<typeof Charge>) {
  const start = Date.parse(charge.start)
  if (Number.isNaN(start))
    throw new RangeError(`start is "${charge.start}"; it has to be a time like 2030-01-31T12:00:00Z.`)
  const chargingMinutes = Math.max(1, Math.round((charge.energy_kwh / charge.power_kw) * 60))
  const minutes = chargingMinutes + Math.round(charge.idle_minutes)
  const until = (end: number): PricedSession => sessionUntil(end, { start, chargingMinutes, charge })
  const step = Math.max(1, Math.ceil(minutes / POINTS))
  const marks = [...Array.from({ length: Math.ceil(minutes / step) }, (_, index) => index * step), minutes]
  const session = until(minutes)
  const breakdown = price(tariff, session)
  const text = explanationText(tariff, explain(tariff, session, { breakdown }), { language: charge.language ?? 'en' })
  return {
    total: { amount_minor: breakdown.totalMinor, currency: breakdown.currency },
    minutes,
    charging_minutes: chargingMinutes,
    text,
    curve: marks.map((end) => ({
      minutes: end,
      energy_kwh: energyAt(end, { chargingMinutes, charge }),
      cost_minor: price(tariff, until(end)).totalMinor,
    })),
  }
}

interface Course {
  readonly start: number
  readonly chargingMinutes: number
  readonly charge: Type.Static<typeof Charge>
}

const energyAt = (minute: number, { chargingMinutes, charge }: Omit<Course, 'start'>) =>
  Math.round(charge.energy_kwh * Math.min(1, minute / chargingMinutes) * 10_000) / 10_000

function sessionUntil(end: number, course: Course): PricedSession {
  const { start, chargingMinutes, charge } = course
  const step = Math.max(1, Math.ceil(end / PERIODS))
  const edges = new Set([0, ...Array.from({ length: Math.ceil(end / step) }, (_, index) => index * step)])
  if (chargingMinutes < end) edges.add(chargingMinutes)
  const sorted = [...edges].toSorted((a, b) => a - b)
  const hours = (minute: number) => Math.floor((minute / 60) * 10_000)
  const periods = sorted.map((from, index): Period => {
    const to = sorted[index + 1] ?? end
    const time = (hours(to) - hours(from)) / 10_000
    if (from >= chargingMinutes && charge.idle_minutes > 0)
      return { start: start + from * MINUTE_MS, energyKwh: 0, parkingTimeH: time }
    const energyKwh = Math.round((energyAt(to, course) - energyAt(from, course)) * 10_000) / 10_000
    const power = { minPowerKw: charge.power_kw, maxPowerKw: charge.power_kw }
    return { start: start + from * MINUTE_MS, energyKwh, timeH: time, ...power }
  })
  return { start, end: start + end * MINUTE_MS, timeZone: charge.time_zone, periods }
}
