/** The same money, added up from each book, by currency. */
import type { Money } from '@plugtill/psp/psp'
import { dueFor, netOf } from '../payment/amounts.ts'
import { adviceTotal } from './advice-check.ts'
import type { Books } from './compare.ts'
import { linesTotal } from './receipt-check.ts'

/** Minor units. */
export interface Total {
  readonly currency: string
  readonly payments: number
  /** What the bills ask of captured payments, and how much of it no hold covered or was paid back. */
  readonly due: number
  readonly uncovered: number
  readonly captured: number
  readonly refunded: number
  /** Captured less refunded: what every other book should say as well. */
  readonly paid: number
  readonly advised: number
  readonly receipts: number
  readonly provider: number
  /** What the provider keeps, as far as it reports it. */
  readonly fees: number
}

type Sum = { -readonly [F in keyof Total]: Total[F] }

export function createTotals() {
  const sums = new Map<string, Sum>()
  const of = (currency: string): Sum => {
    const known = sums.get(currency)
    if (known) return known
    const zero = {
      payments: 0,
      due: 0,
      uncovered: 0,
      captured: 0,
      refunded: 0,
      paid: 0,
      advised: 0,
      receipts: 0,
      provider: 0,
      fees: 0,
    }
    const fresh = { currency, ...zero }
    sums.set(currency, fresh)
    return fresh
  }
  return {
    add: ({ payment, advice, receipt, record }: Books): void => {
      const { captured, asked } = payment
      const sum = of(asked.currency)
      sum.payments += 1
      if (record) sum.provider += record.captured.amountMinor - record.refunded.amountMinor
      if (advice) sum.advised += adviceTotal(advice)?.amountMinor ?? 0
      if (!captured) return
      const [paid, asks] = [netOf(payment).amountMinor, dueFor(payment)]
      // What a bill asks in another currency is a finding, and no part of this sum.
      const due = (asks?.currency === captured.currency ? asks : captured).amountMinor
      sum.due += due
      sum.uncovered += Math.max(0, due - paid)
      sum.captured += captured.amountMinor
      sum.refunded += captured.amountMinor - paid
      sum.paid += paid
      sum.receipts += receipt ? linesTotal(receipt) : 0
    },
    fees: (fees: readonly Money[]): void => {
      for (const { amountMinor, currency } of fees) of(currency).fees += amountMinor
    },
    sums: (): readonly Total[] => [...sums.values()].toSorted((a, b) => a.currency.localeCompare(b.currency)),
  }
}
