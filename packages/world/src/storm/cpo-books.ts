/** What the scripted CPO knows to be true: which sessions really ran, what was billed for them, what it was told. */
import type { Charged, Owner } from './cpo-objects.ts'
import type { Currency } from './currencies.ts'
import type { Script } from './script.ts'

/** `fair`: by the tariff, for what was delivered. `under`: less. Everything else must not become money as it stands. */
export type Fairness = 'fair' | 'under' | 'over' | 'currency' | 'unreadable' | 'credit' | 'foreign'

export interface Bill {
  readonly id: string
  readonly fairness: Fairness
  /** Cents; below zero for a credit. */
  readonly due: number
  readonly body: string
  readonly at: number
  /** When the PTP first had it, by push or by pull. */
  takenAt?: number
  /** Sent, or in a list that was read. */
  isOut?: boolean
  readonly creditOf?: string
  /** Of a credit: the PTP had it before anybody could know what it takes back. */
  cameFirst?: boolean
  readonly last_updated: string
}

export interface Advice {
  readonly id: string
  readonly bytes: string
  readonly cents: number
  readonly currency: string
  readonly status: string
  readonly firstAt: number
  takenAt?: number
  tries: number
}

export interface Charge extends Charged {
  readonly connection: string
  readonly script: Script
  readonly orderedAt: number
  /** Distinct orders to start; the network may repeat one. */
  readonly orders: Set<string>
  readonly responseUrl: string
  /** Of the tariff that was in force, in hundredths of the smallest unit for each kWh. (F38) */
  readonly raise: number
  /** A new tariff was on its way: which one the driver has accepted nobody can say. */
  readonly priceUnsure: boolean
  /** Absent while the car does not charge. */
  runsSince?: number
  endedAt?: number
  wh: number
  /** The most that its Session has said so far; what is billed in the end may be less. */
  saidWh: number
  /** When the PTP had taken word of the running session, of the charger's yes, of the charger's no. */
  heardActiveAt?: number
  acceptedAt?: number
  /** The charger has said no: whether the PTP has heard of it or not. */
  saidNo?: boolean
  refusedAt?: number
  /** When the PTP had taken word that its session is INVALID: nothing will be billed. (C-506) */
  heardInvalidAt?: number
  /** When the PTP had taken word of a session that nothing pays for. */
  unpaidKnownAt?: number
  /** Since when the list shows it. */
  shownAt?: number
  /** The newest word about it, as the list shows it. */
  shown?: Record<string, unknown> & { readonly last_updated: string }
  /** Orders to stop that were worked on. */
  readonly stops: number[]
  /** What the platform was told when the charge had come to cost its hold or more, in cents. */
  readonly knownCosts: { readonly cents: number; readonly at: number }[]
  /** When it costs as much as was held when it began, if it goes on as it began. */
  holdPassedAt?: number
  readonly bills: Bill[]
  readonly advices: Map<string, Advice>
}

export interface Books {
  readonly owner: Owner
  readonly currency: Currency
  readonly charges: Map<string, Charge>
  readonly bySession: Map<string, Charge>
  /** Every word of a session that the list has shown, and every bill, in the order in which they were written. */
  readonly shown: { readonly charge: Charge; readonly session: NonNullable<Charge['shown']> }[]
  readonly billed: Bill[]
  /** Bills that belong to nobody's payment here. */
  readonly stray: Bill[]
  /** What a partner must never do; filled by whoever sees it. */
  readonly wrongs: string[]
}

export const emptyBooks = ({ owner, currency }: Pick<Books, 'owner' | 'currency'>): Books => ({
  owner,
  currency,
  charges: new Map(),
  bySession: new Map(),
  shown: [],
  billed: [],
  stray: [],
  wrongs: [],
})
