/** What an operator of the PTP platform may set. Durations in ms. */
export interface PtpSettings {
  /** Added to the CPO's `timeout` before a start counts as failed. */
  readonly startGraceMs: number
  /** From "the charger accepted" to a car on the cable. */
  readonly plugInWindowMs: number
  readonly sessionPollMs: number
  readonly cdrDeadlineMs: number
  /** Longest pause between two attempts to deliver an advice. */
  readonly adviceRetryMaxMs: number
  readonly locationsPollMs: number
  /** Age at which the tokens of a partner are renewed; 0: never. (B-30) */
  readonly tokenRenewalMs: number
  /** Hold when a tariff names no amount, by currency; other currencies are not sold without one. (E-24) */
  readonly defaultHoldMinor: Readonly<Record<string, number>>
  /** A CPO sets the hold of a tariff; the operator keeps it within these, by currency. (reliability 3.2) */
  readonly holdLimitsMinor: Readonly<Record<string, { readonly minMinor?: number; readonly maxMinor?: number }>>
  /** A smaller approval is given back, as a share of what was asked. */
  readonly minimumHoldShare: number
  /** Offers tariffs of type REGULAR when a connector has no other. (E-23) */
  readonly allowRegularTariff: boolean
  /** Whether kiosk pages show a tray of the provider's test cards; empty: none. */
  readonly cardTray: readonly string[]
  /** Makes idempotency keys that nobody can guess. (reliability 6.1) */
  readonly keySecret: string
}

const SECOND = 1000

/** Defaults of reliability 3.2; the secret has none. */
export const defaultSettings: Omit<PtpSettings, 'keySecret'> = {
  startGraceMs: 30 * SECOND,
  plugInWindowMs: 300 * SECOND,
  sessionPollMs: 300 * SECOND,
  cdrDeadlineMs: 900 * SECOND,
  adviceRetryMaxMs: 3600 * SECOND,
  locationsPollMs: 3600 * SECOND,
  tokenRenewalMs: 30 * 24 * 3600 * SECOND,
  defaultHoldMinor: { EUR: 5000, GBP: 4000, USD: 5000, CHF: 5000, CAD: 6000, SEK: 50000, DKK: 40000, NOK: 50000 },
  holdLimitsMinor: { EUR: { minMinor: 100, maxMinor: 20000 }, GBP: { minMinor: 100, maxMinor: 20000 } },
  minimumHoldShare: 0.1,
  allowRegularTariff: false,
  cardTray: [],
}
