import { expect, test } from 'vitest'
import { audit } from './audit.ts'
import { type Changed, line, sound, tampered, withEvent, withStored } from './sample-books.ts'

const first = <T>(all: readonly T[], change: Partial<T>): readonly T[] =>
  all.map((one, index) => (index === 0 ? { ...one, ...change } : one))

const eventsOf = (books: Changed) => books.stored[0]?.events ?? []

test('books that agree have no finding', () => {
  expect(audit(sound)).toEqual([])
})

test('the hashes by which a log holds together are those that the platform writes', () => {
  const [entity, first, second] = [
    'TeU0CnL0TNqeBVMMCAo7MKALX7M6OwVCC8O4Fft0Xro',
    'BWQBX0HJTJQpxEM-iegOk0rD5WjE29JEb0R_liluj3s',
    'GYJwmaEPknvWlDkAFAOR0z5ltSLqImrqMWad-KxFAro',
  ]
  const written = (entityHash: string, last: string) => (books: Changed) => {
    const [created, declined] = books.stored[2]!.events
    const events = [
      { ...created!, at: 0, text: '{}', afterHash: 'after 0', chainHash: first },
      { ...declined!, at: 100, text: '{}', afterHash: entityHash, chainHash: last },
    ]
    books.stored = books.stored.with(2, { ...books.stored[2]!, bodyHash: entityHash, chainHash: last, events })
  }
  expect(audit(tampered(written(entity, second)))).toEqual([])
  expect(audit(tampered(written(entity, first)))).toHaveLength(1)
})

