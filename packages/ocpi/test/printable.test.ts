import { isAscii } from 'node:buffer'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPrintableJson } from '../src/printable.ts'
import { validatorOf } from '../src/validate.ts'
import { exampleShapes } from './example-shapes.ts'
import { mutated, seeded } from './mutate.ts'

/** Every kind of unit of text that a rule of printing could care about, and its neighbours. */
const unit = fc.oneof(
  fc.integer({ min: 0, max: 0x17f }),
  fc.integer({ min: 0xd7ff, max: 0xe001 }),
  fc.constantFrom(0, 0x1f, 0x20, 0x7e, 0x7f, 0x80, 0x9f, 0xa0, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xffff),
)
const text = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.string() },
      unit.map((code) => String.fromCharCode(code)),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''))

const isPrintable = (value: string) => /^[^\p{Cc}\p{Cs}]*$/u.test(value)

/** As the adapter does it, who has the bytes. */
const promises = (body: string) => isPrintableJson({ body, ascii: isAscii(Buffer.from(body)) })

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) yield* textsIn(part)
}

test('A-56: what a JSON text promises about its texts is true of each of them', () => {
  const raw = text.map((value) => `{"a":["${value}"]}`)
  const written = fc.jsonValue().map((value) => JSON.stringify(value))
  let promised = 0
  fc.assert(
    fc.property(fc.oneof(raw, written), (json) => {
      if (!promises(json)) return
      try {
        for (const value of textsIn(JSON.parse(json))) expect(isPrintable(value)).toBe(true)
        promised += 1
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
      }
    }),
    { numRuns: 3_000 },
  )
  expect(promised).toBeGreaterThan(300)
  for (const no of ['"a\\u0007"', '"\u007f"', '"\u0085"', '"é"', '"\ud800"']) expect(promises(no)).toBe(false)
  expect(promises('"a"')).toBe(true)
  expect(isPrintableJson({ body: '"a"' })).toBe(false)
})

test('A-56: where all text is printable, a shape that does not look takes and refuses what the whole shape does', () => {
  const random = seeded(7)
  const seen = { valid: 0, invalid: 0 }
  for (const { name, shape } of exampleShapes) {
    const file = new URL(`../../../spec/2.3.0/examples/${name}.json`, import.meta.url)
    const example = JSON.parse(readFileSync(file, 'utf8')) as unknown
    for (let nth = 0; nth < 60; nth += 1) {
      const json = JSON.stringify(nth === 0 ? example : mutated(random, example))
      if (json === undefined || !promises(json)) continue
      const value = JSON.parse(json) as unknown
      const valid = validatorOf(shape).check(value)
      expect(validatorOf(shape).checkPrintable(value)).toBe(valid)
      seen[valid ? 'valid' : 'invalid'] += 1
    }
  }
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(300)
})
