import { expect, test } from 'vitest'
import type { Payment } from '../src/payment/payment.ts'
import { sessionSeen } from '../src/payment/session-seen.ts'
import { usualTerms } from '../src/payment/terms.ts'
import { paymentView } from '../src/payment/view.ts'
import { eur, paymentIn, T0 } from './samples.ts'
import { MINUTE, sessionAt } from './scripted-cpo.ts'

/** The words of a CPO one after the other: minute, kWh. 0.605 EUR per kWh, tax included. */
function after(words: readonly (readonly [minute: number, kwh: number])[], change: Partial<Payment> = {}): Payment {
  const start = paymentIn('charging', { held: eur(5000), maxPowerKw: 50, session: undefined, ...change })
  return words.reduce<Payment>(
    (payment, [minute, kwh]) => ({ ...payment, session: sessionSeen(payment, sessionAt(minute, { kwh })) }),
    start,
  )
}
const view = (payment: Payment, minute: number, chargerSpeed = 1) =>
  paymentView(payment, { label: '1', now: T0 + minute * MINUTE, chargerSpeed })

test('power is what flowed between the last two words, and unknown before there are two', () => {
  expect(view(after([[2, 0]]), 2).powerKw).toBeUndefined()
  expect(
    view(
      after([
        [2, 0],
        [8, 5],
      ]),
      8,
    ).powerKw,
  ).toBe(50)
  expect(
    view(
      after([
        [2, 0],
        [8, 5],
        [14, 6],
      ]),
      14,
    ).powerKw,
  ).toBe(10)
  expect(
    view(
      after([
        [2, 0],
        [8, 5],
      ]),
      8,
      10,
    ).powerKw,
  ).toBe(5)
})

test('a word that is no later than the one before keeps the pace', () => {
  expect(
    view(
      after([
        [2, 0],
        [8, 5],
        [8, 5],
      ]),
      8,
    ).powerKw,
  ).toBe(50)
})

test('the hold lasts, at this pace, until charging is stopped a little below it', () => {
  // 50 kWh an hour at 0.605 are 30.25 EUR an hour; 3.02 are spent (half a cent rounds down), stopped at 49.00.
  const [before, charging] = [
    after([[2, 0]]),
    after([
      [2, 0],
      [8, 5],
    ]),
  ]
  expect(view(before, 2).holdLastsUntil).toBeUndefined()
  const { holdLastsUntil, cost } = view(charging, 8)
  const hours = (4900 - cost!.amountMinor) / (cost!.amountMinor / 0.1)
  expect(Math.abs(holdLastsUntil! - (T0 + 8 * MINUTE + hours * 60 * MINUTE))).toBeLessThan(MINUTE)
})

test('a hold that may still grow lasts as long as the most it may grow to', () => {
  const terms = { ...usualTerms, raise: { stepMinor: 1500, maxMinor: 10000, times: 5 } }
  const fixed = view(
    after([
      [2, 0],
      [8, 5],
    ]),
    8,
  ).holdLastsUntil!
  const growing = view(
    after(
      [
        [2, 0],
        [8, 5],
      ],
      { terms },
    ),
    8,
  ).holdLastsUntil!
  const refused = after(
    [
      [2, 0],
      [8, 5],
    ],
    { terms, raise: { n: 1, to: eur(6500), status: 'refused' } },
  )
  expect(growing).toBeGreaterThan(fixed + 60 * MINUTE)
  expect(view(refused, 8).holdLastsUntil).toBe(fixed)
})

test('nothing is promised while nothing is spent, nor of a pace that would last longer than a day', () => {
  expect(
    view(
      after([
        [2, 5],
        [8, 5],
      ]),
      8,
    ),
  ).toMatchObject({ powerKw: 0 })
  expect(
    view(
      after([
        [2, 5],
        [8, 5],
      ]),
      8,
    ).holdLastsUntil,
  ).toBeUndefined()
  expect(
    view(
      after([
        [2, 0],
        [62, 0.5],
      ]),
      62,
    ).holdLastsUntil,
  ).toBeUndefined()
})
