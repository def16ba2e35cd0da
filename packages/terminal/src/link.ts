/**
 * The talk between a terminal and its platform: JSON over HTTP, one server-sent event stream, nothing else.
 * The terminal asks, the platform answers; what happens later arrives as news. Every answer is complete: a terminal
 * that was reloaded or switched off needs no memory but the reference it was showing.
 */

/** Minor units of a currency (cents), as everywhere inside Plugtill. */
export interface Money {
  readonly amountMinor: number
  readonly currency: string
}

/** Brand and last four digits; there is never more of a card on this link. */
export interface CardSeen {
  readonly brand: string
  readonly masked: string
}

export type PriceKind = 'energy' | 'time' | 'session' | 'parking' | 'other'

/** The price as the driver must see it before starting, in AFIR order: energy, minute, session, other. */
export interface PriceDisplay {
  readonly lines: readonly PriceLine[]
  /** The tariff's own words in the chosen language. */
  readonly texts: readonly string[]
  readonly currency: string
  /** False only where no tax applies: a price without its tax is never shown. */
  readonly taxIncluded: boolean
}

export interface PriceLine {
  readonly kind: PriceKind
  readonly text: string
}

/** One connector that this terminal may sell. `available: false` always comes with a reason. */
export interface Offer {
  readonly evseUid: string
  readonly connectorId: string
  readonly locationId: string
  readonly locationName: string
  /** What is printed on the charger: `physical_reference`, else `evse_id`. */
  readonly label: string
  readonly connector: OfferedConnector
  /** EVSE status as the CPO reported it last. */
  readonly status: string
  readonly available: boolean
  readonly reason?: string
  readonly price?: PriceDisplay
  /** Names what `price` and `hold` say, to the last restriction: a tap gives it back, and no other price is charged. */
  readonly priceId?: string
  readonly hold?: Money
  /** The hold may grow with what is charged, up to this and never beyond. Absent: it stays as it is. */
  readonly holdUpTo?: Money
  /** The driver may choose the most that is held and spent: one of these, the smallest first. Absent: `hold`. */
  readonly holdChoices?: readonly Money[]
  /** A card that is only tapped pays up to this much without its PIN. Absent: no limit is known, or the reader sees to it. */
  readonly pinAbove?: Money
  readonly tariffId?: string
}

export interface OfferedConnector {
  /** ConnectorType of OCPI, for example IEC_62196_T2_COMBO. */
  readonly standard: string
  /** SOCKET or CABLE. */
  readonly format: string
  readonly powerKw: number
}

/** A payment of this terminal whose charging session is not over yet. */
export interface RunningPayment {
  readonly reference: string
  readonly evseUid: string
  readonly label: string
  readonly card?: CardSeen
  readonly startedAt?: string
}

/** Answer of GET /offers: all that the terminal needs to draw its home screen. */
export interface Offers {
  readonly terminalId: string
  readonly model: string
  /** Languages of the tariffs on offer; they decide what the driver may choose. */
  readonly languages: readonly string[]
  readonly language: string
  readonly chargers: readonly Offer[]
  readonly open: readonly RunningPayment[]
  /** Names of the sandbox's cards to lay beside the screen. Absent on real hardware. */
  readonly cardTray?: readonly string[]
  /** The platform's own time, in ms, so that a wrong device clock cannot bend a countdown. */
  readonly now?: number
}

/** States of a payment as the platform tells them (see the state table of `ptp`); unknown ones are drawn as waiting. */
export type PaymentState =
  | 'authorizing'
  | 'starting'
  | 'awaiting-plug'
  | 'charging'
  | 'stopping'
  | 'awaiting-cdr'
  | 'capturing'
  | 'voiding'
  | 'captured'
  | 'voided'
  | 'declined'
  | 'stuck'

export interface WaitingFor {
  /** Who has to do something: one of `WAITS`, or words for the driver in the payment's language. */
  readonly what: string
  /** Until when the platform waits, ms since 1970. After that it decides by itself. */
  readonly until?: number
}

/** What a wait can be about. The terminal has words for each in every language. */
export const WAITS = ['psp', 'charger', 'plug', 'stop', 'cdr', 'capture', 'void'] as const
export type Wait = (typeof WAITS)[number]

/** One payment as its driver may see it. */
export interface PaymentView {
  readonly reference: string
  readonly state: PaymentState | (string & {})
  readonly waitingFor?: WaitingFor
  readonly locationId: string
  readonly evseUid: string
  readonly connectorId: string
  readonly label: string
  /** What the bank was asked to hold. */
  readonly asked?: Money
  readonly held?: Money
  /** More may be held, up to this; what is taken is never more either. Absent: `held` is the end. */
  readonly holdUpTo?: Money
  readonly captured?: Money
  /** What it costs so far, taxes included; an estimate until the CDR is there. */
  readonly cost?: Money
  readonly energyKwh?: number
  /** Mean power between the last two words of the CPO. */
  readonly powerKw?: number
  /** When the hold is used up if charging goes on at the present pace, ms since 1970; an estimate. */
  readonly holdLastsUntil?: number
  readonly card?: CardSeen
  readonly startedAt?: string
  readonly receiptUrl?: string
  /** Why it went another way than planned: one of `OUTCOMES`, or words for the driver in the payment's language. */
  readonly message?: string
  /** Nothing is left to do: no further news will come for this payment. */
  readonly final: boolean
  readonly language: string
  /** The platform's own time when this view was made, ms since 1970. */
  readonly now?: number
}

