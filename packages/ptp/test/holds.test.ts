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

test.each([
  ['EUR', 20_000],
  ['GBP', 20_000],
  ['USD', 20_000],
  ['CHF', 20_000],
  ['CAD', 25_000],
  ['SEK', 200_000],
  ['DKK', 150_000],
  ['NOK', 200_000],
])('a tariff in %s that asks for 5000 has no more held than the highest default, %d', (currency, amountMinor) => {
  expect(planHold({ ...asks(5000), currency }, terms('full'), can)).toEqual({ hold: { amountMinor, currency } })
})

test('in a currency without a highest hold nothing above the default is sold: a CPO alone never says how much is held', () => {
  const [forints, own] = [{ ...asks(90), currency: 'HUF' }, { HUF: 9000 }]
  expect(planHold(forints, terms('full'), can)).toEqual({
    refused: 'The tariff asks for a hold of 90.00 HUF, and no most is set for HUF. Set hold_max_minor, like HUF:9000.',
  })
  expect(planHold(forints, terms('capped'), can)).toHaveProperty('refused')
  expect(planHold(forints, terms('full', { holdCapMinor: own }), can)).toHaveProperty('refused')
  for (const set of [{ holdLimitsMinor: { HUF: { maxMinor: 9000 } } }, { defaultHoldMinor: own }])
    expect(planHold(forints, terms('full', set), can)).toEqual({ hold: { amountMinor: 9000, currency: 'HUF' } })
  const capped = terms('capped', { holdCapMinor: { HUF: 5000 } })
  expect(planHold(forints, capped, can)).toEqual({ hold: { amountMinor: 5000, currency: 'HUF' } })
})

test('capped: never more than the cap, and what the tariff asks for when that is less', () => {
  expect(planHold(asks(80), terms('capped'), can)).toEqual({ hold: eur(5000) })
  expect(planHold(asks(20), terms('capped'), can)).toEqual({ hold: eur(2000) })
})

test('capped: not below what operator and provider take at least, and no cap where none is named', () => {
  const capped = (cap: object, limits: object, minCaptureMinor = 1) =>
    planHold(asks(40), terms('capped', { holdCapMinor: cap, holdLimitsMinor: limits }), { ...can, minCaptureMinor })
  const least = { EUR: { minMinor: 300 } }
  expect(capped({ EUR: 100 }, least)).toEqual({ hold: eur(300) })
  expect(capped({ EUR: 100 }, least, 400)).toEqual({ hold: eur(400) })
  expect(capped({ EUR: 100 }, {}, 50)).toEqual({ hold: eur(100) })
  expect(capped({ EUR: 100 }, {}, 200)).toEqual({ hold: eur(200) })
  expect(capped({ HUF: 100 }, {})).toEqual({ hold: eur(4000) })
})

test('what the provider takes at least is that of the currency, where it names one (F50)', () => {
  const sek = { ...asks(40), currency: 'SEK' }
  const capped = terms('capped', { holdCapMinor: { SEK: 200 }, holdLimitsMinor: { SEK: { minMinor: 1 } } })
  const hold = (amountMinor: number) => ({ hold: { amountMinor, currency: 'SEK' } })
  expect(planHold(sek, capped, { ...can, minCaptureMinorIn: { SEK: 300 } })).toEqual(hold(300))
  expect(planHold(sek, capped, { ...can, minCaptureMinorIn: { EUR: 300 } })).toEqual(hold(200))
})

test('a tariff that names no amount is held by the default of its currency', () => {
  expect(planHold(tariff, terms('full', { defaultHoldMinor: { EUR: 4500 } }), can)).toEqual({ hold: eur(4500) })
})

