/** What an operator of the PTP platform may set. Durations in ms. */

/** Minor units by currency. */
export type ByCurrency<T = number> = Readonly<Record<string, T>>

/**
 * How the hold is chosen. `full`: what the tariff asks for. `increments`: a small one that grows with the session, where
 * the provider can. `driver`: the driver chooses the most that may be spent. `capped`: never more than a fixed sum.
 */
export type HoldStrategy = 'full' | 'increments' | 'driver' | 'capped'

/** What each contract may say otherwise. */
export interface ContractTerms {
  /** Added to the CPO's `timeout` before a start counts as failed. */
  readonly startGraceMs: number
  /** From "the charger accepted" to a car on the cable. */
  readonly plugInWindowMs: number
  readonly sessionPollMs: number
  readonly cdrDeadlineMs: number
  /** From the end of the session to the decision without a CDR, and when an operator is told before. (F57) */
  readonly cdrChaseForMs: number
  readonly cdrAlarmsMs: readonly number[]
  /** From the end of the session: how long an operator may decide about a bill. (F57) */
  readonly decideWithinMs: number
  /** Longest pause between two attempts to deliver an advice. (F68) */
  readonly adviceRetryMaxMs: number
  readonly holdStrategy: HoldStrategy
  /** `increments`: the first hold, and what each raise adds. */
  readonly holdFirstMinor: ByCurrency
  readonly holdStepMinor: ByCurrency
  /** `driver`: what may be chosen. */
  readonly holdChoicesMinor: ByCurrency<readonly number[]>
  /** `capped`: the most that is held. */
  readonly holdCapMinor: ByCurrency
  /** Hold when a tariff names no amount; other currencies are not sold without one. (E-24) */
  readonly defaultHoldMinor: ByCurrency
  /**
   * A CPO sets the hold of a tariff; the operator keeps it within these. Where no most is set, a tariff that asks for more
   * than the default hold is not sold. (reliability 3.2)
   */
  readonly holdLimitsMinor: ByCurrency<{ readonly minMinor?: number; readonly maxMinor?: number }>
  /** Payments that are not over which one card may have at once; 0: any number. (T42) */
  readonly cardHolds: number
  /** Taps within ten minutes of one card, and at one terminal; 0: any number. (T42) */
  readonly cardTaps: number
  readonly terminalTaps: number
  /** A smaller approval is given back, as a share of what was asked. */
  readonly minimumHoldShare: number
  readonly overHold: 'partial' | 'raise'
  readonly noCdr: 'void' | 'session-cost'
  readonly cdrCheck: 'quarantine' | 'flag'
  readonly refunds: 'automatic' | 'operator'
  /** Offers tariffs of type REGULAR when a connector has no other. (E-23) */
  readonly allowRegularTariff: boolean
  /** Only these currencies are sold; empty: all. */
  readonly currencies: readonly string[]
  /** Only these languages are offered beside English; empty: all that the tariffs have. */
  readonly languages: readonly string[]
  /** Who makes the invoice; absent: as the Terminal says. */
  readonly invoiceCreator?: 'CPO' | 'PTP'
  /** Only at these hosts may a CPO place its invoices; empty: at all. (T16) */
  readonly invoiceHosts: readonly string[]
  /** Account at the provider; absent: the platform's own. */
  readonly pspAccount?: string
}

export interface PtpSettings extends ContractTerms {
  readonly locationsPollMs: number
  /** Between two readings of a CPO's new CDRs, give or take a fifth. (F59) */
  readonly cdrsPollMs: number
  /** Age at which the tokens of a partner are renewed; 0: never. (B-30) */
  readonly tokenRenewalMs: number
  /** Between two comparisons with the provider's books. (F75) */
  readonly sweepMs: number
  /** Hour of the day, in UTC, at which all books are compared; absent: never by itself. (F80) */
  readonly reconcileHour?: number
  /** Simulated chargers that give energy so many times faster than their plate says; 1 everywhere else. */
  readonly chargerSpeed: number
  /** The EVSEs of such chargers; absent: all. Chargers of somebody else beside them are real. */
  readonly fastEvses?: readonly string[]
  /** Whether kiosk pages show a tray of the provider's test cards; empty: none. */
  readonly cardTray: readonly string[]
  /** Makes idempotency keys that nobody can guess. (reliability 6.1) */
  readonly keySecret: string
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 3600 * SECOND

/** Defaults of reliability 3.2; the secret has none. */
export const defaultSettings: Omit<PtpSettings, 'keySecret'> = {
  startGraceMs: 30 * SECOND,
  plugInWindowMs: 300 * SECOND,
  sessionPollMs: 300 * SECOND,
  cdrDeadlineMs: 900 * SECOND,
  cdrChaseForMs: 20 * HOUR,
  cdrAlarmsMs: [2 * HOUR, 12 * HOUR],
  decideWithinMs: 20 * HOUR,
  adviceRetryMaxMs: HOUR,
  locationsPollMs: HOUR,
  // Twelve give or take a fifth is never more than the quarter of an hour for which a corrected bill is waited for.
  cdrsPollMs: 12 * MINUTE,
  tokenRenewalMs: 30 * 24 * HOUR,
  sweepMs: HOUR,
  chargerSpeed: 1,
  holdStrategy: 'full',
  holdFirstMinor: { EUR: 1500, GBP: 1500, USD: 1500, CHF: 1500, CAD: 2000, SEK: 15000, DKK: 12000, NOK: 15000 },
  holdStepMinor: { EUR: 1500, GBP: 1500, USD: 1500, CHF: 1500, CAD: 2000, SEK: 15000, DKK: 12000, NOK: 15000 },
  holdChoicesMinor: {
    EUR: [1000, 2000, 3000, 5000],
    GBP: [1000, 2000, 3000, 4000],
    USD: [1000, 2000, 3000, 5000],
    CHF: [1000, 2000, 3000, 5000],
    CAD: [1500, 2500, 4000, 6000],
    SEK: [10000, 20000, 30000, 50000],
    DKK: [8000, 15000, 25000, 40000],
    NOK: [10000, 20000, 30000, 50000],
  },
  holdCapMinor: { EUR: 5000, GBP: 4000, USD: 5000, CHF: 5000, CAD: 6000, SEK: 50000, DKK: 40000, NOK: 50000 },
  defaultHoldMinor: { EUR: 5000, GBP: 4000, USD: 5000, CHF: 5000, CAD: 6000, SEK: 50000, DKK: 40000, NOK: 50000 },
  holdLimitsMinor: {
    EUR: { minMinor: 100, maxMinor: 20000 },
    GBP: { minMinor: 100, maxMinor: 20000 },
    USD: { minMinor: 100, maxMinor: 20000 },
    CHF: { minMinor: 100, maxMinor: 20000 },
    CAD: { minMinor: 100, maxMinor: 25000 },
    SEK: { minMinor: 1000, maxMinor: 200000 },
    DKK: { minMinor: 1000, maxMinor: 150000 },
    NOK: { minMinor: 1000, maxMinor: 200000 },
  },
  cardHolds: 3,
  cardTaps: 6,
  terminalTaps: 60,
  minimumHoldShare: 0.1,
  overHold: 'partial',
  noCdr: 'void',
  cdrCheck: 'quarantine',
  refunds: 'automatic',
  allowRegularTariff: false,
  currencies: [],
  languages: [],
  invoiceHosts: [],
  cardTray: [],
}
