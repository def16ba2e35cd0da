/** What the provider's record of a payment says that our state does not know. Pure. (F64, F66, F75, F79) */
import type { Clock } from '@plugtill/engine/clock'
import type { PspPayment } from '@plugtill/psp/psp'
import { captureIn, hasTaken } from './effects/ask-psp.ts'
import { refundedOf } from './payment/amounts.ts'
import type { PaymentEvent } from './payment/events.ts'
import type { Payment, PaymentState, Refunded } from './payment/payment.ts'
import { moneyText } from './payment/prices.ts'

/** What is younger is still being decided, or not yet in every book of the provider. */
export const SETTLED_MS = 10 * 60_000

interface Difference {
  readonly message: string
  readonly event: PaymentEvent
}

interface Telling {
  readonly says: (message: string, event: PaymentEvent) => Difference
  readonly ids: () => string
  readonly at: number
}

/** Ends in which nothing was taken: after a restored backup they may be wrong. (F75) */
const FORGETFUL: readonly PaymentState[] = ['declined', 'voided', 'stuck']

/** A raise that our books have lost: what is held is known to the provider. Open raises are asked by their own effects. (F75) */
function raiseIn({ raise, held, pspReference }: Payment, booked: PspPayment, at: number): PaymentEvent | undefined {
  if (!held || booked.state !== 'authorized' || booked.pspReference !== pspReference) return undefined
  if (raise?.status === 'asked' || raise?.status === 'unknown') return undefined
  if (booked.held.currency !== held.currency || booked.held.amountMinor <= held.amountMinor) return undefined
  return { type: 'hold-raised', n: (raise?.n ?? 0) + 1, held: booked.held, captureBefore: booked.captureBefore, at }
}

/** Nobody here has given it back: somebody did at the provider, or it ran out early. What runs is unpaid. (I5, F79) */
function goneIn({ pspReference }: Payment, booked: PspPayment, { says, ids, at }: Telling): Difference | undefined {
  const expired = booked.state === 'expired'
  if (booked.pspReference !== pspReference || !(expired || booked.state === 'voided')) return undefined
  const event = { type: 'voided', adviceId: ids(), ...(expired && { expired }), at } as const
  return says(`${expired ? 'Run out' : 'Given back'} at the provider, held here.`, event)
}

/** Open questions are asked by their own effects. */
export function differenceOf(
  payment: Payment,
  booked: PspPayment,
  { clock, ids }: { readonly clock: Pick<Clock, 'now'>; readonly ids: () => string },
): Difference | undefined {
  const at = clock.now()
  const says = (message: string, event: PaymentEvent): Difference => ({ message, event })
  const ours = (payment.pspReference ?? booked.pspReference) === booked.pspReference
  if (FORGETFUL.includes(payment.state) && ours && hasTaken(booked))
    return says(`Captured at the provider, ${payment.state} here.`, captureIn(booked, { adviceId: ids(), at }))
  switch (payment.state) {
    case 'declined':
      if (booked.state !== 'authorized') return undefined
      return says('Declined here, held at the provider: it is given back.', {
        type: 'authorized',
        held: booked.held,
        pspReference: booked.pspReference,
        captureBefore: booked.captureBefore,
        eftData: booked.eftData,
        at,
      })
    case 'voided':
      if (booked.state !== 'authorized' || booked.pspReference !== payment.pspReference) return undefined
      return says('Voided here, held at the provider: it is given back.', {
        type: 'hold-found',
        stopCommandId: ids(),
        adviceId: ids(),
        at,
      })
    case 'captured':
      return captureDifference(payment, booked, { says, ids, at })
    case 'stuck':
      // A provider that decides by message may have done so long after it was last asked. (F79)
      if (payment.outcome !== 'void-failed' || booked.state !== 'voided') return undefined
      return says('Given back at the provider, stuck here.', { type: 'voided', adviceId: ids(), at })
    case 'starting':
    case 'start-unknown':
    case 'awaiting-session':
      return goneIn(payment, booked, { says, ids, at })
    case 'charging':
    case 'stopping':
    case 'awaiting-cdr': {
      const gone = goneIn(payment, booked, { says, ids, at })
      if (gone) return gone
      const raised = raiseIn(payment, booked, at)
      return raised && says('More is held at the provider than is known here.', raised)
    }
    default:
      return undefined
  }
}

/** A bank can send a refund back days later: the last one that explains what the provider's record lacks. (D-F17) */
function refundTakenBack({ refunds = [] }: Payment, { refunded }: PspPayment, at: number): Refunded | undefined {
  const done = refunds.filter(({ status, amount }) => status === 'done' && amount.currency === refunded.currency)
  const missing = done.reduce((sum, { amount }) => sum + amount.amountMinor, -refunded.amountMinor)
  if (missing <= 0) return undefined
  const old = done.filter(({ askedAt = 0 }) => at - askedAt >= SETTLED_MS)
  return (
    old.findLast(({ amount }) => amount.amountMinor === missing) ??
    old.findLast(({ amount }) => amount.amountMinor < missing)
  )
}

function captureDifference(payment: Payment, booked: PspPayment, { says, ids, at }: Telling): Difference | undefined {
  if (booked.state === 'capture-failed')
    return says('Captured here, failed at the provider.', {
      type: 'capture-reversed',
      reason: 'its books say that the capture failed.',
      adviceId: ids(),
      at,
    })
  const back = refundTakenBack(payment, booked, at)
  if (back)
    return says(`A refund of ${moneyText(back.amount)} was done here, and is not paid at the provider.`, {
      type: 'refund-refused',
      refundId: back.id,
      reason: 'its books say that it came back.',
      adviceId: ids(),
      at,
    })
  const { captured, captureCount, refunded } = booked
  if (captured.currency !== payment.captured?.currency) return undefined
  if (captured.amountMinor > payment.captured.amountMinor) {
    const message = `Captured ${captureCount} times at the provider: ${captured.amountMinor} instead of ${payment.captured.amountMinor}.`
    return says(message, { type: 'overcaptured', captured, paidBack: refunded, refundId: ids(), adviceId: ids(), at })
  }
  const known = refundedOf(payment)
  if (refunded.currency !== known.currency || refunded.amountMinor <= known.amountMinor) return undefined
  const message = `Paid back at the provider: ${moneyText(refunded)}, here: ${moneyText(known)}.`
  return says(message, { type: 'refund-found', paidBack: refunded, adviceId: ids(), at })
}
