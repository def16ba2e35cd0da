/** Why money was taken or given back, and how long after that was known. */
import type { Asked, Say } from './asked.ts'
import type { Away, Booked } from './books.ts'
import { doneOf, standingAt } from './moments.ts'

/** Nothing is taken for a charge that the CPO does not know, nor before it had accepted the start. (I5, I10) */
export function checkCause({ lines, bank, starts, charges }: Asked, say: Say): void {
  const captures = doneOf(lines, 'capture')
  if (captures.length === 0) return
  if (!charges.some(({ charged }) => charged)) say('I10', `${bank.captured} captured for nothing`)
  const accepted = Math.min(...starts.map(({ acceptedAt }) => acceptedAt ?? Number.POSITIVE_INFINITY))
  if (accepted === Number.POSITIVE_INFINITY) say('I5', 'captured, but START_SESSION was never accepted')
  else if (captures.some(({ at }) => at < accepted)) say('I5', 'captured before START_SESSION was accepted')
}

const LATE_MS = 3_600_000

/** An hour after its cause at most, not counting while server or database were away. (I6, I7) */
export function checkLate(asked: Asked, say: Say): void {
  for (const line of [...doneOf(asked.lines, 'capture'), ...doneOf(asked.lines, 'void')]) {
    const late = lateness(asked, line)
    if (late > LATE_MS)
      say(
        line.operation === 'void' ? 'I6' : 'I7',
        `${line.operation} ${Math.round(late / 1000)} s after its cause was known`,
      )
  }
}

/** In ms, from the cause of a capture or void to its line in the ledger. */
export function lateness(asked: Asked, line: Booked): number {
  const cause = line.operation === 'capture' ? causeOfCapture(asked, line) : causeOfVoid(asked, line)
  const decided = asked.payment.events.filter(
    ({ type, verdict, at }) => type === 'operator-decided' && verdict === 'moved' && at <= line.at,
  )
  const from = Math.max(cause, ...decided.map(({ at }) => at))
  return line.at - from - awayWithin(asked.away, from, line.at)
}

const awayWithin = (away: readonly Away[], from: number, to: number): number =>
  away.reduce((all, one) => all + Math.max(0, Math.min(one.to, to) - Math.max(one.from, from)), 0)

/** When the platform took that way, by its own log; where that does not tell it: now. */
function turnedTo({ payment }: Asked, state: string, at: number): number {
  return payment.events.findLast((one) => one.to === state && one.from !== state && one.at <= at)?.at ?? at
}

/** The bill; where nothing was billed, that the platform went by its session. */
const causeOfCapture = (asked: Asked, { at }: Booked): number =>
  standingAt(asked.cdrs, at)[0]?.at ?? turnedTo(asked, 'capturing', at)

/** By the CPO’s book: that nothing was started, that nothing came of it, or that nothing is asked for it. */
function causeOfVoid(asked: Asked, { at, pspReference }: Booked): number {
  const { starts, charges, cdrs, bank } = asked
  const held = bank.holds.find(({ name }) => name === pspReference)?.at ?? at
  const isStarted = starts.some(({ acceptedAt }) => acceptedAt !== undefined)
  const refused = isStarted ? [] : starts.map(({ refusedAt }) => refusedAt)
  const ended = charges.some(({ charged }) => charged) ? [] : charges.map(({ endedAt }) => endedAt)
  const free = cdrs.filter(({ dueMinor, creditOf }) => dueMinor === 0 || creditOf !== undefined).map((cdr) => cdr.at)
  const known = [...refused, ...ended, ...free].filter((one) => one !== undefined && one <= at) as readonly number[]
  if (starts.length === 0) return held
  return known.length > 0 ? Math.max(held, Math.min(...known)) : turnedTo(asked, 'voiding', at)
}
