import type { SettlementLine } from '../psp.ts'
import type { LedgerEntry } from './ledger.ts'

/** What the simulated provider keeps for itself, in parts of 10,000. */
const FEE_BASIS_POINTS = 140

/** The provider's report of a period: every capture and refund it has booked, with its fee. */
export function settlementOf(
  entries: readonly LedgerEntry[],
  period: { readonly since: number; readonly until: number },
): readonly SettlementLine[] {
  return entries.flatMap(({ operation, status, at, amount, reference, pspReference }) => {
    if (status !== 'done' || (operation !== 'capture' && operation !== 'refund')) return []
    if (at < period.since || at >= period.until) return []
    const feeMinor = operation === 'capture' ? Math.round((amount.amountMinor * FEE_BASIS_POINTS) / 10_000) : 0
    const fee = { amountMinor: feeMinor, currency: amount.currency }
    return [{ reference, pspReference, kind: operation, amount, fee, at }]
  })
}
