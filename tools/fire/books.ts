/**
 * The four books that are compared, as a trial leaves them in a folder: what the provider booked, what the CPO did and
 * heard, what drivers were told, and what lies in the platform's database.
 */

export interface Money {
  readonly amountMinor: number
  readonly currency: string
}

export interface Booked {
  readonly at: number
  readonly reference: string
  /** The provider's name of the hold: two of them under one reference are two holds. */
  readonly pspReference: string
  readonly operation: string
  readonly status: string
  readonly amountMinor: number
  readonly currency: string
}

export interface HeardAdvice {
  readonly id: string
  readonly reference: string
  readonly status: string
  readonly amountMinor: number
  readonly currency: string
  /** When its words were written, in ms: `last_updated`. */
  readonly at: number
  /** SHA-256 of each different body that came under this id. */
  readonly hashes: readonly string[]
}

/** By the CPO’s own book, whether its answer arrived or not; all times in ms. */
export interface HeardStart {
  readonly reference: string
  readonly at: number
  readonly orders: number
  /** When it first answered ACCEPTED, and when anything else. */
  readonly acceptedAt?: number
  readonly refusedAt?: number
}

export interface CpoCharge {
  readonly reference: string
  readonly status: string
  readonly charged: boolean
  /** When the car was unplugged, or nobody waited for it any more. */
  readonly endedAt?: number
}

export interface CpoCdr {
  readonly id: string
  readonly reference: string
  readonly dueMinor: number
  readonly currency: string
  /** When it was made, in ms. */
  readonly at: number
  /** A credit CDR: the CDR that it takes back. */
  readonly creditOf?: string
}

export interface CpoTruth {
  readonly starts: readonly HeardStart[]
  readonly charges: readonly CpoCharge[]
  readonly cdrs: readonly CpoCdr[]
  readonly advices: readonly HeardAdvice[]
}

/** What a driver was told; `accepted`: that the tap became a payment. */
export interface Told {
  readonly reference: string
  readonly state: string
  readonly capturedMinor: number
  /** Absent where nothing was captured. */
  readonly currency?: string
  readonly at: number
}

export interface StoredPayment {
  readonly reference: string
  readonly state: string
  readonly version: number
  /** SHA-256 of its row’s text, and the hash at which its log ends. */
  readonly bodyHash: string
  readonly chainHash: string
  readonly held?: Money
  readonly captured?: Money
  readonly cdr?: StoredCdr
  readonly adviceId?: string
  /** Its events in order of `seq`. */
  readonly events: readonly StoredEvent[]
  /** What lies ready to be sent to the CPO, or asked for by it. */
  readonly advices: readonly { readonly id: string; readonly hash: string }[]
}

export interface StoredCdr {
  readonly id: string
  readonly due: Money
}

export interface StoredEvent {
  readonly seq: number
  readonly type: string
  readonly from: string
  readonly to: string
  /** `created`, `moved`, `ignored` or `refused`. */
  readonly verdict: string
  readonly at: number
  readonly reason: string | null
  /** Its body as it lies there. */
  readonly text: string
  /** SHA-256 of the row’s text as this event left it, and of all of this together with the hash of the event before. */
  readonly afterHash: string
  readonly chainHash: string
  readonly body: EventBody
}

/** As far as the audit reads it. */
export interface EventBody {
  readonly held?: Money
  readonly amount?: Money
  readonly captured?: Money
  readonly cdr?: StoredCdr
  readonly adviceId?: string
  /** The bill was taken back before it came. */
  readonly credit?: object
  /** What an operator has decided. */
  readonly decision?: string
}

/** Server or database were away, from the blow to the first tap that was accepted again; in ms, one after the other. */
export interface Away {
  readonly from: number
  readonly to: number
}

export interface Books {
  readonly away: readonly Away[]
  readonly provider: readonly Booked[]
  readonly cpo: CpoTruth
  readonly told: readonly Told[]
  readonly stored: readonly StoredPayment[]
}
