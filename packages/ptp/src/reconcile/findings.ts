/** What a reconciliation can find, by name, and what to do about it. (docs/reference/errors.md, F80) */
import type { Money } from '@plugtill/psp/psp'
import { moneyText } from '../payment/prices.ts'

export const FINDINGS = {
  BOOKS_CHANGED:
    'Somebody wrote into the database past this program: restore the payment from a backup, and look who can write there.',
  CDR_LACKS: 'Ask the CPO for the CDR again; the capture stands without its bill.',
  CDR_DIFFERS: 'The stored CDR is not the one that was billed: compare it with the copy of the CPO.',
  CAPTURE_DIFFERS: 'More or less was taken than the bill and the hold allow: refund the rest, or claim it.',
  ADVICE_LACKS:
    'The CPO was not told what was taken for its bill: look at the orders of this payment that were given up.',
  ADVICE_DIFFERS: 'The CPO was told something else than was captured: agree on the right advice with it.',
  ADVICE_UNDELIVERED: 'The CPO has not taken the advice for a day: it is also served by GET, ask the CPO to fetch it.',
  RECEIPT_DIFFERS:
    'The receipt says something else than capture and CDR: ask the CPO where the CDR does not add up, else report a bug.',
  NOT_COMPARED:
    'The books of this payment are such that they cannot be compared: look at it by hand, and report a bug; the others are compared.',
  PROVIDER_LACKS: 'The provider has no record of a capture that is booked here: ask it by its reference.',
  PROVIDER_CAPTURED:
    'The provider has captured another amount: what is too much goes back by itself, the rest is claimed there.',
  PROVIDER_REFUNDED: 'The provider has paid back another amount than is booked here: look into its own console.',
  PROVIDER_HOLDS:
    'The provider still holds money for a payment that is over: it is given back within the hour, else void it there.',
  PROVIDER_ONLY: 'The provider has moved money that is booked nowhere here: look into its own console.',
  PROVIDER_UNREAD:
    'Look at the key of this account, or configure it again: its payments are compared with our own books only until then.',
  SETTLEMENT_DIFFERS: 'The payout shows another amount than the capture: claim it from the provider.',
  SETTLEMENT_REFUNDS:
    'The payout shows other refunds than are booked here: ask the provider whether the driver has the money.',
  HOLD_OPEN: 'Capture or give back: plugtill payments resolve.',
} as const

export type FindingId = keyof typeof FINDINGS

export interface Finding {
  readonly id: FindingId
  /** Empty for what belongs to no payment of ours. */
  readonly reference: string
  /** The provider account that could not be read; empty: the platform's own. */
  readonly account?: string
  /** What our books say, and what the other ones say; absent: nothing. */
  readonly ours?: Money
  readonly theirs?: Money
  readonly message: string
  readonly fix: string
}

export interface Told {
  readonly ours?: Money
  readonly theirs?: Money
  /** A sentence without the figures. */
  readonly what: string
}

export const differs = (id: FindingId, reference: string, { ours, theirs, what }: Told): Finding => ({
  id,
  reference,
  ...(ours && { ours }),
  ...(theirs && { theirs }),
  message: `${what}${ours || theirs ? ` Ours: ${shown(ours)}; theirs: ${shown(theirs)}.` : ''}`,
  fix: FINDINGS[id],
})

const shown = (amount: Money | undefined) => (amount ? moneyText(amount) : 'nothing')
