/** The types of the wire, each by what a partner may and may not send. */
import type { TSchema } from 'typebox'
import { expect, test } from 'vitest'
import { Role } from '../src/modules/credentials.ts'
import { Connector } from '../src/modules/locations.ts'
import { InvoiceCreator } from '../src/modules/payments.ts'
import { ModuleId, VersionNumber } from '../src/modules/versions.ts'
import {
  ciString,
  closedEnum,
  DateTime,
  DisplayText,
  formatDateTime,
  listOf,
  num,
  object,
  openEnum,
  optional,
  Price,
  parseDateTime,
  sameCi,
  TaxAmount,
  text,
  url,
} from '../src/types.ts'
import { explain, validatorOf } from '../src/validate.ts'
import { aConnector } from './keeper.ts'

const takes = (shape: TSchema, value: unknown) => validatorOf(shape).check(value)
const why = (shape: TSchema, value: unknown) => explain(validatorOf(shape).findings(value))

test('A-56: a CiString has no line ends or tabs, a largest length, and is compared without case', () => {
  expect([takes(ciString(3), 'abc'), takes(ciString(3), 'abcd')]).toEqual([true, false])
  for (const bad of ['a\nb', 'a\rb', 'a\tb', 'a\u0000', '\ud800', 'a\u0085'])
    expect(why(ciString(36), bad)).toContain('without line breaks or tabs')
  expect([sameCi('NL*ABC*e1', 'nl*abc*E1'), sameCi('a', 'b')]).toEqual([true, false])
})

test('A-57: a string keeps its case, and so do enum values', () => {
  expect(takes(text(5), 'Straß')).toBe(true)
  expect([takes(text(5), '\u{1f50c}'), takes(text(5), '\udd0c')]).toEqual([true, false])
  expect(takes(text(5), 'a\nb')).toBe(false)
  expect([takes(InvoiceCreator, 'CPO'), takes(InvoiceCreator, 'cpo')]).toEqual([true, false])
})

test.each([
  ['2030-01-31T12:00:00Z', '2030-01-31T12:00:00.000Z'],
  ['2030-01-31T12:00:00', '2030-01-31T12:00:00.000Z'],
  ['2030-01-31T12:00:00.5Z', '2030-01-31T12:00:00.500Z'],
  ['2030-01-31T12:00:00.1234Z', '2030-01-31T12:00:00.123Z'],
])('A-58: %s is a DateTime', (given, moment) => {
  expect(takes(DateTime, given)).toBe(true)
  expect(formatDateTime(parseDateTime(given))).toBe(moment)
})

test.each([
  ['2030-01-31T12:00:00+00:00', '2030-01-31T12:00:00.000Z'],
  ['2030-01-31T12:00:00-00:00', '2030-01-31T12:00:00.000Z'],
  ['2030-01-31T14:00:00+02:00', '2030-01-31T12:00:00.000Z'],
  ['2030-01-31 12:00:00Z', '2030-01-31T12:00:00.000Z'],
  ['2030-01-31T12:00Z', '2030-01-31T12:00:00.000Z'],
])('E-54: %s is read although it should not be sent', (given, moment) => {
  expect(takes(DateTime, given)).toBe(true)
  expect(formatDateTime(parseDateTime(given))).toBe(moment)
})

test('E-55: milliseconds are what we send, 24 characters; longer fractions are read', () => {
  expect(formatDateTime(1_900_000_000_007)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.007Z$/)
  expect(formatDateTime(1_900_000_000_007)).toHaveLength(24)
  expect(parseDateTime('2030-01-31T12:00:00.123456789Z')).toBe(Date.parse('2030-01-31T12:00:00.123Z'))
})

test.each([
  '2030-02-30T00:00:00Z',
  '2030-13-01T00:00:00Z',
  '2030-01-31T24:00:00Z',
  '2030-01-31T12:60:00Z',
  '2030-01-31',
  'now',
  '',
  '1900000000',
  '20x0-02-01T00:00:00Z',
  '2030-02-01T00:00:00.00xZ',
])('A-58: %s is none', (given) => {
  expect(why(DateTime, given)).toContain('a UTC time like 2030-01-31T12:00:00Z')
})

test('A-59: a number is a JSON number, never text', () => {
  expect([takes(num, 0.1234), takes(num, -1), takes(num, '1'), takes(num, null)]).toEqual([true, true, false, false])
})

test('A-60: a URL is absolute, http or https, at most 255 characters', () => {
  for (const good of [
    'https://a.example',
    'http://a.example:8080/x?y=z#w',
    'https://[2001:db8::1]/x',
    'https://münchen.example/ü',
    'https://a.example/%7Bid%7D',
  ])
    expect(takes(url, good)).toBe(true)
  for (const bad of [
    '/x',
    'a.example',
    'ftp://a.example',
    'https://',
    'https://a b.example',
    'https://1.2.3.999/',
    'https://a.example:99999/',
    `https://a.example/${'x'.repeat(240)}`,
  ])
    expect(takes(url, bad)).toBe(false)
})

test('A-61, A-62: a price is a net amount and a list of taxes, each with a name and an amount', () => {
  const tax = { name: 'VAT', account_number: null, percentage: 21, amount: 2.1 }

  expect([
    takes(Price, { before_taxes: 10 }),
    takes(Price, { before_taxes: 10, taxes: null }),
    takes(Price, { before_taxes: 10, taxes: [tax] }),
  ]).toEqual([true, true, true])
  expect(why(Price, { taxes: [{ name: 'VAT' }] })).toBe(
    '/before_taxes: required, but missing (got nothing); /taxes/0/amount: required, but missing (got nothing)',
  )
  expect(takes(TaxAmount, { ...tax, percentage: '21' })).toBe(false)
})

test('A-63: a display text has two letters of language and at most 512 characters', () => {
  expect(takes(DisplayText, { language: 'en', text: 'Hi' })).toBe(true)
  expect(why(DisplayText, { language: 'eng', text: 'x'.repeat(513) })).toMatch(
    /\/language: at most 2 characters, has 3.*\/text: at most 512 characters, has 513/,
  )
})

test('A-64: open enums take values nobody knows yet, closed ones name those there are', () => {
  for (const open of [ModuleId, VersionNumber, Role, openEnum(['A'])]) expect(takes(open, 'SOMETHING_NEW')).toBe(true)
  expect(takes(Connector, { ...aConnector, standard: 'TELEPORT' })).toBe(true)
  expect(why(Connector, { ...aConnector, format: 'PLUG' })).toBe('/format: one of SOCKET, CABLE (got "PLUG")')
  expect(takes(closedEnum(['A']), 'B')).toBe(false)
})

test('A-65: optional is null or absent; a list may be null, empty or absent; what is required may not be null', () => {
  const shape = object({ some: optional(num), many: listOf(num), must: num })

  for (const good of [{ must: 1 }, { must: 1, some: null, many: null }, { must: 1, many: [] }])
    expect(takes(shape, good)).toBe(true)
  for (const bad of [{ must: null }, {}, { must: 1, many: {} }]) expect(takes(shape, bad)).toBe(false)
})

test('A-66: #NA stands in a required string', () => {
  expect(takes(ciString(36), '#NA')).toBe(true)
})
