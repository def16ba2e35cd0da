import { checkKey, checkMoney, unknownPayment } from '../checks.ts'
import type { Authorization, Capture, Hold, Money, Psp, Refund, Voided } from '../psp.ts'
import { PspError } from '../psp.ts'
import { withoutCardNumbers } from '../without-card-numbers.ts'
import type { Booked, Books } from './books.ts'
import { emptyBooks, enter, paymentOf } from './books.ts'
import { simulatedCapabilities } from './capabilities.ts'
import type { CardBehaviour } from './cards.ts'
import { faceOf } from './cards.ts'
import type { Outcome } from './decide.ts'
import {
  cardOf,
  decideAuthorize,
  decideCapture,
  decideIncrement,
  decideReduce,
  decideRefund,
  decideVoid,
} from './decide.ts'
import type { Ledger, LedgerEntry } from './ledger.ts'
import { settlementOf } from './settlement.ts'

export interface SimulatedPspParts {
  readonly clock: { readonly now: () => number; readonly after: (delayMs: number, task: () => void) => () => void }
  readonly ledger: Ledger
  readonly random: () => number
  /** How long every answer takes; 0 by default. */
  readonly latencyMs?: number
  /** After how long a lost answer is reported as `unknown-outcome`; 0 by default. */
  readonly timeoutMs?: number
  /** While true nothing of the provider can be reached. */
  readonly outage?: () => boolean
  /** What goes wrong with every card, beside what the card itself brings. */
  readonly misbehave?: () => CardBehaviour
  /** How long "later" is: a capture that is decided after it was accepted. 5 s by default. */
  readonly laterMs?: number
  /** After this a key is forgotten and its request runs again. For ever by default. */
  readonly keyRetentionMs?: number
  /** A hold may be captured in several parts: a key that was forgotten captures once more. (F63) */
  readonly capturesAgain?: boolean
}

const LATER_MS = 5_000

type Operation = Exclude<LedgerEntry['operation'], 'expire'>
type Asked = {
  readonly key: string
  readonly reference?: string
  readonly pspReference?: string
  readonly amount?: Money
  readonly newTotal?: Money
}
/** A new payment, or a change of one that is there. */
type Decide<T> =
  | { readonly open: (pspReference: string) => Outcome<T> }
  | { readonly change: (payment: Booked) => Outcome<T> }

/** A provider in one process, with its own truth. It behaves as the presented card says. */
export function createSimulatedPsp(parts: SimulatedPspParts): Psp {
  const { clock, ledger } = parts
  const { withBooks, run } = createCounter(parts)
  const behave = (card: string): CardBehaviour => ({ ...cardOf(card).behaviour, ...parts.misbehave?.() })
  const capturing = ({ card }: Booked) => ({
    now: clock.now(),
    capture: behave(card).capture,
    laterMs: parts.laterMs ?? LATER_MS,
    again: parts.capturesAgain === true,
  })
  return withoutCardNumbers({
    name: 'simulated',
    capabilities: simulatedCapabilities,
    authorize: async (o) => {
      const card = cardOf(o.card)
      const behaviour = behave(o.card)
      reachable(parts)
      if (behaviour.authorize === 'lost-request') {
        await pause(clock, parts.timeoutMs ?? 0)
        throw lost('authorize')
      }
      const open = (pspReference: string) =>
        decideAuthorize(o, card, { pspReference, now: clock.now(), random: parts.random, behaviour })
      return run<Authorization>('authorize', o, { open })
    },
    increment: async (o) =>
      run<Hold>('increment', o, { change: (one) => decideIncrement(one, o.newTotal, behave(one.card)) }),
    reduce: async (o) => run<Hold>('reduce', o, { change: (one) => decideReduce(one, o.newTotal) }),
    capture: async (o) => run<Capture>('capture', o, { change: (one) => decideCapture(one, o.amount, capturing(one)) }),
    void: async (o) => run<Voided>('void', o, { change: (one) => decideVoid(one, clock.now(), behave(one.card)) }),
    refund: async (o) => run<Refund>('refund', o, { change: (one) => decideRefund(one, o.amount, clock.now()) }),
    query: async (o) => {
      const found = withBooks((now) => now.payments.get(o.pspReference ?? now.byReference.get(o.reference ?? '') ?? ''))
      await pause(clock, parts.latencyMs ?? 0)
      return found && paymentOf(found)
    },
    list: async ({ since, until = Number.POSITIVE_INFINITY }) => {
      const found = withBooks((now) =>
        [...now.payments.values()].filter(({ createdAt }) => createdAt >= since && createdAt < until),
      )
      await pause(clock, parts.latencyMs ?? 0)
      return found.map(paymentOf)
    },
    ingest: async () => {
      throw new PspError('not-supported', 'The simulated provider sends no messages. Ask it with query.')
    },
    identify: async (card) => faceOf(cardOf(card)),
    settlement: async (period) => withBooks(() => settlementOf(ledger.entries(), period)),
  })
}