test.each<[what: string, finding: string, change: (books: Changed) => void]>([
  [
    'a tap that a driver was told of is gone',
    'I4 p-2: somebody knows it (provider, starts, charges, told), the platform does not',
    (b) => {
      b.stored = b.stored.filter(({ reference }) => reference !== 'P-2')
    },
  ],
  [
    'the provider captured twice',
    'I1 p-1: captured 2 times',
    (b) => {
      b.provider = [...b.provider, line(950, 'P-1', 'capture', { amountMinor: 61 })]
    },
  ],
  [
    'more is captured than was held',
    'I2 p-1: 61 captured, 60 held',
    (b) => {
      b.provider = first(b.provider, { amountMinor: 60 })
    },
  ],
  [
    'more is refunded than was captured',
    'I3 p-1: 62 refunded, 61 captured',
    (b) => {
      b.provider = [...b.provider, line(990, 'P-1', 'refund', { amountMinor: 62 })]
    },
  ],
  [
    'a capture is struck from the provider’s book',
    'I4 p-1: 6050 are still held',
    (b) => {
      b.provider = b.provider.filter(({ operation }) => operation !== 'capture')
    },
  ],
  [
    'a void is struck from it',
    'I4 p-2: 6050 are still held',
    (b) => {
      b.provider = b.provider.filter(({ operation }) => operation !== 'void')
    },
  ],
  [
    'a hold is both captured and given back',
    'I4 p-1: captured and given back',
    (b) => {
      b.provider = [...b.provider, line(990, 'P-1', 'void', { amountMinor: 6050 })]
    },
  ],
  [
    'a payment never ends',
    'I16 p-2: still awaiting-cdr',
    (b) => {
      b.stored = b.stored.map((one) => (one.reference === 'P-2' ? { ...one, state: 'awaiting-cdr' } : one))
    },
  ],
  [
    'a payment is stuck',
    'I16 p-2: stuck, though nothing here needs a person',
    (b) => {
      b.stored = b.stored.map((one) => (one.reference === 'P-2' ? { ...one, state: 'stuck' } : one))
    },
  ],
  [
    'the amount in the database was changed',
    'I9 p-1: the platform says 62 captured, the provider 61',
    (b) => {
      withStored({ captured: { amountMinor: 62, currency: 'EUR' } })(b)
    },
  ],
  [
    'money was taken for a payment that is void',
    'I9 p-2: 10 captured, but it is voided',
    (b) => {
      b.provider = [...b.provider, line(990, 'P-2', 'capture', { amountMinor: 10 })]
    },
  ],
  [
    'a CDR was changed after it was paid',
    'I10 p-1: 61 captured, the CDR says 99',
    (b) => {
      b.cpo = { ...b.cpo, cdrs: first(b.cpo.cdrs, { dueMinor: 99 }) }
    },
  ],
  [
    'a CDR of a voided payment was never paid',
    'I10 p-2: the CDR says 61, but it is voided',
    (b) => {
      b.cpo = {
        ...b.cpo,
        cdrs: [...b.cpo.cdrs, { id: 'C-2', reference: 'P-2', dueMinor: 61, currency: 'EUR', at: 870 }],
      }
    },
  ],
  [
    'money was taken where nothing was charged',
    'I10 p-1: 61 captured for nothing',
    (b) => {
      b.cpo = { ...b.cpo, cdrs: [], charges: first(b.cpo.charges, { charged: false }) }
    },
  ],
  [
    'two CDRs ask for one payment',
    'I11 p-1: 2 CDRs',
    (b) => {
      b.cpo = {
        ...b.cpo,
        cdrs: [...b.cpo.cdrs, { id: 'C-2', reference: 'P-1', dueMinor: 61, currency: 'EUR', at: 870 }],
      }
    },
  ],
  [
    'a charger was started before there was a hold',
    'I5 p-1: START_SESSION went out before there was a hold',
    (b) => {
      b.cpo = { ...b.cpo, starts: first(b.cpo.starts, { at: 50 }) }
    },
  ],
  [
    'energy flows that nobody ordered',
    'I5 p-1: energy without START_SESSION',
    (b) => {
      b.cpo = { ...b.cpo, starts: b.cpo.starts.filter(({ reference }) => reference !== 'P-1') }
    },
  ],
  [
    'a charger was started twice',
    'I12 p-1: START_SESSION was sent 2 times',
    (b) => {
      b.cpo = { ...b.cpo, starts: first(b.cpo.starts, { orders: 2 }) }
    },
  ],
  [
    'an advice was lost',
    'I8 p-1: advice A-1 never arrived',
    (b) => {
      b.cpo = { ...b.cpo, advices: [] }
    },
  ],
  [
    'an advice came in two versions',
    'I8 p-1: advice A-1 came in 2 versions',
    (b) => {
      b.cpo = { ...b.cpo, advices: first(b.cpo.advices, { hashes: ['aa', 'bb'] }) }
    },
  ],
  [
    'a second advice came',
    'I8 p-1: 2 advices',
    (b) => {
      b.cpo = { ...b.cpo, advices: [...b.cpo.advices, { ...b.cpo.advices[0]!, id: 'A-2' }] }
    },
  ],
  [
    'an advice tells another amount',
    'I9 p-1: advised 60, captured 61',
    (b) => {
      b.cpo = { ...b.cpo, advices: first(b.cpo.advices, { amountMinor: 60 }) }
    },
  ],
  [
    'the driver saw another amount',
    'I9 p-1: the driver was told 60, the provider took 61',
    (b) => {
      b.told = b.told.map((one) => (one.state === 'captured' ? { ...one, capturedMinor: 60 } : one))
    },
  ],
  [
    'the driver saw another end',
    'I9 p-1: the driver was told voided, it is captured',
    (b) => {
      b.told = b.told.map((one) => (one.state === 'captured' ? { ...one, state: 'voided' } : one))
    },
  ],
  [
    'an event is missing',
    'I13 p-1: an event is missing before number 2',
    (b) => withStored({ events: eventsOf(b).filter(({ seq }) => seq !== 1) })(b),
  ],
  [
    'an event was changed',
    'I13 p-1: event 3 begins at starting, the one before ended at capturing',
    withEvent(3, { from: 'starting' }),
  ],
  [
    'the last event was cut off',
    'I13 p-1: the last event says capturing, the row captured',
    (b) => withStored({ events: eventsOf(b).slice(0, 3) })(b),
  ],
  [
    'why something happened was changed',
    'I13 p-1: event 1 (authorized), or the row it was decided on, is not what was written',
    withEvent(1, { reason: 'x' }),
  ],
  [
    'when it happened was changed',
    'I13 p-1: event 3 (captured), or the row it was decided on, is not what was written',
    withEvent(3, { at: 1 }),
  ],
  [
    'what an event said was changed',
    'I13 p-1: event 2 (cdr-received), or the row it was decided on, is not what was written',
    withEvent(2, { text: '{}' }),
  ],
  ['a row was changed', 'I13 p-1: the row is not as its last event left it', withStored({ bodyHash: 'other' })],
  [
    'the end of a log was changed',
    'I13 p-1: the row is not as its last event left it',
    withStored({ chainHash: 'other' }),
  ],
  [
    'a row was changed without an event',
    'I13 p-1: version 5, but the last event is number 4',
    withStored({ version: 5 }),
  ],
])('the audit names it when %s', (_, finding, change) => {
  expect(audit(tampered(change))).toContain(finding)
})
