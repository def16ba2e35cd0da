/** What one driver, one card, one charger and one CPO are going to do, drawn before the driver comes. */
import { SPOTS } from './cpo-objects.ts'
import type { Dice } from './dice.ts'

/** Usual things come without a word in the trace; everything else is a fault of somebody. */
export const DRIVERS = {
  usual: 44,
  'never-plugs-in': 9,
  'terminal-restarts': 4,
  'taps-twice': 4,
  'taps-at-two-terminals': 4,
  stops: 12,
  'stops-early': 4,
  'stops-with-another-card': 4,
  'asks-for-the-receipt-at-once': 4,
} as const
export const STARTS = {
  usual: 60,
  refused: 3,
  'not-supported': 2,
  'error-500': 2,
  'error-404': 2,
  'status-2003': 2,
  'answer-never-comes': 3,
  'result-before-answer': 5,
  'session-before-answer': 5,
  'no-result': 4,
  'no-result-no-session': 3,
  'failed-then-runs': 3,
  failed: 3,
  occupied: 3,
  'result-timeout': 2,
  'runs-after-void': 3,
  'over-before-answer': 3,
} as const
export const SESSIONS = {
  usual: 62,
  silent: 7,
  'counts-backwards': 5,
  'old-word-after-new': 6,
  'elsewhere-same-price': 3,
  'elsewhere-other-price': 3,
  'reaches-the-hold': 5,
  'never-ends': 2,
  'falls-silent': 3,
  'charger-offline': 4,
  invalid: 2,
} as const
export const STOPS = { obeys: 70, 'order-lost': 10, 'unknown-session': 7, 'refuses-once': 8, 'goes-on': 5 } as const
export const BILLS = {
  usual: 46,
  twice: 8,
  changed: 4,
  'two-ids': 4,
  late: 4,
  never: 2,
  'only-pulled': 5,
  'before-the-end': 5,
  zero: 4,
  tiny: 3,
  'other-currency': 2,
  unreadable: 2,
  'without-taxes': 2,
  overclaimed: 4,
  underclaimed: 4,
  'unknown-reference': 2,
  'of-the-other-party': 2,
  credited: 4,
  'credited-before': 3,
  replaced: 3,
} as const
export const ADVICES = {
  usual: 70,
  'away-for-hours': 5,
  'status-3000': 8,
  'status-2001': 3,
  'repeat-refused': 14,
} as const
/** What an operator decides about the payment, now or never. */
export const OPERATORS = {
  usual: 78,
  retries: 3,
  voids: 4,
  'captures-the-session': 4,
  'accepts-the-bill': 4,
  refunds: 4,
  'refunds-a-part': 4,
  'refunds-twice': 4,
  'gives-no-reason': 3,
} as const
const ABOUT_STUCK = ['retries', 'voids', 'captures-the-session', 'accepts-the-bill'] as const
/** What everybody does when nobody does anything unusual. */
export const USUAL = {
  cardKind: 'approved',
  driver: 'usual',
  start: 'usual',
  session: 'usual',
  stop: 'obeys',
  bill: 'usual',
  advice: 'usual',
  operator: 'usual',
} as const
export const CARDS = {
  approved: 40,
  'approved-mastercard': 12,
  'partial-approval': 5,
  declined: 4,
  'pin-needed': 1,
  timeout: 5,
  'timeout-lost': 4,
  'capture-timeout': 6,
  'capture-fails-once': 4,
  'void-fails-once': 4,
  'capture-fails': 2,
  'void-fails': 1,
  'hold-expires': 2,
  unavailable: 2,
  'increment-declined': 2,
  'increment-timeout': 2,
  'capture-later': 3,
  'capture-later-fails': 1,
  'capture-fails-afterwards': 2,
  'capture-twice': 2,
} as const

