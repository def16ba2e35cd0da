/** The checker's rules about what an operator has decided: it is done, once, and nothing else is. */
import { acceptedCents, HOPELESS, type Told, type Witness } from './check.ts'
import type { Bill } from './cpo-books.ts'
import { leastIn } from './currencies.ts'
import type { Decision } from './log.ts'

type Deciding = Pick<Witness, 'log' | 'reference'>

/** What was decided, or may have been: whoever was not answered does not know. */
export const decided = ({ log, reference }: Deciding, ...what: readonly Decision['decision'][]): readonly Decision[] =>
  (log.decisions.get(reference) ?? []).filter(
    ({ decision, outcome }) => outcome !== 'refused' && (what.length === 0 || what.includes(decision)),
  )

/** Somebody has said what becomes of the hold. */
export const isDecided = (witness: Deciding): boolean =>
  decided(witness, 'retry', 'void', 'capture-session', 'accept-cdr').length > 0

/** A capture that an operator has ordered: what was wrong with it; undefined where it was none. */
export function capturedByOperator(
  { captures: [capture] }: Pick<Told, 'captures'>,
  witness: Witness,
  bill: Bill | undefined,
): readonly string[] | undefined {
  const { charge } = witness
  if (!capture || !charge) return undefined
  const before = ({ at }: Decision) => at <= capture.at
  const accepted = decided(witness, 'accept-cdr').some(before)
  const bySession = decided(witness, 'capture-session').some(before)
  const asked = bill && Math.min(bill.due, capture.heldThen)
  if (accepted && (bill?.fairness === 'over' || bill?.fairness === 'under' || bill?.fairness === 'fair'))
    return capture.cents === asked
      ? []
      : [`I10: captured ${capture.cents} of ${bill.due} that an operator has accepted`]
  if (!bySession) return undefined
  const most = Math.min(acceptedCents(charge, charge.raise), asked ?? capture.heldThen)
  return capture.cents <= most ? [] : [`I10: captured ${capture.cents} for a session, ${most} at most were due`]
}

/** What stays after the refunds that were decided, of what would have stayed without. (I3, D-F17) */
export function fitsRefunds({ net }: Pick<Told, 'net'>, witness: Witness, without: readonly number[]): boolean {
  const refunds = decided(witness, 'refund')
  if (refunds.length === 0) return without.includes(net)
  const most = Math.max(...without)
  const sum = (all: readonly Decision[]) => all.reduce((cents, { amount = most }) => cents + amount, 0)
  const sure = sum(refunds.filter(({ outcome }) => outcome === 'done'))
  // A credit that comes after a part was paid back takes what is left.
  const least = without.length > 1 || without.includes(0) ? 0 : Math.max(0, most - sum(refunds))
  return net >= least && net <= Math.max(0, most - sure)
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
  return broken
}
