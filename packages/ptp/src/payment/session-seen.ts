/** From the CPO's Session to what the payment needs of it. Pure. */

import type { Session } from '@plugtill/ocpi/modules/sessions'
import { parseDateTime, sameCi } from '@plugtill/ocpi/types'
import { costAhead, type SoFar, soFarOf } from '@plugtill/pricing/forecast'
import { type Cut, cutsTold, cutsWith, heardPeriods } from '@plugtill/pricing/heard'
import { type Breakdown, price } from '@plugtill/pricing/price'
import { runningCost } from '@plugtill/pricing/running'
import type { Money } from '@plugtill/psp/psp'
import { readable } from '../readable.ts'
import { type Bounds, boundsOf, costAtLimit } from './amounts.ts'
import type { Payment, SessionSeen } from './payment.ts'
import { dueOf } from './prices.ts'

/** Whether it may be the payment's: by one of the names by which what is sent is matched. (F14, D-F12) */
export function belongsTo(
  payment: Payment,
  session: Pick<Session, 'authorization_reference' | 'id' | 'cdr_token'>,
): boolean {
  return (
    sameCi(session.authorization_reference ?? '', payment.id) ||
    sameCi(session.cdr_token.uid, payment.tokenUid) ||
    (payment.session !== undefined && sameCi(payment.session.id, session.id))
  )
}

/** Keeps the newest word and the highest cost: an update that arrives late never lowers the ceiling. (F27, F28) */
export function newest(seen: SessionSeen | undefined, word: SessionSeen): SessionSeen | undefined {
  if (!seen) return word
  if (word.lastUpdated < seen.lastUpdated || (word.lastUpdated === seen.lastUpdated && !furtherOn(seen, word)))
    return undefined
  if (seen.status === 'COMPLETED' && word.status !== 'COMPLETED') return undefined
  const cost = dearest(word.cost, seen.cost)
  const startedAt = word.startedAt ?? seen.startedAt
  // That the cost stays within the hold was said of the lower one.
  const lower = cost !== word.cost && { withinHold: undefined }
  return { ...word, ...(cost && { cost }), ...lower, ...(startedAt && { startedAt }) }
}

const LIFE: readonly SessionSeen['status'][] = ['RESERVATION', 'PENDING', 'ACTIVE', 'INVALID', 'COMPLETED']

/** Two words of the same second: the one that is further in the life of a session is the newer one. (F27) */
function furtherOn(seen: SessionSeen, word: SessionSeen): boolean {
  const step = LIFE.indexOf(word.status) - LIFE.indexOf(seen.status)
  return step > 0 || (step === 0 && word.kwh > seen.kwh)
}

/**
 * The cost is the higher of what the CPO says and what the frozen tariff gives for the energy and time so far:
 * the ceiling must hold whoever is wrong. (F26, F28, G-23)
 */
export function sessionSeen(payment: Payment, session: Session, elsewhere?: SessionSeen['elsewhere']): SessionSeen {
  const told = toldCost(payment, session)
  const ours = ownCost(payment, session)
  const cuts = cutsOf(payment, session)
  const soFar = soFarWith(payment, session, cuts)
  const cost = dearest(told, ours, cuts.length > 0 ? soFar && costOf(payment, soFar) : undefined)
  const moving = { ...paceSince(payment.session, session, cost), ...(elsewhere && { elsewhere }) }
  const verified = told && ours && told.amountMinor < ours.amountMinor ? told : ours
  return {
    id: session.id,
    status: session.status,
    kwh: session.kwh,
    ...(cost && { cost }),
    ...(verified && { verified }),
    ...moving,
    ...(session.status === 'ACTIVE' && soFar && cost && goingOn(payment, soFar, { ...moving, cost })),
    ...(cuts.length > 0 && { cuts }),
    ...(session.status !== 'PENDING' && { startedAt: session.start_date_time }),
    ...(session.end_date_time && { endedAt: session.end_date_time }),
    // Compared as text later: one spelling only.
    lastUpdated: new Date(parseDateTime(session.last_updated)).toISOString(),
  }
}

/** From the word before to this one. A word that tells no later time keeps the pace there was. */
function paceSince(before: SessionSeen | undefined, session: Session, cost: SessionSeen['cost']) {
  if (!before || before.id !== session.id || session.status !== 'ACTIVE') return {}
  const hours = (parseDateTime(session.last_updated) - Date.parse(before.lastUpdated)) / 3_600_000
  if (hours <= 0) return before.pace ? { pace: before.pace } : {}
  const spentMinor = cost && before.cost ? cost.amountMinor - before.cost.amountMinor : 0
  const powerKw = Math.max(0, session.kwh - before.kwh) / hours
  return { pace: { powerKw, costPerHourMinor: Math.max(0, spentMinor) / hours } }
}