export interface Script {
  /** Counts the drivers of a world from 1. */
  readonly n: number
  readonly party: 0 | 1
  /** Where the driver wants to charge; the next free one when a car stands there. */
  spot: number
  readonly card: string
  readonly cardKind: keyof typeof CARDS
  readonly driver: keyof typeof DRIVERS
  readonly start: keyof typeof STARTS
  readonly session: keyof typeof SESSIONS
  readonly stop: keyof typeof STOPS
  readonly bill: keyof typeof BILLS
  readonly advice: keyof typeof ADVICES
  readonly operator: keyof typeof OPERATORS
  readonly plugAfterMs: number
  readonly lastsMs: number
  readonly powerW: number
  /** Until the next driver comes. */
  readonly pauseMs: number
}

const MINUTE = 60_000

export interface Mix {
  readonly of: <K extends string>(table: Readonly<Record<K, number>>, words: string) => K
}

/** Every world leaves some things out and sees more of the others, so that rare pairs meet. */
export function mixOf(dice: Dice): Mix {
  const weight = (kind: string, usual: boolean, given: number) =>
    usual ? given : dice.of(`mix ${kind}`) < 0.25 ? 0 : given * (0.5 + 2 * dice.of(`more ${kind}`))
  const tables = new Map<object, { readonly kinds: readonly string[]; readonly upTo: readonly number[] }>()
  const prepared = (table: Readonly<Record<string, number>>) => {
    const known = tables.get(table)
    if (known) return known
    let sum = 0
    const kinds = Object.keys(table)
    const upTo = Object.entries(table).map(([kind, given], index) => {
      sum += weight(kind, index === 0, given)
      return sum
    })
    const made = { kinds, upTo }
    tables.set(table, made)
    return made
  }
  return {
    of: <K extends string>(table: Readonly<Record<K, number>>, words: string) => {
      const { kinds, upTo } = prepared(table)
      const wanted = dice.of(words) * (upTo.at(-1) ?? 0)
      return kinds[upTo.findIndex((limit) => wanted < limit)] as K
    },
  }
}

/** In some worlds contracts begin with a small hold that grows with the session. */
export const growsHolds = (dice: Dice): boolean => dice.of('strategy') < 0.3

export function scriptOf(dice: Dice, mix: Mix, n: number): Script {
  const draw = (what: string) => dice.of(`script ${n} ${what}`)
  const of = <K extends string>(table: Readonly<Record<K, number>>, what: string) =>
    mix.of(table, `script ${n} ${what}`)
  // Where holds grow, cards that do not let them. (F33)
  const stubborn = growsHolds(dice) && draw('stubborn') < 0.08
  const cardKind = stubborn ? 'increment-declined' : of(CARDS, 'card')
  const session = of(SESSIONS, 'session')
  const bill = of(BILLS, 'bill')
  // What waits for somebody is looked at by somebody, often.
  const waits = bill === 'overclaimed' || session === 'elsewhere-other-price' || cardKind === 'capture-fails'
  const looked = waits && draw('looked at') < 0.6
  const long = session === 'reaches-the-hold' || session === 'never-ends' || session === 'falls-silent'
  return {
    n,
    party: draw('party') < 0.5 ? 0 : 1,
    spot: Math.floor(draw('spot') * SPOTS),
    card: `${cardKind}#${n}`,
    cardKind,
    driver: of(DRIVERS, 'driver'),
    start: of(STARTS, 'start'),
    session,
    stop: of(STOPS, 'stop'),
    bill,
    advice: of(ADVICES, 'advice'),
    operator: looked ? dice.pick(ABOUT_STUCK, `script ${n} looks`) : of(OPERATORS, 'operator'),
    plugAfterMs: Math.round(draw('plug') * 3 * MINUTE),
    lastsMs: long ? 180 * MINUTE : stubborn ? 40 * MINUTE : Math.round((2 + 12 * draw('lasts')) * MINUTE),
    powerW: 50_000 + 10_000 * Math.floor(draw('power') * 10),
    pauseMs: Math.round((0.5 + 3 * draw('pause')) * MINUTE),
  }
}
