import type { SettlementLine } from '../psp.ts'
import type { LedgerEntry } from './ledger.ts'

/** What the simulated provider keeps for itself, in parts of 10,000. */
const FEE_BASIS_POINTS = 140

/** What an entry moves for the payout, if anything. */
function kindOf(
  { operation, status, key, pspReference }: LedgerEntry,
  taken: ReadonlyMap<string, number>,
): SettlementLine['kind'] | undefined {
  if (operation === 'refund') return status === 'done' ? 'refund' : undefined
  if (operation !== 'capture') return undefined
  if (status === 'done') return 'capture'
  // A later word that nobody asked for: what had been taken goes back. (F66)
  return status === 'refused' && key === '' && taken.has(pspReference) ? 'reversal' : undefined
}

/** The provider's report of a period: every capture, refund and reversal it has booked, with its fee. */
export function settlementOf(
  entries: readonly LedgerEntry[],
  period: { readonly since: number; readonly until: number },
): readonly SettlementLine[] {
  const taken = new Map<string, number>()
  const lines: SettlementLine[] = []
  for (const entry of entries) {
    const { at, reference, pspReference } = entry
    const kind = kindOf(entry, taken)
    if (kind === undefined) continue
    const { currency } = entry.amount
    const amountMinor = kind === 'reversal' ? (taken.get(pspReference) ?? 0) : entry.amount.amountMinor
    if (kind === 'capture') taken.set(pspReference, (taken.get(pspReference) ?? 0) + amountMinor)
    if (kind === 'reversal') taken.delete(pspReference)
    if (at < period.since || at >= period.until) continue
    const feeMinor = kind === 'capture' ? Math.round((amountMinor * FEE_BASIS_POINTS) / 10_000) : 0
    lines.push({
      reference,
      pspReference,
      kind,
      amount: { amountMinor, currency },
      fee: { amountMinor: feeMinor, currency },
      at,
    })
  }
  return lines
}
