/** The payments of one card at one terminal whose receipt its driver may still want. (direct-payment 1.9) */
import { sameCi } from '@plugtill/ocpi/types'
import type { CardFace } from '@plugtill/psp/psp'
import { accountOf } from '../effects/ask-psp.ts'
import { type PaymentDesk, tapsAt } from '../payment/desk.ts'
import type { Payment } from '../payment/payment.ts'
import { adviceOfCapture } from '../payment/told.ts'
import { RELEASE_WITHIN_MS } from '../payment/verdicts.ts'
import { isFinal } from '../payment/view.ts'

const HOUR_MS = 3_600_000
/** After the end of the session, however long it was. */
const RECEIPT_WINDOW_MS = 24 * HOUR_MS
/** No hold lives longer, so no session does that is paid by one. */
const LONGEST_MS = 31 * 24 * HOUR_MS
/** Newest payments that are looked through, of each of the two lists. */
const LOOK_BACK = 500

export interface Wanted {
  readonly terminalId: string
  /** As the account sees it in which the terminal takes payments now. */
  readonly card: CardFace
  /** As another account sees it: a card has another fingerprint in each. */
  readonly cardAt: (account: string | undefined) => Promise<Pick<CardFace, 'fingerprint'>>
  readonly now: number
}

/** Newest tap first; those that still run are among them. */
export async function receiptsOfCard(
  payments: PaymentDesk,
  { terminalId, card, cardAt, now }: Wanted,
): Promise<readonly Payment[]> {
  const named = tapsAt(terminalId)
  const since = now - RECEIPT_WINDOW_MS
  const digits = /(\d{4})$/.exec(card.masked)?.[1]
  // Of the many taps of others only those are read that have the digits of the card. A card that another account sees with
  // other digits, as a phone's may be, is found while its tap is among the newest.
  const those = digits === undefined ? { until: since } : { words: [digits] }
  const lists = [
    await payments.list({ named, since, limit: LOOK_BACK }),
    await payments.list({ named, since: since - LONGEST_MS, ...those, limit: LOOK_BACK }),
  ]
  const found = new Map(lists.flat().map((payment) => [payment.id, payment]))
  const wanted = [...found.values()]
    .filter((payment) => sameCi(payment.terminalId, terminalId) && overAt(payment) >= since)
    .toSorted((a, b) => b.createdAt - a.createdAt)
  const faces = new Map<string | undefined, Pick<CardFace, 'fingerprint'>>()
  for (const account of new Set(wanted.map(accountOf))) faces.set(account, await cardAt(account))
  return wanted.filter((payment) => sameCard(payment, faces.get(accountOf(payment)) ?? NOBODY))
}

/** The card of an account that cannot say. */
export const NOBODY: Pick<CardFace, 'fingerprint'> = { fingerprint: '' }

/** Two cards that nobody has read are not the same one: they would stop each other's sessions. (T32) */
export const sameCard = ({ card }: Pick<Payment, 'card'>, { fingerprint }: Pick<CardFace, 'fingerprint'>): boolean =>
  fingerprint !== '' && card.fingerprint === fingerprint

/** What two accounts can agree about, each of which calls a card by a fingerprint of its own. */
export const sameDigits = ({ card }: Pick<Payment, 'card'>, { masked }: Pick<CardFace, 'masked'>): boolean =>
  /\d{4}$/.test(masked) && card.masked.slice(-4) === masked.slice(-4)

/** The end of the session or of the attempt, or the capture that followed it; not yet for what still moves. */
function overAt(payment: Payment): number {
  if (!isFinal(payment)) return Number.POSITIVE_INFINITY
  const { createdAt, releaseBy = 0, advice } = payment
  const settled = adviceOfCapture(payment) ?? advice
  return Math.max(createdAt, releaseBy - RELEASE_WITHIN_MS, settled?.at ?? 0)
}
