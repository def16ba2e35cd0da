/** A small hold that grows with the session: the old hold is the limit until a larger one is granted. Pure. (F33, F34) */
import { costAtLimit, limitReached } from './amounts.ts'
import type { PaymentOrder } from './events.ts'
import type { Payment, SessionSeen } from './payment.ts'
import { termsOf } from './terms.ts'
import { type PaymentCell, type PaymentVerdict, stopOrders } from './verdicts.ts'

/** The larger hold that is asked for now, if it is time and the contract and the provider allow one. */
export function raiseDue(payment: Payment, session: SessionSeen): Payment['raise'] {
  const { raise: terms } = termsOf(payment)
  const { held, raise } = payment
  if (!terms || !held || payment.stop || session.cost?.currency !== held.currency) return undefined
  const { n, status } = raise ?? { n: 0, status: 'granted' }
  if (status !== 'granted' || n >= terms.times || held.amountMinor >= terms.maxMinor) return undefined
  const near = session.nearHold || session.cost.amountMinor + terms.stepMinor / 2 >= held.amountMinor
  if (!near) return undefined
  // One step at least, and enough for what has been charged already.
  const wanted = Math.max(held.amountMinor, session.cost.amountMinor) + terms.stepMinor
  const to = { amountMinor: Math.min(terms.maxMinor, wanted), currency: held.currency }
  return { n: n + 1, to, status: 'asked' }
}

/** While a raise is under way a forecast alone stops nothing: its answer comes first. The cost itself does. (I2) */
export const mustStop = (payment: Payment, session: SessionSeen): boolean =>
  isOpen(payment.raise) ? costAtLimit(payment, session) : limitReached(payment, session)

const isOpen = (raise: Payment['raise']) => raise?.status === 'asked' || raise?.status === 'unknown'

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
  keptLimit(payment, event, { status: 'refused', asks: false })

/** F34: it may have been granted. The lower sum is the limit until the provider's record has been read. */
export const raiseLost: PaymentCell<'raise-lost'> = (payment, event) => {
  const asks = payment.state === 'charging' || payment.state === 'stopping' || payment.state === 'awaiting-cdr'
  return keptLimit(payment, event, { status: 'unknown', asks })
}

function keptLimit(
  payment: Payment,
  event: { readonly n: number; readonly reason: string; readonly stopCommandId: string; readonly at: number },
  { status, asks }: { readonly status: 'refused' | 'unknown'; readonly asks: boolean },
): PaymentVerdict {
  const { session, state } = payment
  if (payment.raise?.n !== event.n) return { ignore: 'an older raise' }
  const raise = { ...payment.raise, status }
  const effects: readonly PaymentOrder[] = asks ? [{ do: 'query-raise', n: raise.n, to: raise.to }] : []
  if (state !== 'charging' || !session || !mustStop({ ...payment, raise }, session))
    return { to: state, set: { raise }, effects }
  const stop = stopOrders(session, 'limit', event)
  return { to: 'stopping', set: { raise, ...stop.set }, effects: [...effects, ...stop.effects] }
}

/** The most that may be held: what a void has to be expected to give back. (F34) */
export const heldAtMost = ({ held, raise }: Payment): Payment['held'] => (isOpen(raise) ? raise?.to : held)
