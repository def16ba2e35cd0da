import type Stripe from 'stripe'
import type { SettlementLine } from '../psp.ts'
import type { Desk } from './desk.ts'
import { errorOf } from './errors.ts'
import { moneyOf, REFERENCE } from './payment.ts'

const MOST = 10_000

interface Period {
  readonly since: number
  readonly until: number
}

/** Balance transactions of our payments: what Stripe took, what it gave back, what it kept. */
export async function settlementOf(
  desk: Desk,
  { since, until }: Period,
  most = MOST,
): Promise<readonly SettlementLine[]> {
  const created = { gte: Math.ceil(since / 1000), lt: Math.ceil(until / 1000) }
  const lines = await desk
    .repeat((stripe) =>
      stripe.balanceTransactions
        .list({ created, limit: 100, expand: ['data.source'] })
        .autoPagingToArray({ limit: most }),
    )
    .catch((error: unknown) => {
      throw errorOf(error, 'read')
    })
  // A report with lines left out is none: a period with too many is read in halves.
  if (lines.length === most && created.lt - created.gte > 1) {
    const middle = Math.floor((created.gte + created.lt) / 2) * 1000
    const [first, second] = [
      { since, until: middle },
      { since: middle, until },
    ]
    return [...(await settlementOf(desk, first, most)), ...(await settlementOf(desk, second, most))]
  }
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
