/** The checker's rules about what an operator has decided: it is done, once, and nothing else is. */
import { acceptedCents, HOPELESS, type Ran, type Told, type Witness } from './check.ts'
import type { Bill, Charge } from './cpo-books.ts'
import { leastIn } from './currencies.ts'
import type { Decision } from './log.ts'
import type { NoCdr } from './reassign.ts'

type Deciding = Pick<Witness, 'log' | 'reference'>

/** What was decided, or may have been: whoever was not answered does not know. */
export const decided = ({ log, reference }: Deciding, ...what: readonly Decision['decision'][]): readonly Decision[] =>
  (log.decisions.get(reference) ?? []).filter(
    ({ decision, outcome }) => outcome !== 'refused' && (what.length === 0 || what.includes(decision)),
  )

/** Somebody has said what becomes of the hold, or a contract has. (F57) */
export const isDecided = (witness: Deciding): boolean =>
  noCdrOf(witness) !== 'void' || decided(witness, 'retry', 'void', 'capture-session', 'accept-cdr').length > 0

/** What was agreed of a bill that never comes; an older program knew of one way only. (F77) */
function noCdrOf({ log, reference }: Deciding): NoCdr {
  if (log.older.has(reference)) return 'void'
  return log.noCdr.get(reference) ?? (log.hasMoved ? 'unsure' : 'void')
}

/** What nobody has billed, or decided, is captured after five hours where the contract says so; at the end of its hold, if that is sooner. */
const LATE_MS = 4 * 3_600_000

/** A capture that an operator has ordered, or the contract: what was wrong with it; undefined where it was none. */
export function capturedByOperator(
  { captures: [capture] }: Pick<Told, 'captures'>,
  witness: Deciding &
    Pick<Witness, 'cardKind'> & { readonly charge: (Ran & Pick<Charge, 'endedAt' | 'raise' | 'saidWh'>) | undefined },
  bill: Bill | undefined,
): readonly string[] | undefined {
  const { charge, cardKind } = witness
  if (!capture || !charge) return undefined
  const before = ({ at }: Decision) => at <= capture.at
  const accepts = decided(witness, 'accept-cdr').filter(before)
  // A hold that lives for minutes comes to its end before that, and then the contract decides: nothing could be taken later. (F36)
  const isLate = cardKind === 'hold-expires' || capture.at - (charge.endedAt ?? capture.at) > LATE_MS
  const byContract = noCdrOf(witness) !== 'void' && isLate
  const bySession = byContract || decided(witness, 'capture-session').some(before)
  const asked = bill && bill.fairness !== 'currency' ? Math.min(bill.due, capture.heldThen) : undefined
  if (accepts.length > 0 && (bill?.fairness === 'over' || bill?.fairness === 'under' || bill?.fairness === 'fair')) {
    if (capture.cents === asked) return []
    // One that nobody was told of may have come to nothing, as where there was no bill yet: then the contract decides.
    if (!byContract || accepts.some(({ outcome }) => outcome === 'done'))
      return [`I10: captured ${capture.cents} of ${bill.due} that an operator has accepted`]
  }
  if (!bySession) return undefined
  // The most that its Session has ever said: a CPO that bills less, or nothing, says so afterwards, and then the rest goes back. (F49, F50)
  const ran = { ...charge, wh: Math.max(charge.wh, charge.saidWh) }
  const most = Math.min(acceptedCents(ran, charge.raise), asked ?? capture.heldThen)
  return capture.cents <= most ? [] : [`I10: captured ${capture.cents} for a session, ${most} at most were due`]
}

/** A bill that asks less came in the place of the first one: of so much that had been taken, and since when. */
export interface Corrected {
  readonly taken: number
  readonly at: number
}

/** What stays after the refunds that were decided, of what would have stayed without. (I3, D-F17) */
export function fitsRefunds(
  { net }: Pick<Told, 'net'>,
  witness: Deciding,
  { without, corrected }: { readonly without: readonly number[]; readonly corrected: Corrected | undefined },
): boolean {
  const refunds = decided(witness, 'refund')
  if (refunds.length === 0) return without.includes(net)
  const most = Math.max(...without)
  const sum = (all: readonly Decision[], whole = most) => all.reduce((cents, { amount = whole }) => cents + amount, 0)
  const sure = refunds.filter(({ outcome }) => outcome === 'done')
  // A credit that comes after a part was paid back takes what is left.
  const least = without.length > 1 || without.includes(0) ? 0 : Math.max(0, most - sum(refunds))
  // What was paid back before is part of what the corrected bill gives back: it leaves as much as it asks. (F51)
  const isBefore = ({ at }: Decision) => corrected !== undefined && at <= corrected.at
  const before = corrected ? corrected.taken - sum(sure.filter(isBefore), corrected.taken) : most
  const left = Math.min(most, before) - sum(sure.filter((one) => !isBefore(one)))
  return net >= least && net <= Math.max(0, left)
}

/** I4, I16: what was given back is not taken, and what was accepted is. */
export function rightDecisions(told: Told, witness: Witness): readonly string[] {
  const { charge, cardKind } = witness
  const [capture] = told.captures
  if (!charge || HOPELESS.includes(cardKind)) return []
  const broken: string[] = []
  const done = (what: Decision['decision']) => decided(witness, what).filter(({ outcome }) => outcome === 'done')
  const known = charge.bills.find(({ takenAt }) => takenAt !== undefined)
  if (capture && done('void').some(({ at }) => (known?.takenAt ?? capture.at) < at && at < capture.at))
    broken.push('I4: captured after an operator had given it back')
  const accepts = done('accept-cdr').length > 0 && charge.bills.some(({ due }) => due >= leastIn(charge.currency))
  if (!capture && accepts && told.approved > 0) broken.push('I16: an operator has accepted a bill, and it was not paid')
  broken.push(...capturedByContract(told, witness))
  return broken
}

interface Unbilled extends Pick<Charge, 'wh' | 'heardActiveAt' | 'currency'> {
  readonly script: Pick<Charge['script'], 'spot' | 'start' | 'session' | 'driver' | 'bill'>
}

/** F57: a session that was told whole, and never billed, is captured where its contract said so when the driver tapped. */
export function capturedByContract(
  { captures, approved, reversed, releasedAt }: Pick<Told, 'captures' | 'approved' | 'reversed' | 'releasedAt'>,
  witness: Deciding & { readonly charge: Unbilled | undefined },
): readonly string[] {
  const { charge, log, reference } = witness
  if (!charge || log.older.has(reference) || log.noCdr.get(reference) !== 'session-cost') return []
  const { script, wh } = charge
  const usual = [script.start, script.session, script.driver].every((kind) => kind === 'usual') && wh > 0
  if (script.bill !== 'never' || !usual || captures.length > 0 || reversed || approved === 0) return []
  const { heardActiveAt } = charge
  // What was given back before the session was heard of, as after a start that came to nothing, can no longer be taken. (F20)
  if (heardActiveAt === undefined || (releasedAt !== undefined && releasedAt <= heardActiveAt)) return []
  const isOwed = acceptedCents(charge, 0) >= leastIn(charge.currency)
  return isOwed && decided(witness).length === 0 ? ['I16: to be captured without a bill, and given back'] : []
}
