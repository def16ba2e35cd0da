import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { charging, hour, perKwh, start, tariffOf } from '../test/tariffs.ts'
import { add, compare, sum } from './decimal.ts'
import { price } from './price.ts'

const cents = fc.integer({ min: 0, max: 300 }).map((value) => value / 100)
const rate = fc.constantFrom(undefined, 0, 5.2, 7, 20, 21)
const step = fc.constantFrom(0, 1, 60, 300, 900)
const kind = fc.constantFrom('ENERGY', 'FLAT', 'TIME', 'PARKING_TIME')
const component = fc.record({ type: kind, price: cents, vat: rate, step_size: step })
const restriction = fc.constantFrom(undefined, { start_time: '09:45' }, { max_duration: 1200 }, { min_kwh: 3 })
const element = fc.record({
  price_components: fc.array(component, { minLength: 1, maxLength: 3 }),
  restrictions: restriction,
})
const anyTariff = fc
  .record({
    elements: fc.array(element, { minLength: 1, maxLength: 4 }),
    tax_included: fc.constantFrom('YES', 'NO', 'N/A'),
  })
  .map((more) => tariffOf([], more as Partial<Tariff>))
const volumes = fc.array(fc.record({ energyKwh: cents, timeH: cents, parkingTimeH: cents }), {
  minLength: 1,
  maxLength: 5,
})
const anySession = volumes.map((parts) =>
  charging(0, {
    end: start + parts.length * hour,
    periods: parts.map((part, index) => ({ ...part, start: start + index * hour })),
  }),
)

test('gross = net + taxes, and the lines add up to both and to the minor units', () => {
  fc.assert(
    fc.property(anyTariff, anySession, (tariff, session) => {
      const { net, gross, taxes, lines, totalMinor } = price(tariff, session)
      expect(compare(add(net, sum(taxes.map((tax) => tax.amount))), gross)).toBe(0)
      expect(compare(sum(lines.map((line) => line.gross)), gross)).toBe(0)
      expect(lines.reduce((total, line) => total + line.grossMinor, 0)).toBe(totalMinor)
    }),
  )
})

test('more energy never costs less, as long as no restriction switches on energy', () => {
  const free = anyTariff.map((tariff) => ({
    ...tariff,
    elements: tariff.elements.map((one) => ({ price_components: one.price_components })),
  }))
  fc.assert(
    fc.property(free, cents, cents, (tariff, energy, more) => {
      const [less, total] = [
        price(tariff, charging(energy)),
        price(tariff, charging(Number((energy + more).toFixed(2)))),
      ]
      expect(compare(total.gross, less.gross)).toBeGreaterThanOrEqual(0)
    }),
  )
})

test('the captured minor units are those of whole-number arithmetic, never of floats', () => {
  const whole = { milliPrice: fc.bigInt(0n, 9999n), wh: fc.bigInt(0n, 500_000n), tenthsOfPercent: fc.bigInt(0n, 300n) }
  fc.assert(
    fc.property(fc.record(whole), ({ milliPrice, wh, tenthsOfPercent }) => {
      const tariff = tariffOf([perKwh(Number(milliPrice) / 1000, { vat: Number(tenthsOfPercent) / 10 })])
      const scaled = milliPrice * wh * (1000n + tenthsOfPercent) // in 1e-9 EUR
      const oracle = (scaled + 5_000_000n) / 10_000_000n
      expect(BigInt(price(tariff, charging(Number(wh) / 1000)).totalMinor)).toBe(oracle)
    }),
  )
})
