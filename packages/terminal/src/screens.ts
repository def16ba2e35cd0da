/**
 * What can stand on the 320 x 480 screen. Home is where everything ends; every other screen carries `until`, the
 * moment at which it leaves by itself, so that no driver blocks the next one.
 */
import type { Offer, PaymentView, Receipt, RunningPayment } from './link.ts'
import type { CardholderCheck, PinReason } from './pin.ts'

/** What a tap is for: it decides what the platform is asked once a card is at the reader. */
export type Purpose =
  | Start
  | { readonly kind: 'stop'; readonly reference: string; readonly label: string }
  | { readonly kind: 'receipt'; readonly reference?: string }

/** `check`: what a card needs that is only tapped. */
export interface Start {
  readonly kind: 'start'
  readonly offer: Offer
  readonly check: CardholderCheck
  readonly bankWantsPin?: boolean
}

/** A charger with the price that was on the screen; with a maximum of the driver's own, that is its `hold`. */
export type Wanted = Pick<Start, 'offer' | 'bankWantsPin'>

/** What became of the driver's money when a screen says that something did not work. */
export type MoneySaid = 'nothing-held' | 'unknown' | 'unchanged' | 'goes-on' | 'pending' | 'releasing'

export type Screen =
  | { readonly kind: 'home' }
  | Timed<'choose'>
  | (Timed<'price'> & { readonly offer: Offer; readonly bankWantsPin?: boolean })
  | (Timed<'tap'> & { readonly purpose: Purpose })
  /** The card has been read, its PIN is missing. `id` is that of the tap. */
  | (Timed<'pin'> & {
      readonly purpose: Start
      readonly card: string
      readonly id: string
      readonly why: PinReason
      readonly triesLeft: number
    })
  /** The platform was asked and has not answered yet. `id` tells its answer from older ones. */
  | (Timed<'sending'> & { readonly id: string; readonly purpose: Purpose })
  /** After a reload: what was shown, or asked for, is asked for again. */
  | (Timed<'restoring'> & { readonly of: Remembered })
  /** A payment in which somebody else has to act next. */
  | (Timed<'waiting'> & { readonly payment: PaymentView; readonly asked: boolean })
  | (Timed<'charging'> & { readonly payment: PaymentView })
  | (Timed<'result'> & { readonly payment: PaymentView })
  | (Timed<'running'> & { readonly payments: readonly RunningPayment[] })
  | (Timed<'receipts'> & { readonly receipts: readonly Receipt[] })
  | (Timed<'receipt'> & { readonly receipt: Receipt; readonly others: readonly Receipt[] })
  | Timed<'language'>
  /** Something did not go as asked: why, and what it means for the money. */
  | (Timed<'notice'> & {
      readonly why: string
      readonly money: MoneySaid
      readonly reference?: string
      /** The tap whose answer never came: it is asked about for as long as somebody stands there. */
      readonly tap?: string
      /** What the driver wanted, when it can be had at another price. */
      readonly wanted?: Wanted
    })

export interface Timed<K extends string> {
  readonly kind: K
  readonly until: number
}

export type ScreenKind = Screen['kind']

/** How long a screen stays without a touch, in ms. */
export const STAYS_MS = {
  choose: 90_000,
  price: 120_000,
  tap: 60_000,
  pin: 60_000,
  sending: 45_000,
  restoring: 60_000,
  charging: 300_000,
  result: 90_000,
  running: 60_000,
  receipts: 90_000,
  receipt: 120_000,
  language: 45_000,
  notice: 45_000,
} as const

/** How long a waiting screen stays when the platform named no end, and at most whatever it named. */
export const WAITING_MS = {
  unnamed: 120_000,
  least: 20_000,
  grace: 10_000,
  most: 900_000,
  afterCharging: 180_000,
} as const

/**
 * All that a reload has to remember: which payment was shown, or which tap was asked about, and until when (platform's
 * time) whoever stands there is taken for the one who paid.
 */
export type Remembered = ({ readonly payment: string } | { readonly tap: string }) & { readonly until: number }

export function rememberedOf(screen: Screen): Remembered | undefined {
  if (screen.kind === 'home') return undefined
  if (screen.kind === 'restoring') return screen.of
  // What comes next might have been shown for so long.
  const until = screen.until + (screen.kind === 'result' ? 0 : STAYS_MS.result)
  if (screen.kind === 'sending' && screen.purpose.kind === 'start') return { tap: screen.id, until }
  if (screen.kind === 'notice' && screen.tap !== undefined) return { tap: screen.tap, until }
  const payment = screen.kind === 'notice' ? screen.reference : referenceShown(screen)
  return payment === undefined ? undefined : { payment, until }
}

/** After a reload: the screen of the payment, but no longer than without it; undefined when its driver must be gone. */
export function restoredScreen(payment: PaymentView, { until }: Remembered, now: number): Screen | undefined {
  if (now >= until) return undefined
  const screen = paymentScreen(payment, now)
  return screen.kind === 'result' ? { ...screen, until: Math.min(screen.until, until) } : screen
}

/** The tap of which nobody here knows what it became. */
export function tapUnknown(screen: Screen): string | undefined {
  if (screen.kind === 'notice') return screen.tap
  return screen.kind === 'restoring' && 'tap' in screen.of ? screen.of.tap : undefined
}

/** The payment that a screen shows or is about. */
export function referenceShown(screen: Screen): string | undefined {
  switch (screen.kind) {
    case 'waiting':
    case 'charging':
    case 'result':
      return screen.payment.reference
    case 'restoring':
      return 'payment' in screen.of ? screen.of.payment : undefined
    case 'tap':
    case 'sending':
      return screen.purpose.kind === 'stop' ? screen.purpose.reference : undefined
    case 'notice':
      return isGivenUp(screen) ? screen.reference : undefined
    default:
      return undefined
  }
}

/** The screen has stopped waiting for a payment: how it ends is still worth to be seen. */
export function isGivenUp(screen: Screen): screen is Screen & { kind: 'notice' } {
  return screen.kind === 'notice' && (screen.why === 'still-waiting' || screen.why === 'no-answer')
}

/** Screens on which the reader listens. Elsewhere a card is not read at all. */
export function readsCards(screen: Screen): boolean {
  return screen.kind === 'tap'
}

/** The screen that a payment belongs on, from its view alone. */
export function paymentScreen(payment: PaymentView, now: number): Screen {
  if (payment.final) return { kind: 'result', payment, until: now + STAYS_MS.result }
  if (payment.state === 'charging') return { kind: 'charging', payment, until: now + STAYS_MS.charging }
  const named = payment.waitingFor?.until
  const most = now + (isAfterCharging(payment) ? WAITING_MS.afterCharging : WAITING_MS.most)
  const wanted = named === undefined ? now + WAITING_MS.unnamed : named + WAITING_MS.grace
  return { kind: 'waiting', payment, asked: false, until: Math.min(most, Math.max(wanted, now + WAITING_MS.least)) }
}

/** Energy no longer flows; what is left is between computers. */
export function isAfterCharging(payment: PaymentView): boolean {
  return ['awaiting-cdr', 'capturing', 'voiding', 'stuck'].includes(payment.state)
}

export function tapScreen(purpose: Purpose, now: number): Screen {
  return { kind: 'tap', purpose, until: now + STAYS_MS.tap }
}
