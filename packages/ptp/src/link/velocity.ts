/** How often one card, and one terminal, may ask for a hold: each costs the driver's balance, the provider and the CPO something. (T42) */
import type { CardFace } from '@plugtill/psp/psp'
import { type PaymentDesk, tapsOf } from '../payment/desk.ts'
import { FINAL_STATES, type Payment } from '../payment/payment.ts'
import { paymentMachine } from '../payment/states.ts'
import { Refusal } from '../refusal.ts'
import type { ContractTerms } from '../settings.ts'

const WITHIN_MS = 10 * 60_000
/** Of the payments of a card the last number is among these, also where clocks differ. */
const NEWEST = 10

const FINAL: readonly string[] = FINAL_STATES
const UNDERWAY = Object.keys(paymentMachine.states).filter((state) => !FINAL.includes(state))

export interface Asking {
  readonly terminalId: string
  readonly terms: Pick<ContractTerms, 'cardHolds' | 'cardTaps' | 'terminalTaps'>
  readonly at: number
}

/** The taps of each terminal at this process; a terminal that may tap as often as it likes is not counted. */
export function tapRates() {
  const taps = new Map<string, readonly number[]>()
  return {
    /** Counts one more. Refusal `too-many-taps`. */
    take: ({ terminalId, terms: { terminalTaps: most }, at }: Asking): void => {
      if (most === 0) return void taps.delete(terminalId)
      const recent = (taps.get(terminalId) ?? []).filter((one) => one > at - WITHIN_MS)
      if (recent.length >= most)
        throw new Refusal(
          'too-many-taps',
          `Taps at terminal ${terminalId} within ten minutes: ${recent.length}, at most ${most} (terminal_taps). Wait a while.`,
        )
      taps.set(terminalId, [...recent, at])
    },
  }
}

export type TapRates = ReturnType<typeof tapRates>

/**
 * Which payment of this card the next one is; undefined for a card that nobody has read, and for one that is everybody's. Refusals
 * `too-many-taps` and `too-many-holds`.
 */
export async function nextOfCard(
  payments: PaymentDesk,
  { fingerprint, everybodys }: CardFace,
  { terms: { cardTaps, cardHolds }, at }: Asking,
): Promise<Payment['cardTap']> {
  if (fingerprint === '' || everybodys) return undefined
  const named = tapsOf(fingerprint)
  const before = await payments.list({ named, limit: Math.max(cardTaps, NEWEST) })
  const recent = before.filter(({ createdAt }) => createdAt >= at - WITHIN_MS)
  if (cardTaps > 0 && recent.length >= cardTaps)
    throw new Refusal(
      'too-many-taps',
      `Taps of this card within ten minutes: ${recent.length}, at most ${cardTaps} (card_taps). Wait a while.`,
    )
  if (cardHolds > 0 && (await payments.list({ named, states: UNDERWAY, limit: cardHolds })).length >= cardHolds)
    throw new Refusal(
      'too-many-holds',
      `Payments of this card that are not over: ${cardHolds}, the most there may be (card_holds). Nothing was held.`,
    )
  return { fingerprint, nth: Math.max(0, ...before.map(({ cardTap }) => cardTap?.nth ?? 0)) + 1 }
}
