/** The platform's own comparison of all books, against what the provider's report really says. (I9, F80) */
import { adminOf } from '../call-admin.ts'
import { toldBy } from './check.ts'
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
    if (!found.has(reference)) broken.push(`I9: the payout differs, and nobody says so (${reference}, s0 )`)
  }
  for (const reference of found)
    if (reference !== null && !bank.misreported.has(reference) && !toldBy(bank.entriesOf(reference)).reversed)
      broken.push(`I9: a payout that is right is said to differ (${reference}, s0 )`)
  return broken
}
