import { expect, test } from 'vitest'
import { audit } from './audit.ts'
import { type Changed, chained, line, sound, tampered, withStored } from './sample-books.ts'

const huf = (amountMinor: number) => ({ amountMinor, currency: 'HUF' })
const booked = (...lines: Changed['provider']) => ({
  do: (b: Changed) => {
    b.provider = [...b.provider, ...lines]
  },
})
const second = { pspReference: 'S-9' }

test.each<[what: string, findings: readonly string[], change: (books: Changed) => void]>([
  [
    'a second hold was never given back',
    ['I4 p-1: 2 holds: S-1, S-9', 'I4 p-1: 6050 are still held by S-9'],
    booked(line(150, 'P-1', 'authorize', second)).do,
  ],
  [
    'a second hold of a payment that was given back is still there',
    ['I4 p-2: 2 holds: S-2, S-9', 'I4 p-2: 6050 are still held by S-9'],
    booked(line(150, 'P-2', 'authorize', second)).do,
  ],
  [
    'a second hold was taken as well',
    ['I1 p-1: captured 2 times', 'I4 p-1: 2 holds: S-1, S-9'],
    booked(line(150, 'P-1', 'authorize', second), line(950, 'P-1', 'capture', { ...second, amountMinor: 61 })).do,
  ],
  [
    'of two holds the smaller was overdrawn, though both together would be enough',
    ['I2 p-1: 61 captured, 60 held by S-9'],
    booked(
      line(150, 'P-1', 'authorize', { ...second, amountMinor: 60 }),
      line(950, 'P-1', 'capture', { ...second, amountMinor: 61 }),
    ).do,
  ],
  [
    'two holds are two even when both were given back',
    ['I4 p-2: 2 holds: S-2, S-9'],
    booked(line(150, 'P-2', 'authorize', second), line(500, 'P-2', 'void', second)).do,
  ],
  [
    'a capture stands under the hold of another payment',
    ['I2 p-1: capture of S-2, which holds nothing', 'I4 p-1: 6050 are still held'],
    (b) => {
      b.provider = b.provider.map((one) => (one.operation === 'capture' ? { ...one, pspReference: 'S-2' } : one))
    },
  ],
  [
    'less was given back than was held',
    ['I4 p-2: 6000 given back, 6050 held'],
    (b) => {
      b.provider = b.provider.map((one) => (one.operation === 'void' ? { ...one, amountMinor: 6000 } : one))
    },
  ],
])('%s: the audit looks at every hold', (_, findings, change) => {
  expect(audit(tampered(change))).toEqual(expect.arrayContaining([...findings]))
})

const inHuf = <T>(all: readonly T[], isThis: (one: T) => boolean): readonly T[] =>
  all.map((one) => (isThis(one) ? { ...one, currency: 'HUF' } : one))

test.each<[book: string, change: (books: Changed) => void]>([
  [
    'the provider’s authorize',
    (b) => {
      b.provider = inHuf(b.provider, ({ operation }) => operation === 'authorize')
    },
  ],
  [
    'the provider’s capture',
    (b) => {
      b.provider = inHuf(b.provider, ({ operation }) => operation === 'capture')
    },
  ],
  [
    'the CDR',
    (b) => {
      b.cpo = { ...b.cpo, cdrs: inHuf(b.cpo.cdrs, () => true) }
    },
  ],
  [
    'the advice',
    (b) => {
      b.cpo = { ...b.cpo, advices: inHuf(b.cpo.advices, () => true) }
    },
  ],
  [
    'the driver',
    (b) => {
      b.told = inHuf(b.told, ({ state }) => state === 'captured')
    },
  ],
  ['the platform’s hold', withStored({ held: huf(6050) })],
  ['the platform’s capture', withStored({ captured: huf(61) })],
  ['the platform’s CDR', withStored({ cdr: { id: 'C-1', due: huf(61) } })],
])('the same number in another currency is another amount: %s in HUF is named (I2)', (book, change) => {
  const found = audit(tampered(change)).find((one) => one.startsWith('I2 p-1: two currencies'))
  expect(found).toContain(`${book} HUF`)
  expect(found).toContain('EUR')
})

test('books of another currency throughout have no finding', () => {
  const books = JSON.parse(JSON.stringify(sound).replaceAll('EUR', 'HUF')) as typeof sound
  expect(audit({ ...books, stored: books.stored.map(chained) })).toEqual([])
})
