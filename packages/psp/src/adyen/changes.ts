/** Changes of a payment: asked once under a key, accepted by Adyen, and decided by a message. */
import { checkCurrency, checkKey, checkMoney, unknownPayment } from '../checks.ts'
import type { Capture, Hold, Money, Psp, Refund, Voided } from '../psp.ts'
import { PspError } from '../psp.ts'
import { adyenCapabilities } from './capabilities.ts'
import type { AdyenClient } from './client.ts'
import type { Desk } from './desk.ts'
import type { Note } from './notes.ts'
import { type AskedChange, type Change, type Folded, mayArrive } from './payment.ts'

interface Asking {
  readonly key: string
  readonly pspReference: string
  readonly operation: 'increment' | 'reduce' | 'capture' | 'void' | 'refund'
  readonly amount?: Money
  readonly cdrRef?: string
  /** What else makes it this request. */
  readonly words: readonly string[]
  /** Throws `refused` when the payment is not such that this is possible. */
  readonly check: (folded: Folded) => void
  readonly call: (client: AdyenClient, folded: Folded) => Promise<{ readonly pspReference: string }>
}

interface Changed {
  readonly folded: Folded
  readonly change: Change
}

async function change(desk: Desk, o: Asking): Promise<Changed> {
  const { key, pspReference, operation, amount, cdrRef } = o
  checkKey(key, adyenCapabilities)
  if (amount) checkMoney(amount)
  const request = JSON.stringify([operation, pspReference, amount?.amountMinor, amount?.currency, ...o.words])
  const asked: AskedChange = { request, ...(amount && { amount }), ...(cdrRef !== undefined && { cdrRef }) }
  return desk.once(key, request, async () => {
    const folded = desk.foldOf(pspReference)
    if (folded === undefined) throw unknownPayment(pspReference)
    if (amount) checkCurrency(amount, folded.payment.authorized.currency)
    const { reference } = folded.payment
    const note = { operation, key, reference, pspReference }
    if (!folded.changes.some((one) => one.key === key)) {
      const before = desk.notes.find({ key })
      // Asked before and never turned down: it was possible then, and may have happened. The same request, the same key.
      const fresh = before.length === 0 || before.at(-1)?.kind === 'turned-down'
      if (fresh) {
        o.check(folded)
        if (operation === 'capture') checkOnlyCapture(desk, folded, key)
      } else checkKeyIsKept(desk, before)
      // Each time: how long an answer is missing counts from the last attempt that may have arrived.
      desk.note({ ...note, kind: 'asked', body: asked })
      try {
        const { pspReference: id } = await o.call(await desk.client(), folded)
        desk.note({ ...note, kind: 'accepted', body: { id } })
      } catch (error) {
        if (!(error instanceof PspError) || error.kind === 'unknown-outcome') throw error
        // What turns a repeat down says nothing about the first attempt, whose answer was lost.
        if (!fresh) throw new PspError('unknown-outcome', error.message, { cause: error })
        desk.note({ ...note, kind: 'turned-down', body: { message: error.message } })
        throw error
      }
    }
    const read = (open: boolean): Changed | undefined => {
      const now = desk.foldOf(pspReference)
      const found = now?.changes.find((one) => one.key === key)
      return now && found && (open || found.outcome !== 'open') ? { folded: now, change: found } : undefined
    }
    const settled = (await desk.settle(() => read(false))) ?? read(true)
    if (settled === undefined)
      throw new PspError('unknown-outcome', `Adyen has not decided the ${operation} yet.`, { answered: true })
    return settled
  })
}

/** A key that Adyen may have forgotten would run its request again. (F63) */
function checkKeyIsKept({ clock }: Desk, before: readonly Note[]): void {
  const { retentionSafeMs } = adyenCapabilities.idempotency
  if (clock.now() - (before[0]?.at ?? 0) > retentionSafeMs)
    throw new PspError('unknown-outcome', 'The key is too old to ask again: only a message of Adyen can decide this.', {
      retry: false,
    })
}

/** One capture per payment: another one may have happened unless Adyen has turned it down, at once or by a message. (I1, F65) */
function checkOnlyCapture({ notes }: Desk, { payment: { pspReference }, changes }: Folded, key: string): void {
  const all = notes.find({ pspReference }).filter(({ operation }) => operation === 'capture')
  const open = all
    .filter((note) => note.kind === 'asked' && note.key !== key)
    .filter((note) => all.findLast((one) => one.key === note.key)?.kind !== 'turned-down')
    .filter((note) => changes.find((one) => one.key === note.key)?.outcome !== 'failed')
  if (open.length > 0)
    throw new PspError('refused', `Payment ${pspReference} has been captured under another key. It is captured once.`)
}

const notHeld = ({ payment }: Folded, verb: string) => {
  if (payment.state === 'void-pending')
    throw new PspError(
      'unavailable',
      `A void of ${payment.pspReference} is not decided yet. It cannot be ${verb} now.`,
      { answered: true },
    )
  if (payment.state !== 'authorized')
    throw new PspError(
      'refused',
      `Payment ${payment.pspReference} is ${payment.state}; only a live hold can be ${verb}.`,
    )
}

/** Accepted and not decided: the same key asks again, a message decides. */
function decided({ change }: Changed, failedKind: 'declined' | 'refused'): void {
  const { outcome, operation, reason } = change
  if (outcome === 'open')
    throw new PspError(
      'unknown-outcome',
      `Adyen took the ${operation} and has not decided it. Ask again with the same key.`,
      { answered: true },
    )
  if (outcome === 'failed')
    throw new PspError(failedKind, `Adyen: the ${operation} failed${reason && `: ${reason.slice(0, 200)}`}.`)
}

