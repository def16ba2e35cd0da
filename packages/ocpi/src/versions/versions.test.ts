import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OcpiError } from '../errors.ts'
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

test('a 2.2.1 CDR reads as 2.3.0, contained tariffs included', () => {
  const { readBody, writeBody } = codecOf('2.2.1')
  const old = {
    id: 'c',
    total_cost: { excl_vat: 4, incl_vat: 5 },
    custom: { kept: true },
    tariffs: [{ id: 't', min_price: { excl_vat: 1, incl_vat: 1.2 } }],
  }
  const lifted = readBody('cdrs', 'postCdr', old)

  expect(lifted).toEqual({
    id: 'c',
    total_cost: { before_taxes: 4, taxes: [{ name: 'VAT', amount: 1 }] },
    custom: { kept: true },
    tariffs: [{ id: 't', tax_included: 'NO', min_price: { before_taxes: 1, after_taxes: 1.2 } }],
  })
  expect(writeBody('cdrs', 'postCdr', lifted)).toEqual(old)
})

test.each(['2.3.0', '2.2.1'] as const)('the %s codec leaves alone what it does not know', (version) => {
  const codec = codecOf(version)
  fc.assert(
    fc.property(fc.constantFrom('sessions', 'cdrs', 'payments', 'locations'), fc.jsonValue(), (module, value) => {
      for (const translate of [codec.readBody, codec.writeBody, codec.readData, codec.writeData]) {
        expect(translate(module, 'list', value)).toEqual(value)
      }
    }),
  )
})

test.each(['2.3.0', '2.2.1'] as const)(
  'the session status RESERVED of the prose is read as RESERVATION in %s',
  (version) => {
    expect(codecOf(version).readBody('sessions', 'putSession', { status: 'RESERVED' })).toEqual({
      status: 'RESERVATION',
    })
    expect(codecOf(version).readBody('locations', 'putEvse', { status: 'RESERVED' })).toEqual({ status: 'RESERVED' })
  },
)
