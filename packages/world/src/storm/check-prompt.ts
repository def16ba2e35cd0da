/** The checker's rules of time: what has to be asked soon after it is known, by the moments noted at the platform's edges. */
import { HOPELESS, type Told, type Witness } from './check.ts'
import { forgotten } from './check-lost.ts'
import { isDecided } from './check-operator.ts'
import { knownUnpaidAt } from './check-start.ts'
import type { Charge } from './cpo-books.ts'
import { isCalled } from './cpo-names.ts'
import { leastIn } from './currencies.ts'
import { type Look, outBetween, soon, stopKey, upBetween, wasAway } from './log.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** Time in which the platform lived. A step is committed in a second; one that meets another is begun again. */
const AT_ONCE_MS = MINUTE
/** The last look for a session: three tries of ten seconds, and the pauses between them. */
const LAST_LOOK_MS = 3 * MINUTE

export function rightTimes(told: Told, witness: Witness): readonly string[] {
  const { charge } = witness
  const broken: string[] = []
  if (!charge) return broken
  broken.push(...refusedAndKept(told, witness), ...stoppedInTime(told, charge, witness))
  broken.push(...wished(told, charge, witness), ...lookedFirst(told, charge, witness), ...takenAtOnce(told, witness))
  broken.push(...givenBackAtOnce(told, witness))
  return broken
}

interface Due {
  readonly since: number
  readonly withinMs: number
  readonly until: number
}

/**
 * Whether the platform acted in time. A commit whose outcome was hidden wakes nobody in a database that one process owns;
 * what it ordered waits for the next thing that is due. (On PostgreSQL the orders are looked for every few seconds.)
 */
function acted({ log, reference }: Pick<Witness, 'log' | 'reference'>, times: readonly number[], due: Due): boolean {
  const first = times.find((at) => at >= due.since) ?? due.until
  const hidden = log.hidden.get(reference)?.some((at) => at >= due.since - HIDDEN_MS && at <= first)
  return hidden === true || soon(log, times, due)
}

/** A CPO that was told of trouble sends its word again a few times, a minute apart. */
const HIDDEN_MS = 4 * MINUTE

const timesOf = ({ calls }: Pick<Witness, 'calls'>, ...operations: readonly string[]) =>
  calls.filter(({ operation }) => operations.includes(operation)).map(({ at }) => at)

/** From an answer to the commit of what it says, with every trouble a database can make. */
const COMMIT_MS = 5 * SECOND

/** I6, F15, F23: a no that was heard is followed by a void within a minute. */
function refusedAndKept(told: Told, witness: Witness): readonly string[] {
  const { charge, log, reference, end } = witness
  const since = charge?.refusedAt ?? log.refusals.get(reference)
  // What runs in spite of a no is no longer given back. (F19)
  if (since === undefined || charge?.runsSince !== undefined || told.captures.length > 0) return []
  if (timesOf(witness, 'void').some((at) => at <= since)) return []
  // An answer that died with who heard it is known to nobody.
  if (charge?.refusedAt === undefined && log.downs.some(({ from }) => from >= since && from <= since + COMMIT_MS))
    return []
  return acted(witness, timesOf(witness, 'void'), { since, withinMs: AT_ONCE_MS, until: end })
    ? []
    : ['I6: refused, and nothing was given back for a minute']
}

/** I5, I10, F20, F21, F26, F29: orders to stop that cannot wait. */
function stoppedInTime(told: Told, charge: Charge, witness: Witness): readonly string[] {
  const { log, end } = witness
  const broken: string[] = []
  const { heardActiveAt, endedAt = end, script, knownCosts } = charge
  const stops = log.stops.get(stopKey(charge.owner.party_id, charge.sessionId)) ?? []
  const must = (since: number, rule: string) => {
    if (stops.some((at) => at <= since)) return
    // Nobody can be told while the CPO is away.
    const first = stops.find((at) => at >= since) ?? endedAt
    if (wasAway(log, charge.connection, [since, first])) return
    if (!acted(witness, stops, { since, withinMs: AT_ONCE_MS, until: endedAt })) broken.push(rule)
  }
  const voidBefore = (at: number) => timesOf(witness, 'void').some((call) => call <= at)
  // While nobody knows whether the hold still stands nothing is stopped. (F79)
  if (script.session === 'elsewhere-other-price' && heardActiveAt !== undefined && !voidBefore(heardActiveAt))
    must(heardActiveAt, 'I10: it runs at another price, and is not stopped')
  // A small hold grows with the session, up to the whole of it. (F33)
  const limit = told.held <= SMALL_HOLD ? FULL_HOLD : 0
  const knownCost = knownCosts.find(({ cents }) => cents >= limit)
  if (knownCost && !voidBefore(knownCost.at))
    must(knownCost.at, 'I2: its cost has come to the hold, and it is not stopped')
  const unpaid = knownUnpaidAt(told, witness)
  if (unpaid !== undefined && told.releasedAt !== undefined && !told.expired)
    must(unpaid, 'I5: runs without a hold, and is not stopped')
  broken.push(...ranPast(told, charge, { witness, stops }))
  return broken
}

