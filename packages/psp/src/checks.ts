/** What is wrong with a request before any provider sees it. */
import type { Capabilities, CardToken, Money } from './psp.ts'
import { PspError, READER } from './psp.ts'

export function checkMoney(amount: Money): void {
  if (!Number.isSafeInteger(amount.amountMinor) || amount.amountMinor <= 0) {
    throw new PspError('refused', `The amount ${amount.amountMinor} must be a whole number of minor units above 0.`)
  }
  if (!/^[A-Z]{3}$/.test(amount.currency)) {
    throw new PspError('refused', `"${amount.currency}" is no currency code; use three capital letters of ISO 4217.`)
  }
}

export function checkKey(key: string, { idempotency: { maxKeyLength } }: Pick<Capabilities, 'idempotency'>): void {
  if (key.length === 0 || key.length > maxKeyLength) {
    throw new PspError('refused', `A key has 1 to ${maxKeyLength} characters, got ${key.length}.`)
  }
}

/** The smallest capture in this currency, in minor units. */
export const minCaptureIn = (
  can: Pick<Capabilities, 'minCaptureMinor' | 'minCaptureMinorIn'>,
  currency: string,
): number => can.minCaptureMinorIn?.[currency] ?? can.minCaptureMinor

/** The payment knows its currency; a request in another one is a mistake, never a conversion. */
export function checkCurrency(amount: Money, currency: string): void {
  if (amount.currency === currency) return
  throw new PspError('refused', `The payment is in ${currency}, the request in ${amount.currency}.`)
}

/** With a real reader the driver's card is never in the request. */
export function checkReader(card: CardToken): void {
  if (card === READER) return
  throw new PspError('refused', `This provider reads cards itself: send the card "${READER}".`)
}

/** The provider's name for the reader of a terminal. */
export type ReaderOf = (terminalId: string) => Promise<string | undefined>

export async function readerAt(readerOf: ReaderOf, terminalId: string, example: string): Promise<string> {
  const reader = await readerOf(terminalId)
  if (reader !== undefined) return reader
  throw new PspError(
    'refused',
    `Terminal ${terminalId} has no reader. Name the provider's reader for it, like ${example}.`,
  )
}

export function unknownPayment(pspReference: string | undefined): PspError {
  return new PspError('refused', `The provider knows no payment "${pspReference}".`)
}