/** Where every request passes, one at a time: the books, the keys, and what is booked. */
function createCounter(parts: SimulatedPspParts) {
  const { clock, ledger } = parts
  let books = emptyBooks()

  /** Looks into the books as they are now; forgets them when the ledger could not be written. */
  function withBooks<T>(work: (books: Books) => T | PspError): T {
    reachable(parts)
    let result: T | PspError
    try {
      result = ledger.locked(() => {
        catchUp(books, ledger, clock.now())
        return work(books)
      })
    } catch (error) {
      books = emptyBooks()
      throw error
    }
    if (result instanceof PspError) throw result
    return result
  }

  /** Runs one money operation: idempotency, booking, and then the way back to the caller. */
  async function run<T>(operation: Operation, asked: Asked, decide: Decide<T>): Promise<T> {
    checkKey(asked.key, simulatedCapabilities)
    const money = asked.amount ?? asked.newTotal
    if (money !== undefined) checkMoney(money)
    const request = requestText(operation, asked)
    const outcome = withBooks((now): Outcome<T> | PspError => {
      const earlier = answeredBefore<T>(now, {
        key: asked.key,
        request,
        since: clock.now() - (parts.keyRetentionMs ?? Infinity),
      })
      if (earlier !== undefined) return earlier
      // An authorization begins a payment of its own, whatever else the request may carry.
      const payment = 'open' in decide ? undefined : now.payments.get(asked.pspReference ?? '')
      const pspReference = payment?.pspReference ?? `SIM-${String(now.payments.size + 1).padStart(8, '0')}`
      const decided = 'open' in decide ? decide.open(pspReference) : payment && decide.change(payment)
      if (decided === undefined) return unknownPayment(asked.pspReference)
      const { status, amount } = decided
      const answer = JSON.stringify(decided.due ? { ...(decided.answer as object), due: decided.due } : decided.answer)
      const reference = payment?.reference ?? asked.reference ?? ''
      const at = clock.now()
      const entry = { at, reference, pspReference, operation, status, amount, key: asked.key, request, answer }
      enter(now, ledger.append(entry))
      if (decided.twice) enter(now, ledger.append({ ...entry, key: '' }))
      return decided
    })
    await pause(clock, outcome.lost ? (parts.timeoutMs ?? 0) : (parts.latencyMs ?? 0))
    return deliver(operation, outcome)
  }

  return { withBooks, run }
}

function reachable(parts: SimulatedPspParts): void {
  if (parts.outage?.()) throw new PspError('unavailable', 'The provider is away. Repeat with the same key later.')
}

/** Brings the books up to the ledger, then books what has happened by itself since: holds that ran out, late decisions. */
function catchUp(books: Books, ledger: Ledger, now: number): void {
  for (const entry of ledger.entries(books.lastSeq)) enter(books, entry)
  for (const live of books.live) {
    const payment = books.payments.get(live)
    if (payment === undefined) continue
    const { reference, pspReference, currency, due } = payment
    const words = { reference, pspReference, key: '', request: '{}', answer: '{}' }
    if (due && now >= due.at) {
      const amount = { amountMinor: due.amountMinor, currency }
      enter(books, ledger.append({ ...words, at: due.at, amount, operation: 'capture', status: due.outcome }))
    } else if (payment.state === 'authorized' && now >= payment.captureBefore) {
      const amount = { amountMinor: payment.authorized, currency }
      enter(books, ledger.append({ ...words, at: payment.captureBefore, amount, operation: 'expire', status: 'done' }))
    }
  }
}

/** The stored answer of this key; an attempt that found the provider away is not an answer. */
function answeredBefore<T>(
  books: Books,
  asked: { readonly key: string; readonly request: string; readonly since: number },
): Outcome<T> | PspError | undefined {
  const { key, request, since } = asked
  const earlier = (books.byKey.get(key) ?? []).filter((entry) => entry.at > since)
  if (earlier.some((entry) => entry.request !== request)) {
    return new PspError('refused', `Key "${key}" was used for another request. A key belongs to one request only.`)
  }
  const found = earlier.find((entry) => entry.status !== 'unavailable' && entry.status !== 'refused')
  if (found === undefined) return undefined
  const stored = JSON.parse(found.answer) as T | string
  if (typeof stored === 'string') return { status: found.status, amount: found.amount, answer: stored }
  const { due: _due, ...answer } = stored as T & { due?: unknown }
  return { status: found.status, amount: found.amount, answer: answer as T }
}

/** The request as text, the same for the same request whatever the order of its fields. */
function requestText(operation: Operation, asked: Asked): string {
  const { key: _, ...request } = asked
  return JSON.stringify({ ...request, operation }, (_name, value: unknown) =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

function deliver<T>(operation: Operation, outcome: Outcome<T>): T {
  if (outcome.lost) throw lost(operation)
  if (outcome.status === 'unavailable')
    throw new PspError('unavailable', `${String(outcome.answer)} Repeat with the same key.`)
  if (outcome.status === 'declined' && operation !== 'authorize') throw new PspError('declined', String(outcome.answer))
  if (outcome.status === 'refused') throw new PspError('refused', `${operation}: ${String(outcome.answer)}`)
  return outcome.answer as T
}

function lost(operation: Operation): PspError {
  return new PspError('unknown-outcome', `No answer to ${operation}. Ask with query, then repeat with the same key.`)
}

function pause(clock: SimulatedPspParts['clock'], ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((done) => void clock.after(ms, done))
}