export async function adjust(
  desk: Desk,
  operation: 'increment' | 'reduce',
  o: { readonly key: string; readonly pspReference: string; readonly newTotal: Money },
): Promise<Hold> {
  const { key, pspReference, newTotal } = o
  const up = operation === 'increment'
  const changed = await change(desk, {
    ...{ key, pspReference, operation, amount: newTotal, words: [] },
    check: (folded) => {
      notHeld(folded, up ? 'raised' : 'lowered')
      const held = folded.payment.authorized.amountMinor
      if (up ? newTotal.amountMinor <= held : newTotal.amountMinor >= held)
        throw new PspError(
          'refused',
          `The new total ${newTotal.amountMinor} must be ${up ? 'above' : 'below'} the hold of ${held}.`,
        )
      const times = folded.changes.filter((one) => /^(increment|reduce)$/.test(one.operation)).length
      if (times >= adyenCapabilities.maxIncrements)
        throw new PspError('refused', `The hold has been changed ${times} times; no more is possible.`)
    },
    call: ({ modifications }, { payment }) =>
      modifications.updateAuthorisedAmount(
        pspReference,
        {
          amount: { currency: newTotal.currency, value: newTotal.amountMinor },
          ...{ merchantAccount: desk.config.merchantAccount, reference: payment.reference },
        },
        { idempotencyKey: key },
      ),
  })
  decided(changed, up ? 'declined' : 'refused')
  const { authorized, captureBefore } = changed.folded.payment
  return { pspReference, authorized, captureBefore }
}

export async function capture(desk: Desk, o: Parameters<Psp['capture']>[0]): Promise<Capture> {
  const { key, pspReference, amount, cdrRef } = o
  const changed = await change(desk, {
    ...{ key, pspReference, operation: 'capture', amount, cdrRef, words: [cdrRef] },
    check: (folded) => {
      notHeld(folded, 'captured')
      const held = folded.payment.authorized.amountMinor
      if (amount.amountMinor > held)
        throw new PspError(
          'refused',
          `${amount.amountMinor} is more than the hold of ${held}; capture at most the hold.`,
        )
    },
    call: ({ modifications }, { payment }) =>
      modifications.captureAuthorisedPayment(
        pspReference,
        {
          amount: { currency: amount.currency, value: amount.amountMinor },
          ...{ merchantAccount: desk.config.merchantAccount, reference: payment.reference },
        },
        { idempotencyKey: key },
      ),
  })
  if (changed.change.outcome !== 'open') decided(changed, 'refused')
  const done = changed.change.outcome === 'done'
  const { authorized, eftData } = changed.folded.payment
  const money = (amountMinor: number): Money => ({ amountMinor: done ? amountMinor : 0, currency: amount.currency })
  return {
    status: done ? 'captured' : 'pending',
    pspReference,
    captured: money(amount.amountMinor),
    released: money(authorized.amountMinor - amount.amountMinor),
    at: changed.change.acceptedAt,
    eftData,
  }
}

export async function voidHold(desk: Desk, { key, pspReference, reason }: Parameters<Psp['void']>[0]): Promise<Voided> {
  checkKey(key, adyenCapabilities)
  const over = ended(desk.foldOf(pspReference))
  if (over) return over
  const changed = await change(desk, {
    ...{ key, pspReference, operation: 'void', words: [reason] },
    check: (folded) => {
      notHeld(folded, 'voided')
      if (mayArrive(folded.lost, 'capture', desk.clock.now()))
        throw new PspError('unavailable', `Payment ${pspReference} may have been captured: that answer was lost.`, {
          answered: true,
        })
    },
    call: ({ modifications }, { payment }) =>
      modifications.cancelAuthorisedPaymentByPspReference(
        pspReference,
        { merchantAccount: desk.config.merchantAccount, reference: payment.reference },
        { idempotencyKey: key },
      ),
  })
  decided(changed, 'refused')
  const now = ended(changed.folded)
  if (now) return now
  throw new PspError('refused', `Payment ${pspReference} is ${changed.folded.payment.state}.`)
}

function ended(folded: Folded | undefined): Voided | undefined {
  if (folded === undefined) return undefined
  const { pspReference, state, captureBefore } = folded.payment
  if (state === 'voided') return { status: 'voided', pspReference, at: folded.voidedAt ?? captureBefore }
  return state === 'expired' ? { status: 'expired', pspReference, at: captureBefore } : undefined
}

export async function refund(desk: Desk, o: Parameters<Psp['refund']>[0]): Promise<Refund> {
  const { key, pspReference, amount, creditRef } = o
  const changed = await change(desk, {
    ...{ key, pspReference, operation: 'refund', amount, words: [creditRef] },
    check: ({ payment, changes }) => {
      const open = changes.filter(({ operation, outcome }) => operation === 'refund' && outcome === 'open')
      const asked = open.reduce((sum, one) => sum + (one.asked.amount?.amountMinor ?? 0), 0)
      const left = payment.captured.amountMinor - payment.refunded.amountMinor - asked
      if (amount.amountMinor > left)
        throw new PspError('refused', `${amount.amountMinor} is more than the ${left} that can be refunded.`)
    },
    call: ({ modifications }, { payment }) =>
      modifications.refundCapturedPayment(
        pspReference,
        {
          amount: { currency: amount.currency, value: amount.amountMinor },
          ...{ merchantAccount: desk.config.merchantAccount, reference: payment.reference },
        },
        { idempotencyKey: key },
      ),
  })
  decided(changed, 'refused')
  const { refunded } = changed.folded.payment
  return { pspReference, refunded: amount, refundedTotal: refunded, at: changed.change.acceptedAt }
}
