import { expect, test } from 'vitest'
import { audit } from './audit.ts'
import { foldOf } from './fold.ts'
import { type Changed, chained, line, sound, tampered, withEvent, withStored } from './sample-books.ts'

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
const both = (row: Parameters<typeof withStored>[0], seq: number, body: object) => (books: Changed) => {
  withEvent(seq, { body })(books)
  const { events } = books.stored[0]!
  withStored({ ...row, events })(books)
}

test.each<[what: string, findings: readonly string[], change: (books: Changed) => void]>([
  [
    'a hold',
    [
      'I13 p-1: held: the events say 7050 EUR, the row 6050 EUR',
      'I13 p-1: held: the events say 7050 EUR, the provider 6050 EUR',
    ],
    withEvent(1, { body: { held: eur(7050) } }),
  ],
  [
    'a hold, and the row with it',
    ['I13 p-1: held: the events say 7050 EUR, the provider 6050 EUR'],
    both({ held: eur(7050) }, 1, { held: eur(7050) }),
  ],
  [
    'a hold to another currency',
    ['I13 p-1: held: the events say 6050 HUF, the provider 6050 EUR'],
    withEvent(1, { body: { held: { amountMinor: 6050, currency: 'HUF' } } }),
  ],
  [
    'a CDR to another amount',
    [
      'I13 p-1: CDR: the events say C-1 of 60 EUR, the row C-1 of 61 EUR',
      'I13 p-1: CDR: the events say C-1 of 60 EUR, the CPO C-1 of 61 EUR',
    ],
    withEvent(2, { body: { cdr: { id: 'C-1', due: eur(60) } } }),
  ],
  [
    'a CDR to another one, and the row with it',
    [
      'I13 p-1: CDR: the events say C-9 of 61 EUR, the CPO none',
      'I10 p-1: the platform’s CDR is C-9 of 61, the CPO’s C-1 of 61',
    ],
    both({ cdr: { id: 'C-9', due: eur(61) } }, 2, { cdr: { id: 'C-9', due: eur(61) } }),
  ],
  [
    'a capture',
    [
      'I13 p-1: captured: the events say 60 EUR, the row 61 EUR',
      'I13 p-1: captured: the events say 60 EUR, the provider 61 EUR',
    ],
    withEvent(3, { body: { amount: eur(60), adviceId: 'A-1' } }),
  ],
  [
    'the advice of a capture',
    ['I13 p-1: advice: the events say A-9, the row A-1', 'I13 p-1: advice: the events say A-9, the CPO none'],
    withEvent(3, { body: { amount: eur(61), adviceId: 'A-9' } }),
  ],
  [
    'which advice was taken',
    ['I13 p-1: advice taken: the events say A-9, the CPO none'],
    withEvent(4, { body: { adviceId: 'A-9' } }),
  ],
  [
    'a capture to something that was ignored',
    ['I13 p-1: captured: the events say nothing, the row 61 EUR'],
    withEvent(3, { verdict: 'ignored' }),
  ],
])('an event that was changed is named, though the chain of states is whole: %s (I13)', (_, findings, change) => {
  expect(audit(tampered(change))).toEqual(expect.arrayContaining([...findings]))
})

test.each<[what: string, finding: string, advices: { readonly id: string; readonly hash: string }[]]>([
  ['was removed', 'I8 p-1: advice A-1 was sent, and the platform keeps none of that name', []],
  ['was changed', 'I8 p-1: the platform keeps another advice A-1 than it has sent', [{ id: 'A-1', hash: 'bb' }]],
])('an advice that %s after it was sent is named (I8)', (_, finding, advices) => {
  expect(audit(tampered(withStored({ advices })))).toContain(finding)
})

test('a hold that was raised is what the last word says, and the provider’s last line', () => {
  const raised = tampered((books) => {
    const [first, second, ...rest] = books.stored[0]!.events
    const raise = { ...second!, seq: 2, type: 'hold-raised', from: 'starting', body: { held: eur(9000) } }
    const events = [first!, second!, raise, ...rest.map((one) => ({ ...one, seq: one.seq + 1 }))]
    withStored({ events, version: 5, held: eur(9000) })(books)
    books.stored = books.stored.map(chained)
    books.provider = [...books.provider, line(300, 'P-1', 'increment', { amountMinor: 9000 })]
  })
  expect(audit(raised)).toEqual([])
})

test('a bill that was taken back before it came, or that waits behind another, asks for nothing', () => {
  const [created, authorized, billed, ...rest] = sound.stored[0]!.events
  const other = { cdr: { id: 'C-0', due: eur(99) }, adviceId: 'A-x' }
  const before = { ...billed!, body: { ...other, credit: { id: 'K-0' } } }
  const behind = { ...billed!, to: 'captured', body: other }
  expect(foldOf([created!, authorized!, before, billed!, ...rest, behind])).toEqual(foldOf(sound.stored[0]!.events))
  expect(foldOf([created!, authorized!, before])).toEqual({ held: eur(6050), taken: [] })
})

test('what is not part of a fire is not folded: refunds and an operator’s word', () => {
  const [payment] = sound.stored
  const events = payment!.events
  expect(foldOf(events)).toEqual({
    held: eur(6050),
    captured: eur(61),
    cdr: { id: 'C-1', due: eur(61) },
    adviceId: 'A-1',
    taken: ['A-1'],
  })
  expect(foldOf([...events, { ...events[4]!, seq: 5, type: 'overcaptured' }])).toBeUndefined()
})