function toldCost(payment: Payment, { total_cost, currency }: Session) {
  if (!total_cost || currency !== payment.asked.currency) return undefined
  // A figure that cannot be read must not hide the session: it has to be stopped like any other.
  return readable(() => dueOf(total_cost, currency))
}

/** What only waits, or was taken back, has no price. */
const isPriced = ({ status }: Session) => status !== 'PENDING' && status !== 'INVALID'

const moneyOf = ({ totalMinor, currency }: Breakdown): Money => ({ amountMinor: totalMinor, currency })

/** A Session that cannot be priced is still a Session; the CPO's own figure counts then. */
function ownCost({ tariff, timeZone }: Payment, session: Session) {
  return isPriced(session) ? readable(() => moneyOf(runningCost(tariff, session, { timeZone }))) : undefined
}

const dearest = (...costs: readonly SessionSeen['cost'][]): SessionSeen['cost'] =>
  costs.reduce((most, one) => (!most || (one && one.amountMinor > most.amountMinor) ? one : most), undefined)

/** Its periods, or else the words before, show when the energy came, and at which price. (F26, G-22) */
function cutsOf({ session: before, tariff, timeZone }: Payment, session: Session): readonly Cut[] {
  if (!isPriced(session)) return []
  const same = before?.startedAt !== undefined && sameCi(before.id, session.id) ? before : undefined
  const cuts = same?.cuts ?? []
  const found = readable(() => {
    const { start, at, periods } = soFarOf(session, timeZone)
    const word = { start, at, kwh: session.kwh, timeZone }
    if (periods.length > 0) return cutsTold(tariff, periods, word)
    const heard = same ? { at: Math.max(start, Date.parse(same.lastUpdated)), kwh: same.kwh } : { at: start, kwh: 0 }
    return cutsWith(tariff, cuts, { ...word, before: heard })
  })
  return found ?? cuts
}

/** The session as it is forecast: as its periods tell, or else cut by its words. */
function soFarWith({ timeZone }: Payment, session: Session, cuts: readonly Cut[]): SoFar | undefined {
  return readable(() => {
    const told = soFarOf(session, timeZone)
    return told.periods.length > 0 ? told : { ...told, periods: heardPeriods(cuts, { ...told, kwh: session.kwh }) }
  })
}

const costOf = ({ tariff, timeZone }: Payment, { start, at, periods }: SoFar) =>
  readable(() => moneyOf(price(tariff, { start, end: at, timeZone, periods })))

/** Until the next word of the CPO and until the charger obeys: CPOs tell of a session every half minute or so. (C-509) */
const NEXT_WORD_MS = 45_000

/** However long it may go on. */
const FOR_EVER_MS = 48 * 3_600_000

/** By the same view of the session as its cost. What the CPO's figure is above ours it stays above. */
function goingOn(
  payment: Payment,
  soFar: SoFar,
  seen: Pick<SessionSeen, 'elsewhere' | 'pace'> & { readonly cost: Money },
): Pick<SessionSeen, 'nearHold' | 'withinHold'> | undefined {
  const bounds = boundsOf(payment, seen)
  // What cannot be forecast is stopped by its cost.
  return bounds && readable(() => ahead(payment, soFar, { ...bounds, cost: seen.cost }))
}

function ahead(
  payment: Payment,
  soFar: SoFar,
  { held, maxPowerKw, cost }: Bounds & { readonly cost: Money },
): Pick<SessionSeen, 'nearHold' | 'withinHold'> {
  const after = (withinMs: number) => costAhead(payment.tariff, soFar, { maxPowerKw, withinMs })
  const { nowMinor, worstMinor } = after(NEXT_WORD_MS)
  const holdMinor = Math.max(0, held.amountMinor - Math.max(0, cost.amountMinor - nowMinor))
  if (worstMinor > Math.max(holdMinor, nowMinor)) return { nearHold: true }
  // Only where it makes a difference: a fee, a min_price or a max_price as high as the hold is no reason to stop. (E-25)
  const stays = costAtLimit(payment, { cost }) && (worstMinor <= nowMinor || after(FOR_EVER_MS).worstMinor <= holdMinor)
  return stays ? { withinHold: true } : {}
}
