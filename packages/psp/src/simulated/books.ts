import type { Authorization, Hold, PspPayment, PspPaymentState } from '../psp.ts'
import type { LedgerEntry } from './ledger.ts'

/** One payment as the ledger tells it. Amounts in minor units of `currency`. */
export interface Booked {
  readonly reference: string
  readonly pspReference: string
  readonly terminalId: string
  readonly card: string
  readonly currency: string
  readonly createdAt: number
  readonly authorization: Authorization
  readonly state: PspPaymentState
  readonly authorized: number
  readonly captured: number
  readonly captureCount: number
  readonly refunded: number
  readonly increments: number
  readonly captureBefore: number
  /** How often capture and void found the provider away. */
  readonly missed: { readonly capture: number; readonly void: number }
  readonly cdrRef?: string
  readonly due?: Due
}

/** What the provider will decide by itself about a capture, and when. */
export interface Due {
  readonly at: number
  readonly outcome: 'done' | 'refused'
  readonly amountMinor: number
}

/** What follows from the ledger: kept beside it and caught up before every use. */
export interface Books {
  readonly payments: Map<string, Booked>
  readonly byReference: Map<string, string>
  readonly byKey: Map<string, LedgerEntry[]>
  /** Provider references of what still changes by itself: holds that run out, captures that are decided later. */
  readonly live: Set<string>
  lastSeq: number
}

export function emptyBooks(): Books {
  return { payments: new Map(), byReference: new Map(), byKey: new Map(), live: new Set(), lastSeq: 0 }
}

/** Adds one ledger entry to the books. */
export function enter(books: Books, entry: LedgerEntry): void {
  books.lastSeq = entry.seq
  if (entry.key !== '') books.byKey.set(entry.key, [...(books.byKey.get(entry.key) ?? []), entry])
  if (entry.operation === 'authorize') {
    if (entry.status === 'unavailable') return
    const opened = open(entry)
    keep(books, opened)
    books.byReference.set(opened.reference, opened.pspReference)
    return
  }
  const before = books.payments.get(entry.pspReference)
  if (before !== undefined) keep(books, after(before, entry))
}

function keep(books: Books, payment: Booked): void {
  books.payments.set(payment.pspReference, payment)
  if (payment.state === 'authorized' || payment.due) books.live.add(payment.pspReference)
  else books.live.delete(payment.pspReference)
}

function open(entry: LedgerEntry): Booked {
  const asked = JSON.parse(entry.request) as { terminalId: string; card: string }
  const authorization = JSON.parse(entry.answer) as Authorization
  return {
    reference: entry.reference,
    pspReference: entry.pspReference,
    terminalId: asked.terminalId,
    card: asked.card,
    currency: entry.amount.currency,
    createdAt: entry.at,
    authorization,
    state: entry.status === 'approved' ? 'authorized' : 'declined',
    authorized: authorization.authorized.amountMinor,
    captured: 0,
    captureCount: 0,
    refunded: 0,
    increments: 0,
    captureBefore: authorization.captureBefore,
    missed: { capture: 0, void: 0 },
  }
}

function after(before: Booked, entry: LedgerEntry): Booked {
  const amount = entry.amount.amountMinor
  if (entry.status === 'unavailable') {
    if (entry.operation !== 'capture' && entry.operation !== 'void') return before
    return { ...before, missed: { ...before.missed, [entry.operation]: before.missed[entry.operation] + 1 } }
  }
  if (entry.operation === 'capture') return afterCapture(before, entry)
  if (entry.status === 'refused' || entry.status === 'declined') return before
  switch (entry.operation) {
    case 'increment': {
      const hold = JSON.parse(entry.answer) as Hold
      return { ...before, authorized: amount, increments: before.increments + 1, captureBefore: hold.captureBefore }
    }
    case 'reduce':
      return { ...before, authorized: amount }
    case 'void':
      return { ...before, state: before.state === 'authorized' ? 'voided' : before.state }
    case 'expire':
      return { ...before, state: 'expired' }
    case 'refund':
      return { ...before, refunded: before.refunded + amount }
    default:
      return before
  }
}

function afterCapture({ due: _due, ...before }: Booked, entry: LedgerEntry): Booked {
  const { amount, status, key, request, answer } = entry
  if (status === 'refused') {
    // Refused at once it changes nothing; refused later the money is back with the driver. (F66)
    return key === '' ? { ...before, state: 'capture-failed', captured: 0, captureCount: 0 } : before
  }
  const { cdrRef = before.cdrRef } = JSON.parse(request) as { cdrRef?: string }
  const { due } = JSON.parse(answer) as { due?: Due }
  const next = { ...before, ...(cdrRef !== undefined && { cdrRef }), ...(due && { due }) }
  if (status === 'pending') return { ...next, state: 'capture-pending', captured: 0 }
  const captured = before.captured + amount.amountMinor
  return { ...next, state: 'captured', captured, captureCount: before.captureCount + 1 }
}

/** What is booked is never changed but replaced: whoever reads the books of two days every hour gets the same again. */
const told = new WeakMap<Booked, PspPayment>()

export function paymentOf(booked: Booked): PspPayment {
  const known = told.get(booked)
  if (known) return known
  const payment = asTold(booked)
  told.set(booked, payment)
  return payment
}

function asTold(booked: Booked): PspPayment {
  const money = (amountMinor: number) => ({ amountMinor, currency: booked.currency })
  return {
    reference: booked.reference,
    pspReference: booked.pspReference,
    terminalId: booked.terminalId,
    state: booked.state,
    authorized: money(booked.authorized),
    held: money(booked.state === 'authorized' ? booked.authorized : 0),
    captureCount: booked.captureCount,
    captured: money(booked.captured),
    refunded: money(booked.refunded),
    captureBefore: booked.captureBefore,
    card: booked.authorization.card,
    createdAt: booked.createdAt,
    eftData: booked.authorization.eftData,
    ...(booked.cdrRef === undefined ? {} : { cdrRef: booked.cdrRef }),
  }
}
