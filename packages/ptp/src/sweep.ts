/**
 * The provider's books against ours: orphans after a lost database, holds that should be gone, captures that were made
 * twice or taken back; and our own holds against the day in which the schemes want them decided. (F64, F66, F75, F79)
 */
import { type Clock, turn } from '@plugtill/engine/clock'
import type { Documents } from '@plugtill/engine/documents'
import type { Engine } from '@plugtill/engine/engine'
import type { Journal } from '@plugtill/engine/journal'
import type { Psp, PspPayment } from '@plugtill/psp/psp'
import { hasTaken, pspOf } from './effects/ask-psp.ts'
import { pspKey } from './effects/psp-key.ts'
import { VOID_REASON } from './effects/void.ts'
import { sayWhatIsLate } from './late.ts'
import { byReference, type PaymentDesk } from './payment/desk.ts'
import type { Payment } from './payment/payment.ts'
import { moneyText } from './payment/prices.ts'
import { differenceOf, SETTLED_MS } from './sweep-difference.ts'

export interface SweepParts {
  readonly psp: Psp
  readonly pspAccounts?: Readonly<Record<string, Psp>>
  readonly payments: PaymentDesk
  readonly journal: Journal
  readonly documents: Documents
  readonly clock: Clock
  readonly random: () => number
  readonly ids: () => string
  readonly keySecret: string
  readonly intervalMs: number
  readonly engine: Pick<Engine, 'effects'>
  /** Whether a terminal is ours: a hold of somebody else's platform at the same account is never touched. */
  readonly ownsTerminal: (terminalId: string) => Promise<boolean>
  readonly onFault: (fault: unknown, reference: string) => void
}

export interface Sweep {
  readonly start: () => void
  readonly stop: () => void
  readonly once: () => Promise<void>
  /** Looks at one payment now: the provider has said that something is new. (F66) */
  readonly look: (payment: Payment) => Promise<void>
  readonly idle: () => Promise<void>
}

/**
 * The books of two days are read at the start and then once a day, those of a few hours every time; when a day begins, those of
 * all payments that can have been captured since: a session may last for days. (F64, F66)
 */
const LOOK_BACK_MS = 48 * 3_600_000
const LONG_LOOK_BACK_MS = 8 * 24 * 3_600_000
const DAY_MS = 24 * 3_600_000
const SHORT_LOOK_BACK_MS = 3 * 3_600_000
const FULL_EVERY = 24
/** A process that ends every half hour compares all the same. (F75) */
const FIRST_AFTER_MS = 60_000
/** So many are compared in one go: whoever taps meanwhile does not wait for more. */
const SLICE = 250

export function createSweep(parts: SweepParts): Sweep {
  let cancel: (() => void) | undefined
  let running: Promise<void> = Promise.resolve()
  let sweeps = 0
  let failures = 0
  let stopped = false
  /** The oldest payment that could not be put right: the next sweep reaches back to it. */
  let undone: number | undefined
  const sweep = async (): Promise<void> => {
    const { clock, intervalMs } = parts
    const short = Math.max(SHORT_LOOK_BACK_MS, 2 * intervalMs)
    const usual = dayHasBegun(parts) ? LONG_LOOK_BACK_MS : sweeps % FULL_EVERY === 0 ? LOOK_BACK_MS : short
    const left = undone === undefined ? 0 : Math.min(LONG_LOOK_BACK_MS, clock.now() - undone)
    const { unread, failed } = await sweepAll(parts, Math.max(usual, left))
    // Books that could not be read are read by the next one, which comes soon, and so is what could not be put right.
    if (unread === 0) sweeps++
    failures = unread > 0 || failed !== undefined ? failures + 1 : 0
    undone = unread === 0 || undone === undefined ? failed : Math.min(undone, failed ?? undone)
  }
  const once = (): Promise<void> => {
    running = running.then(sweep).catch((fault) => {
      failures++
      parts.onFault(fault, '')
    })
    return running
  }
  const plan = (delayMs: number): void => {
    cancel = parts.clock.after(delayMs, () => {
      void once().then(() => {
        if (!stopped) plan(nextIn(parts, failures))
      })
    })
  }
  const look = async (payment: Payment): Promise<void> => {
    const { pspReference, terms } = payment
    const booked = pspReference && (await pspOf(parts, terms?.pspAccount).query({ pspReference }))
    if (booked) await mend(parts, payment, booked)
  }
  return {
    start: () => plan(Math.min(FIRST_AFTER_MS, parts.intervalMs)),
    stop: () => {
      stopped = true
      cancel?.()
    },
    once,
    look,
    idle: () => running,
  }
}

/** What could not be read or put right is tried again soon: until then lost raises are not known, and orphans held. (F75) */
const nextIn = ({ intervalMs, random }: SweepParts, failures: number): number =>
  intervalMs *
  (0.9 + 0.2 * random()) *
  (failures === 0 ? 1 : Math.min(1, (FIRST_AFTER_MS * 2 ** (failures - 1)) / intervalMs))

