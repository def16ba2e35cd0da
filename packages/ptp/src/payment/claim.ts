/** The energy of a CDR against what its own Session has shown. Pure. (T24) */
import { parseDateTime } from '@plugtill/ocpi/types'
import type { CdrCheck, CdrSeen, Payment, SessionSeen } from './payment.ts'

/** What two honest meters of one session may differ by. */
const KWH_SLACK = 0.1
const KWH_SLACK_SHARE = 0.01

/** What two honest meters may make of it. */
export const mostOf = ({ kwh }: Pick<SessionSeen, 'kwh'>): number => kwh * (1 + KWH_SLACK_SHARE) + KWH_SLACK

/** A charger that tells of its session seldom does it every few minutes: so long energy may have flowed since. (F26) */
const SINCE_WORD_MS = 5 * 60_000

/** What may have flowed between the last word and the end of the bill. */
function since({ session, maxPowerKw = 0 }: Payment, { endedAt }: Pick<CdrSeen, 'endedAt'>): number {
  if (session?.status !== 'ACTIVE' || session.elsewhere || endedAt === undefined) return 0
  const ms = parseDateTime(endedAt) - parseDateTime(session.lastUpdated)
  return (maxPowerKw * Math.max(0, Math.min(ms, SINCE_WORD_MS))) / 3_600_000
}

/** `less`: the Session has ended with less. `unseen`: it has not, as far as we know, and has not shown as much yet. */
export type Shown = 'enough' | 'less' | 'unseen'

/** Before its Session is asked for, no more than it has shown is taken for granted. */
export function shownOf(payment: Payment, cdr: Pick<CdrSeen, 'kwh' | 'endedAt'>, asked: boolean): Shown {
  const { session } = payment
  // An older program took it.
  if (cdr.kwh === undefined || cdr.kwh <= mostOf(session ?? { kwh: 0 }) + (asked ? since(payment, cdr) : 0))
    return 'enough'
  return session?.status === 'COMPLETED' ? 'less' : 'unseen'
}

/** A sentence for the operator. */
export function claimText({ session }: Payment, { id, kwh }: CdrSeen): string {
  if (session?.status === 'COMPLETED')
    return `CDR ${id} claims what cannot be: it bills ${kwh} kWh, its Session ended with ${session.kwh} kWh.`
  const known = session
    ? `of its Session ${session.kwh} kWh are known, and not its end`
    : 'nobody has told of its Session'
  return `CDR ${id} cannot be checked: it bills ${kwh} kWh, ${known}.`
}

/** The check of a bill as it came, with what its Session has shown by now. */
export function checkedBySession(payment: Payment, cdr: CdrSeen, check: CdrCheck | undefined): CdrCheck | undefined {
  if (check?.verdict !== 'agrees' && check?.verdict !== 'under') return check
  const { expected } = check
  switch (shownOf(payment, cdr, true)) {
    case 'enough':
      return check
    case 'less':
      return { verdict: 'over', ...(expected && { expected }), reason: claimText(payment, cdr) }
    case 'unseen':
      // What the tariff gives for energy that nobody has shown proves nothing.
      return { verdict: 'unverified', reason: claimText(payment, cdr), unseen: true }
  }
}
