/** What the contract says about one payment, frozen at the tap: a contract that changes never moves a payment that runs. */
import type { Payment } from './payment.ts'

export interface Terms {
  /** Absent: the terminal stood under no contract, the platform's own settings counted. */
  readonly contractId?: string
  /** Name of the account at the provider; absent: the platform's own. */
  readonly pspAccount?: string
  /** Who makes the invoice, as it stood at the tap. (F73) */
  readonly invoiceCreator?: 'CPO' | 'PTP'
  readonly invoiceBaseUrl?: string
  /** A CDR above the hold: `raise` asks the provider for the rest first, where it can. (D-F10, F48) */
  readonly overHold: 'partial' | 'raise'
  /** Without a CDR in time: give the hold back, or take what the last Session costs under the frozen tariff. (F57) */
  readonly noCdr: 'void' | 'session-cost'
  /** A CDR that asks more than the frozen tariff gives, or cannot be checked: wait for an operator, or only say so. (F55) */
  readonly cdrCheck: 'quarantine' | 'flag'
  /** A credit CDR: pay back by itself, or wait for an operator. (D-F17) */
  readonly refunds: 'automatic' | 'operator'
  /** From the end of the session to the decision without its CDR, and when an operator is told before. (F57) */
  readonly cdrChaseForMs: number
  readonly cdrAlarmsMs: readonly number[]
  /** From the end of the session: how long an operator may decide about a bill. (F57) */
  readonly decideWithinMs: number
  /** Longest pause between two attempts to deliver an advice; absent: the platform's. (F68) */
  readonly adviceRetryMaxMs?: number
  /** Less than this the provider does not capture. (F50) */
  readonly minCaptureMinor: number
  /** A small hold that grows with the session; absent: the hold stays as it is. */
  readonly raise?: { readonly stepMinor: number; readonly maxMinor: number; readonly times: number }
  /** No raise goes beyond this: the driver has accepted no more. */
  readonly mostHeldMinor?: number
  /** The provider can raise a hold. (F48) */
  readonly canRaise?: boolean
}

const HOUR_MS = 3_600_000

/** The documented defaults, also for payments that an older program began. */
export const usualTerms: Terms = {
  overHold: 'partial',
  noCdr: 'void',
  cdrCheck: 'quarantine',
  refunds: 'automatic',
  cdrChaseForMs: 20 * HOUR_MS,
  cdrAlarmsMs: [2 * HOUR_MS, 12 * HOUR_MS],
  decideWithinMs: 20 * HOUR_MS,
  minCaptureMinor: 1,
}

/** What an older program had no word for is as usual: its payments are finished by this one. (F77) */
export const termsOf = (payment: Pick<Payment, 'terms'>): Terms => ({ ...usualTerms, ...payment.terms })