/** F26: of a session that says nothing the worst is assumed: it is stopped before its true cost passes a whole hold. */
function ranPast(
  told: Told,
  { script, heardActiveAt, holdPassedAt, endedAt }: Charge,
  { witness, stops }: { readonly witness: Witness; readonly stops: readonly number[] },
): readonly string[] {
  if (script.session !== 'falls-silent' || heardActiveAt === undefined || holdPassedAt === undefined) return []
  if (told.held < FULL_HOLD || told.expired || witness.calls.some(({ operation }) => operation === 'increment'))
    return []
  if ((endedAt ?? holdPassedAt) < holdPassedAt || stops.some((at) => at <= holdPassedAt)) return []
  // Given back in vain before: the hold stays, and an operator looks.
  if (timesOf(witness, 'void').some((at) => at <= heardActiveAt)) return []
  // A platform that slept could not look.
  return upBetween(witness.log, heardActiveAt, holdPassedAt) < holdPassedAt - heardActiveAt
    ? []
    : ['I2: silent beyond its hold, and never stopped']
}

/** Cents: what is held when nothing is left out, and what a contract with increments begins with. */
const FULL_HOLD = 5000
const SMALL_HOLD = 1500

/** F30: a driver who wants to stop is obeyed: what runs is stopped, what does not is given back. */
function wished(told: Told, charge: Charge, witness: Witness): readonly string[] {
  const { log, reference, end } = witness
  const since = log.wishes.get(reference)
  if (since === undefined) return []
  const acts = [
    ...(log.stops.get(stopKey(charge.owner.party_id, charge.sessionId)) ?? []),
    ...timesOf(witness, 'void', 'capture'),
  ].sort((a, b) => a - b)
  if (acts.some((at) => at <= since)) return []
  const until = Math.min(charge.endedAt ?? end, told.releasedAt ?? end)
  if (wasAway(log, charge.connection, [since, acts.find((at) => at >= since) ?? until])) return []
  return acted(witness, acts, { since, withinMs: LAST_LOOK_MS, until })
    ? []
    : ['I16: the driver wanted to stop, and nothing was done']
}

const PROOF_MS = MINUTE

/** F39, F41: a hold is not given back under a session that one look at the CPO's list would have shown. */
function lookedFirst({ releasedAt, expired }: Told, charge: Charge, witness: Witness): readonly string[] {
  const { log, cardKind, reference } = witness
  const { shownAt, endedAt = Number.POSITIVE_INFINITY, script, connection } = charge
  const given = timesOf(witness, 'void')[0]
  if (given === undefined || releasedAt === undefined || expired || HOPELESS.includes(cardKind)) return []
  if (script.session === 'invalid' || charge.saidNo || log.refusals.has(reference)) return []
  // Whether the driver may still start is decided at the tap: later approvals are given back whatever runs. (F03)
  if (shownAt === undefined || shownAt > given - PROOF_MS || endedAt < given) return []
  if (upBetween(log, given - 2 * PROOF_MS, given) < 2 * PROOF_MS) return []
  const blind = ({ party, at, ok }: Look) => party === connection && at > given - 2 * PROOF_MS && at <= given && !ok
  const away = wasAway(log, connection, [given - 2 * PROOF_MS, given])
  return away || log.looks.some(blind) ? [] : ['I10: given back while it ran, and one look would have told']
}

