/** The provider's report of what it pays out, with a mistake here and there. (F80) */
import type { SettlementLine } from '@plugtill/psp/psp'

/** One cent more than was captured. */
export const settledWrongly = (
  lines: readonly SettlementLine[],
  wrong: ReadonlySet<string>,
): readonly SettlementLine[] =>
  lines.map((line) =>
    line.kind === 'capture' && wrong.has(line.reference)
      ? { ...line, amount: { ...line.amount, amountMinor: line.amount.amountMinor + 1 } }
      : line,
  )
