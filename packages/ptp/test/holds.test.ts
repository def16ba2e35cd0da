import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planHold } from '../src/link/holds.ts'
import { defaultSettings, type HoldStrategy } from '../src/settings.ts'
import { eur, tariff } from './samples.ts'

const can = { incremental: 'total', maxIncrements: 10, minCaptureMinor: 1 } as const
const asks = (preauthorize_amount: number) => ({ ...tariff, preauthorize_amount })
const terms = (holdStrategy: HoldStrategy, more: object = {}) => ({ ...defaultSettings, holdStrategy, ...more })

test('full: what the tariff asks for, within the limits of the operator (E-24)', () => {
  expect(planHold(asks(40), terms('full'), can)).toEqual({ hold: eur(4000) })
  expect(planHold(asks(900), terms('full'), can)).toEqual({ hold: eur(20_000) })
})

test('capped: never more than the cap, and what the tariff asks for when that is less', () => {
  expect(planHold(asks(80), terms('capped'), can)).toEqual({ hold: eur(5000) })
  expect(planHold(asks(20), terms('capped'), can)).toEqual({ hold: eur(2000) })
})

test('driver: choices below what the tariff asks for, and that itself as the highest and the preset', () => {
  expect(planHold(asks(25), terms('driver'), can)).toEqual({
    hold: eur(2500),
    choices: [eur(1000), eur(2000), eur(2500)],
  })
  expect(planHold(asks(5), terms('driver'), can)).toEqual({ hold: eur(500) })
})

test('increments: a small hold and its steps; all at once where the provider cannot raise', () => {
  const raise = { stepMinor: 1500, maxMinor: 4000, times: 10 }
  expect(planHold(asks(40), terms('increments'), can)).toEqual({ hold: eur(1500), raise })
  expect(planHold(asks(40), terms('increments'), { ...can, incremental: 'none' })).toEqual({ hold: eur(4000) })
  expect(planHold(asks(10), terms('increments'), can)).toEqual({ hold: eur(1000) })
})

test('a tariff without an amount in a currency without default is not sold', () => {
  expect(planHold({ ...tariff, currency: 'HUF' }, terms('full'), can)).toHaveProperty('refused')
})

test('no strategy holds more than the full hold, nor offers to', () => {
  const strategy = fc.constantFrom<HoldStrategy>('full', 'increments', 'driver', 'capped')
  const amounts = fc.record({ EUR: fc.integer({ min: 1, max: 30_000 }) })
  fc.assert(
    fc.property(strategy, fc.integer({ min: 1, max: 300 }), amounts, (holdStrategy, ask, amount) => {
      const choices = { EUR: [amount.EUR, amount.EUR + 7] }
      const set = { holdFirstMinor: amount, holdStepMinor: amount, holdCapMinor: amount, holdChoicesMinor: choices }
      const full = planHold(asks(ask), terms('full'), can)
      const plan = planHold(asks(ask), terms(holdStrategy, set), can)
      if (!('hold' in plan) || !('hold' in full)) throw new Error('not sold')
      const most = Math.max(
        plan.hold.amountMinor,
        plan.raise?.maxMinor ?? 0,
        ...(plan.choices ?? []).map((one) => one.amountMinor),
      )
      expect(most).toBeLessThanOrEqual(full.hold.amountMinor)
      expect(plan.hold.amountMinor).toBeGreaterThan(0)
    }),
  )
})
