import type Stripe from 'stripe'
import type { SettlementLine } from '../psp.ts'
import type { Desk } from './desk.ts'
import { errorOf } from './errors.ts'
import { moneyOf, REFERENCE } from './payment.ts'

const MOST = 10_000

/** Balance transactions of our payments: what Stripe took, what it gave back, what it kept. */
export async function settlementOf(
  { repeat }: Desk,
  { since, until }: { readonly since: number; readonly until: number },
): Promise<readonly SettlementLine[]> {
  const created = { gte: Math.ceil(since / 1000), lt: Math.ceil(until / 1000) }
  const lines = await repeat((stripe) =>
    stripe.balanceTransactions
      .list({ created, limit: 100, expand: ['data.source'] })
      .autoPagingToArray({ limit: MOST }),
  ).catch((error: unknown) => {
    throw errorOf(error, 'read')
  })
  return lines.flatMap(lineOf).toSorted((a, b) => a.at - b.at)
}

function lineOf({ source, amount, fee, currency, created }: Stripe.BalanceTransaction): readonly SettlementLine[] {
  if (source === null || typeof source === 'string' || (source.object !== 'charge' && source.object !== 'refund'))
    return []
  const { metadata, payment_intent: intent, object } = source
  const reference = metadata?.[REFERENCE]
  if (reference === undefined || !intent) return []
  return [
    {
      reference,
      pspReference: typeof intent === 'string' ? intent : intent.id,
      kind: object === 'charge' ? 'capture' : 'refund',
      amount: moneyOf(Math.abs(amount), currency),
      fee: moneyOf(fee, currency),
      at: created * 1000,
    },
  ]
}
