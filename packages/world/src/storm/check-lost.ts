/** What is excused, and what is not, where a database was set back: its books have lost some minutes, the others have not. (F75) */
import { HOPELESS, type Told, type Witness } from './check.ts'
import { isWithin } from './log.ts'

/** What was on its way when the books were lost arrives after them: nobody waits for an answer longer. */
const ON_ITS_WAY_MS = 15_000

/** Something of this payment was said or done in a time of which the platform has lost all memory. */
export function forgotten(
  { heldAt }: Told,
  { entries, charge, log, reference, lost, toldAt = 0, tappedAt }: Witness,
): boolean {
  const moments = [
    heldAt,
    toldAt,
    tappedAt,
    ...entries.map(({ at }) => at),
    ...(log.decisions.get(reference) ?? []).map(({ at }) => at),
    ...(charge ? [charge.orderedAt, ...charge.bills.map(({ takenAt }) => takenAt ?? 0), ...charge.stops] : []),
    ...[...(charge?.advices.values() ?? [])].map(({ firstAt }) => firstAt),
  ]
  return lost.some(({ from, to }) => moments.some((at) => at >= from && at <= to + ON_ITS_WAY_MS))
}

/** F64, F75: taken twice for a payment that the books have lost whole. Nobody here knows what was due: an operator is told. */
export const lostWhole = ({ captures, doubles, refunded }: Told, { view, lost, tappedAt }: Witness): boolean =>
  view === undefined && isWithin(lost, tappedAt) && captures.length === 1 && doubles > 0 && refunded === 0

/** F75: a database that was set back asks for what it has lost: where it knows the payment, it shows what really stayed. */
export function shownAfterLoss({ net, reversed }: Told, { view, cardKind, charge }: Witness): readonly string[] {
  const credited = charge?.bills.some(({ creditOf }) => creditOf !== undefined)
  if (!view || HOPELESS.includes(cardKind) || reversed || credited) return []
  const shown = view.captured?.amountMinor ?? 0
  return shown === net ? [] : [`I9: shown ${shown} by a restored database, ${net} stayed`]
}
