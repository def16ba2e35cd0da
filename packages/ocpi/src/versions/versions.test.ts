import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OcpiError } from '../errors.ts'
import { EvsePatch } from '../modules/locations.ts'
import { SessionPatch } from '../modules/sessions.ts'
import type { Price } from '../types.ts'
import { chooseVersion, codecOf } from './negotiate.ts'
import { liftPrice, lowerPrice, priceOf } from './v2.2.1.ts'

const offer = (...versions: string[]) => versions.map((version) => ({ version, url: `https://example.com/${version}` }))

test('the highest version both speak is chosen, whatever the order and whatever else is offered', () => {
  expect(chooseVersion(offer('2.1.1', '2.2.1', '2.3.0', '3.0')).version).toBe('2.3.0')
  expect(chooseVersion(offer('2.3.0', '2.2.1'), ['2.2.1'])).toEqual({
    version: '2.2.1',
    url: 'https://example.com/2.2.1',
  })
})

test.each([[[]], [['2.1.1']], [['2.2', '3.0']]])('no common version is OCPI 3002: %j', (versions) => {
  expect(() => chooseVersion(offer(...versions))).toThrow(OcpiError)
  try {
    chooseVersion(offer(...versions))
  } catch (error) {
    expect((error as OcpiError).statusCode).toBe(3002)
  }
})

test('the difference of the old prices becomes one tax, without binary dust', () => {
  expect(liftPrice({ excl_vat: 0.1, incl_vat: 0.3 })).toEqual({
    before_taxes: 0.1,
    taxes: [{ name: 'VAT', amount: 0.2 }],
  })
  expect(liftPrice({ excl_vat: 4 })).toEqual({ before_taxes: 4, taxes: [] })
  expect(liftPrice({ excl_vat: 4, incl_vat: 4 })).toEqual({ before_taxes: 4, taxes: [] })
  expect(liftPrice({ excl_vat: -10, incl_vat: -12.1 })).toEqual({
    before_taxes: -10,
    taxes: [{ name: 'VAT', amount: -2.1 }],
  })
})

test('taxes are added up for 2.2.1; without taxes the gross price stays unknown', () => {
  expect(
    lowerPrice({
      before_taxes: 0.1,
      taxes: [
        { name: 'GST', amount: 0.2 },
        { name: 'QST', amount: 0.3 },
      ],
    }),
  ).toEqual({ excl_vat: 0.1, incl_vat: 0.6 })
  expect(lowerPrice({ before_taxes: 4, taxes: [] })).toEqual({ excl_vat: 4 })
  expect(lowerPrice({ before_taxes: 4, taxes: null })).toEqual({ excl_vat: 4 })
})

test('net and gross survive the way to 2.2.1 and back', () => {
  const money = fc.integer({ min: -100_000_000, max: 100_000_000 }).map((value) => value / 10_000)
  fc.assert(
    fc.property(
      money,
      money.filter((tax) => tax !== 0),
      (net, tax) => {
        const price: Price = { before_taxes: net, taxes: [{ name: 'VAT', amount: tax }] }
        expect(liftPrice(lowerPrice(price))).toEqual(price)
      },
    ),
  )
})

test('a price is read in either form', () => {
  expect(priceOf({ excl_vat: 1 })).toEqual({ before_taxes: 1, taxes: [] })
  const price = { before_taxes: 1, taxes: [] }
  expect(priceOf(price)).toBe(price)
})

test.each([
  [['2.1.1'], /authorization_reference.* 2\.2\.1 or later/],
  [['2.2', '2.1.1'], /2\.2\.1 is the small step/],
  [['3.0'], /you offer 3\.0, we speak 2\.3\.0 and 2\.2\.1/],
])('a partner of %j is told what to do (F-29, F-30)', (versions, advice) => {
  expect(() => chooseVersion(offer(...versions))).toThrow(advice)
})

test('the session status RESERVED of the prose is read as RESERVATION in both versions (E-64)', () => {
  const patch = { status: 'RESERVED', last_updated: '2030-01-01T00:00:00Z' }
  for (const version of ['2.3.0', '2.2.1'] as const) {
    expect(codecOf(version).read(SessionPatch, patch)).toEqual({ value: { ...patch, status: 'RESERVATION' } })
    expect(codecOf(version).read(EvsePatch, patch)).toEqual({ value: patch })
  }
})