/** Reasons with words of the terminal's own in every language. */
export const OUTCOMES = [
  'declined',
  'pin-needed',
  'psp-unavailable',
  'hold-too-small',
  'start-refused',
  'start-timeout',
  'charger-occupied',
  'charger-broken',
  'not-plugged-in',
  'no-energy',
  'session-invalid',
  'capture-failed',
  'void-failed',
  'no-cdr',
  'other-charger',
  'hold-used-up',
] as const
export type Outcome = (typeof OUTCOMES)[number]

export type ReceiptStatus = 'captured' | 'partial' | 'refunded' | 'partly-refunded' | 'voided' | 'declined' | 'pending'

/** Lines with words in every language, on screen and on paper; other texts are shown as they come. */
export const LINE_WORDS = [
  'energy',
  'time',
  'parking',
  'fixed',
  'reservation',
  'session',
  'rounding',
  'taxes',
  'bound',
  'above-hold',
  'refunded',
  'corrected',
] as const
export type LineWord = (typeof LINE_WORDS)[number]

export interface Receipt {
  readonly reference: string
  readonly at: string
  readonly merchant: string
  readonly locationName: string
  readonly label: string
  readonly energyKwh: number
  readonly durationS: number
  /** Together they are the total, and those of the receipt on paper; none while the receipt is pending. */
  readonly lines: readonly { readonly text: LineWord | (string & {}); readonly amount: Money }[]
  /** What was paid in the end. While the receipt is pending it says nothing and is not shown. */
  readonly total: Money
  readonly taxes: readonly { readonly name: string; readonly percentage?: number; readonly amount: Money }[]
  readonly card: CardSeen
  readonly eftData: readonly string[]
  /** Where a phone opens it: the CPO's invoice, or the receipt of the terminal's platform. */
  readonly invoiceUrl?: string
  readonly status: ReceiptStatus
}

/** POST /tap: the driver accepted the price and held a card to the reader. */
export interface Tap {
  readonly locationId: string
  readonly evseUid: string
  readonly connectorId: string
  /** Opaque word of the reader for this card; in the sandbox the card's name. */
  readonly card: string
  /** The tariff whose price was accepted. */
  readonly tariffId?: string
  /** That of the offer whose price was accepted. Whoever leaves it out has shown no price to anybody. */
  readonly priceId?: string
  /** One of the offer's `holdChoices`, in minor units. */
  readonly maximumMinor?: number
  /** How the device knows that the card is in its holder's hand. The fact only: a PIN never leaves the device. */
  readonly verified?: Verified
  readonly language: string
  /** Made by the terminal, once per tap: the same tap sent twice is one payment. */
  readonly tapId: string
}

/** `pin`: the device has checked it. `phone`: the phone or watch has recognised its owner. */
export type Verified = 'pin' | 'phone'

/** POST /stop: the driver asks to stop and proves it with the card that pays. */
export interface StopTap {
  readonly reference: string
  readonly card: string
}

/** POST /receipts: receipts of this card at this terminal, at most 24 hours old. */
export interface ReceiptTap {
  readonly card: string
}

/** Answer 409 or 422: one of `REFUSALS`, or words for the driver. Nothing was held and nothing was captured. */
export interface Refused {
  readonly refused: string
}

export const REFUSALS = [
  'not-available',
  'price-changed',
  'no-price',
  'wrong-card',
  'not-running',
  'terminal-off',
  'unreadable-card',
  'psp-unavailable',
  'no-such-maximum',
  'too-many-holds',
  'too-many-taps',
] as const
export type Refusal = (typeof REFUSALS)[number]

/** Where a link begins on its platform: `/ptp` + `/link/{terminal_id}`. */
export function linkPath(platform: string, terminalId: string): string {
  return `${platform}/link/${encodeURIComponent(terminalId)}`
}

/** Below `linkPath`; the names in braces stand for one path segment. */
export const LINK_PATHS = {
  offers: '/offers',
  tap: '/tap',
  stop: '/stop',
  receipts: '/receipts',
  payment: '/payments/:reference',
  /** The payment that this tap became; 404 as long as no such tap has arrived. */
  tapped: '/taps/:tap_id',
  news: '/news',
} as const

/** Names of the events on GET /news: a payment changed (its PaymentView as data), or the offers did (no data). */
export const NEWS_EVENTS = { payment: 'message', offers: 'offers' } as const

export function isRefused(answer: object): answer is Refused {
  return 'refused' in answer
}
