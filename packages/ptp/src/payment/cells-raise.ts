/** A small hold that grows with the session: the old hold is the limit until a larger one is granted. Pure. (F33, F34) */
import { costAtLimit, limitReached } from './amounts.ts'
import type { Payment, SessionSeen } from './payment.ts'
import { termsOf } from './terms.ts'
import { type PaymentCell, type PaymentVerdict, stopOrders } from './verdicts.ts'

/** The larger hold that is asked for now, if it is time and the contract and the provider allow one. */
export function raiseDue(payment: Payment, session: SessionSeen): Payment['raise'] {
  const { raise: terms } = termsOf(payment)
  const { held, raise } = payment
  if (!terms || !held || payment.stop || session.cost?.currency !== held.currency) return undefined
  if (raise && raise.status !== 'granted') return undefined
  if ((raise?.n ?? 0) >= terms.times || held.amountMinor >= terms.maxMinor) return undefined
  const near = session.nearHold || session.cost.amountMinor + terms.stepMinor / 2 >= held.amountMinor
  if (!near) return undefined
  // One step at least, and enough for what has been charged already.
  const wanted = Math.max(held.amountMinor, session.cost.amountMinor) + terms.stepMinor
  const to = { amountMinor: Math.min(terms.maxMinor, wanted), currency: held.currency }
  return { n: (raise?.n ?? 0) + 1, to, status: 'asked' }
}

/** While a raise is under way a forecast alone stops nothing: its answer comes first. The cost itself does. (I2) */
export const mustStop = (payment: Payment, session: SessionSeen): boolean =>
  payment.raise?.status === 'asked' || payment.raise?.status === 'unknown'
    ? costAtLimit(payment, session)
    : limitReached(payment, session)

export const holdRaised: PaymentCell<'hold-raised'> = (payment, event) => {
  if (payment.raise && payment.raise.n > event.n) return { ignore: 'an older raise' }
  if (!payment.held || event.held.amountMinor <= payment.held.amountMinor) return { ignore: 'no more than was held' }
  const raise = { n: event.n, to: event.held, status: 'granted' } as const
  // The forecast was made for the smaller hold.
  const session = payment.session && { ...payment.session, nearHold: undefined }
  const set = { held: event.held, captureBefore: event.captureBefore, raise, ...(session && { session }) }
  const next = { ...payment, ...set }
  const more = payment.state === 'charging' && session ? raiseDue(next, session) : undefined
  if (!more) return { to: payment.state, set }
  return { to: payment.state, set: { ...set, raise: more }, effects: [{ do: 'raise-hold', n: more.n, to: more.to }] }
}

/** F33: the old hold stays the limit. */
export const raiseRefused: PaymentCell<'raise-refused'> = (payment, event) =>
  keptLimit(payment, event, { status: 'refused', effects: [] })

/** F34: it may have been granted. The lower sum is the limit until the provider's record has been read. */
export const raiseLost: PaymentCell<'raise-lost'> = (payment, event) => {
  if (!payment.raise || payment.raise.n !== event.n) return { ignore: 'an older raise' }
  const asks = payment.state === 'charging' || payment.state === 'stopping' || payment.state === 'awaiting-cdr'
  const { n, to } = payment.raise
  return keptLimit(payment, event, { status: 'unknown', effects: asks ? [{ do: 'query-raise', n, to }] : [] })
}

function keptLimit(
  payment: Payment,
  event: { readonly n: number; readonly reason: string; readonly stopCommandId: string },
  { status, effects }: { readonly status: 'refused' | 'unknown'; readonly effects: readonly Orders[] },
): PaymentVerdict {
  if (!payment.raise || payment.raise.n !== event.n) return { ignore: 'an older raise' }
  const raise = { ...payment.raise, status }
  const next = { ...payment, raise }
  const { session } = payment
  if (payment.state !== 'charging' || !session || !mustStop(next, session))
    return { to: payment.state, set: { raise }, effects }
  const stop = stopOrders(session, 'limit', event.stopCommandId)
  return { to: 'stopping', set: { raise, ...stop.set }, effects: [...effects, ...stop.effects] }
}

type Orders = NonNullable<Extract<PaymentVerdict, { readonly to: unknown }>['effects']>[number]

/** The most that may be held: what a void has to be expected to give back. (F34) */
export const heldAtMost = ({ held, raise }: Payment): Payment['held'] =>
  held && raise && (raise.status === 'asked' || raise.status === 'unknown')
    ? { ...held, amountMinor: Math.max(held.amountMinor, raise.to.amountMinor) }
    : held
