/** The provider's side of a period: its own record of each payment, and the report of what it pays out. */
import { type Money, type Psp, PspError, type PspPayment, type SettlementLine } from '@plugtill/psp/psp'
import type { Settled } from './compare.ts'

const DAY_MS = 24 * 3_600_000
/** A payment of the period is captured within a day of its end; the report is read so much longer. */
const CAPTURED_WITHIN_MS = 3 * DAY_MS
/** Credits and operators come late: refunds are looked for in so much more of the report. */
const REFUNDS_FOR_MS = 31 * DAY_MS
/** The provider may take so long for one before it stands in its report. */
const REFUNDED_WITHIN_MS = 3 * DAY_MS
/** Our clock and the provider's need not agree about when a payment began. */
const SKEW_MS = 15 * 60_000

export interface Report {
  /** False: the provider gives none by request. */
  readonly given: boolean
  readonly of: (pspReference: string, currency: string) => Settled | undefined
  readonly lines: readonly SettlementLine[]
  readonly fees: readonly Money[]
}

export const NO_REPORT: Report = { given: false, of: () => undefined, lines: [], fees: [] }

export async function reportOf(
  psp: Psp,
  { from, to, now }: { readonly from: number; readonly to: number; readonly now: number },
): Promise<Report> {
  if (!psp.capabilities.settlementReport) return NO_REPORT
  const end = Math.min(to + CAPTURED_WITHIN_MS, now + 1)
  const readTo = Math.min(to + REFUNDS_FOR_MS, now + 1)
  const lines: SettlementLine[] = []
  // Day by day: a provider need not answer a year at once.
  for (let since = from; since < readTo; since += DAY_MS)
    lines.push(...(await psp.settlement({ since, until: Math.min(since + DAY_MS, readTo) })))
  const sums = new Map<string, { taken: number; refunded: number }>()
  for (const { pspReference, kind, amount } of lines) {
    const sum = sums.get(pspReference) ?? { taken: 0, refunded: 0 }
    if (kind === 'refund') sum.refunded += amount.amountMinor
    else sum.taken += kind === 'capture' ? amount.amountMinor : -amount.amountMinor
    sums.set(pspReference, sum)
  }
  const covers = (at: number) => at >= from && at < end - SKEW_MS
  const coversRefund = (askedAt: number) => askedAt >= from + SKEW_MS && askedAt < readTo - REFUNDED_WITHIN_MS
  return {
    given: true,
    lines: lines.filter(({ at }) => at < to),
    fees: lines.filter(({ at }) => at < end).map(({ fee }) => fee),
    of: (pspReference, currency) => {
      const { taken, refunded } = sums.get(pspReference) ?? { taken: 0, refunded: 0 }
      const money = (amountMinor: number) => ({ amountMinor, currency })
      return { taken: money(taken), refunded: money(refunded), covers, coversRefund }
    },
  }
}

/** The provider's records of the payments begun in a time, by its own reference. */
export async function recordsOf(
  psp: Psp,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<ReadonlyMap<string, PspPayment>> {
  const listed = await psp.list({ since: from - SKEW_MS, until: to + SKEW_MS })
  return new Map(listed.map((record) => [record.pspReference, record]))
}

/** One record as it is now. A reference it cannot even read is one it does not have. */
export async function recordNow(psp: Psp, pspReference: string): Promise<PspPayment | undefined> {
  try {
    return await psp.query({ pspReference })
  } catch (error) {
    if (error instanceof PspError && error.kind === 'refused') return undefined
    throw error
  }
}
