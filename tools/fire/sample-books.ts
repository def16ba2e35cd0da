/** Books that agree, for the tests of the audit. */
import { createHash } from 'node:crypto'
import type { Booked, Books, StoredEvent, StoredPayment } from './books.ts'

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })

/** A line of the provider; the hold of P-1 is S-1. */
export const line = (at: number, reference: string, operation: string, more: Partial<Booked> = {}): Booked => ({
  at,
  reference,
  pspReference: reference.replace('P', 'S'),
  operation,
  status: operation === 'authorize' ? 'approved' : 'done',
  amountMinor: 6050,
  currency: 'EUR',
  ...more,
})

export const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url')

type Happened = Pick<StoredEvent, 'seq' | 'type' | 'from' | 'to' | 'verdict' | 'body'>

export const event = (seq: number, type: string, to: string, more: Partial<Happened> = {}): Happened => ({
  ...{ seq, type, from: to, to, verdict: 'moved', body: {} },
  ...more,
})

type Unchained = Omit<StoredPayment, 'bodyHash' | 'chainHash' | 'events'> & { readonly events: readonly Happened[] }

/** With its row and its log held together as the platform writes them. */
export function chained(payment: Unchained): StoredPayment {
  const bodyHash = hashOf(JSON.stringify(payment))
  let [chainHash, entity] = ['', '']
  const events = payment.events.map((one): StoredEvent => {
    const { seq, type, from, to, verdict, body } = one
    const [at, text] = [100 * seq, JSON.stringify(body)]
    const afterHash = seq === payment.events.length - 1 ? bodyHash : `after ${seq}`
    const line = [
      chainHash,
      entity,
      'payment',
      payment.reference,
      seq,
      at,
      type,
      from,
      to,
      verdict,
      null,
      text,
      afterHash,
    ]
    chainHash = hashOf(JSON.stringify(line))
    entity = afterHash
    return { ...one, at, reason: null, text, afterHash, chainHash }
  })
  return { ...payment, bodyHash, chainHash, events }
}

const created = event(0, 'created', 'authorizing', { verdict: 'created' })
const authorized = event(1, 'authorized', 'starting', { from: 'authorizing', body: { held: eur(6050) } })

const captured = chained({
  reference: 'P-1',
  state: 'captured',
  version: 4,
  held: eur(6050),
  captured: eur(61),
  cdr: { id: 'C-1', due: eur(61) },
  adviceId: 'A-1',
  events: [
    created,
    authorized,
    event(2, 'cdr-received', 'capturing', {
      from: 'starting',
      body: { cdr: { id: 'C-1', due: eur(61) }, adviceId: 'A-0' },
    }),
    event(3, 'captured', 'captured', { from: 'capturing', body: { amount: eur(61), adviceId: 'A-1' } }),
    event(4, 'advice-delivered', 'captured', { body: { adviceId: 'A-1' } }),
  ],
  advices: [{ id: 'A-1', hash: 'aa' }],
})

const voided = chained({
  reference: 'P-2',
  state: 'voided',
  version: 2,
  held: eur(6050),
  events: [created, authorized, event(2, 'voided', 'voided', { from: 'starting' })],
  advices: [],
})

const declined = chained({
  reference: 'P-3',
  state: 'declined',
  version: 1,
  events: [created, event(1, 'authorization-declined', 'declined', { from: 'authorizing' })],
  advices: [],
})

/** One payment that went well, one that was given back, one that was declined. */
export const sound: Books = {
  away: [],
  provider: [
    line(100, 'P-1', 'authorize'),
    line(900, 'P-1', 'capture', { amountMinor: 61 }),
    line(100, 'P-2', 'authorize'),
    line(500, 'P-2', 'void'),
    line(100, 'P-3', 'authorize', { status: 'declined', amountMinor: 0 }),
  ],
  cpo: {
    starts: [
      { reference: 'P-1', at: 200, orders: 1, acceptedAt: 250 },
      { reference: 'P-2', at: 200, orders: 1, acceptedAt: 250 },
    ],
    charges: [
      { reference: 'P-1', status: 'COMPLETED', charged: true, endedAt: 800 },
      { reference: 'P-2', status: 'INVALID', charged: false, endedAt: 400 },
    ],
    cdrs: [{ id: 'C-1', reference: 'P-1', dueMinor: 61, currency: 'EUR', at: 850 }],
    advices: [
      { id: 'A-1', reference: 'P-1', status: 'SUCCESS', amountMinor: 61, currency: 'EUR', at: 950, hashes: ['aa'] },
    ],
  },
  told: [
    { reference: 'P-1', state: 'accepted', capturedMinor: 0, at: 150 },
    { reference: 'P-1', state: 'captured', capturedMinor: 61, currency: 'EUR', at: 1000 },
    { reference: 'P-2', state: 'accepted', capturedMinor: 0, at: 150 },
  ],
  stored: [captured, voided, declined],
}

export type Changed = { -readonly [K in keyof Books]: Books[K] }

/** A book in which one thing was changed behind everybody's back. */
export function tampered(change: (books: Changed) => void): Books {
  const books = structuredClone(sound)
  change(books)
  return books
}

/** The payment that went well, with this about it changed. */
export const withStored = (change: Partial<StoredPayment>) => (books: Changed) => {
  books.stored = books.stored.map((one) => (one.reference === 'P-1' ? { ...one, ...change } : one))
}

/** With one event of it changed, the row left as it is. */
export const withEvent = (seq: number, change: Partial<StoredEvent>) =>
  withStored({ events: captured.events.map((one) => (one.seq === seq ? { ...one, ...change } : one)) })
