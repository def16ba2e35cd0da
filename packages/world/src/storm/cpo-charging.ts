/** One charge at the scripted CPO, from the order to start to the bill: what the script says, and what is true of it. */
import type { Clock } from '@plugtill/engine/clock'
import type { Bank } from './bank.ts'
import { billing } from './cpo-billing.ts'
import type { Books, Charge } from './cpo-books.ts'
import { beside, centsOf, costOf, isDear, type SessionWord, SPOTS, sessionOf, whFor } from './cpo-objects.ts'
import { startOf } from './cpo-starting.ts'
import type { Weather } from './weather.ts'

/** A request of the CPO to the PTP; undefined when no answer came. */
export type Tell = (
  label: string,
  request: {
    readonly method: 'PUT' | 'PATCH' | 'POST'
    readonly path: string
    readonly url?: string
    readonly body: string
  },
) => Promise<number | undefined>

export interface ChargingParts {
  readonly clock: Clock
  readonly weather: Weather
  readonly books: Books
  readonly bank: Pick<Bank, 'holdOf'>
  readonly tell: Tell
  /** What the other party sends in our name. (I14) */
  readonly otherTell: () => Tell
  readonly ids: () => string
  /** The partner's clock is wrong by this. (F41) */
  readonly skewMs: number
  /** The platform has taken a word that is not as usual: its terminal may be looked at. */
  readonly onWord: (reference: string) => void
  /** The platform has lost all memory of that moment: a bill it had then is new to it. (F75) */
  readonly isForgotten: (at: number) => boolean
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

export interface Charging {
  /** What the car and the charger do after an order that was taken. */
  readonly begin: (charge: Charge) => Promise<void>
  readonly stop: (charge: Charge) => 'ACCEPTED' | 'REJECTED' | 'UNKNOWN_SESSION'
  /** The storm is over: whatever still runs ends now. */
  readonly endAll: () => void
}

export function charging(parts: ChargingParts): Charging {
  return {
    begin: (charge) => startOf(parts, charge, { run: () => run(parts, charge), end: () => end(parts, charge) }),
    stop: (charge) => stopOf(parts, charge),
    endAll: () => {
      for (const charge of parts.books.charges.values()) if (charge.runsSince !== undefined) void end(parts, charge)
    },
  }
}

const after = ({ clock }: ChargingParts, ms: number, task: () => unknown) => void clock.after(ms, () => void task())

/** Whole 20 Wh, see cpo-objects. */
const whNow = ({ clock }: ChargingParts, { script, runsSince = clock.now() }: Charge) =>
  Math.floor((script.powerW * (clock.now() - runsSince)) / HOUR / 20) * 20

async function run(parts: ChargingParts, charge: Charge): Promise<void> {
  const { clock, weather, bank, skewMs } = parts
  if (charge.runsSince !== undefined) return
  const { script } = charge
  charge.runsSince = clock.now()
  Object.assign(charge, { startAt: clock.now() + skewMs })
  const held = bank.holdOf(charge.reference)
  if (held === undefined) weather.met('F20')
  else charge.holdPassedAt = clock.now() + (whFor(held, charge.spot, charge.raise) / script.powerW) * HOUR
  if (script.session === 'elsewhere-same-price' || script.session === 'elsewhere-other-price') elsewhere(parts, charge)
  const silent = script.session === 'silent'
  if (silent || script.session === 'falls-silent') weather.met('F26')
  after(parts, script.lastsMs, () => end(parts, charge))
  const long = script.session === 'reaches-the-hold' || script.session === 'never-ends'
  if (long) updates(parts, charge, { everyMs: 8 * MINUTE, times: 22 })
  else updates(parts, charge, { everyMs: script.lastsMs / 2, times: 1 })
  await say(parts, charge, { status: 'ACTIVE', wh: 0 }, { push: !silent })
}

function elsewhere({ weather }: ChargingParts, charge: Charge): void {
  const { script, spot } = charge
  weather.happened(`${script.session} s${script.n}`)
  weather.met('F21')
  const other = isDear(spot) ? 0 : SPOTS - 1
  Object.assign(charge, { spot: script.session === 'elsewhere-same-price' ? beside(spot) : other })
}

function updates(
  parts: ChargingParts,
  charge: Charge,
  { everyMs, times }: { readonly everyMs: number; readonly times: number },
): void {
  if (times === 0) return
  after(parts, everyMs, async () => {
    if (charge.endedAt !== undefined) return
    updates(parts, charge, { everyMs, times: times - 1 })
    await update(parts, charge)
  })
}

async function update(parts: ChargingParts, charge: Charge): Promise<void> {
  const { clock, weather, skewMs } = parts
  const { script } = charge
  const wh = whNow(parts, charge)
  const odd = (row?: string) => {
    weather.happened(`${script.session} s${script.n}`)
    if (row) weather.met(row)
  }
  switch (script.session) {
    case 'silent':
      return say(parts, charge, { status: 'ACTIVE', wh }, { push: false })
    case 'falls-silent':
      return odd()
    case 'charger-offline':
      return odd('F37')
    case 'counts-backwards':
      await say(parts, charge, { status: 'ACTIVE', wh })
      parts.onWord(charge.reference)
      odd('F28')
      await say(parts, charge, { status: 'ACTIVE', wh: wh >> 1 })
      return parts.onWord(charge.reference)
    case 'old-word-after-new': {
      const old = JSON.stringify(sessionOf(charge, { status: 'ACTIVE', wh: 0, at: clock.now() + skewMs - MINUTE }))
      await say(parts, charge, { status: 'ACTIVE', wh })
      parts.onWord(charge.reference)
      odd('F27')
      await parts.tell(`session s${script.n}`, { method: 'PUT', path: pathOf(charge), body: old })
      return parts.onWord(charge.reference)
    }
    case 'invalid':
      odd()
      charge.endedAt = clock.now()
      charge.wh = 0
      return say(parts, charge, { status: 'INVALID', wh: 0, endAt: clock.now() + skewMs })
    default:
      return say(parts, charge, { status: 'ACTIVE', wh })
  }
}

async function end(parts: ChargingParts, charge: Charge): Promise<void> {
  const { clock, weather, skewMs } = parts
  if (charge.runsSince === undefined || charge.endedAt !== undefined) return
  const { script } = charge
  if (script.session === 'never-ends' && !weather.calm && charge.stops.length === 0) return weather.met('F58')
  charge.wh = billedWh(charge, whNow(parts, charge))
  charge.endedAt = clock.now()
  const completed = { status: 'COMPLETED', wh: charge.wh, endAt: charge.endedAt + skewMs } as const
  const early = script.bill === 'before-the-end'
  if (early) {
    weather.happened(`before-the-end s${script.n}`)
    weather.met('F43')
    await billing(parts, charge)
  }
  const late = script.session === 'charger-offline' ? 40 * MINUTE : 0
  after(parts, late, () => say(parts, charge, completed, { push: script.session !== 'silent' }))
  const hurried = script.start === 'over-before-answer' ? SECOND : 20 * SECOND
  if (!early) after(parts, late + hurried, () => billing(parts, charge))
}

function billedWh({ script }: Charge, wh: number): number {
  if (script.bill === 'zero') return 0
  return script.bill === 'tiny' ? Math.min(wh, 600) : Math.max(wh, 20)
}

export const pathOf = ({ owner, names, sessionId }: Charge) =>
  `/receiver/sessions/${owner.country_code}/${owner.party_id}/${encodeURIComponent(names.again(sessionId))}`

/** Keeps the word for the list, and pushes it. */
async function say(
  { clock, tell, skewMs, bank, books }: ChargingParts,
  charge: Charge,
  word: Omit<SessionWord, 'at'>,
  { push = true }: { readonly push?: boolean } = {},
): Promise<void> {
  const first = charge.shown === undefined
  if (first) charge.shownAt = clock.now()
  const shown = sessionOf(charge, { ...word, at: clock.now() + skewMs })
  charge.shown = shown
  charge.saidWh = Math.max(charge.saidWh, word.wh)
  books.shown.push({ charge, session: shown })
  if (!push) return
  const label = `session s${charge.script.n}`
  const heard = (status: number | undefined) => {
    if (status !== 200 && status !== 201) return
    if (word.status === 'INVALID') charge.heardInvalidAt ??= clock.now()
    if (word.status !== 'ACTIVE') return
    charge.heardActiveAt ??= clock.now()
    const held = bank.holdOf(charge.reference)
    if (held === undefined) charge.unpaidKnownAt ??= clock.now()
    // By the lowest price that may have been accepted.
    const cents = centsOf(costOf(word.wh, charge.script.spot))
    if (held !== undefined && cents >= held) charge.knownCosts.push({ cents, at: clock.now() })
  }
  const put = async () => heard(await tell(label, { method: 'PUT', path: pathOf(charge), body: JSON.stringify(shown) }))
  if (first || word.status === 'INVALID') return put()
  const { kwh, status, last_updated, end_date_time } = shown
  const body = JSON.stringify({ kwh, status, last_updated, ...(end_date_time !== undefined && { end_date_time }) })
  const answered = await tell(label, { method: 'PATCH', path: pathOf(charge), body })
  // The PTP never had the first word.
  if (answered === 404) return put()
  heard(answered)
}

const STOPS_IGNORED = 2

function stopOf(parts: ChargingParts, charge: Charge) {
  const { clock, weather } = parts
  const { script } = charge
  charge.stops.push(clock.now())
  const times = charge.stops.length
  const obey = () => {
    clock.after(3 * SECOND, () => void end(parts, charge))
    return 'ACCEPTED' as const
  }
  const odd = (...rows: string[]) => {
    weather.happened(`${script.stop} s${script.n}`)
    weather.met(...rows)
  }
  if (charge.endedAt !== undefined) return 'ACCEPTED' as const
  if (script.stop === 'order-lost' && times <= STOPS_IGNORED) {
    odd('F31', ...(script.session === 'reaches-the-hold' ? ['F29'] : []))
    return 'ACCEPTED' as const
  }
  if (script.stop === 'unknown-session' && times === 1) {
    odd('F32')
    return 'UNKNOWN_SESSION' as const
  }
  if (script.stop === 'refuses-once' && times === 1) {
    odd('F31')
    return 'REJECTED' as const
  }
  if (script.stop === 'goes-on') {
    odd('F31')
    clock.after(30 * MINUTE, () => void end(parts, charge))
    return 'ACCEPTED' as const
  }
  return obey()
}
