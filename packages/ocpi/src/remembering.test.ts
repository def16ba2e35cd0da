import fc from 'fast-check'
import { Compile } from 'typebox/compile'
import { expect, test } from 'vitest'
import { DateTime, formatted, object, optional, text, timeOfDay, url } from './types.ts'
import { validatorOf } from './validate.ts'

const latitude = formatted('^-?[0-9]{1,2}\\.[0-9]{5,7}$', 'a latitude', 10)
const shape = object({ at: DateTime, begin: timeOfDay, end: optional(timeOfDay), page: url, latitude, name: text(5) })

const said = {
  at: ['2030-07-02T10:00:00Z', '2030-07-02T10:00:00.000Z', '2030-13-02T10:00:00Z', 'now', '', 7],
  begin: ['06:00', '23:59', '24:00', '6:00', '06:00\n', null],
  end: ['06:00', null, '24:00', '', '06:00 '],
  page: [
    'https://cpo.example/a',
    'http://x.example',
    'cpo.example',
    'https://',
    `https://x.example/${'a'.repeat(255)}`,
  ],
  latitude: ['52.10000', '-1.1000000', '52.1', '52.10000 ', '5２.10000', 52.1],
  name: ['Bay 1', 'Bay\n1', 'Bay 12', 'Bäy'],
}
const fields = Object.fromEntries(
  Object.entries(said).map(([name, [right, ...others]]) => [
    name,
    fc.oneof({ weight: 9, arbitrary: fc.constant(right) }, fc.constantFrom(...others)),
  ]),
)

test('a field takes and refuses the same texts, whatever it took before', () => {
  const { check, checkPrintable } = validatorOf(shape)
  const forgetful = Compile(shape)
  const seen = { valid: 0, invalid: 0 }
  fc.assert(
    fc.property(fc.record(fields), (value) => {
      const valid = forgetful.Check(value)
      seen[valid ? 'valid' : 'invalid'] += 1
      for (let twice = 0; twice < 2; twice += 1) expect(check(value)).toBe(valid)
      if (value['name'] !== 'Bay\n1') expect(checkPrintable(value)).toBe(valid)
    }),
    { numRuns: 2_000 },
  )
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(300)
})

test('a text that is checked by form in one field is not taken in another because of it', () => {
  const { check } = validatorOf(object({ begin: timeOfDay, latitude }))

  expect(check({ begin: '06:00', latitude: '52.10000' })).toBe(true)
  expect(check({ begin: '52.10000', latitude: '52.10000' })).toBe(false)
  expect(check({ begin: '06:00', latitude: '06:00' })).toBe(false)
})