/** I7: what one right bill asks is asked of the provider within a minute. */
export function takenAtOnce(
  told: Pick<Told, 'captures'>,
  witness: Pick<Witness, 'calls' | 'log' | 'reference' | 'end'> & {
    readonly charge: Pick<Charge, 'bills'> | undefined
  },
): readonly string[] {
  const { charge } = witness
  const [capture] = told.captures
  const bill = charge?.bills.find(({ id }) => isCalled(id, capture?.cdrRef ?? ''))
  const since = bill?.takenAt
  if (since === undefined || bill?.fairness !== 'fair' || isDecided(witness)) return []
  // A void on its way is answered first: whether there is still a hold to capture is not known. (F79)
  if (timesOf(witness, 'void').some((at) => at <= since)) return []
  const captures = timesOf(witness, 'capture')
  if (captures.some((at) => at <= since)) return []
  const due = { since, withinMs: AT_ONCE_MS, until: witness.end }
  // Where a key may be forgotten its record is asked for first, and a provider that is away has none. It may have gone while
  // the platform was down as well. (F63, F74)
  const questions = timesOf(witness, 'query')
  const asked = questions.find((at) => at >= since) ?? since
  const away = outBetween(witness.log, since, Math.max(asked, since + AT_ONCE_MS)) > 0
  // Taken before, and only the answer to the CPO was lost: then it may have been asked for a little earlier. (F59)
  const isUnderway = questions.some((at) => at <= since && at > since - AT_ONCE_MS)
  return acted(witness, captures, due) || (away && (isUnderway || acted(witness, questions, due)))
    ? []
    : ['I7: billed, and not captured for a minute']
}

/**
 * I6, F49, F50, C-506: where the CPO has said that nothing, or nothing that can be taken, is owed the hold is given back within a
 * minute. At a price that the driver has not accepted an operator decides first. (F21)
 */
export function givenBackAtOnce(
  { captures, releasedAt }: Pick<Told, 'captures' | 'releasedAt'>,
  witness: Pick<Witness, 'calls' | 'log' | 'reference' | 'end'> & {
    readonly charge: (Owing & { readonly script: Pick<Charge['script'], 'session'> }) | undefined
  },
): readonly string[] {
  const { charge } = witness
  const since = charge && owesNothingSince(charge)
  if (since === undefined || captures.length > 0 || isDecided(witness)) return []
  const voids = timesOf(witness, 'void')
  if (charge?.script.session === 'elsewhere-other-price' || voids.some((at) => at <= since)) return []
  return acted(witness, voids, { since, withinMs: AT_ONCE_MS, until: releasedAt ?? witness.end })
    ? []
    : ['I6: nothing is owed, and nothing was given back for a minute']
}

type Owing = Pick<Charge, 'bills' | 'currency' | 'heardInvalidAt'>

function owesNothingSince({ bills: [bill, ...further], currency, heardInvalidAt }: Owing): number | undefined {
  if (!bill || further.length > 0) return heardInvalidAt
  return bill.fairness === 'fair' && bill.due < leastIn(currency) ? bill.takenAt : undefined
}

/** From the tap to the end of the search: start, its timeout and grace, the plug-in window, the last look, the void. */
const NO_ENERGY_MS = 20 * MINUTE
/** What no process knows of is found in the provider's books, which are read every hour; what is young is left alone. (F04) */
const ORPHAN_MS = 80 * MINUTE
/** After a lost answer the provider is asked again within this. (F79) */
const DOUBT_MS = 11 * MINUTE

/** I6: without energy a hold is back in time; the provider's own absence, lost answers and our deaths come on top. */
export function heldTooLong(told: Told, witness: Witness): readonly string[] {
  const { charge, log, cardKind, end, calls } = witness
  if (told.approved === 0 || charge?.runsSince !== undefined || HOPELESS.includes(cardKind)) return []
  const released = told.releasedAt ?? end
  const doubts = calls.filter(({ operation, answeredAt }) => operation !== 'query' && answeredAt === undefined)
  const out = outBetween(log, told.heldAt, released)
  const lost = doubts.filter(({ at }) => outBetween(log, at, at + 1) === 0).length
  const lived = upBetween(log, told.heldAt, released) - out - lost * DOUBT_MS
  const most = charge && !forgotten(told, witness) ? NO_ENERGY_MS : ORPHAN_MS
  return lived > (forgotten(told, witness) ? 2 * ORPHAN_MS : most)
    ? [`I6: no energy, and the hold stayed for ${Math.round(lived / MINUTE)} minutes`]
    : []
}
