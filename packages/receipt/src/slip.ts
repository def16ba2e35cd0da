/**
 * What a receipt or an invoice says, before anybody draws it. The PTP's receipt and the CPO's invoice are both one of
 * these; whoever makes one has done all sums, and nothing is added up here. Texts may come from strangers.
 */

import type { LineWord } from '@plugtill/terminal/link'

/** Minor units of a currency, as everywhere inside Plugtill. */
export interface Money {
  readonly amountMinor: number
  readonly currency: string
}

export interface Slip {
  /** `credit` takes another document back: its amounts are below zero. */
  readonly kind: 'receipt' | 'invoice' | 'credit'
  readonly number: string
  /** What driver and operator find the payment by. */
  readonly reference: string
  /** Words are there in `LANGUAGES` of the terminal; others speak English. */
  readonly language: string
  /** Of the place; UTC when nobody knows it. */
  readonly timeZone?: string
  /** ms since 1970. The same slip has the same bytes, whenever it is drawn. */
  readonly issuedAt: number
  readonly seller: SlipParty
  /** Who makes the document, when it is not the seller. */
  readonly issuer?: SlipParty
  /** Nobody knows who taps a card: only where the driver has told it. */
  readonly buyer?: readonly string[]
  /** Number of the document that this one takes back or replaces. */
  readonly corrects?: string
  /** Number of the document that takes this one back. */
  readonly correctedBy?: string
  readonly session?: SlipSession
  readonly currency: string
  /** Gross. Together they are the total. */
  readonly lines: readonly SlipLine[]
  /** Net and taxes together are the total; absent where nobody has told any. */
  readonly net?: number
  readonly taxes: readonly SlipTax[]
  /** Absent: not known yet. Then no amount is shown at all. */
  readonly total?: number
  readonly payment?: SlipPayment
  readonly signed?: SignedMeterData
  /** The document of somebody else that counts for the tax office, and where it is if that is known; `later`: it may be missing. */
  readonly invoice?: { readonly by: string; readonly url?: string; readonly later?: true }
  readonly notes?: readonly string[]
  /** Where a phone finds this document; drawn as a QR code. */
  readonly url?: string
}

export interface SlipParty {
  readonly name: string
  readonly lines?: readonly string[]
  readonly taxId?: string
}

export interface SlipSession {
  readonly place: readonly string[]
  readonly charger?: string
  readonly from?: number
  readonly until?: number
  /** Decimal text in kWh, with a point. */
  readonly energyKwh?: string
}

export interface SlipLine {
  readonly text: LineWord | (string & {})
  /** Decimal text with a point, such as "20.500", and its unit. */
  readonly quantity?: { readonly amount: string; readonly unit: string }
  readonly amountMinor: number
}

export interface SlipTax {
  readonly name: string
  readonly percentage?: number
  /** What it was reckoned from; absent where the parts do not tell it. */
  readonly netMinor?: number
  readonly amountMinor: number
}

/** What became of the driver's money, as the ledger has it. */
export const PAID_STATES = [
  'paid',
  'partly-paid',
  'refunded',
  'partly-refunded',
  'not-charged',
  'declined',
  'failed',
  'pending',
  'unconfirmed',
] as const
export type PaidState = (typeof PAID_STATES)[number]

export interface SlipPayment {
  readonly state: PaidState
  readonly at?: number
  readonly captured?: Money
  readonly refunded?: Money
  /** Brand and last four digits; there is never more of a card here. */
  readonly card?: { readonly brand: string; readonly masked: string }
  readonly eftData: readonly string[]
  /** A sentence for the driver: why it went another way. */
  readonly message?: string
}

/** Signed values of the meter, as the CDR carries them: all that transparency software needs. (cdrs › SignedData) */
export interface SignedMeterData {
  readonly method: string
  readonly version?: number
  /** Base64. */
  readonly publicKey?: string
  readonly values: readonly {
    /** Start, End or Intermediate. */
    readonly nature: string
    readonly plain: string
    /** Base64. */
    readonly signed: string
  }[]
  readonly url?: string
}
