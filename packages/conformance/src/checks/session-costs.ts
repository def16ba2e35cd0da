/** What a running session costs: between which amounts the cost of a running session lies, whatever it does not tell. */
import type { Session } from '@plugtill/ocpi/modules/sessions'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { type Decimal, larger, smaller, toNumber, zero } from '@plugtill/pricing/decimal'
import { grossOf } from '@plugtill/pricing/money'
import { type Period, price } from '@plugtill/pricing/price'
import { PricingError } from '@plugtill/pricing/pricing-error'
import { runningCost } from '@plugtill/pricing/running'
import { type Check, each } from '../check.ts'
import type { View } from '../view.ts'
import { offeredTo } from './offer.ts'
import { timeOf } from './purchase.ts'
import { stepsOf, tracksOf } from './session-steps.ts'
import { momentsOf, TOLD } from './sessions-cpo.ts'

export interface Bounds {
  /** Gross. */
  readonly least: number
  readonly most: number
}

const HOUR_MS = 3_600_000

/** Undefined when the session cannot be priced. */
export function costBounds(session: Session, tariff: Tariff, timeZone: string): Bounds | undefined {
  try {
    return toNumbers(boundsOf(session, tariff, timeZone))
  } catch (error) {
    if (error instanceof PricingError) return undefined
    throw error
  }
}

interface Exact {
  readonly least: Decimal
  readonly most: Decimal
}

function boundsOf(session: Session, tariff: Tariff, timeZone: string): Exact {
  const start = timeOf(session.start_date_time) ?? 0
  const end = Math.max(start, timeOf(session.end_date_time ?? session.last_updated) ?? start)
  const hours = (end - start) / HOUR_MS
  const cost = (more: Omit<Period, 'start'>) =>
    price(tariff, { start, end, timeZone, periods: [{ start, energyKwh: session.kwh, ...more }] }).gross
  const guesses = [cost({}), cost({ timeH: hours }), cost({ parkingTimeH: hours })]
  // Without energy a CPO may ask nothing at all, not even the fixed fee.
  if (session.kwh === 0) guesses.push(zero)
  if ((session.charging_periods ?? []).length > 0) guesses.push(runningCost(tariff, session, { timeZone }).gross)
  return { least: guesses.reduce(smaller), most: guesses.reduce(larger) }
}

/** Two honest calculations may differ by a cent and half a percent. (G-23) */
const toNumbers = ({ least, most }: Exact): Bounds => ({
  least: toNumber(least, 4) * 0.995 - 0.01,
  most: toNumber(most, 4) * 1.005 + 0.01,
})

/** With taxes. */
export const grossNumber = (cost: NonNullable<Session['total_cost']>): number => toNumber(grossOf(cost), 4)

/** What the tariff asks to hold; undefined when it says nothing. */
export const heldFor = ({ preauthorize_amount, max_price }: Tariff): number | undefined =>
  preauthorize_amount ?? max_price?.after_taxes ?? undefined

function noCosts(view: View): string | undefined {
  const states = tracksOf(view).flatMap(({ told }) => told)
  const costed = states.some(({ session }) => session.total_cost != null)
  return states.length > 0 && !costed ? 'The platform sends no total_cost in its Sessions.' : undefined
}

export const sessionCostChecks: readonly Check[] = [
  each('sessions.cost/1', {
    needs: 'a Session with total_cost',
    after: [...TOLD, 'sessions.object/6', 'sessions.kwh/1'],
    unless: noCosts,
    of: (view) => stepsOf(view).filter(({ session }) => session.total_cost != null && session.status !== 'INVALID'),
    judge: ({ session, before, pointer }) => {
      const now = session.total_cost == null ? 0 : grossNumber(session.total_cost)
      const then = before?.session.total_cost == null ? 0 : grossNumber(before.session.total_cost)
      if (now >= then) return 'ok'
      return {
        message: 'total_cost of the Session has fallen.',
        expected: `at least ${then}`,
        actual: String(now),
        field: `${pointer}/total_cost`,
      }
    },
  }),
  each('sessions.cost/2', {
    needs: 'a Session with total_cost at a connector whose tariff is known',
    after: [
      ...TOLD,
      ...['sessions.object/2', 'sessions.object/6', 'sessions.object/7', 'sessions.currency/1', 'sessions.kwh/2'],
      ...['sessions.periods/1', 'sessions.patch/3', 'sessions.place/3', 'sessions.cost/1', 'sessions.kwh/1'],
    ],
    unless: noCosts,
    of: (view) =>
      momentsOf(view).filter(({ session }) => session.status === 'ACTIVE' || session.status === 'COMPLETED'),
    judge: ({ session, purchase, pointer }, view) => {
      const { tariff, location } = offeredTo(purchase, view)
      if (tariff === undefined || session.total_cost == null) return undefined
      const bounds = costBounds(session, tariff, location?.time_zone ?? 'UTC')
      const claimed = grossNumber(session.total_cost)
      if (bounds === undefined || (claimed >= bounds.least && claimed <= bounds.most)) return 'ok'
      return {
        message: `total_cost of the Session is not what tariff ${tariff.id} gives for ${session.kwh} kWh.`,
        expected: `${(bounds.least + 0.01).toFixed(2)} to ${(bounds.most - 0.01).toFixed(2)} ${tariff.currency} with taxes`,
        actual: String(claimed),
        field: `${pointer}/total_cost`,
      }
    },
  }),
  each('sessions.cost/3', {
    needs: 'a Session',
    after: [...TOLD, 'sessions.cost/2', 'sessions.currency/1'],
    of: momentsOf,
    judge: ({ session, purchase, pointer }, view) => {
      const { tariff } = offeredTo(purchase, view)
      const held = tariff === undefined ? undefined : heldFor(tariff)
      if (held === undefined || session.total_cost == null || grossNumber(session.total_cost) <= held * 1.005 + 0.01)
        return 'ok'
      return {
        message: 'The session costs more than its tariff asks to hold, and goes on.',
        expected: `at most ${held}`,
        actual: String(grossNumber(session.total_cost)),
        field: `${pointer}/total_cost`,
      }
    },
  }),
]