test('driver: from the least that is taken on, the smallest first, and nothing to choose where nothing is named', () => {
  const choices = (holdChoicesMinor: object) =>
    planHold(asks(25), terms('driver', { holdChoicesMinor, holdLimitsMinor: { EUR: { minMinor: 300 } } }), can)
  expect(choices({ EUR: [2000, 300, 299, 2500] })).toEqual({ hold: eur(2500), choices: [300, 2000, 2500].map(eur) })
  expect(choices({ GBP: [1000] })).toEqual({ hold: eur(2500) })
})

test('increments: without a first hold, without a step, or with a first one as large as all, it is all at once', () => {
  const whole = { hold: eur(4000) }
  for (const change of [
    { holdFirstMinor: {} },
    { holdFirstMinor: { EUR: 4000 } },
    { holdStepMinor: {} },
    { holdStepMinor: { EUR: 0 } },
  ])
    expect(planHold(asks(40), terms('increments', change), can), JSON.stringify(change)).toEqual(whole)
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
  expect(planHold(asks(40), terms('increments'), can)).toEqual({ hold: eur(1500), raise, upTo: eur(4000) })
  expect(planHold(asks(40), terms('increments'), { ...can, incremental: 'none' })).toEqual({ hold: eur(4000) })
  expect(planHold(asks(10), terms('increments'), can)).toEqual({ hold: eur(1000) })
})

test('a bill above the hold raises it up to the limit of the operator, and that is said before; a promised end stays one', () => {
  const raising = { overHold: 'raise' }
  expect(planHold(asks(40), terms('full', raising), can)).toEqual({ hold: eur(4000), upTo: eur(20_000) })
  expect(planHold(asks(40), terms('full', { ...raising, holdLimitsMinor: {} }), can)).toEqual({ hold: eur(4000) })
  expect(planHold(asks(40), terms('full', raising), { ...can, incremental: 'none' })).toEqual({ hold: eur(4000) })
  expect(planHold(asks(40), terms('increments', raising), can)).toMatchObject({ upTo: eur(20_000) })
  for (const firm of ['driver', 'capped'] as const)
    expect(planHold(asks(40), terms(firm, raising), can)).not.toHaveProperty('upTo')
})

test('a hold that cannot pay the least a session costs is neither sold nor offered (E-24, E-25)', () => {
  const least = { ...tariff, min_price: { before_taxes: 60 } }
  const [fee, energy] = [10, 0.5].map((price, index) => ({
    price_components: [{ type: index === 0 ? ('FLAT' as const) : ('ENERGY' as const), price, vat: 21, step_size: 1 }],
  }))
  const withFee = { ...asks(40), elements: [fee!, energy!] }
  expect(planHold(least, terms('full'), can)).toEqual({
    refused: 'A session costs 72.60 EUR at least, 50.00 EUR would be held.',
  })
  expect(planHold({ ...least, preauthorize_amount: 72.6 }, terms('full'), can)).toEqual({ hold: eur(7260) })
  expect(planHold({ ...least, preauthorize_amount: 80 }, terms('capped'), can)).toHaveProperty('refused')
  expect(planHold(withFee, terms('driver'), can)).toEqual({ hold: eur(4000), choices: [2000, 3000, 4000].map(eur) })
  const small = { holdFirstMinor: { EUR: 1000 } }
  expect(planHold(withFee, terms('increments', small), can)).toMatchObject({ hold: eur(1271) })
})

test('a tariff without an amount in a currency without default is not sold, nor one that costs nothing: nothing is held', () => {
  expect(planHold({ ...tariff, currency: 'HUF' }, terms('full'), can)).toHaveProperty('refused')
  const free = { price_components: [{ type: 'FLAT' as const, price: 0, step_size: 1 }] }
  for (const currency of ['EUR', 'HUF'])
    expect(planHold({ ...tariff, currency, elements: [free] }, terms('full'), can)).toHaveProperty('refused')
})

test('no strategy holds more than the full hold, nor offers to', () => {
  const strategy = fc.constantFrom<HoldStrategy>('full', 'increments', 'driver', 'capped')
  const amounts = fc.record({ EUR: fc.integer({ min: 61, max: 30_000 }) })
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
