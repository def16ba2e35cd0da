import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { near, toleranceOf } from './audit-tolerance.ts'
import { negate, subtract, toNumber } from './decimal.ts'
import { grossOf } from './money.ts'
import { sessionOf } from './periods.ts'
import type { Breakdown } from './price.ts'
import { price } from './price.ts'
import { PricingError } from './pricing-error.ts'

export type CdrComparison =
  | {
      readonly ok: true
      /** `old` when the total only fits the time rounding of the first 2.2.1 text. (E-83) */
      readonly reading: 'current' | 'old'
      readonly breakdown: Breakdown
    }
  | {
      readonly ok: false
      readonly difference: {
        /** Gross, four decimals. */
        readonly expected: number
        readonly claimed: number
        /** claimed - expected: above zero the CDR asks too much. */
        readonly by: number
        readonly tolerance: number
        readonly message: string
      }
      readonly breakdown: Breakdown
    }

type Compared = Pick<
  Cdr,
  'start_date_time' | 'end_date_time' | 'charging_periods' | 'currency' | 'total_cost' | 'credit'
>

/** Whether a CDR costs what its tariff says, within 0.01 and 0.5 % of the expected total. (G-23) */
export function compareCdr(tariff: Tariff, cdr: Compared, timeZone: string): CdrComparison {
  if (cdr.currency !== tariff.currency) {
    throw new PricingError('currency', cdr.currency, `must be the currency of the tariff, ${tariff.currency}`)
  }
  const session = sessionOf(cdr, timeZone)
  const breakdown = price(tariff, session)
  const total = grossOf(cdr.total_cost)
  // Of a Credit CDR only the total is negative, everything it was calculated from stays. (E-67)
  const claimed = cdr.credit === true ? negate(total) : total
  if (near(claimed, breakdown.gross)) return { ok: true, reading: 'current', breakdown }
  const old = price(tariff, session, { timeRounding: 'together' })
  if (near(claimed, old.gross)) return { ok: true, reading: 'old', breakdown: old }
  const by = subtract(claimed, breakdown.gross)
  const difference = {
    expected: toNumber(breakdown.gross, 4),
    claimed: toNumber(claimed, 4),
    by: toNumber(by, 4),
    tolerance: toNumber(toleranceOf(breakdown.gross), 4),
  }
  const words = `The CDR claims ${difference.claimed} ${cdr.currency}, its tariff gives ${difference.expected}.`
  return { ok: false, difference: { ...difference, message: words }, breakdown }
}
