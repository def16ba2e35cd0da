/** A CDR against the tariff that the driver accepted, before anything is captured. Pure. (I10, F38, F55, T24) */
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import { parseDateTime, sameCi } from '@plugtill/ocpi/types'
import { type Audit, auditCdr } from '@plugtill/pricing/audit'
import { toMinor } from '@plugtill/pricing/money'
import type { CdrCheck, Payment, SessionSeen } from './payment.ts'
import { dueOf, moneyText } from './prices.ts'

/** A session cannot have lasted longer than we know of its payment; clocks that run differently differ by less. (I17) */
const DURATION_SLACK_MS = 5 * 60_000

/** Findings by which the CDR claims what cannot have been, whatever it costs. */
const IMPOSSIBLE: readonly string[] = ['energy-beyond-power', 'time-beyond-period']

/** What two honest meters of one session may differ by. */
const KWH_SLACK = 0.1
const KWH_SLACK_SHARE = 0.01

/** Priced by the frozen tariff only: what the CDR carries as its own tariff proves nothing. */
export function checkCdr(payment: Payment, cdr: CdrReceived, now: number): CdrCheck {
  if (cdr.currency !== payment.tariff.currency) return { verdict: 'agrees' }
  const early = beforeItsTap(payment, cdr)
  if (early) return { verdict: 'unverified', reason: `CDR ${cdr.id} may be of another session: ${early}` }
  const { timeZone, session, tariff } = payment
  // It ran at a connector that may be stronger than the one that was paid for: what is measured is the kind of it. (F21)
  const maxPowerKw = session?.elsewhere ? undefined : payment.maxPowerKw
  // The audit reads no EVSE id; an older partner may leave it out. (E-62)
  const audit = auditOf(cdr as Parameters<typeof auditCdr>[0], {
    tariff,
    timeZone,
    ...(maxPowerKw !== undefined && { maxPowerKw }),
  })
  if (!audit.breakdown) {
    const why = audit.findings[0]?.reason ?? 'it cannot be priced.'
    return { verdict: 'unverified', reason: `CDR ${cdr.id} cannot be checked against tariff ${tariff.id}: ${why}` }
  }
  const expected = { amountMinor: toMinor(audit.breakdown.gross, tariff.currency), currency: tariff.currency }
  const impossible =
    audit.findings.find(({ id }) => IMPOSSIBLE.includes(id))?.reason ??
    moreThanItSays(audit) ??
    tooLong(payment, cdr, now) ??
    tooMuch(payment, cdr)
  if (impossible) return { verdict: 'over', expected, reason: `CDR ${cdr.id} claims what cannot be: ${impossible}` }
  const total = audit.totals.find(({ name }) => name === 'total_cost')
  if (!total || total.ok || total.by === undefined) return { verdict: 'agrees', expected }
  const told = moneyText(dueOf(cdr.total_cost, cdr.currency))
  const reason = `CDR ${cdr.id} asks ${told}; tariff ${tariff.id} gives ${moneyText(expected)} for what it tells.`
  return { verdict: total.by > 0 ? 'over' : 'under', expected, reason }
}

type Audited = Pick<Audit, 'totals' | 'breakdown'> & {
  readonly findings: readonly { readonly id: string; readonly reason: string }[]
}

function auditOf(...asked: Parameters<typeof auditCdr>): Audited {
  try {
    return auditCdr(...asked)
  } catch (error) {
    // A CDR that no rule foresaw is one that nobody can confirm.
    return { totals: [], findings: [{ id: 'not-foreseen', reason: String(error) }] }
  }
}

/** Clocks that are wrong and times of another zone differ by less. (F41) */
const DAY_MS = 24 * 3_600_000

/** What ended before its start was ordered is the bill of another session, unless CPO and Session say both that it is this one. (T24) */
function beforeItsTap(payment: Payment, cdr: CdrReceived): string | undefined {
  const end = parseDateTime(cdr.end_date_time)
  if (end >= payment.createdAt - DAY_MS) return undefined
  if (sameCi(cdr.authorization_reference ?? '', payment.id) && isOfSession(payment.session, cdr, end)) return undefined
  const days = Math.floor((payment.createdAt - end) / DAY_MS)
  return `it ends ${cdr.end_date_time}, ${days} days before the card was tapped.`
}

/** By its id, its time and its energy. */
function isOfSession(session: SessionSeen | undefined, cdr: CdrReceived, end: number): boolean {
  if (!session || !sameCi(session.id, cdr.session_id ?? '')) return false
  const told = parseDateTime(session.endedAt ?? session.lastUpdated)
  return Math.abs(told - end) <= DAY_MS && cdr.total_energy <= mostOf(session)
}

/** What two honest meters may make of it. */
const mostOf = ({ kwh }: SessionSeen): number => kwh * (1 + KWH_SLACK_SHARE) + KWH_SLACK

function tooLong(payment: Payment, cdr: CdrReceived, now: number): string | undefined {
  const lastedMs = parseDateTime(cdr.end_date_time) - parseDateTime(cdr.start_date_time)
  const knownMs = now - payment.createdAt
  if (lastedMs <= knownMs + DURATION_SLACK_MS) return undefined
  const minutes = (ms: number) => Math.round(ms / 60_000)
  return `it says ${minutes(lastedMs)} minutes, the card was tapped ${minutes(knownMs)} minutes ago.`
}

/** It is priced by its periods, and says itself that it was less. Periods in Wh are a slip: they are priced as kWh. (E-65) */
function moreThanItSays({ totals, findings }: Audited): string | undefined {
  const energy = totals.find(({ name }) => name === 'total_energy')
  if (!energy || energy.ok || (energy.by ?? 0) >= 0 || findings.some(({ id }) => id === 'wh-for-kwh')) return undefined
  return `its periods hold ${energy.expected} kWh, its total_energy is ${energy.claimed} kWh.`
}

/** The same CPO has told another number when the session ended. */
function tooMuch({ session }: Payment, cdr: CdrReceived): string | undefined {
  if (session?.status !== 'COMPLETED') return undefined
  return cdr.total_energy > mostOf(session)
    ? `it bills ${cdr.total_energy} kWh, its Session ended with ${session.kwh} kWh.`
    : undefined
}
