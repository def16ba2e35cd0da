import fc from 'fast-check'
import type Type from 'typebox'
import { expect, test } from 'vitest'
import {
  ciKey,
  ciString,
  closedEnum,
  DateTime,
  formatDateTime,
  listOf,
  num,
  object,
  oneOrMore,
  openEnum,
  optional,
  parseDateTime,
  partial,
  patchOf,
  sameCi,
  url,
} from './types.ts'
import { validatorOf } from './validate.ts'

const valid = (shape: Type.TSchema, value: unknown) => validatorOf(shape).check(value)

test.each([
  ['2015-06-29T20:39:09Z', Date.UTC(2015, 5, 29, 20, 39, 9)],
  ['2015-06-29T20:39:09', Date.UTC(2015, 5, 29, 20, 39, 9)],
  ['2016-12-29T17:45:09.2Z', Date.UTC(2016, 11, 29, 17, 45, 9, 200)],
  ['2018-01-01T01:08:01.123', Date.UTC(2018, 0, 1, 1, 8, 1, 123)],
  ['2018-01-01T01:08:01.123456789Z', Date.UTC(2018, 0, 1, 1, 8, 1, 123)],
  ['2018-01-01T01:08:01+00:00', Date.UTC(2018, 0, 1, 1, 8, 1)],
  ['2018-01-01T01:08:01-00:00', Date.UTC(2018, 0, 1, 1, 8, 1)],
  ['2018-01-01T01:08:01+02:00', Date.UTC(2017, 11, 31, 23, 8, 1)],
  ['2018-01-01T01:08:01-0530', Date.UTC(2018, 0, 1, 6, 38, 1)],
  ['2018-01-01 01:08', Date.UTC(2018, 0, 1, 1, 8)],
  ['2016-12-31T23:59:60Z', Date.UTC(2016, 11, 31, 23, 59, 59, 999)],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
])('the time %s is understood', (written, ms) => {
  expect(parseDateTime(written)).toBe(ms)
})

test.each([
  '',
  'yesterday',
  '2018-01-01',
  '2018-02-29T00:00:00Z',
  '2018-04-31T00:00:00Z',
  '2018-13-01T00:00:00Z',
  '2018-00-01T00:00:00Z',
  '2018-01-00T00:00:00Z',
  '2018-01-01T24:00:00Z',
  '2018-01-01T10:60:00Z',
  '2018-01-01T10:00:61Z',
  '2018-01-01T01:08:01+25:00',
  '2018-01-01T01:08:01Z\n',
  '+012018-01-01T01:08:01Z',
])('"%s" is no time', (written) => {
  expect(() => parseDateTime(written)).toThrow(RangeError)
  expect(valid(DateTime, written)).toBe(false)
})

test('a time survives writing and reading, in 24 characters', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
      (date) => {
        const written = formatDateTime(date.getTime())
        expect(written).toHaveLength(24)
        expect(written.endsWith('Z')).toBe(true)
        expect(parseDateTime(written)).toBe(date.getTime())
        expect(valid(DateTime, written)).toBe(true)
      },
    ),
  )
})

test('an offset is the same moment as its UTC form', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: -23 * 60, max: 23 * 60 }), (ms, offset) => {
      const local = formatDateTime(ms + offset * 60_000).slice(0, -1)
      const size = Math.abs(offset)
      const two = (n: number) => String(n).padStart(2, '0')
      const written = `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
      expect(parseDateTime(written)).toBe(ms)
    }),
  )
})

test('a CiString takes any character but line breaks and tabs, counted as people count them', () => {
  expect(valid(ciString(6), 'Málaga')).toBe(true)
  expect(valid(ciString(2), '🚗🚗')).toBe(true)
  expect(valid(ciString(2), '🚗🚗🚗')).toBe(false)
  for (const wrong of ['a\rb', 'a\nb', 'a\tb', 'a\n']) expect(valid(ciString(9), wrong)).toBe(false)
})

test('CiStrings are the same thing in any case', () => {
  expect(sameCi('BE*BEC*E1', 'be*bec*e1')).toBe(true)
  expect(sameCi('a', 'b')).toBe(false)
  expect(ciKey('NL', 'ABC', 'Loc1')).toBe('nl/abc/loc1')
})

test('a key tells ids with slashes apart', () => {
  expect(ciKey('a/b', 'c')).not.toBe(ciKey('a', 'b/c'))
  expect(ciKey('a%2fb')).not.toBe(ciKey('a/b'))
})

test('optional is absent or null, a list is absent, null or empty, and "+" wants one', () => {
  const shape = object({ maybe: optional(num), some: listOf(num), more: oneOrMore(num) })
  for (const value of [{ more: [1] }, { maybe: null, some: null, more: [1] }, { maybe: 1, some: [], more: [1, 2] }]) {
    expect(valid(shape, value)).toBe(true)
  }
  for (const value of [{}, { more: null }, { more: [] }, { more: [1], maybe: '1' }, { more: [1], some: {} }]) {
    expect(valid(shape, value)).toBe(false)
  }
})

test('a PATCH may carry any part, and last_updated where the chapter demands it', () => {
  const shape = object({ id: ciString(9), last_updated: DateTime })
  expect(valid(partial(shape), {})).toBe(true)
  expect(valid(partial(shape), { id: 1 })).toBe(false)
  expect(valid(patchOf(shape), {})).toBe(false)
  expect(valid(patchOf(shape), { last_updated: '2030-01-01T00:00:00Z' })).toBe(true)
})

test('an open enum reads unknown values, a closed one does not', () => {
  expect(valid(openEnum(['A']), 'B')).toBe(true)
  expect(valid(openEnum(['A']), '')).toBe(false)
  expect(valid(closedEnum(['A']), 'B')).toBe(false)
  expect(valid(closedEnum(['A']), 'a')).toBe(false)
})

test('a URL is absolute and of the web', () => {
  expect(valid(url, 'https://example.com/ocpi?x=1')).toBe(true)
  for (const wrong of [
    'someNewURL',
    '/path',
    'ftp://example.com',
    'javascript:alert(1)',
    'https://',
    `https://a/${'x'.repeat(255)}`,
  ]) {
    expect(valid(url, wrong)).toBe(false)
  }
})

test('a URL is what the parser of the web takes for one, however long its labels and however odd its letters', () => {
  const label = fc.oneof(
    fc.stringMatching(/^[a-zA-Z0-9-]{1,70}$/),
    fc.constantFrom('xn--', 'xn--a', 'XN--mnchen-3ya', '', '--', 'a_b', 'é', '%41', '1', '0x7f', 'com'),
  )
  const tail = fc.stringMatching(/^(:\d{0,6})?([/?#][\w.~!$&'()*+,;=:@%/?#[\] -]{0,20})?$/)
  fc.assert(
    fc.property(
      fc.constantFrom('http', 'https', 'HTTPS'),
      fc.array(label, { maxLength: 10 }),
      fc.constantFrom('', '.example', '.de'),
      tail,
      (scheme, labels, end, rest) => {
        const address = `${scheme}://${labels.join('.')}${end}${rest}`
        expect(valid(url, address)).toBe(address.length <= 255 && URL.canParse(address))
      },
    ),
    { numRuns: 2_000 },
  )
})