/** Since the sweep before, with its jitter. */
const dayHasBegun = ({ clock, intervalMs }: SweepParts): boolean =>
  Math.floor(clock.now() / DAY_MS) !== Math.floor((clock.now() - 1.2 * intervalMs) / DAY_MS)

interface Swept {
  /** Accounts whose books could not be read. */
  readonly unread: number
  /** When the oldest payment was made that could not be put right. */
  readonly failed: number | undefined
}

/** One account that is away, or one payment that cannot be put right, keeps no other waiting. */
async function sweepAll(parts: SweepParts, lookBackMs: number): Promise<Swept> {
  await sayWhatIsLate(parts)
  let unread = 0
  let failed: number | undefined
  for (const psp of [parts.psp, ...Object.values(parts.pspAccounts ?? {})]) {
    try {
      for (const listed of await differing(parts, psp, parts.clock.now() - lookBackMs)) {
        await compare(parts, psp, listed).catch((fault) => {
          failed = Math.min(failed ?? listed.createdAt, listed.createdAt)
          parts.onFault(fault, listed.reference)
        })
      }
    } catch (fault) {
      unread++
      parts.onFault(fault, '')
    }
  }
  return { unread, failed }
}

/** Where both books agree nothing is read again; where they do not, the payment as it is by now decides. */
async function differing(parts: SweepParts, psp: Psp, since: number): Promise<readonly PspPayment[]> {
  const books = await psp.list({ since })
  const settled = books.filter(({ createdAt }) => parts.clock.now() - createdAt >= SETTLED_MS)
  const found: PspPayment[] = []
  for (let at = 0; at < settled.length; at += SLICE) {
    if (at > 0) await turn(parts.clock)
    const slice = settled.slice(at, at + SLICE)
    const known = await parts.payments.many(slice.map(({ reference }) => reference.toLowerCase()))
    for (const booked of slice) {
      const payment = known.get(booked.reference.toLowerCase())
      if (!payment || differenceOf(payment, booked, parts) !== undefined) found.push(booked)
    }
  }
  return found
}

async function compare(parts: SweepParts, psp: Psp, listed: PspPayment): Promise<void> {
  // Another platform may use the same account: about what is not known here nothing more is asked.
  const before = await byReference(parts.payments, listed.reference)
  if (!before) return orphan(parts, psp, listed)
  // It may have moved since the list was made.
  await mend(parts, before, (await psp.query({ pspReference: listed.pspReference })) ?? listed)
}

/**
 * Both books as they are by now. What was done here while the provider was asked is not in its answer, so they differ only where
 * they did `before` it as well. (D-F17)
 */
async function mend(parts: SweepParts, before: Payment, booked: PspPayment): Promise<void> {
  if (!differenceOf(before, booked, parts)) return
  const payment = await byReference(parts.payments, booked.reference)
  const told = payment && differenceOf(payment, booked, parts)
  if (!told) return
  await parts.journal.write(payment.id, 'fault', { code: 'PSP_DIFFERS', message: told.message })
  await parts.payments.apply(payment.id, told.event)
}

/**
 * Unknown here and money is held: after a lost commit nobody else would give it back. What was captured stays with us until
 * an operator has compared it with the CDR, which belongs to no payment either. (F04, F75)
 */
async function orphan(parts: SweepParts, psp: Psp, booked: PspPayment): Promise<void> {
  const { keySecret, journal, ownsTerminal } = parts
  const ours = await ownsTerminal(booked.terminalId)
  if (hasTaken(booked)) return ours ? orphanTaken(parts, psp, booked) : undefined
  if (booked.state !== 'authorized') return
  const { amountMinor, currency } = booked.held
  const message = `${psp.name} holds ${amountMinor} ${currency} for "${booked.reference}", which is not known here. ${ours ? 'It is given back.' : 'Its terminal is not ours: it is left alone.'}`
  await journal.write(booked.reference, 'fault', { code: 'PSP_ORPHAN', message })
  if (!ours) return
  const key = pspKey(keySecret, booked.reference, ['void'])
  await psp.void({ key, pspReference: booked.pspReference, reason: VOID_REASON })
}

/** Told once: nothing here can end it. */
async function orphanTaken({ journal }: SweepParts, psp: Psp, booked: PspPayment): Promise<void> {
  const told = await journal.of(booked.reference)
  if (told.some(({ body }) => body['code'] === 'PSP_ORPHAN')) return
  const message = `${psp.name} has captured ${moneyText(booked.captured)}${booked.captureCount > 1 ? ` in ${booked.captureCount} captures` : ''} for "${booked.reference}", which is not known here. Compare it with the CDR of that reference (${booked.cdrRef ?? 'not named'}); pay back at the provider what was not due.`
  await journal.write(booked.reference, 'fault', { code: 'PSP_ORPHAN', message })
}
