/** What can happen to a terminal, what it then asks for, and what it keeps meanwhile. */
import type { Offer, Offers, PaymentView, Receipt, ReceiptTap, StopTap, Tap } from './link.ts'
import type { Presented } from './pin.ts'
import type { Screen } from './screens.ts'

export interface Journey {
  readonly screen: Screen
  readonly language: string
  readonly offers?: Offers
  /** Whether the platform answered last time it was asked. */
  readonly online: boolean
}

/** What the driver does. */
export type DriverInput =
  | { readonly type: 'home' }
  | { readonly type: 'back' }
  | { readonly type: 'touched' }
  | { readonly type: 'start' }
  | { readonly type: 'choose'; readonly evseUid: string; readonly connectorId: string }
  /** One of the offer's `holdChoices`, in minor units. */
  | { readonly type: 'maximum'; readonly amountMinor: number }
  | { readonly type: 'accept' }
  | { readonly type: 'stop' }
  | { readonly type: 'pick'; readonly reference: string }
  | { readonly type: 'receipt' }
  | { readonly type: 'show-receipt'; readonly reference: string }
  | { readonly type: 'languages' }
  | { readonly type: 'language'; readonly language: string }
  /** A card is held to the reader or put into it; `id` is fresh for every tap. Without `how` it is tapped. */
  | { readonly type: 'card'; readonly card: string; readonly id: string; readonly how?: Presented }
  /** The device has compared what was typed with the card; what was typed stays with it. */
  | { readonly type: 'pin'; readonly right: boolean }
  /** The bank wanted the PIN: the same charger once more, this time with it. */
  | { readonly type: 'with-pin' }
  /** Nothing was started because the price had changed: the same charger at its price of now. */
  | { readonly type: 'new-price' }

/** What the platform says, and what time does. */
export type News =
  | { readonly type: 'tick' }
  | { readonly type: 'offers'; readonly offers: Offers }
  | { readonly type: 'payment'; readonly payment: PaymentView }
  | { readonly type: 'answered'; readonly id: string; readonly payment: PaymentView }
  | { readonly type: 'refused'; readonly id: string; readonly why: string }
  | { readonly type: 'receipts'; readonly id: string; readonly receipts: readonly Receipt[] }
  | { readonly type: 'unknown-payment'; readonly reference: string }
  | { readonly type: 'link'; readonly online: boolean }

export type Input = DriverInput | News

/** What the device must do next. Requests that carry an `id` are answered with the same id. */
export type Request =
  | { readonly do: 'load-offers'; readonly language: string }
  | { readonly do: 'load-payment'; readonly reference: string }
  /** What became of a tap whose answer was lost; told as `answered`, and as nothing while no such tap has arrived. */
  | { readonly do: 'load-tap'; readonly id: string }
  | { readonly do: 'tap'; readonly id: string; readonly body: Tap }
  | { readonly do: 'stop'; readonly id: string; readonly body: StopTap }
  | { readonly do: 'receipts'; readonly id: string; readonly body: ReceiptTap }

export interface Step {
  readonly journey: Journey
  readonly requests: readonly Request[]
}

export function home(journey: Journey): Step {
  return {
    journey: { ...journey, screen: { kind: 'home' } },
    requests: [{ do: 'load-offers', language: journey.language }],
  }
}

export function show(journey: Journey, screen: Screen): Step {
  return { journey: { ...journey, screen }, requests: [] }
}

export function stay(journey: Journey): Step {
  return { journey, requests: [] }
}

export function findOffer(
  offers: Offers,
  wanted: { readonly evseUid: string; readonly connectorId: string },
): Offer | undefined {
  return offers.chargers.find((o) => o.evseUid === wanted.evseUid && o.connectorId === wanted.connectorId)
}

/** Whether what was accepted is what is on offer now; a maximum that may still be chosen changes no price. */
export function samePrice(fresh: Offer, accepted: Offer): boolean {
  const { hold } = withMaximumOf(fresh, accepted)
  return (
    fresh.priceId === accepted.priceId &&
    fresh.tariffId === accepted.tariffId &&
    hold?.amountMinor === accepted.hold?.amountMinor &&
    hold?.currency === accepted.hold?.currency
  )
}

/** News of a charger never undo what its driver has chosen, as long as that is to be had. */
export function withMaximumOf(fresh: Offer, { hold }: Pick<Offer, 'hold'>): Offer {
  const chosen = fresh.holdChoices?.find(
    (choice) => choice.amountMinor === hold?.amountMinor && choice.currency === hold.currency,
  )
  return chosen ? { ...fresh, hold: chosen } : fresh
}

/** The same charger at a price that has not been on the screen yet; undefined while the platform has named none. */
export function newPriceOf(offers: Offers | undefined, { offer }: { readonly offer: Offer }): Offer | undefined {
  const fresh = offers && findOffer(offers, offer)
  return fresh?.available && !samePrice(fresh, offer) ? withMaximumOf(fresh, offer) : undefined
}
