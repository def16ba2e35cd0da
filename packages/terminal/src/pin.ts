/**
 * Who has to prove that the card is theirs before a hold is asked for, and with what. The PIN itself never comes here:
 * the pad of the device checks it and says only whether it was right.
 */
import type { Money, Offer } from './link.ts'
import { modelNamed } from './models.ts'

/** How a card meets the reader. A phone or a watch has recognised its owner before it answers. */
export type Presented = 'tap' | 'phone' | 'chip'

/** What a card needs: nothing, its PIN, or a PIN that this terminal cannot take. */
export type CardholderCheck = 'none' | 'pin' | 'no-pin-here'

/** Wrong PINs that a card takes, the last one included. */
export const PIN_TRIES = 3

/** Why the PIN is asked: the amount is above the country's limit, the bank wants it, or the chip does. */
export type PinReason = 'limit' | 'bank' | 'chip'

export interface Asked {
  readonly offer: Offer
  readonly how: Presented
  /** Name of the terminal's model. */
  readonly model: string | undefined
  /** The bank has declined this once for want of a PIN. */
  readonly bankWants: boolean
}

export function pinReason({ offer, how, bankWants }: Omit<Asked, 'model'>): PinReason | undefined {
  if (how === 'phone') return undefined
  if (how === 'chip') return 'chip'
  if (bankWants) return 'bank'
  return isAbove(offer.hold, offer.pinAbove) ? 'limit' : undefined
}

export function cardholderCheck(asked: Asked): CardholderCheck {
  if (pinReason(asked) === undefined) return 'none'
  return takesPin(asked.model) ? 'pin' : 'no-pin-here'
}

export function takesPin(model: string | undefined): boolean {
  const found = modelNamed(model ?? '')
  return 'pin' in found && found.pin === 'screen'
}

export function readsChip(model: string | undefined): boolean {
  const found = modelNamed(model ?? '')
  return 'reads' in found && found.reads.includes('chip')
}

function isAbove(amount: Money | undefined, limit: Money | undefined): boolean {
  return (
    amount !== undefined &&
    limit !== undefined &&
    amount.currency === limit.currency &&
    amount.amountMinor > limit.amountMinor
  )
}
