/** The platform's own comparison of all books, against what the provider's report really says. (I9, I13, F80) */
import { adminOf } from '../call-admin.ts'
import { toldBy } from './check.ts'
import { isWithin } from './log.ts'
import type { Storm } from './storm.ts'

interface Finding {
  readonly id: string
  readonly reference: string | null
  readonly message: string
}

/** Each payment whose payout differs is a finding of its own, and none other is. */
export async function rightReport(storm: Storm, from: number): Promise<readonly string[]> {
  const { bank } = storm
  const ptp = storm.ptp()
  if (!ptp) return ['I16: the platform is gone']
  const query = `from=${new Date(from).toISOString()}&to=${new Date(storm.clock.now()).toISOString()}`
  const asked = adminOf(ptp.admin).get<{ readonly findings: readonly Finding[] }>(`/reconciliation?${query}`)
  const { findings } = await storm.flow(asked)
  const found = new Set(findings.filter(({ id }) => id === 'SETTLEMENT_DIFFERS').map(({ reference }) => reference))
  const broken: string[] = []
  for (const reference of bank.misreported) {
    storm.weather.met('F80')
    const { captures, doubles, reversed, heldAt } = toldBy(bank.entriesOf(reference))
    // What was captured twice, taken back or forgotten is another finding.
    if (captures.length === 0 || doubles > 0 || reversed || storm.lost.some(({ to }) => heldAt <= to)) continue
    if (!found.has(reference))
      broken.push(`I9: the payout differs, and nobody says so (${reference}, s${bank.driverOf(reference) ?? 0} )`)
  }
  for (const reference of found)
    if (reference !== null && !bank.misreported.has(reference) && !toldBy(bank.entriesOf(reference)).reversed)
      broken.push(`I9: a payout that is right is said to differ (${reference}, s${bank.driverOf(reference) ?? 0} )`)
  for (const { id, reference, message } of findings)
    if (id === 'BOOKS_CHANGED' && !storm.log.older.has(reference ?? ''))
      broken.push(`I13: ${message} (${reference}, s${bank.driverOf(reference ?? '') ?? 0} )`)
  if (storm.lost.length > 0) broken.push(...(await lostMoney(storm, findings)))
  return broken
}

/** F75: money that was taken for a payment that a restored database does not know stands before an operator. */
async function lostMoney(storm: Storm, findings: readonly Finding[]): Promise<readonly string[]> {
  const { bank } = storm
  const told = new Set(findings.filter(({ id }) => id === 'PROVIDER_ONLY').map(({ reference }) => reference))
  const admin = adminOf(storm.ptp()?.admin ?? [])
  const broken: string[] = []
  for (const reference of bank.references()) {
    const { net, heldAt } = toldBy(bank.entriesOf(reference))
    if (net <= 0 || told.has(reference) || !isWithin(storm.lost, heldAt)) continue
    const known = await storm.flow(admin.get(`/payments/${reference}`)).catch(() => undefined)
    if (known === undefined)
      broken.push(`I9: ${net} taken for nobody, and no operator is told (${reference}, s${bank.driverOf(reference)} )`)
  }
  return broken
}
